"""Faults of the machine that grades: no learner's doing, and no reason for a 0."""

from __future__ import annotations

import errno
import re
import shutil
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

LOW = 64 * 2**20  # bytes free; with less, a disk counts as full
ROOM = LOW + 256 * 2**20  # bytes that a submission can take, by the sandbox's limit
_SAID = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.ENOMEM: "there is no memory left",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open on this machine",
    errno.EIO: "the disk can't be read or written",
    errno.EROFS: "the disk can't be written to",
    errno.ESTALE: "the network's disk was lost",
}
_AGAIN = "make room, and run it again"
_LOCKED = "another process keeps the gradebook locked"
_GONE = "the gradebook's database can't be reached"
_DATABASE = (  # how database errors begin or what they contain, in the order they are looked for
    (re.compile(r"database (table )?is locked|lock timeout|deadlock", re.IGNORECASE), _LOCKED),
    (re.compile(r"disk is full|no space left|disk full", re.IGNORECASE), "the disk is full"),
    (re.compile(r"readonly database|read-only", re.IGNORECASE), "the gradebook can't be written"),
    (re.compile(r"out of memory", re.IGNORECASE), "there is no memory left"),
    (re.compile(r"malformed|not a database|disk I/O", re.IGNORECASE), "the gradebook is damaged"),
)


def machine_fault(error: BaseException) -> str | None:
    """Return what the machine lacked, if an error came from that; None for any other error.

    Parameters
    ----------
    error : BaseException
        What it came from, in turn, is looked at too.

    Examples
    --------
    >>> machine_fault(OSError(28, "No space left on device"))
    'the disk is full'
    >>> machine_fault(ValueError("no such cell"))
    """
    for one in _with_causes(error):
        if isinstance(one, MemoryError):
            return _SAID[errno.ENOMEM]
        if isinstance(one, OSError) and one.errno in _SAID:
            return _SAID[one.errno]
        if type(one).__name__ in ("OperationalError", "InterfaceError", "DatabaseError"):
            said = str(one)
            return next((says for pattern, says in _DATABASE if pattern.search(said)), _GONE)
    return None


def sentence(error: BaseException) -> str:
    """Say in one line why something failed, whatever it was."""
    if fault := machine_fault(error):
        return f"{fault}; no points were given, so run it again"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {str(error.filename)!r:.200}".removesuffix(": 'None'")
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}"


def full(places: Iterable[Path], needed: int = LOW) -> str | None:
    """Say which disk has too little room; None if all have enough."""
    for place in places:
        free = free_bytes(place)
        if free < needed:
            return f"the disk of {place} has {free / 2**20:,.0f} MB left: {_AGAIN}"
    return None


def jobs_with_room(place: Path) -> int:
    """Return for how many submissions at a time a disk has room."""
    return free_bytes(place) // ROOM


def free_bytes(place: Path) -> int:
    """Return how much may be written into a folder, that there may not be yet."""
    while not place.exists() and place != place.parent:
        place = place.parent
    return shutil.disk_usage(place).free


def ended_for_memory() -> int:
    """Return how many processes Linux has ended for want of memory since it started."""
    try:
        counts = dict(line.split() for line in Path("/proc/vmstat").read_text().splitlines())
        return int(counts.get("oom_kill", 0))
    except (OSError, ValueError):  # not Linux
        return 0


class Watched:
    """Looks at disks for the time of a ``with`` block, and remembers the least room there was.

    A learner's code that meets a full disk gets an error and, without this, a 0; and by the end
    of its run the disk may have room again. So it is with memory: where the machine has none left,
    Linux ends some process, and that may be a learner's.
    """

    def __init__(self, places: Iterable[Path], every: float = 0.2) -> None:
        self._places, self._every = list(places), every
        self._over = threading.Event()
        self.full: str | None = None

    def __enter__(self) -> Watched:
        self._ended = ended_for_memory()
        self._look()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def __deepcopy__(self, memo: dict) -> Watched:
        """Return this one: nbgrader's settings, in which it travels, are copied on their way."""
        return self

    def check(self) -> None:
        """Raise an OSError if a disk was full, or memory."""
        self._look()
        if self.full:
            raise OSError(errno.ENOSPC, self.full)
        if ended_for_memory() > self._ended:
            raise OSError(errno.ENOMEM, _SAID[errno.ENOMEM])

    def _look_on(self) -> None:
        while not self._over.wait(self._every):
            self._look()

    def _look(self) -> None:
        try:
            self.full = self.full or full(self._places)
        except OSError as error:
            self.full = sentence(error)


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is not None and one not in seen:
            seen.append(one)
            left += [one.__context__, one.__cause__, getattr(one, "orig", None)]
            yield one
