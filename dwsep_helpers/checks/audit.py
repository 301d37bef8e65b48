"""Hear of what Python tells its audit hooks, whoever does it, C code too."""

import sys
import threading
from collections.abc import Callable
from types import CodeType
from typing import Any

# Each is given an event's name, such as "sys.settrace", and the code that caused it.
listeners: list[Callable[[str, CodeType], None]] = []
EVENTS = {"sys.setprofile", "sys.settrace", "sys.addaudithook", "sys.monitoring.register_callback"}
tracers: list[Any] = []  # the trace functions that the checks have set themselves
setting: set[int] = set()  # the threads in which they are setting one, or a profile function
_BEGINS = vars(threading.Thread)["_bootstrap_inner"].__code__  # calls what a thread runs


def set_anyway(switch: Callable[[Any], Any], to: Any) -> Any:
    """Set a profile or trace function, again where CPython 3.11 refuses it.

    It does while another thread's is being set, as while an audit hook hears of it.
    """
    thread = threading.get_ident()
    setting.add(thread)
    try:
        for _ in range(100):
            try:
                return switch(to)
            except RuntimeError:
                continue
        return switch(to)
    finally:
        setting.discard(thread)


class InNewThreads:
    """A profile or trace function for :mod:`threading`, which all new threads set anyway.

    A thread asks whether there is one, and sets it: refused, it would end. So it is set where the
    thread asks.

    Parameters
    ----------
    switch : callable
        :func:`sys.setprofile` or :func:`sys.settrace`.
    function : callable

    Attributes
    ----------
    setting : set of int
        The threads that are setting it.
    """

    def __init__(self, switch: Callable[[Any], Any], function: Callable[..., Any]):
        self.switch, self.function = switch, function
        self.setting: set[int] = set()

    def __bool__(self) -> bool:
        if sys._getframe(1).f_code is not _BEGINS:
            return True
        thread = threading.get_ident()
        self.setting.add(thread)
        set_anyway(self.switch, self.function)
        self.setting.discard(thread)
        return False

    def __call__(self, *seen: Any) -> Any:
        """Call the function."""
        return self.function(*seen)


def _hear(event: str, _: object) -> None:
    if event in EVENTS:
        code = sys._getframe(1).f_code
        for listener in listeners:
            listener(event, code)


sys.addaudithook(_hear)  # and it stays
