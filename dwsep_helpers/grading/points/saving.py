"""Save points that were given automatically, and keep those that a person gave."""

from __future__ import annotations

import hashlib
import json

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades

from dwsep_helpers.grading.points.tables import Work

_WHOLE = ""  # the name of what isn't one cell's


class SaveGrades(SaveAutoGrades):
    """Saves points; what a person gave is to be confirmed where the work changed since.

    nbgrader wants it confirmed after every run, whatever changed. And it saves cell by cell; here
    all of a notebook is saved, or nothing.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Save the points of a graded notebook."""
        about = resources["nbgrader"]
        self.notebook_id, self.assignment_id = about["notebook"], about["assignment"]
        self.student_id = about["student"]
        self.now = hashes(nb)
        with Gradebook(about["db_url"]) as self.gradebook:
            notebook = self.gradebook.find_submission_notebook(
                self.notebook_id, self.assignment_id, self.student_id
            ).id
            kept = self.gradebook.db.get(Work, notebook)
            self.before = json.loads(kept.hashes) if kept else {}
            for index, cell in enumerate(nb.cells):
                self.preprocess_cell(cell, resources, index)
            self.gradebook.db.merge(Work(notebook_id=notebook, hashes=json.dumps(self.now)))
            self.gradebook.db.commit()
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        name = cell.metadata["nbgrader"]["grade_id"]
        grade = self.gradebook.find_grade(
            name, self.notebook_id, self.assignment_id, self.student_id
        )
        auto_score, _ = utils.determine_grade(cell, self.log)
        if grade.manual_score is not None or grade.extra_credit:
            # A function that it calls may stand elsewhere: then other points show that it matters.
            elsewhere = auto_score != grade.auto_score and self._differs(_WHOLE)
            grade.needs_manual_grade |= self._differs(name) or elsewhere
        else:
            grade.needs_manual_grade = auto_score is None
        grade.auto_score = auto_score

    def _add_comment(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        comment = self.gradebook.find_comment(
            cell.metadata["nbgrader"]["grade_id"],
            self.notebook_id,
            self.assignment_id,
            self.student_id,
        )
        same = utils.compute_checksum(cell) == cell.metadata["nbgrader"].get("checksum")
        comment.auto_comment = "No response." if same and not utils.is_task(cell) else None

    def _differs(self, name: str) -> bool:
        return self.before.get(name) != self.now[name]


def hashes(notebook: NotebookNode) -> dict[str, str]:
    """Return hashes of what a learner wrote, by the cell that has the points for it.

    That is the answer in words itself, or the code since the last graded cell. Under the empty name
    is all of the code.

    Parameters
    ----------
    notebook : NotebookNode
        A graded one.
    """
    found: dict[str, str] = {}
    code: list[str] = []
    since: list[str] = []
    for cell in notebook.cells:
        if utils.is_solution(cell) and utils.is_grade(cell):
            pictures = json.dumps(cell.get("attachments", {}), sort_keys=True)
            found[cell.metadata.nbgrader["grade_id"]] = _hash([cell.source, pictures])
        elif utils.is_grade(cell):
            found[cell.metadata.nbgrader["grade_id"]] = _hash(since)
            since = []
        elif cell.cell_type == "code" and not utils.is_locked(cell):
            since.append(cell.source)
            code.append(cell.source)
    return {_WHOLE: _hash(code), **found}


def _hash(texts: list[str]) -> str:
    whole = json.dumps([text.strip() for text in texts])
    return hashlib.sha256(whole.encode()).hexdigest()[:16]
