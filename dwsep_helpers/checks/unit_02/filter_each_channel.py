"""Exercise 2.1: each channel of one image, with its own kernel."""

from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import (
    FRACTIONS,
    GAPS,
    INTEGERS,
    SINGLE,
    WHOLE_WEIGHTS,
    filled,
    listed,
)
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import SIZE, Pair, Rng
from dwsep_helpers.checks.recipes import sizes
from dwsep_helpers.checks.recipes.depthwise import depthwise, wrong_steps
from dwsep_helpers.checks.unit_01.correlate_channels import HAND, ONE_ROW


def _filter(image: np.ndarray, kernels: np.ndarray, **steps: Any) -> np.ndarray:
    return depthwise(image[None], kernels[:, None], **steps)[0]


# fmt: off
MISTAKES = bank(_filter, [
    *wrong_steps(
        "channels-summed channels-summed-under-each-kernel one-kernel-for-all "
        "kernel-order-reversed kernel-of-the-channel-before first-channel-only last-channel-only "
        "every-kernel-on-every-channel"
    ),
    ("channels-summed-to-one-map", {"finish": lambda y, x: y.sum(axis=1)},
     "You add the maps into one, as in unit 01; they should be stacked, one for each channel."),
    *wrong_steps(
        "kernel-averaged kernel-left-out added-not-multiplied overwritten-not-added kernel-flipped "
        "kernel-flipped-up-down kernel-flipped-left-right kernel-transposed "
        "kernel-last-row-skipped sign-turned output-size-off-by-one last-row-missing "
        "last-column-missing columns-counted-like-rows output-as-large-as-input height-for-width "
        "height-and-width-swapped stride-of-the-kernel integer-truncation input-dtype-kept "
        "kernel-dtype-kept matrix-product rows-meet-all-rows accumulator-never-reset "
        "accumulator-reset-for-maps accumulator-reset-for-rows accumulator-reset-for-kernel-rows "
        "last-row-and-column-not-written returned-after-one-output "
        "returned-after-one-row returned-after-one-map window-centred half-precision "
        f"input-dtype-kept-tap-by-tap integers-tap-by-tap {sizes.ON_THE_PLANE}"
    ),
    ("zeros-made-anew",
     {"finish": lambda y, x: y * (np.arange(y.shape[1]) == y.shape[1] - 1)[:, None, None]},
     "You make the array of zeros anew for each map, so the last one alone is left; it should be "
     "made once, before the loops."),
    ("channels-last", {"finish": lambda y, x: np.moveaxis(y, 1, -1)},
     "You stack the maps along the last axis; the channel should be axis 0."),
])
# fmt: on


def _image(rng: Rng, says: str, image: tuple[int, ...], kernel: Pair, **how: Any) -> Case:
    return filled(rng, says, image, (image[0], *kernel), **how)


filter_each_channel = Check(
    number="2.1",
    name="filter_each_channel",
    points=3,
    reference=kernels.filter_each_channel,
    cases=listed(
        HAND,
        ONE_ROW,
        ("all sizes different", (3, 7, 10), (4, 2)),
        ("as many channels as rows, all square", (3, 6, 6), (3, 3)),
        ("a 1×1 kernel", (3, 4, 5), (1, 1)),
        ("a kernel as large as the image", (2, 3, 4), (3, 4)),
        ("one channel", (1, 5, 6), (2, 3)),
        ("whole-number pixels, kernels of fractions", (2, 5, 6), (2, 2), FRACTIONS),
        ("fractions and whole-number kernels", (2, 3, 4), (2, 2), WHOLE_WEIGHTS),
        ("float32", (3, 5, 4), (2, 3), SINGLE),
        ("an image with gaps in memory", (4, 6, 5), (2, 3), GAPS),
        of=_image,
    ),
    strict=listed(
        HAND,
        ONE_ROW,
        ("all sizes different", (5, 9, 6), (2, 4)),
        ("many channels", (7, 4, 5), (3, 2)),
        ("a kernel of one column", (2, 7, 3), (4, 1)),
        ("whole numbers", (3, 6, 7), (3, 2), INTEGERS),
        ("whole-number pixels, kernels of fractions", (4, 4, 5), (3, 3), FRACTIONS),
        ("fractions and whole-number kernels", (3, 5, 4), (2, 3), WHOLE_WEIGHTS),
        ("one channel", (1, 4, 7), (3, 2)),
        ("an image with gaps in memory", (2, 5, 7), (3, 2), GAPS),
        of=_image,
    ),
    mistakes=MISTAKES,
    axes=("C", "H_out", "W_out"),
    allows=(SIZE,),
)
