"""The exercises of unit 04: costs, derived and held against the papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dwsep_helpers import cost
from dwsep_helpers.checks.exercise import Case, Exercise
from dwsep_helpers.checks.inputs import whole
from dwsep_helpers.checks.mistakes.layer_costs import (
    DEPTHWISE_MACS,
    POINTWISE_MACS,
    SEPARABLE_MACS,
    STANDARD_MACS,
)
from dwsep_helpers.checks.mistakes.networks import (
    MOBILENET_MACS,
    MOBILENET_PARAMS,
    SEPARABLE_PARAMS,
    macs_of,
    params_of,
)
from dwsep_helpers.checks.mistakes.printed import AGREES, agree
from dwsep_helpers.checks.mistakes.ratios import FILTERS_NEEDED, REDUCTION_RATIO, enough
from dwsep_helpers.papers import MOBILENET_V1, Layers

# What it is about, D_k, D_f, stride and padding.
_Sizes = tuple[str, int, int, dict[str, int]]
_HAND_SIZES: _Sizes = ("a hand example", 2, 3, {})
_SIZES: list[_Sizes] = [
    ("a stride", 3, 9, {"stride": 2}),
    ("padding", 3, 6, {"padding": 1}),
    ("a stride that does not divide", 3, 12, {"stride": 4, "padding": 1}),
    ("all sizes different", 4, 17, {"stride": 3, "padding": 2}),
    ("a 1×1 kernel", 1, 6, {}),
    ("a kernel as large as the image", 5, 5, {}),
]
_OTHER_SIZES: list[_Sizes] = [
    ("all sizes different", 5, 23, {"stride": 4, "padding": 3}),
    ("a stride larger than the kernel", 2, 15, {"stride": 6, "padding": 1}),
    ("a layer of MobileNet", 3, 56, {"stride": 2, "padding": 1}),
    ("much padding", 3, 4, {"stride": 2, "padding": 4}),
]


def _cases(sizes: Sequence[_Sizes], widths: Sequence[tuple[int, ...]]) -> list[Case]:
    """Give each case of sizes numbers of channels, those of the article's layer at the end."""
    return [
        Case(says, (*channels, d_k, d_f), options)
        for (says, d_k, d_f, options), channels in zip(sizes, widths, strict=True)
    ]


_WIDTHS = [(3, 5), (5, 7), (7, 2), (11, 6), (4, 9), (2, 3)]
_OTHER_WIDTHS = [(13, 6), (4, 11), (128, 256), (7, 7)]
_ARTICLE = Case("the article's layer", (3, 256, 5, 8), {"padding": 2})


def _two_widths(strict: bool) -> Sequence[Case]:
    if strict:
        return _cases(_OTHER_SIZES, _OTHER_WIDTHS)
    return [*_cases([_HAND_SIZES, *_SIZES], [(2, 3), *_WIDTHS]), _ARTICLE]


def _one_width(strict: bool) -> Sequence[Case]:
    if strict:
        return _cases(_OTHER_SIZES, [(m,) for m, _ in _OTHER_WIDTHS])
    article = Case(_ARTICLE.says, (3, 5, 8), _ARTICLE.options)
    return [*_cases([_HAND_SIZES, *_SIZES], [(2,), *((m,) for m, _ in _WIDTHS)]), article]


def _drawn_layer(rng: np.random.Generator, channels: int) -> Case:
    d_k = whole(rng, 2, 7)
    widths = [whole(rng, 2, 200) for _ in range(channels)]
    options = {"stride": whole(rng, 1, 4), "padding": whole(rng, 0, 3)}
    return Case("drawn numbers", (*widths, d_k, d_k + whole(rng, 0, 60)), options)


def _drawn_layers(rng: np.random.Generator) -> Sequence[Case]:
    return [_drawn_layer(rng, 2) for _ in range(3)]


def _drawn_depthwise(rng: np.random.Generator) -> Sequence[Case]:
    return [_drawn_layer(rng, 1) for _ in range(3)]


def _drawn_pointwise(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case("drawn numbers", (whole(rng, 2, 200), whole(rng, 2, 200), whole(rng, 2, 60)))
        for _ in range(3)
    ]


def _drawn_ratios(rng: np.random.Generator) -> Sequence[Case]:
    return [Case("drawn numbers", (whole(rng, 2, 2000), whole(rng, 2, 11))) for _ in range(3)]


