"""The scores of a class, exercise by exercise, out of nbgrader's gradebook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from nbgrader.api import (
    BaseCell,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import and_

from dwsep_helpers.grading import columns
from dwsep_helpers.grading.metadata import FAILED, GRADED, NOT_HANDED_IN, NOT_YET


@dataclass(frozen=True)
class Scores:
    """One submission's scores.

    Attributes
    ----------
    learner : str
        The student id.
    points : mapping of str to float or None
        By the exercise's number, such as ``"1.5"``, in the notebook's order. None waits to be
        graded by hand.
    optional : frozenset of str
        Exercises that are in no sum but their own.
    penalty : float
        What being late costs.
    status : str
        What became of the submission.
    to_confirm : tuple of str
        Exercises whose points a person gave, for work that changed since. They count as they are.
    submitted : datetime or None
        When it was handed in, in UTC; None where nobody knows.
    seconds_late : float
        After the deadline, with what the learner was granted.
    notebook : str
        Its id in the gradebook.
    """

    learner: str
    points: Mapping[str, float | None]
    optional: frozenset[str] = frozenset()
    penalty: float = 0
    status: str = GRADED
    to_confirm: tuple[str, ...] = ()
    submitted: datetime | None = None
    seconds_late: float = 0
    notebook: str = ""

    @property
    def points_count(self) -> bool:
        """Whether it was graded: one that failed, or was only begun, has none."""
        return self.status not in (FAILED, NOT_YET, NOT_HANDED_IN)

    @property
    def total(self) -> float:
        """The sum over the exercises, without optional ones and what waits to be graded."""
        return sum(p or 0 for number, p in self.points.items() if number not in self.optional)

    @property
    def final(self) -> float:
        """The total, less what being late costs."""
        return max(0, round(self.total - self.penalty, 2))

    @property
    def extra(self) -> float:
        """The sum over optional exercises."""
        return sum(p or 0 for number, p in self.points.items() if number in self.optional)


def exercises(database: str, unit: str) -> dict[str, float]:
    """Return the points that each exercise of a unit is worth, by its number.

    Parameters
    ----------
    database : str
        The gradebook's address, such as ``"sqlite:////path/gradebook.db"``.
    unit : str
        Such as ``"01_conv2d"``.
    """
    with Gradebook(database) as gradebook:
        return worth(gradebook, unit)[0]


def worth(gradebook: Gradebook, unit: str) -> tuple[dict[str, float], frozenset[str]]:
    """Return what a unit's exercises are worth, by number, and which of them are optional."""
    notebook = gradebook.find_notebook(unit, unit)
    numbers, optional = _numbers(notebook)
    return columns.in_order({numbers[c.name]: c.max_score for c in _graded(notebook)}), optional


def scores(database: str, unit: str) -> list[Scores]:
    """Return the scores of all whose unit the gradebook has, by student id.

    Where points that nbgrader gives by itself are missing, it was ended before it had saved them
    all, and the submission is not graded yet.

    Parameters
    ----------
    database : str
        The gradebook's address.
    unit : str
        Such as ``"01_conv2d"``.
    """
    with Gradebook(database) as gradebook:
        return read(gradebook, unit)


