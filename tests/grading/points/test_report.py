"""``dwsep report``: a row for everybody, a table across units, and the same points in all of it."""

import argparse
import csv
import json
import os
import shutil
import zipfile
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from dwsep_helpers import checks
from dwsep_helpers.grading import cli
from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.metadata import FAILED, GRADED, NOT_HANDED_IN, NOT_YET, NOTHING
from dwsep_helpers.grading.nbgrader_session import NbgraderSession
from dwsep_helpers.grading.people.roster import Person, Roster
from dwsep_helpers.grading.points import class_page, into_platforms, statistics
from dwsep_helpers.grading.points.gathered import UnitPoints
from dwsep_helpers.grading.scores import Scores
from tests.grading.points.books import UNIT, by_hand, grade, release

ROSTER = Roster(
    (
        Person("ada", "Ada Byron", "ada@example.org", "A", {"canvas": "33", "moodle": "4711"}),
        Person("zoe", "=Zoe", "zoe@example.org", "B", {"canvas": "77"}),
    )
)


PAGES = {"ada": "8.5 of 9 points", "ben": "7 of 9 points"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A class: ada is done and late, ben waits, eve's run was ended, kim's isn't graded yet."""
    folder = tmp_path_factory.mktemp("class")
    release(folder, datetime(2026, 12, 1, 12))
    for learner in ("ada", "ben", "eve"):
        time = "2026-12-01 13:00:00 UTC" if learner == "ada" else None
        grade(folder, learner, time=time, right=("1.1", "1.2", "1.4"))
        if learner != "eve":
            for step, end in ("autograded", "ipynb"), ("feedback", "html"):
                path = folder / step / learner / UNIT / f"{UNIT}.{end}"
                path.parent.mkdir(parents=True)
                path.write_text(PAGES[learner] if step == "feedback" else "{}")
    by_hand(folder, "ada", "answer_1_3", 1.5)
    for learner in ("ada", "ben", "eve", "kim", ".ipynb_checkpoints"):
        (folder / "submitted" / learner / UNIT).mkdir(parents=True)
    ROSTER.write(folder / "roster.csv")
    return folder


@pytest.fixture
def folder(made, tmp_path):
    """A copy of it."""
    return shutil.copytree(made, tmp_path / "class")


def report(folder, *arguments):
    return cli.main(["report", UNIT, "--no-feedback", *arguments, "--directory", str(folder)])


def table(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {row["learner"]: row for row in csv.DictReader(file)}


def test_everybody_has_a_row_that_says_what_became_of_it(folder, capsys):
    assert report(folder, "--all") == 0
    rows = table(folder / f"scores-{UNIT}.csv")
    expected = {"ada": GRADED, "ben": GRADED, "eve": NOT_YET, "kim": NOT_YET, "zoe": NOT_HANDED_IN}
    assert {learner: row["status"] for learner, row in rows.items()} == expected
    ada = dict(name="Ada Byron", email="ada@example.org", section="A", unit=UNIT)
    ada |= {"1.1": "4", "1.2": "3", "1.3": "1.5", "1.4": "2", "total": "8.5", "optional": "2"}
    ada |= dict(max="9", submitted="2026-12-01 13:00:00 UTC", late="1:00:00", penalty="0")
    assert rows["ada"] == ada | dict(learner="ada", final="8.5", to_confirm="", status=GRADED)
    assert (rows["ben"]["1.3"], rows["ben"]["final"], rows["ben"]["submitted"]) == ("", "7", "")
    assert rows["zoe"]["name"] == "'=Zoe"
    assert {rows[one]["final"] for one in ("eve", "kim", "zoe")} == {""}
    everything = table(folder / "scores-all.csv")
    assert (everything["ada"][UNIT], everything["ada"]["open"]) == ("8.5", "")
    assert everything["ben"][UNIT] == ""
    assert everything["ben"]["open"] == f"{UNIT}: waits to be graded by hand"
    assert everything["zoe"]["open"] == f"{UNIT}: not handed in"
    said = capsys.readouterr().out
    assert "2 not graded yet; 1 not handed in" in said
    assert "1 has no time of handing in, and so has nothing taken off" in said


def test_what_is_to_be_confirmed_is_said_and_counts(folder, capsys):
    grade(folder, "ada", right=("1.1", "1.2"), answers={"1.3": "Otherwise."})
    assert report(folder) == 0
    row = table(folder / f"scores-{UNIT}.csv")["ada"]
    assert (row["to_confirm"], row["1.3"], row["final"]) == ("1.3", "1.5", "8.5")
    assert "ada: to confirm: 1.3: the work changed" in capsys.readouterr().out


def test_platforms_tables_and_archives_are_written_beside(folder, capsys):
    canvas, moodle = folder / "canvas.csv", folder / "moodle.csv"
    canvas.write_text("Student,ID,Section,2D convolution (1)\nAda,33,A,\nZoe,77,B,\n")
    moodle.write_text("Identifier,Grade\nParticipant 4711,\n")
    notes = folder / ".dwsep" / "downloads" / f"{UNIT}.json"
    notes.parent.mkdir(parents=True)
    notes.write_text(json.dumps({"ada": ["byronada_33_8080_01_conv2d.ipynb", False]}))
    archive = ["--feedback-archive", "canvas"]
    assert report(folder, "--canvas", str(canvas), "--moodle", str(moodle), *archive) == 0
    assert (folder / "canvas-with-points.csv").read_text().endswith("Ada,33,A,8.5\nZoe,77,B,\n")
    assert (folder / "moodle-with-points.csv").read_text().endswith("Participant 4711,8.5\n")
    said = capsys.readouterr().out
    assert "Zoe: left as it was: not handed in" in said
    assert "ben: is in no row of 'canvas.csv'" in said
    assert "ben: the page is not in it" in said
    with zipfile.ZipFile(folder / f"feedback-{UNIT}-canvas.zip") as made:
        assert made.namelist() == ["byronada_33_8080_01_conv2d.html"]


def test_a_worksheet_of_another_unit_is_refused(folder, capsys, monkeypatch):
    monkeypatch.setattr(NbgraderSession, "units", lambda self: {UNIT, "02_depthwise"})
    notes = folder / ".dwsep" / "downloads"
    notes.mkdir(parents=True)
    other = {"ada": ["Ada_4711_assignsubmission_file_/x.ipynb", False]}
    (notes / "02_depthwise.json").write_text(json.dumps(other))
    moodle = folder / "moodle.csv"
    moodle.write_text("Identifier,Grade\nParticipant 4711,\n")
    assert report(folder, "--moodle", str(moodle)) == 2
    assert f"has the numbers of 02_depthwise, and none of {UNIT}" in capsys.readouterr().err
    assert not (folder / "moodle-with-points.csv").exists()
    (notes / f"{UNIT}.json").write_text(json.dumps(other))
    assert report(folder, "--moodle", str(moodle)) == 0


def test_a_page_that_is_older_than_the_grade_stays_out_of_the_archive(folder, capsys):
    notes = folder / ".dwsep" / "downloads" / f"{UNIT}.json"
    notes.parent.mkdir(parents=True)
    members = {
        "ada": ["byronada_33_8080_x.ipynb", False],
        "ben": ["Ben_4_assignsubmission_file_/x", False],
    }
    notes.write_text(json.dumps(members))
    for learner in members:
        page = folder / "feedback" / learner / UNIT / f"{UNIT}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(PAGES[learner])
        os.utime(page, (1, 1))
        graded = folder / "autograded" / learner / UNIT / f"{UNIT}.ipynb"
        graded.parent.mkdir(parents=True, exist_ok=True)
        if learner == "ada":
            graded.write_text("{}")
        else:
            graded.unlink(missing_ok=True)
    report(folder, "--feedback-archive", "canvas")
    said = capsys.readouterr().out
    assert "ada: the page is older than the grade" in said
    assert "ben: the page is not in it" in said  # it came from Moodle


def test_a_page_with_other_points_stays_out_of_the_archive(folder, capsys):
    notes = folder / ".dwsep" / "downloads" / f"{UNIT}.json"
    notes.parent.mkdir(parents=True)
    notes.write_text(json.dumps({one: [f"{one}_3_8_x.ipynb", False] for one in ("ada", "ben")}))
    by_hand(folder, "ada", "answer_1_3", 1)
    assert report(folder, "--feedback-archive", "canvas") == 0
    assert "ada: the page is older than the grade" in capsys.readouterr().out
    with zipfile.ZipFile(folder / f"feedback-{UNIT}-canvas.zip") as made:
        assert made.namelist() == ["ben_3_8_x.html"]


def test_of_several_units_those_that_canvas_has_are_filled(tmp_path, capsys):
    export = tmp_path / "export.csv"
    export.write_text("Student,ID,Section,01_conv2d (1)\nada,ada,A,\nzed,zed,A,\n")
    units = [CLASS, UnitPoints("02_depthwise", WORTH, frozenset(), ROWS)]
    options = argparse.Namespace(canvas=export, moodle=None, column="", scale=False)
    into_platforms.write(into_platforms.fill(options, units, Roster()))
    assert (tmp_path / "export-with-points.csv").read_text().endswith("ada,A,8\nzed,zed,A,\n")
    said = capsys.readouterr().out
    assert "no assignment is called 02_depthwise" in said
    assert "  01_conv2d: zed: left as it was: nobody here" in said
    with pytest.raises(WrongCall, match="no assignment is called 02_depthwise"):
        into_platforms.fill(options, units[1:], Roster())
    options = argparse.Namespace(canvas=None, moodle=export, column="", scale=False)
    with pytest.raises(WrongCall, match="one assignment's: name its unit"):
        into_platforms.fill(options, units, Roster())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--canvas", "x.csv"], "'x.csv' is no gradebook that Canvas exported"),
        (["--moodle", "x.csv"], "'x.csv' is no grading worksheet of Moodle's: it has no Identif"),
        (["--column", "Unit 1"], "--column is about a platform's table: say --canvas or --moodle"),
        (["--scale"], "--scale is about a platform's table: say --canvas or --moodle too"),
        (["--comments", "--canvas", "x.csv"], "--comments is about a platform's table: say --mo"),
    ],
)
def test_a_wrong_call_is_said_before_anything_is_written(
    folder, capsys, monkeypatch, arguments, told
):
    monkeypatch.chdir(folder)
    Path("x.csv").write_text("a,b\n")
    there = {path.name for path in folder.iterdir()} | {".dwsep"}
    assert report(folder, *arguments) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert not said.out
    assert {path.name for path in folder.iterdir()} <= there


