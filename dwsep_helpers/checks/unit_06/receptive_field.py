"""Exercise 6.5: how far a stack of layers sees."""

import math
import operator
from collections.abc import Sequence

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng

Whole = Sequence[int]
_right = kernels.receptive_field


def _reach(kernels: Whole, dilations: Whole) -> Whole:
    """Return how far each kernel reaches beyond its first element."""
    return [d * (k - 1) for k, d in zip(kernels, dilations, strict=True)]


def _steps(strides: Whole) -> Whole:
    """Return the pixels between two neighbours of each layer's input."""
    return [math.prod(strides[:layer]) for layer in range(len(strides))]


def _sees(reach: Whole, steps: Whole) -> int:
    return 1 + sum(r * s for r, s in zip(reach, steps, strict=True))


def _ones(values: Whole) -> Whole:
    return [1] * len(values)


def _read(kernels: Whole, strides: Whole, dilations: Whole) -> int:
    """Count the pixels that are read, without those between them."""
    found = {0}
    for k, s, d in zip(kernels[::-1], strides[::-1], dilations[::-1], strict=True):
        found = {place * s + d * element for place in found for element in range(k)}
    return len(found)


# What goes wrong, of kernels, strides and dilations.
# fmt: off
MISTAKES = bank(_right, [
    ("strides-ignored", lambda k, s, d: _right(k, _ones(s), d),
     "You leave the strides out; after a stride, one step should span several pixels."),
    ("dilations-ignored", lambda k, s, d: _right(k, s, _ones(d)),
     "You leave the dilations out; a dilated kernel should reach further."),
    ("kernels-alone", lambda k, s, d: _right(k, _ones(s), _ones(d)),
     "You leave strides and dilations out; both should let a layer see further.", 1),
    ("own-stride-counted", lambda k, s, d: _sees(_reach(k, d), [*_steps([*s, 1])[1:]]),
     "You count a layer's own stride for it, too; only those of the layers before it should "
     "count."),
    ("stride-of-the-layer-before-alone", lambda k, s, d: _sees(_reach(k, d), [1, *s[:-1]]),
     "You count the stride of the layer before alone; those of all layers before should multiply."),
    ("strides-of-the-layers-behind", lambda k, s, d: _right(k[::-1], s[::-1], d[::-1]),
     "You count the strides of the layers behind; those of the layers before should count."),
    ("strides-added",
     lambda k, s, d: _sees(_reach(k, d), [1 + sum(s[:i]) - i for i in range(len(s))]),
     "You add up what the strides skip; strides should multiply."),
    ("sum-of-strides",
     lambda k, s, d: _sees(_reach(k, d), [max(1, sum(s[:i])) for i in range(len(s))]),
     "You add up the strides; they should multiply."),
    ("kernels-multiplied", lambda k, s, d: math.prod(k),
     "You multiply the kernels; each layer should add to what is seen.", 1),
    ("kernels-added", lambda k, s, d: sum(k),
     "You add up the kernels; each should add one less than its size, since one is shared.", 1),
    ("shared-element-counted-again",
     lambda k, s, d: _sees([*map(operator.mul, k, d)], _steps(s)),
     "You count all elements of each kernel; one of them should be left out, for it is seen "
     "already."),
    ("dilation-times-kernel",
     lambda k, s, d: _sees([x * y - 1 for x, y in zip(k, d, strict=True)], _steps(s)),
     "You multiply kernel and dilation; the dilation should multiply the gaps, one fewer."),
    ("gaps-left-out", _read,
     "You count the pixels that are read; those between the first and the last should count, too.",
     1),
    ("dilation-squared", lambda k, s, d: _right(k, s, [x * x for x in d]),
     "You count a dilation twice; it should count once.", 3),
    ("dilations-carried-on",
     lambda k, s, d: _sees(_reach(k, d), [*map(operator.mul, _steps(s), _steps(d))]),
     "You carry dilations on to later layers; a dilation should matter in its own layer alone."),
    ("first-pixel-forgotten", lambda k, s, d: _right(k, s, d) - 1,
     "You return one too few; the first element should count, too.", 3),
    ("first-kernel-doubled", lambda k, s, d: _right(k, s, d) + k[0] - 1,
     "You count the first layer twice; each should count once.", 3),
    ("last-layer-lost", lambda k, s, d: _right(k[:-1], s[:-1], d[:-1]),
     "You leave the last layer out; it should count, too.", 3),
    ("first-layer-lost", lambda k, s, d: _right(k[1:], s[1:], d[1:]),
     "You leave the first layer out; it should count, too.", 3),
    ("first-layer-alone", lambda k, s, d: _right(k[:1], s[:1], d[:1]),
     "You return after the first layer; all of them should count.", 3),
    ("area-for-side", lambda k, s, d: _right(k, s, d) ** 2,
     "You return an area; it should be the length of one side.", 3),
    ("float-result", lambda k, s, d: float(_right(k, s, d)),
     "You return the right number as a float; pixels should be counted by an int.", 3),
    ("one-more-step", lambda k, s, d: _right(k, s, d) + math.prod(s) - 1,
     "You add what the strides skip at the end; the last layer's output should be one position."),
])
# fmt: on

_ONES = (1, 1, 1)


def _drawn(rng: Rng, says: str, layers: int) -> Case:
    kernels, strides, dilations = (
        rng.integers(low, high, layers, endpoint=True).tolist()
        for low, high in ((2, 7), (1, 3), (1, 4))
    )
    # First and last layer matter, and order: mistakes that look alike in even stacks differ.
    strides[0], kernels[0], kernels[-1], dilations[-1] = 2, 3, 6, 3
    return Case(says, (tuple(kernels), tuple(strides), tuple(dilations)))


receptive_field = Check(
    number="6.5",
    name="receptive_field",
    points=3,
    reference=kernels.receptive_field,
    cases=listed(
        ("a hand example: two layers of 3×3", ((3, 3), (1, 1), (1, 1))),
        ("one layer", ((5,), (1,), (1,))),
        ("a stride in the first layer", ((3, 3), (2, 1), (1, 1))),
        ("a stride in the last layer", ((3, 5), (1, 3), (1, 1))),
        ("a dilated kernel", ((3, 4), (1, 1), (1, 3))),
        ("depthwise and pointwise layers in turn", ((3, 1, 3, 1), (2, 1, 2, 1), (1, 1, 1, 1))),
        ("three strides", ((7, 3, 5), (2, 3, 2), _ONES)),
        ("a dilation before a stride", ((3, 5, 2), (1, 2, 1), (4, 1, 3))),
        ("four layers", ((4, 3, 2, 5), (3, 2, 4, 1), (1, 2, 5, 2))),
        lambda rng: _drawn(rng, "drawn layers", 5),
    ),
    strict=listed(
        ("three layers of 5×5", ((5, 5, 5), _ONES, _ONES)),
        ("strides and dilations", ((3, 7, 4), (3, 1, 2), (2, 3, 1))),
        ("one dilated layer", ((9,), (4,), (3,))),
        (
            "the layers of a small MobileNet",
            ((3, 3, 1, 3, 1, 3, 1), (2, 1, 1, 2, 1, 2, 1), 7 * (1,)),
        ),
        lambda rng: [_drawn(rng, "drawn layers", layers) for layers in (4, 6, 9)],
    ),
    mistakes=MISTAKES,
)
