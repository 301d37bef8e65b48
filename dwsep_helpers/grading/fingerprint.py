"""A text that differs if anything does that decides a submission's points.

That is what was handed in, the unit, and the code that judges it: what the unit's checks import, by
a walk through import statements, and what grading reads, mends and runs notebooks with. So a mended
check has its unit graded again, and no other.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from dwsep_helpers import __version__, course, translation
from dwsep_helpers.grading.confinement.room import beside
from dwsep_helpers.grading.preflight import Submission

ROOT = Path(__file__).resolve().parents[2]  # the folder that the package lies in
_MOST = 50 * 2**20  # bytes of a file that is read to see whether it changed
_GRADING = ("examined", "examining")
_SETTINGS = ("dwsep_helpers", "grading", "settings.py")
# What is listed here for all units decides none's points, nor does what the lists import.
_LISTS = ("dwsep_helpers", "dwsep_helpers.checks", "dwsep_helpers.course")
_IMPORT = re.compile(  # ast needs thirty times as long
    r"^ *(?:from (dwsep_helpers[\w.]*) import (?:\(([^)]*)\)|(.*)$)|import (dwsep_helpers[\w.]*))",
    re.MULTILINE,
)


def fingerprint(one: Submission, *others: Path) -> str:
    """Return a text that differs if a submission, its unit or what judges it does.

    Parameters
    ----------
    one : Submission
    *others : Path
        The author's notebook, and the released one.

    Raises
    ------
    OSError
        If something that was handed in can't be read.
    """
    names, files = _files(one)
    ours = [path for path in others if path.is_file()]
    names, files = [""] * len(ours) + names, ours + files
    return digest_files(_of_judging(one.unit), names, files)


def signature(one: Submission, *others: Path) -> str:
    """Return a text that differs if files were written since, or moved; it reads none of them.

    Where it is the same as before, so is the :func:`fingerprint`.
    """
    names, files = _files(one)
    digest = hashlib.sha256(_of_judging(one.unit).encode())
    for name, path in zip([""] * len(others) + names, [*others, *files], strict=True):
        digest.update(os.fsencode(f"\0{name}\0{_state(path)}"))
    return digest.hexdigest()


def digest_files(start: str, names: Sequence[str], files: Sequence[Path]) -> str:
    """Hash files under their names. It parses nothing, and reads no more than `_MOST` of a file.

    A larger one counts by its size and its times: one of nothing but holes would take hours.
    """
    digest = hashlib.sha256(start.encode())
    for name, path in zip(names, files, strict=True):
        digest.update(os.fsencode(f"\0{name}\0"))
        if path.stat().st_size > _MOST:
            digest.update(_state(path).encode())
            continue
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _files(one: Submission) -> tuple[list[str], list[Path]]:
    """Return what a submission is graded with: the notebook, what is copied, and the time.

    The notebook's name is its own, others' are their places.
    """

    def closed(error: OSError) -> None:
        raise error

    notebook = [one.path] if one.path else []
    others = list(beside(one.folder, closed=closed))
    others += [one.time] if one.time and one.time.is_file() else []
    names = [path.name for path in notebook]
    names += [os.path.relpath(path, one.folder) for path in others]
    return names, notebook + others


def _state(path: Path) -> str:
    try:
        is_now = path.stat()
    except FileNotFoundError:
        return ""
    return f"{is_now.st_size} {is_now.st_mtime_ns} {is_now.st_ctime_ns} {is_now.st_ino}"


def _of_judging(unit: str) -> str:
    """Return a text that differs if the code does that judges a unit, or the language it says."""
    language = translation.chosen()
    return of_code(unit) + (language.digest if language else "")


@cache
def of_code(unit: str, root: Path = ROOT) -> str:
    """Return a text that differs if the code does that judges a unit."""
    digest = hashlib.sha256(__version__.encode())
    for path in sources(unit, root):
        digest.update(f"\0{path.name}\0{text_of(path)}".encode())
    return digest.hexdigest()


@cache
def text_of(path: Path) -> str:
    """Return a Python file's text; units share most files, and each is read once."""
    return path.read_text(encoding="utf-8")


def sources(unit: str, root: Path = ROOT) -> list[Path]:
    """Return the files with the code that decides a unit's points.

    Parameters
    ----------
    unit : str
        Such as ``"03_pointwise"``.
    root : Path
        The folder that the package lies in.

    Examples
    --------
    >>> names = {path.stem for path in sources("03_pointwise")}
    >>> {"engine", "execution", "settings"} <= names, "unit_04" in names
    (True, False)
    """
    left = [f"dwsep_helpers.checks.unit_{course.unit(unit).number}"]
    left += [f"dwsep_helpers.grading.{name}" for name in _GRADING]
    seen = set(_LISTS)
    found = [root.joinpath(*_SETTINGS)]  # itself: most of what it names decides no points
    while left:
        name = left.pop()
        path = _file(name, root)
        if name not in seen and path:
            seen.add(name)
            found.append(path)
            left += used(text_of(path), root)
    return sorted(found)


def used(text: str, root: Path = ROOT) -> list[str]:
    r"""Return the modules whose code a Python file uses.

    Of a package that lists what its modules define, those modules alone whose names are used.

    Examples
    --------
    >>> used("from dwsep_helpers import cost\nprint(cost.conv2d_cost)")
    ['dwsep_helpers.cost.layers']
    """
    found: list[str] = []
    for package, names in imported(text):
        for name in names or [""]:
            whole = f"{package}.{name}" if _file(f"{package}.{name}", root) else package
            attributes = _attributes(text).get(name, []) if whole != package else [name]
            found += _defining(whole, attributes, root)
    return found


@cache
def _attributes(text: str) -> dict[str, list[str]]:
    """Return what a Python file takes from what has a name, as in ``name.attribute``."""
    found: dict[str, list[str]] = {}
    for name, attribute in re.findall(r"\b(\w+)(?=\.(\w+))", text):
        found.setdefault(name, []).append(attribute)
    return found


@cache
def imported(text: str) -> list[tuple[str, list[str]]]:
    """Return what a Python file imports of the package: modules, and the names taken from them.

    Examples
    --------
    >>> imported("from dwsep_helpers.cost import conv2d_cost")
    [('dwsep_helpers.cost', ['conv2d_cost'])]
    """
    return [
        (package or module, re.findall(r"\w+", several or one))
        for package, several, one, module in _IMPORT.findall(text)
    ]


def _defining(module: str, names: list[str], root: Path) -> list[str]:
    """Return the modules that define some names of one, itself if that can't be told."""
    path = _file(module, root)
    if module in _LISTS or path is None or path.name != "__init__.py" or not names:
        return [module]
    listed = {name: place for place, taken in imported(text_of(path)) for name in taken}
    submodules = {name: f"{module}.{name}" for name in names if _file(f"{module}.{name}", root)}
    return [(listed | submodules).get(name, module) for name in names]


@cache
def _file(module: str, root: Path) -> Path | None:
    """Return the file of a module or package, if there is one."""
    place = root.joinpath(*module.split("."))
    files = (place / "__init__.py", place.with_suffix(".py"))
    return next((path for path in files if path.is_file()), None)
