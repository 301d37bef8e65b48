"""How much Python a call runs: counted lines, not a clock."""

import os
import site
import sysconfig
import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib.machinery import FrozenImporter, SourceFileLoader
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np

from dwsep_helpers.checks.hidden_loops import noted
from dwsep_helpers.checks.tracing import traced

# Modules that are frozen under another name; and what is known of code, by its address, since
# its own hash reads all of it each time.
_FROZEN = {
    "importlib._bootstrap": "_frozen_importlib",
    "importlib._bootstrap_external": "_frozen_importlib_external",
}
_KNOWN: dict[int, tuple[CodeType, bool]] = {}
_MANY = 20_000
_BEGAN = time.time()


def executed_lines(function: Callable, *args: Any, **kwargs: Any) -> int:
    """Return how many lines of the learner's own code a call executes.

    Code vectorized over an image runs as many for a large image as for a small one; any loop
    that returns to Python runs more: ``for`` and ``while``, a comprehension on one line,
    recursion. So does one that hides in ``map``, ``sum``, ``functools.reduce``, ``np.vectorize``,
    ``np.apply_along_axis``, ``map`` of a pool or of pandas and the like, whatever it calls.

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

    Raises
    ------
    NotTracedError
        If the function kept its lines from being counted.

    Notes
    -----
    Out of sight are loops of compiled code, as numba's, and a ``map`` that the function took
    along as a default value or by a closure.

    A pure Python loop takes 2 to 4 times its time.

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

    def see(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            watch(frame.f_globals)
        if event in ("call", "line"):
            note()

    _library_folders()  # before there are stand-ins, which ask for them
    with noted(note, is_of_a_library) as watch, traced(see, is_of_a_library):
        function(*args, **kwargs)
    return count


def is_of_a_library(frame: FrameType | None) -> bool:
    """Whether a frame runs code of a library: of a file's name, and really of that file.

    Parameters
    ----------
    frame : frame or None
    """
    # Generated code, such as a named tuple's constructor, belongs to the one who calls it.
    while frame and frame.f_code.co_filename == "<string>":
        frame = frame.f_back
    return frame is not None and is_code_of_a_library(frame.f_code)


def is_code_of_a_library(code: CodeType) -> bool:
    """Whether code is a library's; any can be compiled under the name of a library's file.

    A file that was written since this process began holds what nobody runs yet: it is believed.
    """
    known = _KNOWN.get(id(code))
    if known is None:
        name = code.co_filename
        if len(_KNOWN) > _MANY:
            _KNOWN.clear()
        is_its = is_library(name) and (code in _codes_of(name) or _is_new(name))
        known = _KNOWN[id(code)] = code, is_its
    return known[1]


@cache
def _codes_of(filename: str) -> frozenset[CodeType]:
    """Return all code of a file, or of a module that is a part of Python itself."""
    try:
        if filename.startswith("<"):
            name = filename.removeprefix("<frozen ").removesuffix(">")
            code = FrozenImporter.get_code(_FROZEN.get(name, name))
        else:
            code = SourceFileLoader(filename, filename).get_code(filename)
    except (ImportError, OSError, SyntaxError):
        return frozenset()
    return frozenset(codes_inside(code)) if code else frozenset()


def _is_new(filename: str) -> bool:
    """Whether a file was put there since this process began, as where packages are upgraded."""
    try:
        return not filename.startswith("<") and os.stat(filename).st_ctime > _BEGAN
    except OSError:
        return False


def codes_inside(code: CodeType) -> Iterator[CodeType]:
    """Yield a code, and those of the functions and classes that are defined in it."""
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from codes_inside(part)


@cache
def is_library(filename: str) -> bool:
    """Whether code of this file is the standard library's, a package's or this package's.

    That holds as long as nobody misleads: see :func:`is_of_a_library`.

    Parameters
    ----------
    filename : str
        A code object's ``co_filename``.
    """
    return filename.startswith(("<frozen ", *_library_folders()))


@cache
def _library_folders() -> tuple[str, ...]:
    folders = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [*site.getsitepackages(), site.getusersitepackages()]
    # Where NumPy lies, others lie too, wherever the system put them.
    folders += [str(Path(file).parents[1]) for file in (np.__file__, __file__)]
    return tuple(f"{Path(folder)}{os.sep}" for folder in folders)
