"""Mend what can happen to a notebook on its way, by accident or design, before it runs.

Learners copy cells, lose nbgrader's metadata, delete and edit test cells, skip them by tags. A
mended copy is graded, and each repair is reported. nbgrader's own steps do less: one copied cell
stops its run, and a deleted exercise has its submission given up.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

import nbformat
from nbformat import NotebookNode

from dwsep_helpers.grading.metadata import NOTES, grade_id

SHOWN = 3  # cells that are called by their names
_ALIKE = 0.6  # how much of a cell's text has to be the same, to be taken for it
_DEFINED = re.compile(r"^(?:def|class)\s+(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Original:
    """A cell as its author wrote it.

    Attributes
    ----------
    cell : NotebookNode
        With its hidden tests, and nbgrader's metadata.
    released : str
        Its text as learners get it, without hidden tests.
    """

    cell: NotebookNode
    released: str

    @property
    def name(self) -> str:
        """Its name in the gradebook. The course's cells have it as their id too."""
        return self.details["grade_id"]

    @property
    def details(self) -> dict[str, Any]:
        """What nbgrader knows of it."""
        return self.cell.metadata["nbgrader"]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {"cell": self.cell, "released": self.released}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Original:
        """Return what :meth:`to_json` was called on."""
        return cls(nbformat.from_dict(data["cell"]), data["released"])


def mend(notebook: NotebookNode, originals: Mapping[str, Original]) -> list[str]:
    """Give a submission back, in place, what nbgrader needs to know of its cells.

    Parameters
    ----------
    notebook : NotebookNode
        What the learner handed in.
    originals : mapping of str to Original
        The unit's cells by their names, in the unit's order.

    Returns
    -------
    list of str
        What was done, for the instructor and the learner to read.
    """
    repairs = _forget_unknown_and_copies(notebook, originals)
    repairs += _find_cells_without_metadata(notebook, originals)
    changed: list[str] = []
    for cell in notebook.cells:
        tags = cell.metadata.pop("tags", None) or []
        if skipped := [tag for tag in tags if "skip" in str(tag)]:
            repairs.append(f"the tag {skipped[0]!r} was taken off {_called(cell)}")
        cell.metadata.pop(NOTES, None)  # a learner's: grading has noted nothing yet
        original = originals.get(grade_id(cell) or "")
        if original is None:
            continue
        if cell.cell_type != original.cell.cell_type:
            repairs.append(f"{_called(cell)} was a {cell.cell_type} cell")
            _change_type(cell, original.cell)
        if original.details["locked"]:
            if cell.source.strip() != original.released:
                changed.append(original.name)
            cell.source = original.cell.source
        cell.metadata["nbgrader"] = deepcopy(original.details)
    repairs += _about(changed, "differed from the release, and went back to it")
    return repairs + _add_missing(notebook, originals)


def _forget_unknown_and_copies(
    notebook: NotebookNode, originals: Mapping[str, Original]
) -> list[str]:
    """Let nbgrader know one cell of each name, the first; copies run and aren't graded."""
    seen: set[str | None] = set()
    copied: list[str | None] = []
    unknown: list[str | None] = []
    for cell in notebook.cells:
        if "nbgrader" not in cell.metadata:
            continue
        name = grade_id(cell)
        if name in seen or name not in originals:
            (copied if name in seen else unknown).append(name)
            del cell.metadata["nbgrader"]
        seen.add(name)
    return [
        *_about(copied, "came twice, with points for the first alone"),
        *_about(unknown, "came from elsewhere, and earned nothing"),
    ]


def _find_cells_without_metadata(
    notebook: NotebookNode, originals: Mapping[str, Original]
) -> list[str]:
    """Find cells that lost nbgrader's metadata: by id, text, what they define, likeness."""
    present = {grade_id(cell) for cell in notebook.cells}
    unnamed = [cell for cell in notebook.cells if grade_id(cell) is None]
    found = []
    for name, original in originals.items():
        if name in present:
            continue
        same_type = [c for c in unnamed if c.cell_type == original.cell.cell_type]
        if (match := _match(original, same_type)) is not None:
            match.metadata["nbgrader"] = deepcopy(original.details)
            unnamed.remove(match)
            found.append(name)
    return _about(found, "lost nbgrader's metadata, and got it back")


def _match(original: Original, cells: list[NotebookNode]) -> NotebookNode | None:
    text, defines = original.released, _defines(original.cell)
    for same in (
        lambda cell: cell.get("id") == original.name,
        lambda cell: cell.source.strip() == text,
        lambda cell: defines and _defines(cell)[:1] == defines[:1],
    ):
        if found := [cell for cell in cells if same(cell)]:
            return found[0]
    if defines:
        return None
    alike = [cell for cell in cells if _likeness(text, cell) > _ALIKE]
    return max(alike, default=None, key=partial(_likeness, text))


def _likeness(text: str, cell: NotebookNode) -> float:
    """Return how much of a text a cell has, from 0 to 1; 0 for one that can't be alike."""
    compared = difflib.SequenceMatcher(None, text, cell.source.strip())
    if compared.real_quick_ratio() <= _ALIKE or compared.quick_ratio() <= _ALIKE:
        return 0  # in a time that doesn't grow with the product of their lengths
    return compared.ratio()


def _defines(cell: NotebookNode) -> list[str]:
    return _DEFINED.findall(cell.source) if cell.cell_type == "code" else []


def _change_type(cell: NotebookNode, original: NotebookNode) -> None:
    kept = {key: cell[key] for key in ("id", "metadata", "source") if key in cell}
    made = {key: value for key, value in original.items() if key != "id"}
    cell.clear()
    cell.update({**deepcopy(made), **kept})


def _add_missing(notebook: NotebookNode, originals: Mapping[str, Original]) -> list[str]:
    """Add the locked cells that are missing: each below the cell that the unit has it below.

    A test cell whose exercise is gone goes to the end, where whatever the learner wrote elsewhere
    is defined; the set-up cell returns to the start.
    """
    present = [grade_id(cell) for cell in notebook.cells]
    missing = [name for name in originals if name not in present]
    before = None
    for name, original in originals.items():
        if name in missing and original.details["locked"]:
            below = present.index(before) + 1 if before in present else len(present)
            place = below if before else 0
            added = deepcopy(original.cell)
            if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):
                del added["id"]
            notebook.cells.insert(place, added)
            present.insert(place, name)
        before = name
    return _about(missing, "went missing")


def _about(names: Iterable[str | None], did: str) -> list[str]:
    """Say something of cells, in one line if there is any."""
    shown = [*map(repr, names)]
    if len(shown) < 2:
        return [f"cell {name} {did}" for name in shown]
    more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    return [f"{len(shown)} cells {did}: {', '.join(shown[:SHOWN])}{more}"]


def _called(cell: NotebookNode) -> str:
    return f"cell {grade_id(cell)!r}" if grade_id(cell) else f"a {cell.cell_type} cell"
