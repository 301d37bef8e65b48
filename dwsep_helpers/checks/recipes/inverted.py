"""An inverted residual in NumPy in steps, and a network of them; cases of both."""

from collections.abc import Callable
from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.inputs import Pair, Rng, numbers

Weights = tuple[np.ndarray, np.ndarray]
Pads = Callable[[int, int, int], Pair]
Zeros = Callable[[Pair, Pair], tuple[Pair, Pair]]
LAYERS = (  # what an answer may call: the learner's layers of earlier units, or the course's
    "dwsep_helpers.conv_output_size",
    "*mine.conv2d",
    "*mine.conv2d_vectorized",
    "*mine.depthwise_conv2d",
    "*mine.depthwise_conv2d_vectorized",
    "*mine.pointwise_conv2d",
)


def relu6(y: np.ndarray) -> np.ndarray:
    """Cut off what is below 0 and above 6."""
    return np.clip(y, 0, 6)


def relu(y: np.ndarray) -> np.ndarray:
    """Cut off what is below 0, and nothing above."""
    return np.maximum(y, 0)


def six_at_most(y: np.ndarray) -> np.ndarray:
    """Cut off what is above 6, and nothing below 0."""
    return np.minimum(y, 6)


def as_it_is(y: Any) -> Any:
    """Do nothing."""
    return y


def by_half(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Pad by half the kernel on each side."""
    return kernel // 2, kernel // 2


def each_axis(rows: Pair, columns: Pair) -> tuple[Pair, Pair]:
    """Give each axis its own zeros."""
    return rows, columns


def padded(
    x: np.ndarray, weight: np.ndarray, stride: int, pads: Pads, zeros: Zeros = each_axis
) -> np.ndarray:
    """Put zeros about a map, as many as ``pads`` says of rows and columns."""
    rows, columns = (pads(x.shape[axis], weight.shape[axis], stride) for axis in (2, 3))
    return np.pad(x, [(0, 0), (0, 0), *zeros(rows, columns)])


def added(x: np.ndarray, y: np.ndarray, stride: int) -> np.ndarray:
    """Add the input where it may be."""
    return x + y if stride == 1 and x.shape == y.shape else y


def bottleneck(
    x: np.ndarray,
    expand: Weights | None,
    depthwise: Weights,
    project: Weights,
    stride: int = 1,
    *,
    pads: Pads = kernels.same_padding,
    zeros: Zeros = each_axis,
    widened: Callable[[np.ndarray], np.ndarray] = relu6,
    filtered: Callable[[np.ndarray], np.ndarray] = relu6,
    narrowed: Callable[[np.ndarray], np.ndarray] = as_it_is,
    add: Callable[[np.ndarray, np.ndarray, int], np.ndarray] = added,
    without_bias: str = "",
    steps: Callable[[int], int] = as_it_is,
) -> np.ndarray:
    """Run an inverted residual, save for the steps that are replaced."""
    kept = {name: name != without_bias for name in ("expand", "depthwise", "project")}
    y = x
    if expand is not None:
        y = widened(kernels.pointwise_conv2d(x, expand[0], kept["expand"] * expand[1]))
    y = padded(y, depthwise[0], steps(stride), pads, zeros)
    bias = kept["depthwise"] * depthwise[1]
    y = filtered(kernels.depthwise_conv2d(y, depthwise[0], bias, stride=steps(stride)))
    y = kernels.pointwise_conv2d(y, project[0], kept["project"] * project[1])
    return add(x, narrowed(y), stride)


def layer(rng: Rng, shape: tuple[int, ...], dtype: type = float) -> Weights:
    """Draw weight and bias of a layer, which keep sums of the order of ReLU6's 6."""
    weight = numbers(rng, shape, dtype)
    bias = numbers(rng, shape[:1], dtype)
    if dtype is float:
        weight = weight / np.sqrt(np.prod(shape[1:])) / 2
    return weight, bias


def block(
    rng: Rng, channels: tuple[int, int, int], kernel: tuple[int, int], widens: bool = True
) -> tuple[Weights | None, Weights, Weights]:
    """Draw the layers of a block: channels in, wide and out; the kernel's rows and columns."""
    into, wide, out = channels
    expand = layer(rng, (wide, into, 1, 1)) if widens else None
    wide = wide if widens else into
    return expand, layer(rng, (wide, 1, *kernel)), layer(rng, (out, wide, 1, 1))
