"""What being late costs: a rule, and the penalties that follow from it.

A penalty is stored in nbgrader's gradebook, and from there it goes to all that shows points. It
depends on the points, the time of handing in and the deadline. Each of them can change without a
notebook being run again; :func:`settle` then makes the penalties right.
"""

from __future__ import annotations

import math
import os
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Assignment, Gradebook, MissingEntry, SubmittedAssignment, SubmittedNotebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import or_, update
from traitlets import Float

from dwsep_helpers.grading import scores
from dwsep_helpers.grading.names import near
from dwsep_helpers.grading.points.tables import Extension

DAY = 24 * 60 * 60  # seconds
_FEW = 500  # learners that a query names; for more it takes all


class LateRule(LateSubmissionPlugin):
    """So many percent of the points for each day that has begun since the deadline."""

    percent_per_day = Float(0, min=0, max=100, help="Of the points; 0 takes off nothing.").tag(
        config=True
    )
    grace_minutes = Float(0, min=0, help="So late costs nothing yet.").tag(config=True)
    most_percent = Float(100, min=0, max=100, help="However late, no more than this.").tag(
        config=True
    )

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return the points to take off.

        Without percents, nbgrader's own ``penalty_method`` counts.

        Examples
        --------
        >>> rule = LateRule(percent_per_day=10, grace_minutes=15, most_percent=50)
        >>> [rule.late_submission_penalty("ada", 13, 60 * m) for m in (15, 16, 25 * 60, 10**5)]
        [0.0, 1.3, 2.6, 6.5]
        """
        if not self.percent_per_day:
            return super().late_submission_penalty(student_id, score, total_seconds_late)
        if total_seconds_late <= 60 * self.grace_minutes:
            return 0.0
        percent = self.percent_per_day * math.ceil(total_seconds_late / DAY)
        return round(score * min(percent, self.most_percent) / 100, 2)


class AssignPenalty(AssignLatePenalties):
    """Takes points off a submission that is late; optional ones stay."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Settle one learner's penalty."""
        self.init_plugin()
        about = resources["nbgrader"]
        try:
            with Gradebook(about["db_url"]) as gradebook:
                if not self._has_time(about):
                    one = gradebook.find_submission(about["assignment"], about["student"])
                    one.timestamp = None  # nbgrader leaves that of earlier work
                    gradebook.db.flush()
                settle(gradebook, about["assignment"], self.plugin_inst, [about["student"]])
        except MissingEntry:  # no unit of this course: it has other notebooks
            return super().preprocess(nb, resources)
        return nb, resources

    def _has_time(self, about: dict[str, str]) -> bool:
        """Whether the work that is graded came with a time; also where nobody knows."""
        course = getattr(getattr(self.parent, "parent", None), "coursedir", None)
        if course is None:
            return True
        folder = course.format_path(
            course.submitted_directory, about["student"], about["assignment"]
        )
        return os.path.isfile(os.path.join(folder, "timestamp.txt"))


def rule(config: Any) -> LateSubmissionPlugin:
    """Return the rule that nbgrader's settings name.

    Raises
    ------
    ValueError
        If there are settings of it that it doesn't know.
    TraitError
        If one of them has a value that it can't have.
    """
    step = AssignPenalty(config=config)
    step.init_plugin()
    found = step.plugin_inst
    known, name = found.class_trait_names(config=True), type(found).__name__
    if unknown := sorted(set(config.get(name, ())) - set(known)):
        raise ValueError(f"{name} has no {unknown[0]}{near(unknown[0], known)}")
    return found


def settle(
    gradebook: Gradebook,
    unit: str,
    rule: LateSubmissionPlugin,
    learners: Collection[str] | None = None,
) -> int:
    """Make penalties what the deadline, the extensions, the times and the points say.

    Parameters
    ----------
    gradebook : Gradebook
    unit : str
    rule : LateSubmissionPlugin
        No penalty is below 0, or above the points that are there.
    learners : collection of str, optional
        All, if none are named.

    Returns
    -------
    int
        How many penalties changed.
    """
    _extend(gradebook, unit, learners)
    concerned = _concerned(gradebook, unit)
    wanted = concerned if learners is None else concerned & set(learners)
    changed = []
    for row in (
        scores.read(gradebook, unit, wanted if len(wanted) < _FEW else None) if wanted else ()
    ):
        penalty = None
        if row.points_count and row.seconds_late:
            asked = rule.late_submission_penalty(row.learner, row.total, row.seconds_late)
            penalty = min(max(asked or 0, 0), row.total)
        if (penalty or 0) != row.penalty and row.notebook and row.learner in wanted:
            changed.append({"id": row.notebook, "late_submission_penalty": penalty})
    if changed:
        gradebook.db.execute(update(SubmittedNotebook), changed)
    gradebook.db.commit()
    return len(changed)


def _concerned(gradebook: Gradebook, unit: str) -> set[str]:
    """Return who may be late, or has a penalty: of all others, nothing has to be read."""
    penalty = SubmittedNotebook.late_submission_penalty
    found = (
        gradebook.db.query(SubmittedAssignment.student_id)
        .join(SubmittedAssignment.assignment)
        .join(SubmittedAssignment.notebooks)
        .filter(Assignment.name == unit)
        .filter(or_(penalty.isnot(None), SubmittedAssignment.timestamp > Assignment.duedate))
    )
    return {learner for (learner,) in found}


def _extend(gradebook: Gradebook, unit: str, learners: Collection[str] | None) -> None:
    """Give nbgrader the extensions, which it counts from the class's deadline on."""
    found = (
        gradebook.db.query(SubmittedAssignment, Assignment.duedate, Extension.due)
        .join(SubmittedAssignment.assignment)
        .join(Extension, Extension.learner == SubmittedAssignment.student_id)
        .filter(Assignment.name == unit, Extension.unit == unit)
    )
    if learners is not None:
        found = found.filter(SubmittedAssignment.student_id.in_(learners))
    for submission, duedate, due in found:
        longer = max(due - duedate, timedelta(0)) if duedate else None
        if submission.extension != longer:
            submission.extension = longer
    gradebook.db.flush()
