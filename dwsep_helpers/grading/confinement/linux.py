"""Call Linux where Python has no function for it."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1


class SandboxError(OSError):
    """The process could not be confined."""


def libc() -> ctypes.CDLL:
    """Return the C library, with all that this process has loaded."""
    return ctypes.CDLL(None, use_errno=True)


def check(returned: int, what: str) -> int:
    """Return what a function of C returned.

    Raises
    ------
    SandboxError
        If that says that it failed.
    """
    if returned < 0:
        number = ctypes.get_errno()
        raise SandboxError(number, f"{what}: {os.strerror(number)}")
    return returned


def prctl(option: int, value: int, more: bytes | None = None) -> None:
    """Change something about this process: see ``man prctl``."""
    arguments = [ctypes.c_ulong(value), more or ctypes.c_ulong(0)]
    arguments += [ctypes.c_ulong(0)] * 2
    check(libc().prctl(ctypes.c_int(option), *arguments), f"prctl {option}")


def alone() -> str | None:
    """Return why it isn't safe to fork or to confine this process, None if it is."""
    threads = len(os.listdir("/proc/self/task"))
    return None if threads == 1 else f"{threads} threads run where one is to"


def end_with_parent() -> None:
    """Have Linux end this process when the one that started it ends, however that ends."""
    libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
