"""What a unit's notebook imports of the course is there before its kernels are forked.

A kernel that is confined writes no bytecode: what it imports itself, it compiles each time.
"""

import ast
import subprocess
import sys
from importlib.util import find_spec

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from dwsep_helpers import course
from dwsep_helpers.grading.confinement.room import modules_of

LATE = """
import importlib, sys
modules, statements = {modules!r}, {statements!r}
for module in modules:
    importlib.import_module(module)
before = set(sys.modules)
for statement in statements:
    exec(statement, {{}})
print(*sorted(name for name in set(sys.modules) - before if name.startswith("dwsep_helpers")))
"""


def _imports_of_the_course(source):
    for node in ast.walk(ast.parse(TransformerManager().transform_cell(source))):
        if isinstance(node, ast.Import | ast.ImportFrom) and "dwsep_helpers" in ast.unparse(node):
            yield ast.unparse(node)


@pytest.mark.parametrize("unit", course.UNITS, ids=lambda unit: unit.name)
def test_what_a_notebook_imports_of_the_course_is_there_before_forks(root, unit):
    notebook = nbformat.read(root / "solutions" / unit.name / f"{unit.name}.ipynb", as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    statements = sorted({one for source in code for one in _imports_of_the_course(source)})
    assert statements
    assert all(find_spec(name) for name in modules_of(unit.name))
    script = LATE.format(modules=modules_of(unit.name), statements=statements)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
