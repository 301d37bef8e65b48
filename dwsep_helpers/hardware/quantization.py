"""Numbers as eight-bit integers: a scale, a zero point, and the rounding between them.

A real number r and its integer q are tied by r ≈ scale · (q − zero_point). Symmetric means that
the zero point is 0. B. Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", arXiv:1712.05877, Equation 1.
"""

from __future__ import annotations

import math
import sys
from typing import Any, SupportsFloat

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.kernels.arguments import real_numbers
from dwsep_helpers.kernels.shapes import flag

LOWEST, HIGHEST = -128, 127
"""What fits into eight bits with a sign."""


_SMALLEST = sys.float_info.min
"""The smallest scale, 2.2e-308: what is below has too few digits to divide by."""


def scale_and_zero_point(low: SupportsFloat, high: SupportsFloat) -> tuple[float, int]:
    """Return scale and zero point for activations between two bounds.

    Parameters
    ----------
    low, high : float
        The smallest and the largest value seen. Zero is taken into the range if it isn't in
        it: padding and ReLU produce zeros, and they have to be exact. Numbers of NumPy and
        torch, of any dtype, are taken as Python's floats first: no integer overflows, and the
        scale has a float's digits.

    Returns
    -------
    scale : float
        The 255th part of the range; 1 where the range is empty, and at least 2.2e-308.
    zero_point : int
        The integer that means 0.

    Raises
    ------
    ValueError
        If ``low`` is above ``high``, or one is not finite, or not one real number.

    Examples
    --------
    >>> scale_and_zero_point(-1.0, 1.55)[1]
    -28
    >>> scale_and_zero_point(np.int8(-100), np.int8(100))[0] == 200 / 255
    True
    """
    low, high = _number("low", low), _number("high", high)
    if low > high:
        raise ValueError(f"low is {low:g} and high is {high:g}; low should come first")
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return 1.0, 0
    steps = HIGHEST - LOWEST
    scale = (high - low) / steps
    if math.isinf(scale):  # the range is wider than the largest float, its parts aren't
        scale = high / steps - low / steps
    scale = max(scale, _SMALLEST)
    return scale, min(max(round(LOWEST - low / scale), LOWEST), HIGHEST)


def symmetric_scale(weight: ArrayLike, per_channel: bool = False) -> np.ndarray:
    """Return the scale, or the scales, that take weights to −127 … 127.

    Parameters
    ----------
    weight : array_like, shape (C_out, C_in / groups, K_h, K_w)
        Or any shape whose first axis is the output channel.
    per_channel : bool
        One scale for each output channel, instead of one for the whole tensor.

    Returns
    -------
    ndarray, shape (C_out, 1, …, 1) or ()
        The largest magnitude over 127, shaped to divide the weights by; 1 where all are zero,
        and at least 2.2e-308.

    Raises
    ------
    ValueError
        If there are no weights, or one is not finite, not real, or masked.

    Examples
    --------
    >>> symmetric_scale([[1.27, -0.5], [0.1, -2.54]])
    array(0.02)
    >>> symmetric_scale([[1.27, -0.5], [0.1, -2.54]], per_channel=True)
    array([[0.01],
           [0.02]])
    """
    weight = real_numbers("weight", weight)
    if not weight.size:
        raise ValueError(f"weight has shape {weight.shape}, and a scale is read from one at least")
    per_channel = flag("per_channel", per_channel)
    axes = tuple(range(1, weight.ndim)) if per_channel else None
    largest = np.max(np.abs(weight), axis=axes, keepdims=per_channel)
    return np.asarray(np.where(largest == 0, 1.0, np.maximum(largest / HIGHEST, _SMALLEST)))


def quantize(x: ArrayLike, scale: ArrayLike, zero_point: int = 0) -> np.ndarray:
    """Return the nearest integers, those beyond eight bits clipped.

    Parameters
    ----------
    x : array_like
        Real numbers.
    scale : array_like
        Positive; one, or an array that broadcasts to ``x``'s shape.
    zero_point : int
        The integer that means 0.

    Returns
    -------
    ndarray, int8, of x's shape

    Raises
    ------
    ValueError
        If a number is not finite, not real, or masked; a scale isn't positive; or the zero
        point isn't whole.

    Examples
    --------
    >>> quantize([-9.0, -0.26, 0.0, 0.24, 9.0], 0.05).tolist()
    [-128, -5, 0, 5, 127]
    """
    x = real_numbers("x", x)
    scale = _scales(scale, "x", x)
    with np.errstate(over="ignore"):  # what overflows is clipped
        steps = np.rint(x / scale) + _whole(zero_point)
    return np.clip(steps, LOWEST, HIGHEST).astype(np.int8)


def dequantize(q: ArrayLike, scale: ArrayLike, zero_point: int = 0) -> np.ndarray:
    """Return the real numbers that integers stand for.

    Scale and zero point are as for :func:`quantize`; the result is float64.

    Raises
    ------
    ValueError
        As for :func:`quantize`.

    Examples
    --------
    >>> dequantize([-128, 0, 3], 0.5, zero_point=1).tolist()
    [-64.5, -0.5, 1.0]
    """
    q = real_numbers("q", q)
    return np.asarray(_scales(scale, "q", q) * (q - _whole(zero_point)))


def _number(name: str, value: SupportsFloat) -> float:
    one = real_numbers(name, value)
    if one.size != 1:
        raise ValueError(f"{name} has shape {one.shape}; it should be one number")
    return float(one.item())


def _whole(zero_point: Any) -> float:
    number = _number("zero_point", zero_point)
    if not number.is_integer():
        raise ValueError(f"zero_point is {number}; it should be a whole number")
    return number


def _scales(scale: ArrayLike, name: str, values: np.ndarray) -> np.ndarray:
    scales = real_numbers("scale", scale)
    if not (scales > 0).all():
        raise ValueError(f"scale has {scales.min()}, and a scale is positive")
    try:
        np.broadcast_to(scales, values.shape)
    except ValueError:
        shapes = f"shape {scales.shape}, and {name} {values.shape}"
        raise ValueError(f"scale has {shapes}; it should broadcast to that") from None
    return scales
