"""A unit as grading knows it, and notebooks of learners who have all answers."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_grade

from demo.examples import fill, right_answers
from dwsep_helpers.grading import locked, scratch
from dwsep_helpers.grading.confinement.room import modules_of
from dwsep_helpers.grading.examined import taken_in
from dwsep_helpers.grading.examining import examine
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


def run(
    notebook: NotebookNode,
    unit: str,
    beside: Path | None = None,
    *,
    here: bool = False,
    **settings: Any,
) -> NotebookNode:
    """Mend a notebook, run it in locked kernels and judge it, without a gradebook.

    Or here, in this process, with kernels as Jupyter starts them. Settings are those of what
    executes it.
    """
    known = originals(unit)
    with scratch.folder() as folder:
        path, room = folder / f"{unit}.ipynb", folder / "room"
        path.write_text(json.dumps(notebook))
        room.mkdir()
        argument: dict[str, Any] = {
            "path": str(path),
            "folder": str(beside or folder),
            "room": str(room),
            "released": str(ROOT / "notebooks" / unit / f"{unit}.ipynb"),
            "originals": [one.to_json() for one in known.values()],
            "config": {"ExecutePreprocessor": {"timeout": 10}, "ExecuteThroughDeaths": settings},
        }
        if here:
            reply = examine(json.loads(json.dumps(argument)))
        else:
            reply = locked.call(
                "dwsep_helpers.grading.examining.examine",
                argument,
                room,
                reads=[str(path), argument["folder"], argument["released"]],
                modules=modules_of(unit),
                seconds=600,
            )
    graded, repairs = taken_in(reply, known)
    graded.metadata[NOTES] = {"repairs": repairs}
    return graded


def points(notebook: NotebookNode) -> dict[str, float | None]:
    """Return what nbgrader makes of the graded cells; None where someone has to read."""
    graded = [one for one in notebook.cells if is_grade(one)]
    return {str(grade_id(one)).removeprefix("test_"): determine_grade(one)[0] for one in graded}
