"""Notice the ready-made answers that run inside an exercise to be solved by hand.

They are convolutions of any library, and whatever this package computes.

Two observers work together. A profile function sees every call that Python makes, by the
function that really runs: an alias, a ``functools.partial``, a helper or ``getattr`` hides
nothing. A dispatch mode of torch sees its convolutions even where C++ calls them.
"""

from __future__ import annotations

import builtins
import contextlib
import operator
import os
import re
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache, partial
from inspect import getattr_static
from itertools import product
from types import CodeType, FrameType, ModuleType
from typing import Any, TypeVar

from dwsep_helpers.checks import audit
from dwsep_helpers.checks.lines import codes_inside, is_code_of_a_library, is_library
from dwsep_helpers.checks.ready_made import (
    CONVOLUTION,
    FOLDER,
    ODD_CODE,
    PACKAGE,
    RUNS_CODE,
    RUNS_ELSEWHERE,
    STARTS_THREAD,
    builtin_name,
    is_convolution,
    is_suspect,
    module_named,
    python_name,
    refuse_strangers,
)
from dwsep_helpers.translation import say

# np.convolve and np.correlate know one axis only: on two they are a tool, not a shortcut.
_ALWAYS_ALLOWED = {"numpy", "builtins"}
_ANY_OF_TORCHS = "torch.ops.aten.convolution"  # what torch makes of any
_OF_CHECKS = f"{FOLDER}checks{os.sep}"
_ASIDE = ("audit", "calling", "exercise", "guard", "ready_made")
_CALL_NO_ANSWERS = {f"{_OF_CHECKS}{name}.py" for name in _ASIDE}
_HELP_TO_LOOK = {
    *(f"{_OF_CHECKS}{name}.py" for name in ("compare", "copies", "torch_modules", "unchanged")),
    f"{FOLDER}translation.py",
}
_IMPORTER = "<frozen importlib._bootstrap>"
_STARTS = re.compile(r"\b(threading|debugpy|pydevd\w*|coverage)\b")  # set them as a thread starts
_TOOLS = 6  # that may hear of lines by sys.monitoring
# Functions of this package that other libraries call back while a check runs; those that call the
# learner's function, which may be one of this package in person; and those that call one of this
# package's that was handed on.
_UNWATCHED: set[CodeType] = set()
_CALLING_LEARNERS: set[CodeType] = set()
_CALLING_OURS: set[CodeType] = set()
# What is known of functions, asked often: of C functions by name, of Python's by the address of
# their code, since a code object's own hash reads all of it each time. Beside a name stands, by the
# address of the code that calls it, whether the call is this package's own business.
Business = dict[int, tuple[CodeType | None, bool]]
_SUSPECTS: dict[str, bool] = {}
_NAMES: dict[int, tuple[CodeType, str | None, Business]] = {}
_MANY = 20_000
# How a thread is started that takes over the profile function that threading was told.
_START = threading.Thread.start.__code__
_BEGINNINGS: tuple[Any, ...] = tuple(
    vars(threading.Thread)[name] for name in ("_bootstrap", "_bootstrap_inner")
)
Function = TypeVar("Function", bound=Callable[..., Any])
Profile = Callable[[FrameType, Any, Any], object]


class Refused(RuntimeError):
    """A function of this package was called where it would be the answer."""


def unwatched(function: Function) -> Function:
    """Have a function of this package run inside a watch; a decorator."""
    refuse_strangers(sys._getframe(1))
    _UNWATCHED.add(function.__code__)
    return function


def calls_learners(function: Function) -> Function:
    """Have what a function of this package calls watched as if a learner called it; a decorator."""
    refuse_strangers(sys._getframe(1))
    _CALLING_LEARNERS.add(function.__code__)
    return function


