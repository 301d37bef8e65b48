"""``dwsep collect`` puts what platforms give where it is graded, and says who handed in what."""

import csv
import io
import os
import shutil
import tarfile
import zipfile

import pytest

from dwsep_helpers.grading import cli, preflight, submission
from dwsep_helpers.grading.class_folder import ClassFolder
from dwsep_helpers.grading.fingerprint import fingerprint, signature
from dwsep_helpers.grading.nbgrader_session import session
from dwsep_helpers.grading.people.roster import Roster
from dwsep_helpers.grading.points.archive import downloads
from tests.grading.people.archives import FILE, UNIT, a_class, notebook, packed, write

ADA, BO = notebook("ada"), notebook("bo")
GRADESCOPE = """\
submission_7:
  :submitters:
  - :name: Ada Byron
    :sid: u-1
    :email: ada@example.org
  :created_at: 2024-03-03 10:16:00.123456000 Z
  :score: 0.0
submission_8:
  :submitters:
  - :name: Bo Li
    :sid: u-2
    :email: bo@example.org
  - :name: Cy No
    :sid: '0012'
    :email: cy@example.org
  :created_at: 2024-03-03 11:16:00.123456000 Z
"""
AT = "2024-03-03 10:16:00.000000 UTC"
BLACKBOARD = "gradebook_MA_Unit_1_2024-03-04-10-00-00.zip"
# What an archive has, and where its learners' work comes to lie.
PLATFORMS = {
    "canvas": (
        {f"byronada_11_22_{FILE}": ADA, f"libo_LATE_12_23_{UNIT}-1.ipynb": BO},
        {"byronada_11": None, "libo_12": None},
    ),
    "canvas, anonymous": (
        {f"anon_x1y2z_22_{FILE}": ADA, f"LATE_anon_a1b2c_23_{FILE}": BO},
        {"anon_x1y2z": None, "anon_a1b2c": None},
    ),
    "moodle": (
        {
            f"Ada Byron_4711_assignsubmission_file_/{FILE}": ADA,
            "Ada Byron_4711_assignsubmission_onlinetext_/onlinetext.html": b"<p>hello</p>",
            f"Bo Li_4712_assignsubmission_file_/{FILE}": BO,
        },
        {"Ada Byron_4711": None, "Bo Li_4712": None},
    ),
    "blackboard": (
        {
            f"Unit_1_ada.b_attempt_2024-03-03-10-16-00_{FILE}": ADA,
            "Unit_1_ada.b_attempt_2024-03-03-10-16-00.txt": b"Name: Ada (ada.b)",
            f"Unit_1_b_o_attempt_2024-03-03-10-16-00_{FILE}": BO,
        },
        {"ada.b": AT, "b_o": AT},
    ),
    "brightspace": (
        {
            "index.html": b"<html>",
            f"11-99 - Ada Byron - Mar 3, 2024 1016 AM/{FILE}": ADA,
            f"12-99 - Bo Li - Mar 3, 2024 1016 AM/{FILE}": BO,
        },
        {"Ada Byron_11": AT, "Bo Li_12": AT},
    ),
    "gradescope": (
        {
            "assignment_1_export/submission_metadata.yml": GRADESCOPE.encode(),
            f"assignment_1_export/submission_7/{FILE}": ADA,
            f"assignment_1_export/submission_8/{FILE}": BO,
        },
        {
            "Ada Byron_u-1": "2024-03-03 10:16:00.123456 UTC",
            "Bo Li_u-2": "2024-03-03 11:16:00.123456 UTC",
            "Cy No_0012": "2024-03-03 11:16:00.123456 UTC",
        },
    ),
    "folders": ({f"ada/{FILE}": ADA, f"bo/{UNIT}/{FILE}": BO}, {"ada": None, "bo": None}),
    "files": ({"class/Ada.ipynb": ADA, "class/bo (1).ipynb": BO}, {"Ada": None, "bo": None}),
}


@pytest.fixture(scope="module")
def empty(root, tmp_path_factory):
    """A class that handed in nothing."""
    return a_class(root, tmp_path_factory.mktemp("empty"))


@pytest.fixture
def course(empty, tmp_path, monkeypatch):
    """A class, and a clock that stands in UTC."""
    monkeypatch.setenv("TZ", "UTC")
    return shutil.copytree(empty, tmp_path / "class")


def collect(course, *arguments, status=0, capsys=None):
    done = cli.main(["collect", UNIT, *map(str, arguments), "--directory", str(course)])
    assert done == status
    return capsys.readouterr() if capsys else None


