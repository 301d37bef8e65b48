"""Units 00 to 04 in JupyterLite: what can be tested without Pyodide's own server."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
from builder import lite, node, serving
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from dwsep_helpers import stamping
from tests.site.as_in_a_browser import ABSENT_OF_PYTHON

HERE = Path(__file__).parent
PYODIDES = "https://cdn.jsdelivr.net/pyodide/"


@pytest.fixture(scope="module")
def built(site) -> Path:
    return site / "lite"


@pytest.fixture(scope="module")
def project(root) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def answers(root, built, tmp_path_factory) -> dict:
    """What Pyodide's core says, of each module of Python's that the helpers import for one."""
    asked = tmp_path_factory.mktemp("asked") / "asked.json"
    asked.write_text(json.dumps({"modules": sorted(_pythons_own(root) | {*ABSENT_OF_PYTHON})}))
    program = [node.node(), HERE / "ask_pyodide.mjs", node.packages() / "pyodide", asked]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _pythons_own(root) -> set[str]:
    found = set()
    for path in (root / "dwsep_helpers").rglob("*.py"):
        if "grading" in path.relative_to(root).parts:  # for instructors
            continue
        for part in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(part, ast.Import):
                found |= {alias.name for alias in part.names}
            elif isinstance(part, ast.ImportFrom):
                found.add(part.module)
    return {name for name in found if name.partition(".")[0] in sys.stdlib_module_names}


@pytest.mark.parametrize("unit", lite.UNITS, ids=lambda unit: unit.name)
def test_units_run_without_what_a_browser_lacks(root, unit, built, tmp_path):
    program = [sys.executable, HERE / "as_in_a_browser.py", f"{unit.name}.ipynb"]
    folder = tmp_path / unit.name
    folder.mkdir()
    (folder / f"{unit.name}.ipynb").write_bytes(
        (root / "solutions" / unit.name / f"{unit.name}.ipynb").read_bytes()
    )
    done = subprocess.run(
        program, cwd=folder, capture_output=True, text=True, env=_environment(root)
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [], done.stderr[-2000:]


def _environment(root) -> dict[str, str]:
    inline = "module://matplotlib_inline.backend_inline"
    return os.environ | {"PYTHONPATH": str(root), "MPLBACKEND": inline, "OMP_NUM_THREADS": "1"}


def test_a_cell_that_fails_is_told(root, built, tmp_path):
    cells = ["import torch", "import threading; threading.Thread(target=print).start()", "1 + 1"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
    nbformat.write(notebook, tmp_path / "made.ipynb")
    program = [sys.executable, HERE / "as_in_a_browser.py", "made.ipynb"]
    done = subprocess.run(
        program, cwd=tmp_path, capture_output=True, text=True, env=_environment(root)
    )
    first, second = json.loads(done.stdout.splitlines()[-1])
    assert "No module named 'torch'" in first
    assert "can't start new thread" in second


def test_pyodide_lacks_what_was_taken_away(answers):
    assert answers["platform"] == "emscripten"  # what the set-up cell asks for
    for name in ABSENT_OF_PYTHON:
        assert answers["imports"][name] == f"ModuleNotFoundError: No module named '{name}'"
    assert answers["thread"] == "RuntimeError: can't start new thread"
    assert "emscripten does not support processes" in answers["process"]
    assert answers["fork"]
    assert answers["timers"] == []


def test_pyodide_has_all_of_python_that_the_helpers_import(answers):
    failed = {name: said for name, said in answers["imports"].items() if said}
    assert failed.keys() == {*ABSENT_OF_PYTHON}


def test_pyodide_counts_lines_and_watches_calls(answers):
    assert answers["traced"] > 0  # what "vectorized" is checked by
    assert answers["profiled"] > 0  # what the guard is


def test_pyodide_ships_what_the_helpers_need(built, project):
    ships = lite.pyodide()
    assert SpecifierSet(project["requires-python"]).contains(ships["python"])
    wanted = {one.name: one for one in map(Requirement, project["dependencies"])}
    assert {*stamping.IN_THE_BROWSER} == wanted.keys() - {"ipywidgets"}
    for name in stamping.IN_THE_BROWSER:
        assert wanted[name].specifier.contains(ships["packages"][name]), name


def test_the_wheel_is_listed_and_whole(root, built):
    listed = json.loads((built / "pypi/all.json").read_text("utf-8"))
    (wheel,) = (built / "pypi").glob("*.whl")
    (release,) = listed["dwsep-helpers"]["releases"].values()
    assert release[0]["filename"] == wheel.name
    package = root / "dwsep_helpers"
    files = {
        path.relative_to(root).as_posix()
        for path in package.rglob("*")
        if path.suffix in {".py", ".css", ".csv", ".mjs", ".toml", ".txt"}
    }
    with zipfile.ZipFile(wheel) as packed:
        assert files <= {*packed.namelist()}


def test_learners_notebooks_are_in_it(root, built):
    for unit in lite.UNITS:
        learners = root / "notebooks" / unit.path
        assert (built / "files" / unit.path).read_bytes() == learners.read_bytes()


def test_nothing_of_this_machine_is_in_it(root, built):
    for path in built.rglob("*.json"):
        text = path.read_text("utf-8")
        assert str(root) not in text
        assert "/tmp/" not in text, path


@pytest.mark.parametrize("width", [390, 1280])
def test_it_opens_a_unit_and_asks_pyodides_server_alone(built, chromium, width):
    (unit,) = (unit for unit in lite.UNITS if unit.number == "01")
    outside = []
    with serving.served(built.parent) as address:
        page = chromium.new_page(viewport={"width": width, "height": 900})
        page.route(re.compile(f"^https?://(?!{address.split('/')[2]})"), lambda it: it.abort())
        page.on("request", lambda request: outside.append(request.url))
        with page.expect_request(f"{PYODIDES}**/pyodide.mjs", timeout=300_000):  # a kernel starts
            page.goto(address + lite.address(unit))
        page.get_by_role("heading", name=unit.title).first.wait_for(timeout=300_000)
        assert page.get_by_text('sys.platform == "emscripten"').is_visible()
        page.close()
    outside = [url for url in outside if url.startswith("http") and not url.startswith(address)]
    assert [url for url in outside if not url.startswith(PYODIDES)] == []
