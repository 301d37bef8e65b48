"""``nbgrader export``: the same points as everywhere, optional ones apart."""

from __future__ import annotations

import csv
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student, SubmittedAssignment
from nbgrader.plugins import CsvExportPlugin

from dwsep_helpers.grading import names, scores
from dwsep_helpers.grading.points import late

_BEFORE = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email")
_COLUMNS = (*_BEFORE, "raw_score", "late_submission_penalty", "score", "max_score")


class CourseExport(CsvExportPlugin):
    """Writes nbgrader's columns, of what counts, and after them the optional points."""

    def export(self, gradebook: Gradebook) -> None:
        """Write a row for each learner and unit."""
        people = gradebook.db.query(
            Student.id, Student.last_name, Student.first_name, Student.email
        ).order_by(Student.last_name, Student.first_name, Student.id)
        wanted = set(map(str, self.student))
        path = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", path)
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*_COLUMNS, "optional", "to_confirm"])
            for unit in gradebook.assignments:
                if self.assignment and unit.name not in map(str, self.assignment):
                    continue
                rows, most = self._points(gradebook, unit)
                for student, *person in people:
                    if wanted and student not in wanted:
                        continue
                    row = rows.get(student) or scores.Scores(student, {})
                    about = [unit.name, unit.duedate, row.submitted, student, *person]
                    told = map(names.for_spreadsheet, (str(one or "") for one in about))
                    points = map(float, (row.total, row.penalty, row.final, most, row.extra))
                    writer.writerow([*told, *points, " ".join(row.to_confirm)])

    def _points(
        self, gradebook: Gradebook, unit: Assignment
    ) -> tuple[dict[str, scores.Scores], float]:
        """Return a unit's scores by learner, and what it is worth."""
        try:
            late.settle(gradebook, unit.name, late.rule(self.parent.config))
            worth, optional = scores.worth(gradebook, unit.name)
            most = sum(points for name, points in worth.items() if name not in optional)
            return {row.learner: row for row in scores.read(gradebook, unit.name)}, most
        except MissingEntry:  # no unit of this course: it has other notebooks
            return {one.student_id: _as_it_stands(one) for one in unit.submissions}, unit.max_score


def _as_it_stands(one: SubmittedAssignment) -> scores.Scores:
    points, penalty = {"": one.score}, one.late_submission_penalty
    return scores.Scores(one.student_id, points, penalty=penalty, submitted=one.timestamp)
