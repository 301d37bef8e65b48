"""Unit 04's expected pictures, from the numbers that its cells write out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dwsep_helpers.cost import (
    Cost,
    conv2d_cost,
    depthwise_cost,
    linear_cost,
    pointwise_cost,
    reduction_ratio,
)
from dwsep_helpers.figures.costs import cost_by_layer
from dwsep_helpers.figures.picture import Picture
from dwsep_helpers.figures.ratios import reduction_contours
from dwsep_helpers.papers import MOBILENET_V1, Layers


def layer_names(layers: Layers) -> list[str]:
    """Return "stem", "block 1", …, "classifier"."""
    return ["stem", *(f"block {number}" for number in range(1, len(layers) - 1)), "classifier"]


def costs(layers: Layers, resolution: int = 224) -> dict[str, dict[str, Cost]]:
    """Return the cost of each layer of a network, by kind."""
    found: dict[str, dict[str, Cost]] = {}
    size = resolution
    for name, (kind, m, n, stride) in zip(layer_names(layers), layers, strict=True):
        options = {"stride": stride, "padding": 1}
        after = (size - 1) // stride + 1
        if kind == "linear":
            found[name] = {kind: linear_cost(m, n)}
        elif kind == "standard":
            found[name] = {kind: conv2d_cost(m, n, 3, size, **options)}
        else:
            found[name] = {
                "depthwise": depthwise_cost(m, 3, size, **options),
                "pointwise": pointwise_cost(m, n, after),
            }
        size = after
    return found


def by_layer(layers: Layers, quantity: str) -> dict[str, dict[str, int]]:
    """Return one quantity of `costs`."""
    return {
        name: {kind: getattr(cost, quantity) for kind, cost in kinds.items()}
        for name, kinds in costs(layers).items()
    }


def _by_layer() -> Picture:
    networks = {
        "dense": by_layer(MOBILENET_V1.dense(), "macs"),
        "separable": by_layer(MOBILENET_V1, "macs"),
    }
    return cost_by_layer(networks, "MACs of MobileNetV1 and of its dense twin")


PICTURES: Final[dict[str, Callable[[], Picture]]] = {
    "reduction_contours": lambda: reduction_contours(reduction_ratio),
    "cost_by_layer": _by_layer,
}
