"""What comes out of which dtypes; integers, exactly."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dwsep_helpers import (
    conv2d,
    depthwise_conv2d,
    depthwise_separable_conv2d,
    pointwise_conv2d,
)

INTEGERS = [np.dtype(kind + size) for kind in "iu" for size in "1248"]


def exact_conv2d(x, weight, bias, groups):
    """Convolve in Python's integers, by definition."""
    x, weight = x.astype(object), weight.astype(object)
    n, _, height, width = x.shape
    c_out, per_group, k_h, k_w = weight.shape
    y = np.empty((n, c_out, height - k_h + 1, width - k_w + 1), object)
    for b, o, h, w in itertools.product(*map(range, y.shape)):
        first = o // (c_out // groups) * per_group
        seen = x[b, first : first + per_group, h : h + k_h, w : w + k_w]
        y[b, o, h, w] = (seen * weight[o]).sum() + int(bias[o])
    return y


def integers(rng, dtype, shape, bits):
    """Draw integers of ``dtype`` with at most ``bits`` bits, its extremes likely."""
    info = np.iinfo(dtype)
    low, high = max(info.min, -(2**bits)), min(info.max, 2**bits)
    drawn = rng.integers(low, high, shape, dtype=dtype, endpoint=True)
    extremes = rng.choice(np.array([low, high], dtype=dtype), shape)
    return np.where(rng.random(shape) < 0.3, extremes, drawn)


@settings(derandomize=True, deadline=None, max_examples=150, database=None)
@given(
    st.sampled_from(INTEGERS),
    st.sampled_from(INTEGERS),
    st.sampled_from([1, 2, 4]),
    st.sampled_from([7, 20, 28]),
    st.integers(0, 2**32),
)
def test_integers_are_exact(x_dtype, weight_dtype, groups, bits, seed):
    """Also beyond 2**53, where a float64 would have rounded: products here reach 2**56."""
    rng = np.random.default_rng(seed)
    x = integers(rng, x_dtype, (2, 4, 5, 4), bits)
    weight = integers(rng, weight_dtype, (4, 4 // groups, 2, 3), bits)
    bias = integers(rng, weight_dtype, 4, bits)
    exact = exact_conv2d(x, weight, bias, groups)
    y = conv2d(x, weight, bias, groups=groups)
    assert y.dtype == np.int64
    np.testing.assert_array_equal(y.astype(object), exact)


@pytest.mark.parametrize("bits", [7, 20])
def test_integers_stay_exact_through_both_steps(bits):
    rng = np.random.default_rng(0)
    x = integers(rng, np.int32, (1, 3, 5, 5), bits)
    depthwise = integers(rng, np.int32, (6, 1, 3, 2), bits)
    pointwise = integers(rng, np.int16, (2, 6, 1, 1), 7)
    biases = integers(rng, np.uint8, 6, 7), integers(rng, np.uint64, 2, 7)
    between = exact_conv2d(x, depthwise, biases[0], 3)
    y = depthwise_separable_conv2d(
        x, depthwise, pointwise, depthwise_bias=biases[0], pointwise_bias=biases[1]
    )
    assert y.dtype == np.int64
    exact = exact_conv2d(between, pointwise, biases[1], 1)
    np.testing.assert_array_equal(y.astype(object), exact)


def test_an_integer_result_up_to_int64s_maximum():
    x = np.full((1, 1, 1, 1), 2**62 - 1)
    weight = np.full((1, 1, 1, 1), 2)
    for operator in (conv2d, depthwise_conv2d, pointwise_conv2d):
        assert operator(x, weight, np.array([1])).item() == 2**63 - 1
        with pytest.raises(
            ValueError, match=f"a sum may reach {2**63}, beyond int64's {2**63 - 1}"
        ):
            operator(x, weight, np.array([2]))


def test_negative_integers_count_by_their_magnitude():
    x = np.full((1, 1, 1, 1), -(2**62))
    with pytest.raises(ValueError, match=f"a sum may reach {2**63}"):
        conv2d(x, np.full((1, 1, 1, 1), 2))


def test_integers_that_only_the_first_step_makes_too_large():
    x = np.full((1, 1, 1, 1), 2**62)
    with pytest.raises(ValueError, match=f"a sum may reach {2**64}"):
        depthwise_separable_conv2d(x, np.full((1, 1, 1, 1), 4), np.zeros((1, 1), int))


@pytest.mark.parametrize(
    ("x", "weight", "bias", "expected"),
    [
        ("f4", "f4", "f4", "f4"),
        ("f8", "f8", "f8", "f8"),
        ("f4", "f8", "f4", "f8"),
        ("f4", "f4", "f8", "f8"),
        ("u1", "f4", "f4", "f4"),  # a photograph's bytes and a float32 kernel
        ("f4", "i1", "i1", "f4"),
        ("i8", "f4", "f4", "f8"),
        ("u8", "i8", "u1", "i8"),  # NumPy alone would make these float64
        ("i1", "i1", "i1", "i8"),
        (">f4", ">f4", ">f4", "f4"),
        (">i2", "<i2", "i2", "i8"),
    ],
)
def test_result_dtype(x, weight, bias, expected):
    values = np.arange(18).reshape(1, 2, 3, 3)
    kernel = np.array([[3, 1], [2, 5]])
    for operator, shape in (
        (conv2d, (2, 2, 1, 1)),
        (depthwise_conv2d, (2, 1, 1, 2)),
        (pointwise_conv2d, (2, 2)),
    ):
        weights = kernel.reshape(-1)[: np.prod(shape)].reshape(shape)
        y = operator(values.astype(x), weights.astype(weight), np.array([7, 9]).astype(bias))
        assert y.dtype == np.dtype(expected)
        exact = operator(values, weights, np.array([7, 9]))
        np.testing.assert_array_equal(y, exact)


def test_bytes_in_pieces(monkeypatch):
    """A pointwise convolution of integers converts some pixels at a time."""
    monkeypatch.setattr("dwsep_helpers.kernels.pointwise.WORKSPACE", 100)
    x = np.arange(2 * 3 * 5 * 7, dtype=np.uint8).reshape(2, 3, 5, 7)
    weight = np.array([[1, 2, 3], [4, -5, 6]], dtype=np.int8)
    expected = np.einsum("oc,nchw->nohw", weight.astype(int), x.astype(int))
    np.testing.assert_array_equal(pointwise_conv2d(x, weight), expected)


def test_lists_are_read_as_arrays():
    assert conv2d([[[[1, 2], [3, 4]]]], [[[[1, 1], [1, 1]]]], [5]).tolist() == [[[[15]]]]


def test_an_empty_batch_of_integers():
    y = conv2d(np.zeros((0, 2, 4, 4), np.int8), np.ones((3, 2, 3, 3), np.int8))
    assert y.shape == (0, 3, 2, 2)
    assert y.dtype == np.int64
