"""``dwsep autograde``: a class with hostile, broken and honest submissions, graded for real."""

import contextlib
import csv
import html
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from test_example_class import LOST, WORTH

from demo import hostile
from demo.classes import CLASSES
from demo.hostile import NAMES, UNIT
from dwsep_helpers.course import unit
from dwsep_helpers.grading import class_run, cli
from dwsep_helpers.grading.class_folder import database, nbgrader
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.fingerprint import sources
from dwsep_helpers.grading.metadata import notes
from dwsep_helpers.grading.scores import scores
from tests.grading.example_classes import take
from tests.grading.gradebooks import gradebook

pytestmark = pytest.mark.skipif(
    sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
)

NUMBERS = dict(zip(NAMES, WORTH[UNIT], strict=True))
NOTHING = dict.fromkeys(WORTH[UNIT], 0)
FULL = WORTH[UNIT]
MOST = unit(UNIT).points  # without optional ones
# Graded by plain nbgrader too: some who know better, some with open exercises, and the damaged
# files that it can read.
HONEST = ("perfect", "partly-right", "untouched", "crashes", "cell-duplicated")
ATTACKERS = ("reads-the-gradebook", "writes-the-gradebook", "starts-processes")
READABLE = ("lost-metadata", "deleted-tests", "tampered-tests", "skips-its-tests")
READABLE += ("copied-cells", "forged-metadata", "colab", "huge-outputs")


def dwsep(*arguments, **how):
    return subprocess.run(
        [sys.executable, "-m", "dwsep_helpers.grading.cli", *arguments],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        **how,
    )


def repairs(course, learner):
    """Return what a graded notebook says was mended in it."""
    path = course / "autograded" / learner / UNIT / f"{UNIT}.ipynb"
    return notes(nbformat.read(path, as_version=4).metadata)["repairs"]


@pytest.fixture(scope="module")
def handed_in(handed_in_classes, tmp_path_factory):
    """A class of honest, damaged and hostile submissions."""
    course = take(UNIT, handed_in_classes, tmp_path_factory.mktemp("class"))
    for learner in hostile.CLASS:
        hostile.hand_in(course, learner)
    return course


@pytest.fixture(scope="module")
def graded(handed_in):
    done = dwsep("autograde", UNIT, "--directory", str(handed_in), timeout=900)
    assert done.returncode == 0, done.stdout
    return handed_in, done.stdout


@pytest.fixture(scope="module")
def points(graded):
    return {row.learner: row.points for row in scores(database(graded[0]), UNIT)}


@pytest.mark.parametrize("learner", hostile.CLASS)
def test_submissions_earn_what_their_functions_do(points, learner):
    right = [NUMBERS[name] for name in hostile.CLASS[learner].right]
    assert points[learner] == NOTHING | {number: FULL[number] for number in right}


@pytest.mark.parametrize("learner", hostile.DAMAGES)
def test_what_was_mended_is_said(graded, learner):
    said = hostile.DAMAGES[learner].said
    lines = [line for line in graded[1].splitlines() if line.startswith(f"{UNIT} {learner}: ")]
    assert any(said in line for line in lines) if said else not lines


@pytest.mark.parametrize("example", CLASSES[UNIT], ids=lambda example: example.name)
def test_honest_learners_get_their_points(points, example):
    assert points[example.name] == FULL | dict.fromkeys(LOST[UNIT][example.name], 0)


@pytest.fixture(scope="module")
def by_nbgrader(handed_in_classes, tmp_path_factory):
    """A class of some of them that plain nbgrader graded, and wrote pages for."""
    course = take(UNIT, handed_in_classes, tmp_path_factory.mktemp("plain"))
    for path in (course / "submitted").iterdir():
        if path.name not in HONEST:
            shutil.rmtree(path)
    for learner in (*ATTACKERS, *READABLE):
        hostile.hand_in(course, learner)
    nbgrader("autograde", UNIT, directory=course)
    nbgrader("generate_feedback", UNIT, directory=course)
    return course


