"""The exercises of unit 06: what holds a layer back, eight-bit numbers, and a design."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dwsep_helpers.checks.compare import WrongTypeError
from dwsep_helpers.checks.exercise import Case, Exercise
from dwsep_helpers.checks.inputs import seeded, whole
from dwsep_helpers.checks.mistakes.budgets import AMDAHL, BEST_DESIGN
from dwsep_helpers.checks.mistakes.eight_bits import (
    QUANTIZE,
    SCALE_AND_ZERO_POINT,
    SYMMETRIC_SCALE,
)
from dwsep_helpers.checks.mistakes.moving import ATTAINABLE, BYTES_MOVED, INTENSITY
from dwsep_helpers.hardware import limits, quantization

# What it is about; C_in, C_out, kernel, rows before and after; groups and bytes of a number.
_Layer = tuple[str, int, int, int, int, int, dict[str, int]]
_LAYERS: list[_Layer] = [
    ("a hand example", 2, 3, 1, 2, 2, {}),
    ("a standard layer", 3, 5, 3, 9, 7, {}),
    ("a depthwise layer", 6, 6, 3, 8, 8, {"groups": 6}),
    ("a pointwise layer", 7, 4, 1, 5, 5, {}),
    ("a depthwise layer of MobileNet", 512, 512, 3, 14, 14, {"groups": 512}),
    ("the same layer with eight-bit numbers", 512, 512, 3, 14, 14, {"groups": 512, "itemsize": 1}),
    ("a stride", 4, 10, 5, 13, 6, {"itemsize": 2}),
    ("two groups", 8, 6, 3, 10, 5, {"groups": 2, "itemsize": 8}),
]
_OTHER_LAYERS: list[_Layer] = [
    ("a grouped layer", 12, 18, 2, 7, 6, {"groups": 3, "itemsize": 2}),
    ("a depthwise layer with a multiplier", 5, 15, 7, 21, 11, {"groups": 5}),
    ("a pointwise layer of MobileNet", 256, 512, 1, 14, 14, {"itemsize": 1}),
    ("a first layer", 3, 32, 3, 224, 112, {}),
]


def _layer_cases(strict: bool) -> Sequence[Case]:
    return [
        Case(says, sizes, options)
        for says, *sizes, options in (_OTHER_LAYERS if strict else _LAYERS)
    ]


def _drawn_layers(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for _ in range(3):
        groups = whole(rng, 1, 6)
        channels = groups * whole(rng, 1, 9), groups * whole(rng, 1, 9)
        sides = whole(rng, 1, 7), whole(rng, 8, 40), whole(rng, 3, 40)
        options = {"groups": groups, "itemsize": whole(rng, 1, 8)}
        cases.append(Case("drawn numbers", (*channels, *sides), options))
    return cases


def _bytes_moved(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    return limits.bytes_moved(
        in_channels, out_channels, kernel_size, input_size, output_size, groups, itemsize
    )


def _intensity(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    return np.asarray(
        limits.intensity(
            in_channels, out_channels, kernel_size, input_size, output_size, groups, itemsize
        )
    )


def _attainable(intensity, peak, bandwidth):
    return np.asarray(min(peak, intensity * bandwidth), dtype=float)


def _roof_cases(strict: bool) -> Sequence[Case]:
    rows = [
        ("a hand example under the slope", 2.0, 100.0, 10.0),
        ("a hand example under the flat roof", 20.0, 100.0, 10.0),
        ("a depthwise layer on a small computer", 1.1, 24e9, 5.56e9),
        ("a pointwise layer on a small computer", 27.75, 24e9, 5.56e9),
        ("exactly at the ridge", 8.0, 4e9, 0.5e9),
        ("less than one MAC for each byte", 0.25, 3e9, 7e9),
        ("more bandwidth than peak", 0.9, 2e9, 9e9),
    ]
    if strict:
        rows = [
            ("left of the ridge", 3.1, 51e9, 12.5e9),
            ("right of the ridge", 44.0, 51e9, 12.5e9),
            ("far left", 0.02, 8e12, 1.2e12),
            ("just right of the ridge", 5.0, 10e9, 2.1e9),
        ]
    return [Case(says, numbers) for says, *numbers in rows]


def _drawn_roofs(rng: np.random.Generator) -> Sequence[Case]:
    peaks = [1e9 * whole(rng, 2, 900) for _ in range(2)]
    return [
        Case(f"drawn, {side} of the ridge", (factor * peak / bandwidth, peak, bandwidth))
        for peak in peaks
        for bandwidth in [1e8 * whole(rng, 3, 900)]
        for side, factor in (("left", rng.uniform(0.1, 0.9)), ("right", rng.uniform(1.1, 9)))
    ]


def _scale_and_zero_point(low, high):
    return np.array(quantization.scale_and_zero_point(low, high))


def _range_cases(strict: bool) -> Sequence[Case]:
    rows = [
        ("a hand example", -1.0, 1.55),
        ("after ReLU6", 0.0, 6.0),
        ("mostly positive", -0.4, 3.1),
        ("mostly negative", -7.3, 0.9),
        ("positive alone", 2.0, 5.1),
        ("negative alone", -4.7, -1.2),
        ("a narrow range", -0.0013, 0.0021),
        ("a wide range", -310.0, 155.0),
    ]
    if strict:
        rows = [
            ("two different sides", -2.9, 11.3),
            ("positive alone", 0.6, 9.9),
            ("negative alone", -0.031, -0.008),
            ("never negative", 0.0, 1.7),
        ]
    return [Case(says, numbers) for says, *numbers in rows]


def _drawn_ranges(rng: np.random.Generator) -> Sequence[Case]:
    low, high = -float(rng.uniform(0.1, 9)), float(rng.uniform(0.1, 9))
    return [
        Case("drawn, both sides", (round(low, 3), round(high, 3))),
        Case("drawn, positive alone", (round(high, 3), round(3 * high, 3))),
    ]


def _quantize(x, scale, zero_point=0):
    return quantization.quantize(x, scale, zero_point)


def _eight_bits(answer: Any) -> np.ndarray:
    """Return an answer's values as real numbers; they have to be stored in eight bits."""
    kind = str(getattr(answer, "dtype", type(answer).__name__))
    if kind.removeprefix("torch.") != "int8":
        raise WrongTypeError(f"the answer holds {kind}, and int8 is asked for: .astype(np.int8)")
    return np.asarray(answer).astype(float)


