"""A text that differs if anything does that decides a submission's points.

That is what was handed in, the unit, and the code that judges it: what the unit's checks import, by
a walk through import statements, and what grading runs and mends notebooks with. So a mended check
has its unit graded again, and no other.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from dwsep_helpers import __version__, course
from dwsep_helpers.grading.preflight import Submission

ROOT = Path(__file__).resolve().parents[2]  # the folder that the package lies in
_GRADING = ("reading", "mending", "execution")
# These import all units: what they import says nothing of one of them.
_OF_ALL_UNITS = ("dwsep_helpers", "dwsep_helpers.checks")


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
    digest = hashlib.sha256(of_code(one.unit, ROOT).encode())
    _add(digest, (path for path in handed_in if path.is_file() and not path.is_symlink()))
    return digest.hexdigest()


@cache
def of_code(unit: str, root: Path) -> str:
    """Return a text that differs if the code does that judges a unit; worked out once."""
    digest = hashlib.sha256(__version__.encode())
    _add(digest, sources(unit, root))
    return digest.hexdigest()


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
    >>> {"engine", "execution", "nbgrader_config", "unit_03"} <= names, "unit_04" in names
    (True, False)
    """
    left = [f"dwsep_helpers.checks.unit_{course.unit(unit).number}"]
    left += [f"dwsep_helpers.grading.{name}" for name in _GRADING]
    found: dict[str, Path] = {}
    while left:
        name = left.pop()
        path = _file(name, root)
        if path and name not in found and name not in _OF_ALL_UNITS:
            found[name] = path
            left += _imported(path)
    config = root / "nbgrader_config.py"
    return sorted(path for path in {*found.values(), config} if path.is_file())


def _file(module: str, root: Path) -> Path | None:
    place = root.joinpath(*module.split("."))
    files = (place / "__init__.py", place.with_suffix(".py"))
    return next((path for path in files if path.is_file()), None)


@cache
def _imported(path: Path) -> list[str]:
    """Return what a file imports of the package; names that are no modules too."""
    found = []
    for node in _statements(ast.parse(path.read_bytes()).body):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name for name in found if name.startswith("dwsep_helpers.")]


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Go through statements, those inside functions and conditions too; not through expressions."""
    for statement in body:
        yield statement
        for part in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(statement, part, []))


def _add(digest: hashlib._Hash, files: Iterable[Path]) -> None:
    for path in files:
        digest.update(f"\0{path.name}\0".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
