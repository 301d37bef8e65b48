"""A table across units: a row for each learner, a column for each unit."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dwsep_helpers.grading import report
from dwsep_helpers.grading.names import for_spreadsheet
from dwsep_helpers.grading.points import gathered
from dwsep_helpers.grading.points.gathered import UnitPoints

if TYPE_CHECKING:
    from dwsep_helpers.grading.people.roster import Person


def write_csv(path: Path, units: Sequence[UnitPoints], people: Mapping[str, Person]) -> None:
    """Write the final points of all units.

    Points that aren't all known leave the unit's cell empty, and stand in none of the sums; why
    that is stands in the column ``open``.

    Parameters
    ----------
    path : Path
    units : sequence of UnitPoints
    people : mapping of str to Person
        Who the learners are.
    """
    learners = sorted({row.learner for unit in units for row in unit.rows})
    with path.open("w", newline="", encoding="utf-8-sig", errors="backslashreplace") as file:
        writer = csv.writer(file)
        ends = ("final", "optional", "max", "penalty", "to_confirm", "open")
        writer.writerow([*report.WHO, *(unit.unit for unit in units), *ends])
        for learner in learners:
            rows = [(unit, unit.by_learner.get(learner)) for unit in units]
            known = [row if row and gathered.known(row) else None for _, row in rows]
            there = [row for row in known if row]
            confirm = " ".join(" ".join(row.to_confirm) for row in there if row.to_confirm)
            why = [
                f"{unit.unit}: {gathered.why_unknown(row) if row else 'not handed in'}"
                for (unit, row), known_row in zip(rows, known, strict=True)
                if not known_row
            ]
            sums = [
                sum(row.final for row in there),
                sum(row.extra for row in there),
                sum(unit.most for unit in units),
                sum(row.penalty for row in there),
            ]
            cells = [report.number(row.final if row else None) for row in known]
            writer.writerow(
                [
                    *report.who(learner, people.get(learner)),
                    *cells,
                    *map(report.number, sums),
                    confirm,
                    for_spreadsheet("; ".join(why)),
                ]
            )
