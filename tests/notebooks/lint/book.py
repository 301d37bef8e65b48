"""A notebook as the rules see it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from dwsep_helpers import course

HEADER = re.compile(
    r"^### Exercise (?P<number>\d+\.\d+) — (?P<title>\S.*)\n"
    r"Difficulty (?P<difficulty>[●○]+) · about (?P<minutes>\d+) min · (?P<points>\d+) "
    r"(?P<optional>optional )?points?(?P<by_hand>, graded by hand)?$",
    re.MULTILINE,
)
_FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(`+).+?\1", re.DOTALL)


@dataclass(frozen=True)
class Exercise:
    """An exercise's three cells, as far as they are there, and what its header says.

    One that is graded by hand has no code: the learner's text is what is graded.
    """

    number: str
    points: int
    minutes: int
    difficulty: str
    text: NotebookNode
    code: NotebookNode | None
    test: NotebookNode | None
    optional: bool = False
    by_hand: bool = False

    @property
    def name(self) -> str:
        """The learner's function, after which the exercise's cells are called."""
        return self.code.id if self.code else ""


@dataclass(frozen=True)
class Book:
    """A unit's notebook: the author's, or the one released to learners."""

    notebook: NotebookNode
    unit: course.Unit
    released: bool = False

    @property
    def cells(self) -> list[NotebookNode]:
        return self.notebook.cells

    @property
    def texts(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if cell.cell_type == "markdown"]

    @property
    def codes(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @cached_property
    def exercises(self) -> list[Exercise]:
        """The exercises, in order. A malformed header is no exercise; a rule says so."""
        return [
            Exercise(
                number=header["number"],
                points=int(header["points"]),
                minutes=int(header["minutes"]),
                difficulty=header["difficulty"],
                text=cell,
                code=None if header["by_hand"] else self._cell_at(place + 1, "code"),
                test=(
                    self._cell_at(place + 1, "markdown")
                    if header["by_hand"]
                    else self._cell_at(place + 2, "code")
                ),
                optional=bool(header["optional"]),
                by_hand=bool(header["by_hand"]),
            )
            for place, cell in enumerate(self.cells)
            if cell.cell_type == "markdown" and (header := HEADER.search(cell.source))
        ]

    def _cell_at(self, place: int, kind: str) -> NotebookNode | None:
        cell = self.cells[place] if place < len(self.cells) else None
        return cell if cell is not None and cell.cell_type == kind else None


def without_code(markdown: str) -> str:
    """Return the prose: fenced blocks and code spans are blanked out."""
    return _SPAN.sub("", _FENCE.sub("", markdown))


def parsed(code: str) -> ast.Module:
    """Parse a code cell, magics included."""
    return ast.parse(TransformerManager().transform_cell(code))


def calls(cell: NotebookNode, function: str) -> list[ast.Call]:
    """Return the cell's calls of a plainly named function."""
    return [
        node
        for node in ast.walk(parsed(cell.source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == function
    ]
