"""Points go into Canvas's and Moodle's own tables, and nothing else in them changes."""

import json
import zipfile

import pytest

from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.metadata import FAILED, NOT_HANDED_IN
from dwsep_helpers.grading.people.roster import Person, Roster
from dwsep_helpers.grading.points import archive
from dwsep_helpers.grading.points.gathered import UnitPoints
from dwsep_helpers.grading.points.platforms import comment, fill_canvas, fill_moodle
from dwsep_helpers.grading.points.sheets import Sheet
from dwsep_helpers.grading.scores import Scores

UNIT = "01_conv2d"
WORTH = {"1.1": 12.0, "1.2": 8.0, "1.3": 2.0}
OPTIONAL = frozenset({"1.3"})


def points(learner, first, second, extra=0.0, **how):
    numbers = {"1.1": first, "1.2": second, "1.3": extra}
    return Scores(learner, numbers, OPTIONAL, **how)


POINTS = UnitPoints(
    UNIT,
    WORTH,
    OPTIONAL,
    [
        points("ada", 12.0, 1.5, 2.0),
        points("ben", 12.0, 8.0, penalty=2.0, to_confirm=("1.1",)),
        points("eve", 5.0, None),
        points("kim", None, None, status=FAILED),
        points("lee", None, None, status=NOT_HANDED_IN),
        points("max", 1.0, 0.0),
    ],
)
ROSTER = Roster(
    (
        Person("ada", "Ada Byron", "ada@example.org", ids={"canvas": "33", "moodle": "4711 9"}),
        Person("ben", "Ben Müller", "ben@example.org", ids={"canvas_login": "bm22"}),
        Person("eve", "Eve", ids={"canvas": "35", "moodle": "4713"}),
        Person("kim", "Kim", ids={"canvas": "36", "moodle_idnumber": "m-36"}),
    )
)
CANVAS = (
    "Student,ID,SIS Login ID,Section,Attendance,2D convolution (808),Essay (9),"
    "Assignments Current Score,Final Score\r\n"
    ",,,,,Manual Posting,,,\r\n"
    "    Points Possible,,,,,20.00,10.00,(read only),(read only)\r\n"
    '"Byron, Ada",33,ab1,"A, and B",,,7.50,,75.00\r\n'
    '"Müller, ""Ben""",34,bm22,A,,3.00,,,\r\n'
    '="=1+1",35,ev,A,,2.00,,,\r\n'
    "Kim,36,ki,A,,,,,\r\n"
    "Zoe,77,zo,A,,,,,\r\n"
    "Max,max,mx,A,,EX,,,\r\n"
)


