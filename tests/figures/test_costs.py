"""Costs drawn: bars as long as their numbers, parts that add up to a whole."""

import numpy as np
import pytest
from layout import faults, texts

from dwsep_helpers import figures
from dwsep_helpers.cost import Cost, layer_costs
from dwsep_helpers.figures import costs
from dwsep_helpers.figures.picture import style
from dwsep_helpers.papers import MOBILENET_V1

SEPARABLE, DENSE = layer_costs(MOBILENET_V1), layer_costs(MOBILENET_V1.dense())
NETWORKS = {"dense": DENSE, "separable": SEPARABLE}
MACS = {name: costs._quantity(network, "macs") for name, network in NETWORKS.items()}
PARTS = {
    name: costs._summed(costs._quantity(SEPARABLE, of)) for name, of in costs.QUANTITIES.items()
}


def bars_of(figure):
    """Return the widths of the bars, those of the legend left out."""
    (axes,) = figure.axes
    return np.array([bar.get_width() for bar in axes.patches if bar.get_width() != 0.3])


def test_bars_are_as_long_as_the_macs():
    with style():
        figure = costs._draw_layers(MACS, "")
    drawn = [layer for layer in DENSE if layer not in {f"block {n}" for n in range(8, 12)}]
    numbers = [
        macs for layer in drawn for network in MACS.values() for macs in network[layer].values()
    ]
    as_block_7 = sum(sum(network["block 7"].values()) for network in MACS.values())
    assert sum(numbers) + 4 * as_block_7 == 568_740_352 + 4_867_293_184
    np.testing.assert_allclose(
        bars_of(figure) / bars_of(figure).max(), np.divide(numbers, max(numbers))
    )
    written = texts(figure)
    assert [written.count(f"{times}×") for times in (7.9, 8.4, 8.7, 8.8, 8.9)] == [1, 2, 2, 2, 2]
    assert "block 7 to 11, each" in written
    assert 100 * figure.get_figheight() < 600, "it fits a screen"


def test_what_is_drawn_is_said():
    assert figures.cost_by_layer(NETWORKS, "MACs").alt == (
        "MACs. dense: 4.87 G MACs, standard 99.98 %, linear 0.02 %; most in block 3, block 5, "
        "block 7, block 8, block 9, block 10, block 11 and block 13. separable: "
        "569 M MACs, standard 1.91 %, depthwise 3.06 %, pointwise 94.86 %, linear 0.18 %; most in "
        "block 3."
    )
    assert figures.shares(SEPARABLE).alt == (
        "Shares by kind of layer. MACs: standard 1.91 %, depthwise 3.06 %, pointwise 94.86 %, "
        "linear 0.18 %; parameters: standard 0.02 %, depthwise 1.06 %, pointwise 74.59 %, linear "
        "24.33 %; elements moved: standard 3.84 %, depthwise 34.99 %, pointwise 54.05 %, linear "
        "7.13 %."
    )


def test_parts_add_up_to_a_whole_and_are_written():
    with style():
        figure = costs._draw_shares(PARTS, "")
    widths = bars_of(figure).reshape(3, 4)
    np.testing.assert_allclose(widths.sum(axis=1), costs.SHARES_WIDTH)
    for parts, drawn in zip(PARTS.values(), widths, strict=True):
        np.testing.assert_allclose(
            drawn / costs.SHARES_WIDTH, np.divide([*parts.values()], sum(parts.values()))
        )
    assert {"3.06 %", "34.99 %", "0.02 %"} <= set(texts(figure))


def test_kinds_come_in_one_order_whichever_is_met_first():
    kinds = ["standard", "depthwise", "pointwise", "other"]
    for met in (kinds, kinds[::-1], ["other", "standard", "depthwise", "pointwise"]):
        measures = {"MACs": dict.fromkeys(met, 1), "time": dict.fromkeys(met[::-1], 1)}
        said = figures.parts(measures).alt
        assert said.count(", ".join(f"{kind} 25.00 %" for kind in kinds)) == 2
        with style():
            heads = [text for text in texts(costs._draw_shares(measures, "")) if text in kinds]
        assert heads == kinds
    with style():
        legend = texts(costs._draw_layers(MACS, ""))
    assert [text for text in legend if text in costs.LOOKS] == [*costs.LOOKS]


def test_kinds_are_told_apart_without_colour():
    hatches = [(look.hatch, look.fill) for look in [*costs.LOOKS.values(), costs.OTHER]]
    assert len(set(hatches)) == len(hatches)
    plain = [look for look in costs.LOOKS.values() if not look.hatch]
    brightness = [sum(bytes.fromhex(look.fill[1:])) for look in plain]
    assert max(brightness) - min(brightness) > 250


@pytest.mark.parametrize(
    "draw",
    [
        lambda: costs._draw_layers(MACS, "MACs of MobileNetV1 and of its dense twin"),
        lambda: costs._draw_layers({"separable": MACS["separable"]}, ""),
        lambda: costs._draw_layers(
            {"a": {"one": {"other": 1}}, "b": {"one": {"standard": 7}}}, "T"
        ),
        lambda: costs._draw_shares(PARTS, "Who takes what part of MobileNetV1"),
        lambda: costs._draw_shares({"one": {"a kind with a long name": 1}}, ""),
    ],
)
def test_nothing_is_cut_off_or_lies_over_anything(draw):
    with style():
        assert faults(draw()) == []


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: figures.cost_by_layer({}), "networks has 0"),
        (lambda: figures.cost_by_layer({name: DENSE for name in "abc"}), "networks has 3"),
        (lambda: figures.cost_by_layer({"a": {"x": {}}, "b": {"y": {}}}), "'x'.*'y'"),
        (lambda: figures.shares({}), "MACs that add up to 0"),
        (lambda: figures.shares({"x": {"linear": Cost(1)}}), "parameters that add up to 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, named):
    with pytest.raises(ValueError, match=named):
        call()
