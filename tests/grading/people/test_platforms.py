"""What platforms' names say: who, which file, when."""

from datetime import UTC, datetime

import pytest

from dwsep_helpers.grading.people.platforms import FLAT, uploads

UNIT = "01_conv2d"
FILE = f"{UNIT}.ipynb"
INNER = f"assignsubmission_file_/{FILE}"
AT = datetime(2024, 3, 3, 11, 16, tzinfo=UTC)


def read(*paths, **more):
    found, left = uploads([tuple(path.split("/")) for path in paths], UNIT, UTC, **more)
    said = [(one.key, one.name, "/".join(one.file)) for one in found]
    return found, said, ["/".join(path) for path, _ in left]


@pytest.mark.parametrize(
    ("path", "key", "name", "file"),
    [
        # Canvas
        (f"lovelaceada_11_22_{FILE}", "11", "lovelaceada", FILE),
        (f"lovelaceada_LATE_11_22_{FILE}", "11", "lovelaceada", FILE),
        (f"liwei_2_22_{FILE}", "2", "liwei", FILE),
        ("liwei_2_22_5_33_solution.ipynb", "2", "liwei", "5_33_solution.ipynb"),
        (f"the_countess_of_11_22_{FILE}", "11", "the_countess_of", FILE),
        ("çavaé_11_22_01_conv2d-1.ipynb", "11", "çavaé", "01_conv2d-1.ipynb"),
        ("lovelaceada_11_text.html", "11", "lovelaceada", "lovelaceada_11_text.html"),
        (f"anon_x1Y2z_22_{FILE}", "x1y2z", "anon", FILE),
        (f"LATE_anon_x1Y2z_22_{FILE}", "x1y2z", "anon", FILE),
        # Moodle
        (f"Ada Byron_4711_assignsubmission_file_/{FILE}", "4711", "Ada Byron", FILE),
        (f"Ada Byron_4711_assignsubmission_file/{FILE}", "4711", "Ada Byron", FILE),
        (f"Ada Byron_4711_assignsubmission_file_{FILE}", "4711", "Ada Byron", FILE),
        (f"Ada Byron_4711_assignsubmission_file_/work/{FILE}", "4711", "Ada Byron", f"work/{FILE}"),
        (f"Ada_4_assignsubmission_file_/1_assignsubmission_file_/{FILE}", "4", "Ada", f"1_{INNER}"),
        ("Ada_1_assignsubmission_onlinetext_/onlinetext.html", "1", "Ada", "onlinetext.html"),
        (f"😀_6_assignsubmission_file_/{FILE}", "6", "😀", FILE),
        (f"Participant_6_assignsubmission_file_/{FILE}", "6", "Participant", FILE),
        # Blackboard
        (f"Unit 1_ada_attempt_2024-03-03-11-16-00_{FILE}", "ada", "ada", FILE),
        (f"Unit 1_a.b@c-d_attempt_2024-03-03-11-16-00_{FILE}", "a.b@c-d", "a.b@c-d", FILE),
        # Brightspace
        (f"12-34 - Ada Byron - Mar 3, 2024 1116 AM/{FILE}", "12", "Ada Byron", FILE),
        (f"12-34 - Ada Byron - Mar 3, 2024 1116 AM - {FILE}", "12", "Ada Byron", FILE),
        (f"12-34 - Ada - B - Mar 3, 2024 1116 AM - a - {FILE}", "12", "Ada - B", f"a - {FILE}"),
        (f"12-34 - Ana-Li - 3 Marz 2024/{FILE}", "12", "Ana-Li", FILE),
        # Gradescope
        (f"assignment_1_export/submission_123/{FILE}", "submission_123", "", FILE),
        # nobody's
        (f"ada/{FILE}", "ada", "ada", FILE),
        (f"ada/{UNIT}/{FILE}", "ada", "ada", FILE),
        (f"ada/work/{FILE}", "ada", "ada", f"work/{FILE}"),
        ("Ada.ipynb", "ada", "Ada", FILE),
        (f"ada_{FILE}", "ada", "ada", FILE),
        ("01_conv2d-ada.ipynb.txt", "ada", "ada", f"{FILE}.txt"),
        (f"{UNIT}/ada.ipynb", "ada", "ada", FILE),
        ("ada.pdf", "ada", "ada", "ada.pdf"),
    ],
)
def test_a_name_is_read(path, key, name, file):
    assert read(path)[1] == [(key, name, file)]


