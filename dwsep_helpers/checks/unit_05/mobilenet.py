"""Exercise 5.2: a network from its table."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.from_mobilenet import FromMobilenet
from dwsep_helpers.checks.inputs import Rng, whole
from dwsep_helpers.checks.torch_modules import (
    TORCH_LAYERS,
    Outputs,
    OutputsAfterTraining,
    OutputsInTraining,
    Parameters,
)
from dwsep_helpers.papers import MOBILENET_V1, Layer, Layers

Table = Sequence[tuple[str, int, int, int]]
_build = FromMobilenet("mobilenet")


def _network(
    layers: Table,
    width_multiplier: float = 1,
    *,
    edit: Callable[[Layers], Sequence[Layer]] = tuple,
    change: Callable[[Any, Any], Any] = lambda network, nn: network,
) -> Any:
    """Build the network of a table that is edited once its widths are right, and change it."""
    from torch import nn

    return change(_build(edit(Layers("a network", layers).thinner(width_multiplier))), nn)


def _with_widths(layers: Table, width: Callable[[int], int]) -> Any:
    last = len(layers) - 1
    return _build(
        [
            (kind, width(m) if number else m, width(n) if number < last else n, stride)
            for number, (kind, m, n, stride) in enumerate(layers)
        ]
    )


def _rounded(layers: Table, width_multiplier: float) -> Any:
    return _with_widths(layers, lambda channels: round(width_multiplier * channels + 1e-9))


def _rounded_up(layers: Table, width_multiplier: float) -> Any:
    return _with_widths(layers, lambda channels: math.ceil(width_multiplier * channels - 1e-9))


def _rounded_to_eights(layers: Table, width_multiplier: float) -> Any:
    """Round as the authors' code for MobileNetV2 does, and what was copied from it."""

    def width(channels: int) -> int:
        eights = max(8, int(width_multiplier * channels + 4) // 8 * 8)
        return eights + 8 * (eights < 0.9 * width_multiplier * channels)

    return _with_widths(layers, width)


def _fewer_classes(layers: Table, width_multiplier: float) -> Any:
    *body, last = Layers("a network", layers).thinner(width_multiplier)
    return _build([*body, last._replace(out_channels=int(width_multiplier * last.out_channels))])


def _striding(*kinds: str) -> Callable[[Layers], list[Layer]]:
    """Keep the strides of layers of these kinds alone."""
    return lambda layers: [
        layer if layer.kind in kinds else layer._replace(stride=1) for layer in layers
    ]


def _without_equals(layers: Layers) -> list[Layer]:
    """Drop blocks that change neither channels nor size, which look like repetitions."""
    return [
        layer
        for layer in layers
        if layer.kind == "linear" or layer[1:] != (layer.in_channels, layer.in_channels, 1)
    ]


def _doubled(layers: Layers) -> list[Layer]:
    *body, last = layers
    return [*body, Layer("separable", last.in_channels, last.in_channels), last]


def _widened_apart(layers: Layers) -> list[Layer]:
    found = []
    for layer in layers:
        if layer.kind == "separable" and layer.in_channels != layer.out_channels:
            found.append(layer._replace(out_channels=layer.in_channels))
            layer = layer._replace(stride=1)
        found.append(layer)
    return found


def _with(network: Any, **parts: Any) -> Any:
    for name, part in parts.items():
        setattr(network, name, part)
    return network


def _reusing(network: Any, nn: Any) -> Any:
    made: dict[str, Any] = {}
    blocks = (made.setdefault(str(block), block) for block in network.blocks)
    return _with(network, blocks=nn.Sequential(*blocks))


def _without_bias(network: Any, nn: Any) -> Any:
    last = network.classifier
    return _with(network, classifier=nn.Linear(last.in_features, last.out_features, bias=False))


def _dropping(name: str) -> Callable[[Any, Any], Any]:
    """Put dropout behind the layers of that name, in the network and its blocks, or each block."""

    def change(network: Any, nn: Any) -> Any:
        blocks = network.blocks
        places = [(owner, name) for owner in (network, *blocks) if hasattr(owner, name)]
        for owner, place in places or [(blocks, number) for number in blocks._modules]:
            setattr(owner, place, nn.Sequential(getattr(owner, place), nn.Dropout(0.2)))
        return network

    return change


def _without_statistics(network: Any, nn: Any) -> Any:
    for layer in network.blocks.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = 0
    return network


def _bare_stem(network: Any, nn: Any) -> Any:
    conv, norm, _ = network.stem
    return _with(network, stem=_with(conv, bias=nn.Parameter(norm.bias)))


# fmt: off
MISTAKES = bank(_network, [
    ("multiplier-forgotten", lambda layers, width_multiplier: _build(layers),
     "You leave the width multiplier out; a smaller one should make the layers narrower.", 1),
    ("multiplier-rounded", _rounded,
     "You round the widths to the nearest whole number; they should be rounded down."),
    ("multiplier-rounded-up", _rounded_up,
     "You round the widths up; they should be rounded down."),
    ("multiplier-rounded-to-eights", _rounded_to_eights,
     "You round the widths to multiples of eight, as code for MobileNetV2 does; they should be "
     "rounded down to whole numbers."),
    ("classes-thinned", _fewer_classes,
     "You thin the classes, too; as many scores should come out as the table's last line says."),
    ("strides-forgotten", {"edit": _striding()},
     "You leave all strides out, so the last maps are as large as the image; each layer should "
     "have the table's."),
    ("stem-stride-forgotten", {"edit": _striding("separable")},
     "You leave out the stride of the first layer; it should have the table's, as the blocks do."),
    ("block-strides-forgotten", {"edit": _striding("standard")},
     "You leave out the strides of the blocks; they should have the table's, as the first layer "
     "does."),
    ("stem-relu-for-relu6",
     {"change": lambda net, nn: _with(net, stem=_with(net.stem, relu=nn.ReLU()))},
     "You let everything above 6 pass in the first layer; its activation should end at 6."),
    ("stem-of-a-convolution-alone", {"change": _bare_stem},
     "You build the first layer of a convolution alone; a batch norm and ReLU6 should follow it."),
    ("dense-blocks", {"edit": Layers.dense},
     "You build all layers of standard convolutions, which gives the dense twin; the separable "
     "ones of the table should be separable.", 1),
    ("equal-blocks-dropped", {"edit": _without_equals},
     "You leave out the blocks that keep channels and size; each line of the table should give a "
     "layer."),
    ("one-block-more", {"edit": _doubled},
     "You put one more block in front of the classifier; each line of the table should give one "
     "layer."),
    ("widened-apart", {"edit": _widened_apart},
     "You build two blocks where channels grow in number, one to filter them and one to widen; "
     "there should be one."),
    ("blocks-reused", {"change": _reusing},
     "You run one block in several places, where it learns as one; each line of the table should "
     "get a block of its own."),
    ("maximum-for-average",
     {"change": lambda network, nn: _with(network, pool=nn.AdaptiveMaxPool2d(1))},
     "You give the classifier the largest value of each map; it should get the average of all."),
    ("corner-for-average",
     {"change": lambda network, nn: _with(network, pool=nn.AvgPool2d(1, 10_000))},
     "You give the classifier the first pixel of each map; it should get the average of all."),
    ("classifier-without-bias", {"change": _without_bias},
     "You leave out the classifier's bias; its linear layer should have one."),
    ("dropout-before-the-classifier", {"change": _dropping("pool")},
     "You put dropout in front of the classifier; the table has none, and none should be there."),
    ("dropout-behind-blocks", {"change": _dropping("block")},
     "You put dropout behind the blocks; the table has none, and none should be there."),
    ("dropout-in-blocks", {"change": _dropping("depthwise_relu")},
     "You put dropout between the stages of the blocks; the block should have none."),
    ("running-statistics-frozen", {"change": _without_statistics},
     "You give the blocks' norms a momentum of 0, so in eval mode they know nothing of what they "
     "saw; they should learn running statistics."),
    ("weights-frozen", {"change": lambda network, nn: network.requires_grad_(False)},
     "You build the network without gradients; training should change its weights."),
    ("activation-on-scores", {"change": lambda net, nn: nn.Sequential(net, nn.ReLU())},
     "You put an activation behind the classifier; scores should be free to be negative."),
    ("softmax-added", {"change": lambda net, nn: nn.Sequential(net, nn.Softmax(1))},
     "You return probabilities; scores should come out, since the loss takes the softmax itself."),
    ("log-softmax-added", {"change": lambda net, nn: nn.Sequential(net, nn.LogSoftmax(1))},
     "You return logarithms of probabilities; scores should come out as they are."),
])
# fmt: on

# Kind, channels in and out, stride. An image may have many channels, as a map of crops does.
_TALL = (
    ("standard", 13, 12, 1),
    ("separable", 12, 18, 2),
    ("separable", 18, 18, 1),
    ("separable", 18, 18, 1),
    ("separable", 18, 22, 2),
    ("linear", 22, 5, 1),
)
_GREY = (
    ("standard", 1, 10, 2),
    ("separable", 10, 15, 1),
    ("separable", 15, 15, 1),
    ("separable", 15, 15, 1),
    ("separable", 15, 30, 2),
    ("linear", 30, 7, 1),
)


def _short(rng: Rng, stride: int = 2) -> Table:
    """Return three layers whose widths are drawn."""
    first = whole(rng, 7, 12)
    second, classes = first + whole(rng, 1, 6), whole(rng, 3, 9)
    stem = ("standard", 14, first, stride)
    return stem, ("separable", first, second, 1), ("linear", second, classes, 1)


def _case(
    rng: Rng,
    says: str,
    layers: Table,
    n: int,
    h: int,
    w: int,
    view: type[Outputs] = Outputs,
    **options: float,
) -> Case:
    """Return a case whose network sees n images of h×w."""
    return Case(says, (layers,), options, view=view.drawn(rng, n, layers[0][1], h, w))


def _cases(rng: Rng) -> list[Case]:
    short = _short(rng)
    return [
        _case(rng, "three layers", short, 2, 12, 12),
        _case(rng, "six layers, some alike", _TALL, 2, 16, 13),
        _case(rng, "half the width", _TALL, 2, 12, 14, width_multiplier=0.5),
        _case(rng, "a width that is no whole number", _TALL, 1, 15, 15, width_multiplier=0.3),
        _case(rng, "another size of image", short, 1, 21, 30),
        _case(rng, "in training mode", _TALL, 2, 12, 11, OutputsInTraining),
        _case(rng, "after a step of training", _TALL, 2, 13, 12, OutputsAfterTraining),
        _case(rng, "how many numbers it learns", _TALL, 1, 12, 12, Parameters),
    ]


def _strict(rng: Rng) -> list[Case]:
    v1 = tuple(MOBILENET_V1)
    multiplier = whole(rng, 30, 95) / 100
    return [
        _case(rng, "other layers", _GREY, 2, 20, 17),
        _case(rng, "three quarters of the width", _GREY, 2, 18, 9, width_multiplier=0.75),
        _case(rng, "MobileNet, a quarter of the width", v1, 1, 64, 64, width_multiplier=0.25),
        _case(rng, "in training mode", _GREY, 3, 12, 13, OutputsInTraining),
        _case(rng, "after a step of training", _GREY, 2, 15, 12, OutputsAfterTraining),
        _case(rng, "how many numbers it learns", _GREY, 1, 15, 12, Parameters),
        _case(rng, "drawn widths", _short(rng, whole(rng, 2, 3)), 2, 11, 12),
        _case(rng, "a drawn multiplier", _short(rng), 1, 12, 9, width_multiplier=multiplier),
    ]


mobilenet = Check(
    number="5.2",
    name="mobilenet",
    points=3,
    reference=_build,
    cases=_cases,
    strict=_strict,
    mistakes=MISTAKES,
    axes=("N", "classes"),
    allows=(*TORCH_LAYERS, "dwsep_helpers.mobilenet.ConvNormReLU6"),
)
