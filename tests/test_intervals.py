"""Intervals, held against scipy's."""

import numpy as np
import pytest
from scipy import stats

from dwsep_helpers.intervals import interval, t_value


@pytest.mark.parametrize("runs", [2, 5, 10, 40])
def test_interval_is_scipys(runs):
    values = np.random.default_rng(runs).normal(0.1, 0.03, runs)
    low, high = stats.t.interval(0.95, runs - 1, loc=values.mean(), scale=stats.sem(values))
    np.testing.assert_allclose(interval(values), [values.mean(), low, high])


def test_intervals_cover_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(0)
    made = [interval(rng.normal(3, 2, 6)) for _ in range(2000)]
    assert np.mean([low <= 3 <= high for _, low, high in made]) == pytest.approx(0.95, abs=0.015)


def test_too_little_to_say_anything():
    with pytest.raises(ValueError, match="runs is 1"):
        t_value(1)
    with pytest.raises(ValueError, match="runs is 1"):
        interval([0.5])
    with pytest.raises(ValueError, match="confidence is 95, and lies between 0 and 1"):
        t_value(10, 95)
