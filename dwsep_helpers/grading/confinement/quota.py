"""How much room a kernel's files take: the one limit that Linux doesn't set by itself.

Its keeper looks a few times a second. What a kernel writes in between is on the disk all the same,
half a gigabyte at most where the disk is quick.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

ENTRY = 4096  # bytes that a file or a folder counts besides what is in it
_BLOCK = 512  # bytes: the unit of st_blocks, whatever the disk


def taken(pid: int, folder: Path) -> int:
    """Return the bytes that a process's files take.

    Parameters
    ----------
    pid : int
        A process of this user's.
    folder : Path
        The one where it writes.
    """
    return used(folder) + _unlinked(pid)


def used(folder: Path) -> int:
    """Return the bytes that a folder takes; more than any limit if that can't be found out."""
    total, left = 0, [str(folder)]
    while left:
        try:
            with os.scandir(left.pop()) as entries:
                for entry in entries:
                    about = entry.stat(follow_symlinks=False)
                    total += ENTRY + about.st_blocks * _BLOCK
                    if stat.S_ISDIR(about.st_mode):
                        left.append(entry.path)
        except FileNotFoundError:  # gone in the meantime
            continue
        except OSError:  # nested too deeply, or hidden: nobody does so by accident
            return sys.maxsize
    return total


def _unlinked(pid: int) -> int:
    """Return the bytes of files that are in no folder any more, and open."""
    total = 0
    try:
        with os.scandir(f"/proc/{pid}/fd") as entries:
            for entry in entries:
                try:
                    about = entry.stat()
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(about.st_mode) and not about.st_nlink:
                    total += about.st_blocks * _BLOCK
    except (FileNotFoundError, ProcessLookupError):
        return 0
    except PermissionError:  # it hides them
        return sys.maxsize
    return total
