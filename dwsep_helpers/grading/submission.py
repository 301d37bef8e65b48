"""Grade one submission, in a process that does nothing else.

Such a process loads nbgrader once and holds the process that kernels are forked from. What it
does for a submission is nbgrader's own autograde, with the kernel in a room.
"""

from __future__ import annotations

import json
import os
import platform
import time
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from dwsep_helpers.grading import faults, preflight, scratch
from dwsep_helpers.grading.class_folder import ClassFolder
from dwsep_helpers.grading.confinement.forking_parent import ForkingParent
from dwsep_helpers.grading.confinement.room import Room, copy_files, modules_of
from dwsep_helpers.grading.confinement.sandbox import Sandbox
from dwsep_helpers.grading.metadata import FAILED, GRADED, NOTHING, UNREADABLE
from dwsep_helpers.grading.nbgrader_session import session
from dwsep_helpers.grading.one_learner import without_bad_time
from dwsep_helpers.grading.reading import Unreadable, read


@dataclass(frozen=True)
class Job:
    """A submission to grade, and how.

    Attributes
    ----------
    class_folder : ClassFolder
    submission : Submission
    warm, sandbox : bool
        Whether its kernels are forked, and confined.
    """

    class_folder: ClassFolder
    submission: preflight.Submission
    warm: bool = True
    sandbox: bool = True


@dataclass(frozen=True)
class Result:
    """What became of a submission.

    Attributes
    ----------
    learner, unit : str
    status : str
        One of those in :mod:`dwsep_helpers.grading.metadata`.
    problems : tuple of str
        What was mended, or why it could not be graded.
    seconds : float
    by : str
        The machine and the process that graded it.
    fault : bool
        Whether it failed for what the machine lacked.
    """

    learner: str
    unit: str
    status: str
    problems: tuple[str, ...] = ()
    seconds: float = 0.0
    by: str = ""
    fault: bool = False

    def to_json(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Return what :meth:`to_json` was called on."""
        data = json.loads(text)
        return cls(**{**data, "problems": tuple(data["problems"])})


def grade(job: Job) -> Result:
    """Grade a submission. Whatever it is, a result comes back."""
    start = time.perf_counter()
    one, fault = job.submission, False
    try:
        with scratch.folder() as folder:
            status, problems = _grade(job, folder)
    except Exception as error:
        status, problems = FAILED, [*one.problems, faults.sentence(error)]
        fault = faults.machine_fault(error) is not None
    seconds = round(time.perf_counter() - start, 3)
    by = f"{platform.node()}:{os.getpid()}"
    return Result(one.learner, one.unit, status, tuple(problems), seconds, by, fault)


def _grade(job: Job, place: Path) -> tuple[str, list[str]]:
    one = job.submission
    nbgrader = session(job.class_folder)
    status, notebook, found = _read(one, nbgrader.released(one.unit))
    found = [*one.problems, *found]
    staged = place / "submitted" / one.learner / one.unit
    staged.mkdir(parents=True)
    nbformat.write(notebook, staged / f"{one.unit}.ipynb")
    folder = place / "room"
    folder.mkdir(mode=0o700)
    copy_files(one.folder, [staged, folder])
    found += without_bad_time(staged)
    modules = modules_of(one.unit)
    parent = _parent(modules) if job.warm else None
    sandbox = Sandbox(str(folder)) if job.sandbox else None
    settings: dict[str, dict[str, Any]] = {
        "MendNotebook": {"status": status, "found": found},
        "ExecuteThroughDeaths": {"room": Room(folder, parent, sandbox, modules)},
    }
    with faults.Watched([place, nbgrader.folder]) as disks:
        settings["OneLearner"] = {"before_saving": disks.check}
        problem = nbgrader.autograde(one.unit, one.learner, place / "submitted", settings)
    if problem:
        return FAILED, [*found, problem]
    return status, nbgrader.told(one.unit, one.learner)


def _read(one: preflight.Submission, released: NotebookNode) -> tuple[str, NotebookNode, list[str]]:
    """Return the notebook to grade; the released one, without answers, where there is none."""
    if one.path is None:
        return NOTHING, released, []
    try:
        return GRADED, *read(one.path)
    except Unreadable as error:
        return UNREADABLE, released, [str(error)]


def write_page(folder: ClassFolder, unit: str, learner: str) -> str | None:
    """Write a learner's page; return why there is none, if there is none."""
    return session(folder).write_page(unit, learner)


@cache
def _parent(modules: tuple[str, ...]) -> ForkingParent:
    """Return the process that kernels are forked from; each process that grades has its own."""
    return ForkingParent(modules)
