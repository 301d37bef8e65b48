"""Examine a submission: read, mend and run it. All that looks at what a learner wrote is here.

It happens in a locked process, which knows of no gradebook and no other submission. What it
replies is checked by :mod:`dwsep_helpers.grading.examined`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from traitlets.config import Config

from dwsep_helpers.grading.confinement.keeper import OWN, Keeper
from dwsep_helpers.grading.confinement.room import Room, copy_files
from dwsep_helpers.grading.execution import ExecuteThroughDeaths
from dwsep_helpers.grading.harmless import MakeHarmless, bound
from dwsep_helpers.grading.mending import mend
from dwsep_helpers.grading.merged import own_cells
from dwsep_helpers.grading.metadata import GRADED, NOTES, NOTHING, UNREADABLE, grade_id, notes
from dwsep_helpers.grading.originals import Original
from dwsep_helpers.grading.reading import Unreadable, read
from dwsep_helpers.translation import Catalogue, using

LANGUAGE_FILE = f"{OWN}language.json"  # what checks say to kernels, which see no other folder
ALIKE = 3  # cells of a unit that make a file one of that unit's


def examine(argument: dict[str, Any], keeper: Keeper | None = None) -> dict[str, Any]:
    """Read, mend and run a submission.

    Parameters
    ----------
    argument : dict
        ``path``, the learner's file, None if there is none; ``unreadable``, why it isn't to be read
        all the same; ``folder``, where it lies; ``room``, where its kernels run; ``released``, the
        released notebook's file; ``originals``, the unit's cells, as
        :meth:`~dwsep_helpers.grading.mending.Original.to_json` has them; ``config``, settings of
        what executes it; ``language``, where it isn't English, what
        :meth:`~dwsep_helpers.translation.Catalogue.to_plain` returned.
    keeper : Keeper, optional
        Starts the kernels. Without one, they start as Jupyter starts them.

    Returns
    -------
    dict
        ``status``; ``repairs``, what was done to it; ``cells``, each with ``cell_type``, ``id``,
        ``source``, ``grade_id``, ``outputs``, ``execution_count``, ``attachments`` and ``notes``.
    """
    originals = {one.name: one for one in map(Original.from_json, argument["originals"])}
    released = nbformat.read(argument["released"], as_version=4)
    course = {cell.source for cell in released.cells if cell.cell_type == "code"}
    texts = {cell.source for cell in released.cells if cell.cell_type == "markdown"}
    texts = {text for text in texts if "attachment:" not in text}
    status, notebook, repairs = _read(argument, released)
    repairs += mend(notebook, originals, released.cells)
    notebook.metadata[NOTES] = {"repairs": repairs}  # where running it may say more
    room = Path(argument["room"])
    language, file = None, ""
    if told := argument.get("language"):
        language, file = Catalogue(**told), str(room / LANGUAGE_FILE)

    def fill() -> None:
        copy_files(Path(argument["folder"]), [room])
        if file:
            Path(file).write_text(json.dumps(told), encoding="utf-8")

    execute = ExecuteThroughDeaths(
        config=Config(argument["config"]), room=Room(room, keeper, fill), course=course
    )
    with _environment(NBGRADER_EXECUTION="autograde", DWSEP_LANGUAGE=file), using(language):
        notebook, _ = execute.preprocess(notebook, ResourcesDict(metadata={"path": str(room)}))
    notebook, _ = MakeHarmless(harmless=texts).preprocess(notebook, ResourcesDict())
    return {
        "status": status,
        "repairs": [*notes(notebook.metadata)["repairs"], *bound(notebook)],
        "cells": [*map(_told, notebook.cells)],
    }


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Have variables in the environment, as kernels find it, inside the ``with`` block."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _read(argument: dict[str, Any], released: NotebookNode) -> tuple[str, NotebookNode, list[str]]:
    """Return the notebook to grade; the released one, without answers, where there is none."""
    if reason := argument.get("unreadable"):
        return UNREADABLE, released, [reason]
    if argument["path"] is None:
        return NOTHING, released, []
    try:
        return GRADED, *read(Path(argument["path"]))
    except Unreadable as error:
        return UNREADABLE, released, [str(error)]


def _told(cell: NotebookNode) -> dict[str, Any]:
    code = cell.cell_type == "code"
    return {
        "cell_type": cell.cell_type,
        "id": cell.get("id"),
        "source": cell.source,
        "grade_id": grade_id(cell),
        "outputs": cell.outputs if code else [],
        "execution_count": cell.execution_count if code else None,
        "attachments": cell.get("attachments", {}),
        NOTES: notes(cell.metadata),
    }


def look(argument: dict[str, Any], keeper: Keeper | None = None) -> tuple[str | None, int]:
    """Tell by its cells which unit's a file is, and how many of them are the learner's own.

    Parameters
    ----------
    argument : dict
        ``path``, the file; ``released``, the released notebooks' files by unit.
    keeper : Keeper, optional
        Has nothing to do.

    Returns
    -------
    str or None
        The unit, None for a file that can't be read or is none's.
    int
        The cells with a text that the unit hasn't.
    """
    try:
        notebook, _ = read(Path(argument["path"]))
    except (Unreadable, OSError):
        return None, 0
    units = {unit: nbformat.read(path, 4) for unit, path in argument["released"].items()}
    text = {cell.source.strip() for cell in notebook.cells} - {""}
    shared = {
        unit: sum(cell.source.strip() in text for cell in one.cells) for unit, one in units.items()
    }
    best = max(shared, key=lambda unit: shared[unit], default=None)
    if best is None or shared[best] < ALIKE:
        return None, 0
    return best, own_cells(notebook, units[best])
