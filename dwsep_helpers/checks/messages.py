"""Word a verdict: one message, for a person who wants to go on."""

import textwrap
from collections.abc import Sequence
from fractions import Fraction
from functools import singledispatch
from typing import Any

import numpy as np

from dwsep_helpers.checks.calling import PRINTED_CHARACTERS, Raised
from dwsep_helpers.checks.compare import WrongShape, WrongTypeError, WrongValues
from dwsep_helpers.checks.exercise import Case, Exercise
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.pairs import of_pairs
from dwsep_helpers.checks.verdicts import (
    ChangedInput,
    MoreLines,
    MoreMacs,
    MoreProducts,
    NoFunction,
    NotWritten,
    OtherArguments,
    Remembers,
    Shortcut,
    Verdict,
)
from dwsep_helpers.wrapping import NARROW, listed

PRINTED_LINES = 12
ERROR_CHARACTERS = 400
ARGUMENT_CHARACTERS = 200
OFF_LIMITS = (  # for example
    ("torch.nn.functional.conv2d", "scipy.signal.correlate2d"),
    ("dwsep_helpers.conv2d", "dwsep_helpers.cost.conv2d_cost"),
)
FEW = 40  # whole numbers, which a message shows
_ARRAY = textwrap.TextWrapper(
    NARROW, initial_indent=4 * " ", subsequent_indent=8 * " ", break_long_words=False
)

_HEADLINES = {
    Outcome.NOT_ATTEMPTED: "not attempted yet.",
    Outcome.CRASHED: "your code raised an error.",
    Outcome.WRONG_TYPE: "wrong type.",
    Outcome.WRONG_SHAPE: "wrong shape.",
    Outcome.WRONG_VALUES: "wrong values.",
    Outcome.CHANGED_INPUT: "right values, but the function changed its input.",
    Outcome.REMEMBERS: "the answer depends on earlier calls.",
    Outcome.SHORTCUT: "a shortcut, where the point is to write it yourself.",
    Outcome.ELSEWHERE: "it runs a function that isn't in this notebook.",
    Outcome.NOT_VECTORIZED: "right values, but not vectorized.",
    Outcome.WASTEFUL: "right values, with more work than it takes.",
}


def message(exercise: Exercise, verdict: Verdict, first: str = "") -> str:
    """Put a message together: headline, the mistake's name, what happened, the hint.

    What is to be done ``first``, before any hint can help, stands below the headline.
    """
    if verdict.outcome is Outcome.PASSED:
        return _passed(exercise, verdict)
    lines = [f"Exercise {exercise.number}, {exercise.name}: {_HEADLINES[verdict.outcome]}"]
    lines += [first, ""] if first else []
    if verdict.mistake is not None:
        lines += [looks_like(exercise, verdict.mistake), ""]
    if verdict.case and not isinstance(verdict.difference, _OF_NO_CALL):
        lines += [tried(exercise, verdict.case)]
    lines += said(verdict.difference, exercise)
    if verdict.mistake is None and _is_half(verdict.difference):
        lines += ["Yours is float16, which keeps three digits: float32 or float64 would keep more."]
    lines += _pairs(exercise, verdict)
    if (hint := hint_that_helps(exercise, verdict)) is not None and not first:
        lines += [open_hint(exercise, hint)]
    return "\n".join(lines)


def headline(outcome: Outcome) -> str:
    """Say in a few words how a check ended."""
    return _HEADLINES.get(outcome, "passed.")


def looks_like(exercise: Exercise, mistake: str) -> str:
    """Name a known mistake, and say what it is."""
    known = exercise.mistake(mistake)
    return f"This looks like {known.name}. {known.says}"


def open_hint(exercise: Exercise, hint: int) -> str:
    """Say which hint to open."""
    return f"Hint {hint} of exercise {exercise.number} may help."


def judged_with(functions: str) -> str:
    """Say which of the course's functions stood in while a function was judged."""
    return f"Judged with the course's {functions} in place of yours."


def hint_that_helps(exercise: Exercise, verdict: Verdict) -> int | None:
    """Return which hint to open, None where another thing comes first."""
    tried = verdict.is_try or verdict.outcome is Outcome.NOT_ATTEMPTED
    return verdict.hint if tried and not _pairs(exercise, verdict) else None


