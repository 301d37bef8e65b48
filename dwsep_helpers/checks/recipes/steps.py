"""A convolution in steps, and steps gone wrong that take more than an expression."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dwsep_helpers.checks.inputs import Pair, pair

# Takes x, padding, kernel and stride; returns windows, (N, C_in, H_out, W_out, K_h, K_w).
Look = Callable[[np.ndarray, Pair, Pair, Pair], np.ndarray]


def padded(x: np.ndarray, rows: int | Pair, columns: int | Pair, **how: Any) -> np.ndarray:
    """Pad rows and columns, on both sides or by (before, after)."""
    return np.pad(x, ((0, 0), (0, 0), pair(rows), pair(columns)), **how)


def all_windows(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Return all windows, (N, C_in, H_out, W_out, K_h, K_w)."""
    return sliding_window_view(x, kernel, axis=(2, 3))[:, :, :: stride[0], :: stride[1]]


def multiply_and_add(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the right sums, (N, C_out, H_out, W_out)."""
    return np.einsum("ncijhw,fchw->nfij", windows, weight)


def add_bias(y: np.ndarray, bias: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Add to each map the bias of its filter."""
    return y + bias.reshape(-1, 1, 1)


def convolution(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    *,
    options: Callable[[Pair, Pair, Pair], tuple[Pair, Pair]] = lambda s, p, k: (s, p),
    pad: Callable[[np.ndarray, Pair], np.ndarray] = lambda x, padding: padded(x, *padding),
    filters: Callable[[np.ndarray], np.ndarray] = lambda weight: weight,
    windows: Callable[[np.ndarray, Pair, Pair], np.ndarray] = all_windows,
    look: Look | None = None,
    contract: Callable[[np.ndarray, np.ndarray], np.ndarray] = multiply_and_add,
    add: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray] = add_bias,
    thin: Callable[[np.ndarray, Pair], np.ndarray] = lambda y, stride: y,
    finish: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda y, x: y,
) -> np.ndarray:
    """Convolve rightly, save for the steps that are replaced; ``look`` pads and takes windows."""
    weight = filters(weight)
    kernel = weight.shape[2:]
    stride, padding = options(pair(stride), pair(padding), kernel)
    seen = look(x, padding, kernel, stride) if look else windows(pad(x, padding), kernel, stride)
    y = contract(seen, weight)
    return finish(thin(y if bias is None else add(y, bias, weight), stride), x)


# Steps gone wrong.


def looking(cells: Callable[[int, int, int, int], np.ndarray]) -> Look:
    """Return the step that reads windows of these cells.

    Parameters
    ----------
    cells : callable
        ``cells(size, taps, stride, padding)`` gives, along one axis, the cell of x that each tap
        meets at each position, (positions, taps). Outside of x there are zeros.
    """

    def look(x: np.ndarray, padding: Pair, kernel: Pair, stride: Pair) -> np.ndarray:
        axes = zip(x.shape[2:], kernel, stride, padding, strict=True)
        return read_at(x, *(cells(*axis) for axis in axes))

    return look


