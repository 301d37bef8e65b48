"""After a submission ran: what of it the learner gets back."""

from __future__ import annotations

import glob
import html
import shutil
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter
from nbconvert.exporters.exporter import Exporter, ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader import utils
from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import notebook_hash

from dwsep_helpers.checks import CheckFailed
from dwsep_helpers.grading import locked, scratch
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.metadata import NOTHING, UNREADABLE, notes
from dwsep_helpers.grading.names import shown

# What nbgrader's page lacks: pictures as wide as the page at most, hints that look like such.
_STYLE = "img { max-width: 100%; height: auto } summary { display: list-item; cursor: pointer }"
_HEADINGS = {
    NOTHING: "There was no notebook to grade, so this page shows the unit as it was handed out:",
    UNREADABLE: "Your file could not be read, so this page shows the unit as it was handed out. "
    "Download the unit again, copy your answers into it, and hand that in:",
}
RENDERING = "dwsep_helpers.grading.rendering"
_ABOUT = ("student", "assignment", "notebook", "score", "max_score", "late_penalty")
_SECTIONS = ("HTMLExporter", "TemplateExporter")
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
        if cell.cell_type == "code" and utils.is_grade(cell):
            for output in cell.outputs:
                if output.output_type == "error" and output.ename != CheckFailed.__name__:
                    output.traceback = [f"{output.ename}: {output.evalue}".removesuffix(": ")]
        return cell, resources


class TellRepairs(NbGraderPreprocessor):
    """Begin the page with what was unusual about the file: it may be why points are missing."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Put a text above the first cell."""
        told = notes(nb.metadata)
        if repairs := told.get("repairs"):
            lines = [f"- {html.escape(shown(str(text)), quote=False)}" for text in repairs]
            heading = _HEADINGS.get(str(told.get("status")), "Before it was graded:")
            nb.cells.insert(0, new_markdown_cell("\n".join([f"**{heading}**", "", *lines])))
        about = resources.get("nbgrader", {})
        if "score" in about:  # being late costs no more than there is
            about["score"] = max(0, about["score"])
        return nb, resources


class StylePages(NbGraderPreprocessor):
    """Keep wide pictures inside the page, and give hints their triangle."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Add to the styles that the page will have."""
        resources["inlining"]["css"].append(_STYLE)
        return nb, resources


class PageExporter(HTMLExporter):
    """Has pages written in a locked process, once the points are in the notebook."""

    def from_notebook_node(  # type: ignore[override]  # as in nbconvert
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **how: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return a notebook's page."""
        nb, resources = Exporter.from_notebook_node(self, nb, resources, **how)
        argument = {
            "notebook": nb,
            "resources": {
                "inlining": resources["inlining"],
                "metadata": {"name": resources["metadata"]["name"]},
                "nbgrader": {name: resources["nbgrader"].get(name) for name in _ABOUT},
            },
            "config": {name: self.config[name] for name in _SECTIONS if name in self.config},
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
