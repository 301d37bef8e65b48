"""Honest notebooks after what editors and people do to them earn what they earned before."""

import json
import random
import tempfile
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from dwsep_helpers.grading.cells_needed import cells_needed
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.mending import mend
from dwsep_helpers.grading.metadata import grade_id
from dwsep_helpers.grading.reading import read
from tests.grading import mutations, units

UNITS = ("01_conv2d", "02_depthwise", "05_mobilenet")


def data(unit):
    return json.loads(nbformat.writes(units.answered(unit)))


def received(file):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "notebook.ipynb")
        path.write_bytes(file)
        return read(path)[0]


def is_whole(notebook, unit):
    """Whether a notebook, mended, runs all its answers and has all its checks once."""
    cells, originals = units.released(unit).cells, units.originals(unit)
    mend(notebook, originals, cells)
    nbformat.validate(notebook)
    names = [name for cell in notebook.cells if (name := grade_id(cell))]
    assert len(names) == len(set(names))
    for name, original in originals.items():
        if original.details["locked"]:
            assert units.cell(notebook, name).source == original.cell.source
    course = {cell.source for cell in cells if cell.cell_type == "code"}
    locked = [
        i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("locked")
    ]
    runs = cells_needed(notebook.cells, locked, course)
    run = "\n".join("".join(notebook.cells[i].source.split()) for i in sorted(runs))
    for cell in units.answered(unit).cells:
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code":
            assert "".join(cell.source.split()) in run, cell.id


@pytest.mark.parametrize(
    "change",
    [*mutations.EDITORS, mutations.nothing_for_a_cell, *mutations.PEOPLE],
    ids=lambda change: change.__name__,
)
def test_one_change(change):
    unit = UNITS[1]
    for seed in range(4):
        changed = data(unit)
        change(changed, random.Random(seed))
        is_whole(received(json.dumps(changed).encode()), unit)


@settings(max_examples=60)
@given(unit=st.sampled_from(UNITS), chance=st.randoms(use_true_random=False))
def test_changes_on_changes(unit, chance):
    file, did = mutations.mutated(data(unit), chance)
    note(f"{unit}: {did}")
    is_whole(received(file), unit)


@pytest.mark.skipif(
    sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
)
@pytest.mark.parametrize("seed", range(4))
def test_points_after_changes(seed):
    """A few for real; `make bench` runs a thousand."""
    unit = UNITS[1]
    file, did = mutations.mutated(data(unit), random.Random(seed), most=6)
    graded = units.run(received(file), unit)
    full = {
        name[5:]: o.details["points"]
        for name, o in units.originals(unit).items()
        if "test_" in name
    }
    assert units.points(graded) == full, did
