"""Sliders in JupyterLab: they move the figure, and a strip stands in where they can't live."""

import lab
import nbformat
import pytest

CODE = """from dwsep_helpers import figures
image = [[[1, 2, 0], [0, 1, 3], [2, 0, 1]], [[0, 1, 1], [2, 0, 1], [1, 3, 0]]]
figures.explore_depthwise(image, [[[1, 0], [0, -1]], [[1, 1], [1, 1]]])"""
FIGURE = ".jupyter-widgets img"
STRIP = ".dwsep-strip img"


@pytest.fixture
def notebook(tmp_path):
    """A notebook with sliders in a folder of its own."""
    path = tmp_path / "course" / "sliders.ipynb"
    path.parent.mkdir()
    cells = [nbformat.v4.new_code_cell(CODE)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


def test_a_slider_moves_the_figure_and_a_strip_is_saved(notebook, root, tmp_path):
    with (
        lab.page_on(notebook.parent, notebook.name, tmp_path) as page,
        lab.kept_if_it_fails(page, root / "build" / "browser" / "sliders.png"),
    ):
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
            if "Outputs at row 0" in notebook.read_text(encoding="utf-8"):
                break
            page.wait_for_timeout(100)

    saved = nbformat.read(notebook, as_version=4)
    html = "".join(output.data.get("text/html", "") for output in saved.cells[0].outputs)
    assert "Outputs at row 0, column 0: 0, 3;" in html

    # The kernel that knew the sliders is gone.
    with (
        lab.page_on(notebook.parent, notebook.name, tmp_path) as page,
        lab.kept_if_it_fails(page, root / "build" / "browser" / "strip.png"),
    ):
        page.locator(STRIP).wait_for(state="visible", timeout=lab.RUNS_WITHIN)
        page.get_by_text(lab.IDLE).wait_for(timeout=lab.RUNS_WITHIN)
        assert page.locator(STRIP).is_visible()
        assert page.locator(FIGURE).count() == 0
