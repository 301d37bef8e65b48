"""A room: the folder that a learner's kernels run in, one at a time, and what they are given."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import nsmallest
from importlib.util import find_spec
from pathlib import Path

from dwsep_helpers import course
from dwsep_helpers.grading import scratch
from dwsep_helpers.grading.confinement.keeper import OWN, Keeper

# What is copied of what lies beside a notebook, at most.
MOST_FILES, MOST_BYTES, _DEPTH = 500, 50 * 2**20, 4
_IGNORED = re.compile(rf"\.ipynb|^{re.escape(OWN)}", re.IGNORECASE)
_UNITS = {unit.name for unit in course.UNITS}
_OF_ALL = (
    "numpy",
    "matplotlib.pyplot",
    *(
        f"dwsep_helpers.{name}"
        for name in (
            *("cards", "checks.remote", "cost", "data", "explorables", "figures", "hardware"),
            *("grading.in_kernel", "loops", "mine", "papers", "predictions", "session"),
        )
    ),
)
_OF_TORCH = (
    "torch",
    "sklearn.model_selection",  # splits the digits of unit 05, and is imported only then
    *(
        f"dwsep_helpers.{name}"
        for name in (
            *("hardware.eager", "hardware.export", "hardware.findings", "hardware.one_layer"),
            *("hardware.photographed", "hardware.plans", "hardware.recognizing"),
            *("hardware.rounded", "mobilenet.overfitting", "mobilenet.photographs"),
            "mobilenet.pretrained",
        )
    ),
)
_TRIES_TORCH = "01_conv2d"  # with a name that its answers use: its kernels import it if they can


@dataclass(frozen=True)
class Room:
    """Where kernels run.

    Attributes
    ----------
    folder : Path
        Their home, the folder they start in, and the only one where they may write.
    keeper : Keeper or None
        Starts them, forked and confined; None starts each anew, as Jupyter does.
    fill : callable, optional
        Puts there what kernels are given. Without it, they are given what is there.
    given : frozenset of str
        The files that are in the folder before the first kernel starts.
    """

    folder: Path
    keeper: Keeper | None = None
    fill: Callable[[], None] | None = None
    given: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        if self.fill:
            self.fill()
        object.__setattr__(self, "given", frozenset(os.listdir(self.folder)))

    def renew(self) -> None:
        """End the kernel, and have the folder as it was before: kernels fill it, and files in it.

        What can be put there again is removed, too, since it may have become anything.
        """
        kept = () if self.fill else self.given
        if self.keeper:
            self.keeper.empty(kept)
        else:
            scratch.empty(self.folder, kept)
        if self.fill:
            self.fill()


def copy_files(folder: Path, places: list[Path]) -> None:
    """Copy what lies beside a notebook: see :func:`beside`."""
    if folder in places:
        return
    for path in beside(folder):
        if not os.access(path, os.R_OK):
            continue
        for place in places:
            copy = place / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def beside(
    folder: Path, *, closed: Callable[[OSError], None] = lambda error: None
) -> Iterator[Path]:
    """Find what lies beside a notebook, a package of helpers too: plain files, and no links.

    Large files don't count, nor do all that come after many, notebooks, other units, folders
    whose names start with ``.`` or ``_``, and files that are called as a room's own.

    Parameters
    ----------
    folder : Path
    closed : callable
        Is given the error where a folder can't be read, and may raise it.
    """
    left, size = MOST_FILES, MOST_BYTES
    for path in _plain_files(folder, _DEPTH, closed) if folder.is_dir() else ():
        length = path.stat().st_size
        if length > size:
            continue
        left, size = left - 1, size - length
        if left < 0:
            break
        yield path


def _plain_files(folder: Path, depth: int, closed: Callable[[OSError], None]) -> Iterator[Path]:
    """Return files, those of the folder itself first."""
    try:
        with os.scandir(folder) as found:
            kept = (entry for entry in found if not _IGNORED.search(entry.name))
            entries = nsmallest(MOST_FILES * 4, kept, key=lambda entry: entry.name)
    except OSError as error:
        closed(error)
        return
    for entry in entries:
        if entry.is_file(follow_symlinks=False):
            yield folder / entry.name
    for entry in entries:
        other = entry.name[0] in "._" or entry.name.lower() in _UNITS
        if depth and not other and entry.is_dir(follow_symlinks=False):
            yield from _plain_files(folder / entry.name, depth - 1, closed)


def modules_of(unit: str) -> tuple[str, ...]:
    """Return what a unit's notebook imports, so that it is there before a process is confined."""
    if any(known.name == unit and known.torch for known in course.UNITS):
        return (*_OF_ALL, *_OF_TORCH)
    return (*_OF_ALL, "torch") if unit == _TRIES_TORCH and find_spec("torch") else _OF_ALL
