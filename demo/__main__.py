"""Grade the example classes, from the release to the feedback.

``python -m demo`` (or ``make demo``) shows an instructor what becomes of submissions: for each
graded unit eight or nine notebooks as learners hand them in, their scores exercise by exercise, and
the pages that go back to them.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from demo import ROOT
from demo.classes import CLASSES
from demo.grading import clear, grade, release
from dwsep_helpers.grading.class_folder import GRADEBOOK, database
from dwsep_helpers.grading.scores import exercises, scores, table


def main(arguments: list[str] | None = None) -> None:
    """Make the class, grade it, print what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "units", nargs="*", metavar="UNIT", help=f"of {', '.join(CLASSES)}; all if none is named"
    )
    parser.add_argument("--directory", type=Path, default=ROOT / "build" / "demo")
    options = parser.parse_args(arguments)
    if unknown := set(options.units) - set(CLASSES):
        parser.error(f"no class for {', '.join(sorted(unknown))}; there is {', '.join(CLASSES)}")
    directory = options.directory.resolve()

    if os.environ.pop(GRADEBOOK, None):  # that is of a class of yours, and not for examples
        print(f"{GRADEBOOK} is set, and isn't used here.", flush=True)
    clear(directory)
    gradebook = database(directory)
    units = options.units or [*CLASSES]
    for unit in units:
        learners = len(CLASSES[unit])
        print(f"{unit}: releasing it, making {learners} example submissions …", flush=True)
        release(unit, directory)
    print("autograding them, each in a kernel of its own, locked in …", flush=True)
    grade(units, directory)
    for unit in units:
        worth, rows = exercises(gradebook, unit), scores(gradebook, unit)
        print(f"\n{unit}\n{table(worth, rows)}\n", flush=True)
    print(f"feedback   {directory}/feedback/LEARNER/UNIT/UNIT.html")
    print(f"gradebook  {directory}/gradebook.db")


if __name__ == "__main__":
    main()
