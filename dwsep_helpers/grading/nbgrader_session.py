"""nbgrader, loaded once in a process, for one class."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import nbformat

from dwsep_helpers.grading import faults
from dwsep_helpers.grading.class_folder import GRADEBOOK, ClassFolder, WrongCall, database
from dwsep_helpers.grading.metadata import notes

# Settings of where things are, who has them, and what being late costs: that is settled apart.
_NO_JUDGES = {
    *("CourseDirectory", "Exchange", "ExchangeCollect", "ExchangeFactory", "ExportApp"),
    *("GenerateAssignment", "GenerateFeedback", "ZipCollectApp", "ClearSolutions"),
    *("AssignLatePenalties", "AssignPenalty", "LateRule", "HTMLExporter"),
}


class NbgraderSession:
    """What nbgrader does for a class, and what it has of it."""

    def __init__(self, folder: ClassFolder) -> None:
        from nbgrader.coursedir import CourseDirectory
        from traitlets.config import Config, PyFileConfigLoader

        from dwsep_helpers.grading import settings
        from dwsep_helpers.grading.points import late

        self.root, self.config = Path(folder.root), Config()
        settings.configure(self.config, self.root)
        if self.settings.is_file():
            own = PyFileConfigLoader(self.settings.name, path=folder.root)
            try:
                self.config.merge(said := own.load_config())
                settings.check(said)
                late.rule(self.config)
            except Exception as error:  # it is a program, which teachers change
                raise WrongCall(f"{self.settings}: {faults.sentence(error)}") from None
        if "db_url" not in self.config.CourseDirectory:
            self.config.CourseDirectory.db_url = database(self.root)
        for name, value in folder.options:
            owner, _, setting = name.partition(".")
            self.config[owner][setting] = value
        self.config.CourseDirectory.root = folder.root
        self.directory = CourseDirectory(config=self.config)
        settings.share(self.config, self.folder)
        self.directory.update_config(self.config)
        if GRADEBOOK in os.environ:
            _check_address(self.directory.db_url)

    @property
    def settings(self) -> Path:
        """Return where the course's own settings are, if it has any."""
        return self.root / "nbgrader_config.py"

    @cached_property
    def judged_by(self) -> str:
        """Return a text that differs where settings do that a notebook's points can hang on."""
        judge = {name: repr(self.config[name]) for name in sorted(set(self.config) - _NO_JUDGES)}
        return hashlib.sha256(json.dumps(judge).encode()).hexdigest()[:16]

    def release(self, unit: str) -> Path:
        """Return a unit's released notebook."""
        path = self.path(self.directory.release_directory, ".", unit) / f"{unit}.ipynb"
        if not path.is_file():
            raise FileNotFoundError(path)
        return path

    def path(self, step: str, learner: str, unit: str) -> Path:
        """Return where a step has a learner's unit."""
        return Path(self.directory.format_path(step, learner, unit))

    @property
    def autograded(self) -> Path:
        """Where graded notebooks are."""
        return self.root / self.directory.autograded_directory

    @property
    def folder(self) -> Path:
        """Where the class's gradebook and steps are."""
        return self.autograded.resolve().parent

    def source(self, unit: str) -> Path:
        """Return an author's notebook."""
        return self.path(self.directory.source_directory, ".", unit) / f"{unit}.ipynb"

    def gradebook(self) -> Any:
        """Open the class's gradebook, for a ``with`` block."""
        from nbgrader.api import Gradebook

        return Gradebook(self.directory.db_url, self.directory.course_id)

    def units(self) -> set[str]:
        """Return the units that the gradebook knows."""
        with self.gradebook() as gradebook:
            return {assignment.name for assignment in gradebook.assignments}

    def graded(self, unit: str) -> set[str]:
        """Return the learners who have a graded notebook of a unit, and points for it."""
        from nbgrader.api import Assignment, SubmittedAssignment

        with self.gradebook() as gradebook:
            found = gradebook.db.query(SubmittedAssignment.student_id)
            found = found.join(SubmittedAssignment.assignment).filter(Assignment.name == unit)
            known = {learner for (learner,) in found}
        folder = self.directory.autograded_directory
        return {one for one in known if (self.path(folder, one, unit) / f"{unit}.ipynb").is_file()}

    def enroll(self, learners: Iterable[str]) -> None:
        """Have the gradebook know these learners.

        nbgrader enrolls whoever it doesn't know yet; two processes that grade two units of the
        same newcomer would both do so, and one of them would fail.
        """
        from nbgrader.api import Student

        with self.gradebook() as gradebook:
            known = {name for (name,) in gradebook.db.query(Student.id)}
            gradebook.db.add_all(Student(id=name) for name in sorted(set(learners) - known))
            gradebook.db.commit()

    def analyze(self) -> None:
        """Have the gradebook's database count its rows, so that it finds few among many fast."""
        from sqlalchemy import text

        with self.gradebook() as gradebook:
            gradebook.db.execute(text("ANALYZE"))
            gradebook.db.commit()

    def autograde(
        self, unit: str, learner: str, submitted: Path, settings: Mapping[str, Mapping[str, Any]]
    ) -> str | None:
        """Grade a submission; return why nbgrader failed, None if it didn't.

        Parameters
        ----------
        unit, learner : str
        submitted : Path
            Has the notebook, as nbgrader wants it: ``LEARNER/UNIT/UNIT.ipynb``.
        settings : mapping
            Of nbgrader's steps, for this submission: their names and values by the step's class.
        """
        from nbgrader.converters import Autograde

        place = {"CourseDirectory": {"submitted_directory": str(submitted)}}
        return self._run(Autograde, unit, learner, {**settings, **place})

    def write_page(self, unit: str, learner: str) -> str | None:
        """Write a learner's page; return why there is none, if there is none."""
        from nbgrader.converters import GenerateFeedback

        return self._run(GenerateFeedback, unit, learner, {})

    def _run(
        self, command: type, unit: str, learner: str, settings: Mapping[str, Mapping[str, Any]]
    ) -> str | None:
        from nbgrader.coursedir import CourseDirectory
        from nbgrader.utils import capture_log
        from traitlets.config import Config

        from dwsep_helpers.grading.one_learner import for_one

        config = deepcopy(self.config)
        about = {"CourseDirectory": {"assignment_id": unit, "student_id": learner}}
        config.merge(Config(settings))
        config.merge(Config(about))
        app = for_one(command)(coursedir=CourseDirectory(config=config), config=config)
        app.force = True
        if capture_log(app)["success"]:
            return None
        if app.error and faults.machine_fault(app.error):
            raise app.error
        return app.why()

    def told(self, unit: str, learner: str) -> tuple[str, list[str]]:
        """Return a graded notebook's status and what there is to say of it.

        That is what was mended, the checks that got no answer, and those that were judged with the
        course's functions in place of the learner's.
        """
        folder = self.path(self.directory.autograded_directory, learner, unit)
        notebook = nbformat.read(folder / f"{unit}.ipynb", as_version=4)
        noted = [notes(cell.metadata) for cell in notebook.cells]
        why = "why_no_answer"
        said = [f"{one['exercise']}: {one[why]}" for one in noted if one.get(why)]
        said += [
            f"{one['exercise']} was judged with the course's {one['in_place']}"
            for one in noted
            if one.get("in_place")
        ]
        about = notes(notebook.metadata)
        return about["status"], [*about["repairs"], *said]


