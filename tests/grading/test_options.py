"""``dwsep autograde`` of some learners, with cold kernels, stopped with Ctrl-C, and killed."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook

from demo import hostile
from demo.classes import CLASSES
from dwsep_helpers.grading import class_run
from dwsep_helpers.grading.class_folder import ClassFolder, database, dwsep
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.nbgrader_session import session
from dwsep_helpers.grading.scores import scores
from tests.grading.example_classes import take
from tests.grading.gradebooks import gradebook
from tests.grading.hostile_class import run_dwsep

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
    said, _ = started.communicate(timeout=300)
    assert started.returncode == 130, said
    assert "What is graded stays graded" in said
    done = recorded(course)
    assert len(before) < len(done) < len(NAMES)
    again = dwsep("autograde", UNIT, directory=course)
    assert f"{len(NAMES) - len(done)} to grade." in again
    assert recorded(course) == set(NAMES)


def running(temporary):
    """Return the processes whose temporary files go there."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("TMPDIR") == str(temporary):
                found.append(process.cmdline())
    return found


def test_killed_at_random_it_goes_on(handed_in_classes, graded_classes, tmp_path):
    course = take(UNIT, handed_in_classes, tmp_path / "class")
    chance = random.Random(7)
    temporary = Path(tempfile.mkdtemp(prefix="t-"))  # sockets lie in it: pytest's names are long
    environment = os.environ | {"TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "dwsep_helpers.grading.cli", "autograde", UNIT]
    for _ in range(3):
        started = subprocess.Popen(
            [*command, "--directory", str(course)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        deadline = time.monotonic() + 300
        while "forking_parent" not in str(running(temporary)) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(chance.uniform(0, 0.5))
        assert started.poll() is None  # there is something to kill
        os.kill(started.pid, signal.SIGKILL)
        started.wait()
        deadline = time.monotonic() + 300
        while running(temporary) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert running(temporary) == []
    done = run_dwsep("autograde", UNIT, "--directory", str(course), env=environment)
    assert done.returncode == 0, done.stdout
    assert not list(temporary.glob("dwsep-*"))
    shutil.rmtree(temporary)
    whole = [row for row in gradebook(graded_classes) if row[0] == UNIT]
    assert gradebook(course) == whole
    assert len(list((course / class_run.STATE).rglob("*.json"))) == len(CLASSES[UNIT])


def test_cold_kernels_are_locked_in_too(handed_in_classes, tmp_path):
    chosen = ("reads-the-gradebook", "uses-the-network", "starts-processes", "perfect")
    course = take(hostile.UNIT, handed_in_classes, tmp_path / "class")
    for learner in chosen[:-1]:
        hostile.hand_in(course, learner)
    # Beside a notebook: to be imported by the kernel, before it is locked in.
    for name in ("json", "numpy", "resource"):
        (course / "submitted" / "perfect" / hostile.UNIT / f"{name}.py").write_text(
            f"open({str(course / 'written')!r}, 'w')"
        )
    students = [word for learner in chosen for word in ("--student", learner)]
    done = run_dwsep("autograde", hostile.UNIT, "--directory", str(course), "--cold", *students)
    assert done.returncode == 0, done.stdout
    assert "4 graded in" in done.stdout
    for learner in chosen[:-1]:
        notebook = course / "autograded" / learner / hostile.UNIT / f"{hostile.UNIT}.ipynb"
        assert hostile.traces(notebook) == []
    for name in ("touched", "written"):
        assert not (course / name).exists()
