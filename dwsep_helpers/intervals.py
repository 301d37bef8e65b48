"""How sure a mean of few runs is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Interval(NamedTuple):
    """A mean, and where the true one may lie."""

    mean: float
    low: float
    high: float


def t_value(runs: int) -> float:
    """Return how many standard errors an interval for a mean reaches to each side.

    Of such intervals, 95% cover the true mean.

    Parameters
    ----------
    runs : int
        At least 2.

    Raises
    ------
    ValueError
        If there are fewer runs.

    Notes
    -----
    A quantile of Student's t distribution with ``runs − 1`` degrees of freedom: Student, "The
    probable error of a mean", Biometrika 6 (1908).

    Examples
    --------
    >>> round(t_value(10), 3)
    2.262
    """
    from scipy import stats

    if runs < 2:
        raise ValueError(f"runs is {runs}, and one run alone says nothing about the next")
    return float(stats.t.ppf((1 + 0.95) / 2, runs - 1))


def interval(values: ArrayLike, t: float | None = None) -> Interval:
    """Return the mean of some runs with its interval.

    Parameters
    ----------
    values : array of numbers, shape (runs,)
    t : float, optional
        Standard errors to each side; left out, :func:`t_value` of as many runs.

    Examples
    --------
    >>> mean, low, high = interval([0.1, 0.2, 0.3])
    >>> round(low, 3), round(high, 3)
    (-0.048, 0.448)
    """
    numbers = np.asarray(values, dtype=float)
    t = t_value(len(numbers)) if t is None else t
    mean, half = numbers.mean(), t * numbers.std(ddof=1) / np.sqrt(len(numbers))
    return Interval(float(mean), float(mean - half), float(mean + half))


def gap_interval(train_accuracy: ArrayLike, test_accuracy: ArrayLike, t: float) -> Interval:
    """Return the mean gap between training and test accuracy, with its interval.

    The two accuracies of a run belong together: the interval is that of their differences.

    Parameters
    ----------
    train_accuracy, test_accuracy : array_like, shape (runs,)
        Of the same runs in the same order; at least 2.
    t : float
        Standard errors to each side, such as :func:`t_value` of as many runs.

    Raises
    ------
    ValueError
        If there are fewer runs, or not as many of both.

    Examples
    --------
    >>> mean, low, high = gap_interval([1, 1, 1], [0.7, 0.8, 0.9], 4.303)
    >>> round(mean, 3), round(low, 3), round(high, 3)
    (0.2, -0.048, 0.448)
    """
    train, test = np.asarray(train_accuracy, float), np.asarray(test_accuracy, float)
    if train.shape != test.shape:
        raise ValueError(f"train_accuracy has shape {train.shape} but test_accuracy {test.shape}")
    if train.ndim != 1 or len(train) < 2:
        raise ValueError(f"train_accuracy has shape {train.shape}, and (runs,) with 2 is the least")
    return interval(train - test, t)
