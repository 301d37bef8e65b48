"""Exercise 1.3: one image of several channels, one filter."""

from functools import partial
from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import by_hand, filled, listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import SIZE, Pair, Rng
from dwsep_helpers.checks.recipes.convolution import convolution, wrong_steps
from dwsep_helpers.checks.unit_01.correlate2d import ON_THE_PLANE, SIZES, STRICT_SIZES


def _correlate(image: np.ndarray, kernel: np.ndarray, **steps: Any) -> np.ndarray:
    return convolution(image[None], kernel[None], **steps)[0, 0]


_OF_CHANNELS = wrong_steps(
    "first-channel-only last-channel-only channels-averaged channels-kept-apart "
    "first-channel-left-out last-channel-left-out first-channel-twice largest-channel "
    "one-slice-for-all-channels one-channel-for-all-slices channel-order-reversed "
    "slice-of-the-channel-before every-channel-with-every-slice kernel-flipped "
    "kernel-flipped-with-channels kernel-flipped-up-down kernel-flipped-left-right "
    "input-dtype-kept-channel-by-channel integers-channel-by-channel"
)
MISTAKES = bank(_correlate, [*_OF_CHANNELS, *ON_THE_PLANE])

HAND = by_hand(
    np.array([[[1, 2, 0], [0, 1, 3]], [[2, 1, 1], [0, 3, 1]], [[1, 0, 2], [1, 1, 0]]]),
    np.array([[[1, 2], [0, -1]], [[1, 0], [3, -2]], [[0, 1], [1, 1]]]),
)
ONE_ROW = by_hand(
    np.array([[[1, 2, 0]], [[2, 1, 1]]]),
    np.array([[[1, 2]], [[1, -1]]]),
    says="a kernel of one row, by hand",
)


def _image(rng: Rng, says: str, image: Pair, kernel: Pair, channels: int = 3, **how: Any) -> Case:
    return filled(rng, says, (channels, *image), (channels, *kernel), **how)


correlate_channels = Check(
    number="1.3",
    name="correlate_channels",
    points=2,
    reference=kernels.correlate_channels,
    cases=listed(
        HAND, ONE_ROW, *SIZES, ("one channel", (7, 10), (3, 2), {"channels": 1}), of=_image
    ),
    strict=listed(
        HAND,
        ONE_ROW,
        *STRICT_SIZES,
        ("one channel", (9, 5), (2, 4), {"channels": 1}),
        of=partial(_image, channels=5),
    ),
    mistakes=MISTAKES,
    axes=("H_out", "W_out"),
    allows=(SIZE,),
)