def _rounding_cases(strict: bool) -> Sequence[Case]:
    rng = seeded(61 if strict else 6)

    def steps(*shape: int, reach: float) -> np.ndarray:
        """Return numbers of steps that lie well between two halves."""
        return rng.integers(-reach, reach, shape) + rng.uniform(-0.4, 0.4, shape)

    def case(says: str, scale: Any, zero_point: int, *shape: int, reach: float = 90) -> Case:
        x = np.round(steps(*shape, reach=reach) * scale, 6)
        return Case(says, (x, scale), {"zero_point": zero_point}, view=_eight_bits)

    per_channel = np.array([0.5, 0.02, 0.25, 0.125]).reshape(4, 1, 1, 1)
    if strict:
        return [
            case("a picture", 0.05, -17, 1, 3, 5, 4),
            case("numbers beyond eight bits", 0.2, 40, 40, reach=300),
            case("a scale for each channel", per_channel[:3] * 3, 0, 3, 2, 3, 3),
            case("a large scale", 12.5, 101, 9, reach=200),
        ]
    hand = np.array([-6.0, -1.3, 0.0, 1.1, 2.6, 6.0])
    return [
        Case("a hand example", (hand, 0.5), show=True, view=_eight_bits),
        Case("a zero point", (hand, 0.5), {"zero_point": 3}, show=True, view=_eight_bits),
        case("no zero point", 0.03125, 0, 2, 3),
        case("numbers beyond eight bits", 0.1, -100, 30, reach=250),
        case("a scale for each channel", per_channel, 0, 4, 2, 3, 3),
        case("activations", 0.0235, -128, 1, 2, 4, 3, reach=127),
    ]