def _pairs(exercise: Exercise, verdict: Verdict) -> list[str]:
    return of_pairs(exercise, verdict) if verdict.mistake is None else []


def earlier(exercise: Exercise, verdict: Verdict) -> str:
    """Say that a function of an earlier exercise, which this one calls, isn't right."""
    looks = f" {looks_like(exercise, verdict.mistake)}" if verdict.mistake is not None else ""
    return (
        f"It calls your `{exercise.name}`, which doesn't pass the check of exercise "
        f"{exercise.number}: {_HEADLINES[verdict.outcome]}{looks} Begin there."
    )


def transcript(verdict: Verdict) -> str:
    """Return what the function printed and warned about, cut to a readable length."""
    lines = verdict.printed.splitlines()
    cut = len(lines) > PRINTED_LINES or len(verdict.printed) > PRINTED_CHARACTERS
    parts = []
    if lines:
        shown = "\n".join(lines[:PRINTED_LINES])[:PRINTED_CHARACTERS]
        parts += ["Your function printed:", shown + ("\n…" if cut else "")]
    if verdict.warned:
        parts += ["Your function warned:", *map(_on_one_line, verdict.warned)]
    return "\n".join(parts)


def tried(exercise: Exercise, case: Case) -> str:
    """Return the call that was tried: shapes of arrays, numbers where they are few."""
    lines = [f"Tried {case.says}: {arguments(exercise, case)}"]
    named = exercise.named_arguments(case)
    arrays = {name: value for name, value in named.items() if isinstance(value, np.ndarray)}
    whole = all(value.dtype.kind in "iu" for value in arrays.values())
    if case.show or (whole and sum(value.size for value in arrays.values()) <= FEW):
        lines += [_ARRAY.fill(f"{name} = {value.tolist()}") for name, value in arrays.items()]
    return "\n".join(lines)


def arguments(exercise: Exercise, case: Case) -> str:
    """Return a case's arguments as text: the shapes of arrays, other arguments as they are."""
    named = exercise.named_arguments(case)
    return ", ".join(_argument(name, value) for name, value in named.items())


def _passed(exercise: Exercise, verdict: Verdict) -> str:
    title = f"Exercise {exercise.number}, {exercise.name}:"
    if verdict.strict:
        return f"{title} passed with other shapes and numbers too."
    more = f" {exercise.demand.praise}" if exercise.demand else ""
    return f"{title} passed. Well done!{more}\nTried: {'; '.join(verdict.tried)}."


def imports(exercises: Sequence[Exercise]) -> str:
    """Say which imports are welcome in the answers to some exercises, and what is off limits.

    Examples
    --------
    >>> from dwsep_helpers import checks
    >>> print(imports([checks.conv2d_macs, checks.conv2d])[-101:-46])
    except `dwsep_helpers.conv_output_size` (exercise 1.5).
    """
    numbers: dict[str, list[str]] = {}
    for exercise in exercises:
        for name in exercise.allows:
            said = "torch's convolution layers" if name[:6] == "torch." else f"`{name.lstrip('*')}`"
            if exercise.number not in numbers.setdefault(said, []):
                numbers[said].append(exercise.number)
    welcome: dict[tuple[str, ...], list[str]] = {}
    for said, where in numbers.items():
        welcome.setdefault(tuple(where), []).append(said)
    but = listed([f"{listed(names)} (exercise{'s' * (len(where) > 1)} {listed(where)})"
                   for where, names in welcome.items()])  # fmt: skip
    ready_made = dict.fromkeys(name for exercise in exercises for name in exercise.ready_made)
    convolutions, others = (
        listed([f"`{name}`" for name in names if all(e.forbids(name) for e in exercises)])
        for names in ((*OFF_LIMITS[0], *ready_made), OFF_LIMITS[1])
    )
    kind = "answers" if ready_made else "convolutions"
    return (
        "**Imports**: NumPy and the functions you write in this notebook are welcome in answers. "
        f"Ready-made {kind}, such as {convolutions}, and all that `dwsep_helpers` "
        f"computes, such as {others}, are off limits"
        + (f", except {but}." if but else ".")
        + " Leave arguments as they are: the checks look."
    )


