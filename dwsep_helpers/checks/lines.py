"""How much Python a call runs: counted lines, not a clock."""

import os
import site
import sys
import sysconfig
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from dwsep_helpers.checks.hidden_loops import noted


def executed_lines(function: Callable, *args: Any, **kwargs: Any) -> int:
    """Return how many lines of the learner's own code a call executes.

    Code vectorized over an image runs as many for a large image as for a small one; any loop
    that returns to Python runs more: ``for`` and ``while``, a comprehension on one line,
    recursion. So does one that hides in ``map``, ``sum``, ``functools.reduce``, ``np.vectorize``,
    ``np.apply_along_axis``, a pool's ``map`` and the like, whatever it calls.

    Parameters
    ----------
    function : callable
        For example a learner's ``conv2d_vectorized``.
    *args, **kwargs
        What it is called with.

    Returns
    -------
    int
        Lines run and functions entered, outside of the standard library, the installed
        packages and this one, and the rounds of ``map`` and the like that those lines start.
        A line counts each time it runs.

    Notes
    -----
    Out of sight are loops of compiled code, as numba's, and a ``map`` that the function took
    along as a default value or by a closure.

    The trace function that was set before (a debugger's, coverage's) sees nothing of the call
    and is set again after it. A pure Python loop takes 2 to 4 times its time.

    Examples
    --------
    >>> import numpy as np
    >>> def rows(image):
    ...     return [row.sum() for row in image]
    >>> executed_lines(rows, np.ones((9, 9))) - executed_lines(rows, np.ones((4, 9)))
    5
    >>> def whole(image):
    ...     return image.sum(axis=1)
    >>> executed_lines(whole, np.ones((9, 9))) - executed_lines(whole, np.ones((4, 9)))
    0
    """
    count = 0

    def note() -> None:
        nonlocal count
        count += 1

    def count_line(frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            note()
        return count_line

    def enter(frame: FrameType, event: str, arg: Any) -> Any:
        if _runs_for_a_library(frame):
            return None
        note()
        watch(frame.f_globals)
        return count_line

    previous, previous_in_threads = sys.gettrace(), threading.gettrace()
    with noted(note, is_library) as watch:
        threading.settrace(enter)
        sys.settrace(enter)
        try:
            function(*args, **kwargs)
        finally:
            sys.settrace(previous)
            threading.settrace(previous_in_threads)
    return count


def _runs_for_a_library(frame: FrameType | None) -> bool:
    # Generated code, such as a named tuple's constructor, belongs to the one who calls it.
    while frame and frame.f_code.co_filename == "<string>":
        frame = frame.f_back
    return frame is not None and is_library(frame.f_code.co_filename)


@cache
def is_library(filename: str) -> bool:
    """Whether code of this file is the standard library's, a package's or this package's.

    Parameters
    ----------
    filename : str
        A code object's ``co_filename``.
    """
    return filename.startswith(("<frozen ", "<__array_function__", *_library_folders()))


@cache
def _library_folders() -> tuple[str, ...]:
    folders = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [*site.getsitepackages(), site.getusersitepackages()]
    # Where NumPy lies, others lie too, wherever the system put them.
    folders += [str(Path(file).parents[1]) for file in (np.__file__, __file__)]
    return tuple(f"{Path(folder)}{os.sep}" for folder in folders)
