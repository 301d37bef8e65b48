"""The expected pictures are those that the notebooks' own cells give."""

import ast
import json
import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from dwsep_helpers import (
    authoring,
    conv2d,
    cost,
    data,
    depthwise_conv2d,
    explorables,
    figures,
    kernels,
    pointwise_conv2d,
)
from dwsep_helpers.figures import Picture, expected
from dwsep_helpers.figures.picture import at_its_size

ATTACHED = re.compile(r"\(attachment:(\w+)\.png\)")


@pytest.fixture(scope="module")
def cells(root):
    """Return the source of the units' cells by unit and id."""
    notebooks = {
        path.stem[:2]: json.loads(path.read_text("utf-8"))
        for path in root.glob("solutions/*/*.ipynb")
    }
    return {
        unit: {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
        for unit, notebook in notebooks.items()
    }


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
    assert asked <= {*expected.EXPECTED, authoring.PHONE_PAGE}


# What the learner writes, by the name it has in the notebooks.
WRITTEN = {
    "correlate2d": kernels.correlate2d,
    "convolve2d": kernels.convolve2d,
    "correlate_channels": lambda image, kernel: conv2d(image[None], kernel[None])[0, 0],
    "conv2d": conv2d,
    "filter_each_channel": kernels.filter_each_channel,
    "depthwise_conv2d": depthwise_conv2d,
    "mix_channels": kernels.mix_channels,
    "pointwise_conv2d": pointwise_conv2d,
    "separable_approximation": kernels.separable_approximation,
    "reduction_ratio": cost.reduction_ratio,
}


def shown(cells, *ids):
    """Run cells with the reference operators as the learner's; return what the last one shows."""
    course = {one.__name__.rpartition(".")[2]: one for one in (data, explorables, figures)}
    asked = {"predict": lambda *_: None, "reveal": lambda *_, shows: shows()}
    space = {"np": np, **course, **asked, **WRITTEN}
    *statements, last = ast.parse("\n".join(cells[cell] for cell in ids)).body
    exec(compile(ast.Module(statements, []), "cells", "exec"), space)
    return eval(compile(ast.Expression(last.value), "cells", "eval"), space)


@pytest.mark.parametrize(
    ("unit", "name", "ids"),
    [
        ("01", "sliding_window", ["predict_1_1"]),
        ("01", "kernel_gallery", ["photograph", "predict_1_2", "look_kernels"]),
        ("01", "correlation_vs_convolution", ["look_flip"]),
        ("01", "channels_summed", ["photograph", "predict_1_2", "look_channels"]),
        ("01", "filter_bank", ["photograph", "predict_1_2", "look_layer"]),
        ("02", "channels_filtered", ["photograph_kernels", "look_photograph"]),
        ("02", "influence_depthwise", ["experiment", "look_independence"]),
        ("03", "channels_mixed", ["look_3_1"]),
        ("03", "colour_matrix", ["look_3_1", "look_colours"]),
        ("03", "influence_separable", ["experiment", "look_influence"]),
        ("03", "approximation", ["look_3_7"]),
    ],
)
def test_a_right_solution_shows_the_expected_picture(cells, unit, name, ids):
    in_notebook, ours = shown(cells[unit], *ids), expected.EXPECTED[name]()
    assert in_notebook.data == ours.data


def pixels(png):
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"), dtype=float)


@pytest.mark.parametrize("name", expected.EXPECTED)
def test_an_attached_picture_has_the_size_and_the_colours_of_the_learners(name):
    learners = expected.EXPECTED[name]()
    with at_its_size():
        attached = expected.EXPECTED[name]()
    theirs, ours = pixels(learners.data), pixels(attached.data)
    assert abs(learners.width - ours.shape[1]) <= 1
    height, width = ours.shape[0] // 8 * 8, ours.shape[1] // 8 * 8

    def in_blocks(image, size):  # what an eye sees that stands back
        image = image[: height * size // 8, : width * size // 8]
        return image.reshape(height // 8, size, width // 8, size, 3).mean(axis=(1, 3))

    off = np.abs(in_blocks(theirs, 16) - in_blocks(ours, 8))
    assert off.mean() < 3
    # Red, green and blue apart from each other: where it is red, it is red in both.
    assert np.abs(np.diff(in_blocks(theirs, 16)) - np.diff(in_blocks(ours, 8))).max() < 20


def test_alternative_texts_say_what_is_seen(root):
    sources = [path.read_text("utf-8") for path in root.glob("solutions/*/*.ipynb")]
    asked = {name for source in sources for name in ATTACHED.findall(source)}
    for name in asked - {authoring.PHONE_PAGE}:
        assert "values from" not in expected.EXPECTED[name]().alt