def test_where_a_unit_is_unknown_no_other_is_written(folder, capsys):
    assert cli.main(["report", UNIT, "01_conv", "--no-feedback", "--directory", str(folder)]) == 2
    said = capsys.readouterr()
    assert "knows no unit '01_conv'; did you mean '01_conv2d'?" in said.err
    assert not said.out
    assert not (folder / f"scores-{UNIT}.csv").exists()


def test_a_unit_that_is_named_twice_counts_once(folder, capsys):
    where = ["--no-feedback", "--directory", str(folder)]
    assert cli.main(["report", UNIT, UNIT, "--all", *where]) == 0
    header = (folder / "scores-all.csv").read_text(encoding="utf-8-sig").partition("\n")[0]
    assert header.split(",").count(UNIT) == 1


WORTH = {"1.1": 4.0, "1.2": 2.0, "1.3": 2.0}


def points(learner, *numbers, **how):
    had = dict(zip(WORTH, numbers, strict=True)) if numbers else dict.fromkeys(WORTH)
    return Scores(learner, had, frozenset(), **how)


ROWS = [
    points("ada", 4.0, 2.0, 2.0),
    points("ben", 4.0, 0.0, 2.0),
    points("<b>eve</b>", 0.0, 0.0, None),
    points("kim", 0.0, 0.0, 0.0, status=NOTHING),
    points("lee", status=NOT_HANDED_IN),
    points("max", status=FAILED),
]
CLASS = UnitPoints(UNIT, WORTH, frozenset(), ROWS)
MISTAKE = checks.correlate2d.mistakes[0]
COUNTS = {"correlate2d": Counter({MISTAKE.name: 2, "passed": 1, "crashed": 3})}


