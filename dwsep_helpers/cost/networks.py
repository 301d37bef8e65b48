"""Costs of a network from its table, before any network is built."""

from __future__ import annotations

from dwsep_helpers.cost.layers import (
    conv2d_cost,
    depthwise_cost,
    linear_cost,
    pointwise_cost,
)
from dwsep_helpers.cost.value import Cost
from dwsep_helpers.kernels import conv_output_size
from dwsep_helpers.papers import Layers


def layer_costs(layers: Layers, resolution: int = 224) -> dict[str, dict[str, Cost]]:
    """Cost of each layer of a network, by kind, without biases and norms.

    Parameters
    ----------
    layers : Layers
        Such as :data:`dwsep_helpers.papers.MOBILENET_V1`: 3×3 convolutions with padding 1, and
        a linear layer on what is left after averaging over pixels.
    resolution : int
        Rows, and columns, of the image.

    Returns
    -------
    dict of str to dict of str to Cost
        By the layer (``"stem"``, ``"block 1"``, …, ``"classifier"``) and the kind
        (``"standard"``, ``"depthwise"``, ``"pointwise"``, ``"linear"``).

    Raises
    ------
    ValueError
        If the resolution is below 1, or a layer is of another kind.

    Examples
    --------
    >>> from dwsep_helpers.papers import MOBILENET_V1
    >>> layer_costs(MOBILENET_V1)["block 1"]["depthwise"].macs
    3612672
    """
    costs: dict[str, dict[str, Cost]] = {}
    size = resolution
    for number, (kind, channels, filters, stride) in enumerate(layers):
        if kind == "linear":
            costs["classifier"] = {kind: linear_cost(channels, filters)}
            continue
        after = conv_output_size(size, 3, stride, padding=1)
        if kind == "standard":
            parts = {kind: conv2d_cost(channels, filters, 3, size, stride=stride, padding=1)}
        elif kind == "separable":
            parts = {
                "depthwise": depthwise_cost(channels, 3, size, stride=stride, padding=1),
                "pointwise": pointwise_cost(channels, filters, after),
            }
        else:
            known = "'standard', 'separable' or 'linear'"
            raise ValueError(f"layers[{number}] is of kind {kind!r}, and a kind is {known}")
        costs[f"block {number}" if number else "stem"] = parts
        size = after
    return costs
