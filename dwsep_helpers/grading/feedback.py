"""After a submission ran: what of it the learner gets back."""

from __future__ import annotations

import glob
import shutil
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter
from nbconvert.exporters.exporter import Exporter, ResourcesDict
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import notebook_hash

from dwsep_helpers.grading import locked, scratch
from dwsep_helpers.grading.confinement import sandbox

RENDERING = "dwsep_helpers.grading.learner_page.rendering"
_SECONDS = 60  # for a page
_MOST_NAMES = 20  # of files in one submission


class HideTests(ClearHiddenTests):
    """Take the hidden tests' source out of the feedback, as the release does.

    Only from graded cells: in a learner's own cell, the marks mean nothing.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Take them out of one cell."""
        if utils.is_grade(cell):
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
        return cell, resources


class ShortenTracebacks(NbGraderPreprocessor):
    """Cut a graded cell's traceback to the exception: its lines would quote the hidden tests.

    The message of a check that failed stays whole: it is what the learner is to read.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Shorten the tracebacks of one cell."""
        from dwsep_helpers.checks import CheckFailed  # it loads all checks

        if cell.cell_type == "code" and utils.is_grade(cell):
            for output in cell.outputs:
                if output.output_type == "error" and output.ename != CheckFailed.__name__:
                    output.traceback = [f"{output.ename}: {output.evalue}".removesuffix(": ")]
        return cell, resources


class PageExporter(HTMLExporter):
    """Has pages written in a locked process, once the points are in the notebook."""

    def from_notebook_node(  # type: ignore[override]  # as in nbconvert
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **how: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return a notebook's page."""
        nb, resources = Exporter.from_notebook_node(self, nb, resources, **how)
        about = resources["nbgrader"]
        argument = {
            "notebook": nb,
            "unit": about["assignment"],
            "learner": _who(about.get("name"), about["student"]),
            "late": about["late_penalty"],
        }
        with scratch.folder() as folder:
            page = locked.call(
                f"{RENDERING}.render",
                argument,
                folder,
                modules=(RENDERING,),
                seconds=_SECONDS,
                lock=sandbox.unavailable() is None,
            )
        return page, resources


def _who(name: str | None, learner: str) -> str:
    return f"{name} ({learner})" if name and name != learner else learner


class ReleaseCollected(ExchangeReleaseFeedback):
    """Hand pages back through the exchange to those whose work came through it.

    Where a file that came with the work is missing, nbgrader would stop, and hand nothing to those
    after.
    """

    def copy_files(self) -> None:
        """Copy the pages to the exchange, and say whose stay where they are."""
        exclude = set(filter(None, self.coursedir.student_id_exclude.split(",")))
        for folder in map(Path, sorted(glob.glob(self.src_path))):
            learner = folder.parent.name
            came = all((folder / f).is_file() for f in ("timestamp.txt", "submission_secret.txt"))
            if not came and learner not in exclude:
                self.log.warning("%s: not collected, so the page stays in %s", learner, folder)
                exclude.add(learner)
            elif learner not in exclude:
                self._copy_as_handed_in(folder, learner)
        self.coursedir.student_id_exclude = ",".join(sorted(exclude))
        super().copy_files()

    def _copy_as_handed_in(self, folder: Path, learner: str) -> None:
        """Copy a page also under the name that the learner's own file has: they ask by that."""
        unit = self.coursedir.assignment_id
        step = self.coursedir.submitted_directory
        page = folder / f"{unit}.html"
        try:
            secret = (folder / "submission_secret.txt").read_text()
            handed_in = Path(self.coursedir.format_path(step, learner, unit))
            names = {path.stem for path in handed_in.iterdir() if path.suffix == ".ipynb"}
            for name in sorted(names - {unit})[:_MOST_NAMES]:
                checksum = notebook_hash(secret=secret, notebook_id=name)
                shutil.copy(page, Path(self.dest_path) / f"{checksum}.html")
        except (OSError, ValueError) as error:
            self.log.warning("%s: the page has the unit's name alone: %s", learner, error)
