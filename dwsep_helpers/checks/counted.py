"""Numbers that count how often they are multiplied.

An array argument becomes an array of objects, each of which is a number that reports its
multiplications. NumPy multiplies objects one by one, so every way to write a convolution is
counted by one rule, in the function's own code: a loop over scalars, ``np.sum(patch * kernel)``,
``@``, ``np.tensordot``, ``np.einsum``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


class CountingError(TypeError):
    """The function computes, but in a way whose multiplications can't be counted."""


@dataclass
class Counter:
    """What the numbers of one run report.

    Attributes
    ----------
    multiplications : int
        Scalar multiplications with at least one counted factor.
    left : set of str
        The arrays whose untouched numbers were copied to where nobody counts.
    """

    multiplications: int = 0
    left: set[str] = field(default_factory=set)

    def note_leaving(self, source: str) -> None:
        """Accept that numbers of one array become plain ones, refuse it for a second array.

        While the other factor still counts, no multiplication is missed.
        """
        self.left.add(source)
        if len(self.left) > 1:
            names = " and ".join(f"`{name}`" for name in sorted(self.left))
            raise CountingError(
                f"numbers of {names} were turned into plain ones, by float(), int() or by being "
                "stored in an array with a dtype of its own, so nobody would count their "
                "products. Multiply them as they are: `x[i, j] * kernel[a, b]` without float(), "
                "np.zeros_like(kernel) or np.flip(kernel) in place of a copy into np.zeros."
            )


class CountedNumber:
    """A number that reports its multiplications to a :class:`Counter`.

    Parameters
    ----------
    value : int or float
        The number.
    counter : Counter
        Where multiplications are reported.
    source : str or None
        The array that it was read from; None for the result of a calculation.
    """

    __slots__ = ("counter", "source", "value")

    def __init__(self, value, counter: Counter, source: str | None = None):
        self.value = value
        self.counter = counter
        self.source = source

    def __mul__(self, other):
        other = _value(other)
        if other is NotImplemented:
            return NotImplemented
        self.counter.multiplications += 1
        return CountedNumber(self.value * other, self.counter)

    __rmul__ = __mul__

    def __pow__(self, exponent):
        if exponent == 2:
            return self * self
        raise CountingError(f"`** {exponent}`: how many multiplications is that? Write them out.")

    def __add__(self, other):
        other = _value(other)
        if other is NotImplemented:
            return NotImplemented
        return CountedNumber(self.value + other, self.counter)

    __radd__ = __add__

    def __sub__(self, other):
        other = _value(other)
        if other is NotImplemented:
            return NotImplemented
        return CountedNumber(self.value - other, self.counter)

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        other = _value(other)
        if other is NotImplemented:
            return NotImplemented
        return CountedNumber(self.value / other, self.counter)

    def __neg__(self):
        return CountedNumber(-self.value, self.counter)

    def __pos__(self):
        return self

    def __abs__(self):
        return CountedNumber(abs(self.value), self.counter)

    def __eq__(self, other):
        return self.value == _value(other)

    def __lt__(self, other):
        return self.value < _value(other)

    def __le__(self, other):
        return self.value <= _value(other)

    def __gt__(self, other):
        return self.value > _value(other)

    def __ge__(self, other):
        return self.value >= _value(other)

    def __hash__(self):
        return hash(self.value)

    def __bool__(self):
        return bool(self.value)

    def __float__(self):
        return float(self._leave())

    def __int__(self):
        return int(self._leave())

    def __repr__(self):
        return repr(self.value)

    def __format__(self, spec):
        return format(self.value, spec)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return _apply_ufunc(ufunc, method, *inputs, **kwargs)

    def _leave(self):
        if self.source is not None:
            self.counter.note_leaving(self.source)
        return self.value


class CountedArray(np.ndarray):
    """An array of :class:`CountedNumber`; what is made from it is one, too."""

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return _apply_ufunc(ufunc, method, *inputs, **kwargs)

    def __array_function__(self, function, types, args, kwargs):
        out = kwargs.pop("out", None)
        kwargs.pop("dtype", None)
        result = function(*_plain(args), **{key: _plain(value) for key, value in kwargs.items()})
        if out is None:
            return _counting(result)
        np.copyto(_plain(out), result, casting="unsafe")
        return out

    def astype(self, dtype, *args, **kwargs):
        """Return a copy; the numbers stay counted ones."""
        return self.copy()


def counted(array: np.ndarray, counter: Counter, source: str = "array") -> CountedArray:
    """Return a copy of an array whose numbers report their multiplications.

    Parameters
    ----------
    array : numpy.ndarray
        Integers or floats, any shape.
    counter : Counter
        Where they report; arrays that are multiplied with each other share it.
    source : str
        The array's name, for error messages.

    Returns
    -------
    CountedArray
        Same shape and values.

    Examples
    --------
    >>> counter = Counter()
    >>> patch = counted(np.arange(4.0), counter)
    >>> np.sum(patch * np.ones(4))
    6.0
    >>> counter.multiplications
    4
    """
    numbers = np.empty(array.shape, dtype=object)
    numbers[...] = np.frompyfunc(lambda value: CountedNumber(value, counter, source), 1, 1)(array)
    return numbers.view(CountedArray)


def count_multiplications(function: Callable, *args, **kwargs) -> int:
    """Return how many scalar multiplications a function's own code makes.

    Every array among the arguments is replaced by a counted copy; a multiplication counts if
    at least one factor comes from them, so ``i * stride + a`` doesn't, and the zeros of a padded
    border do.

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
        If numbers of two arguments become plain ones, or NumPy can't do with objects what the
        function asks for.
    """
    counter = Counter()
    names = _names(function, args)
    args = [_count(value, counter, name) for value, name in zip(args, names, strict=True)]
    kwargs = {name: _count(value, counter, name) for name, value in kwargs.items()}
    function(*args, **kwargs)
    return counter.multiplications


def _count(value, counter: Counter, name: str):
    return counted(value, counter, name) if isinstance(value, np.ndarray) else value


def _names(function: Callable, args: tuple) -> list[str]:
    names = [f"argument {i + 1}" for i in range(len(args))]
    try:
        parameters = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return names
    return (parameters + names[len(parameters) :])[: len(args)]


def _value(other):
    if type(other) is CountedNumber:
        return other.value
    if isinstance(other, (int, float, np.number)):
        return other
    return NotImplemented


def _plain(value):
    """Return ``value`` as NumPy's own array of objects, so that NumPy's own code runs on it."""
    if isinstance(value, CountedArray):
        return value.view(np.ndarray)
    if isinstance(value, CountedNumber):
        array = np.empty((), dtype=object)
        array[()] = value
        return array
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(item) for item in value)
    return value


def _counting(result):
    if isinstance(result, np.ndarray) and result.dtype == object:
        return result.view(CountedArray)
    return result


def _apply_ufunc(ufunc, method, *inputs, out=None, **kwargs):
    kwargs.pop("dtype", None)
    result = getattr(ufunc, method)(*(_plain(value) for value in inputs), **kwargs)
    if out is None:
        return _counting(result)
    np.copyto(_plain(out[0]), result, casting="unsafe")
    return out[0]
