"""Costs of a network from its table, before any network is built."""

from __future__ import annotations

from dwsep_helpers.cost.layers import conv2d_cost, depthwise_cost, linear_cost, pointwise_cost
from dwsep_helpers.cost.value import Cost
from dwsep_helpers.kernels import conv_output_size
from dwsep_helpers.kernels.shapes import integer
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


def mobilenet_macs(layers: Layers, width_multiplier: float = 1, resolution: int = 224) -> int:
    """Count the MACs of a network for one square image.

    The width multiplier is the paper's α: channels are multiplied by it and rounded down; those of
    the image and the classes stay (A. G. Howard et al., "MobileNets", arXiv:1704.04861, sections
    3.3 and 3.4). All else is as for :func:`layer_costs`, errors too; another is an α that leaves a
    layer without channels.

    Examples
    --------
    >>> from dwsep_helpers.papers import MOBILENET_V1
    >>> mobilenet_macs(MOBILENET_V1), mobilenet_macs(MOBILENET_V1, 0.25, 128)
    (568740352, 13570048)
    """
    return _total(layers.thinner(width_multiplier), resolution).macs


def mobilenet_params(layers: Layers, classifier_bias: bool = True, per_channel: int = 2) -> int:
    """Count the numbers that a network keeps, those of its batch norms too.

    Parameters
    ----------
    layers : Layers
        As for :func:`layer_costs`. A batch norm stands behind each standard convolution and
        behind both stages of each separable one.
    classifier_bias : bool
        Whether the linear layer has one.
    per_channel : int
        Numbers of a batch norm for each channel: 2 are trained (γ, β), 4 are kept (mean and
        variance), 0 are left once it is folded.

    Raises
    ------
    TypeError
        If ``per_channel`` is not an integer.
    ValueError
        If it is below 0, or a layer is of another kind.

    Examples
    --------
    >>> from dwsep_helpers.papers import MOBILENET_V1
    >>> mobilenet_params(MOBILENET_V1), mobilenet_params(MOBILENET_V1, False, 0)
    (4231976, 4209088)
    """
    per_channel = integer("per_channel", per_channel, at_least=0)
    params = _total(layers).params
    for kind, channels, filters, _ in layers:
        if kind == "linear":
            params += filters * bool(classifier_bias)
        else:
            params += per_channel * (filters + channels * (kind == "separable"))
    return params


def _total(layers: Layers, resolution: int = 224) -> Cost:
    costs = layer_costs(layers, resolution).values()
    return sum((part for parts in costs for part in parts.values()), Cost())
