"""Layers in integers: against exact fractions, and against C's own way of rounding."""

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dwsep_helpers.kernels import (
    depthwise_conv2d,
    depthwise_int8,
    fixed_point,
    pointwise_conv2d,
    pointwise_int8,
    requantize,
)

HALF = Fraction(1, 2)
factors = st.floats(2.0**-30, 2.0**20)
sums = st.integers(-(2**31), 2**31 - 1)


@given(factors)
def test_a_factor_is_kept_to_31_bits(factor):
    multiplier, shift = fixed_point(factor)
    assert 2**30 <= multiplier < 2**31
    written = Fraction(int(multiplier), 2**31) * Fraction(2) ** -int(shift)
    assert abs(written / Fraction(factor) - 1) <= Fraction(1, 2**31)


def test_factors_at_the_ends():
    assert [int(v) for v in fixed_point(1 - 2.0**-40)] == [2**30, -1]  # rounded up to 1
    assert [int(v) for v in fixed_point(2.0**-40)] == [0, 0]
    multiplier, shift = fixed_point([[0.75], [3.0]])
    assert multiplier.tolist() == [[3 * 2**29], [3 * 2**29]]
    assert shift.tolist() == [[0], [-2]]
    assert multiplier.dtype == shift.dtype == np.int32


@pytest.mark.parametrize("factor", [0.0, -0.5, 2.0**30, np.nan])
def test_a_factor_out_of_range_is_named(factor):
    with pytest.raises(ValueError, match=r"factor (has|is)"):
        fixed_point([0.5, factor])


def as_gemmlowp(total, multiplier, shift):
    """Round as the C++ source is written: division that cuts, a nudge, a remainder."""
    product = total * multiplier
    nudge = 2**30 if product >= 0 else 1 - 2**30
    quotient = abs(product + nudge) // 2**31
    high = quotient if product + nudge >= 0 else -quotient
    mask = (1 << shift) - 1
    threshold = (mask >> 1) + (high < 0)
    return (high >> shift) + ((high & mask) > threshold)


@given(sums, st.integers(2**30, 2**31 - 1), st.integers(0, 20), st.integers(-128, 127))
def test_rounding_is_gemmlowps(total, multiplier, shift, zero_point):
    expected = min(max(as_gemmlowp(total, multiplier, shift) + zero_point, -128), 127)
    assert requantize([total], multiplier, shift, zero_point).tolist() == [expected]


@given(st.integers(-3000, 3000), st.integers(0, 6))
def test_rounding_of_halves_is_known(total, shift):
    """Half of an odd sum goes up; what the shift halves goes away from zero."""
    high = floor(Fraction(total, 2) + HALF)
    steps = floor(abs(Fraction(high, 2**shift)) + HALF) * (1 if high > 0 else -1)
    clipped = min(max(steps, -128), 127)
    assert requantize(total, 2**30, shift).item() == clipped


def test_a_factor_above_one_shifts_to_the_left():
    assert requantize([5, -5], *fixed_point(8.0)).tolist() == [40, -40]


def test_the_result_is_int8_of_the_sums_shape():
    found = requantize(np.zeros((2, 3, 4), int), np.full((3, 1), 2**30), np.ones((3, 1), int), 7)
    assert found.dtype == np.int8
    assert found.shape == (2, 3, 4)
    assert (found == 7).all()


def test_sums_beyond_32_bits_are_named():
    with pytest.raises(ValueError, match="more than 32 bits"):
        requantize([2**31], 2**30, 0)
    with pytest.raises(ValueError, match="more than 32 bits"):
        requantize([2**30], 2**30, -2)


def test_a_mask_is_not_lost():
    with pytest.raises(TypeError, match="accumulator is a masked array"):
        requantize(np.ma.array([1, 2], mask=[0, 1]), 2**30, 0)


def numbers(channels, *weight, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.integers(-128, 128, (2, channels, 6, 7)).astype(np.int8)
    return x, rng.integers(-127, 128, weight).astype(np.int8), rng.integers(-9000, 9000, weight[0])


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (1, 1), (2, 1), (2, 2)])
def test_a_depthwise_layer_is_the_real_one_rounded(stride, padding):
    x, weight, bias = numbers(3, 3, 1, 3, 3)
    scales = np.array([0.002, 0.01, 0.0005])
    real = depthwise_conv2d(
        0.02 * (x.astype(float) + 5),
        scales.reshape(3, 1, 1, 1) * weight,
        0.02 * scales * bias,
        stride=stride,
        padding=padding,
    )
    multiplier, shift = fixed_point(0.02 * scales / 0.11)
    found = depthwise_int8(x, weight, bias, multiplier, shift, -5, 9, stride, padding)
    assert np.abs(found - (real / 0.11 + 9).clip(-128, 127)).max() < 0.51


def test_a_pointwise_layer_is_the_real_one_rounded():
    x, weight, bias = numbers(5, 4, 5, 1, 1)
    scales = np.array([0.002, 0.01, 0.0005, 0.003])
    real = pointwise_conv2d(
        0.02 * (x.astype(float) - 100), scales.reshape(4, 1, 1, 1) * weight, 0.02 * scales * bias
    )
    multiplier, shift = fixed_point(0.02 * scales / 0.31)
    found = pointwise_int8(x, weight, bias, multiplier, shift, 100, -20)
    assert np.abs(found - (real / 0.31 - 20).clip(-128, 127)).max() < 0.51
