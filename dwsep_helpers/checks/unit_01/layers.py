"""Exercises 1.5 and 1.7: the layer, by loops and without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.exercise import Case, Exercise
from dwsep_helpers.checks.inputs import Pair, generator, numbers
from dwsep_helpers.checks.mistakes.conv2d import CONV2D
from dwsep_helpers.checks.vectorized import Vectorized


def _conv2d(x, weight, bias=None, stride=1, padding=0):
    return kernels.conv2d(x, weight, bias, stride=stride, padding=padding)


_HAND_LAYER = Case(
    "a hand example",
    (np.array([[[[1, 2, 0], [0, 1, 3], [2, 0, 1]]]]), np.array([[[[1, 2], [0, -1]]]])),
    show=True,
)

# What it is about, x (N, C_in, H, W), weight (C_out, K_h, K_w), bias, stride, padding, how.
_Row = tuple[str, tuple[int, ...], tuple[int, ...], bool, int | Pair, int | Pair, dict[str, Any]]
_LAYERS: list[_Row] = [
    ("no bias, stride 1, no padding", (2, 3, 5, 6), (4, 2, 3), False, 1, 0, {}),
    ("all sizes different", (2, 3, 8, 11), (4, 3, 2), True, (2, 3), (1, 2), {}),
    ("as many filters as channels, all square", (2, 3, 6, 6), (3, 3, 3), False, 1, 1, {}),
    ("a stride that divides", (2, 2, 9, 7), (3, 3, 3), True, 2, 0, {}),
    ("a stride larger than the kernel", (1, 2, 9, 10), (3, 2, 2), True, 4, 0, {}),
    ("a 1×1 kernel with padding", (2, 3, 4, 5), (2, 1, 1), True, 1, 1, {}),
    ("a stride that does not divide", (1, 2, 8, 9), (3, 3, 2), False, (3, 2), (0, 2), {}),
    ("a kernel as large as the image", (2, 2, 3, 4), (3, 3, 4), True, 1, 0, {}),
    ("whole numbers", (1, 2, 5, 6), (2, 2, 3), True, 2, 1, {"x": np.int64, "weight": np.int64}),
    ("whole-number pixels, weights of fractions", (1, 2, 4, 5), (3, 2, 2), True, 1, 0,
     {"x": np.int64}),
    ("float32", (2, 2, 5, 4), (3, 2, 2), True, 1, (1, 0), {"x": np.float32, "weight": np.float32}),
    ("an input with gaps in memory", (2, 2, 6, 5), (3, 2, 3), True, (1, 2), 1, {"gaps": True}),
]  # fmt: skip
_OTHER_LAYERS: list[_Row] = [
    ("all sizes different", (3, 2, 10, 7), (5, 2, 4), True, (3, 2), (2, 1), {}),
    ("as many filters as channels, all square", (1, 4, 5, 5), (4, 2, 2), True, 2, 1, {}),
    ("a stride that divides", (1, 3, 7, 11), (2, 3, 3), True, (2, 4), 0, {}),
    ("a stride larger than the kernel", (2, 3, 11, 9), (2, 1, 2), False, (5, 3), 0, {}),
    ("more padding than kernel", (2, 3, 3, 4), (4, 3, 2), True, (1, 2), (4, 3), {}),
    ("a kernel as large as the padded image", (1, 3, 3, 4), (2, 5, 6), True, 2, 1, {}),
    ("whole numbers", (2, 3, 6, 5), (4, 3, 2), True, (2, 1), 0,
     {"x": np.int64, "weight": np.int64}),
    ("whole-number pixels, weights of fractions", (2, 3, 4, 4), (2, 3, 2), False, 2, 1,
     {"x": np.int64}),
    ("an input with gaps in memory", (2, 3, 5, 6), (2, 2, 2), False, 1, (0, 1), {"gaps": True}),
    ("one image, one channel, one filter", (1, 1, 6, 5), (1, 2, 3), True, 1, 0, {}),
]  # fmt: skip


def _layer(rng: np.random.Generator, row: _Row) -> Case:
    says, x_shape, (filters, *kernel), bias, stride, padding, how = row
    x = numbers(rng, x_shape, how.get("x", float))
    weight = numbers(rng, (filters, x_shape[1], *kernel), how.get("weight", float))
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


def _image_of(height: int, width: int) -> Case:
    row = ("a small and a large image", (2, 2, height, width), (2, 2, 2), True, 1, 1, {})
    return _layer(generator(strict=False), row)


_SMALL, _LARGE = _image_of(5, 6), _image_of(13, 16)


def _layer_cases_of_two_sizes(strict: bool) -> Sequence[Case]:
    return [*_layer_cases(strict), _SMALL, _LARGE]


conv2d = Exercise(
    number="1.5",
    name="conv2d",
    reference=_conv2d,
    cases=_layer_cases,
    mistakes=CONV2D,
    axes=("N", "C_out", "H_out", "W_out"),
    allows=("conv_output_size",),
)
conv2d_vectorized = Exercise(
    number="1.7",
    name="conv2d_vectorized",
    reference=_conv2d,
    cases=_layer_cases_of_two_sizes,
    mistakes=CONV2D,
    axes=("N", "C_out", "H_out", "W_out"),
    allows=("conv_output_size",),
    cost=Vectorized(_SMALL, _LARGE),
)
