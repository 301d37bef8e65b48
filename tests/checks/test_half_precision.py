"""An answer that was rounded to float16 is compared as strictly as any other."""

import numpy as np
import pytest

from dwsep_helpers.checks import EXERCISES
from dwsep_helpers.checks.calling import Learner
from dwsep_helpers.checks.engine import judge
from dwsep_helpers.checks.outcomes import Outcome


def rounded(function):
    """Return a function whose answers are rounded, numbers as well as arrays."""

    def half(*arguments, **options):
        answer = function(*arguments, **options)
        if isinstance(answer, tuple):
            return tuple(np.float16(one) if isinstance(one, float) else one for one in answer)
        if isinstance(answer, np.ndarray | float | np.floating):
            return np.asarray(answer).astype(np.float16)[()]
        return answer.half() if type(answer).__name__ == "Tensor" else answer

    return half


@pytest.mark.parametrize(
    "exercise", [e for e in EXERCISES if e.number[0] in "12346"], ids=lambda e: e.name
)
def test_no_mistake_passes_because_it_is_rounded(exercise):
    for mistake in exercise.mistakes:
        for strict in (False, True):
            verdict = judge(exercise, Learner(rounded(mistake.function)), strict=strict, seed=5)
            assert verdict.outcome is not Outcome.PASSED, mistake.name
