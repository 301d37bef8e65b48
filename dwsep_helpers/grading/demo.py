"""Grade an example class, from the release to the feedback.

``python -m dwsep_helpers.grading.demo`` (or ``make demo``) shows an instructor what becomes of
submissions: for each graded unit eight notebooks as learners hand them in, their
scores exercise by exercise, and the pages that go back to them.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from dwsep_helpers.grading import class_run, examples
from dwsep_helpers.grading.class_folder import ROOT, database, dwsep, nbgrader
from dwsep_helpers.grading.classes import CLASSES
from dwsep_helpers.grading.confinement import forking_parent, sandbox
from dwsep_helpers.grading.scores import exercises, scores, table


def clear(directory: Path) -> None:
    """Make a folder for a class, without what an earlier class left in it."""
    for step in ("notebooks", "submitted", "autograded", "feedback", class_run.STATE):
        shutil.rmtree(directory / step, ignore_errors=True)
    (directory / "gradebook.db").unlink(missing_ok=True)
    directory.mkdir(parents=True, exist_ok=True)


def release(unit: str, directory: Path) -> None:
    """Release a unit into a folder and put the example class's notebooks beside it.

    Parameters
    ----------
    unit : str
        Such as ``"01_conv2d"``.
    directory : Path
        Gets the folders ``notebooks`` and ``submitted``, and a gradebook.
    """
    nbgrader("generate_assignment", unit, directory=directory)
    hand_in(unit, directory)


def hand_in(unit: str, directory: Path) -> None:
    """Put the example class's notebooks beside a unit that is released."""
    for example in CLASSES[unit]:
        examples.write(
            example,
            released=directory / "notebooks" / unit / f"{unit}.ipynb",
            solution=ROOT / "solutions" / unit / f"{unit}.ipynb",
            submitted=directory / "submitted",
        )


def grade(units: Sequence[str], directory: Path) -> None:
    """Autograde the submissions in a folder and write the pages that go back."""
    unconfined = ["--no-sandbox"] if sandbox.unavailable() or forking_parent.unavailable() else []
    dwsep("autograde", *units, *unconfined, directory=directory)
    dwsep("report", *units, directory=directory)


def main(arguments: list[str] | None = None) -> None:
    """Make the class, grade it, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "units", nargs="*", metavar="UNIT", help=f"of {', '.join(CLASSES)}; all if none is named"
    )
    parser.add_argument("--directory", type=Path, default=ROOT / "build" / "demo")
    options = parser.parse_args(arguments)
    if unknown := set(options.units) - set(CLASSES):
        parser.error(f"no class for {', '.join(sorted(unknown))}; there is {', '.join(CLASSES)}")
    directory = options.directory.resolve()

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
