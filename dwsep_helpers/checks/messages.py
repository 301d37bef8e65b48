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
    Combined,
    Evaded,
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
from dwsep_helpers.translation import Phrase, phrase_n, say, say_n
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
    Outcome.PASSED: Phrase("passed."),
    Outcome.NOT_ATTEMPTED: Phrase("not attempted yet."),
    Outcome.CRASHED: Phrase("your code raised an error."),
    Outcome.WRONG_TYPE: Phrase("wrong type."),
    Outcome.WRONG_SHAPE: Phrase("wrong shape."),
    Outcome.WRONG_VALUES: Phrase("wrong values."),
    Outcome.CHANGED_INPUT: Phrase("right values, but the function changed its input."),
    Outcome.REMEMBERS: Phrase("the answer depends on earlier calls."),
    Outcome.SHORTCUT: Phrase("a shortcut, where the point is to write it yourself."),
    Outcome.ELSEWHERE: Phrase("it runs a function that isn't in this notebook."),
    Outcome.NOT_VECTORIZED: Phrase("right values, but not vectorized."),
    Outcome.WASTEFUL: Phrase("right values, with more work than it takes."),
}


def message(exercise: Exercise, verdict: Verdict, first: str = "") -> str:
    """Put a message together: headline, the mistake's name, what happened, the hint.

    What is to be done ``first``, before any hint can help, stands below the headline.
    """
    if verdict.outcome is Outcome.PASSED:
        return _passed(exercise, verdict)
    about = {"number": exercise.number, "name": exercise.name}
    headline = _HEADLINES[verdict.outcome]
    lines = [say("Exercise {number}, {name}: {headline}", **about, headline=headline)]
    lines += [first, ""] if first else []
    if verdict.mistake is not None:
        lines += [looks_like(exercise, verdict.mistake, verdict.sure), ""]
    if verdict.case and not isinstance(verdict.difference, _OF_NO_CALL):
        lines += [tried(exercise, verdict.case)]
    lines += said(verdict.difference, exercise)
    if verdict.mistake is None and _is_half(verdict.difference):
        half = say(
            "Yours is float16, which keeps three digits: float32 or float64 would keep more."
        )
        lines += [half]
    lines += _pairs(exercise, verdict)
    if (hint := hint_that_helps(exercise, verdict)) is not None and not first:
        lines += [open_hint(exercise, hint)]
    return "\n".join(lines)


def headline(outcome: Outcome) -> str:
    """Say in a few words how a check ended."""
    return say(_HEADLINES[outcome])


def open_hint(exercise: Exercise, hint: int) -> str:
    """Say which hint to open."""
    return say("Hint {hint} of exercise {number} may help.", hint=hint, number=exercise.number)


def judged_with(functions: str) -> str:
    """Say which of the course's functions stood in while a function was judged."""
    return say("Judged with the course's {functions} in place of yours.", functions=functions)


def hint_that_helps(exercise: Exercise, verdict: Verdict) -> int | None:
    """Return which hint to open, None where another thing comes first."""
    tried = verdict.is_try or verdict.outcome is Outcome.NOT_ATTEMPTED
    return verdict.hint if tried and not _pairs(exercise, verdict) else None


def _pairs(exercise: Exercise, verdict: Verdict) -> list[str]:
    return of_pairs(exercise, verdict) if verdict.mistake is None else []


def earlier(exercise: Exercise, verdict: Verdict) -> str:
    """Say that a function of an earlier exercise, which this one calls, isn't right."""
    about = {"name": exercise.name, "number": exercise.number}
    about["headline"] = _HEADLINES[verdict.outcome]
    if verdict.mistake is None:
        return say(
            "It calls your `{name}`, which doesn't pass the check of exercise "
            "{number}: {headline} Begin there.",
            **about,
        )
    return say(
        "It calls your `{name}`, which doesn't pass the check of exercise "
        "{number}: {headline} {looks_like} Begin there.",
        **about,
        looks_like=looks_like(exercise, verdict.mistake, verdict.sure),
    )


def looks_like(exercise: Exercise, mistake: str, sure: bool = True) -> str:
    """Name a known mistake, and say what it is; ``sure`` if it gives the answer to every case."""
    known = exercise.mistake(mistake)
    about = {"mistake": Phrase(known.name), "says": Phrase(known.says)}
    if sure:
        return say("This looks like {mistake}. {says}", **about)
    return say("This looks like {mistake}, though not in every case. {says}", **about)


