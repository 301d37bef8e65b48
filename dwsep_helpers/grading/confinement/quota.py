"""Tell whether a kernel's files take too much room, it writes too much or has too many threads.

These are the limits that Linux doesn't set for one process. Its keeper looks a few times a second.
Where there is no :mod:`second wall <namespaces>`, what a kernel writes in between is on the disk
all the same, half a gigabyte at most where the disk is quick.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from contextlib import suppress
from pathlib import Path

from dwsep_helpers.grading.confinement.sandbox import Limits

ENTRY = 4096  # bytes that a file or a folder counts besides what is in it
_BLOCK = 512  # bytes: the unit of st_blocks, whatever the disk
_DELETED = re.compile(rb"(?P<range>\S+) \S+ \S+ \S+ (?P<number>\d+) +(?P<path>/.*) \(deleted\)")
# What no kernel wrote: shared memory, and libraries that were upgraded since the grader started.
_ELSEWHERE = tuple(
    os.fsencode(path)
    for path in ("/dev/zero", "/memfd:", "/SYSV", "/usr/", "/lib", sys.prefix, sys.base_prefix)
)


def exceeded(pid: int, folder: Path, limits: Limits) -> bool:
    """Whether a process takes more than it may have.

    Its threads are to share their open files, as :mod:`system_calls` sees to.

    Parameters
    ----------
    pid : int
        A process of this user's.
    folder : Path
        The one where it writes.
    limits : Limits
        Of which ``folder``, ``written`` and ``threads`` are looked at here.
    """
    try:
        tasks = _tasks(pid)
        return (
            len(tasks) > limits.threads
            or _written(pid) > limits.written
            or used(folder) + _unlinked(tasks, folder, limits.file_size) > limits.folder
        )
    except (FileNotFoundError, ProcessLookupError):  # it is ending
        return False
    except OSError:  # it hides something
        return True


def used(folder: Path) -> int:
    """Return the bytes that a folder takes; more than any limit if that can't be found out."""
    total, left = 0, [str(folder)]
    while left:
        try:
            with os.scandir(left.pop()) as entries:
                for entry in entries:
                    about = entry.stat(follow_symlinks=False)
                    total += ENTRY + about.st_blocks * _BLOCK
                    if stat.S_ISDIR(about.st_mode):
                        left.append(entry.path)
        except FileNotFoundError:  # gone in the meantime
            continue
        except OSError:  # nested too deeply, or hidden: nobody does so by accident
            return sys.maxsize
    return total


def _tasks(pid: int) -> list[str]:
    """Return the folders where Linux tells about a process's threads."""
    folder = f"/proc/{pid}/task"
    return [f"{folder}/{task}" for task in os.listdir(folder)]


def _written(pid: int) -> int:
    """Return the bytes that it has sent to disks since it started."""
    found = re.search(rb"^write_bytes: (\d+)", _read(f"/proc/{pid}/io"), re.MULTILINE)
    return int(found[1]) if found else 0


def _unlinked(tasks: list[str], folder: Path, file_size: int) -> int:
    """Return the bytes of files that are in no folder any more, and open or in memory.

    None count behind the :mod:`second wall <namespaces>`, where the folder is a file system of its
    own and Linux holds them all to its size. To ask took a tenth of the time of a notebook.
    """
    if os.path.ismount(folder):
        return 0
    for task in tasks:
        if maps := _read(f"{task}/maps"):  # a thread that has ended has none
            held = _mapped(task.split("/task/")[0], maps, file_size) | _open(task)
            return sum(held.values())
    return 0


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _open(task: str) -> dict[int, int]:
    """Return the bytes of unlinked files that are open, by the file's number."""
    held = {}
    with suppress(FileNotFoundError, ProcessLookupError), os.scandir(f"{task}/fd") as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                about = entry.stat()
                if stat.S_ISREG(about.st_mode) and not about.st_nlink:
                    held[about.st_ino] = about.st_blocks * _BLOCK
    return held


def _mapped(process: str, maps: bytes, file_size: int) -> dict[int, int]:
    """Return the bytes of unlinked files in memory; only root is told how large they are."""
    held = {}
    for text in maps.split(b"\n"):  # in names, Linux escapes this one
        line = _DELETED.fullmatch(text) if text.endswith(b")") else None
        if not line or line["path"].startswith(_ELSEWHERE):
            continue
        if (number := int(line["number"])) not in held:
            try:
                about = os.stat(f"{process}/map_files/{line['range'].decode()}")
                held[number] = about.st_blocks * _BLOCK
            except OSError:
                held[number] = file_size
    return held
