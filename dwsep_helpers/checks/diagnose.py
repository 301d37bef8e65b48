"""Name the known mistake that gives the learner's answers."""

import traceback
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from dwsep_helpers.checks.calling import Call
from dwsep_helpers.checks.compare import same, to_array
from dwsep_helpers.checks.exercise import Case, Exercise, Mistake

EVIDENCE = 4  # numbers in arrays; fewer, and single ones, could agree by accident


def diagnose(exercise: Exercise, calls: Sequence[Call], failed: Call) -> Mistake | None:
    """Return the bank's mistake that explains a failed call best.

    A mistake is a candidate if it gives the learner's wrong answer in the failed call. Among
    candidates the one that agrees with the learner in every call is sure. Failing that, wrong
    numbers that are a candidate's are evidence enough by themselves, unless they are few: a
    learner may have made two mistakes, and only one shows here.

    A learner whose function raised an error is matched by the other calls: see :func:`_raising`.
    """
    if failed.error is not None:
        return _raising(exercise, calls, failed)
    candidates = [m for m in exercise.mistakes if _agrees(m, failed)]
    if not candidates:
        return None
    agreement = {m.name: sum(_agrees(m, call) for call in calls) for m in candidates}
    best = max(candidates, key=lambda m: agreement[m.name])  # the first of equals
    explained = (call for call in _wrong(exercise, calls) if _agrees(best, call))
    sure = agreement[best.name] == len(calls)
    return best if sure or sum(map(_size, explained)) >= EVIDENCE else None


@lru_cache(maxsize=2**15)  # a class makes the same mistakes in the same cases; 2**12 a unit
def attempt(function: Callable[..., Any], case: Case) -> tuple[Any, str]:
    """Return what this package's function makes of a case, and what Python says if it raised."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return case.answer(function), ""
        except Exception as error:
            return None, "".join(traceback.format_exception_only(error)).strip()


def _agrees(mistake: Mistake, call: Call) -> bool:
    answer, raised = attempt(mistake.function, call.case)
    if raised or call.error is not None:
        return bool(raised) and call.error is not None
    return same(call.answer, answer)


def _size(call: Call) -> int:
    size = 1 if np.isscalar(call.answer) else to_array(call.answer).size
    return size if size > 1 else 0


def _wrong(exercise: Exercise, calls: Sequence[Call]) -> list[Call]:
    """Return the calls that gave a wrong answer."""
    return [
        call
        for call in calls
        if call.error is None and not same(call.answer, attempt(exercise.reference, call.case)[0])
    ]


def _raising(exercise: Exercise, calls: Sequence[Call], failed: Call) -> Mistake | None:
    """Return the mistake of a function that raised an error.

    It has to raise where the learner's does and nowhere else. Then it is the one that gives the
    learner's wrong answers wherever they are wrong; or else the one of which Python says the same.
    """
    says = failed.error and failed.error.text
    raised = [call.error is not None for call in calls]
    raising = [
        mistake
        for mistake in exercise.mistakes
        if raised == [bool(attempt(mistake.function, call.case)[1]) for call in calls]
    ]
    alike = [m for m in raising if attempt(m.function, failed.case)[1] == says]
    if _wrong(exercise, calls):
        agreeing = (m for m in (*alike, *raising) if all(_agrees(m, call) for call in calls))
        alike = [*agreeing, *alike]
    return next(iter(alike), None)
