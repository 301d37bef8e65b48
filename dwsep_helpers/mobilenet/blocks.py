"""The blocks that MobileNets are made of.

Every convolution is without bias and stands before a batch norm, whose shift does a bias's work.
"""

from __future__ import annotations

from collections import OrderedDict

from torch import Tensor, nn
from torch.nn.functional import pad

from dwsep_helpers.kernels import same_padding


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
    kernel_size : int, keyword-only
        Of the depthwise stage; an odd number.
    same : bool, keyword-only
        Whether zeros lie about the map as TensorFlow's "SAME" puts them, instead of as many on
        each side. It makes a difference where the stride is above 1.
    eps : float, keyword-only
        What the norms add to their variances.

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

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int = 1,
        expansion: int = 6,
        *,
        kernel_size: int = 3,
        same: bool = False,
        eps: float = 1e-5,
    ):
        super().__init__()
        wide = in_channels * expansion
        stages: OrderedDict[str, nn.Module] = OrderedDict()
        if expansion != 1:
            stages["expand"] = _pointwise(in_channels, wide)
            stages["expand_norm"] = nn.BatchNorm2d(wide, eps)
            stages["expand_relu"] = nn.ReLU6(inplace=True)
        if same and stride > 1:
            stages["pad"] = SamePadding(kernel_size, stride)
        padding = 0 if "pad" in stages else kernel_size // 2
        stages["depthwise"] = _depthwise(wide, stride, kernel_size, padding)
        stages["depthwise_norm"] = nn.BatchNorm2d(wide, eps)
        stages["depthwise_relu"] = nn.ReLU6(inplace=True)
        stages["project"] = _pointwise(wide, out_channels)
        stages["project_norm"] = nn.BatchNorm2d(out_channels, eps)
        self.stages = nn.Sequential(stages)
        self.adds_input = stride == 1 and in_channels == out_channels

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, out_channels, H_out, W_out) for x (N, in_channels, H, W)."""
        y = self.stages(x)
        return x + y if self.adds_input else y


class SamePadding(nn.Module):
    """Zeros about a map as TensorFlow's "SAME" puts them before a convolution.

    x is (N, C, H, W); after a convolution with that kernel and stride, the map is
    (⌈H/stride⌉, ⌈W/stride⌉). See :func:`~dwsep_helpers.kernels.same_padding`.

    Examples
    --------
    >>> import torch
    >>> SamePadding(kernel_size=3, stride=2)(torch.zeros(1, 8, 224, 224)).shape
    torch.Size([1, 8, 225, 225])
    """

    def __init__(self, kernel_size: int, stride: int = 1):
        super().__init__()
        self.kernel_size, self.stride = kernel_size, stride

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H + zeros, W + zeros) for x (N, C, H, W)."""
        rows, columns = (same_padding(n, self.kernel_size, self.stride) for n in x.shape[-2:])
        return pad(x, [*columns, *rows])

    def extra_repr(self) -> str:
        """Return what torch prints of it."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}"


def _depthwise(channels: int, stride: int, kernel_size: int = 3, padding: int = 1) -> nn.Conv2d:
    return nn.Conv2d(channels, channels, kernel_size, stride, padding, groups=channels, bias=False)


def _pointwise(in_channels: int, out_channels: int) -> nn.Conv2d:
    return nn.Conv2d(in_channels, out_channels, 1, bias=False)
