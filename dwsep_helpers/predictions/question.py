"""What a prediction is asked about, and when it agrees with what came out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dwsep_helpers.explorables.question import Outcome, agree
from dwsep_helpers.wrapping import wrapped

# Digits in groups of three, and numbers: as a page's script reads them.
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}([,_\s]\d{3})+(\.\d*)?")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.ASCII | re.IGNORECASE)


class AnswerError(ValueError):
    """An answer that is not of its question's form. In a notebook it shows as one line."""

    def __init__(self, question: Question, answer: object):
        super().__init__(f"answer to {question.id} must be {question.form}, and {answer!r} is not")

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True)
class Question:
    """One question to predict on, by a letter or by a number."""

    id: str  # as the notebook prints it, such as "1.4"
    about: str  # what the recap calls it
    asks: str  # the question, understood without the notebook's text around it
    why: str  # one or two sentences shown with what came out
    options: dict[str, str] = field(default_factory=dict)  # letter and text; empty for a number
    answer: str | float | None = None  # None where it is computed or measured
    truth: Callable[[], Any] | None = None  # computes a whole number; None where it is measured
    within: float = 1.0  # a number agrees when it is off by at most this factor
    needs: str = ""  # the exercises whose code shows the outcome too, such as "1.5 and 1.7"
    differs: str = ""  # what to say of code that is right and still gives something else, {yours}

    @property
    def unit(self) -> str:
        """The unit's two digits."""
        return f"{int(self.id.split('.')[0]):02d}"

    @property
    def is_measured(self) -> bool:
        """Whether the learner's own code alone can tell what comes out."""
        return self.answer is None and self.truth is None

    def right(self) -> str | float | None:
        """Return the right answer, whatever the learner's code does; None where it's measured."""
        answer = self.truth() if self.truth else self.answer
        return None if answer is None else self.read(answer)

    @property
    def form(self) -> str:
        """What an answer looks like."""
        *others, last = (f'"{letter}"' for letter in self.options) if self.options else ("",)
        if others:
            return f"{', '.join(others)} or {last}"
        return "a whole number" if self.truth else "a number"

    def in_words(self) -> str:
        """Ask the question in a few lines of text."""
        how = f'predict("{self.id}", …) with {self.form}'
        options = [f"  {letter}  {text}" for letter, text in self.options.items()]
        lines = [f"Prediction {self.id} is open: {self.asks}", *options, f"Answer by {how}."]
        return "\n".join(map(wrapped, lines))

    def read(self, answer: Any) -> str | float:
        """Return the answer in its standard form, or raise a ValueError that names the form."""
        if self.options:
            letter = str(answer).strip().lower()
            if letter not in self.options:
                raise AnswerError(self, answer)
            return letter
        try:
            number = _number(answer) if isinstance(answer, str) else float(answer)
        except (TypeError, ValueError):
            raise AnswerError(self, answer) from None
        if not math.isfinite(number) or (self.truth and not number.is_integer()):
            raise AnswerError(self, answer)
        return number

    def agree(self, predicted: str | float, outcome: str | float) -> bool:
        """Whether the prediction counts as borne out."""
        return agree(predicted, outcome, self.within)

    def outcome(self, value: str | float) -> Outcome:
        """Return what came out, with why."""
        return Outcome(value, " ".join(self.why.split()), self.within)


def _number(written: str) -> float:
    """Return a number as a person writes it: 12.5, 1,200; a ValueError where it is none."""
    plain = written.strip().replace("−", "-")
    if _GROUPED.fullmatch(plain):
        plain = re.sub(r"[,_\s]", "", plain)
    if not _NUMBER.fullmatch(plain):
        raise ValueError(written)
    return float(plain)