def _symmetric_scale(weight, per_channel=False):
    return quantization.symmetric_scale(weight, per_channel)


def _weight_cases(strict: bool) -> Sequence[Case]:
    rng = seeded(62 if strict else 7)

    def case(says: str, *shape: int, per_channel: bool, spread: float = 3, **how: bool) -> Case:
        weight = rng.normal(size=shape) * spread ** -rng.random((shape[0], *[1] * (len(shape) - 1)))
        return Case(says, (np.round(weight, 4),), {"per_channel": per_channel}, **how)

    if strict:
        return [
            case("a standard layer", 4, 3, 3, 3, per_channel=False),
            case("a depthwise layer, channel by channel", 9, 1, 3, 3, per_channel=True, spread=40),
            case("a pointwise layer, channel by channel", 3, 7, 1, 1, per_channel=True),
            case("a linear layer, channel by channel", 4, 6, per_channel=True),
        ]
    hand = np.array([[[[1.27, -0.5]]], [[[0.1, -2.54]]]])
    return [
        Case("a hand example", (hand,), show=True),
        Case("a hand example, channel by channel", (hand,), {"per_channel": True}, show=True),
        case("a standard layer", 5, 3, 3, 2, per_channel=False),
        case("a standard layer, channel by channel", 5, 3, 3, 2, per_channel=True),
        case("a depthwise layer", 6, 1, 3, 3, per_channel=False, spread=20),
        case("a depthwise layer, channel by channel", 6, 1, 3, 3, per_channel=True, spread=20),
        case("as many in as out, channel by channel", 4, 4, 1, 1, per_channel=True, gaps=True),
    ]


def _amdahl(shares, speedups):
    return np.asarray(limits.amdahl(shares, speedups))


def _parts_cases(strict: bool) -> Sequence[Case]:
    rows = [
        ("a hand example", [0.75, 0.25], [3.0, 1.0]),
        ("nothing gets faster", [0.2, 0.8], [1.0, 1.0]),
        ("all get faster alike", [0.5, 0.3, 0.2], [4.0, 4.0, 4.0]),
        ("a large part gets a little faster", [0.9, 0.1], [1.5, 20.0]),
        ("a part gets slower", [0.6, 0.15, 0.25], [2.0, 0.5, 1.0]),
        ("five parts", [0.05, 0.1, 0.6, 0.2, 0.05], [1.0, 2.0, 3.5, 1.0, 5.0]),
    ]
    if strict:
        rows = [
            ("pointwise, depthwise and the rest", [0.81, 0.094, 0.096], [3.4, 1.0, 2.0]),
            ("a small part gets very fast", [0.04, 0.96], [1000.0, 1.0]),
            ("a part gets slower", [0.3, 0.7], [0.25, 7.0]),
        ]
    return [Case(says, (np.array(a), np.array(b))) for says, a, b in rows]


def _drawn_parts(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case("drawn parts", (rng.dirichlet(np.ones(parts)), rng.uniform(0.5, 9, parts)))
        for parts in (2, 4, 6)
    ]


def _best_design(designs, budget):
    return np.array(limits.best_design(designs, budget), dtype=float)


_COLUMNS = ("width", "resolution", "top_1", "macs", "params", "npu_ms", "npu_sram_bytes")


