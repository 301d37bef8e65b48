"""Numbers that report their multiplications, and how NumPy computes with them.

NumPy multiplies objects one by one, so that one rule counts every way to write a convolution:
a loop over scalars, ``np.sum(patch * kernel)``, ``@``, ``np.tensordot``, ``np.einsum``. A
subclass of ndarray that counted whole operations would need to know how many multiplications
each NumPy function makes, and would lose sight of the numbers in ``np.asarray(x)``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dwsep_helpers.translation import Phrase, say
from dwsep_helpers.wrapping import wrapped


class CountingError(Exception):
    """A function computes, but in a way whose multiplications can't be counted.

    It shows as one message, without a traceback; it is given a phrase.
    """

    def _render_traceback_(self) -> list[str]:
        """Tell IPython what to show in place of a traceback."""
        said = say("The multiplications could not be counted: {why}", why=self.args[0])
        return wrapped(said).splitlines()


@dataclass
class Counter:
    """What the numbers of one run report."""

    multiplications: int = 0  # of scalars, with at least one counted factor
    left: list[str] = field(default_factory=list)  # arrays whose numbers became plain untouched

    def note_leaving(self, source: str) -> None:
        """Let the numbers of one array become plain ones, but not those of a second.

        As long as the other factor counts, each product is counted: an image may be copied
        into a padded array of zeros.

        Raises
        ------
        CountingError
            If products could go uncounted now.
        """
        if source not in self.left:
            self.left.append(source)
        if len(self.left) > 1:  # each time: NumPy tries a second way where float() fails
            names: str = f"`{self.left[0]}`"
            for name in self.left[1:]:
                names = Phrase("{names} and of {name}", names=names, name=f"`{name}`")
            why = Phrase(
                "numbers of {names} left the count, through float(), int() or an array that "
                "was made with a dtype of its own, so their products can't be counted. Multiply "
                "them as they come: `x[i, j] * kernel[a, b]` without float(), np.zeros_like(x) "
                "or np.pad(x, …) in place of np.zeros(…).",
                names=names,
            )
            raise CountingError(why)


def _uncounted(operation: Callable) -> Callable:
    """Make a method of a number that computes as ever and counts nothing."""

    def method(self: CountedNumber, other: Any) -> Any:
        value = _value(other)
        if value is NotImplemented:
            return NotImplemented
        return CountedNumber(operation(self.value, value), self.counter)

    return method


def _comparison(operation: Callable) -> Callable:
    def method(self: CountedNumber, other: Any) -> Any:
        value = _value(other)
        return value if value is NotImplemented else operation(self.value, value)

    return method


class CountedNumber:
    """A number that reports its multiplications to a :class:`Counter`.

    Its source is the array that it was read from; None for what was calculated.
    """

    __slots__ = ("counter", "source", "value")

    def __init__(self, value: float, counter: Counter, source: str | None = None):
        self.value = value
        self.counter = counter
        self.source = source

    def __mul__(self, other: Any) -> Any:
        value = _value(other)
        if value is NotImplemented:
            return NotImplemented
        self.counter.multiplications += 1
        return CountedNumber(self.value * value, self.counter)

    __rmul__ = __mul__

    def __pow__(self, exponent: Any) -> Any:
        if exponent == 2:
            return self * self
        why = Phrase(
            "`** {exponent}` can't be counted: it doesn't say how many multiplications it is.",
            exponent=exponent,
        )
        raise CountingError(why)

    __add__ = __radd__ = _uncounted(operator.add)
    __sub__ = _uncounted(operator.sub)
    __rsub__ = _uncounted(lambda value, other: other - value)
    __truediv__ = _uncounted(operator.truediv)
    __rtruediv__ = _uncounted(lambda value, other: other / value)
    __eq__ = _comparison(operator.eq)
    __lt__ = _comparison(operator.lt)
    __le__ = _comparison(operator.le)
    __gt__ = _comparison(operator.gt)
    __ge__ = _comparison(operator.ge)

    def __neg__(self) -> CountedNumber:
        return CountedNumber(-self.value, self.counter)

    def __abs__(self) -> CountedNumber:
        return CountedNumber(abs(self.value), self.counter)

    def item(self, *_: Any) -> CountedNumber:
        """Return the number, as a NumPy scalar's ``item()`` does; it goes on counting."""
        return self

    __pos__ = __copy__ = __deepcopy__ = item
    conjugate = item  # np.vdot asks for it

    def __float__(self) -> float:
        return float(self._leave())

    def __int__(self) -> int:
        return int(self._leave())

    def __bool__(self) -> bool:
        return bool(self.value)

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return repr(self.value)

    def __format__(self, spec: str) -> str:
        return format(self.value, spec)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return _apply_ufunc(ufunc, method, inputs, **kwargs)

    def _leave(self) -> float:
        if self.source is not None:
            self.counter.note_leaving(self.source)
        return self.value