def test_plain_nbgrader_gives_the_same_points(points, by_nbgrader):
    plain = {row.learner: row.points for row in scores(database(by_nbgrader), UNIT)}
    assert plain == {name: points[name] for name in (*HONEST, *ATTACKERS, *READABLE)}


def test_plain_nbgrader_locks_as_well(by_nbgrader):
    for learner in ATTACKERS:
        assert not hostile.traces(by_nbgrader / "autograded" / learner / UNIT / f"{UNIT}.ipynb")
    for name in ("touched", "written"):
        assert not (by_nbgrader / name).exists()


@pytest.mark.parametrize("learner", READABLE)
def test_plain_nbgrader_mends_and_says_so_as_well(graded, by_nbgrader, learner):
    here, plain = (repairs(course, learner) for course in (graded[0], by_nbgrader))
    assert plain == here
    assert bool(plain) == (hostile.DAMAGES[learner].said is not None)
    page = by_nbgrader / "feedback" / learner / UNIT / f"{UNIT}.html"
    for repair in plain:
        assert repair in html.unescape(page.read_text())


def test_nobody_is_missing(points, handed_in):
    assert set(points) == {path.name for path in (handed_in / "submitted").iterdir()}


def test_nothing_outside_was_touched(graded):
    course, _ = graded
    for name in ("/trapped", "/touched", "/written", "/autograded/written", "-written"):
        assert not Path(f"{course}{name}").exists()
    for learner in hostile.ATTACKS:
        notebook = course / "autograded" / learner / UNIT / f"{UNIT}.ipynb"
        assert hostile.traces(notebook) == []
    assert not list((course / "autograded" / "a-link-beside-it").rglob("data.csv"))


def test_what_is_kept_of_an_output_flood_is_small(graded):
    course, _ = graded
    path = course / "autograded" / "floods-the-output" / UNIT / f"{UNIT}.ipynb"
    assert path.stat().st_size < 3_000_000


def test_a_second_run_has_nothing_to_do_until_something_changes(graded):
    course, _ = graded
    again = dwsep("autograde", UNIT, "--directory", str(course))
    assert again.returncode == 0
    assert ", 0 to grade." in again.stdout
    path = course / "submitted" / "untouched" / UNIT / f"{UNIT}.ipynb"
    path.write_text(path.read_text() + "\n")
    changed = dwsep("autograde", UNIT, "--directory", str(course))
    assert ", 1 to grade." in changed.stdout
    assert "1 graded in" in changed.stdout


