"""A room: the folder that a learner's kernels run in, one at a time, and what they are given."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from dwsep_helpers import course
from dwsep_helpers.grading import scratch
from dwsep_helpers.grading.confinement.keeper import Keeper
from dwsep_helpers.grading.reading import LARGEST


@dataclass(frozen=True)
class Room:
    """Where kernels run.

    Attributes
    ----------
    folder : Path
        Their home, the folder they start in, and the only one where they may write.
    keeper : Keeper or None
        Starts them, forked and confined; None starts each anew, as Jupyter does.
    given : frozenset of str
        The files that are in the folder before the first kernel starts.
    """

    folder: Path
    keeper: Keeper | None = None
    given: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "given", frozenset(os.listdir(self.folder)))

    def tidy(self, keep: Iterable[str]) -> None:
        """Remove what kernels left in the folder, but for files with these names."""
        for name in set(os.listdir(self.folder)) - self.given - set(keep):
            scratch.remove(self.folder / name)


def copy_files(folder: Path, places: list[Path]) -> None:
    """Copy what lies beside a notebook: plain small files, and no links."""
    if not folder.is_dir() or folder in places:
        return
    for path in sorted(folder.iterdir()):
        plain = path.is_file() and not path.is_symlink() and ".ipynb" not in path.name.lower()
        if plain and path.stat().st_size <= LARGEST:
            for place in places:
                shutil.copyfile(path, place / path.name)


def modules_of(unit: str) -> tuple[str, ...]:
    """Return what a unit's notebook imports, so that it is there before a process is confined."""
    all_do = ("numpy", "matplotlib.pyplot", "dwsep_helpers.figures", "dwsep_helpers.checks.remote")
    torch = any(known.name == unit and known.torch for known in course.UNITS)
    return (*all_do, "torch", "dwsep_helpers.mobilenet") if torch else all_do
