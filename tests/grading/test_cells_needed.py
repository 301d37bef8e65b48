"""Cells that no grade depends on don't run, and all others do."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from dwsep_helpers import course
from dwsep_helpers.grading.cells_needed import cells_needed, names_of


def runs(*sources, always=(), mine=()):
    """Return which sources run; all are the course's but those at the indices in mine."""
    cells = [new_code_cell(source) for source in sources]
    released = {source for i, source in enumerate(sources) if i not in mine}
    return cells_needed(cells, always, released)


@pytest.mark.parametrize(
    ("source", "binds", "uses"),
    [
        ("x = y", {"x"}, {"y"}),
        ("x += 1", {"x"}, {"x"}),
        ("x[0] = y", {"x"}, {"x", "y"}),
        ("x.a.b = 1", {"x"}, {"x"}),
        ("del x[0]", {"x"}, {"x"}),
        ("import a.b, c as d", {"a", "d"}, set()),
        ("from a import b as c", {"c"}, set()),
        ("def f(x, y=z): return x + w", {"f"}, {"z", "w"}),
        ("class A(B): c = d", {"A"}, {"B", "d"}),
        ("def f():\n    global x\n    x = 1", {"f", "x"}, set()),
        ("def f():\n    global x\n    x += 1", {"f", "x"}, {"x"}),
        ("for i in y:\n    x += i", {"i", "x"}, {"x", "y"}),
        ("for i in y: pass", {"i"}, {"y"}),
        ("with a as b: pass", {"b"}, {"a"}),
        ("(n := 3)", {"n"}, set()),
        ("print(f'{x}')", set(), {"print", "x"}),
        ("lambda: x", set(), {"x"}),
        ("[i * k for i in y]", set(), {"y", "k"}),
        ("", set(), set()),
    ],
)
def test_names(source, binds, uses):
    names = names_of(source)
    assert not names.all
    assert names.binds >= binds
    assert names.uses >= uses
    assert not (names.binds - binds) - {"i"}


def test_a_functions_own_names_are_its_own():
    assert names_of("def f(y):\n    x = 0\n    x += y\n    return x").uses == set()


@pytest.mark.parametrize("source", ["%pip list", "!ls", "x = ", "from a import *", "?print"])
def test_what_cannot_be_told_runs(source):
    assert names_of(source) is None
    assert runs(source) == {0}


def test_the_learners_cells_run_and_what_they_use():
    sources = ["import a", "b = a.c", "d = 1", "show(b)", "def f(x): return b", "show(f(d))"]
    assert runs(*sources, mine={4}) == {0, 1, 4}
    assert runs(*sources, mine={4}, always={5}) == {0, 1, 2, 4, 5}
    assert runs(*sources) == set()
    cells = [new_markdown_cell("x"), new_code_cell("x")]
    assert cells_needed(cells, (), ()) == {1}


@pytest.mark.parametrize(
    "above",
    ["%%time", "%%timeit", "%%capture", "%matplotlib inline", "!pip install einops", "x = (", "?f"],
)
def test_a_learners_cell_that_cannot_be_told_uses_what_comes_before(above):
    sources = [
        "grey = 1",
        "show(grey)",
        f"{above}\nSIZE = grey",
        "late = 2",
        "def f(): return SIZE",
    ]
    assert runs(*sources, mine={2, 4}) == {0, 1, 2, 4}
    sources[2] = f"{above}\ndef f(): return late"
    assert runs(*sources, mine={2}) >= {0, 1, 2, 3}


@pytest.mark.parametrize(
    "source",
    [
        "def f(): return globals()['late']",
        "def f(): return eval('late')",
        "exec('late')",
        "import __main__",
        "from importlib import import_module as load",
        "get_ipython().user_ns",
        "def f(): return sys._getframe(1).f_globals",
        "from numpy import *\nSIZE = early",
    ],
)
def test_names_in_texts_may_be_any(source):
    everything = {0, 1} if "*" in source else {0, 1, 2}
    assert runs("early = 1", source, "late = 2", mine={1}) == everything


def test_what_a_cell_imports_itself_comes_from_nowhere_before():
    sources = ["import a; show(b)", "import a\ndef f(): return a", "import a", "f()"]
    assert runs(*sources, mine={1}) == {1, 2}  # f may be called after the third


@pytest.mark.parametrize(
    "mine",
    [
        "def f(): return a",
        "a.b\nimport a",
        "def g(): return a\ng()\nimport a",
        "try:\n    import a\nexcept ImportError:\n    pass\na",
        "if c:\n    import a\na",
        "def f():\n    import a\na",
        "import b as c\nc, a",
        "from a import b\na",
    ],
)
def test_what_may_come_from_before_does(mine):
    assert runs("import a", mine, mine={1}) == {0, 1}


def test_a_module_that_was_changed_is_the_same_wherever_it_is_imported():
    assert runs("import a; a.b = 1", "import a\ndef f(): return a.b", mine={1}) == {0, 1}


def test_magics_of_the_course_use_nothing():
    assert runs("a = 1", "%pip list") == {1}


@pytest.mark.parametrize(
    "source",
    [
        " + ".join(["early"] * 1_500),
        "if early:\n    pass\n" + "elif early:\n    pass\n" * 1_200,
        "f" + "(f" * 90 + "(early" + ")" * 91,
        "(" * 150 + "early" + ")" * 150,
        "x = " + "-" * 200_000 + "early",
        "early = [" + "0, " * 1_000_000 + "]",
        "x = early\0",
        "early" + "[0]" * 5_000,
        "early" + ".a" * 5_000,
        "\n".join(f"{'    ' * n}def f():" for n in range(90)) + " early",
    ],
    ids=lambda source: source[:12],
)
def test_no_cell_is_too_much(source):
    """What a program makes of code, or the names in it, may be deep, large or no code at all."""
    assert runs("early = 1", source, "after = 2", "after", mine={1, 3}) == {0, 1, 2, 3}


@pytest.mark.parametrize("unit", [u for u in course.UNITS if u.points], ids=lambda unit: unit.name)
def test_of_each_unit_little_is_needed(root, unit):
    """Hardly anything of the course's own is shown when it is graded."""
    released = nbformat.read(root / "notebooks" / unit.path, as_version=4)
    solution = nbformat.read(root / "solutions" / unit.path, as_version=4)
    sources = {cell.source for cell in released.cells if cell.cell_type == "code"}
    locked = [
        i
        for i, cell in enumerate(solution.cells)
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("locked")
    ]
    code = [i for i, cell in enumerate(solution.cells) if cell.cell_type == "code"]
    found = cells_needed(solution.cells, locked, sources)
    assert set(locked) <= found
    assert len(found) < len(code)
    shown = [solution.cells[i].id for i in found if solution.cells[i].id.startswith("look")]
    assert not shown
