"""The learners' notebooks are what nbgrader makes of the solutions, and give nothing away."""

import re

import nbformat
import pytest

from dwsep_helpers import authoring, course

STUB = "# Your code here.\nraise NotImplementedError"


def code(root, folder, unit):
    notebook = nbformat.read(root / folder / unit.path, as_version=4)
    return {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "code"}


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """A fresh generation of all units."""
    folder = tmp_path_factory.mktemp("generated")
    authoring.generate(directory=folder)
    return folder


@pytest.mark.parametrize("unit", course.UNITS, ids=lambda unit: unit.name)
def test_notebook_equals_a_fresh_generation(root, generated, unit):
    fresh, committed = generated / "notebooks" / unit.name, root / "notebooks" / unit.name
    names = {path.name for path in fresh.iterdir()}
    assert {path.name for path in committed.iterdir()} - {".ipynb_checkpoints"} == names
    for name in names:
        assert (committed / name).read_bytes() == (fresh / name).read_bytes(), (
            f"notebooks/{unit.name}/{name} is not what solutions/ gives: run `make notebooks`"
        )


@pytest.mark.parametrize("unit", course.UNITS, ids=lambda unit: unit.name)
def test_answers_and_hidden_tests_stay_behind(root, unit):
    theirs, ours = code(root, "notebooks", unit), code(root, "solutions", unit)
    assert set(theirs) == set(ours)
    hidden = 0
    for name, source in ours.items():
        for kind, instead in (("SOLUTION", STUB), ("HIDDEN TESTS", None)):
            region = re.search(rf"### BEGIN {kind}\n(.*?)\n\s*### END {kind}", source, re.DOTALL)
            if region is None:
                continue
            hidden += 1
            assert region[1] not in theirs[name]
            if instead:
                unindented = "\n".join(line.strip() for line in theirs[name].splitlines())
                assert unindented.endswith(instead)
    assert hidden > 0
    text = (root / "notebooks" / unit.path).read_text(encoding="utf-8")
    for mark in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "strict=True"):
        assert mark not in text


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
