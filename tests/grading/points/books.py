"""A gradebook with a unit in which a learner can be graded without running anything."""

import warnings

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook

from dwsep_helpers.grading.points.late import AssignPenalty
from dwsep_helpers.grading.points.saving import SaveGrades

UNIT = "01_conv2d"
# By grade id: what kind of cell it is, its first line, and its points.
CELLS = {
    "correlate2d_tests": ("code", "# Exercise 1.1 (4 points)", 4),
    "conv2d_tests": ("code", "# Exercise 1.2 (3 points)", 3),
    "answer_1_3": ("markdown", "Your answer", 2),
    "strided_tests": ("code", "# Exercise 1.4, optional (2 points)", 2),
}


def address(folder):
    return f"sqlite:///{folder}/gradebook.db"


def release(folder, duedate=None):
    """Have a new gradebook know the unit."""
    with warnings.catch_warnings(), Gradebook(address(folder)) as book:
        warnings.simplefilter("ignore")  # SQLAlchemy's, of nbgrader's own queries
        book.add_assignment(UNIT, duedate=duedate)
        book.add_notebook(UNIT, UNIT)
        for name, (kind, title, points) in CELLS.items():
            book.add_grade_cell(name, UNIT, UNIT, max_score=points, cell_type=kind)
            book.add_source_cell(name, UNIT, UNIT, source=title, cell_type=kind)
        book.add_solution_cell("answer_1_3", UNIT, UNIT)


def graded_notebook(right=("1.1",), answers=None):
    """Return a notebook after its run: who is right in which exercises, with which answers."""
    answers = {"1.1": "def correlate2d(): …", "1.3": "Because."} | (answers or {})
    notebook = new_notebook()
    for name, (kind, title, points) in CELLS.items():
        number = "1.3" if kind == "markdown" else title.split()[2].strip(",")
        about = {"grade": True, "grade_id": name, "points": points, "schema_version": 3}
        about |= {"locked": kind == "code", "solution": kind == "markdown", "cell_type": kind}
        if kind == "markdown":
            cell = new_markdown_cell(answers[number])
        else:
            notebook.cells.append(new_code_cell(answers.get(number, "pass")))
            wrong = [new_output("error", ename="CheckFailed", evalue="", traceback=[])]
            cell = new_code_cell(title, outputs=[] if number in right else wrong)
        notebook.cells.append(nbformat.from_dict(cell | {"metadata": {"nbgrader": about}}))
    return notebook


def grade(folder, learner, *, time=None, right=("1.1",), parent=None, **how):
    """Save the points of a learner's notebook, as the last steps of a run do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Gradebook(address(folder)) as book:
            book.update_or_create_student(learner)
            told = {"timestamp": time} if time else {}
            book.update_or_create_submission(UNIT, learner, **told)
        about = {"notebook": UNIT, "assignment": UNIT, "student": learner}
        resources = ResourcesDict(nbgrader=about | {"db_url": address(folder)})
        notebook = graded_notebook(right, **how)
        SaveGrades().preprocess(notebook, resources)
        AssignPenalty(parent=parent).preprocess(notebook, resources)


def by_hand(folder, learner, cell, points, extra=None):
    """Give points as formgrader does."""
    with Gradebook(address(folder)) as book:
        grade = book.find_grade(cell, UNIT, UNIT, learner)
        grade.manual_score, grade.extra_credit = points, extra
        grade.needs_manual_grade = points is None and grade.auto_score is None
        book.db.commit()
