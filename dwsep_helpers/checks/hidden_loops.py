"""Loops out of sight: ``map``, ``sum``, ``np.vectorize``, pools of threads, noted by the round."""

import functools
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.pool import Pool
from typing import Any

import numpy as np

Namespace = dict[str, Any]
# These call their first argument, for each item or row, and those add up its items.
_CALLING = (
    *(map, filter, functools.reduce, itertools.starmap),
    *(np.vectorize, np.frompyfunc, np.fromfunction, np.apply_along_axis, np.apply_over_axes),
    *(np.ma.apply_along_axis, np.ma.apply_over_axes),
)
_ADDING = (sum, itertools.accumulate)
# These methods call their first argument for each item of the second.
_MAPPING = (
    *((Executor, "map"), (ProcessPoolExecutor, "map")),
    *((Pool, name) for name in ("map", "map_async", "imap", "imap_unordered")),
    *((Pool, name) for name in ("starmap", "starmap_async")),
)
_BUILT_IN = {"map": map, "filter": filter, "sum": sum}
_MODULES = functools, itertools, np, np.ma
_ABSENT = object()


@contextmanager
def _pools_noted(
    items: Callable[[Iterable], Iterator], is_library: Callable[[str], bool]
) -> Iterator[None]:
    """Let the methods of pools read what they map over through ``items``."""

    def mapping(method: Callable) -> Callable:
        def stand_in(pool: Any, function: Any, *args: Any, **kwargs: Any) -> Any:
            if args and not is_library(sys._getframe(1).f_code.co_filename):
                args = items(args[0]), *args[1:]
            return method(pool, function, *args, **kwargs)

        return stand_in

    methods = [(owner, name, vars(owner)[name]) for owner, name in _MAPPING]
    try:
        for owner, name, method in methods:
            setattr(owner, name, mapping(method))
        yield
    finally:
        for owner, name, method in methods:
            setattr(owner, name, method)


@contextmanager
def noted(
    note: Callable[[], None], is_library: Callable[[str], bool]
) -> Iterator[Callable[[Namespace], None]]:
    """Have loops in C noted, while the ``with`` block runs, round by round.

    Parameters
    ----------
    note : callable
        Is called in each round.
    is_library : callable
        Whether code of this file, of which rounds aren't noted, is a library's.

    Yields
    ------
    callable
        Takes the global variables of code of which rounds are noted.

    Examples
    --------
    >>> rounds, names = [], {}
    >>> with noted(lambda: rounds.append(1), lambda file: False) as watch:
    ...     watch(names)
    ...     product = eval("sum(map(abs, [-1, 2, -3]))", names)
    >>> product, len(rounds)
    (6, 6)
    """

    def calls(function: Any) -> Any:
        def called(*args: Any, **kwargs: Any) -> Any:
            note()
            return function(*args, **kwargs)

        return called if callable(function) else function

    def items(iterable: Iterable) -> Iterator:
        for item in iterable:
            note()
            yield item

    def standing_in(tool: Any, watched: Callable) -> Callable:
        def stand_in(*args: Any, **kwargs: Any) -> Any:
            if args and not is_library(sys._getframe(1).f_code.co_filename):
                args = watched(args[0]), *args[1:]
            return tool(*args, **kwargs)

        return stand_in

    stand_ins = {id(tool): standing_in(tool, calls) for tool in _CALLING}
    stand_ins |= {id(tool): standing_in(tool, items) for tool in _ADDING}
    replaced: dict[tuple[int, str], tuple[Namespace, Any]] = {}

    def watch(namespace: Namespace, built_in: Namespace = _BUILT_IN) -> None:
        for name, tool in {**built_in, **namespace}.items():
            if id(tool) in stand_ins:
                replaced[id(namespace), name] = namespace, namespace.get(name, _ABSENT)
                namespace[name] = stand_ins[id(tool)]

    try:
        for module in _MODULES:
            watch(vars(module), {})
        with _pools_noted(items, is_library):
            yield watch
    finally:
        for (_, name), (namespace, tool) in replaced.items():
            if tool is _ABSENT:
                namespace.pop(name, None)
            else:
                namespace[name] = tool