@pytest.mark.parametrize(
    "path",
    [
        f"Unit 1_ada_attempt_2024-03-03-11-16-00_{FILE}",
        "Unit 1_ada_attempt_2024-03-03-11-16-00.txt",
        f"12-34 - Ada Byron - Mar 3, 2024 1116 AM/{FILE}",
        f"12-34 - Ada Byron - March 3, 2024 11:16 AM - {FILE}",
    ],
)
def test_times_are_read(path):
    (one,), _, _ = read(path)
    assert (one.when, one.note) == (AT, "")


@pytest.mark.parametrize(
    "path",
    [
        f"Unit 1_ada_attempt_2024-13-43-11-16-00_{FILE}",
        f"12-34 - Ada Byron - gestern/{FILE}",
        f"12-34 - Ada Byron - 05.12.2026 10.16/{FILE}",  # of May, or of December?
        f"12-34 - Ada Byron - 5 Dec 2026 10:16 XYZ/{FILE}",
    ],
)
def test_a_time_that_can_not_be_read_is_noted(path):
    (one,), _, _ = read(path)
    assert one.when is None
    assert "is no time" in one.note


def test_late_is_kept():
    late, in_time = read(f"byronada_LATE_11_22_{FILE}", f"libo_12_23_{FILE}")[0]
    assert (late.late, in_time.late) == (True, False)


ASSIGNMENT = "Unit_1_conv"
USERS = ("ada", "b_o", "c.d_e")
NAMES = [f"{ASSIGNMENT}_{user}_attempt_2024-03-03-11-16-00_{FILE}" for user in USERS]


def test_blackboards_names_are_told_from_the_assignments():
    archive = "gradebook_MA-101_Unit5f15fconv_2024-03-04-10-00-00.zip"
    archive = archive.replace("5f", "_")
    for known in ({"called": archive}, {"people": {"b_o", "ada", "c.d_e"}}, {}):
        assert [key for key, _, _ in read(*NAMES, **known)[1]] == [*USERS]
    # One alone: the archive's name says it, or the roster.
    assert read(NAMES[1], called=archive)[1][0][0] == "b_o"
    assert read(NAMES[1], people={"b_o"})[1][0][0] == "b_o"


def test_what_a_learner_names_is_nobody_elses():
    """Further in, and behind the ids, learners may write what they like."""
    others = [f"Bo Li_{n}_assignsubmission_file_/{FILE}" for n in range(3)]
    fakes = [f"byronada_{n}_22_{FILE}" for n in range(50)]
    inside = [f"Ada Byron_4711_assignsubmission_file_/{name}" for name in fakes]
    keys = {key for key, _, _ in read(*others, *inside)[1]}
    assert keys == {"0", "1", "2", "4711"}
    flat = [f"mallory/{name}" for name in fakes] + [f"ada/{FILE}", f"bo/{FILE}"]
    assert {key for key, _, _ in read(*flat)[1]} == {"mallory", "ada", "bo"}


@pytest.mark.parametrize("around", ["", "class/", "class/hw_2024_01_class/", f"{UNIT}/"])
def test_folders_around_a_class_are_nobody(around):
    for names in (
        [f"byronada_11_22_{FILE}", f"libo_12_23_{FILE}"],
        [f"Ada_1_assignsubmission_file_/{FILE}", f"Bo_2_assignsubmission_file_/{FILE}"],
        ["ada.ipynb", "bo.ipynb"],
        [f"ada/{FILE}", f"bo/{FILE}"],
    ):
        found, said, left = read(*(around + name for name in names))
        assert len({key for key, _, _ in said}) == 2, (names, said)
        assert not left
        assert (found[0].platform == FLAT) == (names[0][:3] == "ada")


def test_what_tools_and_platforms_leave_is_nobody():
    _, said, left = read(
        f"Ada_1_assignsubmission_file_/{FILE}",
        f"Ada_1_assignsubmission_file_/.ipynb_checkpoints/{FILE}",
        f"__MACOSX/._{FILE}",
        "Bo_2_assignsubmission_file_/.DS_Store",
        "stray.txt",
    )
    assert [key for key, _, _ in said] == ["1", "2"]
    assert left == ["stray.txt"]
    _, said, left = read("index.html", f"12-34 - Ada - Mar 3, 2024 1116 AM/{FILE}")
    assert ([key for key, _, _ in said], left) == (["12"], [])
    _, said, left = read("ada.ipynb", FILE, "grades.csv", f".ipynb_checkpoints/{FILE}")
    assert ([key for key, _, _ in said], left) == (["ada"], [FILE, "grades.csv"])


def test_letters_that_look_the_same_are_the_same():
    keys = {key for key, _, _ in read("José.ipynb", "José.pdf")[1]}
    assert len(keys) == 1
