"""The kernels against torch, over shapes, settings and dtypes that hypothesis draws."""

from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F  # noqa: N812 - its usual name

from dwsep_helpers import (
    conv2d,
    depthwise_conv2d,
    depthwise_separable_conv2d,
    kernels,
    pointwise_conv2d,
)

# The same examples on every run and machine; no example is too slow for a busy one.
thorough = settings(derandomize=True, deadline=None, max_examples=300, database=None)

DTYPES = [np.float32, np.float64]
LAYOUTS = ["contiguous", "channels last", "every second", "reversed", "big endian"]


def laid_out(array, layout):
    """Copy ``array`` into memory of another layout."""
    if layout == "channels last":
        return np.moveaxis(np.ascontiguousarray(np.moveaxis(array, 1, -1)), -1, 1)
    if layout == "every second":
        wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        wide[..., ::2] = array
        return wide[..., ::2]
    if layout == "reversed":
        return array[:, :, ::-1].copy()[:, :, ::-1]
    if layout == "big endian":
        return array.astype(array.dtype.newbyteorder(">"))
    return array


@st.composite
def settings_of_one_axis(draw):
    """Draw input size, kernel size, stride, padding and dilation that leave an output."""
    kernel_size, dilation = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    padding, stride = draw(st.integers(0, 4)), draw(st.integers(1, 6))
    reach = dilation * (kernel_size - 1) + 1
    least = max(1, reach - 2 * padding)
    return draw(st.integers(least, least + 12)), kernel_size, stride, padding, dilation


@st.composite
def convolutions(draw, *, depthwise=False):
    """Draw x, weight, bias and the settings of a convolution, torch's `groups` among them."""
    axes = draw(settings_of_one_axis()), draw(settings_of_one_axis())
    size, kernel_size, stride, padding, dilation = zip(*axes, strict=True)
    batch = draw(st.integers(0, 3))
    groups = draw(st.integers(1, 40 if depthwise else 3))
    c_in = groups * (1 if depthwise else draw(st.integers(1, 3)))
    c_out = groups * draw(st.integers(1, 3))
    dtype = draw(st.sampled_from(DTYPES))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    x = rng.standard_normal((batch, c_in, *size)).astype(dtype)
    weight = rng.standard_normal((c_out, c_in // groups, *kernel_size)).astype(dtype)
    bias = rng.standard_normal(c_out).astype(dtype) if draw(st.booleans()) else None
    layout = draw(st.sampled_from(LAYOUTS))
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    return laid_out(x, layout), laid_out(weight, layout), bias, options, groups


def tensor(array):
    """Hand ``array`` to torch in plain memory: torch 2.13 may crash on a channels-last map."""
    if array is None:
        return None
    return torch.from_numpy(np.array(array, array.dtype.newbyteorder("="), order="C"))


def torch_conv2d(x, weight, bias=None, **options):
    return F.conv2d(tensor(x), tensor(weight), tensor(bias), **options).numpy()


def assert_same(ours, theirs):
    """Same shape, dtype and values, up to rounding."""
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    digits = 4 if ours.dtype == np.float32 else 11
    np.testing.assert_allclose(ours, theirs, rtol=10.0**-digits, atol=10.0**-digits)


@thorough
@given(convolutions())
def test_conv2d(case):
    x, weight, bias, options, groups = case
    copies = x.copy(), weight.copy()
    y = conv2d(x, weight, bias, **options, groups=groups)
    assert_same(y, torch_conv2d(x, weight, bias, **options, groups=groups))
    np.testing.assert_array_equal(x, copies[0])
    np.testing.assert_array_equal(weight, copies[1])


@thorough
@given(convolutions(depthwise=True))
def test_depthwise_conv2d(case):
    x, weight, bias, options, groups = case
    copies = x.copy(), weight.copy()
    theirs = torch_conv2d(x, weight, bias, **options, groups=groups)
    assert_same(depthwise_conv2d(x, weight, bias, **options), theirs)
    assert_same(conv2d(x, weight, bias, **options, groups=groups), theirs)
    np.testing.assert_array_equal(x, copies[0])
    np.testing.assert_array_equal(weight, copies[1])


@thorough
@given(convolutions(depthwise=True), st.integers(1, 5), st.booleans(), st.booleans())
def test_depthwise_separable_conv2d(case, c_out, flat, with_bias):
    x, depthwise_weight, depthwise_bias, options, groups = case
    rng = np.random.default_rng(0)
    dtype = x.dtype.newbyteorder("=")
    pointwise_weight = rng.standard_normal((c_out, len(depthwise_weight), 1, 1)).astype(dtype)
    pointwise_bias = rng.standard_normal(c_out).astype(dtype) if with_bias else None
    y = depthwise_separable_conv2d(
        x,
        depthwise_weight,
        pointwise_weight[:, :, 0, 0] if flat else pointwise_weight,
        depthwise_bias=depthwise_bias,
        pointwise_bias=pointwise_bias,
        **options,
    )
    between = torch_conv2d(x, depthwise_weight, depthwise_bias, **options, groups=groups)
    assert_same(y, torch_conv2d(between, pointwise_weight, pointwise_bias))


@thorough
@given(
    st.tuples(*[st.integers(least, 6) for least in (0, 1, 1, 1)]),
    st.integers(1, 6),
    st.sampled_from(DTYPES),
    st.sampled_from(LAYOUTS),
    st.booleans(),
    st.booleans(),
)
def test_pointwise_conv2d(shape, c_out, dtype, layout, flat, with_bias):
    rng = np.random.default_rng(sum(shape))
    x = laid_out(rng.standard_normal(shape).astype(dtype), layout)
    weight = laid_out(rng.standard_normal((c_out, shape[1], 1, 1)).astype(dtype), layout)
    bias = rng.standard_normal(c_out).astype(dtype) if with_bias else None
    theirs = torch_conv2d(x, weight, bias)
    assert_same(pointwise_conv2d(x, weight[:, :, 0, 0] if flat else weight, bias), theirs)
    assert_same(conv2d(x, weight, bias), theirs)


@thorough
@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.integers(1, 6), st.integers(1, 6)),
    st.integers(1, 3),
    st.booleans(),
)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
def test_same_padding(size, kernel_size, dilation, depthwise):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 3, *size))
    weight = rng.standard_normal((3, 1 if depthwise else 3, *kernel_size))
    options = {"padding": "same", "dilation": dilation, "groups": 3 if depthwise else 1}
    y = conv2d(x, weight, **options)
    assert y.shape == x.shape
    assert_same(y, torch_conv2d(x, weight, **options))


