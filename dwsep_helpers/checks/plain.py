"""Answers as plain text, to send them from a process that isn't trusted to one that is.

Nothing is unpickled, no code of the sender's runs: what arrives is numbers, arrays of numbers,
lists of them, or the name of a type that no check accepts.
"""

import base64
import math
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np

from dwsep_helpers.checks.compare import (
    LONGEST,
    WrongTypeError,
    named_alike,
    to_array,
    to_float,
)

NESTED = 12  # lists in lists
_DTYPE = re.compile(r"[<>|=]?[biuf]\d{1,2}")


class Unreadable(ValueError):
    """What was sent is no answer."""


def to_plain(answer: Any, depth: int = 0) -> Any:
    """Return an answer as what JSON can hold.

    Parameters
    ----------
    answer : Any
        What a learner's function returned.
    depth : int
        How many lists it lies in.
    """
    kind = type(answer)
    if answer is None or kind is bool:
        return answer
    if isinstance(answer, np.generic) and answer.dtype.kind in "biuf":
        return {"scalar": _array(np.asarray(answer))}
    if isinstance(answer, int) and answer.bit_length() <= LONGEST:
        return {"int": str(int(answer))}
    if kind is float:
        return {"float": answer.hex()}
    if kind is Decimal:
        return {"decimal": to_float(answer).hex()}
    if isinstance(answer, Rational) and not isinstance(answer, int):
        parts = int(answer.numerator), int(answer.denominator)
        if max(part.bit_length() for part in parts) <= LONGEST:
            return {"fraction": [*map(str, parts)]}
    if isinstance(answer, list | tuple) and depth < NESTED:
        return {"list": [to_plain(one, depth + 1) for one in answer]}
    try:
        return {"array": _array(to_array(answer))}
    except WrongTypeError:
        return {"other": kind.__name__[:80]}


def from_plain(sent: Any, depth: int = 0) -> Any:
    """Return the answer that was sent: the other way round.

    Raises
    ------
    Unreadable
        If it is not what :func:`to_plain` makes.
    """
    if sent is None or isinstance(sent, bool):
        return sent
    if not isinstance(sent, dict) or len(sent) != 1 or depth > NESTED:
        raise Unreadable("no answer has this form")
    ((kind, value),) = sent.items()
    read = _READ.get(kind)
    if read is None:
        raise Unreadable(f"no answer is a {kind}")
    try:
        return [from_plain(one, depth + 1) for one in value] if kind == "list" else read(value)
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(f"{kind}: {error}") from None


def _array(array: np.ndarray) -> list:
    values = np.ascontiguousarray(array)
    return [array.dtype.str, list(array.shape), base64.b64encode(values.tobytes()).decode()]


def _to_array(sent: list) -> np.ndarray:
    dtype, shape, values = sent
    if not _DTYPE.fullmatch(dtype) or not all(type(n) is int and n >= 0 for n in shape):
        raise Unreadable(f"no array has dtype {dtype!r} and shape {shape!r}")
    values = base64.b64decode(values, validate=True)
    if len(values) != math.prod(shape) * np.dtype(dtype).itemsize:
        raise Unreadable(f"{len(values)} bytes are no array of shape {shape!r}")
    return np.frombuffer(values, dtype).reshape(shape)


def _to_fraction(sent: list) -> Fraction:
    numerator, denominator = sent
    return Fraction(int(numerator), int(denominator))


_READ: dict[str, Callable[[Any], Any]] = {
    "scalar": lambda sent: _to_array(sent)[()],
    "int": int,
    "float": float.fromhex,
    "decimal": lambda sent: Decimal(float.fromhex(sent)),
    "fraction": _to_fraction,
    "list": list,
    "array": _to_array,
    "other": named_alike,
}
