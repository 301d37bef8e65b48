"""Notice the ready-made answers that run inside an exercise to be solved by hand.

They are convolutions of any library, and whatever this package computes.

Two observers work together. A profile function sees every call that Python makes, by the
function that really runs: an alias, a ``functools.partial``, a helper or ``getattr`` hides
nothing. A dispatch mode of torch sees its convolutions even where C++ calls them.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, TypeVar

from dwsep_helpers import carried
from dwsep_helpers.checks.lines import is_library

# How libraries call it: conv2d, _conv_forward, fftconvolve, correlate1d, filter2D, …
_CONVOLUTION = re.compile(
    r"conv(_|\d|olve|olution)|correlate|filter2d|sepfir2d|generic_filter", re.IGNORECASE
)
# np.convolve and np.correlate know one axis only: on two they are a tool, not a shortcut.
_ALWAYS_ALLOWED = {"numpy", "builtins"}
_PACKAGE = __name__.partition(".")[0]
_FOLDER = f"{Path(__file__).parents[1]}{os.sep}"
_CARRIED = f"{os.sep}{carried.FOLDER}{os.sep}"
_IMPORTER = "<frozen importlib._bootstrap>"
# Functions of this package that other libraries call back while a check runs; and those that call
# the learner's function, which may be one of this package in person.
_UNWATCHED: set[CodeType] = set()
_CALLING_LEARNERS: set[CodeType] = set()
Function = TypeVar("Function", bound=Callable[..., Any])


class Refused(RuntimeError):
    """A function of this package was called where it would be the answer."""


def unwatched(function: Function) -> Function:
    """Have a function of this package run inside a watch; a decorator."""
    _UNWATCHED.add(function.__code__)
    return function


def calls_learners(function: Function) -> Function:
    """Have what a function of this package calls watched as if a learner called it; a decorator."""
    _CALLING_LEARNERS.add(function.__code__)
    return function


def is_among(name: str, allowed: Collection[str]) -> bool:
    """Whether a dotted name is one of those allowed, or of a class's methods.

    Examples
    --------
    >>> is_among("torch.nn.Conv2d", ["torch.*Conv2d"]), is_among("a.b.c", ["a.b"])
    (True, True)
    """
    return any(fnmatchcase(name, one) or fnmatchcase(name, f"{one}.*") for one in allowed)


@contextmanager
def watch(
    *, allow: Collection[str] = (), only: Collection[str] | None = None
) -> Iterator[list[str]]:
    """Collect the names of ready-made answers that run inside the ``with`` block.

    What this package's own functions call in turn isn't looked at, nor are modules while they
    are imported. All else runs as ever: its results, its errors, and, after the block, the profile
    functions that were there before.

    Parameters
    ----------
    allow : collection of str
        Packages that may be used, such as ``{"torch"}``.
    only : collection of str, optional
        The functions of this package that may run, as for :func:`is_among`, and aren't collected.
        Any other raises :class:`Refused` in place of running.

    Yields
    ------
    list of str
        Fills with the public names of the functions that the code called, each once; not
        with those that they call in turn.

    Notes
    -----
    Out of sight are other processes, threads that were running before, private C functions
    of other libraries that C code calls, and FFTs, which are no ready-made convolutions.

    A loop over scalars takes 1.0 to 1.2 times its time; one that calls a function for every
    pixel, whose calls and returns are all seen, 3 times.

    Examples
    --------
    >>> import numpy as np
    >>> from dwsep_helpers import conv2d as alias
    >>> with watch() as shortcuts:
    ...     y = alias(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))
    >>> shortcuts
    ['dwsep_helpers.conv2d']
    """
    found: list[str] = []
    with ExitStack() as stack:
        before = sys.getprofile()
        outer = before if isinstance(before, _Observer) else None
        observer = _Observer(found, frozenset(allow) | _ALWAYS_ALLOWED, only, stack, outer)
        if "torch" in sys.modules:
            observer.watch_torch()
        stack.callback(threading.setprofile, threading.getprofile())
        threading.setprofile(observer)
        sys.setprofile(observer)
        try:
            yield found
        finally:
            _restore_profile(before)


unwatched(vars(watch)["__wrapped__"])


@dataclass(eq=False)
class _Observer:
    """The profile function: called by Python at each call and return."""

    found: list[str]
    allowed: frozenset[str]
    only: Collection[str] | None
    stack: ExitStack
    outer: _Observer | None  # a watch in a watch hides nothing from it
    # Of few functions, asked often. By address: a code object's own hash reads all of it each time.
    names: dict[int, tuple[CodeType, str | None]] = field(default_factory=dict)
    thread: int = field(default_factory=threading.get_ident)
    # In each thread, the shortcut that is running: its frame and the event that ends it.
    running: dict[int, tuple[FrameType, str]] = field(default_factory=dict)

    def __call__(self, frame: FrameType, event: str, function: Any) -> None:
        if self.outer:
            self.outer(frame, event, function)
        if event == "call":
            code = frame.f_code
            try:
                _, name = self.names[id(code)]
            except KeyError:
                name = _python_name(code, frame.f_globals.get("__name__"))
                self.names[id(code)] = code, name
            if name is None:
                if code.co_name == "<module>" and _is_import(frame):
                    self.running.setdefault(threading.get_ident(), (frame, "return"))
            elif name.startswith("mine."):
                self.note(name)  # and what it calls is looked at: a learner wrote it
            elif not _is_our_business(frame):
                self.note(name, frame, "return")
        elif event == "c_call":
            if _is_suspect(function.__name__):
                if _sets_profile(function) and not is_library(frame.f_code.co_filename):
                    self.note("sys.setprofile")  # it would look away from what comes next
                elif _CONVOLUTION.search(function.__name__):
                    self.note(_builtin_name(function), frame, "c_return")
        elif self.running:
            self.end(frame, event.replace("exception", "return"))
        elif event == "return" and frame.f_code.co_name == "<module>" and _is_torch(frame):
            self.watch_torch()  # imported just now, by the code that is watched

    def note(self, name: str, frame: FrameType | None = None, end: str = "") -> None:
        """Keep a name, unless the function was called by one that is noted already."""
        thread = threading.get_ident()
        package = name.partition(".")[0]
        if package in self.allowed or thread in self.running:
            return
        if frame:
            self.running[thread] = frame, end
        ours = package == _PACKAGE and self.only is not None
        if ours and is_among(name, self.only or ()):
            return
        if name not in self.found:
            self.found.append(name)
        if ours:
            raise Refused(f"{name} is no part of your answer")

    def end(self, frame: FrameType, event: str) -> None:
        """See a call end, by a result or by an exception."""
        thread = threading.get_ident()
        if self.running.get(thread) == (frame, event):
            del self.running[thread]

    def watch_torch(self) -> None:
        """Also see the convolutions that torch's C++ code calls in this thread."""
        if "torch" in self.allowed or threading.get_ident() != self.thread:
            return
        from torch.utils._python_dispatch import TorchDispatchMode

        note = self.note

        class Convolutions(TorchDispatchMode):
            # True would import torch._dynamo at the first operation: 2 s, or 10 s when watched.
            @classmethod
            @unwatched
            def _should_skip_dynamo(cls) -> bool:
                return False

            @unwatched
            def __torch_dispatch__(
                self, operator: Any, types: Any, args: tuple = (), kwargs: dict | None = None
            ) -> Any:
                if _CONVOLUTION.search(operator.name()):
                    note("torch.ops." + operator.name().replace("::", "."))
                return operator(*args, **(kwargs or {}))

        self.stack.enter_context(Convolutions())


