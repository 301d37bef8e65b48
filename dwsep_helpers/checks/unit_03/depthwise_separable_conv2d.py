"""Exercise 3.3: the depthwise separable layer."""

from collections.abc import Callable
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
from dwsep_helpers.checks.demands import StrideFirst
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import SIZE, Pair, Rng, generator
from dwsep_helpers.checks.recipes.convolution import convolution
from dwsep_helpers.checks.recipes.depthwise import depthwise, wrong_steps
from dwsep_helpers.checks.unit_03.pointwise_conv2d import transposed
from dwsep_helpers.kernels import pointwise_conv2d as pointwise

LAYERS = (
    SIZE,
    "dwsep_helpers.depthwise_conv2d",
    "dwsep_helpers.loops.depthwise_conv2d",
    "*mine.depthwise_conv2d",  # the learner's, and the course's in its place
)
_Setting = int | Pair


def _combine(y: np.ndarray, weight: np.ndarray, stride: _Setting, padding: _Setting) -> np.ndarray:
    return pointwise(y, weight)


def _separable(
    x: np.ndarray,
    depthwise_weight: np.ndarray,
    pointwise_weight: np.ndarray,
    stride: _Setting = 1,
    padding: _Setting = 0,
    *,
    combine: Callable[[np.ndarray, np.ndarray, _Setting, _Setting], np.ndarray] = _combine,
    **steps: Any,
) -> np.ndarray:
    """Filter and combine, save for the steps that are replaced: those of filtering too."""
    filtered = depthwise(x, depthwise_weight, None, stride, padding, **steps)
    return combine(filtered, pointwise_weight, stride, padding)


# fmt: off
MISTAKES = bank(_separable, [
    ("nonlinearity-between", {"finish": lambda y, x: np.maximum(y, 0)},
     "You turn negative values between the stages into zeros, as MobileNet does in a layer of its "
     "own; here one stage should follow the other directly."),
    ("nonlinearity-after", {"combine": lambda y, p, *_: np.maximum(pointwise(y, p), 0)},
     "You turn negative values into zeros; an activation should be a layer of its own."),
    ("stride-in-both-stages", {"combine": lambda y, p, s, _: convolution(y, p, stride=s)},
     "You apply the stride in both stages; only the depthwise stage, which slides, should stride."),
    ("padding-in-both-stages", {"combine": lambda y, p, _, size: convolution(y, p, padding=size)},
     "You pad in the pointwise stage too, and the answer grows; a 1×1 kernel should need no "
     "padding."),
    ("padding-in-the-pointwise-stage", {"options": lambda s, p, k: (s, (0, 0)),
      "combine": lambda y, p, _, size: convolution(y, p, padding=size)},
     "You pad after filtering; the padding should come before, where the kernel slides."),
    ("stride-and-padding-forgotten", {"options": lambda s, p, k: ((1, 1), (0, 0))},
     "You leave stride and padding out; the depthwise stage should be given both."),
    ("combined-first", lambda x, d, p, *how: depthwise(pointwise(x, p), d, None, *how),
     "You combine the channels before you filter them; it should be the other way round.", 1),
    ("filtered-only", {"combine": lambda y, p, *_: y},
     "You return what the depthwise stage makes; its channels should be combined after that.", 1),
    ("combined-only",
     lambda x, d, p, *how: convolution(x.repeat(len(d) // x.shape[1], axis=1), p, None, *how),
     "You combine the channels and nothing else; they should be filtered first.", 1),
    ("channels-summed-between",
     {"finish": lambda y, x: np.broadcast_to(y.sum(axis=1, keepdims=True), y.shape)},
     "You add up the filtered channels before you combine them; combining them should be the "
     "only sum over channels."),
    ("weight-transposed", {"combine": lambda y, p, *_: pointwise(y, transposed(p))},
     "You read the pointwise weight column by column; each row should make one output."),
    ("pointwise-order-reversed", {"combine": lambda y, p, *_: pointwise(y, p[:, ::-1])},
     "You pair the filtered channels with the pointwise weights in the opposite order; channel 0 "
     "should meet the first."),
    ("pointwise-weight-of-the-channel-before",
     {"combine": lambda y, p, *_: pointwise(y, np.roll(p, 1, axis=1))},
     "You give filtered channel c the pointwise weight of channel c - 1, and channel 0 the last "
     "one; each should have its own."),
    ("channels-averaged", {"combine": lambda y, p, *_: pointwise(y, p) / p.shape[1]},
     "You average the filtered channels; you should add them up."),
    ("half-precision", {"combine": lambda y, p, *_: pointwise(y, p).astype(np.float16)},
     "You round to float16, which keeps three digits; sums should be kept in float32 or float64."),
    ("rounded-between", {"finish": lambda y, x: np.trunc(y)},
     "You lose the digits after the decimal point between the stages; the second stage should "
     "read them."),
    ("input-dtype-kept",
     lambda x, d, p, *how: _separable(x, d, p, *how).astype(x.dtype),
     "You give the answer the dtype of the image; where weights have fractions, it should be of "
     "floats."),
    ("depthwise-dtype-kept",
     lambda x, d, p, *how: _separable(x, d, p, *how).astype(d.dtype),
     "You give the answer the dtype of the depthwise weight; where other numbers have fractions, "
     "it should be of floats."),
    ("pointwise-dtype-kept",
     lambda x, d, p, *how: _separable(x, d, p, *how).astype(p.dtype),
     "You give the answer the dtype of the pointwise weight; where other numbers have fractions, "
     "it should be of floats."),
    *wrong_steps(
        "one-kernel-for-all kernel-order-reversed kernel-of-the-channel-before "
        "channels-summed-under-each-kernel "
        "kernel-major-order kernel-major-outputs kernel-flipped kernel-transposed "
        "padding-forgotten padding-axes-swapped padding-first-of-pair padding-doubled "
        "stride-forgotten stride-axes-swapped stride-first-of-pair stride-on-one-axis "
        "batch-first-only"
    ),
])
# fmt: on


def _layer(
    rng: Rng,
    says: str,
    x: tuple[int, ...],
    depthwise: tuple[int, ...],
    filters: int,
    stride: _Setting = 1,
    padding: _Setting = 0,
    /,
    **how: Any,
) -> Case:
    """Return a case of x (N, C_in, H, W) and depthwise (m, K_h, K_w)."""
    multiplier, *kernel = depthwise
    between = x[1] * multiplier
    weights = (between, 1, *kernel), (filters, between, 1, 1)
    return filled(rng, says, x, *weights, stride=stride, padding=padding, **how)


_HAND = by_hand(
    np.array([2, 3, 5]).reshape(1, 3, 1, 1),
    np.array([10, 1, 2]).reshape(3, 1, 1, 1),
    np.array([1, 2, 3]).reshape(1, 3, 1, 1),
)

_IN_ONE_STAGE = (
    by_hand(
        np.array([[2, 4], [3, 5]]).reshape(1, 2, 1, 2),
        np.array([10, 1]).reshape(2, 1, 1, 1),
        np.array([[0.5, 0.25], [1, 0.5]]).reshape(2, 2, 1, 1),
        says="fractions in the pointwise stage alone",
    ),
    by_hand(
        np.array([[2, 4], [3, 5]]).reshape(1, 2, 1, 2),
        np.array([0.5, 0.25]).reshape(2, 1, 1, 1),
        np.array([[10, 1], [1, 1]]).reshape(2, 2, 1, 1),
        says="fractions in the depthwise stage alone",
    ),
)

_SMALL = by_hand(
    np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]).reshape(1, 1, 3, 3),
    np.array([[1, 0], [0, 10]]).reshape(1, 1, 2, 2),
    np.array([2, -1]).reshape(2, 1, 1, 1),
    says="a stride of 2, small enough to follow",
    stride=2,
    padding=1,
)


