"""What the kernels allocate, as tracemalloc sees it."""

import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dwsep_helpers import (
    conv2d,
    depthwise_conv2d,
    depthwise_separable_conv2d,
    pointwise_conv2d,
)

WORKSPACE_BAR = 16e6


@dataclass(frozen=True)
class Memory:
    """Bytes of one call: its padded input, its output, and the peak beyond the output."""

    name: str
    padded_input: int
    output: int
    beyond_output: int

    @property
    def bar(self) -> float:
        """At most one padded copy of the input, and some workspace."""
        return self.padded_input + WORKSPACE_BAR


def cases() -> dict[str, tuple[tuple[int, ...], Callable[[np.ndarray], np.ndarray]]]:
    """List calls on images whose full im2col would be huge: input shape and call."""

    def ones(*shape: int) -> np.ndarray:
        return np.ones(shape, np.float32)

    photograph = (1, 3, 2000, 3000)
    return {
        "conv2d, 3 -> 8, 3x3": (photograph, lambda x: conv2d(x, ones(8, 3, 3, 3), padding=1)),
        "conv2d, 64 -> 8, 3x3": (
            (1, 64, 16, 20_000),
            lambda x: conv2d(x, ones(8, 64, 3, 3), padding=1),
        ),
        "depthwise_conv2d, 3x3": (
            photograph,
            lambda x: depthwise_conv2d(x, ones(3, 1, 3, 3), padding=1),
        ),
        "depthwise_conv2d, 3x3, m=4, stride 2": (
            photograph,
            lambda x: depthwise_conv2d(x, ones(12, 1, 3, 3), padding=1, stride=2),
        ),
        "pointwise_conv2d, 3 -> 8": (photograph, lambda x: pointwise_conv2d(x, ones(8, 3))),
        "depthwise_separable_conv2d, 3 -> 8": (
            photograph,
            lambda x: depthwise_separable_conv2d(x, ones(3, 1, 3, 3), ones(8, 3), padding=1),
        ),
    }


def measure(name: str, shape: tuple[int, ...], call: Callable[[np.ndarray], np.ndarray]) -> Memory:
    """Trace one call."""
    x = np.ones(shape, np.float32)
    *rest, height, width = shape
    padded = int(np.prod(rest)) * (height + 2) * (width + 2) * x.itemsize
    tracemalloc.start()
    try:
        y = call(x)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return Memory(name, padded, y.nbytes, peak - y.nbytes)
