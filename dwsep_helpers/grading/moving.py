"""Move what a class has into another folder: whole, or not at all."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable
from pathlib import Path

from dwsep_helpers.grading import scratch


def move(path: Path, to: Path) -> None:
    """Move a file or a folder to a place where nothing is, also to another disk.

    Raises
    ------
    OSError
        If it can't be moved: then it is where it was.
    """
    try:
        path.rename(to)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(path, to)
        scratch.remove(path)


def move_all(paths: Iterable[Path], folder: Path) -> None:
    """Move files and folders into a folder, where they are called the same.

    Raises
    ------
    OSError
        If one of them can't be moved: then all are where they were.
    """
    moved: list[Path] = []
    try:
        for path in paths:
            move(path, folder / path.name)
            moved.append(path)
    except BaseException:
        for path in reversed(moved):
            move(folder / path.name, path)
        raise


def _copy(path: Path, to: Path) -> None:
    try:
        if path.is_dir():
            shutil.copytree(path, to, symlinks=True)
        else:
            shutil.copy2(path, to)
    except BaseException as error:
        scratch.remove(to)
        if isinstance(error, shutil.Error):  # a list of what went wrong, file by file
            name, _, why = error.args[0][0]
            raise OSError(errno.EINVAL, why, name) from None
        raise
