"""Rosters: read from what platforms export, put together, kept in the class's folder."""

import pytest

from dwsep_helpers.grading import cli
from dwsep_helpers.grading.class_folder import ClassFolder, WrongCall
from dwsep_helpers.grading.nbgrader_session import session
from dwsep_helpers.grading.people import roster
from dwsep_helpers.grading.people.roster import Ambiguous, Person, Roster
from dwsep_helpers.grading.points import archive
from tests.grading.people.archives import UNIT, write
from tests.grading.points import books

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,01_conv2d (4711),Current Score
,,,,,Manual Posting,
    Points Possible,,,,,20,(read only)
"Byron, Ada",11,u-1,ada,Monday,18,90
"Li, Bo",12,u-2,bo,Tuesday,,
"Student, Test",99,,8f3a,Monday,,
"""
WORKSHEET = """\
Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum Grade",\
"Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 4711","Ada Byron",u-1,ada@example.org,"Submitted for grading",,20.00,Yes,\
"Sunday, 3 March 2024, 11:16 AM",-,
"Participant 4712","Bo Li",u-2,bo@example.org,"No submission",,20.00,Yes,-,-,
"""
PARTICIPANTS = """\
First name;Last name;ID number;Email address;Groups
Ada;Byron;u-1;ada@example.org;Monday
Bo;Li;u-2;bo@example.org;
"""
BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\n'
    '"Byron"\t"Ada"\t"ada"\t"u-1"\t"2024-03-03 11:16:00"\t"Yes"\n'
    '"Li"\t"Bo"\t"bo"\t"u-2"\t""\t"Yes"\n'
)
BRIGHTSPACE = """\
OrgDefinedId,Username,Last Name,First Name,Email,End-of-Line Indicator
#u-1,#ada,Byron,Ada,ada@example.org,#
#u-2,#bo,Li,Bo,bo@example.org,#
"""
GRADESCOPE = """\
First Name,Last Name,SID,Email,Role,Sections
Ada,Byron,u-1,ada@example.org,Student,Monday
Bo,Li,u-2,bo@example.org,Student,
Cy,Teacher,,cy@example.org,Instructor,
"""
GITHUB = """\
"identifier","github_username","github_id","name"
"u-1","ada","4711","Ada Byron"
"u-2","bo","4712","Bo Li"
"""
TABLES = {
    "canvas": CANVAS,
    "worksheet": WORKSHEET,
    "participants": PARTICIPANTS,
    "blackboard": BLACKBOARD,
    "brightspace": BRIGHTSPACE,
    "gradescope": GRADESCOPE,
    "github": GITHUB,
}


def read(tmp_path, text, encoding="utf-8", name="table.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return Roster.read(path)


@pytest.mark.parametrize("platform", TABLES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_platforms_tables_are_read(tmp_path, platform, encoding):
    text = TABLES[platform].replace("Byron", "Bÿron")
    ada, bo = read(tmp_path, text, encoding)
    assert (ada.name, bo.name) == ("Ada Bÿron", "Bo Li")
    assert "u-1" in ada.ids.values()
    assert "u-2" in bo.ids.values()


def test_ids_are_kept_by_platform(tmp_path):
    ada, _ = read(tmp_path, CANVAS)
    assert ada == Person(
        "ada",
        "Ada Byron",
        section="Monday",
        ids={"canvas": "11", "canvas_sis": "u-1", "canvas_login": "ada"},
    )
    ada, _ = read(tmp_path, WORKSHEET)
    assert (ada.ids["moodle"], ada.email) == ("4711", "ada@example.org")


@pytest.mark.parametrize("first", TABLES)
@pytest.mark.parametrize("second", TABLES)
def test_the_same_people_on_two_platforms_are_the_same(tmp_path, first, second):
    one, other = (read(tmp_path, TABLES[name]) for name in (first, second))
    both = one.merged(other)
    assert [person.learner for person in both] == [person.learner for person in one]
    assert both.find(email="ada@example.org") in (None, both.find(ids={"canvas_sis": "u-1"}))


def test_moodles_ids_of_several_assignments_are_one_persons(tmp_path):
    first = read(tmp_path, WORKSHEET)
    second = read(tmp_path, WORKSHEET.replace("Participant 47", "Participant 50"))
    both = first.merged(second)
    assert both.find(ids={"moodle": "4711"}) == both.find(ids={"moodle": "5011"})
    both.write(tmp_path / "roster.csv")
    assert Roster.read(tmp_path / "roster.csv").people == both.people


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("the canvas 11", CANVAS.replace('"Li, Bo",12', '"Li, Bo",11')),
        ("the login ada", CANVAS.replace("u-2,bo", "u-2,ADA")),
        ("ada@example.org", WORKSHEET.replace("bo@", "ada@")),
        ("the learner ada", "learner,name\nada,Ada Byron\nada,Bo Li\n"),
    ],
)
def test_two_people_with_one_id_are_listed(tmp_path, told, text):
    with pytest.raises(Ambiguous) as error:
        read(tmp_path, text)
    said = str(error.value)
    # Called by the login, two with one are two called alike.
    assert told in said or (told, "the learner" in said) == ("the login ada", True)
    assert "Ada Byron" in said
    assert "Bo Li" in said
    assert "table.csv" in said


def test_github_classroom_has_an_address_or_whatever_a_class_has(tmp_path):
    ada, bo = read(tmp_path, GITHUB.replace("u-1", "ada@example.org"))
    assert (ada.learner, ada.email, ada.ids) == ("ada@example.org",) * 2 + ({"github": "ada"},)
    assert (bo.learner, bo.ids) == ("u-2", {"github": "bo", "github_identifier": "u-2"})


def test_who_is_in_two_sections_is_one(tmp_path):
    twice = CANVAS + '"Byron, Ada",11,u-1,ada,Friday,,\n'
    assert len(read(tmp_path, twice)) == 2


@pytest.mark.parametrize("text", ["Animal,Legs\ncat,4\n", "", "\n\n", "ada\n"])
def test_another_table_is_refused_with_its_columns(tmp_path, text):
    with pytest.raises(WrongCall) as error:
        read(tmp_path, text)
    said = str(error.value)
    assert "table.csv' is no roster" in said
    assert "learner" in said
    assert ("Animal, Legs" in said) == ("Animal" in text)


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_spreadsheet_is_no_csv(tmp_path, start):
    with pytest.raises(WrongCall, match="a CSV is asked for"):
        read(tmp_path, start + b"rest")


def test_a_missing_roster_is_a_sentence(tmp_path):
    with pytest.raises(WrongCall, match="can't be read: No such file"):
        Roster.read(tmp_path / "none.csv")


def test_people_are_found_by_ids_then_by_name():
    people = Roster(
        (
            Person("ada", "Ada Byron", "ada@example.org", ids={"canvas": "11"}),
            Person("bo", "Bo Li", ids={"canvas": "12"}),
            Person("li", "Li Bo"),
        )
    )
    assert people.find(ids={"canvas": "11"}, name="Bo Li").learner == "ada"
    assert people.find(email="ADA@example.org").learner == "ada"
    assert people.find(name="Byron, Ada").learner == "ada"
    assert people.find(ids={"moodle": "11"}) is None
    with pytest.raises(Ambiguous, match=r"bo .*and li"):
        people.find(name="Bo Li")
    with pytest.raises(Ambiguous, match=r"fits bo .*and ada"):
        people.find(ids={"canvas": "12"}, email="ada@example.org")


def test_marks_tell_names_apart_and_accents_are_the_same_however_written(tmp_path):
    """Without their vowels' marks, Meena and Mona are the same in Devanagari."""
    people = Roster(
        (Person("meena", "मीना शर्मा", "meena@example.org"), Person("jose\u0301", "José P."))
    )
    assert people.find(name="मोना शर्मा") is None
    assert people.find(name="शर्मा मीना").learner == "meena"
    josé = people.learners["jose\u0301"]
    assert people.find(name="P., Jose\u0301") == people.find(name="José P.") == josé
    assert people.called("josé") == people.called("JOSÉ") == josé
    with pytest.raises(Ambiguous, match="Ada fits ada and adA"):
        Roster((Person("ada"), Person("adA"))).called("Ada")


