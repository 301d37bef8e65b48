"""Exercise 1.5: the layer, by loops."""

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
from dwsep_helpers.checks.recipes import sizes
from dwsep_helpers.checks.recipes.convolution import convolution, wrong_steps

ON_THE_PLANE = (
    "padding-forgotten padding-one-side padding-after-only padding-all-before padding-all-after "
    "padding-axes-swapped padding-first-of-pair padding-second-of-pair padding-on-one-axis "
    "padding-on-columns-alone padding-doubled "
    "padding-with-edge-values padding-on-all-axes images-and-channels-padded window-clamped "
    "window-cut-off window-centred padding-with-wrapped-values stride-forgotten "
    "stride-axes-swapped stride-first-of-pair stride-second-of-pair stride-on-one-axis "
    "stride-on-columns-alone stride-of-the-kernel stride-on-the-first-axes same-size-assumed "
    "image-strided last-row-and-column-not-written accumulator-reset-for-kernel-rows "
    "accumulator-never-reset accumulator-reset-for-maps accumulator-reset-for-rows "
    "returned-after-one-output returned-after-one-row returned-after-one-map matrix-product "
    "rows-meet-all-rows half-precision stride-subsamples-from-one stride-not-in-position "
    "stride-ignored-in-output output-size-off-by-one last-row-missing last-column-missing "
    "columns-counted-like-rows output-size-rounded-up plus-one-before-dividing integer-truncation "
    "input-dtype-kept kernel-dtype-kept negatives-cut-off nothing-written "
    "input-dtype-kept-tap-by-tap input-dtype-kept-before-the-bias integers-tap-by-tap "
    f"integers-before-the-bias {sizes.PADDED}"
)


def _as_without_gaps(x: np.ndarray, *layer: Any) -> np.ndarray:
    """Take x's rows to follow each other in memory, as they do once it is padded."""
    p_h, p_w = pair(layer[-1])
    gapless = as_strided(x, strides=np.empty(x.shape, x.dtype).strides)
    return convolution(x if p_h or p_w else gapless, *layer)


# fmt: off
MISTAKES = bank(convolution, [
    ("gaps-in-memory-ignored", _as_without_gaps,
     "You take neighbours of x to be neighbours in memory; its own strides should say how far "
     "apart they lie."),
    *wrong_steps(
        "kernel-flipped kernel-flipped-up-down kernel-flipped-left-right kernel-transposed "
        "kernel-last-row-skipped kernel-averaged kernel-left-out added-not-multiplied sign-turned "
        "overwritten-not-added weight-axes-swapped first-channel-only last-channel-only "
        "channels-averaged one-slice-for-all-channels channel-order-reversed "
        "slice-of-the-channel-before one-filter-for-all "
        "patches-in-another-order batch-last-repeated batch-not-moved-back "
        "outputs-reshaped-not-moved columns-read-batch-last columns-read-batch-first "
        "filters-added-up batch-first-only batch-first-repeated batch-dropped channels-last "
        "height-and-width-swapped height-for-width bias-forgotten bias-per-channel bias-per-tap "
        "bias-tested-for-truth bias-left-out-for-a-zero bias-cut "
        "input-dtype-kept-channel-by-channel integers-channel-by-channel "
        f"bias-subtracted bias-first-only bias-summed bias-along-width {ON_THE_PLANE}"
    ),
])
# fmt: on

