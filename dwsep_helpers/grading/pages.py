"""A page for each learner, and where that can't be made, a plain one."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import as_completed
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode

from dwsep_helpers.checks import CheckFailed
from dwsep_helpers.grading import faults, locked, worker_pool
from dwsep_helpers.grading.class_folder import ClassFolder
from dwsep_helpers.grading.feedback import RENDERING
from dwsep_helpers.grading.learner_page import table
from dwsep_helpers.grading.names import shown
from dwsep_helpers.grading.nbgrader_session import NbgraderSession, session
from dwsep_helpers.grading.points.on_page import GetPoints
from dwsep_helpers.grading.submission import write_page

_SECONDS = 120  # for a page that is made alone
_READ = 5 * 2**20  # bytes of a graded notebook that goes into a plain page
_SHOWN = 100_000  # characters of it
_NO_CELLS = '{"cells": []}'  # of one that is larger
Page = tuple[str, str]  # a unit, a learner

_PLAIN = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{unit}</title></head><body>
<h1>{unit}: {learner}</h1>
<p>Your notebook could not be shown as a page, so this is its text.</p>
<ul>{problems}</ul>
{points}
<pre style="white-space: pre-wrap">{text}</pre>
</body></html>
"""


def write_pages(
    of: ClassFolder,
    pages: Sequence[Page],
    jobs: int | None,
    done: Callable[[Page, str | None], None],
) -> None:
    """Write pages. What keeps one from being written keeps no other.

    Parameters
    ----------
    of : ClassFolder
    pages : sequence of (str, str)
        Their units and learners.
    jobs : int or None
        Pages at a time; None takes as many as there are cores.
    done : callable
        Is told of each page, and why it had to be a plain one.
    """
    jobs = min(jobs or os.cpu_count() or 1, len(pages))
    with worker_pool.processes(jobs, locked.shared([RENDERING])) as executor:
        given = [(page, (of, *page)) for page in pages]
        asked, alone = worker_pool.hand_over(executor, write_page, given)
        for future in as_completed(asked):
            try:
                problem = future.result()
            except Exception:  # its process ended, and with it others'
                problem = None
                alone.append(asked[future])
                continue
            _say(of, asked[future], problem, done)
    for page in alone:
        _say(of, page, _write_alone(of, page), done)


def _write_alone(of: ClassFolder, page: Page) -> str | None:
    pool = worker_pool.processes(1)
    try:
        return pool.submit(write_page, of, *page).result(_SECONDS)
    except TimeoutError:
        worker_pool.end_all()
        return f"it took more than {_SECONDS} seconds"
    except Exception as error:
        return faults.machine_fault(error) or "the process that makes it ended"
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _say(
    of: ClassFolder, page: Page, problem: str | None, done: Callable[[Page, str | None], None]
) -> None:
    if problem:
        try:
            write_plain(of, *page, problem)
        except Exception as error:
            problem = f"{problem}; nor a plain one: {faults.sentence(error)}"
    done(page, problem)


def write_plain(of: ClassFolder, unit: str, learner: str, problem: str) -> Path:
    """Write a page of nothing but text, and return where it is."""
    nbgrader = session(of)
    directory = nbgrader.directory
    graded = nbgrader.path(directory.autograded_directory, learner, unit) / f"{unit}.ipynb"
    path = nbgrader.path(directory.feedback_directory, learner, unit) / f"{unit}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    told = [shown(problem)]
    text = points = ""
    try:
        raw = graded.read_text(encoding="utf-8") if graded.stat().st_size <= _READ else _NO_CELLS
        text = "\n\n".join(_texts(json.loads(raw)))[:_SHOWN]
        with suppress(Exception):  # the text alone is better than no page
            points = _points(nbgrader, nbformat.reads(raw, as_version=4), unit, learner)
    except Exception as error:
        told.append(shown(faults.sentence(error)))
    page = _PLAIN.format(
        unit=html.escape(unit),
        learner=html.escape(shown(learner)),
        problems="".join(f"<li>{html.escape(one)}</li>" for one in told),
        points=points,
        text=html.escape(text),
    )
    path.write_text(page, encoding="utf-8", errors="backslashreplace")
    path.chmod(0o664 if directory.groupshared else 0o644)  # in the exchange, its learner reads it
    return path


def _points(nbgrader: NbgraderSession, notebook: NotebookNode, unit: str, learner: str) -> str:
    """Return a list of the exercises, as the table of a learner's page has them."""
    about = {"notebook": unit, "assignment": unit, "student": learner}
    about["db_url"] = nbgrader.directory.db_url
    points = GetPoints(config=nbgrader.config)
    graded, resources = points.preprocess(notebook, ResourcesDict(nbgrader=about))
    rows = table.rows(graded.cells)
    totals = table.totals(rows, resources["nbgrader"]["late_penalty"])
    lines = [f"{totals.final:g} of {totals.of:g} points"]
    for row in rows:
        had = "…" if row.had is None else f"{row.had:g}"
        optional = " optional" * row.optional
        said = " ".join((*row.says, *(f"Comment: {one}" for one in row.comments)))
        lines.append(f"{row.key} {row.name}: {had} of {row.of:g}{optional} points. {said}")
    return f"<ul>{''.join(f'<li>{html.escape(shown(one))}</li>' for one in lines)}</ul>"


def _texts(notebook: dict[str, Any]) -> Iterable[str]:
    """Return what a learner wrote, and what checks said to it; nothing of hidden tests."""
    for cell in notebook["cells"]:
        if not cell["metadata"].get("nbgrader", {}).get("locked"):
            yield "".join(cell["source"])
        for output in cell.get("outputs", ()):
            yield from _said(output)


def _said(output: dict[str, Any]) -> Iterable[str]:
    if output.get("output_type") == "error" and output.get("ename") == CheckFailed.__name__:
        yield output["evalue"]
