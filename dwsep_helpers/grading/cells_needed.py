"""Which cells of a submission have to run for it to be graded.

Most of a unit's time goes into pictures and tables that no grade depends on. A cell that the
course wrote, that the learner left as it was and that isn't graded runs only if a cell that does
run uses a name that it binds. A name that a cell imports before it uses it can only come from
there or from a later cell. Where nobody can tell which names a cell uses, it uses all.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from nbformat import NotebookNode

MOST_CHARACTERS = 100_000  # of a cell whose names are looked for: Python needs 600 bytes for each
MOST_OF_ALL = 2_000_000  # of a notebook's
_WORD = re.compile(r"[^\W\d]\w*")
# With these, code comes to names that don't stand in it.
_BY_TEXT = {"eval", "exec", "globals", "locals", "vars", "get_ipython", "__import__", "__main__"}
_BY_TEXT |= {"__dict__", "__globals__", "f_globals", "_getframe", "currentframe", "import_module"}


@dataclass(frozen=True)
class Names:
    """The global names that a cell binds and uses; perhaps all, by text such as ``globals()``.

    Of those that it binds, ``changes`` has the ones whose parts are assigned to, and ``imports``
    the ones that it imports and mentions nowhere before.
    """

    binds: frozenset[str]
    uses: frozenset[str]
    all: bool = False
    changes: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()

    def concern(self, used: dict[str, int], index: int) -> bool:
        """Whether it binds, as the cell of this index, one of the names that others use.

        Parameters
        ----------
        used : dict of str to int
            By a name, the first cell that it may come from.
        index : int
        """
        late = {name for name in self.binds & used.keys() if used[name] <= index}
        return bool(late or self.changes & used.keys())


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
    names, left = {}, MOST_OF_ALL
    for i, source in code.items():
        left -= len(source)
        names[i] = names_of(source) if left > 0 else None
    # Nobody can tell what a cell without names does: it runs.
    runs = {i for i in code if i in always or code[i] not in course or names[i] is None}
    more = set(runs)
    while more:
        used: dict[str, int] = {}
        for i in sorted(more):
            if found := names[i]:
                own = {name: min(i, used.get(name, i)) for name in found.imports}
                used |= dict.fromkeys(found.uses, 0) | own
        # A cell of the course's that can't be told shows something; one of a learner's may use all
        # that comes before it, and its functions what comes later and stands in its text.
        unknown = [i for i in more if names[i] is None and code[i] not in course]
        before = max(unknown, default=-1)
        used |= {word[0]: 0 for i in unknown for word in _WORD.finditer(code[i])}
        if any(found.all for i in more if (found := names[i])):
            before = len(cells)
        left_out = names.keys() - runs
        more = {i for i in left_out if i < before or ((n := names[i]) and n.concern(used, i))}
        runs |= more
    return runs


@cache  # judging asks once more for each check that stands above its answer
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
    if len(source) > MOST_CHARACTERS:
        return None
    try:
        return _names(ast.parse(source), symtable.symtable(source, "cell", "exec"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last: nested too deeply
        return None


def may_bind(source: str, wanted: Collection[str]) -> bool:
    """Whether a cell binds one of these names, as far as can be told."""
    names = names_of(source)
    if names is None or names.all:  # %run, import *, globals(): it may bind any name
        return True
    return not names.binds.isdisjoint(wanted)


def _names(tree: ast.Module, top: symtable.SymbolTable) -> Names | None:
    if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in tree.body):
        return None
    binds, uses = _of_symbols(top)
    by_text, changes = False, set()
    for node in _outside_functions(tree):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            uses.add(node.target.id)
    for node in ast.walk(tree):
        by_text |= bool(_BY_TEXT & _mentioned(node))
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            whole: ast.expr = node
            while isinstance(whole, ast.Attribute | ast.Subscript):
                whole = whole.value
            if isinstance(whole, ast.Name):
                changes.add(whole.id)
    changed, binds = frozenset(changes), binds | changes
    return Names(frozenset(binds), frozenset(uses), by_text, changed, _imported_first(tree))


def _imported_first(tree: ast.Module) -> frozenset[str]:
    """Return the names that a cell imports at its top level, and mentions in no line before."""
    found: set[str] = set()
    before: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            names = {(one.asname or one.name).partition(".")[0] for one in statement.names}
            found |= names - before
        before |= {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    return frozenset(found)


def _mentioned(node: ast.AST) -> set[str]:
    match node:
        case ast.Name(name) | ast.Attribute(attr=name):
            return {name}
        case ast.alias(name, asname):
            return {name, asname or ""}
    return set()


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


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    left = [tree]
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            left.extend(ast.iter_child_nodes(node))


def _inside(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    left = [*table.get_children()]
    while left:
        inner = left.pop()
        yield inner
        left.extend(inner.get_children())
