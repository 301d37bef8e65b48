"""Whose texts are compared: a class's, what it was given, and what anybody can look up."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

from dwsep_helpers.grading import faults, locked, scratch
from dwsep_helpers.grading.confinement import forking_parent, sandbox
from dwsep_helpers.grading.metadata import GRADED, grade_id, notes
from dwsep_helpers.grading.nbgrader_session import NbgraderSession
from dwsep_helpers.grading.similarity.pairs import Code

SOLUTION, OTHER_WAY = "the course's solution", "the course's other way"
_OTHER_WAYS = Path(__file__).parents[2] / "another_way"
_MARKS = re.compile(r"^ *### (BEGIN|END) SOLUTION *\n?", re.MULTILINE)  # nbgrader's
_TOGETHER = 25  # learners whose texts one locked process looks at
_TASK = "dwsep_helpers.grading.similarity.runs.compared"
Texts = Mapping[str, str]  # code by the name of its cell


def of_class(nbgrader: NbgraderSession, unit: str) -> tuple[dict[str, Texts], list[str]]:
    """Return the code of all learners whose unit is graded, and who could not be read, and why."""
    found: dict[str, Texts] = {}
    problems = []
    for learner in sorted(nbgrader.graded(unit)):
        folder = nbgrader.path(nbgrader.directory.autograded_directory, learner, unit)
        try:
            with (folder / f"{unit}.ipynb").open(encoding="utf-8") as file:
                texts = _texts(json.load(file))
        except (AttributeError, KeyError, OSError, RecursionError, TypeError, ValueError) as error:
            problems.append(f"{learner}: left out: {faults.sentence(error)}")
            continue
        if texts:
            found[learner] = texts
    return found, problems


def _texts(notebook: dict[str, Any]) -> dict[str, str]:
    """Return what a learner wrote of code: the answers, and cells of their own as one."""
    if notes(notebook["metadata"]).get("status", GRADED) != GRADED:
        return {}
    texts: dict[str, str] = {}
    own = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        about, text = cell["metadata"].get("nbgrader"), "".join(cell["source"])
        if about is None:
            own.append(text)
        elif about.get("solution"):
            texts[str(about["grade_id"])] = text
    return {**texts, "other cells": "\n".join(own)}


def of_course(nbgrader: NbgraderSession, unit: str) -> dict[str, Texts]:
    """Return the published right answers of a unit, as far as they are there."""
    found: dict[str, Texts] = {}
    if (source := nbgrader.source(unit)).is_file():
        cells = nbformat.read(source, as_version=4).cells
        found[SOLUTION] = {
            str(grade_id(cell)): _MARKS.sub("", cell.source)
            for cell in cells
            if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
        }
    other = _OTHER_WAYS / f"unit_{unit[:2]}.toml"
    if other.is_file():
        ways = tomllib.loads(other.read_text(encoding="utf-8"))
        found[OTHER_WAY] = {name: way["code"] for name, way in ways.items()}
    return found


def handed_out(nbgrader: NbgraderSession, unit: str) -> Texts:
    """Return the code that learners were given."""
    cells = nbformat.read(nbgrader.release(unit), as_version=4).cells
    return {f"{i}": cell.source for i, cell in enumerate(cells) if cell.cell_type == "code"} | {
        "all": "\n".join(c.source for c in cells if c.cell_type == "code" and not grade_id(c))
    }


def compared(texts: Mapping[str, Texts]) -> tuple[dict[str, Code], list[str]]:
    """Return what is compared of everybody's texts, and whose could not be looked at, and why."""
    found: dict[str, Code] = {}
    problems = []
    names = list(texts)
    for start in range(0, len(names), _TOGETHER):
        group = names[start : start + _TOGETHER]
        try:
            found |= _look(texts, group)
        except (forking_parent.TooMuch, forking_parent.TaskFailed, ValueError):
            for name in group:  # one at a time, it shows whose text it is
                try:
                    found |= _look(texts, [name])
                except (forking_parent.TooMuch, forking_parent.TaskFailed, ValueError) as error:
                    problems.append(f"{name}: left out: {faults.sentence(error)}")
    return found, problems


def _look(texts: Mapping[str, Texts], names: Sequence[str]) -> dict[str, Code]:
    """Have texts looked at in a locked process."""
    keys = [(who, cell) for who in names for cell in texts[who]]
    argument = {"texts": {str(i): texts[who][cell] for i, (who, cell) in enumerate(keys)}}
    with scratch.folder() as folder:
        reply = locked.call(
            _TASK,
            argument,
            folder,
            modules=(_TASK.rpartition(".")[0],),
            lock=sandbox.unavailable() is None,
        )
    found: dict[str, dict[str, Mapping[str, Any]]] = {who: {} for who in names}
    for i, (who, cell) in enumerate(keys):
        said = reply[str(i)]
        found[who][cell] = {
            "letters": str(said["letters"]),
            "tokens": str(said["tokens"]),
            "runs": [str(run) for run in said["runs"]],
            "length": int(said["length"]),
        }
    return dict(found)
