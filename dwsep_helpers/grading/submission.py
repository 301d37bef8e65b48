"""Grade one submission, in a process that does nothing else.

Such a process loads nbgrader once and holds the process that locked ones are forked from. What it
does for a submission is nbgrader's own autograde; what the learner wrote is opened elsewhere.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dwsep_helpers.grading import faults, preflight, scratch
from dwsep_helpers.grading.class_folder import ClassFolder
from dwsep_helpers.grading.confinement.room import copy_files
from dwsep_helpers.grading.metadata import FAILED
from dwsep_helpers.grading.nbgrader_session import session


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
    from dwsep_helpers.grading.one_learner import without_bad_time

    one = job.submission
    nbgrader = session(job.class_folder)
    staged = place / one.learner / one.unit
    staged.mkdir(parents=True)
    (staged / f"{one.unit}.ipynb").touch()  # the learner's is opened in a locked process
    copy_files(one.folder, [staged])
    _take_time(one.time, staged)
    found = [*one.problems, *without_bad_time(staged)]
    settings: dict[str, dict[str, Any]] = {
        "ExaminedNotebook": {
            "path": one.path and str(one.path),
            "folder": str(one.folder),
            "nothing": one.path is None,
            "found": found,
            "warm": job.warm,
            "lock": job.sandbox,
        }
    }
    with faults.Watched([place, nbgrader.folder]) as disks:
        settings["OneLearner"] = {"before_saving": disks.check}
        problem = nbgrader.autograde(one.unit, one.learner, place, settings)
    if problem:
        return FAILED, [*found, problem]
    return nbgrader.told(one.unit, one.learner)


def _take_time(said: Path | None, staged: Path) -> None:
    """Take the time of handing in from where nbgrader has it, however deep the notebook lies."""
    if said:
        (staged / said.name).unlink(missing_ok=True)
        if said.is_file() and not said.is_symlink():
            shutil.copyfile(said, staged / said.name)


def write_page(folder: ClassFolder, unit: str, learner: str) -> str | None:
    """Write a learner's page; return why there is none, if there is none."""
    return session(folder).write_page(unit, learner)