# What a message says of each kind of difference.

_OF_NO_CALL = (NoFunction, OtherArguments, NotWritten, Shortcut, MoreLines, MoreMacs, MoreProducts)


@singledispatch
def said(difference: Any, exercise: Exercise) -> Sequence[str]:
    """Return a difference in words, line by line."""
    raise TypeError(f"there are no words for {difference!r}")


@said.register
def _(found: NoFunction, exercise: Exercise) -> Sequence[str]:
    name = exercise.name
    if found.kind == "check":
        return [f"That is a check. Give it your own function: `{name}`."]
    if found.kind == "class":
        return [f"`{found.thing}` is a class; a function is asked for."]
    return [
        f"The check takes the function itself, not what it returns: `checks.{name}({name})`. "
        f"It was given {found.thing}."
    ]


@said.register
def _(found: OtherArguments, exercise: Exercise) -> Sequence[str]:
    name = exercise.name
    return [
        f"It is called as `{name}{exercise.signature}`. Yours is `{name}{found.signature}`, and "
        f"Python says: {found.lacking}. Keep the first line of the stub as it was."
    ]


@said.register
def _(found: NotWritten, exercise: Exercise) -> Sequence[str]:
    name, helper = exercise.name, found.helper
    if helper is None:
        return [
            f"Write your code in `{name}` in place of `raise NotImplementedError`, "
            "run its cell, then this one."
        ]
    return [
        f"`{name}` calls `{helper}`, which is not written yet. "
        f"Write `{helper}` first, run its cell, then this one."
    ]


@said.register
def _(found: Raised, exercise: Exercise) -> Sequence[str]:
    lines, place = [_beginning(found.text)], found.place
    if place is not None:
        lines += [f"{place.cell}, line {place.line}, in {place.function}:"]
        lines += [f"    {place.source}"] if place.source else []
    return lines


@said.register
def _(found: WrongTypeError, exercise: Exercise) -> Sequence[str]:
    end = "" if str(found).endswith("?") else "."
    return [f"`{exercise.name}` returned {found}{end}"]


@said.register
def _(found: WrongShape, exercise: Exercise) -> Sequence[str]:
    want, got = found.expected, found.got
    axes = f", that is ({', '.join(exercise.axes)})" if exercise.axes else ""
    lines = [f"Expected shape {want}{axes}.", f"Got shape {got}."]
    if len(got) != len(want):
        return [*lines, f"Expected {_axes(len(want))}, got {_axes(len(got))}."]
    axis = next(i for i in range(len(want)) if want[i] != got[i])
    name = f" ({exercise.axes[axis]})" if exercise.axes else ""
    sizes = f"expected {want[axis]}, got {got[axis]}."
    return [*lines, f"The first axis to differ is axis {axis}{name}: {sizes}"]


@said.register
def _(found: WrongValues, exercise: Exercise) -> Sequence[str]:
    lines = []
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


@said.register
def _(found: ChangedInput, exercise: Exercise) -> Sequence[str]:
    names, copies = (
        listed([f"`{text}`" for text in texts])
        for texts in (found.names, [*map(_copy_of, found.names, found.kinds)])
    )
    were, them = ("was", "it") if len(found.names) == 1 else ("were", "them")
    return [
        f"Afterwards {names} {were} changed. Whoever calls your function still needs {them} as "
        f"before: work on {'a copy' if were == 'was' else 'copies'}, {copies}."
    ]


def _copy_of(name: str, kind: str) -> str:
    """Return the code that copies an argument."""
    ways = {"array": f"{name}.copy()", "tensor": f"{name}.clone()"}
    return ways.get(kind, f"copy.deepcopy({name})")


