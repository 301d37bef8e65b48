"""Exercise 6.7: which loops walk through memory in order."""

import math
from collections.abc import Sequence

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import viewed, whole_numbers
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng

_right = kernels.loop_order


def _ranks(order: Sequence[int]) -> tuple[int, ...]:
    """Return for each axis at which place it stands."""
    return tuple(np.argsort(order).tolist())


def _without(axes: Sequence[int], axis: int) -> list[int]:
    return [one for one in axes if one != axis]


# What goes wrong, of strides.
# fmt: off
MISTAKES = bank(_right, [
    ("innermost-first", lambda s: _right(s)[::-1],
     "You put the smallest step first; the outermost loop, with the largest, should come first."),
    ("as-given", lambda s: tuple(range(len(s))),
     "You keep the axes in their order; the strides should decide it.", 1),
    ("backwards", lambda s: tuple(range(len(s)))[::-1],
     "You turn the axes round; the strides should decide their order.", 1),
    ("places-for-axes", lambda s: _ranks(_right(s)),
     "You say at which place each axis stands; it should be which axis stands at each place."),
    ("places-from-the-inside", lambda s: _ranks(_right(s)[::-1]),
     "You say at which place each axis stands, from the inside; it should be which axis stands at "
     "each place."),
    ("strides-sorted", lambda s: tuple(sorted(s, reverse=True)),
     "You return the strides in order; it should be the numbers of their axes.", 3),
    ("strides-sorted-upwards", lambda s: tuple(sorted(s)),
     "You return the strides in order, smallest first; it should be axes, largest stride first.",
     3),
    ("innermost-alone", lambda s: (*_without(range(len(s)), _right(s)[-1]), _right(s)[-1]),
     "You put the smallest stride last and leave the others as they are; all should be ordered."),
    ("outermost-alone", lambda s: (_right(s)[0], *_without(range(len(s)), _right(s)[0])),
     "You put the largest stride first and leave the others as they are; all should be ordered."),
    ("first-axis-kept", lambda s: (0, *_without(_right(s), 0)),
     "You keep the first axis outermost; its stride should decide, too."),
    ("ends-swapped", lambda s: (_right(s)[-1], *_right(s)[1:-1], _right(s)[0]),
     "You swap the outermost and the innermost loop; the smallest step should be the innermost.",
     1),
    ("counted-from-one", lambda s: tuple(axis + 1 for axis in _right(s)),
     "You count axes from 1; they should be counted from 0.", 3),
    ("counted-from-the-end", lambda s: tuple(axis - len(s) for axis in _right(s)),
     "You count axes from the end; they should be counted from 0.", 3),
])
# fmt: on


def _drawn(rng: Rng, axes: int) -> Case:
    """Return strides of an array whose axes lie in an order that shows all mistakes."""
    while True:
        order = rng.permutation(axes).tolist()
        sizes = rng.integers(2, 9, axes).tolist()
        strides = [0] * axes
        for place, axis in enumerate(order):
            strides[axis] = math.prod(sizes[place + 1 :])
        wrong = {m.name: m.function(strides) for m in MISTAKES}
        if tuple(order) not in wrong.values() and len(set(wrong.values())) == len(wrong):
            return Case(f"drawn strides of {axes} axes", (tuple(strides),))


loop_order = Check(
    number="6.7",
    name="loop_order",
    points=2,
    reference=kernels.loop_order,
    cases=viewed(
        whole_numbers,
        ("a hand example: channels last", ((12, 1, 6, 2),)),
        ("channels first", ((12, 6, 3, 1),)),
        ("a map of MobileNet, channels last", ((100_352, 1, 7_168, 512),)),
        ("two axes, turned", ((1, 8),)),
        ("images innermost", ((1, 35, 5, 175),)),
        ("three axes", ((4, 60, 1),)),
        lambda rng: _drawn(rng, 5),
    ),
    strict=viewed(
        whole_numbers,
        ("rows outermost", ((30, 5, 90, 1),)),
        ("an image as a file has it", ((3, 1, 960),)),
        ("six axes", ((1, 3840, 8, 768, 2, 128),)),
        lambda rng: [_drawn(rng, axes) for axes in (5, 6, 7)],
    ),
    mistakes=MISTAKES,
    axes=("loop",),
)