def calls_ours(function: Function) -> Function:
    """Have what a function of this package calls be its business, by whatever name; a decorator."""
    refuse_strangers(sys._getframe(1))
    _CALLING_OURS.add(function.__code__)
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
    functions that were there before. Any trace function waits until then, a debugger's too.

    Parameters
    ----------
    allow : collection of str
        Packages that may be used, such as ``{"torch"}``.
    only : collection of str, optional
        The functions of this package that may run, as for :func:`is_among`, and aren't collected.
        Any other raises :class:`Refused` in place of running. Where torch's convolution is one of
        them, the operators that its C++ code calls aren't looked at, which saves a quarter of the
        time of a module.

    Yields
    ------
    list of str
        Fills with the public names of the functions that the code called, each once; not
        with those that they call in turn.

    Notes
    -----
    Out of sight are other processes, threads that ran before :func:`watch_threads`, private C
    functions of other libraries that C code calls, what a signal or the garbage collector calls
    in the moment in which the watch itself looks, and FFTs, which are no ready-made convolutions.

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
        # A watch in a watch hides nothing from it.
        outer = before if any(one.asked is before for one in _watching) else None
        observer = _Observer(found, frozenset(allow) | _ALWAYS_ALLOWED, only, stack)
        if "torch" in sys.modules:
            observer.watch_torch()
        profile = observer.asked = observer.profile(outer)
        stack.callback(threading.setprofile, threading.getprofile())
        watch_threads()
        audit.set_anyway(sys.setprofile, profile)
        _watching.append(observer)
        observer.keep(*_evading)
        _put_off_tracing(stack)
        try:
            yield found
            if sys.getprofile() is not profile and not found:
                observer.keep("sys.setprofile")
        finally:
            _watching.remove(observer)
            _restore_profile(before)


unwatched(vars(watch)["__wrapped__"])


def watch_threads() -> None:
    """Have threads that are started from now on be watched whenever somebody watches."""
    threading.setprofile(_in_new_threads)


def _in_a_thread(frame: FrameType, event: str, function: Any) -> None:
    for observer in _watching[-1:]:  # taken in one step: another thread may end the watch
        if profile := observer.asked:
            with contextlib.suppress(Refused):  # it is kept, and raised it would end this profile
                profile(frame, event, function)


_in_new_threads = audit.InNewThreads(sys.setprofile, _in_a_thread)
_watching: list[_Observer] = []
_evading: list[str] = []  # what was added outside of any watch, and stays


def _put_off_tracing(stack: ExitStack) -> None:
    """Set off, until a watch ends, what Python calls for lines: then, it asks no profile function.

    A debugger's goes, too: what it calls may be a learner's.
    """
    for tracer, switch in (
        (sys.gettrace(), partial(audit.set_anyway, sys.settrace)),
        (threading.gettrace(), threading.settrace),
    ):
        if not _is_of_checks(tracer):
            switch(None)
            stack.callback(switch, tracer)
    monitoring: Any = getattr(sys, "monitoring", None)  # new in Python 3.12
    if monitoring is None:
        return
    events = [one for one in vars(monitoring.events).values() if isinstance(one, int) and one]
    for tool, event in product(range(_TOOLS), events):
        switch = partial(audit.set_anyway, partial(monitoring.register_callback, tool, event))
        if (callback := switch(None)) is not None:
            stack.callback(switch, callback)


def _is_of_checks(tracer: Any) -> bool:
    """Whether a trace function is none, or one that counts what a learner's function does."""
    return tracer is None or any(tracer is one for one in audit.tracers)


def _listen(event: str, code: CodeType) -> None:
    """Hear of what keeps a profile function from being asked."""
    if threading.get_ident() in audit.setting:
        return
    # The first is asked in C alone: at the end of a deep recursion no more can be called.
    of_a_library = is_library(code.co_filename) and is_code_of_a_library(code)
    if event == "sys.addaudithook" and not of_a_library:
        _evading.append(event)
    starts = of_a_library and _STARTS.search(code.co_filename)
    if starts and _is_of_checks(threading.gettrace()):
        return
    for observer in _watching:
        if not observer.found:  # an error in a profile function, a refusal too, ends it
            observer.keep(event)


audit.listeners.append(_listen)


