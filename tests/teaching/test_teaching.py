"""A term, taught by the commands of TEACHING.md as they are printed."""

import csv
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from dwsep_helpers.grading.class_folder import ClassFolder
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.metadata import grade_id
from dwsep_helpers.grading.nbgrader_session import session
from tests.teaching import downloads
from tests.teaching.downloads import CANVAS_UNIT, MOODLE_UNIT

pytestmark = pytest.mark.skipif(
    sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
)
GONE = "depthwise_conv2d_macs"  # the exercise that turns out to have a flaw
BEFORE = "autumn-2026"


def recipes(text):
    """Return the commands of each recipe, and the settings that one of them names."""
    found = {}
    for part in text.split("\n## ")[1:]:
        heading, _, rest = part.partition("\n")
        found[heading] = re.findall(r"```sh\n(.*?)```", rest, re.DOTALL)
    return found, re.search(r"<!-- settings -->\n```python\n(.*?)```", text, re.DOTALL)[1]


class Term:
    """A course's folder in which a class is taught."""

    def __init__(self, root, folder):
        self.folder = folder / "course"
        for unit in (CANVAS_UNIT, MOODLE_UNIT):
            shutil.copytree(root / "solutions" / unit, self.folder / "solutions" / unit)
        shutil.copy(root / "nbgrader_config.py", self.folder)
        (self.folder / ".venv").symlink_to(sys.prefix)
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("DWSEP_", "JUPYTER_"))},
            "HOME": str(folder),
            "PYTHONPATH": str(root),
        }
        self.start, self.said = f". {self.folder}/.venv/bin/activate\n", ""

    def run(self, commands):
        """Run a recipe's commands in a shell."""
        done = subprocess.run(
            ["bash", "-e", "-c", self.start + commands],
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self.said = done.stdout
        assert done.returncode == 0, done.stdout

    def table(self, name, column="learner", folder=None):
        """Return a table's rows by what they are about."""
        with ((folder or self.folder) / name).open(encoding="utf-8-sig", newline="") as file:
            return {row[column]: row for row in csv.DictReader(file)}

    def scores(self, unit=CANVAS_UNIT):
        """Return the rows of a unit's points."""
        return self.table(f"scores-{unit}.csv")


@pytest.fixture(scope="module")
def book(root):
    return recipes((root / "TEACHING.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def term(root, tmp_path_factory):
    return Term(root, tmp_path_factory.mktemp("term"))


def before_roster(term, settings):
    term.run("nbgrader --version")
    for unit in (CANVAS_UNIT, MOODLE_UNIT):  # what learners downloaded, to have their work now
        shutil.copytree(
            Path(term.environment["PYTHONPATH"], "notebooks", unit),
            term.folder / "notebooks" / unit,
        )
    downloads.write(term.folder, term.folder / "downloads")


def after_roster(term):
    people = term.table("roster.csv")
    assert {who: row["section"] for who, row in people.items()} == {
        "ada": "Monday",
        "ben": "Monday",
        "cem": "Tuesday",
    }
    assert "3 learners, 3 of them new." in term.said


def after_release(term):
    assert (term.folder / "notebooks" / MOODLE_UNIT / f"{MOODLE_UNIT}.ipynb").is_file()


def after_deadline(term):
    assert "2026-10-16 23:59 CEST (2026-10-16 21:59 UTC)" in term.said


def before_collecting(term, settings):
    with (term.folder / "nbgrader_config.py").open("a") as file:
        file.write(settings)


def after_collecting(term):
    assert re.search(r"ben \(Ben Li\).*liben_LATE_12_502.*late", term.said)
    assert re.search(r"cem \(Cem Oz\) +– +– +nothing handed in", term.said)
    times = {
        path.parent.parent.name: path.read_text()[:16]
        for path in term.folder.glob(f"submitted/*/{MOODLE_UNIT}/timestamp.txt")
    }
    assert set(times) == {"ada", "ben"}
    assert not [*term.folder.glob(f"submitted/*/{CANVAS_UNIT}/timestamp.txt")]
    assert term.table("roster.csv")["cem"]["moodle"] == "4713"


def after_grading(term):
    assert {who: row["final"] for who, row in term.scores().items()} == {
        "ada": "20",
        "ben": "16",
        "cem": "",
    }
    ben = term.scores(MOODLE_UNIT)["ben"]
    assert (ben["total"], ben["penalty"], ben["final"]) == ("12", "1.2", "10.8")
    assert term.scores(MOODLE_UNIT)["cem"]["status"] == "not handed in"
    assert "kernel-flipped" in (term.folder / f"class-{CANVAS_UNIT}.html").read_text()
    page = (term.folder / "feedback" / "ben" / CANVAS_UNIT / f"{CANVAS_UNIT}.html").read_text()
    assert "16 of 20" in page
    assert "Ben Li (ben)" in page


def before_by_hand(term, settings):
    with session(ClassFolder.of(term.folder)).gradebook() as gradebook:  # as formgrader does
        grade = gradebook.find_grade("test_conv2d", CANVAS_UNIT, CANVAS_UNIT, "ben")
        grade.manual_score = 1
        gradebook.db.commit()


def after_by_hand(term):
    assert term.scores()["ben"]["total"] == "17"


def after_more_time(term):
    assert "late, as the platform says without a time: ben" in term.said
    ben = term.scores(MOODLE_UNIT)["ben"]
    assert (ben["penalty"], ben["final"]) == ("0", "12")


def after_another_try(term):
    assert [*term.folder.glob(f"replaced/ben/{CANVAS_UNIT}/**/*.ipynb")]
    assert "2 submissions, 1 to grade." in term.said


def after_one_again(term):
    assert "1 submission, 1 to grade." in term.said


def before_less(term, settings):
    path = term.folder / "solutions" / MOODLE_UNIT / f"{MOODLE_UNIT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if grade_id(cell) not in (GONE, f"test_{GONE}")]
    assert len(cells) == len(notebook.cells) - 2
    notebook.cells = cells
    nbformat.write(notebook, path)


def after_less(term):
    (removed,) = term.folder.glob(f"removed-{MOODLE_UNIT}-*.csv")
    assert term.table(removed.name)["ada"]["cell"] == f"test_{GONE}"
    term.run(f"dwsep report {MOODLE_UNIT} --no-feedback")
    rows = term.scores(MOODLE_UNIT)
    assert (rows["ada"]["final"], rows["ada"]["max"]) == ("13", "13")
    assert (rows["ben"]["final"], rows["ben"]["status"]) == ("10", "graded")


def after_platforms(term):
    folder = term.folder / "downloads"
    canvas = term.table("canvas-gradebook-with-points.csv", "ID", folder)
    assert [canvas[i]["2D convolution (808)"] for i in ("11", "12", "13")] == ["20", "17", ""]
    moodle = term.table("moodle-02-worksheet-with-points.csv", "Identifier", folder)
    assert moodle["Participant 4712"]["Full name"] == "Ben Li"
    assert "maximum" in term.said  # 13 of an assignment of 15: said, and not scaled
    with zipfile.ZipFile(term.folder / f"feedback-{MOODLE_UNIT}-moodle.zip") as archive:
        assert f"Ben Li_4712_assignsubmission_file_/{MOODLE_UNIT}.html" in archive.namelist()
    everybody = term.table("scores-all.csv")
    assert everybody["ben"]["to_confirm"] == "1.5"
    assert (term.folder / "grades.csv").is_file()


def after_similar(term):
    assert "ada and ben" in term.said


def after_new_term(term):
    old = term.folder.parent / BEFORE
    stays = {"solutions", "notebooks", "downloads", "nbgrader_config.py", ".venv"}
    assert {path.name for path in term.folder.iterdir()} == stays
    assert "percent_per_day = 10" in (old / "nbgrader_config.py").read_text()
    term.run(f"dwsep report {CANVAS_UNIT} --no-feedback --directory {old}")
    assert term.table(f"scores-{CANVAS_UNIT}.csv", folder=old)["ben"]["total"] == "17"


# By recipe: what a teacher does besides, and what is there afterwards.
STEPS = {
    "Who: the roster": (before_roster, after_roster),
    "Hand out a unit": (None, after_release),
    "Until when": (None, after_deadline),
    "Take in what they handed in": (before_collecting, after_collecting),
    "Grade": (None, after_grading),
    "Points by hand": (before_by_hand, after_by_hand),
    "More time": (None, after_more_time),
    "Another try": (None, after_another_try),
    "Grade one learner again": (None, after_one_again),
    "An exercise goes, or comes": (before_less, after_less),
    "Points for Canvas and Moodle": (None, after_platforms),
    "Whose code is alike": (None, after_similar),
    "The next term": (None, after_new_term),
}


def test_each_recipe_with_commands_is_run(book):
    assert [heading for heading, blocks in book[0].items() if blocks] == list(STEPS)


def test_a_term(book, term):
    commands, settings = book
    for heading, (before, after) in STEPS.items():
        if before:
            before(term, settings)
        for block in commands[heading]:
            term.run(block)
        after(term)
