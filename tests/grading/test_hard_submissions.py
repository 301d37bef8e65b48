"""What nbgrader as it comes gets wrong, and this course's preprocessors get right.

Each learner hands in something that was seen to happen, on a small unit of two exercises. The
class is graded twice: by nbgrader as it comes, and with the course's configuration.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from feedback_pages import read_pages
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

UNIT = "sums"
FULL = {"test_double": 2.0, "test_triple": 3.0}
LOST = None  # nbgrader gave the submission up: it has no score
AS_IT_COMES = """
c = get_config()
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.KernelManager.transport_encryption = "auto"
c.Execute.timeout = 3
"""


def solution_cell(name, *body):
    return new_code_cell(
        "\n".join([f"def {name}(x):", "    ### BEGIN SOLUTION", *body, "    ### END SOLUTION"]),
        id=name,
        metadata=metadata(name, solution=True),
    )


def check_cell(name, visible, hidden, points):
    source = [visible, "### BEGIN HIDDEN TESTS", hidden, "### END HIDDEN TESTS"]
    return new_code_cell(
        "\n".join(source),
        id=f"test_{name}",
        metadata=metadata(f"test_{name}", grade=True, locked=True, points=points),
    )


def metadata(name, **kind):
    false = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    return {"nbgrader": {"grade_id": name, "schema_version": 3, **false, **kind}}


def unit() -> nbformat.NotebookNode:
    setup = new_code_cell("import math", id="setup", metadata=metadata("setup", locked=True))
    return new_notebook(
        cells=[
            setup,
            solution_cell("double", "    return 2 * x"),
            check_cell("double", "assert double(2) == 4", "assert double(3) == 6", 2),
            solution_cell("triple", "    return 3 * x"),
            check_cell(
                "triple", "assert triple(math.pi) == 3 * math.pi", "assert triple(1) == 3", 3
            ),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )


def cell(notebook, name):
    return next(c for c in notebook.cells if c.id == name)


def write_answers(notebook):
    cell(notebook, "double").source = "def double(x):\n    return 2 * x"
    cell(notebook, "triple").source = "def triple(x):\n    return 3 * x"


# What learners did to their notebooks, beyond answering.


def copied_a_test_cell(notebook):
    copy = nbformat.from_dict(cell(notebook, "test_double"))
    copy.id = "copy"
    notebook.cells.insert(3, copy)


def copied_an_answer(notebook):
    copy = nbformat.from_dict(cell(notebook, "double"))
    copy.id = "copy"
    notebook.cells.insert(1, copy)


def skipped_the_tests(notebook):
    for name in ("double", "triple"):
        cell(notebook, name).source = "pass"
        cell(notebook, f"test_{name}").metadata["tags"] = ["skip-execution"]


def deleted_a_test(notebook):
    notebook.cells.remove(cell(notebook, "test_triple"))


def deleted_an_exercise(notebook):
    for name in ("triple", "test_triple"):
        notebook.cells.remove(cell(notebook, name))


def deleted_the_setup(notebook):
    notebook.cells.remove(cell(notebook, "setup"))


def copied_all_into_a_new_notebook(notebook):
    for c in notebook.cells:
        c.metadata.pop("nbgrader", None)


def warned(notebook):
    cell(
        notebook, "double"
    ).source = "import warnings\ndef double(x):\n    warnings.warn('slow')\n    return 2 * x"


def ended_python(notebook):
    cell(notebook, "double").source = "import os\ndef double(x):\n    os._exit(1)"


def ended_python_twice(notebook):
    ended_python(notebook)
    cell(notebook, "triple").source += "\nos._exit(1)"


def hung_and_cannot_be_interrupted(notebook):
    cell(notebook, "double").source = (
        "import signal\ndef double(x):\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "    while True: pass"
    )


def wrote_the_marks_of_hidden_tests(notebook):
    notebook.cells.append(new_code_cell("### BEGIN HIDDEN TESTS\npass\n### END HIDDEN TESTS"))


def lost_a_picture(notebook):
    notebook.cells.append(new_markdown_cell("![my sketch](attachment:sketch.png)"))


NO_DOUBLE = FULL | {"test_double": 0.0}
NO_TRIPLE = FULL | {"test_triple": 0.0}
NOTHING = dict.fromkeys(FULL, 0.0)
WAITS = FULL | {"test_triple": None}  # to be graded by hand, for ever

# The learner, the score by nbgrader as it comes, the score here.
CLASS: dict[Callable, tuple] = {
    skipped_the_tests: (FULL, NOTHING),
    deleted_a_test: (WAITS, FULL),
    deleted_an_exercise: (WAITS, NO_TRIPLE),
    deleted_the_setup: (NO_TRIPLE, FULL),
    copied_all_into_a_new_notebook: (dict.fromkeys(FULL), FULL),
    warned: (NO_DOUBLE, FULL),
    ended_python: (LOST, NO_DOUBLE),
    ended_python_twice: (LOST, NO_DOUBLE),  # the second time below an answer
    hung_and_cannot_be_interrupted: (LOST, NO_DOUBLE),
}
# These keep all points here. The first stops nbgrader's run: whoever comes next has no score.
UNHARMED = (
    copied_a_test_cell,
    copied_an_answer,
    wrote_the_marks_of_hidden_tests,
    lost_a_picture,
)


def nbgrader(course: Path, *command: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=course,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course by nbgrader as it comes, its unit released."""
    course = tmp_path_factory.mktemp("released")
    (course / "nbgrader_config.py").write_text(AS_IT_COMES)
    source = course / "solutions" / UNIT / f"{UNIT}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(unit(), source)
    made = nbgrader(course, "generate_assignment", UNIT)
    assert made.returncode == 0, made.stdout
    return course


