"""Grade against a gradebook that has thirty thousand learners already.

nbgrader's tables grow by a row for each learner and graded cell, and it looks through some of
them for each notebook. The rows here are made; the notebook, and how it is graded, are real.
"""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import insert

from dwsep_helpers.grading.class_folder import ClassFolder, database
from dwsep_helpers.grading.class_run import tasks
from dwsep_helpers.grading.nbgrader_session import open_fast
from dwsep_helpers.grading.scores import scores
from dwsep_helpers.grading.submission import grade, write_page

LEARNERS = 30_000
ROUNDS = 5


def crowded(unit: str, directory: Path) -> None:
    """Print how long a notebook and the table of points take, before and after they came."""
    open_fast()  # as processes that grade do
    of = ClassFolder.of(directory)
    _, (task, *_) = tasks(of, [unit])
    print(f"\n{'learners':>9} {'s a notebook':>13} {'s a page':>9} {'s for all points':>17}")
    for more in (0, LEARNERS):
        _join(database(directory), unit, more)
        notebook = _median(lambda: grade(task.job))
        page = _median(lambda: write_page(of, unit, task.job.submission.learner))
        start = time.perf_counter()
        count = len(scores(database(directory), unit))
        points = time.perf_counter() - start
        print(f"{count:9,} {notebook:13.2f} {page:9.2f} {points:17.2f}", flush=True)


def _median(call: Callable[[], object]) -> float:
    call()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _join(address: str, unit: str, learners: int) -> None:
    """Let some learners have handed a unit in."""
    names = [f"learner-{number:06}" for number in range(learners)]
    with Gradebook(address) as gradebook:
        (notebook,) = gradebook.find_assignment(unit).notebooks
        submitted = [
            {"id": _id(), "assignment_id": notebook.assignment_id, "student_id": name}
            for name in names
        ]
        theirs = [
            {"id": _id(), "assignment_id": one["id"], "notebook_id": notebook.id, "flagged": False}
            for one in submitted
        ]
        grades, comments = (
            [
                {"id": _id(), "notebook_id": one["id"], "cell_id": cell.id}
                for one in theirs
                for cell in cells
            ]
            for cells in (notebook.grade_cells, notebook.solution_cells)
        )
        for grade in grades:
            grade |= {"auto_score": 1.0, "needs_manual_grade": False}
        for table, rows in (
            (Student, [{"id": name} for name in names]),
            (SubmittedAssignment, submitted),
            (SubmittedNotebook, theirs),
            (Grade, grades),
            (Comment, comments),
        ):
            if rows:
                gradebook.db.execute(insert(table.__table__), rows)
        gradebook.db.commit()


def _id() -> str:
    return uuid.uuid4().hex
