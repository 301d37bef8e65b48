"""Costs of a network from its table, before any network is built."""

from __future__ import annotations

import math
from collections.abc import Iterable

from dwsep_helpers.cost.layers import conv2d_cost, depthwise_cost, linear_cost, pointwise_cost
from dwsep_helpers.cost.value import Cost
from dwsep_helpers.kernels import conv_output_size
from dwsep_helpers.kernels.arguments import real_number
from dwsep_helpers.kernels.shapes import LONGEST, flag, integer, sequence
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
    TypeError, ValueError
        If the resolution is no positive integer, or a layer is of another kind.

    Examples
    --------
    >>> from dwsep_helpers.papers import MOBILENET_V1
    >>> layer_costs(MOBILENET_V1)["block 1"]["depthwise"].macs
    3612672
    """
    costs: dict[str, dict[str, Cost]] = {}
    size = integer("resolution", resolution, at_least=1, at_most=LONGEST)
    rows = _rows(layers)
    for number, (kind, channels, filters, stride) in enumerate(rows):
        name = f"block {number}" if number else "stem"
        if kind == "linear":
            name = "classifier" if number == len(rows) - 1 else name
            costs[name] = {kind: linear_cost(channels, filters)}
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
        costs[name] = parts
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
    width_multiplier = real_number("width_multiplier", width_multiplier)
    if not 0 < width_multiplier < math.inf:
        raise ValueError(f"width_multiplier is {width_multiplier}, and it should be positive")
    named = Layers("the network", _rows(layers))
    return _total(named.thinner(width_multiplier), resolution).macs


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
            params += filters * flag("classifier_bias", classifier_bias)
        else:
            params += per_channel * (filters + channels * (kind == "separable"))
    return params


def _rows(layers: Iterable[tuple]) -> list[tuple]:
    """Check that each layer is a kind, two numbers of channels and a stride."""
    rows = sequence("layers", layers)
    for number, row in enumerate(rows):
        if len(sequence(f"layers[{number}]", row)) != 4:
            parts = "its kind, channels, filters and stride"
            raise ValueError(f"layers[{number}] is {row!r}; it should be {parts}")
    return rows


def _total(layers: Layers, resolution: int = 224) -> Cost:
    costs = layer_costs(layers, resolution).values()
    return sum((part for parts in costs for part in parts.values()), Cost())
