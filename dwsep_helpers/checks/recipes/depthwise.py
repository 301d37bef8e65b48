"""A depthwise convolution in steps: a standard one with a weight that is zero off the diagonal."""

from collections.abc import Callable
from typing import Any

import numpy as np

from dwsep_helpers.checks.exercise import Row
from dwsep_helpers.checks.inputs import Pair
from dwsep_helpers.checks.recipes import convolution as standard
from dwsep_helpers.checks.recipes.convolution import convolution, multiply_and_add
from dwsep_helpers.kernels import depthwise_to_dense

# Takes a weight and C_in.
OfWeight = Callable[[np.ndarray, int], np.ndarray]


def depthwise(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    *,
    choose: OfWeight = lambda weight, channels: weight,
    dense: OfWeight = depthwise_to_dense,
    **steps: Callable[..., Any],
) -> np.ndarray:
    """Filter rightly, save for the steps that are replaced, those of a convolution among them."""
    channels = x.shape[1]
    weight = dense(choose(weight, channels), channels)
    return convolution(x, weight, bias, stride, padding, **steps)


def reading(channel: Callable[[np.ndarray, int], np.ndarray]) -> OfWeight:
    """Return what writes a dense weight of which output o reads ``channel(o, C_in)``."""

    def dense(weight: np.ndarray, channels: int) -> np.ndarray:
        reads = np.eye(channels, dtype=weight.dtype)[channel(np.arange(len(weight)), channels)]
        return reads[:, :, None, None] * weight

    return dense


def of_every_channel(weight: np.ndarray, channels: int) -> np.ndarray:
    """Let each filter read all channels with its one kernel."""
    return np.repeat(weight, channels, axis=1)


def _add_and_add(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Add window and kernel where they should be multiplied."""
    read = (weight != 0).any(axis=(2, 3), keepdims=True)  # no input of a check has a zero kernel
    sums = multiply_and_add(windows, np.broadcast_to(read, weight.shape).astype(windows.dtype))
    return sums + weight.sum((1, 2, 3))[:, None, None]


# fmt: off
_STEPS: tuple[Row, ...] = (
    ("channels-summed",
     {"finish": lambda y, x: np.broadcast_to(y.sum(axis=1, keepdims=True), y.shape)},
     "You add up the maps of all channels, as in unit 01; each map should stay by itself."),
    ("channels-summed-under-each-kernel", {"dense": of_every_channel},
     "You slide each kernel over all channels and sum them; it should read one channel alone."),
    ("one-kernel-for-all", {"choose": lambda w, c: np.broadcast_to(w[:1], w.shape)},
     "You filter every channel with kernel 0; each should meet a kernel of its own."),
    ("kernel-order-reversed", {"choose": lambda w, c: w[::-1]},
     "You pair the channels with the kernels in the opposite order; channel 0 should meet the "
     "first."),
    ("kernel-of-the-channel-before",
     {"choose": lambda w, c: np.roll(w, len(w) // c, axis=0)},
     "You filter channel c with the kernels of channel c - 1, channel 0 with the last ones; "
     "each should meet its own."),
    ("first-channel-only", {"dense": reading(lambda o, c: 0 * o)},
     "You read channel 0 for every output; each channel should make outputs of its own."),
    ("last-channel-only", {"dense": reading(lambda o, c: 0 * o + c - 1)},
     "You end up with the last channel in every output; each should keep the map of its own "
     "channel."),
    ("every-kernel-on-every-channel", {"choose": lambda w, c: np.tile(w, (c, 1, 1, 1))},
     "You let every kernel filter every channel; it should filter its own channel alone."),
    ("kernel-major-order", {"dense": reading(lambda o, c: o % c)},
     "You let output o read channel o modulo C_in; the m outputs of one channel should lie side "
     "by side."),
    ("remainder-by-m", {"dense": reading(lambda o, c: o % (len(o) // c))},
     "You take what is left over when the output's number is divided by m; it should be the whole "
     "quotient."),
    ("divided-by-the-channels", {"dense": reading(lambda o, c: o // c)},
     "You divide the output's number by the number of channels; it should be divided by m."),
    ("kernel-major-outputs",
     {"finish": lambda y, x: y[:, np.arange(y.shape[1]).reshape(x.shape[1], -1).T.ravel()]},
     "You sort the outputs by kernel first, by channel second; they should be sorted by channel "
     "first."),
    # Where a convolution's own step would count the zeros off the diagonal.
    ("kernel-averaged", {"contract": lambda p, w: multiply_and_add(p, w) / w[0, 0].size},
     "You average the products; you should add them up."),
    ("kernel-left-out", {"choose": lambda w, c: np.ones_like(w)},
     "You add up each window's numbers as they are; the kernel should weight them."),
    ("added-not-multiplied", {"contract": _add_and_add},
     "You add window and kernel, number by number; they should be multiplied."),
    ("overwritten-not-added",
     {"contract": lambda p, w: multiply_and_add(p[..., -1:, -1:], w[..., -1:, -1:])},
     "You let each product replace the one before, so the last one alone is left; the sum should "
     "grow."),
    ("accumulator-reset-for-kernel-rows",
     {"contract": lambda p, w: multiply_and_add(p[..., -1:, :], w[..., -1:, :])},
     "You begin the sum anew at each row of the kernel, so the last row alone is left; it should "
     "begin at 0 for each output."),
)
# fmt: on
_BY_NAME = {row[0]: row for row in _STEPS}


def wrong_steps(names: str) -> list[Row]:
    """Return the rows of these names, separated by spaces; else those of a convolution."""
    return [_BY_NAME.get(name) or standard.wrong_steps(name)[0] for name in names.split()]
