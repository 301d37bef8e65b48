"""Until when a unit may be handed in: by the class, and by one learner."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment
from nbgrader.plugins import LateSubmissionPlugin

from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.points.late import settle
from dwsep_helpers.grading.points.tables import Extension

_END_OF_DAY = time(23, 59)


def moment(text: str, zone: tzinfo | None = None) -> datetime:
    """Return the moment that a text names.

    Parameters
    ----------
    text : str
        A date, a time, and a zone; without a time, 23:59.
    zone : tzinfo, optional
        Counts if the text has none; by default this machine's.

    Raises
    ------
    WrongCall
        If it can't be read.

    Examples
    --------
    >>> moment("2026-12-01 18:00 Europe/Berlin").astimezone(UTC).isoformat()
    '2026-12-01T17:00:00+00:00'
    >>> moment("2026-12-01", UTC).isoformat()
    '2026-12-01T23:59:00+00:00'
    """
    when, _, last = text.strip().rpartition(" ")
    if when and re.match(r"[A-Za-z]", last):
        try:
            zone = ZoneInfo(last)
        except (KeyError, ValueError, OSError):
            raise WrongCall(f"there is no time zone {last!r}; one is Europe/Berlin") from None
    else:
        when = text.strip()
    try:
        with suppress(ValueError):
            when = f"{date.fromisoformat(when)} {_END_OF_DAY}"
        found = datetime.fromisoformat(when)
        if not found.tzinfo:
            found = found.replace(tzinfo=zone) if zone else found.astimezone()
        found.astimezone(UTC)  # in which it is stored
    except (ValueError, OverflowError):
        raise WrongCall(
            f"{text!r} is no time; it should look like '2026-12-01 23:59 Europe/Berlin'"
        ) from None
    return found


def told(moment: datetime) -> str:
    """Return a moment with its zone, and in UTC.

    Examples
    --------
    >>> told(datetime(2026, 12, 1, 18, tzinfo=ZoneInfo("Europe/Berlin")))
    '2026-12-01 18:00 CET (2026-12-01 17:00 UTC)'
    """
    utc = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    own = f"{moment:%Y-%m-%d %H:%M %Z}"
    return utc if own == utc else f"{own} ({utc})"


def stored(moment: datetime) -> datetime:
    """Return a moment as nbgrader stores it: in UTC, without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def move(
    gradebook: Gradebook,
    unit: str,
    due: datetime | None,
    learners: Collection[str],
    rule: LateSubmissionPlugin,
) -> int:
    """Set a deadline, and settle the penalties of all who are graded already.

    Parameters
    ----------
    gradebook : Gradebook
    unit : str
    due : datetime or None
        None takes the deadline away, or what the learners were granted.
    learners : collection of str
        Whose deadline it is; the class's if there are none.
    rule : LateSubmissionPlugin

    Returns
    -------
    int
        How many penalties changed.

    Raises
    ------
    WrongCall
        If learners are granted more time than a class without a deadline has, or less than others.
    """
    assignment = gradebook.db.query(Assignment).filter(Assignment.name == unit).one()
    if not learners:
        assignment.duedate = due and stored(due)
        if not due:  # nbgrader counts an extension from the deadline on
            for one in _submissions(gradebook, unit):
                one.extension = None
        return settle(gradebook, unit, rule)
    if due and not assignment.duedate:
        raise WrongCall(f"{unit} has no deadline, so nobody needs a later one")
    if due and stored(due) < assignment.duedate:
        raise WrongCall(
            f"{told(due)} is before the class's deadline, "
            f"{told(assignment.duedate.replace(tzinfo=UTC))}: a learner's own should be later"
        )
    for learner in learners:
        if due:
            gradebook.db.merge(Extension(unit=unit, learner=learner, due=stored(due)))
        elif granted := gradebook.db.get(Extension, (unit, learner)):
            gradebook.db.delete(granted)
    if not due:
        for one in _submissions(gradebook, unit):
            if one.student_id in learners:
                one.extension = None
    gradebook.db.flush()
    return settle(gradebook, unit, rule, learners)


def all_of(gradebook: Gradebook, unit: str) -> tuple[datetime | None, dict[str, datetime]]:
    """Return the class's deadline of a unit, and those of learners who have another one."""
    due = gradebook.db.query(Assignment.duedate).filter(Assignment.name == unit).scalar()
    granted = gradebook.db.query(Extension).filter(Extension.unit == unit)
    others = {one.learner: one.due.replace(tzinfo=UTC) for one in granted}
    return due and due.replace(tzinfo=UTC), others


def _submissions(gradebook: Gradebook, unit: str) -> list[SubmittedAssignment]:
    found = gradebook.db.query(SubmittedAssignment).join(SubmittedAssignment.assignment)
    return found.filter(Assignment.name == unit, SubmittedAssignment.extension.isnot(None)).all()
