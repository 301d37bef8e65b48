"""What lies beside a notebook comes along: helper packages too, within bounds, and no links."""

import os
from pathlib import Path

from dwsep_helpers.grading.confinement import room
from dwsep_helpers.grading.confinement.keeper import OF_IPYTHON
from dwsep_helpers.grading.confinement.room import Room, copy_files


def copied(folder, to):
    to.mkdir()
    copy_files(folder, [to])
    return {p.relative_to(to).as_posix() for p in to.rglob("*") if p.is_file()}


def write(folder, *names, size=1):
    for name in names:
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)


def test_packages_come_along_and_other_things_stay(tmp_path):
    work = tmp_path / "work"
    write(work, "data.csv", "mine/__init__.py", "mine/deep/er/loops.py", "images/one.png")
    stays = ["02.ipynb", "mine/old.ipynb", ".git/config", "__pycache__/a.pyc", "01_conv2d/x.py"]
    stays += ["02_depthwise.ipynb/readme.txt", "01_Conv2D/x.py"]
    stays += [OF_IPYTHON, ".dwsep-language.json", ".Dwsep-Anything", "mine/.dwsep-x"]
    write(work, *stays, "1/2/3/4/5/deep.txt")
    os.mkfifo(work / "pipe")
    (work / "link.py").symlink_to("/etc/passwd")
    (work / "linked").symlink_to("/etc")
    (work / "mine" / "up").symlink_to(work)
    assert copied(work, tmp_path / "room") == {
        "data.csv",
        "mine/__init__.py",
        "mine/deep/er/loops.py",
        "images/one.png",
    }


def test_what_is_too_much_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "MOST_FILES", 3)
    monkeypatch.setattr(room, "MOST_BYTES", 100)
    write(tmp_path / "many", *(f"{n:02}/file" for n in range(99)))
    assert len(copied(tmp_path / "many", tmp_path / "one")) == 3
    write(tmp_path / "large", "a", "b", size=60)
    write(tmp_path / "large", "c", size=40)
    assert copied(tmp_path / "large", tmp_path / "two") == {"a", "c"}


def test_what_may_not_be_read_stays(tmp_path, monkeypatch):
    write(tmp_path / "work", "a", "b")
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name == "b")
    assert copied(tmp_path / "work", tmp_path / "room") == {"b"}


def test_a_sparse_file_stays(tmp_path):
    write(tmp_path / "work", "small")
    with (tmp_path / "work" / "huge").open("wb") as file:
        file.truncate(2**34)
    assert copied(tmp_path / "work", tmp_path / "room") == {"small"}


def test_a_room_is_renewed_whatever_became_of_it(tmp_path):
    """Files are as they were given, and no more are there: not in folders either."""
    folder = tmp_path / "room"
    folder.mkdir()
    write(tmp_path / "work", "data.csv", "mine/loops.py", "notes.txt")
    room = Room(folder, fill=lambda: copy_files(tmp_path / "work", [folder]))
    assert room.given == {"data.csv", "mine", "notes.txt"}
    write(folder, "new.txt", "mine/more.py", "mine/deep/er/more.py")
    write(folder, "data.csv", size=500)
    (folder / "notes.txt").unlink()
    (folder / "notes.txt").mkdir()
    (folder / "mine" / "loops.py").unlink()
    (folder / "mine" / "loops.py").symlink_to("/etc/passwd")
    (folder / "mine").chmod(0)
    folder.chmod(0)
    room.renew()
    found = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()]
    there = {path.relative_to(folder).as_posix() for path in found}
    assert there == {"data.csv", "mine/loops.py", "notes.txt"}
    assert all(path.read_text() == "x" for path in found)


def test_what_nobody_can_put_there_again_stays_in_a_room(tmp_path):
    write(tmp_path, "data.csv")
    room = Room(tmp_path)
    write(tmp_path, "new.txt", "new/file")
    room.renew()
    assert {path.name for path in tmp_path.iterdir()} == {"data.csv"}