def _strided(height: int, width: int, stride: _Setting) -> Case:
    """Return a case of many filters, so that combining is most of the work."""
    says = "a stride, and none"
    return _layer(generator(), says, (1, 2, height, width), (1, 2, 1), 16, stride)


depthwise_separable_conv2d = Check(
    number="3.3",
    name="depthwise_separable_conv2d",
    points=3,
    reference=kernels.depthwise_separable_conv2d,
    takes="x depthwise_weight pointwise_weight stride padding",
    cases=listed(
        _HAND,
        _SMALL,
        ("two channels", (1, 2, 2, 3), (1, 1, 2), 2, 1, 0, INTEGERS),
        ("two kernels for each channel", (1, 2, 1, 2), (2, 1, 2), 2, 1, 0, INTEGERS),
        ("stride and padding", (1, 1, 3, 4), (1, 2, 1), 2, (1, 2), (2, 1), INTEGERS),
        ("stride 1, no padding", (1, 3, 5, 6), (1, 2, 3), 4, 1, 0),
        ("all sizes different", (2, 3, 8, 11), (2, 3, 2), 5, (2, 3), (1, 2)),
        ("as many outputs as inputs, all square", (3, 3, 6, 6), (1, 3, 3), 3, 1, 1),
        ("a stride", (2, 2, 9, 9), (1, 3, 3), 3, 2, 1),
        ("a 1×1 kernel with padding", (2, 3, 4, 5), (1, 1, 1), 2, 1, 1),
        ("whole numbers", (1, 2, 5, 6), (2, 2, 3), 3, 2, 1, INTEGERS),
        ("whole-number pixels, weights of fractions", (1, 2, 4, 5), (1, 2, 2), 3, 1, 0, FRACTIONS),
        (
            "fractions and whole-number weights",
            (1, 2, 3, 4),
            (1, 2, 2),
            2,
            1,
            0,
            WHOLE_WEIGHTS,
        ),
        *_IN_ONE_STAGE,
        ("float32", (2, 2, 5, 4), (1, 2, 2), 3, 1, (1, 0), SINGLE),
        ("an input with gaps in memory", (2, 2, 6, 5), (2, 2, 3), 3, (1, 2), 0, GAPS),
        of=_layer,
    ),
    strict=listed(
        _HAND,
        _SMALL,
        ("all sizes different", (3, 2, 10, 7), (3, 2, 4), 5, (3, 2), (2, 1)),
        ("as many outputs as inputs, all square", (2, 4, 5, 5), (1, 2, 2), 4, 2, 1),
        ("one output", (2, 3, 6, 5), (1, 3, 2), 1, 1, 1),
        ("whole numbers", (2, 3, 6, 5), (1, 3, 2), 2, (2, 1), 0, INTEGERS),
        ("whole-number pixels, weights of fractions", (2, 3, 4, 4), (2, 3, 2), 2, 2, 1, FRACTIONS),
        (
            "fractions and whole-number weights",
            (2, 2, 4, 5),
            (2, 2, 3),
            3,
            1,
            1,
            WHOLE_WEIGHTS,
        ),
        *_IN_ONE_STAGE,
        ("an input with gaps in memory", (2, 3, 5, 6), (1, 2, 2), 4, 1, 0, GAPS),
        of=_layer,
    ),
    mistakes=MISTAKES,
    axes=("N", "C_out", "H_out", "W_out"),
    allows=LAYERS,
    demand=StrideFirst(_strided(13, 13, (3, 2)), _strided(5, 7, 1), position=2),
)
