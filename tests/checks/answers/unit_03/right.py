"""Right solutions of unit 03 in many styles: each of them has to pass."""

import functools
import math
from fractions import Fraction

import numpy as np
import torch

from answers.unit_01.right import pair, zero_padded
from answers.unit_02.right import all_loops as depthwise_by_loops
from dwsep_helpers import kernels, loops


def styles(*functions):
    return {f.__name__: f for f in functions}


# Exercise 3.1, mix_channels.


def mix_by_pixels(image, weights):
    channels, height, width = image.shape
    y = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            for c in range(channels):
                y[i, j] += weights[c] * image[c, i, j]
    return y


def mix_by_channels(image, weights):
    y = 0
    for plane, weight in zip(image, weights, strict=True):
        y = y + weight * plane
    return y


def mix_by_sum(image, weights):
    return sum(w * plane for w, plane in zip(weights, image, strict=True))


def mix_by_einsum(image, weights):
    return np.einsum("chw,c->hw", image, weights)


def mix_by_tensordot(image, weights):
    return np.tensordot(weights, image, axes=1)


def mix_by_matrix(image, weights):
    return (weights @ image.reshape(len(image), -1)).reshape(image.shape[1:])


def mix_by_broadcasting(image, weights):
    return (image * weights[:, np.newaxis, np.newaxis]).sum(0)


def mix_channels_last(image, weights):
    return np.moveaxis(image, 0, -1) @ weights


def mix_by_average(image, weights):
    return np.mean(image * weights[:, None, None], axis=0) * len(weights)


def mix_to_lists(image, weights):
    return mix_by_broadcasting(image, weights).tolist()


def mix_by_torch(image, weights):
    x = torch.tensor(np.ascontiguousarray(image), dtype=torch.float64)
    return (x * torch.tensor(np.ascontiguousarray(weights)).double().view(-1, 1, 1)).sum(0)


MIX_CHANNELS = styles(
    mix_by_pixels,
    mix_by_channels,
    mix_by_sum,
    mix_by_einsum,
    mix_by_tensordot,
    mix_by_matrix,
    mix_by_broadcasting,
    mix_channels_last,
    mix_by_average,
    mix_to_lists,
    mix_by_torch,
)

# Exercise 3.2, pointwise_conv2d.


def with_bias(y, bias):
    return y if bias is None else y + np.reshape(bias, (1, -1, 1, 1))


def pointwise_by_product(x, weight, bias=None):
    n, c, h, w = x.shape
    y = weight.reshape(len(weight), c) @ x.reshape(n, c, h * w)
    return with_bias(y.reshape(n, len(weight), h, w), bias)


def pointwise_by_einsum(x, weight, bias=None):
    return with_bias(np.einsum("nchw,fc->nfhw", x, weight[..., 0, 0]), bias)


def pointwise_by_full_einsum(x, weight, bias=None):
    return with_bias(np.einsum("nchw,fcij->nfhw", x, weight), bias)


def pointwise_by_tensordot(x, weight, bias=None):
    y = np.tensordot(weight[:, :, 0, 0], x, axes=(1, 1))
    return with_bias(y.swapaxes(0, 1), bias)


def pointwise_channels_last(x, weight, bias=None):
    y = x.transpose(0, 2, 3, 1) @ np.squeeze(weight, (2, 3)).T
    if bias is not None:
        y = y + bias
    return y.transpose(0, 3, 1, 2)


def pointwise_by_broadcasting(x, weight, bias=None):
    return with_bias((x[:, np.newaxis] * weight[np.newaxis]).sum(axis=2), bias)


def pointwise_batch_in_columns(x, weight, bias=None):
    n, c, h, w = x.shape
    pixels = np.moveaxis(x, 1, 0).reshape(c, -1)
    y = (weight[:, :, 0, 0] @ pixels).reshape(-1, n, h, w)
    return with_bias(np.moveaxis(y, 0, 1), bias)


def pointwise_bias_as_channel(x, weight, bias=None):
    matrix = weight[:, :, 0, 0]
    if bias is not None:
        matrix = np.column_stack([matrix, bias])
        x = np.concatenate([x, np.ones_like(x[:, :1])], axis=1)
    return np.einsum("fc,nchw->nfhw", matrix, x)


