"""What figures are given to draw: real numbers in an array, or an error that names the argument."""

from __future__ import annotations

import contextlib

import numpy as np
from numpy.typing import ArrayLike


def as_array(values: ArrayLike, name: str) -> np.ndarray:
    """Return values as an array of real numbers.

    Raises
    ------
    ValueError
        If they are ragged, text or complex, or a tensor that NumPy can't read.
    """
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name} can't be read as an array: {error}") from None
    if array.dtype == object:  # of fractions, say
        with contextlib.suppress(TypeError, ValueError):
            array = array.astype(float)
    if array.dtype.kind not in "buif":
        raise ValueError(f"{name} holds {array.dtype}, and real numbers are drawn")
    return array


def as_floats(values: ArrayLike, name: str) -> np.ndarray:
    """Return values as `as_array` does, in an array of its own, float64."""
    return np.array(as_array(values, name), float)


def as_number(value: object, name: str) -> float:
    """Return a real number, of whatever kind it is, as a float."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, RuntimeError):
        raise ValueError(f"{name} is {value!r}, and a number is drawn") from None