@dataclass(eq=False)
class _Observer:
    """What a watch keeps of the calls that its profile function sees."""

    found: list[str]
    allowed: frozenset[str]
    only: Collection[str] | None
    stack: ExitStack
    asked: Profile | None = None  # the profile function that Python has
    thread: int = field(default_factory=threading.get_ident)
    # In each thread, the ready-made answer that is running: its frame, the event that ends it, and
    # whether it is welcome.
    running: dict[int, tuple[FrameType, str, bool]] = field(default_factory=dict)

    def profile(self, outer: Profile | None) -> Profile:
        """Return the function that Python calls at each call and return.

        It is called so often that it keeps all it needs in local variables. While it runs, nobody
        sees what is called: so it asks nothing of an object that a learner may have made, not
        even a text whether it is another one.
        """
        names, suspects, running = _NAMES, _SUSPECTS, self.running
        no_torch = "torch" not in sys.modules
        if len(names) > _MANY:  # a kernel's cells are many, in time
            names.clear()

        def profile(frame: FrameType, event: str, function: Any) -> None:
            if outer:
                outer(frame, event, function)
            if event == "c_call":
                name = function.__name__
                try:
                    suspect = suspects[name]
                except KeyError:
                    suspect = suspects[name] = is_suspect(name)
                if suspect:
                    self.call_builtin(frame, function)
            elif event == "call":
                code = frame.f_code
                try:
                    _, known, business = names[id(code)]
                except KeyError:
                    known = python_name(code, module_named(frame.f_globals))
                    names[id(code)] = code, known, (business := {})
                if known is not None:
                    self.call(frame, known, business)
                elif code.co_name == "<module>" and _is_import(frame):
                    running.setdefault(threading.get_ident(), (frame, "return", True))
            elif running:
                self.end(frame, event.replace("exception", "return"))
            elif (
                no_torch  # asked first: audit hooks hear of each look at a frame's code
                and event == "return"
                and frame.f_code.co_name == "<module>"
                and _is_torch(frame)
            ):
                self.watch_torch()  # imported just now, by the code that is watched

        return profile

    def call(self, frame: FrameType, name: str, business: Business) -> None:
        """See the call of a ready-made answer that is written in Python."""
        if name == ODD_CODE:
            self.keep(name)
            return
        called, caller = frame.f_code, frame.f_back and frame.f_back.f_code
        try:
            _, is_ours = business[id(caller)]
        except KeyError:
            is_ours = _is_our_business(called, caller)
            business[id(caller)] = caller, is_ours
        if name.startswith("mine."):
            self.note(name)  # and what it calls is looked at: a learner wrote it
        elif not is_ours:
            self.note(name, frame, "return")

    def call_builtin(self, frame: FrameType, function: Any) -> None:
        """See the call of a C function whose name is suspect."""
        if _hands_profile_on(frame, function):
            watch_threads()  # whatever became of it since
        elif _starts_thread(function):
            if frame.f_code is _START or not is_code_of_a_library(frame.f_code):
                self.note("_thread.start_new_thread")  # nobody would see what it does
        elif _runs_elsewhere(function):
            self.note(builtin_name(function))  # in an interpreter that nobody watches
        elif CONVOLUTION.search(function.__name__):
            self.note(builtin_name(function), frame, "c_return")

    def keep(self, *names: str) -> None:
        """Keep names, each once."""
        self.found += [name for name in names if name not in self.found]

    def note(self, name: str, frame: FrameType | None = None, end: str = "") -> None:
        """Keep a name, unless the function was called by one that is noted already."""
        thread = threading.get_ident()
        package = name.partition(".")[0]
        if package in self.allowed or (
            thread in self.running and not self.is_called_back(frame, end, package == PACKAGE)
        ):
            return
        ours = package == PACKAGE and self.only is not None
        welcome = is_among(name, self.only or ())
        if frame:
            self.running[thread] = frame, end, welcome
        if welcome:
            return
        self.keep(name)
        if ours:
            raise Refused(say("{name} is no part of your answer", name=name))

    def end(self, frame: FrameType, event: str) -> None:
        """See a call end, by a result or by an exception."""
        thread = threading.get_ident()
        if self.running.get(thread, ())[:2] == (frame, event):
            del self.running[thread]

    def is_called_back(self, frame: FrameType | None, end: str, ours: bool) -> bool:
        """Whether what is welcome called something back that is, or calls, a ready-made answer.

        That is how an argument does which is an object of a learner's.
        """
        running, ended_by, welcome = self.running[threading.get_ident()]
        if not welcome:
            return False
        caller = frame if end == "c_return" or frame is None else frame.f_back
        if caller is running and ended_by == "c_return":
            return ours  # C code called it
        if ours and frame and caller and _is_ours(caller):
            return not _is_named(frame.f_code, caller.f_code)
        while caller and is_code_of_a_library(caller.f_code) and not _is_ours(caller):
            if caller is running:
                return False
            caller = caller.f_back
        return caller is not None and not _is_ours(caller)

    def watch_torch(self) -> None:
        """Also see the convolutions that torch's C++ code calls in this thread."""
        welcome = "torch" in self.allowed or is_among(_ANY_OF_TORCHS, self.only or ())
        if welcome or threading.get_ident() != self.thread:
            return
        self.stack.enter_context(_convolutions()(self.note))


