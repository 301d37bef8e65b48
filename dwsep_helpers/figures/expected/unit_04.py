"""Unit 04's expected pictures, from the numbers that its cells write out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dwsep_helpers.cost import layer_costs, reduction_ratio
from dwsep_helpers.figures.costs import cost_by_layer
from dwsep_helpers.figures.picture import Picture
from dwsep_helpers.figures.ratios import reduction_contours
from dwsep_helpers.papers import MOBILENET_V1


def _by_layer() -> Picture:
    dense, separable = MOBILENET_V1.dense(), MOBILENET_V1
    networks = {"dense": layer_costs(dense), "separable": layer_costs(separable)}
    return cost_by_layer(networks, "MACs of MobileNetV1 and of its dense twin")


PICTURES: Final[dict[str, Callable[[], Picture]]] = {
    "reduction_contours": lambda: reduction_contours(reduction_ratio),
    "cost_by_layer": _by_layer,
}
