"""Grade one submission, in a process that does nothing else.

Such a process loads nbgrader once and holds the process that kernels are forked from. What it
does for a submission is nbgrader's own autograde, on a mended copy, with the kernel in a cell.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from dwsep_helpers import course
from dwsep_helpers.grading import mending, preflight, scratch

GRADED, NOTHING, UNREADABLE, FAILED = "graded", "nothing handed in", "unreadable", "failed"


@dataclass(frozen=True)
class Class:
    """Where a class is.

    Attributes
    ----------
    root : str
        The course: its folder has ``nbgrader_config.py``.
    options : tuple of (str, str)
        Settings, instead of those in that file, such as ``("CourseDirectory.db_url", …)``.
    """

    root: str
    options: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Job:
    """A submission to grade, and how.

    Attributes
    ----------
    course : Class
    submission : Submission
    warm, sandbox : bool
        Whether its kernels are forked, and locked in.
    torch : bool
        Whether torch is imported before kernels are forked.
    """

    course: Class
    submission: preflight.Submission
    warm: bool = True
    sandbox: bool = True
    torch: bool = False


@dataclass(frozen=True)
class Result:
    """What became of a submission.

    Attributes
    ----------
    learner, unit : str
    status : str
        One of :data:`GRADED`, :data:`NOTHING`, :data:`UNREADABLE` and :data:`FAILED`.
    problems : tuple of str
        What was mended, or why it could not be graded.
    seconds : float
    by : str
        The machine and the process that graded it.
    """

    learner: str
    unit: str
    status: str
    problems: tuple[str, ...] = ()
    seconds: float = 0.0
    by: str = ""

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
    try:
        with scratch.folder() as folder:
            status, problems = _grade(job, folder)
    except Exception as error:
        status, problems = FAILED, [f"{type(error).__name__}: {error}"]
    one = job.submission
    seconds = round(time.perf_counter() - start, 3)
    by = f"{platform.node()}:{os.getpid()}"
    return Result(one.learner, one.unit, status, (*one.problems, *problems), seconds, by)


def _grade(job: Job, place: Path) -> tuple[str, list[str]]:
    from dwsep_helpers.grading.kernels.provisioner import Cell, kernels_in
    from dwsep_helpers.grading.kernels.sandbox import Sandbox

    one = job.submission
    tools = nbgrader_of(job.course)
    status, mended = _mended(one, tools.released(one.unit))
    staged = place / "submitted" / one.learner / one.unit
    staged.mkdir(parents=True)
    told = [*one.problems, *mended.repairs]
    mended.notebook.metadata[mending.METADATA] = {"status": status, "repairs": told}
    nbformat.write(mended.notebook, staged / f"{one.unit}.ipynb")
    folder = place / "cell"
    folder.mkdir(mode=0o700)
    copy_files(one.folder, [staged, folder])
    parent = _parent(job.torch) if job.warm else None
    sandbox = Sandbox(str(folder)) if job.sandbox else None
    with kernels_in(Cell(folder, parent, sandbox, modules(job.torch))):
        done = tools.autograde(one.unit, one.learner, place / "submitted")
    if not done["success"]:
        return FAILED, [*mended.repairs, last_error(done)]
    return status, [*mended.repairs, *tools.lost(one.unit, one.learner)]


def _mended(one: preflight.Submission, released: NotebookNode) -> tuple[str, mending.Mended]:
    """Return the notebook to grade; the released one, without answers, where there is none."""
    if one.path is None:
        return NOTHING, mending.Mended(nbformat.from_dict(released))
    try:
        return GRADED, mending.mend(mending.read(one.path), released)
    except mending.Unreadable as error:
        return UNREADABLE, mending.Mended(nbformat.from_dict(released), [str(error)])


def copy_files(folder: Path, places: list[Path]) -> None:
    """Copy what lies beside a notebook: plain small files, and no links."""
    if not folder.is_dir() or folder in places:
        return
    for path in sorted(folder.iterdir()):
        plain = path.is_file() and not path.is_symlink() and ".ipynb" not in path.name.lower()
        if plain and path.stat().st_size <= mending.LARGEST:
            for place in places:
                shutil.copyfile(path, place / path.name)


def last_error(done: dict) -> str:
    """Return why nbgrader failed, in one line."""
    lines = [line.strip() for line in (done["error"] or done["log"] or "").splitlines()]
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Exception)\b.*:", line)]
    return errors[0] if errors else lines[-1] if lines else "nbgrader does not say why"


class Nbgrader:
    """nbgrader, loaded once, for one class."""

    def __init__(self, course: Class):
        from nbgrader.apps import NbGraderAPI
        from nbgrader.coursedir import CourseDirectory
        from traitlets.config import PyFileConfigLoader

        os.chdir(course.root)
        config = PyFileConfigLoader("nbgrader_config.py", path=course.root).load_config()
        for name, value in course.options:
            owner, _, setting = name.partition(".")
            config[owner][setting] = value
        config.CourseDirectory.root = course.root
        self.directory = CourseDirectory(config=config)
        self.api = NbGraderAPI(self.directory, config=config)
        self._released: dict[str, NotebookNode] = {}

    def released(self, unit: str) -> NotebookNode:
        """Return a unit's released notebook."""
        if unit not in self._released:
            path = self.path(self.directory.release_directory, ".", unit) / f"{unit}.ipynb"
            self._released[unit] = nbformat.read(path, as_version=4)
        return self._released[unit]

    def path(self, step: str, learner: str, unit: str) -> Path:
        """Return where a step has a learner's unit."""
        return Path(self.directory.format_path(step, learner, unit))

    @property
    def folder(self) -> Path:
        """Where the class's gradebook and steps are."""
        return Path(self.directory.autograded_directory).resolve().parent

    def source(self, unit: str) -> Path:
        """Return an author's notebook."""
        return self.path(self.directory.source_directory, ".", unit) / f"{unit}.ipynb"

    def units(self) -> set[str]:
        """Return the units that the gradebook knows."""
        from nbgrader.api import Gradebook

        with Gradebook(self.directory.db_url, self.directory.course_id) as gradebook:
            return {assignment.name for assignment in gradebook.assignments}

    def graded(self, unit: str) -> set[str]:
        """Return the learners who have a graded notebook of a unit, and points for it."""
        from nbgrader.api import Assignment, Gradebook, SubmittedAssignment

        with Gradebook(self.directory.db_url, self.directory.course_id) as gradebook:
            found = gradebook.db.query(SubmittedAssignment.student_id)
            found = found.join(SubmittedAssignment.assignment).filter(Assignment.name == unit)
            known = {learner for (learner,) in found}
        folder = self.directory.autograded_directory
        return {one for one in known if self.path(folder, one, unit).is_dir()}

    def enroll(self, learners: Iterable[str]) -> None:
        """Have the gradebook know these learners.

        nbgrader enrolls whoever it doesn't know yet; two processes that grade two units of the
        same newcomer would both do so, and one of them would fail.
        """
        from nbgrader.api import Gradebook, Student

        with Gradebook(self.directory.db_url, self.directory.course_id) as gradebook:
            known = {name for (name,) in gradebook.db.query(Student.id)}
            gradebook.db.add_all(Student(id=name) for name in sorted(set(learners) - known))
            gradebook.db.commit()

    def analyze(self) -> None:
        """Have the gradebook's database count its rows, so that it finds few among many fast."""
        from nbgrader.api import Gradebook
        from sqlalchemy import text

        with Gradebook(self.directory.db_url, self.directory.course_id) as gradebook:
            gradebook.db.execute(text("ANALYZE"))
            gradebook.db.commit()

    def autograde(self, unit: str, learner: str, submitted: Path) -> dict:
        """Grade a staged submission; return nbgrader's ``success``, ``log`` and ``error``."""
        own, self.directory.submitted_directory = self.directory.submitted_directory, str(submitted)
        try:
            return self.api.autograde(unit, learner, force=True, create=True)
        finally:
            self.directory.submitted_directory = own

    def lost(self, unit: str, learner: str) -> list[str]:
        """Return of a graded notebook what ended Python, or ran out of time."""
        folder = self.path(self.directory.autograded_directory, learner, unit)
        cells = nbformat.read(folder / f"{unit}.ipynb", as_version=4).cells
        told = (mending.noted(cell.metadata) for cell in cells)
        return [f"{one['exercise']}: {one['lost']}" for one in told if one.get("lost")]

    def feedback(self, unit: str, learner: str) -> dict:
        """Write a learner's page."""
        return self.api.generate_feedback(unit, learner, force=True)


def page(course: Class, unit: str, learner: str) -> str | None:
    """Write a learner's page; return why there is none, if there is none."""
    done = nbgrader_of(course).feedback(unit, learner)
    return None if done["success"] else last_error(done)


@cache
def nbgrader_of(course: Class) -> Nbgrader:
    """Return nbgrader for a class; it is loaded once in a process."""
    return Nbgrader(course)


def needs_torch(unit: str) -> bool:
    """Return whether a unit's notebook imports torch."""
    return any(known.name == unit and known.torch for known in course.UNITS)


@cache
def _parent(torch: bool):
    """Return the process that kernels are forked from; there is one for each process."""
    from dwsep_helpers.grading.kernels.warm import Parent

    return Parent(modules(torch))


def modules(torch: bool) -> tuple[str, ...]:
    """Return what notebooks import, so that it is there before they do."""
    all_do = ("numpy", "matplotlib.pyplot", "dwsep_helpers.figures", "dwsep_helpers.checks.remote")
    return (*all_do, "torch", "dwsep_helpers.mobilenet") if torch else all_do
