"""Pages in an archive that a learning platform takes in again, named like its own downloads."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from dwsep_helpers.grading.class_folder import STATE

if TYPE_CHECKING:
    from dwsep_helpers.grading.nbgrader_session import NbgraderSession

PLATFORMS: Final = ("moodle", "canvas")
DOWNLOADS: Final = "downloads"  # in STATE: UNIT.json, the file in the archive by learner


_CANVAS = re.compile(r"_\d+_(\d+_)?[^/]*$")  # a learner's number, a file's


def downloads(nbgrader: NbgraderSession, unit: str) -> dict[str, str]:
    """Return what each learner's file was called in the archive that was taken in."""
    return {learner: member for learner, (member, _) in _noted(nbgrader, unit).items()}


def said_late(nbgrader: NbgraderSession, unit: str) -> frozenset[str]:
    """Return whom the platform called late, in an archive without times."""
    return frozenset(learner for learner, (_, late) in _noted(nbgrader, unit).items() if late)


def _noted(nbgrader: NbgraderSession, unit: str) -> dict[str, tuple[str, bool]]:
    try:
        path = nbgrader.folder / STATE / DOWNLOADS / f"{unit}.json"
        told = json.loads(path.read_text(encoding="utf-8"))
        return {str(learner): (str(member), bool(late)) for learner, (member, late) in told.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def note(nbgrader: NbgraderSession, unit: str, members: Mapping[str, tuple[str, bool]]) -> None:
    """Write down what learners' files are called, and whom the platform calls late.

    What earlier archives had stays.
    """
    _write(nbgrader, unit, {**_noted(nbgrader, unit), **members})


def forget(nbgrader: NbgraderSession, unit: str, learner: str) -> None:
    """Forget what a learner's file is called."""
    noted = _noted(nbgrader, unit)
    if noted.pop(learner, None):
        _write(nbgrader, unit, noted)


def _write(nbgrader: NbgraderSession, unit: str, noted: Mapping[str, tuple[str, bool]]) -> None:
    path = nbgrader.folder / STATE / DOWNLOADS / f"{unit}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".partial")
    text = json.dumps(noted, indent=1)
    beside.write_text(text, encoding="utf-8", errors="backslashreplace")
    beside.replace(path)


def is_of(platform: str, member: str) -> bool:
    """Whether a file's name is one that a platform gives.

    Examples
    --------
    >>> is_of("moodle", "Ada_4711_assignsubmission_file/x.ipynb"), is_of("moodle", "b_3_8_x.ipynb")
    (True, False)
    """
    moodle = "_assignsubmission_" in member
    return moodle if platform == "moodle" else not moodle and bool(_CANVAS.search(member))


def moodle_number(member: str) -> str:
    """Return the number that Moodle gave a learner in one assignment; nothing if it isn't Moodle's.

    Examples
    --------
    >>> moodle_number("Ada Byron_4711_assignsubmission_file_/x.ipynb")
    '4711'
    """
    found = re.search(r"_(\d+)_assignsubmission_", member)
    return found[1] if found else ""


def name_in(platform: str, member: str, unit: str) -> str:
    """Return what a page is called, for the platform to know whose it is.

    Moodle goes by the folder, ``NAME_NUMBER_assignsubmission_file``; Canvas by the two numbers in
    the file's name, the learner's and the file's.

    Examples
    --------
    >>> name_in("moodle", "Ada Byron_4711_assignsubmission_file/my.ipynb", "01_conv2d")
    'Ada Byron_4711_assignsubmission_file/01_conv2d.html'
    >>> name_in("moodle", "Ada Byron_4711_assignsubmission_file_my.ipynb", "01_conv2d")
    'Ada Byron_4711_assignsubmission_file_01_conv2d.html'
    >>> name_in("canvas", "archive/byronada_33_8080_01_conv2d-1.ipynb", "01_conv2d")
    'byronada_33_8080_01_conv2d-1.html'
    """
    path = PurePosixPath(member)
    if platform == "canvas":
        return f"{path.stem}.html"
    head = next((part for part in path.parts if "_assignsubmission_" in part), path.parts[0])
    if head == path.name:  # as Moodle before 3.1 has it: no folder
        start, _, _ = head.partition("_assignsubmission_file_")
        return f"{start}_assignsubmission_file_{unit}.html"
    return f"{head}/{unit}.html"


def write(
    path: Path, platform: str, unit: str, pages: Mapping[str, Path], members: Mapping[str, str]
) -> Sequence[str]:
    """Write the archive; return the learners who have a page and no name on the platform.

    Parameters
    ----------
    path : Path
    platform : str
        One of :data:`PLATFORMS`.
    unit : str
    pages : mapping of str to Path
        By learner.
    members : mapping of str to str
        What :func:`downloads` returns.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for learner in sorted(set(pages) & set(members)):
            archive.write(pages[learner], name_in(platform, members[learner], unit))
    return sorted(set(pages) - set(members))
