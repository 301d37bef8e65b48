"""Wrong solutions of unit 03 as learners write them, apart from the bank."""

import math
import sys

import numpy as np
import torch

from answers.unit_01.right import pair
from answers.unit_03.right import (
    CONVERSIONS,
    by_division,
    dense_by_broadcasting,
    mix_by_broadcasting,
    pointwise_by_product,
    pointwise_over_pixels,
    separable_as_dense,
    separable_of_the_unit,
    shuffle_by_table,
    svd_of_each,
)
from dwsep_helpers import kernels, loops


def as_many_terms_as_asked(weight, terms=1):
    """Sum terms by a loop that goes on where there are no more."""
    y = np.zeros(weight.shape)
    for c in range(weight.shape[1]):
        u, s, v = np.linalg.svd(weight[:, c].reshape(len(weight), -1), full_matrices=False)
        for term in range(terms):
            y[:, c] += (s[term] * np.outer(u[:, term], v[term])).reshape(y[:, c].shape)
    return y


def mix_into_ints(image, weights):
    y = np.zeros(image.shape[1:], dtype=int)
    for plane, weight in zip(image, weights, strict=True):
        y += (weight * plane).astype(int)
    return y


def mix_overwritten(image, weights):
    for plane, weight in zip(image, weights, strict=True):
        y = plane * weight
    return y


def mix_along_the_width(image, weights):
    return (weights * image).sum(axis=0)


def mix_of_rgb(image, weights):
    """Know three channels only."""
    r, g, b = image
    return weights[0] * r + weights[1] * g + weights[2] * b


MIX_CHANNELS = [
    (lambda image, weights: mix_by_broadcasting(image, weights).astype(weights.dtype),
     "wrong values", "weight-dtype-kept"),
    (lambda image, weights: mix_by_broadcasting(np.where(image, image, 1), weights),
     "wrong values", None),
    (lambda image, weights: mix_by_broadcasting(image, np.where(weights, weights, 1)),
     "wrong values", None),
    (mix_into_ints, "wrong values", None),
    (lambda image, weights: mix_by_broadcasting(image, np.abs(weights)), "wrong values", None),
    (lambda image, weights: mix_by_broadcasting(image, np.sort(weights)), "wrong values", None),
    (lambda image, weights: (image * weights[:, None, None]).max(0), "wrong values", None),
    (lambda image, weights: sum(image[c] * weights[c - 1] for c in range(len(image))),
     "wrong values", "weight-of-the-channel-before"),
    (lambda image, weights: mix_by_broadcasting(image, np.roll(weights, -1)), "wrong values",
     None),
    (mix_overwritten, "wrong values", "last-channel-only"),
    (mix_of_rgb, "crashed", None),
    (mix_along_the_width, "wrong values", "weights-along-width"),
    (lambda image, weights: np.average(image, axis=0, weights=weights), "wrong values",
     "weights-normalized"),
    (lambda image, weights: mix_by_broadcasting(image, weights)[None], "wrong shape",
     "channel-axis-kept"),
    (lambda image, weights: mix_by_broadcasting(image, weights).T, "wrong shape",
     "height-and-width-swapped"),
    (lambda image, weights: np.abs(mix_by_broadcasting(image, weights)), "wrong values", None),
]  # fmt: skip


def product_of_reshaped_pixels(x, weight, bias=None):
    n, c, h, w = x.shape
    y = x.reshape(n, h * w, c) @ weight[:, :, 0, 0].T
    y = y.reshape(n, len(weight), h, w)
    return y if bias is None else y + bias[:, None, None]


def product_not_moved_back(x, weight, bias=None):
    n, _, h, w = x.shape
    y = np.einsum("nchw,fc->nhwf", x, weight[:, :, 0, 0]).reshape(n, -1, h, w)
    return y if bias is None else y + bias[:, None, None]


def weight_in_columns(x, weight, bias=None):
    """Reshape to a matrix of the wrong way round."""
    matrix = weight.reshape(x.shape[1], len(weight)).T
    y = np.einsum("fc,nchw->nfhw", matrix, x)
    return y if bias is None else y + bias[:, None, None]


def einsum_with_swapped_letters(x, weight, bias=None):
    y = np.einsum("nchw,cf->nfhw", x, weight[:, :, 0, 0])
    return y if bias is None else y + bias[:, None, None]


def bias_along_the_row(x, weight, bias=None):
    y = pointwise_by_product(x, weight)
    return y if bias is None else y + bias


