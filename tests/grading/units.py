"""A unit as grading knows it, and notebooks of learners who have all answers."""

from copy import deepcopy
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from demo.examples import fill, right_answers
from dwsep_helpers.grading.metadata import grade_id
from dwsep_helpers.grading.originals import Original

ROOT = Path(__file__).resolve().parents[2]


@cache
def _notebook(folder: str, unit: str) -> NotebookNode:
    return nbformat.read(ROOT / folder / unit / f"{unit}.ipynb", as_version=4)


def released(unit: str) -> NotebookNode:
    """Return what learners get."""
    return deepcopy(_notebook("notebooks", unit))


def answered(unit: str) -> NotebookNode:
    """Return it with all right answers."""
    return fill(released(unit), right_answers(_notebook("solutions", unit)))


def originals(unit: str) -> dict[str, Original]:
    """Return the unit's cells by name, without the tests that learners don't see."""
    return {
        name: Original(cell, cell.source.strip())
        for cell in released(unit).cells
        if (name := grade_id(cell))
    }


def place(notebook: NotebookNode, name: str) -> int:
    """Return the index of the cell with a name."""
    return next(i for i, cell in enumerate(notebook.cells) if grade_id(cell) == name)


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return the cell with a name."""
    return notebook.cells[place(notebook, name)]
