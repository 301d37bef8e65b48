"""A picture as the last line of a cell shows exactly once, with its alternative text."""

import os
from html.parser import HTMLParser

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = {
    "static": "from dwsep_helpers import figures\nfigures.kernel_flipped([[1, 2], [0, -1]])",
    "after inline": (
        "%matplotlib inline\nimport matplotlib.pyplot\nfigures.sliding_window(2 * [[1, 2]], [[1]])"
    ),
    "assigned": "p = figures.kernel_flipped([[1, 2], [0, -1]])",
    "displayed": "display(p)",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Run the cells in a kernel, as JupyterLab, Colab and nbconvert do."""
    code = [nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    notebook = nbformat.v4.new_notebook(cells=code)
    folder = str(tmp_path_factory.mktemp("display"))
    resources = {"metadata": {"path": folder}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute(
        env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    return {name: cell.outputs for name, cell in zip(CELLS, notebook.cells, strict=True)}


class Images(HTMLParser):
    """Collects the attributes of images."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.found.append(dict(attrs))


@pytest.mark.parametrize(
    ("cell", "alt"),
    [
        ("static", "A kernel: 1 2 / 0 −1. Top"),
        ("after inline", "A 1×1 kernel on an image"),
        ("displayed", "A kernel: 1 2 / 0 −1. Top"),
    ],
)
def test_a_picture_shows_once_with_its_alternative_text(outputs, cell, alt):
    (output,) = outputs[cell]
    assert set(output.data) == {"text/html", "text/plain"}, "one image, and words for the rest"
    (image,) = Images(output.data["text/html"]).found
    assert image["alt"].startswith(alt)
    assert image["src"].startswith("data:image/png;base64,")
    assert image["alt"] in output.data["text/plain"]


def test_a_picture_that_is_kept_does_not_show(outputs):
    assert outputs["assigned"] == []
