"""Depthwise 2D convolution: each channel has its own small kernels."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import ArrayLike

from dwsep_helpers.kernels.arguments import as_bias, as_input, as_weight, result_dtypes
from dwsep_helpers.kernels.shapes import Axis, IntOrPair, Padding, integer, spatial_axes
from dwsep_helpers.kernels.windows import WORKSPACE, cut, read, tiles


def depthwise_conv2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    stride: IntOrPair = 1,
    padding: Padding = 0,
    dilation: IntOrPair = 1,
) -> np.ndarray:
    r"""Cross-correlate each channel with its own kernels, ``conv2d`` with ``groups=C_in``.

    .. math:: y_{n,mc+q,h,w} = b_{mc+q} + \sum_{i,j} W_{mc+q,0,i,j} \, x_{n,c,\,Sh+Di-P,\,Sw+Dj-P}

    with :math:`m` the depth multiplier and :math:`0 \le q < m`.

    Parameters
    ----------
    x : array_like, shape (N, C_in, H, W)
        Batch of feature maps. N may be 0.
    weight : array_like, shape (C_in * depth_multiplier, 1, K_h, K_w)
        ``depth_multiplier`` kernels for each channel in turn, not flipped.
    bias : array_like, shape (C_in * depth_multiplier,), optional
        Added to each output channel.
    stride, padding, dilation
        As for `conv2d`, and so are dtypes and errors.

    Returns
    -------
    ndarray, shape (N, C_in * depth_multiplier, H_out, W_out)
        A new array.

    Examples
    --------
    >>> x = np.arange(8).reshape(1, 2, 2, 2)
    >>> weight = np.array([1, 10]).reshape(2, 1, 1, 1) * np.ones((1, 1, 2, 2), dtype=int)
    >>> depthwise_conv2d(x, weight).ravel()
    array([  6, 220])
    """
    x = as_input(x)
    weight = as_depthwise_weight("weight", weight, *channels_of(x))
    bias = as_bias("bias", bias, weight, "weight")
    axes = spatial_axes(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    return correlate_tiles(x, weight, bias, axes, *result_dtypes(x, (weight, bias)))


def depthwise_to_dense(weight: ArrayLike, channels: int) -> np.ndarray:
    """Write a depthwise weight as that of a standard convolution which computes the same.

    Parameters
    ----------
    weight : array_like, shape (channels * depth_multiplier, 1, K_h, K_w)
        As for `depthwise_conv2d`, and so are errors.
    channels : int
        C_in, of the map that the layer reads.

    Returns
    -------
    ndarray, shape (channels * depth_multiplier, channels, K_h, K_w)
        Of the weight's dtype; zero where a filter does not read a channel.

    Examples
    --------
    >>> depthwise_to_dense(np.array([3, 4]).reshape(2, 1, 1, 1), 2)[:, :, 0, 0]
    array([[3, 0],
           [0, 4]])
    """
    channels = integer("channels", channels, at_least=1)
    weight = as_depthwise_weight("weight", weight, channels, f"channels={channels}")
    outputs = np.arange(len(weight))
    dense = np.zeros((len(weight), channels, *weight.shape[2:]), weight.dtype)
    dense[outputs, outputs * channels // len(weight)] = weight[:, 0]
    return dense


def as_depthwise_weight(name: str, weight: ArrayLike, channels: int, said: str) -> np.ndarray:
    """Check a depthwise weight against a number of channels, ``said`` in words."""
    weight = as_weight(name, weight, ("C_in * depth_multiplier", "1", "K_h", "K_w"))
    if weight.shape[1] != 1:
        raise ValueError(
            f"{name} has C_in/groups={weight.shape[1]} (axis 1) but a depthwise kernel has 1: "
            "it sees one channel"
        )
    if weight.shape[0] % channels:
        raise ValueError(f"{name} has {weight.shape[0]} kernels (axis 0), no multiple of {said}")
    return weight


def channels_of(x: np.ndarray) -> tuple[int, str]:
    """Return how many channels ``x`` has, and how to say so."""
    return x.shape[1], f"x's C_in={x.shape[1]} (axis 1)"


def correlate_tiles(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None,
    axes: tuple[Axis, Axis],
    dtype: np.dtype,
    work_dtype: np.dtype,
) -> np.ndarray:
    """Correlate checked arguments, tile by tile."""
    height, width = (axis.output_size for axis in axes)
    kernels, biases = by_channel(weight, bias, x.shape[1], work_dtype)
    y = np.empty((len(x), *kernels.shape[:2], height, width), dtype)
    for rows, columns in tiles(height, width, lambda h, w: tile_bytes(kernels, axes, h, w)):
        for n in range(len(x)):
            out = y[n][..., rows, columns]
            correlate_tile(x[n], kernels, biases, axes, rows, columns, out)
    return y.reshape(len(x), len(weight), height, width)


def by_channel(
    weight: np.ndarray, bias: np.ndarray | None, channels: int, dtype: np.dtype
) -> tuple[np.ndarray, np.ndarray | None]:
    """Sort kernels (C_in, m, K_h, K_w) and biases (C_in, m, 1, 1) by the channel they apply to."""
    kernels = weight.astype(dtype, copy=False).reshape(channels, -1, *weight.shape[2:])
    return kernels, None if bias is None else bias.reshape(channels, -1, 1, 1)


def tile_bytes(kernels: np.ndarray, axes: tuple[Axis, Axis], height: int, width: int) -> int:
    """Workspace that one channel of a tile needs in `_along_the_map`."""
    vertical, horizontal = axes
    rows = vertical.reach(height)
    return (horizontal.kernel_size + kernels.shape[1]) * rows * width * kernels.itemsize


def correlate_tile(
    x: np.ndarray,
    kernels: np.ndarray,
    biases: np.ndarray | None,
    axes: tuple[Axis, Axis],
    rows: slice,
    columns: slice,
    out: np.ndarray,
) -> None:
    """Fill ``out`` (C, m, H, W), the given rows and columns of the output for ``x`` (C, H, W)."""
    channels, multiplier, height, width = out.shape
    vertical, horizontal = axes
    corner = vertical.start(rows.start), horizontal.start(columns.start)

    pixels = vertical.reach(height) * horizontal.reach(width) + multiplier * height * width
    block = _fitting(channels, pixels * kernels.itemsize)
    correlate = _along_the_channels
    # Copying short rows is slow, and so is a short loop over channels. Milliseconds along the map /
    # the channels: 0.98 / 0.57 for 512 channels of 14x14, 0.20 / 0.19 for 64 of them, 2.1 / 2.8 for
    # 512 channels of 28x28.
    if width > 16 or block < 4 * width:
        block = _fitting(channels, tile_bytes(kernels, axes, height, width))
        correlate = _along_the_map
    correlate(x, kernels, axes, corner, block, out)
    if biases is not None:
        out += biases.astype(out.dtype, copy=False)


def _fitting(channels: int, channel_bytes: int) -> int:
    """How many channels to take at once: as many as fit in the workspace, in equal blocks."""
    blocks = -(-channels * channel_bytes // WORKSPACE)
    return -(-channels // min(blocks, channels))


def _along_the_map(
    x: np.ndarray,
    kernels: np.ndarray,
    axes: tuple[Axis, Axis],
    corner: tuple[int, int],
    block: int,
    out: np.ndarray,
) -> None:
    """Correlate with an innermost loop over the pixels of a channel; for large maps.

    The map is copied once for each column of the kernel, shifted by it. A shift by rows is then a
    view in which all pixels that meet one element of the kernel follow each other without a gap.
    """
    vertical, horizontal = axes
    top, left = corner
    _, multiplier, height, width = out.shape
    # Rows that the stride skips are computed and dropped: loops of one row took 3 times as long.
    all_rows = vertical.stride * (height - 1) + 1
    k_h, k_w = vertical.kernel_size, horizontal.kernel_size
    shifted = np.empty((block, k_w, vertical.reach(height), width), kernels.dtype)
    y = np.empty((block, multiplier, all_rows * width), kernels.dtype)

    channel, column, row, pixel = shifted.strides
    steps = channel, column, vertical.dilation * row, pixel
    seen = as_strided(shifted, (block, k_w, k_h, all_rows * width), steps)
    for part in cut(len(x), block):
        size = part.stop - part.start
        for j in range(k_w):
            shift = horizontal.dilation * j
            read(x[part], top, left + shift, (1, horizontal.stride), out=shifted[:size, j])
        np.einsum("cjip,cmij->cmp", seen[:size], kernels[part], out=y[:size])
        every_row = y[:size].reshape(size, multiplier, all_rows, width)
        out[part] = every_row[:, :, :: vertical.stride]


def _along_the_channels(
    x: np.ndarray,
    kernels: np.ndarray,
    axes: tuple[Axis, Axis],
    corner: tuple[int, int],
    block: int,
    out: np.ndarray,
) -> None:
    """Correlate with an innermost loop over the channels of a pixel; for many small maps."""
    vertical, horizontal = axes
    _, multiplier, height, width = out.shape
    # Pixels lie 64 bytes further apart than need be. With C a power of two the pixels of a channel
    # would meet in a few sets of the cache: 512 channels of 14x14 took 1.3 times as long.
    gap = 64 // kernels.itemsize
    image = np.empty((vertical.reach(height), horizontal.reach(width), block + gap), kernels.dtype)
    y = np.empty((multiplier, height, width, block + gap), kernels.dtype)

    row, column, channel = image.strides
    shape = height, width, vertical.kernel_size, horizontal.kernel_size, block
    positions = vertical.stride * row, horizontal.stride * column
    elements = vertical.dilation * row, horizontal.dilation * column
    seen = as_strided(image, shape, (*positions, *elements, channel))
    kernels = kernels.transpose(1, 2, 3, 0).copy()
    for part in cut(len(x), block):
        size = part.stop - part.start
        read(x[part], *corner, (1, 1), out=image[..., :size].transpose(2, 0, 1))
        np.einsum("hwijc,mijc->mhwc", seen[..., :size], kernels[..., part], out=y[..., :size])
        out[part] = y[..., :size].transpose(3, 0, 1, 2)
