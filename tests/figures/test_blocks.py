"""Tensors as blocks, and the course in one picture."""

from io import BytesIO

import numpy as np
import pytest
from layout import texts
from PIL import Image

from dwsep_helpers import figures
from dwsep_helpers.figures import blocks, course

LAYER = {"x": (1, 3, 8, 8), "weight": (4, 3, 5, 5), "y": (1, 4, 4, 4)}


def test_every_axis_is_written_with_its_size():
    written = texts(blocks._draw_shapes(LAYER))
    for words in (
        *("$N = 1$ image", "$C_{in} = 3$", "$H = 8$", "$W = 8$"),
        *("$C_{out} = 4$ filters", "$K_h = 5$", "$K_w = 5$"),
        *("$N = 1$ output", "$C_{out} = 4$", "$H_{out} = 4$", "$W_{out} = 4$"),
        *("x  (1, 3, 8, 8)", "weight  (4, 3, 5, 5)", "y  (1, 4, 4, 4)"),
    ):
        assert words in written


def test_a_layer_is_an_equation_and_a_part_of_it_is_not():
    assert {"∗", "="} <= set(texts(blocks._draw_shapes(LAYER)))
    assert not {"∗", "="} & set(texts(blocks._draw_shapes({"x": (1, 3, 8, 8)})))


def test_shapes_say_what_they_show():
    assert figures.shapes(**LAYER).alt == (
        "Tensors as blocks. x: N = 1, C_in = 3, H = 8, W = 8. "
        "weight: C_out = 4, C_in = 3, K_h = 5, K_w = 5. "
        "y: N = 1, C_out = 4, H_out = 4, W_out = 4."
    )


@pytest.mark.parametrize(
    ("filters", "drawn", "more"), [(1, 1, False), (4, 4, False), (5, 2, True), (64, 2, True)]
)
def test_many_filters_are_drawn_as_two_and_an_ellipsis(filters, drawn, more):
    (axes,) = (figure := blocks._draw_shapes({"weight": (filters, 2, 3, 3)})).axes
    faces = 3  # top, side, front of each channel
    assert len(axes.patches) == drawn * 2 * faces
    assert ("…" in texts(figure)) is more


def test_a_front_has_as_many_cells_as_rows_and_columns():
    (axes,) = blocks._draw_shapes({"x": (1, 1, 5, 7)}).axes
    (lines,) = axes.collections
    assert len(lines.get_segments()) == 4 + 6


@pytest.mark.parametrize("channels", [1, 3, 32, 2048])
def test_depth_is_that_of_the_channels_and_has_an_end(channels):
    block = blocks.Block(channels, 8, 8, blocks.palette.INPUT, 0.1, blocks._deep(channels, 0.1))
    assert block.depth == pytest.approx(min(0.1 * channels, blocks.DEEPEST))


@pytest.mark.parametrize(
    ("tensors", "named"),
    [
        ({}, "tensors is empty"),
        ({"z": (1, 1, 1, 1)}, "'z' is no tensor of a layer: x, weight, y"),
        ({"x": (3, 8, 8)}, r"x has shape \(3, 8, 8\)"),
        ({"weight": (4, 0, 5, 5)}, r"weight has shape \(4, 0, 5, 5\)"),
    ],
)
def test_bad_shapes_are_named(tensors, named):
    with pytest.raises(ValueError, match=named):
        figures.shapes(**tensors)


def test_the_course_picture_counts_what_the_article_counts():
    # 8·8·256·5·5·3, 8·8·3·5·5 and 8·8·256·3, by hand.
    assert course.costs() == (1_228_800, 4_800, 49_152)
    written = " ".join(texts(course._draw()))
    for words in ("1,228,800 MACs", "4,800 + 49,152 = 53,952 MACs", "22.8× fewer"):
        assert words in written


def test_the_course_picture_says_what_it_shows():
    alt = figures.course_picture().alt
    for words in ("256 filters of 5×5×3", "1,228,800", "4,800", "49,152", "53,952", "22.8 times"):
        assert words in alt


def test_the_bars_are_as_long_as_the_costs():
    (axes,) = course._draw().axes
    dense, separable = (patch.get_width() for patch in axes.patches[-2:])
    assert dense / separable == pytest.approx(1_228_800 / 53_952)


@pytest.mark.parametrize("draw", [lambda: figures.shapes(**LAYER), figures.course_picture])
def test_a_picture_is_small_and_always_the_same(draw):
    picture = draw()
    assert picture.data == draw().data
    assert len(picture.data) < 60_000
    assert picture.width <= 900
    with Image.open(BytesIO(picture.data)) as image:
        assert image.width == 2 * picture.width


def test_the_readme_shows_the_picture_as_it_is_drawn(root):
    images = (root / ".github" / "course.png", BytesIO(figures.course_picture().data))
    saved, drawn = (np.asarray(Image.open(image).convert("L"), int) for image in images)
    assert saved.shape == drawn.shape
    # Edges of letters differ a little between platforms; a digit has a hundred pixels.
    assert np.count_nonzero(abs(saved - drawn) > 64) < 30, "run: make notebooks"
