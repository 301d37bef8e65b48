"""Exercise 2.6, to go further: between a standard and a depthwise convolution."""

from collections.abc import Callable
from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import INTEGERS, SINGLE, by_hand, filled, listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import SIZE, Pair, Rng

Wrong = Callable[[np.ndarray, np.ndarray, int], np.ndarray]


def _right(x: np.ndarray, weight: np.ndarray, groups: int = 1) -> np.ndarray:
    return kernels.conv2d(x, weight, groups=groups)


def _dealt_out(size: int, groups: int) -> np.ndarray:
    """Return what is in group 0, then in group 1, ..., where one after the other is dealt out."""
    return np.arange(size).reshape(-1, groups).T.ravel()


def _filters_dealt_out(x: np.ndarray, weight: np.ndarray, groups: int) -> np.ndarray:
    order = _dealt_out(len(weight), groups)
    return _right(x, weight[order], groups)[:, np.argsort(order)]


def _by_group(y: np.ndarray, groups: int) -> np.ndarray:
    return y.reshape(len(y), groups, -1, *y.shape[2:])


def _group_by_the_channels(x: np.ndarray, weight: np.ndarray, groups: int) -> np.ndarray:
    group = np.arange(len(weight)) // weight.shape[1]
    if group[-1] >= groups:
        raise ValueError("operands could not be broadcast together")
    maps = [_right(_by_group(x, groups)[:, g], weight[[f]]) for f, g in enumerate(group)]
    return np.concatenate(maps, axis=1)


def _first_filters(weight: np.ndarray, groups: int) -> np.ndarray:
    first = weight[: len(weight) // groups]
    return np.concatenate([first] * groups)


# fmt: off
MISTAKES = bank(_right, [
    ("groups-ignored", lambda x, w, g: _right(x[:, :w.shape[1]], w),
     "You let every filter read the first C_in / groups channels; it should read those of its own "
     "group.", 1),
    ("every-group-read", lambda x, w, g: _right(x, np.tile(w, (1, g, 1, 1))),
     "You let every filter read the channels of all groups; it should read those of its own.", 1),
    ("first-group-alone", lambda x, w, g: _right(x[:, :w.shape[1]], w[:len(w) // g]),
     "You return the maps of the first group alone; every group should make its own.", 3),
    ("groups-added", lambda x, w, g: _by_group(_right(x, w, g), g).sum(axis=1),
     "You add the groups' maps; they should stand one behind the other.", 3),
    ("channels-dealt-out", lambda x, w, g: _right(x[:, _dealt_out(x.shape[1], g)], w, g),
     "You deal the channels out, one to each group in turn; a group should be a row of "
     "neighbours."),
    ("filters-dealt-out", _filters_dealt_out,
     "You deal the filters out, one to each group in turn; the first C_out / groups of them should "
     "be those of the first group."),
    ("outputs-dealt-out",
     lambda x, w, g: _right(x, w, g)[:, np.argsort(_dealt_out(len(w), g))],
     "You sort the maps by their place in the group; those of the first group should come first.",
     3),
    ("groups-reversed", lambda x, w, g: _right(_by_group(x, g)[:, ::-1].reshape(x.shape), w, g),
     "You give the first filters the last group's channels; group 0 should belong to the first "
     "filters."),
    ("one-group-further", lambda x, w, g: _right(np.roll(x, w.shape[1], axis=1), w, g),
     "You give each group the channels of the one before; it should have its own."),
    ("first-groups-filters", lambda x, w, g: _right(x, _first_filters(w, g), g),
     "You use the first group's filters in every group; each should have its own.", 3),
    ("first-channel-of-each", lambda x, w, g: _right(x[:, ::w.shape[1]], w[:, :1], g),
     "You read one channel of each group; a filter should add up all of its group's.", 3),
    ("divided-by-groups", lambda x, w, g: _right(x, w, g) / g,
     "You divide by the number of groups; the sum should stay as it is.", 3),
    ("kernel-averaged", lambda x, w, g: _right(x, w, g) / w[0].size,
     "You average the products; you should add them up.", 3),
    ("channels-averaged", lambda x, w, g: _right(x, w, g) / w.shape[1],
     "You average the channels of a group; you should add them up.", 3),
    ("group-by-the-channels", _group_by_the_channels,
     "You find a filter's group by how many channels there are in one; C_out / groups filters "
     "should make a group."),
    ("kernel-flipped", lambda x, w, g: _right(x, w[..., ::-1, ::-1], g),
     "You turn the kernels by 180°; they should slide as they are."),
    ("last-row-missing", lambda x, w, g: _right(x, w, g)[:, :, :-1],
     "You leave out the last row; a position at the very end should count, too.", 3),
    ("integer-truncation", lambda x, w, g: np.trunc(_right(x, w, g)).astype(np.int64),
     "You lose the digits after the decimal point; the array you write to should be of floats.", 3),
    ("batch-first-only", lambda x, w, g: _right(x[:1], w, g),
     "You convolve the first image alone; every image of the batch should be.", 3),
    ("nothing-written", lambda x, w, g: np.zeros_like(_right(x, w, g)),
     "You return zeros; the maps should be stored in the array that you return.", 3),
])
# fmt: on


def _layer(
    rng: Rng,
    says: str,
    x: tuple[int, ...],
    filters: int,
    kernel: Pair,
    groups: int,
    /,
    **how: Any,
) -> Case:
    return filled(rng, says, x, (filters, x[1] // groups, *kernel), groups=groups, **how)


_HAND = by_hand(
    np.array([1, 2, 3, 4]).reshape(1, 4, 1, 1), np.ones((2, 2, 1, 1), dtype=int), groups=2
)

grouped_conv2d = Check(
    number="2.6",
    name="grouped_conv2d",
    points=2,
    optional=True,
    reference=kernels.conv2d,
    takes="x weight groups",
    cases=listed(
        _HAND,
        ("two small groups", (1, 4, 1, 2), 4, (1, 1), 2, INTEGERS),
        ("two groups", (1, 4, 3, 4), 6, (2, 2), 2),
        ("three groups, two images", (2, 6, 4, 5), 9, (2, 3), 3),
        ("as many groups as channels", (2, 3, 4, 5), 6, (3, 2), 3),
        ("one group", (1, 3, 4, 3), 2, (2, 2), 1),
        ("fewer filters than channels", (2, 8, 3, 3), 4, (1, 2), 4),
        ("whole numbers", (1, 6, 3, 4), 4, (2, 2), 2, INTEGERS),
        ("float32", (2, 4, 4, 3), 8, (2, 2), 2, SINGLE),
        of=_layer,
    ),
    strict=listed(
        _HAND,
        ("two groups", (2, 6, 5, 4), 4, (3, 2), 2),
        ("four groups", (2, 8, 4, 3), 12, (2, 1), 4),
        ("five groups", (1, 10, 3, 5), 15, (2, 3), 5),
        ("as many groups as channels", (2, 4, 3, 5), 8, (2, 2), 4),
        ("whole-number pixels, weights of fractions", (2, 6, 4, 4), 6, (2, 2), 3, {"x": np.int64}),
        ("an input with gaps in memory", (2, 4, 4, 6), 6, (2, 3), 2, {"gaps": True}),
        of=_layer,
    ),
    mistakes=MISTAKES,
    axes=("N", "C_out", "H_out", "W_out"),
    allows=(SIZE,),
)
