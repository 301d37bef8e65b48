"""Judge a graded cell from outside the learner's kernel.

A graded cell of this course imports the checks and calls some, ``checks.conv2d(conv2d)``. Those
checks run here, in nbgrader's process. The kernel is only asked what the learner's function
makes of an input: whatever its code did to the checks, to NumPy or to Python there, it can't
touch the expected values, the verdict or the points.
"""

from __future__ import annotations

import ast
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from nbformat import NotebookNode
from nbformat.v4 import new_output

from dwsep_helpers import checks
from dwsep_helpers.checks.engine import judge
from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.checks.messages import hint_that_helps, message, transcript
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.remote import Remote
from dwsep_helpers.checks.verdicts import CheckFailed
from dwsep_helpers.translation import say
from dwsep_helpers.wrapping import NARROW, wrapped

# Takes a request and the expression that gives the learner's function; returns the reply.
Ask = Callable[[str, str], str]


NO_ANSWER = "gave no answer"  # how a check ends that has nothing to judge


class NoReply(Exception):
    """The kernel did not get to an answer; ``outputs`` says why."""

    def __init__(self, outputs: list[NotebookNode]) -> None:
        super().__init__("the kernel did not get to an answer")
        self.outputs = outputs


class NoKernel(Exception):
    """The machine has none, for a ``reason``; that is nothing of the learner's doing."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class Called:
    """One check that a graded cell calls.

    Attributes
    ----------
    exercise : Exercise
    function : str
        The expression that gives the learner's function.
    strict : bool
    """

    exercise: Exercise
    function: str
    strict: bool


@dataclass(frozen=True)
class Judged:
    """What became of a graded cell.

    Attributes
    ----------
    outputs : list of NotebookNode
        As the cell would have shown them.
    exercise : str
        The name of its function.
    outcome : str
        How the last check ended.
    mistake : str or None
        The name of the known mistake that gives the same answers.
    hint : int or None
        Which hint the message says to open.
    answered : bool
        Whether the learner's function gave an answer at all.
    in_place : frozenset of str
        Functions of the learner's that were the course's meanwhile, and were called.
    """

    outputs: list[NotebookNode]
    exercise: str
    outcome: str = NO_ANSWER
    mistake: str | None = None
    hint: int | None = None
    answered: bool = False
    in_place: frozenset[str] = frozenset()


def checks_called(source: str) -> list[Called] | None:
    """Return the checks that a graded cell calls, in order; None if it does anything else.

    Examples
    --------
    >>> [(t.exercise.number, t.function) for t in checks_called("checks.conv2d(conv2d)")]
    [('1.5', 'conv2d')]
    >>> checks_called("assert conv2d(1) == 2")
    """
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return None
    calls = [_check(statement) for statement in body if not _calls_nothing(statement)]
    known = [call for call in calls if call is not None]
    return known if known and len(known) == len(calls) else None


def judge_cell(calls: list[Called], ask: Ask, given: Mapping[str, str] = {}) -> Judged:
    """Run a cell's checks up to the first that fails.

    Parameters
    ----------
    calls : list of Called
    ask : callable
        Has the kernel answer.
    given : mapping of str to str, optional
        Functions of the learner's that are the course's meanwhile; see
        :class:`~dwsep_helpers.checks.remote.Remote`.
    """
    printed, name = "", calls[0].exercise.name
    called: set[str] = set()
    for call in calls:
        learner = Remote(partial(_ask_about, ask, call.function), given)
        seed = call.strict * (1 + secrets.randbelow(2**31))
        try:
            verdict = judge(call.exercise, learner, strict=call.strict, seed=seed)
            shown, said = transcript(verdict), message(call.exercise, verdict)
            hint = hint_that_helps(call.exercise, verdict)
        except NoReply as none:
            return Judged([*_stream(printed), *none.outputs], name)
        except NoKernel as lost:
            raise lost.reason from None
        except Exception as reason:  # the kernel may send anything, and no check is made for that
            says = say(
                "Exercise {number}: what came back is no answer ({reason}).",
                number=call.exercise.number,
                reason=f"{reason!s:.200}",
            )
            return Judged([*_stream(printed), _error("Unreadable", says, says)], name)
        ended = str(verdict.outcome), verdict.mistake, hint, True
        if shown:
            printed += f"{shown}\n"
        if verdict.outcome is not Outcome.PASSED:
            error = _error(CheckFailed.__name__, said, wrapped(said, NARROW))
            return Judged([*_stream(printed), error], name, *ended)
        printed += f"{wrapped(said)}\n"
        called |= learner.called
    return Judged(_stream(printed), name, *ended, frozenset(called))


def _ask_about(ask: Ask, function: str, request: str) -> str:
    try:
        return ask(request, function)
    except NoReply:
        raise
    except Exception as error:
        raise NoKernel(error) from error


def _check(statement: ast.stmt) -> Called | None:
    match statement:
        case ast.Expr(
            ast.Call(ast.Attribute(ast.Name("checks"), name), [ast.expr() as function], keywords)
        ):
            exercise = getattr(checks, name, None)
            strict = _strict(keywords)
            if isinstance(exercise, Exercise) and strict is not None:
                return Called(exercise, ast.unparse(function), strict)
    return None


def _strict(keywords: list[ast.keyword]) -> bool | None:
    match keywords:
        case []:
            return False
        case [ast.keyword("strict", ast.Constant(bool(value)))]:
            return value
    return None


def _calls_nothing(statement: ast.stmt) -> bool:
    """Whether a statement is a text, or imports the checks."""
    match statement:
        case ast.Expr(ast.Constant(str())):
            return True
        case ast.ImportFrom("dwsep_helpers", [ast.alias("checks", None)], 0):
            return True
    return False


def _stream(text: str) -> list[NotebookNode]:
    return [new_output("stream", name="stdout", text=text)] if text else []


def _error(name: str, value: str, shown: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=value, traceback=shown.splitlines())
