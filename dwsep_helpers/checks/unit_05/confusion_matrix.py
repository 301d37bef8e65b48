"""Exercise 5.7: what was taken for what."""

from collections.abc import Callable

import numpy as np

from dwsep_helpers.checks.cases import by_hand, listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.from_mobilenet import FromMobilenet
from dwsep_helpers.checks.inputs import Rng

_count = FromMobilenet("confusion_matrix")
Labels = np.ndarray  # (N,), as predictions are
_MANY = np.ones(70_000, int)  # more than 16 bits can count


def _matrix(
    labels: Labels,
    predictions: Labels,
    classes: int = 10,
    *,
    pairs: Callable[[Labels, Labels], tuple[Labels, Labels]] = lambda labels, predictions: (
        labels,
        predictions,
    ),
    change: Callable[[np.ndarray], np.ndarray] = np.asarray,
) -> np.ndarray:
    """Count other pairs than those given, and change the counts."""
    return change(_count(*pairs(labels, predictions), classes))


def _right_ones(matrix: np.ndarray) -> np.ndarray:
    return np.diag(np.diag(matrix))


def _shares(axis: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda matrix: matrix / np.maximum(matrix.sum(axis=axis, keepdims=True), 1)


# fmt: off
MISTAKES = bank(_matrix, [
    ("transposed", {"change": lambda m: m.T.copy()},
     "You swap rows and columns; a row should be what the digit is, a column what it was taken "
     "for."),
    ("shares-of-rows", {"change": _shares(1)},
     "You return shares of each row; the cells should hold counts."),
    ("shares-of-columns", {"change": _shares(0)},
     "You return shares of each column; the cells should hold counts."),
    ("shares-of-all", {"change": lambda m: m / m.sum()},
     "You return shares of all; the cells should hold counts."),
    ("right-ones-alone", {"change": _right_ones},
     "You count right answers alone; the wrong ones, which are the point, should count too.", 1),
    ("wrong-ones-alone", {"change": lambda m: m - _right_ones(m)},
     "You count wrong answers alone; the right ones should stand on the diagonal.", 1),
    ("both-ways", {"change": lambda m: m + m.T},
     "You count each pair in two cells, once as prediction and label; it should count in one, as "
     "label and prediction."),
    ("one-too-many", {"change": lambda m: m + 1},
     "You count one too many in every cell; a pair that never comes up should count 0."),
    ("each-pair-once", {"change": lambda m: np.minimum(m, 1)},
     "You count a pair once however often it comes up, as adding in place with arrays of indices "
     "does; it should count each time.", 3),
    ("last-pair-alone", {"pairs": lambda label, guess: (label[-1:], guess[-1:])},
     "You keep the last pair alone; every pair should count.", 3),
    ("as-many-as-seen", lambda label, guess, n: _count(label, guess, max(*label, *guess) + 1),
     "You make as many rows as classes come up; there should be as many as the argument classes "
     "says."),
    ("always-ten", lambda label, guess, n: _count(label % 10, guess % 10, 10),
     "You make ten rows every time; there should be as many as the argument classes says."),
    ("sorted", {"pairs": lambda label, guess: (np.sort(label), np.sort(guess))},
     "You sort labels and predictions, each for itself, and the pairs are lost; they should stay "
     "together."),
    ("first-pair-left-out", {"pairs": lambda label, guess: (label[1:], guess[1:])},
     "You leave out the first pair; every pair should count.", 3),
    ("counts-of-8-bits", {"change": lambda m: m.astype(np.uint8)},
     "You count in numbers of 8 bits, which begin again after 255 or sooner; counts should be free "
     "to grow.", 3),
    ("counts-of-16-bits", {"change": lambda m: m.astype(np.uint16)},
     "You count in numbers of 16 bits, which begin again after 65,535 or sooner; counts should be "
     "free to grow.", 3),
    ("last-pair-left-out", {"pairs": lambda label, guess: (label[:-1], guess[:-1])},
     "You leave out the last pair; every pair should count.", 3),
])
# fmt: on


def _drawn(rng: Rng, says: str, count: int, classes: int, right: float, unseen: int = 0) -> Case:
    """Return a case with a share of right answers; the last classes may never come up."""
    labels, guesses = rng.integers(classes - unseen, size=(2, count))
    predictions = np.where(rng.random(count) < right, labels, guesses)
    return Case(says, (labels, predictions), {} if classes == 10 else {"classes": classes})


confusion_matrix = Check(
    number="5.7",
    name="confusion_matrix",
    points=1,
    reference=_count,
    cases=listed(
        by_hand(np.array([0, 1, 1, 2, 2]), np.array([0, 1, 2, 1, 1]), classes=3),
        ("ten classes", 150, 10, 0.7),
        ("as many classes as come up, and one more", 60, 5, 0.5, 1),
        ("more than ten classes", 200, 13, 0.4),
        Case("no mistake", (np.arange(10), np.arange(10))),
        Case("one digit, 70,000 times", (_MANY, _MANY), {"classes": 2}),
        of=_drawn,
    ),
    strict=listed(
        ("ten classes, few right", 200, 10, 0.2),
        ("twelve classes", 300, 12, 0.5),
        ("a class that never comes up", 80, 6, 0.7, 2),
        Case("one digit, 70,000 times, taken for another", (_MANY, 1 - _MANY), {"classes": 2}),
        of=_drawn,
    ),
    mistakes=MISTAKES,
    axes=("digit", "taken for"),
)
