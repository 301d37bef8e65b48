"""The papers' tables, recomputed: which of their numbers hold, and which don't."""

from fractions import Fraction

import pytest

from dwsep_helpers import papers
from dwsep_helpers.cost import Cost, conv2d_cost, depthwise_cost, layer_costs, pointwise_cost
from dwsep_helpers.cost import mobilenet_macs as macs
from dwsep_helpers.cost import mobilenet_params as params
from dwsep_helpers.papers import MOBILENET_V1, Layers, agrees


def by_kind(layers, resolution=224):
    """Return the cost of each kind of layer."""
    kinds = {}
    for costs in layer_costs(layers, resolution).values():
        for name, cost in costs.items():
            kinds[name] = kinds.get(name, Cost()) + cost
    return kinds


def slips(table, computed):
    """Return where a table disagrees with what is computed, column by column."""
    return {
        (key, column)
        for key, printed in table.items()
        for column, text in enumerate(printed)
        if not agrees(text, computed[key][column])
    }


def million(*counts):
    return tuple(count / 1e6 for count in counts)


def test_networks_add_up_to_their_layers():
    total = sum(cost.macs for cost in by_kind(MOBILENET_V1).values())
    assert total == macs(MOBILENET_V1) == 568_740_352
    assert macs(MOBILENET_V1.dense()) == 4_867_293_184


def test_table_2_has_one_slip():
    kinds = by_kind(MOBILENET_V1)
    total, weights = macs(MOBILENET_V1), params(MOBILENET_V1, False, 0)
    assert weights == 4_209_088
    shares = {
        kind: (100 * cost.macs / total, 100 * cost.params / weights) for kind, cost in kinds.items()
    }
    assert slips(papers.TABLE_2, shares) == {("standard", 0)}
    assert round(shares["standard"][0], 2) == 1.91
    printed = [float(text) for text, _ in papers.TABLE_2.values()]
    assert sum(printed) == pytest.approx(99.29)
    assert sum(printed) - 1.19 + 1.91 == pytest.approx(100, abs=0.02)


def test_table_3_holds():
    def layer(alpha, size):
        m = int(512 * alpha)
        return depthwise_cost(m, 3, size, padding=1) + pointwise_cost(m, m, size)

    rows = {
        "standard": conv2d_cost(512, 512, 3, 14, padding=1),
        "separable": layer(1, 14),
        "α = 0.75": layer(0.75, 14),
        "ρ = 0.714": layer(0.75, 10),
    }
    computed = {key: million(cost.macs, cost.params) for key, cost in rows.items()}
    assert slips(papers.TABLE_3, computed) == set()


def test_table_4_counts_the_dense_twin_without_its_classifier():
    twins = {"standard": MOBILENET_V1.dense(), "separable": MOBILENET_V1}
    computed = {
        key: million(macs(layers), params(layers, False, 0)) for key, layers in twins.items()
    }
    assert slips(papers.TABLE_4, computed) == {("standard", 0)}
    without = Layers("", MOBILENET_V1.dense()[:-1])
    assert agrees("4866", macs(without) / 1e6)
    assert not agrees("569", macs(Layers("", MOBILENET_V1[:-1])) / 1e6), "the other one counts it"


def test_tables_6_and_7_hold():
    widths = {
        alpha: million(macs(MOBILENET_V1, alpha), params(MOBILENET_V1.thinner(alpha), False, 0))
        for alpha in papers.TABLE_6
    }
    assert slips(papers.TABLE_6, widths) == set()
    sizes = {
        size: million(macs(MOBILENET_V1, 1, size), params(MOBILENET_V1, False, 0))
        for size in papers.TABLE_7
    }
    assert slips(papers.TABLE_7, sizes) == set()


def test_five_checkpoints_are_off():
    computed = {
        (alpha, size): million(
            macs(MOBILENET_V1, alpha, size), params(MOBILENET_V1.thinner(alpha), True, 3)
        )
        for alpha, size in papers.CHECKPOINTS
    }
    assert len(papers.CHECKPOINTS) == 16
    off = {(alpha, size) for (alpha, size), _ in slips(papers.CHECKPOINTS, computed)}
    assert off == {(0.75, 224), (0.75, 192), (0.75, 160), (0.75, 128), (0.25, 192)}
    for alpha, size in off - {(0.25, 192)}:  # these leave out the first layer
        thin = MOBILENET_V1.thinner(alpha)
        first = macs(Layers("", thin[:1]), 1, size)
        assert agrees(papers.CHECKPOINTS[alpha, size][0], (macs(thin, 1, size) - first) / 1e6)
    assert round(computed[0.25, 192][0]) == 30


