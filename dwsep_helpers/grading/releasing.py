"""How units go out: what learners' notebooks have besides nbgrader's own, and where to."""

from __future__ import annotations

import os

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.exchange.default import Exchange, ExchangeReleaseAssignment
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


class ReleaseWhereTold(ExchangeReleaseAssignment):
    """Hand out units through an exchange that somebody chose.

    Where none was chosen, nbgrader takes a folder of the system's, which root would make.
    """

    def ensure_root(self) -> None:
        """Stop if there is no exchange but the one that nobody made."""
        if self.root == Exchange.root.default_value and not os.path.exists(self.root):
            self.fail(
                f"no exchange was chosen, and {self.root} isn't there: "
                "export DWSEP_EXCHANGE=FOLDER, in every shell, with a folder you all can write to"
            )
        super().ensure_root()
