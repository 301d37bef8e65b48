"""Hear of what Python tells its audit hooks, whoever does it, C code too."""

import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

# Each is given an event's name, such as "sys.settrace", and the code that caused it.
listeners: list[Callable[[str, CodeType], None]] = []
EVENTS = {"sys.setprofile", "sys.settrace", "sys.addaudithook", "sys.monitoring.register_callback"}
tracers: list[Any] = []  # the trace functions that the checks have set themselves


def _hear(event: str, _: object) -> None:
    if event in EVENTS:
        code = sys._getframe(1).f_code
        for listener in listeners:
            listener(event, code)


sys.addaudithook(_hear)  # and it stays
