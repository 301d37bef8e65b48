"""Hear of what Python tells its audit hooks, whoever does it, C code too."""

import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

# Each is given an event's name, such as "sys.settrace", and the code that caused it.
listeners: list[Callable[[str, CodeType], None]] = []
EVENTS = {"sys.setprofile", "sys.settrace", "sys.addaudithook", "sys.monitoring.register_callback"}
tracers: list[Any] = []  # the trace functions that the checks have set themselves


def set_anyway(switch: Callable[[Any], Any], to: Any) -> Any:
    """Set a profile or trace function, again where CPython 3.11 refuses it.

    It does while another thread's is being set, as while an audit hook hears of it.
    """
    for _ in range(100):
        try:
            return switch(to)
        except RuntimeError:
            continue
    return switch(to)


def _hear(event: str, _: object) -> None:
    if event in EVENTS:
        code = sys._getframe(1).f_code
        for listener in listeners:
            listener(event, code)


sys.addaudithook(_hear)  # and it stays
