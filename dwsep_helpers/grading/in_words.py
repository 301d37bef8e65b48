"""Find an answer in words that doesn't stand where it belongs.

Such an answer waits to be read, and nobody should have to look for it: learners write it into a
cell of their own, into the question, into a code cell, or delete the one that waits for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy

from nbformat import NotebookNode

from dwsep_helpers.grading.cells_needed import names_of
from dwsep_helpers.grading.merged import added, plain, same_text
from dwsep_helpers.grading.metadata import grade_id
from dwsep_helpers.grading.originals import Original

_WORDS = 3  # in a cell of code that is none
_NUMBER = re.compile(r"(\d+)_(\d+)$")


def find_answers(
    notebook: NotebookNode, originals: Mapping[str, Original], released: Sequence[NotebookNode]
) -> tuple[list[str], list[str]]:
    """Give each answer in words its place, and the mark by which nbgrader knows it.

    Parameters
    ----------
    notebook : NotebookNode
        What the learner handed in; changed in place.
    originals : mapping of str to Original
        The unit's cells by their names.
    released : sequence of NotebookNode
        What the learner was given.

    Returns
    -------
    moved, missing : list of str
        Names of answers that stood elsewhere, and of places that were gone.
    """
    moved, missing = [], []
    texts, ids = {plain(cell.source) for cell in released}, {cell.get("id") for cell in released}
    for name, original in originals.items():
        if not original.by_hand:
            continue
        box = next((cell for cell in notebook.cells if grade_id(cell) == name), None)
        if box is not None and box.source.strip() and not same_text(box.source, original.released):
            continue
        mine = [
            grade_id(cell) is None and cell.get("id") not in ids and plain(cell.source) not in texts
            for cell in notebook.cells
        ]
        found, place = _found(notebook.cells, mine, box, name, released)
        if box is None:
            box = deepcopy(original.cell)
            notebook.cells.insert(place, box)
            missing.append(name)
        if found:
            moved.append(name)
            box.source = "\n\n".join(text for _, text in found)
            for cell, _ in found:
                if pictures := cell.pop("attachments", None):
                    box.setdefault("attachments", NotebookNode()).update(pictures)
            taken = [id(cell) for cell, _ in found if cell.get("id") not in ids]
            notebook.cells = [cell for cell in notebook.cells if id(cell) not in taken]
    return moved, missing


def _found(
    cells: Sequence[NotebookNode],
    mine: Sequence[bool],
    box: NotebookNode | None,
    name: str,
    released: Sequence[NotebookNode],
) -> tuple[list[tuple[NotebookNode, str]], int]:
    """Return the cells that hold an answer, with its text; and where its place is."""
    order = [grade_id(cell) for cell in released]
    before = released[: order.index(name)] if name in order else []
    after = [one for one in released[len(before) + 1 :][:1] if before and one.cell_type != "code"]
    around = {one.get("id"): one.source for one in (*before[-1:], *after)}
    place = _place(cells, box, before)
    first = last = place
    while box is not None and first and mine[first - 1]:
        first -= 1
    last += box is not None
    while last < len(cells) and mine[last]:
        last += 1
    number = ".".join(found.groups()) if (found := _NUMBER.search(name)) else "\0"
    texts = []
    for index, cell in enumerate(cells):
        near = first <= index < last or number in cell.source
        if mine[index] and near and _is_text(cell):
            texts.append((cell, cell.source.strip()))
        elif (given := around.get(cell.get("id"))) is not None:
            parts = added(cell.source, given)
            if text := "\n\n".join(filter(None, parts)).strip():
                texts.append((cell, text))
    return texts if released else [], place


def _place(
    cells: Sequence[NotebookNode], box: NotebookNode | None, before: Sequence[NotebookNode]
) -> int:
    """Return the index of the box; where it is gone, of the cell below what came before it."""
    if box is not None:
        return next(index for index, cell in enumerate(cells) if cell is box)
    ids = {cell.get("id"): index for index, cell in enumerate(cells)}
    texts = {plain(cell.source): index for index, cell in enumerate(cells)}
    for given in reversed(before):
        index = ids.get(given.get("id"), texts.get(plain(given.source)))
        if index is not None:
            return index + 1
    return len(cells)


def _is_text(cell: NotebookNode) -> bool:
    if cell.cell_type != "code":
        return bool(cell.source.strip())
    words = cell.source.split(None, _WORDS)
    return len(words) > _WORDS and cell.source[0] not in "%!?" and names_of(cell.source) is None
