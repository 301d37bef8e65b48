"""Landlock, which says what files a process may open: https://docs.kernel.org/userspace-api/landlock.html."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from dwsep_helpers.grading.confinement import linux

# uapi/linux/landlock.h.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_FILE, _MAKE_SOCKET = (
    1 << 4,
    1 << 5,
    1 << 7,
    1 << 8,
    1 << 9,
)
_MOVE, _TRUNCATE = 1 << 13, 1 << 14  # since versions 2 and 3
_OF_FILES = _WRITE_FILE | _READ_FILE | _TRUNCATE
_READ = _READ_FILE | _READ_DIR
_USE = _WRITE_FILE | _READ_FILE | _TRUNCATE
# Neither links, which could lead others out of the folder, nor pipes, at which they would wait.
_WRITE = (
    _USE | _READ_DIR | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_FILE | _MAKE_SOCKET | _MOVE
)
# What is denied wherever no rule allows it: all that a version knows of.
_DENIED = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP = 3  # bind and connect
_OTHERS = 3  # abstract sockets and signals of processes that aren't confined as this one is


def version() -> int:
    """Return which Landlock this Linux has; if none, the negative of the error's number."""
    size, flags = ctypes.c_size_t(0), ctypes.c_uint32(1)
    found = linux.libc().syscall(_CREATE_RULESET, None, size, flags)
    return found if found >= 0 else -ctypes.get_errno()


def restrict(
    reads: Iterable[str], lists: Iterable[str], uses: Iterable[str], writes: Iterable[str]
) -> None:
    """Let this process open nothing any more but what is named; nothing can be executed.

    Parameters
    ----------
    reads : iterable of str
        Files, and folders with all that is in them. What this user can't reach is left out.
    lists : iterable of str
        Folders in which it may see the names, and no more.
    uses : iterable of str
        Devices.
    writes : iterable of str
        Folders in which it may make, change and remove files.

    Raises
    ------
    SandboxError
        If Linux refuses.
    """
    known = version()
    denied = _DENIED[max(number for number in _DENIED if number <= known)]
    attributes = struct.pack("QQQ", denied, _TCP, _OTHERS)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = linux.check(
        linux.libc().syscall(
            _CREATE_RULESET, attributes, ctypes.c_size_t(size), ctypes.c_uint32(0)
        ),
        "landlock_create_ruleset",
    )
    for paths, rights in ((reads, _READ), (lists, _READ_DIR), (uses, _USE), (writes, _WRITE)):
        for path in paths:
            _allow(ruleset, path, rights & denied)
    linux.check(
        linux.libc().syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)),
        "landlock_restrict_self",
    )
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return
    if not os.path.isdir(path):
        rights &= _OF_FILES
    rule = struct.pack("=Qi", rights, handle)
    kind, flags = ctypes.c_int(1), ctypes.c_uint32(0)
    linux.check(
        linux.libc().syscall(_ADD_RULE, ctypes.c_int(ruleset), kind, rule, flags),
        f"landlock_add_rule {path}",
    )
    # Linux forgets what it knows of a file in /proc when memory is short, and with it the rule,
    # unless somebody has the file open.
    if not path.startswith("/proc/"):
        os.close(handle)
