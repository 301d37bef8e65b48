"""The exercises of unit 03: pointwise and depthwise separable convolution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.exercise import Case, Exercise
from dwsep_helpers.checks.inputs import Pair, generator, numbers, pair, whole
from dwsep_helpers.checks.mistakes.pointwise import MIX_CHANNELS, POINTWISE_CONV2D
from dwsep_helpers.checks.mistakes.separable import (
    DEPTHWISE_SEPARABLE_CONV2D,
    EQUIVALENT_DENSE_KERNEL,
    SEPARABLE_APPROXIMATION,
    best,
)
from dwsep_helpers.checks.mistakes.sizes import BREAK_EVEN_TERMS, break_even
from dwsep_helpers.checks.vectorized import Vectorized

INTEGERS = {"x": np.int64, "weight": np.int64}
SINGLE = {"x": np.float32, "weight": np.float32}


def _mix_channels(image, weights):
    return np.tensordot(weights, image, axes=1)


def _mix_cases(strict: bool) -> Sequence[Case]:
    hand = Case("a hand example", (np.array([[[1, 2]], [[10, 20]]]), np.array([3, 0.5])), show=True)
    rows: list[tuple[str, tuple[int, int, int], dict[str, Any]]] = [
        ("all sizes different", (3, 4, 5), {}),
        ("as many channels as rows and columns", (4, 4, 4), {}),
        ("one channel", (1, 3, 2), {}),
        ("whole numbers", (3, 2, 4), INTEGERS),
        ("whole-number pixels, weights of fractions", (4, 2, 3), {"x": np.int64}),
        ("float32", (5, 3, 2), SINGLE),
        ("an image with gaps in memory", (3, 5, 4), {"gaps": True}),
    ]
    if strict:
        rows = [
            ("many channels", (9, 3, 4), {}),
            ("as many channels as rows and columns", (3, 3, 3), {}),
            ("one pixel", (6, 1, 1), {}),
            ("whole-number pixels, weights of fractions", (2, 5, 3), {"x": np.int64}),
            ("an image with gaps in memory", (4, 3, 6), {"gaps": True}),
        ]
    rng = generator(strict=strict)
    return [
        hand,
        *(
            Case(
                says,
                (
                    numbers(rng, shape, how.get("x", float)),
                    numbers(rng, shape[:1], how.get("weight", float)),
                ),
                gaps=how.get("gaps", False),
            )
            for says, shape, how in rows
        ),
    ]


def _pointwise_conv2d(x, weight, bias=None):
    return kernels.pointwise_conv2d(x, weight, bias)


_HAND_PIXEL = Case(
    "a hand example",
    (
        np.array([1, 2, 3]).reshape(1, 3, 1, 1),
        np.array([[1, 1, 1], [0, 0, 2]]).reshape(2, 3, 1, 1),
    ),
    {"bias": np.array([10, 0])},
    show=True,
)

# What it is about, x (N, C_in, H, W), C_out, bias, how.
_PointwiseRow = tuple[str, tuple[int, ...], int, bool, dict[str, Any]]
_POINTWISE: list[_PointwiseRow] = [
    ("no bias", (1, 3, 4, 5), 2, False, {}),
    ("all sizes different", (2, 3, 4, 5), 6, True, {}),
    ("as many outputs as inputs, all square", (3, 3, 3, 3), 3, True, {}),
    ("one output", (2, 4, 3, 5), 1, True, {}),
    ("one input channel", (2, 1, 3, 4), 5, False, {}),
    ("whole numbers", (2, 3, 2, 4), 4, True, INTEGERS),
    ("whole-number pixels, weights of fractions", (2, 2, 3, 4), 3, True, {"x": np.int64}),
    ("float32", (2, 4, 5, 3), 2, True, SINGLE),
    ("an input with gaps in memory", (2, 3, 5, 4), 4, True, {"gaps": True}),
]
_OTHER_POINTWISE: list[_PointwiseRow] = [
    ("all sizes different", (3, 5, 2, 7), 4, True, {}),
    ("as many outputs as inputs, all square", (2, 4, 4, 4), 4, False, {}),
    ("one pixel", (3, 4, 1, 1), 2, True, {}),
    ("whole numbers", (2, 2, 5, 3), 7, True, INTEGERS),
    ("whole-number pixels, weights of fractions", (3, 3, 2, 5), 2, False, {"x": np.int64}),
    ("an input with gaps in memory", (2, 5, 3, 4), 3, True, {"gaps": True}),
]


def _pointwise_case(rng: np.random.Generator, row: _PointwiseRow) -> Case:
    says, x_shape, filters, bias, how = row
    x = numbers(rng, x_shape, how.get("x", float))
    weight = numbers(rng, (filters, x_shape[1], 1, 1), how.get("weight", float))
    options = {"bias": numbers(rng, (filters,), weight.dtype.type)} if bias else {}
    return Case(says, (x, weight), options, gaps=how.get("gaps", False))


def _sized(channels: int, height: int, width: int) -> Case:
    says = "small and large images, few and many channels"
    return _pointwise_case(
        generator(strict=False), (says, (2, channels, height, width), channels, True, {})
    )


_SMALL, _LARGE, _DEEP = _sized(2, 3, 4), _sized(2, 11, 14), _sized(12, 3, 4)


def _pointwise_cases(strict: bool) -> Sequence[Case]:
    rng = generator(strict=strict)
    rows = _OTHER_POINTWISE if strict else _POINTWISE
    return [_HAND_PIXEL, *(_pointwise_case(rng, row) for row in rows), _SMALL, _LARGE, _DEEP]


def _separable(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    return kernels.depthwise_separable_conv2d(
        x, depthwise_weight, pointwise_weight, stride=stride, padding=padding
    )


_HAND_SEPARABLE = Case(
    "a hand example",
    (
        np.array([2, 3]).reshape(1, 2, 1, 1),
        np.array([10, 1]).reshape(2, 1, 1, 1),
        np.array([1, 1]).reshape(1, 2, 1, 1),
    ),
    show=True,
)
# What it is about, x (N, C_in, H, W), (m, K_h, K_w), C_out, stride, padding, how.
_SeparableRow = tuple[
    str, tuple[int, ...], tuple[int, int, int], int, int | Pair, int | Pair, dict[str, Any]
]
_SEPARABLE: list[_SeparableRow] = [
    ("stride 1, no padding", (1, 3, 5, 6), (1, 2, 3), 4, 1, 0, {}),
    ("all sizes different", (2, 3, 8, 11), (2, 3, 2), 5, (2, 3), (1, 2), {}),
    ("as many outputs as inputs, all square", (3, 3, 6, 6), (1, 3, 3), 3, 1, 1, {}),
    ("a stride", (2, 2, 9, 9), (1, 3, 3), 3, 2, 1, {}),
    ("a 1×1 kernel with padding", (2, 3, 4, 5), (1, 1, 1), 2, 1, 1, {}),
    ("whole numbers", (1, 2, 5, 6), (2, 2, 3), 3, 2, 1, INTEGERS),
    ("whole-number pixels, weights of fractions", (1, 2, 4, 5), (1, 2, 2), 3, 1, 0,
     {"x": np.int64}),
    ("float32", (2, 2, 5, 4), (1, 2, 2), 3, 1, (1, 0), SINGLE),
    ("an input with gaps in memory", (2, 2, 6, 5), (2, 2, 3), 3, (1, 2), 1, {"gaps": True}),
]  # fmt: skip
_OTHER_SEPARABLE: list[_SeparableRow] = [
    ("all sizes different", (3, 2, 10, 7), (3, 2, 4), 5, (3, 2), (2, 1), {}),
    ("as many outputs as inputs, all square", (2, 4, 5, 5), (1, 2, 2), 4, 2, 1, {}),
    ("one output", (2, 3, 6, 5), (1, 3, 2), 1, 1, 1, {}),
    ("whole numbers", (2, 3, 6, 5), (1, 3, 2), 2, (2, 1), 0, INTEGERS),
    ("whole-number pixels, weights of fractions", (2, 3, 4, 4), (2, 3, 2), 2, 2, 1,
     {"x": np.int64}),
    ("an input with gaps in memory", (2, 3, 5, 6), (1, 2, 2), 4, 1, (0, 1), {"gaps": True}),
]  # fmt: skip


def _separable_case(rng: np.random.Generator, row: _SeparableRow) -> Case:
    says, x_shape, (multiplier, *kernel), filters, stride, padding, how = row
    middle = x_shape[1] * multiplier
    dtype = how.get("weight", float)
    x = numbers(rng, x_shape, how.get("x", float))
    depthwise_weight = numbers(rng, (middle, 1, *kernel), dtype)
    pointwise_weight = numbers(rng, (filters, middle, 1, 1), dtype)
    options = {} if (stride, padding) == (1, 0) else {"stride": stride, "padding": padding}
    return Case(says, (x, depthwise_weight, pointwise_weight), options, gaps=how.get("gaps", False))


def _separable_cases(strict: bool) -> Sequence[Case]:
    rng = generator(strict=strict)
    rows = _OTHER_SEPARABLE if strict else _SEPARABLE
    return [_HAND_SEPARABLE, *(_separable_case(rng, row) for row in rows)]


def _equivalent_dense_kernel(depthwise_weight, pointwise_weight):
    return pointwise_weight * depthwise_weight[:, 0]


def _dense_cases(strict: bool) -> Sequence[Case]:
    hand = Case(
        "a hand example",
        (np.array([[[[1, 2]]]]), np.array([10, -1]).reshape(2, 1, 1, 1)),
        show=True,
    )
    rows: list[tuple[str, int, int, Pair, type]] = [
        ("all sizes different", 4, 5, (2, 3), float),
        ("as many filters as channels, all square", 3, 3, (3, 3), float),
        ("one filter", 3, 1, (2, 2), float),
        ("one channel", 1, 4, (3, 2), float),
        ("whole numbers", 3, 4, (2, 5), np.int64),
        ("float32", 2, 3, (3, 2), np.float32),
    ]
    if strict:
        rows = [
            ("all sizes different", 2, 6, (4, 3), float),
            ("as many filters as channels, all square", 4, 4, (4, 4), float),
            ("a 1×1 kernel", 3, 5, (1, 1), float),
            ("whole numbers", 5, 2, (3, 1), np.int64),
        ]
    rng = generator(strict=strict)
    return [
        hand,
        *(
            Case(
                says,
                (
                    numbers(rng, (channels, 1, *kernel), dtype),
                    numbers(rng, (filters, channels, 1, 1), dtype),
                ),
            )
            for says, channels, filters, kernel, dtype in rows
        ),
    ]


def _separable_approximation(weight, terms=1):
    return best(np.asarray(weight, dtype=float), terms)


def _with_known_spectrum(
    rng: np.random.Generator, filters: int, channels: int, kernel: Pair
) -> np.ndarray:
    """Return a dense kernel whose singular values lie well apart: each is 3/5 of the one before.

    Equal ones leave the choice of terms open, and a right answer might make another.
    """
    cells = kernel[0] * kernel[1]
    rank = min(filters, cells)
    u = np.linalg.qr(rng.normal(size=(channels, filters, rank)))[0]
    v = np.linalg.qr(rng.normal(size=(channels, cells, rank)))[0]
    values = 7 * 0.6 ** np.arange(rank) * rng.uniform(0.9, 1.1, (channels, rank))
    matrices = (u * values[:, None]) @ v.swapaxes(1, 2)
    return matrices.reshape(channels, filters, *kernel).swapaxes(0, 1).copy()


def _approximation_cases(strict: bool) -> Sequence[Case]:
    hand = np.array([[1, 0], [0, 3]]).reshape(2, 1, 1, 2)
    rows: list[tuple[str, int, int, Pair, int]] = [
        ("one term", 5, 3, (2, 2), 1),
        ("two terms", 6, 2, (3, 2), 2),
        ("three terms, all sizes alike", 4, 4, (4, 4), 3),
        ("more cells than filters", 3, 2, (3, 3), 2),
        ("as many terms as the rank", 4, 3, (2, 3), 4),
        ("more terms than the rank", 3, 2, (2, 2), 5),
        ("one channel", 7, 1, (2, 3), 2),
    ]
    if strict:
        rows = [
            ("one term", 4, 5, (3, 2), 1),
            ("four terms", 8, 3, (2, 4), 4),
            ("two terms, all sizes alike", 3, 3, (3, 3), 2),
            ("more cells than filters", 4, 2, (3, 4), 3),
        ]
    rng = generator(strict=strict)
    return [
        Case("a hand example", (hand,), show=True),
        Case("a hand example with two terms", (hand,), {"terms": 2}, show=True),
        *(
            Case(
                says,
                (_with_known_spectrum(rng, filters, channels, kernel),),
                {} if terms == 1 else {"terms": terms},
            )
            for says, filters, channels, kernel, terms in rows
        ),
    ]


def _break_even_terms(filters, kernel_size):
    k_h, k_w = pair(kernel_size)
    return break_even(filters, k_h * k_w)


def _break_even_cases(strict: bool) -> Sequence[Case]:
    rows: list[tuple[str, int, int | Pair]] = [
        ("a hand example, where the division is even", 4, 2),
        ("the article's layer", 256, 5),
        ("a layer of MobileNet", 512, 3),
        ("a pair", 20, (2, 5)),
        ("few filters", 3, 3),
        ("a 1×1 kernel", 64, 1),
        ("one filter", 1, 3),
        ("the division is even", 6, (3, 1)),
    ]
    if strict:
        rows = [
            ("a large kernel", 96, 7),
            ("the division is even", 36, (4, 3)),
            ("a pair", 31, (7, 2)),
            ("two filters", 2, (1, 2)),
            ("many filters", 1280, 3),
        ]
    return [Case(says, (filters, kernel)) for says, filters, kernel in rows]


def _drawn_break_evens(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case("drawn numbers", (whole(rng, 2, 999), (whole(rng, 2, 9), whole(rng, 1, 9))))
        for _ in range(4)
    ]


mix_channels = Exercise(
    number="3.1",
    name="mix_channels",
    reference=_mix_channels,
    cases=_mix_cases,
    mistakes=MIX_CHANNELS,
    axes=("H", "W"),
)
pointwise_conv2d = Exercise(
    number="3.2",
    name="pointwise_conv2d",
    reference=_pointwise_conv2d,
    cases=_pointwise_cases,
    mistakes=POINTWISE_CONV2D,
    axes=("N", "C_out", "H", "W"),
    cost=Vectorized(_SMALL, _LARGE, _DEEP),
)
depthwise_separable_conv2d = Exercise(
    number="3.3",
    name="depthwise_separable_conv2d",
    reference=_separable,
    cases=_separable_cases,
    mistakes=DEPTHWISE_SEPARABLE_CONV2D,
    axes=("N", "C_out", "H_out", "W_out"),
    allows=("conv_output_size", "depthwise_conv2d"),
)
equivalent_dense_kernel = Exercise(
    number="3.4",
    name="equivalent_dense_kernel",
    reference=_equivalent_dense_kernel,
    cases=_dense_cases,
    mistakes=EQUIVALENT_DENSE_KERNEL,
    axes=("C_out", "C_in", "K_h", "K_w"),
    allows=("conv_output_size", "depthwise_conv2d"),  # who sends impulses through the layer
)
separable_approximation = Exercise(
    number="3.5",
    name="separable_approximation",
    reference=_separable_approximation,
    cases=_approximation_cases,
    mistakes=SEPARABLE_APPROXIMATION,
    axes=("C_out", "C_in", "K_h", "K_w"),
)
break_even_terms = Exercise(
    number="3.6",
    name="break_even_terms",
    reference=_break_even_terms,
    cases=_break_even_cases,
    draw=_drawn_break_evens,
    mistakes=BREAK_EVEN_TERMS,
)

EXERCISES = (
    mix_channels,
    pointwise_conv2d,
    depthwise_separable_conv2d,
    equivalent_dense_kernel,
    separable_approximation,
    break_even_terms,
)
