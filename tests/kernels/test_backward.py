"""The backward pass of a depthwise layer against torch's."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

from dwsep_helpers import kernels

RNG = np.random.default_rng(0)
# Batch, channels and image; kernel; stride; padding.
LAYERS = (
    ((1, 1, 1, 3), (1, 2), 1, 0),
    ((2, 3, 7, 6), (3, 2), 1, 1),
    ((2, 4, 8, 9), (3, 3), 2, 1),
    ((3, 2, 9, 7), (2, 4), (3, 2), (0, 2)),
    ((1, 2, 4, 5), (1, 1), 3, 1),
    ((2, 3, 5, 6), (5, 6), 1, 0),
    ((1, 2, 3, 4), (2, 2), 4, 5),
    ((0, 2, 4, 4), (3, 3), 1, 1),
)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_gradients_are_autograds(layer, dtype):
    shape, kernel, stride, padding = layer
    x = torch.tensor(RNG.normal(size=shape).astype(dtype), requires_grad=True)
    weight = torch.tensor(RNG.normal(size=(shape[1], 1, *kernel)).astype(dtype), requires_grad=True)
    y = F.conv2d(x, weight, stride=stride, padding=padding, groups=shape[1])
    grad_y = torch.tensor(RNG.normal(size=tuple(y.shape)).astype(dtype))
    expected = torch.autograd.grad(y, (x, weight), grad_y)
    found = (
        kernels.depthwise_grad_input(
            shape[2:], weight.detach().numpy(), grad_y.numpy(), stride, padding
        ),
        kernels.depthwise_grad_weight(x.detach().numpy(), kernel, grad_y.numpy(), stride, padding),
    )
    tolerance = 1e-4 if dtype == np.float32 else 1e-11
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, theirs.numpy(), atol=tolerance)


def test_the_gradient_for_the_input_is_a_transposed_convolution():
    weight, grad_y = RNG.normal(size=(3, 1, 3, 2)), RNG.normal(size=(2, 3, 4, 5))
    expected = F.conv_transpose2d(*map(torch.tensor, (grad_y, weight)), stride=2, groups=3)
    found = kernels.depthwise_grad_input(tuple(expected.shape[2:]), weight, grad_y, 2)
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-12)


def test_with_stride_1_the_flip_comes_back():
    weight, grad_y = RNG.normal(size=(3, 1, 3, 2)), RNG.normal(size=(2, 3, 4, 5))
    turned = kernels.depthwise_conv2d(grad_y, weight[..., ::-1, ::-1], padding=(2, 1))
    found = kernels.depthwise_grad_input((6, 6), weight, grad_y)
    np.testing.assert_allclose(found, turned, atol=1e-12)


def test_whole_numbers_give_exact_floats():
    found = kernels.depthwise_grad_weight(np.full((1, 1, 3, 3), 2), (2, 2), np.ones((1, 1, 2, 2)))
    np.testing.assert_array_equal(found, np.full((1, 1, 2, 2), 8.0))


ONES = np.ones((1, 2, 3, 3))


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: kernels.depthwise_grad_weight(ONES, (2, 2), ONES), ValueError,
         r"grad_y has the shape \(1, 2, 3, 3\), but the layer makes \(1, 2, 2, 2\)"),
        (lambda: kernels.depthwise_grad_weight(ONES, 2, ONES), ValueError,
         "kernel_size must be a pair of rows and columns, got 2"),
        (lambda: kernels.depthwise_grad_weight(ONES, (2, 0), ONES), ValueError,
         "kernel_size must be at least 1, got 0"),
        (lambda: kernels.depthwise_grad_weight(ONES, (4, 2), ONES), ValueError,
         "K_h=4 .* but x has H=3"),
        (lambda: kernels.depthwise_grad_input((4, 4), np.ones((2, 2, 2, 2)), ONES), ValueError,
         r"weight has 2 slices \(axis 1\), should have 1"),
        (lambda: kernels.depthwise_grad_input((4, 4), np.ones((3, 1, 2, 2)), ONES), ValueError,
         r"but the layer makes \(1, 3, 3, 3\)"),
        (lambda: kernels.depthwise_grad_input((4, 4.0), np.ones((2, 1, 2, 2)), ONES), TypeError,
         "input_size"),
    ],
)  # fmt: skip
def test_errors_name_both_values(call, error, says):
    with pytest.raises(error, match=says):
        call()
