"""Exercise 2.2: the depthwise layer, by loops."""

from functools import partial
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import (
    BIAS_OF_FRACTIONS,
    FRACTIONS,
    GAPS,
    INTEGERS,
    SINGLE,
    SMALL_LAYERS,
    WHOLE_WEIGHTS,
    by_hand,
    layer,
    listed,
)
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import bank
from dwsep_helpers.checks.inputs import SIZE, pair
from dwsep_helpers.checks.recipes.depthwise import depthwise, wrong_steps
from dwsep_helpers.checks.unit_01.conv2d import BIAS_WITH_A_ZERO, ON_THE_PLANE


def _as_without_gaps(x: np.ndarray, *layer: Any) -> np.ndarray:
    """Take x's rows to follow each other in memory, as they do once it is padded."""
    p_h, p_w = pair(layer[-1])
    gapless = as_strided(x, strides=np.empty(x.shape, x.dtype).strides)
    return depthwise(x if p_h or p_w else gapless, *layer)


def _sum_of_each_channel(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    return y.reshape(len(y), x.shape[1], -1, *y.shape[2:]).sum(axis=2)


# fmt: off
MISTAKES = bank(depthwise, [
    *wrong_steps(
        "channels-summed channels-summed-under-each-kernel one-kernel-for-all "
        "kernel-order-reversed first-channel-only last-channel-only "
        "every-kernel-on-every-channel kernel-major-order"
    ),
    ("kernel-major-weights", {"choose": lambda w, c: w[np.arange(len(w)).reshape(-1, c).T.ravel()]},
     "You read the weight as if it were sorted by kernel first, by channel second; the m kernels "
     "of one channel should lie side by side."),
    *wrong_steps("kernel-major-outputs"),
    ("multiplier-ignored", {"choose": lambda w, c: w[:c]},
     "You make as many outputs as there are input channels; each channel should make m of them."),
    ("first-kernel-of-each", {"choose": lambda w, c: w[:: len(w) // c]},
     "You use the first of each channel's m kernels alone; every kernel should make a map."),
    ("kernels-of-a-channel-summed", {"finish": _sum_of_each_channel},
     "You add the m maps of a channel into one; each kernel should keep its own map."),
    ("bias-per-input-channel",
     {"add": lambda y, b, w: y + b[(w != 0).any((2, 3)).argmax(1)].reshape(-1, 1, 1)},
     "You pick the bias by input channel; each output channel should add its own."),
    ("gaps-in-memory-ignored", _as_without_gaps,
     "You take neighbours of x to be neighbours in memory; its own strides should say how far "
     "apart they lie."),
    *wrong_steps(
        "kernel-averaged kernel-left-out added-not-multiplied overwritten-not-added "
        "kernel-flipped kernel-flipped-up-down kernel-flipped-left-right kernel-transposed "
        "kernel-last-row-skipped sign-turned batch-first-only batch-first-repeated batch-dropped "
        "batch-last-repeated batch-not-moved-back outputs-reshaped-not-moved "
        "columns-read-batch-last columns-read-batch-first bias-tested-for-truth "
        "bias-left-out-for-a-zero divided-by-the-channels remainder-by-m bias-summed "
        "channels-last height-and-width-swapped height-for-width bias-forgotten bias-subtracted "
        f"bias-cut bias-first-only bias-along-width {ON_THE_PLANE} bias-per-tap"
    ),
])
# fmt: on

# As in unit 01, with the depth multiplier in place of filters.
_LAYERS = (
    *SMALL_LAYERS,
    ("one kernel for each channel", (2, 3, 5, 6), (1, 2, 3), False, 1, 0),
    ("two kernels for each channel", (1, 3, 4, 5), (2, 2, 2), False, 1, 0),
    ("all sizes different", (2, 3, 8, 11), (2, 3, 2), True, (2, 3), (1, 2)),
    ("as many kernels as channels, all square", (3, 3, 6, 6), (3, 3, 3), True, 1, 1),
    ("one channel", (2, 1, 6, 5), (3, 2, 3), True, 1, 1),
    ("a stride that divides", (2, 2, 9, 7), (1, 3, 3), True, 2, 0),
    ("a stride larger than the kernel", (1, 2, 9, 10), (1, 2, 2), True, 4, 0),
    ("a 1×1 kernel with padding", (2, 3, 4, 5), (2, 1, 1), True, 1, 1),
    ("a stride that does not divide", (1, 2, 8, 9), (2, 3, 2), False, (3, 2), (0, 2)),
    ("a kernel as large as the image", (2, 2, 3, 4), (2, 3, 4), True, 1, 0),
    ("whole numbers", (1, 2, 5, 6), (2, 2, 3), True, 2, 1, INTEGERS),
    ("whole-number pixels, weights of fractions", (1, 2, 4, 5), (2, 2, 2), True, 1, 0, FRACTIONS),
    ("fractions and whole-number weights", (1, 2, 3, 4), (2, 2, 2), False, 1, 0, WHOLE_WEIGHTS),
    ("whole numbers, a bias of fractions", (1, 2, 3, 3), (2, 2, 2), True, 1, 0, BIAS_OF_FRACTIONS),
    ("float32", (2, 2, 5, 4), (2, 2, 2), True, 1, (1, 0), SINGLE),
    ("an input with gaps in memory", (2, 2, 6, 5), (2, 2, 3), True, (1, 2), 0, GAPS),
)
_STRICT = (
    ("one kernel for each channel", (2, 4, 6, 5), (1, 3, 2), True, 1, 1),
    ("all sizes different", (3, 2, 10, 7), (3, 2, 4), True, (3, 2), (2, 1)),
    ("four kernels for each channel", (2, 3, 5, 6), (4, 2, 3), True, (1, 2), 0),
    ("a stride that divides", (1, 3, 7, 11), (1, 3, 3), True, (2, 4), 0),
    ("a stride larger than the kernel", (2, 3, 11, 9), (2, 1, 2), False, (5, 3), 0),
    ("more padding than kernel", (2, 2, 3, 4), (2, 3, 2), True, (1, 2), (4, 3)),
    ("a 1×1 kernel with padding", (1, 2, 3, 4), (2, 1, 1), True, 1, (1, 2)),
    ("a kernel as large as the padded image", (1, 3, 3, 4), (2, 5, 6), True, 2, 1),
    ("whole numbers", (2, 3, 6, 5), (2, 3, 2), True, (2, 1), 0, INTEGERS),
    ("whole-number pixels, weights of fractions", (2, 3, 4, 4), (2, 3, 2), True, 2, 1, FRACTIONS),
    ("fractions and whole-number weights", (2, 2, 4, 5), (2, 2, 3), True, 1, 1, WHOLE_WEIGHTS),
    ("whole numbers, a bias of fractions", (1, 2, 5, 4), (3, 3, 2), True, 2, 1, BIAS_OF_FRACTIONS),
    ("an input with gaps in memory", (2, 3, 5, 6), (2, 2, 2), False, 1, 0, GAPS),
)
_HAND = by_hand(np.array([[[[5]], [[7]]]]), np.array([1, 10, 2, 20]).reshape(4, 1, 1, 1))
_SMALL = by_hand(
    np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]).reshape(1, 1, 3, 3),
    np.array([[[1, 0], [0, 10]], [[0, 0], [0, 1]]]).reshape(2, 1, 2, 2),
    says="a stride of 2, small enough to follow",
    stride=2,
    padding=1,
)
_layer = partial(layer, depthwise=True)

depthwise_conv2d = Check(
    number="2.2",
    name="depthwise_conv2d",
    points=5,
    reference=kernels.depthwise_conv2d,
    takes="x weight bias stride padding",
    cases=listed(_HAND, _SMALL, BIAS_WITH_A_ZERO, *_LAYERS, of=_layer),
    strict=listed(_HAND, _SMALL, BIAS_WITH_A_ZERO, *_STRICT, of=_layer),
    mistakes=MISTAKES,
    axes=("N", "C_in * m", "H_out", "W_out"),
    allows=(SIZE,),
)
