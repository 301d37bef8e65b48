"""Exercise 1.1: one image, one kernel."""

from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import (
    FRACTIONS,
    GAPS,
    INTEGERS,
    SINGLE,
    WHOLE_WEIGHTS,
    by_hand,
    filled,
    listed,
)
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import bank
from dwsep_helpers.checks.inputs import SIZE
from dwsep_helpers.checks.recipes import sizes
from dwsep_helpers.checks.recipes.convolution import convolution, wrong_steps

ON_THE_PLANE = wrong_steps(
    "kernel-transposed kernel-last-row-skipped kernel-averaged kernel-left-out "
    "added-not-multiplied sign-turned overwritten-not-added output-size-off-by-one matrix-product "
    "rows-meet-all-rows accumulator-never-reset accumulator-reset-for-rows "
    "accumulator-reset-for-kernel-rows last-row-and-column-not-written "
    "returned-after-one-output returned-after-one-row window-centred half-precision "
    "last-row-missing last-column-missing columns-counted-like-rows output-as-large-as-input "
    "height-and-width-swapped height-for-width stride-of-the-kernel integer-truncation "
    "input-dtype-kept kernel-dtype-kept nothing-written input-dtype-kept-tap-by-tap "
    f"integers-tap-by-tap {sizes.ON_THE_PLANE}"
)


def correlate(image: np.ndarray, kernel: np.ndarray, **steps: Any) -> np.ndarray:
    """Slide one kernel over one image, save for the steps that are replaced."""
    return convolution(image[None, None], kernel[None, None], **steps)[0, 0]


_FLIPS = wrong_steps("kernel-flipped kernel-flipped-up-down kernel-flipped-left-right")
MISTAKES = bank(correlate, [*_FLIPS, *ON_THE_PLANE])
SIZES = (
    ("all sizes different", (7, 10), (3, 2)),
    ("a square image and kernel", (6, 6), (3, 3)),
    ("a 1×1 kernel", (4, 5), (1, 1)),
    ("a kernel of one row", (4, 6), (1, 3)),
    ("a kernel as large as the image", (3, 4), (3, 4)),
    ("whole-number pixels and a kernel of fractions", (5, 6), (2, 2), FRACTIONS),
    ("pixels of fractions and a whole-number kernel", (4, 5), (2, 3), WHOLE_WEIGHTS),
    ("float32", (5, 4), (2, 3), SINGLE),
    ("an image with gaps in memory", (6, 5), (2, 3), GAPS),
)
STRICT_SIZES = (
    ("all sizes different", (9, 5), (2, 4)),
    ("a kernel of one column", (7, 3), (4, 1)),
    ("a square kernel", (5, 8), (4, 4)),
    ("whole numbers", (6, 7), (3, 2), INTEGERS),
    ("whole-number pixels and a kernel of fractions", (4, 5), (3, 3), FRACTIONS),
    ("pixels of fractions and a whole-number kernel", (5, 6), (3, 2), WHOLE_WEIGHTS),
    ("an image with gaps in memory", (5, 7), (3, 2), GAPS),
    ("a kernel as large as the image", (5, 2), (5, 2)),
)
_HAND = (
    by_hand(
        np.array([[1, 2, 0, 1], [0, 1, 3, 1], [2, 0, 1, 2], [1, 1, 0, 0]]),
        np.array([[1, 2], [0, -1]]),
    ),
    by_hand(
        np.array([[0.5, 1, 2], [1, 0, 1.5]]),
        np.array([[1, 3]]),
        says="pixels of fractions, by hand",
    ),
)

correlate2d = Check(
    number="1.1",
    name="correlate2d",
    points=4,
    reference=kernels.correlate2d,
    cases=listed(*_HAND, *SIZES, of=filled),
    strict=listed(*_HAND, *STRICT_SIZES, of=filled),
    mistakes=MISTAKES,
    axes=("H_out", "W_out"),
    allows=(SIZE,),
)
