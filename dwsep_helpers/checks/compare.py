"""Compare a learner's answer with the right one: type, then shape, then values."""

import math
import operator
import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np

from dwsep_helpers.translation import Phrase

# A right answer may be computed in another order (an FFT, a matrix product) and in float32:
# 16 roundings of the largest value cover the layers here; wrong taps are off by far more.
ROUNDINGS = 16
_SINGLE = float(np.finfo(np.float32).eps)
LONGEST = 14_000  # bits of a whole number: Python writes no more than 4,300 digits
# Numbers of exactly these classes count where an array holds them as objects: another class may be
# a learner's, which computes when it is looked at.
_WHOLE = {int, *(kind for kind in np.sctypeDict.values() if np.dtype(kind).kind in "iu")}
_REAL = {float, Fraction, Decimal, *(k for k in np.sctypeDict.values() if np.dtype(k).kind == "f")}
_REAL |= _WHOLE
# What computes nothing when it is looked at; and what makes a class pass for numbers.
_EXACT = {bool, int, float, complex, str, bytes, dict, set, Fraction, *np.sctypeDict.values()}
_WAYS_TO_COUNT = (
    *("__array__", "__array_interface__", "__array_struct__", "__buffer__"),
    *("__len__", "__getitem__"),
)


class WrongTypeError(TypeError):
    """The answer is nothing that could be compared; the message, a phrase, says what it is."""


@dataclass(frozen=True)
class WrongShape:
    """An answer of another shape."""

    expected: tuple[int, ...]
    got: tuple[int, ...]


@dataclass(frozen=True)
class WrongValues:
    """An answer of the right shape with wrong values, the first of them at ``index``."""

    index: tuple[int, ...]
    expected: Any
    got: Any
    wrong: int
    total: int


def compare(answer: Any, expected: Any) -> WrongShape | WrongValues | None:
    """Return how an answer differs from the expected one, or None.

    Parameters
    ----------
    answer : Any
        What the learner's function returned.
    expected : bool, int, fractions.Fraction, float, tuple or numpy.ndarray
        True or False wants one of them, a whole number a whole number, a fraction an exact
        fraction. What is left is an array, and wants numbers of its shape: an array, a NumPy
        scalar, a torch tensor or nested lists, of any real dtype. A plain tuple holds different
        quantities, so how close one has to come depends on that one alone.

    Raises
    ------
    WrongTypeError
        If the answer is neither.
    """
    if read := _SCALARS.get(type(expected)):
        one = read(answer)
        return None if one == expected else WrongValues((), expected, one, 1, 1)
    apart = type(expected) is tuple
    expected = np.asarray(expected)
    array = to_array(answer)
    if array.shape != expected.shape:
        return WrongShape(expected.shape, array.shape)
    wrong = _wrong(array, expected, apart)
    if not wrong.any():
        return None
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    return WrongValues(index, expected[index], array[index], int(wrong.sum()), wrong.size)


def same(answer: Any, other: Any) -> bool:
    """Whether two answers, right or wrong, are the same one; NaN is, where both have it."""
    try:
        if _is_scalar(answer) and _is_scalar(other):
            kind = _kind(answer)
            if kind != _kind(other):
                return False
            if kind == "exact":
                return bool(answer == other)
            return bool(np.isclose(to_float(answer), to_float(other), atol=0, equal_nan=True))
        array, theirs = to_array(answer), to_array(other)
        if array.shape == theirs.shape and (both := np.isnan(array) & np.isnan(theirs)).any():
            array, theirs = np.where(both, 0, array), np.where(both, 0, theirs)
        expected = tuple(theirs) if type(other) is tuple else theirs
        return _is_half(array) == _is_half(theirs) and compare(array, expected) is None
    except WrongTypeError:
        return False


