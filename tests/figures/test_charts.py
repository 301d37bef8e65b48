"""Bars: as long as their numbers, which are written."""

import numpy as np
import pytest

from dwsep_helpers import figures
from dwsep_helpers.figures import charts
from tests.figures import layout

MACS = {"standard": 1_228_800, "depthwise": 4_800, "pointwise": 49_152}


def drawn(values, title=""):
    """Return the axes of a chart."""
    (axes,) = charts._draw_bars(values, {name: f"{n}" for name, n in values.items()}, title).axes
    return axes


def test_bars_are_as_long_as_their_numbers():
    axes = drawn(MACS)
    lengths = [bar.get_width() for bar in axes.patches]
    np.testing.assert_allclose(np.divide(lengths, lengths[0]), np.divide([*MACS.values()], 1228800))
    assert len({bar.get_x() for bar in axes.patches}) == 1, "all start from zero"


@pytest.mark.parametrize("values", [MACS, {"a name that is rather long": 1, "b": 1e9}, {"": 5.0}])
def test_nothing_written_is_cut_off_or_overlaps(values):
    axes = drawn(values, title="What it costs")
    canvas = axes.figure.bbox
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
    for box in boxes:
        assert canvas.x0 <= box.x0
        assert box.x1 <= canvas.x1
        assert canvas.y0 <= box.y0
        assert box.y1 <= canvas.y1
    for bar in axes.patches:
        assert not any(bar.get_window_extent().overlaps(box) for box in boxes)


def test_bars_say_what_they_show():
    assert figures.bars(MACS, "MACs", "The worked example").alt == (
        "The worked example. standard: 1,228,800 MACs; depthwise: 4,800 MACs; "
        "pointwise: 49,152 MACs."
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (12.0, "12"), (1234.5678, "1,235"), (0.012345, "0.0123"), (np.int64(4800), "4,800")],
)
def test_quantities_are_written_as_a_person_would(value, written):
    assert charts._quantity(value) == written


def test_zeros_can_be_drawn():
    assert figures.bars({"nothing": 0}, "").alt == "Bars. nothing: 0."


@pytest.mark.parametrize(
    ("values", "named"),
    [({}, "values is empty"), ({"a": -1}, r"values\['a'\] is -1"), ({"b": np.nan}, "'b'.*nan")],
)
def test_bad_arguments_are_named(values, named):
    with pytest.raises(ValueError, match=named):
        figures.bars(values, "MACs")


def test_a_chart_is_always_the_same():
    assert figures.bars(MACS, "MACs").data == figures.bars(MACS, "MACs").data


RATES = {"then": 4.0, "a phone": 6.94, "an accelerator": 286.0}


def test_dots_lie_where_the_logarithm_of_their_numbers_does():
    (axes,) = charts._draw_dots(RATES, {name: f"{n}" for name, n in RATES.items()}, "Rates").axes
    assert layout.faults(axes.figure) == []
    dots = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]
    across = np.diff(dots) / (dots[-1] - dots[0])
    logarithms = np.log10([*RATES.values()])
    np.testing.assert_allclose(across, np.diff(logarithms) / (logarithms[-1] - logarithms[0]))


def test_dots_say_what_they_show():
    assert figures.dots(RATES, "GMAC/s", "Rates").alt == (
        "Rates, on a logarithmic scale. then: 4 GMAC/s; a phone: 6.94 GMAC/s; "
        "an accelerator: 286 GMAC/s."
    )
    assert figures.dots({"one": 10}, "").alt == "Dots, on a logarithmic scale. one: 10."


@pytest.mark.parametrize(
    ("values", "named"),
    [({}, "values is empty"), ({"a": 0}, r"values\['a'\] is 0"), ({"b": np.inf}, "'b'.*inf")],
)
def test_what_no_logarithmic_scale_has_is_named(values, named):
    with pytest.raises(ValueError, match=named):
        figures.dots(values, "MACs")


def test_numbers_are_whole_from_a_thousand_on():
    of = {"a": 999.96, "b": 1e-9, "c": np.float32(2.5)}
    assert figures.bars(of, "s").alt == "Bars. a: 1,000 s; b: 1e−09 s; c: 2.5 s."
