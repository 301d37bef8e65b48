"""The course's settings of nbgrader, which ``nbgrader_config.py`` in the course's folder loads."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import IgnorePattern, LimitOutput, SaveCells
from sqlalchemy.exc import SAWarning
from traitlets import TraitType
from traitlets.config import Config, Configurable, LazyConfigValue

from dwsep_helpers.grading.changed_release import SaveChangedCells
from dwsep_helpers.grading.class_folder import MARKS, RUNS
from dwsep_helpers.grading.examined import ExaminedNotebook
from dwsep_helpers.grading.feedback import (
    HideTests,
    PageExporter,
    ReleaseCollected,
    ShortenTracebacks,
)
from dwsep_helpers.grading.names import near
from dwsep_helpers.grading.points.export import CourseExport
from dwsep_helpers.grading.points.late import AssignPenalty, LateRule
from dwsep_helpers.grading.points.on_page import GetPoints
from dwsep_helpers.grading.points.saving import SaveGrades
from dwsep_helpers.grading.releasing import GoOn, ReleaseWhereTold


def configure(c: Config, folder: Path | None = None) -> None:
    """Set what the course needs; what is set after that comes on top.

    Parameters
    ----------
    c : Config
        What ``get_config()`` returns in ``nbgrader_config.py``.
    folder : Path, optional
        The course's; the working directory if it isn't said, as it is for nbgrader.
    """
    # nbgrader starts `alembic` by name when it makes the gradebook.
    programs, path = str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, path])

    # About nbgrader's own queries: nothing an instructor could do about.
    warnings.simplefilter("ignore", SAWarning)

    _say_where(c)
    _say_how(c)
    here = folder or Path.cwd()
    if any((here / mark).exists() for mark in MARKS):
        share(c, here)


def check(own: Config) -> None:
    """Stop at a slip of the pen in a teacher's settings, which would count as none.

    What isn't known here may be another program's, and stays unless it looks like such a slip.

    Raises
    ------
    ValueError
        If there is no such setting, but one whose name is close.
    TraitError
        If a value is none that it can have.
    """
    known = {one.__name__: one for one in _below(Configurable)}
    if not known.keys() >= own.keys():  # what runs notebooks is imported where they run
        from dwsep_helpers.grading.execution import ExecuteThroughDeaths

        known[RUNS] = ExecuteThroughDeaths
    for name, values in own.items():
        if name not in known:
            if meant := near(name, (LateRule.__name__, RUNS)):
                raise ValueError(f"there is nothing that c.{name} could set{meant}")
            continue
        traits = known[name].class_traits(config=True)
        for setting, value in values.items():
            if trait := traits.get(setting):
                _check_value(known[name], trait, value)
            elif meant := near(setting, traits):
                raise ValueError(f"{name} has no {setting}{meant}")


def _below(kind: type[Configurable]) -> Iterator[type[Configurable]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _check_value(kind: type[Configurable], trait: TraitType, value: object) -> None:
    none = value is None and trait.allow_none
    if not none and not isinstance(value, LazyConfigValue) and hasattr(trait, "validate"):
        trait.validate(kind.__new__(kind), value)


def share(c: Config, folder: Path) -> None:
    """Have all that is written be a group's, where a group shares the folder: ``chmod g+ws``.

    SQLite makes a file that its owner alone can write to, whatever the umask, so that there is one
    before.
    """
    if not folder.is_dir() or folder.stat().st_mode & 0o2020 != 0o2020:
        return
    c.CourseDirectory.groupshared = True
    os.umask(0o007)
    gradebook = folder / "gradebook.db"
    if not gradebook.exists():
        gradebook.touch(0o660)


def _say_where(c: Config) -> None:
    """Set where things are. Authors write in solutions/, learners get notebooks/."""
    c.CourseDirectory.course_id = "dwsep"
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "notebooks"
    if exchange := os.environ.get("DWSEP_EXCHANGE"):
        c.Exchange.root = exchange
    c.ExchangeFactory.release_assignment = ReleaseWhereTold
    c.ExchangeCollect.update = True  # to collect again takes what is newer
    if gradebook := os.environ.get("DWSEP_GRADEBOOK"):  # a database on a server, not a file
        c.CourseDirectory.db_url = gradebook

    # For `nbgrader zip_collect UNIT`: a learning platform's archives in downloaded/UNIT/archive.
    plugins = "dwsep_helpers.grading.people.zip_collect"
    c.ZipCollectApp.extractor_plugin = f"{plugins}.CarefulExtractor"
    c.ZipCollectApp.collector_plugin = f"{plugins}.PlatformCollector"


def _say_how(c: Config) -> None:
    """Set what nbgrader does with a unit, a submission and a learner's page."""
    # What a learner finds where an answer was.
    c.ClearSolutions.code_stub = {"python": "# Your code here.\nraise NotImplementedError"}

    # Exercises may come and go after some have handed in: the others' points stay. And in what is
    # released, "Run All" goes on past open exercises.
    steps = GenerateAssignment.class_traits()["preprocessors"].default()
    steps = [SaveChangedCells if step is SaveCells else step for step in steps]
    c.GenerateAssignment.preprocessors = [*steps, GoOn]

    # A submission is read, mended and run in a locked process, and graded here.
    c.Autograde.exporter_class = ExaminedNotebook
    c.Autograde.sanitize_preprocessors = [IgnorePattern]
    c.Autograde.autograde_preprocessors = [
        ClearMetadataPreprocessor,
        LimitOutput,
        SaveGrades,
        AssignPenalty,
    ]
    c.ExecutePreprocessor.timeout = 30  # seconds, each cell; the slowest takes about two
    c.ExecutePreprocessor.skip_cells_with_tag = "never"
    c.KernelManager.transport_encryption = "auto"  # else jupyter_client warns of plain TCP

    # Being late costs nothing, unless nbgrader_config.py says otherwise; `dwsep deadline` says what
    # late is.
    c.AssignLatePenalties.plugin_class = LateRule

    # Optional points are in no sum but their own.
    c.ExportApp.plugin_class = CourseExport

    # A warning is not a mistake: what lands on stderr costs no points.
    c.IgnorePattern.enabled = True
    c.IgnorePattern.pattern = r"(?s).*"

    # No script of a learner's runs in formgrader, nor in a page that goes back.
    c.HTMLExporter.filters = {"strip_files_prefix": "dwsep_helpers.grading.harmless.page"}

    # A learner gets the scores, the messages and nothing of the hidden tests.
    c.GenerateFeedback.exporter_class = PageExporter
    c.GenerateFeedback.preprocessors = [GetPoints, HideTests, ShortenTracebacks]

    # One submission that was put in by hand doesn't keep the others' pages back.
    c.ExchangeFactory.release_feedback = ReleaseCollected
