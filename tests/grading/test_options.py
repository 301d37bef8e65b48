"""``dwsep autograde`` of some learners, and stopped with Ctrl-C."""

import signal
import subprocess
import sys
import time

import pytest
from nbgrader.api import Gradebook

from demo.classes import CLASSES
from dwsep_helpers.grading import class_run
from dwsep_helpers.grading.class_folder import ClassFolder, database, dwsep
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.nbgrader_session import session
from dwsep_helpers.grading.scores import scores
from tests.grading.example_classes import take

pytestmark = pytest.mark.skipif(
    sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
)
UNIT = "03_pointwise"
NAMES = [example.name for example in CLASSES[UNIT]]


@pytest.fixture(scope="module")
def course(handed_in_classes, tmp_path_factory):
    """A class that handed in, and wasn't graded."""
    return take(UNIT, handed_in_classes, tmp_path_factory.mktemp("class"))


def recorded(course):
    return {path.stem for path in (course / class_run.STATE).rglob("*.json")}


def test_learners_can_be_named(course):
    chosen = NAMES[:2]
    options = [word for name in chosen for word in ("--student", name)]
    said = dwsep("autograde", UNIT, *options, directory=course)
    assert "2 submissions, 2 to grade." in said
    assert {row.learner for row in scores(database(course), UNIT)} == set(chosen)


def test_newcomers_are_enrolled_before_they_are_graded(handed_in_classes, tmp_path):
    take(UNIT, handed_in_classes, tmp_path)
    nbgrader = session(ClassFolder.of(tmp_path))
    for names in (["one", "two", "one"], ["two", "three"]):
        nbgrader.enroll(names)
    with Gradebook(database(tmp_path)) as gradebook:
        assert {student.id for student in gradebook.students} == {"one", "two", "three"}


@pytest.fixture
def heeds_ctrl_c():
    """Have new processes heed Ctrl-C, also where a shell started the tests in its background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeds_ctrl_c")
def test_ctrl_c_stops_it_and_the_next_run_goes_on(course):
    before = recorded(course)
    command = [sys.executable, "-m", "dwsep_helpers.grading.cli", "autograde", UNIT, "--jobs", "1"]
    started = subprocess.Popen(
        [*command, "--directory", str(course)],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    for _ in range(600):
        if len(recorded(course)) > len(before):
            break
        time.sleep(0.1)
    started.send_signal(signal.SIGINT)
    said, _ = started.communicate(timeout=120)
    assert started.returncode == 130, said
    assert "What is graded stays graded" in said
    done = recorded(course)
    assert len(before) < len(done) < len(NAMES)
    again = dwsep("autograde", UNIT, directory=course)
    assert f"{len(NAMES) - len(done)} to grade." in again
    assert recorded(course) == set(NAMES)
