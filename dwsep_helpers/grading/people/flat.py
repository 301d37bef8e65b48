"""Work that no platform named: a folder, or a file, is called like its learner."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dwsep_helpers.grading.handed_in import NO_WORK
from dwsep_helpers.grading.names import folded, plain_name

FLAT: Final = "files"  # instead of a platform's name
_SUBMITTED: Final = {"submitted files", "eingereichte dateien"}  # Teams'
_WORKING: Final = {"working files", "arbeitsdateien"}
_VERSION: Final = re.compile(r"version (\d{1,6})", re.IGNORECASE)
COPY: Final = re.compile(r"[-_ ]+(copy of|kopie von|copia de)$", re.IGNORECASE)
Parts = tuple[str, ...]


@dataclass(frozen=True)
class Upload:
    """A file in an archive, and what its name says.

    Attributes
    ----------
    path : tuple of str
        Where it lies in the archive, folder by folder.
    platform : str
    key : str
        What tells its learner from all others in the archive: the platform's id.
    head : str
        The name in the archive that says so.
    name : str
        The learner's, as the platform writes it.
    file : tuple of str
        Where it lay with the learner, folder by folder.
    ids : mapping of str to str
        As a roster has them.
    email : str
    when : datetime or None
    late : bool
        Whether the platform says it was late.
    order : int
        Of two of the same name, the one with the larger number came later.
    note : str
        What can't be read of the name.
    """

    path: Parts
    platform: str
    key: str
    head: str
    name: str
    file: Parts
    ids: Mapping[str, str] = field(default_factory=dict)
    email: str = ""
    when: datetime | None = None
    late: bool = False
    order: int = 0
    note: str = ""


def uploads(
    paths: Sequence[Parts], depth: int, unit: str
) -> tuple[list[Upload], list[tuple[Parts, str]]]:
    """Tell whose files are, in a class's folder; see :func:`platforms.uploads`.

    Parameters
    ----------
    paths : sequence of tuple of str
    depth : int
        How many folders all of the class lies in.
    unit : str
    """
    found, left = [], []
    for path in paths:
        inner, order = path[depth:], 0
        if len(inner) > 1:
            who, file = _of_repository(path[:depth], inner[0], unit), inner[1:]
            file, order = _of_version(file)
            file = file[1:] if len(file) > 1 and file[0].lower() == unit.lower() else file
        else:
            who, file = _without(inner[0], unit), (_as_the_units(inner[0], unit),)
            if NO_WORK.match(inner[0]):
                left.append((path, "it is no learner's work"))
                continue
        who = unicodedata.normalize("NFC", who)
        if who:
            found.append(Upload(path, FLAT, folded(who), inner[0], who, file, order=order))
        else:
            left.append((path, "neither its name nor its folder's says whose it is"))
    return found, left


def of_teams(
    paths: Sequence[Parts], unit: str
) -> tuple[list[Upload], list[tuple[Parts, str]]] | None:
    """Tell whose files are in Teams' library of a class; None if it is something else.

    ``Submitted files/LEARNER/ASSIGNMENT/Version 2/FILE``: of several assignments, those count in
    which somebody's file is named after the unit.
    """
    found: dict[str, list[Upload]] = {}
    left: dict[Parts, str] = {}
    around = {_library(path) for path in paths}
    library = around.pop() if len(around) == 1 else None  # else it may be a folder of a learner's
    if library is None:
        return None
    at = len(library)
    for path in paths:
        if path[at].lower() not in _SUBMITTED or len(path) < at + 4:
            left[path[:2]] = "Teams has it elsewhere than among learners' submitted files"
            continue
        who, assignment = path[at + 1], path[at + 2]
        file, order = _of_version(path[at + 2 :])
        file = file if order else file[1:]
        name = unicodedata.normalize("NFC", who)
        one = Upload(path, FLAT, folded(who), who, name, file, order=order)
        found.setdefault(assignment, []).append(one)
    if not found:
        return None
    named = {a for a in found for one in found[a] if unit.lower() in one.path[-1].lower()}
    for other in found.keys() - named if named else ():
        left[other,] = f"none of its files is named after {unit}"
    return [one for a in named or found for one in found[a]], [*left.items()]


def _library(path: Parts) -> Parts | None:
    """Return the folders around Teams' submitted files; None if a file lies elsewhere."""
    folders = enumerate(path[:2])
    return next((path[:at] for at, one in folders if one.lower() in _SUBMITTED | _WORKING), None)


def _of_version(file: Parts) -> tuple[Parts, int]:
    """Return where a file lies in one of Teams' versions of an assignment, and which one."""
    version = _VERSION.fullmatch(file[1]) if len(file) > 2 else None
    return (file[2:], int(version[1])) if version else (file, 0)


def _of_repository(around: Parts, name: str, unit: str) -> str:
    """Return a folder's name without the assignment's, which GitHub Classroom has in front."""
    assignment = around[-1].removesuffix("-submissions") if around else ""
    if assignment and name.startswith(f"{assignment}-"):
        return name.removeprefix(f"{assignment}-")
    return re.sub(rf"(?i)^{unit.replace('_', '[-_]')}[-_ ]+(?=.)", "", name)


def _as_the_units(name: str, unit: str) -> str:
    """Return what a notebook that is called like its learner is called with everybody else."""
    _, dot, ending = name.lower().partition(".ipynb")
    return f"{unit}{dot}{ending}" if dot else name


def has_learners(inside: Collection[Parts], unit: str) -> bool:
    """Tell a folder of learners from a learner's, by what is in it."""
    files = {path[0] for path in inside if len(path) == 1 and not NO_WORK.match(path[0])}
    folders = {path[0] for path in inside if len(path) > 1}
    named = {name for name in files | folders if not _without(name, unit)}
    with_work = {path[0] for path in inside if len(path) > 1 and ".ipynb" in path[-1].lower()}
    work = {name for name in files if ".ipynb" in name.lower()}
    return not named and len(work | with_work) > 1


def _without(name: str, unit: str) -> str:
    """Return a file's name without its ending, and without the unit's name before or behind."""
    stem = plain_name(name) if ".ipynb" in name.lower() else re.sub(r"\.\w{1,5}$", "", name)
    apart = rf"(?i)^{re.escape(unit)}(?:[-_ ]+|$)|(?:^|[-_ ]+){re.escape(unit)}$"
    return COPY.sub("", re.sub(apart, "", stem))
