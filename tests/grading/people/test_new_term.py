"""``dwsep new-term`` puts a class away: whole, or not at all."""

import errno
import os
from pathlib import Path

import pytest

from dwsep_helpers.grading import cli
from tests.grading.people.archives import FILE, UNIT, a_class, notebook, write


@pytest.fixture
def course(root, tmp_path):
    """A class that handed in, and has a roster."""
    folder = a_class(root, tmp_path / "class")
    write(folder / "submitted" / "ada" / UNIT, {FILE: notebook("ada")})
    write(folder, {"roster.csv": b"learner\nada\n", f"scores-{UNIT}.csv": b"learner\nada\n"})
    return folder


def new_term(course, there):
    return cli.main(["new-term", str(there), "--directory", str(course)])


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "running"
    }


def across_disks(monkeypatch):
    """Have files lie on another disk than what is moved."""

    def rename(path, to):
        raise OSError(errno.EXDEV, "Invalid cross-device link", str(path))

    monkeypatch.setattr(Path, "rename", rename)


@pytest.mark.parametrize("disks", [1, 2])
def test_the_class_is_there_and_nothing_of_it_here(course, tmp_path, disks, capsys, monkeypatch):
    before = content(course)
    if disks == 2:
        across_disks(monkeypatch)
    assert new_term(course, tmp_path / "away" / "old") == 0
    assert content(tmp_path / "away" / "old") == before
    assert {path.name for path in course.iterdir()} == {"notebooks"}
    assert "submitted, and a copy of notebooks.\n" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["submitted/old", "submitted/ada/old", ".dwsep/x/old"])
def test_no_class_goes_into_itself(course, name, capsys):
    before = content(course)
    assert new_term(course, course / name) == 2
    assert f"{name}' is in {course}" in capsys.readouterr().err
    assert content(course) == before
    assert not (course / name).exists()


@pytest.mark.parametrize("error", [PermissionError, KeyboardInterrupt])
def test_what_can_not_be_moved_leaves_all_where_it_was(
    course, tmp_path, error, capsys, monkeypatch
):
    before, rename = content(course), Path.rename

    def some(path, to):
        if path == course / "submitted":
            raise error(errno.EACCES, "Permission denied", str(path))
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", some)
    assert new_term(course, tmp_path / "old") == (1 if error is PermissionError else 130)
    said = f"It failed: Permission denied: '{course}/submitted'.\n"
    assert said in capsys.readouterr().err or error is KeyboardInterrupt
    assert content(course) == before
    assert not (tmp_path / "old").exists()


def test_what_can_not_be_copied_to_another_disk_leaves_all_where_it_was(
    course, tmp_path, capsys, monkeypatch
):
    before = content(course)
    os.mkfifo(course / "submitted" / "pipe")
    across_disks(monkeypatch)
    assert new_term(course, tmp_path / "old") == 1
    assert "is a named pipe: '" in capsys.readouterr().err
    assert content(course) == before
    assert not (tmp_path / "old").exists()
