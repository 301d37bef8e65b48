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

Image = Callable[[], np.ndarray]
Call = Callable[[np.ndarray], np.ndarray]


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


def cases() -> dict[str, tuple[Image, Call]]:
    """List calls on images whose full im2col would be huge: what makes the image, and the call."""

    def ones(*shape: int) -> np.ndarray:
        return np.ones(shape, np.float32)

    def photograph() -> np.ndarray:
        return ones(1, 3, 2000, 3000)

    return {
        "conv2d, 3 -> 8, 3x3": (photograph, lambda x: conv2d(x, ones(8, 3, 3, 3), padding=1)),
        "conv2d, 64 -> 8, 3x3": (
            lambda: ones(1, 64, 16, 20_000),
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
        "depthwise_conv2d, 3x3, 2000 channels": (
            lambda: ones(1, 2000, 100, 100),
            lambda x: depthwise_conv2d(x, ones(2000, 1, 3, 3), padding=1),
        ),
        "pointwise_conv2d, 3 -> 8, of bytes": (
            lambda: photograph().astype(np.uint8),
            lambda x: pointwise_conv2d(x, ones(8, 3).astype(np.int8)),
        ),
        "pointwise_conv2d, 3 -> 8": (photograph, lambda x: pointwise_conv2d(x, ones(8, 3))),
        "depthwise_separable_conv2d, 3 -> 8": (
            photograph,
            lambda x: depthwise_separable_conv2d(x, ones(3, 1, 3, 3), ones(8, 3), padding=1),
        ),
    }


def measure(name: str, image: Image, call: Call) -> Memory:
    """Trace one call."""
    x = image()
    n, channels, height, width = x.shape
    padded = n * channels * (height + 2) * (width + 2) * x.itemsize
    tracemalloc.start()
    try:
        y = call(x)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return Memory(name, padded, y.nbytes, peak - y.nbytes)