def pointwise_by_dot(x, weight, bias=None):
    n, c, h, w = x.shape
    y = np.dot(weight.reshape(-1, c), x.reshape(n, c, -1)).transpose(1, 0, 2)
    return with_bias(y.reshape(n, -1, h, w), bias)


POINTWISE_CONV2D = styles(
    pointwise_by_product,
    pointwise_by_einsum,
    pointwise_by_full_einsum,
    pointwise_by_tensordot,
    pointwise_channels_last,
    pointwise_by_broadcasting,
    pointwise_batch_in_columns,
    pointwise_bias_as_channel,
    pointwise_by_dot,
)


def pointwise_over_pixels(x, weight, bias=None):
    n, _, h, w = x.shape
    y = np.zeros((n, len(weight), h, w))
    for i in range(h):
        for j in range(w):
            y[:, :, i, j] = x[:, :, i, j] @ weight[:, :, 0, 0].T
    return with_bias(y, bias)


def pointwise_over_channels(x, weight, bias=None):
    y = np.zeros((len(x), len(weight), *x.shape[2:]))
    for c in range(x.shape[1]):
        y += x[:, c : c + 1] * weight[:, c]
    return with_bias(y, bias)


def pointwise_mapped(x, weight, bias=None):
    """Map over pixels, in a loop that Python doesn't see."""
    matrix, pixels = weight[:, :, 0, 0], np.moveaxis(x, 1, -1)
    y = np.array(list(map(matrix.dot, pixels.reshape(-1, x.shape[1]))))
    return with_bias(np.moveaxis(y.reshape(*pixels.shape[:3], -1), -1, 1), bias)


def pointwise_along_an_axis(x, weight, bias=None):
    return with_bias(np.apply_along_axis(weight[:, :, 0, 0].dot, 1, x), bias)


def pointwise_summed_over_channels(x, weight, bias=None):
    """Add up channels by ``sum``, which goes through them one by one."""
    return with_bias(sum(np.moveaxis(x[:, None] * weight, 2, 0)), bias)


# Right, and with a loop that the exercise does not want.
POINTWISE_LOOPS = styles(
    pointwise_over_pixels,
    pointwise_over_channels,
    pointwise_mapped,
    pointwise_along_an_axis,
    pointwise_summed_over_channels,
)

# Exercise 3.3, depthwise_separable_conv2d.


