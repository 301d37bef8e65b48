"""Two gradebooks can be compared: what stands in one, without what differs from run to run."""

import sqlite3
from contextlib import closing
from pathlib import Path


def gradebook(directory: Path) -> list[tuple]:
    """Return all that a gradebook says of submissions, without times and random numbers."""
    with closing(sqlite3.connect(directory / "gradebook.db")) as book:
        return sorted(
            book.execute(
                "select assignment.name, submitted_assignment.student_id, base_cell.name,"
                " grade.auto_score, grade.manual_score, grade.needs_manual_grade from grade"
                " join base_cell on base_cell.id = grade.cell_id"
                " join submitted_notebook on submitted_notebook.id = grade.notebook_id"
                " join submitted_assignment on submitted_assignment.id ="
                " submitted_notebook.assignment_id"
                " join assignment on assignment.id = submitted_assignment.assignment_id"
            ),
            key=repr,
        )
