"""Find out how a learner's function does."""

import inspect
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from dwsep_helpers.checks.calling import About, Call, Learner
from dwsep_helpers.checks.compare import WrongShape, WrongTypeError, compare, to_array
from dwsep_helpers.checks.diagnose import attempt, diagnose
from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.unchanged import kind_of
from dwsep_helpers.checks.verdicts import (
    ChangedInput,
    NoFunction,
    NotWritten,
    OtherArguments,
    Remembers,
    Shortcut,
    Verdict,
)

# What ends a check, and what the verdict says of it.
Finding = tuple[Outcome, Any]
# Hints go from the idea (1) over the axes (2) to the steps (3).
_HINTS = {
    Outcome.NOT_ATTEMPTED: 1,
    Outcome.CRASHED: 2,
    Outcome.WRONG_SHAPE: 2,
    Outcome.WRONG_VALUES: 3,
    Outcome.SHORTCUT: 1,
    Outcome.NOT_VECTORIZED: 2,
    Outcome.WASTEFUL: 2,
}


def judge(exercise: Exercise, learner: Learner, *, strict: bool = False, seed: int = 0) -> Verdict:
    """Find out how a learner's function does.

    In this order, and the first finding ends it: is it a function that takes the arguments;
    then for each case, simplest first, whether it is written, raises, took a shortcut, returns
    the right type, shape and values; then whether answers depend on earlier calls, whether inputs
    were left alone, and what the work cost.

    Parameters
    ----------
    exercise : Exercise
    learner : Learner
        The function, here or in another process.
    strict : bool
        Whether to try other shapes and numbers.
    seed : int
        Drawn for the numbers of the strict check.
    """
    cases = exercise.tries(strict=strict, seed=seed)
    # The bank's own functions are judged to test the checks; each is wrong, so none is an answer.
    known = any(learner.is_function(mistake.function) for mistake in exercise.mistakes)
    ours = ("dwsep_helpers.*",) if known else ()
    about, calls = learner.meet(cases, (*exercise.allows, *ours))
    if finding := _unusable(exercise, about):
        return _verdict(exercise, *finding, strict)
    done: list[Call] = []
    for call in calls:
        done.append(call)
        if finding := examined(exercise, about, call):
            return _explained(exercise, finding, done, [*done, *calls], strict)
    if found := _of_all(exercise, learner, done):
        outcome, difference, call = found
        return _verdict(exercise, outcome, difference, strict, call)
    telling = next((call for call in done if call.printed or call.warned), done[0])
    tried = tuple(dict.fromkeys(case.says for case in cases[:-3]))
    passed = _verdict(exercise, Outcome.PASSED, None, strict, telling)
    return replace(passed, case=None, tried=tried)


def _of_all(
    exercise: Exercise, learner: Learner, done: list[Call]
) -> tuple[Outcome, Any, Call] | None:
    """Return what is wrong with a function whose answers are right, and the call that shows it."""
    remembers = _remembers(exercise, done)
    # An input that is written into and returned changes with the next call, too.
    if remembers and not (remembers[0].how == "overwritten" and any(c.changed for c in done)):
        return Outcome.REMEMBERS, *remembers
    for call in done:
        if call.changed:
            names = [*exercise.signature.parameters]
            changed = tuple(names[n] if isinstance(n, int) else n for n in call.changed)
            given = exercise.named_arguments(call.case)
            kinds = tuple(kind_of(given[name]) for name in changed)
            return Outcome.CHANGED_INPUT, ChangedInput(changed, kinds), call
    more = exercise.demand and exercise.demand(exercise, learner)
    return (exercise.demand.outcome, more, done[0]) if exercise.demand and more else None


def _unusable(exercise: Exercise, about: About) -> Finding | None:
    if about.is_check:
        return Outcome.WRONG_TYPE, NoFunction("check", about.thing)
    if about.is_class:
        return Outcome.WRONG_TYPE, NoFunction("class", str(about.name))
    if not about.callable:
        return Outcome.WRONG_TYPE, NoFunction("thing", about.thing)
    lacking = about.signature and _lacking(exercise, about.signature)
    return (Outcome.CRASHED, OtherArguments(str(about.signature), lacking)) if lacking else None


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


