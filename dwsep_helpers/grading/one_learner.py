"""nbgrader's commands for one learner's unit, whatever folders are called and whatever is in them.

nbgrader takes folders' names for patterns, and looks for all that match: a class in ``term [2]``, a
learner ``lee [2]`` are not found. It says in its log that something failed, and not what.
"""

from __future__ import annotations

import os
import re
from datetime import UTC
from functools import cache
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import rmtree
from traitlets import Any

from dwsep_helpers.grading import faults
from dwsep_helpers.grading.people import dates

_LONGEST = 100  # bytes of a time of handing in
_LIKE = "such as 2026-11-18 14:00 Europe/Berlin"


class OneLearner(BaseConverter):
    """What it says is what there is: one learner, one unit, one notebook."""

    before_saving = Any(help="Is called before points are saved, and may raise.").tag(config=True)

    error: Exception | None = None

    def start(self) -> None:
        """Do it, and keep what it failed of."""
        try:
            super().start()
        except Exception as error:
            self.error = error
            raise

    def init_notebooks(self) -> None:
        """Take the notebook that the names say, and look for no others."""
        names = self.coursedir.assignment_id, self.coursedir.student_id
        folder = self._format_source(*names)
        notebook = os.path.join(folder, f"{names[0]}.ipynb")
        if not os.path.exists(notebook):
            raise NbGraderException(f"there is no {notebook}")
        self.assignments = {folder: [notebook]}
        self.notebooks = [notebook]

    def _format_source(self, assignment_id: str, student_id: str, escape: bool = False) -> str:
        if not escape:
            return super()._format_source(assignment_id, student_id)
        names = self.coursedir.assignment_id, self.coursedir.student_id
        path = super()._format_source(*names)
        base = path.removesuffix(os.path.join(names[1], names[0]))
        learner, unit = (re.escape(name) for name in reversed(names))
        separator = re.escape(os.path.sep)
        return f"{re.escape(base)}(?P<student_id>{learner}){separator}(?P<assignment_id>{unit})"

    def _init_preprocessors(self) -> None:
        """Take nbgrader's steps, and a last look before the one that saves points."""
        super()._init_preprocessors()
        steps = self.exporter._preprocessors
        saves = [i for i, step in enumerate(steps) if isinstance(step, SaveAutoGrades)]
        if saves and self.before_saving:
            steps.insert(saves[0], self._look_before_saving)

    def _look_before_saving(self, nb: NotebookNode, resources: ResourcesDict) -> tuple:
        self.before_saving()
        return nb, resources

    def convert_notebooks(self) -> None:
        """Convert it; where that fails, leave nothing half done and say why."""
        unit, learner = self.coursedir.assignment_id, self.coursedir.student_id
        (self.notebooks,) = self.assignments.values()
        if not self.init_destination(unit, learner):
            return
        try:
            self.run_pre_convert_hook()
            self.init_assignment(unit, learner)
            for notebook in self.notebooks:
                self.convert_single_notebook(notebook)
            self.set_permissions(unit, learner)
            self.run_post_convert_hook()
        except BaseException:
            if os.path.exists(there := self._format_dest(unit, learner)):
                rmtree(there)
            raise

    def why(self) -> str:
        """Say in one line why it failed."""
        return faults.sentence(self.error) if self.error else "nbgrader does not say why"


@cache
def for_one(command: type) -> type:
    """Return a command of nbgrader's that does its work for one learner's unit."""
    return type(f"{command.__name__}OfOne", (OneLearner, command), {})


def without_bad_time(staged: Path) -> list[str]:
    """Remove a time of handing in that nbgrader couldn't read; return what there is to say of it.

    Parameters
    ----------
    staged : Path
        The copy of a submission that is graded.
    """
    path = staged / "timestamp.txt"
    if not path.is_file():
        return []
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST + 1).decode("ascii").strip()
        if len(text) <= _LONGEST and (when := dates.read(text, UTC)):
            path.write_text(dates.written(when), encoding="ascii")
            return []
    except (OSError, ValueError):
        pass
    path.unlink()
    return [
        f"'timestamp.txt' has no time that can be read, {_LIKE}, so nobody knows if it was late"
    ]
