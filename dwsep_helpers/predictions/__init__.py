"""Predict, then run: a learner's predictions, what came out, and a recap of both.

A prediction is kept for the session, never graded and never written to disk. The questions
are in the .toml files beside this one, by unit; :class:`Question` says what each may have.
"""

from __future__ import annotations

import math
import os
import reprlib
import textwrap
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dwsep_helpers import notebook
from dwsep_helpers.predictions.question import AnswerError, Question
from dwsep_helpers.predictions.recaps import SURPRISE, Recap
from dwsep_helpers.predictions.truths import TRUTHS
from dwsep_helpers.wrapping import wrapped

QUESTIONS: dict[str, Question] = {
    given["id"]: Question(**given, truth=TRUTHS.get(given["id"]))
    for unit in sorted(Path(__file__).parent.glob("unit_*.toml"))
    for given in tomllib.loads(unit.read_text("utf-8"))["questions"]
}
SKIP = "skip"
READ_ALONG = "DWSEP_READ_ALONG"  # set in the environment, outcomes show without a prediction
T = TypeVar("T")
_CHANGED = "it passed its check, so the cells above may hold other numbers than they did"


@dataclass
class _Entry:
    predicted: str | float | None = None
    outcome: str | float | None = None
    skipped: bool = False
    shown: bool = False  # whether something of the outcome was


_entries: dict[str, _Entry] = {}


def predict(question_id: str, answer: str | float | None = None) -> None:
    """Keep a prediction, to be held against what comes out.

    Parameters
    ----------
    question_id : str
        Such as ``"1.4"``.
    answer : str, number or None
        One of the question's letters, or a number where it asks for one. ``"skip"`` leaves the
        question out. None asks for a prediction and keeps nothing.

    Raises
    ------
    ValueError
        If there is no such question, or the answer is not of its form.

    Notes
    -----
    Once its outcome is shown, a prediction stays as it was.

    Examples
    --------
    >>> predict("1.1", 12)
    Prediction 1.1 noted: 12. Read on to see what comes out.
    """
    question = _question(question_id)
    entry = _entries.get(question.id, _Entry())
    if answer is None and not entry.shown:
        print(f"Prediction {question.id} is open: replace None by {question.form} and run again.")
        return
    skipped = isinstance(answer, str) and answer.strip().lower() == SKIP
    predicted = None if skipped or answer is None else question.read(answer)
    if entry.shown:
        if (predicted, skipped) != (entry.predicted, entry.skipped):
            kept = entry.predicted
            stays = _text(question, kept) if kept is not None else "skipped"
            print(f"Prediction {question.id} stays {stays}: its outcome has been shown.")
        return
    _entries[question.id] = _Entry(predicted, skipped=skipped)
    if predicted is None:
        print(f"Prediction {question.id} is skipped. Read on to see what comes out.")
    else:
        noted = _text(question, predicted)
        print(f"Prediction {question.id} noted: {noted}. Read on to see what comes out.")


def reveal(
    question_ids: str,
    yours: object | Callable[[], object] = None,
    *,
    shows: Callable[[], T] | None = None,
) -> T | None:
    """Show what comes out beside what was predicted.

    Parameters
    ----------
    question_ids : str
        Such as ``"1.4"``; or ``"5.4 and 5.5"``, which are revealed together.
    yours : number, letter or function without arguments, optional
        What the learner's own code says, or a function that runs it. The right answer doesn't
        depend on it: where the two differ, that is said. Where the answer has to be measured,
        this measures it, and it counts once the checks of that code have passed.
    shows : function without arguments, optional
        Prints or draws what the outcome can be seen from. What it returns is returned.

    Raises
    ------
    ValueError
        If there is no such question, or neither it nor the call knows what came out.

    Notes
    -----
    Nothing is shown before there is a prediction, or ``predict(…, "skip")``. An error of the
    learner's code is put into words, and the notebook goes on.
    """
    questions = [_question(question_id) for question_id in question_ids.split(" and ")]
    if asked := [question for question in questions if _is_open(question)]:
        print("\n".join(wrapped(_ask(question)) for question in asked))
        return None
    for question in questions:
        _reveal(question, yours)
    try:
        return shows() if shows else None
    except NameError as error:
        if not (first := notebook.what_to_run(error.name or "")):
            raise
        notebook.say_once(first)
        return None