def hand_in(released: Path, course: Path, learners) -> Path:
    """Copy the course and hand the learners' notebooks in."""
    shutil.copytree(released, course)
    for learner in learners:
        notebook = nbformat.read(course / "notebooks" / UNIT / f"{UNIT}.ipynb", as_version=4)
        write_answers(notebook)
        learner(notebook)
        path = course / "submitted" / learner.__name__ / UNIT / f"{UNIT}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    return course


def grades(course: Path) -> dict[str, dict[str, float | None] | None]:
    """Return what each learner got, by test cell; None for one whose notebook was given up."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            submission.student_id: {
                grade.name: grade.auto_score
                for grade in gradebook.find_submission_notebook(
                    UNIT, UNIT, submission.student_id
                ).grades
            }
            if (course / "autograded" / submission.student_id / UNIT).exists()
            else LOST
            for submission in gradebook.assignment_submissions(UNIT)
        }


@pytest.fixture(scope="module")
def as_it_comes(released, tmp_path_factory):
    course = tmp_path_factory.mktemp("stock") / "course"
    hand_in(released, course, [*CLASS, lost_a_picture])
    nbgrader(course, "autograde", UNIT)
    return course


@pytest.fixture(scope="module")
def here(released, tmp_path_factory, root):
    course = hand_in(released, tmp_path_factory.mktemp("here") / "course", [*CLASS, *UNHARMED])
    (course / "nbgrader_config.py").write_text(
        f"load_subconfig({str(root / 'nbgrader_config.py')!r})\n"
        "c = get_config()\n"
        "c.ExecutePreprocessor.timeout = 3\n"
    )
    run = nbgrader(course, "autograde", UNIT)
    assert run.returncode == 0, run.stdout
    return course


@pytest.mark.parametrize("learner", CLASS, ids=lambda f: f.__name__)
def test_nbgrader_as_it_comes(as_it_comes, learner):
    assert grades(as_it_comes)[learner.__name__] == CLASS[learner][0]


@pytest.mark.parametrize("learner", CLASS, ids=lambda f: f.__name__)
def test_here(here, learner):
    assert grades(here)[learner.__name__] == CLASS[learner][1]


def test_copied_cell_stops_nbgrader_as_it_comes_and_not_here(released, here, tmp_path):
    stock = hand_in(released, tmp_path / "course", [copied_a_test_cell, warned])
    assert nbgrader(stock, "autograde", UNIT).returncode != 0
    assert "warned" not in grades(stock)
    for learner in UNHARMED:
        assert grades(here)[learner.__name__] == FULL


def test_lost_picture_stops_the_feedback_of_nbgrader_as_it_comes(as_it_comes):
    assert grades(as_it_comes)[lost_a_picture.__name__] == FULL
    run = nbgrader(as_it_comes, "generate_feedback", UNIT, "--student", lost_a_picture.__name__)
    assert run.returncode != 0
    assert "missing attachment: sketch.png" in run.stdout


def test_feedback_goes_to_all_and_hides_the_tests(here):
    run = nbgrader(here, "generate_feedback", UNIT)
    assert run.returncode == 0, run.stdout
    pages = read_pages(here, UNIT)
    assert set(pages) == {learner.__name__ for learner in [*CLASS, *UNHARMED]}
    for learner, page in pages.items():
        graded = here / "autograded" / learner / UNIT / f"{UNIT}.ipynb"
        assert "double(3) == 6" in graded.read_text()
        assert "double(2) == 4" in page
        assert "double(3) == 6" not in page
    assert "NameError: name 'double' is not defined" in pages["skipped_the_tests"]
    assert "Traceback" not in pages["skipped_the_tests"]