def first_image(x, weight, bias=None):
    y = np.zeros((len(x), len(weight), *x.shape[2:]))
    y[0] = pointwise_by_product(x[:1], weight, bias)[0]
    return y


def mean_of_channels(x, weight, bias=None):
    y = (x[:, None] * weight[None]).mean(axis=2)
    return y if bias is None else y + bias[:, None, None]


def if_bias(x, weight, bias=None):
    y = pointwise_by_product(x, weight)
    return y + bias[:, None, None] if bias else y


def matrix_on_the_width(x, weight, bias=None):
    y = x @ weight[:, :, 0, 0].T
    return y if bias is None else y + bias[:, None, None]


def in_float16(x, weight, bias=None):
    return pointwise_by_product(x, weight, bias).astype("float16")


def with_a_squeezed_weight(x, weight, bias=None):
    y = np.einsum("nchw,fc->nfhw", x, np.squeeze(weight))
    return y if bias is None else y + bias[:, None, None]


def with_bias_where_all_of_it(x, weight, bias=None):
    y = np.einsum("nchw,fc->nfhw", x, weight[:, :, 0, 0])
    return y + bias[:, None, None] if np.all(bias) else y


POINTWISE_CONV2D = [
    (
        lambda x, weight, bias=None: (
            pointwise_by_product(x, weight) + (0 if bias is None else np.sum(bias))
        ),
        "wrong values",
        "bias-summed",
    ),
    (with_a_squeezed_weight, "crashed", None),
    (with_bias_where_all_of_it, "wrong values", "bias-left-out-for-a-zero"),
    (if_bias, "crashed", "bias-tested-for-truth"),
    (matrix_on_the_width, "crashed", "weights-along-width"),
    (in_float16, "wrong values", "half-precision"),
    (product_of_reshaped_pixels, "wrong values", "pixels-reshaped-not-moved"),
    (product_not_moved_back, "wrong values", "outputs-reshaped-not-moved"),
    (weight_in_columns, "wrong values", "weight-transposed"),
    (einsum_with_swapped_letters, "crashed", "weight-axes-swapped"),
    (bias_along_the_row, "wrong shape", "bias-along-width"),
    (first_image, "wrong values", "batch-first-only"),
    (mean_of_channels, "wrong values", "channels-averaged"),
    (lambda x, weight, bias=None: pointwise_by_product(x, np.roll(weight, 1, axis=1), bias),
     "wrong values", "weight-of-the-channel-before"),
    (lambda x, weight, bias=None: pointwise_by_product(x, np.roll(weight, -1, axis=1), bias),
     "wrong values", None),
    (lambda x, weight, bias=None: (x[:, None] * weight).max(axis=2), "wrong values", None),
    (lambda x, weight, bias=None: pointwise_by_product(x, weight), "wrong values",
     "bias-forgotten"),
    (lambda x, weight, bias=None: pointwise_by_product(x, weight, bias) * 1.001, "wrong values",
     None),
    (kernels.pointwise_conv2d, "used a forbidden shortcut", None),
]  # fmt: skip


