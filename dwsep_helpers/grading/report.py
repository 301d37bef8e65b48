"""What a class did: points for each exercise, mistakes by name, a page for each learner."""

from __future__ import annotations

import csv
import json
import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dwsep_helpers import checks
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.grading import names
from dwsep_helpers.grading.metadata import FAILED, GRADED, NOT_YET, notes
from dwsep_helpers.grading.scores import Scores


def write_csv(path: Path, unit: str, worth: dict[str, float], rows: Sequence[Scores]) -> None:
    """Write a table with a row for each learner and a column for each exercise.

    Parameters
    ----------
    path : Path
    unit : str
    worth : dict of str to float
        The exercises' points.
    rows : sequence of Scores
        Points that wait to be graded by hand are left empty, and all of one that
        failed or isn't graded yet.
    """
    # With the mark that Excel knows UTF-8 by.
    with path.open("w", newline="", encoding="utf-8-sig", errors="backslashreplace") as file:
        writer = csv.writer(file)
        header = ["total", "optional", "max_total", "late", "status"]
        writer.writerow(["learner", "unit", *worth, *header])
        most = sum(points for number, points in worth.items() if number not in _optional(rows))
        for row in rows:
            points = (row.points.get(number) for number in worth)
            shown = ["" if p is None else f"{p:g}" for p in points]
            totals = [f"{row.total:g}", f"{row.extra:g}"] if row.points_count else ["", ""]
            name = names.for_spreadsheet(names.shown(row.learner))
            totals += [f"{most:g}", f"{row.late:g}", row.status]
            writer.writerow([name, unit, *shown, *totals])


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
        (found["exercise"], found.get("mistake") or found["outcome"])
        for found in noted
        if found and hasattr(checks, found["exercise"])
    ]


def summary(
    unit: str, worth: dict[str, float], rows: Sequence[Scores], counts: dict[str, Counter[str]]
) -> str:
    """Return a class's summary as text: how points are spread, and what went wrong how often."""
    ended = Counter(row.status for row in rows)
    others = "".join(f"; {n} {status}" for status in (FAILED, NOT_YET) if (n := ended[status]))
    rows = [row for row in rows if row.points_count]
    if not rows:
        return f"{unit}: nothing was graded yet{others}."
    most = sum(points for number, points in worth.items() if number not in _optional(rows))
    totals = [row.total for row in rows]
    several = totals if len(totals) > 1 else totals * 2
    # "inclusive": the class is all there is, so no quartile lies outside of it.
    quartiles = statistics.quantiles(several, n=4, method="inclusive")
    lines = [
        f"{unit}: {len(rows)} learners, of {most:g} points "
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


def _line(had: Sequence[float | None], points: float, ends: Counter[str]) -> str:
    """Say how many have all points of an exercise, and how the others' checks ended."""
    line = f"{sum(p == points for p in had) / len(had):4.0%} have all points"
    if waits := sum(p is None for p in had):
        line += f", {waits} wait to be graded by hand"
    wrong = ", ".join(f"{end} {n}" for end, n in ends.most_common() if end != Outcome.PASSED)
    return f"{line}; {wrong}" if wrong else line


def _optional(rows: Sequence[Scores]) -> frozenset[str]:
    return rows[0].optional if rows else frozenset()
