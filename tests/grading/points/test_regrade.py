"""Points given by hand, graded again for real: the same everywhere, whatever the reason."""

import csv
import re

import nbformat
import pytest
from nbgrader.api import Gradebook

from dwsep_helpers.grading.class_folder import database, dwsep, nbgrader
from dwsep_helpers.grading.confinement import sandbox
from tests.grading.example_classes import take

pytestmark = pytest.mark.skipif(
    sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
)
UNIT, LEARNER, CELL = "02_depthwise", "perfect", "test_depthwise_conv2d"


@pytest.fixture(scope="module")
def overridden(graded_classes, tmp_path_factory):
    """A graded class in which somebody gave the learner 4 of 5 points for exercise 2.2."""
    folder = take(UNIT, graded_classes, tmp_path_factory.mktemp("class"))
    for path in (folder / "submitted").iterdir():
        if path.name != LEARNER:
            (path / UNIT / f"{UNIT}.ipynb").unlink()
    with Gradebook(database(folder)) as book:
        grade = book.find_grade(CELL, UNIT, UNIT, LEARNER)
        grade.manual_score, grade.needs_manual_grade = 4, False
        book.db.commit()
    return folder


def everywhere(folder):
    """Return what the table, nbgrader's export, its gradebook and the page say of the learner."""
    dwsep("report", UNIT, directory=folder)
    nbgrader("export", "--to", str(folder / "grades.csv"), directory=folder)
    with (folder / f"scores-{UNIT}.csv").open(newline="", encoding="utf-8-sig") as file:
        row = next(row for row in csv.DictReader(file) if row["learner"] == LEARNER)
    with (folder / "grades.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == UNIT]
    exported = next(row for row in rows if row["student_id"] == LEARNER)
    with Gradebook(database(folder)) as book:
        grade = book.find_grade(CELL, UNIT, UNIT, LEARNER)
        stored, open_ = grade.score, grade.needs_manual_grade
    page = (folder / "feedback" / LEARNER / UNIT / f"{UNIT}.html").read_text(encoding="utf-8")
    heading = re.search(r"(?:\(Score: |your-points\">)([\d.]+) (?:/|of) ([\d.]+)", page)
    points = {float(row["final"]), float(exported["score"]), float(heading[1])}
    assert {float(exported["max_score"]), float(heading[2]), float(row["max"])} == {15.0}
    assert float(exported["optional"]) == float(row["optional"]) == 2
    assert (float(row["2.2"]), stored, open_) == (4, 4, bool(row["to_confirm"]))
    assert exported["to_confirm"] == row["to_confirm"]
    return points, row["to_confirm"]


def test_points_given_by_hand_stay_and_are_the_same_everywhere(overridden):
    again = ("autograde", UNIT, "--student", LEARNER, "--force")
    assert everywhere(overridden) == ({14.0}, "")
    dwsep(*again, directory=overridden)
    assert everywhere(overridden) == ({14.0}, "")
    nbgrader("generate_assignment", UNIT, "--force", directory=overridden)
    dwsep(*again, directory=overridden)
    assert everywhere(overridden) == ({14.0}, "")
    path = overridden / "submitted" / LEARNER / UNIT / f"{UNIT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "depthwise_conv2d":
            cell.source += "\n# another way to end"
    nbformat.write(notebook, path)
    dwsep("autograde", UNIT, "--student", LEARNER, directory=overridden)
    assert everywhere(overridden) == ({14.0}, "2.2")
