"""Release a unit with its example class, and grade it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from demo import ROOT, examples
from demo.classes import CLASSES
from dwsep_helpers.grading import class_run
from dwsep_helpers.grading.class_folder import dwsep, nbgrader
from dwsep_helpers.grading.confinement import forking_parent, sandbox


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
