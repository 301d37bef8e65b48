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

from demo import examples, grading
from dwsep_helpers import course
from dwsep_helpers.grading.class_folder import database, nbgrader
from dwsep_helpers.grading.metadata import grade_id
from dwsep_helpers.grading.releasing import GOES_ON
from dwsep_helpers.grading.scores import scores
from tests.grading.example_classes import take

UNIT = "01_conv2d"
LEARNERS = ("perfect", "partly-right", "untouched")


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
        NotebookClient(filled, kernel_name="python3", timeout=120).execute()
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


@pytest.fixture(scope="module")
def handed_in(handed_in_classes, tmp_path_factory):
    """Return what copies a class of those three into a new folder."""

    def copy(name):
        folder = take(UNIT, handed_in_classes, tmp_path_factory.mktemp(name))
        for path in (folder / "submitted").iterdir():
            if path.name not in LEARNERS:
                shutil.rmtree(path)
        for learner in LEARNERS:
            path = folder / "submitted" / learner / course.unit(UNIT).path
            cells = nbformat.read(path, as_version=4).cells
            assert any(GOES_ON in cell.metadata.get("tags", []) for cell in cells)
        return folder

    return copy


def by_dwsep(folder, root):
    grading.grade([UNIT], folder)


def by_nbgrader(folder, root):
    nbgrader("autograde", UNIT, directory=folder)


def by_nbgrader_alone(folder, root):
    """Without the course's configuration: nbgrader runs every cell, and reads its outputs."""
    for learner in {*LEARNERS} - {"partly-right"}:  # it takes long; right and open are in this one
        shutil.rmtree(folder / "submitted" / learner)
    (folder / "gradebook.db").unlink()
    shutil.rmtree(folder / "notebooks")
    shutil.copytree(root / "solutions" / UNIT, folder / "source" / UNIT)
    programs = os.path.dirname(sys.executable)  # nbgrader starts alembic by name
    here = {"PYTHONPATH": str(root), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    commands = (
        ["generate_assignment", UNIT, "--CourseDirectory.release_directory=notebooks"],
        ["autograde", UNIT, "--CourseDirectory.release_directory=notebooks"],
    )
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command, f"--course={folder}"],
            cwd=folder,
            env=os.environ | here,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("grade", [by_dwsep, by_nbgrader, by_nbgrader_alone])
def test_open_exercises_earn_nothing_all_the_same(handed_in, root, grade):
    folder = handed_in(grade.__name__)
    grade(folder, root)
    got = {row.learner: row.points for row in scores(database(folder), UNIT)}
    expected = {
        path.name: WORTH[UNIT] | dict.fromkeys(LOST[UNIT][path.name], 0)
        for path in (folder / "submitted").iterdir()
    }
    assert got == expected
