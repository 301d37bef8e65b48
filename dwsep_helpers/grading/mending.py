"""Mend what can happen to a notebook on its way, by accident or design, before it runs.

Learners copy cells, lose nbgrader's metadata, delete and edit test cells, skip them by tags. A
mended copy is graded, and each repair is reported. nbgrader's own steps do less: one copied cell
stops its run, and a deleted exercise has its submission given up.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from functools import partial
from itertools import islice

from nbformat import NotebookNode

from dwsep_helpers.grading.in_words import find_answers
from dwsep_helpers.grading.merged import keep_added, same_text
from dwsep_helpers.grading.metadata import NOTES, grade_id
from dwsep_helpers.grading.originals import Original

SHOWN = 3  # cells that are called by their names
COMPARED = 50  # cells, letter by letter, when one is looked for
_ALIKE = 0.6  # how much of a cell's text has to be the same, to be taken for it
_DEFINED = re.compile(r"^(?:def|class)\s+(\w+)", re.MULTILINE)


def mend(
    notebook: NotebookNode,
    originals: Mapping[str, Original],
    released: Sequence[NotebookNode] = (),
) -> list[str]:
    """Give a submission back, in place, what nbgrader needs to know of its cells.

    Parameters
    ----------
    notebook : NotebookNode
        What the learner handed in, in the form that :func:`dwsep_helpers.grading.form.repaired`
        gives it.
    originals : mapping of str to Original
        The unit's cells by their names, in the unit's order.
    released : sequence of NotebookNode
        All cells of the unit, as the learner got it: where they are known, answers in words are
        found in other cells too.

    Returns
    -------
    list of str
        What was done, for the instructor and the learner to read.
    """
    repairs = _forget_unknown_and_copies(notebook, originals)
    repairs += _keep_what_was_added(notebook, originals)
    repairs += _find_cells_without_metadata(notebook, originals)
    moved, missing = find_answers(notebook, originals, released)
    repairs += _about(moved, "was untouched or gone, and got the answer that stands elsewhere")
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
            if not same_text(cell.source, original.released):
                changed.append(original.name)
            cell.source = original.cell.source
        cell.metadata["nbgrader"] = deepcopy(original.details)
    repairs += _about(changed, "differed from the release, and went back to it")
    missing = _add_missing(notebook, originals, missing)
    return repairs + _about(missing, "went missing")


def _forget_unknown_and_copies(
    notebook: NotebookNode, originals: Mapping[str, Original]
) -> list[str]:
    """Let nbgrader know one cell of each name; the others run, and aren't graded.

    It is the first, or of those that learners write into the first that was changed.
    """
    taken: dict[str, NotebookNode] = {}
    for cell in notebook.cells:
        original = originals.get(name := grade_id(cell) or "")
        if original is None:
            continue
        first = taken.setdefault(name, cell)
        if not original.details["locked"] and same_text(first.source, original.released):
            taken[name] = first if same_text(cell.source, original.released) else cell
    copied: list[str | None] = []
    unknown: list[str | None] = []
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata and taken.get(grade_id(cell) or "") is not cell:
            (copied if grade_id(cell) in taken else unknown).append(grade_id(cell))
            del cell.metadata["nbgrader"]
    return [
        *_about(copied, "came twice, with points for one of them alone"),
        *_about(unknown, "earned nothing, since the unit has none of that name"),
    ]


def _keep_what_was_added(notebook: NotebookNode, originals: Mapping[str, Original]) -> list[str]:
    """Give what was written into a locked code cell, or merged with it, a cell of its own."""
    kept, names = [], []
    for cell in notebook.cells:
        original = originals.get(grade_id(cell) or "")
        above: list[NotebookNode] = []
        below: list[NotebookNode] = []
        if original and original.details["locked"] and original.cell.cell_type == "code":
            above, below = keep_added(cell, original.released)
            names += [original.name] if above or below else []
        kept += [*above, cell, *below]
    notebook.cells = kept
    return _about(names, "had code of the learner's in it, which got a cell of its own")


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
        by_id = [c for c in unnamed if c.id == name]
        if (match := next(iter(by_id), None) or _match(original, same_type)) is not None:
            match.metadata["nbgrader"] = deepcopy(original.details)
            unnamed.remove(match)
            found.append(name)
    return _about(found, "lost nbgrader's metadata, and got it back")


def _match(original: Original, cells: list[NotebookNode]) -> NotebookNode | None:
    text, defines = original.released, _defines(original.cell)
    for same in (
        lambda cell: cell.source.strip() == text,
        lambda cell: defines and _defines(cell)[:1] == defines[:1],
        lambda cell: defines and defines[0] in _defines(cell),
    ):
        if found := [cell for cell in cells if same(cell)]:
            return found[0]
    if defines:
        return None
    able = [*islice((cell for cell in cells if _may_be_alike(text, cell)), COMPARED)]
    best = max(able, default=None, key=partial(_likeness, text))
    return best if best is not None and _likeness(text, best) > _ALIKE else None


def _may_be_alike(text: str, cell: NotebookNode) -> bool:
    """Whether two texts can be alike, in a time that doesn't grow with the product of lengths."""
    compared = difflib.SequenceMatcher(None, text, cell.source.strip())
    return compared.real_quick_ratio() > _ALIKE and compared.quick_ratio() > _ALIKE


def _likeness(text: str, cell: NotebookNode) -> float:
    """Return how much of a text a cell has, from 0 to 1."""
    return difflib.SequenceMatcher(None, text, cell.source.strip()).ratio()


def _defines(cell: NotebookNode) -> list[str]:
    return _DEFINED.findall(cell.source) if cell.cell_type == "code" else []


def _change_type(cell: NotebookNode, original: NotebookNode) -> None:
    kept = {key: cell[key] for key in ("id", "metadata", "source") if key in cell}
    made = {key: value for key, value in original.items() if key != "id"}
    cell.clear()
    cell.update({**deepcopy(made), **kept})


def _add_missing(
    notebook: NotebookNode, originals: Mapping[str, Original], known: Sequence[str]
) -> list[str]:
    """Add the locked cells that are missing: each below the cell that the unit has it below.

    A test cell whose exercise is gone goes to the end, where whatever the learner wrote elsewhere
    is defined; the set-up cell returns to the start. The names of all that were missing come back,
    those known before among them.
    """
    present = [grade_id(cell) for cell in notebook.cells]
    missing = [name for name in originals if name not in present]
    before = None
    for name, original in originals.items():
        if name in missing and original.details["locked"]:
            below = present.index(before) + 1 if before in present else len(present)
            place = below if before else 0
            notebook.cells.insert(place, deepcopy(original.cell))
            present.insert(place, name)
        before = name
    return [name for name in originals if name in missing or name in known]


def _about(names: Iterable[str | None], did: str) -> list[str]:
    """Say something of cells, in one line if there is any."""
    shown = [*map(repr, names)]
    if len(shown) < 2:
        return [f"cell {name} {did}" for name in shown]
    more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    return [f"{len(shown)} cells {did}: {', '.join(shown[:SHOWN])}{more}"]


def _called(cell: NotebookNode) -> str:
    return f"cell {grade_id(cell)!r}" if grade_id(cell) else f"a {cell.cell_type} cell"
