"""Dense (and grouped) 2D convolution: strips of im2col, each multiplied by the weight."""

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.kernels.arguments import as_bias, as_input, as_weight, result_dtypes
from dwsep_helpers.kernels.depthwise import correlate_channels
from dwsep_helpers.kernels.pointwise import mix_channels
from dwsep_helpers.kernels.shapes import Axis, IntOrPair, Padding, integer, spatial_axes
from dwsep_helpers.kernels.windows import read, span, tiles

__all__ = ["conv2d"]


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
    padding : int, pair of int, "same" or "valid"
        Zeros at both ends of H and of W. "same" keeps H and W (stride 1 alone; for an even
        kernel the extra zero goes after the map, as in torch); "valid" is 0.
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
    >>> import numpy as np
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

    if groups == x.shape[1]:
        return correlate_channels(x, weight, bias, axes, dtype, work_dtype)
    if groups == 1 and _is_pointwise(axes) and x.dtype == work_dtype:
        return mix_channels(x, weight[:, :, 0, 0], bias, dtype, work_dtype)
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
    vertical, horizontal = axes
    height, width = vertical.output_size, horizontal.output_size
    y = np.empty((len(x), len(weight), height, width), dtype)
    flat_y = y.reshape(len(x), groups, -1, height * width)
    grouped_x = x.reshape(len(x), groups, -1, *x.shape[2:])
    matrices = weight.astype(work_dtype, copy=False).reshape(groups, flat_y.shape[2], -1)
    column = matrices.shape[2] * work_dtype.itemsize  # bytes that one output pixel sees

    for rows, columns in tiles(height, width, lambda h, w: h * w * column):
        pixels = span(rows, columns, width)
        tile_size = rows.stop - rows.start, columns.stop - columns.start
        seen = np.zeros((*weight.shape[1:], *tile_size), work_dtype)
        for n in range(len(x)):
            for group, matrix in enumerate(matrices):
                _im2col(grouped_x[n, group], axes, rows.start, columns.start, out=seen)
                out = flat_y[n, group, :, pixels]
                np.matmul(matrix, seen.reshape(matrices.shape[2], -1), out=out, casting="unsafe")
    if bias is not None:
        y += bias.astype(dtype)[:, np.newaxis, np.newaxis]
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
    for name, channels in (("x has C_in", x.shape[1]), ("weight has C_out", weight.shape[0])):
        if channels % groups:
            raise ValueError(f"{name}={channels}, which groups={groups} does not divide")
    if weight.shape[1] * groups != x.shape[1]:
        raise ValueError(
            f"weight has C_in/groups={weight.shape[1]} but x has "
            f"C_in/groups={x.shape[1]}/{groups}={x.shape[1] // groups} (axis 1)"
        )
    return groups


def _is_pointwise(axes: tuple[Axis, Axis]) -> bool:
    """Whether each output pixel sees just the input pixel under it."""
    return all((a.kernel_size, a.stride, a.pad_before) == (1, 1, 0) for a in axes)
