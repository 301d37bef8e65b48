"""Networks as .tflite files, the format that phones, microcontrollers and NPUs are fed with.

In eight bits, weights are symmetric, with a scale for each output channel of a convolution;
activations have a scale and a zero point; biases are 32-bit integers in units of (input's scale ·
weight's scale). That is TensorFlow Lite's 8-bit specification,
ai.google.dev/edge/litert/models/quantization_spec. The file is put together with LiteRT's own
schema classes. Needs the extra ``mobile``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from torch import nn

from dwsep_helpers import hardware
from dwsep_helpers.hardware.inputs import calibrated, folded, plain
from dwsep_helpers.hardware.libraries import explained, hidden_stderr
from dwsep_helpers.hardware.quantization import dequantize, quantize
from dwsep_helpers.hardware.tflite_file import NO_ZEROS, File, Zeros
from dwsep_helpers.hardware.tflite_graph import Add, Graph, check, graph, ranges
from dwsep_helpers.hardware.tflite_scales import Bounds
from dwsep_helpers.kernels import same_padding
from dwsep_helpers.mobilenet.blocks import SamePadding

DTYPES: Final = ("int8", "float32")
_ACTIVATIONS = {nn.ReLU: "RELU", nn.ReLU6: "RELU6", type(None): "NONE"}


def to_tflite(
    network: nn.Module,
    calibration: torch.Tensor,
    dtype: str = "int8",
    *,
    float_edges: bool = False,
    outputs: Sequence[str] = (),
) -> bytes:
    """Return a network as a .tflite file.

    Parameters
    ----------
    network : Module
        A MobileNet, a dense twin, another table's network, EfficientNet-Lite0, or any other of
        convolutions, ReLUs or ReLU6s, sums of two maps, TensorFlow's "SAME" padding
        (:class:`~dwsep_helpers.mobilenet.blocks.SamePadding`), a mean over all pixels, and linear
        layers. It is taken as in eval mode, and its batch norms are folded.
    calibration : Tensor, shape (N, C, H, W)
        Images from which eight bits read the ranges of activations. The file takes one image of
        their size, channels last.
    dtype : str
        ``"int8"`` or ``"float32"``.
    float_edges : bool, keyword-only
        Whether an eight-bit file takes and gives float32, and converts at both ends by itself.
    outputs : sequence of str, keyword-only
        Names of parts of the network whose outputs the file gives, instead of the network's, such
        as ``"stem.relu"``; a sum's is ``"add"``, the next one's ``"add_1"``. What they don't need
        isn't written. A layer whose activation follows it directly has no output of its own.

    Raises
    ------
    ModuleNotFoundError
        Without LiteRT; the message says how to add it.
    ValueError
        If there are no images to calibrate with, an image or a layer's output isn't finite, the
        network has a part that isn't written, or there is no output of that name; the message
        names it.

    Notes
    -----
    Where a bias doesn't fit into 32 bits, or a channel is 0, the scale of its weights is widened,
    as :func:`~dwsep_helpers.hardware.tflite_scales.fitting_scales` tells. Activations' scales are
    at least 7.9e-31: where a layer's outputs span less than 2e-28, fewer than 255 steps are left.
    A sum's are at least a 128th of those of what is added.
    """
    if not hardware.has_mobile():
        raise ModuleNotFoundError(hardware.how_to_add_mobile())
    if dtype not in DTYPES:
        raise ValueError(f"dtype is {dtype!r}; it should be one of {', '.join(DTYPES)}")
    images = calibrated(calibration).float()
    if images.ndim != 4:
        raise ValueError(f"calibration has {images.ndim} axes; it should have 4: N, C, H, W")
    ready = folded(network).float()
    read = graph(ready)
    wanted = read.named([outputs] if isinstance(outputs, str) else outputs)
    check(read, ready, images[:1])
    seen = ranges(read, images) if dtype == "int8" else []
    bounds = seen or len(read.steps) * [None]
    file = File()
    _, channels, rows, columns = images.shape
    shape = 1, rows, columns, channels
    here = file.activation("image", shape, None if float_edges else bounds[0])
    file.inputs = [here]
    if seen and float_edges:
        here = file.quantized("image.int8", here, seen[0])
    found = _written(file, read, bounds, here, wanted)
    if seen and float_edges:
        found = [file.dequantized(f"output.{number}", x) for number, x in enumerate(found)]
    file.outputs = found
    return file.packed()


class Interpreter:
    """A .tflite file, from :func:`to_tflite`, ready to run in LiteRT on one thread.

    Raises
    ------
    ValueError
        If the content is no .tflite file.
    """

    def __init__(self, content: bytes):
        self._size = len(content)
        with hidden_stderr():  # LiteRT announces its delegate
            from ai_edge_litert import interpreter

            with explained(f"content, of {len(content)} bytes, is no .tflite file that can be run"):
                self._interpreter = interpreter.Interpreter(model_content=content, num_threads=1)
                self._interpreter.allocate_tensors()
        (self._input,) = self._interpreter.get_input_details()
        self._outputs = self._interpreter.get_output_details()

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._size

    def __call__(self, image: torch.Tensor) -> torch.Tensor:
        """Return the scores, (1, classes), of one image (1, C, H, W), both as real numbers.

        Or maps, (1, C, H, W), where the network ends with them. Of a file with several outputs, it
        is the first one.

        Raises
        ------
        ValueError
            If the image has another shape, or isn't finite.
        """
        return self.outputs(image)[0]

    def outputs(self, image: torch.Tensor) -> list[torch.Tensor]:
        """Return all outputs for one image, as :meth:`__call__` does the first one."""
        values = plain(image, "image")
        if not values.isfinite().all():
            raise ValueError("image has NaN or infinity")
        values = values.movedim(1, -1) if values.ndim == 4 else values
        if values.shape != (wanted := tuple(self._input["shape"].tolist())):
            n, *pixels, channels = wanted
            raise ValueError(
                f"image has shape {tuple(image.shape)}; it should have {(n, channels, *pixels)}"
            )
        if self._input["dtype"] == np.int8:
            ready = quantize(values, *self._input["quantization"])
        else:
            ready = values.float().contiguous().numpy()
        self._interpreter.set_tensor(self._input["index"], ready)
        self._interpreter.invoke()
        return [self._real(output) for output in self._outputs]

    def _real(self, output: dict) -> torch.Tensor:
        values = self._interpreter.get_tensor(output["index"])
        if output["dtype"] == np.int8:
            values = dequantize(values, *output["quantization"])
        return torch.from_numpy(np.moveaxis(values, -1, 1).astype(np.float32))


def _written(
    file: File, read: Graph, bounds: Sequence[Bounds | None], image: int, outputs: list[int]
) -> list[int]:
    """Write the steps that some outputs need, and return the outputs' tensors."""
    tensors = {0: image}
    zeros: dict[int, Zeros] = {}  # around tensors, where no operator has written them yet
    needed = read.needed(outputs)

    def whole(number: int) -> int:
        if number in zeros:
            name = read.steps[number].name
            tensors[number] = file.padded(name, tensors[number], zeros.pop(number))
        return tensors[number]

    for number, step in enumerate(read.steps):
        if number not in needed or not number:
            continue
        name, layer, before = step.name, step.layer, step.reads[0]
        how = bounds[number], _ACTIVATIONS[type(step.activation)]
        if isinstance(layer, nn.Conv2d):  # it may pad what it reads by itself
            around = zeros.get(before, NO_ZEROS)
            tensors[number] = file.convolution(name, layer, tensors[before], around, *how)
            continue
        x = tensors[number] = whole(before)
        if isinstance(layer, SamePadding):
            _, *sizes, _ = file.shape(x)
            rows, columns = (same_padding(n, layer.kernel_size, layer.stride) for n in sizes)
            zeros[number] = rows, columns
        elif isinstance(layer, Add):
            tensors[number] = file.add(name, x, whole(step.reads[1]), *how)
        elif isinstance(layer, nn.Linear):
            tensors[number] = file.linear(name, layer, x, *how)
        elif isinstance(layer, nn.AdaptiveAvgPool2d):
            tensors[number] = file.average(name, x)
        else:
            tensors[number] = file.flatten(name, x)
    return [whole(number) for number in outputs]
