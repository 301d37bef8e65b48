"""Wrong solutions as learners write them, apart from the bank; with the name they should get."""

import inspect
import sys
from functools import partial

import numpy as np
import torch
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from answers.unit_01 import right
from answers.unit_01.right import (
    einsum_over_windows,
    pair,
    sizes,
    slices,
    windows,
    windows_in_a_zero_buffer,
    zero_padded,
)
from dwsep_helpers import kernels


def loop_layer(x, weight, bias=None, stride=1, padding=0, *, cell, dtype=float, fill=np.zeros):
    """Write a layer by loops, with what happens at a cell given."""
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x = zero_padded(x, p_h, p_w)
    y = fill((len(x), len(weight), h_out, w_out), dtype=dtype)
    for n, f, i, j in np.ndindex(*y.shape):
        cell(y, (n, f, i, j), x, weight, 0 if bias is None else bias[f], s_h, s_w)
    return y


def layer(**how):
    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return loop_layer(x, weight, bias, stride, padding, **how)

    return conv2d


def window_of(x, n, i, j, weight):
    return x[n, :, i : i + weight.shape[2], j : j + weight.shape[3]]


def overwriting(y, at, x, weight, b, s_h, s_w):
    n, f, i, j = at
    for c, u, v in np.ndindex(*weight.shape[1:]):
        y[at] = x[n, c, i * s_h + u, j * s_w + v] * weight[f, c, u, v]
    y[at] += b


def bias_in_the_inner_loop(y, at, x, weight, b, s_h, s_w):
    n, f, i, j = at
    for c, u, v in np.ndindex(*weight.shape[1:]):
        y[at] += x[n, c, i * s_h + u, j * s_w + v] * weight[f, c, u, v] + b


def stride_left_out(y, at, x, weight, b, s_h, s_w):
    n, f, i, j = at
    y[at] = np.sum(window_of(x, n, i, j, weight) * weight[f]) + b


def kernel_indices_swapped(y, at, x, weight, b, s_h, s_w):
    n, f, i, j = at
    for c, u, v in np.ndindex(*weight.shape[1:]):
        y[at] += x[n, c, i * s_h + u, j * s_w + v] * weight[f, c, v, u]
    y[at] += b


def filter_and_channel_swapped(y, at, x, weight, b, s_h, s_w):
    n, f, i, j = at
    window = window_of(x, n, i * s_h, j * s_w, weight)
    y[at] = np.sum(window * weight[:, f]) + b


def right_cell(y, at, x, weight, b, s_h, s_w):
    n, f, i, j = at
    y[at] = np.sum(window_of(x, n, i * s_h, j * s_w, weight) * weight[f]) + b


def first_image(y, at, x, weight, b, s_h, s_w):
    right_cell(y, at, x[:1], weight, b, s_h, s_w) if at[0] == 0 else None


def edge_padding(x, weight, bias=None, stride=1, padding=0):
    p_h, p_w = pair(padding)
    x = np.pad(x, ((0, 0), (0, 0), (p_h, p_h), (p_w, p_w)), mode="edge")
    return einsum_over_windows(x, weight, bias, stride)


def first_of_pair(x, weight, bias=None, stride=1, padding=0):
    stride, padding = pair(stride)[0], pair(padding)[0]
    return einsum_over_windows(x, weight, bias, stride, padding)


def ints_only(x, weight, bias=None, stride=1, padding=0):
    size = (x.shape[2] + 2 * padding - weight.shape[2]) // stride + 1
    assert size
    return einsum_over_windows(x, weight, bias, stride, padding)


def einsum_swapped(x, weight, bias=None, stride=1, padding=0):
    s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)[2:]
    view = sliding_window_view(zero_padded(x, p_h, p_w), weight.shape[2:], axis=(2, 3))
    y = np.einsum("ncijhw,cfhw->nfij", view[:, :, ::s_h, ::s_w], weight)
    return y if bias is None else y + bias[:, None, None]


def flipped_and_bias_forgotten(x, weight, bias=None, stride=1, padding=0):
    return einsum_over_windows(x, weight[..., ::-1, ::-1], None, stride, padding)


def nearly(x, weight, bias=None, stride=1, padding=0):
    return einsum_over_windows(x, weight, bias, stride, padding) * (1 + 1e-4)


