"""Networks from tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn

from dwsep_helpers.kernels.arguments import real_number
from dwsep_helpers.kernels.shapes import integer, sequence
from dwsep_helpers.mobilenet.arguments import as_module
from dwsep_helpers.mobilenet.blocks import ConvNormReLU6, DepthwiseSeparableConv2d
from dwsep_helpers.papers import MOBILENET_V1, Layer, Layers

SMALL_IMAGES: Final = Layers(
    "a MobileNet for small images",
    [
        ("standard", 1, 16),
        ("separable", 16, 32),
        ("separable", 32, 64, 2),
        ("separable", 64, 64),
        ("separable", 64, 128, 2),
        ("linear", 128, 10),
    ],
)
"""The course's own table for grey images of 8×8 and ten classes.

MobileNetV1 halves the image five times, the first layer included; eight pixels can be halved
twice before there is nothing left to filter, so the first layer keeps them.
"""


class MobileNetV1(nn.Module):
    """MobileNetV1, or any network of such a table.

    Parameters
    ----------
    num_classes : int
        Out of the last layer.
    width_multiplier : float
        The paper's α, rounded down: ``int(α · channels)``.
    in_channels : int
        Of the images.
    separable : bool
        False gives the dense twin: the same widths and strides, standard convolutions.
    layers : Layers, keyword-only
        The table; :data:`SMALL_IMAGES` for images of few pixels.

    Raises
    ------
    TypeError
        If a number is none, or ``layers`` is another table.
    ValueError
        If the width multiplier leaves a layer without channels, or a number of channels or
        classes is below 1.

    Notes
    -----
    x is (N, in_channels, H, W), y is (N, num_classes): the classes' scores before softmax.
    The resolution multiplier ρ is no parameter: averaging over pixels takes any image, so ρ is
    the size of the image that comes in. A. G. Howard et al., arXiv:1704.04861, Table 1.

    Examples
    --------
    >>> count_parameters(MobileNetV1())
    4231976
    >>> count_parameters(MobileNetV1(width_multiplier=0.25))
    470072
    >>> count_parameters(MobileNetV1(10, in_channels=1, layers=SMALL_IMAGES))
    18826
    """

    def __init__(
        self,
        num_classes: int = 1000,
        width_multiplier: float = 1.0,
        in_channels: int = 3,
        separable: bool = True,
        *,
        layers: Layers = MOBILENET_V1,
    ):
        super().__init__()
        num_classes = integer("num_classes", num_classes, at_least=1)
        in_channels = integer("in_channels", in_channels, at_least=1)
        if not isinstance(layers, Layers):
            raise TypeError(f"layers must be Layers of a network, got {type(layers).__name__}")
        width_multiplier = real_number("width_multiplier", width_multiplier)
        if not 0 < width_multiplier < math.inf:
            raise ValueError(f"width_multiplier is {width_multiplier}, and it should be positive")
        thinner = layers.thinner(width_multiplier)
        if min(layer.out_channels for layer in thinner) < 1:
            narrowest = min(layer.out_channels for layer in layers)
            raise ValueError(
                f"width_multiplier {width_multiplier} leaves no channel of {narrowest}: "
                f"int({width_multiplier} · {narrowest}) is {int(width_multiplier * narrowest)}"
            )
        first, *blocks, last = thinner if separable else thinner.dense()
        self.stem = _block(first._replace(in_channels=in_channels))
        self.blocks = nn.Sequential(*map(_block, blocks))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(last.in_channels, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return the classes' scores, (N, num_classes), of images (N, in_channels, H, W)."""
        maps = self.blocks(self.stem(x))
        return self.classifier(torch.flatten(self.pool(maps), 1))


def mobilenet(layers: Sequence[tuple], width_multiplier: float = 1) -> MobileNetV1:
    """Build a network from its table alone: images' channels and classes are the table's.

    Parameters
    ----------
    layers : sequence of (kind, in_channels, out_channels, stride)
        As in :class:`~dwsep_helpers.papers.Layers`: standard and separable ones, then one linear.
    width_multiplier : float
        As for :class:`MobileNetV1`.

    Raises
    ------
    TypeError
        If ``layers`` is no sequence, or a number in it none.
    ValueError
        If a line isn't kind, channels in and out, and stride; if a layer is of another kind,
        stands in another place, or reads other channels than the one before makes; or as for
        :class:`MobileNetV1`.

    Examples
    --------
    >>> count_parameters(mobilenet(SMALL_IMAGES))
    18826
    """
    for number, row in enumerate(sequence("layers", layers)):
        _, *numbers = sequence(f"layers[{number}]", row) or [None]
        if len(numbers) not in (2, 3):
            parts = "its kind, channels in and out, and stride"
            raise ValueError(f"layers[{number}] is {row!r}; it should be {parts}")
        for what, one in zip(Layer._fields[1:], numbers, strict=False):
            integer(f"{what} of layers[{number}]", one, at_least=1)
    table = Layers("a network", layers)
    for number, layer in enumerate(table):
        kinds = ("linear",) if number == len(table) - 1 else ("standard", "separable")
        if layer.kind not in kinds:
            raise ValueError(
                f"layers[{number}] is of kind {layer.kind!r}, where {' or '.join(kinds)} goes"
            )
        if number and layer.in_channels != table[number - 1].out_channels:
            raise ValueError(
                f"layers[{number}] has in_channels={layer.in_channels} but layers[{number - 1}] "
                f"has out_channels={table[number - 1].out_channels}"
            )
    if len(table) < 2:
        raise ValueError(f"layers has {len(table)}, and a network needs at least 2")
    ends = table[-1].out_channels, width_multiplier, table[0].in_channels
    return MobileNetV1(*ends, layers=table)


def flat(network: MobileNetV1) -> nn.Sequential:
    """Return the layers of a network as one sequence, without blocks.

    They are the network's own layers, not copies.

    Examples
    --------
    >>> [type(layer).__name__ for layer in flat(MobileNetV1())[:3]]
    ['Conv2d', 'BatchNorm2d', 'ReLU6']
    """
    as_module("network", network, MobileNetV1)
    maps = [layer for block in (network.stem, *network.blocks) for layer in block.children()]
    return nn.Sequential(*maps, network.pool, nn.Flatten(), network.classifier)


def count_parameters(module: nn.Module) -> int:
    """Return how many numbers training changes.

    Examples
    --------
    >>> count_parameters(nn.Linear(3, 2))
    8
    """
    parameters = as_module("module", module, nn.Module).parameters()
    return sum(p.numel() for p in parameters if p.requires_grad)


def _block(layer: Layer) -> nn.Module:
    block = {"standard": ConvNormReLU6, "separable": DepthwiseSeparableConv2d}[layer.kind]
    return block(layer.in_channels, layer.out_channels, layer.stride)
