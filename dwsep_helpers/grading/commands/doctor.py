"""``dwsep doctor``: look at a notebook before it is handed in."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "look at a notebook before it is handed in"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add its arguments."""
    parser.add_argument("notebook", type=Path)


def run(options: argparse.Namespace) -> int:
    """Say what is wrong with a notebook, and what to do."""
    from dwsep_helpers.grading import doctor

    advice = doctor.examine(options.notebook)
    print("\n".join(advice) if advice else f"{options.notebook.name} is ready to hand in.")
    return 1 if advice else 0