def never_written(x, weight, bias=None, stride=1, padding=0):
    return einsum_over_windows(x, weight, bias, stride, padding) * np.nan


def one_nan(x, weight, bias=None, stride=1, padding=0):
    y = np.array(einsum_over_windows(x, weight, bias, stride, padding), dtype=float)
    y[-1, -1, -1, -1] = np.nan
    return y


def same_everywhere(x, weight, bias=None, stride=1, padding=0):
    y = einsum_over_windows(x, weight, bias, stride, padding)
    return np.full(y.shape, y.mean())


def depthwise(x, weight, bias=None, stride=1, padding=0):
    s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)[2:]
    view = sliding_window_view(zero_padded(x, p_h, p_w), weight.shape[2:], axis=(2, 3))
    y = np.einsum("ncijhw,chw->ncij", view[:, :, ::s_h, ::s_w], weight[0])
    return y if bias is None else y + bias[0]


def wrapped(x, weight, bias=None, stride=1, padding=0):
    """Correlate on a torus."""
    y = np.zeros((len(x), len(weight), *x.shape[2:]))
    for u, v in np.ndindex(*weight.shape[2:]):
        y += np.einsum("ncij,fc->nfij", np.roll(x, (-u, -v), (2, 3)), weight[:, :, u, v])
    return y


def strides_of_a_fresh_array(x, weight, bias=None, stride=1, padding=0):
    """Look through the memory of an array that is in one piece, whatever x is."""
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    if p_h or p_w:
        x = zero_padded(x, p_h, p_w)
    n, c, h, w = np.empty(x.shape, x.dtype).strides
    shape = *x.shape[:2], h_out, w_out, *weight.shape[2:]
    y = np.einsum("ncijhw,fchw->nfij", as_strided(x, shape, (n, c, h * s_h, w * s_w, h, w)), weight)
    return y if bias is None else y + bias[:, None, None]


def in_the_dtype_of(given):
    """Write a layer by loops, bias and all, in an array of the dtype that ``given`` picks."""

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        dtype = given(x, weight)
        return loop_layer(x, weight, bias, stride, padding, cell=right_cell, dtype=dtype)

    return conv2d


# Wrong function, outcome, and the mistake's name or None.
def layer_sized(rows=None, columns=None, pad=lambda p: p, dtype=float, by_tap=False):
    """Write a layer by slices, with its size and its zeros given."""

    def right(size, taps, stride, padding):
        return (size + 2 * padding - taps) // stride + 1

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        (s_h, s_w), (p_h, p_w), taps = pair(stride), pair(padding), weight.shape[2:]
        h_out = (rows or right)(x.shape[2], taps[0], s_h, p_h)
        w_out = (columns or right)(x.shape[3], taps[1], s_w, p_w)
        y = np.zeros((len(x), len(weight), h_out, w_out), dtype=dtype or x.dtype)
        zeros = zero_padded(x, *pad((p_h, p_w)))
        for n, f, i, j in np.ndindex(*y.shape):
            window = window_of(zeros, n, i * s_h, j * s_w, weight)
            products = window * weight[f]
            for part in products.flat if by_tap else [products.sum()]:
                y[n, f, i, j] += part
            y[n, f, i, j] += 0 if bias is None else bias[f]
        return y

    return conv2d


def unpadded(size, taps, stride, padding):
    return (size - taps) // stride + 1


def plane_as_large_as_the_image(image, kernel):
    y = np.zeros(image.shape)
    for i, j in np.ndindex(*np.subtract(image.shape, kernel.shape) + 1):
        y[i, j] = np.sum(image[i : i + len(kernel), j : j + kernel.shape[1]] * kernel)
    return y


def plane_of_one_kernel_side(image, kernel, *, by_slices=True):
    k_h, k_w = kernel.shape
    y = np.zeros(np.subtract(image.shape, k_h) + 1)
    for i, j in np.ndindex(*y.shape):
        if by_slices:
            y[i, j] = np.sum(image[i : i + k_h, j : j + k_w] * kernel)
        else:
            y[i, j] = sum(image[i + u, j + v] * kernel[u, v] for u, v in np.ndindex(k_h, k_w))
    return y


