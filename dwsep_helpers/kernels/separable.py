"""Depthwise separable 2D convolution: depthwise, then pointwise."""

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.kernels.arguments import as_bias, as_input, result_dtypes
from dwsep_helpers.kernels.depthwise import (
    as_depthwise_weight,
    by_channel,
    correlate_tile,
    tile_bytes,
)
from dwsep_helpers.kernels.pointwise import add_bias, as_pointwise_weight
from dwsep_helpers.kernels.shapes import IntOrPair, Padding, spatial_axes
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
        A new array, of a dtype as for `conv2d`.

    Raises
    ------
    TypeError, ValueError
        As for `conv2d`.

    Notes
    -----
    A. Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
    Applications", 2017, equations (3) to (5).

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(8).reshape(1, 2, 2, 2)
    >>> depthwise_weight = np.ones((2, 1, 2, 2), dtype=int)  # sums of each channel: 6 and 22
    >>> pointwise_weight = np.array([[1, 0], [1, 1], [1, -1]])
    >>> depthwise_separable_conv2d(x, depthwise_weight, pointwise_weight).ravel()
    array([  6,  28, -16])
    """
    x = as_input(x)
    depthwise_weight = as_depthwise_weight("depthwise_weight", depthwise_weight, x)
    pointwise_weight = as_pointwise_weight("pointwise_weight", pointwise_weight)
    if pointwise_weight.shape[1] != depthwise_weight.shape[0]:
        raise ValueError(
            f"pointwise_weight has C_in={pointwise_weight.shape[1]} (axis 1) but "
            f"depthwise_weight makes {depthwise_weight.shape[0]} channels (axis 0)"
        )
    depthwise_bias = as_bias("depthwise_bias", depthwise_bias, depthwise_weight, "depthwise_weight")
    pointwise_bias = as_bias("pointwise_bias", pointwise_bias, pointwise_weight, "pointwise_weight")
    axes = spatial_axes(
        x.shape[2:],
        depthwise_weight.shape[2:],
        stride,
        padding,
        dilation,
        weight_name="depthwise_weight",
    )
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
