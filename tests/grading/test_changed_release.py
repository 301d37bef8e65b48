"""Exercises come and go after learners handed in: nobody's other points are lost."""

import csv
import shutil
from copy import deepcopy

import nbformat
import pytest
from nbconvert.exporters.exporter import ResourcesDict
from nbgrader.api import MissingEntry

from dwsep_helpers.grading.class_folder import ClassFolder, database, nbgrader
from dwsep_helpers.grading.learner_page import table
from dwsep_helpers.grading.metadata import grade_id
from dwsep_helpers.grading.nbgrader_session import NbgraderSession
from dwsep_helpers.grading.points.on_page import GetPoints

UNIT = "02_depthwise"
GONE, NEW, KEPT = "depthwise_conv2d_macs", "test_once_more", "depthwise_conv2d"


@pytest.fixture(scope="module")
def course(root, tmp_path_factory):
    """A unit that was released, handed in by two, given points by hand, and released changed."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(root / "solutions" / UNIT, folder / "solutions" / UNIT)
    shutil.copy(root / "nbgrader_config.py", folder)
    nbgrader("generate_assignment", UNIT, directory=folder)
    with NbgraderSession(ClassFolder.of(folder)).gradebook() as book:
        for learner in ("ada", "ben"):
            book.add_student(learner)
            book.add_submission(UNIT, learner)
            for name in (f"test_{KEPT}", f"test_{GONE}"):
                book.find_grade(name, UNIT, UNIT, learner).manual_score = 1.5
            book.find_comment(KEPT, UNIT, UNIT, learner).manual_comment = "stays"
            book.find_comment(GONE, UNIT, UNIT, learner).manual_comment = "=goes"
        book.db.commit()
    path = folder / "solutions" / UNIT / f"{UNIT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cells = [one for one in notebook.cells if grade_id(one) not in (GONE, f"test_{GONE}")]
    new = deepcopy(next(one for one in cells if grade_id(one) == f"test_{KEPT}"))
    new.id = new.metadata.nbgrader["grade_id"] = NEW
    notebook.cells = [*cells, new]
    nbformat.write(notebook, path)
    said = nbgrader("generate_assignment", UNIT, "--force", directory=folder)
    return folder, said


@pytest.fixture
def book(course):
    with NbgraderSession(ClassFolder.of(course[0])).gradebook() as book:
        yield book


@pytest.mark.parametrize("learner", ["ada", "ben"])
def test_points_and_comments_by_hand_stay(book, learner):
    assert book.find_grade(f"test_{KEPT}", UNIT, UNIT, learner).score == 1.5
    assert book.find_comment(KEPT, UNIT, UNIT, learner).comment == "stays"


@pytest.mark.parametrize("learner", ["ada", "ben"])
def test_a_new_exercise_waits_to_be_graded(book, learner):
    assert book.find_grade(NEW, UNIT, UNIT, learner).auto_score is None


def test_what_went_is_gone_and_written_down(course, book):
    folder, said = course
    for name in (GONE, f"test_{GONE}"):
        assert name in said
        assert name not in [cell.name for cell in book.find_notebook(UNIT, UNIT).source_cells]
    with pytest.raises(MissingEntry):
        book.find_grade(f"test_{GONE}", UNIT, UNIT, "ada")
    (path,) = folder.glob("removed-*.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [tuple(row.values()) for row in csv.DictReader(file)]
    assert rows == [
        (learner, name, *about)
        for learner in ("ada", "ben")
        for name, about in (
            (GONE, ("", "", "", "'=goes")),
            (f"test_{GONE}", ("1.5", "1.5", "", "")),
        )
    ]


def test_what_is_released_is_the_new_unit(course):
    released = nbformat.read(
        course[0] / "notebooks" / UNIT / f"{UNIT}.ipynb", as_version=nbformat.NO_CONVERT
    )
    names = {grade_id(cell) for cell in released.cells}
    assert NEW in names
    assert GONE not in names


def test_a_page_has_the_points_that_are_left_before_anything_is_graded_again(root, course):
    about = {"notebook": UNIT, "assignment": UNIT, "student": "ada", "db_url": database(course[0])}
    before = nbformat.read(root / "notebooks" / UNIT / f"{UNIT}.ipynb", as_version=4)
    page, resources = GetPoints().preprocess(before, ResourcesDict(nbgrader=about))
    names = {grade_id(cell) for cell in page.cells}
    assert f"test_{GONE}" not in names
    assert GONE in names, "what the learner wrote"
    rows = {row.name: row for row in table.rows(page.cells)}
    assert (rows[KEPT].had, rows[KEPT].comments) == (1.5, ("stays",))
    assert resources["nbgrader"]["score"] == 1.5


def test_the_same_again_changes_nothing(course):
    folder, _ = course
    nbgrader("generate_assignment", UNIT, "--force", directory=folder)
    assert len([*folder.glob("removed-*.csv")]) == 1
