"""Put what was handed in where it is graded: whole or not at all, and nothing is lost."""

from __future__ import annotations

import filecmp
import os
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from dwsep_helpers.grading import faults, locked, scratch
from dwsep_helpers.grading.confinement.forking_parent import Ended, TaskFailed, TooMuch
from dwsep_helpers.grading.handed_in import DEPTH
from dwsep_helpers.grading.names import quoted
from dwsep_helpers.grading.people import archives, dates, platforms, unpacking
from dwsep_helpers.grading.people.archives import Broken, Damaged, Parts
from dwsep_helpers.grading.people.work import OURS, Work, is_newer

NEW: Final = "new"
UNCHANGED: Final = "unchanged"
RETIMED: Final = "same work, other time"
REPLACED: Final = "newer, and the older one is kept"
OTHER: Final = "in place of what was there, which is kept"
OLDER: Final = "older than what is there, and left out"
FAILED: Final = "failed"
MOST: Final = 500 * 2**20  # bytes of a learner
_TIME = "timestamp.txt"


@dataclass(frozen=True)
class Store:
    """Where submissions are put.

    Attributes
    ----------
    submitted : Path
        nbgrader's folder.
    replaced : Path
        Where older ones are kept.
    beside : Path
        On the same disk: where they are put together.
    unit : str
    lock : bool
        Whether what learners packed is unpacked in a locked process.
    called : mapping of str to str
        What the notebook that is there was called in its archive, by learner.
    """

    submitted: Path
    replaced: Path
    beside: Path
    unit: str
    lock: bool = True
    called: Mapping[str, str] = field(default_factory=dict)

    def put(self, work: Work) -> str:
        """Put a learner's work in its place; return what became of it. It may get more notes.

        Raises
        ------
        OSError
            If the machine can't: then there is what was there before.
        """
        target = self.submitted / work.person.learner / self.unit
        if target.parent.is_symlink() or target.is_symlink():
            work.notes.append(f"{quoted(str(target))} is a link, and links aren't followed")
            return FAILED
        made = self.beside / "one"
        scratch.remove(made)
        made.mkdir(parents=True)
        try:
            self._fill(made, work)
            if work.when:
                (made / _TIME).write_text(f"{dates.written(work.when)}\n", encoding="ascii")
            if work.broken and target.exists():
                work.notes.append("what was there before stays")
                return FAILED
            became = self._move(made, target, work)
            return FAILED if work.broken else became
        finally:
            scratch.remove(made)

    def _move(self, made: Path, target: Path, work: Work) -> str:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            made.rename(target)
            return NEW
        before = _time(target)
        if _same(made, target):
            if work.when and before != work.when:
                os.replace(made / _TIME, target / _TIME)
                return RETIMED
            return UNCHANGED
        newer = is_newer(work, before, self.called.get(work.person.learner, ""))
        if newer is False:
            return OLDER
        kept = self.replaced / target.parent.name / self.unit
        kept.mkdir(parents=True, exist_ok=True)
        number = 1 + max((int(one.name) for one in kept.iterdir() if one.name.isdigit()), default=0)
        target.rename(kept / str(number))
        made.rename(target)
        return REPLACED if newer else OTHER

    def _fill(self, made: Path, work: Work) -> None:
        size = 0
        for place, member in work.files:
            path = None
            try:
                path = free(made, place)
                if size > MOST:
                    raise Damaged(f"all files together have more than {MOST // 2**20} MB")
                if problem := faults.full([made]):
                    raise OSError(28, problem)
                size += member.copy(path)
            except Damaged as error:
                if path:
                    path.unlink(missing_ok=True)
                work.broken |= isinstance(error, Broken)
                work.notes.append(f"{quoted('/'.join(place))} was left out: {error}")
                continue
            if archives.is_archive(path.name):
                work.notes += unpack_beside(path, lock=self.lock)


def unpack_beside(path: Path, *, lock: bool) -> list[str]:
    """Unpack, beside itself, what a learner packed; return what there is to say of it."""
    around, name = archives.without_ending(path.name), quoted(path.name)
    written, size, notes = dict[Parts, Path](), 0, list[str]()
    start: list[int] | None = [0, 0]
    while start:
        said = _pieces(path, start, lock)
        if why := said.get("why"):
            notes.append(f"{name} wasn't unpacked: {why}")
        for inner, why in said["left_out"]:
            inside = quoted("/".join(map(str, inner)))
            notes.append(f"{inside} in {name} was left out: {why}")
        for inner, text in said["pieces"]:
            place = tuple(map(str, inner))
            if place[-1].lower() in OURS or not platforms.is_somebodys(place):
                continue
            try:
                written[place] = written.get(place) or free(path.parent, (around, *place))
            except Damaged as error:
                notes.append(f"{quoted(place[-1])} in {name} was left out: {error}")
                continue
            content = b64decode(text)
            size += len(content)
            with written[place].open("ab") as file:
                file.write(content)
        start = said["next"]
        if start and size > unpacking.MOST:
            return [*notes, f"{name} wasn't unpacked whole: it is too large"]
    return notes


def _pieces(path: Path, start: list[int], lock: bool) -> dict[str, Any]:
    try:
        with scratch.folder() as folder:
            return locked.call(
                "dwsep_helpers.grading.people.unpacking.unpack",
                {"path": str(path), "start": start},
                folder,
                reads=[str(path)],
                lock=lock,
            )
    except (TooMuch, TaskFailed, Ended) as error:
        return {"pieces": [], "left_out": [], "next": None, "why": str(error)}


def free(folder: Path, place: Parts) -> Path:
    """Return where a file can be written, and make the folders around it.

    Raises
    ------
    Damaged
        If it can't be.
    """
    if len(place) > DEPTH:
        raise Damaged("it lies too deep in folders")
    names = [archives.file_name(part) for part in place]
    for number in range(1, 1000):
        path = folder.joinpath(*names)
        with suppress(FileExistsError, NotADirectoryError):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                return path
        names[0] = f"{archives.file_name(place[0])} {number + 1}"
    raise Damaged("there are too many of that name")


def _time(folder: Path) -> datetime | None:
    """Return when something was handed in, as its folder says."""
    from dateutil.tz import UTC

    try:
        with (folder / _TIME).open("rb") as file:
            return dates.read(file.read(100).decode("ascii").strip(), UTC)
    except (OSError, UnicodeError):
        return None


def _same(one: Path, other: Path) -> bool:
    """Tell whether two folders have the same files."""

    def files(folder: Path) -> list[str]:
        found = (path.relative_to(folder) for path in archives.walk(folder))
        return [str(path) for path in found if str(path) not in OURS]

    names = files(one)
    return names == files(other) and all(
        not (other / name).is_symlink() and filecmp.cmp(one / name, other / name, shallow=False)
        for name in names
    )
