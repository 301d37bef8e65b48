"""The solutions run where everything is installed. Elsewhere: test_base_environment."""

import os
import subprocess
import sys

import nbformat
import pytest

from dwsep_helpers import course

NBVAL = "pytest --nbval-lax --nbval-current-env --nbval-cell-timeout 120 -q -p no:cacheprovider"


@pytest.mark.parametrize("unit", course.UNITS, ids=lambda unit: unit.name)
def test_every_graded_cell_is_a_check(root, unit):
    notebook = nbformat.read(root / "solutions" / unit.path, as_version=4)
    graded = {
        cell.id: cell.metadata.nbgrader.points
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert sum(graded.values()) == unit.points + unit.optional
    answers = {name for name in graded if name.startswith("answer_")}  # graded by hand
    if graded:
        checks = {cell.id for cell in notebook.cells if cell.id.startswith("test_")}
        assert set(graded) - answers == checks


@pytest.mark.parametrize("unit", course.UNITS, ids=lambda unit: unit.name)
def test_nbval_passes_on_the_solution(root, monkeypatch, unit):
    """Every cell runs; those tagged nbval-check-output show what they showed."""
    # As while a submission is graded: the long way is the author's, make notebooks.
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    run = subprocess.run(
        [sys.executable, "-m", *NBVAL.split(), f"solutions/{unit.path}"],
        cwd=root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert run.returncode == 0, run.stdout


def test_nbval_finds_a_solution_that_fails_its_check(root, tmp_path):
    """It would look away where a cell is tagged: in solutions, none is."""
    unit = course.unit("01_conv2d")
    notebook = nbformat.read(root / "solutions" / unit.path, as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    answer = cells["conv_output_size"]
    answer.source = answer.source.replace("    return", "    return 1 +")
    notebook.cells = [cells["setup"], answer, cells["test_conv_output_size"]]
    path = tmp_path / "wrong.ipynb"
    nbformat.write(notebook, path)
    run = subprocess.run(
        [sys.executable, "-m", *NBVAL.split(), str(path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(root)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert run.returncode == 1, run.stdout
    assert "Exercise 1.1, conv_output_size: wrong values." in run.stdout
    assert "1 failed, 2 passed" in run.stdout
