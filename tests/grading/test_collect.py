"""Archives of learning platforms come in through nbgrader's own zip_collect."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from dwsep_helpers.grading.collect import PlatformCollector

UNIT = "01_conv2d"
FILES = {
    "Ada Byron_4711_assignsubmission_file_/01_conv2d.ipynb": ("Ada-Byron_4711", UNIT),
    "Bo Li_12_assignsubmission_file_01_conv2d (1).ipynb": ("Bo-Li_12", UNIT),
    "Ça Va_13_assignsubmission_file/Copy of 01_conv2d.ipynb": ("Ça-Va_13", UNIT),
    "byronada_123_45678_01_conv2d.ipynb": ("byronada", UNIT),
    "libo_LATE_124_45679_01_conv2d-1.ipynb": ("libo", UNIT),
    "Unit 1_cava_attempt_2026-01-30-15-00-00_01_conv2d.ipynb": ("cava", UNIT),
    "dora/01_conv2d.ipynb": ("dora", UNIT),
}


@pytest.mark.parametrize("name", FILES)
def test_learners_are_read_off_names(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}")
    found = PlatformCollector().collect(str(path))
    assert (found["student_id"], found["file_id"]) == FILES[name]
    if "attempt" in name:
        assert found["timestamp"] == "2026-01-30 15:00:00 UTC"


def test_other_files_are_left(tmp_path):
    path = tmp_path / "picture.png"
    path.write_text("")
    assert PlatformCollector().collect(str(path)) is None


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
        env=os.environ | {"HOME": str(course)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


def test_an_archive_is_collected(course):
    notebook = course / "notebooks" / UNIT / f"{UNIT}.ipynb"
    archive = course / "downloaded" / UNIT / "archive"
    with zipfile.ZipFile(archive / "class.zip", "w") as made:
        for name in FILES:
            made.write(notebook, name)
        made.writestr("dora/notes.txt", "not a notebook")
    # The same learner twice: no reason to stop.
    shutil.copy(notebook, archive / "dora_9_9_01_conv2d.ipynb")
    run = zip_collect(course)
    assert run.returncode == 0, run.stdout
    for learner, unit in FILES.values():
        assert (course / "submitted" / learner / UNIT / f"{unit}.ipynb").is_file()


def test_an_archive_that_reaches_out_is_refused(course):
    archive = course / "downloaded" / UNIT / "archive" / "class.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("../../../../escaped.ipynb", "{}")
    run = zip_collect(course)
    assert run.returncode != 0
    assert "escaped.ipynb' would be extracted outside" in run.stdout
    assert not list(course.parent.glob("**/escaped.ipynb"))
