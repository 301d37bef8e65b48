"""Name the known mistake that gives the learner's answers."""

import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from numbers import Number
from typing import Any

import numpy as np

from dwsep_helpers.checks.calling import Call
from dwsep_helpers.checks.compare import WrongTypeError, same, to_array
from dwsep_helpers.checks.exercise import Case, Exercise, Mistake

EVIDENCE = 4  # numbers; fewer could agree by accident


def diagnose(
    exercise: Exercise, calls: Sequence[Call], failed: Call
) -> tuple[Mistake, bool] | tuple[None, bool]:
    """Return the bank's mistake that explains a failed call best, and whether it gives all answers.

    A mistake is a candidate if it gives the learner's wrong answer in the failed call. Among
    candidates the one that agrees with the learner in every call is sure. Failing that, wrong
    numbers that are a candidate's are evidence enough by themselves, unless they are few: a
    learner may have made two mistakes, and only one shows here.

    A learner whose function raised an error is matched by the other calls: see :func:`_raising`.
    """
    calls, failed = [_as_asked(exercise, call) for call in calls], _as_asked(exercise, failed)
    found = _answering if failed.error is None else _raising
    mistake = found(exercise, calls, failed)
    if mistake is None:
        return None, False
    return mistake, all(_agrees(mistake, call) for call in calls if call.error is None)


def _answering(exercise: Exercise, calls: Sequence[Call], failed: Call) -> Mistake | None:
    """Return the mistake of a function that gave a wrong answer."""
    candidates = [m for m in exercise.mistakes if _agrees(m, failed)]
    if not candidates:
        return None
    agreement = {m.name: sum(_agrees(m, call) for call in calls) for m in candidates}
    best = max(candidates, key=lambda m: agreement[m.name])  # the first of equals
    answered = [call for call in calls if call.error is None]
    enough = answered if len({id(call.case) for call in answered}) >= EVIDENCE else calls
    sure = all(_agrees(best, call) for call in enough)
    explained = [call.answer for call in _wrong(exercise, calls) if _agrees(best, call)]
    return best if sure or _evidence(explained) >= EVIDENCE else None


@lru_cache(maxsize=2**15)  # a class makes the same mistakes in the same cases; 2**12 a unit
def attempt(function: Callable[..., Any], case: Case) -> tuple[Any, str]:
    """Return what this package's function makes of a case, and what Python says if it raised."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return case.answer(function), ""
        except Exception as error:
            return None, "".join(traceback.format_exception_only(error)).strip()


def _as_asked(exercise: Exercise, call: Call) -> Call:
    """Return a call whose answer is a float, if one is asked for and it is another real number."""
    asked = attempt(exercise.reference, call.case)[0]
    if type(call.answer) in (Fraction, Decimal) and isinstance(asked, float):
        with suppress(OverflowError, ValueError):
            return replace(call, answer=float(call.answer))
    return call


def _agrees(mistake: Mistake, call: Call) -> bool:
    answer, raised = attempt(mistake.function, call.case)
    if raised or call.error is not None:
        return bool(raised) and call.error is not None
    return same(call.answer, answer)


def _evidence(answers: Sequence[Any]) -> int:
    """Count the numbers in arrays of several, and the single ones that differ; True is none."""
    single, count = set[Any](), 0
    for answer in answers:
        if isinstance(answer, Number | np.generic):
            single |= set() if isinstance(answer, bool | np.bool_) else {answer}
        else:
            with suppress(WrongTypeError):
                count += size if (size := to_array(answer).size) > 1 else 0
    return count + len(single)


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
    Failing that, it gives all the learner's answers, enough of them wrong, and one of another shape
    where the learner's raised: loops end at an edge where a slice goes on.
    """
    says = failed.error and failed.error.text
    raised = [(call.case, call.error is not None) for call in (failed, *calls)]
    raising = [
        mistake
        for mistake in exercise.mistakes
        if all(bool(attempt(mistake.function, case)[1]) == it_did for case, it_did in raised)
    ]
    alike = [m for m in raising if attempt(m.function, failed.case)[1] == says]
    wrong = _wrong(exercise, calls)
    sure = (m for m in (*alike, *(raising if wrong else ())) if all(_agrees(m, c) for c in calls))
    alike = [*sure, *alike]
    if alike or _evidence([call.answer for call in wrong]) < EVIDENCE:
        return next(iter(alike), None)
    answered = [call for call in calls if call.error is None]
    right = attempt(exercise.reference, failed.case)[0]
    for mistake in exercise.mistakes:
        answer, its_error = attempt(mistake.function, failed.case)
        misfit = its_error or np.shape(answer) != np.shape(right)
        if misfit and all(_agrees(mistake, call) for call in answered):
            return mistake
    return None
