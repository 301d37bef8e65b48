"""A class whose folders have names that trip programs up, graded and reported on for real."""

import csv
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import notebook_hash

from dwsep_helpers import course
from dwsep_helpers.grading import class_folder, cli, faults
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.feedback import ReleaseCollected
from dwsep_helpers.grading.names import learner_id
from tests.grading.example_classes import take

UNIT = "02_depthwise"
FULL = course.unit(UNIT).points
NAMES = (
    b"m\xfcller",
    b"lee [2]",
    b" outer ",
    b"_ada",
    b"new\nline\x1b[31m",
    UNIT.encode(),
    b"=1+1",
)
NAMES += ("a" * 245).encode(), "山田　太郎".encode()


@pytest.fixture(scope="module")
def course(handed_in_classes, tmp_path_factory):
    """A class that handed in; in a folder whose name nbgrader takes for a pattern."""
    folder = take(UNIT, handed_in_classes, tmp_path_factory.mktemp("class") / "term [2] (a+b) ü")
    perfect = folder / "perfect"
    shutil.move(folder / "submitted" / "perfect", perfect)
    shutil.rmtree(folder / "submitted")
    for name in NAMES:
        shutil.copytree(os.fsencode(perfect), os.fsencode(folder / "submitted") + b"/" + name)
    lee = folder / "submitted" / "lee [2]" / UNIT
    (lee / "timestamp.txt").write_bytes(b"\xff\xfe")
    (folder / "submitted" / "linked").symlink_to(lee.parent)
    (folder / "submitted" / "onlypdf").mkdir()
    (folder / "submitted" / "onlypdf" / "answers.pdf").write_text("")
    return folder


def dwsep(*arguments, encoding):
    return subprocess.run(
        [sys.executable, "-m", "dwsep_helpers.grading.cli", *arguments],
        env=os.environ | {"PYTHONIOENCODING": encoding},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


@pytest.fixture(scope="module")
def graded(course):
    if reason := sandbox.unavailable():
        pytest.skip(f"no sandbox: {reason}")
    done = dwsep("autograde", UNIT, "--directory", str(course), encoding="ascii")
    said = done.stdout.decode("ascii")
    assert done.returncode == 1, said  # the link is somebody's to mend
    assert "linked: failed: 'linked': it is a link" in said
    assert "lee [2]: graded: 'timestamp.txt' has no time" in said
    assert "\x1b" not in said
    assert f"{len(NAMES) + 1} graded in" in said
    return course


def rows(course):
    path = course / f"scores-{UNIT}.csv"
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {row["learner"]: row for row in csv.DictReader(file)}


def test_all_have_their_points_a_row_and_a_page(graded):
    done = dwsep("report", UNIT, "--directory", str(graded), encoding="cp1252")
    assert done.returncode == 0, done.stdout
    assert b"\x1b" not in done.stdout
    found = rows(graded)
    names = {learner_id(os.fsdecode(name)) for name in NAMES} - {"=1+1"} | {"'=1+1"}
    assert set(found) == {*names, "linked", "onlypdf"}
    totals = {name: row["total"] for name, row in found.items()}
    assert totals == dict.fromkeys(names, f"{FULL:g}") | {"onlypdf": "0", "linked": ""}
    assert found["linked"]["status"] == "failed"
    assert found["onlypdf"]["status"] == "no notebook in it"
    pages = {path.parts[-3]: path.read_text() for path in (graded / "feedback").rglob("*.html")}
    assert len(pages) == len(NAMES) + 1
    assert f">{FULL:g} of {FULL:g} points</h2>" in pages["_ada"]


def test_who_is_mended_is_forgotten_as_failed(graded):
    (graded / "submitted" / "linked").unlink()
    done = dwsep("autograde", UNIT, "--directory", str(graded), encoding="utf-8")
    assert done.returncode == 0, done.stdout
    assert b"0 to grade" in done.stdout
    dwsep("report", UNIT, "--no-feedback", "--directory", str(graded), encoding="utf-8")
    assert "linked" not in rows(graded)


def test_a_gradebook_that_stays_locked_is_said(course, monkeypatch, capsys):
    monkeypatch.setattr(class_folder, "WAITS", 0.2)
    with closing(sqlite3.connect(course / "gradebook.db")) as book:
        book.execute("begin exclusive")
        for command in (["autograde", "--no-sandbox"], ["report"]):
            assert cli.main([*command, UNIT, "--directory", str(course)]) == 1
            assert "another process keeps the gradebook locked" in capsys.readouterr().err
        book.rollback()


def test_nothing_is_graded_on_a_full_disk(course, monkeypatch, capsys):
    monkeypatch.setattr(faults, "free_bytes", lambda place: 10 * 2**20)
    command = ["autograde", UNIT, "--no-sandbox", "--force", "--directory", str(course)]
    assert cli.main(command) == 1
    assert "Nothing was graded: the disk of" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore")  # nbgrader leaves a file open
def test_a_renamed_file_gets_its_page_back(tmp_path):
    """Who handed in through the exchange asks for a page by the name of their own file."""
    for step in ("submitted", "feedback"):
        (tmp_path / step / "ada" / UNIT).mkdir(parents=True)
    (tmp_path / "submitted" / "ada" / UNIT / "my work.ipynb").write_text("{}")
    folder = tmp_path / "feedback" / "ada" / UNIT
    (folder / f"{UNIT}.html").write_text("the page")
    (folder / "timestamp.txt").write_text("2026-03-01 10:00:00 UTC")
    (folder / "submission_secret.txt").write_text("secret")
    directory = CourseDirectory(root=str(tmp_path), assignment_id=UNIT)
    release = ReleaseCollected(coursedir=directory)
    release.src_path, release.dest_path = str(tmp_path / "feedback" / "*" / UNIT), str(tmp_path)
    release.copy_files()
    for name in (UNIT, "my work"):
        checksum = notebook_hash(secret="secret", notebook_id=name)
        assert (tmp_path / f"{checksum}.html").read_text() == "the page"