def separable_of_the_unit(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    filtered = loops.depthwise_conv2d(x, depthwise_weight, stride=stride, padding=padding)
    return pointwise_by_product(filtered, pointwise_weight)


def separable_of_the_helper(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    y = kernels.depthwise_conv2d(x, depthwise_weight, stride=stride, padding=padding)
    return pointwise_by_einsum(y, pointwise_weight)


def separable_by_loops(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    y = depthwise_by_loops(x, depthwise_weight, stride=stride, padding=padding)
    return pointwise_over_pixels(y, pointwise_weight)


def filtered_windows(x, weight, stride, padding):
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    x = np.repeat(zero_padded(x, p_h, p_w), len(weight) // x.shape[1], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(2, 3))
    return windows[:, :, ::s_h, ::s_w]


def separable_in_one_einsum(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    return np.einsum(
        "ncijhw,chw,fc->nfij",
        filtered_windows(x, depthwise_weight, stride, padding),
        depthwise_weight[:, 0],
        pointwise_weight[:, :, 0, 0],
    )


def separable_as_dense(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    dense = pointwise_weight * depthwise_weight[:, 0]
    windows = filtered_windows(x, depthwise_weight, stride, padding)
    return np.tensordot(windows, dense, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)


def separable_stride_between(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    """Filter everywhere, and combine what the stride reaches."""
    s_h, s_w = pair(stride)
    y = loops.depthwise_conv2d(x, depthwise_weight, padding=padding)
    return pointwise_by_product(y[:, :, ::s_h, ::s_w], pointwise_weight)


def separable_by_torch(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    y = kernels.depthwise_conv2d(x, depthwise_weight, stride=stride, padding=padding)
    y, matrix = (torch.tensor(np.array(a)).double() for a in (y, pointwise_weight[..., 0, 0]))
    return torch.einsum("nchw,fc->nfhw", y, matrix).numpy()


def separable_positional(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    def depthwise(x, weight, s, p):
        return loops.depthwise_conv2d(x, weight, stride=s, padding=p)

    y = depthwise(x, depthwise_weight, stride, padding)
    return pointwise_channels_last(y, pointwise_weight)


def separable_image_by_image(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    how = {"stride": stride, "padding": padding}
    images = []
    for image in x:
        filtered = loops.depthwise_conv2d(image[None], depthwise_weight, **how)
        images.append(pointwise_by_dot(filtered, pointwise_weight))
    return np.concatenate(images)


def converting(convert):
    """Make a layer that converts the pointwise weight before it combines."""

    def converted(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
        y = kernels.depthwise_conv2d(x, depthwise_weight, stride=stride, padding=padding)
        return pointwise_by_einsum(y, convert(pointwise_weight))

    return converted


def separable_by_scalars(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    """Convert each number, and combine in a buffer that is never filled before."""
    y = loops.depthwise_conv2d(x, depthwise_weight, stride=stride, padding=padding)
    out = np.empty((len(x), len(pointwise_weight), *y.shape[2:]))
    for n, f, i, j in np.ndindex(out.shape):
        total = 0.0
        for c in range(y.shape[1]):
            total += float(y[n, c, i, j]) * float(pointwise_weight[f, c, 0, 0])
        out[n, f, i, j] = total
    return out


def separable_to_lists(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    s_h, s_w = pair(stride)
    y = loops.depthwise_conv2d(x, depthwise_weight, padding=padding)[:, :, ::s_h, ::s_w]
    weights = [[float(w) for w in row] for row in pointwise_weight[:, :, 0, 0]]
    return [
        [sum(w * plane for w, plane in zip(row, image)).tolist() for row in weights]  # noqa: B905
        for image in y
    ]


def separable_in_a_large_buffer(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    """Write into as much as there would be without a stride, and return a part."""
    y = kernels.depthwise_conv2d(x, depthwise_weight, stride=stride, padding=padding)
    p = np.array(pointwise_weight, dtype=float)[:, :, 0, 0]
    large = np.zeros((len(x), len(p), x.shape[2] + y.shape[2], x.shape[3] + y.shape[3]))
    large[:, :, : y.shape[2], : y.shape[3]] = np.tensordot(y, p, axes=(1, 1)).transpose(0, 3, 1, 2)
    return large[:, :, : y.shape[2], : y.shape[3]]


def separable_by_fft(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    """Filter everywhere by a Fourier transform, and combine what the stride reaches."""
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    x = np.repeat(zero_padded(x, p_h, p_w), len(depthwise_weight) // x.shape[1], axis=1)
    k_h, k_w = depthwise_weight.shape[2:]
    size = x.shape[2] + k_h - 1, x.shape[3] + k_w - 1
    flipped = depthwise_weight[:, 0, ::-1, ::-1]
    y = np.fft.irfft2(np.fft.rfft2(x, size) * np.fft.rfft2(flipped, size), size)
    y = y[:, :, k_h - 1 : x.shape[2] : s_h, k_w - 1 : x.shape[3] : s_w]
    return pointwise_by_product(y, np.asarray(pointwise_weight, dtype=np.float64))


def separable_by_torch_of_numpy(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    x, d, p = (
        torch.from_numpy(np.ascontiguousarray(a, dtype=np.float32))
        for a in (x, depthwise_weight, pointwise_weight)
    )
    x = torch.nn.functional.pad(x, (p_w, p_w, p_h, p_h)).repeat_interleave(len(d) // x.shape[1], 1)
    windows = x.unfold(2, d.shape[2], s_h).unfold(3, d.shape[3], s_w)
    y = (windows * d[:, 0, None, None]).sum((-1, -2))
    return (p[:, :, 0, 0] @ y.flatten(2)).unflatten(2, y.shape[2:])


CONVERSIONS = {
    "np.array": lambda p: np.array(p, dtype=float),
    "np.float64": np.float64,
    "np.float32": lambda p: np.float32(p),
    "np.asarray": lambda p: np.asarray(p, np.float64),
    "np.ascontiguousarray": lambda p: np.ascontiguousarray(p, dtype=float),
    "astype": lambda p: p.astype(np.float64),
    "astype of float32": lambda p: p.astype("float32"),
    "lists": lambda p: np.array(p.tolist()),
    "a buffer": lambda p: np.concatenate([np.zeros((0, *p.shape[1:])), p]),
    "torch": lambda p: torch.from_numpy(np.array(p, dtype=float)).numpy(),
}
DEPTHWISE_SEPARABLE_CONV2D = {
    f"converted by {name}": converting(convert) for name, convert in CONVERSIONS.items()
} | styles(
    separable_of_the_unit,
    separable_of_the_helper,
    separable_by_loops,
    separable_in_one_einsum,
    separable_as_dense,
    separable_stride_between,
    separable_by_torch,
    separable_positional,
    separable_image_by_image,
    separable_by_scalars,
    separable_to_lists,
    separable_in_a_large_buffer,
    separable_by_fft,
    separable_by_torch_of_numpy,
)

# Exercise 3.4, equivalent_dense_kernel.


def dense_by_broadcasting(depthwise_weight, pointwise_weight):
    return pointwise_weight * depthwise_weight.transpose(1, 0, 2, 3)


def dense_by_loops(depthwise_weight, pointwise_weight):
    c, _, k_h, k_w = depthwise_weight.shape
    dense = np.zeros((len(pointwise_weight), c, k_h, k_w))
    for n, i in np.ndindex(dense.shape[:2]):
        dense[n, i] = pointwise_weight[n, i, 0, 0] * depthwise_weight[i, 0]
    return dense


def dense_by_scalars(depthwise_weight, pointwise_weight):
    dense = np.empty((*pointwise_weight.shape[:2], *depthwise_weight.shape[2:]))
    for n, c, u, v in np.ndindex(*dense.shape):
        dense[n, c, u, v] = pointwise_weight[n, c, 0, 0] * depthwise_weight[c, 0, u, v]
    return dense


def dense_by_einsum(depthwise_weight, pointwise_weight):
    return np.einsum("nc,chw->nchw", pointwise_weight[:, :, 0, 0], depthwise_weight[:, 0])


def dense_by_outer(depthwise_weight, pointwise_weight):
    return np.stack(
        [
            np.multiply.outer(pointwise_weight[:, c, 0, 0], depthwise_weight[c, 0])
            for c in range(len(depthwise_weight))
        ],
        axis=1,
    )


def dense_by_diagonal(depthwise_weight, pointwise_weight):
    """Multiply the pointwise matrix with a depthwise weight that is zero off the diagonal."""
    c = len(depthwise_weight)
    diagonal = np.zeros((c, c, *depthwise_weight.shape[2:]), depthwise_weight.dtype)
    diagonal[range(c), range(c)] = depthwise_weight[:, 0]
    return np.tensordot(pointwise_weight[:, :, 0, 0], diagonal, axes=1)


def dense_by_impulse(depthwise_weight, pointwise_weight):
    """Let the layer answer to an impulse in each channel; what comes out is flipped."""
    c, _, k_h, k_w = depthwise_weight.shape
    impulses = np.zeros((c, c, 2 * k_h - 1, 2 * k_w - 1))
    impulses[range(c), range(c), k_h - 1, k_w - 1] = 1
    y = separable_of_the_unit(impulses, depthwise_weight, pointwise_weight)
    return y.swapaxes(0, 1)[:, :, ::-1, ::-1]


def dense_as_lists(depthwise_weight, pointwise_weight):
    return dense_by_broadcasting(depthwise_weight, pointwise_weight).tolist()


EQUIVALENT_DENSE_KERNEL = styles(
    dense_by_broadcasting,
    dense_by_loops,
    dense_by_scalars,
    dense_by_einsum,
    dense_by_outer,
    dense_by_diagonal,
    dense_by_impulse,
    dense_as_lists,
)

# Exercise 3.5, separable_approximation.


def by_channel(approximate):
    """Make a function of one channel's matrix one of a weight."""

    @functools.wraps(approximate)
    def separable_approximation(weight, terms=1):
        closest = np.zeros(weight.shape)
        for c in range(weight.shape[1]):
            matrix = weight[:, c].reshape(len(weight), -1)
            closest[:, c] = approximate(matrix, terms).reshape(weight[:, c].shape)
        return closest

    return separable_approximation


@by_channel
def svd_of_each(matrix, terms):
    u, s, v = np.linalg.svd(matrix, full_matrices=False)
    return u[:, :terms] @ np.diag(s[:terms]) @ v[:terms]


@by_channel
def svd_with_full_matrices(matrix, terms):
    u, s, v = np.linalg.svd(matrix)
    s[terms:] = 0
    return (u[:, : len(s)] * s) @ v[: len(s)]


@by_channel
def sum_of_outer_products(matrix, terms):
    u, s, v = np.linalg.svd(matrix)
    return sum(s[t] * np.outer(u[:, t], v[t]) for t in range(min(terms, len(s))))


@by_channel
def projection_of_rows(matrix, terms):
    *_, v = np.linalg.svd(matrix)
    return matrix @ v[:terms].T @ v[:terms]


@by_channel
def eigenvectors_of_gram(matrix, terms):
    _, vectors = np.linalg.eigh(matrix.T @ matrix)
    kept = vectors[:, ::-1][:, :terms]
    return matrix @ kept @ kept.T


@by_channel
def svd_of_the_transpose(matrix, terms):
    u, s, v = np.linalg.svd(matrix.T, full_matrices=False)
    return ((u[:, :terms] * s[:terms]) @ v[:terms]).T


@by_channel
def deflation(matrix, terms):
    """Take off the heaviest term, again and again."""
    rest = matrix.copy()
    for _ in range(min(terms, *matrix.shape)):
        u, s, v = np.linalg.svd(rest)
        rest = rest - s[0] * np.outer(u[:, 0], v[0])
    return matrix - rest


@by_channel
def svd_of_torch(matrix, terms):
    u, s, v = torch.linalg.svd(torch.tensor(matrix, dtype=torch.float64), full_matrices=False)
    return ((u[:, :terms] * s[:terms]) @ v[:terms]).numpy()


def batched_svd(weight, terms=1):
    n, c, h, w = weight.shape
    u, s, v = np.linalg.svd(np.moveaxis(weight, 1, 0).reshape(c, n, h * w), full_matrices=False)
    kept = np.einsum("cnt,ct,ctk->nck", u[..., :terms], s[:, :terms], v[:, :terms])
    return kept.reshape(weight.shape)


def sum_of_dense_kernels(weight, terms=1):
    """Write each term as a layer of its own, by an answer to 3.4 that sends impulses through it."""
    matrices = np.moveaxis(weight, 1, 0).reshape(weight.shape[1], len(weight), -1)
    u, s, v = np.linalg.svd(matrices, full_matrices=False)
    kernel = (weight.shape[1], 1, *weight.shape[2:])
    return sum(
        dense_by_impulse(v[:, t].reshape(kernel), (u[:, :, t] * s[:, [t]]).T[:, :, None, None])
        for t in range(min(terms, s.shape[1]))
    )


SEPARABLE_APPROXIMATION = styles(
    sum_of_dense_kernels,
    svd_of_each,
    svd_with_full_matrices,
    sum_of_outer_products,
    projection_of_rows,
    eigenvectors_of_gram,
    svd_of_the_transpose,
    deflation,
    svd_of_torch,
    batched_svd,
)

# Exercise 3.6, break_even_terms.


def cells_of(kernel_size):
    return math.prod(pair(kernel_size))


def by_division(filters, kernel_size):
    cells = cells_of(kernel_size)
    return (filters * cells - 1) // (filters + cells)


def by_counting_up(filters, kernel_size):
    cells, terms = cells_of(kernel_size), 0
    while (terms + 1) * (cells + filters) < filters * cells:
        terms += 1
    return terms


def by_counting_down(filters, kernel_size):
    cells = cells_of(kernel_size)
    return max(t for t in range(cells + 1) if t * (cells + filters) < filters * cells)


def by_ceiling(filters, kernel_size):
    cells = cells_of(kernel_size)
    return math.ceil(Fraction(filters * cells, filters + cells)) - 1


def by_float_ceiling(filters, kernel_size):
    cells = cells_of(kernel_size)
    return math.ceil(filters * cells / (filters + cells)) - 1


def by_remainder(filters, kernel_size):
    cells = cells_of(kernel_size)
    terms, rest = divmod(filters * cells, filters + cells)
    return terms if rest else terms - 1


def by_numpy(filters, kernel_size):
    k_h, k_w = np.broadcast_to(kernel_size, 2)
    dense = filters * k_h * k_w
    return int(np.ceil(dense / (filters + k_h * k_w))) - 1


def numpy_integer(filters, kernel_size):
    return np.int64(by_division(filters, kernel_size))


def by_harmonic_mean(filters, kernel_size):
    half = 1 / (Fraction(1, filters) + Fraction(1, cells_of(kernel_size)))
    return int(half) - (half.denominator == 1)


BREAK_EVEN_TERMS = styles(
    by_division,
    by_counting_up,
    by_counting_down,
    by_ceiling,
    by_float_ceiling,
    by_remainder,
    by_numpy,
    numpy_integer,
    by_harmonic_mean,
)

# Exercise 3.7, channel_shuffle.


def shuffle_by_table(x, groups):
    n, c, h, w = x.shape
    return x.reshape(n, groups, c // groups, h, w).transpose(0, 2, 1, 3, 4).reshape(n, c, h, w)


def shuffle_by_index(x, groups):
    order = np.arange(x.shape[1]).reshape(groups, -1).T.ravel()
    return x[:, order]


def shuffle_by_loops(x, groups):
    y, per_group = np.empty_like(x), x.shape[1] // groups
    for g in range(groups):
        for k in range(per_group):
            y[:, k * groups + g] = x[:, g * per_group + k]
    return y


def shuffle_by_strided_writes(x, groups):
    y = x.copy()
    for g, part in enumerate(np.split(x, groups, axis=1)):
        y[:, g::groups] = part
    return y


def shuffle_by_stacking(x, groups):
    return np.stack(np.split(x, groups, axis=1), axis=2).reshape(x.shape)


def shuffle_by_reading(x, groups):
    per_group = x.shape[1] // groups
    return np.concatenate([x[:, k::per_group] for k in range(per_group)], axis=1)


def shuffle_by_division(x, groups):
    per_group = x.shape[1] // groups
    return x[:, [o % groups * per_group + o // groups for o in range(x.shape[1])]]


def shuffle_by_torch(x, groups):
    table = torch.tensor(x.copy()).unflatten(1, (groups, -1))
    return table.transpose(1, 2).flatten(1, 2)


def shuffle_by_fortran_order(x, groups):
    order = np.arange(x.shape[1]).reshape((-1, groups), order="F")
    return np.take(x, order.ravel(), axis=1)


CHANNEL_SHUFFLE = styles(
    shuffle_by_table,
    shuffle_by_index,
    shuffle_by_loops,
    shuffle_by_strided_writes,
    shuffle_by_stacking,
    shuffle_by_reading,
    shuffle_by_division,
    shuffle_by_torch,
    shuffle_by_fortran_order,
)

RIGHT = {
    "mix_channels": MIX_CHANNELS,
    "pointwise_conv2d": POINTWISE_CONV2D,
    "depthwise_separable_conv2d": DEPTHWISE_SEPARABLE_CONV2D,
    "equivalent_dense_kernel": EQUIVALENT_DENSE_KERNEL,
    "separable_approximation": SEPARABLE_APPROXIMATION,
    "break_even_terms": BREAK_EVEN_TERMS,
    "channel_shuffle": CHANNEL_SHUFFLE,
}
