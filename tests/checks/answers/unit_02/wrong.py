"""Wrong solutions of unit 02 as learners write them, with the name they should get."""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from answers.unit_01.right import einsum_over_windows, pair
from answers.unit_02.right import (
    all_loops,
    by_product,
    dense_by_index,
    dense_with_zeros,
    einsum_in_groups,
    filter_and_stack,
    one_group,
    one_plane,
    repeat_channels,
    strided_windows,
)
from dwsep_helpers import kernels


def wrong_group_pairing(x, weight, bias=None, stride=1, padding=0):
    view = strided_windows(x, weight, stride, padding)
    y = np.zeros((len(x), len(weight), *view.shape[2:4]))
    for o in range(len(weight)):
        y[:, o] = np.sum(view[:, o % x.shape[1]] * weight[o, 0], axis=(3, 4))
    return y if bias is None else y + bias[:, None, None]


def channel_by_remainder(x, weight, bias=None, stride=1, padding=0):
    view = strided_windows(x, weight, stride, padding)
    m = len(weight) // x.shape[1]
    y = np.zeros((len(x), len(weight), *view.shape[2:4]))
    for o in range(len(weight)):
        y[:, o] = np.sum(view[:, o % m] * weight[o, 0], axis=(3, 4))
    return y if bias is None else y + bias[:, None, None]