def read(gradebook: Gradebook, unit: str, learners: Collection[str] | None = None) -> list[Scores]:
    """Return the scores that an open gradebook has; see :func:`scores`.

    Parameters
    ----------
    gradebook : Gradebook
    unit : str
    learners : collection of str, optional
        All, if none are named.
    """
    notebook = gradebook.find_notebook(unit, unit)
    numbers, optional = _numbers(notebook)
    by_hand = {cell.name for cell in (*notebook.solution_cells, *notebook.task_cells)}
    # Two queries: through nbgrader's objects, thirty thousand learners take many minutes. Each
    # finds its rows by whole keys: so it's as fast where a database has old statistics.
    theirs = and_(
        SubmittedNotebook.assignment_id == SubmittedAssignment.id,
        SubmittedNotebook.notebook_id == notebook.id,
    )
    handed_in = (
        gradebook.db.query(
            SubmittedAssignment.student_id,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.extension,
            SubmittedNotebook.id,
            SubmittedNotebook.late_submission_penalty,
        )
        .outerjoin(SubmittedNotebook, theirs)
        .filter(SubmittedAssignment.assignment_id == notebook.assignment_id)
    )
    if learners is not None:
        handed_in = handed_in.filter(SubmittedAssignment.student_id.in_(learners))
    duedate = gradebook.find_assignment(unit).duedate
    about: dict[str, Scores] = {}
    whose: dict[str, str] = {}
    for learner, time, longer, own, penalty in handed_in:
        late = (time - duedate - (longer or timedelta())) if time and duedate else timedelta()
        late = max(0, late.total_seconds())
        about[learner] = Scores(learner, {}, optional, penalty or 0, notebook=own or "")
        about[learner] = replace(about[learner], submitted=time, seconds_late=late)
        if own:
            whose[own] = learner

    found = (
        gradebook.db.query(
            Grade.notebook_id,
            BaseCell.name,
            Grade.score,
            Grade.auto_score,
            Grade.needs_manual_grade,
            Grade.manual_score,
            Grade.extra_credit,
        )
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .filter(BaseCell.notebook_id == notebook.id)
    )
    if learners is not None:
        found = found.filter(Grade.notebook_id.in_(whose))
    points: dict[str, dict[str, float | None]] = defaultdict(dict)
    confirm: dict[str, list[str]] = defaultdict(list)
    begun, with_grades = set(), set()
    for own, cell, score, by_itself, waits, given, extra in found:
        if (learner := whose.get(own)) is None:  # handed in since the first query
            continue
        with_grades.add(learner)
        if waits is None or (by_itself is None and cell not in by_hand):
            begun.add(learner)
        if number := numbers.get(cell):
            by_a_person = given is not None or (extra and by_itself is not None)
            points[learner][number] = None if waits and not by_a_person else score
            if waits and by_a_person:
                confirm[learner].append(number)
    begun |= about.keys() - with_grades
    return [
        replace(
            about[one],
            points=(had := columns.in_order(points[one])),
            to_confirm=tuple(number for number in had if number in confirm[one]),
            status=NOT_YET if one in begun else GRADED,
        )
        for one in sorted(about)
    ]


def with_status(
    rows: Sequence[Scores],
    statuses: Mapping[str, str],
    worth: Mapping[str, float],
    graded: Collection[str] | None = None,
) -> list[Scores]:
    """Return rows that say what became of each submission, with one for each that failed.

    Points are left to those alone that were graded.

    Parameters
    ----------
    rows : sequence of Scores
    statuses : mapping of str to str
        By learner, as far as they are known.
    worth : mapping of str to float
        The exercises' points.
    graded : collection of str, optional
        Who has a graded notebook, which is written once all points are saved. Without it, all
        whose points the gradebook has.
    """
    optional = rows[0].optional if rows else frozenset()
    nothing = dict.fromkeys(worth)
    known = {row.learner: row for row in rows}
    said = {one: statuses.get(one, GRADED) for one in known}
    for row in rows:
        if not row.points_count or (graded is not None and row.learner not in graded):
            said[row.learner] = NOT_YET
    said |= {one: status for one, status in statuses.items() if status == FAILED}
    return [
        Scores(one, nothing, optional, status=status)
        if status in (FAILED, NOT_YET)
        else replace(known[one], status=status)
        for one, status in sorted(said.items())
    ]


def table(worth: Mapping[str, float], rows: Sequence[Scores]) -> str:
    """Return the scores as text in aligned columns.

    Examples
    --------
    >>> print(table({"1.1": 3, "1.2": 4}, [Scores("someone", {"1.1": 3, "1.2": 0.5})]))
             1.1  1.2  total
    someone    3  0.5    3.5
    of         3    4      7
    """
    optional = rows[0].optional if rows else frozenset()
    lines = [("", *worth, "total", *(["optional"] if optional else []))]
    for one in [*rows, Scores("of", worth, optional)]:
        points = ("…" if (p := one.points.get(n)) is None else f"{p:g}" for n in worth)
        extra = [f"{one.extra:g}"] if optional else []
        lines.append((one.learner, *points, f"{one.total:g}", *extra))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    waits = any(points is None for one in rows for points in one.points.values())
    text = "\n".join(
        "  ".join(
            [first.ljust(widths[0])] + [x.rjust(w) for x, w in zip(rest, widths[1:], strict=True)]
        )
        for first, *rest in lines
    )
    return text + "\n… waits to be graded by hand" * waits


def _numbers(notebook: Notebook) -> tuple[dict[str, str], frozenset[str]]:
    """Return what the exercises are called by grade id, and which of them are optional."""
    kinds = {cell.name: cell.cell_type for cell in _graded(notebook)}
    cells = (c for c in notebook.source_cells if c.name in kinds)
    known = columns.columns((c.name, c.source or "", kinds[c.name]) for c in cells)
    numbers = {name: known[name].key if name in known else name for name in kinds}
    return numbers, frozenset(one.key for one in known.values() if one.optional)


def _graded(notebook: Notebook) -> list[GradeCell | TaskCell]:
    return [*notebook.grade_cells, *notebook.task_cells]
