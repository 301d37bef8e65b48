"""A unit's points, and who all has some, or none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dwsep_helpers.grading import scores
from dwsep_helpers.grading.metadata import GRADED, NOT_HANDED_IN, NOT_YET
from dwsep_helpers.grading.names import learner_id
from dwsep_helpers.grading.points import archive, late

if TYPE_CHECKING:
    from dwsep_helpers.grading.ledger import Ledger
    from dwsep_helpers.grading.nbgrader_session import NbgraderSession
    from dwsep_helpers.grading.people.roster import Roster


@dataclass(frozen=True)
class UnitPoints:
    """What everybody has of a unit.

    Attributes
    ----------
    unit : str
    worth : mapping of str to float
        The exercises' points.
    optional : frozenset of str
        Exercises that are in no sum but their own.
    rows : list of Scores
        By learner; everybody on the roster has one.
    has_deadline : bool
    said_late : frozenset of str
        Whom a platform without times called late.
    """

    unit: str
    worth: Mapping[str, float]
    optional: frozenset[str]
    rows: list[scores.Scores]
    has_deadline: bool = False
    said_late: frozenset[str] = frozenset()

    @property
    def most(self) -> float:
        """What it is worth, without optional exercises."""
        return sum(p for number, p in self.worth.items() if number not in self.optional)

    @cached_property
    def by_learner(self) -> dict[str, scores.Scores]:
        """The rows by learner."""
        return {row.learner: row for row in self.rows}


def gather(nbgrader: NbgraderSession, unit: str, ledger: Ledger, roster: Roster) -> UnitPoints:
    """Return a unit's points, with penalties that are settled.

    Raises
    ------
    nbgrader.api.MissingEntry
        If the gradebook doesn't know the unit.
    """
    with nbgrader.gradebook() as gradebook:
        worth, optional = scores.worth(gradebook, unit)
        late.settle(gradebook, unit, late.rule(nbgrader.config))
        saved = scores.read(gradebook, unit)
        has_deadline = gradebook.find_assignment(unit).duedate is not None
    statuses = {one: result.status for one, result in ledger.results(unit).items()}
    rows = scores.with_status(saved, statuses, worth, nbgrader.graded(unit))
    submitted = Path(nbgrader.root) / nbgrader.directory.submitted_directory
    there = _handed_in(submitted, unit)
    known = {row.learner for row in rows}
    for one in sorted(({*roster.learners} | there) - known):
        status = NOT_YET if one in there else NOT_HANDED_IN
        rows.append(scores.Scores(one, dict.fromkeys(worth), optional, status=status))
    rows.sort(key=lambda row: row.learner)
    called_late = archive.said_late(nbgrader, unit)
    return UnitPoints(unit, worth, optional, rows, has_deadline, called_late)


def waits(row: scores.Scores) -> bool:
    """Whether points of a graded submission are still to be given by hand."""
    return row.points_count and None in row.points.values()


def known(row: scores.Scores) -> bool:
    """Whether all points are there."""
    return row.points_count and not waits(row)


def why_unknown(row: scores.Scores) -> str:
    """Say why there are no points yet, or not all."""
    return "waits to be graded by hand" if row.status == GRADED else row.status


def _handed_in(submitted: Path, unit: str) -> set[str]:
    """Return the learners who have a folder for a unit."""
    try:
        with os.scandir(submitted) as folders:
            own = (one for one in folders if not one.name.startswith("."))
            return {learner_id(one.name) for one in own if os.path.isdir(f"{one.path}/{unit}")}
    except OSError:
        return set()
