"""Predict, then run: a learner's predictions, what came out, and a recap of both.

A prediction is never graded and never leaves the learner's machine: :mod:`.entries` says where it
is kept. The questions are in the .toml files beside this one, by unit; :class:`Question` says what
each may have.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from dwsep_helpers import notebook
from dwsep_helpers.explorables.question import worded
from dwsep_helpers.predictions import entries, own_code
from dwsep_helpers.predictions.entries import Entry
from dwsep_helpers.predictions.forms import Form, Later
from dwsep_helpers.predictions.question import Question
from dwsep_helpers.predictions.recaps import Recap, row, surprised
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
_entries: dict[str, Entry] = {}
_forms: dict[str, Form] = {}  # those that show, by the question's id
_later: dict[str, Later] = {}  # reveals that ran before there was a prediction, by their ids


def predict(question_id: str, answer: str | float | None = None) -> None:
    """Ask for a prediction, to be held against what comes out.

    Parameters
    ----------
    question_id : str
        Such as ``"1.4"``.
    answer : str, number or None
        One of the question's letters, or a number where it asks for one. ``"skip"`` leaves the
        question out. Left out, the question shows, to be answered by a click; where no page can
        answer, in a script for instance, it is printed.

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
    entry = _entry(question)
    if answer is None:
        _ask_for(question, entry)
        return
    skipped = isinstance(answer, str) and answer.strip().lower() == SKIP
    predicted = None if skipped else question.read(answer)
    if entry.shown:
        if (predicted, skipped) != (entry.predicted, entry.skipped):
            print(_stays(question, entry))
        return
    if predicted is None:
        print(f"Prediction {question.id} is skipped. Read on to see what comes out.")
    else:
        noted = worded(question.options, predicted)
        print(f"Prediction {question.id} noted: {noted}. Read on to see what comes out.")
    _note(question, Entry(predicted, skipped=skipped))


def _ask_for(question: Question, entry: Entry) -> None:
    """Show a question, or print it where nobody clicks."""
    reads_along = READ_ALONG in os.environ
    if notebook.somebody_watches() or (reads_along and notebook.is_running()):
        form = _forms[question.id] = Form(question, lambda given: _answered(question, given))
        # What reading along shows anyway may lie in the page: then it answers without a kernel.
        form.show(entry, question.right() if reads_along else None)
    elif entry.shown:
        print(_stays(question, entry))
    else:
        print(question.in_words())


def _stays(question: Question, entry: Entry) -> str:
    kept = entry.predicted
    stays = worded(question.options, kept) if kept is not None else "skipped"
    return f"Prediction {question.id} stays {stays}: its outcome has been shown."


def _answered(question: Question, answer: Any) -> None:
    """Take what a page says; a ValueError where that is no answer."""
    if not _entry(question).shown:
        skipped = answer == SKIP
        _note(question, Entry(None if skipped else question.read(answer), skipped=skipped))


def _note(question: Question, entry: Entry) -> None:
    """Keep a prediction, and go on with what waited for it."""
    _entries[question.id] = entry
    entries.keep(question, entry)
    answered = [ids for ids in _later if not any(map(_is_open, _questions(ids)))]
    if not answered:
        _draw(question)
    for ids in answered:
        _later.pop(ids).run()


def _draw(*questions: Question) -> None:
    """Have the questions' forms show how far they are."""
    for question in questions:
        if question.id in _forms:
            _forms[question.id].draw(_entry(question))


def warm_up(unit: str) -> None:
    """Ask once more, and once, what came out otherwise than predicted in the unit before.

    Parameters
    ----------
    unit : str
        The digits of the unit that begins, such as ``"02"``.

    Notes
    -----
    Only where a person runs a notebook; elsewhere, and where nothing came out otherwise or all was
    asked again, nothing happens.
    """
    if not notebook.somebody_watches():
        return
    asked = [one for one in QUESTIONS.values() if int(one.unit) == int(unit) - 1]
    asked = [one for one in asked if not (entry := _entry(one)).again and surprised(one, entry)]
    if asked:
        print(f"To warm up, from unit {asked[0].unit}: what came out otherwise than you predicted.")
    for question in asked:
        _warm_up(question)


