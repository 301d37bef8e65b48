"""Word what a check found. One message, for a person who wants to go on."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from dwsep_helpers.checks.calling import PRINTED_CHARACTERS, Call, Raised
from dwsep_helpers.checks.compare import WrongShape, WrongValues
from dwsep_helpers.checks.outcomes import Outcome

if TYPE_CHECKING:
    from dwsep_helpers.checks.exercise import Case, Exercise, Mistake

PRINTED_LINES = 12
ERROR_CHARACTERS = 400
ARGUMENT_CHARACTERS = 120

_HEADLINES = {
    Outcome.NOT_ATTEMPTED: "not attempted yet.",
    Outcome.CRASHED: "your code raised an error.",
    Outcome.WRONG_TYPE: "wrong type.",
    Outcome.WRONG_SHAPE: "wrong shape.",
    Outcome.WRONG_VALUES: "wrong values.",
    Outcome.CHANGED_INPUT: "right values, but the function changed its input.",
    Outcome.SHORTCUT: "a shortcut, where the point is to write it yourself.",
    Outcome.NOT_VECTORIZED: "right values, but not vectorized.",
    Outcome.WASTEFUL: "right values, with more work than it takes.",
}
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


def message(
    exercise: Exercise, outcome: Outcome, body: list[str], mistake: Mistake | None = None
) -> str:
    """Put a message together: headline, what happened, the mistake's name, the hint."""
    lines = [f"Exercise {exercise.number}, {exercise.name}: {_HEADLINES[outcome]}", *body]
    hint = _HINTS.get(outcome)
    if mistake is not None:
        lines += ["", f"This looks like {mistake.name}. {mistake.says}"]
        hint = mistake.hint
    if hint is not None:
        lines += [f"Hint {min(hint, exercise.hints)} of exercise {exercise.number} may help."]
    return "\n".join(lines)


def passed(exercise: Exercise, cases: list[Case], *, strict: bool) -> str:
    """Say what went well."""
    title = f"Exercise {exercise.number}, {exercise.name}:"
    if strict:
        return f"{title} passed with other shapes and numbers too."
    tried = "; ".join(dict.fromkeys(case.says for case in cases))
    more = f" {exercise.cost.praise}" if exercise.cost else ""
    return f"{title} passed. Well done!{more}\nTried: {tried}."


def not_attempted(exercise: Exercise) -> list[str]:
    """Say where to begin."""
    return [
        f"Write your code in `{exercise.name}` in place of `raise NotImplementedError`, "
        "run its cell, then this one."
    ]


def helper_not_written(exercise: Exercise, helper: str) -> list[str]:
    """Say which other function is asked for first."""
    return [
        f"`{exercise.name}` calls `{helper}`, which is not written yet. "
        f"Write `{helper}` first, run its cell, then this one."
    ]


def crashed(exercise: Exercise, call: Call, error: Raised) -> list[str]:
    """Say which error, where in the learner's code, and with which arguments."""
    lines = [tried(exercise, call.case), _beginning(error.text)]
    place = error.place
    if place is not None:
        lines += [f"{place.cell}, line {place.line}, in {place.function}:"]
        lines += [f"    {place.source}"] if place.source else []
    return lines


def wrong_type(exercise: Exercise, call: Call, reason: str) -> list[str]:
    """Say what came back."""
    end = "" if reason.endswith("?") else "."
    return [tried(exercise, call.case), f"`{exercise.name}` returned {reason}{end}"]


def wrong_shape(exercise: Exercise, call: Call, found: WrongShape) -> list[str]:
    """Say both shapes, and which axis is the first to differ."""
    axes = ", ".join(exercise.axes)
    lines = [
        tried(exercise, call.case),
        f"Expected shape {found.expected}" + (f", that is ({axes})" if axes else "") + ".",
        f"Got shape {found.got}.",
    ]
    if len(found.got) != len(found.expected):
        lines += [f"Expected {_axes(len(found.expected))}, got {_axes(len(found.got))}."]
    else:
        pairs = zip(found.expected, found.got, strict=True)
        axis = next(i for i, (want, got) in enumerate(pairs) if want != got)
        name = f" ({exercise.axes[axis]})" if exercise.axes else ""
        lines += [
            f"The first axis to differ is axis {axis}{name}: "
            f"expected {found.expected[axis]}, got {found.got[axis]}."
        ]
    return lines


