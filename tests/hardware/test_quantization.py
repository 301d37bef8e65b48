"""Eight-bit numbers, held against torch's own."""

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


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: scale_and_zero_point(2, 1), "low is 2 and high is 1"),
        (lambda: scale_and_zero_point(0, np.inf), "high is inf"),
        (lambda: quantize([1.0], 0.0), "scale has 0"),
    ],
)
def test_bad_input_is_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()
