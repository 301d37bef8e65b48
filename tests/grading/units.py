"""A unit as grading knows it, and notebooks of learners who have all answers."""

import tempfile
from copy import deepcopy
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_grade

from demo.examples import fill, right_answers
from dwsep_helpers.grading.execution import ExecuteThroughDeaths
from dwsep_helpers.grading.form import repaired
from dwsep_helpers.grading.mending import mend
from dwsep_helpers.grading.metadata import NOTES, grade_id
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


def run(notebook: NotebookNode, unit: str, beside: Path | None = None) -> NotebookNode:
    """Mend a notebook, run it in locked kernels and judge it, without a gradebook."""
    notebook, _ = repaired(notebook)
    said = mend(notebook, originals(unit), released(unit).cells)
    notebook.metadata[NOTES] = {"repairs": said}
    execute = _Released(unit)
    with tempfile.TemporaryDirectory() as empty:
        where = {"metadata": {"path": str(beside or empty)}, "nbgrader": {"assignment": unit}}
        execute.preprocess(notebook, where)
    return notebook


class _Released(ExecuteThroughDeaths):
    def __init__(self, unit: str) -> None:
        super().__init__(timeout=10)
        self.unit = unit

    def _released_sources(self, names: object) -> set[str]:
        return {c.source for c in released(self.unit).cells if c.cell_type == "code"}


def points(notebook: NotebookNode) -> dict[str, float | None]:
    """Return what nbgrader makes of the graded cells; None where someone has to read."""
    graded = [one for one in notebook.cells if is_grade(one)]
    return {grade_id(one).removeprefix("test_"): determine_grade(one)[0] for one in graded}
