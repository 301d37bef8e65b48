"""Exercise 5.8: how sure a difference is."""

import numpy as np

from dwsep_helpers.checks.cases import by_hand, listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng
from dwsep_helpers.intervals import paired_interval as right_interval


def _numbers(first: np.ndarray, second: np.ndarray, t: float) -> np.ndarray:
    return np.array(right_interval(first, second, t))


def _from_least_to_largest(a: np.ndarray, b: np.ndarray, t: float, n: int) -> np.ndarray:
    return np.mean(a - b) + np.ptp(a - b) / 2 * np.array([0, -1, 1])


def _pairs_torn_apart(a: np.ndarray, b: np.ndarray, t: float, n: int) -> np.ndarray:
    half = t * np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / n)
    return a.mean() - b.mean() + half * np.array([0, -1, 1])


def _ends_of_each(a: np.ndarray, b: np.ndarray, t: float, n: int) -> np.ndarray:
    of_each = [_numbers(x, 0 * x, t) for x in (a, b)]
    return of_each[0] - of_each[1][[0, 2, 1]]


def _around_median(a: np.ndarray, b: np.ndarray, t: float, n: int) -> np.ndarray:
    interval = _numbers(a, b, t)
    return interval - interval[0] + np.median(a - b)


# What goes wrong, of two networks' accuracies, t, and the number of repetitions.
# fmt: off
MISTAKES = bank(right_interval, [
    ("sign-turned", lambda a, b, t, n: _numbers(b, a, t),
     "You take the first from the second; it should be first minus second.", 1),
    ("first-alone", lambda a, b, t, n: _numbers(a, 0 * a, t),
     "You return the first network's interval; it should be that of the differences.", 1),
    ("second-alone", lambda a, b, t, n: _numbers(b, 0 * b, t),
     "You return the second network's interval; it should be that of the differences.", 1),
    ("divided-by-n", lambda a, b, t, n: _numbers(a, b, t * np.sqrt(1 - 1 / n)),
     "You divide the sum of squares by n; the deviation of n values should divide it by n − 1."),
    ("deviation-for-error", lambda a, b, t, n: _numbers(a, b, t * np.sqrt(n)),
     "You take how far single differences scatter; it should be how far their mean does, √n times "
     "less.", 3),
    ("n-for-its-root", lambda a, b, t, n: _numbers(a, b, t / np.sqrt(n)),
     "You divide the deviation by n; a mean of n values should scatter √n times less.", 3),
    ("root-of-n-minus-1", lambda a, b, t, n: _numbers(a, b, t / np.sqrt(1 - 1 / n)),
     "You divide by √(n − 1), though the deviation has its n − 1 already; it should be by √n.", 3),
    ("t-forgotten", lambda a, b, t, n: _numbers(a, b, 1),
     "You go one standard error to each side; it should be t of them."),
    ("normal-for-t", lambda a, b, t, n: _numbers(a, b, 1.96),
     "You take 1.96, which is for many repetitions; with few, it should be t, which is larger."),
    ("variance-for-deviation", lambda a, b, t, n: _numbers(a, b, t * np.std(a - b, ddof=1)),
     "You take the variance; it should be its root, the deviation.", 3),
    ("twice-as-wide", lambda a, b, t, n: _numbers(a, b, 2 * t),
     "You make the interval twice as wide; it should go t standard errors to each side."),
    ("half-as-wide", lambda a, b, t, n: _numbers(a, b, t / 2),
     "You make the interval half as wide; it should go t standard errors to each side."),
    ("from-least-to-largest", _from_least_to_largest,
     "You make the interval as wide as the differences lie apart; it should be one for their "
     "mean.", 1),
    ("mean-in-the-middle", lambda a, b, t, n: _numbers(a, b, t)[[1, 0, 2]],
     "You return the right numbers in another order; it should be mean, lower end, upper end."),
    ("ends-swapped", lambda a, b, t, n: _numbers(a, b, t)[[0, 2, 1]],
     "You return the upper end before the lower; the lower should come first."),
    ("per-cent", lambda a, b, t, n: _numbers(100 * a, 100 * b, t),
     "You return per cent; accuracies go from 0 to 1, and so should their differences."),
    ("half-widths-for-ends", lambda a, b, t, n: _numbers(a, b, t) - [0, *2 * [np.mean(a - b)]],
     "You return distances from the mean; it should be the ends themselves."),
    ("pairs-torn-apart", _pairs_torn_apart,
     "You take the deviation of each network by itself; it should be that of the differences, "
     "one for each repetition.", 1),
    ("from-end-to-end", _ends_of_each,
     "You compare the ends of two intervals; it should be one interval, of the differences.", 1),
    ("median-for-mean", _around_median,
     "You take the median; it should be the mean.", 1),
], read=lambda first, second, t: (first, second, t, len(first)))
# fmt: on


def _drawn(
    rng: Rng, says: str, runs: int, t: float, spread: float = 0.02, ahead: float = 0.1
) -> Case:
    """Return a case of two networks that find the same repetitions easy."""
    ease = 3 * spread * rng.random(runs)
    second = np.round(0.7 + ease + spread * rng.random(runs), 4)
    return Case(says, (np.round(0.7 + ahead + ease + spread * rng.random(runs), 4), second, t))


paired_interval = Check(
    number="5.8",
    name="paired_interval",
    points=2,
    reference=right_interval,
    cases=listed(
        by_hand(np.array([0.9, 0.8, 0.7]), np.array([0.6, 0.6, 0.6]), 4.303),
        ("five repetitions", 5, 2.776),
        ("ten repetitions", 10, 2.262, 0.05),
        Case(
            "a first network that does worse",
            (np.array([0.8, 0.9, 0.75, 0.6]), np.array([0.85, 0.95, 0.7, 0.9]), 3.182),
        ),
        of=_drawn,
    ),
    strict=listed(
        ("ten repetitions", 10, 2.262),
        ("seven repetitions", 7, 2.447, 0.1),
        ("two repetitions", 2, 12.706),
        ("a first network that does worse", 6, 2.571, {"ahead": -0.2}),
        of=_drawn,
    ),
    mistakes=MISTAKES,
    axes=("mean, low, high",),
)
