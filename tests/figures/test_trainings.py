"""Losses: each step a point, and the mean of the last twenty a line."""

import numpy as np
import pytest
from layout import faults, figure_of

from dwsep_helpers import figures
from dwsep_helpers.figures import trainings

VALUES = 2.3 * 0.99 ** np.arange(400) + np.random.default_rng(0).random(400)


@pytest.mark.parametrize("count", [1, 5, 21, 400])
def test_steps_and_their_mean_are_drawn(count):
    figure = trainings._draw(VALUES[:count], "Loss")
    points, line = figure.axes[0].lines
    np.testing.assert_array_equal(points.get_ydata(), VALUES[:count])
    assert points.get_xdata()[0] == 1
    means = [VALUES[max(step - 20, 0) : step].mean() for step in range(1, count + 1)]
    np.testing.assert_allclose(line.get_ydata(), means)
    assert faults(figure) == []


def test_its_ends_are_said():
    assert figures.losses([2, 1]).alt == "Loss. 2 steps, from 2.00 to 1.00."
    assert figures.losses([0.5], "Again").alt == "Again. 1 step, from 0.50 to 0.50."


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([], r"values has shape \(0,\)"),
        ([[1, 2]], r"values has shape \(1, 2\)"),
        ([1, float("nan")], r"values\[1\] is nan"),
    ],
)
def test_what_cant_be_drawn_is_named(values, says):
    with pytest.raises(ValueError, match=says):
        figures.losses(values)


def test_small_large_and_negative_losses_are_told():
    assert figures.losses([12345, 0.001]).alt == "Loss. 2 steps, from 12,345 to 0.001."
    figure = figure_of(figures.losses, [-1.0, -2.0])
    assert figure.axes[0].get_ylim()[0] < -2
