"""Archives of learning platforms come in through nbgrader's own zip_collect, as with dwsep."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.grading.people.archives import FILE, UNIT, notebook, packed, write

ADA, BO = notebook("ada"), notebook("bo")
AT = "2026-01-30 15:00:00"  # UTC, as nbgrader writes it


@pytest.fixture
def course(root, tmp_path):
    """A folder with a released unit, where archives can be put."""
    shutil.copy(root / "nbgrader_config.py", tmp_path)
    shutil.copytree(root / "notebooks" / UNIT, tmp_path / "notebooks" / UNIT)
    (tmp_path / "downloaded" / UNIT / "archive").mkdir(parents=True)
    return tmp_path


def zip_collect(course):
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", "zip_collect", UNIT],
        cwd=course,
        env=os.environ | {"HOME": str(course), "TZ": "UTC"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


def submitted(course):
    folder = course / "submitted"
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            learner, _, *place = path.relative_to(folder).parts
            found[learner, "/".join(place)] = path.read_bytes()
    return found


def test_archives_of_several_platforms_are_collected(course):
    archive = course / "downloaded" / UNIT / "archive"
    folders = {
        f"Ada Byron_4711_assignsubmission_file_/{UNIT} (1).ipynb": ADA,
        "Bo Li_12_assignsubmission_file_/answers.pdf": b"%PDF",
        f"Bo Li_12_assignsubmission_file_/.ipynb_checkpoints/{FILE}": BO,
    }
    write(archive / "moodle.zip", folders)
    liwei = {f"liwei_1_11_{FILE}": ADA, f"liwei_2_22_{UNIT}-1.ipynb": BO}
    write(archive / "canvas.zip", liwei)
    attempts = {
        f"Unit_1_c.ava_attempt_2026-01-30-15-00-00_{FILE}": ADA,
        f"Unit_1_c.ava_attempt_2026-01-29-15-00-00_{FILE}": BO,
    }
    write(archive / "gradebook_MA_Unit_1_2026-02-01-10-00-00.zip", attempts)
    write(archive / "class.zip", {"byron.ipynb": ADA, "li.ipynb": BO})
    write(archive / "dora.zip", {FILE: BO})
    run = zip_collect(course)
    assert run.returncode == 0, run.stdout
    there = submitted(course)
    assert there.pop(("c.ava", "timestamp.txt")).decode() == AT
    assert there == {
        ("Ada Byron_4711", FILE): ADA,
        ("Bo Li_12", "answers.pdf"): b"%PDF",
        ("liwei_1", FILE): ADA,
        ("liwei_2", FILE): BO,
        ("c.ava", FILE): ADA,
        ("byron", FILE): ADA,
        ("li", FILE): BO,
        ("dora", FILE): BO,
    }
    assert "another one was handed in later" in run.stdout


def test_a_roster_says_who(course):
    archive = course / "downloaded" / UNIT / "archive"
    (course / "roster.csv").write_text("learner,canvas\nada,11\n")
    write(archive / "class.zip", {f"byronada_11_22_{FILE}": ADA, f"libo_12_23_{FILE}": BO})
    assert zip_collect(course).returncode == 0
    assert set(submitted(course)) == {("ada", FILE), ("libo_12", FILE)}


def test_two_people_who_could_be_one_stop_it(course):
    archive = course / "downloaded" / UNIT / "archive"
    write(archive / "class.zip", {"ada.ipynb": ADA, f"ada/{FILE}": BO, "cy.ipynb": BO})
    run = zip_collect(course)
    assert run.returncode != 0
    assert "'ada' and 'ada.ipynb' have the same name" in run.stdout
    assert submitted(course) == {}


def test_one_learners_trouble_is_nobody_elses(course):
    archive = course / "downloaded" / UNIT / "archive" / "class.zip"
    files = {
        "../../../../escaped.ipynb": b"{}",
        f"libo_12_23_{FILE}": BO,
        "byronada_11_22_work.zip": packed({f"..\\{FILE}": ADA, f"mine\\{FILE}": ADA}),
        "cy_13_24_work.zip": b"no zip",
        "dora_14_25_data.csv.gz": b"stray",
    }
    write(archive, files)
    run = zip_collect(course)
    assert run.returncode == 0, run.stdout
    there = submitted(course)
    assert {learner for learner, _ in there} == {"libo_12", "byronada_11", "cy_13", "dora_14"}
    assert there["byronada_11", f"work/mine/{FILE}"] == ADA
    assert "leads out of the archive" in run.stdout
    assert "wasn't unpacked" in run.stdout
    assert not list(course.parent.glob("**/escaped.ipynb"))


def test_a_damaged_archive_is_a_sentence(course):
    (course / "downloaded" / UNIT / "archive" / "class.zip").write_bytes(b"no zip")
    run = zip_collect(course)
    assert run.returncode != 0
    assert "is no archive: a zip or tar file is asked for" in run.stdout
