"""``dwsep autograde`` of a class with hostile submissions beside honest ones, graded for real."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_example_class import LOST, WORTH

from demo import hostile
from demo.classes import CLASSES
from demo.hostile import UNIT
from dwsep_helpers.grading.class_folder import database
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.scores import scores
from tests.grading.example_classes import take
from tests.grading.hostile_class import earned, grade_with, run_dwsep

pytestmark = pytest.mark.skipif(
    sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
)


@pytest.fixture(scope="module")
def graded(handed_in_classes, tmp_path_factory):
    course = take(UNIT, handed_in_classes, tmp_path_factory.mktemp("class"))
    grade_with(hostile.ATTACKS, course)
    return course


@pytest.fixture(scope="module")
def points(graded):
    return {row.learner: row.points for row in scores(database(graded), UNIT)}


@pytest.mark.parametrize("learner", hostile.ATTACKS)
def test_attackers_earn_what_their_functions_do(points, learner):
    assert points[learner] == earned(learner)


@pytest.mark.parametrize("example", CLASSES[UNIT], ids=lambda example: example.name)
def test_honest_learners_get_their_points_beside_them(points, example):
    assert points[example.name] == WORTH[UNIT] | dict.fromkeys(LOST[UNIT][example.name], 0)


ELSEWHERE = [name for name, attack in hostile.ATTACKS.items() if "elsewhere(" in str(attack.body)]
ELSEWHERE += ["calls-the-reference", "switches-the-guard-off"]
WITHOUT_A_WATCH = """
import sys
from demo.hostile import ATTACKS, STUBS
from dwsep_helpers import checks
from dwsep_helpers.checks.compare import compare
learner, name = sys.argv[1:]
body = ATTACKS[learner].body.replace("{name}", name)
cell = {}
exec(ATTACKS[learner].code, cell)
exec(STUBS.format(name=name, body=body), cell)
exercise = getattr(checks, name)
case = exercise.tries(strict=False)[0]
assert compare(case.answer(cell[name]), case.answer(exercise.reference)) is None
"""


@pytest.mark.parametrize("learner", ELSEWHERE)
def test_what_is_asked_elsewhere_would_be_right_if_nobody_watched(learner, root, tmp_path):
    """Else an attack shows nothing: it would earn nothing anyhow."""
    without_numpy = learner == "asks-another-interpreter"
    name = "depthwise_conv2d_macs" if without_numpy else "depthwise_conv2d"
    command = [sys.executable, "-c", WITHOUT_A_WATCH, learner, name]
    environment = os.environ | {"PYTHONPATH": str(root)}
    subprocess.run(command, check=True, cwd=tmp_path, env=environment, timeout=300)


def test_nobody_is_missing(graded, points):
    assert set(points) == {path.name for path in (graded / "submitted").iterdir()}


def test_nothing_outside_was_touched(graded):
    for name in ("/trapped", "/touched", "/written", "/autograded/written", "-written"):
        assert not Path(f"{graded}{name}").exists()
    for learner in hostile.ATTACKS:
        notebook = graded / "autograded" / learner / UNIT / f"{UNIT}.ipynb"
        assert hostile.traces(notebook) == []


def test_what_is_kept_of_an_output_flood_is_small(graded):
    path = graded / "autograded" / "floods-the-output" / UNIT / f"{UNIT}.ipynb"
    assert path.stat().st_size < 3_000_000


def test_pages_show_no_hidden_test(graded):
    done = run_dwsep("report", UNIT, "--directory", str(graded))
    assert done.returncode == 0, done.stdout
    assert "gave no answer" in done.stdout
    pages = {path.parts[-3]: path.read_text() for path in (graded / "feedback").rglob("*.html")}
    assert set(pages) == {path.name for path in (graded / "submitted").iterdir()}
    for learner, page in pages.items():
        assert "strict=True" not in page
        assert ("dwsep_answer" in page) == (learner == "answers-for-itself")  # its own code