def padded_at_once(zeros):
    """Put all zeros of an axis on one side."""

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        p_h, p_w = pair(padding)
        x = np.pad(x, ((0, 0), (0, 0), zeros(p_h), zeros(p_w)))
        return einsum_over_windows(x, weight, bias, stride)

    return conv2d


def layer_that_asks_for_all_of_the_bias(x, weight, bias=None, stride=1, padding=0):
    """Ask what NumPy's error message proposes."""
    y = einsum_over_windows(x, weight, None, stride, padding)
    return y + bias[:, None, None] if np.all(bias) else y


def layer_of_every_other_pixel(x, weight, bias=None, stride=1, padding=0):
    s_h, s_w = pair(stride)
    return einsum_over_windows(x[:, :, ::s_h, ::s_w], weight, bias, 1, padding)


CONV2D = [
    (
        lambda x, weight, bias=None, stride=1, padding=0: einsum_over_windows(
            x, weight, bias, stride, (pair(padding)[0], 0)
        ),
        "wrong shape",
        "padding-on-one-axis",
    ),
    (
        lambda x, weight, bias=None, stride=1, padding=0: einsum_over_windows(
            x, weight, bias, stride, (0, pair(padding)[1])
        ),
        "wrong shape",
        "padding-on-columns-alone",
    ),
    (
        lambda x, weight, bias=None, stride=1, padding=0: (
            einsum_over_windows(x, weight, None, stride, padding)
            + (0 if bias is None else np.sum(bias))
        ),
        "wrong values",
        "bias-summed",
    ),
    (layer_that_asks_for_all_of_the_bias, "wrong values", "bias-left-out-for-a-zero"),
    (layer_of_every_other_pixel, "wrong values", "image-strided"),
    (layer_sized(rows=unpadded), "wrong shape", "padding-forgotten-in-h-out"),
    (layer_sized(columns=unpadded), "wrong shape", "padding-forgotten-in-w-out"),
    (layer_sized(unpadded, unpadded), "wrong shape", "padding-forgotten-in-output-size"),
    (layer_sized(pad=lambda p: p[::-1]), "wrong values", "zeros-swapped"),
    (layer_sized(dtype=None, by_tap=True), "wrong values", "input-dtype-kept-tap-by-tap"),
    (layer_sized(dtype=int, by_tap=True), "wrong values", "integers-tap-by-tap"),
    (layer_sized(dtype=None), "wrong values", "input-dtype-kept-before-the-bias"),
    (in_the_dtype_of(lambda x, weight: x.dtype), "wrong values", "input-dtype-kept"),
    (in_the_dtype_of(lambda x, weight: weight.dtype), "wrong values", "kernel-dtype-kept"),
    (in_the_dtype_of(np.result_type), "wrong values", "bias-cut"),
    (strides_of_a_fresh_array, "wrong values", "gaps-in-memory-ignored"),
    (layer(cell=overwriting), "wrong values", "overwritten-not-added"),
    (layer(cell=bias_in_the_inner_loop), "wrong values", "bias-per-tap"),
    (layer(cell=stride_left_out), "wrong values", "stride-not-in-position"),
    (layer(cell=kernel_indices_swapped), "wrong values", "kernel-transposed"),
    (layer(cell=filter_and_channel_swapped), "wrong values", "weight-axes-swapped"),
    (layer(cell=first_image), "wrong values", "batch-first-only"),
    (layer(cell=right_cell, dtype=int), "wrong values", "integer-truncation"),
    (edge_padding, "wrong values", "padding-with-edge-values"),
    (first_of_pair, "wrong values", None),  # two mistakes at once, and both show
    (ints_only, "crashed", None),
    (einsum_swapped, "wrong values", "weight-axes-swapped"),
    (flipped_and_bias_forgotten, "wrong values", "kernel-flipped"),  # one after the other
    (nearly, "wrong values", None),
    (never_written, "wrong values", None),
    (one_nan, "wrong values", None),
    (same_everywhere, "wrong values", None),
    (depthwise, "wrong values", None),
    (wrapped, "wrong shape", None),
    (lambda x, weight, bias=None, stride=1, padding=0: 0, "wrong shape", None),
    (lambda x, weight, bias=None, stride=1, padding=0: x, "wrong shape", None),
]


# Slips of code that is public.


