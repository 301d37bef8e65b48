"""The example classes of all units, made once, from which tests take the units they need."""

import shutil
from pathlib import Path

from demo import grading
from demo.classes import CLASSES
from dwsep_helpers.grading.class_folder import nbgrader
from dwsep_helpers.grading.class_run import STATE


def hand_in(folder: Path) -> None:
    """Release all graded units into a folder, and hand in the classes' notebooks."""
    nbgrader("generate_assignment", "0[1-9]_*", directory=folder)
    for unit in CLASSES:
        grading.hand_in(unit, folder)


def grade(handed_in: Path, folder: Path) -> None:
    """Grade a copy of the classes."""
    shutil.copytree(handed_in, folder, dirs_exist_ok=True)
    grading.grade([*CLASSES], folder)


def take(unit: str, classes: Path, folder: Path) -> Path:
    """Copy one unit's class into a folder, with the gradebook of all; return the folder."""
    folder.mkdir(exist_ok=True)
    shutil.copy(classes / "gradebook.db", folder)
    for step in ("notebooks", f"{STATE}", "submitted/*", "autograded/*", "feedback/*"):
        for found in classes.glob(f"{step}/{unit}"):
            shutil.copytree(found, folder / found.relative_to(classes))
    return folder