def sheet(folder, text, encoding="utf-8", name="export.csv"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return Sheet.read(path)


def written(filled_sheet, encoding="utf-8"):
    return filled_sheet.write_beside().read_bytes().decode(encoding)


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16-le", "cp1252"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_table_that_nothing_is_filled_into_stays_as_it_is(tmp_path, encoding, delimiter, end):
    text = CANVAS.replace(",", delimiter).replace("\r\n", end)
    text = ("\ufeff" if encoding == "utf-16-le" else "") + text
    for one in (text, text.removesuffix(end), text + end):
        read = sheet(tmp_path, one, encoding)
        assert read.write_beside().read_bytes() == one.encode(encoding)
        assert (read.header[1], read.delimiter) == ("ID", delimiter)
        assert (tmp_path / "export.csv").read_bytes() == one.encode(encoding)


def test_canvas_gets_the_points_that_are_known(tmp_path):
    read = sheet(tmp_path, CANVAS)
    filled = fill_canvas(read, POINTS, ROSTER)
    assert filled.count == 2
    expected = CANVAS.replace('A, and B",,,7.50', 'A, and B",,13.5,7.50')
    assert written(read) == expected.replace("bm22,A,,3.00", "bm22,A,,18")
    assert filled.said == [
        '="=1+1": left as it was: waits to be graded by hand',
        "Kim: left as it was: failed",
        "Zoe: left as it was: nobody here is known by these ids",
        "Max: left as it was: is excused",
        "lee: is in no row of 'export.csv'",
    ]


def test_canvas_with_other_columns_and_a_decimal_comma(tmp_path):
    text = (
        "\ufeffLastName;FirstName;ID;SIS User ID;SIS Login ID;Section;Conv (1);Conv (2)\n"
        "    Points Possible;;;;;;20,00;100,00\n"
        "Byron;Ada;33;;;A;;\n"
    )
    read = sheet(tmp_path, text)
    with pytest.raises(WrongCall, match=r"--column names one of: Conv \(1\), Conv \(2\)"):
        fill_canvas(read, POINTS, ROSTER)
    with pytest.raises(WrongCall, match="several assignments are called Conv"):
        fill_canvas(read, POINTS, ROSTER, column="Conv")
    filled = fill_canvas(read, POINTS, ROSTER, column="2", scale=True)
    assert written(read).splitlines()[2] == "Byron;Ada;33;;;A;;67,5"
    assert "multiplied by 5" in filled.said[0]
    fill_canvas(read, POINTS, ROSTER, column="Conv (1)")
    assert written(read).splitlines()[2] == "Byron;Ada;33;;;A;13,5;67,5"


@pytest.mark.parametrize("title", ["01_conv2d (1)", "2D Convolution (1)", "01 2D convolution (1)"])
def test_an_assignment_is_known_by_the_units_name_or_title(tmp_path, title):
    text = f"Student,ID,Section,Quiz on 2D convolution (7),{title}\nAda,33,A,,\n"
    read = sheet(tmp_path, text)
    assert fill_canvas(read, POINTS, ROSTER).count == 1
    assert written(read).endswith("Ada,33,A,,13.5\n")


def test_another_maximum_is_said_and_nothing_is_scaled(tmp_path):
    text = "Student,ID,Section,01_conv2d (1)\n    Points Possible,,,10.00\nAda,33,A,\n"
    read = sheet(tmp_path, text)
    filled = fill_canvas(read, POINTS, ROSTER)
    assert written(read).endswith("Ada,33,A,13.5\n")
    assert "is 10 points, and 01_conv2d 20: nothing was scaled" in filled.said[0]


def test_two_rows_of_one_learner_stay(tmp_path):
    text = "Student,ID,SIS Login ID,Section,01_conv2d (1)\nAda,33,,A,\nBen,,bm22,A,\nBen,,BM22,B,\n"
    read = sheet(tmp_path, text)
    filled = fill_canvas(read, POINTS, ROSTER)
    assert filled.count == 1
    assert filled.said[:2] == ["Ben: left as it was: several rows are ben's"] * 2


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Student,ID,SIS Login ID\n", "Identifier\n"])
def test_what_is_no_table_of_the_platform_is_said(tmp_path, text):
    read = sheet(tmp_path, text)
    with pytest.raises(WrongCall, match="no gradebook that Canvas exported"):
        fill_canvas(read, POINTS, ROSTER)
    with pytest.raises(WrongCall, match="no grading worksheet"):
        fill_moodle(read, POINTS, ROSTER)


def test_a_spreadsheet_or_a_missing_file_is_said(tmp_path):
    (tmp_path / "grades.xlsx").write_bytes(b"PK\x03\x04 and more")
    with pytest.raises(WrongCall, match="a CSV is asked for"):
        Sheet.read(tmp_path / "grades.xlsx")
    with pytest.raises(WrongCall, match="can't be read"):
        Sheet.read(tmp_path / "none.csv")


MOODLE = (
    'Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade",'
    '"Grade can be changed","Last modified (grade)","Feedback comments"\n'
    '"Participant 4711","Ada Byron",,,"Submitted",,20.00,Yes,-,\n'
    '"Participant 4712","Ben Müller",,BEN@example.org,,"3.00",20.00,No,-,\n'
    '"Participant 4713",Eve,,,,"1.00",20.00,Yes,"Monday, 1 December 2026, 9:00 AM",<p>x</p>\n'
    '"Participant 4714",Kim,m-36,,,,20.00,Yes,-,\n'
    '"Participant 4715",Max,max,,,,20.00,Yes,-,\n'
)


def test_moodle_gets_the_points_that_are_known(tmp_path):
    read = sheet(tmp_path, MOODLE)
    filled = fill_moodle(read, POINTS, ROSTER)
    assert filled.count == 2
    expected = MOODLE.replace('"Submitted",,20.00', '"Submitted",13.5,20.00')
    assert written(read) == expected.replace("max,,,,20.00", "max,,,1,20.00")
    assert filled.said == [
        "Participant 4712: left as it was: has a grade that can't be changed",
        "Participant 4713: left as it was: waits to be graded by hand",
        "Participant 4714: left as it was: failed",
        "lee: is in no row of 'export.csv'",
    ]


def test_moodle_in_german_with_comments(tmp_path):
    text = (
        "Kennung;Bewertung;Bestwertung;Bewertung kann geändert werden;Feedback als Kommentar\r\n"
        "Teilnehmer/in 4711;;10,00;Ja;\r\n"
    )
    read = sheet(tmp_path, text, "cp1252")
    said = []
    how = {"comments": lambda row: said.append(row) or comment(POINTS, row)}
    filled = fill_moodle(read, POINTS, ROSTER, **how)
    assert filled.count == 0  # Moodle drops what is above its maximum
    assert any("takes at most 10" in line for line in filled.said)
    filled = fill_moodle(read, POINTS, ROSTER, scale=True, **how)
    told = '"1.1: 12 of 12; 1.2: 1.5 of 8; 1.3: 2 of 2; together 13.5 of 20, and 2 optional"'
    assert written(read, "cp1252").splitlines()[1] == f"Teilnehmer/in 4711;6,75;10,00;Ja;{told}"
    assert said == [POINTS.by_learner["ada"]]


def test_moodle_in_another_language(tmp_path):
    read = sheet(tmp_path, "Identifier,Arvosana\nOsallistuja 4711,\n")
    with pytest.raises(WrongCall, match="--column names the grades' column"):
        fill_moodle(read, POINTS, ROSTER)
    assert fill_moodle(read, POINTS, ROSTER, column="Arvosana").count == 1


def test_pages_are_named_like_the_download(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<p>ada</p>")
    members = {"ada": "Ada Byron_4711_assignsubmission_file/x.ipynb", "zoe": "Zoe_1_x/y"}
    pages = {"ada": page, "ben": page}
    assert archive.write(tmp_path / "a.zip", "moodle", UNIT, pages, members) == ["ben"]
    with zipfile.ZipFile(tmp_path / "a.zip") as made:
        assert made.namelist() == [f"Ada Byron_4711_assignsubmission_file/{UNIT}.html"]
        assert made.read(made.namelist()[0]) == b"<p>ada</p>"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"ada": 1}', json.dumps({"ada": ["x", True]})])
def test_a_damaged_note_of_downloads_is_none(tmp_path, text):
    class Class:
        folder = tmp_path

    path = tmp_path / ".dwsep" / "downloads" / f"{UNIT}.json"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert archive.downloads(Class, UNIT) == ({"ada": "x"} if "x" in text else {})
    assert archive.said_late(Class, UNIT) == ({"ada"} if "x" in text else set())
