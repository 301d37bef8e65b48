"""Name the known mistake that gives the learner's answers."""

import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from dwsep_helpers.checks.calling import Call
from dwsep_helpers.checks.compare import same
from dwsep_helpers.checks.exercise import Case, Exercise, Mistake


def diagnose(exercise: Exercise, calls: Sequence[Call], failed: Call) -> Mistake | None:
    """Return the bank's mistake that explains a failed call best.

    A mistake is a candidate if it gives the learner's wrong answer in the failed call. Among
    candidates the one that agrees with the learner in every call is sure. Failing that, an
    array of many numbers is evidence enough by itself (a learner may have made two mistakes,
    and only one shows here); a single number could be a coincidence, and names nothing.

    A learner whose function raised an error is matched by the other calls: the mistake has to
    raise where theirs does, and to give their wrong answers wherever they are wrong.
    """
    if failed.error is not None:
        return _sure(exercise, calls)
    candidates = [m for m in exercise.mistakes if _agrees(m, failed)]
    if not candidates:
        return None
    agreement = {m.name: sum(_agrees(m, call) for call in calls) for m in candidates}
    best = max(candidates, key=lambda m: agreement[m.name])  # the first of equals
    sure = agreement[best.name] == len(calls)
    return best if sure or np.size(failed.answer) > 1 else None


@lru_cache(maxsize=4096)  # a class makes the same mistakes in the same cases
def attempt(function: Callable[..., Any], case: Case) -> tuple[Any, bool]:
    """Return what this package's function makes of a case, and whether it raised."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return case.answer(function), False
        except Exception:
            return None, True


def _agrees(mistake: Mistake, call: Call) -> bool:
    answer, raised = attempt(mistake.function, call.case)
    if raised or call.error is not None:
        return raised and call.error is not None
    return same(call.answer, answer)


def _sure(exercise: Exercise, calls: Sequence[Call]) -> Mistake | None:
    wrong = [
        call
        for call in calls
        if call.error is None and not same(call.answer, attempt(exercise.reference, call.case)[0])
    ]
    if not wrong:
        return None
    fitting = (m for m in exercise.mistakes if all(_agrees(m, call) for call in calls))
    return next(fitting, None)
