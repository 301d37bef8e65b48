"""MobileNets as eight-bit .tflite files, the format that microcontrollers and NPUs are fed with.

Weights are symmetric, with a scale for each output channel of a convolution; activations have a
scale and a zero point; biases are 32-bit integers in units of (input's scale · weight's scale).
That is TensorFlow Lite's 8-bit specification, ai.google.dev/edge/litert/models/quantization_spec.
The file is put together with LiteRT's own schema classes. Needs the extra ``mobile``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from dwsep_helpers import hardware
from dwsep_helpers.hardware.inputs import calibrated, folded, plain
from dwsep_helpers.hardware.libraries import explained, hidden_stderr
from dwsep_helpers.hardware.quantization import dequantize, quantize
from dwsep_helpers.hardware.tflite_file import Bounds, File


@dataclass(frozen=True)
class _Step:
    """A layer, and the activation that the file does with it."""

    name: str
    layer: nn.Module
    activation: nn.Module | None = None

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        y = self.layer(x)
        return y if self.activation is None else self.activation(y)


_ACTIVATIONS = {nn.ReLU: "RELU", nn.ReLU6: "RELU6", type(None): "NONE"}


def to_tflite(network: nn.Module, calibration: torch.Tensor) -> bytes:
    """Return a network as an eight-bit .tflite file.

    Parameters
    ----------
    network : Module
        A :class:`~dwsep_helpers.mobilenet.MobileNetV1`, a dense twin, another table's network, or
        any other chain of convolutions, ReLUs or ReLU6s, a mean over all pixels, and linear
        layers. It is taken as in eval mode, and its batch norms are folded.
    calibration : Tensor, shape (N, C, H, W)
        Images from which the ranges of activations are read. The file takes one image of their
        size, channels last.

    Raises
    ------
    ModuleNotFoundError
        Without LiteRT; the message says how to add it.
    ValueError
        If there are no images to calibrate with, an image or a layer's output isn't finite, or
        the network has a part that isn't written, which is then named.

    Notes
    -----
    Where a bias doesn't fit into 32 bits, or a channel is 0, the scale of its weights is widened,
    as :func:`~dwsep_helpers.hardware.tflite_file.fitting_scales` tells. Activations' scales are at
    least 7.9e-31: where a layer's outputs span less than 2e-28, fewer than 255 steps are left.
    """
    if not hardware.has_mobile():
        raise ModuleNotFoundError(hardware.how_to_add_mobile())
    images = calibrated(calibration).float()
    if images.ndim != 4:
        raise ValueError(f"calibration has {images.ndim} axes; it should have 4: N, C, H, W")
    steps = _steps(folded(network).float())
    image, ranges = _ranges(steps, images)
    file = File()
    _, channels, rows, columns = images.shape
    here = file.activation("image", (1, rows, columns, channels), image)
    file.inputs = [here]
    for step, bounds in zip(steps, ranges, strict=True):
        then = _ACTIVATIONS[type(step.activation)]
        if isinstance(step.layer, nn.Conv2d):
            here = file.convolution(step.name, step.layer, here, bounds, then)
        elif isinstance(step.layer, nn.Linear):
            here = file.linear(step.name, step.layer, here, bounds, then)
        elif isinstance(step.layer, nn.AdaptiveAvgPool2d):
            here = file.average(step.name, here)
        else:
            here = file.flatten(step.name, here)
    file.outputs = [here]
    return file.packed()


class Interpreter:
    """A .tflite file, from :func:`to_tflite`, ready to run in LiteRT on one thread.

    Raises
    ------
    ValueError
        If the content is no .tflite file.
    """

    def __init__(self, content: bytes):
        with hidden_stderr():  # LiteRT announces its delegate
            from ai_edge_litert import interpreter

            with explained(f"content, of {len(content)} bytes, is no .tflite file that can be run"):
                self._interpreter = interpreter.Interpreter(model_content=content, num_threads=1)
                self._interpreter.allocate_tensors()
        (self._input,) = self._interpreter.get_input_details()
        (self._output,) = self._interpreter.get_output_details()

    def __call__(self, image: torch.Tensor) -> torch.Tensor:
        """Return the scores, (1, classes), of one image (1, C, H, W), both as real numbers.

        Or maps, (1, C, H, W), where the network ends with them.

        Raises
        ------
        ValueError
            If the image has another shape, or isn't finite.
        """
        values = plain(image, "image")
        values = values.movedim(1, -1) if values.ndim == 4 else values
        scale, zero_point = self._input["quantization"]
        if values.shape != (wanted := tuple(self._input["shape"].tolist())):
            n, *pixels, channels = wanted
            raise ValueError(
                f"image has shape {tuple(image.shape)}; it should have {(n, channels, *pixels)}"
            )
        q = quantize(values, scale, zero_point)
        self._interpreter.set_tensor(self._input["index"], q)
        self._interpreter.invoke()
        scores = self._interpreter.get_tensor(self._output["index"])
        real = dequantize(scores, *self._output["quantization"])
        real = np.moveaxis(real, -1, 1)
        return torch.from_numpy(real.astype(np.float32))


def _steps(network: nn.Module) -> list[_Step]:
    """Return the layers of a network that is a chain, in order."""
    with explained("network can't be read as a chain of layers"):
        nodes = list(torch.fx.symbolic_trace(network).graph.nodes)
    steps: list[_Step] = []
    for before, node in pairwise(nodes):
        if node.op == "output":
            continue
        name = str(node.target) if node.op == "call_module" else node.name
        if node.all_input_nodes != [before]:
            raise ValueError(f"{name} of network takes more than the output of {before.name}")
        if node.op == "call_module":
            part = network.get_submodule(name)
        elif node.target is torch.flatten and node.args[1:] == (1,) and not node.kwargs:
            part = nn.Flatten()
        else:
            raise ValueError(f"{name} of network is no layer that the file can hold")
        if wrong := _wrong(part):
            raise ValueError(f"{name} of network {wrong}, which isn't written to the file")
        if isinstance(part, (nn.ReLU, nn.ReLU6)):
            if not steps or steps[-1].activation or not isinstance(steps[-1].layer, _LAYERS):
                raise ValueError(f"{name} of network follows no layer that has weights")
            steps[-1] = replace(steps[-1], activation=part)
        elif not isinstance(part, (nn.Identity, nn.Dropout)):
            steps.append(_Step(name, part))
    return steps


_LAYERS = nn.Conv2d, nn.Linear
_KNOWN = (*_LAYERS, nn.ReLU, nn.ReLU6, nn.AdaptiveAvgPool2d, nn.Flatten, nn.Identity, nn.Dropout)


def _wrong(part: nn.Module) -> str:
    """Return what a part has or is that the file can't say, or nothing."""
    if type(part) not in _KNOWN:
        return f"is a {type(part).__name__}"
    if part._forward_hooks or part._forward_pre_hooks:
        return "has hooks"
    if not all(values.isfinite().all() for values in part.parameters()):
        return "has weights that aren't finite"
    if isinstance(part, nn.Conv2d):
        if part.dilation != (1, 1):
            return f"has dilation {part.dilation}"
        if part.groups not in (1, part.in_channels):
            return f"has {part.groups} groups for {part.in_channels} channels"
        if part.padding_mode != "zeros":
            return f"pads with {part.padding_mode}"
        if part.padding == "same" and not all(size % 2 for size in part.kernel_size):
            return "pads the same for an even kernel"
    if isinstance(part, nn.AdaptiveAvgPool2d) and part.output_size not in (1, (1, 1)):
        return f"averages to {part.output_size}"
    if isinstance(part, nn.Flatten) and (part.start_dim, part.end_dim) != (1, -1):
        return "flattens other axes than C, H and W"
    return ""


def _ranges(steps: list[_Step], images: torch.Tensor) -> tuple[Bounds, list[Bounds]]:
    """Return the bounds of the images and of each step's outputs."""
    bounds = [(0.0, 0.0)] * len(steps)
    with torch.inference_mode():
        for x in images.split(1):
            for number, step in enumerate(steps):
                flat, pixels = x.ndim == 2, x[0, 0].numel()
                if isinstance(step.layer, nn.Flatten) and pixels > 1:
                    raise ValueError(f"{step.name} of network flattens {pixels} pixels")
                if flat != isinstance(step.layer, nn.Linear):
                    raise ValueError(f"{step.name} of network can't take {tuple(x.shape)}")
                with explained(f"{step.name} of network can't run on {tuple(x.shape)}"):
                    x = step(x)
                low, high = x.min().item(), x.max().item()
                if not math.isfinite(high - low):
                    raise ValueError(f"{step.name} of network gives {low} … {high}")
                bounds[number] = min(low, bounds[number][0]), max(high, bounds[number][1])
    return (images.min().item(), images.max().item()), bounds
