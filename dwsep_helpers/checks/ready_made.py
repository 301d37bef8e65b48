"""What a ready-made answer is called: any convolution, and the functions of this package."""

import os
import re
import sys
from collections.abc import Callable
from functools import cache
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType
from typing import Any

from dwsep_helpers import carried
from dwsep_helpers.checks.lines import is_library

# How libraries call it: conv2d, _conv_forward, fftconvolve, correlate1d, filter2D, …; and the
# one step around it that an exercise asks for.
CONVOLUTION = re.compile(
    r"conv(_|\d|olve|olution)|correlate|filter2d|sepfir2d|generic_filter|channel_?shuffle",
    re.IGNORECASE,
)
PACKAGE = __name__.partition(".")[0]
FOLDER = f"{Path(__file__).parents[1]}{os.sep}"
_CARRIED = f"{os.sep}{carried.FOLDER}{os.sep}"
# C functions by their own names, which nobody can change: they start a thread that has no profile
# function; have code run in another interpreter, which has none either ("exec" and "call" are
# other modules' functions, too); or switch one on or off.
STARTS_THREAD = {"start_new_thread", "start_new", "start_joinable_thread"}
RUNS_ELSEWHERE = {"run_string", "run_func", "run_in_subinterp", "run_in_subinterp_with_config"}
RUNS_CODE = {"exec", "call"}
_EVADES = STARTS_THREAD | RUNS_ELSEWHERE | RUNS_CODE | {"setprofile", "enable"}
_NO_ANSWERS: set[str] = set()  # files of this package that compute nothing an exercise asks for


def has_no_answers(file: str) -> None:
    """Let a file of this package run inside a learner's function, as Python's own files do."""
    _NO_ANSWERS.add(file)


@cache
def is_convolution(operator: Any) -> bool:
    """Whether an operator of torch is a convolution, by its name."""
    return CONVOLUTION.search(operator.name()) is not None


def is_suspect(name: str) -> bool:
    """Whether a C function may be a convolution or evade a profiler, by its own name."""
    return name in _EVADES or CONVOLUTION.search(name) is not None


def python_name(code: CodeType, module: str | None) -> str | None:
    """Return the public name of a ready-made answer, None for any other function."""
    if not module or not code.co_flags & CO_OPTIMIZED or code.co_filename in _NO_ANSWERS:
        return None  # the first two: the body of a module or class that is imported
    if _CARRIED in code.co_filename:  # the learner's own, of another notebook
        return f"mine.{Path(code.co_filename).stem}"
    ours = code.co_filename.startswith(FOLDER) or (
        module.partition(".")[0] == PACKAGE and not code.co_filename.startswith("<")
    )  # values, such as a dataclass makes with code that it generates, are no answers
    if not ours and not (is_library(code.co_filename) and CONVOLUTION.search(code.co_name)):
        return None
    return _public_name(module, code.co_qualname.partition(".")[0])


def builtin_name(function: Callable) -> str:
    """Return the public name of a C function."""
    # The owner can be any object, one that is being imported even: it is never asked itself.
    owner = getattr(function, "__self__", None)
    module = getattr(function, "__module__", None)
    if not isinstance(module, str):
        module = (owner if isinstance(owner, type) else type(owner)).__module__
    return _public_name(module, function.__name__)


def _public_name(module: str, name: str) -> str:
    """Return ``scipy.signal.convolve2d`` for ``convolve2d`` of ``scipy.signal._signaltools``."""
    parts = module.split(".")
    for depth in range(1, len(parts)):
        package = ".".join(parts[:depth])
        public = vars(sys.modules.get(package, object)).get(name)
        if public is not None and (
            parts[0] != PACKAGE or getattr(public, "__module__", "") == module
        ):
            return f"{package}.{name}"
    return f"{module}.{name}"
