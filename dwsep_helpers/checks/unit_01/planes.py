"""Exercises 1.2 to 1.4: one image, one filter."""

from __future__ import annotations

from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.exercise import Case, Exercise
from dwsep_helpers.checks.inputs import Pair, generator, numbers
from dwsep_helpers.checks.mistakes.correlation import CONVOLVE2D, CORRELATE2D, CORRELATE_CHANNELS

_HAND_IMAGE = np.array([[1, 2, 0, 1], [0, 1, 3, 1], [2, 0, 1, 2], [1, 1, 0, 0]])
_HAND_KERNEL = np.array([[1, 2], [0, -1]])


def _plane_cases(strict: bool, channels: int | None = None) -> list[Case]:
    rng = generator(strict=strict)
    depth = () if channels is None else (channels,)
    rows: list[tuple[str, Pair, Pair, dict[str, Any]]] = [
        ("all sizes different", (7, 10), (3, 2), {}),
        ("a square image and kernel", (6, 6), (3, 3), {}),
        ("a 1×1 kernel", (4, 5), (1, 1), {}),
        ("a kernel of one row", (4, 6), (1, 3), {}),
        ("a kernel as large as the image", (3, 4), (3, 4), {}),
        ("whole-number pixels and a kernel of fractions", (5, 6), (2, 2), {"pixels": np.int64}),
        ("float32", (5, 4), (2, 3), {"pixels": np.float32, "taps": np.float32}),
        ("an image with gaps in memory", (6, 5), (2, 3), {"gaps": True}),
    ]
    if strict:
        rows = [
            ("all sizes different", (9, 5), (2, 4), {}),
            ("a kernel of one column", (7, 3), (4, 1), {}),
            ("a square kernel", (5, 8), (4, 4), {}),
            ("whole numbers", (6, 7), (3, 2), {"pixels": np.int64, "taps": np.int64}),
            ("whole-number pixels and a kernel of fractions", (4, 5), (3, 3), {"pixels": np.int64}),
            ("an image with gaps in memory", (5, 7), (3, 2), {"gaps": True}),
            ("a kernel as large as the image", (5, 2), (5, 2), {}),
        ]
    return [
        Case(
            says,
            (
                numbers(rng, depth + size, how.get("pixels", float)),
                numbers(rng, depth + kernel, how.get("taps", float)),
            ),
            gaps=how.get("gaps", False),
        )
        for says, size, kernel, how in rows
    ]


def _correlate2d_cases(strict: bool) -> list[Case]:
    hand = Case("a hand example", (_HAND_IMAGE, _HAND_KERNEL), show=True)
    return [hand, *_plane_cases(strict)]


def _channels_cases(strict: bool) -> list[Case]:
    image = np.array([[[1, 2, 0], [0, 1, 3]], [[2, 1, 1], [0, 3, 1]]])
    kernel = np.array([[[1, 2], [0, -1]], [[1, 0], [3, -2]]])
    hand = Case("a hand example", (image, kernel), show=True)
    one = _plane_cases(strict, channels=1)[0]
    one = Case("one channel", one.arguments)
    return [hand, *_plane_cases(strict, channels=5 if strict else 3), one]


def _correlate2d(image, kernel):
    return kernels.conv2d(image[None, None], kernel[None, None])[0, 0]


def _convolve2d(image, kernel):
    return _correlate2d(image, kernel[::-1, ::-1])


def _correlate_channels(image, kernel):
    return kernels.conv2d(image[None], kernel[None])[0, 0]


correlate2d = Exercise(
    number="1.2",
    name="correlate2d",
    reference=_correlate2d,
    cases=_correlate2d_cases,
    mistakes=CORRELATE2D,
    axes=("H_out", "W_out"),
    allows=("conv_output_size",),
)
convolve2d = Exercise(
    number="1.3",
    name="convolve2d",
    reference=_convolve2d,
    cases=_correlate2d_cases,
    mistakes=CONVOLVE2D,
    axes=("H_out", "W_out"),
    allows=("conv_output_size",),
)
correlate_channels = Exercise(
    number="1.4",
    name="correlate_channels",
    reference=_correlate_channels,
    cases=_channels_cases,
    mistakes=CORRELATE_CHANNELS,
    axes=("H_out", "W_out"),
    allows=("conv_output_size",),
)
