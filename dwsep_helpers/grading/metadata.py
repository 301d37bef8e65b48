"""What the metadata of a notebook and its cells hold: nbgrader's names, and what grading noted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

NOTES = "dwsep"  # the key under which grading notes what it found out
# What can become of a submission.
GRADED, NOTHING, UNREADABLE, FAILED = "graded", "no notebook in it", "unreadable", "failed"
NOT_YET = "not graded yet"  # or only begun, by a run that was ended
NOT_HANDED_IN = "not handed in"  # of one who is on the roster, and has no folder


def grade_id(cell: NotebookNode) -> str | None:
    """Return the cell's name in the gradebook, or None where it has none."""
    details = cell.metadata.get("nbgrader")
    name = details.get("grade_id") if isinstance(details, dict) else None
    return name if isinstance(name, str) else None


def notes(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what grading noted in a notebook's or a cell's metadata."""
    found = metadata.get(NOTES)
    return found if isinstance(found, dict) else {}
