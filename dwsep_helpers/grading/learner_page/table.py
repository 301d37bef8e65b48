"""What a learner's page begins with: a row for each exercise, out of what grading noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dwsep_helpers.checks import messages
from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.grading.columns import columns
from dwsep_helpers.grading.metadata import NOTES

_LONGEST = 300  # characters of an error
WAITS, BY_HAND = "Waits to be read.", "Points given by hand."
TO_CONFIRM = "Points given by hand, before the work changed: to be confirmed."


@dataclass(frozen=True)
class Row:
    """An exercise, and what became of it.

    Attributes
    ----------
    key, name : str
        Its number, or its name in the gradebook; and what it is about.
    had : float or None
        The points, None while they wait to be given by hand.
    of : float
        The points that there are.
    optional : bool
        Whether they are in no sum.
    cell, place : int
        The graded cell; and where the exercise begins: the learner's answer if there is one.
    says : tuple of str
        What there is to say, sentence by sentence.
    comments : tuple of str
        What a person wrote to it, as Markdown.
    """

    key: str
    name: str
    had: float | None
    of: float
    optional: bool
    cell: int
    place: int
    says: tuple[str, ...]
    comments: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """How it went, in a word: ``"all"``, ``"some"``, ``"none"``, ``"waits"``."""
        if self.had is None:
            return "waits"
        return "all" if self.had >= self.of else "some" if self.had > 0 else "none"


@dataclass(frozen=True)
class Totals:
    """The sums below the rows: of all that counts, of what is optional, and what being late costs.

    Where nothing is optional, ``extra_of`` is 0.
    """

    had: float
    of: float
    extra: float
    extra_of: float
    late: float = 0
    waits: bool = False

    @property
    def final(self) -> float:
        """What is left after the penalty: being late costs no more than there is."""
        return max(0, round(self.had - self.late, 2))


def rows(cells: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return a row for each graded cell of a notebook, in the notebook's order.

    Parameters
    ----------
    cells : sequence of mapping
        As nbformat has them, with ``score``, ``points``, ``waits`` and ``by_hand`` in nbgrader's
        metadata, and comments.
    """
    known = columns(
        (about["grade_id"], cell["source"], cell["cell_type"])
        for cell in cells
        if (about := _about(cell)).get("grade") or about.get("task")
    )
    found: list[Row] = []
    answer: int | None = None
    comments: list[str] = []
    for place, cell in enumerate(cells):
        about = _about(cell)
        if about.get("comment"):
            comments.append(about["comment"])
        column = known.get(about.get("grade_id", ""))
        if column is None:
            if about.get("solution") and answer is None:
                answer = place
            continue
        waits, by_hand = about.get("waits"), about.get("by_hand")
        had = None if waits and not by_hand else float(about.get("score") or 0)
        says = [WAITS] if had is None else _said(cell, had >= float(about["points"]))
        if by_hand:
            says.append(TO_CONFIRM if waits else BY_HAND)
        first = place if answer is None else answer
        found.append(
            Row(
                column.key,
                column.name,
                had,
                float(about["points"]),
                column.optional,
                place,
                first,
                tuple(says),
                tuple(comments),
            )
        )
        answer, comments = None, []
    return found


def totals(table: Sequence[Row], late: float = 0) -> Totals:
    """Return the sums over an exercise's rows."""
    counted = [row for row in table if not row.optional]
    extra = [row for row in table if row.optional]
    return Totals(
        sum(row.had or 0 for row in counted),
        sum(row.of for row in counted),
        sum(row.had or 0 for row in extra),
        sum(row.of for row in extra),
        late,
        any(row.had is None for row in table),
    )


def _about(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    about = cell["metadata"].get("nbgrader")
    return about if isinstance(about, Mapping) else {}


def _said(cell: Mapping[str, Any], all_points: bool) -> list[str]:
    """Say how a graded cell ended: as its check found, else as Python says."""
    noted = cell["metadata"].get(NOTES) or {}
    if cell["cell_type"] != "code":
        return []
    if noted.get("why_no_answer"):
        return [f"No answer: {noted['why_no_answer']}."]
    exercise = _exercise(noted.get("exercise"))
    if exercise and noted.get("outcome") in [*Outcome]:
        outcome = Outcome(noted["outcome"])
        says = [_sentence(messages.headline(outcome))]
        if noted.get("mistake") in [mistake.name for mistake in exercise.mistakes]:
            says.append(messages.looks_like(exercise, noted["mistake"]))
        if (hint := str(noted.get("hint"))).isdecimal():
            says.append(messages.open_hint(exercise, int(hint)))
        if in_place := noted.get("in_place"):
            says.append(messages.judged_with(str(in_place)))
        return says
    errors = [one for one in cell["outputs"] if one["output_type"] == "error"]
    if errors:
        text = f"{errors[-1]['ename']}: {errors[-1]['evalue']}".removesuffix(": ")
        first = text.strip().partition("\n")[0]
        return [first if len(first) <= _LONGEST else f"{first[:_LONGEST]} …"]
    return [_sentence(messages.headline(Outcome.PASSED))] if all_points else []


def _exercise(name: Any) -> Exercise | None:
    from dwsep_helpers import checks

    found = getattr(checks, name, None) if isinstance(name, str) else None
    return found if isinstance(found, Exercise) else None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
