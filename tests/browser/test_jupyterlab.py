"""A browser opens JupyterLab on each graded unit, runs it and sees its figures.

And sliders: they move the figure, and a strip stands in where they can't live. All tests share
one JupyterLab and one browser.
"""

import re

import lab
import nbformat
import pytest

from demo import examples
from dwsep_helpers import course
from dwsep_helpers.predictions import READ_ALONG

UNITS = [unit for unit in course.UNITS if unit.points]
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
}))"""
# Of all that should be in sight: sliders hide their strip.
IMAGES = """() => Array.from(document.querySelectorAll(
    '.jp-Notebook img:not(.dwsep-strip img)'), image => ({
    alt: image.alt,
    width: image.naturalWidth,
    shown: image.getBoundingClientRect().width > 0,
}))"""
SLIDERS = """from dwsep_helpers import figures
image = [[[1, 2, 0], [0, 1, 3], [2, 0, 1]], [[0, 1, 1], [2, 0, 1], [1, 3, 0]]]
figures.explore_depthwise(image, [[[1, 0], [0, -1]], [[1, 1], [1, 1]]])"""
FIGURE = ".jupyter-widgets img"
STRIP = ".dwsep-strip img"
LOADED = "() => Array.from(document.querySelectorAll('.jp-Notebook img')).every(i => i.complete)"


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    """The learner's units with their answers filled in."""
    made = tmp_path_factory.mktemp("lab") / "course"
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
    return made


@pytest.fixture(scope="module")
def opened(folder):
    """What opens a notebook in a JupyterLab that all tests share."""
    with lab.pages_on(folder, folder.parent, **{READ_ALONG: "1"}) as opened:
        yield opened


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_unit_runs_and_shows_its_figures(unit, folder, opened, root):
    notebook = nbformat.read(folder / unit.path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    last = {cell.id: re.split(r"\n(?=[^\s)\]}])", cell.source)[-1] for cell in code}
    draws = [name for name, statement in last.items() if "figures." in statement]
    assert draws

    page = opened(unit.path)
    with lab.kept_if_it_fails(page, root / "build" / "browser" / f"{unit.name}.png"):
        lab.run_all(page)

        shown = dict(zip((cell.id for cell in code), page.evaluate(CELLS), strict=True))
        assert {name: cell["wrong"] for name, cell in shown.items() if cell["wrong"]} == {}
        assert [name for name in draws if not shown[name]["pictures"]] == []

        page.wait_for_function(LOADED, timeout=lab.RUNS_WITHIN)
        images = page.evaluate(IMAGES)
        assert len(images) >= len(draws)
        hidden = [i for i in images if not (i["width"] and i["shown"] and i["alt"])]
        assert hidden == []
    lab.end_kernels(page)
    page.close()


@pytest.fixture
def sliders(folder):
    """A notebook with sliders, beside the units."""
    path = folder / "sliders.ipynb"
    cells = [nbformat.v4.new_code_cell(SLIDERS)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


def test_a_slider_moves_the_figure_and_a_strip_is_saved(sliders, opened, root):
    page = opened(sliders.name)
    with lab.kept_if_it_fails(page, root / "build" / "browser" / "sliders.png"):
        lab.run_all(page)
        figure = page.locator(FIGURE)
        figure.wait_for(timeout=lab.RUNS_WITHIN)
        before = figure.get_attribute("src"), figure.get_attribute("alt")
        assert "row 0, column 0" in before[1]
        assert not page.locator(STRIP).is_visible(), "the sliders hide the strip"

        column = page.locator(".widget-slider", has_text="column")
        column.locator(".noUi-handle").press("ArrowRight")
        page.wait_for_function(
            "([figure, src]) => document.querySelector(figure).src !== src", arg=[FIGURE, before[0]]
        )
        assert "row 0, column 1" in figure.get_attribute("alt")
        assert figure.bounding_box()["width"] > 300

        page.keyboard.press("Control+s")
        for _ in range(100):
            if "Outputs at row 0" in sliders.read_text(encoding="utf-8"):
                break
            page.wait_for_timeout(100)
        lab.end_kernels(page)
    page.close()

    saved = nbformat.read(sliders, as_version=4)
    html = "".join(output.data.get("text/html", "") for output in saved.cells[0].outputs)
    assert "Outputs at row 0, column 0: 0, 3;" in html

    # The kernel that knew the sliders is gone.
    page = opened(sliders.name)
    with lab.kept_if_it_fails(page, root / "build" / "browser" / "strip.png"):
        page.locator(STRIP).wait_for(state="visible", timeout=lab.RUNS_WITHIN)
        page.get_by_text(lab.IDLE).wait_for(timeout=lab.RUNS_WITHIN)
        assert page.locator(STRIP).is_visible()
        assert page.locator(FIGURE).count() == 0
        lab.end_kernels(page)
    page.close()
