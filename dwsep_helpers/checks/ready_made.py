"""What a ready-made answer is called: any convolution, and the functions of this package."""

import os
import re
import sys
from collections.abc import Callable
from functools import cache
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from dwsep_helpers import carried
from dwsep_helpers.checks.lines import is_code_of_a_library, is_library

# How libraries call it: conv2d, _conv_forward, fftconvolve, correlate1d, filter2D, …; the one step
# around it that an exercise asks for; and what folds batch norms, or hides torch's operators,
# under other names.
CONVOLUTION = re.compile(
    r"conv(_|\d|olve|olution)|correlate|filter2d|sepfir2d|generic_filter|channel_?shuffle"
    r"|fuse_\w*bn|freeze_module|disable_current_modes",
    re.IGNORECASE,
)
PACKAGE = __name__.partition(".")[0]
FOLDER = f"{Path(__file__).parents[1]}{os.sep}"
_CARRIED = f"{os.sep}{carried.FOLDER}{os.sep}"
# C functions by their own names, which nobody can change: they start a thread that has no profile
# function; or have code run in another interpreter, which has none either ("exec" and "call"
# are other modules' functions, too).
STARTS_THREAD = {"start_new_thread", "start_new", "start_joinable_thread"}
RUNS_ELSEWHERE = {"run_string", "run_func", "run_in_subinterp", "run_in_subinterp_with_config"}
RUNS_CODE = {"exec", "call"}
# Code whose file or name is a text of a class that somebody made, or that passes for the package's.
ODD_CODE = "types.CodeType"
_EVADES = STARTS_THREAD | RUNS_ELSEWHERE | RUNS_CODE
_RENAMED: set[CodeType] = set()  # code of this package's, which its files hold by other names
_NO_ANSWERS: set[str] = set()  # files of this package that compute nothing an exercise asks for


def has_no_answers(file: str) -> None:
    """Let a file of this package run inside a learner's function, as Python's own files do."""
    refuse_strangers(sys._getframe(1))
    _NO_ANSWERS.add(file)


def refuse_strangers(caller: FrameType) -> None:
    """Raise an error where code from outside of this package says what is to be looked at."""
    if not _is_ours(caller.f_code):
        raise RuntimeError(f"only {PACKAGE} says what is no answer")


def renamed(function: Any, name: str) -> None:
    """Give a function of this package another name, in its code too."""
    refuse_strangers(sys._getframe(1))
    function.__code__ = function.__code__.replace(co_name=name, co_qualname=name)
    _RENAMED.add(function.__code__)


def _is_ours(code: CodeType) -> bool:
    return code.co_filename.startswith(FOLDER) and is_code_of_a_library(code)


@cache
def is_convolution(operator: Any) -> bool:
    """Whether an operator of torch is a convolution, by its name."""
    return CONVOLUTION.search(operator.name()) is not None


def is_suspect(name: str) -> bool:
    """Whether a C function may be a convolution or evade a profiler, by its own name."""
    return name in _EVADES or CONVOLUTION.search(name) is not None


def module_named(names: dict[str, Any]) -> str | None:
    """Return what global names call their module, asking nothing of keys that a learner made."""
    found = (value for key, value in dict.items(names) if type(key) is str and key == "__name__")
    module = next(found, None)
    return module if type(module) is str else None


def python_name(code: CodeType, module: str | None) -> str | None:
    """Return the public name of a ready-made answer, None for any other function.

    Parameters
    ----------
    code : CodeType
    module : str or None
        What its globals call their module.
    """
    if not type(code.co_filename) is type(code.co_name) is type(code.co_qualname) is str:
        return ODD_CODE
    if code.co_filename.startswith(FOLDER) and code not in _RENAMED and not _is_ours(code):
        return ODD_CODE
    if not code.co_flags & CO_OPTIMIZED or code.co_filename in _NO_ANSWERS:
        return None  # the first: the body of a module or class that is imported
    module = module or Path(code.co_filename).stem
    if _CARRIED in code.co_filename:  # the learner's own, of another notebook
        return f"mine.{Path(code.co_filename).stem}"
    name = code.co_qualname.partition(".")[0]
    if code.co_filename.startswith(FOLDER):  # whatever its globals are called
        return _public_name(_module_of(code.co_filename), name)
    ours = module.partition(".")[0] == PACKAGE and not code.co_filename.startswith("<")
    # Values, such as a dataclass makes with code that it generates, are no answers.
    if not ours and not (is_library(code.co_filename) and CONVOLUTION.search(code.co_name)):
        return None
    return _public_name(module, name)


def _module_of(file: str) -> str:
    """Return the name of a module of this package by its file."""
    parts = Path(file.removeprefix(FOLDER)).with_suffix("").parts
    return ".".join((PACKAGE, *(part for part in parts if part != "__init__")))


def class_name(kind: type) -> str | None:
    """Return the public name of a class of this package, None for any other."""
    ours = str(kind.__module__).partition(".")[0] == PACKAGE
    return _public_name(kind.__module__, kind.__name__) if ours else None


def builtin_name(function: Callable) -> str:
    """Return the public name of a C function."""
    # The owner can be any object, one that is being imported even: it is never asked itself.
    owner = getattr(function, "__self__", None)
    module = getattr(function, "__module__", None)
    if type(module) is not str:
        module = (owner if issubclass(type(owner), type) else type(owner)).__module__
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
