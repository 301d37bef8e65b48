"""A question to predict on, answered by a click, and in its place what came out."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dwsep_helpers.explorables.explorable import Explorable, Text
from dwsep_helpers.wrapping import wrapped

Answer = str | float


@dataclass(frozen=True)
class Outcome:
    """What came out of a question that was predicted on."""

    value: Answer  # an option's letter, or a number
    why: str  # in a sentence or two
    within: float = 1.0  # a number is called close when it is off by at most this factor

    def in_words(self, choices: Mapping[str, str], predicted: Answer | None) -> str:
        """Return it beside a prediction, if there is one."""
        right = worded(choices, self.value)
        if predicted is None:
            return f"It is {right}."
        if predicted == self.value or worded(choices, predicted) == right:
            return f"As you predicted, it is {right}."
        close = ", close" if agree(predicted, self.value, self.within) else ""
        return f"You predicted {worded(choices, predicted)}. It is {right}{close}."


@dataclass(frozen=True)
class State:
    """How far somebody got with a question."""

    predicted: Answer | None = None
    skipped: bool = False
    shown: bool = False  # whether something of the outcome was: then the prediction stays
    outcome: Outcome | None = None
    note: str = ""  # what else there is to say where the outcome shows


def question(
    name: str,
    about: str,
    asks: str,
    choices: Mapping[str, str] | None = None,
    *,
    whole: bool = False,
    again: bool = False,
    state: State = State(),
    received: Callable[[Any], None] | None = None,
) -> Explorable:
    """Return a question with options to choose from, or a field for a number.

    Parameters
    ----------
    name : str
        The question's number, such as ``"1.3"``.
    about : str
        What it is about, in a few words: its heading.
    asks : str
        The question itself, understood without what stands around it.
    choices : mapping of str to str, optional
        Letters and what they stand for. Left out, a number is asked for.
    whole : bool
        Whether the number has to be whole.
    again : bool
        Whether this is a warm-up: then the question shows too.
    state : State
        With an outcome that isn't shown yet, an answer shows it at once, without Python. It lies
        in the page, so it isn't given before it was shown.
    received : callable, optional
        Called with ``{"id": name, "answer": answer}``: a letter, a number or ``"skip"``.

    Raises
    ------
    ValueError
        If what was predicted, or came out, is no answer to the question.

    Examples
    --------
    >>> question("1.1", "one product", "How much is 2 times 3?", whole=True)
    Prediction 1.1: one product
    How much is 2 times 3? A whole number.
    """
    choices = dict(choices or {})
    for given in (state.predicted, state.outcome.value if state.outcome else None):
        if given is not None and not _is_answer(given, choices):
            form = f"one of {', '.join(choices)}" if choices else "a number"
            raise ValueError(f"an answer to {name} is {form}, and {given!r} is not")
    options = {
        "id": name,
        "about": about,
        "asks": asks,
        "again": again,
        "choices": list(choices.items()) or None,
        "whole": whole,
        "predicted": _plain(state.predicted),
        "skipped": state.skipped,
        "shown": state.shown,
        "outcome": state.outcome and {**vars(state.outcome), "value": _plain(state.outcome.value)},
        "note": state.note,
    }
    title = f"{'Warm-up' if again else 'Prediction'} {name}: {about}"
    return Explorable("question", options, _still(title, asks, choices, whole, state), received)


def worded(choices: Mapping[str, str], value: Answer) -> str:
    """Return an answer in words: the option with its letter, or a number of three digits at least.

    Examples
    --------
    >>> worded({"a": "none"}, "a"), worded({}, 1228800.0), worded({}, 0.0456789), worded({}, -3)
    ('a (none)', '1,228,800', '0.0457', '−3')
    """
    if isinstance(value, str):
        return f"{value} ({choices[value]})"
    digits = 0 if float(value).is_integer() else max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 100)}f}".replace("-", "−")


def agree(predicted: Answer, outcome: Answer, within: float) -> bool:
    """Whether a prediction is what came out, or a number off by at most a factor."""
    if isinstance(predicted, str) or isinstance(outcome, str) or predicted == outcome:
        return predicted == outcome
    low, high = sorted((predicted, outcome))
    return low > 0 and high <= within * low


def _is_answer(given: Answer, choices: Mapping[str, str]) -> bool:
    if choices or isinstance(given, str):
        return given in choices
    return math.isfinite(given)


def _plain(value: Answer | None) -> Answer | None:
    """Return a number as JSON has it: whole without a point, as the page writes it too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _still(title: str, asks: str, choices: Mapping[str, str], whole: bool, state: State) -> Text:
    form = "" if choices else f" A{' whole' * whole} number."
    said = [*_said(choices, state)]
    listed = "".join(f"<li><b>{one}</b> {html.escape(text)}</li>" for one, text in choices.items())
    page = [f"<p><b>{html.escape(title)}</b><br>{html.escape(asks + form)}</p>"]
    page += [f'<ul style="list-style: none">{listed}</ul>'] if choices else []
    page += [f"<p>{html.escape(one)}</p>" for one in said]
    lines = [title, asks + form, *(f"  {one}  {text}" for one, text in choices.items()), *said]
    return Text("".join(page), "\n".join(map(wrapped, lines)))


def _said(choices: Mapping[str, str], state: State) -> list[str]:
    if state.shown and state.outcome:
        said = [state.outcome.in_words(choices, state.predicted), state.outcome.why, state.note]
    elif state.predicted is not None:
        said = [f"You predicted {worded(choices, state.predicted)}.", state.note]
    else:
        said = ["Skipped." if state.skipped else "", state.note]
    return [one for one in said if one]
