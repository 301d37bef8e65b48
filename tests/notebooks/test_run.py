"""Both notebooks of a unit run: every check fails on the stub and passes on the solution."""

import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from dwsep_helpers import course

UNITS = pytest.mark.parametrize("unit", course.UNITS, ids=lambda unit: unit.name)


@pytest.fixture(scope="session", autouse=True)
def training_is_cut_short():
    """As while a submission is graded: the long way is the author's, make notebooks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NBGRADER_EXECUTION", "validate")
        yield


@pytest.fixture(scope="session")
def executed(root, tmp_path_factory):
    """A function that runs a notebook, errors allowed, once in a session."""
    ran = {}

    def run(folder, unit):
        if (folder, unit) not in ran:
            notebook = nbformat.read(root / folder / unit.path, as_version=4)
            NotebookClient(
                notebook,
                timeout=120,
                kernel_name="python3",
                allow_errors=True,
                shutdown_kernel="immediate",
                resources={"metadata": {"path": str(tmp_path_factory.mktemp("run"))}},
            ).execute()
            ran[folder, unit] = notebook
        return ran[folder, unit]

    return run


def errors(notebook) -> dict[str, str]:
    """Return the kind of error of each cell that has one, by the cell's id."""
    return {
        cell.id: output.ename
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    }


def on_stderr(notebook) -> dict[str, str]:
    return {
        cell.id: output.text
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
    }


def checks(notebook) -> set[str]:
    """Return the ids of the cells that check an exercise."""
    return {cell.id for cell in notebook.cells if cell.id.startswith("test_")}


@UNITS
def test_solution_runs_without_an_error(executed, unit):
    assert errors(executed("solutions", unit)) == {}


@UNITS
def test_every_check_fails_on_the_stub_and_nothing_else_does(executed, unit):
    notebook = executed("notebooks", unit)
    assert checks(notebook)
    assert errors(notebook) == dict.fromkeys(checks(notebook), "CheckFailed")


@UNITS
def test_every_graded_cell_is_a_check(executed, unit):
    graded = {
        cell.id: cell.metadata.nbgrader.points
        for cell in executed("solutions", unit).cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert sum(graded.values()) == unit.points + unit.optional
    answers = {name for name in graded if name.startswith("answer_")}  # graded by hand
    if graded:
        assert set(graded) - answers == checks(executed("solutions", unit))


@UNITS
@pytest.mark.parametrize("folder", ["solutions", "notebooks"])
def test_nothing_is_written_to_stderr(executed, folder, unit):
    assert on_stderr(executed(folder, unit)) == {}


def test_nbval_passes_on_the_solutions(root):
    """Every cell runs; those tagged nbval-check-output show what they showed."""
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env"),
            *("--nbval-cell-timeout", "120", "-q", "-p", "no:cacheprovider", "solutions/"),
        ],
        cwd=root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert run.returncode == 0, run.stdout
