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


def interval(values: ArrayLike, t: float | None = None, shared: float = 0.0) -> Interval:
    """Return the mean of some runs with its interval.

    Parameters
    ----------
    values : array of numbers, shape (runs,)
        At least 2.
    t : float, optional
        Standard errors to each side; left out, :func:`t_value` of as many runs.
    shared : float
        Where runs trained on the same examples: how many a run tested on, divided by how many
        it trained on. The variance of the mean is then s² (1/runs + shared), after C. Nadeau and
        Y. Bengio, "Inference for the generalization error", Machine Learning 52 (2003).

    Raises
    ------
    ValueError
        If there are fewer, they have another shape, or they are masked.

    Examples
    --------
    >>> mean, low, high = interval([0.1, 0.2, 0.3])
    >>> round(low, 3), round(high, 3)
    (-0.048, 0.448)
    """
    numbers = _runs("values", values)
    t = t_value(len(numbers)) if t is None else t
    mean, half = numbers.mean(), t * numbers.std(ddof=1) * np.sqrt(1 / len(numbers) + shared)
    return Interval(float(mean), float(mean - half), float(mean + half))


def paired_interval(first: ArrayLike, second: ArrayLike, t: float) -> Interval:
    """Return the mean of differences, first minus second, with its interval.

    What two networks found on the same digits belongs together: what made a repetition easy for
    one made it easy for the other, and goes away in the difference.

    Parameters
    ----------
    first, second : array_like, shape (repetitions,)
        Such as two accuracies of the same repetitions in the same order; at least 2.
    t : float
        Standard errors to each side, such as :func:`t_value` of as many repetitions.

    Raises
    ------
    ValueError
        If there are fewer repetitions, not as many of both, or they are masked.

    Examples
    --------
    >>> mean, low, high = paired_interval([0.9, 0.8, 0.7], [0.6, 0.6, 0.6], 4.303)
    >>> round(mean, 3), round(low, 3), round(high, 3)
    (0.2, -0.048, 0.448)
    """
    one, two = _runs("first", first), _runs("second", second)
    if one.shape != two.shape:
        raise ValueError(f"first has shape {one.shape} but second {two.shape}")
    return interval(one - two, t)


def _runs(name: str, values: ArrayLike) -> np.ndarray:
    if np.ma.isMaskedArray(values):
        raise ValueError(f"{name} is a masked array, and the mask would be lost; fill it first")
    numbers = np.asarray(values, dtype=float)
    if numbers.ndim != 1 or len(numbers) < 2:
        raise ValueError(f"{name} has shape {numbers.shape}; it should have one axis of 2 or more")
    return numbers
