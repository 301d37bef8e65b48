"""Right solutions of unit 02 in many styles: each of them has to pass."""

import math
import operator

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from answers.unit_01.right import pair, sizes, zero_padded
from dwsep_helpers import conv_output_size

# Exercise 2.1, filter_each_channel.


def filter_by_loops(image, kernels):
    channels, height, width = image.shape
    _, k_h, k_w = kernels.shape
    y = np.zeros((channels, height - k_h + 1, width - k_w + 1))
    for c, i, j in np.ndindex(*y.shape):
        for u in range(k_h):
            for v in range(k_w):
                y[c, i, j] += image[c, i + u, j + v] * kernels[c, u, v]
    return y


def one_plane(plane, kernel):
    h, w = (n - k + 1 for n, k in zip(plane.shape, kernel.shape, strict=True))
    return sum(k * plane[u : u + h, v : v + w] for (u, v), k in np.ndenumerate(kernel))


def filter_and_stack(image, kernels):
    return np.stack([one_plane(plane, k) for plane, k in zip(image, kernels, strict=True)])


def filter_by_einsum(image, kernels):
    windows = sliding_window_view(image, kernels.shape[1:], axis=(1, 2))
    return np.einsum("cijuv,cuv->cij", windows, kernels)


def filter_by_broadcasting(image, kernels):
    windows = sliding_window_view(image, kernels.shape[1:], axis=(1, 2))
    return (windows * kernels[:, None, None]).sum((-2, -1))


def filter_by_offsets(image, kernels):
    h, w = (n - k + 1 for n, k in zip(image.shape[1:], kernels.shape[1:], strict=True))
    y = 0
    for u, v in np.ndindex(*kernels.shape[1:]):
        y = y + image[:, u : u + h, v : v + w] * kernels[:, u, v, np.newaxis, np.newaxis]
    return y


def filter_by_split(image, kernels):
    parts = np.split(image, len(image))
    return np.concatenate(
        [one_plane(part[0], kernel)[None] for part, kernel in zip(parts, kernels, strict=True)]
    )


def filter_channels_last(image, kernels):
    """Return a view that isn't contiguous."""
    windows = sliding_window_view(image, kernels.shape[1:], axis=(1, 2))
    return np.moveaxis(np.einsum("cijuv,cuv->ijc", windows, kernels), -1, 0)


def filter_by_matmul(image, kernels):
    windows = sliding_window_view(image, kernels.shape[1:], axis=(1, 2))
    c, h, w = windows.shape[:3]
    return (windows.reshape(c, h * w, -1) @ kernels.reshape(c, -1, 1)).reshape(c, h, w)


def filter_as_lists(image, kernels):
    return [one_plane(image[c], kernels[c]).tolist() for c in range(len(image))]


def filter_with_the_courses_sizes(image, kernels):
    h_out, w_out = map(conv_output_size, image.shape[1:], kernels.shape[1:])
    y = np.zeros((len(image), h_out, w_out))
    for c, i, j in np.ndindex(*y.shape):
        window = image[c, i : i + kernels.shape[1], j : j + kernels.shape[2]]
        y[c, i, j] = np.sum(window * kernels[c])
    return y


FILTER_EACH_CHANNEL = {
    f.__name__: f
    for f in (
        filter_with_the_courses_sizes,
        filter_by_loops,
        filter_and_stack,
        filter_by_einsum,
        filter_by_broadcasting,
        filter_by_offsets,
        filter_by_split,
        filter_channels_last,
        filter_by_matmul,
        filter_as_lists,
    )
}

# Exercises 2.2 and 2.3, depthwise_conv2d and depthwise_conv2d_vectorized.