# Functions that put other numbers beside an array's own: the zeros of a padded border, which are
# multiplied like any number.
_MIXING = {np.pad, np.concatenate, np.stack, np.hstack, np.vstack, np.append, np.insert, np.where}


class CountedArray(np.ndarray):
    """An array of :class:`CountedNumber`; what NumPy makes of it is one, too."""

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the numbers, so that ``np.zeros(shape, x.dtype)`` is no array of objects."""
        return np.dtype(int if self.size and isinstance(_value(self.flat[0]), int) else float)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> CountedArray:
        """Return a copy, of whatever dtype: its numbers go on counting."""
        return self.copy()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return _apply_ufunc(ufunc, method, inputs, **kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        kwargs = {key: _objects(value) for key, value in kwargs.items() if key != "dtype"}
        out = kwargs.pop("out", None)
        result = function(*_objects(args), **kwargs)
        if function in _MIXING:
            inside = next((n for n in result.flat if type(n) is CountedNumber), None)
            if inside is not None:
                result = number_array(result, inside.counter, inside.source)
        return _counting(result) if out is None else _store(result, out)


def number_array(array: np.ndarray, counter: Counter, source: str | None) -> np.ndarray:
    """Return an array of objects whose every number reports to ``counter``."""

    def number(value: Any) -> CountedNumber:
        return value if type(value) is CountedNumber else CountedNumber(value, counter, source)

    numbers = np.empty(array.shape, dtype=object)
    numbers.ravel()[:] = [number(value) for value in array.ravel().tolist()]
    return numbers


def _value(other: Any) -> Any:
    if type(other) is CountedNumber:
        return other.value
    return other if isinstance(other, (int, float, np.number, np.bool_)) else NotImplemented


def _objects(value: Any) -> Any:
    """Return NumPy's own view of counted arrays, on which NumPy's own code runs."""
    if isinstance(value, CountedArray):
        return value.view(np.ndarray)
    if type(value) is CountedNumber:
        array = np.empty((), dtype=object)
        array[()] = value
        return array
    if type(value) in (list, tuple):
        return type(value)(map(_objects, value))
    return value


def _counting(result: Any) -> Any:
    """Return a result of NumPy's as what it was made of: counted arrays and numbers."""
    if type(result) in (list, tuple):
        return type(result)(map(_counting, result))
    if isinstance(result, np.ndarray) and result.dtype == object:
        return result.view(CountedArray)
    return result


def _store(result: Any, out: np.ndarray) -> np.ndarray:
    np.copyto(_objects(out), result, casting="unsafe")
    return out


def _apply_ufunc(
    ufunc: Any, method: str, inputs: Any, out: Any = None, dtype: Any = None, **kwargs: Any
) -> Any:
    if out is not None and "where" in kwargs:  # elsewhere, out keeps what it holds
        kwargs["out"] = _objects(out[0]).astype(object)
    result = getattr(ufunc, method)(*map(_objects, inputs), **kwargs)
    return _counting(result) if out is None else _store(result, out[0])