def _design_cases(strict: bool) -> Sequence[Case]:
    small = [
        (1.0, 224, 70.0, 560, 4.2, 16.0, 1200),
        (0.75, 224, 68.0, 320, 2.6, 11.0, 900),
        (0.5, 224, 63.0, 150, 1.3, 6.0, 610),
        (1.0, 128, 65.0, 190, 4.2, 8.0, 390),
        (0.75, 128, 62.0, 110, 2.6, 5.0, 290),
        (0.25, 128, 41.0, 14, 0.5, 1.0, 100),
    ]
    designs = [dict(zip(_COLUMNS, row, strict=True)) for row in small]

    def many(seed: int, budget: dict) -> tuple[list[dict], dict]:
        """Return drawn designs of which one at least is within the budget."""
        figures = seeded(seed).uniform((40, 10, 0.4, 1, 90), (72, 600, 4.3, 17, 1300), (24, 5))
        shapes = [(0.1 * (n % 8 + 1), 96 + 32 * (n // 8)) for n in range(24)]
        rows = [
            (*shape, *row) for shape, row in zip(shapes, figures.round(3).tolist(), strict=True)
        ]
        table = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        fits = (all(row[name] <= most for name, most in budget.items()) for row in table)
        return (table, budget) if any(fits) else many(seed + 100, budget)

    if strict:
        rows = [
            ("two limits", *many(63, {"macs": 300, "npu_sram_bytes": 800})),
            ("three limits", *many(64, {"npu_ms": 9, "macs": 450, "params": 3.1})),
            ("one limit", *many(65, {"macs": 400, "npu_ms": 13})),
            ("a limit that is just reached", designs, {"npu_ms": 8.0, "macs": 400}),
        ]
    else:
        rows = [
            ("a limit on MACs", designs, {"macs": 200}),
            ("limits on parameters and time", designs, {"params": 3.0, "npu_ms": 10.0}),
            ("a limit that is just reached", designs, {"npu_ms": 11.0}),
            ("a limit on memory", designs, {"npu_sram_bytes": 400, "params": 9.0}),
            ("no limits", designs, {}),
            ("one design alone fits", designs, {"macs": 20, "params": 1.0}),
            ("other designs, three limits", *many(8, {"macs": 300, "npu_ms": 9, "params": 3.5})),
        ]
    return [Case(says, (table, budget)) for says, table, budget in rows]


bytes_moved = Exercise(
    number="6.1",
    name="bytes_moved",
    reference=_bytes_moved,
    cases=_layer_cases,
    draw=_drawn_layers,
    mistakes=BYTES_MOVED,
)
intensity = Exercise(
    number="6.2",
    name="intensity",
    reference=_intensity,
    cases=_layer_cases,
    draw=_drawn_layers,
    mistakes=INTENSITY,
)
attainable = Exercise(
    number="6.3",
    name="attainable",
    reference=_attainable,
    cases=_roof_cases,
    draw=_drawn_roofs,
    mistakes=ATTAINABLE,
)
scale_and_zero_point = Exercise(
    number="6.4",
    name="scale_and_zero_point",
    reference=_scale_and_zero_point,
    cases=_range_cases,
    draw=_drawn_ranges,
    mistakes=SCALE_AND_ZERO_POINT,
    axes=("scale, zero point",),
)
quantize = Exercise(
    number="6.5",
    name="quantize",
    reference=_quantize,
    cases=_rounding_cases,
    mistakes=QUANTIZE,
)
symmetric_scale = Exercise(
    number="6.6",
    name="symmetric_scale",
    reference=_symmetric_scale,
    cases=_weight_cases,
    mistakes=SYMMETRIC_SCALE,
    axes=("C_out", "C_in", "K_h", "K_w"),
)
amdahl = Exercise(
    number="6.7",
    name="amdahl",
    reference=_amdahl,
    cases=_parts_cases,
    draw=_drawn_parts,
    mistakes=AMDAHL,
)
best_design = Exercise(
    number="6.8",
    name="best_design",
    reference=_best_design,
    cases=_design_cases,
    mistakes=BEST_DESIGN,
    axes=("width, resolution",),
)

EXERCISES = (
    bytes_moved,
    intensity,
    attainable,
    scale_and_zero_point,
    quantize,
    symmetric_scale,
    amdahl,
    best_design,
)
