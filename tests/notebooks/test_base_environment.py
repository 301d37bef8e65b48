"""The notebooks run where only the base dependencies and the wheel are, as on Colab.

Where everything is installed they run in JupyterLab: tests/browser/test_jupyterlab*.py.
"""

import os
import shutil
import subprocess

import base_environment
import nbformat
import pytest

from dwsep_helpers import course, predictions

UNITS = pytest.mark.parametrize("unit", course.UNITS, ids=lambda unit: unit.name)
RUN = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=300, allow_errors=True, shutdown_kernel="immediate").execute()
nbformat.write(notebook, sys.argv[1])
"""
NBVAL = f"""
import os, sys, pytest
os.environ[{predictions.READ_ALONG!r}] = "1"  # as when the outputs were made
options = "--nbval-lax --nbval-current-env --nbval-cell-timeout 120 -q -p no:cacheprovider"
sys.exit(pytest.main([*options.split(), sys.argv[1]]))
"""


def environment_of(root, wheel, directory, *also):
    """Return a function that runs a program in a base environment, far from the repository."""
    python = base_environment.make(root, wheel, directory, "ipykernel", "nbclient", "nbval", *also)
    places = ("HOME", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR", "MPLCONFIGDIR")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "JUPYTER"))}
    inherited["NBGRADER_EXECUTION"] = "validate"  # training is cut short
    environment = inherited | {place: str(directory / place.lower()) for place in places}

    def run(cwd, program, *arguments):
        command = [str(python), "-W", "ignore", "-c", program, *map(str, arguments)]
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    """The course, to be installed."""
    return base_environment.build_wheel(root, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def base(root, wheel, tmp_path_factory):
    """The environment that is there at the least."""
    return environment_of(root, wheel, tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def base_with_torch(root, wheel, tmp_path_factory):
    """The same where torch is there too, as on Colab."""
    return environment_of(root, wheel, tmp_path_factory.mktemp("torch"), "torch")


@pytest.fixture
def enough(request, unit):
    """The least that a unit needs."""
    return request.getfixturevalue("base_with_torch" if unit.torch else "base")


def ran(base, directory, notebook) -> dict[str, list]:
    """Run a notebook there; return the outputs of its code cells."""
    path = directory / "notebook.ipynb"
    nbformat.write(notebook, path)
    base(directory, RUN, path)
    cells = nbformat.read(path, as_version=4).cells
    return {cell.id: cell.outputs for cell in cells if cell.cell_type == "code"}


def errors(outputs) -> dict[str, str]:
    """Return the error of each cell that has one."""
    return {
        name: f"{output.ename}: {output.evalue}"
        for name, shown in outputs.items()
        for output in shown
        if output.output_type == "error"
    }


def on_stderr(outputs) -> dict[str, str]:
    """Return what cells wrote there."""
    return {
        name: output.text
        for name, shown in outputs.items()
        for output in shown
        if output.get("name") == "stderr"
    }


def test_base_environment_has_the_wheel_and_no_extras(base, root, tmp_path):
    said = base(tmp_path, "import dwsep_helpers; print(dwsep_helpers.__file__)")
    assert str(root) not in said
    program = "import importlib.util as u; print([u.find_spec(n) is not None for n in {}])"
    absent = ("torch", "jupyterlab", "nbgrader", "hypothesis", "playwright")
    assert eval(base(tmp_path, program.format(absent))) == [False] * len(absent)


@UNITS
def test_released_notebook_fails_at_its_checks_alone(enough, root, tmp_path, unit):
    notebook = nbformat.read(root / "notebooks" / unit.path, as_version=4)
    checks = {cell.id for cell in notebook.cells if cell.id.startswith("test_")}
    outputs = ran(enough, tmp_path, notebook)
    assert on_stderr(outputs) == {}
    found = errors(outputs)
    assert set(found) == checks
    for error in found.values():
        assert error.startswith("CheckFailed")
        assert "not attempted" in error


@UNITS
def test_nbval_passes_on_the_solution(enough, root, tmp_path, unit):
    """Every cell runs; those tagged nbval-check-output show what they showed."""
    shutil.copy(root / "solutions" / unit.path, tmp_path)
    enough(tmp_path, NBVAL, tmp_path / f"{unit.name}.ipynb")


@pytest.mark.parametrize("wrong", ["raise ValueError", "print('something else')"])
def test_nbval_finds_a_cell_that_fails_or_shows_something_else(base, tmp_path, wrong):
    cell = nbformat.v4.new_code_cell(wrong, metadata={"tags": ["nbval-check-output"]})
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="something\n")]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "wrong.ipynb")
    with pytest.raises(AssertionError, match="1 failed"):
        base(tmp_path, NBVAL, tmp_path / "wrong.ipynb")