def _warm_up(question: Question) -> None:
    before = _entry(question)

    def answered(answer: Any) -> None:
        skipped = answer == SKIP
        now = Entry(None if skipped else question.read(answer), before.outcome, skipped, shown=True)
        before.again = True
        entries.keep(question, before)
        form.draw(now)

    form = Form(question, answered, again=True)
    form.show(Entry(), before.outcome)


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
    Nothing is shown before there is a prediction, or ``predict(…, "skip")``; once there is, it
    shows here without running the cell again. The questions' own cells show what came out, too. An
    error of the learner's code is put into words, and the notebook goes on.
    """
    questions = _questions(question_ids)
    if asked := [question for question in questions if _is_open(question)]:
        _ask_first(question_ids, asked, lambda: reveal(question_ids, yours, shows=shows))
        return None
    _later.pop(question_ids, None)
    for question in questions:
        _reveal(question, yours)
    _draw(*questions)
    try:
        return shows() if shows else None
    except NameError as error:
        if not (first := notebook.what_to_run(error.name or "")):
            raise
        notebook.say_once(first)
        return None


def _questions(question_ids: str) -> list[Question]:
    return [_question(question_id) for question_id in question_ids.split(" and ")]


def _entry(question: Question) -> Entry:
    """Return how far the learner is with a question, in this session or in an earlier one."""
    if question.id not in _entries:
        _entries[question.id] = entries.read(question)
    return _entries[question.id]


def _is_open(question: Question) -> bool:
    return _entry(question).is_open and READ_ALONG not in os.environ


def _ask_first(question_ids: str, asked: list[Question], go_on: Callable[[], Any]) -> None:
    """Ask for predictions; where a person can click, go on by itself when they are there."""
    said = "\n".join(wrapped(_ask(question)) for question in asked)
    if notebook.somebody_watches():
        later = _later[question_ids] = Later(said, go_on)
        later.show()
    else:
        print(said)


def _reveal(question: Question, yours: Any) -> None:
    if question.is_measured and yours is None:
        raise ValueError(f"outcome of prediction {question.id} is missing: it has to be measured")
    found, trouble = own_code.run(question, yours)
    outcome = found if question.is_measured else question.right()
    if outcome is None:
        print(wrapped(f"Nothing to reveal yet. {trouble}"))
        return
    entry = _entry(question)
    entry.shown = True
    if question.is_measured and (first := own_code.unchecked(question)):
        measured = worded(question.options, outcome)
        entry.note = f"Measured: {measured}. For it to count, {first}."
        print(wrapped(entry.note))
    else:
        if found is not None and not own_code.same(found, outcome):
            trouble = own_code.differs(question, worded(question.options, found))
        entry.outcome, entry.note = outcome, trouble
        came_out = question.outcome(outcome).in_words(question.options, entry.predicted)
        print(f"{wrapped(came_out)}\n{wrapped(question.why)}")
        if trouble:
            notebook.say_once(trouble)
    entries.keep(question, entry)


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
    return Recap(tuple(row(question, _entry(question)) for question in asked))


def _question(question_id: str) -> Question:
    try:
        return QUESTIONS[question_id]
    except KeyError:
        known = ", ".join(QUESTIONS)
        raise ValueError(f"question_id is {question_id!r}, and the questions are {known}") from None


def _ask(question: Question) -> str:
    """Ask for a prediction."""
    if notebook.somebody_watches():
        how = "answer or skip it in its cell above"
        if question.id not in _forms:
            how = "run its cell above, answer or skip it"
        return f"You haven't predicted {question.id} yet: {how}, and what comes out shows here."
    return (
        f"You haven't predicted {question.id} yet: run its cell, and answer there. In writing: "
        f'predict("{question.id}", …) with {question.form}, then run this cell again.\n'
        f'To go on without: predict("{question.id}", "{SKIP}").'
    )
