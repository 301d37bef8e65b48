"""What the learners' notebooks have besides nbgrader's own."""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor

# JupyterLab and nbclient go on after an error in a cell with this tag. It earns nothing: nbgrader
# looks at the cell's outputs, and grading takes tags off first.
GOES_ON = "raises-exception"


class GoOn(NbGraderPreprocessor):
    """Have "Run All" go on past exercises that are open or wrong: past checks, and what they show.

    An answer that is no Python stops it, and so does the set-up.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Tag the cell if the course wrote it, and it isn't the set-up."""
        if cell.cell_type == "code" and not utils.is_solution(cell) and cell.get("id") != "setup":
            tags = cell.metadata.get("tags", [])
            cell.metadata["tags"] = [*dict.fromkeys([*tags, GOES_ON])]
        return cell, resources