def wrong_values(exercise: Exercise, call: Call, found: WrongValues) -> list[str]:
    """Say where the first wrong value is, and how many there are."""
    lines = [tried(exercise, call.case)]
    expected, got = _numbers(found.expected, found.got)
    if found.index:
        where = ", ".join(map(str, found.index))
        axes = f", axes ({', '.join(exercise.axes)})" if exercise.axes else ""
        lines += [f"First wrong value at [{where}]{axes}:"]
    lines += [f"    expected {expected}", f"    got      {got}"]
    if found.total > 1:
        lines += [f"Wrong: {found.wrong} of {found.total} values."]
    if isinstance(found.got, float | np.floating) and np.isnan(found.got):
        lines += ["nan is not a number: it comes from 0/0, or from memory never written to."]
    return lines


def changed_input(exercise: Exercise, call: Call) -> list[str]:
    """Say which arguments changed."""
    names = list(exercise.signature.parameters)
    changed = [names[name] if isinstance(name, int) else name for name in call.changed]
    return [
        tried(exercise, call.case),
        f"Afterwards {' and '.join(f'`{name}`' for name in changed)} held other numbers. "
        "Whoever calls your function still needs them: work on a new array.",
    ]


def shortcut(exercise: Exercise, name: str) -> list[str]:
    """Say what ran that may not."""
    return [
        f"`{exercise.name}` ran `{name}`. "
        "Compute it with your own code; NumPy's array functions are all welcome."
    ]


def tried(exercise: Exercise, case: Case) -> str:
    """Return the call that was tried: shapes of arrays, numbers where they are few."""
    lines = [f"Tried {case.says}: {arguments(exercise, case)}"]
    if case.show:
        named = exercise.named_arguments(case).items()
        lines += [f"    {n} = {v.tolist()}" for n, v in named if isinstance(v, np.ndarray)]
    return "\n".join(lines)


def arguments(exercise: Exercise, case: Case) -> str:
    """Return a case's arguments as text: the shapes of arrays, other arguments as they are."""
    named = exercise.named_arguments(case)
    return ", ".join(_argument(name, value) for name, value in named.items())


def transcript(call: Call) -> str:
    """Return what the function printed and warned about, cut to a readable length."""
    lines = call.printed.splitlines()
    cut = len(lines) > PRINTED_LINES or len(call.printed) > PRINTED_CHARACTERS
    parts = []
    if lines:
        shown = "\n".join(lines[:PRINTED_LINES])[:PRINTED_CHARACTERS]
        parts += ["Your function printed:", shown + ("\n…" if cut else "")]
    if call.warned:
        parts += ["Your function warned:", *map(_one_line, call.warned)]
    return "\n".join(parts)


def _one_line(text: str) -> str:
    """Return the beginning of a text, on one line."""
    return _beginning(" ".join(text.split()))


def _beginning(text: str, characters: int = ERROR_CHARACTERS) -> str:
    return text if len(text) <= characters else text[:characters] + " …"


def _argument(name: str, value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return f"{name}={_beginning(' '.join(repr(value).split()), ARGUMENT_CHARACTERS)}"
    dtype = "" if value.dtype == np.float64 else f" {value.dtype}"
    return f"{name} {value.shape}{dtype}"


def _numbers(expected: Any, got: Any) -> tuple[str, str]:
    """Print two numbers with as many digits as it takes to tell them apart."""
    if isinstance(expected, int | Fraction):  # exact, and so is what was got
        return str(expected), str(got)
    for digits in (6, 9, 17):
        pair = f"{float(expected):.{digits}g}", f"{float(got):.{digits}g}"
        if pair[0] != pair[1]:
            break
    return pair


def _axes(n: int) -> str:
    return "one number" if n == 0 else "1 axis" if n == 1 else f"{n} axes"
