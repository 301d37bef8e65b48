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
_GRADING = ("reading", "mending", "execution")
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
        place = root.joinpath(*name.split("."))
        if name not in seen:
            seen.add(name)
            files = (place / "__init__.py", place.with_suffix(".py"))
            for path in (path for path in files if path.is_file()):
                found.append(path)
                left += imported(path.read_text(encoding="utf-8"))
    return sorted(found)


def imported(text: str) -> list[str]:
    """Return what a Python file imports of the package; names in it that are no modules too.

    Examples
    --------
    >>> imported("from dwsep_helpers.cost import conv2d_cost")
    ['dwsep_helpers.cost', 'dwsep_helpers.cost.conv2d_cost']
    """
    found = []
    for package, several, one, module in _IMPORT.findall(text):
        names = re.findall(r"\w+", several or one)
        found += [package or module, *(f"{package}.{name}" for name in names)]
    return found


def _digest(start: str, files: Iterable[Path]) -> str:
    digest = hashlib.sha256(start.encode())
    for path in files:
        digest.update(f"\0{path.name}\0".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
