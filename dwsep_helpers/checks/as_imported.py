"""The checks as they were imported, and what they work with, whatever was made of them since."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import Any

# What watches and answers; exercises themselves are only asked where somebody watches.
_CHECKS = re.compile(r"dwsep_helpers\.checks\.(?!unit_)\w+")
# What runs before the watch, and what writes an answer down after it.
_HELPERS = (
    *("base64", "builtins", "contextlib", "json", "numpy", "threading"),
    *("IPython.core.display_functions", "IPython.display"),
)
_OF_SYS = ("_getframe", "getprofile", "gettrace", "setprofile", "settrace")
# What somebody did that can't be undone, and what is said of functions that `mine` makes later.
_STAYS = ("_evading", "_CALLING_OURS", "_RENAMED")
_ADDED = "what wasn't there"
Undo = Callable[[], None]


def keep() -> Callable[[], Any]:
    """Note the checks as they are now.

    Returns
    -------
    callable
        A context manager in which they are that again. What a learner made of other modules, such
        as NumPy, is back afterwards.

    Examples
    --------
    >>> from dwsep_helpers.checks import guard
    >>> as_imported, watch = keep(), guard.watch
    >>> guard.watch = print
    >>> with as_imported():
    ...     guard.watch is watch
    True
    """
    checks = {name: one for name, one in sys.modules.items() if _CHECKS.fullmatch(name)}
    helpers = {name: sys.modules[name] for name in _HELPERS if name in sys.modules}
    of_checks = [one for module in checks.values() for one in (*_parts(module), *_inside(module))]
    of_others = [one for module in helpers.values() for one in _parts(module)]
    of_others.append(_names(sys, {name: vars(sys)[name] for name in _OF_SYS}))

    @contextmanager
    def as_imported() -> Iterator[None]:
        sys.modules.update({**checks, **helpers})
        for restore in of_checks:
            restore()
        undo = [undone for restore in of_others for undone in restore()]
        try:
            yield
        finally:
            for put_back in undo:
                put_back()

    return as_imported


def _mine(module: ModuleType) -> list[Any]:
    """Return a module's own classes and functions."""
    values = [*vars(module).values()]
    return [one for one in values if getattr(one, "__module__", None) == module.__name__]


def _parts(module: ModuleType) -> Iterator[Callable[[], list[Undo]]]:
    """Return what restores the names of a module and of its classes."""
    yield _names(module, dict(vars(module)))
    for kind in _mine(module):
        if isinstance(kind, type):
            yield _names(kind, dict(vars(kind)), whole=True)


def _inside(module: ModuleType) -> Iterator[Callable[[], list[Undo]]]:
    """Return what restores the code of a module's functions, and what its values hold."""
    mine = _mine(module)
    of_classes = [value for kind in mine if isinstance(kind, type) for value in vars(kind).values()]
    for value in (*mine, *of_classes):
        around = [getattr(value, name, None) for name in ("__func__", "fget", "__wrapped__")]
        yield from (_code(one) for one in (value, *around) if type(one) is FunctionType)
    for name, value in vars(module).items():
        if type(value) in (set, dict, list) and name not in (*_STAYS, "__builtins__"):
            yield _contents(value)


def _names(owner: Any, before: dict[str, Any], *, whole: bool = False) -> Callable[[], list[Undo]]:
    """Return what sets an owner's names back; of a class, functions that were added go, too."""

    def restore() -> list[Undo]:
        now, undo = dict(vars(owner)), []
        for name, value in before.items():
            if now.get(name, _ADDED) is not value:
                setattr(owner, name, value)
                undo.append(_set(owner, name, now.get(name, _ADDED)))
        for name in now.keys() - before.keys() if whole else ():
            if callable(now[name]) or hasattr(now[name], "__get__"):
                delattr(owner, name)
                undo.append(_set(owner, name, now[name]))
        return undo

    return restore


def _set(owner: Any, name: str, value: Any) -> Undo:
    return lambda: delattr(owner, name) if value is _ADDED else setattr(owner, name, value)


def _code(function: FunctionType) -> Callable[[], list[Undo]]:
    names = ("__code__", "__defaults__", "__kwdefaults__")
    before = [(name, getattr(function, name)) for name in names]

    def restore() -> list[Undo]:
        undo = []
        for name, value in before:
            if (now := getattr(function, name)) is not value:
                setattr(function, name, value)
                undo.append(_set(function, name, now))
        return undo

    return restore


def _contents(held: Any) -> Callable[[], list[Undo]]:
    before = held.copy()

    def restore() -> list[Undo]:
        if type(held) is list:
            held[:] = before
        else:
            held.clear()
            held.update(before)
        return []

    return restore
