"""Example learners: their notebooks are made by filling in the released one.

Right answers come from the unit's solution. The classes themselves, and their wrong answers, are
in :mod:`demo.classes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dwsep_helpers.grading.metadata import grade_id

Answers = Mapping[str, str]


@dataclass(frozen=True)
class Example:
    """One learner of the example class.

    Attributes
    ----------
    name : str
        The student id: the role, or the known mistake's name.
    answers : function
        From all right answers to what this learner wrote, both by grade id.
    edit : function, optional
        What the learner did to the notebook besides, in place.
    """

    name: str
    answers: Callable[[Answers], Answers]
    edit: Callable[[NotebookNode], None] = lambda notebook: None

    def notebook(self, released: NotebookNode, solution: NotebookNode) -> NotebookNode:
        """Return the notebook that this learner hands in."""
        filled = fill(released, self.answers(right_answers(solution)))
        self.edit(filled)
        return filled


def right_answers(solution: NotebookNode) -> Answers:
    """Return the source of a solution's answers by grade id, without the marks around them."""
    return {
        name: "\n".join(
            line for line in cell.source.splitlines() if not line.strip().startswith("### ")
        )
        for cell in solution.cells
        if (name := grade_id(cell)) and cell.metadata["nbgrader"].get("solution")
    }


def fill(released: NotebookNode, answers: Answers) -> NotebookNode:
    """Return the released notebook with these answers in its solution cells.

    Raises
    ------
    ValueError
        An answer's grade id is not in the notebook.
    """
    notebook = deepcopy(released)
    cells = {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}
    if unknown := set(answers) - set(cells):
        raise ValueError(f"no cell is called {', '.join(sorted(unknown))}")
    for name, source in answers.items():
        cells[name].source = source
    return notebook


def write(example: Example, released: Path, solution: Path, submitted: Path) -> Path:
    """Write an example's notebook to where nbgrader looks for it.

    Parameters
    ----------
    example : Example
        Who hands it in.
    released, solution : Path
        The unit's notebooks.
    submitted : Path
        nbgrader's folder of submissions.
    """
    notebook = example.notebook(
        *(nbformat.read(path, as_version=4) for path in (released, solution))
    )
    path = submitted / example.name / released.parent.name / released.name
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def duplicate(name: str) -> Callable[[NotebookNode], None]:
    """Return an edit that copies a cell and pastes it right below, as JupyterLab's `c v` does."""

    def edit(notebook: NotebookNode) -> None:
        place = next(i for i, cell in enumerate(notebook.cells) if grade_id(cell) == name)
        copy = deepcopy(notebook.cells[place])
        copy.id = f"{copy.id}-copy"
        notebook.cells.insert(place + 1, copy)

    return edit


def everything(right: Answers) -> Answers:
    """Hand in all right answers."""
    return right


def nothing(right: Answers) -> Answers:
    """Hand the notebook in as it was released."""
    return {}


def only(*names: str) -> Callable[[Answers], Answers]:
    """Hand in the right answers to these exercises, by grade id."""
    return lambda right: {name: right[name] for name in names}


def but(**wrong: str) -> Callable[[Answers], Answers]:
    """Hand in right answers, save for these, by grade id."""
    return lambda right: {**right, **wrong}
