"""Predict, then run: a learner's predictions, what came out, and a recap of both.

A prediction is kept for the session, never graded and never written to disk. The questions
are in the .toml files beside this one, by unit; :class:`Question` says what each may have.
"""

from __future__ import annotations

import html
import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dwsep_helpers.predictions.question import Question
from dwsep_helpers.wrapping import wrapped

QUESTIONS: dict[str, Question] = {
    given["id"]: Question(**given)
    for unit in sorted(Path(__file__).parent.glob("unit_*.toml"))
    for given in tomllib.loads(unit.read_text("utf-8"))["questions"]
}


@dataclass
class _Entry:
    predicted: str | float | None = None
    outcome: str | float | None = None


_entries: dict[str, _Entry] = {}


def predict(question_id: str, answer: str | float | None = None) -> None:
    """Keep a prediction, to be held against what comes out.

    Parameters
    ----------
    question_id : str
        Such as ``"1.4"``.
    answer : str, number or None
        One of the question's letters, or a number where it asks for one. None asks
        for a prediction and keeps nothing.

    Raises
    ------
    ValueError
        If there is no such question, or the answer is not of its form.

    Examples
    --------
    >>> predict("1.1", 12)
    Prediction 1.1 noted: 12. Read on to see what comes out.
    """
    question = _question(question_id)
    if answer is None:
        print(f"Prediction {question.id} is open: replace None by {question.form} and run again.")
        return
    entry = _entries.setdefault(question.id, _Entry())
    entry.predicted = question.read(answer)
    noted = _text(question, entry.predicted)
    print(f"Prediction {question.id} noted: {noted}. Read on to see what comes out.")


def reveal(question_id: str, outcome: object | Callable[[], object] = None) -> None:
    """Show what came out beside what was predicted.

    Parameters
    ----------
    question_id : str
        Such as ``"1.4"``.
    outcome : number, letter or function without arguments, optional
        What came out, or a function that finds out by running the learner's own code.
        Left out, the question's own answer.

    Raises
    ------
    ValueError
        If there is no such question, or neither it nor the call knows what came out.
    """
    question = _question(question_id)
    if callable(outcome):
        try:
            outcome = outcome()
        except NotImplementedError:
            print(f"Nothing to reveal yet: write exercise {question.needs} first.")
            return
    outcome = question.answer if outcome is None else outcome
    if outcome is None:
        raise ValueError(f"outcome of prediction {question.id} is missing: it has to be measured")
    entry = _entries.setdefault(question.id, _Entry())
    entry.outcome = question.read(outcome)
    came_out = f"It is {_text(question, entry.outcome)}"
    if entry.predicted is None:
        print(f"{came_out}. (You made no prediction: the next one is a new chance.)")
    else:
        seen = ": well seen" if question.agree(entry.predicted, entry.outcome) else ""
        print(f"You predicted {_text(question, entry.predicted)}. {came_out}{seen}.")
    print(wrapped(question.why))


def recap(unit: str) -> Recap:
    """Return the unit's predictions beside what came out, as a table.

    Parameters
    ----------
    unit : str
        The unit's two digits, such as ``"01"``.

    Returns
    -------
    Recap
        Shows itself in a notebook; ``print`` gives it as text.

    Raises
    ------
    ValueError
        If no unit of that number has predictions.
    """
    asked = [question for question in QUESTIONS.values() if question.unit == unit]
    if not asked:
        units = sorted({question.unit for question in QUESTIONS.values()})
        raise ValueError(f"unit is {unit!r}, and the units with predictions are {units}")
    return Recap(tuple(_row(question, _entries.get(question.id, _Entry())) for question in asked))


@dataclass(frozen=True)
class Recap:
    """Predictions and outcomes of a unit."""

    # For each question: its id, what it is about, the prediction, what came out, a verdict.
    rows: tuple[tuple[str, str, str, str, str], ...]
    header = ("", "about", "you predicted", "it came out as", "")

    @property
    def surprises(self) -> list[str]:
        """What the mispredicted questions were about."""
        return [about for _, about, _, _, verdict in self.rows if verdict == _SURPRISE]

    @property
    def summary(self) -> str:
        """One sentence on how it went, and about what."""
        made = sum(verdict != "" for *_, verdict in self.rows)
        if not made:
            return "No prediction was both made and revealed yet."
        if not self.surprises:
            return f"{made} of {made} as you predicted."
        again = f"Worth a second look: {'; '.join(self.surprises)}."
        return f"{made - len(self.surprises)} of {made} as you predicted. {again}"

    def __str__(self) -> str:
        table = [self.header, *self.rows]
        widths = [max(len(row[column]) for row in table) for column in range(5)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in table]
        return "\n".join([*lines, "", self.summary])

    def _repr_html_(self) -> str:
        def line(row: tuple[str, ...], cell: str) -> str:
            return "<tr>" + "".join(f"<{cell}>{html.escape(text)}</{cell}>" for text in row)

        body = "".join(line(row, "td") for row in self.rows)
        return (
            f"<table><thead>{line(self.header, 'th')}</thead><tbody>{body}</tbody></table>"
            f"<p>{html.escape(self.summary)}</p>"
        )

    def __repr__(self) -> str:
        return str(self)


_SURPRISE = "surprise"


def _question(question_id: str) -> Question:
    try:
        return QUESTIONS[question_id]
    except KeyError:
        known = ", ".join(QUESTIONS)
        raise ValueError(f"question_id is {question_id!r}, and the questions are {known}") from None


def _row(question: Question, entry: _Entry) -> tuple[str, str, str, str, str]:
    predicted, outcome = (
        "—" if value is None else _text(question, value)
        for value in (entry.predicted, entry.outcome)
    )
    if entry.predicted is None or entry.outcome is None:
        verdict = ""
    else:
        verdict = "✓" if question.agree(entry.predicted, entry.outcome) else _SURPRISE
    return question.id, question.about, predicted, outcome, verdict


def _text(question: Question, value: str | float) -> str:
    if isinstance(value, str):
        return f"{value} ({question.options[value]})"
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"
