"""Depthwise separable 2D convolution: depthwise, then pointwise."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.kernels.arguments import as_bias, as_input, as_weight, result_dtypes
from dwsep_helpers.kernels.depthwise import (
    as_depthwise_weight,
    by_channel,
    channels_of,
    correlate_tile,
    tile_bytes,
)
from dwsep_helpers.kernels.pointwise import add_bias, as_pointwise_weight
from dwsep_helpers.kernels.shapes import IntOrPair, Padding, integer, spatial_axes
from dwsep_helpers.kernels.windows import span, tiles


def depthwise_separable_conv2d(
    x: ArrayLike,
    depthwise_weight: ArrayLike,
    pointwise_weight: ArrayLike,
    *,
    depthwise_bias: ArrayLike | None = None,
    pointwise_bias: ArrayLike | None = None,
    stride: IntOrPair = 1,
    padding: Padding = 0,
    dilation: IntOrPair = 1,
) -> np.ndarray:
    """Filter each channel by itself, then mix the channels: `depthwise_conv2d`, `pointwise_conv2d`.

    Nothing stands between the two: MobileNet's batch normalisation and ReLU are not part of it.

    Parameters
    ----------
    x : array_like, shape (N, C_in, H, W)
        Batch of feature maps. N may be 0.
    depthwise_weight : array_like, shape (C_in * depth_multiplier, 1, K_h, K_w)
        Kernels of the depthwise step.
    pointwise_weight : array_like, shape (C_out, C_in * depth_multiplier, 1, 1) or without the ones
        Filters of the pointwise step.
    depthwise_bias : array_like, shape (C_in * depth_multiplier,), optional
        Added between the two steps.
    pointwise_bias : array_like, shape (C_out,), optional
        Added to each output channel.
    stride, padding, dilation
        Of the depthwise step, as for `conv2d`.

    Returns
    -------
    ndarray, shape (N, C_out, H_out, W_out)
        A new array; dtypes and errors are as for `conv2d`.

    Notes
    -----
    A. Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
    Applications", 2017, equations (3) to (5).

    Examples
    --------
    >>> x = np.arange(8).reshape(1, 2, 2, 2)
    >>> depthwise_weight = np.ones((2, 1, 2, 2), dtype=int)  # sums of each channel: 6 and 22
    >>> pointwise_weight = np.array([[1, 0], [1, 1], [1, -1]])
    >>> depthwise_separable_conv2d(x, depthwise_weight, pointwise_weight).ravel()
    array([  6,  28, -16])
    """
    x = as_input(x)
    depthwise_weight = as_depthwise_weight("depthwise_weight", depthwise_weight, *channels_of(x))
    pointwise_weight = as_pointwise_weight("pointwise_weight", pointwise_weight)
    _check_between(depthwise_weight, pointwise_weight)
    depthwise_bias = as_bias("depthwise_bias", depthwise_bias, depthwise_weight, "depthwise_weight")
    pointwise_bias = as_bias("pointwise_bias", pointwise_bias, pointwise_weight, "pointwise_weight")
    sizes = x.shape[2:], depthwise_weight.shape[2:]
    axes = spatial_axes(*sizes, stride, padding, dilation, weight_name="depthwise_weight")
    dtype, work_dtype = result_dtypes(
        x, (depthwise_weight, depthwise_bias), (pointwise_weight, pointwise_bias)
    )

    height, width = (axis.output_size for axis in axes)
    kernels, biases = by_channel(depthwise_weight, depthwise_bias, x.shape[1], work_dtype)
    matrix = pointwise_weight.astype(work_dtype, copy=False)
    c_out, c_between = matrix.shape
    y = np.empty((len(x), c_out, height, width), dtype)
    flat_y = y.reshape(len(x), c_out, height * width)

    # The map between the two steps is never whole: each tile of it is mixed while it is in cache.
    def workspace(h: int, w: int) -> int:
        return (c_out + c_between) * h * w * matrix.itemsize + tile_bytes(kernels, axes, h, w)

    for rows, columns in tiles(height, width, workspace):
        tile_size = rows.stop - rows.start, columns.stop - columns.start
        between = np.empty((*kernels.shape[:2], *tile_size), work_dtype)
        for n in range(len(x)):
            correlate_tile(x[n], kernels, biases, axes, rows, columns, out=between)
            out = flat_y[n, :, span(rows, columns, width)]
            np.matmul(matrix, between.reshape(c_between, -1), out=out, casting="unsafe")
    add_bias(y, pointwise_bias)
    return y


def equivalent_dense_kernel(depthwise_weight: ArrayLike, pointwise_weight: ArrayLike) -> np.ndarray:
    r"""Write a depthwise separable layer, without bias, as one standard convolution.

    .. math:: W_{o,c,i,j} = P_{o,c} \, D_{c,i,j}

    Parameters
    ----------
    depthwise_weight : array_like, shape (C_in, 1, K_h, K_w)
        One kernel for each channel: the depth multiplier is 1.
    pointwise_weight : array_like, shape (C_out, C_in, 1, 1) or (C_out, C_in)

    Returns
    -------
    ndarray, shape (C_out, C_in, K_h, K_w)
        Dtypes and errors are as for `conv2d`.

    Examples
    --------
    >>> depthwise_weight = np.array([[[[1, 2]]]])
    >>> equivalent_dense_kernel(depthwise_weight, [[10], [-1]])[:, 0, 0]
    array([[10, 20],
           [-1, -2]])
    """
    depthwise_weight = as_depthwise_weight("depthwise_weight", depthwise_weight, 1, "1")
    pointwise_weight = as_pointwise_weight("pointwise_weight", pointwise_weight)
    _check_between(depthwise_weight, pointwise_weight)
    dtype = np.result_type(depthwise_weight, pointwise_weight)
    dtype = dtype if dtype.kind == "f" else np.dtype(np.int64)
    return np.multiply(pointwise_weight[:, :, None, None], depthwise_weight[:, 0], dtype=dtype)


def separable_approximation(weight: ArrayLike, terms: int = 1) -> np.ndarray:
    """Approximate a standard kernel by the closest sum of depthwise separable layers.

    Parameters
    ----------
    weight : array_like, shape (C_out, C_in, K_h, K_w)
    terms : int
        How many separable layers are added up; at least 1. From the rank on, min(C_out, K_h * K_w)
        at most, the sum is the weight itself.

    Returns
    -------
    ndarray of float64, shape (C_out, C_in, K_h, K_w)
        The sum as the kernel of one standard convolution; the sum of its squared differences from
        the weight is the least possible.

    Raises
    ------
    TypeError, ValueError
        As for `conv2d`; also for terms that are no integer, or below 1, and a weight with NaN or
        infinity.

    Notes
    -----
    A separable layer has a matrix (C_out, K_h * K_w) of rank 1 for each input channel. The closest
    of a given rank cuts its singular value decomposition: C. Eckart, G. Young, "The approximation
    of one matrix by another of lower rank", Psychometrika 1 (1936).

    Examples
    --------
    >>> weight = np.array([[1, 0], [0, 3]]).reshape(2, 1, 1, 2)
    >>> separable_approximation(weight)[:, 0, 0].round(6) + 0
    array([[0., 0.],
           [0., 3.]])
    """
    weight = as_weight("weight", weight, ("C_out", "C_in", "K_h", "K_w"))
    terms = integer("terms", terms, at_least=1)
    if not np.isfinite(weight).all():
        raise ValueError("weight has NaN or infinity, and nothing is closest to that")
    kernels = weight.astype(np.float64).swapaxes(0, 1)
    matrices = kernels.reshape(*kernels.shape[:2], -1)
    u, s, v = np.linalg.svd(matrices, full_matrices=False)
    closest = (u[..., :terms] * s[:, None, :terms]) @ v[:, :terms]
    return closest.reshape(kernels.shape).swapaxes(0, 1)


def _check_between(depthwise_weight: np.ndarray, pointwise_weight: np.ndarray) -> None:
    if pointwise_weight.shape[1] != depthwise_weight.shape[0]:
        raise ValueError(
            f"pointwise_weight has C_in={pointwise_weight.shape[1]} (axis 1) but "
            f"depthwise_weight makes {depthwise_weight.shape[0]} channels (axis 0)"
        )
