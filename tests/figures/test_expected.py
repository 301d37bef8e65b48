"""The expected pictures are those that the notebooks' own cells give."""

import ast
import json
import re

import numpy as np
import pytest

from dwsep_helpers import conv2d, data, figures
from dwsep_helpers.figures import Picture, expected

ATTACHED = re.compile(r"\(attachment:(\w+)\.png\)")


@pytest.fixture(scope="module")
def cells(root):
    """Return the source of unit 01's cells by id."""
    notebook = json.loads((root / "solutions/01_conv2d/01_conv2d.ipynb").read_text("utf-8"))
    return {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}


@pytest.mark.parametrize("name", expected.EXPECTED)
def test_an_expected_picture_is_drawn_described_and_small(name):
    picture = expected.EXPECTED[name]()
    assert isinstance(picture, Picture)
    assert not picture.alt.startswith("Nothing to draw")
    assert "nan" not in picture.alt
    assert len(picture.data) < 100_000
    assert picture.data == expected.EXPECTED[name]().data


def test_every_attachment_has_a_picture(root):
    sources = [path.read_text("utf-8") for path in root.glob("solutions/*/*.ipynb")]
    asked = {name for source in sources for name in ATTACHED.findall(source)}
    assert asked, "unit 01 shows expected pictures"
    assert asked <= set(expected.EXPECTED)


def shown(cells, *ids):
    """Run cells with the reference operators as the learner's; return what the last one shows."""
    space = {
        **{"np": np, "data": data, "figures": figures, "reveal": lambda *_: None},
        **{"correlate2d": expected.correlate2d, "convolve2d": expected.convolve2d},
        **{"correlate_channels": lambda x, kernel: conv2d(x[None], kernel[None])[0, 0]},
        "conv2d": conv2d,
    }
    *statements, last = ast.parse("\n".join(cells[cell] for cell in ids)).body
    exec(compile(ast.Module(statements, []), "cells", "exec"), space)
    return eval(compile(ast.Expression(last.value), "cells", "eval"), space)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("sliding_window", ["hand_example"]),
        ("kernel_gallery", ["kernels", "look_kernels"]),
        ("correlation_vs_convolution", ["look_flip"]),
        ("channels_summed", ["kernels", "look_channels"]),
        ("filter_bank", ["kernels", "look_layer"]),
    ],
)
def test_a_right_solution_shows_the_expected_picture(cells, name, ids):
    in_notebook, ours = shown(cells, *ids), expected.EXPECTED[name]()
    assert in_notebook.alt == ours.alt
    assert in_notebook.data == ours.data