def test_names_alone_join_only_who_has_nothing_else():
    own = Roster((Person("ada", "Ada Byron"), Person("bo", "Bo Li", "bo@example.org")))
    other = [
        Person("x1", "Byron, Ada", "ada@example.org"),
        Person("x2", "Bo Li", "other@example.org"),
    ]
    assert [one.learner for one in own.merged(other)] == ["ada", "bo", "x2"]
    twins = [Person("x1", "Ada Byron", "a@example.org"), Person("x2", "Ada Byron", "b@example.org")]
    assert [one.learner for one in own.merged(twins)] == ["ada", "bo", "x1", "x2"]


def test_a_row_without_a_learner_is_refused_and_one_without_anything_is_nobody(tmp_path):
    with pytest.raises(WrongCall, match=r"Zoe, zoe@.*: nothing stands under 'learner'"):
        read(tmp_path, "learner,name,email\nada,Ada,\n,Zoe,zoe@example.org\n")
    assert len(read(tmp_path, "learner,name\nada,Ada\n,\n , \n")) == 1


@pytest.mark.parametrize(
    "text",
    [
        'learner,name\nada,"Ada\nben,Ben\ncy,Cy\n',  # Ben would be a part of Ada's name
        'learner,name\nada,"Ada" B"\n',
        f'learner,name\nada,"{"x" * 200_000}"\n',
    ],
)
def test_a_quotation_mark_too_many_is_a_sentence(tmp_path, text):
    with pytest.raises(WrongCall, match=r"is no table: up to line .*a quotation mark is missing"):
        read(tmp_path, text)


