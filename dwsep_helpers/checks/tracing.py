"""Tell what a learner's code does while it runs, and notice where it turns that off."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from dwsep_helpers.checks import audit


class NotTracedError(Exception):
    """A function ran, but turned off what looks at its lines."""


@contextmanager
def traced(
    see: Callable[[FrameType, str, Any], None],
    is_library: Callable[[FrameType], bool],
    *,
    returns: bool = False,
) -> Iterator[None]:
    """Have a function told of each line that runs in the ``with`` block, in any thread.

    The trace function that was set before (a debugger's, coverage's) sees nothing of it and is
    set again afterwards.

    Parameters
    ----------
    see : callable
        Is given a frame, an event and its argument, as :func:`sys.settrace` says.
    is_library : callable
        Whether a frame, of which nothing is told, runs a library's code.
    returns : bool
        Whether to tell what libraries' functions return all the same.

    Raises
    ------
    NotTracedError
        At the end, if the trace function was exchanged inside or frames were set not to call it.
    """
    running: dict[int, FrameType] = {}  # frames of which no return was seen
    threads = {threading.get_ident()}
    evaded = False

    def evade(event: str = "sys.settrace", _: CodeType | None = None) -> None:
        nonlocal evaded
        thread = threading.get_ident()
        begins = thread in in_new_threads.setting  # it may have the number of one that ended
        evaded = evaded or (event == "sys.settrace" and thread in threads and not begins)

    def follow(frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_trace_lines:
            evade()
        if event == "return":
            running.pop(id(frame), None)
        see(frame, event, argument)
        return follow

    def follow_library(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "return":
            see(frame, event, argument)
        return follow_library

    def enter(frame: FrameType, event: str, argument: Any) -> Any:
        if is_library(frame):
            frame.f_trace_lines = False  # for itself, nothing is seen of it
            return follow_library if returns else None
        frame.f_trace_lines = True
        running[id(frame)] = frame
        threads.add(threading.get_ident())
        see(frame, event, argument)
        return follow

    in_new_threads = audit.InNewThreads(sys.settrace, enter)
    previous, previous_in_threads = sys.gettrace(), threading.gettrace()
    threading.settrace(in_new_threads)
    audit.set_anyway(sys.settrace, enter)
    audit.listeners.append(evade)
    audit.tracers += [enter, in_new_threads]
    try:
        yield
        evaded = evaded or sys.gettrace() is not enter
    finally:
        audit.listeners.remove(evade)
        audit.tracers[:] = [one for one in audit.tracers if one not in (enter, in_new_threads)]
        audit.set_anyway(sys.settrace, previous)
        threading.settrace(previous_in_threads)
    if evaded or running:
        raise NotTracedError
