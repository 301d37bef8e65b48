"""Notice the ready-made answers that run inside an exercise to be solved by hand.

They are convolutions of any library, and the course's own operators and formulas of cost.

Two observers work together. A profile function sees every call that Python makes, by the
function that really runs: an alias, a ``functools.partial``, a helper or ``getattr`` hides
nothing. A dispatch mode of torch sees its convolutions even where C++ calls them.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from inspect import CO_OPTIMIZED
from types import CodeType, FrameType
from typing import Any

from dwsep_helpers.checks.lines import is_library

# How libraries call it: conv2d, _conv_forward, fftconvolve, correlate1d, filter2D, …
_CONVOLUTION = re.compile(
    r"conv(_|\d|olve|olution)|correlate|filter2d|sepfir2d|generic_filter", re.IGNORECASE
)
# The course's own answers, whatever they are called: operators and formulas.
_ANSWERS = (
    "dwsep_helpers.kernels",
    "dwsep_helpers.cost.layers",
    "dwsep_helpers.mobilenet.blocks",
    "dwsep_helpers.mobilenet.folding",
    "dwsep_helpers.mobilenet.networks",
    "dwsep_helpers.hardware.limits",
    "dwsep_helpers.hardware.quantization",
    "dwsep_helpers.hardware.roofline",
    *(f"dwsep_helpers.checks.unit_0{number}" for number in range(1, 7)),
)
# np.convolve and np.correlate know one axis only: on two they are a tool, not a shortcut.
_ALWAYS_ALLOWED = {"numpy", "builtins"}


@contextmanager
def watch(*, allow: Collection[str] = ()) -> Iterator[list[str]]:
    """Collect the names of ready-made convolutions that run inside the ``with`` block.

    What runs is left as it is: its results, its errors, and, after the block, the profile
    functions that were there before.

    Parameters
    ----------
    allow : collection of str
        Packages whose convolutions may be used, such as ``{"torch"}``; ``"dwsep_helpers"``
        for the course's own kernels.

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
        observer = _Observer(found, frozenset(allow) | _ALWAYS_ALLOWED, stack)
        if "torch" in sys.modules:
            observer.watch_torch()
        stack.callback(_restore_profile, sys.getprofile())
        stack.callback(threading.setprofile, threading.getprofile())
        threading.setprofile(observer)
        sys.setprofile(observer)
        yield found


class _Observer:
    """The profile function: called by Python at each call and return."""

    def __init__(self, found: list[str], allowed: frozenset[str], stack: ExitStack):
        self.found = found
        self.allowed = allowed
        self.stack = stack
        self.names: dict[CodeType, str | None] = {}  # a loop asks for few functions, often
        self.thread = threading.get_ident()
        # In each thread, the shortcut that is running: its frame and the event that ends it.
        self.running: dict[int, tuple[FrameType, str]] = {}

    def __call__(self, frame: FrameType, event: str, function: Any) -> None:
        if event == "call":
            code = frame.f_code
            try:
                name = self.names[code]
            except KeyError:
                name = self.names[code] = _python_name(code, frame.f_globals.get("__name__"))
            if name:
                self.note(name, frame, "return")
        elif event == "c_call":
            if function is sys.setprofile and not is_library(frame.f_code.co_filename):
                self.note("sys.setprofile")  # it would look away from what comes next
            elif _CONVOLUTION.search(function.__name__):
                self.note(_builtin_name(function), frame, "c_return")
        elif self.running:
            self.end(frame, event.replace("exception", "return"))
        elif event == "return" and _is_torch(frame):
            self.watch_torch()  # imported just now, by the code that is watched

    def note(self, name: str, frame: FrameType | None = None, end: str = "") -> None:
        """Keep a name, unless the function was called by one that is noted already."""
        thread = threading.get_ident()
        if name.partition(".")[0] in self.allowed or thread in self.running:
            return
        if frame:
            self.running[thread] = frame, end
        if name not in self.found:
            self.found.append(name)

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
            def _should_skip_dynamo(cls) -> bool:
                return False

            def __torch_dispatch__(self, operator, types, args=(), kwargs=None):
                if _CONVOLUTION.search(operator.name()):
                    note("torch.ops." + operator.name().replace("::", "."))
                return operator(*args, **(kwargs or {}))

        self.stack.enter_context(Convolutions())


def _is_torch(frame: FrameType) -> bool:
    """Whether a frame is the body of torch's package, as it is when torch is imported."""
    return frame.f_code.co_name == "<module>" and frame.f_globals.get("__name__") == "torch"


def _python_name(code: CodeType, module: str | None) -> str | None:
    """Return the public name of a convolution or a cost, None for any other function."""
    if not module or not code.co_flags & CO_OPTIMIZED or not is_library(code.co_filename):
        return None  # the learner's own, or the body of a module or class that is imported
    answer = any(f"{module}.".startswith(f"{known}.") for known in _ANSWERS)
    if not answer and not _CONVOLUTION.search(code.co_name):
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
        if name in vars(sys.modules.get(package, object)):
            return f"{package}.{name}"
    return f"{module}.{name}"


def _restore_profile(previous: Any) -> None:
    if previous is None or callable(previous):
        sys.setprofile(previous)
    else:  # cProfile before Python 3.12 can only switch itself on
        sys.setprofile(None)
        previous.enable()
