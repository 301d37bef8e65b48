"""Have nbgrader grade what a locked process made of a submission, whoever asks for it.

``dwsep autograde``, ``nbgrader autograde`` and formgrader's button all convert a submission with
this exporter. The process that has the gradebook opens no file of a learner's: it gets text and
numbers, and takes nothing of them on trust.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook, Notebook
from nbgrader.preprocessors import ClearHiddenTests
from traitlets import Bool, List, Unicode

from dwsep_helpers import translation
from dwsep_helpers.grading import harmless, locked, scratch
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.confinement.forking_parent import TooMuch
from dwsep_helpers.grading.confinement.room import modules_of
from dwsep_helpers.grading.form import new_cell
from dwsep_helpers.grading.metadata import GRADED, NOTES, NOTHING, UNREADABLE
from dwsep_helpers.grading.originals import Original

_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
# Settings that count where a submission is run.
_SECTIONS = ("ExecutePreprocessor", "ExecuteThroughDeaths", "KernelManager", "NotebookClient")
_MORE_SECONDS = 120  # than the cells may take: to read and mend


class ExaminedNotebook(NotebookExporter):
    """Turns a learner's file into a notebook that was mended and run."""

    optimistic_validation = Bool(True, help="Validate after the last step, not after each.")

    path = Unicode(
        None, allow_none=True, help="The learner's file; None for the one that nbgrader found."
    ).tag(config=True)

    folder = Unicode("", help="Where it lies, with what it needs besides.").tag(config=True)

    nothing = Bool(False, help="Whether no notebook was handed in.").tag(config=True)

    found = List(Unicode(), help="What was unusual about where it lay.").tag(config=True)

    warm = Bool(True, help="Fork from a process that has imported everything.").tag(config=True)

    lock = Bool(True, help="Confine what looks at the file, where Linux can: see GRADING.md.").tag(
        config=True
    )

    def from_filename(
        self, filename: str, resources: dict | None = None, **how: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Convert a file: the learner's, and then what was made of that."""
        if not getattr(self.parent, "_sanitizing", False):
            return super().from_filename(filename, resources, **how)
        lock = self.lock
        if lock and (reason := sandbox.unavailable()):
            self.log.warning("Learners' code runs without a lock: %s", reason)
            lock = False
        notebook = self._examined(Path(filename), (resources or {})["nbgrader"], lock)
        nbformat.validate(notebook)
        return self.from_notebook_node(notebook, resources, **how)

    def _examined(self, file: Path, about: dict[str, str], lock: bool) -> NotebookNode:
        unit = about["assignment"]
        with Gradebook(about["db_url"]) as gradebook:
            source = gradebook.find_notebook(about["notebook"], unit)
            originals = _originals(source)
            kernelspec = json.loads(source.kernelspec or "null")
        released = self._released(about)
        path = None if self.nothing else Path(self.path or file).absolute()
        folder = Path(self.folder or file.parent).absolute()
        reads = [one for one in (path, folder, released) if one and not one.is_symlink()]
        argument = {
            "path": path and str(path),
            "folder": str(folder),
            "released": str(released),
            "originals": [one.to_json() for one in originals.values()],
            "config": {name: self.config.get(name, {}) for name in _SECTIONS},
        }
        if language := translation.chosen():
            argument["language"] = language.to_plain()
        budget = self.config.get("ExecuteThroughDeaths", {}).get("budget", 600)
        with scratch.folder() as room:
            argument["room"] = str(room)

            def examine() -> dict[str, Any]:
                return locked.call(
                    "dwsep_helpers.grading.examining.examine",
                    argument,
                    room,
                    reads=[*map(str, reads)],
                    modules=modules_of(unit),
                    seconds=budget + _MORE_SECONDS,
                    warm=self.warm,
                    lock=lock,
                )

            try:
                reply = examine()
            except TooMuch as error:
                argument |= {"unreadable": str(error)}
                reply = examine()
        notebook, repairs = taken_in(reply, originals)
        for repair in repairs:
            self.log.warning("%s: %s", about["student"], repair)
        if kernelspec:
            notebook.metadata["kernelspec"] = kernelspec
        told = {"status": reply["status"], "repairs": [*self.found, *repairs]}
        notebook.metadata[NOTES] = told
        return notebook

    def _released(self, about: dict[str, str]) -> Path:
        course: Any = getattr(self.parent, "coursedir")  # noqa: B009 - a converter of nbgrader's
        folder = course.format_path(course.release_directory, ".", about["assignment"])
        return Path(folder).resolve() / f"{about['notebook']}.ipynb"


def _originals(source: Notebook) -> dict[str, Original]:
    """Return a unit's cells by their names, in the unit's order."""
    points = {cell.name: cell.max_score for cell in (*source.grade_cells, *source.task_cells)}
    kinds = {"grade": source.grade_cells, "solution": source.solution_cells}
    kinds["task"] = source.task_cells
    names = {kind: {cell.name for cell in cells} for kind, cells in kinds.items()}
    without_tests = ClearHiddenTests()
    found = {}
    for cell in source.source_cells:
        details: dict[str, Any] = {kind: cell.name in of_kind for kind, of_kind in names.items()}
        details |= {"schema_version": 3, "grade_id": cell.name, "cell_type": cell.cell_type}
        details |= {"locked": cell.locked, "checksum": cell.checksum}
        if cell.name in points:
            details["points"] = points[cell.name]
        whole = new_cell(cell.cell_type, cell.source, cell.name)
        whole.metadata["nbgrader"] = NotebookNode(details)
        released, _ = without_tests.preprocess_cell(deepcopy(whole), ResourcesDict(), 0)
        found[cell.name] = Original(whole, released.source.strip())
    return found


def taken_in(reply: Any, originals: dict[str, Original]) -> tuple[NotebookNode, list[str]]:
    """Return the notebook that a reply describes, made anew of text, numbers and pictures.

    Raises
    ------
    TypeError, ValueError, KeyError, AttributeError
        If it isn't of the form that :func:`dwsep_helpers.grading.examining.examine` gives it.
    """
    if reply["status"] not in (GRADED, NOTHING, UNREADABLE):
        raise ValueError(f"no status: {reply['status']!r:.50}")
    notebook, seen = new_notebook(), set()
    for i, told in enumerate(reply["cells"]):
        plain = isinstance(told["id"], str) and _ID.fullmatch(told["id"])
        identity = told["id"] if plain else f"cell-{i}"
        cell = new_cell(told["cell_type"], str(told["source"]), identity)
        name = told["grade_id"]
        if name is not None:
            if name in seen:
                raise ValueError(f"cell {name!r:.50} came twice")
            cell.metadata["nbgrader"] = deepcopy(originals[name].details)
            seen.add(name)
        if cell.cell_type == "code":
            cell.outputs = harmless.outputs(told["outputs"])
            cell.execution_count = harmless.count(told["execution_count"])
        elif kept := harmless.pictures(told["attachments"]):
            cell["attachments"] = kept
        if told[NOTES]:
            cell.metadata[NOTES] = {
                str(key): value if value is None else str(value)
                for key, value in told[NOTES].items()
            }
        notebook.cells.append(cell)
    return notebook, [str(repair) for repair in reply["repairs"]]
