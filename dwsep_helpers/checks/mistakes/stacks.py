"""Wrong networks from a right table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dwsep_helpers.checks.exercise import Mistake
from dwsep_helpers.checks.mistakes.blocks import build_block

Layers = Sequence[tuple[str, int, int, int]]


def build_network(
    layers: Layers,
    width_multiplier: float = 1,
    *,
    whole: Callable[[float], int] = int,
    edit: Callable[[list[Any]], Sequence[Any]] = tuple,
    pool: str = "average",
    classifier_bias: bool = True,
    at_end: str = "",
    shared: bool = False,
    **block_options: Any,
) -> Any:
    """Build a network from its table; each option leaves the right way in one respect."""
    from torch import nn

    last = len(layers) - 1
    widened = [
        (
            kind,
            m if number == 0 else max(1, whole(width_multiplier * m)),
            n if number == last else max(1, whole(width_multiplier * n)),
            stride,
        )
        for number, (kind, m, n, stride) in enumerate(layers)
    ]
    parts: list[Any] = []
    made: dict[tuple, Any] = {}
    for kind, m, n, stride in edit(widened):
        if kind == "standard":
            conv = nn.Conv2d(m, n, 3, stride, padding=1, bias=False)
            parts += [nn.Sequential(conv, nn.BatchNorm2d(n), nn.ReLU6())]
        elif kind == "separable":
            block = build_block(m, n, stride, **block_options)
            parts += [made.setdefault((m, n, stride), block) if shared else block]
        else:
            pools = {"average": nn.AdaptiveAvgPool2d, "max": nn.AdaptiveMaxPool2d}
            parts += [pools[pool](1) if pool in pools else _corner()]
            parts += [nn.Flatten(), nn.Linear(m, n, bias=classifier_bias)]
    ends = {"relu": nn.ReLU, "softmax": lambda: nn.Softmax(1), "log": lambda: nn.LogSoftmax(1)}
    return nn.Sequential(*parts, *(ends[name]() for name in at_end.split()))


def _corner() -> Any:
    from torch import nn

    class Corner(nn.Module):
        def forward(self, x):
            return x[:, :, :1, :1]

    return Corner()


def _network(name: str, says: str, hint: int = 2, **options: Any) -> Mistake:
    def function(layers, width_multiplier=1):
        return build_network(layers, width_multiplier, **options)

    return Mistake(name, says, function, hint)


def _unmultiplied(layers, width_multiplier=1):
    return build_network(layers)


def _strides(keep: Callable[[str], bool]) -> Callable[[list[Any]], list[Any]]:
    return lambda layers: [
        (kind, m, n, stride if keep(kind) else 1) for kind, m, n, stride in layers
    ]


def _dense(layers: list[Any]) -> list[Any]:
    return [(kind.replace("separable", "standard"), m, n, s) for kind, m, n, s in layers]


def _without_equals(layers: list[Any]) -> list[Any]:
    """Drop blocks that change neither channels nor size, which look like repetitions."""
    return [
        layer for layer in layers if layer[0] == "linear" or layer[1:] != (layer[1],) * 2 + (1,)
    ]


def _doubled(layers: list[Any]) -> list[Any]:
    """Put a further block in front of the classifier."""
    *body, last = layers
    return [*body, ("separable", last[1], last[1], 1), last]


def _channels_once(layers: list[Any]) -> list[Any]:
    """Widen in a block of its own: m to m, then m to n."""
    found = []
    for kind, m, n, stride in layers:
        if kind == "separable" and m != n:
            found += [(kind, m, m, stride), (kind, m, n, 1)]
        else:
            found += [(kind, m, n, stride)]
    return found


MOBILENET = (
    Mistake(
        "multiplier-forgotten",
        "The width multiplier changes nothing: the network is as wide as with 1.",
        _unmultiplied,
        1,
    ),
    _network(
        "multiplier-rounded",
        "Widths are rounded to the nearest. The table's multiplier rounds down.",
        whole=lambda width: round(width + 1e-9),
    ),
    _network(
        "strides-forgotten",
        "No layer has its stride, and so the last maps are as large as the image.",
        edit=_strides(lambda kind: False),
    ),
    _network(
        "stem-stride-forgotten",
        "The first layer has no stride.",
        edit=_strides(lambda kind: kind == "separable"),
    ),
    _network(
        "block-strides-forgotten",
        "The first layer has its stride, the blocks have none.",
        edit=_strides(lambda kind: kind == "standard"),
    ),
    _network(
        "dense-blocks",
        "All convolutions are standard ones: that is the dense twin.",
        1,
        edit=_dense,
    ),
    _network(
        "equal-blocks-dropped",
        "Blocks that keep channels and size are left out.",
        edit=_without_equals,
    ),
    _network(
        "one-block-more",
        "There is one more block in front of the classifier.",
        edit=_doubled,
    ),
    _network(
        "widened-apart",
        "Each block that widens is two: one that keeps the channels and one that widens.",
        edit=_channels_once,
    ),
    _network(
        "blocks-reused",
        "One block runs in several places: they share their weights, and learn as one. Build "
        "a new one for each line of the table.",
        shared=True,
    ),
    _network(
        "maximum-for-average",
        "The classifier sees the largest value of each map; asked for is the average over all.",
        pool="max",
    ),
    _network(
        "corner-for-average",
        "The classifier sees the first pixel of each map; asked for is the average over all.",
        pool="corner",
    ),
    _network(
        "classifier-without-bias",
        "The linear layer has no bias.",
        classifier_bias=False,
    ),
    _network(
        "activation-on-scores",
        "Behind the classifier stands an activation: scores may be negative.",
        at_end="relu",
    ),
    _network(
        "softmax-added",
        "What comes out are probabilities; asked for are scores, which the loss takes itself.",
        at_end="softmax",
    ),
    _network(
        "log-softmax-added",
        "What comes out are logarithms of probabilities; asked for are scores.",
        at_end="log",
    ),
)