@cache  # a class takes torch long to make
def _convolutions() -> Callable[[Callable[[str], None]], AbstractContextManager]:
    """Return torch's way to see what its C++ code calls; it is given what notes a name."""
    from torch.utils._python_dispatch import TorchDispatchMode

    class Convolutions(TorchDispatchMode):
        def __init__(self, note: Callable[[str], None]):
            super().__init__()
            self.note = note

        # True would import torch._dynamo at the first operation: 2 s, or 10 s when watched.
        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False

        def __torch_dispatch__(
            self, operator: Any, types: Any, args: tuple = (), kwargs: dict | None = None
        ) -> Any:
            if is_convolution(operator):
                self.note("torch.ops." + operator.name().replace("::", "."))
            return operator(*args, **(kwargs or {}))

    return Convolutions


# Known before the class is made, which may be while a learner's function runs.
_UNWATCHED.update(codes_inside(vars(_convolutions)["__wrapped__"].__code__))


def _is_our_business(called: CodeType, caller: CodeType | None) -> bool:
    """Whether a function of this package was called by another of its functions.

    Checks look at what a learner's function returned, and what they call on it may be anything:
    ``double`` of a module, say, may be a ``functools.partial`` of a function of this package, and
    has no frame of its own. So what checks call is their business only in the few files that help
    them to look.
    """
    if not called.co_filename.startswith(FOLDER):
        return False
    if called in _UNWATCHED:
        return True
    if not caller or not caller.co_filename.startswith(FOLDER) or caller in _CALLING_LEARNERS:
        return False
    if not _is_named(called, caller):
        return False
    file = caller.co_filename
    if not file.startswith(_OF_CHECKS) or file in _CALL_NO_ANSWERS:
        return True
    own = f"{caller.co_qualname}.<locals>."
    of_its_own = called.co_filename == file and called.co_qualname.startswith(own)
    return of_its_own or called.co_filename in _HELP_TO_LOOK


def _is_named(called: CodeType, caller: CodeType) -> bool:
    """Whether a function of this package is called by its name; if not, C code may have called it.

    A number's ``__index__``, say, may be a ``functools.partial`` of a function of this package.
    """
    name = called.co_name
    return (
        name in caller.co_names
        or name in caller.co_varnames
        or name in caller.co_freevars
        or (name.startswith(("<", "__")) and name != "__call__")
        or caller in _CALLING_OURS
    )


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(FOLDER)


def _is_import(frame: FrameType) -> bool:
    """Whether the body of a module is of this package's and is being imported."""
    caller = frame.f_back
    return caller is not None and caller.f_code.co_filename == _IMPORTER and _is_ours(frame)


def _starts_thread(function: Any) -> bool:
    return function.__name__ in STARTS_THREAD


def _runs_elsewhere(function: Any) -> bool:
    """Whether a C function has code run in another interpreter: see :data:`RUNS_CODE`."""
    if function.__name__ in RUNS_CODE:
        of_a_module = issubclass(type(getattr(function, "__self__", None)), ModuleType)
        return of_a_module and function not in (builtins.exec, operator.call)
    return function.__name__ in RUNS_ELSEWHERE


def _hands_profile_on(frame: FrameType, function: Any) -> bool:
    """Whether a C function is called to start a thread in the way that gives it a profile."""
    if frame.f_code is not _START or not _starts_thread(function):
        return False
    thread = frame.f_locals["self"]
    asks = getattr_static(type(thread), "__getattribute__")
    return asks is object.__getattribute__ and all(
        getattr_static(thread, own.__name__) is own for own in _BEGINNINGS
    )


def _is_torch(frame: FrameType) -> bool:
    """Whether the body of a module is torch's package, as it is when torch is imported."""
    return module_named(frame.f_globals) == "torch"


def _restore_profile(previous: Any) -> None:
    if previous is None or callable(previous):
        audit.set_anyway(sys.setprofile, previous)
    else:  # cProfile before Python 3.12 can only switch itself on
        audit.set_anyway(sys.setprofile, None)
        audit.set_anyway(lambda _: previous.enable(), None)
