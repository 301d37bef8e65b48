"""Figures in the browser live in JupyterLab, in a notebook opened again and in an exported page."""

import shutil

import lab
import nbformat
import pytest
from nbconvert import HTMLExporter

from tests.explorables import pages

CELLS = [
    "from dwsep_helpers import explorables\nlab = explorables.kernel_lab()\nlab",
    "explorables.layer_machine()",
    "explorables.arithmetic()",
    "explorables.costs()",
    "print(lab.kernel.tolist())",
]
FIGURES = 4  # so many cells show one
SOBEL = "[[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]"
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
NO_MODEL = "Error displaying widget"


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    path = tmp_path_factory.mktemp("lab") / "course" / "figures.ipynb"
    path.parent.mkdir()
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), path)
    return path


@pytest.fixture(scope="module")
def opened(notebook):
    """What opens a notebook in a JupyterLab that all tests share."""
    with lab.pages_on(notebook.parent, notebook.parent.parent) as opened:
        yield opened


@pytest.fixture(scope="module")
def saved(opened, notebook, root):
    """The notebook after a learner has chosen a kernel, read it in Python and saved."""
    page = opened(notebook.name)
    with lab.kept_if_it_fails(page, root / "build" / "browser" / "figures.png"):
        lab.run_all(page)
        cells = page.locator(".jp-CodeCell")
        for number in range(FIGURES):
            cells.nth(number).locator(".live").wait_for(timeout=lab.RUNS_WITHIN)
        cells.nth(0).get_by_role("button", name="Sobel x").click()
        cells.nth(1).get_by_role("radio", name="separable").check()
        cells.nth(1).get_by_text("22.8 times fewer").wait_for()

        # Keys that would move or delete cells stay in the figure; those that run cells don't.
        cells.nth(2).get_by_role("button", name="Step").focus()
        for key in ("d", "d", "ArrowDown", "x"):
            page.keyboard.press(key)
        assert cells.count() == len(CELLS)

        # Keys that select or undo are the figure's, too, after a button as well as in a field.
        number = cells.nth(0).get_by_role("spinbutton").nth(4)
        cells.nth(0).get_by_role("button", name="sharpen").click()
        number.fill("1/9")
        for key in ("Control+a", "8"):
            page.keyboard.press(key)
        assert number.input_value() == "8"
        assert page.locator(".jp-Cell.jp-mod-selected").count() == 1
        cells.nth(0).get_by_role("button", name="Sobel x").click()

        cells.nth(4).locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        cells.nth(4).get_by_text(SOBEL).wait_for(timeout=lab.RUNS_WITHIN)
        page.keyboard.press("Control+s")
        for _ in range(100):
            if SOBEL in notebook.read_text("utf-8"):
                break
            page.wait_for_timeout(100)
        lab.end_kernels(page)
    page.close()
    return notebook


def test_a_saved_notebook_keeps_its_figures_alive(saved, opened, root):
    page = opened(saved.name)
    with lab.kept_if_it_fails(page, root / "build" / "browser" / "reopened.png"):
        page.locator(".live").nth(FIGURES - 1).wait_for(timeout=lab.RUNS_WITHIN)
        page.get_by_text(lab.IDLE).wait_for(timeout=lab.RUNS_WITHIN)
        assert page.locator("[data-alive] img").first.is_hidden()
        assert not page.get_by_text(NO_MODEL).is_visible()
        page.get_by_role("button", name="Sobel y").click()  # no kernel knows it: nothing is lost
        lab.end_kernels(page)
    page.close()


def test_a_notebook_from_elsewhere_shows_the_stills(saved, opened, root):
    copy = saved.with_name("copy.ipynb")
    shutil.copy(saved, copy)
    copy.write_text(saved.read_text("utf-8").replace("print(lab", "print( lab"), "utf-8")
    page = opened(copy.name)
    with lab.kept_if_it_fails(page, root / "build" / "browser" / "stills.png"):
        stills = page.locator(".dwsep-explorable img")
        stills.nth(FIGURES - 1).wait_for(timeout=lab.RUNS_WITHIN)
        assert [still.is_visible() for still in stills.all()] == [True] * FIGURES
        assert all(still.get_attribute("alt") for still in stills.all())
        assert page.locator(".live").count() == 0
        assert not page.get_by_text(NO_MODEL).is_visible()
        lab.end_kernels(page)
    page.close()


def test_an_exported_page_is_alive_without_a_server(saved, opened):
    html, _ = HTMLExporter(template_name="basic").from_filename(str(saved))
    page = pages.shown(opened(saved.name).context.browser, html)
    page.locator(".live").nth(FIGURES - 1).wait_for()
    page.get_by_role("button", name="Sobel y").click()
    assert page.requests == []
    assert page.errors == []