@pytest.mark.parametrize("options", [{"stride": (1, 2)}, {"stride": (3, 1)}, {"padding": (0, 1)}])
def test_a_1x1_kernel_with_a_stride_or_padding(options):
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((2, 3, 5, 6)), rng.standard_normal((4, 3, 1, 1))
    assert_same(conv2d(x, weight, **options), torch_conv2d(x, weight, **options))


ENDS = [((0, 1), (2, 3)), [(1, 0), 2], np.array([[0, 2], [1, 0]]), (1, [0, 3])]


@pytest.mark.parametrize("padding", ENDS, ids=str)
@pytest.mark.parametrize("stride", [1, 2])
def test_each_end_has_its_own_padding(padding, stride):
    rng = np.random.default_rng(0)
    x, weight, mixing = (rng.normal(size=s) for s in ((2, 4, 7, 6), (4, 1, 3, 2), (3, 4, 1, 1)))
    rows, columns = (np.broadcast_to(ends, 2) for ends in padding)
    padded = np.pad(x, [(0, 0), (0, 0), rows, columns])
    for layer in (
        partial(depthwise_conv2d, weight=weight),
        partial(conv2d, weight=weight, groups=4),
        partial(conv2d, weight=np.repeat(weight, 2, axis=1), groups=2),
        partial(depthwise_separable_conv2d, depthwise_weight=weight, pointwise_weight=mixing),
    ):
        y = layer(x, padding=padding, stride=stride)
        np.testing.assert_allclose(y, layer(padded, stride=stride), rtol=0, atol=1e-12)


def test_valid_padding_is_none():
    x = np.arange(20.0).reshape(1, 1, 4, 5)
    weight = np.arange(6.0).reshape(1, 1, 2, 3)
    np.testing.assert_array_equal(conv2d(x, weight, padding="valid"), conv2d(x, weight))


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("shape", [(2, 40, 13, 6), (1, 40, 60, 70), (1, 3, 50, 80)])
def test_tiles_and_blocks_join_without_a_seam(shape, stride, monkeypatch):
    """With little workspace, maps are cut into rows, columns and blocks of channels."""
    for module in (kernels.windows, kernels.depthwise, kernels.pointwise):
        monkeypatch.setattr(module, "WORKSPACE", 7000)
    rng = np.random.default_rng(0)
    x = rng.standard_normal(shape)
    weight = rng.standard_normal((4, shape[1], 3, 5))
    kernel = rng.standard_normal((2 * shape[1], 1, 3, 5))
    mix = rng.standard_normal((4, 2 * shape[1], 1, 1))
    options = {"stride": stride, "padding": (2, 3), "dilation": (2, 1)}

    assert_same(conv2d(x, weight, **options), torch_conv2d(x, weight, **options))
    between = torch_conv2d(x, kernel, **options, groups=shape[1])
    assert_same(depthwise_conv2d(x, kernel, **options), between)
    assert_same(depthwise_separable_conv2d(x, kernel, mix, **options), torch_conv2d(between, mix))


def test_weights_of_torch_modules_drop_in():
    torch.manual_seed(0)
    x = np.random.default_rng(0).standard_normal((2, 6, 9, 11), dtype=np.float32)
    module = torch.nn.Conv2d(6, 12, (3, 2), stride=(2, 1), padding=(1, 0), groups=6)
    weight, bias = (parameter.detach().numpy() for parameter in module.parameters())
    y = depthwise_conv2d(x, weight, bias, stride=module.stride, padding=module.padding)
    assert_same(y, module(torch.from_numpy(x)).detach().numpy())


def test_a_kernel_as_large_as_the_padded_input():
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((1, 2, 5, 4)), rng.standard_normal((3, 2, 7, 6))
    y = conv2d(x, weight, padding=1, stride=9)
    assert y.shape == (1, 3, 1, 1)
    assert_same(y, torch_conv2d(x, weight, padding=1))


def test_the_output_never_shares_memory_with_the_input():
    x = np.arange(12.0).reshape(1, 1, 3, 4)
    identity = np.ones((1, 1, 1, 1))
    for y in (
        conv2d(x, identity),
        depthwise_conv2d(x, identity),
        pointwise_conv2d(x, identity),
        depthwise_separable_conv2d(x, identity, identity),
    ):
        np.testing.assert_array_equal(y, x)
        assert not np.shares_memory(y, x)
        assert y.flags.c_contiguous
        assert y.flags.writeable


def test_nan_spreads_only_to_the_pixels_that_see_it():
    x = np.ones((1, 20, 8, 9))
    x[0, 3, 2, 4] = np.nan
    y = depthwise_conv2d(x, np.ones((20, 1, 3, 3)), padding=1)
    expected = np.zeros(y.shape, dtype=bool)
    expected[0, 3, 1:4, 3:6] = True
    np.testing.assert_array_equal(np.isnan(y), expected)
