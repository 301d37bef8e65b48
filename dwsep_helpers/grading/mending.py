"""Read a submission, and mend what can happen to a notebook on the way.

Learners copy cells, lose nbgrader's metadata, delete and edit test cells, skip them by tags. A
mended copy is graded, and each repair is reported.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dwsep_helpers.grading.examples import grade_id

METADATA = "dwsep"  # of a notebook and its cells: what grading found out
LARGEST = 50 * 2**20  # bytes of a file that is still read
SHOWN = 3  # cells that are called by their names
_ALIKE = 0.6  # how much of a cell's text has to be the same, to be taken for it
_DEFINED = re.compile(r"^(?:def|class)\s+(\w+)", re.MULTILINE)


class Unreadable(ValueError):
    """A file is no notebook; the message says what is wrong with it."""


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


def noted(metadata: Mapping) -> dict:
    """Return what grading found out, of a notebook's or a cell's metadata."""
    found = metadata.get(METADATA)
    return found if isinstance(found, dict) else {}


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
    return max(
        (c for c in cells if _likeness(text, c) > _ALIKE),
        default=None,
        key=partial(_likeness, text),
    )


def _likeness(text: str, cell: NotebookNode) -> float:
    """Return how much of a text a cell has, from 0 to 1; 0 for one that can't be alike."""
    compared = difflib.SequenceMatcher(None, text, cell.source.strip())
    if compared.real_quick_ratio() <= _ALIKE or compared.quick_ratio() <= _ALIKE:
        return 0  # in a time that doesn't grow with the product of their lengths
    return compared.ratio()


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
