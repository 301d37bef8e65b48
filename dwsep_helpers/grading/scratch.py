"""The folder that a submission is graded in: gone afterwards, whatever was done in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

_LONGEST = 60  # of the 107 bytes that a socket's name may have
_NAME = re.compile(r"dwsep-(\d+)-\w+")


@contextmanager
def folder() -> Iterator[Path]:
    """Make a folder for the time of a ``with`` block. Its name says which process it belongs to."""
    made = Path(tempfile.mkdtemp(prefix=f"dwsep-{os.getpid()}-", dir=place()))
    try:
        yield made
    finally:
        remove(made)


def remove(path: Path) -> None:
    """Remove a file or a folder, also one nested more deeply than Python follows, or hidden."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    try:
        shutil.rmtree(path)
    except (OSError, RecursionError):
        if os.name == "posix":
            for command in (("chmod", "-R", "u+rwX"), ("rm", "-rf")):
                subprocess.run([*command, "--", path], stderr=subprocess.DEVNULL, check=False)


def empty(path: Path, kept: Collection[str] = ()) -> None:
    """Remove all that is in a folder, but for what has one of these names."""
    path.chmod(0o700)
    for name in os.listdir(path):
        if name not in kept:
            remove(path / name)


def sweep() -> None:
    """Remove the folders of processes that were killed."""
    if os.name != "posix":  # elsewhere nobody can ask whether a process runs
        return
    for path in place().glob("dwsep-*"):
        owner = _NAME.fullmatch(path.name)
        if owner and path.is_dir() and path.stat().st_uid == os.getuid() and not _runs(owner[1]):
            remove(path)


def place() -> Path:
    """Return where temporary files go; /tmp, where that has a name too long for sockets."""
    usual = tempfile.gettempdir()
    return Path(usual if os.name != "posix" or len(usual) <= _LONGEST else "/tmp")


def _runs(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's: not the process that made this folder, but who knows
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:  # not Linux
        return True
    return state not in "ZX"  # ended, though nobody has asked how
