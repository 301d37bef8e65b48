"""Run All goes on past open exercises, and they earn as little as before."""

import contextlib
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from test_example_class import LOST, WORTH

from demo import examples
from dwsep_helpers import course
from dwsep_helpers.grading.class_folder import database
from dwsep_helpers.grading.metadata import grade_id
from dwsep_helpers.grading.releasing import GOES_ON
from dwsep_helpers.grading.scores import scores
from tests.grading.example_classes import take

UNIT = "01_conv2d"


def notebook(root, folder, unit=UNIT):
    return nbformat.read(root / folder / course.unit(unit).path, as_version=4)


@pytest.mark.parametrize("unit", course.UNITS, ids=lambda unit: unit.name)
def test_the_courses_own_cells_are_tagged_where_they_are_released(root, unit):
    solution, released = (notebook(root, where, unit.name) for where in ("solutions", "notebooks"))
    assert not any(GOES_ON in cell.metadata.get("tags", []) for cell in solution.cells)
    answers = {
        name
        for cell in released.cells
        if (name := grade_id(cell)) and cell.metadata["nbgrader"]["solution"]
    }
    for cell in released.cells:
        theirs = cell.cell_type != "code" or cell.id in answers or cell.id == "setup"
        assert (GOES_ON in cell.metadata.get("tags", [])) != theirs, cell.id
        assert cell.metadata.get("tags", ["one"]), "no empty lists"


def ran(released, **answers):
    """Run a notebook as Run All does; return the counts of its code cells."""
    filled = examples.fill(released, answers)
    with contextlib.suppress(CellExecutionError):
        NotebookClient(filled, kernel_name="python3", timeout=300).execute()
    return {cell.id: cell.execution_count for cell in filled.cells if cell.cell_type == "code"}


@pytest.mark.parametrize(
    "answers",
    [{}, {"conv_output_size": "def conv_output_size(*given, **named):\n    raise KeyError(given)"}],
    ids=["open", "wrong"],
)
def test_run_all_goes_on(root, answers):
    assert None not in ran(notebook(root, "notebooks"), **answers).values()


def test_run_all_stops_where_an_answer_is_no_python(root):
    counts = ran(notebook(root, "notebooks"), conv_output_size="def conv_output_size(:")
    assert counts["test_conv_output_size"] is None


def earns_nothing_where_open(folder, *learners):
    """See that open exercises of those learners, all tagged to go on, earn nothing."""
    got = {row.learner: row.points for row in scores(database(folder), UNIT)}
    for learner in learners:
        path = folder / "submitted" / learner / course.unit(UNIT).path
        cells = nbformat.read(path, as_version=4).cells
        assert any(GOES_ON in cell.metadata.get("tags", []) for cell in cells)
        assert got[learner] == WORTH[UNIT] | dict.fromkeys(LOST[UNIT][learner], 0)


def test_open_exercises_earn_nothing_all_the_same(graded_classes):
    """Plain nbgrader says the same of such a class: test_autograde.py."""
    earns_nothing_where_open(graded_classes, "perfect", "partly-right", "untouched")


def test_nbgrader_without_the_courses_configuration_agrees(handed_in_classes, root, tmp_path):
    """It runs every cell, and reads its outputs."""
    folder = take(UNIT, handed_in_classes, tmp_path / "class")
    learner = "partly-right"  # right and open are in this one: it takes long
    for path in (folder / "submitted").iterdir():
        if path.name != learner:
            shutil.rmtree(path)
    (folder / "gradebook.db").unlink()
    shutil.rmtree(folder / "notebooks")
    shutil.copytree(root / "solutions" / UNIT, folder / "source" / UNIT)
    programs = os.path.dirname(sys.executable)  # nbgrader starts alembic by name
    here = {"PYTHONPATH": str(root), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    for command in ("generate_assignment", "autograde"):
        done = subprocess.run(
            [
                *(sys.executable, "-m", "nbgrader", command, UNIT, f"--course={folder}"),
                "--CourseDirectory.release_directory=notebooks",
            ],
            cwd=folder,
            env=os.environ | here,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert done.returncode == 0, done.stdout
    earns_nothing_where_open(folder, learner)
