"""Dense (and grouped) 2D convolution: strips of im2col, each multiplied by the weight."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.kernels.arguments import as_bias, as_input, as_weight, result_dtypes
from dwsep_helpers.kernels.depthwise import correlate_tiles
from dwsep_helpers.kernels.pointwise import add_bias, mix_pieces
from dwsep_helpers.kernels.shapes import Axis, IntOrPair, Padding, integer, spatial_axes
from dwsep_helpers.kernels.windows import read, span, tiles


def conv2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    stride: IntOrPair = 1,
    padding: Padding = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> np.ndarray:
    r"""Cross-correlate ``x`` with every filter of ``weight``, as ``torch.nn.functional.conv2d``.

    .. math:: y_{n,o,h,w} = b_o + \sum_{c,i,j} W_{o,c,i,j} \, x_{n,c,\,Sh+Di-P,\,Sw+Dj-P}

    where :math:`c` runs over the channels of the group that :math:`o` belongs to, and :math:`x`
    is zero outside the map.

    Parameters
    ----------
    x : array_like, shape (N, C_in, H, W)
        Batch of feature maps. N may be 0.
    weight : array_like, shape (C_out, C_in / groups, K_h, K_w)
        Filters, not flipped.
    bias : array_like, shape (C_out,), optional
        Added to each output channel.
    stride, dilation : int or pair of int
        Step between positions, and between elements of the kernel, along H and W.
    padding : int, pair of int, pair of pairs, "same" or "valid"
        Zeros at both ends of H and of W; as ((above, below), (left, right)) each end has its own.
        "same" keeps H and W (stride 1 alone; for an even kernel the extra zero goes after the map,
        as in torch); "valid" is 0.
    groups : int
        Number of equal groups that the channels are cut into; ``groups=C_in`` is depthwise.

    Returns
    -------
    ndarray, shape (N, C_out, H_out, W_out)
        A new array. Floats follow NumPy's promotion (float32 with float32 stays float32);
        integers give int64, exactly.

    Raises
    ------
    TypeError
        For a dtype other than float32, float64 and the integers, or a setting that is no integer.
    ValueError
        For shapes and settings that do not fit, and for integers that might outgrow int64.

    Notes
    -----
    Each strip of output rows is one matrix product of the weight, (C_out, C_in · K_h · K_w), and
    the columns that it meets (im2col: K. Chellapilla, S. Puri, P. Simard, "High Performance
    Convolutional Neural Networks for Document Processing", 2006).

    Examples
    --------
    >>> x = np.arange(9, dtype=np.float32).reshape(1, 1, 3, 3)
    >>> weight = np.ones((1, 1, 2, 2), dtype=np.float32)
    >>> conv2d(x, weight)
    array([[[[ 8., 12.],
             [20., 24.]]]], dtype=float32)
    >>> conv2d(x, weight, padding=1, stride=2).shape
    (1, 1, 2, 2)
    """
    x = as_input(x)
    weight = as_weight("weight", weight, ("C_out", "C_in/groups", "K_h", "K_w"))
    groups = _check_groups(x, weight, groups)
    bias = as_bias("bias", bias, weight, "weight")
    axes = spatial_axes(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    dtype, work_dtype = result_dtypes(x, (weight, bias))

    if groups == x.shape[1] > 1:
        return correlate_tiles(x, weight, bias, axes, dtype, work_dtype)
    if groups == 1 and _is_pointwise(axes):
        return mix_pieces(x, weight[:, :, 0, 0], bias, dtype, work_dtype)
    return _correlate(x, weight, bias, axes, groups, dtype, work_dtype)


def _correlate(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None,
    axes: tuple[Axis, Axis],
    groups: int,
    dtype: np.dtype,
    work_dtype: np.dtype,
) -> np.ndarray:
    height, width = (axis.output_size for axis in axes)
    images, c_out = len(x), len(weight) // groups
    y = np.empty((images, len(weight), height, width), dtype)
    flat_y = y.reshape(images, groups, c_out, height * width)
    grouped_x = x.reshape(images, groups, weight.shape[1], *x.shape[2:])
    matrices = weight.astype(work_dtype, copy=False).reshape(groups, c_out, weight[0].size)
    pixel_bytes = (weight[0].size + c_out) * work_dtype.itemsize

    for rows, columns in tiles(height, width, lambda h, w: h * w * pixel_bytes):
        pixels = span(rows, columns, width)
        tile_size = rows.stop - rows.start, columns.stop - columns.start
        seen = np.empty((*weight.shape[1:], *tile_size), work_dtype)
        for n in range(images):
            for group, matrix in enumerate(matrices):
                _im2col(grouped_x[n, group], axes, rows.start, columns.start, out=seen)
                out = flat_y[n, group, :, pixels]
                np.matmul(matrix, seen.reshape(weight[0].size, -1), out=out, casting="unsafe")
    add_bias(y, bias)
    return y


def _im2col(x: np.ndarray, axes: tuple[Axis, Axis], row: int, column: int, out: np.ndarray) -> None:
    """Fill ``out`` (C, K_h, K_w, H, W) with what the output from (row, column) on sees."""
    vertical, horizontal = axes
    for i in range(vertical.kernel_size):
        top = vertical.start(row, i)
        for j in range(horizontal.kernel_size):
            left = horizontal.start(column, j)
            read(x, top, left, (vertical.stride, horizontal.stride), out=out[:, i, j])


def _check_groups(x: np.ndarray, weight: np.ndarray, groups: int) -> int:
    groups = integer("groups", groups, at_least=1)
    c_in, c_out, per_group = x.shape[1], weight.shape[0], weight.shape[1]
    if c_in % groups:
        raise ValueError(f"x has C_in={c_in} (axis 1), which groups={groups} does not divide")
    if c_out % groups:
        raise ValueError(
            f"weight has C_out={c_out} (axis 0), which groups={groups} does not divide"
        )
    if groups == 1 and per_group != c_in:
        raise ValueError(f"weight has C_in={per_group} but x has C_in={c_in} (axis 1)")
    if per_group * groups != c_in:
        raise ValueError(
            f"weight has C_in/groups={per_group} but x has "
            f"C_in/groups={c_in}/{groups}={c_in // groups} (axis 1)"
        )
    return groups


def _is_pointwise(axes: tuple[Axis, Axis]) -> bool:
    """Whether each output pixel sees just the input pixel under it."""
    return all((a.kernel_size, a.stride, a.pad_before) == (1, 1, 0) for a in axes)