def slice_by_remainder(weight, channels):
    dense = np.zeros((len(weight), channels, *weight.shape[2:]))
    for o, kernel in enumerate(weight):
        dense[o, o % (len(weight) // channels)] = kernel[0]
    return dense


def zeros_in_the_loop(image, kernels):
    for c, kernel in enumerate(kernels):
        one = filter_and_stack(image[c : c + 1], kernel[None])[0]
        y = np.zeros((len(image), *one.shape))
        y[c] = one
    return y


def tiled_for_repeated(x, weight, bias=None, stride=1, padding=0):
    x = np.tile(x, (1, len(weight) // x.shape[1], 1, 1))
    return all_loops(x, weight, bias, stride, padding)


def kernels_outside(x, weight, bias=None, stride=1, padding=0):
    view = strided_windows(x, weight, stride, padding)
    kernels = weight.reshape(x.shape[1], -1, *weight.shape[2:])
    y = np.einsum("ncijuv,ckuv->nkcij", view, kernels)
    y = y.reshape(len(x), len(weight), *view.shape[2:4])
    return y if bias is None else y + bias[:, None, None]


def one_loop_over_channels(x, weight, bias=None, stride=1, padding=0):
    view = strided_windows(x, weight, stride, padding)
    y = np.zeros((len(x), x.shape[1], *view.shape[2:4]))
    for c in range(x.shape[1]):
        y[:, c] = np.sum(view[:, c] * weight[c, 0], axis=(3, 4))
        if bias is not None:
            y[:, c] += bias[c]
    return y


def standard_layer(x, weight, bias=None, stride=1, padding=0):
    dense = np.repeat(weight, x.shape[1], axis=1)
    return einsum_over_windows(x, dense, bias, stride, padding)


def kernel_zero(x, weight, bias=None, stride=1, padding=0):
    view = strided_windows(x, weight, stride, padding)
    y = np.einsum("ncijuv,uv->ncij", view, weight[0, 0])
    y = y.repeat(len(weight) // x.shape[1], axis=1)
    return y if bias is None else y + bias[:, None, None]


def whole_numbers(x, weight, bias=None, stride=1, padding=0):
    right = einsum_in_groups(x, weight, bias, stride, padding)
    y = np.zeros(right.shape, dtype=int)
    y[...] = right
    return y


def bias_forgotten(x, weight, bias=None, stride=1, padding=0):
    return repeat_channels(x, weight, None, stride, padding)


def flipped(x, weight, bias=None, stride=1, padding=0):
    return repeat_channels(x, weight[:, :, ::-1, ::-1], bias, stride, padding)


def ints_only(x, weight, bias=None, stride=1, padding=0):
    assert (x.shape[2] + 2 * padding - weight.shape[2]) // stride + 1
    return repeat_channels(x, weight, bias, stride, padding)


def strides_of_a_new_array(x, weight, bias=None, stride=1, padding=0):
    if padding not in (0, (0, 0)):
        x = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in pair(padding))))
    (s_h, s_w), (n, c, h, w) = pair(stride), x.shape
    k_h, k_w = weight.shape[2:]
    step = x.itemsize
    shape = n, c, (h - k_h) // s_h + 1, (w - k_w) // s_w + 1, k_h, k_w
    steps = c * h * w * step, h * w * step, w * step * s_h, step * s_w, w * step, step
    view = as_strided(x, shape, steps).repeat(len(weight) // c, axis=1)
    y = np.einsum("noijuv,ouv->noij", view, weight[:, 0])
    return y if bias is None else y + bias[:, None, None]


def nearly(x, weight, bias=None, stride=1, padding=0):
    return repeat_channels(x, weight, bias, stride, padding) * (1 + 1e-4)


def if_bias(x, weight, bias=None, stride=1, padding=0):
    y = repeat_channels(x, weight, None, stride, padding)
    return y + bias[:, None, None] if bias else y


def matrix_product(x, weight, bias=None, stride=1, padding=0):
    view = strided_windows(x, weight, stride, padding).repeat(len(weight) // x.shape[1], axis=1)
    y = (view @ weight[:, 0, None, None]).sum(axis=(4, 5))
    return y if bias is None else y + bias[:, None, None]


def in_float16(x, weight, bias=None, stride=1, padding=0):
    return repeat_channels(x, weight, bias, stride, padding).astype(np.float16)


def in_the_dtype_of(given):
    def depthwise_conv2d(x, weight, bias=None, stride=1, padding=0):
        right = einsum_in_groups(x, weight, bias, stride, padding)
        y = np.zeros(right.shape, dtype=given(x, weight))
        y[...] = right
        return y

    return depthwise_conv2d


def padded_before(x, weight, bias=None, stride=1, padding=0):
    """Put all zeros before the first row and column."""
    p_h, p_w = pair(padding)
    x = np.pad(x, ((0, 0), (0, 0), (2 * p_h, 0), (2 * p_w, 0)))
    return einsum_in_groups(x, weight, bias, stride)


def layer_of_cells(cell):
    """Return a layer by loops; ``cell(x, kernel, o, i, j, m)`` gives a sum for each image."""

    def layer(x, weight, bias=None, stride=1, padding=0):
        (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
        x = np.pad(x, ((0, 0), (0, 0), (p_h, p_h), (p_w, p_w)))
        h_out, w_out = (
            (x.shape[2] - weight.shape[2]) // s_h + 1,
            (x.shape[3] - weight.shape[3]) // s_w + 1,
        )
        y = np.zeros((len(x), len(weight), h_out, w_out))
        for o, i, j in np.ndindex(*y.shape[1:]):
            m = len(weight) // x.shape[1]
            y[:, o, i, j] = cell(x, weight[o, 0], o, i * s_h, j * s_w, m)
        return y if bias is None else y + bias[:, None, None]

    return layer


def reading_channel_o_by_c_in(x, kernel, o, i, j, m):
    window = x[:, o // x.shape[1], i : i + len(kernel), j : j + kernel.shape[1]]
    return (window * kernel).sum((1, 2))


def begun_at_each_kernel_row(x, kernel, o, i, j, m):
    for u, row in enumerate(kernel):
        total = 0
        for v, tap in enumerate(row):
            total = total + tap * x[:, o // m, i + u, j + v]
    return total


DEPTHWISE_CONV2D = [
    (channel_by_remainder, "wrong values", "remainder-by-m"),
    (layer_of_cells(reading_channel_o_by_c_in), "crashed", "divided-by-the-channels"),
    (
        layer_of_cells(begun_at_each_kernel_row),
        "wrong values",
        "accumulator-reset-for-kernel-rows",
    ),
    (padded_before, "wrong values", "padding-all-before"),
    (in_the_dtype_of(lambda x, weight: weight.dtype), "wrong values", "kernel-dtype-kept"),
    (in_the_dtype_of(np.result_type), "wrong values", "bias-cut"),
    (if_bias, "crashed", "bias-tested-for-truth"),
    (matrix_product, "wrong values", "matrix-product"),
    (in_float16, "wrong values", "half-precision"),
    (wrong_group_pairing, "wrong values", "kernel-major-order"),
    (tiled_for_repeated, "wrong values", "kernel-major-order"),
    (kernels_outside, "wrong values", "kernel-major-outputs"),
    (one_loop_over_channels, "wrong shape", "multiplier-ignored"),
    (standard_layer, "wrong values", "channels-summed-under-each-kernel"),
    (kernel_zero, "wrong values", "one-kernel-for-all"),
    (whole_numbers, "wrong values", "integer-truncation"),
    (bias_forgotten, "wrong values", "bias-forgotten"),
    (flipped, "wrong values", "kernel-flipped"),
    (ints_only, "crashed", None),
    (strides_of_a_new_array, "wrong values", "gaps-in-memory-ignored"),
    (nearly, "wrong values", None),
    (lambda x, weight, bias=None, stride=1, padding=0: x, "wrong shape", None),
]


def added_up(image, kernels):
    return sum(one_plane(plane, kernel) for plane, kernel in zip(image, kernels, strict=True))


def indented_too_little(image, kernels):
    for c in range(len(image)):
        maps = []
        maps.append(one_plane(image[c], kernels[c]))
    return np.stack(maps)


FILTER_EACH_CHANNEL = [
    (zeros_in_the_loop, "wrong values", "zeros-made-anew"),
    (lambda i, k: filter_and_stack(i, k).astype(i.dtype), "wrong values", "input-dtype-kept"),
    (lambda i, k: filter_and_stack(i, k).astype(k.dtype), "wrong values", "kernel-dtype-kept"),
    (added_up, "wrong shape", "channels-summed-to-one-map"),
    (indented_too_little, "wrong shape", None),
    (lambda i, k: filter_and_stack(i, k[::-1]), "wrong values", "kernel-order-reversed"),
    (
        lambda i, k: np.stack([one_plane(i[c], k[c - 1]) for c in range(len(i))]),
        "wrong values",
        "kernel-of-the-channel-before",
    ),
    (lambda i, k: filter_and_stack(i, np.roll(k, -1, axis=0)), "wrong values", None),
    (lambda i, k: filter_and_stack(i, k[..., ::-1]), "wrong values", "kernel-flipped-left-right"),
    (
        lambda i, k: np.stack([one_plane(c, k[0]) for c in i]),
        "wrong values",
        "one-kernel-for-all",
    ),
    (
        lambda i, k: np.stack([one_plane(c, k[n].T) for n, c in enumerate(i)]),
        "wrong values",
        "kernel-transposed",
    ),
    (
        lambda i, k: np.stack([one_plane(c, s) for c, s in zip(i, k, strict=True)], axis=-1),
        "wrong shape",
        "channels-last",
    ),
    (lambda i, k: -filter_and_stack(i, k), "wrong values", "sign-turned"),
    (lambda i, k: np.abs(filter_and_stack(i, k)), "wrong values", None),
]


def placed_by_remainder(weight, channels):
    dense = np.zeros((len(weight), channels, *weight.shape[2:]))
    for o in range(len(weight)):
        dense[o, o % channels] = weight[o, 0]
    return dense


DEPTHWISE_TO_DENSE = [
    (slice_by_remainder, "wrong values", "remainder-by-m"),
    (
        lambda w, c: np.stack([np.eye(c)[o // c][:, None, None] * k for o, k in enumerate(w)]),
        "wrong values",
        "divided-by-the-channels",
    ),
    (lambda w, c: dense_by_index(np.where(w, w, 1), c), "wrong values", "zeros-read-as-ones"),
    (placed_by_remainder, "wrong values", "kernel-major-order"),
    (lambda w, c: np.repeat(w, c, axis=1), "wrong values", "kernel-on-every-channel"),
    (lambda w, c: dense_by_index(w, c).swapaxes(0, 1), "wrong shape", "weight-axes-swapped"),
    (lambda w, c: dense_by_index(w, c).astype(int), "wrong values", "integer-truncation"),
    (lambda w, c: w, "wrong shape", "weight-unchanged"),
    (lambda w, c: -dense_by_index(w, c), "wrong values", None),
    (lambda w, c: np.roll(dense_by_index(w, c), -1, axis=1), "wrong values", "channel-before"),
    (lambda w, c: np.roll(dense_by_index(w, c), 1, axis=1), "wrong values", None),
    (lambda w, c: dense_by_index(w[..., ::-1], c), "wrong values", "kernel-flipped-left-right"),
    (lambda w, c: dense_by_index(w[..., ::-1, :], c), "wrong values", "kernel-flipped-up-down"),
]
DEPTHWISE_CONV2D_MACS = [
    (
        lambda c, kernel_size, output_size, depth_multiplier=1, batch=1: (
            c * depth_multiplier * batch * pair(kernel_size)[0] * pair(output_size)[0]
        ),
        "wrong values",
        "neither-squared",
    ),
    (
        lambda c, kernel_size, output_size, depth_multiplier=1, batch=1: by_product(
            c * c, kernel_size, output_size, depth_multiplier, batch
        ),
        "wrong values",
        "standard-layer",
    ),
    (
        lambda c, kernel_size, output_size, depth_multiplier=1, batch=1: by_product(
            c, kernel_size, output_size, batch=batch
        ),
        "wrong values",
        "multiplier-forgotten",
    ),
    (
        lambda c, kernel_size, output_size, depth_multiplier=1, batch=1: (
            c * depth_multiplier * batch * pair(kernel_size)[0] ** 2 * pair(output_size)[0] ** 2
        ),
        "wrong values",
        None,
    ),
    (
        lambda c, kernel_size, output_size, depth_multiplier=1, batch=1: float(
            by_product(c, kernel_size, output_size, depth_multiplier, batch)
        ),
        "wrong type",
        None,
    ),
]


def grouped_with_leading_channels(x, weight, groups=1):
    return np.hstack([one_group(x[:, : weight.shape[1]], w) for w in np.split(weight, groups)])


def grouped_with_every_channel(x, weight, groups=1):
    return np.hstack([one_group(x, w) for w in np.split(weight, groups)])


def grouped_by_stride(x, weight, groups=1):
    filters = np.split(weight, groups)
    return np.hstack([one_group(x[:, g::groups], w) for g, w in enumerate(filters)])


def grouped_by_the_channels_of_a_group(x, weight, groups=1):
    size = weight.shape[1]
    maps = [one_group(x[:, o // size * size :][:, :size], weight[[o]]) for o in range(len(weight))]
    return np.hstack(maps)


def averaged(axes):
    return lambda x, weight, groups=1: (
        dense_with_zeros(x, weight, groups) / np.prod([weight.shape[axis] for axis in axes])
    )


GROUPED_CONV2D = [
    (averaged([1]), "wrong values", "channels-averaged"),
    (averaged([1, 2, 3]), "wrong values", "kernel-averaged"),
    (grouped_by_the_channels_of_a_group, "wrong values", "group-by-the-channels"),
    (grouped_with_leading_channels, "wrong values", "groups-ignored"),
    (grouped_with_every_channel, "crashed", None),
    (grouped_by_stride, "wrong values", "channels-dealt-out"),
    (lambda x, weight, groups=1: kernels.conv2d(x, weight, groups=groups),
     "used a forbidden shortcut", None),
    (lambda x, weight, groups=1: sum(
        one_group(*both) for both in zip(
            np.split(x, groups, axis=1), np.split(weight, groups), strict=True)),
     "wrong shape", "groups-added"),
]  # fmt: skip
WRONG = {
    "filter_each_channel": FILTER_EACH_CHANNEL,
    "depthwise_conv2d": DEPTHWISE_CONV2D,
    "depthwise_conv2d_vectorized": DEPTHWISE_CONV2D,
    "depthwise_to_dense": DEPTHWISE_TO_DENSE,
    "depthwise_conv2d_macs": DEPTHWISE_CONV2D_MACS,
    "grouped_conv2d": GROUPED_CONV2D,
}