def to_integer(answer: Any) -> int:
    """Return a whole number as a plain int; refuse floats, also whole ones."""
    if isinstance(answer, np.ndarray) and answer.ndim == 0:
        answer = answer[()]
    if _is_whole(answer):
        return _written(int.__add__(operator.index(answer), 0))
    _refuse_non_numbers(answer)
    if isinstance(answer, float | np.floating):
        why = Phrase(
            "{number}, a float; a count is a whole number, an int, that range() and shapes "
            "can take",
            number=answer,
        )
        raise WrongTypeError(why)
    raise WrongTypeError(
        Phrase("{what}; one whole number, an int, is asked for", what=described(answer))
    )


def to_fraction(answer: Any) -> Fraction:
    """Return an exact fraction; a whole number is one, a float is not."""
    if isinstance(answer, Rational) and not isinstance(answer, bool):
        return Fraction(_written(int(answer.numerator)), _written(int(answer.denominator)))
    if _is_whole(answer):
        return Fraction(to_integer(answer))
    _refuse_non_numbers(answer)
    if isinstance(answer, float | np.floating):
        why = Phrase("{number}, a float, which is rounded; a Fraction is exact", number=answer)
        raise WrongTypeError(why)
    raise WrongTypeError(Phrase("{what}; one Fraction is asked for", what=described(answer)))


def to_float(number: Any) -> float:
    """Return a number as a float; a Decimal's signaling NaN, which float() refuses, as NaN."""
    return math.nan if type(number) is Decimal and number.is_snan() else float(number)


def to_truth(answer: Any) -> bool:
    """Return True or False; refuse what only counts as one of them."""
    if isinstance(answer, np.ndarray) and answer.ndim == 0:
        answer = answer[()]
    if isinstance(answer, bool | np.bool_):
        return bool(answer)
    _refuse_non_numbers(answer)
    what = str(answer) if _is_scalar(answer) else described(answer)
    raise WrongTypeError(Phrase("{what}; True or False is asked for", what=what))


_SCALARS: dict[type, Callable[[Any], Any]]
_SCALARS = {bool: to_truth, int: to_integer, Fraction: to_fraction}


def settled(answer: Any) -> Any:
    """Return an answer that no code of a learner's is part of any more, as it is now.

    A class of a learner's may pass for a number, a list or a tensor, and compute only when it is
    looked at. That is to happen inside a watch, where this is called.
    """
    kind = type(answer)
    if kind is np.ndarray:
        return answer.copy()  # the function may write into it once more
    if isinstance(answer, list | tuple):
        base: Any = list if isinstance(answer, list) else tuple
        parts = base.__iter__(answer)
        return base(one if type(one) in _EXACT else settled(one) for one in parts)
    if kind is Decimal:  # of any length and size, and perhaps a signaling NaN
        return Decimal(to_float(answer))
    if kind in _EXACT:
        return answer
    if isinstance(answer, int):
        return int.__add__(answer, 0)
    if isinstance(answer, float | np.generic):
        return to_array(answer)[()]
    if isinstance(answer, Rational):
        return Fraction(int(answer.numerator), int(answer.denominator))
    if answer is None or not any(hasattr(kind, way) for way in _WAYS_TO_COUNT):
        return answer if answer is None else named_alike(kind.__name__, callable(answer))
    return to_array(answer)


def named_alike(name: str, called: bool = True) -> Any:
    """Return a thing of a class of that name: what no check accepts, and has no code of others."""
    return type(str(name), (), {"__call__": lambda self: None} if called else {})()


