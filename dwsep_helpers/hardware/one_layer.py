"""One eight-bit layer as LiteRT computes it, to hold a layer of one's own against.

LiteRT has several sets of kernels, which round differently: see :data:`KERNELS`. Needs the extra
``mobile``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from dwsep_helpers.hardware.libraries import hidden_stderr, quiet
from dwsep_helpers.hardware.quantization import HIGHEST, LOWEST
from dwsep_helpers.hardware.tflite_file import File
from dwsep_helpers.kernels import fixed_point

KERNELS: Final = {
    "reference": "BUILTIN_REF",
    "optimized": "BUILTIN_WITHOUT_DEFAULT_DELEGATES",
    "XNNPACK": "BUILTIN",
}
"""Which kernels LiteRT is asked for, and what it calls them; XNNPACK's are its default."""


@dataclass(frozen=True, eq=False)
class Int8Layer:
    """A depthwise or pointwise layer in eight-bit integers, and an input for it.

    Attributes
    ----------
    x : ndarray, int8, shape (1, C_in, H, W)
    weight : ndarray, int8
        (C, 1, K_h, K_w) with C = C_in is depthwise, (C_out, C_in, 1, 1) pointwise.
    bias : ndarray, int32, shape (C_out,)
    scales : ndarray, float32, shape (C_out,)
        Of the weights, by output channel.
    x_scale, y_scale : float
    x_zero_point, y_zero_point : int
    stride, padding : int
    """

    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    scales: np.ndarray
    x_scale: float
    x_zero_point: int
    y_scale: float
    y_zero_point: int
    stride: int = 1
    padding: int = 0

    @property
    def factors(self) -> np.ndarray:
        """What takes a sum to steps of the output, by channel: s_x · s_w / s_y, in float64."""
        of_input, of_output = (float(np.float32(scale)) for scale in (self.x_scale, self.y_scale))
        return of_input * self.scales.astype(np.float32).astype(np.float64) / of_output

    @property
    def is_depthwise(self) -> bool:
        """Whether each filter reads one channel."""
        return self.weight.shape[1] < self.x.shape[1]

    def tflite(self) -> bytes:
        """Return the layer as a .tflite file."""
        file = File()
        s = file.schema
        _, channels, rows, columns = self.x.shape
        scale, zero = [self.x_scale], [self.x_zero_point]
        here = file._tensor("x", (1, rows, columns, channels), s.TensorType.INT8, scale, zero)
        file.inputs = [here]
        here = file.padded("padding", here, 2 * ((self.padding, self.padding),))
        _, rows, columns, _ = file.shape(here)
        down, across = (
            (size - kernel) // self.stride + 1
            for size, kernel in zip((rows, columns), self.weight.shape[2:], strict=True)
        )
        shape = 1, down, across, len(self.weight)
        scale, zero = [self.y_scale], [self.y_zero_point]
        y = file._tensor("y", shape, s.TensorType.INT8, scale, zero)
        axis = 3 if self.is_depthwise else 0
        weight = self.weight.transpose((1, 2, 3, 0) if axis else (0, 2, 3, 1))
        units = np.float32(self.x_scale) * self.scales.astype(np.float32)
        inputs = [
            here,
            file._constant("weight", weight, self.scales, axis),
            file._constant("bias", self.bias.astype(np.int32), units),
        ]
        options = s.DepthwiseConv2DOptionsT() if axis else s.Conv2DOptionsT()
        options.padding = s.Padding.VALID
        options.strideH = options.strideW = self.stride
        if axis:
            options.depthMultiplier = 1
        kind = "DEPTHWISE_CONV_2D" if axis else "CONV_2D"
        file.outputs = [file._operator(kind, inputs, y, options)]
        return file.packed()


