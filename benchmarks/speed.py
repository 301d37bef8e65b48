"""Times of the kernels and of what they are held against, layer by layer."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

from benchmarks import peers
from benchmarks.layers import BLOCKS, DEPTHWISE, POINTWISE, STEM, Layer
from dwsep_helpers import (
    conv2d,
    depthwise_conv2d,
    depthwise_separable_conv2d,
    pointwise_conv2d,
)

OURS = "ours"
TORCH = "torch"
USUAL = {  # the usual NumPy ways to write a depthwise convolution
    "einsum": peers.einsum_over_windows,
    "im2col": peers.im2col_matmul,
    "ndimage": peers.ndimage_correlate,
}
BATCHED = "batched"  # an expert's way, which needs nine times the memory

Contenders = dict[str, Callable[[], np.ndarray]]


@dataclass(frozen=True)
class Timing:
    """Least seconds of each contender on one layer."""

    layer: Layer
    seconds: dict[str, float]

    @property
    def ours_to_torch(self) -> float:
        """Our time over torch's: below 1 we are faster."""
        return self.seconds[OURS] / self.seconds[TORCH]

    @property
    def usual_to_ours(self) -> float:
        """The time of the best of the usual ways over ours: above 1 we are faster."""
        return min(self.seconds[name] for name in USUAL) / self.seconds[OURS]

    @property
    def batched_to_ours(self) -> float:
        """The expert's time over ours: above 1 we are faster."""
        return self.seconds[BATCHED] / self.seconds[OURS]


def dense(layer: Layer) -> Contenders:
    """`conv2d` against torch."""
    x, weight = _normal(layer, (layer.c_out, layer.c_in, 3, 3))
    tx, tweight = torch.from_numpy(x), torch.from_numpy(weight)
    return {
        TORCH: lambda: F.conv2d(tx, tweight, None, layer.stride, layer.padding).numpy(),
        OURS: lambda: conv2d(x, weight, stride=layer.stride, padding=layer.padding),
    }


def depthwise(layer: Layer) -> Contenders:
    """`depthwise_conv2d` against torch and the peers."""
    x, weight = _normal(layer, (layer.c_in, 1, 3, 3))
    stride, padding = layer.stride, layer.padding
    tx, tweight = torch.from_numpy(x), torch.from_numpy(weight)
    return {
        TORCH: lambda: F.conv2d(tx, tweight, None, stride, padding, 1, layer.c_in).numpy(),
        OURS: lambda: depthwise_conv2d(x, weight, stride=stride, padding=padding),
        **{name: partial(peer, x, weight, stride, padding) for name, peer in USUAL.items()},
        BATCHED: partial(peers.batched_im2col_matmul, x, weight, stride, padding),
    }


def pointwise(layer: Layer) -> Contenders:
    """`pointwise_conv2d` against torch."""
    x, weight = _normal(layer, (layer.c_out, layer.c_in, 1, 1))
    tx, tweight = torch.from_numpy(x), torch.from_numpy(weight)
    return {
        TORCH: lambda: F.conv2d(tx, tweight).numpy(),
        OURS: lambda: pointwise_conv2d(x, weight),
    }


def separable(block: Layer) -> Contenders:
    """`depthwise_separable_conv2d` against two of torch's convolutions."""
    x, first = _normal(block, (block.c_in, 1, 3, 3))
    _, second = _normal(block, (block.c_out, block.c_in, 1, 1))
    stride, padding = block.stride, block.padding
    tx, tfirst, tsecond = (torch.from_numpy(array) for array in (x, first, second))
    return {
        TORCH: lambda: F.conv2d(
            F.conv2d(tx, tfirst, None, stride, padding, 1, block.c_in), tsecond
        ).numpy(),
        OURS: lambda: depthwise_separable_conv2d(x, first, second, stride=stride, padding=padding),
    }


FAMILIES: dict[str, tuple[Callable[[Layer], Contenders], list[Layer]]] = {
    "dense 3x3": (dense, [STEM, *BLOCKS]),
    "depthwise 3x3": (depthwise, DEPTHWISE),
    "pointwise 1x1": (pointwise, POINTWISE),
    "depthwise separable": (separable, BLOCKS),
}


def time_layer(layer: Layer, contenders: Contenders, rounds: int) -> Timing:
    """Check that all agree, then time them in turn, so that a slow spell hits all alike.

    Each contender's best run counts: other work on the machine only ever adds time.
    """
    reference = contenders[TORCH]()
    for name, run in contenders.items():
        np.testing.assert_allclose(run(), reference, rtol=1e-3, atol=1e-3, err_msg=name)
    seconds = dict.fromkeys(contenders, math.inf)
    for _ in range(rounds):
        for name, run in contenders.items():
            start = time.perf_counter()
            run()
            seconds[name] = min(seconds[name], time.perf_counter() - start)
    return Timing(layer, seconds)


def geometric_mean(timings: list[Timing], ratio: str) -> float:
    """Geometric mean of a ratio over the network's layers, each as often as the network has it."""
    total = sum(timing.layer.count for timing in timings)
    logs = sum(timing.layer.count * math.log(getattr(timing, ratio)) for timing in timings)
    return math.exp(logs / total)


def _normal(layer: Layer, weight_shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Draw an image for ``layer``, and a weight that keeps sums of the order of 1."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1, layer.c_in, layer.size, layer.size), dtype=np.float32)
    weight = rng.standard_normal(weight_shape, dtype=np.float32)
    return x, weight / np.float32(math.sqrt(math.prod(weight_shape[1:])))
