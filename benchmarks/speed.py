"""Times of the kernels and of what they are held against, layer by layer."""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

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

Contenders = dict[str, Callable[[], np.ndarray]]


@dataclass(frozen=True)
class Timing:
    """Median seconds of each contender on one layer."""

    layer: Layer
    seconds: dict[str, float]

    @property
    def torch_ratio(self) -> float:
        """Our time over torch's: below 1 we are faster."""
        return self.seconds[OURS] / self.seconds[TORCH]

    @property
    def peer_ratio(self) -> float | None:
        """The best peer's time over ours: above 1 we are faster."""
        others = [s for name, s in self.seconds.items() if name not in (OURS, TORCH)]
        return min(others) / self.seconds[OURS] if others else None


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
        "einsum": lambda: peers.einsum_over_windows(x, weight, stride, padding),
        "im2col": lambda: peers.im2col_matmul(x, weight, stride, padding),
        "ndimage": lambda: peers.ndimage_correlate(x, weight, stride, padding),
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
    """Check that all agree, then time them in turn, so that a slow spell hits all alike."""
    reference = contenders[TORCH]()
    for name, run in contenders.items():
        np.testing.assert_allclose(run(), reference, rtol=1e-3, atol=1e-3, err_msg=name)
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return Timing(layer, {name: float(np.median(times)) for name, times in seconds.items()})


def geometric_mean(ratios: Iterable[tuple[float, int]]) -> float:
    """Geometric mean of (ratio, how often it counts)."""
    pairs = list(ratios)
    total = sum(count for _, count in pairs)
    return math.exp(sum(count * math.log(ratio) for ratio, count in pairs) / total)


def _normal(layer: Layer, weight_shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Draw an image for ``layer``, and a weight that keeps sums of the order of 1."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1, layer.c_in, layer.size, layer.size), dtype=np.float32)
    weight = rng.standard_normal(weight_shape, dtype=np.float32)
    return x, weight / np.float32(math.sqrt(math.prod(weight_shape[1:])))
