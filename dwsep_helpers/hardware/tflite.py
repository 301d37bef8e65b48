"""MobileNets as eight-bit .tflite files, the format that microcontrollers and NPUs are fed with.

Weights are symmetric, with a scale for each output channel of a convolution; activations have a
scale and a zero point; biases are 32-bit integers in units of (input's scale · weight's scale).
That is TensorFlow Lite's 8-bit specification, ai.google.dev/edge/litert/models/quantization_spec.
The file is put together with LiteRT's own schema classes. Needs the extra ``mobile``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import nn

from dwsep_helpers import hardware
from dwsep_helpers.hardware.export import hidden_stderr
from dwsep_helpers.hardware.quantization import (
    dequantize,
    quantize,
    scale_and_zero_point,
    symmetric_scale,
)
from dwsep_helpers.mobilenet import MobileNetV1
from dwsep_helpers.mobilenet.folding import fold

Bounds = tuple[float, float]


def to_tflite(network: MobileNetV1, calibration: torch.Tensor) -> bytes:
    """Return a network as an eight-bit .tflite file.

    Parameters
    ----------
    network : MobileNetV1
        Batch norms are folded. Dense twins and other tables' networks too.
    calibration : Tensor, shape (N, C, H, W)
        Images from which the ranges of activations are read. The file takes one image of their
        size, channels last.

    Raises
    ------
    ModuleNotFoundError
        Without LiteRT; the message says how to add it.
    ValueError
        If there are no images to calibrate with.
    """
    if not hardware.has_mobile():
        raise ModuleNotFoundError(hardware.how_to_add_mobile())
    if not len(calibration):
        raise ValueError("calibration is empty: a range is read from one image at least")
    folded = fold(network)
    ranges = _ranges(folded, calibration)
    file = _File()
    _, channels, rows, columns = calibration.shape
    here = file.activation("image", (1, rows, columns, channels), ranges["image"])
    file.inputs = [here]
    for name, layer in folded.named_modules():
        if isinstance(layer, nn.Conv2d):
            here = file.convolution(name, layer, here, ranges[name])
        elif isinstance(layer, nn.AdaptiveAvgPool2d):
            here = file.average(name, here)
        elif isinstance(layer, nn.Linear):
            here = file.linear(name, layer, here, ranges[name])
    file.outputs = [here]
    return file.packed()


_VERSIONS = dict(
    CONV_2D=3, DEPTHWISE_CONV_2D=3, FULLY_CONNECTED=4, PAD=2, AVERAGE_POOL_2D=2, RESHAPE=1
)
"""The first version of each operator that knows eight-bit integers with a sign."""


class Interpreter:
    """A .tflite file, from :func:`to_tflite`, ready to run in LiteRT on one thread."""

    def __init__(self, content: bytes):
        with hidden_stderr():  # LiteRT announces its delegate
            from ai_edge_litert import interpreter

            self._interpreter = interpreter.Interpreter(model_content=content, num_threads=1)
            self._interpreter.allocate_tensors()
        (self._input,) = self._interpreter.get_input_details()
        (self._output,) = self._interpreter.get_output_details()

    def __call__(self, image: torch.Tensor) -> torch.Tensor:
        """Return the scores, (1, classes), of one image (1, C, H, W), both as real numbers."""
        scale, zero_point = self._input["quantization"]
        q = quantize(image.detach().permute(0, 2, 3, 1).numpy(), scale, zero_point)
        self._interpreter.set_tensor(self._input["index"], q)
        self._interpreter.invoke()
        scores = self._interpreter.get_tensor(self._output["index"])
        real = dequantize(scores, *self._output["quantization"])
        return torch.from_numpy(real.astype(np.float32))


def _ranges(folded: nn.Module, calibration: torch.Tensor) -> dict[str, Bounds]:
    """Return the bounds of the image and of each layer's output, the activation included."""
    bounds = {"image": (calibration.min().item(), calibration.max().item())}

    def see(name: str, output: torch.Tensor) -> None:
        low, high = bounds.get(name, (0.0, 0.0))
        bounds[name] = (min(low, output.min().item()), max(high, output.max().item()))

    with contextlib.ExitStack() as hooks:
        layer = ""
        for name, part in folded.named_modules():
            if isinstance(part, (nn.Conv2d, nn.Linear)):
                layer = name
            if isinstance(part, (nn.ReLU6, nn.Linear)):  # in the file a ReLU6 is its convolution's
                hook = part.register_forward_hook(lambda _p, _i, y, name=layer: see(name, y))
                hooks.enter_context(hook)
        with torch.inference_mode():
            for image in calibration.split(1):
                folded(image)
    return bounds


