"""Exercise 1.2: true convolution."""

from dataclasses import replace
from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.exercise import bank
from dwsep_helpers.checks.unit_01.correlate2d import ON_THE_PLANE, correlate, correlate2d


def _convolve(image: np.ndarray, kernel: np.ndarray, **steps: Any) -> np.ndarray:
    return correlate(image, kernel[::-1, ::-1], **steps)


# fmt: off
MISTAKES = (
    *bank(correlate, [
        ("kernel-not-flipped", {},
         "You slide the kernel as it is, which is correlation; convolution should turn it first."),
        ("kernel-flipped-up-down", {"filters": lambda w: w[..., ::-1, :]},
         "You flip the kernel's rows alone; its columns should be flipped too."),
        ("kernel-flipped-left-right", {"filters": lambda w: w[..., ::-1]},
         "You flip the kernel's columns alone; its rows should be flipped too."),
        ("kernel-transposed-not-flipped", {"filters": lambda w: w.swapaxes(2, 3)},
         "You swap the kernel's rows and columns; a flip should keep rows rows and turn their "
         "order around."),
        ("kernel-turned-by-90", {"filters": lambda w: np.rot90(w, axes=(2, 3))},
         "You turn the kernel by a quarter; two flips should make half a turn."),
        ("kernel-turned-by-270", {"filters": lambda w: np.rot90(w, 3, axes=(2, 3))},
         "You turn the kernel by three quarters; two flips should make half a turn."),
        ("image-flipped", {"pad": lambda x, p: x[..., ::-1, ::-1]},
         "You flip the image, so the answer comes out turned; the kernel should be flipped."),
        ("answer-flipped", {"finish": lambda y, x: y[..., ::-1, ::-1]},
         "You flip the answer; the kernel should be flipped, before it slides."),
    ]),
    *bank(_convolve, ON_THE_PLANE),
)
# fmt: on

convolve2d = replace(
    correlate2d,
    number="1.2",
    name="convolve2d",
    points=2,
    reference=kernels.convolve2d,
    mistakes=MISTAKES,
)
