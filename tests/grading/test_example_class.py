"""The example class, released, autograded and given feedback by real nbgrader."""

import nbformat
import pytest
from feedback_pages import read_pages

from dwsep_helpers import course
from dwsep_helpers.grading import demo, examples
from dwsep_helpers.grading.commands import database
from dwsep_helpers.grading.scores import exercises, scores, table

UNIT = "01_conv2d"
ALL = {"1.1": 3, "1.2": 4, "1.3": 2, "1.4": 2, "1.5": 4, "1.6": 2, "1.7": 3}
NONE = dict.fromkeys(ALL, 0)

EXPECTED = {
    "perfect": ALL,
    "partly-right": NONE | {"1.1": 3, "1.2": 4, "1.3": 2},
    "untouched": NONE,
    "kernel-flipped": ALL | {"1.5": 0},
    # conv2d uses the learner's conv_output_size: one mistake, two exercises.
    "padding-counted-once": ALL | {"1.1": 0, "1.5": 0},
    "batch-forgotten": ALL | {"1.6": 0},
    # 1.3 raises, 1.6 ends Python; what comes after is graded all the same.
    "crashes": ALL | {"1.3": 0, "1.6": 0},
    "cell-duplicated": ALL,
}


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """A folder with the graded class, and what the demo printed about it."""
    directory = tmp_path_factory.mktemp("class")
    demo.prepare(UNIT, directory)
    demo.grade(UNIT, directory)
    return directory


@pytest.fixture(scope="session")
def feedback(graded):
    """What the pages that go back say, by learner."""
    return read_pages(graded, UNIT)


def test_exercises_are_worth_what_the_course_says(graded):
    assert exercises(database(graded), UNIT) == ALL
    assert sum(ALL.values()) == course.unit(UNIT).points


def test_every_learner_gets_the_exact_score(graded):
    rows = scores(database(graded), UNIT)
    assert {row.learner: row.points for row in rows} == EXPECTED
    assert {row.learner: row.total for row in rows}["perfect"] == course.unit(UNIT).points
    print(f"\n{table(ALL, rows)}")


def test_every_learner_gets_feedback(feedback):
    assert set(feedback) == set(EXPECTED)


def test_feedback_names_the_mistake(feedback, graded):
    for example in examples.CLASSES[UNIT]:
        lost = sum(ALL.values()) - sum(EXPECTED[example.name].values())
        assert (
            f"(Score: {sum(EXPECTED[example.name].values()):.1f} / 20.0)" in feedback[example.name]
        )
        assert ("CheckFailed" in _errors(graded, example.name)) == bool(lost)
    assert "padding lengthens the input at one end" in feedback["padding-counted-once"]
    assert "turned by 180°" in feedback["kernel-flipped"]
    assert "the Python process ended while this cell ran" in feedback["crashes"]


def test_feedback_shows_no_hidden_test(feedback, graded):
    for page in feedback.values():
        assert "checks.conv2d(conv2d)" in page
        assert "checks.conv2d(conv2d, strict=True)" not in page
        assert "HIDDEN TESTS" not in page
    autograded = (graded / "autograded" / "perfect" / UNIT / f"{UNIT}.ipynb").read_text()
    assert "checks.conv2d(conv2d, strict=True)" in autograded  # it was there to be shown


def _errors(graded, learner):
    path = graded / "autograded" / learner / UNIT / f"{UNIT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    return {
        output.ename
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
        for output in cell.outputs
        if output.output_type == "error"
    }
