"""MobileNet's blocks, built rightly and then changed.

Their layers go by the names that :mod:`dwsep_helpers.mobilenet` gives them: ``depthwise``,
``depthwise_norm``, ``depthwise_relu`` and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from dwsep_helpers.checks.exercise import Row

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
OF_NORMS = (
    ("running-statistics-frozen", {"norm": {"momentum": 0}},
     "You give the norms a momentum of 0, so in eval mode they know nothing of what they saw; "
     "they should learn running statistics."),
    ("running-statistics-off", {"norm": {"track_running_stats": False}},
     "You let the norms use the batch in eval mode, too; there they should use the running "
     "statistics that training leaves."),
    ("norms-without-scale-and-shift", {"norm": {"affine": False}},
     "You leave the norms' own scale and shift out; both should be learned."),
)
DROPOUT_INSIDE = (
    "dropout-inside", {"dropout_behind": "depthwise_relu"},
    "You put dropout into the block; it should have none.")


def dropout_at_end(last: str) -> Row:
    """Return the row of dropout behind a block's last layer, which goes by this name."""
    says = "You put dropout at the end of the block; it should have none."
    return "dropout-at-the-end", {"dropout_behind": last}, says


def frozen(build: Callable[..., nn.Module]) -> Row:
    """Return the row of a block of which nothing can be learned."""
    says = "You build the block without gradients; training should change its weights."
    return "weights-frozen", lambda *arguments: build(*arguments).requires_grad_(False), says
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
    norm: Mapping[str, Any] | None = None,
    dropout_behind: str = "",
    **convolutions: Mapping[str, Any],
) -> nn.Sequential:
    """Leave out layers of some name, add dropout, and give layers other settings."""
    from torch import nn

    made: list[nn.Module] = []
    for name, layer in layers.named_children():
        if isinstance(layer, nn.Conv2d):
            settings = {setting: getattr(layer, setting) for setting in _SETTINGS}
            layer = nn.Conv2d(**{**settings, "bias": bias, **convolutions.get(name, {})})
        elif isinstance(layer, nn.BatchNorm2d):
            layer = nn.BatchNorm2d(layer.num_features, **(norm or {}))
        elif isinstance(layer, nn.ReLU6):
            layer = getattr(nn, relu)()
        if not fnmatch(name, without):
            made.append(layer)
        if name == dropout_behind:
            made.append(nn.Dropout(0.2))
    return nn.Sequential(*(made[place] for place in order or range(len(made))))
