"""A convolution in steps, and what can go wrong in each of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dwsep_helpers.checks.exercise import Row
from dwsep_helpers.checks.inputs import Pair, pair


def _pad(x: np.ndarray, rows: int | Pair, columns: int | Pair, **how: Any) -> np.ndarray:
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
    pad: Callable[[np.ndarray, Pair], np.ndarray] = lambda x, padding: _pad(x, *padding),
    filters: Callable[[np.ndarray], np.ndarray] = lambda weight: weight,
    windows: Callable[[np.ndarray, Pair, Pair], np.ndarray] = all_windows,
    contract: Callable[[np.ndarray, np.ndarray], np.ndarray] = multiply_and_add,
    add: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray] = add_bias,
    finish: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda y, x: y,
) -> np.ndarray:
    """Convolve rightly, save for the steps that are replaced."""
    weight = filters(weight)
    kernel = weight.shape[2:]
    stride, padding = options(pair(stride), pair(padding), kernel)
    y = contract(windows(pad(x, padding), kernel, stride), weight)
    return finish(y if bias is None else add(y, bias, weight), x)


# Steps gone wrong that take more than an expression.


def _round_up(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Let the last window hang over the edge."""
    short = [-(size - k) % s for size, k, s in zip(x.shape[2:], kernel, stride, strict=True)]
    return all_windows(_pad(x, (0, short[0]), (0, short[1])), kernel, stride)


