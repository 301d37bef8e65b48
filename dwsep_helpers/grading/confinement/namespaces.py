"""A second wall around a submission, where Linux lets one be built: a world of its own.

A process that calls :func:`second_wall` sees, with all that it starts, a copy of the machine's
files in which its folder lies in memory and has an end, so that nobody can fill a disk; other
folders can be hidden; and there is no network. It is no lock: whoever reaches further by the first
wall's fault is stopped by this one (https://man7.org/linux/man-pages/man7/namespaces.7.html).

Root may build it, others where the system lets users have namespaces. Containers mostly don't.
"""

from __future__ import annotations

import ctypes
import functools
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from dwsep_helpers.grading.confinement import linux

_FILES, _USERS, _NETWORK, _IPC = 0x20000, 0x10000000, 0x40000000, 0x8000000  # CLONE_NEW…
_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_PROGRAMS = 1, 2, 4, 8
_REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 1 << 5, 1 << 12, 1 << 14, 1 << 18
_PLAIN = _NO_SUID | _NO_DEVICES | _NO_PROGRAMS


@functools.cache
def unavailable() -> str | None:
    """Return why there can be no second wall here, None if there can: a child of this tries."""
    if not sys.platform.startswith("linux"):
        return "there are namespaces on Linux alone"
    told, tells = os.pipe()
    child = os.fork()
    if child == 0:
        said = "it ended"
        try:
            said = _build(Path("/tmp"), 2**20, 16, (Path("/var"),), ()) or "-"
        except BaseException as error:
            said = str(error)
        finally:
            os.write(tells, said.encode())
            os._exit(0)
    os.close(tells)
    with open(told) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return None if said == "-" else said


def second_wall(
    folder: Path,
    size: int,
    entries: int,
    *,
    hidden: Sequence[Path] = (),
    shown: Sequence[Path] = (),
) -> str | None:
    """Move this process behind the wall, for good, and all that it starts from now on.

    It is to have one thread, and to change its directory afterwards: what it had as such is what
    lies beneath. Call :func:`unavailable` in the process that it was forked from, and Linux is
    asked only once.

    Parameters
    ----------
    folder : Path
        A folder that exists. It is empty then, and what gets into it is in memory.
    size : int
        Bytes that it has room for.
    entries : int
        Files and folders that it has room for.
    hidden : sequence of Path
        Folders that are empty then, and stay so.
    shown : sequence of Path
        Folders and files in those that are to be seen all the same.

    Returns
    -------
    str or None
        Why there is no such wall; nothing has changed then. None where there is one.
    """
    if not folder.is_dir():
        return f"{folder} is no folder"
    if len(os.listdir("/proc/self/task")) != 1:
        return "more than one thread runs"
    return unavailable() or _build(folder, size, entries, hidden, shown)


def _build(
    folder: Path, size: int, entries: int, hidden: Sequence[Path], shown: Sequence[Path]
) -> str | None:
    if reason := _leave():
        return reason
    try:
        _mount("none", "/", "", _RECURSIVE | _PRIVATE)
        for place in hidden:
            _hide(place, [path for path in shown if place in path.parents], folder)
        _mount("tmpfs", folder, "tmpfs", _PLAIN, f"size={size},nr_inodes={entries},mode=700")
    except OSError as error:
        return str(error)
    return None


def _leave() -> str | None:
    """Leave the namespaces that this process shares with others."""
    apart = _FILES | _NETWORK | _IPC
    user, group = os.geteuid(), os.getegid()
    if _unshare(apart) is None:
        return None
    if reason := _unshare(apart | _USERS):
        return reason
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    except OSError as error:
        return str(error)
    return None


def _unshare(what: int) -> str | None:
    if linux.libc().unshare(ctypes.c_int(what)):
        return f"unshare: {os.strerror(ctypes.get_errno())}"
    return None


def _hide(place: Path, shown: Iterable[Path], folder: Path) -> None:
    handles = {path: os.open(path, os.O_PATH) for path in shown}
    _mount("tmpfs", place, "tmpfs", _PLAIN, "size=64k,nr_inodes=256,mode=755")
    for path, handle in handles.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if os.path.isdir(f"/proc/self/fd/{handle}"):
            path.mkdir()
        else:
            path.touch()
        _mount(f"/proc/self/fd/{handle}", path, "", _BIND | _RECURSIVE)
        os.close(handle)
    if place in folder.parents:
        folder.mkdir(parents=True, exist_ok=True)
    _mount("tmpfs", place, "tmpfs", _REMOUNT | _READ_ONLY | _PLAIN, "size=64k,nr_inodes=256")


def _mount(source: str, target: str | Path, kind: str, flags: int, options: str = "") -> None:
    linux.check(
        linux.libc().mount(
            source.encode(),
            os.fsencode(target),
            kind.encode(),
            ctypes.c_ulong(flags),
            options.encode(),
        ),
        f"mount {target}",
    )
