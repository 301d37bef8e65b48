"""Wrong ways to filter each channel by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from dwsep_helpers.checks.exercise import Mistake
from dwsep_helpers.checks.mistakes.conv2d import CONV2D
from dwsep_helpers.checks.mistakes.correlation import CORRELATE2D
from dwsep_helpers.checks.mistakes.recipe import add_bias, multiply_and_add, recipe, reuse

Reads = Callable[[np.ndarray, int], np.ndarray]


def own_channel(outputs: np.ndarray, channels: int) -> np.ndarray:
    """Return which channel each output reads: blocks of m belong to one channel."""
    return outputs // (len(outputs) // channels)


def on_the_diagonal(weight: np.ndarray, channels: int, reads: Reads = own_channel) -> np.ndarray:
    """Write a depthwise weight as (C_out, C_in, K_h, K_w), zero where a filter doesn't read."""
    outputs = np.arange(len(weight))
    dense = np.zeros((len(weight), channels, *weight.shape[2:]), dtype=weight.dtype)
    dense[outputs, reads(outputs, channels)] = weight[:, 0]
    return dense


def on_every_channel(weight: np.ndarray, channels: int) -> np.ndarray:
    """Let each filter read all channels with its one kernel."""
    return np.repeat(weight, channels, axis=1)


def depthwise(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: Any = 1,
    padding: Any = 0,
    *,
    kernels: Callable[[np.ndarray, int], np.ndarray] = lambda weight, channels: weight,
    dense: Callable[[np.ndarray, int], np.ndarray] = on_the_diagonal,
    arrange: Callable[[np.ndarray, int], np.ndarray] = lambda y, channels: y,
    **steps: Callable[..., Any],
) -> np.ndarray:
    """Filter rightly, save for the steps that are replaced."""
    channels = x.shape[1]
    weight = kernels(weight, channels)
    y = recipe(x, dense(weight, channels), bias, stride, padding, **steps)
    return arrange(y, channels)


def _each_channel(image: np.ndarray, stack: np.ndarray, **steps: Callable[..., Any]) -> Any:
    return depthwise(image[None], stack[:, None], **steps)[0]


def _reading(reads: Reads) -> Callable[[np.ndarray, int], np.ndarray]:
    return partial(on_the_diagonal, reads=reads)


def _sum_of_all(y: np.ndarray, channels: int) -> np.ndarray:
    return np.broadcast_to(y.sum(axis=1, keepdims=True), y.shape)


