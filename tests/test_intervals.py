"""Intervals, held against scipy's."""

import numpy as np
import pytest
from scipy import stats

from dwsep_helpers.intervals import gap_interval, interval, t_value


@pytest.mark.parametrize("runs", [2, 5, 10, 40])
def test_interval_is_scipys(runs):
    values = np.random.default_rng(runs).normal(0.1, 0.03, runs)
    low, high = stats.t.interval(0.95, runs - 1, loc=values.mean(), scale=stats.sem(values))
    np.testing.assert_allclose(interval(values), [values.mean(), low, high])


def test_intervals_cover_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(0)
    made = [interval(rng.normal(3, 2, 6)) for _ in range(2000)]
    assert np.mean([low <= 3 <= high for _, low, high in made]) == pytest.approx(0.95, abs=0.015)


def test_the_gap_s_interval_is_that_of_the_pairs():
    rng = np.random.default_rng(3)
    train, test = 1 - 0.02 * rng.random(6), 0.9 - 0.1 * rng.random(6)
    paired = stats.ttest_rel(train, test).confidence_interval(0.95)
    expected = [np.mean(train - test), paired.low, paired.high]
    np.testing.assert_allclose(gap_interval(train, test, t_value(6)), expected)


def test_runs_come_in_pairs():
    with pytest.raises(
        ValueError, match=r"train_accuracy has shape \(3,\) but test_accuracy \(2,\)"
    ):
        gap_interval([1, 1, 1], [0.7, 0.8], 4.3)
    with pytest.raises(ValueError, match=r"train_accuracy has shape \(1,\)"):
        gap_interval([1], [0.7], 4.3)


def test_too_little_to_say_anything():
    with pytest.raises(ValueError, match="runs is 1"):
        t_value(1)
    with pytest.raises(ValueError, match="runs is 1"):
        interval([0.5])
