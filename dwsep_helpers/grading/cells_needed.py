"""Which cells of a submission have to run for it to be graded.

Most of a unit's time goes into pictures and tables that no grade depends on. A cell that the
course wrote, that the learner left as it was and that isn't graded runs only if a cell that does
run uses a name that it binds.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode


@dataclass(frozen=True)
class Names:
    """The global names that a cell binds and uses."""

    binds: frozenset[str]
    uses: frozenset[str]


def cells_needed(
    cells: Sequence[NotebookNode], always: Collection[int], course: Collection[str]
) -> set[int]:
    """Return the indices of the cells that have to run.

    Parameters
    ----------
    cells : sequence of NotebookNode
        Of a submission.
    always : collection of int
        Cells that have to run in any case, such as the set-up's.
    course : collection of str
        Sources of the cells that the course released.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell
    >>> sources = ["import numpy as np", "image = 1", "def f(x): return np.sum(x)", "f(image)"]
    >>> cells = [new_code_cell(source) for source in sources]
    >>> cells_needed(cells, always=(), course=(sources[0], sources[1], sources[3]))
    {0, 2}
    """
    code = {i: cell.source for i, cell in enumerate(cells) if cell.cell_type == "code"}
    names = {i: found for i, source in code.items() if (found := names_of(source))}
    # Nobody can tell what a cell without names does: it runs.
    runs = {i for i in code if i in always or code[i] not in course or i not in names}
    more = set(runs)
    while more:
        used = {name for i in more if i in names for name in names[i].uses}
        more = {i for i in names.keys() - runs if names[i].binds & used}
        runs |= more
    return runs


def names_of(source: str) -> Names | None:
    """Return what a cell binds and uses; None if that can't be told: magics, syntax errors.

    A part of something that is assigned to (``x[0] = 1``, ``x.flag = True``) binds its name too.

    Examples
    --------
    >>> names_of("y = f(x)") == Names(frozenset({"y"}), frozenset({"f", "x"}))
    True
    >>> names_of("%matplotlib inline") is None
    True
    """
    try:
        tree = ast.parse(source)
        top = symtable.symtable(source, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last: nested too deeply
        return None
    if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in tree.body):
        return None
    binds, uses = _of_symbols(top)
    for node in _outside_functions(tree):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            uses.add(node.target.id)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            whole: ast.expr = node
            while isinstance(whole, ast.Attribute | ast.Subscript):
                whole = whole.value
            if isinstance(whole, ast.Name):
                binds.add(whole.id)
    return Names(frozenset(binds), frozenset(uses))


def _of_symbols(top: symtable.SymbolTable) -> tuple[set[str], set[str]]:
    """Return the names that a cell binds and uses at its top level, and from inside functions."""
    binds, uses = set(), set()
    for symbol in top.get_symbols():
        if symbol.is_assigned() or symbol.is_imported():
            binds.add(symbol.get_name())
        if symbol.is_referenced():
            uses.add(symbol.get_name())
    inner = (symbol for table in _inside(top) for symbol in table.get_symbols())
    for symbol in inner:
        if symbol.is_global():
            uses.add(symbol.get_name())
            if symbol.is_assigned():
                binds.add(symbol.get_name())
    return binds, uses


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        for child in ast.iter_child_nodes(node):
            yield from _outside_functions(child)


def _inside(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    return [t for child in table.get_children() for t in (child, *_inside(child))]
