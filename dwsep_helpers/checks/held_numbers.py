"""Numbers that a function computes on its way, found where it holds them."""

import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import numpy as np

from dwsep_helpers.checks.lines import is_of_a_library
from dwsep_helpers.checks.tracing import traced

CLOSE = 2e-6  # relative to the largest: a few roundings of float32
_DEPTH = 4  # lists in lists


def held_numbers(halves: np.ndarray, function: Callable, *args: Any, **kwargs: Any) -> int:
    """Return how many of some numbers a function holds at one time or another.

    They are looked for in the variables of a learner's own code, line by line, in what functions
    return, libraries' too, and in the whole arrays that such arrays are views of. A number may
    come from anywhere there: from arrays of any dtype, from tensors, from lists, from scalars.

    Parameters
    ----------
    halves : numpy.ndarray
        Half of each number. The numbers themselves are not to have been computed in this process
        before: memory that is given out anew holds what was there.
    function : callable
    *args, **kwargs
        What it is called with.

    Raises
    ------
    NotTracedError
        If the function kept its variables from being looked at.

    Examples
    --------
    >>> def last(x):
    ...     doubled = x * 2
    ...     return doubled[-1]
    >>> held_numbers(np.array([0.3, 0.4]) * 5, last, np.array([1.5, 2, 3.5]))
    2
    """
    numbers = 2 * np.unique(halves)
    found = np.zeros(numbers.shape, dtype=bool)
    close = CLOSE * np.abs(numbers).max(initial=0)

    def look(values: Iterator[np.ndarray]) -> None:
        for array in values:
            with np.errstate(all="ignore"):
                there = array.astype(np.float64)
                place = np.searchsorted(numbers, there)
                for near in (place - 1, place):
                    near = near.clip(0, len(numbers) - 1)
                    found[near[np.abs(numbers[near] - there) <= close]] = True

    def see(frame: FrameType, event: str, argument: Any) -> None:
        if not is_of_a_library(frame):
            look(_arrays([*frame.f_locals.values()]))
        if event == "return":
            look(_arrays(argument))

    with traced(see, is_of_a_library, returns=True):
        function(*args, **kwargs)
    return int(found.sum())


def _arrays(value: Any, depth: int = 0) -> Iterator[np.ndarray]:
    """Yield all numbers in a value, as arrays of floats; no code of a learner's class runs."""
    kind, torch = type(value), sys.modules.get("torch")
    while issubclass(kind, np.ndarray) and (base := np.ndarray.base.__get__(value)) is not None:
        if not issubclass(type(base), (np.ndarray, torch.Tensor) if torch else np.ndarray):
            break
        value, kind = base, type(base)
    if issubclass(kind, np.ndarray):
        array = np.asarray(value)
        if array.dtype.kind == "f":
            yield array.ravel()
    elif torch and kind in (torch.Tensor, torch.nn.Parameter):
        if (
            value.layout == torch.strided
            and value.device.type == "cpu"
            and value.dtype.is_floating_point
        ):
            storage = value.detach().untyped_storage()
            yield torch.empty(0, dtype=value.dtype).set_(storage).double().numpy()
    elif kind is float or issubclass(kind, np.floating):
        yield np.array([value])
    elif kind in (list, tuple) and depth < _DEPTH:
        if {*map(type, value)} <= {float, np.float64}:
            yield np.array(value, dtype=float)
        else:
            for one in value:
                yield from _arrays(one, depth + 1)
