"""Wrong confusion matrices, and wrong gaps and intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dwsep_helpers.checks.exercise import Mistake
from dwsep_helpers.intervals import interval


def counts(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """Return how often each class (row) was taken for each (column)."""
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (labels, predictions), 1)
    return matrix


def _from_counts(
    name: str, says: str, change: Callable[[np.ndarray], Any], hint: int = 2
) -> Mistake:
    def function(labels, predictions, classes=10):
        return change(counts(labels, predictions, classes))

    return Mistake(name, says, function, hint)


def _counted_once(labels, predictions, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    matrix[labels, predictions] += 1
    return matrix


def _last_alone(labels, predictions, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    matrix[labels[-1], predictions[-1]] = 1
    return matrix


def _as_many_as_seen(labels, predictions, classes=10):
    return counts(labels, predictions, int(max(labels.max(), predictions.max())) + 1)


def _ten(labels, predictions, classes=10):
    return counts(labels % 10, predictions % 10, 10)


def _sorted_pairs(labels, predictions, classes=10):
    return counts(np.sort(labels), np.sort(predictions), classes)


def _without_first(labels, predictions, classes=10):
    return counts(labels[1:], predictions[1:], classes)


def _without_last(labels, predictions, classes=10):
    return counts(labels[:-1], predictions[:-1], classes)


def _by(sums: int) -> Callable[[np.ndarray], np.ndarray]:
    def share(matrix: np.ndarray) -> np.ndarray:
        total = matrix.sum(axis=sums, keepdims=True)
        return matrix / np.maximum(total, 1)

    return share


CONFUSION_MATRIX = (
    _from_counts(
        "transposed",
        "Rows and columns are swapped: a row is what the digit is, a column what it was taken for.",
        lambda m: m.T.copy(),
    ),
    _from_counts("shares-of-rows", "Those are shares of each row; asked for are counts.", _by(1)),
    _from_counts(
        "shares-of-columns", "Those are shares of each column; asked for are counts.", _by(0)
    ),
    _from_counts(
        "shares-of-all", "Those are shares of all; asked for are counts.", lambda m: m / m.sum()
    ),
    _from_counts(
        "right-ones-alone",
        "Only right answers are counted. The others are the point.",
        lambda m: np.diag(np.diag(m)),
        1,
    ),
    _from_counts(
        "wrong-ones-alone",
        "Right answers are not counted. They stand on the diagonal.",
        lambda m: m - np.diag(np.diag(m)),
        1,
    ),
    _from_counts(
        "both-ways",
        "Each pair is counted in both cells, (label, prediction) and (prediction, label).",
        lambda m: m + m.T,
    ),
    _from_counts("one-too-many", "Every cell has one too many.", lambda m: m + 1),
    Mistake(
        "each-pair-once",
        "However often a pair comes up, it is counted once: adding in place with arrays of "
        "indices adds to each cell one time.",
        _counted_once,
        3,
    ),
    Mistake("last-pair-alone", "Only the last pair is left.", _last_alone, 3),
    Mistake(
        "as-many-as-seen",
        "There are as many rows as classes that came up. The argument classes says how "
        "many there are.",
        _as_many_as_seen,
    ),
    Mistake(
        "always-ten",
        "There are ten rows. The argument classes says how many there are.",
        _ten,
    ),
    Mistake(
        "sorted",
        "Labels and predictions are sorted, each for itself: the pairs are lost.",
        _sorted_pairs,
    ),
    Mistake("first-pair-left-out", "The first pair is not counted.", _without_first, 3),
    Mistake("last-pair-left-out", "The last pair is not counted.", _without_last, 3),
)


def gap_interval(train: np.ndarray, test: np.ndarray, t: float) -> np.ndarray:
    """Return the mean gap and the ends of its interval."""
    return np.array(interval(np.asarray(train, float) - np.asarray(test, float), t))


def _gap(name: str, says: str, half: Callable[..., Any], hint: int = 2) -> Mistake:
    """Take a wrong half width of (gaps, t)."""

    def function(train_accuracy, test_accuracy, t):
        gap = train_accuracy - test_accuracy
        return np.array([gap.mean(), gap.mean() - half(gap, t), gap.mean() + half(gap, t)])

    return Mistake(name, says, function, hint)


def _from_right(
    name: str, says: str, change: Callable[[np.ndarray], Any], hint: int = 2
) -> Mistake:
    def function(train_accuracy, test_accuracy, t):
        return change(gap_interval(train_accuracy, test_accuracy, t))

    return Mistake(name, says, function, hint)


def _of_one(name: str, says: str, which: int) -> Mistake:
    def function(train_accuracy, test_accuracy, t):
        one = (train_accuracy, test_accuracy)[which]
        return gap_interval(one, 0 * one, t)

    return Mistake(name, says, function, 1)


def _unpaired(train_accuracy, test_accuracy, t):
    gap = train_accuracy.mean() - test_accuracy.mean()
    variance = train_accuracy.var(ddof=1) + test_accuracy.var(ddof=1)
    half = t * np.sqrt(variance / len(train_accuracy))
    return np.array([gap, gap - half, gap + half])


def _median(train_accuracy, test_accuracy, t):
    gap = train_accuracy - test_accuracy
    half = t * gap.std(ddof=1) / np.sqrt(len(gap))
    return np.array([np.median(gap), np.median(gap) - half, np.median(gap) + half])


GAP_INTERVAL = (
    _from_right(
        "sign-turned",
        "It is test minus train: the gap is how much better the training set does.",
        lambda i: -i[[0, 2, 1]],
        1,
    ),
    _of_one("train-alone", "That is the training accuracy, not the gap.", 0),
    _of_one("test-alone", "That is the test accuracy, not the gap.", 1),
    _gap(
        "divided-by-n",
        "The deviation of n values divides by n − 1, not by n.",
        lambda g, t: t * g.std() / np.sqrt(len(g)),
        3,
    ),
    _gap(
        "deviation-for-error",
        "That is how far single runs scatter. Their mean scatters √n times less.",
        lambda g, t: t * g.std(ddof=1),
    ),
    _gap(
        "n-for-its-root",
        "It divides by n; a mean of n values scatters √n times less.",
        lambda g, t: t * g.std(ddof=1) / len(g),
        3,
    ),
    _gap(
        "root-of-n-minus-1",
        "It divides by √(n − 1) on top of a deviation that has its n − 1 already.",
        lambda g, t: t * g.std(ddof=1) / np.sqrt(len(g) - 1),
        3,
    ),
    _gap(
        "t-forgotten", "One standard error, without t.", lambda g, t: g.std(ddof=1) / len(g) ** 0.5
    ),
    _gap(
        "normal-for-t",
        "It takes 1.96, which is for many runs. With few, t is larger.",
        lambda g, t: 1.96 * g.std(ddof=1) / np.sqrt(len(g)),
    ),
    _gap(
        "variance-for-deviation",
        "It takes the variance; its root is the deviation.",
        lambda g, t: t * g.var(ddof=1) / np.sqrt(len(g)),
        3,
    ),
    _gap(
        "twice-as-wide",
        "The interval is twice as wide: t standard errors to each side.",
        lambda g, t: 2 * t * g.std(ddof=1) / np.sqrt(len(g)),
    ),
    _gap(
        "half-as-wide",
        "The interval is half as wide: t standard errors to each side.",
        lambda g, t: t * g.std(ddof=1) / np.sqrt(len(g)) / 2,
    ),
    _gap(
        "from-least-to-largest",
        "Those are the smallest and the largest distance there was, not an interval for the mean.",
        lambda g, t: (g.max() - g.min()) / 2,
        1,
    ),
    _from_right(
        "mean-in-the-middle",
        "The numbers are right, in another order: mean, lower end, upper end.",
        lambda i: i[[1, 0, 2]],
    ),
    _from_right(
        "ends-swapped",
        "The upper end comes before the lower.",
        lambda i: i[[0, 2, 1]],
    ),
    _from_right(
        "per-cent",
        "Those are per cent; accuracies go from 0 to 1, and so do their gaps.",
        lambda i: 100 * i,
    ),
    _from_right(
        "half-widths-for-ends",
        "Those are distances from the mean; asked for are the ends themselves.",
        lambda i: i - [0, i[0], i[0]],
    ),
    Mistake(
        "pairs-torn-apart",
        "The two accuracies of a run belong together: take their difference first, then its "
        "deviation.",
        _unpaired,
        2,
    ),
    Mistake("median-for-mean", "It takes the median; asked for is the mean.", _median, 1),
)
