"""What a learner predicted, kept in a file for each question on the learner's machine.

The files lie beside the learner's functions (see :mod:`dwsep_helpers.carried`), in a folder
``predictions``. One that is missing, damaged or not ours is a question that is still open; where
none can be written, what was predicted is known until the kernel ends. Nothing is kept or read
while a program runs the notebook or grades it.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dwsep_helpers import carried, notebook
from dwsep_helpers.predictions.question import Question

FOLDER = "predictions"
_LONGEST = 2_000  # characters of a file


@dataclass
class Entry:
    """How far a learner got with a question."""

    predicted: str | float | None = None
    outcome: str | float | None = None
    skipped: bool = False
    shown: bool = False  # whether something of the outcome was
    again: bool = False  # whether it was asked once more, in the next unit's warm-up
    note: str = ""  # what was said of the learner's code beside the outcome; not kept

    @property
    def is_open(self) -> bool:
        """Whether there is neither a prediction nor the wish to go on without."""
        return self.predicted is None and not self.skipped


def read(question: Question) -> Entry:
    """Return what is kept of a question."""
    try:
        place = _place(question)
        if place is None or not place.is_file():
            return Entry()
        with place.open(encoding="utf-8") as file:
            return _entry(question, json.loads(file.read(_LONGEST)))
    except (AttributeError, OSError, RecursionError, ValueError):
        return Entry()


def keep(question: Question, entry: Entry) -> None:
    """Keep what was predicted of a question, if anything was."""
    if entry.is_open:
        return
    kept = {name: value for name, value in vars(entry).items() if name != "note"}
    with contextlib.suppress(OSError):
        if place := _place(question):
            place.parent.mkdir(parents=True, exist_ok=True)
            carried.write(place, json.dumps(kept))


def _place(question: Question) -> Path | None:
    folder = carried.folder() if notebook.somebody_watches() else None
    return folder / FOLDER / f"{question.id}.json" if folder else None


def _entry(question: Question, kept: dict[str, Any]) -> Entry:
    predicted, outcome = (
        None if (value := kept.get(name)) is None else question.read(value)
        for name in ("predicted", "outcome")
    )
    skipped, shown, again = (kept.get(name) is True for name in ("skipped", "shown", "again"))
    if outcome is not None and not question.is_measured:
        outcome = question.right()  # the course may have been mended since
    if predicted is not None:
        skipped = False
    return Entry(predicted, outcome, skipped, shown, again)
