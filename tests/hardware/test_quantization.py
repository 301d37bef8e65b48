"""Eight-bit numbers, held against torch's own and against exact fractions."""

import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dwsep_helpers.hardware import dequantize, quantize, scale_and_zero_point, symmetric_scale

bounds = st.floats(-1e4, 1e4, allow_nan=False).filter(lambda v: v == 0 or abs(v) > 1e-4)


@given(bounds, bounds)
def test_zero_is_exact_and_the_ends_fit(a, b):
    low, high = min(a, b), max(a, b)
    scale, zero_point = scale_and_zero_point(low, high)
    assert dequantize(quantize(0.0, scale, zero_point), scale, zero_point) == 0
    ends = np.array([min(low, 0), max(high, 0)])
    off = dequantize(quantize(ends, scale, zero_point), scale, zero_point) - ends
    assert np.all(np.abs(off) <= scale * 1.000001)


@pytest.mark.parametrize(("scale", "zero_point"), [(0.05, 0), (0.013, -128), (1.7, 101)])
def test_integers_are_torchs(scale, zero_point):
    x = np.random.default_rng(0).normal(scale=9, size=(3, 40)).astype(np.float64)
    ours = dequantize(quantize(x, scale, zero_point), scale, zero_point)
    theirs = torch.fake_quantize_per_tensor_affine(
        torch.from_numpy(x), scale, zero_point, -128, 127
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)


def test_scales_of_channels_are_torchs():
    weight = np.random.default_rng(1).normal(size=(6, 1, 3, 3)) * np.arange(1, 7).reshape(
        6, 1, 1, 1
    )
    scales = symmetric_scale(weight, per_channel=True)
    theirs = torch.fake_quantize_per_channel_affine(
        torch.from_numpy(weight).float(),
        torch.from_numpy(scales.ravel()).float(),
        torch.zeros(6, dtype=torch.int32),
        0,
        -128,
        127,
    )
    np.testing.assert_allclose(dequantize(quantize(weight, scales), scales), theirs, atol=1e-6)
    one = symmetric_scale(weight)
    assert one == scales.max()


def test_weights_of_zero_have_a_scale():
    assert symmetric_scale(np.zeros((2, 1, 3, 3))) == 1
    assert symmetric_scale(np.zeros((2, 1, 3, 3)), per_channel=True).tolist() == [[[[1]]], [[[1]]]]
    assert scale_and_zero_point(0.0, 0.0) == (1.0, 0)


INTEGERS = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
DTYPES = [*INTEGERS, "float16", "float32", "float64"]


@given(st.data(), st.sampled_from(DTYPES))
def test_numbers_of_every_dtype_are_taken_for_what_they_are(data, name):
    dtype = np.dtype(name)
    about = np.iinfo(dtype) if dtype.kind in "iu" else np.finfo(dtype)
    lowest, highest = about.dtype.type(about.min).item(), about.dtype.type(about.max).item()
    if dtype.kind == "f":
        values = st.floats(lowest, highest, width=8 * dtype.itemsize)
    else:
        values = st.integers(lowest, highest)
    ends = data.draw(st.sampled_from([(lowest, highest), None])) or data.draw(
        st.tuples(values, values)
    )
    low, high = (dtype.type(end) for end in sorted(ends))
    scale, zero_point = scale_and_zero_point(low, high)
    assert (type(scale), type(zero_point)) == (float, int)
    below, above = min(Fraction(float(low)), 0), max(Fraction(float(high)), 0)
    right = (above - below) / 255 if above > below else 1
    smallest = Fraction(sys.float_info.min)
    assert abs(Fraction(scale) - max(right, smallest)) <= max(right, smallest) / 2**50
    assert -128 <= zero_point <= 127
    if below == above:
        assert zero_point == 0
        return
    assert abs(zero_point - (-128 - below / Fraction(scale))) <= Fraction(1, 2) + Fraction(1, 10**9)