@said.register
def _(found: Remembers, exercise: Exercise) -> Sequence[str]:
    happened = {
        "differs": "Called twice with the same input, it gave two answers.",
        "stale": "The shapes are those of an earlier call and the numbers are others, and the "
        "answer is the earlier one.",
        "overwritten": "This call wrote into the array that the call before had returned.",
    }[found.how]
    return [
        f"{happened} An answer should depend on the arguments alone: look for what is kept "
        "between calls (a global, a default argument that is a list or an array, a cache), for "
        "random numbers, and for memory that is never written to (np.empty)."
    ]


@said.register
def _(found: Shortcut, exercise: Exercise) -> Sequence[str]:
    function = found.name.rpartition(".")[2]
    if found.name == f"mine.{function}":
        return [
            f"`{exercise.name}` ran `{found.name}`, which is yours. But a notebook is graded "
            f'alone: run `mine.copy("{function}")` in a cell above, which becomes your code; run '
            f"that, and call `{function}`."
        ]
    if found.name == f"dwsep_helpers.mine.{function}":
        return [
            f"`{exercise.name}` ran `mine.{function}`, which is the course's own function, since "
            "none of yours is kept here. Compute it with your own code."
        ]
    return [
        f"`{exercise.name}` ran `{found.name}`. "
        "Compute it with your own code and NumPy's array functions."
    ]


@said.register
def _(found: MoreLines, exercise: Exercise) -> Sequence[str]:
    over, them = "image", "rows and columns, all of them"
    if found.channels:
        over, them = "channels", "all of them"
    kernel = exercise.named_arguments(found.small)["weight"].shape[2:]
    fine = "" if kernel == (1, 1) else "; a loop over the few kernel offsets is fine"
    return [
        f"{found.few} lines of Python ran for {arguments(exercise, found.small)}.",
        f"{found.many} lines of Python ran for {arguments(exercise, found.large)}.",
        f"So a Python loop walks over the {over}. Let NumPy walk over {them} in one "
        f"operation{fine}.",
        "`map`, `sum`, `np.vectorize` and their like are loops too: each of their rounds counts as "
        "a line.",
    ]


@said.register
def _(found: MoreMacs, exercise: Exercise) -> Sequence[str]:
    pairs = zip(found.theirs, found.needed, strict=False)
    first = next((n for n, (their, our) in enumerate(pairs, 1) if their > our), None)
    size = "×".join(map(str, found.input_size))
    where = f", and the first to use more is convolution {first}" if first else ""
    return [
        f"For x of {size} it uses {sum(found.theirs):,} MACs; {sum(found.needed):,} are "
        f"enough{where}. Where is something computed that is then thrown away?"
    ]


@said.register
def _(found: MoreProducts, exercise: Exercise) -> Sequence[str]:
    return [
        f"{found.many:,} products with the pointwise weights for "
        f"{arguments(exercise, found.strided)}.",
        f"{found.few:,} for as many outputs without a stride: {arguments(exercise, found.plain)}.",
        "So you combine positions that the stride then drops; it should skip them in the "
        "depthwise stage.",
    ]


def _on_one_line(text: str, characters: int = ERROR_CHARACTERS) -> str:
    return _beginning(" ".join(text.split()), characters)


def _beginning(text: str, characters: int = ERROR_CHARACTERS) -> str:
    return text if len(text) <= characters else text[:characters] + " …"


def _argument(name: str, value: Any) -> str:
    if isinstance(value, dict) and value and all(map(_are_arrays, value.values())):
        layers = ", ".join(_argument(of, arrays) for of, arrays in value.items())
        return f"{name} of {_beginning(layers, ARGUMENT_CHARACTERS)}"
    if _are_arrays(value):
        return f"{name} {' and '.join(str(one.shape) for one in value)}"
    if not isinstance(value, np.ndarray):
        return f"{name}={_on_one_line(repr(value), ARGUMENT_CHARACTERS)}"
    dtype = "" if value.dtype == np.float64 else f" {value.dtype}"
    return f"{name} {value.shape}{dtype}"


def _are_arrays(value: Any) -> bool:
    """Whether a value is a tuple of arrays, as a layer's weight and bias are."""
    return isinstance(value, tuple) and value != () and all(type(v) is np.ndarray for v in value)


def _is_half(difference: Any) -> bool:
    return isinstance(difference, WrongValues) and isinstance(difference.got, np.float16)


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
