"""Find what learners wrote into cells that are the course's own, and keep it."""

from __future__ import annotations

import difflib

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from dwsep_helpers.grading.cells_needed import MOST_CHARACTERS, names_of


def same_text(source: str, other: str) -> bool:
    """Whether two cells differ in nothing but blanks at the ends of lines."""
    return plain(source) == plain(other)


def plain(source: str) -> str:
    """Return a text without blanks at the ends of its lines."""
    return "\n".join(_lines(source))


def own_cells(notebook: NotebookNode, released: NotebookNode) -> int:
    """Return how many cells with a text a notebook has that its unit has not.

    Of two notebooks of a learner's, one may be as it was handed out: it has none.
    """
    given = {plain(cell.source) for cell in released.cells}
    return sum(bool(text) and text not in given for text in map(_plain_of, notebook.cells))


def _plain_of(cell: NotebookNode) -> str:
    return plain(cell.source)


def added(source: str, released: str) -> tuple[str, str]:
    r"""Return what was added to a text that was handed out: above its last line, and below.

    Examples
    --------
    >>> added("checks.f(f)\n\n\ndef g(): pass", "import checks\nchecks.f(f)")
    ('', 'def g(): pass')
    >>> added("f = mine\nchecks.f(f)", "checks.f(f)")
    ('f = mine', '')
    """
    if released and released in source:
        above, _, below = source.partition(released)
        return above.strip("\n"), below.strip("\n")
    if len(source) > MOST_CHARACTERS:
        return "", ""
    old, new = _lines(released), _lines(source)
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    last = max((end for kind, *_, end in steps if kind == "equal"), default=len(new))
    parts: tuple[list[str], list[str]] = ([], [])
    for kind, *_, start, end in steps:
        if kind != "equal":
            parts[start >= last].extend(new[start:end])
    above, below = ("\n".join(part).strip("\n") for part in parts)
    return above, below


def keep_added(cell: NotebookNode, released: str) -> tuple[list[NotebookNode], list[NotebookNode]]:
    """Return cells for what a learner wrote into a locked code cell, if it defines anything.

    Returns
    -------
    above, below : list of NotebookNode
        At most one each.
    """
    above, below = added(cell.source, released)
    if not (_defines(above) or _defines(below)):
        above, below = "", "\n".join([above, below])  # an opening and its end, perhaps
    return (
        [new_code_cell(above)] if _defines(above) else [],
        [new_code_cell(below)] if _defines(below) else [],
    )


def _defines(source: str) -> bool:
    """Whether code gives any name to anything."""
    names = names_of(source) if source.strip() else None
    return names is not None and bool(names.binds - {"checks"})


def _lines(source: str) -> list[str]:
    return [line.rstrip() for line in source.strip().splitlines()]
