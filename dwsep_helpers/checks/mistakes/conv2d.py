"""Wrong ways to write a convolution layer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from dwsep_helpers.checks.exercise import Mistake
from dwsep_helpers.checks.mistakes import recipe as r
from dwsep_helpers.checks.mistakes.recipe import add_bias, all_windows, multiply_and_add, recipe


def _mistake(name: str, says: str, *, hint: int = 2, **steps: Callable[..., Any]) -> Mistake:
    return Mistake(name, says, partial(recipe, **steps), hint)


CONV2D = (
    # The kernel's two axes.
    _mistake(
        "kernel-flipped",
        "The kernel is turned by 180° before it slides; that is convolution in the sense of "
        "mathematics, while layers slide the kernel as it is.",
        filters=lambda w: w[..., ::-1, ::-1],
    ),
    _mistake(
        "kernel-flipped-up-down",
        "The kernel's rows meet the window in the opposite order.",
        filters=lambda w: w[..., ::-1, :],
    ),
    _mistake(
        "kernel-flipped-left-right",
        "The kernel's columns meet the window in the opposite order.",
        filters=lambda w: w[..., ::-1],
    ),
    _mistake(
        "kernel-transposed",
        "Rows of the kernel meet columns of the window: which of its axes is which?",
        filters=lambda w: w.swapaxes(2, 3),
    ),
    _mistake(
        "kernel-last-row-skipped",
        "The last row and column of the kernel never meet a number.",
        contract=lambda p, w: multiply_and_add(p[..., :-1, :-1], w[..., :-1, :-1]),
    ),
    _mistake(
        "kernel-averaged",
        "The products are averaged. A convolution adds them up and divides by nothing.",
        contract=lambda p, w: multiply_and_add(p, w) / w[0].size,
    ),
    _mistake(
        "kernel-left-out",
        "The numbers of each window are added up as they are; the kernel is to weigh them.",
        contract=r.sum_the_window,
    ),
    _mistake(
        "added-not-multiplied",
        "Window and kernel are added, number by number; they are to be multiplied.",
        contract=r.add_and_add,
    ),
    _mistake(
        "sign-turned",
        "Every sum has the opposite sign.",
        contract=lambda p, w: -multiply_and_add(p, w),
    ),
    _mistake(
        "overwritten-not-added",
        "Each product replaces the one before, so only the last tap of the last channel is "
        "left: the sum has to grow.",
        contract=r.last_tap,
    ),
    # Channels, filters, images.
    _mistake(
        "weight-axes-swapped",
        "The weight's first two axes change places: axis 0 is the filter, axis 1 the channel.",
        filters=lambda w: w.swapaxes(0, 1),
    ),
    _mistake(
        "first-channel-only",
        "Only channel 0 of the input is read; an output value sums over all channels.",
        contract=lambda p, w: multiply_and_add(p[:, :1], w[:, :1]),
    ),
    _mistake(
        "last-channel-only",
        "Each channel's sum replaces the one before, so only the last channel counts.",
        contract=lambda p, w: multiply_and_add(p[:, -1:], w[:, -1:]),
    ),
    _mistake(
        "channels-averaged",
        "The channels are averaged; their sums are added up and divided by nothing.",
        contract=lambda p, w: multiply_and_add(p, w) / w.shape[1],
    ),
    _mistake(
        "one-slice-for-all-channels",
        "Every channel meets the filter's slice for channel 0; each has a slice of its own.",
        contract=lambda p, w: multiply_and_add(p, np.broadcast_to(w[:, :1], w.shape)),
    ),
    _mistake(
        "channel-order-reversed",
        "Channels meet the filter's slices in the opposite order.",
        filters=lambda w: w[:, ::-1],
    ),
    _mistake(
        "one-filter-for-all",
        "Every output channel comes from filter 0; each filter makes a map of its own.",
        contract=lambda p, w: multiply_and_add(p, np.broadcast_to(w[:1], w.shape)),
    ),
    _mistake(
        "filters-added-up",
        "The maps of all filters are added into one; each filter keeps its own map.",
        finish=lambda y, x: y.sum(axis=1, keepdims=True),
    ),
    _mistake(
        "batch-first-only",
        "Only image 0 of the batch is convolved; the others stay zero.",
        finish=r.first_image_only,
    ),
    _mistake(
        "batch-first-repeated",
        "Every image of the batch gets the answer of image 0: read the image you write.",
        finish=lambda y, x: np.broadcast_to(y[:1], y.shape),
    ),
    _mistake(
        "batch-dropped",
        "The answer has no batch axis; even a batch of one keeps it.",
        finish=lambda y, x: y[0],
    ),
    _mistake(
        "channels-last",
        "The answer has its channels last; this course keeps them on axis 1.",
        finish=lambda y, x: np.moveaxis(y, 1, -1),
    ),
    _mistake(
        "height-and-width-swapped",
        "Rows and columns of the answer have changed places.",
        finish=lambda y, x: y.swapaxes(2, 3),
    ),
    _mistake(
        "height-for-width",
        "The answer is as wide as it is high: work out H_out and W_out separately.",
        windows=r.windows_square,
    ),
    # Bias.
    _mistake(
        "bias-forgotten",
        "The bias makes no difference: each filter adds its own to all its outputs.",
        add=lambda y, b, w: y,
    ),
    _mistake(
        "bias-per-channel",
        "The bias is added once for each input channel; it belongs to the filter, once.",
        add=lambda y, b, w: add_bias(y, b * w.shape[1], w),
    ),
    _mistake(
        "bias-per-tap",
        "The bias is added with every product; it belongs outside of that sum, once.",
        add=lambda y, b, w: add_bias(y, b * w[0].size, w),
    ),
    _mistake(
        "bias-subtracted",
        "The bias is taken away instead of added.",
        add=lambda y, b, w: add_bias(y, -b, w),
    ),
    _mistake(
        "bias-first-only",
        "Every filter adds the bias of filter 0.",
        add=lambda y, b, w: y + b[0],
    ),
    _mistake(
        "bias-along-width",
        "The bias runs along the columns of the answer; it belongs to axis 1, the filters.",
        add=lambda y, b, w: y + b,
    ),
    # Padding.
    _mistake(
        "padding-forgotten",
        "The padding makes no difference: the input grows on all four sides first.",
        options=lambda s, p, k: (s, (0, 0)),
    ),
    _mistake(
        "padding-one-side",
        "Zeros come before the first row and column, and none after the last ones.",
        pad=r.pad_before,
    ),
    _mistake(
        "padding-after-only",
        "Zeros come after the last row and column, and none before the first ones.",
        pad=r.pad_after,
    ),
    _mistake(
        "padding-axes-swapped",
        "Rows are padded by what is meant for columns, and columns by what is meant for rows.",
        options=lambda s, p, k: (s, p[::-1]),
    ),
    _mistake(
        "padding-first-of-pair",
        "The padding of the rows is used for the columns as well.",
        options=lambda s, p, k: (s, (p[0], p[0])),
    ),
    _mistake(
        "padding-second-of-pair",
        "The padding of the columns is used for the rows as well.",
        options=lambda s, p, k: (s, (p[1], p[1])),
    ),
    _mistake(
        "padding-doubled",
        "There are twice as many zeros as asked for: `padding` counts one side.",
        options=lambda s, p, k: (s, (2 * p[0], 2 * p[1])),
    ),
    _mistake(
        "padding-with-edge-values",
        "The edge is repeated outwards; this padding is made of zeros.",
        pad=partial(r.pad_like, "edge"),
    ),
    _mistake(
        "padding-with-wrapped-values",
        "The padding comes round from the opposite side; this padding is made of zeros.",
        pad=partial(r.pad_like, "wrap"),
    ),
    # Stride and size.
    _mistake(
        "stride-forgotten",
        "The stride makes no difference: the kernel moves by one.",
        options=lambda s, p, k: ((1, 1), p),
    ),
    _mistake(
        "stride-axes-swapped",
        "The kernel moves down by the stride meant for columns, and across by the one for rows.",
        options=lambda s, p, k: (s[::-1], p),
    ),
    _mistake(
        "stride-first-of-pair",
        "The stride of the rows is used for the columns as well.",
        options=lambda s, p, k: ((s[0], s[0]), p),
    ),
    _mistake(
        "stride-second-of-pair",
        "The stride of the columns is used for the rows as well.",
        options=lambda s, p, k: ((s[1], s[1]), p),
    ),
    _mistake(
        "stride-on-one-axis",
        "The stride acts on the rows alone; columns move by one.",
        options=lambda s, p, k: ((s[0], 1), p),
    ),
    _mistake(
        "stride-on-columns-alone",
        "The stride acts on the columns alone; rows move by one.",
        options=lambda s, p, k: ((1, s[1]), p),
    ),
    _mistake(
        "stride-of-the-kernel",
        "The kernel moves by its own size; it moves by the stride, and windows may overlap.",
        options=lambda s, p, k: (k, p),
    ),
    _mistake(
        "stride-subsamples-from-one",
        "Windows are kept from the second one on; the first one starts at cell 0.",
        windows=r.windows_from_the_second,
    ),
    _mistake(
        "stride-not-in-position",
        "The answer has the right size, but its windows lie side by side, one cell apart: where "
        "does the window of output row i begin?",
        windows=r.windows_side_by_side,
    ),
    _mistake(
        "stride-ignored-in-output",
        "The answer is as large as with stride 1, and what is left over stays zero.",
        windows=r.windows_in_a_large_buffer,
    ),
    _mistake(
        "output-size-off-by-one",
        "The last row and column are missing: a position at the very end still fits.",
        windows=lambda x, k, s: all_windows(x, k, s)[:, :, :-1, :-1],
    ),
    _mistake(
        "last-row-missing",
        "The last row is missing: a position at the very end still fits.",
        windows=lambda x, k, s: all_windows(x, k, s)[:, :, :-1],
    ),
    _mistake(
        "last-column-missing",
        "The last column is missing: a position at the very end still fits.",
        windows=lambda x, k, s: all_windows(x, k, s)[:, :, :, :-1],
    ),
    _mistake(
        "columns-counted-like-rows",
        "Columns stay zero from the number of rows on: the loop over columns ends too soon.",
        finish=r.columns_like_rows,
    ),
    _mistake(
        "output-size-rounded-up",
        "The last window hangs over the edge; where the stride does not divide, cells are left.",
        windows=r.windows_round_up,
    ),
    _mistake(
        "plus-one-before-dividing",
        "Where the stride divides, the last position is missing: the one that is added is a "
        "position, not a cell.",
        windows=r.windows_one_too_few,
    ),
    # Numbers.
    _mistake(
        "integer-truncation",
        "The digits after the point are lost: of what dtype is the array you write to?",
        finish=lambda y, x: np.trunc(y).astype(np.int64),
    ),
    _mistake(
        "input-dtype-kept",
        "The answer has the dtype of the image, so whole-number pixels lose the digits after "
        "the point.",
        finish=lambda y, x: y.astype(x.dtype),
    ),
    _mistake(
        "negatives-cut-off",
        "What is below zero became zero; that is an activation, another layer.",
        finish=lambda y, x: np.maximum(y, 0),
    ),
    _mistake(
        "nothing-written",
        "Every value is zero: is the sum stored in the array that you return?",
        finish=lambda y, x: np.zeros_like(y),
    ),
)
