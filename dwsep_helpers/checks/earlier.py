"""Which function of an earlier exercise keeps a later one from being right."""

import inspect
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from dwsep_helpers.checks.calling import Learner
from dwsep_helpers.checks.engine import judge
from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.checks.messages import earlier
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.verdicts import Verdict

known: list[Exercise] = []  # all there are, in order: the package fills it
_OF_AN_ANSWER = (Outcome.CRASHED, Outcome.WRONG_TYPE, Outcome.WRONG_SHAPE, Outcome.WRONG_VALUES)


def what_to_mend(exercise: Exercise, function: Callable[..., Any], verdict: Verdict) -> str:
    """Return which function of an earlier exercise keeps this one from being right, if one does."""
    if verdict.outcome not in _OF_AN_ANSWER or not verdict.is_try:
        return ""
    called = _called(function)
    for other in known:
        if other.name in called and other.name != exercise.name:
            found = judge(other, Learner(called[other.name]))
            if found.outcome in _OF_AN_ANSWER and found.is_try:
                return earlier(other, found)
    return ""


def _called(function: Any) -> dict[str, Any]:
    """Return the global functions that a function may call, and those that they may, by name."""
    found: dict[str, Any] = {}
    waiting = [function]
    while waiting:
        one = inspect.unwrap(waiting.pop())
        codes = [one.__code__] if isinstance(one, FunctionType) else []
        while codes:
            code = codes.pop()
            codes += [const for const in code.co_consts if isinstance(const, CodeType)]
            for name in {*code.co_names} - found.keys():
                value = one.__globals__.get(name)
                if isinstance(value, FunctionType) and value.__globals__ is one.__globals__:
                    found[name] = value
                    waiting.append(value)
    return found
