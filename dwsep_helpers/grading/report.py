"""What a class did: points for each exercise, mistakes by name, a page for each learner."""

from __future__ import annotations

import csv
import json
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dwsep_helpers import checks
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.grading import names
from dwsep_helpers.grading.metadata import (
    FAILED,
    GRADED,
    NOT_HANDED_IN,
    NOT_YET,
    NOTHING,
    UNREADABLE,
    notes,
)
from dwsep_helpers.grading.scores import Scores

if TYPE_CHECKING:
    from dwsep_helpers.grading.people.roster import Person
    from dwsep_helpers.grading.points.gathered import UnitPoints


def write_csv(
    path: Path,
    unit: str,
    worth: Mapping[str, float],
    rows: Sequence[Scores],
    people: Mapping[str, Person] = {},
) -> None:
    """Write a table with a row for each learner and a column for each exercise.

    Parameters
    ----------
    path : Path
    unit : str
    worth : mapping of str to float
        The exercises' points.
    rows : sequence of Scores
        Points that wait to be graded by hand are left empty, and all of one that
        failed or isn't graded yet.
    people : mapping of str to Person, optional
        Who the learners are.
    """
    # With the mark that Excel knows UTF-8 by.
    with path.open("w", newline="", encoding="utf-8-sig", errors="backslashreplace") as file:
        writer = csv.writer(file)
        writer.writerow([*WHO, "unit", *worth, *SUMS])
        most = most_points(worth, rows)
        for row in rows:
            points = [row.points.get(number) for number in worth]
            sums = [row.total, row.extra] if row.points_count else [None, None]
            ends = [row.penalty, row.final] if row.points_count else [None, None]
            times = [time_of(row), late_by(row)]
            told = [*map(number, [*sums, most]), *times, *map(number, ends)]
            about = who(row.learner, people.get(row.learner))
            confirm = " ".join(row.to_confirm)
            writer.writerow([*about, unit, *map(number, points), *told, confirm, row.status])


WHO = ("learner", "name", "email", "section")
SUMS = ("total", "optional", "max", "submitted", "late", "penalty", "final", "to_confirm", "status")


def who(learner: str, person: Person | None) -> list[str]:
    """Return what a table's first columns say of a learner."""
    about = [person.name, person.email, person.section] if person else [""] * 3
    return [names.for_spreadsheet(names.shown(text)) for text in (learner, *about)]


def number(points: float | None) -> str:
    """Return points as a table has them: empty where there are none.

    Examples
    --------
    >>> number(13.0), number(1.25), number(None)
    ('13', '1.25', '')
    """
    return "" if points is None else f"{round(points, 2):.15g}"


def time_of(row: Scores) -> str:
    """Return when something was handed in; nothing where nobody knows."""
    return f"{row.submitted:%Y-%m-%d %H:%M:%S} UTC" if row.submitted else ""


def late_by(row: Scores) -> str:
    """Return how late something was handed in; nothing where it wasn't."""
    return str(timedelta(seconds=round(row.seconds_late))) if row.seconds_late else ""


def most_points(worth: Mapping[str, float], rows: Sequence[Scores]) -> float:
    """Return what a unit is worth, without optional exercises."""
    return sum(points for name, points in worth.items() if name not in _optional(rows))


def mistakes(autograded: Path, unit: str) -> dict[str, Counter[str]]:
    """Count by exercise how its check ended: a mistake's name, else an outcome's.

    Parameters
    ----------
    autograded : Path
        nbgrader's folder.
    unit : str
    """
    counts: dict[str, Counter[str]] = {}
    for path in sorted(autograded.glob(f"*/{unit}/{unit}.ipynb")):
        try:
            ends = _ends(json.loads(path.read_text(encoding="utf-8")))
        except (AttributeError, KeyError, OSError, RecursionError, TypeError, ValueError):
            continue  # one that can't be read any more has its row, and nothing to count
        for exercise, said in ends:
            counts.setdefault(exercise, Counter())[said] += 1
    return counts


def _ends(notebook: dict[str, Any]) -> list[tuple[str, str]]:
    """Return how the checks of a graded notebook ended."""
    if notes(notebook["metadata"]).get("status", GRADED) != GRADED:
        return []  # what is in it isn't the learner's
    noted = (notes(cell["metadata"]) for cell in notebook["cells"])
    return [
        (found["exercise"], _end(found))
        for found in noted
        if found and hasattr(checks, found["exercise"])
    ]


def _end(noted: dict[str, Any]) -> str:
    """Return how a check ended: the mistake's name if it has one, else the outcome's."""
    stood_in = f" with the course's {noted['in_place']}" if noted.get("in_place") else ""
    return (noted.get("mistake") or noted["outcome"]) + stood_in


_OTHERS = (FAILED, UNREADABLE, NOT_YET, NOTHING, NOT_HANDED_IN)


def summary(
    unit: str,
    worth: Mapping[str, float],
    rows: Sequence[Scores],
    counts: Mapping[str, Counter[str]],
) -> str:
    """Return a class's summary as text: how points are spread, and what went wrong how often."""
    ended = Counter(row.status for row in rows)
    others = "".join(f"; {n} {status}" for status in _OTHERS if (n := ended[status]))
    rows = [row for row in rows if row.status == GRADED]
    if not rows:
        return f"{unit}: nothing was graded yet{others}."
    most = most_points(worth, rows)
    totals = [row.total for row in rows]
    several = totals if len(totals) > 1 else totals * 2
    # "inclusive": the class is all there is, so no quartile lies outside of it.
    quartiles = statistics.quantiles(several, n=4, method="inclusive")
    lines = [
        f"{unit}: {len(rows)} learner{'s' * (len(rows) > 1)}, of {most:g} points "
        f"{statistics.mean(totals):.1f} on average; quartiles "
        + ", ".join(f"{q:g}" for q in quartiles)
        + others
    ]
    exercises = {getattr(checks, name).number: name for name in counts}
    wide = max(map(len, exercises.values()), default=0)
    for number, points in worth.items():
        name = exercises.get(number, "")
        had = [row.points.get(number) for row in rows]
        line = _line(had, points, counts.get(name, Counter()))
        lines.append(f"  {number:5} {name:{wide}} {line}")
    return "\n".join(lines)


def to_do(of: UnitPoints) -> list[str]:
    """Say whose points are to be confirmed, and whose time of handing in isn't known."""
    lines = [
        f"{row.learner}: to confirm: {', '.join(row.to_confirm)}: the work changed since somebody "
        "gave its points, which count as they are"
        for row in of.rows
        if row.to_confirm and row.points_count
    ]
    timeless = sum(row.points_count and row.submitted is None for row in of.rows)
    if of.has_deadline and timeless:
        have = "has" if timeless == 1 else "have"
        lines.append(f"{timeless} {have} no time of handing in, and so {have} nothing taken off")
    known = {row.learner for row in of.rows if row.submitted is None and row.points_count}
    if late := sorted(of.said_late & known):
        lines.append(f"late, as the platform says without a time: {', '.join(late)}")
    return lines


def _line(had: Sequence[float | None], points: float, ends: Counter[str]) -> str:
    """Say how many have all points of an exercise, and how the others' checks ended."""
    line = f"{sum(p == points for p in had) / len(had):4.0%} have all points"
    if waits := sum(p is None for p in had):
        line += f", {waits} wait to be graded by hand"
    wrong = ", ".join(f"{end} {n}" for end, n in ends.most_common() if end != Outcome.PASSED)
    return f"{line}; {wrong}" if wrong else line


def _optional(rows: Sequence[Scores]) -> frozenset[str]:
    return rows[0].optional if rows else frozenset()
