"""A convolution as a recipe of steps, so that a mistake is the recipe with one step gone wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dwsep_helpers.checks.exercise import Mistake
from dwsep_helpers.checks.inputs import Pair, pair


def as_asked(stride: Pair, padding: Pair, kernel: Pair) -> tuple[Pair, Pair]:
    """Leave stride and padding as they are."""
    return stride, padding


def pad_with_zeros(x: np.ndarray, padding: Pair) -> np.ndarray:
    """Pad rows and columns."""
    (p_h, p_w) = padding
    return np.pad(x, ((0, 0), (0, 0), (p_h, p_h), (p_w, p_w)))


def as_given(array: np.ndarray) -> np.ndarray:
    """Leave the weight as it is."""
    return array


def all_windows(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Return all windows, (N, C_in, H_out, W_out, K_h, K_w)."""
    return sliding_window_view(x, kernel, axis=(2, 3))[:, :, :: stride[0], :: stride[1]]


def multiply_and_add(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the right sums, (N, C_out, H_out, W_out)."""
    return np.einsum("ncijhw,fchw->nfij", windows, weight)


def add_bias(y: np.ndarray, bias: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Add to each map the bias of its filter."""
    return y + bias.reshape(-1, 1, 1)


def as_computed(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Leave the answer as it is."""
    return y


def recipe(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    *,
    options: Callable[[Pair, Pair, Pair], tuple[Pair, Pair]] = as_asked,
    pad: Callable[[np.ndarray, Pair], np.ndarray] = pad_with_zeros,
    filters: Callable[[np.ndarray], np.ndarray] = as_given,
    windows: Callable[[np.ndarray, Pair, Pair], np.ndarray] = all_windows,
    contract: Callable[[np.ndarray, np.ndarray], np.ndarray] = multiply_and_add,
    add: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray] = add_bias,
    finish: Callable[[np.ndarray, np.ndarray], np.ndarray] = as_computed,
) -> np.ndarray:
    """Convolve rightly, save for the steps that are replaced."""
    weight = filters(weight)
    kernel = weight.shape[2:]
    stride, padding = options(pair(stride), pair(padding), kernel)
    y = contract(windows(pad(x, padding), kernel, stride), weight)
    return finish(y if bias is None else add(y, bias, weight), x)


# Steps gone wrong that take more than an expression.


def pad_before(x: np.ndarray, padding: Pair) -> np.ndarray:
    """Pad at the top and on the left alone."""
    return np.pad(x, ((0, 0), (0, 0), (padding[0], 0), (padding[1], 0)))


def pad_after(x: np.ndarray, padding: Pair) -> np.ndarray:
    """Pad at the bottom and on the right alone."""
    return np.pad(x, ((0, 0), (0, 0), (0, padding[0]), (0, padding[1])))


def pad_like(mode: str, x: np.ndarray, padding: Pair) -> np.ndarray:
    """Pad with another of NumPy's modes."""
    return np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)], mode=mode)


def windows_round_up(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Let the last window hang over the edge."""
    short = [-(size - k) % s for size, k, s in zip(x.shape[2:], kernel, stride, strict=True)]
    return all_windows(pad_after(x, (short[0], short[1])), kernel, stride)


def windows_one_too_few(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Count positions with the one added before the division by the stride."""
    right = all_windows(x, kernel, stride)
    rows, columns = (
        (size - k + 1) // s for size, k, s in zip(x.shape[2:], kernel, stride, strict=True)
    )
    return right[:, :, :rows, :columns]


def windows_from_the_second(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Keep the last of every S windows in place of the first."""
    return all_windows(x, kernel, (1, 1))[
        :, :, stride[0] - 1 :: stride[0], stride[1] - 1 :: stride[1]
    ]


def windows_side_by_side(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Take the right number of windows, one cell apart."""
    h_out, w_out = all_windows(x, kernel, stride).shape[2:4]
    return all_windows(x, kernel, (1, 1))[:, :, :h_out, :w_out]


def windows_square(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Make as many columns as rows."""
    right = all_windows(x, kernel, stride)
    h_out, w_out = right.shape[2:4]
    square = np.zeros((*right.shape[:2], h_out, h_out, *kernel), dtype=x.dtype)
    square[:, :, :, :w_out] = right[:, :, :, :h_out]
    return square


def windows_in_a_large_buffer(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Write the right windows in a corner of a map as large as without stride."""
    right = all_windows(x, kernel, stride)
    large = np.zeros_like(all_windows(x, kernel, (1, 1)))
    large[:, :, : right.shape[2], : right.shape[3]] = right
    return large


def first_image_only(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Leave the other images zero."""
    first = np.zeros_like(y)
    first[:1] = y[:1]
    return first


def last_tap(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Keep the last product of each sum."""
    return multiply_and_add(windows[:, -1:, :, :, -1:, -1:], weight[:, -1:, -1:, -1:])


def windows_same_size(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Pad so that the answer is as large as the image."""
    (h, w) = ((k - 1) // 2 for k in kernel)
    x = np.pad(x, ((0, 0), (0, 0), (h, kernel[0] - 1 - h), (w, kernel[1] - 1 - w)))
    return all_windows(x, kernel, stride)


def add_and_add(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Add window and kernel where they should be multiplied."""
    return multiply_and_add(windows, np.ones_like(weight)) + weight.sum((1, 2, 3))[:, None, None]


def sum_the_window(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Leave the kernel out."""
    return multiply_and_add(windows, np.ones_like(weight))


def columns_like_rows(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Leave the columns zero that a loop over as many columns as rows does not reach."""
    short = y.copy()
    short[..., y.shape[-2] :] = 0
    return short


def reuse(
    bank: tuple[Mistake, ...], names: tuple[str, ...], function: Callable[..., np.ndarray]
) -> tuple[Mistake, ...]:
    """Return the named mistakes of a bank, made in another function that takes the same steps."""
    known = {mistake.name: mistake for mistake in bank}
    return tuple(
        replace(known[name], function=partial(function, **known[name].function.keywords))
        for name in names
    )
