"""MobileNet's blocks, built rightly and then changed.

Their layers go by the names that :mod:`dwsep_helpers.mobilenet` gives them: ``depthwise``,
``depthwise_norm``, ``depthwise_relu`` and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn

_SETTINGS = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "groups")
# What goes wrong in blocks of both kinds.
# fmt: off
RELU_FOR_RELU6 = (
    "relu-for-relu6", {"relu": "ReLU"},
    "You let everything above 6 pass; the activations should end at 6.")
BIAS_KEPT = (
    "bias-kept", {"bias": True},
    "You give the convolutions biases, which the batch norms take away again; they should have "
    "none.")
# fmt: on


def separable(in_channels: int, out_channels: int, stride: int = 1, **changes: Any) -> Any:
    """Build MobileNetV1's block, and change its layers."""
    from dwsep_helpers.mobilenet import DepthwiseSeparableConv2d

    return _changed(DepthwiseSeparableConv2d(in_channels, out_channels, stride), **changes)


def inverted(
    in_channels: int,
    out_channels: int,
    stride: int = 1,
    expansion: int = 6,
    *,
    adds_input: bool = True,
    finish: Callable[[Tensor, Tensor, int], Tensor] = lambda x, y, stride: y,
    **changes: Any,
) -> Any:
    """Build MobileNetV2's block, and change its layers, or what comes behind them."""
    from dwsep_helpers.mobilenet import InvertedResidual

    block = InvertedResidual(in_channels, out_channels, stride, expansion)
    block.stages = _changed(block.stages, **changes)
    block.adds_input &= adds_input
    block.register_forward_hook(lambda _, given, y: finish(given[0], y, stride))
    return block


def _changed(
    layers: nn.Sequential,
    *,
    without: str = "",
    order: Sequence[int] = (),
    relu: str = "ReLU6",
    bias: bool = False,
    **convolutions: Mapping[str, Any],
) -> nn.Sequential:
    """Leave out layers of some name, and give convolutions other settings, by their names."""
    from torch import nn

    made: list[nn.Module] = []
    for name, layer in layers.named_children():
        if isinstance(layer, nn.Conv2d):
            settings = {setting: getattr(layer, setting) for setting in _SETTINGS}
            layer = nn.Conv2d(**{**settings, "bias": bias, **convolutions.get(name, {})})
        elif isinstance(layer, nn.ReLU6):
            layer = getattr(nn, relu)()
        if not fnmatch(name, without):
            made.append(layer)
    return nn.Sequential(*(made[place] for place in order or range(len(made))))
