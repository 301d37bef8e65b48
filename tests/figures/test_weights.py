"""Learned weights: what is drawn is what was given."""

import numpy as np
import pytest
from layout import faults, images

from dwsep_helpers import figures
from dwsep_helpers.figures import weights

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("channels", "filters"), [(3, 5), (32, 64), (64, 16)])
def test_kernels_and_matrix_are_drawn(monkeypatch, channels, filters):
    kept = {}
    draw = weights._draw
    monkeypatch.setattr(weights, "_draw", lambda *given: kept.setdefault("figure", draw(*given)))
    depthwise = RNG.normal(size=(channels, 1, 3, 3))
    pointwise = RNG.normal(size=(filters, channels, 1, 1))
    shown = figures.learned(depthwise, pointwise)
    *kernels, matrix = images(kept["figure"])
    np.testing.assert_array_equal(np.array(kernels), depthwise[:, 0])
    np.testing.assert_array_equal(matrix, pointwise[:, :, 0, 0])
    assert faults(kept["figure"]) == []
    assert shown.alt.startswith(f"{channels} depthwise kernels of 3×3, ")
    assert f"matrix of {filters} rows and {channels} columns" in shown.alt


def test_blurs_are_counted():
    blur, edge = np.ones((3, 3)), np.outer([1, 2, 1], [-1, 0, 1])
    shown = figures.learned(np.array([blur, edge, -blur])[:, None], np.ones((2, 3, 1, 1)))
    assert "2 of them nearly of one sign" in shown.alt


@pytest.mark.parametrize(
    ("depthwise", "pointwise", "says"),
    [
        ((3, 3, 3), (4, 3, 1, 1), r"depthwise has shape \(3, 3, 3\)"),
        ((3, 2, 3, 3), (4, 3, 1, 1), r"depthwise has shape \(3, 2, 3, 3\)"),
        ((3, 1, 3, 3), (4, 3, 3, 3), r"pointwise has shape \(4, 3, 3, 3\)"),
        ((3, 1, 3, 3), (4, 5, 1, 1), "pointwise reads 5 channels, and depthwise gives 3"),
    ],
)
def test_weights_that_dont_fit(depthwise, pointwise, says):
    with pytest.raises(ValueError, match=says):
        figures.learned(np.ones(depthwise), np.ones(pointwise))
