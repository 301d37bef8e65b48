"""One at a time: two commands that write into the same class would undo each other's work."""

from __future__ import annotations

import errno
import json
import os
import platform
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from dwsep_helpers.grading.class_folder import STATE, WrongCall

WAITS = 5  # seconds, for another command that may just be ending
_BUSY = (errno.EACCES, errno.EAGAIN)


@contextmanager
def taken(folder: Path, command: str, waits: float = WAITS) -> Iterator[None]:
    """Have the class to oneself for the time of a ``with`` block.

    The lock is Linux's, on the file ``.dwsep/running``: it ends with the process that has it,
    however that ends. Processes that this one starts don't have it.

    Parameters
    ----------
    folder : Path
        The class's.
    command : str
    waits : float
        Seconds.

    Raises
    ------
    WrongCall
        If another command runs; it says which, where and since when.
    OSError
        If the folder can't be written to.
    """
    state = folder / STATE
    if not state.exists():
        state.mkdir(exist_ok=True)
        with suppress(OSError):  # whoever may write into the class's folder may write here
            state.chmod(stat.S_IMODE(folder.stat().st_mode))
    path = state / "running"
    is_new = not path.exists()
    with path.open("a+", encoding="utf-8") as file:
        if is_new:
            with suppress(OSError):
                path.chmod(state.stat().st_mode & 0o666)
        _lock(file, command, waits)
        before = _read(file)
        if before.get("host", platform.node()) != platform.node():
            print(_ELSEWHERE.format(**before), file=sys.stderr)
        now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
        about = {"command": command, "host": platform.node(), "pid": os.getpid(), "since": now}
        file.truncate(0)
        file.write(json.dumps(about))
        file.flush()
        try:
            yield
        finally:
            with suppress(OSError):
                file.truncate(0)


def _lock(file: IO[str], command: str, waits: float) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    until = time.monotonic() + waits
    while True:
        try:
            # Not flock: a process that is forked from this one would keep it, and outlive it.
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in _BUSY:
                print(_NO_LOCKS.format(why=error.strerror), file=sys.stderr)
                return
            if time.monotonic() > until:
                about = _read(file)
                who = _WHO.format(**about) if about else "another command"
                raise WrongCall(f"{who} works on this class; try again when it is done") from None
        time.sleep(0.2)


def _read(file: IO[str]) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        file.seek(0)
        said = json.loads(file.read(1000))
        return {key: said[key] for key in ("command", "host", "pid", "since")}
    return {}


_WHO = "'dwsep {command}' on {host}, process {pid}, since {since},"
_NO_LOCKS = (
    "WARNING: this disk has no locks ({why}), so nobody can tell whether another command "
    "works on this class."
)
_ELSEWHERE = (
    "WARNING: 'dwsep {command}' on {host}, process {pid}, since {since}, didn't say that it ended. "
    "If it still runs, the disk doesn't tell machines of each other's locks."
)
