"""Find what learners handed in, wherever it lies and whatever it is called.

Learners rename files and unpack archives into further folders. None of that says anything about
convolution. Originals are never touched.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from dwsep_helpers.grading.reading import Unreadable, read

_DEPTH = 5  # folders below a learner's that are searched
# What browsers, Colab, JupyterLab and learners add to a file's name.
_ADDED = re.compile(
    r"^(copy of |kopie von |copia de )|( ?\(\d+\)|[-_ ](copy ?\d*|final|solution|new|v?\d))+$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Submission:
    """What a learner handed in for a unit.

    Attributes
    ----------
    learner, unit : str
    path : Path or None
        The notebook; None if there is none that could be the unit's.
    folder : Path
        What else was handed in lies here.
    problems : tuple of str
        What was unusual about where it lay.
    """

    learner: str
    unit: str
    path: Path | None
    folder: Path
    problems: tuple[str, ...] = ()


def submissions(
    submitted: Path, released: Mapping[str, NotebookNode], units: Iterable[str] = ()
) -> list[Submission]:
    """Find all submissions in a folder, by learner and unit.

    Parameters
    ----------
    submitted : Path
        nbgrader's folder: ``LEARNER/UNIT/UNIT.ipynb``, but for what went wrong.
    released : mapping of str to NotebookNode
        The released notebooks by unit.
    units : iterable of str
        Those wanted; all if none is named.
    """
    wanted = set(units) or set(released)
    found = []
    for learner, folder in _learners(submitted, released):
        by_unit: dict[str, list[Path]] = {}
        for path in _notebooks(folder):
            unit = _unit_of(path, folder, released)
            if unit in wanted:
                by_unit.setdefault(unit, []).append(path)
        for unit in sorted(wanted):
            place = folder / unit
            paths = by_unit.get(unit, [])
            if paths:
                found.append(_chosen(learner, unit, place, paths))
            elif place.is_dir():
                found.append(
                    Submission(learner, unit, None, place, ("there is no notebook in it",))
                )
    return found


def _learners(submitted: Path, released: Mapping[str, NotebookNode]) -> Iterator[tuple[str, Path]]:
    """Return the learners' folders; also where units are the outer ones."""
    for folder in _folders(submitted):
        if folder.name in released:
            yield from ((inner.name, inner) for inner in _folders(folder))
        else:
            yield folder.name, folder


def _folders(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    return sorted(
        f for f in path.iterdir() if f.is_dir() and not f.is_symlink() and f.name[0] not in "._"
    )


def _notebooks(folder: Path, depth: int = _DEPTH) -> list[Path]:
    """Return what looks like a notebook, without following links."""
    found = sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.is_symlink() and ".ipynb" in path.name.lower()
    )
    if depth:
        for inner in _folders(folder):
            found += _notebooks(inner, depth - 1)
    return found


def _unit_of(path: Path, folder: Path, released: Mapping[str, NotebookNode]) -> str | None:
    """Tell by the file's name, its folders' names and at last its cells which unit this is."""
    names = [plain_name(path.name), *reversed(path.relative_to(folder).parent.parts)]
    for name in names:
        for unit in released:
            if name.lower() == unit.lower():
                return unit
    try:
        cells = read(path)[0].cells
    except Unreadable:
        close = difflib.get_close_matches(plain_name(path.name).lower(), released, 1, 0.75)
        return close[0] if close else None
    text = {cell.source.strip() for cell in cells} - {""}
    shared = {
        unit: sum(cell.source.strip() in text for cell in notebook.cells)
        for unit, notebook in released.items()
    }
    best = max(shared, key=lambda unit: shared[unit], default=None)
    return best if best and shared[best] >= 3 else None


def plain_name(name: str) -> str:
    """Return a file's name without what browsers and people add.

    Examples
    --------
    >>> plain_name("Copy of 01_conv2d (1).ipynb"), plain_name("01_conv2d-Copy1.ipynb.txt")
    ('01_conv2d', '01_conv2d')
    """
    name = re.sub(r"\.ipynb.*$", "", name, flags=re.IGNORECASE).strip()
    while (shorter := _ADDED.sub("", name).strip()) != name and shorter:
        name = shorter
    return name


def _chosen(learner: str, unit: str, place: Path, paths: list[Path]) -> Submission:
    """Choose the notebook to grade: the one in its place, else the one changed last."""
    expected = place / f"{unit}.ipynb"
    path = expected if expected in paths else max(paths, key=lambda p: (p.stat().st_mtime, p))
    problems = []
    if path != expected:
        problems.append(f"it was handed in as {path.relative_to(place.parent).as_posix()!r}")
    if len(paths) > 1:
        others = ", ".join(repr(other.name) for other in paths if other != path)
        problems.append(f"{path.name!r} was taken, and not {others}")
    return Submission(learner, unit, path, path.parent, tuple(problems))
