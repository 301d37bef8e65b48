"""A pair that is equalized computes what it did, and its channels are alike."""

import numpy as np
import pytest

from dwsep_helpers.hardware import equalize
from dwsep_helpers.kernels import depthwise_conv2d, pointwise_conv2d


def pair(channels=5, outputs=4, seed=0):
    rng = np.random.default_rng(seed)
    spread = 10.0 ** rng.uniform(-2, 1, channels)
    return (
        rng.normal(size=(channels, 1, 3, 3)) * spread.reshape(-1, 1, 1, 1),
        rng.normal(size=channels) * spread,
        rng.normal(size=(outputs, channels, 1, 1)),
    )


def computed(x, depthwise, bias, pointwise):
    return pointwise_conv2d(
        np.maximum(depthwise_conv2d(x, depthwise, bias, padding=1), 0), pointwise
    )


def test_the_pair_computes_the_same():
    x = np.random.default_rng(1).normal(size=(2, 5, 6, 7))
    np.testing.assert_allclose(computed(x, *equalize(*pair())), computed(x, *pair()), rtol=1e-9)


def test_both_sides_of_a_channel_reach_as_far():
    depthwise, _, pointwise = equalize(*pair())
    np.testing.assert_allclose(
        np.abs(depthwise).max(axis=(1, 2, 3)), np.abs(pointwise).max(axis=(0, 2, 3))
    )


@pytest.mark.parametrize("side", [0, 2])
def test_a_channel_of_zeros_stays(side):
    parts = pair()
    parts[side][(2,) if side == 0 else (slice(None), 2)] = 0
    for before, after in zip(parts, equalize(*parts), strict=True):
        assert np.isfinite(after).all()
        channel = (slice(None), 2) if before is parts[2] else (2,)
        np.testing.assert_array_equal(before[channel], after[channel])


def test_arguments_are_left_alone():
    parts = pair()
    copies = [part.copy() for part in parts]
    equalize(*parts)
    for part, copy in zip(parts, copies, strict=True):
        np.testing.assert_array_equal(part, copy)


def test_numbers_of_channels_that_differ_are_named():
    depthwise, bias, pointwise = pair()
    with pytest.raises(ValueError, match=r"depthwise has C=4 \(axis 0\), bias 5 and pointwise"):
        equalize(depthwise[:4], bias, pointwise)
