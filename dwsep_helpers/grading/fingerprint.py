"""A text that differs if anything does that decides a submission's points.

That is what was handed in, the unit, and the code that judges it: what the unit's checks import, by
a walk through import statements, and what grading reads, mends and runs notebooks with. So a mended
check has its unit graded again, and no other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from dwsep_helpers import __version__, course
from dwsep_helpers.grading.preflight import Submission

ROOT = Path(__file__).resolve().parents[2]  # the folder that the package lies in
_GRADING = ("examined", "examining")
# What is listed here for all units decides none's points, nor does what the lists import.
_LISTS = ("dwsep_helpers", "dwsep_helpers.checks", "dwsep_helpers.course")
_IMPORT = re.compile(  # ast needs thirty times as long
    r"^ *(?:from (dwsep_helpers[\w.]*) import (?:\(([^)]*)\)|(.*)$)|import (dwsep_helpers[\w.]*))",
    re.MULTILINE,
)


def fingerprint(one: Submission, source: Path) -> str:
    """Return a text that differs if a submission, its unit or what judges it does.

    Parameters
    ----------
    one : Submission
    source : Path
        The author's notebook.
    """
    beside = one.folder.glob("*") if one.folder.is_dir() else []
    files = sorted(path for path in beside if path.is_file())
    handed_in = [path for path in (source, one.path, *files) if path]
    plain = (path for path in handed_in if path.is_file() and not path.is_symlink())
    return _digest(of_code(one.unit), plain)


@cache
def of_code(unit: str, root: Path = ROOT) -> str:
    """Return a text that differs if the code does that judges a unit."""
    return _digest(__version__, sources(unit, root))


def sources(unit: str, root: Path = ROOT) -> list[Path]:
    """Return the files with the code that decides a unit's points.

    Parameters
    ----------
    unit : str
        Such as ``"03_pointwise"``.
    root : Path
        The folder that the package and ``nbgrader_config.py`` lie in.

    Examples
    --------
    >>> names = {path.stem for path in sources("03_pointwise")}
    >>> {"engine", "execution", "nbgrader_config"} <= names, "unit_04" in names
    (True, False)
    """
    left = [f"dwsep_helpers.checks.unit_{course.unit(unit).number}"]
    left += [f"dwsep_helpers.grading.{name}" for name in _GRADING]
    seen = set(_LISTS)
    found = [path for path in [root / "nbgrader_config.py"] if path.is_file()]
    while left:
        name = left.pop()
        path = _file(name, root)
        if name not in seen and path:
            seen.add(name)
            found.append(path)
            left += used(path.read_text(encoding="utf-8"), root)
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
            attributes = re.findall(rf"\b{name}\.(\w+)", text) if whole != package else [name]
            found += _defining(whole, attributes, root)
    return found


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
    listed = {
        name: place for place, taken in imported(path.read_text(encoding="utf-8")) for name in taken
    }
    submodules = {name: f"{module}.{name}" for name in names if _file(f"{module}.{name}", root)}
    return [(listed | submodules).get(name, module) for name in names]


def _file(module: str, root: Path) -> Path | None:
    """Return the file of a module or package, if there is one."""
    place = root.joinpath(*module.split("."))
    files = (place / "__init__.py", place.with_suffix(".py"))
    return next((path for path in files if path.is_file()), None)


def _digest(start: str, files: Iterable[Path]) -> str:
    digest = hashlib.sha256(start.encode())
    for path in files:
        digest.update(f"\0{path.name}\0".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