def examined(exercise: Exercise, about: About, call: Call) -> Finding | None:
    """Return what is wrong with a call, if anything is."""
    error = call.error
    if error and error.unwritten and error.place and error.place.innermost:
        if error.place.function in (exercise.name, about.name):
            return Outcome.NOT_ATTEMPTED, NotWritten()
        return Outcome.CRASHED, NotWritten(error.place.function)
    if forbidden := next(filter(exercise.forbids, call.shortcuts), None):
        own = forbidden.startswith("mine.")
        return Outcome.ELSEWHERE if own else Outcome.SHORTCUT, Shortcut(forbidden)
    if error and error.wrong_type is not None:
        return Outcome.WRONG_TYPE, WrongTypeError(error.wrong_type)
    if error:
        return Outcome.CRASHED, error
    if call.answer is None and about.empty:
        return Outcome.NOT_ATTEMPTED, NotWritten()
    return _compared(exercise, call)


def _compared(exercise: Exercise, call: Call) -> Finding | None:
    """Return how an answer differs from the right one."""
    try:
        difference = compare(call.answer, attempt(exercise.reference, call.case)[0])
    except WrongTypeError as wrong:
        return Outcome.WRONG_TYPE, wrong
    if difference is None:
        return None
    shape = isinstance(difference, WrongShape)
    return Outcome.WRONG_SHAPE if shape else Outcome.WRONG_VALUES, difference


def _explained(
    exercise: Exercise, finding: Finding, done: list[Call], calls: list[Call], strict: bool
) -> Verdict:
    """Name the mistake behind a finding; the cases that come after it tell mistakes apart."""
    outcome, difference = finding
    if outcome in (Outcome.NOT_ATTEMPTED, Outcome.SHORTCUT, Outcome.ELSEWHERE):
        return _verdict(exercise, outcome, difference, strict, done[-1])
    remembers = None if outcome is Outcome.WRONG_TYPE else _remembers(exercise, calls)
    stale = remembers and done[-1].case.refills  # all cases before were right
    mistake, sure = (None, False) if stale else diagnose(exercise, calls, done[-1])
    if mistake:
        verdict = _verdict(exercise, outcome, difference, strict, done[-1])
        hint = min(mistake.hint, exercise.hints)
        return replace(verdict, mistake=mistake.name, sure=sure, hint=hint)
    if remembers:
        return _verdict(exercise, Outcome.REMEMBERS, remembers[0], strict, remembers[1])
    return _verdict(exercise, outcome, difference, strict, done[-1])


def _remembers(exercise: Exercise, calls: Sequence[Call]) -> tuple[Remembers, Call] | None:
    """Return how answers depend on earlier calls: see :meth:`Exercise.tries` for the last three."""
    *_, again, refilled, last = calls
    for repeated in (again, last):
        first = next(call for call in calls if call.case is repeated.case)
        if _differ(first, repeated):
            error = first.error or repeated.error
            return Remembers("differs", error.text if error else ""), repeated
    if (
        refilled.error is None
        and _compared(exercise, again) is None
        and _compared(exercise, refilled)
        and not _differ(again, refilled)
    ):
        return Remembers("stale"), refilled
    overwrote = next((call for call in calls if call.overwrote), None)
    return (Remembers("overwritten"), overwrote) if overwrote else None


def _differ(one: Call, other: Call) -> bool:
    """Whether two calls with the same input ended differently, by more than rounding."""
    if one.error or other.error:
        return not (one.error and other.error)
    try:
        answer, second = to_array(one.answer), to_array(other.answer)
    except WrongTypeError:  # no array, but perhaps a number of many digits
        exact = isinstance(one.answer, int | Fraction) and isinstance(other.answer, int | Fraction)
        return exact and one.answer != other.answer
    with np.errstate(all="ignore"):
        return answer.shape != second.shape or not np.allclose(answer, second, equal_nan=True)


def _verdict(
    exercise: Exercise, outcome: Outcome, difference: Any, strict: bool, call: Call | None = None
) -> Verdict:
    hint = _HINTS.get(outcome)
    return Verdict(
        exercise.name,
        outcome,
        strict,
        call.case if call else None,
        difference,
        hint=hint and min(hint, exercise.hints),
        printed=call.printed if call else "",
        warned=call.warned if call else (),
    )