def _is_open(question: Question) -> bool:
    entry = _entries.get(question.id, _Entry())
    return entry.predicted is None and not entry.skipped and READ_ALONG not in os.environ


def _reveal(question: Question, yours: Any) -> None:
    if question.is_measured and yours is None:
        raise ValueError(f"outcome of prediction {question.id} is missing: it has to be measured")
    found, trouble = _run(question, yours)
    outcome = found if question.is_measured else question.right()
    if outcome is None:
        print(wrapped(f"Nothing to reveal yet. {trouble}"))
        return
    entry = _entries.setdefault(question.id, _Entry())
    entry.shown = True
    if question.is_measured and (first := _unchecked(question)):
        print(wrapped(f"Measured: {_text(question, outcome)}. For it to count, {first}."))
        return
    if found is not None and not _same(found, outcome):
        trouble = _differs(question, _text(question, found))
    entry.outcome = outcome
    came_out = _came_out(question, entry.predicted, outcome)
    print("\n".join(wrapped(said) for said in (came_out, question.why) if said))
    if trouble:
        notebook.say_once(trouble)


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


def _question(question_id: str) -> Question:
    try:
        return QUESTIONS[question_id]
    except KeyError:
        known = ", ".join(QUESTIONS)
        raise ValueError(f"question_id is {question_id!r}, and the questions are {known}") from None


def _ask(question: Question) -> str:
    """Ask for a prediction."""
    return (
        f"You haven't predicted {question.id} yet: put {question.form} for None in its cell, "
        "run that, then this one.\n"
        f'To go on without: predict("{question.id}", "{SKIP}").'
    )


def _run(question: Question, yours: Any) -> tuple[str | float | None, str]:
    """Return what the learner's code says, and what to do where that is of no use."""
    if yours is None:
        return None, ""
    try:
        with notebook.patient():
            found = yours() if callable(yours) else yours
        return question.read(found), ""
    except AnswerError:
        return None, _differs(question, reprlib.repr(found))
    except NotImplementedError:
        return None, f"Write {notebook.to_write(question.needs)} to see your own code say so."
    except (Exception, SystemExit) as error:
        if isinstance(error, NameError) and (first := notebook.what_to_run(error.name or "")):
            return None, first
        said = textwrap.shorten(f"{type(error).__name__}: {error}", 200)
        return None, f"Your code raised {said}: {_unchecked(question) or _CHANGED}."


def _differs(question: Question, yours: str) -> str:
    """Say that the learner's code gives something else than the right answer."""
    first = _unchecked(question)
    if question.differs and not first:
        return question.differs.format(yours=yours)
    return f"Your function says {yours}: {first or _CHANGED}."


def _unchecked(question: Question) -> str:
    """Say which checks to run first of the code that a question needs; nothing if they passed."""
    open_ = [number for number in question.needs.split(" and ") if number not in notebook.passed]
    checks = f"check{'s' * (len(open_) > 1)}"
    return f"run the {checks} of {notebook.numbered(open_)} first" if open_ else ""


def _same(one: str | float, other: str | float) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return math.isclose(one, other, rel_tol=1e-6)


def _came_out(question: Question, predicted: str | float | None, outcome: str | float) -> str:
    came_out = _text(question, outcome)
    if predicted is None:
        return f"It is {came_out}."
    if predicted == outcome or _text(question, predicted) == came_out:
        return f"As you predicted, it is {came_out}."
    close = ", close" if question.agree(predicted, outcome) else ""
    return f"You predicted {_text(question, predicted)}. It is {came_out}{close}."


def _row(question: Question, entry: _Entry) -> tuple[str, str, str, str, str]:
    predicted, outcome = (
        "—" if value is None else _text(question, value)
        for value in (entry.predicted, entry.outcome)
    )
    if entry.skipped:
        predicted = "skipped"
    if entry.predicted is None or entry.outcome is None:
        verdict = ""
    else:
        verdict = "✓" if question.agree(entry.predicted, entry.outcome) else SURPRISE
    return question.id, question.about, predicted, outcome, verdict


def _text(question: Question, value: str | float) -> str:
    if isinstance(value, str):
        return f"{value} ({question.options[value]})"
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"
