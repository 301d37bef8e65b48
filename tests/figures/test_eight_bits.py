"""Layers that are rounded, and memory by step: what is drawn is what was given."""

import numpy as np
import pytest
from layout import faults

from dwsep_helpers import figures, hardware
from dwsep_helpers.figures import eight_bits
from dwsep_helpers.figures.picture import style
from dwsep_helpers.hardware import memory, plans

ROWS = hardware.recorded("int8_layers").rows
PLANS = {
    "V1": memory.needed(*plans.mobilenet_v1()),
    "V2": memory.needed(*plans.mobilenet_v2()),
    "V2 in 4×4 patches": memory.needed(*plans.by_patches(4)[0]),
}
WATCH = "a watch's SRAM", 2**19


def test_each_layer_is_where_it_belongs():
    with style():
        (axes,) = eight_bits._draw_kept(ROWS, "").axes
    drawn = {}
    for line in axes.lines[:-1]:
        drawn |= {int(x): (line.get_label(), y) for x, y in line.get_xydata()}
    assert drawn == {n: (row["kind"], row["squares_kept"]) for n, row in enumerate(ROWS, 1)}


def test_memory_is_drawn_by_step():
    with style():
        (axes,) = eight_bits._draw_memory(PLANS, WATCH, "").axes
    for line, needed in zip(axes.lines, PLANS.values(), strict=False):
        np.testing.assert_allclose(line.get_ydata()[:-1] * 1e3, needed)
    assert axes.lines[-1].get_ydata()[0] == pytest.approx(524.288)


@pytest.mark.parametrize("title", ["", "A title"])
def test_nothing_is_cut_off(title):
    with style():
        assert faults(eight_bits._draw_kept(ROWS, title)) == []
        assert faults(eight_bits._draw_memory(PLANS, WATCH, title)) == []


def test_marks_tell_kinds_and_plans_apart():
    assert len({marker for marker, _ in eight_bits.KINDS.values()}) == 4
    assert len({line for line, _ in eight_bits.LINES}) == 4


def test_nothing_to_draw_is_named():
    with pytest.raises(ValueError, match="rows is empty"):
        figures.kept_by_layer([])
    with pytest.raises(ValueError, match="plans has 0 of them"):
        figures.memory_by_step({})
    with pytest.raises(ValueError, match=r"plans\['V1'\] has no steps"):
        figures.memory_by_step({"V1": []})
