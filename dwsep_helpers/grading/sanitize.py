"""Before a submission runs: mend what a learner can do to a notebook by accident or design."""

from __future__ import annotations

import uuid
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode, from_dict
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor, OverwriteCells

from dwsep_helpers.grading.mending import METADATA


class KeepFirstOfDuplicates(NbGraderPreprocessor):
    """Let nbgrader know one cell of each grade id, the first.

    A copied cell carries its original's grade id. nbgrader's own ``DeduplicateIds`` empties the
    metadata of all but the last, which a later step then finds invalid: it stops the run, and
    the submissions after this one stay ungraded. Here the copies lose the metadata altogether
    and are cells like any other, run but not graded.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Take the metadata from the copies."""
        seen = set()
        for cell in nb.cells:
            if "nbgrader" not in cell.metadata:
                continue
            grade_id = cell.metadata["nbgrader"].get("grade_id")
            if grade_id is None or grade_id in seen:
                self.log.info("Cell %r is there again: the copy is not graded", grade_id)
                del cell.metadata["nbgrader"]
            seen.add(grade_id)
        return nb, resources


class StripTags(NbGraderPreprocessor):
    """Take the tags from all cells: ``skip-execution`` on a test cell would earn its points.

    And what looks as if grading had found it out.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Take them from one cell."""
        for key in ("tags", METADATA):
            cell.metadata.pop(key, None)
        return cell, resources


class RestoreCells(OverwriteCells):
    """Restore the locked cells that were changed, as nbgrader does, and those that were deleted.

    nbgrader puts a deleted test cell after the cell before it and gives the submission up where
    that one is gone too. Here a test cell whose exercise is gone goes to the end, where whatever
    the learner wrote elsewhere is defined; so a notebook whose cells were all copied into a new
    one, without nbgrader's metadata, is graded as well. The set-up cell returns to the start.
    """

    def report_change(self, name: str, attr: str, old: Any, new: Any) -> None:
        """Warn of a change, but for a locked cell's checksum: hidden tests always change it."""
        if attr != "checksum":
            super().report_change(name, attr, old, new)

    def add_missing_grade_cells(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Add the locked cells that are missing, in the source's order."""
        source = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        points = {cell.name: cell.max_score for cell in source.grade_cells}
        before = None
        for cell in source.source_cells:
            present = _grade_ids(nb)
            if cell.name not in present and cell.locked:
                self.log.info("Cell %r is missing: it is added again", cell.name)
                restored = from_dict(self.missing_cell_transform(cell, points.get(cell.name, 0)))
                restored.metadata.nbgrader["grade"] = cell.name in points
                if (nb.nbformat, nb.nbformat_minor) >= (4, 5):
                    restored.id = uuid.uuid4().hex[:8]
                if before is None:
                    place = 0
                elif before in present:
                    place = present.index(before) + 1
                else:
                    place = len(nb.cells)
                nb.cells.insert(place, restored)
            before = cell.name
        return nb, resources


def _grade_ids(nb: NotebookNode) -> list[str | None]:
    return [
        cell.metadata["nbgrader"].get("grade_id") if _is_known(cell) else None for cell in nb.cells
    ]


def _is_known(cell: NotebookNode) -> bool:
    return utils.is_grade(cell) or utils.is_solution(cell) or utils.is_locked(cell)
