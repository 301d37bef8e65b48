"""The exercises of unit 02: depthwise convolution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dwsep_helpers.checks.exercise import Case, Exercise
from dwsep_helpers.checks.inputs import Pair, generator, numbers, pair, whole
from dwsep_helpers.checks.mistakes.depthwise import (
    DEPTHWISE_CONV2D,
    DEPTHWISE_TO_DENSE,
    FILTER_EACH_CHANNEL,
    on_the_diagonal,
)
from dwsep_helpers.checks.mistakes.sizes import DEPTHWISE_CONV2D_MACS
from dwsep_helpers.checks.vectorized import Vectorized
from dwsep_helpers.cost import depthwise_cost
from dwsep_helpers.kernels import depthwise_conv2d as depthwise

INTEGERS = {"x": np.int64, "weight": np.int64}


def _filter_each_channel(image, kernels):
    return depthwise(image[None], kernels[:, None])[0]


def _filter_cases(strict: bool) -> Sequence[Case]:
    hand = Case(
        "a hand example",
        (
            np.array([[[1, 2, 0], [0, 1, 3]], [[2, 1, 1], [0, 3, 1]]]),
            np.array([[[1, 2], [0, -1]], [[1, 0], [3, -2]]]),
        ),
        show=True,
    )
    rows: list[tuple[str, tuple[int, int, int], Pair, dict[str, Any]]] = [
        ("all sizes different", (3, 7, 10), (4, 2), {}),
        ("as many channels as rows, all square", (3, 6, 6), (3, 3), {}),
        ("a 1×1 kernel", (3, 4, 5), (1, 1), {}),
        ("a kernel as large as the image", (2, 3, 4), (3, 4), {}),
        ("one channel", (1, 5, 6), (2, 3), {}),
        ("whole-number pixels, kernels of fractions", (2, 5, 6), (2, 2), {"x": np.int64}),
        ("float32", (3, 5, 4), (2, 3), {"x": np.float32, "weight": np.float32}),
        ("an image with gaps in memory", (4, 6, 5), (2, 3), {"gaps": True}),
    ]
    if strict:
        rows = [
            ("all sizes different", (5, 9, 6), (2, 4), {}),
            ("many channels", (7, 4, 5), (3, 2), {}),
            ("a kernel of one column", (2, 7, 3), (4, 1), {}),
            ("whole numbers", (3, 6, 7), (3, 2), INTEGERS),
            ("whole-number pixels, kernels of fractions", (4, 4, 5), (3, 3), {"x": np.int64}),
            ("one channel", (1, 4, 7), (3, 2), {}),
            ("an image with gaps in memory", (2, 5, 7), (3, 2), {"gaps": True}),
        ]
    rng = generator(strict=strict)
    return [
        hand,
        *(
            Case(
                says,
                (
                    numbers(rng, image, how.get("x", float)),
                    numbers(rng, (image[0], *kernel), how.get("weight", float)),
                ),
                gaps=how.get("gaps", False),
            )
            for says, image, kernel, how in rows
        ),
    ]


def _depthwise_conv2d(x, weight, bias=None, stride=1, padding=0):
    return depthwise(x, weight, bias, stride=stride, padding=padding)


_HAND_LAYER = Case(
    "a hand example",
    (np.array([[[[5]], [[7]]]]), np.array([1, 10, 2, 20]).reshape(4, 1, 1, 1)),
    show=True,
)

# What it is about, x (N, C_in, H, W), (m, K_h, K_w), bias, stride, padding, how.
_Row = tuple[
    str, tuple[int, ...], tuple[int, int, int], bool, int | Pair, int | Pair, dict[str, Any]
]
_LAYERS: list[_Row] = [
    ("one kernel for each channel", (2, 3, 5, 6), (1, 2, 3), False, 1, 0, {}),
    ("two kernels for each channel", (1, 3, 4, 5), (2, 2, 2), False, 1, 0, {}),
    ("all sizes different", (2, 3, 8, 11), (2, 3, 2), True, (2, 3), (1, 2), {}),
    ("as many kernels as channels, all square", (3, 3, 6, 6), (3, 3, 3), True, 1, 1, {}),
    ("one channel", (2, 1, 6, 5), (3, 2, 3), True, 1, 1, {}),
    ("a stride that divides", (2, 2, 9, 7), (1, 3, 3), True, 2, 0, {}),
    ("a stride larger than the kernel", (1, 2, 9, 10), (1, 2, 2), True, 4, 0, {}),
    ("a 1×1 kernel with padding", (2, 3, 4, 5), (2, 1, 1), True, 1, 1, {}),
    ("a stride that does not divide", (1, 2, 8, 9), (2, 3, 2), False, (3, 2), (0, 2), {}),
    ("a kernel as large as the image", (2, 2, 3, 4), (2, 3, 4), True, 1, 0, {}),
    ("whole numbers", (1, 2, 5, 6), (2, 2, 3), True, 2, 1, INTEGERS),
    ("whole-number pixels, weights of fractions", (1, 2, 4, 5), (2, 2, 2), True, 1, 0,
     {"x": np.int64}),
    ("float32", (2, 2, 5, 4), (2, 2, 2), True, 1, (1, 0), {"x": np.float32, "weight": np.float32}),
    ("an input with gaps in memory", (2, 2, 6, 5), (2, 2, 3), True, (1, 2), 1, {"gaps": True}),
]  # fmt: skip
_OTHER_LAYERS: list[_Row] = [
    ("one kernel for each channel", (2, 4, 6, 5), (1, 3, 2), True, 1, 1, {}),
    ("all sizes different", (3, 2, 10, 7), (3, 2, 4), True, (3, 2), (2, 1), {}),
    ("four kernels for each channel", (2, 3, 5, 6), (4, 2, 3), True, (1, 2), 0, {}),
    ("a stride that divides", (1, 3, 7, 11), (1, 3, 3), True, (2, 4), 0, {}),
    ("a stride larger than the kernel", (2, 3, 11, 9), (2, 1, 2), False, (5, 3), 0, {}),
    ("more padding than kernel", (2, 2, 3, 4), (2, 3, 2), True, (1, 2), (4, 3), {}),
    ("a kernel as large as the padded image", (1, 3, 3, 4), (2, 5, 6), True, 2, 1, {}),
    ("whole numbers", (2, 3, 6, 5), (2, 3, 2), True, (2, 1), 0, INTEGERS),
    ("whole-number pixels, weights of fractions", (2, 3, 4, 4), (2, 3, 2), False, 2, 1,
     {"x": np.int64}),
    ("an input with gaps in memory", (2, 3, 5, 6), (2, 2, 2), False, 1, (0, 1), {"gaps": True}),
]  # fmt: skip


def _layer(rng: np.random.Generator, row: _Row) -> Case:
    says, x_shape, (multiplier, *kernel), bias, stride, padding, how = row
    filters = x_shape[1] * multiplier
    x = numbers(rng, x_shape, how.get("x", float))
    weight = numbers(rng, (filters, 1, *kernel), how.get("weight", float))
    options: dict[str, Any] = {"stride": stride, "padding": padding}
    if bias:
        options["bias"] = numbers(rng, (filters,), weight.dtype.type)
    if (stride, padding) == (1, 0):  # leave it to the defaults
        del options["stride"], options["padding"]
    return Case(says, (x, weight), options, gaps=how.get("gaps", False))


def _layer_cases(strict: bool) -> Sequence[Case]:
    rng = generator(strict=strict)
    rows = _OTHER_LAYERS if strict else _LAYERS
    return [_HAND_LAYER, *(_layer(rng, row) for row in rows)]


def _sized(channels: int, height: int, width: int) -> Case:
    says = "small and large images, few and many channels"
    row = (says, (2, channels, height, width), (2, 2, 2), True, 1, 1, {})
    return _layer(generator(strict=False), row)


_SMALL, _LARGE, _DEEP = _sized(2, 5, 6), _sized(2, 13, 16), _sized(11, 5, 6)


def _layer_cases_of_three_sizes(strict: bool) -> Sequence[Case]:
    return [*_layer_cases(strict), _SMALL, _LARGE, _DEEP]


def _depthwise_to_dense(weight, channels):
    return on_the_diagonal(weight, channels)


def _dense_cases(strict: bool) -> Sequence[Case]:
    hand = Case("a hand example", (np.array([3, 4]).reshape(2, 1, 1, 1), 2), show=True)
    rows: list[tuple[str, int, int, Pair, type]] = [
        ("one kernel for each channel", 3, 1, (2, 3), float),
        ("two kernels for each channel", 3, 2, (3, 2), float),
        ("as many kernels as channels", 3, 3, (2, 2), float),
        ("one channel", 1, 4, (3, 3), float),
        ("whole numbers", 4, 2, (1, 2), np.int64),
        ("float32", 2, 3, (3, 2), np.float32),
    ]
    if strict:
        rows = [
            ("one kernel for each channel", 5, 1, (3, 2), float),
            ("four kernels for each channel", 3, 4, (2, 3), float),
            ("a 1×1 kernel", 4, 3, (1, 1), float),
            ("whole numbers", 2, 3, (3, 3), np.int64),
        ]
    rng = generator(strict=strict)
    return [
        hand,
        *(
            Case(says, (numbers(rng, (channels * m, 1, *kernel), dtype), channels))
            for says, channels, m, kernel, dtype in rows
        ),
    ]


def _macs(channels, kernel_size, output_size, depth_multiplier=1, batch=1):
    kernel, output = pair(kernel_size), pair(output_size)
    input_size = tuple(o + k - 1 for o, k in zip(output, kernel, strict=True))
    return depthwise_cost(
        channels, kernel, input_size, depth_multiplier=depth_multiplier, batch=batch
    ).macs


def _macs_cases(strict: bool) -> Sequence[Case]:
    rows = [
        ("a hand example", (2, 2, 3), {}),
        ("a second kernel for each channel", (2, 2, 3), {"depth_multiplier": 2}),
        ("several channels", (3, 2, 5), {}),
        ("a batch", (3, 2, 5), {"batch": 7}),
        ("pairs", (3, (2, 5), (11, 4)), {"depth_multiplier": 5, "batch": 3}),
        ("the article's layer", (3, 5, 8), {}),
        ("a 1×1 kernel", (4, 1, (6, 3)), {}),
    ]
    if strict:
        rows = [
            ("all numbers different", (11, (3, 2), (13, 7)), {"depth_multiplier": 5, "batch": 4}),
            ("a pair and an int", (7, (5, 2), 6), {"batch": 2, "depth_multiplier": 3}),
            ("an int and a pair", (9, 3, (10, 7)), {}),
            ("a layer of MobileNet", (512, 3, 14), {"batch": 32}),
        ]
    return [Case(says, arguments, options) for says, arguments, options in rows]


def _drawn_macs(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "drawn numbers",
            (
                whole(rng, 2, 40),
                (whole(rng, 1, 7), whole(rng, 1, 7)),
                (whole(rng, 2, 30), whole(rng, 2, 30)),
            ),
            {"depth_multiplier": whole(rng, 2, 6), "batch": whole(rng, 2, 9)},
        )
        for _ in range(3)
    ]


filter_each_channel = Exercise(
    number="2.1",
    name="filter_each_channel",
    reference=_filter_each_channel,
    cases=_filter_cases,
    mistakes=FILTER_EACH_CHANNEL,
    axes=("C", "H_out", "W_out"),
    allows=("conv_output_size",),
)
depthwise_conv2d = Exercise(
    number="2.2",
    name="depthwise_conv2d",
    reference=_depthwise_conv2d,
    cases=_layer_cases,
    mistakes=DEPTHWISE_CONV2D,
    axes=("N", "C_in * m", "H_out", "W_out"),
    allows=("conv_output_size",),
)
depthwise_conv2d_vectorized = Exercise(
    number="2.3",
    name="depthwise_conv2d_vectorized",
    reference=_depthwise_conv2d,
    cases=_layer_cases_of_three_sizes,
    mistakes=DEPTHWISE_CONV2D,
    axes=("N", "C_in * m", "H_out", "W_out"),
    allows=("conv_output_size",),
    cost=Vectorized(_SMALL, _LARGE, _DEEP),
)
depthwise_to_dense = Exercise(
    number="2.4",
    name="depthwise_to_dense",
    reference=_depthwise_to_dense,
    cases=_dense_cases,
    mistakes=DEPTHWISE_TO_DENSE,
    axes=("C_in * m", "C_in", "K_h", "K_w"),
)
depthwise_conv2d_macs = Exercise(
    number="2.5",
    name="depthwise_conv2d_macs",
    reference=_macs,
    cases=_macs_cases,
    draw=_drawn_macs,
    mistakes=DEPTHWISE_CONV2D_MACS,
)

EXERCISES = (
    filter_each_channel,
    depthwise_conv2d,
    depthwise_conv2d_vectorized,
    depthwise_to_dense,
    depthwise_conv2d_macs,
)
