"""What a learner is told before a notebook goes in."""

import json
import os
from copy import deepcopy

import nbformat
import pytest
from nbformat.v4 import new_output

from demo.examples import fill, right_answers
from dwsep_helpers import __version__
from dwsep_helpers.grading import cli, doctor
from dwsep_helpers.grading.metadata import grade_id

UNIT = "02_depthwise"


@pytest.fixture
def notebook(root):
    """A notebook that was run from the top."""
    released, solution = (
        nbformat.read(root / folder / UNIT / f"{UNIT}.ipynb", as_version=4)
        for folder in ("notebooks", "solutions")
    )
    made = fill(released, right_answers(solution))
    code = [cell for cell in made.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        cell.execution_count = number
    code[0].outputs = [new_output("stream", text=f"dwsep_helpers {__version__} · Python 3.11")]
    return made


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("none.ipynb", "none.ipynb' isn't there\n"),
        ("folder", "folder' is no file: name the notebook itself\n"),
        ("pipe", "pipe' is no file: name the notebook itself\n"),
    ],
)
def test_what_is_no_file_is_said(tmp_path, name, told, capsys):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert cli.main(["doctor", str(tmp_path / name)]) == 2
    assert capsys.readouterr().err.endswith(told)


def test_a_name_is_shown_in_one_line(notebook, tmp_path, capsys):
    nbformat.write(notebook, tmp_path / "my\nwork\x1b[31m.ipynb")
    assert cli.main(["doctor", str(tmp_path / "my\nwork\x1b[31m.ipynb")]) == 1
    said = f"The file is called my\\x0awork\\x1b[31m.ipynb: rename it to {UNIT}.ipynb.\n"
    assert capsys.readouterr().out == said


def place(notebook, name):
    return next(i for i, cell in enumerate(notebook.cells) if grade_id(cell) == name)


def copied_cell(notebook):
    copy = deepcopy(notebook.cells[place(notebook, "depthwise_conv2d")])
    copy.id = "copy"
    notebook.cells.insert(place(notebook, "test_depthwise_conv2d"), copy)


def deleted_check(notebook):
    del notebook.cells[place(notebook, "test_depthwise_conv2d")]


def lost_metadata(notebook):
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)


def not_run(notebook):
    notebook.cells[place(notebook, "depthwise_conv2d")].execution_count = None


def run_out_of_order(notebook):
    notebook.cells[place(notebook, "depthwise_conv2d")].execution_count = 99


def older_helpers(notebook):
    code = next(cell for cell in notebook.cells if cell.cell_type == "code")
    code.outputs[0].text = "dwsep_helpers 0.0.9 · Python 3.11"


def another_notebook(notebook):
    notebook.cells = notebook.cells[5:8]


def misspelt(notebook):
    cell = notebook.cells[place(notebook, "depthwise_conv2d_macs")]
    cell.source = cell.source.replace("def depthwise_conv2d_macs", "def depthwise_macs")


def left_empty(notebook):
    cell = notebook.cells[place(notebook, "depthwise_to_dense")]
    cell.source = "def depthwise_to_dense(weight, channels):\n    raise NotImplementedError"


def answered_below_the_check(notebook):
    answer = notebook.cells[place(notebook, "depthwise_conv2d")]
    notebook.cells.remove(answer)
    notebook.cells.insert(place(notebook, "test_depthwise_conv2d") + 1, answer)


PROBLEMS = {
    answered_below_the_check: "The answer 'depthwise_conv2d' stands below its check: move it",
    misspelt: "No cell defines 'depthwise_conv2d_macs', which is checked",
    left_empty: "Not answered yet: 'depthwise_to_dense'. Hand in as it is if that is all.",
    copied_cell: "'depthwise_conv2d' is there 2 times: keep the one with your answer",
    deleted_check: "The check below 'depthwise_conv2d' is missing",
    lost_metadata: "No cell is marked for grading: download the unit again",
    not_run: "Not all cells were run: choose Run › Restart Kernel",
    run_out_of_order: "The cells were not run from the top",
    older_helpers: f"run with dwsep_helpers 0.0.9, and {__version__} is installed",
}


def test_a_notebook_in_order(notebook, tmp_path, capsys):
    path = tmp_path / f"{UNIT}.ipynb"
    nbformat.write(notebook, path)
    assert doctor.examine(path) == []
    assert cli.main(["doctor", str(path)]) == 0
    assert capsys.readouterr().out == f"{UNIT}.ipynb is ready to hand in.\n"


def test_what_an_editor_leaves_is_no_problem(notebook, tmp_path):
    path = tmp_path / f"{UNIT}.ipynb"
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        cell["transient"] = {}
        cell["source"] = cell["source"].replace("\n", "\r\n")
    path.write_text(json.dumps(notebook))
    assert doctor.examine(path) == []


@pytest.mark.parametrize("damage", PROBLEMS, ids=lambda damage: damage.__name__)
def test_a_problem_is_said_with_what_to_do(notebook, tmp_path, damage, capsys):
    damage(notebook)
    path = tmp_path / f"{UNIT}.ipynb"
    nbformat.write(notebook, path)
    assert cli.main(["doctor", str(path)]) == 1
    assert PROBLEMS[damage] in capsys.readouterr().out


def test_names_of_files(notebook, tmp_path):
    path = tmp_path / f"Copy of {UNIT} (2).ipynb"
    nbformat.write(notebook, path)
    assert doctor.examine(path) == [f"The file is called {path.name}: rename it to {UNIT}.ipynb."]
    another_notebook(notebook)
    path = tmp_path / "notes.ipynb"
    nbformat.write(notebook, path)
    assert "none of the course's units" in doctor.examine(path)[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty"),
        ("{", "not valid JSON"),
        (json.dumps({"cells": []}), "JSON, but no notebook"),
        (json.dumps([1]), "JSON, but no notebook"),
        (json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}}), "no valid notebook"),
        (json.dumps({"nbformat": 99}), "it says that its format is 99"),
        ("[" * 100_000, "nested too deeply"),
    ],
    ids=["empty", "cut", "other JSON", "a list", "no cells", "the future", "deep"],
)
def test_what_is_no_notebook(tmp_path, text, says):
    path = tmp_path / f"{UNIT}.ipynb"
    path.write_text(text)
    (advice,) = doctor.examine(path)
    assert says in advice
    assert "copy your answers into it" in advice