def test_the_last_stride_as_printed_does_not_give_the_paper_s_own_count():
    printed = papers.MOBILENET_V1_AS_PRINTED
    assert [a for a, b in zip(printed, MOBILENET_V1, strict=True) if a != b] == [printed[-2]]
    assert not agrees("569", macs(printed) / 1e6)


@pytest.mark.parametrize(
    ("bias", "per_channel", "count"),
    [
        (False, 0, 4_209_088),
        (True, 0, 4_210_088),
        (True, 2, 4_231_976),
        (True, 3, 4_242_920),
        (True, 4, 4_253_864),
    ],
)
def test_five_counts_of_parameters(bias, per_channel, count):
    assert params(MOBILENET_V1, bias, per_channel) == count


@pytest.mark.parametrize(("alpha", "count"), [(0.75, 2_585_560), (0.5, 1_331_592), (0.25, 470_072)])
def test_thinner_networks(alpha, count):
    thin = MOBILENET_V1.thinner(alpha)
    assert params(thin) == count
    assert macs(thin) == macs(MOBILENET_V1, alpha)
    assert (thin[0].in_channels, thin[-1].out_channels) == (3, 1000)


def test_cost_falls_a_little_less_than_with_the_square_of_the_width():
    full = macs(MOBILENET_V1)
    for alpha in (0.75, 0.5, 0.25):
        part = Fraction(macs(MOBILENET_V1, alpha), full)
        assert alpha**2 < part < 1.2 * alpha**2
    # Depthwise stages, the first layer and the classifier shrink once; the rest twice.
    kinds, half = by_kind(MOBILENET_V1), by_kind(MOBILENET_V1.thinner(0.5))
    for kind, power in {"standard": 1, "depthwise": 1, "linear": 1, "pointwise": 2}.items():
        assert half[kind].macs * 2**power == kinds[kind].macs


def test_depthwise_is_a_thirtieth_of_the_macs_and_a_third_of_the_bytes():
    kinds = by_kind(MOBILENET_V1)
    total = kinds["standard"] + kinds["depthwise"] + kinds["pointwise"] + kinds["linear"]
    assert round(total.bytes("float32") / 1e6, 1) == 57.6
    shares = {kind: round(100 * cost.elements / total.elements, 1) for kind, cost in kinds.items()}
    assert shares == {"standard": 3.8, "depthwise": 35.0, "pointwise": 54.0, "linear": 7.1}
    assert round(kinds["depthwise"].intensity("float32"), 2) == 0.86
    assert round(kinds["pointwise"].intensity("float32"), 1) == 17.3


def test_layers_print_their_name():
    assert repr(MOBILENET_V1) == "<the 15 layers of MobileNetV1>"
    few = Layers("few", [("standard", 3, 8, 2), ("linear", 8, 3)])
    assert repr(few) == "Layers('few', [('standard', 3, 8, 2), ('linear', 8, 3, 1)])"
    assert eval(repr(few)) == few


@pytest.mark.parametrize(
    ("printed", "exact", "same"),
    [
        ("569", 568.740352, True),
        ("290", 290.6752, True),
        ("1.53", 1.5214, True),
        ("0.50", 0.511, False),
        ("14", 13.0, False),
        ("317", 25.4, False),
        ("-0.5", Fraction(-1, 2), True),
        ("568", 569, False),
        ("4.2", 4.3, False),  # as floats they differ by less than 0.1
        ("1.1", 1.2, False),
        ("0.3", 0.4, False),  # and these by more
        ("4.2", 4.2999, True),
    ],
)
def test_rounded_cut_or_rounded_up_agrees_and_a_whole_digit_off_does_not(printed, exact, same):
    assert agrees(printed, exact) is same


def test_what_is_not_printed_in_digits_is_refused():
    with pytest.raises(TypeError, match=r"printed must be text, as in '0\.50', got 0\.5"):
        agrees(0.5, 0.5)
    for text in ("4,866", "1e3", "", "nan", "5."):
        with pytest.raises(ValueError, match=f"printed must be a number in digits.*{text!r}"):
            agrees(text, 1.0)


def test_costs_of_layers_of_another_kind_are_refused():
    with pytest.raises(ValueError, match=r"layers\[1\] is of kind 'grouped'"):
        layer_costs(Layers("odd", [("standard", 3, 4), ("grouped", 4, 4)]))
    with pytest.raises(ValueError, match="resolution"):
        layer_costs(MOBILENET_V1, 0)
