"""How often an exercise was tried in this session: the hints go further each time."""

import os
from collections import Counter
from dataclasses import replace

from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.verdicts import Verdict

_FAILED: Counter[str] = Counter()  # by the exercise's name, since it last passed
_ESCALATING = (Outcome.CRASHED, Outcome.WRONG_SHAPE, Outcome.WRONG_VALUES)


def counted(exercise: Exercise, verdict: Verdict) -> Verdict:
    """Count a try, and return the verdict with the hint that fits it.

    Where no mistake is known, which has a hint of its own, the first try that fails leads to
    hint 1, the second to hint 2, and so on. A name that is missing or a body that isn't written is
    no try. In a notebook that is graded nothing is counted.
    """
    if verdict.outcome is Outcome.PASSED:
        _FAILED.pop(exercise.name, None)
    elif verdict.is_try and "NBGRADER_EXECUTION" not in os.environ:
        _FAILED[exercise.name] += 1
        if verdict.outcome in _ESCALATING and verdict.mistake is None:
            return replace(verdict, hint=min(_FAILED[exercise.name], exercise.hints))
    return verdict


def forget() -> None:
    """Begin to count anew."""
    _FAILED.clear()
