"""Who imports whom: the map of CONTRIBUTING.md, held against the code."""

import ast
import re
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = "dwsep_helpers"
ROOT = Path(__file__).resolve().parents[2]


def modules() -> dict[str, Path]:
    """Return the package's modules by dotted name."""
    found = {}
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


@cache
def imports(name: str) -> frozenset[str]:
    """Return the modules of the package that one imports, anywhere in it: for types too."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {one if one in MODULES else node.module for one in inside}
    return frozenset(found & set(MODULES)) - {name}


def the_map() -> dict[str, set[str]]:
    """Return what each room may import, by the table under "Rooms"."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("<!-- rooms -->")[2].partition("<!-- /rooms -->")[0]
    rows = re.findall(r"^\| `([\w.]+)` \|[^|]*\|([^|]*)\|$", table, re.MULTILINE)
    return {room: set(re.findall(r"`([\w.]+)`", welcome)) for room, welcome in rows}


def room(module: str) -> str:
    """Return the room of a module: the longest that its name begins with."""
    inside = f"{module.removeprefix(PACKAGE).lstrip('.')}."
    return max((name for name in the_map() if inside.startswith(f"{name}.")), key=len, default="")


def test_every_module_has_a_room():
    assert [name for name in MODULES if name != PACKAGE and not room(name)] == []
    lived_in = {room(name) for name in MODULES}
    assert set(the_map()) - lived_in == set()


@pytest.mark.parametrize("name", MODULES)
def test_imports_are_those_of_the_map(name):
    if name == PACKAGE:  # the front door: what a notebook uses first
        return
    here = room(name)
    welcome = the_map()[here] | {here, ""}
    assert {one: room(one) for one in imports(name) if room(one) not in welcome} == {}


def test_rooms_lie_in_order():
    """A room imports only from rooms that stand below it."""
    order = list(the_map())
    for number, (name, welcome) in enumerate(the_map().items()):
        assert welcome <= set(order[number + 1 :]), name


def test_no_imports_go_in_circles():
    try:
        TopologicalSorter({name: imports(name) for name in MODULES}).prepare()
    except CycleError as circle:
        pytest.fail(" → ".join(circle.args[1]))


BESIDE = ("dwsep_helpers", "demo", "tests", "benchmarks")


@pytest.mark.parametrize("folder", BESIDE)
def test_what_lies_beside_the_package_imports_what_is_named_before_it(folder):
    later = BESIDE[BESIDE.index(folder) + 1 :]
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _imported(node)
        if name.partition(".")[0] in later
    }
    assert found == set()


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