def to_array(answer: Any) -> np.ndarray:
    """Return an answer as an array of real numbers."""
    _refuse_non_numbers(answer)
    if isinstance(answer, str | bytes | dict | set) or callable(answer):
        raise WrongTypeError(_asked_for_numbers(described(answer)))
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(answer, torch.Tensor):
        answer = torch.Tensor.detach(answer).cpu()  # whatever it calls its own detach
        # NumPy has no bfloat16.
        answer = (answer.float() if answer.dtype == torch.bfloat16 else answer).numpy()
    try:
        array = np.array(answer, subok=False)
        array = _unboxed(array) if array.dtype == object else array
    except Exception as error:  # lists of different lengths, or anything at all
        what = described(answer)
        error_ = str(error).rstrip(".")  # the sentence goes on
        why = Phrase("{what} that makes no array: {error}", what=what, error=error_)
        raise WrongTypeError(why) from None
    if array.dtype.kind not in "iuf":
        what = described(answer)
        if (array.ndim and array.dtype != object) or "array" in what:
            what = Phrase("{what} of dtype {dtype}", what=what, dtype=array.dtype)
        raise WrongTypeError(_asked_for_numbers(what))
    return array


def _asked_for_numbers(what: Phrase) -> Phrase:
    return Phrase("{what}; real numbers are asked for", what=what)


def _unboxed(array: np.ndarray) -> np.ndarray:
    """Return an array of objects as one of numbers, where all of them are plain numbers."""
    numbers = array.ravel().tolist()
    kinds = set(map(type, numbers))
    if not kinds <= _REAL:
        return array
    if kinds <= _WHOLE:
        return np.array(numbers, dtype=np.int64).reshape(array.shape)
    return np.array([*map(to_float, numbers)], dtype=np.float64).reshape(array.shape)


def _written(number: int) -> int:
    """Return a whole number that Python can write."""
    if number.bit_length() > LONGEST:
        raise WrongTypeError(Phrase("a number of thousands of digits"))
    return number


def _wrong(array: np.ndarray, expected: np.ndarray, apart: bool) -> np.ndarray:
    """Mark the wrong values: exact between integers, else within rounding of the dtype."""
    kinds = array.dtype.kind + expected.dtype.kind
    if "f" not in kinds:
        return array != expected
    # Where the right answer is of float16, for its inputs are, three digits are enough.
    eps = float(np.finfo(expected.dtype).eps) if expected.dtype.kind == "f" else _SINGLE
    size = np.where(np.isfinite(expected), np.abs(expected), 0)  # nothing is near infinity
    scale = size if apart else size.max(initial=0)
    with np.errstate(all="ignore"):
        error = np.abs(array.astype(np.float64) - expected)
        # Written so that NaN, which is neither near nor far, counts as wrong.
        return ~((error <= ROUNDINGS * max(eps, _SINGLE) * scale) | (array == expected))


def _is_half(array: np.ndarray) -> bool:
    """Whether numbers are of float16, or were rounded to it on the way; whole ones don't tell."""
    if array.dtype.kind != "f" or array.dtype == np.float16:
        return array.dtype == np.float16
    with np.errstate(all="ignore"):
        half = np.array_equal(array.astype(np.float16), array)
        return half and not np.array_equal(np.rint(array), array)


def _refuse_non_numbers(answer: Any) -> None:
    if answer is None:
        raise WrongTypeError(Phrase("None: is there a `return` at its end?"))
    if isinstance(answer, np.ma.MaskedArray):
        raise WrongTypeError(Phrase("a masked array; a plain array is asked for"))


def _is_scalar(answer: Any) -> bool:
    return isinstance(answer, int | float | Fraction | Decimal | np.number | np.bool_)


def _kind(scalar: Any) -> str:
    """Tell truths, exact numbers, Decimals and floats apart."""
    if isinstance(scalar, bool | np.bool_):
        return "truth"
    if isinstance(scalar, Decimal):
        return "decimal"
    return "exact" if _is_whole(scalar) or isinstance(scalar, Fraction) else "float"


def _is_whole(answer: Any) -> bool:
    return isinstance(answer, int | np.integer) and not isinstance(answer, bool)


def described(answer: Any) -> Phrase:
    """Return "a list", "an ndarray": what kind of thing this is."""
    kind = type(answer).__name__
    if kind.startswith(("a", "e", "i", "o", "u", "nd")):
        return Phrase("an {kind}", kind=kind)
    return Phrase("a {kind}", kind=kind)
