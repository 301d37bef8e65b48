"""``dwsep doctor``: look at a notebook before it is handed in."""

from __future__ import annotations

import argparse
from pathlib import Path

from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.names import quoted, shown

HELP = "for learners: look at a notebook before it is handed in"
ABOUT = (
    "Look at a notebook before it is handed in, and say what to do. It runs nothing, and doesn't "
    "say whether answers are right: the checks in the notebook do. Exit status: 0 it is ready, 1 "
    "something is to do, 2 wrong call."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add its arguments."""
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="such as 01_conv2d.ipynb")


def run(options: argparse.Namespace) -> int:
    """Say what is wrong with a notebook, and what to do."""
    from dwsep_helpers.grading import doctor

    path = options.notebook
    if not path.is_file():
        why = "is no file: name the notebook itself" if path.exists() else "isn't there"
        raise WrongCall(f"{quoted(str(path))} {why}")
    advice = doctor.examine(path)
    for line in advice or [f"{path.name} is ready to hand in."]:
        print(shown(line, 1000))
    return 1 if advice else 0