def transcript(verdict: Verdict) -> str:
    """Return what the function printed and warned about, cut to a readable length."""
    lines = verdict.printed.splitlines()
    cut = len(lines) > PRINTED_LINES or len(verdict.printed) > PRINTED_CHARACTERS
    parts = []
    if lines:
        shown = "\n".join(lines[:PRINTED_LINES])[:PRINTED_CHARACTERS]
        parts += [say("Your function printed:"), shown + ("\n…" if cut else "")]
    if verdict.warned:
        parts += [say("Your function warned:"), *map(_on_one_line, verdict.warned)]
    return "\n".join(parts)


def tried(exercise: Exercise, case: Case) -> str:
    """Return the call that was tried: shapes of arrays, numbers where they are few."""
    call = arguments(exercise, case)
    lines = [say("Tried {case}: {arguments}", case=Phrase(case.says), arguments=call)]
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
    about = {"number": exercise.number, "name": exercise.name}
    if verdict.strict:
        return say("Exercise {number}, {name}: passed with other shapes and numbers too.", **about)
    more = f" {say(exercise.demand.praise)}" if exercise.demand else ""
    passed = say("Exercise {number}, {name}: passed. Well done!", **about)
    cases = "; ".join(map(say, verdict.tried))
    return f"{passed}{more}\n" + say("Tried: {cases}.", cases=cases)


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

_OF_NO_CALL = (
    *(NoFunction, OtherArguments, NotWritten, Shortcut),
    *(MoreLines, MoreMacs, MoreProducts, Combined, Evaded),
)


@singledispatch
def said(difference: Any, exercise: Exercise) -> Sequence[str]:
    """Return a difference in words, line by line."""
    raise TypeError(f"there are no words for {difference!r}")


@said.register
def _(found: NoFunction, exercise: Exercise) -> Sequence[str]:
    name = exercise.name
    if found.kind == "check":
        return [say("That is a check. Give it your own function: `{name}`.", name=name)]
    if found.kind == "class":
        return [say("`{name}` is a class; a function is asked for.", name=found.thing)]
    said = say(
        "The check takes the function itself, not what it returns: `checks.{name}({name})`. "
        "It was given {thing}.",
        name=name,
        thing=found.thing,
    )
    return [said]


@said.register
def _(found: OtherArguments, exercise: Exercise) -> Sequence[str]:
    said = say(
        "It is called as `{asked}`. Yours is `{yours}`, and "
        "Python says: {error}. Keep the first line of the stub as it was.",
        asked=f"{exercise.name}{exercise.signature}",
        yours=f"{exercise.name}{found.signature}",
        error=found.lacking,
    )
    return [said]


@said.register
def _(found: NotWritten, exercise: Exercise) -> Sequence[str]:
    name, helper = exercise.name, found.helper
    if helper is None:
        said = say(
            "Write your code in `{name}` in place of `raise NotImplementedError`, "
            "run its cell, then this one.",
            name=name,
        )
    else:
        said = say(
            "`{name}` calls `{helper}`, which is not written yet. "
            "Write `{helper}` first, run its cell, then this one.",
            name=name,
            helper=helper,
        )
    return [said]


@said.register
def _(found: Raised, exercise: Exercise) -> Sequence[str]:
    lines, place = [_beginning(found.text)], found.place
    if place is not None:
        where = {"cell": place.cell, "line": place.line, "function": place.function}
        lines += [say("{cell}, line {line}, in {function}:", **where)]
        lines += [f"    {place.source}"] if place.source else []
    return lines


@said.register
def _(found: WrongTypeError, exercise: Exercise) -> Sequence[str]:
    about = {"name": exercise.name, "what": Phrase(found.args[0])}
    if str(found).endswith("?"):
        return [say("`{name}` returned {what}", **about)]
    return [say("`{name}` returned {what}.", **about)]


