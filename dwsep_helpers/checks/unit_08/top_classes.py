"""Exercise 8.5: the classes that a network holds most probable."""

from collections.abc import Callable
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import by_hand, viewed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.compare import WrongTypeError, to_array
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng
from dwsep_helpers.translation import Phrase

Array = np.ndarray


def _softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def _overflowing(scores: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(scores)
        return powers / powers.sum()


def _top(
    scores: Array,
    k: int = 5,
    *,
    probabilities: Callable[[Array], Array] = _softmax,
    order: Callable[[Array], Array] = lambda scores: np.argsort(-scores),
    pairs: Callable[[Array, Array], Any] = lambda classes, p: [*zip(classes, p, strict=True)],
) -> Any:
    """Return the best classes, save for the steps that are replaced."""
    chosen = order(scores)[:k]
    return pairs(chosen, probabilities(scores)[chosen])


_OVERFLOW = (
    "You take exponentials of the scores as they are, and those of large scores are too large for "
    "a float; the largest score should be subtracted first."
)

# fmt: off
MISTAKES = bank(_top, [
    ("exponentials-overflow", {"probabilities": _overflowing}, _OVERFLOW, 3),
    ("exponentials-overflow-then-sorted",
     {"probabilities": _overflowing, "order": lambda s: np.argsort(-_overflowing(s))},
     _OVERFLOW, 3),
    ("exponentials-overflow-then-turned-round",
     {"probabilities": _overflowing, "order": lambda s: np.argsort(_overflowing(s))[::-1]},
     _OVERFLOW, 3),
    ("scores-for-probabilities", {"probabilities": lambda s: s},
     "You return the scores as they are; they should become probabilities, which add up to 1.", 1),
    ("exponentials-alone", {"probabilities": lambda s: np.exp(s - s.max())},
     "You leave the exponentials as they are; they should be divided by their sum.", 2),
    ("logarithms-of-probabilities", {"probabilities": lambda s: np.log(_softmax(s))},
     "You return logarithms of the probabilities; it should be the probabilities, which add up to "
     "1.", 1),
    ("shares-of-the-scores", {"probabilities": lambda s: s / s.sum()},
     "You divide the scores by their sum; their exponentials should be divided by theirs.", 2),
    ("shares-of-the-best", {"pairs": lambda c, p: [*zip(c, p / p.sum(), strict=True)]},
     "You let the best k share 1 among them; all classes together should.", 2),
    ("in-per-cent", {"probabilities": lambda s: 100 * _softmax(s)},
     "You return per cent; probabilities should add up to 1.", 1),
    ("powers-of-two", {"probabilities": lambda s: np.exp2(s - s.max()) / np.exp2(s - s.max()).sum()},  # noqa: E501
     "You take powers of 2; they should be of e, which the network was trained with.", 2),
    ("sigmoid-for-softmax", {"probabilities": lambda s: np.exp(-np.logaddexp(0, -s))},
     "You ask of each class by itself whether it is there; all probabilities together should be "
     "1.", 2),
    ("worst-first", {"order": np.argsort},
     "You return the least probable classes; it should be the most probable.", 3),
    ("best-last", {"pairs": lambda c, p: [*zip(c, p, strict=True)][::-1]},
     "You return the best class last; it should come first.", 3),
    ("in-order-of-number", {"pairs": lambda c, p: sorted(zip(c, p, strict=True))},
     "You sort the chosen classes by number; the most probable should come first.", 3),
    ("by-magnitude", {"order": lambda s: np.argsort(-np.abs(s))},
     "You choose the scores of largest magnitude; a score far below 0 should mean an improbable "
     "class.", 3),
    ("found-by-value", {"order": lambda s: np.array([[*s].index(v) for v in sorted(s)[::-1]])},
     "You look a class up by its value, and find the first class with that value, twice if two "
     "have it; each class should come once.", 3),
    ("counted-from-one", {"pairs": lambda c, p: [*zip(c + 1, p, strict=True)]},
     "You count classes from 1; the first should be 0.", 3),
    ("places-for-classes", {"pairs": lambda c, p: [*enumerate(p)]},
     "You number the best from 0 on; each should come with the number of its class.", 3),
    ("pairs-turned-round", {"pairs": lambda c, p: [*zip(p, c, strict=True)]},
     "You put the probability first; the class should come first.", 3),
    ("two-lists", {"pairs": lambda c, p: [c, p]},
     "You return a list of classes and one of probabilities; it should be a pair for each "
     "class.", 3),
    ("classes-alone", {"pairs": lambda c, p: c},
     "You return the classes alone; each should come with its probability.", 1),
])
# fmt: on


def _whole_classes(answer: Any) -> Any:
    """See pairs as they are: classes may be no floats, which no list of names takes.

    Classes of the same probability may come in either order.
    """
    array = to_array(answer)
    whole = array.shape[1:] == (2,) and np.array_equal(array[:, 0], np.rint(array[:, 0]))
    if whole and to_array([one for one, _ in answer]).dtype.kind == "f":
        why = Phrase("classes as floats; whole numbers are asked for, ints, as indices are")
        raise WrongTypeError(why)
    if not whole or len(np.unique(array[:, 1])) == len(array):
        return answer
    runs = groupby(answer, itemgetter(1))
    return [pair for _, alike in runs for pair in sorted(map(tuple, alike))]


def _scores(
    rng: Rng,
    says: str,
    classes: int,
    k: int | None = None,
    shift: float = 0,
    of: type = float,
    *,
    alike: int = 1,
) -> Case:
    """Return a case of scores, some of them below 0; so many of the best are alike."""
    spread = rng.permutation(classes) * 0.9 + rng.uniform(0.1, 0.4, classes) - 0.5 * classes
    # The one of largest magnitude is far below 0.
    spread[rng.integers(classes)] = -1.2 * classes
    spread[np.argsort(spread)[-alike:]] = spread.max()
    scores: Array = (spread + shift).astype(of)
    return Case(says, (scores,) if k is None else (scores, k))


top_classes = Check(
    number="8.5",
    name="top_classes",
    points=3,
    reference=kernels.top_classes,
    cases=viewed(
        _whole_classes,
        by_hand(np.log([2.0, 5.0, 3.0]), 2),
        ("three of eight", 8, 3),
        ("k left out", 9),
        ("one", 6, 1),
        ("all of them", 6, 6),
        ("two alike", 7, 4, {"alike": 2}),
        ("float32", 10, 4, 0, np.float32),
        ("scores of a thousand", 7, 3, 1000),
        ("scores below 0 alone", 7, 3, -1000),
        of=_scores,
    ),
    strict=viewed(
        _whole_classes,
        ("three of twelve", 12, 3),
        ("k left out", 7),
        ("two", 9, 2),
        ("three alike", 9, 5, {"alike": 3}),
        ("large scores", 8, 4, 2000),
        ("small scores", 8, 4, -2000),
        of=_scores,
    ),
    mistakes=MISTAKES,
    axes=("place", "class, probability"),
)
