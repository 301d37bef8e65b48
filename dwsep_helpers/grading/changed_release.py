"""Release a unit again, with other exercises than those that learners have handed in already."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import BaseCell, Comment, Grade, MissingEntry, Notebook
from nbgrader.preprocessors import SaveCells
from sqlalchemy.engine import make_url

from dwsep_helpers.grading.names import for_spreadsheet, shown

REMOVED = "removed-{unit}-{when}.csv"


class SaveChangedCells(SaveCells):
    """Saves a unit's cells, also where exercises came or went since somebody handed in.

    nbgrader refuses that, and has removed what learners get by then. Here the others' points stay,
    those given by hand too. What stood in an exercise that went is written to a table beside the
    gradebook. The next ``dwsep autograde`` grades the new exercises.
    """

    def _create_notebook(self, nb: NotebookNode) -> None:
        try:
            known = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        except MissingEntry:
            known = None
        if known is not None and known.submissions:
            self._adapt(known)
        super()._create_notebook(nb)

    def _adapt(self, notebook: Notebook) -> None:
        """Have the gradebook, and all submissions in it, know the cells that there are now."""
        kinds = {
            "grade": (notebook.grade_cells, self.new_grade_cells),
            "solution": (notebook.solution_cells, self.new_solution_cells),
            "task": (notebook.task_cells, self.new_task_cells),
            "source": (notebook.source_cells, self.new_source_cells),
        }
        gone = {
            kind: [cell for cell in old if cell.name not in new]
            for kind, (old, new) in kinds.items()
        }
        self._write_down([*gone["grade"], *gone["solution"], *gone["task"]])
        for cell in (cell for cells in gone.values() for cell in cells):
            self.gradebook.db.delete(cell)
        for kind, (old, new) in kinds.items():
            for name in new.keys() - {cell.name for cell in old}:
                save = getattr(self.gradebook, f"update_or_create_{kind}_cell")
                cell = save(name, self.notebook_id, self.assignment_id, **new[name])
                self._have_all_know(notebook, kind, cell)
        self.gradebook.db.commit()

    def _have_all_know(self, notebook: Notebook, kind: str, cell: BaseCell) -> None:
        for submitted in notebook.submissions:
            if kind in ("grade", "task"):
                self.gradebook.db.add(Grade(cell_id=cell.id, notebook=submitted))
            if kind in ("solution", "task"):
                self.gradebook.db.add(Comment(cell_id=cell.id, notebook=submitted))

    def _write_down(self, cells: Iterable[BaseCell]) -> None:
        """Remove what was given for exercises that went, and keep it in a table."""
        rows = []
        for cell in cells:
            for grade in cell.grades:
                points = (grade.score, grade.manual_score, grade.extra_credit)
                rows.append((grade.student.id, cell.name, *points, ""))
                self.gradebook.db.delete(grade)
            for comment in cell.comments:
                if comment.manual_comment:
                    said = for_spreadsheet(shown(comment.manual_comment))
                    rows.append((comment.student.id, cell.name, "", "", "", said))
                self.gradebook.db.delete(comment)
        if not rows:
            return
        when = time.strftime("%Y-%m-%d-%H%M%S")
        path = self._folder() / REMOVED.format(unit=self.assignment_id, when=when)
        with path.open("w", newline="", encoding="utf-8-sig", errors="backslashreplace") as file:
            writer = csv.writer(file)
            writer.writerow(["learner", "cell", "points", "by_hand", "extra_credit", "comment"])
            for learner, *others in sorted(rows, key=lambda row: row[:2]):
                writer.writerow([for_spreadsheet(shown(learner)), *others])
        self.log.warning(
            "%s: %s went, and with them points or comments of %d learners; %s has them",
            *(self.assignment_id, ", ".join(sorted({row[1] for row in rows}))),
            *(len({row[0] for row in rows}), path),
        )

    def _folder(self) -> Path:
        file = make_url(self.db_url).database if self.db_url.startswith("sqlite") else None
        return Path(file).parent if file else Path.cwd()