@said.register
def _(found: WrongShape, exercise: Exercise) -> Sequence[str]:
    want, got = found.expected, found.got
    if exercise.axes and want:
        axes = f"({', '.join(exercise.axes)})"
        lines = [say("Expected shape {shape}, that is {axes}.", shape=want, axes=axes)]
    else:
        lines = [say("Expected shape {shape}.", shape=want)]
    lines += [say("Got shape {shape}.", shape=got)]
    if len(got) != len(want):
        counts = {"expected": _axes(len(want)), "got": _axes(len(got))}
        return [*lines, say("Expected {expected}, got {got}.", **counts)]
    axis = next(i for i in range(len(want)) if want[i] != got[i])
    which = f"{axis} ({exercise.axes[axis]})" if exercise.axes else axis
    said = say(
        "The first axis to differ is axis {axis}: expected {expected}, got {got}.",
        axis=which,
        expected=want[axis],
        got=got[axis],
    )
    return [*lines, said]


@said.register
def _(found: WrongValues, exercise: Exercise) -> Sequence[str]:
    lines = []
    expected, got = _numbers(found.expected, found.got)
    if found.index:
        where = f"[{', '.join(map(str, found.index))}]"
        if exercise.axes:
            axes = f"({', '.join(exercise.axes)})"
            lines += [say("First wrong value at {where}, axes {axes}:", where=where, axes=axes)]
        else:
            lines += [say("First wrong value at {where}:", where=where)]
    labels = say("expected"), say("got")
    width = max(map(len, labels))
    pairs = zip(labels, (expected, got), strict=True)
    lines += [f"    {label:{width}} {number}" for label, number in pairs]
    if found.total > 1:
        lines += [say("Wrong: {wrong} of {total} values.", wrong=found.wrong, total=found.total)]
    if isinstance(found.got, float | np.floating) and np.isnan(found.got):
        lines += [say("nan is no number: it comes from 0/0, inf/inf or memory never written to.")]
    return lines


@said.register
def _(found: ChangedInput, exercise: Exercise) -> Sequence[str]:
    names, copies = (
        listed([f"`{text}`" for text in texts])
        for texts in (found.names, [*map(_copy_of, found.names, found.kinds)])
    )
    said = say_n(
        "Afterwards {names} was changed. Whoever calls your function still needs it as "
        "before: work on a copy, {copies}.",
        "Afterwards {names} were changed. Whoever calls your function still needs them as "
        "before: work on copies, {copies}.",
        len(found.names),
        names=names,
        copies=copies,
    )
    return [said]


def _copy_of(name: str, kind: str) -> str:
    """Return the code that copies an argument."""
    ways = {"array": f"{name}.copy()", "tensor": f"{name}.clone()"}
    return ways.get(kind, f"copy.deepcopy({name})")


@said.register
def _(found: Remembers, exercise: Exercise) -> Sequence[str]:
    happened = {
        "differs": Phrase("Called twice with the same input, it gave two answers."),
        "stale": Phrase(
            "The shapes are those of an earlier call and the numbers are others, and the "
            "answer is the earlier one."
        ),
        "overwritten": Phrase("This call wrote into the array that the call before had returned."),
    }[found.how]
    if found.error:
        happened = Phrase(
            "Called twice with the same input, it gave an answer once, and once an error, {error}.",
            error=found.error.rstrip("."),
        )
    said = say(
        "{happened} An answer should depend on the arguments alone: look for what is kept "
        "between calls (a global, a default argument that is a list or an array, a cache), for "
        "random numbers, and for memory that is never written to (np.empty).",
        happened=happened,
    )
    return [said]


@said.register
def _(found: Shortcut, exercise: Exercise) -> Sequence[str]:
    function = found.name.rpartition(".")[2]
    about = {"name": exercise.name, "function": function}
    if found.name == f"mine.{function}":
        said = say(
            "`{name}` ran `mine.{function}`, which is yours. But a notebook is graded "
            'alone: run `mine.copy("{function}")` in a cell above, which becomes your code; run '
            "that, and call `{function}`.",
            **about,
        )
    elif found.name == f"dwsep_helpers.mine.{function}":
        said = say(
            "`{name}` ran `mine.{function}`, which is the course's own function, since "
            "none of yours is kept here. Compute it with your own code.",
            **about,
        )
    else:
        of_torch = any(one.startswith("torch.") for one in exercise.allows)
        tools = Phrase("torch's layers") if of_torch else Phrase("NumPy's array functions")
        said = say(
            "`{name}` ran `{function}`. Compute it with your own code and {tools}.",
            name=exercise.name,
            function=found.name,
            tools=tools,
        )
    return [said]


