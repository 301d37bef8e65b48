"""Wrong separable blocks and inverted residuals, in torch."""

from __future__ import annotations

from typing import Any

from dwsep_helpers.checks.exercise import Mistake


def build_block(
    in_channels: int,
    out_channels: int,
    stride: int = 1,
    *,
    grouped: bool = True,
    kernel: int = 3,
    padding: int = 1,
    strides: str = "depthwise",
    between: str = "norm relu6",
    at_end: str = "norm relu6",
    bias: bool = False,
    pointwise_kernel: int = 1,
    pointwise_first: bool = False,
) -> Any:
    """Build MobileNetV1's block; each option leaves the right way in one respect."""
    from torch import nn

    # What comes in between the stages, and how many channels are filtered.
    filtered = out_channels if pointwise_first else in_channels
    depthwise = nn.Conv2d(
        *(filtered, filtered, kernel),
        stride=stride if "depthwise" in strides else 1,
        padding=padding,
        groups=filtered if grouped else 1,
        bias=bias,
    )
    pointwise = nn.Conv2d(
        *(in_channels, out_channels, pointwise_kernel),
        stride=stride if "pointwise" in strides else 1,
        padding=pointwise_kernel // 2,
        bias=bias,
    )
    stages = [(depthwise, in_channels), (pointwise, out_channels)]
    if pointwise_first:
        stages = [(pointwise, out_channels), (depthwise, out_channels)]
    layers: list[Any] = []
    for (conv, channels), after in zip(stages, (between, at_end), strict=True):
        made = {"norm": lambda c=channels: nn.BatchNorm2d(c), "relu6": nn.ReLU6, "relu": nn.ReLU}
        layers += [conv, *(made[name]() for name in after.split())]
    return nn.Sequential(*layers)


def _block(name: str, says: str, hint: int = 2, **options: Any) -> Mistake:
    def function(in_channels, out_channels, stride=1):
        return build_block(in_channels, out_channels, stride, **options)

    return Mistake(name, says, function, hint)


SEPARABLE_BLOCK = (
    _block(
        "groups-forgotten",
        "The first convolution mixes all channels: without groups it is a standard one.",
        grouped=False,
    ),
    _block(
        "pointwise-first",
        "It combines, then filters. The other way round filters fewer channels.",
        1,
        pointwise_first=True,
    ),
    _block(
        "stride-in-both",
        "Both stages have the stride, and the image shrinks twice.",
        strides="depthwise pointwise",
    ),
    _block("stride-forgotten", "Neither stage has the stride.", strides=""),
    _block(
        "padding-forgotten",
        "Without padding the 3×3 kernel cuts a pixel off at every edge.",
        padding=0,
    ),
    _block(
        "padding-too-wide",
        "A padding of 2 is for 5×5 kernels: with 3×3 the image grows.",
        padding=2,
    ),
    _block(
        "relu-for-relu6",
        "The activation lets everything above 6 pass. ReLU6 ends there.",
        between="norm relu",
        at_end="norm relu",
    ),
    _block(
        "relu-between-forgotten",
        "There is no activation between the stages. Xception's block has none there; "
        "MobileNet's has.",
        between="norm",
    ),
    _block(
        "relu-at-end-forgotten",
        "There is no activation at the end, as in MobileNetV2's last stage. V1 has one.",
        at_end="norm",
    ),
    _block("activations-forgotten", "No activation at all.", between="norm", at_end="norm"),
    _block(
        "norm-between-forgotten",
        "The depthwise stage has no batch norm behind it.",
        between="relu6",
    ),
    _block(
        "norm-at-end-forgotten",
        "The pointwise stage has no batch norm behind it.",
        at_end="relu6",
    ),
    _block(
        "norms-forgotten",
        "No batch norm at all.",
        between="relu6",
        at_end="relu6",
    ),
    _block(
        "norm-after-relu",
        "The activation comes before the batch norm. In MobileNet the norm is first.",
        between="relu6 norm",
        at_end="relu6 norm",
    ),
    _block(
        "bias-kept",
        "The convolutions have biases, and the batch norm takes any constant away again.",
        bias=True,
    ),
    _block(
        "pointwise-not-1x1",
        "The second convolution has a 3×3 kernel: it filters again, in all channels.",
        pointwise_kernel=3,
    ),
    _block("kernel-5x5", "The depthwise kernel is 5×5.", kernel=5, padding=2),
)


