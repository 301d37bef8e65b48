"""Check a learner's function against an exercise."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from dwsep_helpers.checks import messages
from dwsep_helpers.checks.calling import About, Call, Learner
from dwsep_helpers.checks.compare import WrongShape, WrongTypeError, compare
from dwsep_helpers.checks.diagnose import diagnose
from dwsep_helpers.checks.outcomes import CheckFailed, Outcome, Verdict
from dwsep_helpers.wrapping import wrapped

if TYPE_CHECKING:
    from dwsep_helpers.checks.exercise import Exercise, Mistake

Finding = tuple[Outcome, list[str]]


def check(exercise: Exercise, function: Callable[..., Any], *, strict: bool = False) -> None:
    """Print what passed, or raise :class:`CheckFailed`."""
    verdict = judge(exercise, Learner(function), strict=strict)
    if verdict.transcript:
        print(verdict.transcript)
    if verdict.outcome is not Outcome.PASSED:
        raise CheckFailed(verdict)
    print(wrapped(verdict.message))


def judge(exercise: Exercise, learner: Learner, *, strict: bool = False) -> Verdict:
    """Find out how a learner's function does.

    In this order, and the first finding ends it: is it a function that takes the arguments;
    then for each case, simplest first, whether it is written, raises, took a shortcut, returns
    the right type, shape and values; then whether inputs were left alone; then the cost.
    """
    cases = exercise.tries(strict=strict)
    about, rest = learner.meet(cases)
    finding = _not_usable(exercise, about)
    if finding:
        return _verdict(exercise, *finding)
    calls: list[Call] = []
    for done in rest:
        calls.append(done)
        finding = _examine(exercise, about, done)
        if finding:
            return _explain(exercise, finding, calls, rest)
    for done in calls:
        if done.changed:
            return _verdict(
                exercise, Outcome.CHANGED_INPUT, messages.changed_input(exercise, done), done
            )
    if exercise.cost:
        body = exercise.cost(exercise, learner)
        if body:
            return _verdict(exercise, exercise.cost.outcome, body, calls[0])
    telling = next((done for done in calls if done.printed or done.warned), calls[0])
    return Verdict(
        exercise.name,
        Outcome.PASSED,
        messages.passed(exercise, cases, strict=strict),
        transcript=messages.transcript(telling),
    )


def _not_usable(exercise: Exercise, about: About) -> Finding | None:
    name = exercise.name
    if about.is_check:
        return Outcome.WRONG_TYPE, [f"That is a check. Give it your own function: `{name}`."]
    if about.is_class:
        return Outcome.WRONG_TYPE, [f"`{about.name}` is a class; a function is asked for."]
    if not about.callable:
        return Outcome.WRONG_TYPE, [
            f"The check takes the function itself, not what it returns: `checks.{name}({name})`. "
            f"It was given {about.thing}."
        ]
    lacking = about.signature and _lacking(exercise, about.signature)
    if not lacking:
        return None
    return Outcome.CRASHED, [
        f"It is called as `{name}{exercise.signature}`. Yours is `{name}{about.signature}`, and "
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


def _examine(exercise: Exercise, about: About, done: Call) -> Finding | None:
    error = done.error
    if error and error.unwritten and error.place and error.place.innermost:
        if error.place.function in (exercise.name, about.name):
            return Outcome.NOT_ATTEMPTED, messages.not_attempted(exercise)
        return Outcome.CRASHED, messages.helper_not_written(exercise, error.place.function)
    for name in done.shortcuts:
        if exercise.forbids(name):
            return Outcome.SHORTCUT, messages.shortcut(exercise, name)
    if error and error.wrong_type is not None:
        return Outcome.WRONG_TYPE, messages.wrong_type(exercise, done, error.wrong_type)
    if error:
        return Outcome.CRASHED, messages.crashed(exercise, done, error)
    if done.answer is None and about.empty:
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
    exercise: Exercise, finding: Finding, calls: list[Call], rest: Iterator[Call]
) -> Verdict:
    """Name the mistake behind a finding; the cases not yet tried tell mistakes apart."""
    outcome, body = finding
    failed, mistake = calls[-1], None
    if outcome not in (Outcome.NOT_ATTEMPTED, Outcome.SHORTCUT):
        mistake = diagnose(exercise, [*calls, *rest], failed)
    return _verdict(exercise, outcome, body, failed, mistake)


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
