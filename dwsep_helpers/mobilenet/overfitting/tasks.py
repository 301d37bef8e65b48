"""What is learned, by which recipe, and from which digits."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Final, NamedTuple

import numpy as np

from dwsep_helpers import data
from dwsep_helpers.mobilenet import training

HALVES: Final = 2
FOLDS: Final = 9  # of each half
REPETITIONS: Final = tuple(range(HALVES * FOLDS))


class Task(NamedTuple):
    """What is learned: from how many digits, and how many of their labels are wrong."""

    images: int
    wrong_labels: float = 0.0


class Recipe(NamedTuple):
    """How it is learned: AdamW's learning rate at the start, and its weight decay."""

    learning_rate: float = training.LEARNING_RATE
    weight_decay: float = 0.0


FEW: Final = Task(50)
MANY: Final = Task(790)
NOISY: Final = Task(790, 0.3)
TASKS: Final = (FEW, MANY, NOISY)
FIXED: Final = Recipe()
RECIPES: Final = tuple(map(Recipe._make, product((1e-3, 3e-3, 1e-2), (0.0, 1.0))))


def split(task: Task, repetition: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return training images and labels, then test images and labels.

    The digits are cut into two halves, and each half into nine folds. A repetition tests on one
    fold and trains on the folds of the same half that follow it, so that every digit is tested
    on once. Up to the size of a fold, no two repetitions train on the same digit. All networks
    get the same digits: their results come in pairs.

    Raises
    ------
    ValueError
        If there is no such repetition, or the training set is larger than eight folds, or
        smaller than ten digits, or the part of wrong labels isn't from 0 to below 1.
    """
    if repetition not in REPETITIONS:
        raise ValueError(f"repetition is {repetition}, and there are 0 to {REPETITIONS[-1]}")
    if not 0 <= task.wrong_labels < 1:
        raise ValueError(f"wrong_labels is {task.wrong_labels}, and goes from 0 to below 1")
    images, labels = data.digits()
    half, number = divmod(repetition, FOLDS)
    folds = _folds()[half]
    pool = np.concatenate([folds[(number + i) % FOLDS] for i in range(1, FOLDS)])
    if not 10 <= task.images <= len(pool):
        raise ValueError(
            f"images is {task.images}, and a training set has 10 to {len(pool)} of them"
        )
    chosen, test = pool[: task.images], folds[number]
    return images[chosen], _spoilt(labels[chosen], task, repetition), images[test], labels[test]


def shared(task: Task) -> float:
    """Return the size of a test set, as a part of a training set that repetitions share.

    0 where no two repetitions train on the same digit: their results are taken as independent,
    though what one trains on another tests on. It widens an interval: see
    :func:`dwsep_helpers.intervals.interval`.

    Examples
    --------
    >>> shared(FEW), round(shared(MANY), 3)
    (0.0, 0.125)
    """
    fold = len(data.digits()[1]) // len(REPETITIONS)
    return 0.0 if task.images <= fold else fold / task.images


@cache
def _folds() -> list[list[np.ndarray]]:
    """Return the digits' indices: folds of halves, every kind of digit with its share in each.

    Within a fold the kinds take turns, so that its first digits are balanced as well.
    """
    from sklearn.model_selection import StratifiedKFold

    _, labels = data.digits()
    made = []
    halves = StratifiedKFold(HALVES, shuffle=True, random_state=0).split(labels, labels)
    for half, (_, members) in enumerate(halves):
        parts = StratifiedKFold(FOLDS, shuffle=True, random_state=half)
        made.append(
            [
                _taking_turns(members[fold], labels)
                for _, fold in parts.split(members, labels[members])
            ]
        )
    return made


def _taking_turns(indices: np.ndarray, labels: np.ndarray) -> np.ndarray:
    place = np.zeros(len(indices), dtype=int)
    for kind in range(10):
        of_kind = labels[indices] == kind
        place[of_kind] = np.arange(of_kind.sum())
    return indices[np.lexsort((labels[indices], place))]


def _spoilt(labels: np.ndarray, task: Task, repetition: int) -> np.ndarray:
    """Return labels of which some were replaced by another of the ten."""
    rng = np.random.default_rng((repetition, task.images))
    wrong = rng.permutation(len(labels))[: round(task.wrong_labels * len(labels))]
    spoilt = labels.copy()
    spoilt[wrong] = (labels[wrong] + rng.integers(1, 10, len(wrong))) % 10
    return spoilt
