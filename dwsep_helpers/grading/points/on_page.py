"""A learner's page has the points that everything else has."""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import GetGrades

from dwsep_helpers.grading import scores
from dwsep_helpers.grading.points import late

_GONE = "gone"  # marks a graded cell whose exercise went since


class GetPoints(GetGrades):
    """Puts points and people's comments into a notebook, and what stands behind the points.

    Optional points stand apart, and a penalty is off.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Get the points of one learner's notebook."""
        about = resources["nbgrader"]
        unit, learner = about["assignment"], about["student"]
        nb, resources = super().preprocess(nb, resources)
        nb.cells = [cell for cell in nb.cells if not cell.metadata.get("nbgrader", {}).get(_GONE)]
        try:
            with Gradebook(about["db_url"]) as gradebook:
                late.settle(gradebook, unit, late.rule(self.config), [learner])
                (row,) = scores.read(gradebook, unit, [learner])
                worth, optional = scores.worth(gradebook, unit)
                student = gradebook.find_student(learner)
        except MissingEntry:  # no unit of this course: it has other notebooks
            return nb, resources
        most = sum(points for name, points in worth.items() if name not in optional)
        about |= {"score": row.final, "max_score": most, "late_penalty": row.penalty}
        about |= {"optional": row.extra, "to_confirm": row.to_confirm}
        about["name"] = " ".join(filter(None, (student.first_name, student.last_name)))
        return nb, resources

    def _get_comment(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        of = (self.notebook_id, self.assignment_id, self.student_id)
        try:
            found = self.gradebook.find_comment(cell.metadata["nbgrader"]["grade_id"], *of)
        except MissingEntry:  # the exercise went since
            return
        cell.metadata["nbgrader"]["comment"] = found.manual_comment  # not nbgrader's own

    def _get_score(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        of = (self.notebook_id, self.assignment_id, self.student_id)
        try:
            super()._get_score(cell, resources)
        except MissingEntry:
            cell.metadata["nbgrader"][_GONE] = True
            return
        grade = self.gradebook.find_grade(cell.metadata["nbgrader"]["grade_id"], *of)
        cell.metadata["nbgrader"]["waits"] = bool(grade.needs_manual_grade)
        given = grade.manual_score is not None or bool(grade.extra_credit)
        cell.metadata["nbgrader"]["by_hand"] = given
