r"""Layers in eight-bit integers, as phones' and microcontrollers' kernels compute them.

A real number r and its integer q are tied by r ≈ scale · (q − zero point). A layer multiplies
int8 by int8, adds up in int32, and comes back to int8 by a multiplication with
:math:`s_x s_w / s_y`, the scales of input, weight and output, written as an integer and a shift.
B. Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", arXiv:1712.05877, Section 2.2.

Rounding is that of TensorFlow Lite's reference kernels, which had it from gemmlowp
(``SaturatingRoundingDoublingHighMul``, then ``RoundingDivideByPOT``). A test draws 1,000 layers of
each kind and gets what LiteRT's reference kernels give (ai-edge-litert 2.3.0), to the bit. XNNPACK,
LiteRT's default, multiplies in float32 and rounds once, to the nearest: one or two numbers of a
thousand come out otherwise, each by one (``hardware.recorded("rounding")``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.kernels.arguments import as_input, real_numbers, whole_numbers
from dwsep_helpers.kernels.depthwise import depthwise_conv2d
from dwsep_helpers.kernels.pointwise import pointwise_conv2d
from dwsep_helpers.kernels.shapes import integer

LOWEST, HIGHEST = -128, 127
_WIDE = 31  # a shift's largest magnitude
_INT32 = np.iinfo(np.int32)


def fixed_point(factor: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    r"""Write positive factors as :math:`m / 2^{31} \cdot 2^{-shift}`, in whole numbers alone.

    Parameters
    ----------
    factor : array_like
        Of a layer: the scales of input and weight, multiplied, over the scale of the output.

    Returns
    -------
    multiplier : ndarray, int32, of factor's shape
        m, from 2³⁰ to 2³¹ − 1; 0 where the factor is below 2⁻³², too small for any effect.
    shift : ndarray, int32, of factor's shape
        To the right; below 0, to the left, for a factor of 1 or more.

    Raises
    ------
    ValueError
        If a factor isn't positive, or is 2³⁰ or more.

    Notes
    -----
    ``QuantizeMultiplier`` in TensorFlow Lite's kernels/internal/quantization_util.cc.

    Examples
    --------
    >>> multiplier, shift = fixed_point(0.375)  # 3/4 · 1/2
    >>> int(multiplier) == 3 * 2**29, int(shift)
    (True, 1)
    """
    factor = real_numbers("factor", factor)
    if not (np.all(factor > 0) and np.all(factor < 2.0**30)):
        raise ValueError(f"factor has {factor.min()} … {factor.max()}; it should be in 0 … 2³⁰")
    fraction, exponent = np.frexp(factor)
    multiplier = np.floor(fraction * 2.0**31 + 0.5).astype(np.int64)
    full = multiplier == 2**31
    multiplier, exponent = np.where(full, 2**30, multiplier), exponent + full
    tiny = exponent < -31
    return (
        np.where(tiny, 0, multiplier).astype(np.int32),
        np.where(tiny, 0, -exponent).astype(np.int32),
    )


def requantize(
    accumulator: ArrayLike, multiplier: ArrayLike, shift: ArrayLike, zero_point: int = 0
) -> np.ndarray:
    r"""Bring 32-bit sums back to eight bits: multiply by :math:`m / 2^{31} \cdot 2^{-shift}`.

    The product's upper half is kept, its lower 31 bits rounded to the nearest, halves up; what is
    left is shifted, and rounded to the nearest, halves away from zero. The zero point is added,
    and what lies beyond eight bits is clipped.

    Parameters
    ----------
    accumulator : array_like of integers
        That fit into 32 bits.
    multiplier, shift : array_like of integers
        From :func:`fixed_point`; they broadcast against the sums.
    zero_point : int
        Of the output.

    Returns
    -------
    ndarray, int8

    Raises
    ------
    TypeError
        If something isn't an integer.
    ValueError
        If a sum doesn't fit into 32 bits, also once it is shifted to the left, or a shift is
        beyond ±31.

    Notes
    -----
    ``MultiplyByQuantizedMultiplier`` of TensorFlow Lite's kernels/internal/common.h; the first
    step is one instruction on Arm, SQRDMULH.

    Examples
    --------
    >>> requantize([1000, -1000], 2**30, 3, zero_point=5).tolist()  # 62.5 and -62.5, and 5
    [68, -58]
    """
    shift, multiplier = whole_numbers("shift", shift), whole_numbers("multiplier", multiplier)
    zero_point = _eight_bits("zero_point", zero_point)
    if shift.size and not -_WIDE <= shift.min() <= shift.max() <= _WIDE:
        raise ValueError(f"shift has {shift.min()} … {shift.max()}; it should be in −31 … 31")
    sums = whole_numbers("accumulator", accumulator) << np.maximum(-shift, 0)
    if sums.size and not (_INT32.min <= sums.min() and sums.max() <= _INT32.max):
        raise ValueError(f"accumulator has {sums.min()} … {sums.max()}, more than 32 bits hold")
    high = (sums * multiplier + 2**30) >> 31
    right = np.maximum(shift, 0)
    half = (1 << right) >> 1
    steps = np.sign(high) * ((np.abs(high) + half) >> right)
    return np.clip(steps + zero_point, LOWEST, HIGHEST).astype(np.int8)


def depthwise_int8(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    multiplier: np.ndarray,
    shift: np.ndarray,
    x_zero_point: int,
    y_zero_point: int,
    stride: int = 1,
    padding: int = 0,
) -> np.ndarray:
    """Filter each channel of an eight-bit map, in integers alone.

    Parameters
    ----------
    x : ndarray, int8, shape (N, C, H, W)
    weight : ndarray, int8, shape (C, 1, K_h, K_w)
        Symmetric, a scale for each channel.
    bias : ndarray, int32, shape (C,)
        In steps of the input's scale times the weight's.
    multiplier, shift : ndarray, int32, shape (C,)
        From :func:`fixed_point`.
    x_zero_point, y_zero_point : int
        Of input and output.
    stride, padding : int
        The padding means 0: it holds the input's zero point.

    Returns
    -------
    ndarray, int8, shape (N, C, H_out, W_out)

    Notes
    -----
    ``DepthwiseConvPerChannel`` of TensorFlow Lite's
    kernels/internal/reference/integer_ops/depthwise_conv.h. A ReLU costs nothing: where the
    output's zero point is −128, clipping cuts what is below 0.

    Examples
    --------
    >>> x = np.array([[[[10, 20]]]], np.int8)
    >>> half = np.array([2**30]), np.array([0])  # 2³⁰ / 2³¹
    >>> depthwise_int8(x, np.array([[[[1, 2]]]], np.int8), np.array([6]), *half, 10, -3).tolist()
    [[[[10]]]]
    """
    sums = depthwise_conv2d(_differences(x, x_zero_point), weight, stride=stride, padding=padding)
    return _finished(sums, bias, multiplier, shift, y_zero_point)


def pointwise_int8(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    multiplier: np.ndarray,
    shift: np.ndarray,
    x_zero_point: int,
    y_zero_point: int,
) -> np.ndarray:
    """Mix the channels of an eight-bit map, in integers alone.

    Parameters
    ----------
    x : ndarray, int8, shape (N, C_in, H, W)
    weight : ndarray, int8, shape (C_out, C_in, 1, 1)
    bias, multiplier, shift : ndarray, int32, shape (C_out,)
    x_zero_point, y_zero_point : int
        All as for :func:`depthwise_int8`.

    Returns
    -------
    ndarray, int8, shape (N, C_out, H, W)

    Notes
    -----
    ``ConvPerChannel`` of TensorFlow Lite's kernels/internal/reference/integer_ops/conv.h.

    Examples
    --------
    >>> x = np.array([10, 20], np.int8).reshape(1, 2, 1, 1)
    >>> weight = np.array([1, 2], np.int8).reshape(1, 2, 1, 1)
    >>> pointwise_int8(x, weight, np.array([6]), np.array([2**30]), np.array([0]), 10, -3).item()
    10
    """
    sums = pointwise_conv2d(_differences(x, x_zero_point), weight)
    return _finished(sums, bias, multiplier, shift, y_zero_point)


def _differences(x: np.ndarray, zero_point: int) -> np.ndarray:
    """Return how far each integer lies from the zero point, for which eight bits are too few."""
    return as_input(x).astype(np.int32) - _eight_bits("x_zero_point", zero_point)


def _eight_bits(name: str, value: int) -> int:
    return integer(name, value, at_least=LOWEST, at_most=HIGHEST)


def _finished(
    sums: np.ndarray, bias: ArrayLike, multiplier: ArrayLike, shift: ArrayLike, zero_point: int
) -> np.ndarray:
    given = {"bias": bias, "multiplier": multiplier, "shift": shift}
    channels = sums.shape[1]
    for name, values in given.items():
        array = given[name] = whole_numbers(name, values)
        if array.size not in (1, channels):
            raise ValueError(f"{name} has {array.size} numbers, and there are {channels} channels")
    bias, multiplier, shift = (np.reshape(array, (-1, 1, 1)) for array in given.values())
    zero_point = _eight_bits("y_zero_point", zero_point)
    return requantize(sums + bias, multiplier, shift, zero_point)
