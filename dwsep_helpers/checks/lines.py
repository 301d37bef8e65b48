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


def executed_lines(function: Callable, *args: Any, **kwargs: Any) -> int:
    """Return how many lines of the learner's own code a call executes.

    Code vectorized over an image runs as many for a large image as for a small one; any loop
    that returns to Python runs more: ``for`` and ``while``, a comprehension on one line,
    recursion, a lambda in ``np.vectorize``, ``map`` or ``np.apply_along_axis``.

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
        packages and this one. A line counts each time it runs.

    Notes
    -----
    A loop that never returns to the learner's code is not seen: ``map(operator.mul, …)``,
    ``np.vectorize(np.dot)``, ``sum(x.tolist())``, a function compiled by numba. Closing this
    would take the calls inside libraries, whose number can change for other reasons.

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

    def count_line(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        if event == "line":
            count += 1
        return count_line

    def enter(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        if _runs_for_a_library(frame):
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