@pytest.mark.parametrize(
    ("low", "high", "right"),
    [
        (np.int8(-100), np.int8(100), (200 / 255, 0)),
        (np.float16(-60000), np.float16(60000), (120000 / 255, 0)),
        (np.float16(-1.0), np.float16(2.0), (3 / 255, -43)),
        (-1e308, 1e308, (2 * (1e308 / 255), -1)),
        (0, 1e-322, (sys.float_info.min, -128)),
        (np.longdouble(-1), np.longdouble(2), (3 / 255, -43)),
        (np.False_, np.True_, (1 / 255, -128)),
        (np.array(-1.0), np.array([[2.0]]), (3 / 255, -43)),
        (Decimal(-1), Fraction(2), (3 / 255, -43)),
        (torch.tensor(-1, dtype=torch.int8), torch.tensor(2.0, requires_grad=True), (3 / 255, -43)),
        (torch.tensor(-1.0, dtype=torch.bfloat16), torch.tensor(2.0).half(), (3 / 255, -43)),
        (1.0, 3.0, (3 / 255, -128)),  # pytorch/pytorch#23838
        (3e-324, 4e-324, (sys.float_info.min, -128)),
    ],
)
def test_numbers_that_overflow_where_they_come_from(low, high, right):
    assert scale_and_zero_point(low, high) == right


@given(st.sampled_from([0.0, 5e-324, 1e-310, 1e-30, 0.3, 1e30, 1.7e308]), st.booleans())
def test_weights_of_any_size_reach_127(largest, per_channel):
    """A scale that underflows is apple/coremltools#2853's second way to divide by zero."""
    weight = np.array([[largest, -largest / 2], [0.0, 0.0]])
    scales = symmetric_scale(weight, per_channel)
    q = quantize(weight, scales)
    if largest > 1e-300:
        assert np.abs(q).max() == 127
    off = dequantize(q, scales) - weight
    assert np.abs(off).max() <= 0.501 * np.max(scales)


def test_numbers_far_beyond_eight_bits_are_clipped():
    assert quantize([-1e308, 1e308], 1e-300).tolist() == [-128, 127]
    assert quantize(np.float16([60000, -60000]), np.float16(0.1), np.int8(-128)).tolist() == [
        127,
        -128,
    ]
    assert dequantize(np.int8([-128, 127]), np.float16(0.5), np.int8(-128)).tolist() == [0, 127.5]
    assert dequantize(np.uint8([0]), 1.0, np.uint8(5)).tolist() == [-5]


def test_a_flag_of_numpys():
    weight = [[1.27, -0.5], [0.1, -2.54]]
    for flag in (False, True):
        assert np.array_equal(
            symmetric_scale(weight, np.bool_(flag)), symmetric_scale(weight, flag)
        )


MASKED = np.ma.array([1.0, 2.0], mask=[0, 1])


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: scale_and_zero_point(2, 1), "low is 2 and high is 1"),
        (lambda: scale_and_zero_point(0, np.inf), "high is inf"),
        (lambda: scale_and_zero_point(np.nan, 1), "low is nan"),
        (lambda: scale_and_zero_point(0, 10**400), "high is beyond the largest float"),
        (lambda: scale_and_zero_point(0, 1j), "high has dtype complex128"),
        (lambda: scale_and_zero_point("0", 1), "low has dtype <U1"),
        (lambda: scale_and_zero_point([0, 1], 1), r"low has shape \(2,\)"),
        (lambda: scale_and_zero_point(np.ma.masked, 1), "low is a masked array"),
        (lambda: symmetric_scale([[1, np.nan]]), "weight is nan"),
        (lambda: symmetric_scale(np.zeros((0, 3))), r"weight has shape \(0, 3\)"),
        (lambda: symmetric_scale(MASKED), "weight is a masked array"),
        (lambda: quantize([1.0], 0.0), "scale has 0"),
        (lambda: quantize([1.0], np.nan), "scale is nan"),
        (lambda: quantize([1.0], [1.0, -2.0]), "scale has -2"),
        (lambda: quantize([0, np.nan], 1), "x is nan"),
        (lambda: quantize([0, -np.inf], 1), "x is -inf"),
        (lambda: quantize([1j], 1), "x has dtype complex128"),
        (lambda: quantize(MASKED, 1), "x is a masked array"),
        (lambda: quantize([1.0], 1, 0.5), "zero_point is 0.5"),
        (lambda: quantize([1.0], 1, np.nan), "zero_point is nan"),
        (lambda: dequantize([1], 0), "scale has 0"),
        (lambda: dequantize([np.nan], 1), "q is nan"),
        (lambda: quantize([1, 2], np.ones((3, 1))), r"scale has shape \(3, 1\), and x \(2,\)"),
        (lambda: dequantize([1, 2], np.ones((2, 1))), r"scale has shape \(2, 1\), and q \(2,\)"),
        (lambda: quantize([MASKED], 1), "x is a masked array"),
        (lambda: scale_and_zero_point(torch.zeros((), device="meta"), 1), "low must hold real"),
    ],
)
def test_bad_input_is_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()
