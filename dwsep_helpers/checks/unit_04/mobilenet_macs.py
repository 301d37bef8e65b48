"""Exercise 4.6: the MACs of a network."""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, repeat
from operator import floordiv
from typing import Any

from dwsep_helpers import cost
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import SIZE, Rng, whole
from dwsep_helpers.kernels import conv_output_size
from dwsep_helpers.papers import MOBILENET_V1, Layer, Layers

LAYERS = "dwsep_helpers.papers.Layers"  # what the layers come with is welcome


def _after(size: int, stride: int) -> int:
    return conv_output_size(size, 3, stride, 1)


def _sides(
    layers: Iterable[Layer], resolution: int, after: Callable[[int, int], int] = _after
) -> list[int]:
    """Return the side of the image, and of what each layer makes."""
    return [*accumulate((layer.stride for layer in layers), after, initial=resolution)]


def _at(layers: Iterable[Layer], sides: Iterable[int]) -> int:
    """Count the MACs of layers that make maps of these sides; one that reads nothing has none."""
    return sum(
        cost.mobilenet_macs(Layers("", [layer._replace(stride=1)]), resolution=side)
        for layer, side in zip(layers, sides, strict=False)
        if layer.in_channels
    )


def _seen(layers: Sequence[Layer], sizes: Iterable[int]) -> int:
    """Count the MACs of layers that are given inputs of these sizes."""
    outputs = [_after(size, layer.stride) for layer, size in zip(layers, sizes, strict=False)]
    return _at(layers, outputs)


def _made_thinner(layers: Layers, alpha: float, whole: Callable[[float], int]) -> Layers:
    """Return the layers at α times the width, fractions of a channel made whole some way."""
    widths = [layers[0].in_channels, *(whole(alpha * c) for _, _, c, _ in layers[:-1])]
    ends = zip(layers, widths, [*widths[1:], layers[-1].out_channels], strict=True)
    return Layers("", (layer._replace(in_channels=m, out_channels=n) for layer, m, n in ends))


def _macs(layers: Sequence[Layer], resolution: int) -> int:
    return _at(layers, _sides(layers, resolution)[1:])


def _without(kind: str, layers: Layers, resolution: int) -> int:
    """Leave out one kind of stage."""
    costs = cost.layer_costs(layers, resolution).values()
    return sum(part.macs for parts in costs for name, part in parts.items() if name != kind)


def _in_fractions(layers: Layers, alpha: float, resolution: int) -> float:
    """Count the MACs with fractions of a channel, which no whole layer has."""
    sides, macs, last = _sides(layers, resolution)[1:], 0.0, len(layers) - 1
    for number, (layer, side) in enumerate(zip(layers, sides, strict=True)):
        kind, m = layer.kind, layer.in_channels * (alpha if number else 1)
        n = layer.out_channels * (alpha if number < last else 1)
        taps = {"linear": m * n, "standard": 9 * m * n, "separable": (9 + n) * m}[kind]
        macs += taps * (1 if kind == "linear" else side**2)
    return macs


def _read(layers: Layers, alpha: float, resolution: int) -> tuple[Any, ...]:
    """Return the layers, the same made thinner, image and classes too, α and the resolution."""
    inner = Layers("", (layers[0], *layers, layers[-1]))  # the outer ones keep image and classes
    return layers, layers.thinner(alpha), inner.thinner(alpha)[1:-1], alpha, resolution


