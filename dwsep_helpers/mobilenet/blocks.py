"""The blocks that MobileNets are made of.

Every convolution is without bias and stands before a batch norm, whose shift does a bias's work.
"""

from __future__ import annotations

from collections import OrderedDict

from torch import Tensor, nn


class ConvNormReLU6(nn.Sequential):
    """A standard 3×3 convolution, its batch norm and ReLU6.

    x is (N, in_channels, H, W), y is (N, out_channels, H_out, W_out); padding 1. The left side
    of Figure 3 in A. G. Howard et al., arXiv:1704.04861, with the ReLU6 of the authors' code.

    Examples
    --------
    >>> import torch
    >>> ConvNormReLU6(3, 32, stride=2)(torch.zeros(1, 3, 224, 224)).shape
    torch.Size([1, 32, 112, 112])
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1):
        super().__init__(
            OrderedDict(
                conv=nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False),
                norm=nn.BatchNorm2d(out_channels),
                relu=nn.ReLU6(inplace=True),
            )
        )


class DepthwiseSeparableConv2d(nn.Sequential):
    """MobileNetV1's block: depthwise, norm, ReLU6, pointwise, norm, ReLU6.

    x is (N, in_channels, H, W), y is (N, out_channels, H_out, W_out); a 3×3 kernel with
    padding 1 and the stride. The right side of Figure 3 in A. G. Howard et al., arXiv:1704.04861.

    Examples
    --------
    >>> import torch
    >>> DepthwiseSeparableConv2d(32, 64)(torch.zeros(1, 32, 112, 112)).shape
    torch.Size([1, 64, 112, 112])
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1):
        super().__init__(
            OrderedDict(
                depthwise=_depthwise(in_channels, stride),
                depthwise_norm=nn.BatchNorm2d(in_channels),
                depthwise_relu=nn.ReLU6(inplace=True),
                pointwise=_pointwise(in_channels, out_channels),
                pointwise_norm=nn.BatchNorm2d(out_channels),
                pointwise_relu=nn.ReLU6(inplace=True),
            )
        )


class InvertedResidual(nn.Module):
    """MobileNetV2's block: widen by a pointwise stage, filter, narrow again, add the input.

    Parameters
    ----------
    stride : int
        Of the depthwise stage. The input is added where the stride is 1 and the two numbers
        of channels agree.
    expansion : int
        How many times wider the middle is; 1 leaves the first stage out.

    Notes
    -----
    The last stage has no activation: it would lose what the narrow layer has just been told to
    keep. M. Sandler et al., arXiv:1801.04381, Table 1 and Figure 4.

    Examples
    --------
    >>> import torch
    >>> InvertedResidual(24, 32, stride=2)(torch.zeros(1, 24, 56, 56)).shape
    torch.Size([1, 32, 28, 28])
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1, expansion: int = 6):
        super().__init__()
        wide = in_channels * expansion
        stages: OrderedDict[str, nn.Module] = OrderedDict()
        if expansion != 1:
            stages["expand"] = _pointwise(in_channels, wide)
            stages["expand_norm"] = nn.BatchNorm2d(wide)
            stages["expand_relu"] = nn.ReLU6(inplace=True)
        stages["depthwise"] = _depthwise(wide, stride)
        stages["depthwise_norm"] = nn.BatchNorm2d(wide)
        stages["depthwise_relu"] = nn.ReLU6(inplace=True)
        stages["project"] = _pointwise(wide, out_channels)
        stages["project_norm"] = nn.BatchNorm2d(out_channels)
        self.stages = nn.Sequential(stages)
        self.adds_input = stride == 1 and in_channels == out_channels

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, out_channels, H_out, W_out) for x (N, in_channels, H, W)."""
        y = self.stages(x)
        return x + y if self.adds_input else y


def _depthwise(channels: int, stride: int) -> nn.Conv2d:
    return nn.Conv2d(channels, channels, 3, stride, padding=1, groups=channels, bias=False)


def _pointwise(in_channels: int, out_channels: int) -> nn.Conv2d:
    return nn.Conv2d(in_channels, out_channels, 1, bias=False)
