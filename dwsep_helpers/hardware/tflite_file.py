"""The .tflite format: tensors, their eight-bit contents, and operators in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from torch import nn

from dwsep_helpers.hardware.quantization import quantize, scale_and_zero_point, symmetric_scale

Bounds = tuple[float, float]

SMALLEST, LARGEST = (float(end) for end in (np.finfo(np.float32).tiny, np.finfo(np.float32).max))
"""The file's scales are float32: the ends of what that holds with all its digits."""

NARROWEST = 2.0**-100
"""The smallest scale of activations, 7.9e-31: its products with a weight's are float32 as well."""

VERSIONS = dict(
    CONV_2D=3, DEPTHWISE_CONV_2D=3, FULLY_CONNECTED=4, PAD=2, AVERAGE_POOL_2D=2, RESHAPE=1
)
"""The first version of each operator that knows eight-bit integers with a sign."""


def fitting_scales(
    weight: np.ndarray, bias: np.ndarray, of_input: float, of_output: float, per_channel: bool
) -> np.ndarray:
    """Return weights' scales, wider than :func:`symmetric_scale` where more has to fit.

    Parameters
    ----------
    weight : ndarray, shape (C_out, ...)
    bias : ndarray, shape (C_out,)
    of_input, of_output : float
        The scales of the activations before and after.
    per_channel : bool
        One scale for each output channel, instead of one for all.

    Returns
    -------
    ndarray, shape (C_out, 1, …, 1) or ()

    Notes
    -----
    A bias is an int32 that counts steps of (input's scale · weight's scale). Here it stays below
    2³⁰ of them, so that the sum of products has room as well: where weights are tiny and the bias
    isn't, the scale is widened, and the weights may become 0. TensorFlow Lite's optimizer
    (tools/optimize/quantization_utils.cc) has the same rule, and ONNX Runtime's quantizer (its pull
    request 22020) one like it. A step is also
    at least 2⁻³¹ of an output's, as fewer are 0 to the runtimes, and a float32 that has all its
    digits. Nothing is lost by either: weights that small don't move an output by a step.

    Examples
    --------
    >>> weight, bias = np.array([[0.5], [1e-12]]), np.array([0.1, 3.0])
    >>> scales = fitting_scales(weight, bias, 0.02, 0.02, per_channel=True).ravel()
    >>> np.rint(bias / (0.02 * scales)).astype(int).tolist()
    [1270, 1073741824]
    """
    axes = tuple(range(1, weight.ndim)) if per_channel else None
    used = np.any(weight != 0, axis=axes, keepdims=per_channel)
    biases = np.abs(bias.astype(np.float64))
    largest = biases.reshape(used.shape) if per_channel else biases.max()
    least = np.maximum(2.0**-30 * largest, max(2.0**-31 * of_output, SMALLEST * max(1, of_input)))
    return np.asarray(np.maximum(used * symmetric_scale(weight, per_channel), least / of_input))


