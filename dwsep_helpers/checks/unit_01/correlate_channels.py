"""Exercise 1.4: one image of several channels, one filter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import SIZE
from dwsep_helpers.checks.recipes.convolution import convolution, wrong_steps
from dwsep_helpers.checks.unit_01.correlate2d import ON_THE_PLANE, images


def _correlate(image: np.ndarray, kernel: np.ndarray, **steps: Any) -> np.ndarray:
    return convolution(image[None], kernel[None], **steps)[0, 0]


MISTAKES = bank(
    _correlate,
    [
        *wrong_steps(
            "first-channel-only last-channel-only channels-averaged channels-kept-apart "
            "one-slice-for-all-channels one-channel-for-all-slices channel-order-reversed "
            "every-channel-with-every-slice kernel-flipped kernel-flipped-with-channels "
            "kernel-flipped-up-down kernel-flipped-left-right"
        ),
        *ON_THE_PLANE,
    ],
)
_HAND = Case(
    "a hand example",
    (
        np.array([[[1, 2, 0], [0, 1, 3]], [[2, 1, 1], [0, 3, 1]]]),
        np.array([[[1, 2], [0, -1]], [[1, 0], [3, -2]]]),
    ),
    show=True,
)


def _cases(rng: np.random.Generator, channels: int, *, strict: bool = False) -> list[Case]:
    one_channel = replace(images(rng, (1,), strict=strict)[0], says="one channel")
    return [_HAND, *images(rng, (channels,), strict=strict), one_channel]


correlate_channels = Check(
    number="1.4",
    name="correlate_channels",
    reference=kernels.correlate_channels,
    cases=lambda rng: _cases(rng, 3),
    strict=lambda rng: _cases(rng, 5, strict=True),
    mistakes=MISTAKES,
    axes=("H_out", "W_out"),
    allows=(SIZE,),
)
