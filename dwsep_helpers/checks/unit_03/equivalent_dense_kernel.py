"""Exercise 3.4: a depthwise separable layer as one standard kernel."""

from typing import Any

import numpy as np

from dwsep_helpers.checks.cases import (
    FRACTIONS,
    INTEGERS,
    SINGLE,
    WHOLE_WEIGHTS,
    by_hand,
    filled,
    listed,
)
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Pair, Rng
from dwsep_helpers.checks.unit_03.depthwise_separable_conv2d import LAYERS
from dwsep_helpers.checks.unit_03.pointwise_conv2d import transposed
from dwsep_helpers.kernels import equivalent_dense_kernel as right

# What goes wrong, of the depthwise weight, (C_in, 1, K_h, K_w), and the pointwise one.
# fmt: off
MISTAKES = bank(right, [
    ("outer-product-the-wrong-way", lambda d, p: right(d, p).swapaxes(0, 1),
     "You swap the first two axes; axis 0 should be the filter, axis 1 the channel."),
    ("pointwise-left-out", lambda d, p: np.broadcast_to(d[:, 0], (len(p), *d[:, 0].shape)),
     "You give every filter the depthwise kernels as they are; its pointwise weights should weight "
     "them.", 1),
    ("depthwise-left-out", lambda d, p: p * np.ones_like(d[:, 0]),
     "You fill each kernel with its pointwise weight; the depthwise kernel should shape it.", 1),
    ("added-not-multiplied", lambda d, p: p + d[:, 0],
     "You add kernel and weight; one should be multiplied by the other.", 1),
    ("channels-summed", lambda d, p: right(d, p).sum(axis=1, keepdims=True),
     "You add up the channels; a standard filter should have a slice for each of them."),
    ("channel-axis-lost", lambda d, p: right(d, p).sum(axis=1),
     "You add up the channels, so that their axis is gone; the answer should have four axes."),
    ("one-kernel-for-all", lambda d, p: right(np.broadcast_to(d[:1], d.shape), p),
     "You use depthwise kernel 0 for every channel; each should have its own."),
    ("channel-order-reversed", lambda d, p: right(d[::-1], p),
     "You pair the channels with the depthwise kernels in the opposite order; channel 0 should "
     "meet the first."),
    ("kernel-of-the-channel-before", lambda d, p: right(np.roll(d, 1, axis=0), p),
     "You give channel c depthwise kernel c - 1, and channel 0 the last one; channel c should meet "
     "kernel c."),
    ("weight-transposed", lambda d, p: right(d, transposed(p)),
     "You read the pointwise weight column by column; each row should belong to one filter."),
    ("one-filter-for-all", lambda d, p: right(d, np.broadcast_to(p[:1], p.shape)),
     "You give every filter the weights of filter 0; each should have its own.", 3),
    ("kernel-flipped", lambda d, p: right(d, p)[..., ::-1, ::-1],
     "You turn the kernels by 180°; both layers should slide them as they are."),
    ("kernel-flipped-up-down", lambda d, p: right(d, p)[..., ::-1, :],
     "You turn the order of the kernels' rows round; both layers should slide them as they are."),
    ("kernel-flipped-left-right", lambda d, p: right(d, p)[..., ::-1],
     "You turn the order of the kernels' columns round; both layers should slide them as they "
     "are."),
    ("kernel-transposed", lambda d, p: right(d, p).swapaxes(2, 3),
     "You swap the kernels' rows and columns; rows should stay rows."),
    ("kernel-flattened", lambda d, p: right(d, p).reshape(*p.shape[:2], -1),
     "You join rows and columns of the kernels in one axis; the answer should have four axes."),
    ("divided-by-channels", lambda d, p: right(d, p) / len(d),
     "You divide the weights by the number of channels; they should stay as they are."),
    ("kernels-normalized", lambda d, p: right(d / d.sum(axis=(2, 3), keepdims=True), p),
     "You make each depthwise kernel add up to one; it should be used as it is given."),
    ("integer-truncation", lambda d, p: np.trunc(right(d, p)).astype(np.int64),
     "You lose the digits after the decimal point; the array you write to should be of floats.", 3),
    ("depthwise-dtype-kept", lambda d, p: right(d, p).astype(d.dtype),
     "You give the answer the dtype of the depthwise weight; where the other has fractions, it "
     "should be of floats.", 3),
    ("pointwise-dtype-kept", lambda d, p: right(d, p).astype(p.dtype),
     "You give the answer the dtype of the pointwise weight; where the other has fractions, it "
     "should be of floats.", 3),
    ("zeros-read-as-ones", lambda d, p: right(np.where(d == 0, 1, d), np.where(p == 0, 1, p)),
     "You read 0 as 1; what is multiplied by 0 should be 0."),
])
# fmt: on


def _layer(rng: Rng, says: str, channels: int, filters: int, kernel: Pair, **how: Any) -> Case:
    return filled(rng, says, (channels, 1, *kernel), (filters, channels, 1, 1), **how)


_HAND = (
    by_hand(np.array([[[[1, 2]]]]), np.array([10, -1]).reshape(2, 1, 1, 1)),
    by_hand(np.array([[[[0, 2]]]]), np.array([3, 0]).reshape(2, 1, 1, 1), says="two numbers are 0"),
    by_hand(
        np.array([[1, 2], [3, 1], [2, -4]]).reshape(3, 1, 2, 1),
        np.array([[1, 2, 3], [-1, 4, 2]]).reshape(2, 3, 1, 1),
        says="three channels, two filters",
    ),
)

equivalent_dense_kernel = Check(
    number="3.4",
    name="equivalent_dense_kernel",
    points=3,
    reference=right,
    cases=listed(
        *_HAND,
        ("all sizes different", 4, 5, (2, 3)),
        ("as many filters as channels, all square", 3, 3, (3, 3)),
        ("one filter", 3, 1, (2, 2)),
        ("one channel", 1, 4, (3, 2)),
        ("whole numbers", 3, 4, (2, 5), INTEGERS),
        (
            "a depthwise weight of whole numbers, a pointwise one of fractions",
            2,
            2,
            (2, 1),
            FRACTIONS,
        ),
        (
            "a depthwise weight of fractions, a pointwise one of whole numbers",
            2,
            2,
            (1, 2),
            WHOLE_WEIGHTS,
        ),
        ("float32", 2, 3, (3, 2), SINGLE),
        of=_layer,
    ),
    strict=listed(
        *_HAND,
        ("all sizes different", 2, 6, (4, 3)),
        ("as many filters as channels, all square", 4, 4, (4, 4)),
        ("a 1×1 kernel", 3, 5, (1, 1)),
        ("whole numbers", 5, 2, (3, 1), INTEGERS),
        (
            "a depthwise weight of whole numbers, a pointwise one of fractions",
            3,
            2,
            (2, 2),
            FRACTIONS,
        ),
        (
            "a depthwise weight of fractions, a pointwise one of whole numbers",
            2,
            4,
            (3, 1),
            WHOLE_WEIGHTS,
        ),
        of=_layer,
    ),
    mistakes=MISTAKES,
    axes=("C_out", "C_in", "K_h", "K_w"),
    allows=LAYERS,  # for those who send impulses through the layer
)
