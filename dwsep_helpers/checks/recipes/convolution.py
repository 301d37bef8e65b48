"""What can go wrong in the steps of a convolution."""

import numpy as np

from dwsep_helpers.checks.exercise import Row
from dwsep_helpers.checks.recipes import sizes, steps
from dwsep_helpers.checks.recipes.steps import (
    add_and_add,
    add_bias,
    all_windows,
    convolution,
    looking,
    multiply_and_add,
    positions,
    sum_the_window,
    windows_from,
)

__all__ = ["add_and_add", "convolution", "multiply_and_add", "sum_the_window", "wrong_steps"]

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
     "You average the products; you should add them up."),
    ("kernel-left-out", {"contract": sum_the_window},
     "You add up each window's numbers as they are; the kernel should weight them."),
    ("added-not-multiplied", {"contract": add_and_add},
     "You add window and kernel, number by number; they should be multiplied."),
    ("matrix-product", {"contract": steps.matrix_product},
     "You multiply window and kernel as matrices, row by column; numbers in the same place should "
     "be multiplied."),
    ("rows-meet-all-rows", {"contract": lambda p, w: np.einsum("ncijhw,fcgw->nfij", p, w)},
     "You let each row of the window meet every row of the kernel; numbers in the same place "
     "should be multiplied."),
    ("patches-in-another-order",
     {"filters": lambda w: np.moveaxis(w.reshape(len(w), *w.shape[2:], -1), -1, 1)},
     "You flatten patches with the channels last and kernels with the channels first; both should "
     "be in one order."),
    ("sign-turned", {"contract": lambda p, w: -multiply_and_add(p, w)},
     "You flip the sign of every sum; it should stay as it is."),
    ("overwritten-not-added",
     {"contract": lambda p, w: multiply_and_add(p[:, -1:, ..., -1:, -1:], w[:, -1:, -1:, -1:])},
     "You let each product replace the one before, so the last one alone is left; the sum should "
     "grow."),
    ("accumulator-reset-for-kernel-rows",
     {"contract": lambda p, w: multiply_and_add(p[:, -1:, ..., -1:, :], w[:, -1:, -1:, :])},
     "You begin the sum anew at each row of the kernel, so the last row alone is left; it should "
     "begin at 0 for each output."),
    ("accumulator-never-reset",
     {"contract": lambda p, w: steps.running(multiply_and_add(p, w), axes=4)},
     "You let one sum run on from output to output; it should begin at 0 for each of them."),
    ("accumulator-reset-for-maps",
     {"contract": lambda p, w: steps.running(multiply_and_add(p, w), axes=2)},
     "You let one sum run on through a whole map; it should begin at 0 for each output."),
    ("accumulator-reset-for-rows",
     {"contract": lambda p, w: steps.running(multiply_and_add(p, w), axes=1)},
     "You let one sum run on through a whole row; it should begin at 0 for each output."),
    ("returned-after-one-output", {"finish": lambda y, x: steps.stopped(y, axes=0)},
     "You return after the first output, the others still zero; the return should come after the "
     "loops."),
    ("returned-after-one-row", {"finish": lambda y, x: steps.stopped(y, axes=1)},
     "You return after the first row, the others still zero; the return should come after the "
     "loops."),
    ("returned-after-one-map", {"finish": lambda y, x: steps.stopped(y, axes=2)},
     "You return after the first map, the others still zero; the return should come after the "
     "loops."),
    # Channels, filters, images.
    ("weight-axes-swapped", {"filters": lambda w: w.swapaxes(0, 1)},
     "You swap the weight's first two axes; axis 0 should be the filter, axis 1 the channel."),
    ("first-channel-only", {"contract": lambda p, w: multiply_and_add(p[:, :1], w[:, :1])},
     "You read channel 0 alone; an output value should sum over all channels."),
    ("last-channel-only", {"contract": lambda p, w: multiply_and_add(p[:, -1:], w[:, -1:])},
     "You let each channel's sum replace the one before; the channels' sums should be added up."),
    ("channels-averaged", {"contract": lambda p, w: multiply_and_add(p, w) / w.shape[1]},
     "You average the channels; you should add them up."),
    ("channels-kept-apart", {"contract": lambda p, w: np.einsum("ncijhw,fchw->nfcij", p, w)},
     "You keep one map for each channel; the maps should be added up in a last step."),
    ("one-slice-for-all-channels",
     {"contract": lambda p, w: multiply_and_add(p, np.broadcast_to(w[:, :1], w.shape))},
     "You let every channel meet the slice for channel 0; each should meet a slice of its own."),
    ("one-channel-for-all-slices",
     {"contract": lambda p, w: multiply_and_add(np.broadcast_to(p[:, :1], p.shape), w)},
     "You let every slice of the kernel meet channel 0; each should meet a channel of its own."),
    ("first-channel-left-out", {"contract": lambda p, w: multiply_and_add(p[:, 1:], w[:, 1:])},
     "You leave channel 0 out; the sum should run over all channels."),
    ("last-channel-left-out", {"contract": lambda p, w: multiply_and_add(p[:, :-1], w[:, :-1])},
     "You leave the last channel out; the sum should run over all channels."),
    ("first-channel-twice",
     {"contract": lambda p, w: multiply_and_add(p, w) + multiply_and_add(p[:, :1], w[:, :1])},
     "You begin the sum with channel 0, and add it once more in the loop; each channel should "
     "count once."),
    ("largest-channel",
     {"contract": lambda p, w: np.einsum("ncijhw,fchw->nfcij", p, w).max(axis=2)},
     "You keep the largest of the channels' sums; they should be added up."),
    ("channel-order-reversed", {"filters": lambda w: w[:, ::-1]},
     "You pair the channels with the slices in the opposite order; channel 0 should meet slice 0."),
    ("slice-of-the-channel-before", {"filters": lambda w: np.roll(w, 1, axis=1)},
     "You let channel c meet slice c - 1, and channel 0 the last one; channel c should meet slice "
     "c."),
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
    ("batch-last-repeated", {"finish": lambda y, x: np.broadcast_to(y[-1:], y.shape)},
     "You give every image of the batch the answer of the last image; each should get its own."),
    ("batch-not-moved-back",
     {"contract": lambda p, w: steps.unfolded(multiply_and_add(p, w), (1, 0, 2, 3), (0, 1, 2, 3))},
     "You reshape the right sums so that they land in wrong images; the batch should be moved back "
     "to axis 0."),
    ("outputs-reshaped-not-moved",
     {"contract": lambda p, w: steps.unfolded(multiply_and_add(p, w), (0, 2, 3, 1), (0, 1, 2, 3))},
     "You reshape the right sums, whose channels are last, so that they land in wrong places; the "
     "channels should be moved to axis 1."),
    ("columns-read-batch-last",
     {"contract": lambda p, w: steps.unfolded(multiply_and_add(p, w), (1, 0, 2, 3), (1, 2, 3, 0))},
     "You unfold columns as (H_out, W_out, N) that are sorted by image first; a reshape should "
     "name the axes in their order."),
    ("columns-read-batch-first",
     {"contract": lambda p, w: steps.unfolded(multiply_and_add(p, w), (1, 2, 3, 0), (1, 0, 2, 3))},
     "You unfold columns as (N, H_out, W_out) that are sorted by image last; a reshape should "
     "name the axes in their order."),
    ("batch-dropped", {"finish": lambda y, x: y[0]},
     "You drop the batch axis; the answer should keep it, even for a batch of one."),
    ("channels-last", {"finish": lambda y, x: np.moveaxis(y, 1, -1)},
     "You put the channels last; they should be on axis 1."),
    ("height-and-width-swapped", {"finish": lambda y, x: y.swapaxes(2, 3)},
     "You swap rows and columns of the answer; H_out should come before W_out."),
    ("height-for-width", {"windows": steps.square},
     "You make the answer as wide as it is high; H_out and W_out should be worked out separately."),
    # Bias.
    ("bias-forgotten", {"add": lambda y, b, w: y},
     "You leave the bias out; each filter should add its own to all its outputs."),
    ("bias-tested-for-truth", {"add": lambda y, b, w: add_bias(y, b, w) if b else y},
     "You ask whether the bias is true, which NumPy can't say of several numbers; you should ask "
     "whether it is None."),
    ("bias-left-out-for-a-zero", {"add": lambda y, b, w: add_bias(y, b, w) if b.all() else y},
     "You leave the whole bias out where one of its numbers is 0; you should ask whether it is "
     "None."),
    ("bias-cut", {"add": lambda y, b, w: add_bias(y, b, w).astype(y.dtype)},
     "You add the bias in an array of whole numbers, which cuts its fractions off; the array "
     "should be of floats."),
    ("bias-per-channel", {"add": lambda y, b, w: add_bias(y, b * w.shape[1], w)},
     "You add the bias once for each input channel; it should be added once for each output."),
    ("bias-per-tap", {"add": lambda y, b, w: add_bias(y, b * np.count_nonzero(w[0]), w)},
     "You add the bias with every product; it should be added once, outside of that sum."),
    ("bias-subtracted", {"add": lambda y, b, w: add_bias(y, -b, w)},
     "You subtract the bias; it should be added."),
    ("bias-first-only", {"add": lambda y, b, w: y + b[0]},
     "You add the bias of filter 0 for every filter; each should add its own."),
    ("bias-summed", {"add": lambda y, b, w: y + b.sum()},
     "You add the sum of all biases to every output; each filter should add its own alone."),
    ("bias-along-width", {"add": lambda y, b, w: y + b},
     "You spread the bias along the columns of the answer; it should lie along axis 1, the "
     "filters."),
    # Padding.
    ("padding-forgotten", {"options": lambda s, p, k: (s, (0, 0))},
     "You leave the padding out; the input should grow on all four sides first."),
    ("padding-one-side", {"pad": lambda x, p: steps.padded(x, (p[0], 0), (p[1], 0))},
     "You reckon with zeros before the first row and column alone; they should come after the "
     "last, too."),
    ("padding-after-only", {"pad": lambda x, p: steps.padded(x, (0, p[0]), (0, p[1]))},
     "You reckon with zeros after the last row and column alone; they should come before the "
     "first, too."),
    ("padding-all-before",
     {"pad": lambda x, p: steps.padded(x, (2 * p[0], 0), (2 * p[1], 0))},
     "You put all zeros before the first row and column; half of them should come after the "
     "last."),
    ("padding-all-after", {"pad": lambda x, p: steps.padded(x, (0, 2 * p[0]), (0, 2 * p[1]))},
     "You put all zeros after the last row and column; half of them should come before the "
     "first."),
    ("padding-axes-swapped", {"options": lambda s, p, k: (s, p[::-1])},
     "You pad rows by what is meant for columns; the first of the pair should be for rows."),
    ("padding-first-of-pair", {"options": lambda s, p, k: (s, (p[0], p[0]))},
     "You use the padding of the rows for both; columns should get the second of the pair."),
    ("padding-second-of-pair", {"options": lambda s, p, k: (s, (p[1], p[1]))},
     "You use the padding of the columns for both; rows should get the first of the pair."),
    ("padding-on-one-axis", {"options": lambda s, p, k: (s, (p[0], 0))},
     "You pad above and below alone; the left and the right should get zeros as well."),
    ("padding-on-columns-alone", {"options": lambda s, p, k: (s, (0, p[1]))},
     "You pad at the left and the right alone; there should be zeros above and below as well."),
    ("padding-doubled", {"options": lambda s, p, k: (s, (2 * p[0], 2 * p[1]))},
     "You add twice as many zeros as asked for; `padding` should count one side."),
    ("padding-with-edge-values", {"pad": lambda x, p: steps.padded(x, *p, mode="edge")},
     "You repeat the edge outwards; this padding should be made of zeros."),
    ("padding-with-wrapped-values", {"pad": lambda x, p: steps.padded(x, *p, mode="wrap")},
     "You pad with what lies on the opposite side; this padding should be made of zeros."),
    ("padding-on-all-axes", {"pad": steps.padded_on_all_axes},
     "You pad all four axes, so images and channels move, too; rows and columns alone should "
     "grow."),
    ("images-and-channels-padded", {"pad": lambda x, p: np.pad(x, p)},
     "You pad all four axes, which adds images and channels; rows and columns alone should grow."),
    ("window-clamped", {"look": looking(steps.clamped)},
     "You push windows at the border back into the image; there they should meet the zeros of the "
     "padding."),
    ("window-cut-off", {"look": looking(steps.cut_off)},
     "You cut windows off at the border, and what is left meets the wrong taps; there should be "
     "zeros in their place."),
    ("window-centred",
     {"look": looking(
         lambda d, k, s, p: windows_from(-p - k // 2, s, positions(d, k, s, p), k))},
     "You centre the window on its position; it should begin there."),
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
    ("image-strided", {"look": steps.strided_image},
     "You leave out rows and columns of the image; all of them should stay, and the kernel should "
     "skip positions."),
    ("stride-on-the-first-axes",
     {"windows": lambda x, k, s: all_windows(x, k, (1, 1)),
      "thin": lambda y, s: y[:: s[0], :: s[1]]},
     "You stride over images and filters, the first two axes; rows and columns should be strided "
     "over, the last two."),
    ("stride-subsamples-from-one",
     {"windows": lambda x, k, s: all_windows(x, k, (1, 1))[:, :, s[0] - 1::s[0], s[1] - 1::s[1]]},
     "You keep every S-th window from the S-th on; you should begin with the one at cell 0."),
    ("stride-not-in-position",
     {"look": looking(lambda d, k, s, p: windows_from(-p, 1, positions(d, k, s, p), k))},
     "You take windows one cell apart, though as many as asked for; the window of output row i "
     "should begin S cells after the one before."),
    ("stride-ignored-in-output", {"look": looking(steps.in_a_large_buffer)},
     "You make the answer as large as with stride 1, so zeros are left over; it should be as "
     "large as there are positions."),
    ("output-size-off-by-one", {"windows": lambda x, k, s: all_windows(x, k, s)[:, :, :-1, :-1]},
     "You leave out the last row and column; a position at the very end should count, too."),
    ("last-row-missing", {"windows": lambda x, k, s: all_windows(x, k, s)[:, :, :-1]},
     "You leave out the last row; a position at the very end should count, too."),
    ("last-column-missing", {"windows": lambda x, k, s: all_windows(x, k, s)[:, :, :, :-1]},
     "You leave out the last column; a position at the very end should count, too."),
    ("last-row-and-column-not-written", {"finish": lambda y, x: steps.ended_early(y)},
     "You end the loops one row and one column too early, so zeros are left there; they should go "
     "on to the last."),
    ("columns-counted-like-rows",
     {"finish": lambda y, x: np.where(np.arange(y.shape[-1]) < y.shape[-2], y, 0)},
     "You loop over as many columns as there are rows; the loop over columns should go on to "
     "W_out."),
    ("output-size-rounded-up",
     {"look": looking(lambda d, k, s, p: windows_from(-p, s, -((k - d - 2 * p) // s) + 1, k))},
     "You let the last window hang over the edge; where the stride does not divide, cells should "
     "be left over."),
    ("same-size-assumed",
     {"look": looking(lambda d, k, s, p: windows_from(-p, s, -(-d // s), k))},
     "You make the answer of the size for a padding that keeps it; the padding should be the one "
     "given."),
    ("plus-one-before-dividing",
     {"look": looking(lambda d, k, s, p: windows_from(-p, s, (d + 2 * p - k + 1) // s, k))},
     "You add the one before you divide by the stride; it should be added after, since it counts "
     "a position."),
    ("output-as-large-as-input",
     {"look": looking(lambda d, k, s, p: windows_from(-((k - 1) // 2), s, d, k))},
     "You make the answer as large as the image, as if it were padded; only whole windows should "
     "count."),
    # Numbers.
    ("integer-truncation", {"finish": lambda y, x: np.trunc(y).astype(np.int64)},
     "You lose the digits after the decimal point; the array you write to should be of floats."),
    ("input-dtype-kept", {"finish": lambda y, x: y.astype(x.dtype)},
     "You give the answer the dtype of the image; with whole-number pixels and a kernel of "
     "fractions it should be of floats."),
    ("kernel-dtype-kept", {"contract": lambda p, w: multiply_and_add(p, w).astype(w.dtype)},
     "You give the answer the dtype of the kernel; where pixels have fractions, it should be of "
     "floats."),
    ("input-dtype-kept-tap-by-tap", steps.adding_by(steps.by_tap),
     "You add products to an array of the image's dtype, which cuts each of them; with "
     "whole-number pixels it should be of floats."),
    ("input-dtype-kept-channel-by-channel", steps.adding_by(steps.by_channel),
     "You add each channel's sum to an array of the image's dtype, which cuts it; with "
     "whole-number pixels it should be of floats."),
    ("input-dtype-kept-before-the-bias", steps.adding_by(steps.in_one),
     "You store sums and add the bias in an array of the image's dtype, which cuts both; with "
     "whole-number pixels it should be of floats."),
    ("integers-tap-by-tap", steps.adding_by(steps.by_tap, np.int64),
     "You add products to an array of whole numbers, which cuts each of them; it should be of "
     "floats."),
    ("integers-channel-by-channel", steps.adding_by(steps.by_channel, np.int64),
     "You add each channel's sum to an array of whole numbers, which cuts it; it should be of "
     "floats."),
    ("integers-before-the-bias", steps.adding_by(steps.in_one, np.int64),
     "You store sums and add the bias in an array of whole numbers, which cuts both; it should be "
     "of floats."),
    ("half-precision", {"finish": lambda y, x: y.astype(np.float16)},
     "You round to float16, which keeps three digits; sums should be kept in float32 or float64."),
    ("negatives-cut-off", {"finish": lambda y, x: np.maximum(y, 0)},
     "You turn negative values into zeros; an activation should be a layer of its own."),
    ("nothing-written", {"finish": lambda y, x: np.zeros_like(y)},
     "You return zeros; each sum should be stored in the array that you return."),
)
# fmt: on
_BY_NAME = {row[0]: row for row in (*_STEPS, *sizes.ROWS)}


def wrong_steps(names: str) -> list[Row]:
    """Return the rows of these names, which are separated by spaces."""
    return [_BY_NAME[name] for name in names.split()]
