"""Call Linux where Python has no function for it."""

from __future__ import annotations

import ctypes
import os


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