def _drawn_times(rng: np.random.Generator) -> Sequence[Case]:
    sides = [whole(rng, 3, 9) for _ in range(4)]
    return [Case("drawn numbers", (d_k, whole(rng, 2, d_k**2 + 4))) for d_k in sides]


def _drawn_params(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "drawn numbers",
            (whole(rng, 2, 200), whole(rng, 2, 200), whole(rng, 2, 7)),
            {"bias": bias},
        )
        for bias in (True, False)
    ]


def _drawn_networks(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "a drawn width and resolution",
            (_OTHER_NETWORK,),
            {"width_multiplier": whole(rng, 1, 8) / 2, "resolution": whole(rng, 9, 80)},
        )
        for _ in range(2)
    ]


def _drawn_network_params(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "a drawn width",
            (_OTHER_NETWORK.thinner(whole(rng, 1, 8) / 2),),
            {"per_channel": whole(rng, 1, 9), "classifier_bias": bias},
        )
        for bias in (True, False)
    ]


def _drawn_prints(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for digits in (0, 1, 2):
        exact = (10 * whole(rng, 1_000_000, 9_000_000) + 1) / 100_000  # never halfway
        shown = f"{exact:.{digits}f}"
        cases += [Case("drawn, rounded", (shown, exact))]
        cases += [Case("drawn, another number", (shown, round(exact * 1.3, 4)))]
    return cases


def _standard_macs(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    return cost.conv2d_cost(
        in_channels, out_channels, kernel_size, input_size, stride=stride, padding=padding
    ).macs


def _depthwise_macs(channels, kernel_size, input_size, stride=1, padding=0):
    return cost.depthwise_cost(
        channels, kernel_size, input_size, stride=stride, padding=padding
    ).macs


def _pointwise_macs(in_channels, out_channels, size):
    return cost.pointwise_cost(in_channels, out_channels, size).macs


def _separable_macs(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    return cost.separable_cost(
        in_channels, out_channels, kernel_size, input_size, stride=stride, padding=padding
    ).macs


def _pointwise_cases(strict: bool) -> Sequence[Case]:
    rows = [
        ("a hand example", 2, 3, 4),
        ("the article's layer", 3, 256, 8),
        ("all numbers different", 7, 11, 5),
        ("one pixel", 6, 9, 1),
        ("one output", 8, 1, 3),
        ("one channel", 1, 4, 6),
    ]
    if strict:
        rows = [
            ("a layer of MobileNet", 512, 1024, 7),
            ("all numbers different", 13, 4, 9),
            ("as many out as in", 10, 10, 6),
        ]
    return [Case(says, sizes) for says, *sizes in ((r[0], *r[1:]) for r in rows)]


def _reduction_ratio(out_channels, kernel_size):
    return cost.reduction_ratio(out_channels, kernel_size)


def _ratio_cases(strict: bool) -> Sequence[Case]:
    rows = [
        ("a hand example", 4, 2),
        ("the article's layer", 256, 5),
        ("a layer of MobileNet", 512, 3),
        ("a 1×1 kernel", 7, 1),
        ("one filter", 1, 3),
        ("few filters, a large kernel", 5, 11),
        ("many filters, a small kernel", 1000, 2),
    ]
    if strict:
        rows = [
            ("a layer of MobileNet", 1024, 3),
            ("a large kernel", 96, 7),
            ("as many filters as taps", 25, 5),
            ("many filters", 999_983, 6),
        ]
    return [Case(says, numbers) for says, *numbers in rows]


def _filters_needed(kernel_size, times):
    return enough(kernel_size, times)


def _filters_cases(strict: bool) -> Sequence[Case]:
    rows = [
        ("a hand example", 2, 2),
        ("8 times with 3×3", 3, 8),
        ("20 times with 5×5", 5, 20),
        ("a division that leaves a rest", 3, 5),
        ("a small rest", 5, 14),
        ("1 time", 4, 1),
        ("as many times as taps, which is out of reach", 3, 9),
        ("more times than taps", 2, 5),
        ("a 1×1 kernel", 1, 1),
    ]
    if strict:
        rows = [
            ("a large kernel", 7, 48),
            ("a division that leaves a rest", 7, 31),
            ("a large rest", 6, 23),
            ("as many times as taps, which is out of reach", 5, 25),
            ("more times than taps", 3, 30),
        ]
    return [Case(says, numbers) for says, *numbers in rows]


def _separable_params(in_channels, out_channels, kernel_size, bias=False):
    # Parameters don't depend on the image: any that the kernel fits on will do.
    return cost.separable_cost(
        in_channels, out_channels, kernel_size, kernel_size, bias=bias
    ).params


def _params_cases(strict: bool) -> Sequence[Case]:
    rows = [
        ("a hand example", (2, 3, 2), {}),
        ("a hand example with biases", (2, 3, 2), {"bias": True}),
        ("the article's layer", (3, 256, 5), {}),
        ("the article's layer with biases", (3, 256, 5), {"bias": True}),
        ("all numbers different", (7, 11, 4), {"bias": True}),
        ("more in than out", (13, 6, 3), {"bias": True}),
        ("one channel", (1, 5, 3), {"bias": True}),
    ]
    if strict:
        rows = [
            ("a layer of MobileNet", (512, 1024, 3), {}),
            ("all numbers different, with biases", (17, 5, 7), {"bias": True}),
            ("a 1×1 kernel, with biases", (4, 9, 1), {"bias": True}),
        ]
    return [Case(says, sizes, options) for says, sizes, options in rows]


_HAND_NETWORK = Layers(
    "a network with 1 pixel of 2 channels", [("separable", 2, 3), ("linear", 3, 4)]
)
_SMALL_NETWORK = Layers(
    "another small network",
    [("standard", 3, 8, 2), ("separable", 8, 24, 2), ("separable", 24, 16), ("linear", 16, 10)],
)
_OTHER_NETWORK = Layers(
    "a third network",
    [("standard", 4, 16), ("separable", 16, 40, 2), ("standard", 40, 24, 2), ("linear", 24, 5)],
)


def _mobilenet_macs(layers, width_multiplier=1, resolution=224):
    return macs_of(layers.thinner(width_multiplier), resolution)


def _mobilenet_cases(strict: bool) -> Sequence[Case]:
    rows: list[tuple[str, Layers, dict[str, Any]]] = [
        ("a hand example", _HAND_NETWORK, {"resolution": 1}),
        ("four layers", _SMALL_NETWORK, {"resolution": 16}),
        ("sides that are odd", _SMALL_NETWORK, {"resolution": 21}),
        ("half the width", _SMALL_NETWORK, {"resolution": 16, "width_multiplier": 0.5}),
        ("MobileNet", MOBILENET_V1, {}),
        ("a quarter of the width, at 160", MOBILENET_V1,
         {"width_multiplier": 0.25, "resolution": 160}),
        ("three quarters of the width", MOBILENET_V1, {"width_multiplier": 0.75}),
    ]  # fmt: skip
    if strict:
        rows = [
            ("other layers", _OTHER_NETWORK, {"resolution": 13}),
            ("twice the width", _OTHER_NETWORK, {"width_multiplier": 2, "resolution": 18}),
            ("half the width, at 128", MOBILENET_V1, {"width_multiplier": 0.5, "resolution": 128}),
            ("an odd resolution", MOBILENET_V1, {"width_multiplier": 0.25, "resolution": 201}),
        ]
    return [Case(says, (layers,), options) for says, layers, options in rows]


def _mobilenet_params(layers, classifier_bias=True, per_channel=2):
    return params_of(layers, classifier_bias, per_channel)


def _network_params_cases(strict: bool) -> Sequence[Case]:
    rows: list[tuple[str, Layers, dict[str, Any]]] = [
        ("weights alone", _HAND_NETWORK, {"classifier_bias": False, "per_channel": 0}),
        ("the weights of four layers", _SMALL_NETWORK,
         {"classifier_bias": False, "per_channel": 0}),
        ("and the classifier's bias", _SMALL_NETWORK, {"per_channel": 0}),
        ("and the norms", _SMALL_NETWORK, {}),
        ("MobileNet's norms with four numbers for each channel", MOBILENET_V1, {"per_channel": 4}),
        ("MobileNet without the bias", MOBILENET_V1, {"classifier_bias": False}),
    ]  # fmt: skip
    if strict:
        rows = [
            ("other layers", _OTHER_NETWORK, {"per_channel": 3}),
            ("other layers without the bias", _OTHER_NETWORK, {"classifier_bias": False}),
            ("half the width", MOBILENET_V1.thinner(0.5), {"per_channel": 1}),
        ]
    return [Case(says, (layers,), options) for says, layers, options in rows]


def _agrees(printed, exact):
    return agree(printed, exact)


def _agrees_cases(strict: bool) -> Sequence[Case]:
    rows = [
        ("rounded", "569", 568.740352),
        ("cut", "290", 290.6752),
        ("rounded up, where rounding goes down", "1.53", 1.5214),
        ("cut, with decimals", "52.2", 52.283392),
        ("digits that changed places", "1.19", 1.9056),
        ("another number", "34", 30.212608),
        ("too large by a little", "4.2", 4.0319),
        ("too small by a little", "4866", 4867.293184),
        ("off in the second decimal", "0.18", 0.1984),
        ("printed much too large", "317", 25.4),
        ("close to the next digit", "14", 13.0201),
        ("ten times as large", "14", 140.2),
        ("off by a tenth", "0.439", 0.48),
        ("one more digit right", "0.25", 0.2504),
        ("equal", "0.5", 0.5),
    ]
    if strict:
        rows = [
            ("rounded up", "150", 149.497088),
            ("rounded", "88", 87.6),
            ("cut", "2.58", 2.58556),
            ("off in the last digit", "0.75", 0.7399),
            ("off in the first decimal", "8.5", 8.37),
            ("off by a hundredth part", "5000", 5049.9),
            ("many decimals", "0.0439", 0.04390625),
            ("many decimals, one off", "0.0449", 0.04390625),
            ("a hundred times as large", "5", 512.0),
            ("printed much too large", "5100", 49.0),
            ("off by a twentieth", "0.152", 0.19),
            ("one more digit right", "7.1", 7.1009),
            ("equal", "1.25", 1.25),
        ]
    return [Case(says, numbers) for says, *numbers in rows]


standard_macs = Exercise(
    number="4.1",
    name="standard_macs",
    reference=_standard_macs,
    cases=_two_widths,
    draw=_drawn_layers,
    mistakes=STANDARD_MACS,
    allows=("conv_output_size",),
)
depthwise_macs = Exercise(
    number="4.2",
    name="depthwise_macs",
    reference=_depthwise_macs,
    cases=_one_width,
    draw=_drawn_depthwise,
    mistakes=DEPTHWISE_MACS,
    allows=("conv_output_size",),
)
pointwise_macs = Exercise(
    number="4.3",
    name="pointwise_macs",
    reference=_pointwise_macs,
    cases=_pointwise_cases,
    draw=_drawn_pointwise,
    mistakes=POINTWISE_MACS,
)
separable_macs = Exercise(
    number="4.4",
    name="separable_macs",
    reference=_separable_macs,
    cases=_two_widths,
    draw=_drawn_layers,
    mistakes=SEPARABLE_MACS,
    allows=("conv_output_size",),
)
reduction_ratio = Exercise(
    number="4.5",
    name="reduction_ratio",
    reference=_reduction_ratio,
    cases=_ratio_cases,
    draw=_drawn_ratios,
    mistakes=REDUCTION_RATIO,
)
filters_needed = Exercise(
    number="4.6",
    name="filters_needed",
    reference=_filters_needed,
    cases=_filters_cases,
    draw=_drawn_times,
    mistakes=FILTERS_NEEDED,
)
separable_params = Exercise(
    number="4.7",
    name="separable_params",
    reference=_separable_params,
    cases=_params_cases,
    draw=_drawn_params,
    mistakes=SEPARABLE_PARAMS,
)
mobilenet_macs = Exercise(
    number="4.8",
    name="mobilenet_macs",
    reference=_mobilenet_macs,
    cases=_mobilenet_cases,
    draw=_drawn_networks,
    mistakes=MOBILENET_MACS,
    allows=("conv_output_size",),
)
agrees = Exercise(
    number="4.9",
    name="agrees",
    reference=_agrees,
    cases=_agrees_cases,
    draw=_drawn_prints,
    mistakes=AGREES,
)
mobilenet_params = Exercise(
    number="4.10",
    name="mobilenet_params",
    reference=_mobilenet_params,
    cases=_network_params_cases,
    draw=_drawn_network_params,
    mistakes=MOBILENET_PARAMS,
)

EXERCISES = (
    standard_macs,
    depthwise_macs,
    pointwise_macs,
    separable_macs,
    reduction_ratio,
    filters_needed,
    separable_params,
    mobilenet_macs,
    agrees,
    mobilenet_params,
)