def all_loops(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x = zero_padded(x, p_h, p_w)
    m = len(weight) // x.shape[1]
    y = np.zeros((len(x), len(weight), h_out, w_out))
    for n, o, i, j in np.ndindex(*y.shape):
        for u, v in np.ndindex(*weight.shape[2:]):
            y[n, o, i, j] += x[n, o // m, i * s_h + u, j * s_w + v] * weight[o, 0, u, v]
        if bias is not None:
            y[n, o, i, j] += bias[o]
    return y


def channel_and_multiplier_loops(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x = zero_padded(x, p_h, p_w)
    multiplier = weight.shape[0] // x.shape[1]
    maps = []
    for c in range(x.shape[1]):
        for k in range(multiplier):
            o = c * multiplier + k
            plane = np.zeros((len(x), h_out, w_out))
            for u, v in np.ndindex(*weight.shape[2:]):
                rows, columns = slice(u, u + h_out * s_h, s_h), slice(v, v + w_out * s_w, s_w)
                plane += weight[o, 0, u, v] * x[:, c, rows, columns][:, :h_out, :w_out]
            maps.append(plane if bias is None else plane + bias[o])
    return np.stack(maps, axis=1)


def loop_over_channels(x, weight, bias=None, stride=1, padding=0):
    view = strided_windows(x, weight, stride, padding)
    m = len(weight) // x.shape[1]
    parts = []
    for c in range(x.shape[1]):
        parts.append(np.einsum("nijuv,kuv->nkij", view[:, c], weight[c * m : c * m + m, 0]))
    y = np.concatenate(parts, axis=1)
    return y if bias is None else y + bias.reshape(1, -1, 1, 1)


def loop_over_cells(x, weight, bias=None, stride=1, padding=0):
    view = strided_windows(x, weight, stride, padding)
    view = view.repeat(len(weight) // x.shape[1], axis=1)
    y = np.empty(view.shape[:4])
    for i in range(y.shape[2]):
        for j in range(y.shape[3]):
            y[:, :, i, j] = np.sum(view[:, :, i, j] * weight[:, 0], axis=(2, 3))
            y[:, :, i, j] += 0 if bias is None else bias
    return y


def strided_windows(x, weight, stride, padding):
    s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)[2:]
    view = sliding_window_view(zero_padded(x, p_h, p_w), weight.shape[2:], axis=(2, 3))
    return view[:, :, ::s_h, ::s_w]


def einsum_in_groups(x, weight, bias=None, stride=1, padding=0):
    view = strided_windows(x, weight, stride, padding)
    kernels = weight.reshape(x.shape[1], -1, *weight.shape[2:])
    y = np.einsum("ncijuv,ckuv->nckij", view, kernels)
    y = y.reshape(len(x), len(weight), *view.shape[2:4])
    return y if bias is None else y + bias[:, None, None]


def repeat_channels(x, weight, bias=None, stride=1, padding=0):
    x = np.repeat(x, len(weight) // x.shape[1], axis=1)
    y = np.einsum("noijuv,ouv->noij", strided_windows(x, weight, stride, padding), weight[:, 0])
    return y if bias is None else y + bias[None, :, None, None]


def index_the_channel(x, weight, bias=None, stride=1, padding=0):
    reads = np.arange(len(weight)) // (len(weight) // x.shape[1])
    view = strided_windows(x[:, reads], weight, stride, padding)
    y = (view * weight[:, 0, None, None]).sum(axis=(4, 5))
    return y if bias is None else y + np.expand_dims(bias, (0, 2, 3))


def broadcast_in_groups(x, weight, bias=None, stride=1, padding=0):
    n, c = x.shape[:2]
    view = strided_windows(x, weight, stride, padding)[:, :, None]
    y = (view * weight.reshape(1, c, -1, 1, 1, *weight.shape[2:])).sum((-1, -2))
    y = y.reshape(n, -1, *y.shape[3:])
    return y if bias is None else y + bias[:, None, None]


def loop_over_offsets(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x = np.repeat(zero_padded(x, p_h, p_w), len(weight) // x.shape[1], axis=1)
    y = np.zeros((len(x), len(weight), h_out, w_out), dtype=np.result_type(x, weight))
    for u in range(weight.shape[2]):
        for v in range(weight.shape[3]):
            cells = x[
                :, :, u : u + (h_out - 1) * s_h + 1 : s_h, v : v + (w_out - 1) * s_w + 1 : s_w
            ]
            y += cells * weight[:, 0, u, v].reshape(-1, 1, 1)
    if bias is not None:
        y = y + bias.reshape(-1, 1, 1)
    return y


def batched_matmul(x, weight, bias=None, stride=1, padding=0):
    n, c = x.shape[:2]
    view = strided_windows(x, weight, stride, padding)
    h_out, w_out = view.shape[2:4]
    kernels = weight.reshape(c, len(weight) // c, -1)
    patches = view.reshape(n, c, h_out * w_out, -1)
    y = (kernels @ patches.swapaxes(2, 3)).reshape(n, len(weight), h_out, w_out)
    return y if bias is None else y + bias[:, None, None]


def as_strided_windows(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x = zero_padded(x, p_h, p_w)
    n, c, h, w = x.strides
    shape = (*x.shape[:2], h_out, w_out, *weight.shape[2:])
    view = as_strided(x, shape, (n, c, h * s_h, w * s_w, h, w), writeable=False)
    kernels = weight.reshape(x.shape[1], -1, *weight.shape[2:])
    y = np.einsum("ncijuv,ckuv->nckij", view, kernels).reshape(len(x), -1, h_out, w_out)
    return y + (0 if bias is None else bias[:, None, None])


def channels_last(x, weight, bias=None, stride=1, padding=0):
    """Return a view that isn't contiguous."""
    view = strided_windows(x, weight, stride, padding).transpose(0, 2, 3, 1, 4, 5)
    kernels = weight.reshape(x.shape[1], -1, *weight.shape[2:])
    y = np.einsum("nijcuv,ckuv->nijck", view, kernels).reshape(*view.shape[:3], -1)
    y = y if bias is None else y + bias
    return y.transpose(0, 3, 1, 2)


def every_stride_then_thinned(x, weight, bias=None, stride=1, padding=0):
    s_h, s_w = pair(stride)
    return einsum_in_groups(x, weight, bias, padding=padding)[:, :, ::s_h, ::s_w]


def by_keywords(x, weight, bias=None, stride=1, padding=0):
    return repeat_channels(weight=weight, padding=padding, stride=stride, bias=bias, x=x)


def as_a_diagonal_of_a_dense_layer(x, weight, bias=None, stride=1, padding=0):
    channels = x.shape[1]
    eye = np.repeat(np.eye(channels, dtype=weight.dtype), len(weight) // channels, axis=0)
    view = strided_windows(x, weight, stride, padding)
    y = np.einsum("ncijuv,fcuv->nfij", view, weight * eye[:, :, None, None])
    return y if bias is None else y + bias[:, None, None]


def hidden(multiply):
    """Return a layer with a loop in C: ``multiply`` takes windows and kernels, in groups."""

    def depthwise_conv2d(x, weight, bias=None, stride=1, padding=0):
        view = strided_windows(x, weight, stride, padding)
        view = np.repeat(view, len(weight) // x.shape[1], axis=1)
        n, o, h_out, w_out = view.shape[:4]
        groups = np.moveaxis(view, 1, 0).reshape(o, -1, weight[0].size)
        y = np.array(multiply(groups, weight.reshape(o, -1)), dtype=float)
        y = y.reshape(o, n, h_out, w_out).swapaxes(0, 1)
        return y if bias is None else y + bias[:, None, None]

    return depthwise_conv2d


HIDDEN_LOOPS = {
    "map over channels": lambda groups, kernels: list(map(np.dot, groups, kernels)),
    "vectorize over channels": lambda groups, kernels: np.vectorize(
        np.dot, signature="(p,k),(k)->(p)"
    )(groups, kernels),
    "apply_along_axis": lambda groups, kernels: np.apply_along_axis(
        sum, 2, groups * kernels[:, None]
    ),
    "frompyfunc": lambda groups, kernels: np.frompyfunc(operator.mul, 2, 1)(
        groups, kernels[:, None]
    ).sum(axis=2),
}
LOOPS = {name: hidden(multiply) for name, multiply in HIDDEN_LOOPS.items()} | {
    f.__name__: f
    for f in (all_loops, channel_and_multiplier_loops, loop_over_channels, loop_over_cells)
}
VECTORIZED = {
    f.__name__: f
    for f in (
        einsum_in_groups,
        repeat_channels,
        index_the_channel,
        broadcast_in_groups,
        loop_over_offsets,
        batched_matmul,
        as_strided_windows,
        channels_last,
        every_stride_then_thinned,
        by_keywords,
        as_a_diagonal_of_a_dense_layer,
    )
}

# Exercise 2.4, depthwise_to_dense.


def dense_by_loops(weight, channels):
    m = len(weight) // channels
    dense = np.zeros((len(weight), channels, *weight.shape[2:]))
    for c in range(channels):
        for k in range(m):
            dense[c * m + k, c] = weight[c * m + k, 0]
    return dense


def dense_by_filter(weight, channels):
    dense = np.zeros((len(weight), channels, weight.shape[2], weight.shape[3]), weight.dtype)
    for o, kernel in enumerate(weight):
        dense[o, o * channels // len(weight)] = kernel[0]
    return dense


def dense_by_index(weight, channels):
    outputs = np.arange(len(weight))
    dense = np.zeros((len(weight), channels, *weight.shape[2:]), dtype=weight.dtype)
    dense[outputs, outputs // (len(weight) // channels)] = weight[:, 0]
    return dense


def dense_by_eye(weight, channels):
    eye = np.eye(channels).repeat(len(weight) // channels, axis=0)
    return weight * eye[:, :, None, None]


def dense_by_kron(weight, channels):
    m = len(weight) // channels
    return weight * np.kron(np.eye(channels), np.ones((m, 1)))[..., None, None]


def dense_by_where(weight, channels):
    reads = np.arange(len(weight)) // (len(weight) // channels)
    mine = reads[:, None] == np.arange(channels)
    return np.where(mine[:, :, None, None], weight, 0)


def dense_by_einsum(weight, channels):
    kernels = weight.reshape(channels, -1, *weight.shape[2:])
    dense = np.einsum("ckuv,cd->ckduv", kernels, np.eye(channels))
    return dense.reshape(len(weight), channels, *weight.shape[2:])


def dense_by_concatenation(weight, channels):
    m = len(weight) // channels
    rows = []
    for o in range(len(weight)):
        slices = [weight[o, 0] if o // m == c else 0 * weight[o, 0] for c in range(channels)]
        rows.append(np.stack(slices))
    return np.array(rows)


def dense_as_a_view(weight, channels):
    """Return a view that isn't contiguous."""
    dense = np.zeros((*weight.shape[2:], len(weight), channels))
    outputs = np.arange(len(weight))
    reads = outputs // (len(weight) // channels)
    dense[:, :, outputs, reads] = weight[:, 0].transpose(1, 2, 0)
    return dense.transpose(2, 3, 0, 1)


def dense_by_impulses(weight, channels):
    """Send an impulse through each channel of an answer to 2.1; what comes out is flipped."""
    m, k_h, k_w = len(weight) // channels, *weight.shape[2:]
    dense = np.zeros((len(weight), channels, k_h, k_w))
    for c in range(channels):
        image = np.zeros((channels, 2 * k_h - 1, 2 * k_w - 1))
        image[c, k_h - 1, k_w - 1] = 1
        for o in range(m):
            maps = filter_with_the_courses_sizes(image, weight[o::m, 0])
            dense[o::m, c] = maps[:, ::-1, ::-1]
    return dense


DEPTHWISE_TO_DENSE = {
    f.__name__: f
    for f in (
        dense_by_impulses,
        dense_by_loops,
        dense_by_filter,
        dense_by_index,
        dense_by_eye,
        dense_by_kron,
        dense_by_where,
        dense_by_einsum,
        dense_by_concatenation,
        dense_as_a_view,
    )
}

# Exercise 2.5, depthwise_conv2d_macs.


def by_product(channels, kernel_size, output_size, depth_multiplier=1, batch=1):
    return math.prod([batch, channels, depth_multiplier, *pair(kernel_size), *pair(output_size)])


def numpy_product(channels, kernel_size, output_size, depth_multiplier=1, batch=1):
    return np.prod((batch * channels * depth_multiplier, *pair(kernel_size), *pair(output_size)))


def by_adding(channels, kernel_size, output_size, depth_multiplier=1, batch=1):
    (k_h, k_w), (h, w) = pair(kernel_size), pair(output_size)
    return sum(h * w * k_h * k_w for _ in range(batch * channels * depth_multiplier))


def by_type(channels, kernel_size, output_size, depth_multiplier=1, batch=1):
    if isinstance(kernel_size, int):
        kernel_size = (kernel_size, kernel_size)
    if isinstance(output_size, int):
        output_size = (output_size, output_size)
    outputs = batch * channels * depth_multiplier * output_size[0] * output_size[1]
    return outputs * kernel_size[0] * kernel_size[1]


def by_broadcast(channels, kernel_size, output_size, depth_multiplier=1, batch=1):
    kernel, output = np.broadcast_to(kernel_size, 2), np.broadcast_to(output_size, 2)
    return channels * depth_multiplier * batch * (kernel.prod() * output.prod())


def half_the_flops(channels, kernel_size, output_size, depth_multiplier=1, batch=1):
    return 2 * by_product(channels, kernel_size, output_size, depth_multiplier, batch) // 2


def by_try(channels, kernel_size, output_size, depth_multiplier=1, batch=1):
    try:
        taps = kernel_size[0] * kernel_size[1]
    except TypeError:
        taps = kernel_size**2
    try:
        cells = output_size[0] * output_size[1]
    except TypeError:
        cells = output_size**2
    return channels * depth_multiplier * batch * taps * cells


DEPTHWISE_CONV2D_MACS = {
    f.__name__: f
    for f in (
        by_product,
        numpy_product,
        by_adding,
        by_type,
        by_broadcast,
        half_the_flops,
        by_try,
    )
} | {
    "sizes of arrays": lambda c, kernel_size, output_size, depth_multiplier=1, batch=1: (
        np.empty((batch, c * depth_multiplier, *pair(kernel_size))).size
        * np.empty(pair(output_size)).size
    ),
}

# Exercise 2.6, grouped_conv2d.


def one_group(x, weight):
    n, _, height, width = x.shape
    filters, _, k_h, k_w = weight.shape
    y = np.zeros((n, filters, height - k_h + 1, width - k_w + 1))
    for f, i, j in np.ndindex(*y.shape[1:]):
        y[:, f, i, j] = (x[:, :, i : i + k_h, j : j + k_w] * weight[f]).sum(axis=(1, 2, 3))
    return y


def group_after_group(x, weight, groups=1):
    inputs, filters = np.split(x, groups, axis=1), np.split(weight, groups)
    return np.concatenate([*map(one_group, inputs, filters)], axis=1)


def slices_of_both(x, weight, groups=1):
    c, f = x.shape[1] // groups, len(weight) // groups
    maps = []
    for g in range(groups):
        maps.append(one_group(x[:, g * c : (g + 1) * c], weight[g * f : (g + 1) * f]))
    return np.concatenate(maps, axis=1)


def filter_after_filter(x, weight, groups=1):
    per_group, filters = weight.shape[1], len(weight) // groups
    maps = [
        one_group(x[:, o // filters * per_group :][:, :per_group], weight[o : o + 1])
        for o in range(len(weight))
    ]
    return np.hstack(maps)


def sums_of_filtered_channels(x, weight, groups=1):
    """Let an answer to 2.1 filter the channels of each filter's group, and add up its maps."""
    per_group, filters = weight.shape[1], len(weight) // groups
    y = []
    for image in x:
        parts = [image[o // filters * per_group :][:per_group] for o in range(len(weight))]
        pairs = zip(parts, weight, strict=True)
        y.append([filter_with_the_courses_sizes(*both).sum(axis=0) for both in pairs])
    return np.array(y)


def einsum_with_groups(x, weight, groups=1):
    windows = sliding_window_view(x, weight.shape[2:], axis=(2, 3))
    windows = windows.reshape(len(x), groups, -1, *windows.shape[2:])
    filters = weight.reshape(groups, -1, *weight.shape[1:])
    y = np.einsum("ngcijhw,gfchw->ngfij", windows, filters)
    return y.reshape(len(x), -1, *y.shape[3:])


def matrix_product_with_groups(x, weight, groups=1):
    windows = sliding_window_view(x, weight.shape[2:], axis=(2, 3))
    n, _, height, width = windows.shape[:4]
    columns = windows.reshape(n, groups, -1, height, width, *weight.shape[2:])
    columns = columns.transpose(0, 1, 2, 5, 6, 3, 4).reshape(n, groups, -1, height * width)
    y = weight.reshape(groups, len(weight) // groups, -1) @ columns
    return y.reshape(n, len(weight), height, width)


def tap_by_tap_in_groups(x, weight, groups=1):
    k_h, k_w = weight.shape[2:]
    height, width = x.shape[2] - k_h + 1, x.shape[3] - k_w + 1
    y = 0
    for u, v in np.ndindex(k_h, k_w):
        seen = x[:, :, u : u + height, v : v + width].reshape(len(x), groups, -1, height * width)
        y = y + weight[:, :, u, v].reshape(groups, -1, weight.shape[1]) @ seen
    return y.reshape(len(x), -1, height, width)


def dense_with_zeros(x, weight, groups=1):
    filters, per_group, k_h, k_w = weight.shape
    dense = np.zeros((filters, per_group * groups, k_h, k_w))
    for o in range(filters):
        first = o // (filters // groups) * per_group
        dense[o, first : first + per_group] = weight[o]
    return one_group(x, dense)


def by_torch_matmul(x, weight, groups=1):
    import torch

    windows = sliding_window_view(x, weight.shape[2:], axis=(2, 3)).transpose(0, 1, 4, 5, 2, 3)
    columns = torch.tensor(windows.copy()).reshape(len(x), groups, weight[0].size, -1)
    filters = torch.tensor(weight.copy()).reshape(groups, -1, weight[0].size)
    wide = torch.result_type(columns, filters)
    return (filters.to(wide) @ columns.to(wide)).reshape(len(x), -1, *windows.shape[4:])


GROUPED_CONV2D = {
    f.__name__: f
    for f in (
        group_after_group,
        slices_of_both,
        filter_after_filter,
        sums_of_filtered_channels,
        einsum_with_groups,
        matrix_product_with_groups,
        tap_by_tap_in_groups,
        dense_with_zeros,
        by_torch_matmul,
    )
}

RIGHT = {
    "filter_each_channel": FILTER_EACH_CHANNEL,
    "depthwise_conv2d": VECTORIZED | LOOPS,
    "depthwise_conv2d_vectorized": VECTORIZED,
    "depthwise_to_dense": DEPTHWISE_TO_DENSE,
    "depthwise_conv2d_macs": DEPTHWISE_CONV2D_MACS,
    "grouped_conv2d": GROUPED_CONV2D,
}