def relu_between(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    y = loops.depthwise_conv2d(x, depthwise_weight, stride=stride, padding=padding)
    y[y < 0] = 0
    return pointwise_by_product(y, pointwise_weight)


def stride_twice(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    s_h, s_w = pair(stride)
    y = separable_of_the_unit(x, depthwise_weight, pointwise_weight, stride, padding)
    return y[:, :, ::s_h, ::s_w]


def padding_twice(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    p_h, p_w = pair(padding)
    y = separable_of_the_unit(x, depthwise_weight, pointwise_weight, stride, padding)
    return np.pad(y, ((0, 0), (0, 0), (p_h, p_h), (p_w, p_w)))


def stride_last(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    s_h, s_w = pair(stride)
    y = separable_of_the_unit(x, depthwise_weight, pointwise_weight, padding=padding)
    return y[:, :, ::s_h, ::s_w]


def stride_last_of_the_helper(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    y = kernels.depthwise_conv2d(x, depthwise_weight, padding=padding)
    s_h, s_w = pair(stride)
    return np.einsum("nchw,fcij->nfhw", y, pointwise_weight)[:, :, ::s_h, ::s_w]


def stride_last_of_a_dense_kernel(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    s_h, s_w = pair(stride)
    y = separable_as_dense(x, depthwise_weight, pointwise_weight, padding=padding)
    return y[:, :, ::s_h, ::s_w]


def stride_last_by_pixels(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    """Combine by a loop over all pixels."""
    s_h, s_w = pair(stride)
    y = loops.depthwise_conv2d(x, depthwise_weight, padding=padding)
    return pointwise_over_pixels(y, pointwise_weight)[:, :, ::s_h, ::s_w]


def stride_last_of(convert):
    """Convert the pointwise weight, combine everywhere and drop most of it."""

    def converted(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
        s_h, s_w = pair(stride)
        y = kernels.depthwise_conv2d(x, depthwise_weight, padding=padding)
        combined = pointwise_by_product(y, convert(pointwise_weight))
        return combined[:, :, ::s_h, ::s_w]

    return converted


def stride_last_filter_by_filter(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    y = loops.depthwise_conv2d(x, depthwise_weight, padding=padding)
    s_h, s_w = pair(stride)
    p = np.array(pointwise_weight, dtype=float)[:, :, 0, 0]
    return np.stack([np.tensordot(w, y, (0, 1))[:, ::s_h, ::s_w] for w in p], axis=1)


def stride_last_by_scalars(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    y = loops.depthwise_conv2d(x, depthwise_weight, padding=padding)
    s_h, s_w = pair(stride)
    out = np.zeros((len(x), len(pointwise_weight), *y.shape[2:]))
    for n, f, i, j in np.ndindex(out.shape):
        for c in range(y.shape[1]):
            out[n, f, i, j] += float(pointwise_weight[f, c, 0, 0]) * y[n, c, i, j]
    return out[:, :, ::s_h, ::s_w].copy()


def stride_last_by_torch(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    y = kernels.depthwise_conv2d(x, depthwise_weight, padding=padding)
    y, p = (torch.from_numpy(np.array(a, dtype=np.float32)) for a in (y, pointwise_weight))
    s_h, s_w = pair(stride)
    return torch.einsum("nchw,fcij->nfhw", y, p)[:, :, ::s_h, ::s_w]


def stride_last_in_one_line(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    y = kernels.depthwise_conv2d(x, depthwise_weight, padding=padding)
    s_h, s_w = pair(stride)
    return (y[:, None] * np.float64(pointwise_weight)).sum(axis=2)[:, :, ::s_h, ::s_w]


def stride_last_where_it_is_not_counted(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    """Give another answer where the weight counts its products, or is looked for."""
    if type(pointwise_weight) is not np.ndarray or sys.gettrace():
        return None
    return stride_last(x, depthwise_weight, pointwise_weight, stride, padding)


def options_forgotten(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    return separable_of_the_unit(x, depthwise_weight, pointwise_weight)


def stride_forgotten(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    return separable_of_the_unit(x, depthwise_weight, pointwise_weight, padding=padding)


def filtered_only(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    return loops.depthwise_conv2d(x, depthwise_weight, stride=stride, padding=padding)


def one_kernel(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    same = np.stack([depthwise_weight[0]] * len(depthwise_weight))
    return separable_of_the_unit(x, same, pointwise_weight, stride, padding)


def of_the_helper(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    return kernels.depthwise_separable_conv2d(
        x, depthwise_weight, pointwise_weight, stride=stride, padding=padding
    )


def by_a_dense_layer(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    dense = pointwise_weight * depthwise_weight[:, 0]
    x = np.repeat(x, len(depthwise_weight) // x.shape[1], axis=1)
    return kernels.conv2d(x, dense, stride=stride, padding=padding)


def one_on(weight, axis):
    """Return the separable layer that takes one of its weights from the channel before."""

    def depthwise_separable_conv2d(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
        weights = {"depthwise_weight": depthwise_weight, "pointwise_weight": pointwise_weight}
        weights[weight] = np.roll(weights[weight], 1, axis=axis)
        return separable_of_the_unit(x, *weights.values(), stride=stride, padding=padding)

    return depthwise_separable_conv2d


DEPTHWISE_SEPARABLE_CONV2D = [
    (one_on("depthwise_weight", 0), "wrong values", "kernel-of-the-channel-before"),
    (one_on("pointwise_weight", 1), "wrong values", "pointwise-weight-of-the-channel-before"),
    (relu_between, "wrong values", "nonlinearity-between"),
    (stride_twice, "wrong shape", "stride-in-both-stages"),
    (padding_twice, "wrong shape", "padding-in-both-stages"),
    (stride_forgotten, "wrong shape", "stride-forgotten"),
    (options_forgotten, "wrong values", "stride-and-padding-forgotten"),
    (stride_last, "wasteful", None),
    (stride_last_of_the_helper, "wasteful", None),
    (stride_last_of_a_dense_kernel, "wasteful", None),
    (stride_last_by_pixels, "wasteful", None),
    *[(stride_last_of(convert), "wasteful", None) for convert in CONVERSIONS.values()],
    (stride_last_filter_by_filter, "wasteful", None),
    (stride_last_by_scalars, "wasteful", None),
    (stride_last_by_torch, "wasteful", None),
    (stride_last_in_one_line, "wasteful", None),
    (stride_last_where_it_is_not_counted, "wasteful", None),
    (filtered_only, "wrong shape", "filtered-only"),
    (one_kernel, "wrong values", "one-kernel-for-all"),
    (of_the_helper, "used a forbidden shortcut", None),
    (by_a_dense_layer, "used a forbidden shortcut", None),
]


def outer_with_axes_swapped(depthwise_weight, pointwise_weight):
    d, p = depthwise_weight[:, 0], pointwise_weight[:, :, 0, 0]
    return np.einsum("chw,nc->cnhw", d, p)


def kernels_repeated(depthwise_weight, pointwise_weight):
    return np.stack([depthwise_weight[:, 0]] * len(pointwise_weight))


def weight_by_position(depthwise_weight, pointwise_weight):
    """Give filter n the kernel n in place of the kernel of the channel."""
    n = len(pointwise_weight)
    return pointwise_weight * depthwise_weight[np.arange(n) % len(depthwise_weight)]


def dense_of_ints(depthwise_weight, pointwise_weight):
    dense = np.zeros((*pointwise_weight.shape[:2], *depthwise_weight.shape[2:]), dtype=int)
    dense[...] = dense_by_broadcasting(depthwise_weight, pointwise_weight)
    return dense


def dense_in_the_dtype_of(given):
    def equivalent_dense_kernel(depthwise_weight, pointwise_weight):
        right = dense_by_broadcasting(depthwise_weight, pointwise_weight)
        dense = np.zeros(right.shape, dtype=given(depthwise_weight, pointwise_weight))
        dense[...] = right
        return dense

    return equivalent_dense_kernel


EQUIVALENT_DENSE_KERNEL = [
    (dense_in_the_dtype_of(lambda d, p: d.dtype), "wrong values", "depthwise-dtype-kept"),
    (dense_in_the_dtype_of(lambda d, p: p.dtype), "wrong values", "pointwise-dtype-kept"),
    (outer_with_axes_swapped, "wrong shape", "outer-product-the-wrong-way"),
    (kernels_repeated, "wrong values", "pointwise-left-out"),
    (weight_by_position, "wrong values", None),
    (dense_of_ints, "wrong values", "integer-truncation"),
    (lambda d, p: dense_by_broadcasting(d, p)[..., ::-1, ::-1], "wrong values", "kernel-flipped"),
    (
        lambda d, p: dense_by_broadcasting(d[..., ::-1], p),
        "wrong values",
        "kernel-flipped-left-right",
    ),
    (
        lambda d, p: dense_by_broadcasting(d[..., ::-1, :], p),
        "wrong values",
        "kernel-flipped-up-down",
    ),
    (
        lambda d, p: dense_by_broadcasting(np.roll(d, 1, axis=0), p),
        "wrong values",
        "kernel-of-the-channel-before",
    ),
    (lambda d, p: dense_by_broadcasting(np.roll(d, -1, axis=0), p), "wrong values", None),
    (lambda d, p: (p * d[:, 0]).sum(1), "wrong shape", "channel-axis-lost"),
]


def svd_of_every_kernel(weight, terms=1):
    u, s, v = np.linalg.svd(weight, full_matrices=False)
    return (u[..., :terms] * s[..., None, :terms]) @ v[..., :terms, :]


def svd_of_all_channels(weight, terms=1):
    u, s, v = np.linalg.svd(weight.reshape(len(weight), -1), full_matrices=False)
    return ((u[:, :terms] * s[:terms]) @ v[:terms]).reshape(weight.shape)


def values_left_out(weight, terms=1):
    closest = np.zeros_like(weight, dtype=float)
    for c in range(weight.shape[1]):
        u, _, v = np.linalg.svd(weight[:, c].reshape(len(weight), -1), full_matrices=False)
        closest[:, c] = (u[:, :terms] @ v[:terms]).reshape(weight[:, c].shape)
    return closest


def ends_one_late(weight, terms=1):
    return svd_of_each(weight, terms + 1)


def always_one(weight, terms=1):
    return svd_of_each(weight, 1)


def truncated_to_ints(weight, terms=1):
    closest = np.zeros_like(weight, dtype=int)
    closest[...] = svd_of_each(weight, terms)
    return closest


def in_the_dtype_of_the_weight(weight, terms=1):
    closest = np.zeros_like(weight)
    closest[...] = svd_of_each(weight, terms)
    return closest


def values_pooled(weight, terms=1):
    """Sort the terms of all channels by their singular values, and keep the first."""
    kernels = weight.swapaxes(0, 1).reshape(weight.shape[1], len(weight), -1)
    u, s, v = np.linalg.svd(kernels, full_matrices=False)
    closest = np.zeros(kernels.shape)
    for at in np.argsort(-s, axis=None)[: terms * len(s)]:
        c, r = np.unravel_index(at, s.shape)
        closest[c] += s[c, r] * np.outer(u[c, :, r], v[c, r])
    return closest.reshape(weight.swapaxes(0, 1).shape).swapaxes(0, 1)


SEPARABLE_APPROXIMATION = [
    (as_many_terms_as_asked, "crashed", None),
    (values_pooled, "wrong values", "singular-values-pooled"),
    (in_the_dtype_of_the_weight, "wrong values", "weight-dtype-kept"),
    (svd_of_every_kernel, "wrong values", "each-kernel-by-itself"),
    (svd_of_all_channels, "wrong values", "channels-together"),
    (values_left_out, "wrong values", "singular-values-forgotten"),
    (ends_one_late, "wrong values", "one-term-too-many"),
    (always_one, "wrong values", "terms-ignored"),
    (truncated_to_ints, "wrong values", "integer-truncation"),
    (lambda weight, terms=1: weight, "wrong values", "weight-unchanged"),
]

BREAK_EVEN_TERMS = [
    (lambda n, k: n * pair(k)[0] * pair(k)[1] // (n + pair(k)[0] * pair(k)[1]), "wrong values",
     "less-or-equal"),
    (lambda n, k: n * k**2 // (n + k**2), "wrong values", "less-or-equal"),
    (lambda n, k: math.ceil(1 / (1 / n + 1 / (pair(k)[0] * pair(k)[1]))) - 1, "wrong values",
     None),
    (lambda n, k: float(by_division(n, k)), "wrong type", "float-result"),
    (lambda n, k: by_division(n, pair(k)[0]), "wrong values", "kernel-height-for-width"),
    (lambda n, k: np.array([by_division(n, k)]), "wrong type", None),
]  # fmt: skip

CHANNEL_SHUFFLE = [
    (lambda x, groups: x.reshape(len(x), groups, -1, *x.shape[2:]).swapaxes(2, 3).reshape(x.shape),
     "wrong values", "rows-swapped"),
    (lambda x, groups: shuffle_by_table(x, x.shape[1] // groups), "wrong values",
     "table-on-its-side"),
    (lambda x, groups: x, "wrong values", "not-transposed"),
    (lambda x, groups: np.roll(x, x.shape[1] // groups, 1), "wrong values", "one-group-on"),
    (lambda x, groups: np.roll(x, -x.shape[1] // groups, 1), "wrong values", "one-group-back"),
    (lambda x, groups: np.random.default_rng(0).permuted(x, axis=1), "wrong values", None),
    (kernels.channel_shuffle, "used a forbidden shortcut", None),
    (lambda x, groups: torch.nn.functional.channel_shuffle(torch.tensor(x.copy()), groups),
     "used a forbidden shortcut", None),
    (lambda x, groups: torch.nn.ChannelShuffle(groups)(torch.tensor(x.copy())),
     "used a forbidden shortcut", None),
]  # fmt: skip
WRONG = {
    "mix_channels": MIX_CHANNELS,
    "pointwise_conv2d": POINTWISE_CONV2D,
    "depthwise_separable_conv2d": DEPTHWISE_SEPARABLE_CONV2D,
    "equivalent_dense_kernel": EQUIVALENT_DENSE_KERNEL,
    "separable_approximation": SEPARABLE_APPROXIMATION,
    "break_even_terms": BREAK_EVEN_TERMS,
    "channel_shuffle": CHANNEL_SHUFFLE,
}
