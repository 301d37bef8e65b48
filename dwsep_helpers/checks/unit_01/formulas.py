"""Exercises 1.1 and 1.6: formulas of whole numbers."""

from __future__ import annotations

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.exercise import Case, Exercise
from dwsep_helpers.checks.inputs import pair, whole
from dwsep_helpers.checks.mistakes.sizes import CONV2D_MACS, CONV_OUTPUT_SIZE
from dwsep_helpers.cost import conv2d_cost


def _output_size(input_size, kernel_size, stride=1, padding=0, dilation=1):
    return kernels.conv_output_size(input_size, kernel_size, stride, padding, dilation)


def _size_cases(strict: bool) -> list[Case]:
    rows = [
        ("a hand example", 7, 3, {}),
        ("a stride that divides", 7, 3, {"stride": 2}),
        ("a stride that does not divide", 12, 3, {"stride": 4}),
        ("padding", 7, 3, {"padding": 1}),
        ("padding and stride", 11, 4, {"stride": 3, "padding": 2}),
        ("dilation", 13, 3, {"dilation": 3}),
        ("all sizes different", 31, 4, {"stride": 3, "padding": 2, "dilation": 5}),
        ("one tap", 9, 1, {"stride": 2, "dilation": 4}),
        ("a kernel as long as the input", 6, 6, {}),
        ("a stride larger than the kernel", 17, 2, {"stride": 5}),
        ("the first layer of MobileNet", 224, 3, {"stride": 2, "padding": 1}),
    ]
    if strict:
        rows = [
            ("a large image", 227, 11, {"stride": 4}),
            ("all sizes different", 40, 3, {"stride": 4, "padding": 1, "dilation": 6}),
            ("a stride larger than the input", 5, 2, {"stride": 9}),
            ("much padding", 4, 3, {"stride": 2, "padding": 5}),
            ("dilation that just fits", 9, 3, {"stride": 2, "dilation": 4}),
            ("one cell", 1, 1, {"stride": 3, "padding": 3}),
        ]
    return [Case(says, (size, kernel), options) for says, size, kernel, options in rows]


def _drawn_sizes(rng: np.random.Generator) -> list[Case]:
    cases = []
    for _ in range(4):
        kernel, dilation, padding = whole(rng, 1, 7), whole(rng, 1, 4), whole(rng, 0, 4)
        least = max(1, dilation * (kernel - 1) + 1 - 2 * padding)
        options = {"stride": whole(rng, 1, 5), "padding": padding, "dilation": dilation}
        cases.append(Case("drawn sizes", (least + whole(rng, 0, 40), kernel), options))
    return cases


def _macs(n_filters, channels, kernel_size, output_size, batch=1):
    kernel, output = pair(kernel_size), pair(output_size)
    input_size = tuple(o + k - 1 for o, k in zip(output, kernel, strict=True))
    return conv2d_cost(channels, n_filters, kernel, input_size, batch=batch).macs


def _macs_cases(strict: bool) -> list[Case]:
    rows = [
        ("a hand example", (2, 1, 2, 3), {}),
        ("several channels", (2, 3, 2, 5), {}),
        ("a batch", (2, 3, 2, 5), {"batch": 7}),
        ("pairs", (7, 3, (2, 5), (11, 4)), {"batch": 3}),
        ("the article's layer", (256, 3, 5, 8), {}),
        ("a 1×1 kernel", (5, 4, 1, (6, 3)), {}),
    ]
    if strict:
        rows = [
            ("all numbers different", (5, 11, (3, 2), (13, 7)), {"batch": 4}),
            ("a pair and an int", (3, 7, (5, 2), 6), {"batch": 2}),
            ("an int and a pair", (4, 9, 3, (10, 7)), {}),
            ("a layer of MobileNet", (1024, 512, 3, 7), {"batch": 32}),
        ]
    return [Case(says, arguments, options) for says, arguments, options in rows]


def _drawn_macs(rng: np.random.Generator) -> list[Case]:
    return [
        Case(
            "drawn numbers",
            (
                *(whole(rng, 2, 40), whole(rng, 2, 40)),
                *((whole(rng, 1, 7), whole(rng, 1, 7)), (whole(rng, 2, 30), whole(rng, 2, 30))),
            ),
            {"batch": whole(rng, 2, 9)},
        )
        for _ in range(3)
    ]


conv_output_size = Exercise(
    number="1.1",
    name="conv_output_size",
    reference=_output_size,
    cases=_size_cases,
    draw=_drawn_sizes,
    mistakes=CONV_OUTPUT_SIZE,
)
conv2d_macs = Exercise(
    number="1.6",
    name="conv2d_macs",
    reference=_macs,
    cases=_macs_cases,
    draw=_drawn_macs,
    mistakes=CONV2D_MACS,
)