def _check_address(url: str) -> None:
    """Stop where a gradebook's address is none, or nothing here can open such a database."""
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import ArgumentError

    such = "such as postgresql+psycopg://teacher@db.example.org/dwsep"
    try:
        create_engine(url)
    except ArgumentError as error:
        raise WrongCall(f"{GRADEBOOK} is no address of a database, {such}: {error}") from None
    except ModuleNotFoundError as error:
        hidden = make_url(url).render_as_string()
        raise WrongCall(
            f"{GRADEBOOK}, {hidden}, needs the Python package {error.name!r}, which isn't there"
        ) from None


def open_fast() -> None:
    """Have this process look once, not at each opening, whether a gradebook has its tables.

    nbgrader opens a gradebook a dozen times for a notebook. The engine, SQLAlchemy's, is kept too:
    it has the queries' SQL, which takes longer to make than most queries do. It keeps no connection
    of a gradebook that was closed. All this is for a process that ends with its run: one that stays
    may see a gradebook removed, and another made in its place.
    """
    from nbgrader.api import Gradebook
    from sqlalchemy import Engine
    from sqlalchemy.orm import scoped_session, sessionmaker

    first = Gradebook.__init__
    engines: dict[tuple[str, str], Engine] = {}

    def again(
        self: Any, db_url: str, course_id: str = "default_course", authenticator: Any = None
    ) -> None:
        if not (engine := engines.get((db_url, course_id))):
            first(self, db_url, course_id, authenticator)
            engines[db_url, course_id] = self.engine
            return
        self.engine, self.course_id, self.authenticator = engine, course_id, authenticator
        self.db = scoped_session(sessionmaker(autoflush=True, bind=engine, future=True))

    Gradebook.__init__ = again


@cache
def session(folder: ClassFolder) -> NbgraderSession:
    """Return nbgrader for a class; it is loaded once in a process."""
    return NbgraderSession(folder)
