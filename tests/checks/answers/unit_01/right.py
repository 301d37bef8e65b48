"""Right solutions in many styles: each of them has to pass."""

import builtins
import functools
import itertools
import math
import operator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool

import numpy as np
import torch
from numpy.lib.stride_tricks import as_strided, sliding_window_view


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def sizes(x, weight, stride, padding):
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    h_out = (x.shape[2] + 2 * p_h - weight.shape[2]) // s_h + 1
    w_out = (x.shape[3] + 2 * p_w - weight.shape[3]) // s_w + 1
    return h_out, w_out, s_h, s_w, p_h, p_w


def zero_padded(x, p_h, p_w):
    return np.pad(x, ((0, 0), (0, 0), (p_h, p_h), (p_w, p_w)))


# Exercise 1.5, conv2d.


def seven_loops(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    n_images, channels, height, width = x.shape
    filters, _, k_h, k_w = weight.shape
    y = np.zeros((n_images, filters, h_out, w_out))
    for n in range(n_images):
        for f in range(filters):
            for i in range(h_out):
                for j in range(w_out):
                    total = 0.0 if bias is None else bias[f]
                    for c in range(channels):
                        for u in range(k_h):
                            for v in range(k_w):
                                row, column = i * s_h + u - p_h, j * s_w + v - p_w
                                if 0 <= row < height and 0 <= column < width:
                                    total += x[n, c, row, column] * weight[f, c, u, v]
                    y[n, f, i, j] = total
    return y


def windows_in_a_zero_buffer(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    n, c, h, w = x.shape
    padded = np.zeros((n, c, h + 2 * p_h, w + 2 * p_w))
    padded[:, :, p_h : p_h + h, p_w : p_w + w] = x
    y = np.empty((n, len(weight), h_out, w_out))
    for i, j in np.ndindex(h_out, w_out):
        top, left = i * s_h, j * s_w
        window = padded[:, :, top : top + weight.shape[2], left : left + weight.shape[3]]
        for f, kernel in enumerate(weight):
            y[:, f, i, j] = (window * kernel).sum(axis=(1, 2, 3))
    if bias is not None:
        y += bias[:, None, None]
    return y


def einsum_over_windows(x, weight, bias=None, stride=1, padding=0):
    *_, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    windows = sliding_window_view(zero_padded(x, p_h, p_w), weight.shape[2:], axis=(2, 3))
    y = np.einsum("ncijhw,fchw->nfij", windows[:, :, ::s_h, ::s_w], weight)
    return y if bias is None else y + bias.reshape(1, -1, 1, 1)


def tensordot_over_windows(x, weight, bias=None, stride=1, padding=0):
    *_, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    windows = sliding_window_view(zero_padded(x, p_h, p_w), weight.shape[2:], axis=(-2, -1))
    y = np.tensordot(windows[:, :, ::s_h, ::s_w], weight, axes=((1, 4, 5), (1, 2, 3)))
    # A view that is not contiguous.
    return np.moveaxis(y if bias is None else y + bias, -1, 1)


def im2col(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x = zero_padded(x, p_h, p_w)
    filters, channels, k_h, k_w = weight.shape
    columns = np.empty((len(x), channels, k_h, k_w, h_out, w_out), dtype=x.dtype)
    for u in range(k_h):
        for v in range(k_w):
            columns[:, :, u, v] = x[:, :, u : u + s_h * h_out : s_h, v : v + s_w * w_out : s_w]
    y = weight.reshape(filters, -1) @ columns.reshape(len(x), -1, h_out * w_out)
    if bias is not None:
        y = y + np.asarray(bias)[:, np.newaxis]
    return y.reshape(len(x), filters, h_out, w_out)


def kernel_offsets(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x = zero_padded(x, p_h, p_w)
    y = 0
    for u, v in itertools.product(*map(range, weight.shape[2:])):
        shifted = x[:, :, u : u + (h_out - 1) * s_h + 1 : s_h, v : v + (w_out - 1) * s_w + 1 : s_w]
        y = y + np.einsum("ncij,fc->nfij", shifted, weight[:, :, u, v])
    return y if bias is None else y + np.expand_dims(bias, (0, 2, 3))


def strides_by_hand(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x = zero_padded(x, p_h, p_w)
    n, c, h, w = x.strides
    windows = as_strided(
        x, (*x.shape[:2], h_out, w_out, *weight.shape[2:]), (n, c, h * s_h, w * s_w, h, w)
    )
    y = np.einsum("ncijhw,fchw->nfij", windows, weight, optimize=True)
    return y if bias is None else (y.transpose(0, 2, 3, 1) + bias).transpose(0, 3, 1, 2)


def float32_result(x, weight, bias=None, stride=1, padding=0):
    return einsum_over_windows(x, weight, bias, stride, padding).astype(np.float32)


def float32_all_the_way(x, weight, bias=None, stride=1, padding=0):
    bias = None if bias is None else bias.astype(np.float32)
    y = im2col(x.astype(np.float32), weight.astype(np.float32), bias, stride, padding)
    return y.astype(np.float64)


def nested_lists(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x = zero_padded(x, p_h, p_w)
    k_h, k_w = weight.shape[2:]
    bias = [0] * len(weight) if bias is None else bias
    return [
        [
            [
                [
                    np.sum(image[:, i : i + k_h, j : j + k_w] * kernel) + b
                    for j in range(0, w_out * s_w, s_w)
                ]
                for i in range(0, h_out * s_h, s_h)
            ]
            for kernel, b in zip(weight, bias, strict=True)
        ]
        for image in x
    ]


def generator_sums(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x = zero_padded(x, p_h, p_w)
    taps = list(itertools.product(*map(range, weight.shape[1:])))
    y = np.array(
        [
            sum(x[n, c, i * s_h + u, j * s_w + v] * weight[f, c, u, v] for c, u, v in taps)
            for n, f, i, j in itertools.product(
                range(len(x)), range(len(weight)), range(h_out), range(w_out)
            )
        ]
    ).reshape(len(x), len(weight), h_out, w_out)
    return y if bias is None else y + bias[None, :, None, None]


def fft(x, weight, bias=None, stride=1, padding=0):
    *_, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x = zero_padded(x, p_h, p_w)
    k_h, k_w = weight.shape[2:]
    spectrum = np.einsum(
        "nchw,fchw->nfhw", np.fft.fft2(x), np.conj(np.fft.fft2(weight, s=x.shape[2:]))
    )
    y = np.fft.ifft2(spectrum).real[:, :, : x.shape[2] - k_h + 1, : x.shape[3] - k_w + 1]
    return y[:, :, ::s_h, ::s_w] + (0 if bias is None else bias.reshape(-1, 1, 1))


def torch_unfold(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, *_ = sizes(x, weight, stride, padding)
    x, weight = torch.from_numpy(np.array(x, float)), torch.from_numpy(np.array(weight, float))
    columns = torch.nn.functional.unfold(x, weight.shape[2:], stride=stride, padding=padding)
    y = (weight.flatten(1) @ columns).unflatten(2, (h_out, w_out))
    return y if bias is None else y + torch.from_numpy(np.array(bias, float))[:, None, None]


def torch_with_gradient(x, weight, bias=None, stride=1, padding=0):
    weight = torch.tensor(weight, dtype=torch.float32, requires_grad=True).detach().numpy()
    y = torch.from_numpy(einsum_over_windows(x, weight, bias, stride, padding))
    return y.to(torch.float32).requires_grad_()


def recursion(x, weight, bias=None, stride=1, padding=0):
    """Convolve image by image, filter by filter, by calling itself."""
    if len(x) > 1:
        parts = [recursion(x[n : n + 1], weight, bias, stride, padding) for n in range(len(x))]
        return np.concatenate(parts)
    if len(weight) > 1:
        rest = None if bias is None else bias[1:]
        first = None if bias is None else bias[:1]
        return np.concatenate(
            [
                recursion(x, weight[:1], first, stride, padding),
                recursion(x, weight[1:], rest, stride, padding),
            ],
            axis=1,
        )
    return im2col(x, weight, bias, stride, padding)


def vectorize_per_cell(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x = zero_padded(x, p_h, p_w)
    _, _, k_h, k_w = weight.shape

    def cell(n, f, i, j):
        window = x[n, :, i * s_h : i * s_h + k_h, j * s_w : j * s_w + k_w]
        return float(np.vdot(window, weight[f])) + (0 if bias is None else bias[f])

    return np.vectorize(cell, otypes=[float])(*np.indices((len(x), len(weight), h_out, w_out)))


def integers_preserved(x, weight, bias=None, stride=1, padding=0):
    y = np.zeros_like(einsum_over_windows(x, weight, bias, stride, padding))
    y[...] = einsum_over_windows(x, weight, bias, stride, padding)
    return y


def in_one_dtype_for_all(x, weight, bias=None, stride=1, padding=0):
    """Make room in the dtype that holds input, weight and bias."""
    of = (x, weight) if bias is None else (x, weight, bias)
    y = np.zeros_like(einsum_over_windows(x, weight, None, stride, padding), np.result_type(*of))
    y += einsum_over_windows(x, weight, None, stride, padding)
    if bias is not None:
        y += bias[:, None, None]
    return y


def one_big_matrix(x, weight, bias=None, stride=1, padding=0):
    """Write the convolution as the matrix that it is."""
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x = zero_padded(x, p_h, p_w)
    filters, _, k_h, k_w = weight.shape
    matrix = np.zeros((filters, h_out, w_out, *x.shape[1:]))
    for i, j in np.ndindex(h_out, w_out):
        matrix[:, i, j, :, i * s_h : i * s_h + k_h, j * s_w : j * s_w + k_w] = weight
    y = (x.reshape(len(x), -1) @ matrix.reshape(filters * h_out * w_out, -1).T).reshape(
        len(x), filters, h_out, w_out
    )
    return y if bias is None else y + bias[:, None, None]


def keyword_only(x, weight, bias=None, *, padding=0, stride=1):
    return einsum_over_windows(x, weight, padding=padding, stride=stride, bias=bias)


def any_keywords(*arrays, **options):
    return kernel_offsets(*arrays, **options)


def reseeds(x, weight, bias=None, stride=1, padding=0):
    np.random.seed(0)
    np.random.rand(3)
    return einsum_over_windows(x, weight, bias, stride, padding)


@functools.cache
def _noted():
    return []


def remembers(x, weight, bias=None, stride=1, padding=0):
    _noted().append(x.shape)
    return einsum_over_windows(x, weight, bias, stride, padding)


def works_on_a_copy(x, weight, bias=None, stride=1, padding=0):
    x = x * 1.0
    x *= 2
    return einsum_over_windows(x, weight, None if bias is None else bias * 2, stride, padding) / 2


class Layer:
    """An object that can be called."""

    def __call__(self, x, weight, bias=None, stride=1, padding=0):
        return einsum_over_windows(x, weight, bias, stride, padding)

    def method(self, x, weight, bias=None, stride=1, padding=0):
        return self(x, weight, bias, stride, padding)


def _logged(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


def patches(x, weight, stride, padding):
    """Return patches, (N, H_out * W_out, C_in * K_h * K_w)."""
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    windows = sliding_window_view(zero_padded(x, p_h, p_w), weight.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::s_h, ::s_w].transpose(0, 2, 3, 1, 4, 5)
    return windows.reshape(len(x), h_out * w_out, -1)


def from_patches(y, x, weight, bias, stride, padding):
    h_out, w_out, *_ = sizes(x, weight, stride, padding)
    y = np.asarray(y, dtype=float) + (0 if bias is None else bias)
    return np.moveaxis(y.reshape(len(x), h_out, w_out, -1), -1, 1)


def matmul_of_patches(x, weight, bias=None, stride=1, padding=0):
    y = patches(x, weight, *map(pair, (stride, padding))) @ weight.reshape(len(weight), -1).T
    return from_patches(y, x, weight, bias, stride, padding)


def reduced_over_offsets(x, weight, bias=None, stride=1, padding=0):
    """Map and reduce over the kernel's offsets, which are few whatever the image."""
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x, offsets = zero_padded(x, p_h, p_w), list(np.ndindex(*weight.shape[2:]))
    cells = [x[:, :, u::s_h, v::s_w][:, :, :h_out, :w_out] for u, v in offsets]
    taps = [weight[:, :, u, v].T for u, v in offsets]
    products = map(np.matmul, [np.moveaxis(part, 1, -1) for part in cells], taps)
    y = np.moveaxis(functools.reduce(np.add, products), -1, 1)
    return y if bias is None else y + bias[:, None, None]


def summed_over_offsets(x, weight, bias=None, stride=1, padding=0):
    h_out, w_out, s_h, s_w, p_h, p_w = sizes(x, weight, stride, padding)
    x, bias = zero_padded(x, p_h, p_w), np.zeros(len(weight)) if bias is None else bias
    return bias[:, None, None] + sum(
        np.tensordot(
            weight[:, :, u, v], x[:, :, u::s_h, v::s_w][:, :, :h_out, :w_out], (1, 1)
        ).swapaxes(0, 1)
        for u, v in itertools.product(*map(range, weight.shape[2:]))
    )


VECTORIZED = {
    f.__name__: f
    for f in (
        matmul_of_patches,
        reduced_over_offsets,
        summed_over_offsets,
        einsum_over_windows,
        tensordot_over_windows,
        im2col,
        kernel_offsets,
        strides_by_hand,
        float32_result,
        float32_all_the_way,
        fft,
        torch_unfold,
        torch_with_gradient,
        recursion,
        integers_preserved,
        in_one_dtype_for_all,
        keyword_only,
        any_keywords,
        reseeds,
        remembers,
        works_on_a_copy,
    )
} | {
    "lambda": lambda x, w, bias=None, stride=1, padding=0: im2col(x, w, bias, stride, padding),
    "partial": functools.partial(kernel_offsets, bias=None),
    "decorated": _logged(einsum_over_windows),
    "object": Layer(),
    "bound method": Layer().method,
}


def hidden(multiply):
    """Return a layer whose loop over patches runs in C: ``multiply(filters, patches)``."""

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        filters = weight.reshape(len(weight), -1)
        y = [multiply(filters, image) for image in patches(x, weight, stride, padding)]
        return from_patches(y, x, weight, bias, stride, padding)

    return conv2d


def by_threads(filters, pixels):
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(filters.dot, pixels))


def by_a_pool(filters, pixels):
    with ThreadPool(2) as threads:
        return threads.map(filters.dot, pixels)


HIDDEN_LOOPS = {
    "map of an executor": by_threads,
    "map of a pool": by_a_pool,
    "apply_along_axis of np.ma": lambda filters, pixels: (
        np.ma.apply_along_axis(filters.dot, 1, pixels).data
    ),
    "map of a method": lambda filters, pixels: list(map(filters.dot, pixels)),
    "map of builtins": lambda filters, pixels: list(builtins.map(filters.dot, pixels)),
    "map of tensordot": lambda filters, pixels: [
        *map(np.tensordot, itertools.repeat(filters), pixels, itertools.repeat(1))
    ],
    "starmap": lambda filters, pixels: [*itertools.starmap(np.dot, ((filters, p) for p in pixels))],
    "apply_along_axis": lambda filters, pixels: np.apply_along_axis(filters.dot, 1, pixels),
    "vectorize": lambda filters, pixels: np.vectorize(filters.dot, signature="(k)->(f)")(pixels),
    "fromiter": lambda filters, pixels: np.stack(
        [np.fromiter(map(one.dot, pixels), float, len(pixels)) for one in filters], axis=-1
    ),
    "sum of maps": lambda filters, pixels: np.stack(
        [[*map(sum, pixels * one)] for one in filters], axis=-1
    ),
    "frompyfunc": lambda filters, pixels: np.frompyfunc(operator.mul, 2, 1)(
        pixels[:, None], filters
    ).sum(axis=2),
    "reduce": lambda filters, pixels: functools.reduce(
        lambda rows, pixel: [*rows, filters @ pixel], pixels, []
    ),
}
LOOPS = {name: hidden(multiply) for name, multiply in HIDDEN_LOOPS.items()} | {
    f.__name__: f
    for f in (
        seven_loops,
        windows_in_a_zero_buffer,
        nested_lists,
        generator_sums,
        vectorize_per_cell,
        one_big_matrix,
    )
}

# Exercises 1.1 to 1.3.


def loops(image, kernel):
    rows = len(image) - len(kernel) + 1
    columns = len(image[0]) - len(kernel[0]) + 1
    return [
        [
            sum(
                image[i + u][j + v] * kernel[u][v]
                for u in range(len(kernel))
                for v in range(len(kernel[0]))
            )
            for j in range(columns)
        ]
        for i in range(rows)
    ]


def slices(image, kernel):
    k_h, k_w = kernel.shape
    y = np.zeros((image.shape[0] - k_h + 1, image.shape[1] - k_w + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(image[i : i + k_h, j : j + k_w] * kernel)
    return y


def windows(image, kernel):
    return np.einsum("ijuv,uv", sliding_window_view(image, kernel.shape), kernel)


def shifted(image, kernel):
    k_h, k_w = kernel.shape
    h, w = image.shape[0] - k_h + 1, image.shape[1] - k_w + 1
    return sum(kernel[u, v] * image[u : u + h, v : v + w] for u, v in np.ndindex(k_h, k_w))


def one_dimensional(image, kernel):
    """Add up rows that were correlated one by one."""
    h = len(image) - len(kernel) + 1
    return np.array(
        [
            sum(np.correlate(image[i + u], row, "valid") for u, row in enumerate(kernel))
            for i in range(h)
        ]
    )


def borrowed_size(image, kernel):
    from dwsep_helpers.kernels import conv_output_size

    y = slices(image, kernel)
    assert y.shape == tuple(map(conv_output_size, image.shape, kernel.shape))
    return y


def float32_plane(image, kernel):
    return torch.from_numpy(windows(image, kernel).astype(np.float32))


def matrix(image, kernel):
    return np.asmatrix(windows(image, kernel))


CORRELATE2D = {
    f.__name__: f
    for f in (
        loops,
        slices,
        windows,
        shifted,
        one_dimensional,
        borrowed_size,
        float32_plane,
        matrix,
    )
}


def flipped_with(correlate, flip):
    def convolve2d(image, kernel):
        return correlate(image, flip(kernel))

    return convolve2d


def by_definition(image, kernel):
    (k_h, k_w), (h, w) = kernel.shape, image.shape
    y = np.zeros((h - k_h + 1, w - k_w + 1))
    for i, j, u, v in np.ndindex(*y.shape, k_h, k_w):
        y[i, j] += image[i + k_h - 1 - u, j + k_w - 1 - v] * kernel[u, v]
    return y


def cut_from_full(image, kernel):
    """Let every pixel send out the kernel, then keep where it fitted whole."""
    (k_h, k_w), (h, w) = kernel.shape, image.shape
    full = np.zeros((h + k_h - 1, w + k_w - 1))
    for i, j in np.ndindex(h, w):
        full[i : i + k_h, j : j + k_w] += image[i, j] * kernel
    return full[k_h - 1 : h, k_w - 1 : w]


CONVOLVE2D = {
    "slices": flipped_with(slices, lambda k: k[::-1, ::-1]),
    "np.flip": flipped_with(windows, np.flip),
    "flipud fliplr": flipped_with(shifted, lambda k: np.flipud(np.fliplr(k))),
    "rot90 twice": flipped_with(windows, lambda k: np.rot90(k, 2)),
    "lists": flipped_with(loops, lambda k: [row[::-1] for row in k[::-1]]),
    "ravel": flipped_with(slices, lambda k: k.ravel()[::-1].reshape(k.shape)),
    "definition": by_definition,
    "cut from full": cut_from_full,
}


def loop_over_channels(image, kernel):
    y = slices(image[0], kernel[0])
    for c in range(1, len(image)):
        y += slices(image[c], kernel[c])
    return y


def three_axes(image, kernel):
    _, k_h, k_w = kernel.shape
    y = np.zeros((image.shape[1] - k_h + 1, image.shape[2] - k_w + 1))
    for i, j in np.ndindex(*y.shape):
        y[i, j] = (image[:, i : i + k_h, j : j + k_w] * kernel).sum()
    return y


CORRELATE_CHANNELS = {
    "loop": loop_over_channels,
    "three axes": three_axes,
    "sum": lambda image, kernel: sum(map(windows, image, kernel)),
    "np.sum": lambda image, kernel: np.sum([windows(*both) for both in zip(image, kernel)], 0),  # noqa: B905
    "einsum": lambda image, kernel: np.einsum(
        "cijuv,cuv->ij", sliding_window_view(image, kernel.shape[1:], axis=(1, 2)), kernel
    ),
    "one window of all channels": lambda image, kernel: np.tensordot(
        sliding_window_view(image, kernel.shape)[0], kernel, 3
    ),
    "reduce": lambda image, kernel: functools.reduce(np.add, map(shifted, image, kernel)),
    "layer": lambda image, kernel: einsum_over_windows(image[None], kernel[None])[0, 0],
    "lists": lambda image, kernel: np.add.reduce(list(map(loops, image, kernel))),
}

# Exercises 1.4 and 1.6.


def count_positions(input_size, kernel_size, stride=1, padding=0):
    return len(range(0, input_size + 2 * padding - kernel_size + 1, stride))


def walk(input_size, kernel_size, stride=1, padding=0):
    start, count = -padding, 0
    while start + kernel_size - 1 < input_size + padding:
        start, count = start + stride, count + 1
    return count


def floor(input_size, kernel_size, stride=1, padding=0):
    return math.floor((input_size + 2 * padding - kernel_size) / stride + 1)


def truncated(input_size, kernel_size, stride=1, padding=0):
    return int((input_size + 2 * padding - kernel_size) / stride) + 1


def numpy_integer(input_size, kernel_size, stride=1, padding=0):
    return np.int64(count_positions(input_size, kernel_size, stride, padding))


def zero_dimensional(input_size, kernel_size, stride=1, padding=0):
    return np.array(walk(input_size, kernel_size, stride, padding), dtype=np.uint8)


def measured(input_size, kernel_size, stride=1, padding=0):
    cells = np.zeros(input_size + 2 * padding)
    return sliding_window_view(cells, kernel_size)[::stride].shape[0]


def divmod_of_steps(input_size, kernel_size, stride=1, padding=0):
    steps, _left = divmod(input_size + 2 * padding - kernel_size, stride)
    return 1 + steps


def refuses_what_does_not_fit(input_size, kernel_size, stride=1, padding=0):
    cells = input_size + 2 * padding
    if kernel_size > cells:
        raise ValueError("the kernel does not fit")
    return (cells - kernel_size) // stride + 1


def never_negative(input_size, kernel_size, stride=1, padding=0):
    return max(0, (input_size + 2 * padding - kernel_size) // stride + 1)


def knows_dilation_too(input_size, kernel_size, stride=1, padding=0, dilation=1):
    return (input_size + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1


CONV_OUTPUT_SIZE = {
    f.__name__: f
    for f in (
        count_positions,
        walk,
        floor,
        truncated,
        numpy_integer,
        zero_dimensional,
        measured,
        divmod_of_steps,
        refuses_what_does_not_fit,
        never_negative,
        knows_dilation_too,
    )
}


def by_product(n_filters, channels, kernel_size, output_size, batch=1):
    return math.prod([batch, n_filters, channels, *pair(kernel_size), *pair(output_size)])


def numpy_product(n_filters, channels, kernel_size, output_size, batch=1):
    return np.prod((batch, n_filters, channels, *pair(kernel_size), *pair(output_size)))


def by_adding(n_filters, channels, kernel_size, output_size, batch=1):
    (k_h, k_w), (h, w) = pair(kernel_size), pair(output_size)
    return sum(h * w * channels * k_h * k_w for _ in range(batch * n_filters))


def by_try(n_filters, channels, kernel_size, output_size, batch=1):
    try:
        taps = kernel_size[0] * kernel_size[1]
    except TypeError:
        taps = kernel_size**2
    try:
        cells = output_size[0] * output_size[1]
    except TypeError:
        cells = output_size**2
    return n_filters * cells * taps * channels * batch


def by_broadcast(n_filters, channels, kernel_size, output_size, batch=1):
    kernel, output = np.broadcast_to(kernel_size, 2), np.broadcast_to(output_size, 2)
    return n_filters * channels * batch * (kernel.prod() * output.prod())


def half_the_flops(n_filters, channels, kernel_size, output_size, batch=1):
    return 2 * by_product(n_filters, channels, kernel_size, output_size, batch) // 2


CONV2D_MACS = {
    f.__name__: f
    for f in (by_product, numpy_product, by_adding, by_try, by_broadcast, half_the_flops)
} | {
    "lambda": lambda f, c, kernel_size, output_size, batch=1: by_try(
        f, c, kernel_size, output_size, batch
    ),
    "weights of an array": lambda f, c, k, o, batch=1: (
        batch * np.empty((f, c, *pair(k))).size * np.empty(pair(o)).size
    ),
}

RIGHT = {
    "conv_output_size": CONV_OUTPUT_SIZE,
    "correlate2d": CORRELATE2D,
    "convolve2d": CONVOLVE2D,
    "correlate_channels": CORRELATE_CHANNELS,
    "conv2d": VECTORIZED | LOOPS,
    "conv2d_macs": CONV2D_MACS,
    "conv2d_vectorized": VECTORIZED,
}
