"""How much Python a call runs: counted lines, not a clock."""

from __future__ import annotations

import site
import sys
import sysconfig
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np


def executed_lines(function: Callable, *args, **kwargs) -> int:
    """Return how many lines of the learner's own code a call executes.

    The library's lines (standard library, installed packages, this package) don't count.

    Parameters
    ----------
    function : callable
        For example a learner's ``conv2d_vectorized``.
    *args, **kwargs
        What it is called with.

    Returns
    -------
    int
        Events "line" and "call": it grows with the image if Python loops over its pixels.
    """
    count = 0

    def count_line(frame, event, arg):
        nonlocal count
        if event == "line":
            count += 1
        return count_line

    def enter(frame, event, arg):
        nonlocal count
        if _is_library(frame.f_code.co_filename):
            return None
        count += 1
        return count_line

    previous, previous_in_threads = sys.gettrace(), threading.gettrace()
    threading.settrace(enter)
    sys.settrace(enter)
    try:
        function(*args, **kwargs)
    finally:
        sys.settrace(previous)
        threading.settrace(previous_in_threads)
    return count


@cache
def _library_folders() -> tuple[str, ...]:
    folders = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [*site.getsitepackages(), site.getusersitepackages()]
    folders += [str(Path(np.__file__).parents[1]), str(Path(__file__).parents[1])]
    return tuple(f"{Path(folder)}/" for folder in folders)


@cache
def _is_library(filename: str) -> bool:
    return filename.startswith(("<frozen ", "<__array_function__", *_library_folders()))