class _File:
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
        scale, zero_point = scale_and_zero_point(*bounds)
        return self._tensor(name, shape, self.schema.TensorType.INT8, [scale], [zero_point])

    def convolution(self, name: str, layer: nn.Conv2d, x: int, bounds: Bounds) -> int:
        """Add a convolution with its ReLU6."""
        s = self.schema
        depthwise = layer.groups > 1
        weight = layer.weight.detach().numpy()
        scales = symmetric_scale(weight, per_channel=True)
        # (C_out, C_in, K_h, K_w) to (C_out, K_h, K_w, C_in); depthwise to (1, K_h, K_w, C_out)
        q = quantize(weight, scales).transpose((1, 2, 3, 0) if depthwise else (0, 2, 3, 1))
        stride, padding = layer.stride[0], layer.kernel_size[0] // 2
        if stride > 1 and padding:  # "same" would pad the far side alone where the size is even
            x = self._padded(f"{name}.padding", x, padding)
        _, rows, columns, _ = self.tensors[x].shape
        size = (layer.kernel_size[0] - 1) if stride > 1 else 0
        down, across = ((n - size - 1) // stride + 1 for n in (rows, columns))
        shape = (1, down, across, layer.out_channels)
        inputs = [x, self._weights(name, q, scales, axis=3 if depthwise else 0)]
        bias = torch.zeros(layer.out_channels) if layer.bias is None else layer.bias
        inputs.append(self._bias(name, bias, x, scales))
        y = self.activation(name, shape, bounds)
        options = s.DepthwiseConv2DOptionsT() if depthwise else s.Conv2DOptionsT()
        options.padding = s.Padding.VALID if stride > 1 else s.Padding.SAME
        options.strideH = options.strideW = stride
        options.fusedActivationFunction = s.ActivationFunctionType.RELU6
        if depthwise:
            options.depthMultiplier = layer.out_channels // layer.in_channels
        kind = "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D"
        return self._operator(kind, inputs, y, options)

    def average(self, name: str, x: int) -> int:
        """Add the mean over pixels, and leave out the two axes that are left."""
        s = self.schema
        _, rows, columns, channels = self.tensors[x].shape
        pooled = self._like(name, x, (1, 1, 1, channels))
        options = s.Pool2DOptionsT(filterHeight=rows, filterWidth=columns, strideH=1, strideW=1)
        options.padding = s.Padding.VALID
        self._operator("AVERAGE_POOL_2D", [x], pooled, options)
        flat = self._like(f"{name}.flat", x, (1, channels))
        shape = self._constant(f"{name}.shape", np.array([1, channels], np.int32))
        options = s.ReshapeOptionsT(newShape=[1, channels])
        return self._operator("RESHAPE", [pooled, shape], flat, options)

    def linear(self, name: str, layer: nn.Linear, x: int, bounds: Bounds) -> int:
        weight = layer.weight.detach().numpy()
        scale = symmetric_scale(weight)
        inputs = [x, self._weights(name, quantize(weight, scale), scale)]
        inputs.append(self._bias(name, layer.bias, x, scale))
        y = self.activation(name, (1, layer.out_features), bounds)
        return self._operator("FULLY_CONNECTED", inputs, y, self.schema.FullyConnectedOptionsT())

    def packed(self) -> bytes:
        import flatbuffers

        s = self.schema
        graph = s.SubGraphT(name="main", tensors=self.tensors, operators=self.operators)
        graph.inputs, graph.outputs = self.inputs, self.outputs
        codes = []
        for kind in self.kinds:
            code = getattr(s.BuiltinOperator, kind)
            codes.append(s.OperatorCodeT(code, builtinCode=code, version=_VERSIONS[kind]))
        model = s.ModelT(version=3, operatorCodes=codes, subgraphs=[graph], buffers=self.buffers)
        builder = flatbuffers.Builder(0)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def _padded(self, name: str, x: int, padding: int) -> int:
        _, rows, columns, channels = self.tensors[x].shape
        shape = (1, rows + 2 * padding, columns + 2 * padding, channels)
        around = np.array([[0, 0], [padding, padding], [padding, padding], [0, 0]], np.int32)
        y = self._like(name, x, shape)
        inputs = [x, self._constant(f"{name}.sizes", around)]
        return self._operator("PAD", inputs, y, self.schema.PadOptionsT())

    def _weights(self, name: str, q: np.ndarray, scales: np.ndarray, axis: int = 0) -> int:
        return self._constant(f"{name}.weight", q, scales.ravel(), axis)

    def _bias(self, name: str, bias: torch.Tensor, x: int, scales: np.ndarray) -> int:
        units = self.tensors[x].quantization.scale[0] * scales.ravel()
        q = np.rint(bias.detach().numpy() / units).astype(np.int32)
        return self._constant(f"{name}.bias", q, units)

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
