"""The .tflite format: tensors, their contents in float32 or eight bits, and operators in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from torch import nn

from dwsep_helpers.hardware.quantization import quantize, scale_and_zero_point
from dwsep_helpers.hardware.tflite_scales import LARGEST, NARROWEST, Bounds, fitting_scales
from dwsep_helpers.kernels import same_padding

VERSIONS = dict(
    CONV_2D=3, DEPTHWISE_CONV_2D=3, FULLY_CONNECTED=4, PAD=2, AVERAGE_POOL_2D=2, ADD=2, DEQUANTIZE=2
)
"""The first version of an operator that reads eight-bit integers with a sign, where it isn't 1."""

Zeros = tuple[tuple[int, int], tuple[int, int]]
"""How many lie before and after a map's rows, and before and after its columns."""

NO_ZEROS: Zeros = (0, 0), (0, 0)


class File:
    """A .tflite file on the make: tensors, their contents, and operators in order.

    Tensors are numbers, as the format has them. What reads a tensor of eight-bit integers gives
    eight-bit integers, what reads float32 gives float32.
    """

    def __init__(self) -> None:
        from ai_edge_litert import schema_py_generated

        self.schema = schema_py_generated
        self.inputs: list[int] = []
        self.outputs: list[int] = []
        self.buffers = [self.schema.BufferT()]  # the first one is empty: "no content"
        self.tensors: list[Any] = []
        self.operators: list[Any] = []
        self.kinds: list[tuple[str, int]] = []

    def activation(self, name: str, shape: tuple[int, ...], bounds: Bounds | None) -> int:
        """Add a tensor of activations between two bounds, or in float32 without any."""
        if bounds is None:
            return self._tensor(name, shape, self.schema.TensorType.FLOAT32)
        scale, zero_point = scale_and_zero_point(*bounds)
        kind = self.schema.TensorType.INT8
        return self._tensor(name, shape, kind, [max(scale, NARROWEST)], [zero_point])

    def quantized(self, name: str, x: int, bounds: Bounds) -> int:
        """Take a tensor of float32 to eight bits."""
        y = self.activation(name, self.shape(x), bounds)
        return self._operator("QUANTIZE", [x], y, self.schema.QuantizeOptionsT())

    def dequantized(self, name: str, x: int) -> int:
        """Take a tensor of eight bits to float32."""
        y = self.activation(name, self.shape(x), None)
        return self._operator("DEQUANTIZE", [x], y, self.schema.DequantizeOptionsT())

    def convolution(
        self, name: str, layer: nn.Conv2d, x: int, zeros: Zeros, bounds: Bounds | None, then: str
    ) -> int:
        """Add a convolution of a map with zeros around it, and the activation that follows it."""
        s = self.schema
        depthwise = layer.groups > 1
        zeros = _around(layer, zeros)
        axes = [*zip(self.shape(x)[1:3], layer.kernel_size, layer.stride, strict=True)]
        same = zeros == tuple(same_padding(*axis) for axis in axes)
        if not same and zeros != NO_ZEROS:
            x = self.padded(f"{name}.padding", x, zeros)
        down, across = (
            (size + sum(added) - kernel) // stride + 1
            for (size, kernel, stride), added in zip(axes, zeros, strict=True)
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

    def add(self, name: str, x: int, other: int, bounds: Bounds | None, then: str) -> int:
        """Add the sum of two tensors of one shape, and the activation that follows it."""
        y = self.activation(name, self.shape(x), bounds)
        if bounds is not None:
            # The kernels take no step of 256 or more of the output's. A sum that is so much
            # smaller than what is added isn't known any better: its parts are rounded as well.
            scales = [self.tensors[t].quantization.scale[0] for t in (x, other, y)]
            self.tensors[y].quantization.scale = [max(scales[2], max(scales[:2]) / 128)]
        options = self.schema.AddOptionsT()
        options.fusedActivationFunction = getattr(self.schema.ActivationFunctionType, then)
        return self._operator("ADD", [x, other], y, options)

    def padded(self, name: str, x: int, zeros: Zeros) -> int:
        """Add zeros around a map; none need no operator."""
        if zeros == NO_ZEROS:
            return x
        _, rows, columns, channels = self.shape(x)
        shape = (1, rows + sum(zeros[0]), columns + sum(zeros[1]), channels)
        around = np.array([(0, 0), *zeros, (0, 0)], np.int32)
        y = self._like(name, x, shape)
        inputs = [x, self._constant(f"{name}.sizes", around)]
        return self._operator("PAD", inputs, y, self.schema.PadOptionsT())

    def shape(self, x: int) -> tuple[int, ...]:
        """Return a tensor's shape: (1, rows, columns, channels), or (1, features)."""
        return tuple(self.tensors[x].shape)

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

    def linear(self, name: str, layer: nn.Linear, x: int, bounds: Bounds | None, then: str) -> int:
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
        for kind, version in self.kinds:
            code = getattr(s.BuiltinOperator, kind)
            codes.append(s.OperatorCodeT(code, builtinCode=code, version=version))
        model = s.ModelT(version=3, operatorCodes=codes, subgraphs=[graph], buffers=self.buffers)
        builder = flatbuffers.Builder(0)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def _parameters(self, name: str, layer: nn.Conv2d | nn.Linear, x: int, y: int) -> list[int]:
        """Add weights and biases, and return their numbers."""
        weight = layer.weight.detach().numpy()
        bias = np.zeros(len(weight)) if layer.bias is None else layer.bias.detach().numpy()
        axis = 3 if isinstance(layer, nn.Conv2d) and layer.groups > 1 else 0
        if self.tensors[x].quantization is None:
            return [
                self._constant(f"{name}.weight", _channels_last(weight, axis)),
                self._constant(f"{name}.bias", bias.astype(np.float32)),
            ]
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
        q = _channels_last(quantize(weight, scales), axis)
        steps = np.rint(bias / units).astype(np.int32)
        return [
            self._constant(f"{name}.weight", q, scales.ravel(), axis),
            self._constant(f"{name}.bias", steps, units),
        ]

    def _constant(
        self, name: str, values: np.ndarray, scales: np.ndarray | None = None, axis: int = 0
    ) -> int:
        kind = getattr(self.schema.TensorType, values.dtype.name.upper())
        content = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)
        self.buffers.append(self.schema.BufferT(data=content))
        zeros = () if scales is None else [0] * scales.size
        where = self._tensor(name, values.shape, kind, scales, zeros, axis)
        self.tensors[where].buffer = len(self.buffers) - 1
        return where

    def _like(self, name: str, x: int, shape: tuple[int, ...]) -> int:
        kind, of = self.tensors[x].type, self.tensors[x].quantization
        if of is None:
            return self._tensor(name, shape, kind)
        return self._tensor(name, shape, kind, of.scale, of.zeroPoint)

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
        reads_integers = self.tensors[inputs[0]].type == s.TensorType.INT8
        code = kind, VERSIONS.get(kind, 1) if reads_integers else 1
        if code not in self.kinds:
            self.kinds.append(code)
        operator = s.OperatorT(
            opcodeIndex=self.kinds.index(code),
            inputs=inputs,
            outputs=[output],
            builtinOptionsType=getattr(s.BuiltinOptions, type(options).__name__.removesuffix("T")),
            builtinOptions=options,
        )
        self.operators.append(operator)
        return output


def _around(layer: nn.Conv2d, zeros: Zeros) -> Zeros:
    """Return the zeros around a map with those that a layer pads by itself."""
    if layer.padding == "same":  # with odd kernels and stride 1: others aren't taken
        own = tuple(size // 2 for size in layer.kernel_size)
    else:
        own = (0, 0) if layer.padding == "valid" else tuple(map(int, layer.padding))
    rows, columns = (
        (before + more, after + more) for (before, after), more in zip(zeros, own, strict=True)
    )
    return rows, columns


def _channels_last(weight: np.ndarray, axis: int) -> np.ndarray:
    """Return weights as the file has them, output channels in an axis: 3 if depthwise, else 0."""
    if weight.ndim == 2:
        return weight
    # (C_out, C_in, K_h, K_w) to (C_out, K_h, K_w, C_in), or (C_out, 1, K_h, K_w) to (1, …, C_out)
    return weight.transpose((1, 2, 3, 0) if axis else (0, 2, 3, 1))
