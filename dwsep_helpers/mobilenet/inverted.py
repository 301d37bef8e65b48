"""Networks of inverted residuals from tables: MobileNetV2, EfficientNet-Lite0."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import torch
from torch import Tensor, nn

from dwsep_helpers.kernels.shapes import integer
from dwsep_helpers.mobilenet.blocks import InvertedResidual, SamePadding


class Stage(NamedTuple):
    """A line of such a network's table: some blocks in a row.

    Attributes
    ----------
    blocks : int
        How many.
    kernel_size : int
        Of their depthwise layers.
    stride : int
        Of the first of them; those after it have stride 1.
    expansion : int
        How many times wider their middles are; 1 leaves out the stage that widens.
    out_channels : int
        Of each.
    """

    blocks: int
    kernel_size: int
    stride: int
    expansion: int
    out_channels: int


class Block(NamedTuple):
    """One inverted residual: what its layers are made from."""

    in_channels: int
    out_channels: int
    kernel_size: int
    stride: int
    expansion: int


@dataclass(frozen=True)
class Design:
    """A network of inverted residuals, before it has numbers.

    Attributes
    ----------
    name : str
    stages : tuple of Stage
    same : bool
        Whether padding is TensorFlow's "SAME", instead of as many zeros on each side.
    eps : float
        What its batch norms add to their variances.
    stem, head : int
        Channels out of the first layer, a 3×3 convolution of stride 2, and of the last one
        before the classifier, a pointwise one.
    """

    name: str
    stages: tuple[Stage, ...]
    same: bool = False
    eps: float = 1e-5
    stem: int = 32
    head: int = 1280

    def blocks(self) -> Iterator[Block]:
        """Go through the blocks, one by one.

        Examples
        --------
        >>> list(EFFICIENTNET_LITE0.blocks())[1]
        Block(in_channels=16, out_channels=24, kernel_size=3, stride=2, expansion=6)
        """
        channels = self.stem
        for stage in self.stages:
            for number in range(stage.blocks):
                stride = 1 if number else stage.stride
                out = stage.out_channels
                yield Block(channels, out, stage.kernel_size, stride, stage.expansion)
                channels = out


MOBILENET_V2: Final = Design(
    "MobileNetV2",
    (
        Stage(1, 3, 1, 1, 16),
        Stage(2, 3, 2, 6, 24),
        Stage(3, 3, 2, 6, 32),
        Stage(4, 3, 2, 6, 64),
        Stage(3, 3, 1, 6, 96),
        Stage(3, 3, 2, 6, 160),
        Stage(1, 3, 1, 6, 320),
    ),
)
"""M. Sandler et al., arXiv:1801.04381, Table 2; padding and eps as in torchvision and timm."""

EFFICIENTNET_LITE0: Final = Design(
    "EfficientNet-Lite0",
    (
        Stage(1, 3, 1, 1, 16),
        Stage(2, 3, 2, 6, 24),
        Stage(2, 5, 2, 6, 40),
        Stage(3, 3, 2, 6, 80),
        Stage(3, 5, 1, 6, 112),
        Stage(4, 5, 2, 6, 192),
        Stage(1, 3, 1, 6, 320),
    ),
    same=True,
    eps=1e-3,
)
"""Of github.com/tensorflow/tpu, models/official/efficientnet/lite: EfficientNet-B0 (M. Tan and
Q. V. Le, arXiv:1905.11946, Table 1) without squeeze-and-excitation, and with ReLU6."""


class MobileNetV2(nn.Module):
    """MobileNetV2, or another network of inverted residuals.

    x is (N, 3, H, W), y is (N, num_classes): the classes' scores before softmax.

    Parameters
    ----------
    num_classes : int
        Out of the last layer.
    design : Design, keyword-only
        :data:`EFFICIENTNET_LITE0` for that one.

    Raises
    ------
    TypeError, ValueError
        If the number of classes is no integer, or below 1.

    Examples
    --------
    >>> from dwsep_helpers.mobilenet import count_parameters
    >>> count_parameters(MobileNetV2()), count_parameters(MobileNetV2(design=EFFICIENTNET_LITE0))
    (3504872, 4652008)
    """

    def __init__(self, num_classes: int = 1000, *, design: Design = MOBILENET_V2):
        super().__init__()
        num_classes = integer("num_classes", num_classes, at_least=1)
        blocks = list(design.blocks())
        self.stem = _layer(3, design.stem, 3, 2, design)
        self.blocks = nn.Sequential(
            *(
                InvertedResidual(
                    b.in_channels,
                    b.out_channels,
                    b.stride,
                    b.expansion,
                    kernel_size=b.kernel_size,
                    same=design.same,
                    eps=design.eps,
                )
                for b in blocks
            )
        )
        self.head = _layer(blocks[-1].out_channels, design.head, 1, 1, design)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(design.head, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return the classes' scores, (N, num_classes), of images (N, 3, H, W)."""
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(torch.flatten(self.pool(maps), 1))


def _layer(
    in_channels: int, out_channels: int, kernel_size: int, stride: int, design: Design
) -> nn.Sequential:
    """Return a standard convolution, its batch norm and ReLU6."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    if design.same and stride > 1:
        layers["pad"] = SamePadding(kernel_size, stride)
    padding = 0 if layers else kernel_size // 2
    layers["conv"] = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=False)
    layers["norm"] = nn.BatchNorm2d(out_channels, design.eps)
    layers["relu"] = nn.ReLU6(inplace=True)
    return nn.Sequential(layers)
