"""Exercise 3.2: the pointwise layer."""

from collections.abc import Callable
from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import (
    BIAS_OF_FRACTIONS,
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
from dwsep_helpers.checks.demands import Vectorized
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, generator
from dwsep_helpers.checks.recipes.convolution import (
    add_and_add,
    convolution,
    sum_the_window,
    wrong_steps,
)


def transposed(weight: np.ndarray) -> np.ndarray:
    """Read a weight column by column, as if it were (C_in, C_out): right by its shape alone."""
    return weight.reshape(weight.shape[1], weight.shape[0], 1, 1).swapaxes(0, 1)


def _product(
    of: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]:
    """Return the step that reshapes a product of x (N, C_in, H, W), matrix (C_out, C_in)."""

    def contract(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
        x = windows[..., 0, 0]
        return of(x, weight[..., 0, 0]).reshape(len(x), -1, *x.shape[2:])

    return {"contract": contract}


def _pointwise(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None = None, **steps: Any
) -> np.ndarray:
    return convolution(x, weight, bias, **steps)


# fmt: off
MISTAKES = bank(_pointwise, [
    ("weight-transposed", {"filters": transposed},
     "You read the weight's matrix column by column; each row should make one output."),
    *wrong_steps("weight-axes-swapped first-channel-only last-channel-only channels-averaged"),
    ("channel-order-reversed", {"filters": lambda w: w[:, ::-1]},
     "You pair the channels with the weights in the opposite order; channel 0 should meet the "
     "first."),
    ("weight-of-the-channel-before", {"filters": lambda w: np.roll(w, 1, axis=1)},
     "You give channel c the weight of channel c - 1, and channel 0 the last one; each should have "
     "its own."),
    *wrong_steps("one-filter-for-all filters-added-up"),
    ("kernel-left-out", {"contract": sum_the_window},
     "You add up the channels of each pixel as they are; each should be weighted first."),
    ("added-not-multiplied", {"contract": add_and_add},
     "You add the weights to the channels; the two should be multiplied."),
    *wrong_steps(
        "batch-last-repeated batch-not-moved-back outputs-reshaped-not-moved "
        "columns-read-batch-last columns-read-batch-first bias-tested-for-truth half-precision "
        "bias-left-out-for-a-zero "
        "sign-turned batch-first-only batch-first-repeated batch-dropped channels-last "
        "height-and-width-swapped bias-forgotten bias-per-channel bias-subtracted bias-first-only "
        "bias-summed "
        "bias-along-width integer-truncation input-dtype-kept kernel-dtype-kept bias-cut "
        "negatives-cut-off nothing-written"
    ),
    ("pixels-reshaped-not-moved",
     _product(lambda x, matrix: x.reshape(len(x), -1, x.shape[1]) @ matrix.T),
     "You reshape to bring the channels last, which mixes them up with pixels; the axis should be "
     "moved: a reshape keeps the numbers in order."),
    ("batch-among-channels", _product(lambda x, matrix: matrix @ x.reshape(x.shape[1], -1)),
     "You mix up images and channels by a reshape that joins them; the batch should stay on axis "
     "0."),
    ("weights-along-width", {"contract": lambda p, w: p[..., 0, 0] @ w[..., 0, 0].T},
     "You multiply the last axis, the width, by the matrix; axis 1, the channels, should meet it."),
    ("weights-normalized", {"filters": lambda w: w / w.sum(axis=1, keepdims=True)},
     "You make each filter's weights add up to one; they should be used as they are given."),
])
# fmt: on


def _layer(
    rng: Rng, says: str, x: tuple[int, ...], filters: int, bias: bool, /, **how: Any
) -> Case:
    return filled(rng, says, x, (filters, x[1], 1, 1), bias=bias * filters, **how)


def _image_of(channels: int, height: int, width: int) -> Case:
    says = "small and large images, few and many channels"
    return _layer(generator(), says, (2, channels, height, width), channels, True)


_SIZES = _image_of(2, 3, 4), _image_of(2, 11, 14), _image_of(12, 3, 4)
_HAND = (
    by_hand(
        np.array([2, 3, 1]).reshape(1, 3, 1, 1),
        np.array([[1, 1, 1], [0, 1, 3]]).reshape(2, 3, 1, 1),
        bias=np.array([10, 0]),
    ),
    by_hand(
        np.array([0, 2]).reshape(1, 2, 1, 1),
        np.array([[3, 0], [4, 5]]).reshape(2, 2, 1, 1),
        says="a pixel and a weight of 0",
    ),
)

pointwise_conv2d = Check(
    number="3.2",
    name="pointwise_conv2d",
    points=3,
    reference=kernels.pointwise_conv2d,
    cases=listed(
        *_HAND,
        ("two images", (2, 2, 2, 3), 3, True, INTEGERS),
        ("no bias", (1, 3, 4, 5), 2, False),
        ("all sizes different", (2, 3, 4, 5), 6, True),
        ("as many outputs as inputs, all square", (3, 3, 3, 3), 3, True),
        ("one output", (2, 4, 3, 5), 1, True),
        ("one input channel", (2, 1, 3, 4), 5, False),
        ("whole numbers", (2, 3, 2, 4), 4, True, INTEGERS),
        ("whole-number pixels, weights of fractions", (2, 2, 3, 4), 3, True, FRACTIONS),
        ("fractions and whole-number weights", (1, 2, 2, 3), 2, False, WHOLE_WEIGHTS),
        ("whole numbers, a bias of fractions", (1, 2, 2, 3), 3, True, BIAS_OF_FRACTIONS),
        ("float32", (2, 4, 5, 3), 2, True, SINGLE),
        ("an input with gaps in memory", (2, 3, 5, 4), 4, True, GAPS),
        *_SIZES,
        of=_layer,
    ),
    strict=listed(
        *_HAND,
        ("all sizes different", (3, 5, 2, 7), 4, True),
        ("as many outputs as inputs, all square", (2, 4, 4, 4), 4, False),
        ("one output", (3, 3, 2, 4), 1, True),
        ("one input channel", (2, 1, 4, 3), 3, False),
        ("one pixel", (3, 4, 1, 1), 2, True),
        ("whole numbers", (2, 2, 5, 3), 7, True, INTEGERS),
        ("whole-number pixels, weights of fractions", (3, 3, 2, 5), 2, False, FRACTIONS),
        ("fractions and whole-number weights", (2, 3, 4, 2), 3, True, WHOLE_WEIGHTS),
        ("whole numbers, a bias of fractions", (2, 3, 3, 2), 2, True, BIAS_OF_FRACTIONS),
        ("an input with gaps in memory", (2, 5, 3, 4), 3, True, GAPS),
        *_SIZES,
        of=_layer,
    ),
    mistakes=MISTAKES,
    axes=("N", "C_out", "H", "W"),
    demand=Vectorized(*_SIZES),
)
