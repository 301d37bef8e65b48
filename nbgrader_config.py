"""The course for nbgrader: plain ``nbgrader`` commands, run from this folder, work with it."""

import os
import sys
import warnings
from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.preprocessors import (
    CheckCellMetadata,
    IgnorePattern,
    LimitOutput,
)
from sqlalchemy.exc import SAWarning

from dwsep_helpers.grading.examined import ExaminedNotebook
from dwsep_helpers.grading.feedback import (
    HideTests,
    PageExporter,
    ReleaseCollected,
    ShortenTracebacks,
)
from dwsep_helpers.grading.people.zip_collect import CarefulExtractor, PlatformCollector
from dwsep_helpers.grading.points.export import CourseExport
from dwsep_helpers.grading.points.late import AssignPenalty, LateRule
from dwsep_helpers.grading.points.on_page import GetPoints
from dwsep_helpers.grading.points.saving import SaveGrades
from dwsep_helpers.grading.releasing import GoOn, ReleaseWhereTold

c = get_config()  # noqa: F821 - nbgrader defines it

# nbgrader starts `alembic` by name when it makes the gradebook.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

# About nbgrader's own queries: nothing an instructor could do about.
warnings.simplefilter("ignore", SAWarning)

# Where things are. Authors write in solutions/, learners get notebooks/.
c.CourseDirectory.course_id = "dwsep"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
if exchange := os.environ.get("DWSEP_EXCHANGE"):
    c.Exchange.root = exchange

c.ExchangeFactory.release_assignment = ReleaseWhereTold
c.ExchangeCollect.update = True  # to collect again takes what is newer

if gradebook := os.environ.get("DWSEP_GRADEBOOK"):  # a database on a server, not a file
    c.CourseDirectory.db_url = gradebook

# Archives from a learning platform, put into downloaded/UNIT/archive: nbgrader zip_collect UNIT.
c.ZipCollectApp.extractor_plugin = CarefulExtractor
c.ZipCollectApp.collector_plugin = PlatformCollector

# What a learner finds where an answer was.
c.ClearSolutions.code_stub = {"python": "# Your code here.\nraise NotImplementedError"}

# In what is released, "Run All" goes on past open exercises.
c.GenerateAssignment.preprocessors.append(GoOn)

# A submission is read, mended and run in a locked process, and graded here.
c.Autograde.exporter_class = ExaminedNotebook
c.Autograde.sanitize_preprocessors = [CheckCellMetadata]
c.Autograde.autograde_preprocessors = [
    IgnorePattern,
    ClearMetadataPreprocessor,
    LimitOutput,
    SaveGrades,
    AssignPenalty,
    CheckCellMetadata,
]
c.ExecutePreprocessor.timeout = 30  # seconds, each cell; the slowest takes about two
c.ExecutePreprocessor.skip_cells_with_tag = "never"
c.KernelManager.transport_encryption = "auto"  # else jupyter_client warns of plain TCP

# Being late costs nothing, unless you say otherwise here; `dwsep deadline` says what late is.
c.AssignLatePenalties.plugin_class = LateRule
c.LateRule.percent_per_day = 0  # of the points, for each day that has begun
c.LateRule.grace_minutes = 0  # so late costs nothing yet
c.LateRule.most_percent = 100  # however late

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