def test_columns_of_ones_own_are_kept_and_mean_nothing(tmp_path):
    text = "learner,name,programme\nada,Ada,CS\nbo,Bo,CS\n"
    people = read(tmp_path, text + text)  # two lists, one below the other
    assert [one.learner for one in people] == ["ada", "bo"]
    people.write(tmp_path / "roster.csv")
    assert Roster.read(tmp_path / "roster.csv").learners["bo"].ids == {"programme": "CS"}


@pytest.mark.parametrize(
    "text",
    [
        "learner,name\r0012,Ada\rbo,Bo\r",  # Excel on a Mac
        "sep=;\r\nlearner;name\r\n0012;Ada\r\nbo;Bo\r\n",
        'sep=\t\nlearner\tname\n0012\tAda\nbo\t"Bo"\n',
        'learner,name\n="0012",Ada\nbo,"Bo"\n',
        'learner,name\n"=""0012""",Ada\nbo,"Bo"\n',
    ],
)
def test_what_excel_makes_of_a_table_is_read(tmp_path, text):
    assert [(one.learner, one.name) for one in read(tmp_path, text)] == [
        ("0012", "Ada"),
        ("bo", "Bo"),
    ]


def test_a_name_in_use_stops():
    own = Roster((Person("ada", ids={"canvas": "11"}),))
    with pytest.raises(Ambiguous, match="two people would be called 'ada'"):
        own.merged([Person("ada", ids={"canvas": "12"})])


def test_no_formula_is_written_and_all_is_read_back(tmp_path):
    people = Roster((Person("=1+1", "@ada", "-x@example.org", ids={"canvas": "+1"}), Person("bo")))
    people.write(tmp_path / "roster.csv")
    text = (tmp_path / "roster.csv").read_text(encoding="utf-8-sig")
    assert text.startswith("learner,name,email,section,canvas\n")
    assert "'=1+1,'@ada,'-x@example.org,,'+1" in text
    assert {one.learner: one for one in Roster.read(tmp_path / "roster.csv")} == people.learners


def test_a_class_has_its_file_and_its_gradebook(tmp_path):
    nbgrader = session(ClassFolder.of(tmp_path))
    nbgrader.enroll(["ada", "dora"])
    Roster((Person("ada", "Ada Byron", "ada@example.org"),)).write(tmp_path / "roster.csv")
    found = roster.of_class(nbgrader)
    assert [one.learner for one in found] == ["ada", "dora"]
    roster.tell_gradebook(nbgrader, found)
    (tmp_path / "roster.csv").unlink()
    again = roster.of_class(nbgrader)
    assert again.find(email="ada@example.org") == Person("ada", "Ada Byron", "ada@example.org")


def say(course, *arguments, status=0, capsys):
    assert cli.main(["roster", *map(str, arguments), "--directory", str(course)]) == status
    out, err = capsys.readouterr()
    return out + err


