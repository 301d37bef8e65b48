"""A browser opens a teacher's JupyterLab, and formgrader on a class that was graded."""

import shutil
from collections import Counter
from contextlib import ExitStack
from urllib.parse import urlsplit

import lab
import pytest
from nbgrader.api import Gradebook

from demo import hostile
from demo.classes import CLASSES
from demo.grading import grade
from dwsep_helpers import course
from dwsep_helpers.grading.class_folder import database
from dwsep_helpers.grading.scores import exercises, scores
from tests.grading.example_classes import take

UNIT = hostile.UNIT
SCRIPTS = "shows-scripts"  # a learner whose notebook is full of them
ROWS = """() => Array.from(document.querySelectorAll('tbody tr'), row =>
    Array.from(row.querySelectorAll('td'), cell => cell.innerText.trim()))"""


@pytest.fixture
def graded(graded_classes, tmp_path, root):
    """A class's folder, with the configuration that leads formgrader to it."""
    course = take(UNIT, graded_classes, tmp_path / "class")
    hostile.hand_in(course, SCRIPTS)
    grade([UNIT], course)
    shutil.copytree(root / "solutions" / UNIT, course / "solutions" / UNIT)
    (course / "nbgrader_config.py").write_text(
        f"load_subconfig({str(root / 'nbgrader_config.py')!r})\n"
        f"get_config().CourseDirectory.root = {str(course)!r}\n"
    )
    return course


# What formgrader's button does, with what came of it.
AUTOGRADE = """async (path) => {
    const token = document.cookie.match(/_xsrf=([^;]*)/)[1];
    const told = await fetch(path, {method: 'POST', headers: {'X-XSRFToken': token}});
    return await told.json();
}"""


def rows(page):
    page.wait_for_function("() => document.querySelectorAll('tbody tr td').length > 1")
    return page.evaluate(ROWS)


def test_formgrader_shows_the_class(graded, tmp_path):
    points = {  # with optional points, as formgrader counts
        row.learner: sum(one or 0 for one in row.points.values())
        for row in scores(database(graded), UNIT)
    }
    with lab.pages_on(graded, tmp_path / "state") as opened, ExitStack() as stack:
        page = opened(f"notebooks/{UNIT}/{UNIT}.ipynb")
        stack.enter_context(lab.kept_if_it_fails(page, tmp_path / "formgrader.png"))
        lab.wait_for_nbgrader(page)
        # Theirs is a plain `jupyter lab`. Learners' is not: test_learners_lab.py.
        assert page.get_by_text(lab.CREATE).count() > 0
        lab.end_kernels(page)
        formgrader = f"http://{urlsplit(page.url).netloc}/formgrader"
        compare_tables(page, formgrader, graded, points)
        page.screenshot(path=tmp_path / "students.png")
        press_autograde(page, graded)
        with Gradebook(database(graded)) as gradebook:
            number = gradebook.find_submission_notebook(UNIT, UNIT, SCRIPTS).id
        open_harmless_page(page, f"{formgrader}/submissions/{number}")
        page.screenshot(path=tmp_path / "submission.png")
        open_harmless_page(page, (graded / "feedback" / SCRIPTS / UNIT / f"{UNIT}.html").as_uri())
        page.screenshot(path=tmp_path / "feedback.png")


def compare_tables(page, formgrader, graded, points):
    """The tables of units and of learners show what the gradebook holds."""
    worth = sum(exercises(database(graded), UNIT).values())
    totals = Counter()  # over all units, with optional points
    for unit in CLASSES:
        for row in scores(database(graded), unit):
            totals[row.learner] += sum(one or 0 for one in row.points.values())
    page.goto(f"{formgrader}/gradebook")
    ((_, _, submissions, average),) = rows(page)
    assert submissions == str(len(points))
    mean = sum(points.values()) / len(points)
    assert float(average.split("/")[0]) == pytest.approx(mean, abs=0.01)
    assert float(average.split("/")[1]) == worth
    page.goto(f"{formgrader}/manage_students")
    shown = {row[1]: float(row[3].split("/")[0]) for row in rows(page)}
    assert shown == totals
    assert set(shown) >= set(points)


def press_autograde(page, graded):
    """The button's kernels are locked in as well, and it mends as well."""
    for learner in ("starts-processes", "copied-cells"):
        hostile.hand_in(graded, learner)
        path = f"/formgrader/api/submission/{UNIT}/{learner}/autograde"
        told = page.evaluate(AUTOGRADE, path)
        assert told["success"], told
    mended = graded / "autograded" / "copied-cells" / UNIT / f"{UNIT}.ipynb"
    assert "came twice" in mended.read_text()
    after = {row.learner: row.total for row in scores(database(graded), UNIT)}
    assert after["copied-cells"] == course.unit(UNIT).points
    assert "starts-processes" in after
    assert not (graded / "touched").exists()


def open_harmless_page(page, address):
    """A page of a learner who put scripts into everything runs none of them."""
    page.goto(address)
    page.get_by_role("heading", name="A title").wait_for()
    page.wait_for_load_state("networkidle")
    assert page.evaluate(f"() => document.body.dataset.{hostile.OWNED}") is None
    for link in page.get_by_text("a link", exact=True).all():
        link.click()
    assert page.evaluate(f"() => document.body.dataset.{hostile.OWNED}") is None
    assert page.locator("details").count() > 3  # the hints are there