def test_report_has_points_mistakes_and_pages(graded):
    course, _ = graded
    done = dwsep("report", UNIT, "--directory", str(course))
    assert done.returncode == 0, done.stdout
    for words in (
        "channels-summed 1",
        "gave no answer",
        "broken-json: unreadable: it is not valid JSON",
    ):
        assert words in done.stdout
    with (course / f"scores-{UNIT}.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = {row["learner"]: row for row in csv.DictReader(file)}
    assert rows["perfect"]["total"] == rows["perfect"]["max"] == "15"
    assert rows["untouched"]["total"] == "0"
    found = (course / "feedback").rglob("*.html")
    pages = {path.parts[-3]: html.unescape(path.read_text()) for path in found}
    assert set(pages) == set(rows)
    assert "it was handed in as 'renamed" not in pages["perfect"]
    for learner, damage in hostile.DAMAGES.items():
        assert (damage.said or "") in pages[learner]
    for learner, page in pages.items():
        assert "strict=True" not in page
        assert ("dwsep_answer" in page) == (learner == "answers-for-itself")  # its own code


def test_unknown_units_and_missing_releases_are_named(tmp_path):
    (tmp_path / "notebooks").mkdir()
    done = dwsep("autograde", "99_nothing", "--directory", str(tmp_path))
    assert done.returncode == 2
    assert "there is no unit '99_nothing': 01_conv2d, 02_depthwise" in done.stdout
    done = dwsep("autograde", UNIT, "--directory", str(tmp_path))
    assert done.returncode == 2
    told = f"unit '{UNIT}' isn't released, there is no {tmp_path}/notebooks/{UNIT}: "
    assert f"{told}nbgrader generate_assignment {UNIT}" in done.stdout


def test_what_is_not_in_the_gradebook_is_graded_again(graded):
    course, _ = graded
    for learner in ("perfect", "kernel-major-order"):
        nbgrader("db", "student", "remove", learner, "--force", directory=course)
    shutil.rmtree(course / "autograded" / "untouched")
    record = course / class_run.STATE / UNIT / "partly-right.json"
    record.write_text(record.read_text()[:100])  # the power went while it was written
    failed = course / class_run.STATE / UNIT / "crashes.json"
    failed.write_text(failed.read_text().replace('"graded"', '"failed"'))
    again = dwsep("autograde", UNIT, "--directory", str(course))
    assert ", 5 to grade." in again.stdout
    points = {row.learner: row.total for row in scores(database(course), UNIT)}
    assert points["perfect"] == MOST


def test_what_a_mended_check_judged_is_graded_again(graded, root, tmp_path):
    """In a copy of the course, where checks can be edited."""
    for folder in ("dwsep_helpers", f"solutions/{UNIT}"):
        without = shutil.ignore_patterns("__pycache__")
        shutil.copytree(root / folder, tmp_path / folder, ignore=without)
    shutil.copy(root / "nbgrader_config.py", tmp_path)
    command = ["autograde", UNIT, "--student", "perfect", "--directory", str(graded[0])]
    where = {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": str(tmp_path)}}
    own, other = (set(sources(unit, tmp_path)) for unit in (UNIT, "04_cost"))
    for path, count in ((other - own).pop(), 0), ((own - other).pop(), 1):
        path.write_text(path.read_text() + "# edited\n")
        done = dwsep(*command, **where)
        assert f"1 submission, {count} to grade." in done.stdout
        assert ("1 graded in" in done.stdout) == bool(count)


def test_cold_kernels_are_locked_in_too(handed_in_classes, tmp_path):
    chosen = ("reads-the-gradebook", "uses-the-network", "starts-processes", "perfect")
    course = take(UNIT, handed_in_classes, tmp_path / "class")
    for learner in chosen[:-1]:
        hostile.hand_in(course, learner)
    # Beside a notebook: to be imported by the kernel, before it is locked in.
    for name in ("json", "numpy", "resource"):
        (course / "submitted" / "perfect" / UNIT / f"{name}.py").write_text(
            f"open({str(course / 'written')!r}, 'w')"
        )
    students = [word for learner in chosen for word in ("--student", learner)]
    done = dwsep("autograde", UNIT, "--directory", str(course), "--cold", *students)
    assert done.returncode == 0, done.stdout
    assert "4 graded in" in done.stdout
    for learner in chosen[:-1]:
        notebook = course / "autograded" / learner / UNIT / f"{UNIT}.ipynb"
        assert hostile.traces(notebook) == []
    for name in ("touched", "written"):
        assert not (course / name).exists()


def test_without_a_sandbox_it_has_to_be_said(graded, monkeypatch, capsys):
    course, _ = graded
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(sandbox, "unavailable", lambda: "there is none here")
        assert cli.main(["autograde", UNIT, "--directory", str(course)]) == 2
    assert "There is no sandbox: there is none here" in capsys.readouterr().err
    said = dwsep("autograde", UNIT, "--directory", str(course), "--no-sandbox")
    assert said.returncode == 0
    assert "WARNING: without the sandbox" in said.stdout


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
        deadline = time.monotonic() + 60
        while "forking_parent" not in str(running(temporary)) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(chance.uniform(0, 0.5))
        assert started.poll() is None  # there is something to kill
        os.kill(started.pid, signal.SIGKILL)
        started.wait()
        deadline = time.monotonic() + 20
        while running(temporary) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert running(temporary) == []
    done = dwsep("autograde", UNIT, "--directory", str(course), env=environment)
    assert done.returncode == 0, done.stdout
    assert not list(temporary.glob("dwsep-*"))
    shutil.rmtree(temporary)
    whole = [row for row in gradebook(graded_classes) if row[0] == UNIT]
    assert gradebook(course) == whole
    assert len(list((course / class_run.STATE).rglob("*.json"))) == len(CLASSES[UNIT])