def test_numbers_of_exercises(tmp_path):
    class_page.write_unit(tmp_path, CLASS, COUNTS, {})
    with (tmp_path / f"class-{UNIT}.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = [*csv.DictReader(file)]
    first, second, third, fourth = rows
    assert (first["ended"], first["how_many"], first["told"]) == ("crashed", "3", "")
    assert (second["ended"], second["how_many"]) == (MISTAKE.name, "2")
    assert second["told"] == MISTAKE.says
    assert (first["learners"], first["full"], first["discrimination"]) == ("3", "0.6667", "0.87")
    assert (third["full"], third["discrimination"]) == ("0.3333", "0.50")
    assert (fourth["learners"], fourth["waiting"], fourth["discrimination"]) == ("2", "1", "")


def test_the_page_says_who_is_where_and_runs_nothing(tmp_path):
    people = {"ada": Person("ada", "<script>alert(1)</script>")}
    page = class_page.write_unit(tmp_path, CLASS, COUNTS, people).read_text(encoding="utf-8")
    assert "3 of 6 have points: 4.7 of 8 on average; quartiles 3, 6 and 7." in page
    assert "Of the others: 1 not handed in, 1 no notebook in it, 1 failed." in page
    assert 'aria-label="Learners by points: 0 to 1: 1, 6 to 7: 1, 7 to 8: 1"' in page
    assert "<td>&lt;b&gt;eve&lt;/b&gt;</td><td>1.1, 1.2</td>" in page
    assert "<li>kim</li><li>lee</li>" in page
    assert MISTAKE.says in page
    for word in ("<script", "<b>eve", "http://", "https://", "src=", "url("):
        assert word not in page


def test_nothing_graded_is_said(tmp_path):
    nobody = UnitPoints(UNIT, WORTH, frozenset(), [points("lee", status=NOT_YET)])
    page = class_page.write_unit(tmp_path, nobody, {}, {}).read_text(encoding="utf-8")
    assert "Nobody's work was graded yet. Of the others: 1 not graded yet." in page


def test_who_fell_behind_across_units(tmp_path):
    before = UnitPoints("01_conv2d", WORTH, frozenset(), ROWS[:3])
    after = [points("ada", 4.0, 0.0, 1.0), points("ben", 4.0, 0.0, 1.0)]
    later = UnitPoints("02_depthwise", WORTH, frozenset(), after)
    assert statistics.fell_behind([before, later]) == [("ada", [1.0, 0.625])]
    gone = UnitPoints("02_depthwise", WORTH, frozenset(), [after[0], points("x", 0, 0, 0)])
    assert [one for one, _ in statistics.fell_behind([before, gone])] == ["ada", "ben"]
    page = class_page.write_term(tmp_path, [before, gone], {}).read_text(encoding="utf-8")
    assert "<td>ben</td>" in page
    assert (
        (tmp_path / "class.csv")
        .read_text("utf-8-sig")
        .splitlines()[1]
        .startswith("01_conv2d,3,4.67,3.00,6.00,7.00,8,0,0")
    )
    nobody = UnitPoints("02_depthwise", WORTH, frozenset(), [points("ada", status=NOT_YET)])
    assert statistics.fell_behind([before, nobody]) == []


@pytest.mark.parametrize("most", [0, 1, 7.5, 20, 21, 100])
def test_a_histogram_has_everybody_once(most):
    totals = [0, most / 3, most, most, most + 1]
    bars = statistics.histogram(totals, most)
    assert sum(count for *_, count in bars) == len(totals)
    assert len(bars) <= 20
    assert bars[-1][1] >= most
