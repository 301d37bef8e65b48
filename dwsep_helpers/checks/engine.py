"""Check a learner's function against an exercise."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dwsep_helpers.checks import messages
from dwsep_helpers.checks.calling import Call, call, place_of
from dwsep_helpers.checks.compare import WrongShape, WrongTypeError, compare, described
from dwsep_helpers.checks.diagnose import diagnose
from dwsep_helpers.checks.outcomes import CheckFailed, Outcome, Verdict
from dwsep_helpers.wrapping import wrapped

if TYPE_CHECKING:
    from dwsep_helpers.checks.exercise import Case, Exercise, Mistake

Finding = tuple[Outcome, list[str]]

# All that a body of `pass`, `...` or `return None` is compiled to.
_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}


def check(exercise: Exercise, function: Callable[..., Any], *, strict: bool = False) -> None:
    """Print what passed, or raise :class:`CheckFailed`."""
    verdict = judge(exercise, function, strict=strict)
    if verdict.transcript:
        print(verdict.transcript)
    if verdict.outcome is not Outcome.PASSED:
        raise CheckFailed(verdict)
    print(wrapped(verdict.message))


def judge(exercise: Exercise, function: Callable[..., Any], *, strict: bool = False) -> Verdict:
    """Find out how a learner's function does.

    In this order, and the first finding ends it: is it a function that takes the arguments;
    then for each case, simplest first, whether it is written, raises, took a shortcut, returns
    the right type, shape and values; then whether inputs were left alone; then the cost.
    """
    finding = _not_usable(exercise, function)
    if finding:
        return _verdict(exercise, *finding)
    cases = list(exercise.cases(strict))
    calls: list[Call] = []
    for case in cases:
        calls.append(call(function, case))
        finding = _examine(exercise, function, calls[-1])
        if finding:
            return _explain(exercise, function, finding, calls, cases)
    for done in calls:
        if done.changed:
            return _verdict(
                exercise, Outcome.CHANGED_INPUT, messages.changed_input(exercise, done), done
            )
    if exercise.cost:
        body = exercise.cost(exercise, function)
        if body:
            return _verdict(exercise, exercise.cost.outcome, body, calls[0])
    telling = next((done for done in calls if done.printed or done.warned), calls[0])
    return Verdict(
        exercise.name,
        Outcome.PASSED,
        messages.passed(exercise, cases, strict=strict),
        transcript=messages.transcript(telling),
    )


def _not_usable(exercise: Exercise, function: Any) -> Finding | None:
    name = exercise.name
    if isinstance(function, type(exercise)):
        return Outcome.WRONG_TYPE, [f"That is a check. Give it your own function: `{name}`."]
    if isinstance(function, type):
        return Outcome.WRONG_TYPE, [f"`{function.__name__}` is a class; a function is asked for."]
    if not callable(function):
        return Outcome.WRONG_TYPE, [
            f"The check takes the function itself, not what it returns: `checks.{name}({name})`. "
            f"It was given {'None' if function is None else described(function)}."
        ]
    try:
        signature = inspect.signature(function, follow_wrapped=False)
    except (TypeError, ValueError):  # compiled functions have none; calling them tells
        return None
    lacking = _lacking(exercise, signature)
    if not lacking:
        return None
    return Outcome.CRASHED, [
        f"It is called as `{name}{exercise.signature}`. Yours is `{name}{signature}`, and "
        f"Python says: {lacking}. Keep the first line of the stub as it was.",
    ]


def _lacking(exercise: Exercise, signature: inspect.Signature) -> str | None:
    """Say what keeps a function from taking the exercise's arguments."""
    parameters = exercise.signature.parameters.values()
    required = [p.name for p in parameters if p.default is p.empty]
    optional = {p.name: None for p in parameters if p.default is not p.empty}
    for options in ({}, optional):
        try:
            signature.bind(*required, **options)
        except TypeError as error:
            return str(error)
    return None


def _examine(exercise: Exercise, function: Callable[..., Any], done: Call) -> Finding | None:
    if isinstance(done.error, NotImplementedError):
        place = place_of(done.error)
        if place is not None and place.innermost:
            if place.function in (exercise.name, getattr(function, "__name__", None)):
                return Outcome.NOT_ATTEMPTED, messages.not_attempted(exercise)
            return Outcome.CRASHED, messages.helper_not_written(exercise, place.function)
    for name in done.shortcuts:
        if exercise.forbids(name):
            return Outcome.SHORTCUT, messages.shortcut(exercise, name)
    if isinstance(done.error, WrongTypeError):
        return Outcome.WRONG_TYPE, messages.wrong_type(exercise, done, str(done.error))
    if done.error is not None:
        return Outcome.CRASHED, messages.crashed(exercise, done)
    if done.answer is None and _does_nothing(function):
        return Outcome.NOT_ATTEMPTED, messages.not_attempted(exercise)
    try:
        difference = compare(done.answer, done.case.answer(exercise.reference))
    except WrongTypeError as error:
        return Outcome.WRONG_TYPE, messages.wrong_type(exercise, done, str(error))
    if difference is None:
        return None
    if isinstance(difference, WrongShape):
        return Outcome.WRONG_SHAPE, messages.wrong_shape(exercise, done, difference)
    return Outcome.WRONG_VALUES, messages.wrong_values(exercise, done, difference)


def _explain(
    exercise: Exercise,
    function: Callable[..., Any],
    finding: Finding,
    calls: list[Call],
    cases: list[Case],
) -> Verdict:
    """Name the mistake behind a finding; the cases not yet tried tell mistakes apart."""
    outcome, body = finding
    failed, mistake = calls[-1], None
    if outcome not in (Outcome.NOT_ATTEMPTED, Outcome.SHORTCUT):
        calls = calls + [call(function, case) for case in cases[len(calls) :]]
        mistake = diagnose(exercise, calls, failed)
    return _verdict(exercise, outcome, body, failed, mistake)


def _does_nothing(function: Callable[..., Any]) -> bool:
    """Whether a function's body is no more than ``pass``, ``...`` or ``return None``."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code is not None and {i.opname for i in dis.get_instructions(code)} <= _NOTHING


def _verdict(
    exercise: Exercise,
    outcome: Outcome,
    body: list[str],
    failed: Call | None = None,
    mistake: Mistake | None = None,
) -> Verdict:
    return Verdict(
        exercise.name,
        outcome,
        messages.message(exercise, outcome, body, mistake),
        mistake.name if mistake else None,
        messages.transcript(failed) if failed else "",
    )
