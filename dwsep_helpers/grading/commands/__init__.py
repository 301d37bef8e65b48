"""The commands of ``dwsep``: a module for each, with its options and what it does."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from pathlib import Path
from typing import Any

from dwsep_helpers import course
from dwsep_helpers.grading.class_folder import ClassFolder, WrongCall, course_of
from dwsep_helpers.grading.names import near, quoted, shown

# What a class's folder has at least one of.
_OF_A_CLASS = ("notebooks", "submitted", "gradebook.db", "autograded")


def add_class(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say which units, and of which class."""
    units = "such as 01_conv2d; without one, all units"
    parser.add_argument("units", nargs="*", action=Once, default=[], metavar="UNIT", help=units)
    add_directory(parser)


def add_directory(parser: argparse.ArgumentParser) -> None:
    """Add the argument that says which class."""
    where = "the class's folder; without it, the course's"
    parser.add_argument("--directory", type=Path, metavar="FOLDER", help=where)


class Once(argparse.Action):
    """Keeps of several words each once, in their order."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Keep them."""
        setattr(namespace, self.dest, [*dict.fromkeys(values)])


def several(text: str) -> int:
    """Return a number of processes, of what stands behind an option."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"it should be a number from 1 on, not {text!r}")
    return number


def folder_of(options: argparse.Namespace) -> Path:
    """Return the class's folder.

    Raises
    ------
    WrongCall
        If there is none, or it is no class's.
    """
    folder = options.directory
    if folder is None:
        return course_of()
    if not folder.is_dir():
        around = folder.resolve().parent
        beside = (
            [path.name for path in around.iterdir() if path.is_dir()] if around.is_dir() else []
        )
        why = "is a file" if folder.exists() else "isn't there"
        raise WrongCall(f"--directory {folder}: it {why}{near(folder.name, beside)}")
    if not _is_class(folder):
        found = sorted(path for path in folder.iterdir() if path.is_dir() and _is_class(path))
        inside = f"; did you mean {shown(str(found[0]))}?" if found else ""
        raise WrongCall(
            f"--directory {folder}: it is no class's, which has one of "
            f"{', '.join(_OF_A_CLASS)}{inside}"
        )
    return folder


def no_unit(name: str, known: Collection[str]) -> str:
    """Say that the gradebook doesn't know a unit, and what to do."""
    if name in {unit.name for unit in course.UNITS}:
        return f"unit {quoted(name)} isn't released: nbgrader generate_assignment {name} --force"
    return f"the gradebook knows no unit {quoted(name)}{near(name, known)}"


def none_yet(folder: Path) -> WrongCall:
    """Say that a class's gradebook knows no unit at all, and what to do."""
    said = f"no unit is released yet in {shown(str(folder))}"
    return WrongCall(f"{said}: nbgrader generate_assignment UNIT --force")


def class_of(options: argparse.Namespace) -> ClassFolder:
    """Return the class that was asked for; see :func:`folder_of`."""
    folder_of(options)
    return ClassFolder.of(options.directory)


def _is_class(folder: Path) -> bool:
    return any((folder / name).exists() for name in _OF_A_CLASS)
