"""Exercise 1.2: true convolution."""

from dataclasses import replace
from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.exercise import bank
from dwsep_helpers.checks.unit_01.correlate2d import ON_THE_PLANE, correlate, correlate2d


def _convolve(image: np.ndarray, kernel: np.ndarray, **steps: Any) -> np.ndarray:
    return correlate(image, kernel[::-1, ::-1], **steps)


def _from_minus_zero(weight: np.ndarray) -> np.ndarray:
    """Flip a kernel but for its first row and column."""
    rows, columns = (-np.arange(size) for size in weight.shape[2:])
    return weight[:, :, rows[:, None], columns]


def _onto_itself(weight: np.ndarray) -> np.ndarray:
    """Flip a kernel cell by cell, in its own place: the second half reads what was written."""
    flat = weight.reshape(-1).copy()
    for i in range(flat.size):
        flat[i] = flat[-1 - i]
    return flat.reshape(weight.shape)


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
         "You flip the image, or kernel and answer both, so the answer comes out turned; the "
         "kernel alone should be flipped."),
        ("answer-flipped", {"finish": lambda y, x: y[..., ::-1, ::-1]},
         "You flip the answer, or image and kernel both; the kernel alone should be flipped, "
         "before it slides."),
        ("kernel-read-at-minus-i", {"filters": _from_minus_zero},
         "You read the kernel at minus i and minus j, so its first row and column stay in place; "
         "they should become the last."),
        ("kernel-flipped-onto-itself", {"filters": _onto_itself},
         "You overwrite numbers of the kernel before they are moved; each should be read from the "
         "kernel as it was."),
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
