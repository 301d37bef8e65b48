"""What learners are shown once they passed, run in the notebook that it belongs to."""

import ast
import contextlib
import io
import linecache
import re
from collections.abc import Callable
from pathlib import Path

import nbformat

from dwsep_helpers import checks, course
from dwsep_helpers.checks.boxes import another_way

ROOT = Path(__file__).resolve().parents[3]
_SOLUTION = re.compile(r"\n *### (BEGIN|END) SOLUTION")


def author_cells(unit: course.Unit) -> dict[str, str]:
    """Return the cells that define the exercises' functions in the author's notebook, by name."""
    notebook = nbformat.read(ROOT / "solutions" / unit.path, as_version=4)
    return {
        cell.id: _SOLUTION.sub("", cell.source)
        for cell in notebook.cells
        if cell.cell_type == "code" and "### BEGIN SOLUTION" in cell.source
    }


def _run(source: str, name: str, cell: dict) -> None:
    """Run code as a cell does: its lines can be looked up."""
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    exec(compile(source, name, "exec"), cell)


def _imports(unit: course.Unit) -> str:
    """Return what a notebook's cells import at their top level, but for a prefix magic.

    Names for functions of earlier units are imports too: ``conv2d = mine.conv2d``.
    """
    notebook = nbformat.read(ROOT / "solutions" / unit.path, as_version=4)
    lines = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and "%pip" not in cell.source:
            body = ast.parse(cell.source).body
            imports = [one for one in body if isinstance(one, ast.Import | ast.ImportFrom)]
            imports += [
                one
                for one in body
                if isinstance(one, ast.Assign) and ast.unparse(one.value).startswith("mine.")
            ]
            lines += map(ast.unparse, imports)
    return "\n".join(["import numpy as np", *lines])


def _functions() -> dict[str, Callable]:
    found = {}
    for unit in course.UNITS:
        cell: dict = {"__name__": "__main__"}
        with contextlib.redirect_stdout(io.StringIO()):
            _run(_imports(unit), f"<imports of {unit.name}>", cell)
        for name, source in author_cells(unit).items():
            _run(source, f"<{name}, the author's>", cell)
            way = another_way(getattr(checks, name))
            if way is None:
                continue
            # Beside the author's own functions, and in place of none of them.
            beside = dict(cell)
            _run(way.code, f"<{name}, another way>", beside)
            found[name] = beside[name]
    return found


FUNCTIONS = _functions()