def _one_too_few(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Count positions with the one added before the division by the stride."""
    rows, columns = (np.array(x.shape[2:]) - kernel + 1) // stride
    return all_windows(x, kernel, stride)[:, :, :rows, :columns]


def _side_by_side(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Take the right number of windows, one cell apart."""
    h_out, w_out = all_windows(x, kernel, stride).shape[2:4]
    return all_windows(x, kernel, (1, 1))[:, :, :h_out, :w_out]


def _square(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Make as many columns as rows."""
    right = all_windows(x, kernel, stride)
    h_out, w_out = right.shape[2:4]
    square = np.zeros((*right.shape[:2], h_out, h_out, *kernel), dtype=x.dtype)
    square[:, :, :, :w_out] = right[:, :, :, :h_out]
    return square


def _in_a_large_buffer(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Write the right windows in a corner of a map as large as without stride."""
    right = all_windows(x, kernel, stride)
    large = np.zeros_like(all_windows(x, kernel, (1, 1)))
    large[:, :, : right.shape[2], : right.shape[3]] = right
    return large


def _same_size(x: np.ndarray, kernel: Pair, stride: Pair) -> np.ndarray:
    """Pad so that the answer is as large as the image."""
    (h, w) = ((k - 1) // 2 for k in kernel)
    x = _pad(x, (h, kernel[0] - 1 - h), (w, kernel[1] - 1 - w))
    return all_windows(x, kernel, stride)


def sum_the_window(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Leave the kernel out."""
    return multiply_and_add(windows, np.ones_like(weight))


def add_and_add(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Add window and kernel where they should be multiplied."""
    return sum_the_window(windows, weight) + weight.sum((1, 2, 3))[:, None, None]


# fmt: off
_STEPS: tuple[Row, ...] = (
    # The kernel's two axes.
    ("kernel-flipped", {"filters": lambda w: w[..., ::-1, ::-1]},
     "You turn the kernel by 180° before it slides; a layer should slide it as it is."),
    ("kernel-flipped-up-down", {"filters": lambda w: w[..., ::-1, :]},
     "You flip the kernel's rows; its first row should meet the window's first row."),
    ("kernel-flipped-left-right", {"filters": lambda w: w[..., ::-1]},
     "You flip the kernel's columns; its first column should meet the window's first column."),
    ("kernel-transposed", {"filters": lambda w: w.swapaxes(2, 3)},
     "You swap the kernel's rows and columns; its rows should meet rows of the window."),
    ("kernel-last-row-skipped",
     {"contract": lambda p, w: multiply_and_add(p[..., :-1, :-1], w[..., :-1, :-1])},
     "You leave out the last row and column of the kernel; every tap should meet a number."),
    ("kernel-averaged", {"contract": lambda p, w: multiply_and_add(p, w) / w[0].size},
     "You average the products; they should be added up and divided by nothing."),
    ("kernel-left-out", {"contract": sum_the_window},
     "You add up each window's numbers as they are; the kernel should weigh them."),
    ("added-not-multiplied", {"contract": add_and_add},
     "You add window and kernel, number by number; they should be multiplied."),
    ("sign-turned", {"contract": lambda p, w: -multiply_and_add(p, w)},
     "You turn the sign of every sum; it should stay as it is."),
    ("overwritten-not-added",
     {"contract": lambda p, w: multiply_and_add(p[:, -1:, ..., -1:, -1:], w[:, -1:, -1:, -1:])},
     "You let each product replace the one before, so the last one alone is left; the sum should "
     "grow."),
    # Channels, filters, images.
    ("weight-axes-swapped", {"filters": lambda w: w.swapaxes(0, 1)},
     "You swap the weight's first two axes; axis 0 should be the filter, axis 1 the channel."),
    ("first-channel-only", {"contract": lambda p, w: multiply_and_add(p[:, :1], w[:, :1])},
     "You read channel 0 alone; an output value should sum over all channels."),
    ("last-channel-only", {"contract": lambda p, w: multiply_and_add(p[:, -1:], w[:, -1:])},
     "You let each channel's sum replace the one before; the channels' sums should be added up."),
    ("channels-averaged", {"contract": lambda p, w: multiply_and_add(p, w) / w.shape[1]},
     "You average the channels; their sums should be added up and divided by nothing."),
    ("channels-kept-apart", {"contract": lambda p, w: np.einsum("ncijhw,fchw->nfcij", p, w)},
     "You keep one map for each channel; the maps should be added up in a last step."),
    ("one-slice-for-all-channels",
     {"contract": lambda p, w: multiply_and_add(p, np.broadcast_to(w[:, :1], w.shape))},
     "You let every channel meet the slice for channel 0; each should meet a slice of its own."),
    ("one-channel-for-all-slices",
     {"contract": lambda p, w: multiply_and_add(np.broadcast_to(p[:, :1], p.shape), w)},
     "You let every slice of the kernel meet channel 0; each should meet a channel of its own."),
    ("channel-order-reversed", {"filters": lambda w: w[:, ::-1]},
     "You pair the channels with the slices in the opposite order; channel 0 should meet slice 0."),
    ("every-channel-with-every-slice",
     {"contract": lambda p, w: np.einsum("ncijhw,fdhw->nfij", p, w)},
     "You let each channel meet all slices; channel c should meet slice c alone."),
    ("kernel-flipped-with-channels", {"filters": lambda w: w[:, ::-1, ::-1, ::-1]},
     "You flip the kernel along all its axes, the channels too; correlation should flip none."),
    ("one-filter-for-all",
     {"contract": lambda p, w: multiply_and_add(p, np.broadcast_to(w[:1], w.shape))},
     "You make every output channel with filter 0; each should come from a filter of its own."),
    ("filters-added-up", {"finish": lambda y, x: y.sum(axis=1, keepdims=True)},
     "You add the maps of all filters into one; each filter should keep its own map."),
    ("batch-first-only",
     {"finish": lambda y, x: np.concatenate([y[:1], np.zeros_like(y[1:])])},
     "You convolve image 0 of the batch and leave the others zero; every image should be done."),
    ("batch-first-repeated", {"finish": lambda y, x: np.broadcast_to(y[:1], y.shape)},
     "You give every image of the batch the answer of image 0; each should get its own."),
    ("batch-dropped", {"finish": lambda y, x: y[0]},
     "You drop the batch axis; the answer should keep it, even for a batch of one."),
    ("channels-last", {"finish": lambda y, x: np.moveaxis(y, 1, -1)},
     "You put the channels last; they should be on axis 1."),
    ("height-and-width-swapped", {"finish": lambda y, x: y.swapaxes(2, 3)},
     "You swap rows and columns of the answer; H_out should come before W_out."),
    ("height-for-width", {"windows": _square},
     "You make the answer as wide as it is high; H_out and W_out should be worked out separately."),
    # Bias.
    ("bias-forgotten", {"add": lambda y, b, w: y},
     "You leave the bias out; each filter should add its own to all its outputs."),
    ("bias-per-channel", {"add": lambda y, b, w: add_bias(y, b * w.shape[1], w)},
     "You add the bias once for each input channel; it should be added once for each output."),
    ("bias-per-tap", {"add": lambda y, b, w: add_bias(y, b * np.count_nonzero(w[0]), w)},
     "You add the bias with every product; it should be added once, outside of that sum."),
    ("bias-subtracted", {"add": lambda y, b, w: add_bias(y, -b, w)},
     "You take the bias away; it should be added."),
    ("bias-first-only", {"add": lambda y, b, w: y + b[0]},
     "You add the bias of filter 0 for every filter; each should add its own."),
    ("bias-along-width", {"add": lambda y, b, w: y + b},
     "You spread the bias along the columns of the answer; it should lie along axis 1, the "
     "filters."),
    # Padding.
    ("padding-forgotten", {"options": lambda s, p, k: (s, (0, 0))},
     "You leave the padding out; the input should grow on all four sides first."),
    ("padding-one-side", {"pad": lambda x, p: _pad(x, (p[0], 0), (p[1], 0))},
     "You put zeros before the first row and column alone; they should come after the last, too."),
    ("padding-after-only", {"pad": lambda x, p: _pad(x, (0, p[0]), (0, p[1]))},
     "You put zeros after the last row and column alone; they should come before the first, too."),
    ("padding-axes-swapped", {"options": lambda s, p, k: (s, p[::-1])},
     "You pad rows by what is meant for columns; the first of the pair should be for rows."),
    ("padding-first-of-pair", {"options": lambda s, p, k: (s, (p[0], p[0]))},
     "You use the padding of the rows for both; columns should get the second of the pair."),
    ("padding-second-of-pair", {"options": lambda s, p, k: (s, (p[1], p[1]))},
     "You use the padding of the columns for both; rows should get the first of the pair."),
    ("padding-doubled", {"options": lambda s, p, k: (s, (2 * p[0], 2 * p[1]))},
     "You add twice as many zeros as asked for; `padding` should count one side."),
    ("padding-with-edge-values", {"pad": lambda x, p: _pad(x, *p, mode="edge")},
     "You repeat the edge outwards; this padding should be made of zeros."),
    ("padding-with-wrapped-values", {"pad": lambda x, p: _pad(x, *p, mode="wrap")},
     "You pad with what lies on the opposite side; this padding should be made of zeros."),
    # Stride and size.
    ("stride-forgotten", {"options": lambda s, p, k: ((1, 1), p)},
     "You move the kernel by one; it should move by the stride."),
    ("stride-axes-swapped", {"options": lambda s, p, k: (s[::-1], p)},
     "You move down by the stride meant for columns; the first of the pair should be for rows."),
    ("stride-first-of-pair", {"options": lambda s, p, k: ((s[0], s[0]), p)},
     "You use the stride of the rows for both; columns should get the second of the pair."),
    ("stride-second-of-pair", {"options": lambda s, p, k: ((s[1], s[1]), p)},
     "You use the stride of the columns for both; rows should get the first of the pair."),
    ("stride-on-one-axis", {"options": lambda s, p, k: ((s[0], 1), p)},
     "You stride over the rows alone; columns should move by their stride as well."),
    ("stride-on-columns-alone", {"options": lambda s, p, k: ((1, s[1]), p)},
     "You stride over the columns alone; rows should move by their stride as well."),
    ("stride-of-the-kernel", {"options": lambda s, p, k: (k, p)},
     "You move the kernel by its own size; it should move by the stride, 1 if there is none."),
    ("stride-subsamples-from-one",
     {"windows": lambda x, k, s: all_windows(x, k, (1, 1))[:, :, s[0] - 1::s[0], s[1] - 1::s[1]]},
     "You keep windows from the second one on; the first one should start at cell 0."),
    ("stride-not-in-position", {"windows": _side_by_side},
     "You take windows one cell apart, if as many as asked for; the window of output row i should "
     "begin S cells after the one before."),
    ("stride-ignored-in-output", {"windows": _in_a_large_buffer},
     "You make the answer as large as with stride 1, so zeros are left over; it should be as "
     "large as there are positions."),
    ("output-size-off-by-one", {"windows": lambda x, k, s: all_windows(x, k, s)[:, :, :-1, :-1]},
     "You leave out the last row and column; a position at the very end should count, too."),
    ("last-row-missing", {"windows": lambda x, k, s: all_windows(x, k, s)[:, :, :-1]},
     "You leave out the last row; a position at the very end should count, too."),
    ("last-column-missing", {"windows": lambda x, k, s: all_windows(x, k, s)[:, :, :, :-1]},
     "You leave out the last column; a position at the very end should count, too."),
    ("columns-counted-like-rows",
     {"finish": lambda y, x: np.where(np.arange(y.shape[-1]) < y.shape[-2], y, 0)},
     "You loop over as many columns as there are rows; the loop over columns should go on to "
     "W_out."),
    ("output-size-rounded-up", {"windows": _round_up},
     "You let the last window hang over the edge; where the stride does not divide, cells should "
     "be left over."),
    ("plus-one-before-dividing", {"windows": _one_too_few},
     "You add the one before you divide by the stride; it should be added after, since it counts "
     "a position."),
    ("output-as-large-as-input", {"windows": _same_size},
     "You make the answer as large as the image, as if it were padded; only whole windows should "
     "count."),
    # Numbers.
    ("integer-truncation", {"finish": lambda y, x: np.trunc(y).astype(np.int64)},
     "You lose the digits after the point; the array you write to should be of floats."),
    ("input-dtype-kept", {"finish": lambda y, x: y.astype(x.dtype)},
     "You give the answer the dtype of the image; with whole-number pixels and a kernel of "
     "fractions it should be of floats."),
    ("negatives-cut-off", {"finish": lambda y, x: np.maximum(y, 0)},
     "You turn negative values into zeros; an activation should be a layer of its own."),
    ("nothing-written", {"finish": lambda y, x: np.zeros_like(y)},
     "You return zeros; each sum should be stored in the array that you return."),
)
# fmt: on
_BY_NAME = {row[0]: row for row in _STEPS}


def wrong_steps(names: str) -> list[Row]:
    """Return the rows of these names, which are separated by spaces."""
    return [_BY_NAME[name] for name in names.split()]
