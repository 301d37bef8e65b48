"""Intervals, held against scipy's."""

import numpy as np
import pytest
from scipy import stats

from dwsep_helpers.intervals import interval, paired_interval, t_value


@pytest.mark.parametrize("runs", [2, 5, 10, 40])
def test_interval_is_scipys(runs):
    values = np.random.default_rng(runs).normal(0.1, 0.03, runs)
    low, high = stats.t.interval(0.95, runs - 1, loc=values.mean(), scale=stats.sem(values))
    np.testing.assert_allclose(interval(values), [values.mean(), low, high])


def test_intervals_cover_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(0)
    made = [interval(rng.normal(3, 2, 6)) for _ in range(2000)]
    assert np.mean([low <= 3 <= high for _, low, high in made]) == pytest.approx(0.95, abs=0.015)


def test_a_difference_s_interval_is_that_of_the_pairs():
    rng = np.random.default_rng(3)
    one, two = 1 - 0.02 * rng.random(6), 0.9 - 0.1 * rng.random(6)
    paired = stats.ttest_rel(one, two).confidence_interval(0.95)
    expected = [np.mean(one - two), paired.low, paired.high]
    np.testing.assert_allclose(paired_interval(one, two, t_value(6)), expected)


def test_runs_come_in_pairs():
    with pytest.raises(ValueError, match=r"first has shape \(3,\) but second \(2,\)"):
        paired_interval([1, 1, 1], [0.7, 0.8], 4.3)
    with pytest.raises(ValueError, match=r"first has shape \(1,\)"):
        paired_interval([1], [0.7], 4.3)


def test_too_little_to_say_anything():
    with pytest.raises(ValueError, match="runs is 1"):
        t_value(1)
    with pytest.raises(ValueError, match=r"values has shape \(1,\)"):
        interval([0.5])
    with pytest.raises(ValueError, match=r"values has shape \(2, 3\)"):
        interval([[1, 2, 3], [4, 5, 6]])


def test_a_mask_is_not_lost():
    masked = np.ma.array([0.9, 0.8, 99.0], mask=[False, False, True])
    for name, call in (
        ("values", lambda: interval(masked)),
        ("second", lambda: paired_interval([1, 2, 3], masked, 4.3)),
    ):
        with pytest.raises(ValueError, match=f"{name} is a masked array"):
            call()


def test_runs_that_share_their_training_examples_widen_the_interval():
    """By Nadeau and Bengio's factor: 1/runs + test/train in place of 1/runs."""
    values = np.random.default_rng(1).normal(0.1, 0.03, 10)
    apart, together = interval(values), interval(values, shared=1 / 9)
    assert apart.mean == together.mean
    assert (together.high - together.mean) / (apart.high - apart.mean) == pytest.approx(
        np.sqrt((1 / 10 + 1 / 9) / (1 / 10))
    )