def clamped_at_the_border(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    k_h, k_w = weight.shape[2:]
    y = np.zeros((len(x), len(weight), h_out, w_out))
    for n, f, i, j in np.ndindex(*y.shape):
        for u, v in np.ndindex(k_h, k_w):
            top = min(max(i * s_h - p_h, 0), max(x.shape[2] - k_h, 0))
            left = min(max(j * s_w - p_w, 0), max(x.shape[3] - k_w, 0))
            row, column = min(top + u, x.shape[2] - 1), min(left + v, x.shape[3] - 1)
            if top + u < x.shape[2] and left + v < x.shape[3]:
                y[n, f, i, j] += x[n, :, row, column] @ weight[f, :, u, v]
        y[n, f, i, j] += 0 if bias is None else bias[f]
    return y


def cut_at_the_border(x, weight, bias=None, stride=1, padding=0):
    """Let a slice end at the border, and the kernel be cut to its size."""
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    y = np.zeros((len(x), len(weight), h_out, w_out))
    for n, f, i, j in np.ndindex(*y.shape):
        top, left = i * s_h - p_h, j * s_w - p_w
        bottom, right = (max(end, 0) for end in (top + weight.shape[2], left + weight.shape[3]))
        window = x[n, :, max(top, 0) : bottom, max(left, 0) : right]
        y[n, f, i, j] = np.sum(window * weight[f, :, : window.shape[1], : window.shape[2]])
        y[n, f, i, j] += 0 if bias is None else bias[f]
    return y


def im2col_in_pixel_order(x, weight, bias=None, stride=1, padding=0):
    """Sort columns as (N, H_out, W_out), and read them as some lecture notes sort them."""
    s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)[2:]
    view = sliding_window_view(zero_padded(x, p_h, p_w), weight.shape[2:], axis=(2, 3))
    view = view[:, :, ::s_h, ::s_w]
    n, _, h_out, w_out = view.shape[:4]
    columns = view.transpose(1, 4, 5, 0, 2, 3).reshape(weight[0].size, -1)
    y = weight.reshape(len(weight), -1) @ columns
    if bias is not None:
        y = y + bias[:, None]
    return y.reshape(len(weight), h_out, w_out, n).transpose(3, 0, 1, 2)


def patches_channels_last(x, weight, bias=None, stride=1, padding=0):
    s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)[2:]
    view = sliding_window_view(zero_padded(x, p_h, p_w), weight.shape[2:], axis=(2, 3))
    view = view[:, :, ::s_h, ::s_w].transpose(0, 2, 3, 4, 5, 1)
    patches = view.reshape(*view.shape[:3], -1)
    y = (patches @ weight.reshape(len(weight), -1).T).transpose(0, 3, 1, 2)
    return y if bias is None else y + bias[:, None, None]


def last_image(x, weight, bias=None, stride=1, padding=0):
    for image in x:
        y = einsum_over_windows(image[None], weight, bias, stride, padding)
    return np.repeat(y, len(x), axis=0)


def never_reset(x, weight, bias=None, stride=1, padding=0):
    total = 0.0

    def cell(y, at, x, weight, b, s_h, s_w):
        nonlocal total
        n, f, i, j = at
        total += np.sum(window_of(x, n, i * s_h, j * s_w, weight) * weight[f])
        y[at] = total + b

    return loop_layer(x, weight, bias, stride, padding, cell=cell)