def run(layer: Int8Layer, kernels: str = "reference") -> np.ndarray:
    """Return what LiteRT makes of a layer, in one thread.

    Parameters
    ----------
    layer : Int8Layer
    kernels : str
        One of :data:`KERNELS`.

    Returns
    -------
    ndarray, int8, shape (1, C_out, H_out, W_out)

    Raises
    ------
    ModuleNotFoundError
        Without LiteRT; the message says how to add it.
    """
    with quiet(), hidden_stderr():
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        interpreter = Interpreter(
            model_content=layer.tflite(),
            num_threads=1,
            experimental_op_resolver_type=OpResolverType[KERNELS[kernels]],
        )
        interpreter.allocate_tensors()
        (x,), (y,) = interpreter.get_input_details(), interpreter.get_output_details()
        interpreter.set_tensor(x["index"], np.ascontiguousarray(layer.x.transpose(0, 2, 3, 1)))
        interpreter.invoke()
        return interpreter.get_tensor(y["index"]).transpose(0, 3, 1, 2)


def drawn(kind: str, count: int, seed: int = 0) -> Iterator[Int8Layer]:
    """Yield layers at random: sizes, numbers, scales and zero points.

    Parameters
    ----------
    kind : str
        ``"depthwise"`` or ``"pointwise"``.
    count, seed : int
    """
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield _drawn(rng, kind == "depthwise")


def compared(depthwise: Callable, pointwise: Callable, count: int = 40) -> str:
    """Say how often a learner's layers give other integers than LiteRT's kernels do.

    Parameters
    ----------
    depthwise, pointwise : callable
        Such as ``depthwise_int8`` and ``pointwise_int8`` of :mod:`dwsep_helpers.kernels`.
    count : int
        Layers of each kind.

    Raises
    ------
    ModuleNotFoundError
        Without LiteRT; the message says how to add it.
    """
    lines = []
    for kind, answer in (("depthwise", depthwise), ("pointwise", pointwise)):
        apart, numbers = dict.fromkeys(KERNELS, 0), 0
        for layer in drawn(kind, count):
            multiplier, shift = fixed_point(layer.factors)
            points = layer.x_zero_point, layer.y_zero_point
            how = (layer.stride, layer.padding) if layer.is_depthwise else ()
            y = answer(layer.x, layer.weight, layer.bias, multiplier, shift, *points, *how)
            numbers += y.size
            for name in apart:
                apart[name] += int(np.count_nonzero(run(layer, name) != y))
        found = ", ".join(f"{n:,} ({name})" for name, n in apart.items())
        lines.append(f"{kind}: of {numbers:,} numbers, LiteRT's kernels differ in {found}")
    return "\n".join(lines)


def _drawn(rng: np.random.Generator, depthwise: bool) -> Int8Layer:
    c_in, c_out, rows, columns = (int(n) for n in rng.integers((2, 1, 5, 5), (25, 25, 10, 10)))
    kernel = (int(rng.choice([3, 5])), int(rng.choice([1, 3, 5]))) if depthwise else (1, 1)
    c_out = c_in if depthwise else c_out
    taps = kernel[0] * kernel[1] if depthwise else c_in
    scales = rng.uniform(5e-4, 2e-2, c_out).astype(np.float32)
    x_scale = float(np.float32(rng.uniform(1e-3, 0.1)))
    # One layer in four has scales that are powers of two, so that sums lie between two steps.
    if rng.random() < 0.25:
        x_scale, scales = 2.0**-5, 2.0 ** rng.integers(-9, -5, c_out).astype(np.float32)
    # Sums of that many products reach about this far; some outputs are clipped, some aren't.
    reach = 127 * 127 * taps**0.5 * x_scale * float(scales.max())
    y_scale = float(np.float32(rng.uniform(0.3, 1.5) * reach / 255))
    y_scale = float(2.0 ** np.rint(np.log2(y_scale))) if x_scale == 2.0**-5 else y_scale
    shape = c_out, 1 if depthwise else c_in, *kernel
    return Int8Layer(
        x=rng.integers(LOWEST, HIGHEST + 1, (1, c_in, rows, columns)).astype(np.int8),
        weight=rng.integers(-HIGHEST, HIGHEST + 1, shape).astype(np.int8),
        bias=rng.integers(-20_000, 20_001, c_out).astype(np.int32),
        scales=scales,
        x_scale=x_scale,
        x_zero_point=int(rng.integers(LOWEST, HIGHEST + 1)),
        y_scale=y_scale,
        y_zero_point=int(rng.integers(LOWEST, HIGHEST + 1)),
        stride=int(rng.integers(1, 3)) if depthwise else 1,
        padding=int(rng.integers(0, 3)) if depthwise else 0,
    )
