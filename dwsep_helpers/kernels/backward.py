"""The backward pass of a depthwise convolution with one kernel for each channel."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.kernels.arguments import as_input, as_weight
from dwsep_helpers.kernels.shapes import Axis, IntOrPair, integer, spatial_axes
from dwsep_helpers.kernels.windows import read


def depthwise_grad_weight(
    x: ArrayLike,
    kernel_size: tuple[int, int],
    grad_y: ArrayLike,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
) -> np.ndarray:
    r"""Return the gradient for the weight, as ``torch.nn.grad.conv2d_weight`` with ``groups=C``.

    .. math:: \frac{\partial L}{\partial W_{c,0,i,j}} =
        \sum_{n,h,w} \frac{\partial L}{\partial y_{n,c,h,w}} \, x_{n,c,\,Sh+i-P,\,Sw+j-P}

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
        What the layer read.
    kernel_size : pair of int
        (K_h, K_w).
    grad_y : array_like, shape (N, C, H_out, W_out)
        The gradient for what the layer made of it.
    stride, padding : int or pair of int
        As in the forward pass.

    Returns
    -------
    ndarray, shape (C, 1, K_h, K_w)
        Of NumPy's promotion of both arrays and float32.

    Raises
    ------
    TypeError, ValueError
        As for `conv2d`; also if ``grad_y`` doesn't have the shape that the forward pass makes.

    Examples
    --------
    >>> depthwise_grad_weight([[[[1, 2, 3]]]], (1, 2), [[[[10, 1]]]]).ravel()
    array([12., 23.])
    """
    x, grad_y = as_input(x), as_input(grad_y, "grad_y")
    kernel = _sizes("kernel_size", kernel_size)
    rows, columns = _axes(x.shape, kernel, grad_y, stride, padding)
    dtype = np.result_type(x, grad_y, np.float32)
    grad = np.empty((x.shape[1], 1, *kernel), dtype)
    seen = np.empty(grad_y.shape, x.dtype)
    for i, j in np.ndindex(kernel):
        read(x, rows.start(0, i), columns.start(0, j), (rows.stride, columns.stride), out=seen)
        grad[:, 0, i, j] = np.einsum("nchw,nchw->c", seen, grad_y, dtype=dtype)
    return grad


def depthwise_grad_input(
    input_size: tuple[int, int],
    weight: ArrayLike,
    grad_y: ArrayLike,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
) -> np.ndarray:
    r"""Return the gradient for the input, as ``torch.nn.grad.conv2d_input`` with ``groups=C``.

    Each output sends its gradient back to the inputs that it was made of, by the weights that they
    met. That is what a transposed convolution computes, ``torch.nn.functional.conv_transpose2d``.

    .. math:: \frac{\partial L}{\partial x_{n,c,r,s}} =
        \sum_{Sh+i-P=r,\ Sw+j-P=s} \frac{\partial L}{\partial y_{n,c,h,w}} \, W_{c,0,i,j}

    Parameters
    ----------
    input_size : pair of int
        (H, W), of what the layer read.
    weight : array_like, shape (C, 1, K_h, K_w)
        One kernel for each channel, not flipped.
    grad_y : array_like, shape (N, C, H_out, W_out)
        The gradient for what the layer made of it.
    stride, padding : int or pair of int
        As in the forward pass.

    Returns
    -------
    ndarray, shape (N, C, H, W)
        Of NumPy's promotion of both arrays and float32.

    Raises
    ------
    TypeError, ValueError
        As for `conv2d`; also if ``grad_y`` doesn't have the shape that the forward pass makes.

    Examples
    --------
    >>> depthwise_grad_input((1, 3), [[[[5, 7]]]], [[[[10, 1]]]]).ravel()
    array([50., 75.,  7.])
    """
    weight = as_weight("weight", weight, ("C", "1", "K_h", "K_w"))
    if weight.shape[1] != 1:
        raise ValueError(f"weight has {weight.shape[1]} slices (axis 1), should have 1")
    grad_y = as_input(grad_y, "grad_y")
    height, width = _sizes("input_size", input_size)
    shape = len(grad_y), len(weight), height, width
    rows, columns = _axes(shape, weight.shape[2:], grad_y, stride, padding)
    tall, wide = height + 2 * rows.pad_before, width + 2 * columns.pad_before
    grad = np.zeros((*shape[:2], tall, wide), np.result_type(weight, grad_y, np.float32))
    for i, j in np.ndindex(weight.shape[2:]):
        met = grad[:, :, _reached(rows, i), _reached(columns, j)]
        met += weight[:, :, i, j, None] * grad_y
    top, left = rows.pad_before, columns.pad_before
    return grad[:, :, top : top + height, left : left + width].copy()


def _axes(
    shape: tuple[int, ...],
    kernel: tuple[int, ...],
    grad_y: np.ndarray,
    stride: IntOrPair,
    padding: IntOrPair,
) -> tuple[Axis, Axis]:
    """Return the axes of the forward pass, and check that it makes what the gradient is for."""
    axes = spatial_axes(shape[2:], kernel, stride, padding, 1)
    made = (*shape[:2], *(axis.output_size for axis in axes))
    if grad_y.shape != made:
        raise ValueError(
            f"grad_y has the shape {grad_y.shape}, but the layer makes {made} of an input "
            f"of shape {(*shape,)}"
        )
    return axes


def _reached(axis: Axis, element: int) -> slice:
    """Return where an element of the kernel lies at each position, in the padded input."""
    return slice(element, element + axis.stride * (axis.output_size - 1) + 1, axis.stride)


def _sizes(name: str, value: tuple[int, int]) -> tuple[int, int]:
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise ValueError(f"{name} must be a pair of rows and columns, got {value!r}")
    rows, columns = (integer(name, one, at_least=1) for one in value)
    return rows, columns