def centred(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    k_h, k_w = weight.shape[2:]
    y = np.zeros((len(x), len(weight), h_out, w_out))
    for n, f, i, j in np.ndindex(*y.shape):
        for u, v in np.ndindex(k_h, k_w):
            row, column = i * s_h - p_h + u - k_h // 2, j * s_w - p_w + v - k_w // 2
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                y[n, f, i, j] += x[n, :, row, column] @ weight[f, :, u, v]
        y[n, f, i, j] += 0 if bias is None else bias[f]
    return y


def strided_on_the_first_axes(x, weight, bias=None, stride=1, padding=0):
    s_h, s_w = pair(stride)
    return einsum_over_windows(x, weight, bias, 1, padding)[::s_h, ::s_w]


def padded_on_all_axes(x, weight, bias=None, stride=1, padding=0):
    """Loop over images, filters and channels of the weight, behind a shorter np.pad."""
    h_out, w_out, s_h, s_w, *_ = sizes(x, weight, stride, padding)
    cells = np.pad(x, padding)
    y = np.zeros((len(x), len(weight), h_out, w_out))
    for n, f, i, j in np.ndindex(*y.shape):
        for c, u, v in np.ndindex(*weight.shape[1:]):
            y[n, f, i, j] += cells[n, c, i * s_h + u, j * s_w + v] * weight[f, c, u, v]
        y[n, f, i, j] += 0 if bias is None else bias[f]
    return y


def padded_on_all_axes_at_once(x, weight, bias=None, stride=1, padding=0):
    return einsum_over_windows(np.pad(x, padding), weight, bias, stride)


def sums_in_float16(y, at, x, weight, b, s_h, s_w):
    n, f, i, j = at
    window = window_of(x, n, i * s_h, j * s_w, weight)
    y[at] = np.sum(window * weight[f], dtype=np.float16) + np.float16(b)


def matrix_product(y, at, x, weight, b, s_h, s_w):
    n, f, i, j = at
    y[at] = np.sum(window_of(x, n, i * s_h, j * s_w, weight) @ weight[f]) + b


def returned_inside(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x = zero_padded(x, p_h, p_w)
    y = np.zeros((len(x), len(weight), h_out, w_out))
    for n, f, i in np.ndindex(*y.shape[:3]):
        for j in range(w_out):
            right_cell(y, (n, f, i, j), x, weight, 0 if bias is None else bias[f], s_h, s_w)
        return y  # one level too deep


def if_bias(x, weight, bias=None, stride=1, padding=0):
    y = einsum_over_windows(x, weight, None, stride, padding)
    if bias:
        y = y + bias[:, None, None]
    return y


def bias_or_zeros(x, weight, bias=None, stride=1, padding=0):
    bias = bias or np.zeros(len(weight))
    return einsum_over_windows(x, weight, bias, stride, padding)


def flipped_if_bias(x, weight, bias=None, stride=1, padding=0):
    """Make a second mistake, which the error hides."""
    return if_bias(x, weight[..., ::-1, ::-1], bias, stride, padding)


CONV2D += [
    (clamped_at_the_border, "wrong values", "window-clamped"),
    (cut_at_the_border, "wrong values", "window-cut-off"),
    (im2col_in_pixel_order, "wrong values", "columns-read-batch-last"),
    (patches_channels_last, "wrong values", "patches-in-another-order"),
    (last_image, "wrong values", "batch-last-repeated"),
    (never_reset, "wrong values", "accumulator-never-reset"),
    (centred, "wrong values", "window-centred"),
    (strided_on_the_first_axes, "wrong shape", "stride-on-the-first-axes"),
    (padded_on_all_axes, "wrong values", "padding-on-all-axes"),
    (padded_on_all_axes_at_once, "wrong shape", "images-and-channels-padded"),
    (layer(cell=sums_in_float16), "wrong values", "half-precision"),
    (lambda x, weight, bias=None, stride=1, padding=0: einsum_over_windows(
        x, weight, bias, stride, padding).astype(np.float16), "wrong values", "half-precision"),
    (lambda x, weight, bias=None, stride=1, padding=0: torch.from_numpy(einsum_over_windows(
        x, weight, bias, stride, padding)).bfloat16(), "wrong values", "half-precision"),
    (layer(cell=matrix_product), "wrong values", "matrix-product"),
    (returned_inside, "wrong values", "returned-after-one-row"),
    (if_bias, "crashed", "bias-tested-for-truth"),
    (bias_or_zeros, "crashed", "bias-tested-for-truth"),
    (flipped_if_bias, "wrong values", "kernel-flipped"),
    (padded_at_once(lambda p: (2 * p, 0)), "wrong values", "padding-all-before"),
    (padded_at_once(lambda p: (0, 2 * p)), "wrong values", "padding-all-after"),
    *[(lambda x, weight, *how, by=by, **named: einsum_over_windows(
        x, np.roll(weight, by, axis=1), *how, **named), "wrong values", mistake)
      for by, mistake in ((1, "slice-of-the-channel-before"), (-1, None))],
]  # fmt: skip


def hard_coded(image, kernel):
    """Know the hand example by heart."""
    return np.array([[4, -1, 1], [2, 6, 3], [1, 2, 5]])


def dense_product(image, kernel):
    return image[: len(kernel)] * kernel if image.shape == kernel.shape else image


def transposed_size(image, kernel):
    k_h, k_w = kernel.shape
    y = np.zeros((image.shape[1] - k_w + 1, image.shape[0] - k_h + 1))
    for i, j in np.ndindex(*y.shape):
        y[i, j] = np.sum(image[j : j + k_h, i : i + k_w] * kernel)
    return y


def last_position_left_out(image, kernel):
    y = np.zeros((image.shape[0] - kernel.shape[0], image.shape[1] - kernel.shape[1]))
    for i, j in np.ndindex(*y.shape):
        y[i, j] = np.sum(image[i : i + kernel.shape[0], j : j + kernel.shape[1]] * kernel)
    return y


def plane_in_the_kernels_dtype(image, kernel):
    y = np.zeros(windows(image, kernel).shape, dtype=kernel.dtype)
    y[...] = slices(image, kernel)
    return y


def products_of_matrices(image, kernel):
    y = np.zeros(windows(image, kernel).shape)
    for i, j in np.ndindex(*y.shape):
        window = image[i : i + kernel.shape[0], j : j + kernel.shape[1]]
        y[i, j] = np.sum(window @ kernel.T)
    return y


def sum_begun_at_each_kernel_row(image, kernel):
    y = np.zeros(np.subtract(image.shape, kernel.shape) + 1)
    for i, j in np.ndindex(*y.shape):
        for u in range(len(kernel)):
            total = 0
            for v in range(kernel.shape[1]):
                total += image[i + u, j + v] * kernel[u, v]
        y[i, j] = total
    return y


def loops_that_end_early(image, kernel):
    (h_out, w_out), (k_h, k_w) = np.subtract(image.shape, kernel.shape) + 1, kernel.shape
    y = np.zeros((h_out, w_out))
    for i in range(h_out - 1):
        for j in range(w_out - 1):
            y[i, j] = np.sum(image[i : i + k_h, j : j + k_w] * kernel)
    return y


def image_as_square(image, kernel):
    """Count columns from the image's rows; a window that hangs over the edge is left zero."""
    y = np.zeros(len(image) - np.array(kernel.shape) + 1)
    for i, j in np.ndindex(*y.shape):
        y[i, j] = np.sum(image[i : i + len(kernel), j : j + kernel.shape[1]] * kernel)
    return y


CORRELATE2D = [
    (sum_begun_at_each_kernel_row, "wrong values", "accumulator-reset-for-kernel-rows"),
    (loops_that_end_early, "wrong values", "last-row-and-column-not-written"),
    (image_as_square, "wrong shape", "image-taken-as-square"),
    (products_of_matrices, "wrong values", "rows-meet-all-rows"),
    (plane_as_large_as_the_image, "wrong shape", "output-array-as-large-as-image"),
    (plane_of_one_kernel_side, "wrong shape", "kernel-rows-for-both-sides"),
    (partial(plane_of_one_kernel_side, by_slices=False), "crashed", "kernel-rows-for-both-sides"),
    (plane_in_the_kernels_dtype, "wrong values", "kernel-dtype-kept"),
    (hard_coded, "wrong shape", None),
    (dense_product, "wrong shape", None),
    (transposed_size, "wrong values", "height-and-width-swapped"),
    (last_position_left_out, "wrong shape", "output-size-off-by-one"),
    (lambda image, kernel: slices(image, kernel[::-1, ::-1]), "wrong values", "kernel-flipped"),
    (lambda image, kernel: np.abs(slices(image, kernel)), "wrong values", None),
]


def flipped_in_its_own_place(image, kernel):
    k_h, k_w = kernel.shape
    kernel = kernel.copy()
    for i, j in np.ndindex(k_h, k_w):
        kernel[i, j] = kernel[k_h - 1 - i, k_w - 1 - j]
    return slices(image, kernel)


CONVOLVE2D = [
    (flipped_in_its_own_place, "wrong values", "kernel-flipped-onto-itself"),
    (
        lambda i, k: slices(
            i, np.array([[k[-u, -v] for v in range(k.shape[1])] for u in range(len(k))])
        ),
        "wrong values",
        "kernel-read-at-minus-i",
    ),
    (lambda i, k: slices(i[::-1, ::-1], k[::-1, ::-1]), "wrong values", "answer-flipped"),
    (
        lambda i, k: plane_in_the_kernels_dtype(i, k[::-1, ::-1]),
        "wrong values",
        "kernel-dtype-kept",
    ),
    (slices, "wrong values", "kernel-not-flipped"),
    (lambda i, k: slices(i, np.fliplr(k)), "wrong values", "kernel-flipped-left-right"),
    (lambda i, k: slices(i, k.T), "wrong values", "kernel-transposed-not-flipped"),
    (lambda i, k: slices(i[::-1, ::-1], k), "wrong values", "image-flipped"),
    (lambda i, k: slices(i, -k), "wrong values", None),
]


def begun_with_channel_0(image, kernel):
    y = windows(image[0], kernel[0])
    for channel, k in zip(image, kernel, strict=True):
        y = y + windows(channel, k)
    return y


CORRELATE_CHANNELS = [
    (begun_with_channel_0, "wrong values", "first-channel-twice"),
    (lambda i, k: sum(map(windows, i[1:], k[1:])), "wrong values", "first-channel-left-out"),
    (lambda i, k: sum(map(windows, i[:-1], k[:-1])), "wrong values", "last-channel-left-out"),
    (lambda i, k: np.max(list(map(windows, i, k)), 0), "wrong values", "largest-channel"),
    (lambda i, k: windows(i[0], k[0]), "wrong values", "first-channel-only"),
    (lambda i, k: np.array(list(map(windows, i, k))), "wrong shape", "channels-kept-apart"),
    (lambda i, k: sum(windows(c, k[0]) for c in i), "wrong values", "one-slice-for-all-channels"),
    (lambda i, k: np.mean(list(map(windows, i, k)), 0), "wrong values", "channels-averaged"),
    (lambda i, k: np.prod(list(map(windows, i, k)), 0), "wrong values", None),
    (lambda i, k: windows(i.sum(0), k.sum(0)), "wrong values", "every-channel-with-every-slice"),
    (lambda i, k: sum(map(windows, i, k)).astype(k.dtype), "wrong values", "kernel-dtype-kept"),
    (
        lambda i, k: sum(windows(i[c], k[c - 1]) for c in range(len(i))),
        "wrong values",
        "slice-of-the-channel-before",
    ),
    (lambda i, k: sum(map(windows, i, np.roll(k, -1, axis=0))), "wrong values", None),
    (lambda i, k: sum(map(windows, i, k[::-1])), "wrong values", "channel-order-reversed"),
]


def last_start_left_out(n, k, stride=1, padding=0):
    return len(range(0, n + 2 * padding - k, stride))


def starts_within_the_input(n, k, stride=1, padding=0):
    return sum(start + k <= n + 2 * padding for start in range(0, n, stride))


CONV_OUTPUT_SIZE = [
    (starts_within_the_input, "wrong values", "starts-in-the-input"),
    (
        lambda n, k, stride=1, padding=0: -((k - n - 2 * padding - 1) // stride) + 1,
        "wrong values",
        "one-too-many",
    ),
    (
        lambda n, k, stride=1, padding=0: (n + 2 * padding - k) // k + 1,
        "wrong values",
        "stride-of-the-kernel",
    ),
    (lambda n, k, stride=1, padding=0: str(n), "wrong type", None),
    (
        lambda n, k, stride=1, padding=0: (n + 2 * padding) // stride,
        "wrong values",
        "kernel-not-taken-off",
    ),
    (lambda n, k, stride=1, padding=0: n - k + 1, "wrong values", "stride-and-padding-forgotten"),
    (
        lambda n, k, stride=1, padding=0: (n + 2 * padding - k) // stride,
        "wrong values",
        "plus-one-forgotten",
    ),
    (last_start_left_out, "wrong values", "kernel-one-too-long"),
    (
        lambda n, k, stride=1, padding=0: np.floor((n + 2 * padding - k) / stride + 1),
        "wrong type",
        "float-result",
    ),
    (
        lambda n, k, stride=1, padding=0: round((n + 2 * padding - k) / stride) + 1,
        "wrong values",
        "rounded",
    ),
    (lambda n, k, stride=1, padding=0: 5, "wrong values", None),
    (lambda n, k, stride=1, padding=0: [5], "wrong type", None),
    (lambda n, k, stride=1, padding=0: True, "wrong type", None),
]
CONV2D_MACS = [
    (
        lambda f, c, kernel_size, output_size, batch=1: (
            f * c * pair(kernel_size)[0] * pair(output_size)[0] * batch
        ),
        "wrong values",
        "neither-squared",
    ),
    (lambda f, c, kernel_size, output_size, batch=1: 72, "wrong values", None),
    (
        lambda f, c, kernel_size, output_size, batch=1: f * c * kernel_size**2 * output_size**2,
        "wrong values",
        "batch-forgotten",  # and pairs, where it raises
    ),
    (
        lambda f, c, kernel_size, output_size, batch=1: (
            batch * f * c * np.square(kernel_size) * np.square(output_size)
        ),
        "wrong type",
        None,  # an array for pairs
    ),
    (
        lambda f, c, kernel_size, output_size, batch=1: (
            f * c * np.prod(pair(kernel_size)) * np.prod(pair(output_size)) * 2.0
        ),
        "wrong type",
        None,
    ),
]


def evading(evade):
    """Make a layer of loops that calls something first, and is done where that returns a value."""

    def conv2d_vectorized(x, weight, bias=None, stride=1, padding=0):
        done = evade()
        return windows_in_a_zero_buffer(x, weight, bias, stride, padding) if done is None else done

    return conv2d_vectorized


def of_the_course_when_traced(x, weight, bias=None, stride=1, padding=0):
    if sys.gettrace():
        return kernels.conv2d(x, weight, bias, stride=stride, padding=padding)
    return windows_in_a_zero_buffer(x, weight, bias, stride, padding)


def with_lines_off(x, weight, bias=None, stride=1, padding=0):
    sys._getframe().f_trace_lines = False
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x, (k_h, k_w) = zero_padded(x, p_h, p_w), weight.shape[2:]
    y = np.empty((len(x), len(weight), h_out, w_out))
    for i, j in np.ndindex(h_out, w_out):
        window = x[:, :, i * s_h : i * s_h + k_h, j * s_w : j * s_w + k_w]
        y[:, :, i, j] = np.tensordot(window, weight, axes=((1, 2, 3), (1, 2, 3)))
    return y if bias is None else y + bias[:, None, None]


def compiled_as(filename):
    """Compile a layer of loops under the name of a library's file."""
    names = {}
    exec(
        compile(inspect.getsource(windows_in_a_zero_buffer), filename, "exec"),
        vars(right).copy(),
        names,
    )
    (function,) = names.values()
    return lambda *args, **kwargs: function(*args, **kwargs)


EVADING = [
    (evading(lambda: 0 if sys.gettrace() else None), "not vectorized", None),
    (evading(lambda: sys.settrace(None)), "used a forbidden shortcut", None),
    (of_the_course_when_traced, "not vectorized", None),
    (with_lines_off, "not vectorized", None),
    (compiled_as("<frozen x>"), "not vectorized", None),
    (compiled_as(np.__file__), "not vectorized", None),
]
WRONG = {
    "conv2d": CONV2D,
    "conv2d_vectorized": CONV2D + EVADING,
    "correlate2d": CORRELATE2D,
    "convolve2d": CONVOLVE2D,
    "correlate_channels": CORRELATE_CHANNELS,
    "conv_output_size": CONV_OUTPUT_SIZE,
    "conv2d_macs": CONV2D_MACS,
}

# Answers that are no arrays of real numbers, made from right ones.
UNFIT = {
    "None": lambda y: None,
    "complex": lambda y: y + 0j,
    "complex objects": lambda y: (y + 0j).astype(object),
    "str": lambda y: y.astype(str),
    "bool": lambda y: y > 0,
    "text": lambda y: str(y),
    "dict": lambda y: {"y": y},
    "generator": lambda y: (row for row in y),
    "ragged": lambda y: [[1], [1, 2]],
    "masked": lambda y: np.ma.masked_less(y, 0),
    "function": lambda y: len,
    "complex torch": lambda y: torch.from_numpy(y + 0j),
    "dates": lambda y: y.astype("timedelta64[s]"),
}
