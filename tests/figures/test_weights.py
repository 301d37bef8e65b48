"""Kernels before and after training: what is drawn is what was given, and so is what is said."""

import numpy as np
import pytest
from layout import faults, figure_of, images, texts

from dwsep_helpers import figures

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("channels", "size"), [(1, (3, 3)), (2, (3, 3)), (9, (5, 5)), (32, (3, 2))]
)
def test_pairs_are_drawn_with_their_correlation(channels, size):
    before = RNG.normal(size=(channels, 1, *size))
    after = before + RNG.normal(size=before.shape)
    shown = figures.learned(before, after)
    figure = figure_of(figures.learned, before, after)
    drawn = images(figure)
    few = min(channels, 24)
    np.testing.assert_array_equal(np.array(drawn[0::2]), before[:few, 0])
    np.testing.assert_array_equal(np.array(drawn[1::2]), after[:few, 0])
    assert faults(figure) == []
    alike = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(before, after, strict=True)]
    written = [f"{value:.2f}".replace("-", "−") for value in alike[:few]]
    assert texts(figure)[1 : few + 1] == written
    assert f"Correlation of the two: {min(alike):.2f} to {max(alike):.2f}" in shown.alt
    assert (", of 32," in shown.alt) == (channels == 32)


def test_scaled_and_shifted_filters_keep_their_pattern():
    before = RNG.normal(size=(4, 2, 3, 3))
    scale, shift = RNG.uniform(0.5, 3, (4, 1, 1, 1)), RNG.normal(size=(4, 1, 1, 1))
    np.testing.assert_allclose(figures.correlations(before, scale * before + shift), 1)
    np.testing.assert_allclose(figures.correlations(before, -before), -1)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ((3, 3, 3), (3, 3, 3), r"before has shape \(3, 3, 3\)"),
        ((3, 1, 3, 3), (3, 2, 3, 3), r"after has shape \(3, 2, 3, 3\)"),
        ((3, 1, 3, 3), (4, 1, 3, 3), r"before has shape \(3, 1, 3, 3\), and after has \(4"),
    ],
)
def test_weights_that_dont_fit(before, after, says):
    with pytest.raises(ValueError, match=says):
        figures.learned(np.ones(before), np.ones(after))