# fmt: off
MISTAKES = bank(cost.mobilenet_macs, [
    ("classifier-forgotten", lambda full, thin, every, a, r: _without("linear", thin, r),
     "You leave out the fully connected layer at the end; it should count as well.", 1),
    ("separable-layers-as-standard", lambda full, thin, every, a, r: _macs(thin.dense(), r),
     "You count separable layers as standard ones; each should be a depthwise and a pointwise "
     "stage.", 1),
    ("depthwise-stages-forgotten", lambda full, thin, every, a, r: _without("depthwise", thin, r),
     "You leave out the depthwise stages of separable layers; both stages should count.", 1),
    ("pointwise-stages-forgotten", lambda full, thin, every, a, r: _without("pointwise", thin, r),
     "You leave out the pointwise stages of separable layers; both stages should count.", 1),
    ("strides-forgotten", lambda full, thin, every, a, r: _at(thin, repeat(r)),
     "You take all maps to be as large as the image; strides should make them smaller."),
    ("input-size-for-output", lambda full, thin, every, a, r: _at(thin, _sides(thin, r)),
     "You count positions on each layer's input; they should be those of the map that it makes."),
    ("divided-without-padding",
     lambda full, thin, every, a, r: _at(thin, _sides(thin, r, floordiv)[1:]),
     "You divide sides by the stride and round down; with padding 1 a 3×3 kernel should fit in "
     "once more.", 3),
    ("size-divided-by-the-stride",
     lambda full, thin, every, a, r: _seen(thin, _sides(thin, r, floordiv)),
     "You hand on the size divided by the stride and rounded down; the next layer's input should "
     "be as large as this one's output.", 3),
    ("size-halved-at-each-layer",
     lambda full, thin, every, a, r: _seen(thin, (max(1, r >> i) for i in range(len(thin)))),
     "You halve the size after each layer; it should change only where there is a stride.", 3),
    ("size-not-updated", lambda full, thin, every, a, r: _seen(thin, repeat(r)),
     "You give every layer the image's size; each should work on what the one before has made."),
    ("size-updated-too-early",
     lambda full, thin, every, a, r: _seen(thin, _sides(thin, r)[1:]),
     "You bring the size up to date before the layer is counted; it should be counted on the size "
     "that comes in.", 3),
    ("stride-taken-for-two",
     lambda full, thin, every, a, r: _macs(
         [layer._replace(stride=min(layer.stride, 2)) for layer in thin], r),
     "You take every stride but 1 for 2; it should be the layer's own."),
    ("channels-rounded", lambda full, thin, every, a, r: _macs(_made_thinner(full, a, round), r),
     "You round channels to the nearest whole number; the fraction should be dropped."),
    ("channels-rounded-up",
     lambda full, thin, every, a, r: _macs(_made_thinner(full, a, math.ceil), r),
     "You round channels up; the fraction should be dropped."),
    ("channels-in-fractions", lambda full, thin, every, a, r: _in_fractions(full, a, r),
     "You leave fractions of a channel; they should be dropped."),
    ("channels-rounded-to-eights",
     lambda full, thin, every, a, r: _macs(
         _made_thinner(full, a, lambda c: max(8, int(c + 4) // 8 * 8)), r),
     "You round channels to multiples of eight, as code for MobileNetV2 does; the fraction should "
     "be dropped."),
    ("macs-rounded", lambda full, thin, every, a, r: round(_in_fractions(full, a, r)),
     "You count with fractions of a channel and make the MACs whole at the end; each number of "
     "channels should drop its fraction."),
    ("width-forgotten", lambda full, thin, every, a, r: _macs(full, r),
     "You leave the width multiplier out; it should change the numbers of channels."),
    ("resolution-forgotten", lambda full, thin, every, a, r: _macs(thin, 224),
     "You leave the resolution out; it should be the side of the first layer's input."),
    ("width-squared", lambda full, thin, every, a, r: int(a * a * _macs(full, r)),
     "You multiply the network's MACs by α²; depthwise stages, with one kernel for each channel, "
     "should shrink by less."),
    ("width-once", lambda full, thin, every, a, r: int(a * _macs(full, r)),
     "You multiply the network's MACs by α; most layers should have fewer channels on both sides."),
    ("image-made-thinner", lambda full, thin, every, a, r: _macs((every[0], *thin[1:]), r),
     "You multiply the image's channels by α; they should stay as they are.", 3),
    ("classes-made-fewer", lambda full, thin, every, a, r: _macs((*thin[:-1], every[-1]), r),
     "You multiply the classes by α; their number belongs to the task and should stay.", 3),
    ("image-and-classes-made-thinner", lambda full, thin, every, a, r: _macs(every, r),
     "You multiply the image's channels and the classes by α; both belong to the task and should "
     "stay.", 3),
    ("only-outputs-made-thinner",
     lambda full, thin, every, a, r: _macs(
         [t._replace(in_channels=f.in_channels) for t, f in zip(thin, full, strict=True)], r),
     "You multiply each layer's outputs by α and not the next one's inputs; both should be the "
     "same number.", 3),
    ("standard-layers-not-made-thinner",
     lambda full, thin, every, a, r: _macs(
         [t._replace(in_channels=f.in_channels) if t.kind == "standard" else t
          for t, f in zip(thin, full, strict=True)], r),
     "You let every standard layer read as many channels as at full width; the image's alone "
     "should stay.", 3),
    ("classifier-not-made-thinner",
     lambda full, thin, every, a, r: _macs((*thin[:-1], full[-1]), r),
     "You let the classifier read as many features as at full width; it should read what the "
     "layer before makes.", 3),
    ("classifier-at-each-pixel",
     lambda full, thin, every, a, r: (_macs(thin[:-1], r)
                                      + _macs(thin[-1:], 1) * _sides(thin, r)[-1] ** 2),
     "You count the classifier at each pixel; it should read one average of each map."),
    ("flops-for-macs", lambda full, thin, every, a, r: 2 * _macs(thin, r),
     "You count twice as many, which are FLOPs; a multiplication and its addition should count "
     "as one MAC.", 1),
    ("float-result", lambda full, thin, every, a, r: float(_macs(thin, r)),
     "You return the right number as a float; channels should come in whole numbers.", 3),
], read=_read)
# fmt: on

HAND = Layers("a network with 1 pixel of 2 channels", [("separable", 2, 3), ("linear", 3, 4)])
# Their widths give way to drawn ones; kinds, strides and the image's channels stay. A camera for
# fields may have a dozen channels: they tell the image by its place, not by how few it has.
_SMALL = Layers(
    "small",
    [("standard", 12, 8, 2), ("separable", 8, 24, 3), ("separable", 24, 16), ("linear", 16, 10)],
)
_OTHER = Layers(
    "other",
    [("standard", 14, 16), ("separable", 16, 40, 4), ("standard", 40, 24, 2), ("linear", 24, 5)],
)


def network(rng: Rng, *, strict: bool = False) -> Layers:
    """Return a network of drawn widths: all differ, and half of each is a whole number."""
    layers = _OTHER if strict else _SMALL
    widths = [layers[0].in_channels, *(8 * rng.permutation(7)[: len(layers)] + 8).tolist()]
    ends = zip(layers, widths, widths[1:], strict=False)
    return Layers(layers.name, ((layer.kind, m, n, layer.stride) for layer, m, n in ends))


def _cases(rng: Rng) -> list[Case]:
    small, quarter = network(rng), {"width_multiplier": 0.25, "resolution": 160}
    return [
        Case("a hand example", (HAND,), {"resolution": 1}),
        Case("four layers", (small,), {"resolution": 16}),
        Case("sides that are odd", (small,), {"resolution": 21}),
        Case("a side that the strides do not divide", (small,), {"resolution": 19}),
        Case("half the width", (small,), {"resolution": 16, "width_multiplier": 0.5}),
        Case(
            "two standard layers, half the width",
            (network(rng, strict=True),),
            {"resolution": 18, "width_multiplier": 0.5},
        ),
        Case("MobileNet", (MOBILENET_V1,)),
        Case("a quarter of the width, at 160", (MOBILENET_V1,), quarter),
        Case("three quarters of the width", (MOBILENET_V1,), {"width_multiplier": 0.75}),
        Case("35 % of the width", (MOBILENET_V1,), {"width_multiplier": 0.35}),
    ]


def _strict(rng: Rng) -> list[Case]:
    def case(says: str, layers: Layers, alpha: float, resolution: int) -> Case:
        return Case(says, (layers,), {"width_multiplier": alpha, "resolution": resolution})

    other = network(rng, strict=True)
    drawn = [(other, whole(rng, 1, 8) / 2, whole(rng, 9, 80)) for _ in range(2)]
    return [
        case("other layers", other, 1, 13),
        case("twice the width", other, 2, 18),
        case("half the width, at 128", MOBILENET_V1, 0.5, 128),
        case("70 % of the width", MOBILENET_V1, 0.7, 160),
        case("an odd resolution", MOBILENET_V1, 0.25, 201),
        *(case("a drawn width and resolution", *one) for one in drawn),
    ]


mobilenet_macs = Check(
    number="4.6",
    name="mobilenet_macs",
    points=3,
    reference=cost.mobilenet_macs,
    cases=_cases,
    strict=_strict,
    mistakes=MISTAKES,
    allows=(SIZE, LAYERS),
)
