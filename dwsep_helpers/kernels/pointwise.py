"""Pointwise (1x1) convolution: one matrix product for each image."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.kernels.arguments import as_bias, as_input, as_weight, result_dtypes
from dwsep_helpers.kernels.windows import WORKSPACE, cut


def pointwise_conv2d(x: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> np.ndarray:
    r"""Mix the channels of each pixel: a convolution with a 1x1 kernel.

    .. math:: y_{n,o,h,w} = b_o + \sum_c W_{o,c} \, x_{n,c,h,w}

    Parameters
    ----------
    x : array_like, shape (N, C_in, H, W)
        Batch of feature maps. N may be 0.
    weight : array_like, shape (C_out, C_in, 1, 1) or (C_out, C_in)
        Filters.
    bias : array_like, shape (C_out,), optional
        Added to each output channel.

    Returns
    -------
    ndarray, shape (N, C_out, H, W)
        A new array; dtypes and errors are as for `conv2d`.

    Notes
    -----
    A 1x1 convolution needs no im2col: the map itself is the matrix, (C_in, H · W).
    MobileNet spends 95% of its computation here (A. Howard et al., "MobileNets", 2017, §3.2).

    Examples
    --------
    >>> red_and_green = np.array([[1, 2], [3, 4]]).reshape(1, 2, 1, 2)
    >>> weight = np.array([[1, 1], [1, -1], [0, 10]])
    >>> pointwise_conv2d(red_and_green, weight)[0, :, 0]
    array([[ 4,  6],
           [-2, -2],
           [30, 40]])
    """
    x = as_input(x)
    weight = as_pointwise_weight("weight", weight)
    if weight.shape[1] != x.shape[1]:
        raise ValueError(f"weight has C_in={weight.shape[1]} but x has C_in={x.shape[1]} (axis 1)")
    bias = as_bias("bias", bias, weight, "weight")
    return mix_pieces(x, weight, bias, *result_dtypes(x, (weight, bias)))


def as_pointwise_weight(name: str, weight: ArrayLike) -> np.ndarray:
    """Check a pointwise weight and read it as (C_out, C_in)."""
    try:
        axes = np.ndim(weight)
    except ValueError:  # lists of different lengths, as is said below
        axes = 4
    if axes == 2:
        return as_weight(name, weight, ("C_out", "C_in"))
    weight = as_weight(name, weight, ("C_out", "C_in", "K_h", "K_w"))
    for axis, letter in ((2, "h"), (3, "w")):
        kernel_size = weight.shape[axis]
        if kernel_size != 1:
            raise ValueError(
                f"{name} has K_{letter}={kernel_size} (axis {axis}) but a pointwise kernel has 1"
            )
    return weight[:, :, 0, 0]


def mix_pieces(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None,
    dtype: np.dtype,
    work_dtype: np.dtype,
) -> np.ndarray:
    """Multiply the weight (C_out, C_in) and every image as a matrix (C_in, H · W)."""
    images, c_in, height, width = x.shape
    c_out = len(weight)
    y = np.empty((images, c_out, height, width), dtype)
    flat_x = x.reshape(images, c_in, height * width)
    flat_y = y.reshape(images, c_out, height * width)
    matrix = weight.astype(work_dtype, copy=False)

    # An image that need not be converted is multiplied whole. Others go in pieces: an int8 image
    # in float64 is eight times as large.
    most = height * width
    if not x.dtype == dtype == work_dtype:
        most = max(1, WORKSPACE // ((c_in + c_out) * work_dtype.itemsize))
    for pixels in cut(height * width, most):
        piece = flat_x[..., pixels].astype(work_dtype, copy=False)
        np.matmul(matrix, piece, out=flat_y[..., pixels], casting="unsafe")
    add_bias(y, bias)
    return y


def add_bias(y: np.ndarray, bias: np.ndarray | None) -> None:
    """Add ``bias`` (C_out,) to ``y`` (N, C_out, H, W) in place."""
    if bias is not None:
        y += bias.astype(y.dtype, copy=False)[:, np.newaxis, np.newaxis]
