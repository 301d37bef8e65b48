"""Rooflines and levels: what is drawn is what was given."""

import numpy as np
import pytest
from layout import faults

from dwsep_helpers import figures
from dwsep_helpers.figures import levels, rooflines
from dwsep_helpers.figures.picture import style
from dwsep_helpers.hardware import DEVICES, Machine, attainable

BOX = Machine("a box", 40e9, {"cache": 60e9, "DRAM": 12e9})
POINTS = {
    "depthwise": [(0.4, 9e9), (1.1, 12e9)],
    "pointwise": [(20.0, 38e9)],
    "linear": [(0.2, 2e9)],
}


def test_roofs_and_points_are_where_they_belong():
    with style():
        figure = rooflines._draw(BOX, POINTS, "", attainable)
    (axes,) = figure.axes
    lines = {line.get_label(): line.get_xydata() for line in axes.lines}
    for kind, points in POINTS.items():
        np.testing.assert_allclose(lines[kind], np.divide(points, (1, 1e9)))
    for label, rate in (("cache, 60 GB/s", 60), ("DRAM, 12 GB/s", 12)):
        x, y = lines[label].T
        np.testing.assert_allclose(y, np.minimum(40, rate * x))
    assert "peak 40 GMAC/s" in lines


def test_the_roof_is_drawn_by_what_is_handed_in():
    asked = []
    figures.roofline(BOX, POINTS, roof=lambda *of: asked.append(of) or 1e9)
    assert {rate for _, _, rate in asked} == set(BOX.bandwidths.values())
    assert {peak for _, peak, _ in asked} == {BOX.peak}
    assert all(type(at) is float for at, _, _ in asked)


@pytest.mark.parametrize("title", ["", "Layers of a network"])
def test_nothing_is_cut_off(title):
    with style():
        assert faults(rooflines._draw(BOX, POINTS, title, attainable)) == []
        assert faults(levels._draw({"a layer of many channels": np.arange(127)}, title)) == []


def test_markers_tell_kinds_apart():
    assert len({marker for marker, _ in rooflines.LOOKS.values()}) == len(rooflines.LOOKS)


def test_alt_text_says_roofs_and_ranges():
    alt = figures.roofline(BOX, POINTS, "Layers").alt
    assert alt.startswith(
        "Layers. Roofline of a box: at most 40 GMAC/s; cache 60 GB/s; DRAM 12 GB/s."
    )
    assert "depthwise: 0.4 to 1.1 MAC/byte, 9 to 12 GMAC/s." in alt


def test_levels_are_those_of_one_scale():
    weight = np.array([[1.27, -0.5], [0.1, 0.02], [-0.64, 0.0]])
    assert levels._levels(weight).tolist() == [10, 64, 127]
    assert "10 to 127, half of the channels below 64" in figures.levels_used({"a": weight}).alt


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: figures.roofline(DEVICES["TI AM64x, LPDDR4"], POINTS), "no peak"),
        (lambda: figures.roofline(BOX, {"strange": [(1, 1)]}), "'strange'"),
        (lambda: figures.roofline(BOX, {"linear": [(0, 1e9)]}), "'linear'"),
        (lambda: figures.levels_used({}), "0 layers"),
        (lambda: figures.parts({}), "measures is empty"),
        (lambda: figures.parts({"ms": {"linear": 0}}), "'ms'"),
    ],
)
def test_bad_input_is_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()
