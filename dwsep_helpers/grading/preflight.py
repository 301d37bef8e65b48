"""Find what learners handed in, and mend what can happen to a notebook on the way.

Learners rename files, unpack archives into further folders, copy cells, lose nbgrader's
metadata, delete test cells. None of that says anything about convolution. Originals are never
touched: a mended copy is graded, and each repair is reported.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dwsep_helpers.grading.examples import grade_id

METADATA = "dwsep"  # of a notebook and its cells: what grading found out
LARGEST = 50 * 2**20  # bytes of a file that is still read
SHOWN = 3  # cells that are called by their names
_DEPTH = 5  # folders below a learner's that are searched
_ALIKE = 0.6  # how much of a cell's text has to be the same, to be taken for it
# What browsers, Colab, JupyterLab and learners add to a file's name.
_ADDED = re.compile(
    r"^(copy of |kopie von |copia de )|( ?\(\d+\)|[-_ ](copy ?\d*|final|solution|new|v?\d))+$",
    re.IGNORECASE,
)
_DEFINED = re.compile(r"^(?:def|class)\s+(\w+)", re.MULTILINE)


class Unreadable(ValueError):
    """A file is no notebook; the message says what is wrong with it."""


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


@dataclass
class Mended:
    """A notebook that can be graded.

    Attributes
    ----------
    notebook : NotebookNode
    repairs : list of str
        What was done to it, for the instructor and the learner to read.
    """

    notebook: NotebookNode
    repairs: list[str] = field(default_factory=list)


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


def read(path: Path) -> Mended:
    """Read a notebook of any version, however large, whatever its outputs.

    Raises
    ------
    Unreadable
        If it can't be read as a notebook.
    """
    if path.is_symlink() or not path.is_file():
        raise Unreadable("it is no file")
    if path.stat().st_size > LARGEST:
        raise Unreadable(f"it has {path.stat().st_size:,} bytes, and {LARGEST:,} are the most")
    raw = path.read_bytes()
    if not raw.strip():
        raise Unreadable("the file is empty")
    try:
        data = json.loads(raw.decode("utf-8-sig"))
        if not isinstance(data, dict) or "nbformat" not in data:
            raise Unreadable("it is JSON, but no notebook")
        if data["nbformat"] not in nbformat.versions:
            raise Unreadable(f"it says that its format is {data['nbformat']!r:.50}")
        notebook = nbformat.from_dict(data)
        old = data["nbformat"] != 4
        if old:
            notebook = nbformat.convert(notebook, 4)
        repairs = [f"it was in the old format {data['nbformat']}"] if old else []
        _drop_outputs(notebook, repairs)
        _, notebook = nbformat.validator.normalize(notebook, strip_invalid_metadata=True)
        nbformat.validate(notebook)
    except Unreadable:
        raise
    except UnicodeDecodeError:
        raise Unreadable("it is not text in UTF-8") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"it is not valid JSON: {error}") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    except Exception as error:  # nbformat raises what it comes across
        first = str(error).strip().partition("\n")[0]
        raise Unreadable(f"it is no valid notebook: {first or type(error).__name__}") from None
    return Mended(notebook, repairs)


def mend(mended: Mended, released: NotebookNode) -> Mended:
    """Give a submission back what nbgrader needs to know of its cells.

    Parameters
    ----------
    mended : Mended
        From :func:`read`; changed in place.
    released : NotebookNode
        The unit's notebook as learners get it.
    """
    notebook, repairs = mended.notebook, mended.repairs
    known = {grade_id(cell): cell for cell in released.cells if grade_id(cell)}
    _forget_unknown_and_copies(notebook, known, repairs)
    _attach(notebook, known, repairs)
    changed: list[str] = []
    for cell in notebook.cells:
        tags = cell.metadata.pop("tags", None) or []
        if skipped := [tag for tag in tags if "skip" in str(tag)]:
            repairs.append(f"the tag {skipped[0]!r} was taken off {_called(cell)}")
        original = known.get(grade_id(cell))
        if original is None:
            continue
        if _is_locked(original) and cell.source.strip() != original.source.strip():
            changed.append(grade_id(cell))
        if cell.cell_type != original.cell_type:
            repairs.append(f"{_called(cell)} was a {cell.cell_type} cell")
            source = cell.source
            cell.clear()
            cell.update(nbformat.from_dict({**original, "source": source}))
        cell.metadata["nbgrader"] = nbformat.from_dict(dict(original.metadata["nbgrader"]))
    present = {grade_id(cell) for cell in notebook.cells}
    repairs += _cells(changed, "differed from the release, and went back to it")
    repairs += _cells([name for name in known if name not in present], "went missing")
    notebook.metadata["kernelspec"] = released.metadata.get("kernelspec", {})
    return mended


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
        cells = read(path).notebook.cells
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
        problems.append(f"of {len(paths)} notebooks, {path.name!r} was taken")
    return Submission(learner, unit, path, path.parent, tuple(problems))


def _drop_outputs(notebook: NotebookNode, repairs: list[str]) -> None:
    size = 0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            size += len(json.dumps(cell.get("outputs", [])))
            cell.outputs, cell.execution_count = [], None
        cell.setdefault("metadata", {})
        if not isinstance(cell.source, str):
            cell.source = "".join(cell.source)
    if size > 10 * 2**20:
        repairs.append(f"{size // 2**20} MB of outputs were dropped")


def _forget_unknown_and_copies(
    notebook: NotebookNode, known: Mapping[str, NotebookNode], repairs: list[str]
) -> None:
    seen, copied, unknown = set(), [], []
    for cell in notebook.cells:
        if "nbgrader" not in cell.metadata:
            continue
        details = cell.metadata["nbgrader"]
        name = details.get("grade_id") if isinstance(details, dict) else None
        if name in seen or name not in known:
            (copied if name in seen else unknown).append(name)
            del cell.metadata["nbgrader"]
        seen.add(name)
    repairs += _cells(copied, "came twice, with points for the first alone")
    repairs += _cells(unknown, "came from elsewhere, and earned nothing")


def _attach(notebook: NotebookNode, known: Mapping[str, NotebookNode], repairs: list[str]) -> None:
    """Find the cells that lost their metadata: by id, text, what they define, likeness."""
    present = {grade_id(cell) for cell in notebook.cells}
    loose = [cell for cell in notebook.cells if grade_id(cell) is None]
    found = []
    for name, original in known.items():
        if name in present:
            continue
        matches = _matches(original, [c for c in loose if c.cell_type == original.cell_type])
        if matches is not None:
            matches.metadata["nbgrader"] = nbformat.from_dict(dict(original.metadata["nbgrader"]))
            loose.remove(matches)
            found.append(name)
    repairs += _cells(found, "lost nbgrader's metadata, and got it back")


def _matches(original: NotebookNode, cells: list[NotebookNode]) -> NotebookNode | None:
    text = original.source.strip()
    for same in (
        lambda cell: original.get("id") is not None and cell.get("id") == original["id"],
        lambda cell: cell.source.strip() == text,
        lambda cell: _defines(original) and _defines(cell)[:1] == _defines(original)[:1],
    ):
        if found := [cell for cell in cells if same(cell)]:
            return found[0]
    if _defines(original):
        return None
    ratios = [(difflib.SequenceMatcher(None, text, c.source.strip()).ratio(), c) for c in cells]
    best = max(ratios, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[0] > _ALIKE else None


def _defines(cell: NotebookNode) -> list[str]:
    return _DEFINED.findall(cell.source) if cell.cell_type == "code" else []


def _is_locked(cell: NotebookNode) -> bool:
    return bool(cell.metadata["nbgrader"].get("locked"))


def _cells(names: list, did: str) -> list[str]:
    """Say something of cells, in one line if there is any."""
    if len(names) < 2:
        return [f"cell {name!r} {did}" for name in names]
    shown = ", ".join(map(repr, names[:SHOWN]))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return [f"{len(names)} cells {did}: {shown}{more}"]


def _called(cell: NotebookNode) -> str:
    return f"cell {grade_id(cell)!r}" if grade_id(cell) else f"a {cell.cell_type} cell"
