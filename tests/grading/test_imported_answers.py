"""``dwsep autograde`` gives nothing for answers that are imported, whatever the way."""

import sys
from functools import partial
from itertools import cycle, zip_longest
from pathlib import Path

import nbformat
import pytest

from demo import ROOT
from demo.examples import fill
from dwsep_helpers import checks, course
from dwsep_helpers.checks.compare import WrongTypeError, compare
from dwsep_helpers.grading import cli
from dwsep_helpers.grading.class_folder import database, nbgrader
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.metadata import grade_id
from dwsep_helpers.grading.scores import scores

sys.path.insert(0, str(Path(__file__).parents[1] / "checks"))
from imported import WAYS, function, source, things_for

pytestmark = pytest.mark.skipif(
    sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
)
# Rooms whose functions compute and do nothing else: one may try them out.
COMPUTING = ("kernels", "cost", "papers", "mobilenet", "hardware.limits", "hardware.quantization")
COMPUTING += ("hardware.equalization", "hardware.memory", "intervals", "loops")
COMPUTING += ("checks.recipes", "checks.unit_")
UNITS = [unit for unit in course.UNITS if unit.points]


def is_right(exercise, answer):
    """Whether an unwatched function gives the right answers to the first cases."""
    try:
        return all(
            compare(case.answer(answer), case.answer(exercise.reference)) is None
            for case in exercise.tries(strict=False)[:4]
        )
    except (Exception, WrongTypeError):
        return False


def right_imports(exercise):
    """Return the code that hands in what would be right if it were allowed; five are enough."""
    rooms = tuple(f"dwsep_helpers.{room}" for room in COMPUTING)
    ways, found = cycle(WAYS), []
    for module, text, thing in things_for(exercise):
        home = module if isinstance(thing, partial) else thing.__module__
        if not home.startswith(rooms):
            continue
        codes = {way: source(way, exercise, module, text, thing) for way in WAYS}
        if is_right(exercise, function(codes["early"], exercise.name)):
            # The right answer itself in all ways, others in one each.
            own = thing in (exercise.reference, getattr(exercise.reference, "__wrapped__", None))
            found = [*codes.values(), *found] if own else [*found, codes[next(ways)]]
    return found[:5]


def hand_in(unit, folder):
    """Hand in notebooks whose answers are imported; return how many answers there are."""
    nbgrader("generate_assignment", unit.name, directory=folder)
    paths = [folder / "notebooks" / unit.path, ROOT / "solutions" / unit.path]
    released, solution = (nbformat.read(path, as_version=4) for path in paths)
    codes = {
        grade_id(cell): right_imports(exercise)
        for exercise in checks.EXERCISES
        for cell in solution.cells
        if cell.cell_type == "code" and f"def {exercise.name}(" in cell.source
    }
    assert all(codes.values()), [name for name, found in codes.items() if not found]
    for number, row in enumerate(zip_longest(*codes.values())):
        answers = {name: code for name, code in zip(codes, row, strict=True) if code}
        path = folder / "submitted" / f"importer-{number}" / unit.path
        path.parent.mkdir(parents=True)
        nbformat.write(fill(released, answers), path)
    return sum(map(len, codes.values()))


def test_nothing_imported_earns_a_point(tmp_path, capsys):
    handed_in = sum(hand_in(unit, tmp_path) for unit in UNITS)
    assert cli.main(["autograde", "--directory", str(tmp_path)]) == 0
    earned = {
        (row.learner, number): points
        for unit in UNITS
        for row in scores(database(tmp_path), unit.name)
        for number, points in row.points.items()
        if points
    }
    assert earned == {}
    with capsys.disabled():
        print(f"\n{handed_in} imported answers were graded by dwsep autograde")
