"""What a learner finds out before a notebook is handed in, and what to do about it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from dwsep_helpers import __version__, course
from dwsep_helpers.grading.metadata import grade_id
from dwsep_helpers.grading.reading import Unreadable, read

_STUB = "raise NotImplementedError"
_CHECKS = re.compile(r"^checks\.(\w+)\(", re.MULTILINE)
_VERSION = re.compile(r"dwsep_helpers (\d+\.\d+\.\d+)")


def examine(path: Path) -> list[str]:
    """Return what is wrong with a notebook; nothing if all is well.

    Parameters
    ----------
    path : Path
        The learner's notebook.

    Returns
    -------
    list of str
        One problem each, with what to do.
    """
    try:
        notebook, _ = read(path)
    except Unreadable as error:
        return [
            f"{path.name} can't be read: {error}. "
            "Download the unit again and copy your answers into it."
        ]
    advice = _name(path, notebook)
    advice += _graded_cells(notebook)
    advice += _answers(notebook)
    advice += _places(notebook)
    if cells := _as_it_was_saved(path):
        advice += _order(cells)
        advice += _helpers(cells)
    return advice


def _as_it_was_saved(path: Path) -> list[dict[str, Any]]:
    """Return the cells of a file, with outputs and counts; none where it has another form."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
    except (ValueError, KeyError):  # an older version, or an encoding that can be mended
        return []
    return [cell for cell in cells if isinstance(cell, dict)]


def _name(path: Path, notebook: NotebookNode) -> list[str]:
    unit = _unit(path, notebook)
    if unit is None:
        return [f"{path.name} is none of the course's units: look for the right file."]
    if path.name != f"{unit}.ipynb":
        return [f"The file is called {path.name}: rename it to {unit}.ipynb."]
    return []


def _unit(path: Path, notebook: NotebookNode) -> str | None:
    """Tell the unit by its heading, else by the file's name."""
    text = "\n".join(c.source for c in notebook.cells[:3] if c.cell_type == "markdown")
    for unit in course.UNITS:
        if unit.title in text or unit.name in path.name:
            return unit.name
    return None


def _graded_cells(notebook: NotebookNode) -> list[str]:
    advice = []
    names = [name for cell in notebook.cells if (name := grade_id(cell))]
    for name in sorted({name for name in names if names.count(name) > 1}):
        advice.append(
            f"Cell {name!r} is there {names.count(name)} times: keep the one with your answer, "
            "delete the copy."
        )
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    text = "\n".join(cell.source for cell in code)
    graded = "\n".join(c.source for c in code if c.metadata.get("nbgrader", {}).get("grade"))
    checked = set(_CHECKS.findall(graded))
    for name in dict.fromkeys(_CHECKS.findall(text)):
        if name not in checked:
            advice.append(
                f"The check of {name!r} lost its place in the grading: download the unit again "
                "and copy your answers into it."
            )
    if not names:
        advice.append(
            "No cell is marked for grading: download the unit again and copy your answers into it."
        )
    for cell in code:
        about = cell.metadata.get("nbgrader", {})
        name = grade_id(cell) if about.get("solution") and not about.get("grade") else None
        if name and _is_answer(name, text) and not re.search(rf"\b{re.escape(name)}\b", graded):
            advice.append(f"The check below {name!r} is missing: download the unit again.")
    return advice


def _is_answer(name: str, text: str) -> bool:
    return re.search(rf"^def {re.escape(name)}\(", text, re.MULTILINE) is not None


def _answers(notebook: NotebookNode) -> list[str]:
    """Say which functions that are checked aren't there, or are as they were handed out."""
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "code")
    stubs = [
        grade_id(cell)
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("solution") and _STUB in cell.source
    ]
    advice = [
        f"No cell defines {name!r}, which is checked: is its name spelt so?"
        for name in re.findall(r"^checks\.\w+\((\w+)\)", text, re.MULTILINE)
        if not re.search(rf"^(def|class) {name}\b|^{name} *=", text, re.MULTILINE)
    ]
    if stubs:
        names = ", ".join(map(repr, stubs))
        advice.append(f"Not answered yet: {names}. Hand in as it is if that is all.")
    return advice


def _places(notebook: NotebookNode) -> list[str]:
    """Say which answers stand below their checks."""
    code = [(i, c.source) for i, c in enumerate(notebook.cells) if c.cell_type == "code"]
    advice = []
    for place, source in code:
        for name in re.findall(r"^checks\.\w+\((\w+)\)", source, re.MULTILINE):
            bound = re.compile(rf"^(def|class) {name}\b|^{name} *=", re.MULTILINE)
            answers = [i for i, text in code if bound.search(text) and _STUB not in text]
            if answers and min(answers) > place:
                advice.append(
                    f"The answer {name!r} stands below its check: move it above, and run it first."
                )
    return advice


def _order(cells: Sequence[Mapping[str, Any]]) -> list[str]:
    counts = [
        cell.get("execution_count")
        for cell in cells
        if cell.get("cell_type") == "code" and "".join(cell.get("source") or ()).strip()
    ]
    if counts == [*range(1, len(counts) + 1)]:
        return []
    what = "Not all cells were run" if None in counts else "The cells were not run from the top"
    return [f"{what}: choose Run › Restart Kernel and Run All Cells, then save."]


def _helpers(cells: Sequence[Mapping[str, Any]]) -> list[str]:
    said = _VERSION.search(json.dumps([cell.get("outputs", []) for cell in cells]))
    if said and said[1] != __version__:
        return [
            f"It was run with dwsep_helpers {said[1]}, and {__version__} is installed: restart "
            "the kernel and run all cells again."
        ]
    return []
