"""Look through the folders that were handed in, without opening a file or following a link.

Whatever can't be looked at is told instead of left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from heapq import nsmallest
from pathlib import Path

from dwsep_helpers import course
from dwsep_helpers.grading.names import quoted

DEPTH = 12  # folders below a learner's that are searched
# How it is said of a folder in which there may be more than was seen.
_CLOSED, _DEEP, _MANY = "it can't be read", "it lies too deep to be searched", "it has more than"
UNSEEN = (_CLOSED, _DEEP, _MANY)
MOST = 5_000  # files and folders of a learner that are looked at
# What Jupyter, Python, git, macOS and virtual environments leave behind: nobody's work.
TOOLS = {".ipynb_checkpoints", "__MACOSX", "__pycache__", ".git", ".venv", ".virtual_documents"}
TOOLS_FILES = ("._", ".~")
_UNITS = {unit.name for unit in course.UNITS}
# Files beside learners' folders that are the instructor's, or a system's.
NO_WORK = re.compile(
    r"\.|readme|thumbs\.db$|desktop\.ini$|.*\.(csv|xlsx?|ods|log|toml|ya?ml|db)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Place:
    """Where something of a learner's lies.

    Attributes
    ----------
    name : str
        The folder's, as it is.
    folder : Path
    unit : str or None
        The unit that the folder around it is named after.
    without : frozenset of str
        What in the folder is somebody else's.
    why_not : str or None
        Why nobody can look into it.
    """

    name: str
    folder: Path
    unit: str | None = None
    without: frozenset[str] = frozenset()
    why_not: str | None = None


@dataclass
class Contents:
    """What there is in a learner's folder.

    Attributes
    ----------
    notebooks : list of Path
        Files that are called notebooks.
    folders : list of Path
    odd : list of (Path, str)
        What can't be looked at, and why not.
    others : list of Path
        Other files.
    """

    notebooks: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    odd: list[tuple[Path, str]] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)


def places(submitted: Path, units: Collection[str]) -> Iterator[Place]:
    """Find the learners' folders: in the class's, or where units are the outer ones, in theirs."""
    for entry in _entries(submitted):
        place = Place(entry.name, submitted / entry.name, why_not=_why_not(entry))
        if entry.is_file(follow_symlinks=False):
            if _is_work(entry.name):
                yield replace(place, why_not=_LOOSE)
        elif place.why_not or not (unit := _unit(entry.name, units)):
            yield place
        else:
            yield from _in_units_folder(place, unit, units)


def _in_units_folder(place: Place, unit: str, units: Collection[str]) -> Iterator[Place]:
    """Tell a unit's folder with learners in it from a learner's who is called like a unit."""
    try:
        inner = _entries(place.folder)
    except OSError as error:
        yield replace(place, why_not=_cannot(error))
        return
    files = [e for e in inner if e.is_file(follow_symlinks=False)]
    folders = [e for e in inner if not e.is_file(follow_symlinks=False)]
    others = [e for e in folders if not _unit(e.name, units)]
    if len(others) < len(folders) or any(_is_notebook(e.name) for e in files):
        yield replace(place, without=frozenset(e.name for e in others))
    else:
        loose = [e for e in files if _is_work(e.name)]
        yield from (Place(e.name, place.folder / e.name, unit, why_not=_LOOSE) for e in loose)
    for entry in others:
        yield Place(entry.name, place.folder / entry.name, unit, why_not=_why_not(entry))


def _unit(name: str, units: Collection[str]) -> str | None:
    """Return the unit that a folder is named after, such as ``02_Depthwise`` or ``Unit 2``."""
    number = re.fullmatch(r"unit[ _-]*0*(\d{1,2})", name, re.IGNORECASE)
    start = f"{int(number[1]):02}_" if number else None
    return next((u for u in units if name.lower() == u or (start and u.startswith(start))), None)


def contents(place: Place) -> Contents:
    """Look through a learner's folder and those in it.

    Raises
    ------
    OSError
        If the folder itself can't be read.
    """
    found = Contents()
    _look(place.folder, found, place.without, DEPTH, [MOST])
    return found


def _look(
    folder: Path, found: Contents, without: Collection[str], depth: int, left: list[int]
) -> None:
    for entry in _entries(folder, MOST + 1):
        if entry.name in without:
            continue
        left[0] -= 1
        if left[0] < 0:
            if left[0] == -1:
                found.odd.append((folder, f"{_MANY} {MOST:,} files; not all were seen"))
            return
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            found.folders.append(path)
            try:
                if depth:
                    _look(path, found, (), depth - 1, left)
                else:
                    found.odd.append((path, _DEEP))
            except OSError as error:
                found.odd.append((path, _cannot(error)))
        elif _is_notebook(entry.name):
            if why := _why_not(entry):
                found.odd.append((path, why))
            else:
                found.notebooks.append(path)
        elif entry.is_symlink():
            found.odd.append((path, _LINK))
        else:
            found.others.append(path)


_LINK = "it is a link, and links aren't followed"
_LOOSE = "it lies beside the learners' folders, and not in one"


def _is_work(name: str) -> bool:
    return _is_notebook(name) or not NO_WORK.match(name)


def _why_not(entry: os.DirEntry[str]) -> str | None:
    """Return why something is no folder or file to look into."""
    if entry.is_symlink():
        return _LINK
    if entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False):
        return None
    return "it is no file: a named pipe, a socket or a device"


def _cannot(error: OSError) -> str:
    return f"{_CLOSED}: {error.strerror or type(error).__name__}"


def told_why(path: Path, why: str) -> str:
    """Say why something wasn't looked at."""
    return f"{quoted(path.name)} was left out: {why}"


def _is_notebook(name: str) -> bool:
    """Tell by the name: ``…ipynb``, or a unit's name with what a server or a mail leaves of it."""
    stem, _, ending = name.lower().partition(".")
    return ".ipynb" in name.lower() or (stem in _UNITS and ending in ("", "json", "txt"))


def _entries(folder: Path, most: int | None = None) -> list[os.DirEntry[str]]:
    """Return what is in a folder, what is likely to be graded first, without what tools leave."""
    with os.scandir(folder) as entries:
        kept = filter(_is_somebodys, entries)
        return sorted(kept, key=_turn) if most is None else nsmallest(most, kept, key=_turn)


def _is_somebodys(entry: os.DirEntry[str]) -> bool:
    of_tools = entry.name.startswith(TOOLS_FILES) and not entry.is_dir(follow_symlinks=False)
    return entry.name not in TOOLS and not of_tools


def _turn(entry: os.DirEntry[str]) -> tuple[bool, bool, bool, str]:
    """Put notebooks and units' folders first, files before folders, and hidden ones last."""
    folder = entry.is_dir(follow_symlinks=False)
    likely = entry.name.lower() in _UNITS if folder else _is_notebook(entry.name)
    return not likely, entry.name[0] in "._", folder, entry.name
