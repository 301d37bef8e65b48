"""What a class's points say about the class, and about the exercises."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dwsep_helpers import checks
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.grading.metadata import GRADED, NOT_HANDED_IN, NOTHING
from dwsep_helpers.grading.points.gathered import UnitPoints
from dwsep_helpers.grading.scores import Scores

STUCK = 0.5  # of a unit's exercises without a point
FELL = 0.3  # of a unit's points, below what a learner had on average before
_BARS = 20  # in a histogram, at most


@dataclass(frozen=True)
class ExerciseNumbers:
    """How a class did in an exercise.

    Attributes
    ----------
    number, name : str
        The name is empty where no check has that number.
    worth : float
    optional : bool
    learners : int
        Who has points for it, or none; not who waits.
    full : float or None
        The share that has all points.
    mean : float or None
        The mean share of its points.
    discrimination : float or None
        See :func:`discrimination`.
    waiting : int
        Answers that wait to be graded by hand.
    ends : Counter of str
        How often which mistake was made, or how else the check ended.
    """

    number: str
    name: str
    worth: float
    optional: bool
    learners: int
    full: float | None
    mean: float | None
    discrimination: float | None
    waiting: int
    ends: Counter[str]


def spread(values: Sequence[float]) -> tuple[float, float, float, float]:
    """Return the mean and the quartiles of a class, which is all there is: none lies outside.

    Examples
    --------
    >>> spread([0, 1, 3])
    (1.3333333333333333, 0.5, 1.0, 2.0)
    """
    several = [*values] if len(values) > 1 else [*values] * 2
    first, median, third = statistics.quantiles(several, n=4, method="inclusive")
    return statistics.mean(values), first, median, third


def discrimination(points: Sequence[float], rest: Sequence[float]) -> float | None:
    """Return how an exercise's points go along with those of the others.

    That is the corrected item-total correlation (Henrysson, S.: Correction of item-total
    correlations in item analysis. Psychometrika 28, 1963, 211-218). Where an exercise is either
    right or wrong, it is the point-biserial one.

    Parameters
    ----------
    points, rest : sequence of float
        A learner's for the exercise, and for all others.

    Returns
    -------
    float or None
        None where all have the same.

    Examples
    --------
    >>> discrimination([0, 0, 2, 2], [1, 1, 5, 5])
    1.0
    >>> discrimination([2, 2, 2], [1, 3, 5])
    """
    if len(set(points)) < 2 or len(set(rest)) < 2:
        return None
    return round(statistics.correlation(points, rest), 4)


def exercises(
    of: UnitPoints, rows: Sequence[Scores], counts: Mapping[str, Counter[str]]
) -> list[ExerciseNumbers]:
    """Return how a class did in each exercise.

    Parameters
    ----------
    of : UnitPoints
    rows : sequence of Scores
        Of those who were graded.
    counts : mapping of str to Counter
        How checks ended, by the function's name.
    """
    names = {getattr(checks, name).number: name for name in counts if hasattr(checks, name)}
    found = []
    for number, worth in of.worth.items():
        had = [(row, p) for row in rows if (p := row.points.get(number)) is not None]
        own = [points for _, points in had]
        rest = [row.total - (0 if number in of.optional else points) for row, points in had]
        ends = counts.get(names.get(number, ""), Counter())
        found.append(
            ExerciseNumbers(
                number,
                names.get(number, ""),
                worth,
                number in of.optional,
                len(had),
                sum(points >= worth for points in own) / len(own) if own else None,
                statistics.mean(own) / worth if own and worth else None,
                discrimination(own, rest) if len(own) > 1 else None,
                len(rows) - len(had),
                Counter({end: n for end, n in ends.items() if end != Outcome.PASSED}),
            )
        )
    return found


def sentence(name: str, end: str) -> str:
    """Return what a check says to those who made a mistake; nothing for other ends."""
    exercise, called = getattr(checks, name, None), end.partition(" ")[0]
    return next((m.says for m in exercise.mistakes if m.name == called), "") if exercise else ""


def histogram(totals: Iterable[float], most: float) -> list[tuple[float, float, int]]:
    """Return bars, each from where to where and how many; the last one includes its end.

    Examples
    --------
    >>> histogram([0, 0.5, 3, 4], 4)
    [(0, 1, 2), (1, 2, 0), (2, 3, 0), (3, 4, 2)]
    """
    width = max(1, -(-int(most) // _BARS))
    count = max(1, -(-int(-(-most // 1)) // width))
    bars = Counter(min(int(total // width), count - 1) for total in totals)
    return [(at * width, (at + 1) * width, bars[at]) for at in range(count)]


def never_started(of: UnitPoints) -> list[Scores]:
    """Return those of whom there is nothing."""
    return [row for row in of.rows if row.status in (NOTHING, NOT_HANDED_IN)]


def stuck(of: UnitPoints) -> list[tuple[Scores, list[str]]]:
    """Return who handed something in and has no point in half of the exercises, and in which."""
    found = []
    for row in of.rows:
        if row.status != GRADED:
            continue
        without = [n for n in of.worth if row.points.get(n) == 0 and n not in of.optional]
        if len(without) >= STUCK * (len(of.worth) - len(of.optional)) > 0:
            found.append((row, without))
    return sorted(found, key=lambda one: -len(one[1]))


def shares(units: Sequence[UnitPoints], learner: str) -> list[float | None]:
    """Return which part of each unit's points a learner has; None where they aren't there."""
    rows = [unit.by_learner.get(learner) for unit in units]
    return [
        row.total / unit.most if row and row.points_count and unit.most else None
        for unit, row in zip(units, rows, strict=True)
    ]


def fell_behind(units: Sequence[UnitPoints]) -> list[tuple[str, list[float | None]]]:
    """Return who has less in the last unit than before, or nothing of it, and their shares."""
    if len(units) < 2:
        return []
    found = []
    started = any(row.points_count for row in units[-1].rows)
    for learner in sorted({row.learner for unit in units for row in unit.rows}):
        *before, last = shares(units, learner)
        known = [share for share in before if share is not None]
        row = units[-1].by_learner.get(learner)
        missing = row is None or row.status in (NOTHING, NOT_HANDED_IN)
        less = last is not None and known and last <= statistics.mean(known) - FELL
        if started and known and max(known) > 0 and (less or missing):
            found.append((learner, [*before, last]))
    return found
