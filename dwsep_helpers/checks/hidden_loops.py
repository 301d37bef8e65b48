"""Loops out of sight: ``map``, ``sum``, ``np.vectorize``, pools of threads, noted by the round."""

import builtins
import functools
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.pool import Pool
from types import FrameType, MethodType
from typing import Any, Self

import numpy as np

Namespace = dict[str, Any]
# These call their first argument, for each item or row, and those add up its items.
_CALLING = (
    *(map, filter, functools.reduce),
    *(itertools.starmap, itertools.filterfalse, itertools.takewhile, itertools.dropwhile),
    *(np.vectorize, np.frompyfunc, np.fromfunction, np.apply_along_axis, np.apply_over_axes),
    *(np.ma.apply_along_axis, np.ma.apply_over_axes),
)
_ADDING = (sum, itertools.accumulate)
_MODULES = builtins, functools, itertools, np, np.ma
# These methods call their first argument for each item of the second.
_MAPPING = (
    *((Executor, "map"), (ProcessPoolExecutor, "map")),
    *((Pool, name) for name in ("map", "map_async", "imap", "imap_unordered")),
    *((Pool, name) for name in ("starmap", "starmap_async")),
)
# Methods of pandas that call their argument for each item, row, column or group; and of which
# classes. All but the first call a ufunc once for all.
_OF_PANDAS = "map", "apply", "applymap", "transform", "agg", "aggregate"
_PANDAS = (
    *("Series", "DataFrame", "Index", "SeriesGroupBy", "DataFrameGroupBy"),
    *("Rolling", "Expanding", "Resampler"),
)


class _Call:
    """A function, whose calls are noted."""

    def __init__(self, function: Callable, note: Callable[[], None]):
        self.function, self.note = function, note

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.note()
        return self.function(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.function, name)


class _Items:
    """The items of an iterable, noted as they come."""

    def __init__(self, iterable: Iterable, note: Callable[[], None]):
        self.iterator, self.note = iter(iterable), note

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        item = next(self.iterator)
        self.note()
        return item


class _StandIn:
    """Stands in for a function, a class or a method, and has one of its arguments watched."""

    def __init__(
        self,
        tool: Any,
        watched: Callable[[Any], Any],
        is_library: Callable[[FrameType], bool],
        place: int = 0,
    ):
        self.tool, self.watched, self.is_library, self.place = tool, watched, is_library, place

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.is_library(sys._getframe(1)):
            args = tuple(
                self.watched(value) if place == self.place else value
                for place, value in enumerate(args)
            )
            kwargs = {
                name: self.watched(value) if _is_function(value) else value
                for name, value in kwargs.items()
            }
        return self.tool(*args, **kwargs)

    def __get__(self, owner: Any, kind: type) -> Any:
        return self if owner is None else MethodType(self, owner)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tool, name)

    def __or__(self, other: Any) -> Any:
        return self.tool | (other.tool if isinstance(other, _StandIn) else other)

    def __instancecheck__(self, value: Any) -> bool:
        return isinstance(value, self.tool)

    def __subclasscheck__(self, kind: type) -> bool:
        return issubclass(kind, self.tool)


@contextmanager
def noted(
    note: Callable[[], None], is_library: Callable[[FrameType], bool]
) -> Iterator[Callable[[Namespace], None]]:
    """Have loops in C noted, while the ``with`` block runs, round by round.

    Parameters
    ----------
    note : callable
        Is called in each round.
    is_library : callable
        Whether a frame, of which rounds aren't noted, runs a library's code.

    Yields
    ------
    callable
        Takes the global variables of code of which rounds are noted.

    Examples
    --------
    >>> rounds, names = [], {}
    >>> with noted(lambda: rounds.append(1), lambda frame: False) as watch:
    ...     watch(names)
    ...     product = eval("sum(map(abs, [-1, 2, -3]))", names)
    >>> product, len(rounds)
    (6, 6)
    """

    def calls(function: Any) -> Any:
        return _Call(function, note) if callable(function) else function

    def calls_unless_ufunc(function: Any) -> Any:
        return function if isinstance(function, np.ufunc) else calls(function)

    def items(iterable: Iterable) -> Iterator:
        return _Items(iterable, note)

    stand_ins = {id(tool): _StandIn(tool, calls, is_library) for tool in _CALLING}
    stand_ins |= {id(tool): _StandIn(tool, items, is_library) for tool in _ADDING}
    methods: list[tuple[type, str, Callable[[Any], Any], int]]
    methods = [(owner, name, items, 2) for owner, name in _MAPPING]
    methods += [
        (owner, name, calls if name == "map" else calls_unless_ufunc, 1)
        for owner in _classes_of_pandas()
        for name in vars(owner).keys() & set(_OF_PANDAS)
    ]
    replaced: dict[tuple[int, str], tuple[Namespace, Any]] = {}
    before = [(owner, name, vars(owner)[name]) for owner, name, *_ in methods]

    def watch(namespace: Namespace) -> None:
        for name, tool in [*namespace.items()]:
            if id(tool) in stand_ins:
                replaced[id(namespace), name] = namespace, tool
                namespace[name] = stand_ins[id(tool)]

    try:
        for module in _MODULES:
            watch(vars(module))
        for owner, name, watched, place in methods:
            setattr(owner, name, _StandIn(vars(owner)[name], watched, is_library, place))
        yield watch
    finally:
        for owner, name, method in before:
            setattr(owner, name, method)
        for (_, name), (namespace, tool) in replaced.items():
            namespace[name] = tool


def _is_function(value: Any) -> bool:
    return callable(value) and not isinstance(value, type)


def _classes_of_pandas() -> list[type]:
    """Return the classes of pandas that loop, if it is imported, and those that they stem from."""
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return []
    typing = getattr(getattr(pandas, "api", None), "typing", None)
    known = [getattr(pandas, name, None) or getattr(typing, name, None) for name in _PANDAS]
    return [*dict.fromkeys(base for one in known if one for base in one.__mro__)]
