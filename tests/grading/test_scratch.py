"""Folders for grading are gone afterwards, whatever was done in them."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dwsep_helpers.grading import scratch

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX alone")
# A process of its own: its current folder is inside.
NESTS = (
    "import os, sys; os.chdir(sys.argv[1])\nfor _ in range(3_000): os.mkdir('in'); os.chdir('in')"
)


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(scratch, "_LONGEST", len(str(tmp_path)))
    return tmp_path


def test_a_folder_is_gone_afterwards(temporary):
    with scratch.folder() as folder:
        (folder / "file").write_text("x")
        assert os.listdir(temporary) == [folder.name]
    assert os.listdir(temporary) == []


def test_deep_and_hidden_folders_go(temporary):
    with scratch.folder() as folder:
        subprocess.run([sys.executable, "-c", NESTS, folder], check=True)
        (folder / "hidden").mkdir()
        (folder / "hidden" / "file").write_text("x")
        (folder / "hidden").chmod(0)
        (folder / "link").symlink_to("/usr")
    assert os.listdir(temporary) == []
    assert Path("/usr").exists()


def test_what_killed_processes_left_is_swept_up(temporary):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = temporary / f"dwsep-{ended.pid}-abc"
    ours = temporary / f"dwsep-{os.getpid()}-abc"
    other = temporary / "dwsep-notes"
    for path in (left, ours, other):
        path.mkdir()
    scratch.sweep()
    assert sorted(temporary.iterdir()) == sorted([ours, other])


def test_long_names_leave_room_for_sockets(temporary, monkeypatch):
    monkeypatch.setattr(scratch, "_LONGEST", len(str(temporary)) - 1)
    with scratch.folder() as folder:
        assert folder.parent == Path("/tmp")