def read_at(x: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return windows of these cells, (positions, taps) along each axis; outside of x are zeros."""
    rows, columns = (
        np.where((at >= 0) & (at < size), at, size)
        for at, size in zip((rows, columns), x.shape[2:], strict=True)
    )
    return padded(x, (0, 1), (0, 1))[:, :, rows[:, None, :, None], columns[:, None]]


def positions(size: int, taps: int, stride: int, padding: int) -> int:
    """Return how many positions there are."""
    return (size + 2 * padding - taps) // stride + 1


def windows_from(first: int, step: int, count: int, taps: int) -> np.ndarray:
    """Return the cells of windows that begin at ``first`` and lie ``step`` apart."""
    return first + step * np.arange(count)[:, None] + np.arange(taps)


def clamped(size: int, taps: int, stride: int, padding: int) -> np.ndarray:
    """Push windows that would begin or end outside back into x."""
    starts = windows_from(-padding, stride, positions(size, taps, stride, padding), 1)
    return np.clip(starts, 0, max(size - taps, 0)) + np.arange(taps)


def cut_off(size: int, taps: int, stride: int, padding: int) -> np.ndarray:
    """Cut windows off at the border, and let what is left meet the kernel's first taps."""
    starts = windows_from(-padding, stride, positions(size, taps, stride, padding), 1)
    cells = np.maximum(starts, 0) + np.arange(taps)
    return np.where(cells < starts + taps, cells, size)


def in_a_large_buffer(size: int, taps: int, stride: int, padding: int) -> np.ndarray:
    """Find windows right, and nothing behind them, at as many positions as without stride."""
    cells = windows_from(-padding, stride, positions(size, taps, 1, padding), taps)
    cells[positions(size, taps, stride, padding) :] = size
    return cells


def strided_image(x: np.ndarray, padding: Pair, kernel: Pair, stride: Pair) -> np.ndarray:
    """Let the stride skip pixels of x where it should skip positions."""
    return all_windows(padded(x[:, :, :: stride[0], :: stride[1]], *padding), kernel, (1, 1))


def padded_on_all_axes(x: np.ndarray, padding: Pair) -> np.ndarray:
    """Pad images and channels as well, and read as many of each as there are."""
    sizes = np.add(x.shape, [0, 0, 2 * padding[0], 2 * padding[1]])
    return np.pad(x, padding)[tuple(map(slice, sizes))]


def square(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Make as many columns as rows."""
    right = all_windows(x, kernel, stride)
    h_out, w_out = right.shape[2:4]
    square = np.zeros((*right.shape[:2], h_out, h_out, *kernel), dtype=x.dtype)
    square[:, :, :, :w_out] = right[:, :, :, :h_out]
    return square


def sum_the_window(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Leave the kernel out."""
    return multiply_and_add(windows, np.ones_like(weight))


def add_and_add(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Add window and kernel where they should be multiplied."""
    return sum_the_window(windows, weight) + weight.sum((1, 2, 3))[:, None, None]


def matrix_product(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Multiply window and kernel as matrices, which works where the kernel is square."""
    windows, weight = windows[:, None], weight[None, :, :, None, None]
    return (windows @ weight).sum(axis=(2, 5, 6))


def running(y: np.ndarray, axes: int) -> np.ndarray:
    """Let sums run on over the last axes."""
    return y.reshape(*y.shape[: y.ndim - axes], -1).cumsum(axis=-1).reshape(y.shape)


def stopped(y: np.ndarray, axes: int) -> np.ndarray:
    """Keep what is at the first place of all axes but the last ones."""
    kept = np.zeros_like(y)
    first = (0,) * (y.ndim - axes)
    kept[first] = y[first]
    return kept


def ended_early(y: np.ndarray) -> np.ndarray:
    """Leave the last row and column as zeros."""
    kept = np.zeros_like(y)
    kept[..., :-1, :-1] = y[..., :-1, :-1]
    return kept


def adding_by(
    parts: Callable[[np.ndarray, np.ndarray], list[np.ndarray]], dtype: type | None = None
) -> dict[str, Callable[..., np.ndarray]]:
    """Return the steps that add up in an array whose dtype cuts each sum; None is that of x.

    ``parts`` gives, of windows and weight, what is added one after the other.
    """

    def contract(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
        first, *others = parts(windows, weight)
        y = first.astype(dtype or windows.dtype)
        for part in others:
            y = (y + part).astype(y.dtype)
        return y

    def add(y: np.ndarray, bias: np.ndarray, weight: np.ndarray) -> np.ndarray:
        return add_bias(y, bias, weight).astype(y.dtype)

    return {"contract": contract, "add": add}


def in_one(windows: np.ndarray, weight: np.ndarray) -> list[np.ndarray]:
    """Add each window's products at once."""
    return [multiply_and_add(windows, weight)]


def by_channel(windows: np.ndarray, weight: np.ndarray) -> list[np.ndarray]:
    """Add one channel's products at a time."""
    channels = range(weight.shape[1])
    return [multiply_and_add(windows[:, [c]], weight[:, [c]]) for c in channels]


def by_tap(windows: np.ndarray, weight: np.ndarray) -> list[np.ndarray]:
    """Add one product at a time."""
    one = [
        (slice(c, c + 1), slice(h, h + 1), slice(w, w + 1))
        for c, h, w in np.ndindex(*weight.shape[1:])
    ]
    return [multiply_and_add(windows[:, c, ..., h, w], weight[:, c, h, w]) for c, h, w in one]


def unfolded(y: np.ndarray, order: tuple[int, ...], read: tuple[int, ...]) -> np.ndarray:
    """Sort y's axes as columns are, and read them as if they were sorted in another way."""
    sizes = [y.shape[axis] for axis in read]
    return y.transpose(order).reshape(sizes).transpose(np.argsort(read))
