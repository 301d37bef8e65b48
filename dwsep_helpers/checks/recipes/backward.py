"""The backward pass of a depthwise layer in steps, and what to try it on."""

from collections.abc import Callable
from typing import Any

import numpy as np

from dwsep_helpers.checks.exercise import Case
from dwsep_helpers.checks.inputs import Pair, Rng, numbers

# Batch, channels and image; kernel; stride; padding.
LAYERS: tuple[tuple[Any, ...], ...] = (
    ("two channels", (1, 2, 3, 4), (2, 2), 1, 0),
    ("two images", (2, 1, 3, 3), (2, 1), 1, 0),
    ("a stride of 2", (1, 2, 5, 6), (3, 2), 2, 0),
    ("a padding of 1", (2, 2, 4, 3), (3, 2), 1, 1),
    ("all sizes different", (2, 3, 7, 6), (3, 2), 2, 1),
    ("a stride larger than the kernel", (1, 2, 8, 6), (2, 1), 3, 0),
    ("a stride that does not divide", (2, 2, 6, 8), (3, 3), 2, 0),
    ("a 1×1 kernel", (2, 3, 3, 4), (1, 1), 1, 0),
    ("float32", (2, 2, 5, 4), (3, 3), 1, 1, np.float32),
)
STRICT: tuple[tuple[Any, ...], ...] = (
    ("all sizes different", (3, 2, 6, 9), (2, 4), 2, 1),
    ("more padding than kernel", (2, 3, 3, 4), (2, 3), 1, 3),
    ("a stride larger than the kernel", (2, 2, 9, 7), (1, 2), 4, 0),
    ("a stride that does not divide", (1, 4, 8, 6), (3, 3), 3, 1),
    ("a kernel as large as the image", (2, 3, 3, 4), (3, 4), 1, 0),
    ("whole numbers", (2, 2, 5, 4), (2, 3), 1, 1, np.int64),
)


def positions(size: int, taps: int, stride: int, padding: int) -> int:
    """Return how many positions there are along an axis."""
    return (size + 2 * padding - taps) // stride + 1


def drawn(
    make: Callable[..., tuple[Any, ...]],
) -> Callable[..., Case]:
    """Return what makes a case of a row: ``make`` sorts its arrays and sizes as arguments."""

    def case(
        rng: Rng,
        says: str,
        shape: tuple[int, int, int, int],
        kernel: Pair,
        stride: int,
        padding: int,
        dtype: type = float,
    ) -> Case:
        x = numbers(rng, shape, dtype)
        weight = numbers(rng, (shape[1], 1, *kernel), dtype)
        made = (positions(*axis, stride, padding) for axis in zip(shape[2:], kernel, strict=True))
        grad_y = numbers(rng, (*shape[:2], *made), dtype)
        options = {} if (stride, padding) == (1, 0) else {"stride": stride, "padding": padding}
        return Case(says, make(x, weight, grad_y), options)

    return case


def at(first: int, stride: int, count: int) -> slice:
    """Return the cells that lie a stride apart."""
    return slice(first, first + stride * (count - 1) + 1, stride)


def padded(x: np.ndarray, before: int, after: int) -> np.ndarray:
    """Pad rows and columns of x by zeros."""
    return np.pad(x, ((0, 0), (0, 0), (before, after), (before, after)))