@pytest.fixture
def course(tmp_path):
    """A class of three, of whom ada and ben were graded."""
    folder = tmp_path / "class"
    (folder / "notebooks").mkdir(parents=True)
    books.release(folder)
    nbgrader = session(ClassFolder.of(folder))
    Roster((Person("ada", "Ada Byron"), Person("ben"), Person("cy"))).write(folder / "roster.csv")
    for learner in ("ada", "ben"):
        books.grade(folder, learner)
        for step in ("submitted", "autograded", "feedback"):
            write(folder / step / learner / UNIT, {"work": f"{learner} {step}".encode()})
        write(folder / ".dwsep" / UNIT, {f"{learner}.json": b"{}"})
        archive.note(nbgrader, UNIT, {learner: (f"{learner}.ipynb", False)})
    books.by_hand(folder, "ada", "answer_1_3", 1.5)
    with nbgrader.gradebook() as book:
        book.find_comment("answer_1_3", UNIT, UNIT, "ada").manual_comment = "Well said."
        book.db.commit()
    return folder


def test_who_left_is_taken_out_and_the_work_is_kept(course, capsys):
    nbgrader = session(ClassFolder.of(course))
    said = say(course, "--remove", "ada", "--remove", "cy", capsys=capsys)
    told = f"{UNIT}: points of exercises: 1.1 4, 1.2 0, 1.3 1.5, 1.4 0"
    assert told in said
    assert f"{UNIT}: comment on answer_1_3: Well said." in said
    assert "1 learner, 0 of them new." in said
    assert [one.learner for one in Roster.read(course / "roster.csv")] == ["ben"]
    assert [one.learner for one in roster.of_class(nbgrader)] == ["ben"]
    away = course / "withdrawn" / "ada"
    for step in ("submitted", "autograded", "feedback"):
        assert (away / step / UNIT / "work").read_text() == f"ada {step}"
        assert [path.name for path in (course / step).iterdir()] == ["ben"]
    assert told in (away / "points.txt").read_text(encoding="utf-8")
    assert [path.name for path in (course / ".dwsep" / UNIT).iterdir()] == ["ben.json"]
    assert archive.downloads(nbgrader, UNIT) == {"ben": "ben.ipynb"}
    with nbgrader.gradebook() as book:
        assert [one.id for one in book.students] == ["ben"]
        assert [one.student_id for one in book.assignment_submissions(UNIT)] == ["ben"]
    assert cli.main(["report", UNIT, "--directory", str(course)]) == 0
    scores = (course / f"scores-{UNIT}.csv").read_text(encoding="utf-8-sig")
    assert [line.split(",")[0] for line in scores.splitlines()[1:]] == ["ben"]


def test_who_left_twice_loses_nothing(course, capsys):
    for says in (b"first", b"second"):
        write(course / "submitted" / "cy" / UNIT, {"work": says})
        Roster((Person("cy"),)).write(course / "roster.csv")
        say(course, "--remove", "cy", capsys=capsys)
    kept = {path.read_bytes() for path in (course / "withdrawn" / "cy").rglob("work")}
    assert kept == {b"first", b"second"}


def test_who_is_unknown_stops_a_removal_before_anything_goes(course, capsys):
    said = say(course, "--remove", "ben", "--remove", "adda", status=2, capsys=capsys)
    assert "--remove 'adda': nobody in the class is called that; did you mean 'ada'?" in said
    assert len(Roster.read(course / "roster.csv")) == 3
    assert not (course / "withdrawn").exists()
    assert "ada is out" in say(course, "--remove", "Byron, Ada", capsys=capsys)


def test_who_comes_twice_is_told(course, tmp_path, capsys):
    (tmp_path / "one.csv").write_text("learner,name,canvas\ndcruz,Dora de la Cruz,11\n")
    (tmp_path / "two.csv").write_text(
        "First name,Last name,Email address,ID number\nDora,de la Cruz,dcruz@other.org,u-1\n"
    )
    assert "twice" not in say(course, tmp_path / "one.csv", capsys=capsys)
    told = "Dora de la Cruz is there twice: dcruz, dcruz@other.org"
    assert told in say(course, tmp_path / "two.csv", capsys=capsys)
    assert "twice" not in say(course, capsys=capsys)


def test_another_id_in_the_file_makes_somebody_else_and_is_told(course, capsys):
    path = course / "roster.csv"
    say(course, path, capsys=capsys)
    text = path.read_text(encoding="utf-8-sig")
    assert "\nada,Ada Byron" in text
    path.write_text(text.replace("\nada,Ada Byron", "\nbyron,Ada Byron"))
    said = say(course, path, capsys=capsys)
    assert "Ada Byron is there twice: byron, ada" in said
    assert "4 learners, 1 of them new." in said