def test_what_files_are_called_is_kept_for_the_pages_that_go_back(course, tmp_path):
    first, _ = PLATFORMS["moodle"]
    ada, _, bo = first
    second = {bo.replace("4712", "4713").replace("Bo Li", "Cy No"): notebook("cy")}
    for name, members in ("a.zip", first), ("b.zip", second):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        collect(course, tmp_path / name)
    told = downloads(session(ClassFolder.of(course)), UNIT)
    assert told == {"Ada Byron_4711": ada, "Bo Li_4712": bo, "Cy No_4713": next(iter(second))}


def submitted(course):
    """Return what lies in submitted/: text by learner and place."""
    found = {}
    for path in sorted((course / "submitted").rglob("*")):
        if path.is_file():
            learner, _, *place = path.relative_to(course / "submitted").parts
            found[learner, "/".join(place)] = path.read_bytes()
    return found


def replaced(course):
    folder = course / "replaced"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("ending", [".zip", ".tar.gz", ""])
def test_a_platforms_archive_is_taken_in(course, tmp_path, platform, ending, capsys):
    files, learners = PLATFORMS[platform]
    name = BLACKBOARD.removesuffix(".zip") if platform == "blackboard" else "class"
    archive = write(tmp_path / "downloads" / f"{name}{ending}", files)
    said = collect(course, archive, "--timezone", "UTC", capsys=capsys).out
    there = submitted(course)
    assert {learner for learner, _ in there} == set(learners)
    for learner, when in learners.items():
        assert there[learner, FILE] in (ADA, BO)
        time = there.get((learner, "timestamp.txt"))
        assert (time and time.decode().strip()) == when
        assert learner in said
    assert (" late " in said) == ("canvas" in platform)
    with (course / f"collected-{UNIT}.csv").open(encoding="utf-8-sig") as file:
        assert {row["learner"] for row in csv.DictReader(file)} == set(learners)


CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section
"Byron, Ada",11,u-1,ada,Monday
"Li, Bo",12,u-2,bo,Monday
"Never, Cy",13,u-3,cy,Monday
"""
WORKSHEET = """\
Identifier,Full name,ID number,Email address,Status,Grade,Last modified (submission)
Participant {0}1,Ada Byron,u-1,ada@example.org,Submitted,,"Sunday, 3 March 2024, 10:16 AM"
Participant {0}2,Bo Li,u-2,bo@example.org,Submitted,,"Sunday, 3 March 2024, 10:16 AM"
Participant {0}3,Cy Never,u-3,cy@example.org,No submission,,-
"""


def test_a_roster_says_who_and_has_a_row_for_each(course, tmp_path, capsys):
    archive = write(tmp_path / "class.zip", PLATFORMS["canvas"][0])
    (tmp_path / "canvas.csv").write_text(CANVAS)
    said = collect(course, archive, "--roster", tmp_path / "canvas.csv", capsys=capsys).out
    assert {learner for learner, _ in submitted(course)} == {"ada", "bo"}
    assert "cy (Cy Never)" in said
    assert "1 nothing handed in" in said
    # It stays known.
    (tmp_path / "canvas.csv").unlink()
    assert "2 unchanged" in collect(course, archive, capsys=capsys).out


def test_moodles_numbers_of_two_units_are_one_learners(course, tmp_path, capsys):
    for unit, start in enumerate(("47", "50")):
        path = tmp_path / f"worksheet{unit}.csv"
        path.write_text(WORKSHEET.format(start))
        files = {
            f"Ada Byron_{start}1_assignsubmission_file_/{FILE}": notebook(f"ada {unit}"),
            f"Bo Li_{start}2_assignsubmission_file_/{FILE}": notebook(f"bo {unit}"),
        }
        archive = write(tmp_path / f"{unit}.zip", files)
        collect(course, archive, "--roster", path, "--timezone", "Europe/Berlin")
    there = submitted(course)
    assert {learner for learner, _ in there} == {"ada@example.org", "bo@example.org"}
    assert there["ada@example.org", FILE] == notebook("ada 1")
    assert there["ada@example.org", "timestamp.txt"] == b"2024-03-03 09:16:00.000000 UTC\n"
    assert len(Roster.read(course / "roster.csv")) == 3


@pytest.mark.parametrize(
    "when", ["Sonntag, 3. März 2024, 10:16", "sonntag, 3 märz 2024, 10:16", "3. Mai 2024, 10:16"]
)
def test_a_worksheet_in_german_has_times(course, tmp_path, when, capsys):
    path = tmp_path / "worksheet.csv"
    path.write_text(
        "Kennung,Vollständiger Name,E-Mail-Adresse,Zuletzt geändert (Abgabe)\n"
        f'Teilnehmer/in 4711,Ada Byron,ada@example.org,"{when}"\n',
        encoding="utf-8",
    )
    archive = write(tmp_path / "0.zip", {f"Ada Byron_4711_assignsubmission_file_/{FILE}": ADA})
    said = collect(course, archive, "--roster", path, "--timezone", "UTC", capsys=capsys)
    assert f"2024-0{5 if 'Mai' in when else 3}-03 10:16:00 +0000" in said.out
    assert "no times" not in said.err


def test_moodles_participants_are_found_by_their_whole_name(course, tmp_path, capsys):
    (tmp_path / "people.csv").write_text(
        "First name,Last name,Email address\nAda,Byron,ada@example.org\nBo,Li,bo@example.org\n"
    )
    archive = write(tmp_path / "class.zip", PLATFORMS["moodle"][0])
    said = collect(course, archive, "--roster", tmp_path / "people.csv", capsys=capsys)
    assert {learner for learner, _ in submitted(course)} == {"ada@example.org", "bo@example.org"}
    assert "worksheet" in said.err
    assert Roster.read(course / "roster.csv").find(ids={"moodle": "4711"}).name == "Ada Byron"


COLLISIONS = {
    "two names, one id": {f"byronada_11_22_{FILE}": ADA, f"libo_11_23_{FILE}": BO},
    "a file and a folder": {"ada.ipynb": ADA, f"ada/{FILE}": BO, f"cy/{FILE}": BO},
    "two files": {"ada.ipynb": ADA, "ada (1).ipynb": BO, "cy.ipynb": BO},
    "large and small letters": {f"ada/{FILE}": ADA, f"Ada/{FILE}": BO},
    "a copy of it": {f"Ada - {FILE}": ADA, f"Ada - Copy of {FILE}": BO},
    "a folder of notebooks": {f"Unit 1/{FILE}": ADA, f"Unit 1/{UNIT} (1).ipynb": BO},
}


@pytest.mark.parametrize("case", COLLISIONS)
def test_who_can_not_be_told_apart_stops_it(course, tmp_path, case, capsys):
    archive = write(tmp_path / "class.zip", COLLISIONS[case])
    said = collect(course, archive, status=2, capsys=capsys).err
    assert "nothing was taken in" in said
    assert "'class.zip':" in said
    assert not (course / "submitted").exists()
    assert not (course / "roster.csv").exists()


def test_a_folder_of_notebooks_may_be_a_known_learners(course, tmp_path, capsys):
    files = {f"ada/{FILE}": ADA, f"ada/{UNIT} (1).ipynb": BO}
    (tmp_path / "people.csv").write_text("learner\nada\n")
    archive = write(tmp_path / "class.zip", files)
    collect(course, archive, "--roster", tmp_path / "people.csv")
    assert len(submitted(course)) == 2


def test_a_folder_is_a_known_learners_in_other_letters_too(course, tmp_path, capsys):
    (tmp_path / "people.csv").write_text("learner\nada\njose\u0301\n", encoding="utf-8")
    archive = write(tmp_path / "class.zip", {f"Ada/{FILE}": ADA, f"José/{FILE}": BO})
    said = collect(course, archive, "--roster", tmp_path / "people.csv", capsys=capsys)
    assert {learner for learner, _ in submitted(course)} == {"ada", "jose\u0301"}
    assert "weren't on the roster" not in said.err


def test_two_of_one_name_stop_it_where_the_name_is_all_there_is(course, tmp_path, capsys):
    (tmp_path / "people.csv").write_text(
        "First name,Last name,Email address\nAda,Byron,ada@example.org\nBo,Li,bo@example.org\n"
    )
    names = (f"Ada Byron_{number}_assignsubmission_file_/{FILE}" for number in (1, 2))
    archive = write(tmp_path / "class.zip", dict.fromkeys(names, ADA))
    said = collect(course, archive, "--roster", tmp_path / "people.csv", status=2, capsys=capsys)
    assert "several are called Ada Byron" in said.err
    collect(course, archive)  # without the roster, they are two
    assert len(submitted(course)) == 2


def test_of_two_downloads_the_later_hand_in_is_graded(course, tmp_path, capsys):
    def download(name, day, says):
        path = f"Unit 1_ada_attempt_2024-03-{day}-10-16-00_{FILE}"
        return write(tmp_path / name / BLACKBOARD, {path: notebook(says)})

    new, old = download("b", "05", "new"), download("a", "04", "old")
    assert "1 new" in collect(course, new, capsys=capsys).out
    assert "1 older" in collect(course, old, capsys=capsys).out
    assert "1 unchanged" in collect(course, new, capsys=capsys).out
    newest = download("c", "06", "newest")
    assert "1 newer" in collect(course, old, newest, new, capsys=capsys).out
    assert submitted(course)["ada", FILE] == notebook("newest")
    assert replaced(course) == {f"ada/{UNIT}/1/{FILE}", f"ada/{UNIT}/1/timestamp.txt"}
    kept = course / "replaced" / "ada" / UNIT / "1" / FILE
    assert kept.read_bytes() == notebook("new")


def test_without_times_or_numbers_the_archive_named_last_is_graded(course, tmp_path, capsys):
    first, second = (
        write(tmp_path / f"{says}.zip", {f"Ada_11_assignsubmission_file_/{FILE}": notebook(says)})
        for says in ("first", "second")
    )
    os.utime(second, (0, 0))  # when they were made or unpacked says nothing
    said = collect(course, first, second, capsys=capsys).out
    assert "'second.zip' has one too, and was named after it" in said
    assert submitted(course) == {("Ada_11", FILE): notebook("second")}
    said += collect(course, first, capsys=capsys).out
    assert "1 in place of what was there, which is kept" in said
    assert "newer" not in said
    assert "later" not in said
    assert submitted(course) == {("Ada_11", FILE): notebook("first")}
    assert replaced(course) == {f"Ada_11/{UNIT}/1/{FILE}"}


@pytest.mark.parametrize(
    "who", ["byronada_11", "byronada_LATE_11", "anon_x1y2z", "LATE_anon_x1y2z"]
)
def test_of_two_downloads_of_canvas_the_larger_number_is_graded(course, tmp_path, who, capsys):
    old, new, newest = (
        write(tmp_path / f"{number}.zip", {f"{who}_{number}_{UNIT}{try_}.ipynb": notebook(number)})
        for number, try_ in (("99", ""), ("100", "-1"), ("1000", "-2"))
    )
    learner = who.replace("LATE_", "")
    said = collect(course, new, old, capsys=capsys).out
    assert f"{UNIT}.ipynb' of '99.zip': another one was handed in later" in said
    for _ in range(2):  # what is left out is not noted either
        assert "1 older than what is there" in collect(course, old, capsys=capsys).out
    assert submitted(course) == {(learner, FILE): notebook("100")}
    assert "1 newer" in collect(course, old, newest, capsys=capsys).out
    assert submitted(course) == {(learner, FILE): notebook("1000")}
    again = write(tmp_path / "again.zip", {f"{who}_500_{FILE}": notebook("1000")})
    assert "1 unchanged" in collect(course, again, capsys=capsys).out
    between = write(tmp_path / "between.zip", {f"{who}_700_{FILE}": notebook("700")})
    assert "1 older" in collect(course, between, capsys=capsys).out
    shutil.rmtree(course / "submitted")
    assert "1 new." in collect(course, old, capsys=capsys).out


@pytest.mark.parametrize("around", ["Student Work/Submitted files/", "Submitted files/", ""])
def test_teams_last_version_is_graded(course, tmp_path, around, capsys):
    files = {f"Ada B/Unit 1/Version {n}/{FILE}": notebook(f"{n}") for n in (1, 10, 9)}
    files |= {
        f"Bo Li/Unit 1/{FILE}": BO,
        "Cy/Unit 1/hw.ipynb": BO,
        f"Bo Li/Unit 2/{OTHER}.ipynb": BO,
    }
    files = {f"{around}{name}": content for name, content in files.items()}
    if around:
        files[f"{around.replace('Submitted', 'Working')}Ada B/Unit 1/{FILE}"] = notebook("draft")
    archive = write(tmp_path / "class.zip", files)
    (tmp_path / "people.csv").write_text("learner,name\nada,Ada B\nbo,Bo Li\ncy,Cy\n")
    said = collect(course, archive, "--roster", tmp_path / "people.csv", capsys=capsys).out
    there = submitted(course)
    assert {learner for learner, _ in there} == {"ada", "bo", "cy"}
    assert there["ada", FILE] == notebook("10")
    assert there["ada", f"earlier 1/{FILE}"] == notebook("9")
    assert (("ada", f"earlier 3/{FILE}") in there) is False
    if around:
        assert "Working files" in said
        assert f"'Unit 2': none of its files is named after {UNIT}" in said
        assert there["cy", "hw.ipynb"] == BO


@pytest.mark.parametrize("platform", ["moodle", "folders"])
def test_a_learner_makes_no_library_of_teams(course, tmp_path, platform, capsys):
    files, learners = PLATFORMS[platform]
    inner = {f"{next(iter(files)).rpartition('/')[0]}/Submitted files/Bo Li/Unit 1/{FILE}": b"mine"}
    collect(course, write(tmp_path / "class.zip", files | inner), capsys=capsys)
    assert {learner for learner, _ in submitted(course)} == set(learners)


@pytest.mark.parametrize("outer", ["unit-1-submissions/unit-1", "01-conv2d", "01_CONV2D"])
@pytest.mark.parametrize("known", [True, False])
def test_github_classrooms_folders_are_the_same_learners_in_each_unit(
    course, tmp_path, outer, known, capsys
):
    files = {f"{outer}-adab/{FILE}": ADA, f"{outer}-bo-li/{FILE}": BO, f"{outer}-bo-li/.git/x": b""}
    (tmp_path / "people.csv").write_text("learner,github\nada,adaB\nbo,bo-li\n")
    options = ["--roster", tmp_path / "people.csv"] if known else []
    collect(course, write(tmp_path / "class.zip", files), *options, capsys=capsys)
    learners = {learner for learner, _ in submitted(course)}
    assert learners == ({"ada", "bo"} if known else {"adab", "bo-li"})


def test_two_attempts_in_one_archive(course, tmp_path, capsys):
    files = {
        f"Unit 1_ada_attempt_2024-03-0{day}-10-16-00_{FILE}": notebook(f"{day}") for day in (4, 3)
    }
    said = collect(course, write(tmp_path / BLACKBOARD, files), capsys=capsys).out
    assert submitted(course)["ada", FILE] == notebook("4")
    assert "another one was handed in later" in said


def test_two_files_of_one_person_are_both_kept(course, tmp_path):
    files = {
        f"byronada_11_22_{FILE}": notebook("first"),
        f"byronada_11_30_{UNIT}-1.ipynb": notebook("again"),
        "byronada_11_31_helper.py": b"x = 1",
    }
    collect(course, write(tmp_path / "class.zip", files))
    assert submitted(course) == {
        ("byronada_11", FILE): notebook("again"),
        ("byronada_11", f"earlier 1/{FILE}"): notebook("first"),
        ("byronada_11", "helper.py"): b"x = 1",
    }


@pytest.mark.parametrize("name", ["answers.ipynb.txt", "a.json", "a.py", "a.pdf", "a.docx"])
def test_whoever_handed_in_anything_is_there(course, tmp_path, name, capsys):
    files = {
        f"Ada_1_assignsubmission_file_/{name}": b"?",
        f"Bo_2_assignsubmission_file_/{FILE}": BO,
    }
    said = collect(course, write(tmp_path / "class.zip", files), capsys=capsys).out
    assert submitted(course)["Ada_1", name] == b"?"
    assert "2 new" in said


def nested_zip(content, **more):
    return {"byronada_11_22_work.zip": content, f"libo_12_23_{FILE}": BO, **more}


def test_what_a_learner_packed_is_unpacked(course, tmp_path, capsys):
    inner = packed({f"mine\\{FILE}": ADA, "timestamp.txt": b"2001-01-01", f"__MACOSX/{FILE}": b""})
    collect(course, write(tmp_path / "class.zip", nested_zip(inner)))
    there = submitted(course)
    assert there["byronada_11", f"work/mine/{FILE}"] == ADA
    assert there["byronada_11", "work.zip"] == inner
    assert ("byronada_11", "work/timestamp.txt") not in there


def bomb():
    return packed({"zeros.bin": bytes(300 * 2**20)})


def linked():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        info = zipfile.ZipInfo("link.ipynb")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
        archive.writestr("../../escaped.ipynb", b"")
        archive.writestr("/escaped.ipynb", b"")
        archive.writestr("C:\\escaped.ipynb", b"")
        archive.writestr("..\\escaped.ipynb", b"")
        archive.writestr(FILE, ADA)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no zip at all", "wasn't unpacked"),
        (packed({FILE: ADA})[:-30], "wasn't unpacked"),
        (linked(), "is no file, but a link"),
        (linked(), "leads out of the archive"),
        (bomb(), "left out"),
    ],
)
def test_a_hostile_archive_is_its_learners_alone(course, tmp_path, content, told, capsys):
    said = collect(course, write(tmp_path / "class.zip", nested_zip(content)), capsys=capsys).out
    assert told in said
    there = submitted(course)
    assert there["libo_12", FILE] == BO
    assert there["byronada_11", "work.zip"] == content
    assert not [path for path in tmp_path.rglob("*escaped*")]
    assert not [path for path in (course / "submitted").rglob("*") if path.is_symlink()]


def test_a_damaged_member_is_its_learners_alone(course, tmp_path, capsys):
    archive = write(tmp_path / "class.zip", {f"a_1_2_{FILE}": b"x" * 999, f"b_2_3_{FILE}": BO})
    content = archive.read_bytes()
    archive.write_bytes(content[:45] + b"\xff\xff\xff" + content[48:])
    said = collect(course, archive, status=1, capsys=capsys)
    assert "was left out: it is damaged" in said.out
    assert "Of 1, something in the archive can't be read: download it again" in said.err
    assert submitted(course) == {("b_2", FILE): BO}
    assert (course / "submitted" / "a_1" / UNIT).is_dir()  # there is a row


def test_a_damaged_member_takes_nothing_from_what_was_there(course, tmp_path, capsys):
    whole = write(tmp_path / "whole.zip", {f"a_1_2_{FILE}": ADA})
    collect(course, whole)
    locked = write(tmp_path / "locked.zip", {f"a_1_3_{FILE}": BO, f"b_2_4_{FILE}": BO})
    content = bytearray(locked.read_bytes())
    for sign, flags in (b"PK\3\4", 6), (b"PK\1\2", 8):  # of the first file: it has a password
        content[content.find(sign) + flags] |= 1
    locked.write_bytes(content)
    said = collect(course, locked, status=1, capsys=capsys).out
    assert "a_1: '01_conv2d.ipynb' was left out: it needs a password" in said
    assert "1 failed; 1 new." in said
    assert submitted(course) == {("a_1", FILE): ADA, ("b_2", FILE): BO}


@pytest.mark.parametrize("cut", [1, 300, 512, 700])
def test_a_tar_that_breaks_off_loses_nobody_in_silence(course, tmp_path, cut, capsys):
    path = tmp_path / "class.tar"
    with tarfile.open(path, "w") as archive:
        for name in ("ada", "bo"):
            info = tarfile.TarInfo(f"{name}/{FILE}")
            info.size = len(ADA)
            archive.addfile(info, io.BytesIO(ADA))
    end = 4 * tarfile.BLOCKSIZE  # of the second file
    path.write_bytes(path.read_bytes()[: end - cut])
    assert "class.tar' is damaged: " in collect(course, path, status=2, capsys=capsys).err
    assert not (course / "submitted").exists()


def test_odd_members_of_an_archive_are_told(course, tmp_path, capsys):
    path = tmp_path / "class.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, kind in (("device", tarfile.CHRTYPE), ("link", tarfile.SYMTYPE)):
            info = tarfile.TarInfo(f"{name}_1_2_{FILE}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        for name in (f"ada_3_4_{FILE}", f"../ada_3_4_{FILE}", f"bö_5_6_{'n' * 230}.ipynb"):
            info = tarfile.TarInfo(name)
            info.size = len(ADA)
            archive.addfile(info, io.BytesIO(ADA))
    said = collect(course, path, capsys=capsys).out
    assert said.count("it is no file, but a link or a device") == 2
    assert "leads out of the archive" in said
    there = submitted(course)
    assert {learner for learner, _ in there} == {"ada_3", "bö_5"}


def test_names_that_are_no_text_are_carried(course, tmp_path):
    folder = tmp_path / "down"
    folder.mkdir()
    name = os.fsdecode(b"m\xfcller_1_assignsubmission_file_")
    (folder / name).mkdir()
    (folder / name / os.fsdecode(b"\xff.ipynb")).write_bytes(ADA)
    collect(course, folder)
    ((learner, _),) = submitted(course)
    assert learner.startswith("m-ller_1-")


def test_the_same_member_twice(course, tmp_path, capsys):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"ada_1_2_{FILE}", ADA)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(f"ada_1_2_{FILE}", BO)
    said = collect(course, path, capsys=capsys).out
    assert "the archive has it twice" in said
    assert submitted(course) == {("ada_1", FILE): BO}


def test_a_learner_writes_no_times(course, tmp_path, capsys):
    files = {
        f"Ada_1_assignsubmission_file_/{FILE}": ADA,
        "Ada_1_assignsubmission_file_/timestamp.txt": b"2001-01-01 00:00:00 UTC",
    }
    said = collect(course, write(tmp_path / "class.zip", files), capsys=capsys).out
    assert submitted(course) == {("Ada_1", FILE): ADA}
    assert "'timestamp.txt' was left out" in said


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("none.zip", None, "there is no '"),
        ("class.zip", b"no zip", "class.zip' is no archive: a zip or tar file is asked for, or a"),
        ("class.tar.gz", b"no tar", "class.tar.gz' is no archive: a zip or tar file is asked for"),
        ("class.zip", b"", "class.zip' is empty: a zip or tar file is asked for, or a folder"),
        ("class.zip", packed({"ada.ipynb": ADA})[:99], "class.zip' is damaged: download it again"),
        ("class.zip", packed({}), "class.zip' has nothing in it"),
    ],
    ids=["none", "no zip", "no tar", "empty", "cut", "nothing in it"],  # a zip has the time in it
)
def test_what_is_no_archive_is_a_sentence(course, tmp_path, name, content, told, capsys):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert told in collect(course, path, status=2, capsys=capsys).err
    assert not [*course.glob("collected-*")]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {FILE: ADA},
            f"\n  '{FILE}': neither its name nor its folder's says whose it is",
        ),
        ({f"__MACOSX/._{FILE}": b""}, "no file in 'class.zip' is a learner's\n"),
    ],
)
def test_what_is_nobodys_is_no_class(course, tmp_path, files, told, capsys):
    archive = write(tmp_path / "class.zip", files)
    said = collect(course, archive, status=2, capsys=capsys)
    assert said.err.startswith("nothing was taken in: no file in 'class.zip' is a learner's\n")
    assert told in said.err
    assert not said.out
    assert not [*course.glob("collected-*")]


def test_a_link_in_the_class_is_not_followed(course, tmp_path, capsys):
    (tmp_path / "elsewhere").mkdir()
    (course / "submitted").mkdir()
    (course / "submitted" / "ada").symlink_to(tmp_path / "elsewhere")
    archive = write(tmp_path / "class.zip", {"ada.ipynb": ADA, "bo.ipynb": BO})
    said = collect(course, archive, status=1, capsys=capsys).out
    assert "is a link" in said
    assert not [*(tmp_path / "elsewhere").iterdir()]
    assert submitted(course)["bo", FILE] == BO


def found(course):
    (one,) = preflight.submissions(course / "submitted", {UNIT: course / "notebooks" / UNIT / FILE})
    return one


def test_the_platforms_time_counts_however_deep_a_notebook_lies(course, tmp_path):
    unit, staged = course / "submitted" / "ada" / UNIT, tmp_path / "staged"
    write(unit, {"timestamp.txt": b"2024", f"work/{FILE}": ADA, "work/timestamp.txt": b"1999"})
    write(staged, {"timestamp.txt": b"1999"})  # as it lay beside the notebook
    submission._take_time(found(course).time, staged)
    assert (staged / "timestamp.txt").read_bytes() == b"2024"
    (unit / "timestamp.txt").unlink()
    submission._take_time(found(course).time, staged)
    assert not (staged / "timestamp.txt").exists()
    (unit / "work" / FILE).rename(unit / FILE)
    assert found(course).time is None, "it lies beside the notebook"


@pytest.mark.parametrize("place", [(), ("work", "mine")], ids=["beside", "above"])
def test_another_time_of_handing_in_is_graded_anew_however_deep_a_notebook_lies(course, place):
    unit = course / "submitted" / "ada" / UNIT
    write(unit, {"/".join((*place, FILE)): ADA})
    seen = []
    for when in (None, b"2024", b"2025-01-01"):
        if when:
            write(unit, {"timestamp.txt": when})
        seen.append((fingerprint(found(course)), signature(found(course))))
    assert len(set(seen)) == len(seen)
    assert all(len(set(each)) == len(seen) for each in zip(*seen, strict=True))


def test_what_was_put_together_when_it_was_stopped_is_no_ones(course, tmp_path):
    left = write(course / ".dwsep" / "incoming" / "one", {"else.ipynb": BO})
    collect(course, write(tmp_path / "class.zip", {f"byronada_11_22_{FILE}": ADA}))
    assert submitted(course) == {("byronada_11", FILE): ADA}
    assert not left.exists()


def test_what_lies_too_deep_is_left_out(course, tmp_path, capsys):
    deep = "/".join(["deep"] * 2000)
    inner = packed({f"{deep}/{FILE}": ADA, FILE: ADA})
    files = nested_zip(inner, **{"cy_13_24_b.ipynb": BO})
    said = collect(course, write(tmp_path / "class.zip", files), capsys=capsys).out
    assert "it lies too deep in folders" in said
    assert submitted(course)["byronada_11", f"work/{FILE}"] == ADA


OTHER = "02_depthwise"
ANOTHERS = {
    "canvas": {f"byronada_11_22_{OTHER}.ipynb": ADA, f"libo_12_23_{OTHER.upper()}-1.ipynb": BO},
    "half": {f"byronada_11_22_{OTHER}.ipynb": ADA, f"libo_12_23_{FILE}": BO},
    "some": {f"byronada_11_22_{OTHER}.ipynb": ADA, "libo_12_23_answers.ipynb": BO},
    "folders": {f"ada/{OTHER}.ipynb": ADA, f"bo/Copy of {OTHER} (1).ipynb": BO},
    "files": {f"ada_{OTHER}.ipynb": ADA, f"{OTHER}-bo.ipynb": BO},
}


@pytest.mark.parametrize("case", ANOTHERS)
def test_another_units_archive_is_not_taken_in(course, tmp_path, case, capsys):
    archive = write(tmp_path / "other class.zip", ANOTHERS[case])
    said = collect(course, archive, status=2, capsys=capsys).err
    assert "'other class.zip' isn't 01_conv2d's" in said
    count = {"half": "1) rather than 01_conv2d (1)", "some": "1) rather than 01_conv2d (0)"}
    most = count.get(case, "2) rather than 01_conv2d (0)")
    assert f"named after {OTHER} (learners: {most}" in said
    assert f"dwsep collect {OTHER} '{archive}'" in said
    assert not submitted(course)
    assert not (course / "roster.csv").exists()


def test_a_learners_notebook_of_another_unit_is_told(course, tmp_path, capsys):
    files = {
        f"byronada_11_22_{OTHER}.ipynb": ADA,
        f"libo_12_23_{FILE}": BO,
        f"libo_12_24_{OTHER}.ipynb": BO,  # beside this unit's
        f"nocy_13_25_{FILE}": BO,
    }
    said = collect(course, write(tmp_path / "class.zip", files), capsys=capsys).out
    assert f"byronada_11: 'byronada_11_22_{OTHER}.ipynb' is named after {OTHER}" in said
    assert submitted(course)["byronada_11", f"{OTHER}.ipynb"] == ADA
    assert "3 new." in said


def test_an_archive_of_archives_is_none_of_learners(course, tmp_path, capsys):
    inner = packed({f"byronada_11_22_{FILE}": ADA})
    said = collect(course, write(tmp_path / "o.zip", {"class.zip": inner}), status=2, capsys=capsys)
    assert "'o.zip' has no notebooks, but archives: 'class.zip'" in said.err
    assert not submitted(course)
    assert not (course / "roster.csv").exists()


@pytest.mark.parametrize("name", ["", "..", "submitted", "submitted/ada", "notebooks", "replaced"])
def test_the_classs_own_folders_are_no_download(course, name, capsys):
    for step in ("submitted", "replaced"):
        write(course / step / "ada" / UNIT, {FILE: ADA})
    said = collect(course, course / name, status=2, capsys=capsys).err
    assert "is the class's own" in said
    assert submitted(course) == {("ada", FILE): ADA}
    assert not (course / "roster.csv").exists()


def test_a_folder_of_archives_is_none_of_learners(course, tmp_path, capsys):
    folder = tmp_path / "downloads"
    for name in ("monday.zip", "tuesday.tar.gz"):
        write(folder / name, {f"byronada_11_22_{FILE}": ADA})
    said = collect(course, folder, status=2, capsys=capsys).err
    assert "'downloads' has no notebooks, but archives: 'monday.zip', 'tuesday.tar.gz'" in said
    assert not submitted(course)
    write(folder, {f"ada/{FILE}": ADA, f"bo/{FILE}": BO})
    collect(course, folder)


@pytest.mark.parametrize(
    "name", ["byronada_11_22_work.zip", "ada.zip", "Byron, Ada.zip", "ada/a.zip"]
)
def test_a_learners_own_archive_in_a_folder_is_work(course, tmp_path, name):
    (course / "roster.csv").write_text("learner,name,canvas\nada,Ada Byron,11\n")
    collect(course, write(tmp_path / "down", {name: packed({FILE: ADA})}).parent / "down")
    assert ADA in submitted(course).values()
    assert {learner for learner, _ in submitted(course)} == {"ada"}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("zone", ["Europe/Berlin", None])
def test_the_zone_of_times_without_one_is_told(course, tmp_path, platform, zone, capsys):
    archive = write(tmp_path / BLACKBOARD, PLATFORMS[platform][0])
    said = collect(course, archive, *(["--timezone", zone] if zone else []), capsys=capsys).out
    whose = f"{zone}'s" if zone else "this machine's (UTC)"
    told = f"Times are read as {whose}; --timezone says otherwise."
    assert (told in said) == (platform in ("blackboard", "brightspace"))
    assert ("--timezone" in said) == (told in said)


def test_a_worksheets_times_have_a_zone_too_and_another_one_changes_them(course, tmp_path, capsys):
    (tmp_path / "worksheet.csv").write_text(WORKSHEET.format("471"))
    files = {f"Ada Byron_4711_assignsubmission_file_/{FILE}": ADA}
    of = [write(tmp_path / "class.zip", files), "--roster", tmp_path / "worksheet.csv"]
    assert "Times are read as UTC's" in collect(course, *of, "--timezone=UTC", capsys=capsys).out
    said = collect(course, *of, "--timezone=Europe/Berlin", capsys=capsys).out
    assert "1 same work, other time" in said
    assert submitted(course)["ada@example.org", "timestamp.txt"].startswith(b"2024-03-03 09:16")
    assert "1 unchanged" in collect(course, *of, "--timezone=Europe/Berlin", capsys=capsys).out


def test_who_comes_twice_by_another_list_is_told(course, tmp_path, capsys):
    (course / "roster.csv").write_text("learner,name,canvas\ndcruz,Dora de la Cruz,11\n")
    (tmp_path / "two.csv").write_text(
        "First name,Last name,Email address,ID number\nDora,de la Cruz,dcruz@other.org,u-1\n"
    )
    archive = write(tmp_path / "class.zip", {f"delacruzdora_11_22_{FILE}": ADA})
    said = collect(course, archive, "--roster", tmp_path / "two.csv", capsys=capsys).out
    assert "Dora de la Cruz is there twice: dcruz, dcruz@other.org" in said
    assert "twice" not in collect(course, archive, capsys=capsys).out