def _is_our_business(frame: FrameType) -> bool:
    """Whether a function of this package was called by another of its functions."""
    caller = frame.f_back
    by_ours = caller and _is_ours(caller) and caller.f_code not in _CALLING_LEARNERS
    return _is_ours(frame) and (frame.f_code in _UNWATCHED or bool(by_ours))


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_FOLDER)


def _is_import(frame: FrameType) -> bool:
    """Whether the body of a module is of this package's and is being imported."""
    caller = frame.f_back
    return caller is not None and caller.f_code.co_filename == _IMPORTER and _is_ours(frame)


@cache
def _is_suspect(name: str) -> bool:
    """Whether a C function may be a convolution or switch on a profiler, by its own name."""
    return name in ("setprofile", "enable") or _CONVOLUTION.search(name) is not None


def _sets_profile(function: Any) -> bool:
    owners = type(getattr(function, "__self__", None)).__mro__
    return function is sys.setprofile or any(owner.__module__ == "_lsprof" for owner in owners)


def _is_torch(frame: FrameType) -> bool:
    """Whether the body of a module is torch's package, as it is when torch is imported."""
    return frame.f_globals.get("__name__") == "torch"


def _python_name(code: CodeType, module: str | None) -> str | None:
    """Return the public name of a ready-made answer, None for any other function."""
    if not module or not code.co_flags & CO_OPTIMIZED:
        return None  # the body of a module or class that is imported
    if _CARRIED in code.co_filename:  # the learner's own, of another notebook
        return f"mine.{Path(code.co_filename).stem}"
    ours = code.co_filename.startswith(_FOLDER) or (
        module.partition(".")[0] == _PACKAGE and not code.co_filename.startswith("<")
    )  # values, such as a dataclass makes with code that it generates, are no answers
    if not ours and not (is_library(code.co_filename) and _CONVOLUTION.search(code.co_name)):
        return None
    return _public_name(module, code.co_qualname.partition(".")[0])


def _builtin_name(function: Callable) -> str:
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
            parts[0] != _PACKAGE or getattr(public, "__module__", "") == module
        ):
            return f"{package}.{name}"
    return f"{module}.{name}"


def _restore_profile(previous: Any) -> None:
    if previous is None or callable(previous):
        sys.setprofile(previous)
    else:  # cProfile before Python 3.12 can only switch itself on
        sys.setprofile(None)
        previous.enable()
