"""Numbers as eight-bit integers: a scale, a zero point, and the rounding between them.

A real number r and its integer q are tied by r ≈ scale · (q − zero_point). Symmetric means that
the zero point is 0. B. Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", arXiv:1712.05877, Equation 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

LOWEST, HIGHEST = -128, 127
"""What fits into eight bits with a sign."""


def scale_and_zero_point(low: float, high: float) -> tuple[float, int]:
    """Return scale and zero point for activations between two bounds.

    Parameters
    ----------
    low, high : float
        The smallest and the largest value seen. Zero is taken into the range if it isn't in
        it: padding and ReLU produce zeros, and they have to be exact.

    Returns
    -------
    scale : float
        The 255th part of the range; 1 where the range is empty.
    zero_point : int
        The integer that means 0.

    Raises
    ------
    ValueError
        If ``low`` is above ``high``, or one is not finite.

    Examples
    --------
    >>> scale_and_zero_point(-1.0, 1.55)[1]
    -28
    """
    if not (np.isfinite(low) and np.isfinite(high)) or low > high:
        raise ValueError(f"low is {low} and high is {high}: two finite numbers, low first")
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return 1.0, 0
    scale = (high - low) / (HIGHEST - LOWEST)
    return scale, int(np.clip(round(LOWEST - low / scale), LOWEST, HIGHEST))


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
        The largest magnitude over 127, shaped to divide the weights by; 1 where all are zero.

    Examples
    --------
    >>> symmetric_scale([[1.27, -0.5], [0.1, -2.54]])
    array(0.02)
    >>> symmetric_scale([[1.27, -0.5], [0.1, -2.54]], per_channel=True)
    array([[0.01],
           [0.02]])
    """
    weight = np.asarray(weight, dtype=np.float64)
    axes = tuple(range(1, weight.ndim)) if per_channel else None
    largest = np.max(np.abs(weight), axis=axes, keepdims=per_channel)
    return np.asarray(np.where(largest == 0, 1.0, largest / HIGHEST))


def quantize(x: ArrayLike, scale: ArrayLike, zero_point: int = 0) -> np.ndarray:
    """Return the nearest integers, those beyond eight bits clipped.

    Parameters
    ----------
    x : array_like
        Real numbers.
    scale : array_like
        Positive; one, or an array that broadcasts against ``x``.
    zero_point : int
        The integer that means 0.

    Returns
    -------
    ndarray, int8, of x's shape

    Raises
    ------
    ValueError
        If a scale isn't positive.

    Examples
    --------
    >>> quantize([-9.0, -0.26, 0.0, 0.24, 9.0], 0.05).tolist()
    [-128, -5, 0, 5, 127]
    """
    scale = np.asarray(scale, dtype=np.float64)
    if not (scale > 0).all():
        raise ValueError(f"scale has {scale.min()}, and a scale is positive")
    steps = np.rint(np.asarray(x, dtype=np.float64) / scale) + zero_point
    return np.clip(steps, LOWEST, HIGHEST).astype(np.int8)


def dequantize(q: ArrayLike, scale: ArrayLike, zero_point: int = 0) -> np.ndarray:
    """Return the real numbers that integers stand for.

    Scale and zero point are as for :func:`quantize`; the result is float64.

    Examples
    --------
    >>> dequantize([-128, 0, 3], 0.5, zero_point=1).tolist()
    [-64.5, -0.5, 1.0]
    """
    return np.asarray(scale) * (np.asarray(q, dtype=np.float64) - zero_point)
