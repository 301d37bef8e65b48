"""Each graded unit in JupyterLab: a browser opens it, runs it and sees its figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import lab
import nbformat

from demo import examples
from dwsep_helpers import course

if TYPE_CHECKING:
    from playwright.sync_api import Page

UNITS = [unit for unit in course.UNITS if unit.points]
# They time layers and networks, and take longest: test_jupyterlab_timing.py has them, so that
# another process can run the others meanwhile.
TIMING = [unit for unit in UNITS if unit.name in ("06_mobile_hardware", "08_capstone")]
OTHERS = [unit for unit in UNITS if unit not in TIMING]
# Trains for minutes: behind its setup, training is cut short as it is while a notebook is graded.
LONG = "05_mobilenet"
SHORT = "import os\nos.environ['NBGRADER_EXECUTION'] = 'validate'"
# What each code cell of the page shows: what went wrong in it, and how many pictures.
CELLS = """() => Array.from(document.querySelectorAll('.jp-Notebook .jp-CodeCell'), cell => ({
    wrong: Array.from(
        cell.querySelectorAll(
            '[data-mime-type="application/vnd.jupyter.error"],'
            + '[data-mime-type="application/vnd.jupyter.stderr"]'),
        output => output.innerText),
    pictures: cell.querySelectorAll('.jp-OutputArea img').length,
    alive: cell.querySelectorAll('[data-alive]').length,
}))"""
# Of all that should be in sight: a figure that lives hides its still.
IMAGES = """() => Array.from(document.querySelectorAll(
    '.jp-Notebook img:not([data-alive] img)'), image => ({
    alt: image.alt,
    width: image.naturalWidth,
    shown: image.getBoundingClientRect().width > 0,
}))"""
LOADED = "() => Array.from(document.querySelectorAll('.jp-Notebook img')).every(i => i.complete)"


def fill_in(root: Path, made: Path) -> None:
    """Put the learner's units with their answers filled in into a folder."""
    for unit in UNITS:
        released, solution = (
            nbformat.read(root / folder / unit.path, as_version=4)
            for folder in ("notebooks", "solutions")
        )
        path = made / unit.path
        path.parent.mkdir(parents=True)
        filled = examples.fill(released, examples.right_answers(solution))
        if unit.name == LONG:
            (setup,) = (n for n, cell in enumerate(filled.cells) if cell.id == "setup")
            filled.cells.insert(setup + 1, nbformat.v4.new_code_cell(SHORT))
        nbformat.write(filled, path)


def check(unit: course.Unit, folder: Path, opened: Callable[[str], Page], root: Path) -> None:
    """Run a unit in a browser, and look at its figures."""
    notebook = nbformat.read(folder / unit.path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    last = {cell.id: re.split(r"\n(?=[^\s)\]}])", cell.source)[-1] for cell in code}
    draws = [name for name, statement in last.items() if "figures." in statement]
    lives = [cell.id for cell in code if "explorables." in cell.source and cell.id != "setup"]
    assert draws

    page = opened(unit.path)
    with lab.kept_if_it_fails(page, root / "build" / "browser" / f"{unit.name}.png"):
        lab.run_all(page)

        shown = dict(zip((cell.id for cell in code), page.evaluate(CELLS), strict=True))
        assert {name: cell["wrong"] for name, cell in shown.items() if cell["wrong"]} == {}
        assert [name for name in draws if not shown[name]["pictures"]] == []
        assert [name for name in lives if not shown[name]["alive"]] == []

        page.wait_for_function(LOADED, timeout=lab.RUNS_WITHIN)
        images = page.evaluate(IMAGES)
        assert len(images) >= len(draws)
        hidden = [i for i in images if not (i["width"] and i["shown"] and i["alt"])]
        assert hidden == []
    lab.end_kernels(page)
    page.close()