def build_inverted(
    in_channels: int,
    out_channels: int,
    stride: int = 1,
    expansion: int = 6,
    *,
    expands: str = "unless 1",
    grouped: bool = True,
    after_expand: str = "norm relu6",
    after_depthwise: str = "norm relu6",
    after_project: str = "norm",
    strides: str = "depthwise",
    bias: bool = False,
    adds: str = "where it fits",
    relu_after_adding: bool = False,
) -> Any:
    """Build MobileNetV2's block; each option leaves the right way in one respect."""
    from torch import nn

    def stage(conv: Any, after: str) -> list[Any]:
        channels = conv.out_channels
        made = {"norm": lambda: nn.BatchNorm2d(channels), "relu6": nn.ReLU6, "relu": nn.ReLU}
        return [conv, *(made[name]() for name in after.split())]

    wide = in_channels * expansion
    layers: list[Any] = []
    if expands == "never":
        wide = in_channels
    elif expands == "always" or expansion != 1:
        layers += stage(nn.Conv2d(in_channels, wide, 1, bias=bias), after_expand)
    layers += stage(
        nn.Conv2d(
            *(wide, wide, 3),
            stride=stride if "depthwise" in strides else 1,
            padding=1,
            groups=wide if grouped else 1,
            bias=bias,
        ),
        after_depthwise,
    )
    layers += stage(
        nn.Conv2d(wide, out_channels, 1, stride if "project" in strides else 1, bias=bias),
        after_project,
    )
    fits = {
        "where it fits": stride == 1 and in_channels == out_channels,
        "never": False,
        "after stride 1": stride == 1,
        "where channels agree": in_channels == out_channels,
    }[adds]

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(*layers)

        def forward(self, x):
            y = self.layers(x)
            if fits and y.shape[2:] != x.shape[2:]:
                y = y + x[:, :, ::stride, ::stride]
            elif fits and y.shape[1] != x.shape[1]:
                c = min(x.shape[1], y.shape[1])
                y = y.clone()
                y[:, :c] += x[:, :c]
            elif fits:
                y = x + y
            return y.clamp(0, 6) if relu_after_adding else y

    return Block()


def _inverted(name: str, says: str, hint: int = 2, **options: Any) -> Mistake:
    def function(in_channels, out_channels, stride=1, expansion=6):
        return build_inverted(in_channels, out_channels, stride, expansion, **options)

    return Mistake(name, says, function, hint)


INVERTED_RESIDUAL = (
    _inverted(
        "input-not-added",
        "It is no residual: where the shapes agree, the input is added to what comes out.",
        1,
        adds="never",
    ),
    _inverted(
        "relu-at-the-end",
        "The last stage has an activation, and so throws away half of what was just made "
        "narrow. V2's bottleneck is linear.",
        1,
        after_project="norm relu6",
    ),
    _inverted(
        "relu-after-adding",
        "What comes out of the addition goes through an activation, as in a ResNet. V2 adds last.",
        relu_after_adding=True,
    ),
    _inverted(
        "never-expanded",
        "The middle is as narrow as its ends: the first pointwise stage is missing.",
        1,
        expands="never",
    ),
    _inverted(
        "expanded-by-one",
        "Expansion 1 needs no first stage: it would make as many channels as there are.",
        expands="always",
    ),
    _inverted(
        "groups-forgotten",
        "The middle convolution mixes all channels: without groups it is a standard one.",
        grouped=False,
    ),
    _inverted(
        "relu-after-expanding-forgotten",
        "There is no activation behind the first stage.",
        after_expand="norm",
    ),
    _inverted(
        "relu-after-filtering-forgotten",
        "There is no activation behind the depthwise stage.",
        after_depthwise="norm",
    ),
    _inverted(
        "relu-for-relu6",
        "The activation lets everything above 6 pass. ReLU6 ends there.",
        after_expand="norm relu",
        after_depthwise="norm relu",
    ),
    _inverted(
        "norm-at-end-forgotten",
        "The last stage has no batch norm behind it.",
        after_project="",
    ),
    _inverted(
        "norm-between-forgotten",
        "The depthwise stage has no batch norm behind it.",
        after_depthwise="relu6",
    ),
    _inverted("stride-forgotten", "No stage has the stride.", strides=""),
    _inverted(
        "bias-kept",
        "The convolutions have biases, and the batch norm takes any constant away again.",
        bias=True,
    ),
    _inverted(
        "added-after-stride",
        "The input is added after a stride too, as every other pixel of it.",
        adds="where channels agree",
    ),
    _inverted(
        "added-to-some-channels",
        "The input is added where the channels don't agree, to the first of them.",
        adds="after stride 1",
    ),
)
