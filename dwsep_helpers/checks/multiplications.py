"""Multiplications, counted while a function runs."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from dwsep_helpers.checks.counted_numbers import CountedArray, Counter, CountingError, number_array
from dwsep_helpers.translation import Phrase


def counted(array: np.ndarray, counter: Counter, source: str | None = "array") -> CountedArray:
    """Return a copy of an array whose numbers report their multiplications.

    Parameters
    ----------
    array : numpy.ndarray
        Integers or floats, any shape. The numbers are Python's own: float32 becomes double.
    counter : Counter
        Where they report; arrays that meet share one.
    source : str or None
        The array's name in error messages; None lets its numbers become plain ones unnoticed.

    Returns
    -------
    CountedArray
        Same shape and values.

    Raises
    ------
    TypeError
        If the array holds something else than integers or floats.

    Examples
    --------
    >>> counter = Counter()
    >>> patch = counted(np.arange(4.0), counter)
    >>> np.sum(patch * np.ones(4))
    6.0
    >>> counter.multiplications
    4
    """
    if array.dtype.kind not in "biuf":
        raise TypeError(f"array must hold integers or floats to be counted, not {array.dtype}")
    return number_array(array, counter, source).view(CountedArray)


def count_multiplications(function: Callable, *args: Any, **kwargs: Any) -> int:
    """Return how many scalar multiplications a function's own code makes.

    Each array among the arguments is replaced by a counted copy. A multiplication counts if at
    least one factor stems from them: those by the zeros of a padded border do,
    ``i * stride + a`` doesn't. A division is none.

    Parameters
    ----------
    function : callable
        For example a learner's ``conv2d``.
    *args, **kwargs
        What it is called with.

    Returns
    -------
    int

    Raises
    ------
    CountingError
        If the function works, but not on counted numbers; the message says what to write
        instead.
    Exception
        What the function itself raises on plain arrays.

    Notes
    -----
    Numbers that were calculated may become plain ones, since nearly every loop stores its sums
    in ``np.zeros(…)``. What a function multiplies after that, as in ``y *= 2``, isn't seen.

    54 756 multiplications take 0.1 s in a loop over scalars and 0.15 s in one over patches, 3 to
    5 times what they take on plain arrays.

    Examples
    --------
    >>> def correlate_valid(x, kernel):
    ...     return [sum(x[i + a] * kernel[a] for a in range(3)) for i in range(len(x) - 2)]
    >>> count_multiplications(correlate_valid, np.arange(10.0), np.ones(3))
    24
    """
    counter = Counter()
    most_axes = max(
        (value.ndim for value in [*args, *kwargs.values()] if _is_array(value)), default=0
    )

    def count(name: str, value: Any) -> Any:
        if not _is_array(value):
            return value
        # A vector among arrays is a bias: it is added, so it may leave.
        return counted(value, counter, None if value.ndim < min(2, most_axes) else name)

    counted_args = [*map(count, _names(function, len(args)), args)]
    counted_kwargs = {name: count(name, value) for name, value in kwargs.items()}
    try:
        function(*counted_args, **counted_kwargs)
    except CountingError:
        raise
    except Exception as error:
        function(*map(_copy, args), **{name: _copy(value) for name, value in kwargs.items()})
        why = Phrase(
            "it works, but not on numbers that count their multiplications "
            "({error}). Arithmetic of Python and NumPy does: leave out "
            "np.nditer, dtype=… and other libraries.",
            error=f"{type(error).__name__}: {error}",
        )
        raise CountingError(why) from error
    return counter.multiplications


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray)


def _copy(value: Any) -> Any:
    return value.copy() if _is_array(value) else value


def _names(function: Callable, count: int) -> list[str]:
    names: list[str] = [Phrase("argument {number}", number=n + 1) for n in range(count)]
    try:
        parameters = [*inspect.signature(function).parameters]
    except (TypeError, ValueError):  # a builtin that does not tell
        return names
    return (parameters + names[len(parameters) :])[:count]