class File:
    """A .tflite file on the make: tensors, their contents, and operators in order."""

    def __init__(self) -> None:
        from ai_edge_litert import schema_py_generated

        self.schema = schema_py_generated
        self.inputs: list[int] = []
        self.outputs: list[int] = []
        self.buffers = [self.schema.BufferT()]  # the first one is empty: "no content"
        self.tensors: list[Any] = []
        self.operators: list[Any] = []
        self.kinds: list[str] = []

    def activation(self, name: str, shape: tuple[int, ...], bounds: Bounds) -> int:
        """Add a tensor of activations between two bounds, and return its number."""
        scale, zero_point = scale_and_zero_point(*bounds)
        kind = self.schema.TensorType.INT8
        return self._tensor(name, shape, kind, [max(scale, NARROWEST)], [zero_point])

    def convolution(self, name: str, layer: nn.Conv2d, x: int, bounds: Bounds, then: str) -> int:
        """Add a convolution and the activation that follows it."""
        s = self.schema
        depthwise = layer.groups > 1
        x, same = self._ready(name, layer, x)
        _, rows, columns, _ = self.tensors[x].shape
        sizes = [0 if same else size - 1 for size in layer.kernel_size]
        down, across = (
            (n - size - 1) // stride + 1
            for n, size, stride in zip((rows, columns), sizes, layer.stride, strict=True)
        )
        y = self.activation(name, (1, down, across, layer.out_channels), bounds)
        inputs = [x, *self._parameters(name, layer, x, y)]
        options = s.DepthwiseConv2DOptionsT() if depthwise else s.Conv2DOptionsT()
        options.padding = s.Padding.SAME if same else s.Padding.VALID
        options.strideH, options.strideW = layer.stride
        options.fusedActivationFunction = getattr(s.ActivationFunctionType, then)
        if depthwise:
            options.depthMultiplier = layer.out_channels // layer.in_channels
        kind = "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D"
        return self._operator(kind, inputs, y, options)

    def average(self, name: str, x: int) -> int:
        """Add the mean over pixels."""
        s = self.schema
        _, rows, columns, channels = self.tensors[x].shape
        y = self._like(name, x, (1, 1, 1, channels))
        options = s.Pool2DOptionsT(filterHeight=rows, filterWidth=columns, strideH=1, strideW=1)
        options.padding = s.Padding.VALID
        return self._operator("AVERAGE_POOL_2D", [x], y, options)

    def flatten(self, name: str, x: int) -> int:
        """Leave out the two axes of pixels, of which there is one."""
        flat = [1, self.tensors[x].shape[-1]]
        y = self._like(name, x, tuple(flat))
        shape = self._constant(f"{name}.shape", np.array(flat, np.int32))
        return self._operator("RESHAPE", [x, shape], y, self.schema.ReshapeOptionsT(newShape=flat))

    def linear(self, name: str, layer: nn.Linear, x: int, bounds: Bounds, then: str) -> int:
        """Add a linear layer, which has one scale for all weights, and its activation."""
        s = self.schema
        y = self.activation(name, (1, layer.out_features), bounds)
        inputs = [x, *self._parameters(name, layer, x, y)]
        options = s.FullyConnectedOptionsT()
        options.fusedActivationFunction = getattr(s.ActivationFunctionType, then)
        return self._operator("FULLY_CONNECTED", inputs, y, options)

    def packed(self) -> bytes:
        """Return the file's content."""
        import flatbuffers

        s = self.schema
        graph = s.SubGraphT(name="main", tensors=self.tensors, operators=self.operators)
        graph.inputs, graph.outputs = self.inputs, self.outputs
        codes = []
        for kind in self.kinds:
            code = getattr(s.BuiltinOperator, kind)
            codes.append(s.OperatorCodeT(code, builtinCode=code, version=VERSIONS[kind]))
        model = s.ModelT(version=3, operatorCodes=codes, subgraphs=[graph], buffers=self.buffers)
        builder = flatbuffers.Builder(0)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def _ready(self, name: str, layer: nn.Conv2d, x: int) -> tuple[int, bool]:
        """Return the input with the zeros that a layer pads, and whether it pads them itself."""
        if layer.padding == "same":  # with odd kernels and stride 1: others aren't taken
            return x, True
        padding = (0, 0) if layer.padding == "valid" else tuple(map(int, layer.padding))
        around_centre = tuple(size // 2 for size in layer.kernel_size)
        # At a stride, TensorFlow's "same" pads the far side alone where the size is even.
        if (
            layer.stride == (1, 1)
            and padding == around_centre
            and all(size % 2 for size in layer.kernel_size)
        ):
            return x, True
        return (self._padded(f"{name}.padding", x, *padding) if any(padding) else x), False

    def _padded(self, name: str, x: int, down: int, across: int) -> int:
        _, rows, columns, channels = self.tensors[x].shape
        shape = (1, rows + 2 * down, columns + 2 * across, channels)
        around = np.array([[0, 0], [down, down], [across, across], [0, 0]], np.int32)
        y = self._like(name, x, shape)
        inputs = [x, self._constant(f"{name}.sizes", around)]
        return self._operator("PAD", inputs, y, self.schema.PadOptionsT())

    def _parameters(self, name: str, layer: nn.Conv2d | nn.Linear, x: int, y: int) -> list[int]:
        """Add weights and biases, and return their numbers."""
        weight = layer.weight.detach().numpy()
        bias = np.zeros(len(weight)) if layer.bias is None else layer.bias.detach().numpy()
        of_input, of_output = (self.tensors[t].quantization.scale[0] for t in (x, y))
        scales = fitting_scales(weight, bias, of_input, of_output, isinstance(layer, nn.Conv2d))
        units = of_input * scales.ravel()
        # XNNPACK takes no step of 256 or more of the output's. Where one is so large, the output
        # is what little a ReLU lets through of sums that are far off: that isn't worth more.
        self.tensors[y].quantization.scale = [max(of_output, units.max() / 128)]
        if max(scales.max(), units.max()) > LARGEST:
            raise ValueError(
                f"{name} has biases or weights so large that no scale of float32 fits them; "
                f"its largest bias is {np.abs(bias).max():.2g}"
            )
        q, axis = quantize(weight, scales), 0
        if isinstance(layer, nn.Conv2d):  # (C_out, C_in, K_h, K_w) to (C_out, K_h, K_w, C_in), and
            axis = 3 if layer.groups > 1 else 0  # if depthwise to (1, K_h, K_w, C_out)
            q = q.transpose((1, 2, 3, 0) if axis else (0, 2, 3, 1))
        steps = np.rint(bias / units).astype(np.int32)
        return [
            self._constant(f"{name}.weight", q, scales.ravel(), axis),
            self._constant(f"{name}.bias", steps, units),
        ]

    def _constant(
        self, name: str, values: np.ndarray, scales: np.ndarray | None = None, axis: int = 0
    ) -> int:
        kinds = {"int8": self.schema.TensorType.INT8, "int32": self.schema.TensorType.INT32}
        content = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)
        self.buffers.append(self.schema.BufferT(data=content))
        zeros = () if scales is None else [0] * scales.size
        where = self._tensor(name, values.shape, kinds[values.dtype.name], scales, zeros, axis)
        self.tensors[where].buffer = len(self.buffers) - 1
        return where

    def _like(self, name: str, x: int, shape: tuple[int, ...]) -> int:
        of = self.tensors[x].quantization
        return self._tensor(name, shape, self.tensors[x].type, of.scale, of.zeroPoint)

    def _tensor(
        self,
        name: str,
        shape: tuple[int, ...],
        kind: int,
        scales: Iterable[float] | None = None,
        zeros: Iterable[int] = (),
        axis: int = 0,
    ) -> int:
        quantization = None
        if scales is not None:
            quantization = self.schema.QuantizationParametersT(
                scale=[float(scale) for scale in scales],
                zeroPoint=list(zeros),
                quantizedDimension=axis,
            )
        tensor = self.schema.TensorT(
            name=name, shape=list(shape), type=kind, quantization=quantization, hasRank=True
        )
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def _operator(self, kind: str, inputs: list[int], output: int, options: Any) -> int:
        s = self.schema
        if kind not in self.kinds:
            self.kinds.append(kind)
        operator = s.OperatorT(
            opcodeIndex=self.kinds.index(kind),
            inputs=inputs,
            outputs=[output],
            builtinOptionsType=getattr(s.BuiltinOptions, type(options).__name__.removesuffix("T")),
            builtinOptions=options,
        )
        self.operators.append(operator)
        return output