@said.register
def _(found: MoreLines, exercise: Exercise) -> Sequence[str]:
    walks = _OVER_CHANNELS if found.channels else _OVER_THE_IMAGE
    kernel = exercise.named_arguments(found.small)["weight"].shape[2:]
    ran = ((found.few, found.small), (found.many, found.large))
    return [
        *(
            say_n(
                "{n} line of Python ran for {arguments}.",
                "{n} lines of Python ran for {arguments}.",
                lines,
                arguments=arguments(exercise, case),
            )
            for lines, case in ran
        ),
        say(walks[kernel == (1, 1)]),
        say(
            "`map`, `sum`, `np.vectorize` and their like are loops too: each of their rounds "
            "counts as a line."
        ),
    ]


# Where a kernel has several offsets, and where it has one.
_OVER_THE_IMAGE = (
    Phrase(
        "So a Python loop walks over the image. Let NumPy walk over rows and columns, all of them "
        "in one operation; a loop over the few kernel offsets is fine."
    ),
    Phrase(
        "So a Python loop walks over the image. Let NumPy walk over rows and columns, all of them "
        "in one operation."
    ),
)
_OVER_CHANNELS = (
    Phrase(
        "So a Python loop walks over the channels. Let NumPy walk over all of them in one "
        "operation; a loop over the few kernel offsets is fine."
    ),
    Phrase(
        "So a Python loop walks over the channels. Let NumPy walk over all of them in one "
        "operation."
    ),
)


@said.register
def _(found: MoreMacs, exercise: Exercise) -> Sequence[str]:
    pairs = zip(found.theirs, found.needed, strict=False)
    first = next((n for n, (their, our) in enumerate(pairs, 1) if their > our), None)
    size = "×".join(map(str, found.input_size))
    about = {"size": size, "used": f"{sum(found.theirs):,}", "needed": f"{sum(found.needed):,}"}
    if first is None:
        said = say(
            "For x of {size} it uses {used} MACs; {needed} are "
            "enough. Where is something computed that is then thrown away?",
            **about,
        )
    else:
        said = say(
            "For x of {size} it uses {used} MACs; {needed} are "
            "enough, and the first to use more is convolution {first}. "
            "Where is something computed that is then thrown away?",
            **about,
            first=first,
        )
    return [said]


@said.register
def _(found: MoreProducts, exercise: Exercise) -> Sequence[str]:
    return [
        say(
            "{many} products with the pointwise weights for {arguments}.",
            many=f"{found.many:,}",
            arguments=arguments(exercise, found.strided),
        ),
        say(
            "{few} for as many outputs without a stride: {arguments}.",
            few=f"{found.few:,}",
            arguments=arguments(exercise, found.plain),
        ),
        _combines_all(),
    ]


def _combines_all() -> str:
    return say(
        "So you combine positions that the stride then drops; it should skip them in the "
        "depthwise stage."
    )


@said.register
def _(found: Combined, exercise: Exercise) -> Sequence[str]:
    return [
        say(
            "For {arguments} it computes {found} of the {dropped} numbers that the stride drops "
            "from the answer.",
            arguments=arguments(exercise, found.strided),
            found=f"{found.found:,}",
            dropped=f"{found.dropped:,}",
        ),
        _combines_all(),
    ]


@said.register
def _(found: Evaded, exercise: Exercise) -> Sequence[str]:
    return [
        say(
            "The answers were right until the work was measured. Then, for {arguments}, it gave "
            "another answer, raised an error, or turned off what looks at it (sys.settrace). It "
            "should run the same code whether or not it is looked at.",
            arguments=arguments(exercise, found.case),
        )
    ]


def _on_one_line(text: str, characters: int = ERROR_CHARACTERS) -> str:
    return _beginning(" ".join(text.split()), characters)


def _beginning(text: str, characters: int = ERROR_CHARACTERS) -> str:
    return text if len(text) <= characters else text[:characters] + " …"


def _argument(name: str, value: Any) -> str:
    if isinstance(value, dict) and value and all(map(_are_arrays, value.values())):
        layers = ", ".join(_argument(of, arrays) for of, arrays in value.items())
        return say("{name} of {layers}", name=name, layers=_beginning(layers, ARGUMENT_CHARACTERS))
    if _are_arrays(value):
        return f"{name} {say(listed([str(one.shape) for one in value]))}"
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


def _axes(n: int) -> Phrase:
    return phrase_n("{n} axis", "{n} axes", n) if n else Phrase("one number")
