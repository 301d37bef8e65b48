"""``dwsep autograde``: damaged submissions in a class that is graded, once more and by nbgrader."""

import csv
import html
import os
import shutil

import nbformat
import pytest
from test_example_class import LOST, WORTH

from demo import hostile
from demo.classes import CLASSES
from demo.hostile import UNIT
from dwsep_helpers.course import unit
from dwsep_helpers.grading import class_run, cli
from dwsep_helpers.grading.class_folder import database, nbgrader
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.fingerprint import sources
from dwsep_helpers.grading.metadata import notes
from dwsep_helpers.grading.scores import scores
from tests.grading.example_classes import take
from tests.grading.hostile_class import earned, grade_with, run_dwsep

pytestmark = pytest.mark.skipif(
    sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
)

MOST = unit(UNIT).points  # without optional ones
# Graded by plain nbgrader too: some who know better, some with open exercises, and the damaged
# files that it can read.
HONEST = ("perfect", "partly-right", "untouched", "crashes", "cell-duplicated")
ATTACKERS = ("reads-the-gradebook", "writes-the-gradebook", "starts-processes")
READABLE = ("lost-metadata", "deleted-tests", "tampered-tests", "skips-its-tests")
READABLE += ("copied-cells", "forged-metadata", "colab", "huge-outputs")


def repairs(course, learner):
    """Return what a graded notebook says was mended in it."""
    path = course / "autograded" / learner / UNIT / f"{UNIT}.ipynb"
    return notes(nbformat.read(path, as_version=4).metadata)["repairs"]


@pytest.fixture(scope="module")
def graded(graded_classes, tmp_path_factory):
    """A class that was graded, with damaged submissions that came later and were graded then."""
    course = take(UNIT, graded_classes, tmp_path_factory.mktemp("class"))
    said = grade_with(hostile.DAMAGES, course)
    assert f", {len(hostile.DAMAGES)} to grade." in said
    return course, said


@pytest.fixture(scope="module")
def points(graded):
    return {row.learner: row.points for row in scores(database(graded[0]), UNIT)}


@pytest.mark.parametrize("learner", hostile.DAMAGES)
def test_damaged_submissions_earn_what_their_functions_do(points, learner):
    assert points[learner] == earned(learner)


@pytest.mark.parametrize("learner", hostile.DAMAGES)
def test_what_was_mended_is_said(graded, learner):
    said = hostile.DAMAGES[learner].said
    lines = [line for line in graded[1].splitlines() if line.startswith(f"{UNIT} {learner}: ")]
    assert any(said in line for line in lines) if said else not lines


@pytest.mark.parametrize("example", CLASSES[UNIT], ids=lambda example: example.name)
def test_honest_learners_get_their_points(points, example):
    assert points[example.name] == WORTH[UNIT] | dict.fromkeys(LOST[UNIT][example.name], 0)


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
    attackers = {name: earned(name) for name in ATTACKERS}  # as in test_attacks.py
    assert plain == attackers | {name: points[name] for name in (*HONEST, *READABLE)}


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


def test_nobody_is_missing(graded, points):
    assert set(points) == {path.name for path in (graded[0] / "submitted").iterdir()}


def test_links_are_not_followed(graded):
    assert not list((graded[0] / "autograded" / "a-link-beside-it").rglob("data.csv"))


def test_a_second_run_has_nothing_to_do_until_something_changes(graded):
    course, _ = graded
    again = run_dwsep("autograde", UNIT, "--directory", str(course))
    assert again.returncode == 0
    assert ", 0 to grade." in again.stdout
    path = course / "submitted" / "untouched" / UNIT / f"{UNIT}.ipynb"
    path.write_text(path.read_text() + "\n")
    changed = run_dwsep("autograde", UNIT, "--directory", str(course))
    assert ", 1 to grade." in changed.stdout
    assert "1 graded in" in changed.stdout


def test_report_has_points_mistakes_and_pages(graded):
    course, _ = graded
    done = run_dwsep("report", UNIT, "--directory", str(course))
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
    assert set(pages) == {path.name for path in (course / "submitted").iterdir()}
    assert set(pages) <= set(rows)  # the example learners of all units
    assert "it was handed in as 'renamed" not in pages["perfect"]
    for learner, damage in hostile.DAMAGES.items():
        assert (damage.said or "") in pages[learner]
    for page in pages.values():
        assert "strict=True" not in page
        assert "dwsep_answer" not in page


def test_unknown_units_and_missing_releases_are_named(tmp_path):
    (tmp_path / "notebooks").mkdir()
    done = run_dwsep("autograde", "99_nothing", "--directory", str(tmp_path))
    assert done.returncode == 2
    assert "there is no unit '99_nothing': 01_conv2d, 02_depthwise" in done.stdout
    done = run_dwsep("autograde", UNIT, "--directory", str(tmp_path))
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
    again = run_dwsep("autograde", UNIT, "--directory", str(course))
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
        done = run_dwsep(*command, **where)
        assert f"1 submission, {count} to grade." in done.stdout
        assert ("1 graded in" in done.stdout) == bool(count)


def test_without_a_sandbox_it_has_to_be_said(graded, monkeypatch, capsys):
    course, _ = graded
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(sandbox, "unavailable", lambda: "there is none here")
        assert cli.main(["autograde", UNIT, "--directory", str(course)]) == 2
    assert "There is no sandbox: there is none here" in capsys.readouterr().err
    said = run_dwsep("autograde", UNIT, "--directory", str(course), "--no-sandbox")
    assert said.returncode == 0
    assert "WARNING: without the sandbox" in said.stdout
