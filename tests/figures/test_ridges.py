"""Speed-ups by ridge: what is drawn is what was given, by the function that was handed in."""

import math
from fractions import Fraction

import numpy as np
import pytest
from layout import faults

from dwsep_helpers import figures
from dwsep_helpers.figures import ridges
from dwsep_helpers.figures.picture import style
from dwsep_helpers.hardware import findings, least_time

PAIR = {"int8": ([(90, {"DRAM": 30})], [(10, {"DRAM": 20})])}
SYSTEM = {"weights_in": "flash", "ridge": 8.0, "dense": 6.0, "separable": 2.0,
          "dense_bound": 5.0, "separable_bound": 1.0}  # fmt: skip


def test_the_line_is_drawn_by_what_is_handed_in():
    asked = []

    def takes(work, peak, bandwidths):
        asked.append(peak / Fraction(bandwidths["DRAM"]))
        return least_time(work, peak, bandwidths)

    said = figures.ridge_sweep(PAIR, "Layers", takes).alt
    assert said.startswith("Layers, by ridge. int8: 9 at 0, 4.5 at 1, 1.5 at 10")
    assert 0 < min(asked) < 1e-6
    assert max(asked) == 500
    assert math.isclose(sorted(asked)[2], 1)


def test_points_are_where_they_belong():
    with style():
        figure = ridges._draw_systems([SYSTEM, {**SYSTEM, "weights_in": "SRAM", "ridge": 2.0}], "")
    left, right = figure.axes
    lines = {line.get_label(): line.get_xydata() for axes in (left, right) for line in axes.lines}
    np.testing.assert_allclose(lines["weights in flash"], [(8, 3)])
    np.testing.assert_allclose(lines["weights in SRAM"], [(2, 3)])
    np.testing.assert_allclose(lines["dense"], [(8, 1.2), (2, 1.2)])
    np.testing.assert_allclose(lines["separable"], [(8, 2), (2, 2)])
    alt = figures.npu_systems([SYSTEM]).alt
    assert "flash, ridge 8: 3.0 times" in alt
    assert "dense 1.2 to 1.2, separable 2.0 to 2.0 times" in alt


def test_what_is_drawn_fits():
    with style():
        lines = {"int8": ([0, 500], [8.6, 2.5]), "float32": ([0, 500], [8.6, 2.5])}
        assert faults(ridges._draw_sweep(lines, "MobileNet against its dense twin")) == []
        assert faults(ridges._draw_systems(findings.npu_systems(), "Estimated by Vela")) == []


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: figures.ridge_sweep({}), "0 pairs"),
        (lambda: figures.ridge_sweep(dict.fromkeys("abcd", PAIR["int8"])), "4 pairs"),
        (lambda: figures.npu_systems([]), "empty"),
        (lambda: figures.npu_systems([{**SYSTEM, "weights_in": "tape"}]), "'tape'"),
    ],
)
def test_bad_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()