# Batch, channels and image; filters and kernel; bias, stride and padding.
_LAYERS = (
    *SMALL_LAYERS,
    ("no bias, stride 1, no padding", (2, 3, 5, 6), (4, 2, 3), False, 1, 0),
    ("all sizes different", (2, 3, 8, 11), (4, 3, 2), True, (2, 3), (1, 2)),
    ("as many filters as channels, all square", (2, 3, 6, 6), (3, 3, 3), False, 1, 1),
    ("a stride that divides", (2, 2, 9, 7), (3, 3, 3), True, 2, 0),
    ("a stride larger than the kernel", (1, 2, 9, 10), (3, 2, 2), True, 4, 0),
    ("a 1×1 kernel with padding", (2, 3, 4, 5), (2, 1, 1), True, 1, 1),
    ("a stride that does not divide", (1, 2, 8, 9), (3, 3, 2), False, (3, 2), (0, 2)),
    ("a kernel as large as the image", (2, 2, 3, 4), (3, 3, 4), True, 1, 0),
    ("whole numbers", (1, 2, 5, 6), (2, 2, 3), True, 2, 1, INTEGERS),
    ("whole-number pixels, weights of fractions", (1, 2, 4, 5), (3, 2, 2), True, 1, 0, FRACTIONS),
    ("fractions and whole-number weights", (1, 2, 3, 4), (2, 2, 2), False, 1, 0, WHOLE_WEIGHTS),
    ("whole numbers, a bias of fractions", (1, 2, 3, 3), (2, 2, 2), True, 1, 0, BIAS_OF_FRACTIONS),
    ("float32", (2, 2, 5, 4), (3, 2, 2), True, 1, (1, 0), SINGLE),
    ("an input with gaps in memory", (2, 2, 6, 5), (3, 2, 3), True, (1, 2), 0, GAPS),
)
_STRICT = (
    ("all sizes different", (3, 2, 10, 7), (5, 2, 4), True, (3, 2), (2, 1)),
    ("as many filters as channels, all square", (1, 4, 5, 5), (4, 2, 2), True, 2, 1),
    ("a stride that divides", (1, 3, 7, 11), (2, 3, 3), True, (2, 4), 0),
    ("a stride larger than the kernel", (2, 3, 11, 9), (2, 1, 2), False, (5, 3), 0),
    ("more padding than kernel", (2, 3, 3, 4), (4, 3, 2), True, (1, 2), (4, 3)),
    ("a 1×1 kernel with padding", (1, 2, 3, 4), (2, 1, 1), True, 1, (1, 2)),
    ("a kernel as large as the padded image", (1, 3, 3, 4), (2, 5, 6), True, 2, 1),
    ("whole numbers", (2, 3, 6, 5), (4, 3, 2), True, (2, 1), 0, INTEGERS),
    ("whole-number pixels, weights of fractions", (2, 3, 4, 4), (2, 3, 2), True, 2, 1, FRACTIONS),
    ("fractions and whole-number weights", (2, 2, 4, 5), (2, 2, 3), True, 1, 1, WHOLE_WEIGHTS),
    ("whole numbers, a bias of fractions", (1, 2, 5, 4), (3, 3, 2), True, 2, 1, BIAS_OF_FRACTIONS),
    ("an input with gaps in memory", (2, 3, 5, 6), (2, 2, 2), False, (2, 1), 0, GAPS),
    ("one image, one channel, one filter", (1, 1, 6, 5), (1, 2, 3), True, 1, 0),
)
BIAS_WITH_A_ZERO = by_hand(
    np.array([[[[1, 2]]]]),
    np.array([[[[3]]], [[[4]]]]),
    says="a bias with a zero, by hand",
    bias=np.array([0, 5]),
)
_HAND = (
    by_hand(np.array([[[[1, 2, 0], [0, 1, 3], [2, 0, 1]]]]), np.array([[[[1, 2], [0, -1]]]])),
    by_hand(
        np.array([[[[1, 2, 0, 1], [0, 1, 3, 1], [2, 0, 1, 2], [1, 1, 0, 0]]]]),
        np.array([[[[1, 2], [3, -1]]]]),
        says="stride, padding and bias, by hand",
        bias=np.array([10]),
        stride=2,
        padding=1,
    ),
    by_hand(
        np.array([[[[1, 2, 3]], [[4, 0, 5]], [[2, 1, 0]]]]),
        np.array(
            [
                [[[1, 2]], [[0, 1]], [[1, 0]]],
                [[[0, 1]], [[3, 0]], [[0, 2]]],
                [[[2, 0]], [[0, 1]], [[1, 1]]],
            ]
        ),
        says="three channels and three filters, by hand",
    ),
)

conv2d = Check(
    number="1.5",
    name="conv2d",
    points=4,
    reference=kernels.conv2d,
    takes="x weight bias stride padding",
    cases=listed(*_HAND, BIAS_WITH_A_ZERO, *_LAYERS, of=layer),
    strict=listed(*_HAND, BIAS_WITH_A_ZERO, *_STRICT, of=layer),
    mistakes=MISTAKES,
    axes=("N", "C_out", "H_out", "W_out"),
    allows=(SIZE,),
)
