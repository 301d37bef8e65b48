"""The commands of ``dwsep``: a module for each, with its options and what it does."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_class(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say which units, and of which class."""
    parser.add_argument("units", nargs="*", metavar="UNIT", help="such as 01_conv2d; all")
    parser.add_argument("--directory", type=Path, help="where the class is, if not in the course")
