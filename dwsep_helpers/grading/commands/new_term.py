"""``dwsep new-term``: put a class away, with all that was graded, and begin with an empty one."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from dwsep_helpers.grading import scratch
from dwsep_helpers.grading.class_folder import GRADEBOOK, STATE, WrongCall
from dwsep_helpers.grading.commands import add_directory, folder_of
from dwsep_helpers.grading.moving import move_all
from dwsep_helpers.grading.names import quoted
from dwsep_helpers.grading.turn import taken

HELP = "put the class away, with all that was graded, and begin with an empty one"
ABOUT = (
    "Move the gradebook, the roster, what was handed in and graded, and the reports into a folder. "
    "There it is a class as before: dwsep report --directory FOLDER. The units stay."
)
# All that is a class's and not the course's, as names or patterns.
OF_A_CLASS = (
    *("gradebook.db*", "roster.csv", "submitted", "autograded", "feedback", "downloaded"),
    *(
        "replaced",
        "withdrawn",
        "scores-*.csv",
        "collected-*.csv",
        "class*.csv",
        "class*.html",
        "grades.csv",
    ),
    *("similar-*.csv", "similar-*.html", "removed-*.csv", "feedback-*.zip"),
    STATE,
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add its arguments."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a new one, for the old class")
    add_directory(parser)


def run(options: argparse.Namespace) -> int:
    """Move a class away."""
    if GRADEBOOK in os.environ:
        raise WrongCall(
            f"{GRADEBOOK} names a database, which can't be moved: name a new one, "
            "and the class starts anew."
        )
    folder, there = folder_of(options), options.folder
    if there.exists():
        raise WrongCall(f"{quoted(str(there))} is there already; it should be a new folder")
    with taken(folder, "new-term"):
        found = sorted({path for name in OF_A_CLASS for path in folder.glob(name)})
        if not any(path.name.startswith(("gradebook", "submitted")) for path in found):
            raise WrongCall(f"{folder} has no class: neither a gradebook nor submissions")
        whole = there.resolve()
        if inside := next((one for one in found if one.resolve() in whole.parents), None):
            raise WrongCall(f"{quoted(str(there))} is in {inside}, which is to be moved there")
        there.mkdir(parents=True)
        try:
            copied = _copy(folder, there)
            move_all(found, there)
        except BaseException:
            scratch.remove(there)
            raise
    names = ", ".join(path.name for path in found)
    print(f"{there} has it: {names}{f', and a copy of {copied}' if copied else ''}.")
    print("Release units anew: nbgrader generate_assignment UNIT --force")
    return 0


def _copy(folder: Path, there: Path) -> str:
    """Copy what is part of the class and stays: what was handed out, the late rule; say what."""
    copied = []
    if (notebooks := folder / "notebooks").is_dir():
        shutil.copytree(notebooks, there / notebooks.name)
        copied.append(notebooks.name)
    if (settings := folder / "nbgrader_config.py").is_file():
        shutil.copy(settings, there)
        copied.append(settings.name)
    return " and ".join(copied)