def _last_tap(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return multiply_and_add(windows[..., -1:, -1:], weight[..., -1:, -1:])


def _mean(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return multiply_and_add(windows, weight) / weight[0, 0].size


def _added(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Add window and kernel where they should be multiplied."""
    read = (weight != 0).any(axis=(2, 3), keepdims=True)  # no input of a check has a zero kernel
    sums = multiply_and_add(windows, np.broadcast_to(read, weight.shape).astype(windows.dtype))
    return sums + weight.sum((1, 2, 3))[:, None, None]


def _by_kernel(y: np.ndarray, channels: int) -> np.ndarray:
    """Put the outputs in the order k * C_in + c."""
    n, outputs, *size = y.shape
    return y.reshape(n, channels, -1, *size).swapaxes(1, 2).reshape(n, outputs, *size)


def _by_kernel_read(weight: np.ndarray, channels: int) -> np.ndarray:
    """Take kernel k * C_in + c where c * m + k is meant."""
    return weight.reshape(-1, channels, *weight.shape[1:]).swapaxes(0, 1).reshape(weight.shape)


def _sum_of_copies(y: np.ndarray, channels: int) -> np.ndarray:
    return y.reshape(len(y), channels, -1, *y.shape[2:]).sum(axis=2)


def _every_pair(weight: np.ndarray, channels: int) -> np.ndarray:
    """Let every kernel make a map of every channel."""
    return np.concatenate(
        [_reading(lambda o, _, c=c: np.full_like(o, c))(weight, channels) for c in range(channels)]
    )


_CHANNELS = (
    (
        "channels-summed",
        "The maps of all channels are added up, as in unit 01; here each stays by itself.",
        {"arrange": _sum_of_all},
    ),
    (
        "channels-summed-under-each-kernel",
        "Each kernel slides over all channels and sums them; it belongs to one channel.",
        {"dense": on_every_channel},
    ),
    (
        "one-kernel-for-all",
        "Every channel meets kernel 0; each has a kernel of its own.",
        {"kernels": lambda w, c: np.broadcast_to(w[:1], w.shape)},
    ),
    (
        "kernel-order-reversed",
        "Channels meet the kernels in the opposite order.",
        {"kernels": lambda w, c: w[::-1]},
    ),
    (
        "first-channel-only",
        "Every output reads channel 0; each channel makes an output of its own.",
        {"dense": _reading(lambda o, c: np.zeros_like(o))},
    ),
    (
        "last-channel-only",
        "Every output reads the last channel: is a map replaced where it should be kept?",
        {"dense": _reading(lambda o, c: np.full_like(o, c - 1))},
    ),
    (
        "every-kernel-on-every-channel",
        "Every kernel filters every channel; each channel has a kernel of its own.",
        {"dense": _every_pair},
    ),
)
_PLANE = (
    (
        "kernel-averaged",
        "The products are averaged; they are added up and divided by nothing.",
        {"contract": _mean},
    ),
    (
        "kernel-left-out",
        "The numbers of each window are added up as they are; the kernel is to weigh them.",
        {"kernels": lambda w, c: np.ones_like(w)},
    ),
    (
        "added-not-multiplied",
        "Window and kernel are added, number by number; they are to be multiplied.",
        {"contract": _added},
    ),
    (
        "overwritten-not-added",
        "Each product replaces the one before, so only the last tap is left: the sum has to grow.",
        {"contract": _last_tap},
    ),
)


def _bank(function: Callable[..., Any], *rows: tuple[str, str, dict[str, Any]]) -> Any:
    return tuple(Mistake(name, says, partial(function, **steps)) for name, says, steps in rows)


FILTER_EACH_CHANNEL = (
    *_bank(
        _each_channel,
        *_CHANNELS,
        (
            "channels-summed-to-one-map",
            "The maps are added into one, as in unit 01; here they are stacked, one per channel.",
            {"arrange": lambda y, c: y.sum(axis=1)},
        ),
        *_PLANE,
    ),
    *reuse(
        CORRELATE2D,
        (
            *("kernel-flipped", "kernel-transposed", "kernel-last-row-skipped", "sign-turned"),
            *("output-size-off-by-one", "last-row-missing", "last-column-missing"),
            *("columns-counted-like-rows", "output-as-large-as-input", "height-for-width"),
            *("height-and-width-swapped", "stride-of-the-kernel", "integer-truncation"),
        ),
        _each_channel,
    ),
    *_bank(
        _each_channel,
        (
            "channels-last",
            "The maps are stacked along the last axis; the channel is axis 0.",
            {"arrange": lambda y, c: np.moveaxis(y, 1, -1)},
        ),
    ),
)

DEPTHWISE_CONV2D = (
    *_bank(
        depthwise,
        *_CHANNELS,
        (
            "kernel-major-order",
            "Output o reads channel o modulo C_in. The m outputs of one channel lie side by side.",
            {"dense": _reading(lambda o, c: o % c)},
        ),
        (
            "kernel-major-weights",
            "The weight is read as if its kernels were sorted by k first, by channel second: the m "
            "kernels of one channel lie side by side.",
            {"kernels": _by_kernel_read},
        ),
        (
            "kernel-major-outputs",
            "The outputs are sorted by kernel first, by channel second: it is the other way round.",
            {"arrange": _by_kernel},
        ),
        (
            "multiplier-ignored",
            "There are as many outputs as input channels; each channel has m kernels.",
            {"kernels": lambda w, c: w[:c]},
        ),
        (
            "first-kernel-of-each",
            "Each channel meets the first of its m kernels alone; each kernel makes a map.",
            {"kernels": lambda w, c: w[:: len(w) // c]},
        ),
        (
            "kernels-of-a-channel-summed",
            "The m maps of a channel are added into one; each kernel keeps its own map.",
            {"arrange": _sum_of_copies},
        ),
        (
            "bias-per-input-channel",
            "The bias is taken by input channel; there is one for every output channel.",
            {"add": lambda y, b, w: y + b[(w != 0).any((2, 3)).argmax(1)].reshape(-1, 1, 1)},
        ),
        *_PLANE,
    ),
    *reuse(
        CONV2D,
        (
            *("kernel-flipped", "kernel-flipped-up-down", "kernel-flipped-left-right"),
            *("kernel-transposed", "kernel-last-row-skipped", "sign-turned"),
            *("batch-first-only", "batch-first-repeated", "batch-dropped", "channels-last"),
            *("height-and-width-swapped", "height-for-width"),
            *("bias-forgotten", "bias-subtracted", "bias-first-only", "bias-along-width"),
            *("padding-forgotten", "padding-one-side", "padding-after-only"),
            *("padding-axes-swapped", "padding-first-of-pair", "padding-second-of-pair"),
            *("padding-doubled", "padding-with-edge-values", "padding-with-wrapped-values"),
            *("stride-forgotten", "stride-axes-swapped", "stride-first-of-pair"),
            *("stride-second-of-pair", "stride-on-one-axis", "stride-on-columns-alone"),
            *("stride-of-the-kernel", "stride-subsamples-from-one", "stride-not-in-position"),
            *("stride-ignored-in-output", "output-size-off-by-one", "last-row-missing"),
            *("last-column-missing", "columns-counted-like-rows", "output-size-rounded-up"),
            "plus-one-before-dividing",
            *("integer-truncation", "input-dtype-kept", "negatives-cut-off", "nothing-written"),
        ),
        depthwise,
    ),
    *_bank(
        depthwise,
        (
            "bias-per-tap",
            "The bias is added with every product; it belongs outside of that sum, once.",
            {"add": lambda y, b, w: add_bias(y, b * w[0, 0].size, w)},
        ),
    ),
)


def _wrong_dense(
    name: str, says: str, function: Callable[[np.ndarray, int], np.ndarray], hint: int = 2
) -> Mistake:
    return Mistake(name, says, lambda weight, channels: function(weight, channels), hint)


DEPTHWISE_TO_DENSE = (
    _wrong_dense(
        "kernel-on-every-channel",
        "Each filter has its kernel in all slices: it would read all channels. One slice is "
        "its own, the others are zero.",
        on_every_channel,
        hint=1,
    ),
    _wrong_dense(
        "kernel-major-order",
        "Filter o has its kernel in slice o modulo the number of channels. The m filters of one "
        "channel lie side by side.",
        _reading(lambda o, c: o % c),
    ),
    _wrong_dense(
        "first-channel-only",
        "All filters have their kernel in slice 0; each reads its own channel.",
        _reading(lambda o, c: np.zeros_like(o)),
    ),
    _wrong_dense(
        "diagonal-reversed",
        "The first filters read the last channels: the diagonal runs the other way.",
        _reading(lambda o, c: c - 1 - own_channel(o, c)),
    ),
    _wrong_dense(
        "weight-axes-swapped",
        "The first two axes have changed places: axis 0 is the filter, axis 1 the channel.",
        lambda w, c: on_the_diagonal(w, c).swapaxes(0, 1),
    ),
    _wrong_dense(
        "weight-unchanged",
        "That is the depthwise weight itself; a standard filter has a slice for every channel.",
        lambda w, c: w,
        hint=1,
    ),
    _wrong_dense(
        "square",
        "There are as many slices as filters; there should be one for every input channel.",
        lambda w, c: on_the_diagonal(w, len(w), lambda o, _: o),
    ),
    _wrong_dense(
        "multiplier-ignored",
        "There are as many filters as channels; each channel has m of them.",
        lambda w, c: on_the_diagonal(w[:c], c),
    ),
    _wrong_dense(
        "first-kernel-of-each",
        "The m filters of a channel all have the first one's kernel.",
        lambda w, c: on_the_diagonal(np.repeat(w[:: len(w) // c], len(w) // c, axis=0), c),
        hint=3,
    ),
    _wrong_dense(
        "one-kernel-for-all",
        "All filters have kernel 0; each has its own.",
        lambda w, c: on_the_diagonal(np.broadcast_to(w[:1], w.shape), c),
        hint=3,
    ),
    _wrong_dense(
        "ones-for-weights",
        "The slices are in the right place and filled with ones; the kernel's numbers go there.",
        lambda w, c: on_the_diagonal(np.ones_like(w), c),
        hint=3,
    ),
    _wrong_dense(
        "kernel-flipped",
        "The kernels are turned by 180°; both layers slide them as they are.",
        lambda w, c: on_the_diagonal(w, c)[..., ::-1, ::-1],
    ),
    _wrong_dense(
        "kernel-transposed",
        "The kernels' rows have become columns.",
        lambda w, c: on_the_diagonal(w, c).swapaxes(2, 3),
    ),
    _wrong_dense(
        "divided-by-channels",
        "The weights are divided by the number of channels; the zeros take care of the others.",
        lambda w, c: on_the_diagonal(w, c) / c,
    ),
    _wrong_dense(
        "integer-truncation",
        "The digits after the point are lost: of what dtype is the array you write to?",
        lambda w, c: np.trunc(on_the_diagonal(w, c)).astype(np.int64),
        hint=3,
    ),
    _wrong_dense(
        "nothing-written",
        "Every weight is zero: are the kernels stored in the array that you return?",
        lambda w, c: np.zeros_like(on_the_diagonal(w, c)),
        hint=3,
    ),
)
