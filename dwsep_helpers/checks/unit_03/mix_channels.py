"""Exercise 3.1: the channels of one image, added up with weights."""

from typing import Any

import numpy as np

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
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng
from dwsep_helpers.kernels import mix_channels as right


def _weighted(image: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return image * weights[:, None, None]


# fmt: off
MISTAKES = bank(right, [
    ("weights-left-out", lambda x, w: x.sum(axis=0),
     "You add up the channels as they are; each should be weighted first.", 1),
    ("channels-averaged", lambda x, w: right(x, w) / len(w),
     "You average the weighted channels; you should add them up."),
    ("weights-normalized", lambda x, w: right(x, w) / w.sum(),
     "You make the weights add up to one; they should be used as they are given."),
    ("first-channel-only", lambda x, w: x[0] * w[0],
     "You count channel 0 alone; the sum should run over all channels."),
    ("last-channel-only", lambda x, w: x[-1] * w[-1],
     "You let each channel replace the one before, so the last one alone counts; the sum should "
     "grow.", 3),
    ("one-weight-for-all", lambda x, w: x.sum(axis=0) * w[0],
     "You weight every channel by weight 0; each should have a weight of its own."),
    ("channel-order-reversed", lambda x, w: right(x, w[::-1]),
     "You pair the channels with the weights in the opposite order; channel 0 should meet weight "
     "0."),
    ("weight-of-the-channel-before", lambda x, w: right(x, np.roll(w, 1)),
     "You give channel c weight c - 1, and channel 0 the last one; channel c should meet weight "
     "c."),
    ("channels-kept", _weighted,
     "You weight the channels and leave them apart; they should be added up to one map.", 1),
    ("channel-axis-kept", lambda x, w: right(x, w)[None],
     "You keep a channel axis of length 1; the map should have rows and columns alone."),
    ("rows-summed", lambda x, w: _weighted(x, w).sum(axis=1),
     "You add up the rows; you should add up the channels: which axis are they on?"),
    ("columns-summed", lambda x, w: _weighted(x, w).sum(axis=2),
     "You add up the columns; you should add up the channels: which axis are they on?"),
    ("all-summed", lambda x, w: _weighted(x, w).sum(),
     "You add up everything to one number; each pixel should have a sum of its own.", 1),
    ("height-and-width-swapped", lambda x, w: right(x, w).T,
     "You swap rows and columns of the answer; rows should come first, as in the image."),
    ("added-not-multiplied", lambda x, w: (x + w[:, None, None]).sum(axis=0),
     "You add the weights to the channels; the two should be multiplied."),
    ("weights-along-width", lambda x, w: (x * w).sum(axis=0),
     "You multiply the last axis, the width, by the weights; the first one, the channels, should "
     "meet them."),
    ("products-multiplied", lambda x, w: _weighted(x, w).prod(axis=0),
     "You multiply the weighted channels with each other; they should be added up."),
    ("sign-turned", lambda x, w: -right(x, w),
     "You flip the sign of every sum; it should stay as it is."),
    ("integer-truncation", lambda x, w: np.trunc(right(x, w)).astype(np.int64),
     "You lose the digits after the decimal point; the array you write to should be of floats.", 3),
    ("input-dtype-kept", lambda x, w: right(x, w).astype(x.dtype),
     "You give the answer the dtype of the image; with whole-number pixels and weights of "
     "fractions it should be of floats.", 3),
    ("weight-dtype-kept", lambda x, w: right(x, w).astype(w.dtype),
     "You give the answer the dtype of the weights; where pixels have fractions, it should be of "
     "floats.", 3),
    ("zeros-read-as-ones", lambda x, w: right(np.where(x == 0, 1, x), np.where(w == 0, 1, w)),
     "You read 0 as 1; a channel of weight 0 and a pixel of 0 should add nothing."),
    ("negatives-cut-off", lambda x, w: np.maximum(right(x, w), 0),
     "You turn negative values into zeros; an activation should be a layer of its own."),
])
# fmt: on


def _image(rng: Rng, says: str, shape: tuple[int, ...], **how: Any) -> Case:
    return filled(rng, says, shape, shape[:1], **how)


_HAND = (
    by_hand(np.array([[[1, 4, 2]], [[2, 3, 1]], [[10, 20, 40]]]), np.array([3, -1, 0.5])),
    by_hand(np.array([[[0, 2]], [[10, 20]]]), np.array([3, 0]), says="a pixel and a weight of 0"),
)

mix_channels = Check(
    number="3.1",
    name="mix_channels",
    points=2,
    reference=right,
    cases=listed(
        *_HAND,
        ("all sizes different", (3, 4, 5)),
        ("as many channels as rows and columns", (4, 4, 4)),
        ("one channel", (1, 3, 2)),
        ("whole numbers", (3, 2, 4), INTEGERS),
        ("whole-number pixels, weights of fractions", (4, 2, 3), FRACTIONS),
        ("fractions and whole-number weights", (2, 3, 4), WHOLE_WEIGHTS),
        ("float32", (5, 3, 2), SINGLE),
        ("an image with gaps in memory", (3, 5, 4), GAPS),
        of=_image,
    ),
    strict=listed(
        *_HAND,
        ("many channels", (9, 3, 4)),
        ("as many channels as rows and columns", (3, 3, 3)),
        ("one pixel", (6, 1, 1)),
        ("whole-number pixels, weights of fractions", (2, 5, 3), FRACTIONS),
        ("fractions and whole-number weights", (4, 3, 2), WHOLE_WEIGHTS),
        ("an image with gaps in memory", (4, 3, 6), GAPS),
        of=_image,
    ),
    mistakes=MISTAKES,
    axes=("H", "W"),
)
