"""Layers sliding: what is read is framed where it is, and what it costs is counted."""

from io import BytesIO

import numpy as np
import pytest
from layout import faults, texts
from matplotlib.colors import to_hex
from PIL import Image

from dwsep_helpers import figures
from dwsep_helpers.figures import layers, palette
from dwsep_helpers.figures.layer_sizes import Layer
from dwsep_helpers.figures.picture import style
from dwsep_helpers.figures.sheets import Sheets

KINDS = ("standard", "depthwise", "pointwise")
ARTICLE = (3, 256, 8, 5, 2)
SIZES = [ARTICLE, (1, 1, 1, 1, 0), (6, 6, 20, 5, 2), (3, 4, 4, 3, 1), (2, 2000, 24, 3, 0)]


def drawn(kind, position=(2, 3), sizes=ARTICLE, **more):
    """Return the figure of a layer."""
    return layers._draw(Layer(kind, *sizes), position, **more)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_words_are_whole_apart_and_readable(kind, sizes):
    with style():
        figure = drawn(kind, (0, 0), sizes)
        assert faults(figure) == []
        assert min(text.get_fontsize() for axes in figure.axes for text in axes.texts) >= 9


@pytest.mark.parametrize(
    ("kind", "one", "all_of_them"),
    [
        ("standard", "reads 5×5×3 = 75 numbers: 75 MACs", "8×8×256 × 75 = 1,228,800 MACs"),
        ("depthwise", "reads 5×5 = 25 numbers: 25 MACs", "8×8×3 × 25 = 4,800 MACs"),
        ("pointwise", "reads 1×1×3 = 3 numbers: 3 MACs", "8×8×256 × 3 = 49,152 MACs"),
    ],
)
def test_the_worked_examples_costs_are_written_and_said(kind, one, all_of_them):
    assert {one, all_of_them} <= set(texts(drawn(kind)))
    alt = figures.layer(kind).alt
    assert one in alt
    assert all_of_them in alt
    assert "row 2, column 3" in alt


def patches(figure, shade, filled):
    """Return the frames, or what is filled, in a shade's strong colour."""
    (axes,) = figure.axes
    return [
        patch
        for patch in axes.patches
        if hasattr(patch, "get_width")
        and patch.get_fill() == filled
        and to_hex(patch.get_facecolor() if filled else patch.get_edgecolor()) == shade.line
        and patch.get_linewidth() >= (1.6 if filled else 2)
    ]


@pytest.mark.parametrize(
    ("kind", "taps", "marked"), [("standard", 5, 1), ("depthwise", 5, 3), ("pointwise", 1, 1)]
)
def test_each_sheet_has_its_window_and_as_many_outputs_are_written_as_numbers(kind, taps, marked):
    figure = drawn(kind)
    cell = layers._cell(Layer(kind, *ARTICLE))
    windows = patches(figure, palette.KERNEL, filled=False)
    assert [round(window.get_width() / cell) for window in windows] == [taps] * 3
    assert len(patches(figure, palette.OUTPUT, filled=True)) == marked


def test_the_window_stands_over_what_is_read():
    a, b = (
        [frame.get_xy() for frame in patches(drawn("standard", at), palette.KERNEL, filled=False)]
        for at in [(0, 0), (2, 3)]
    )
    cell = layers._cell(Layer("standard", *ARTICLE))
    np.testing.assert_allclose(np.subtract(b, a), [[3 * cell, 2 * cell]] * 3)


@pytest.mark.parametrize("position", [(0, 0), (2, 3), (7, 7), (0, 4), (1, 6)])
@pytest.mark.parametrize("kind", KINDS)
def test_padding_among_what_is_read_is_counted(kind, position):
    layer = Layer(kind, *ARTICLE)
    padded = np.pad(np.ones((layer.size,) * 2), layer.pad)
    row, column = position
    read = padded[row : row + layer.taps, column : column + layer.taps]
    assert layer.zeros(position) == (read == 0).sum() * (1 if kind == "depthwise" else 3)
    assert ("of them padding" in layer.one(position)) == (0 in read)


def test_a_sheet_knows_where_its_cells_are():
    sheets = Sheets(3, 4, palette.INPUT, 0.5, (0.3, -0.2), left=1, top=2)
    assert sheets.corner(0) == (1, 2)
    assert sheets.corner(2, 1, 3) == pytest.approx((1 + 0.6 + 1.5, 2 - 0.4 + 0.5))
    assert sheets.side == 2


@pytest.mark.parametrize("kind", KINDS)
def test_an_animation_is_light_loops_and_has_a_frame_for_each_position(kind):
    picture = figures.layer_animation(kind, seconds=0.5)
    with Image.open(BytesIO(picture.data)) as gif:
        assert gif.n_frames == 2 * 4
        assert gif.info["duration"] == 500
        assert gif.info["loop"] == 0
        assert gif.convert("RGB").getpixel((2, 2)) == (255, 255, 255), "paper is white"
    assert len(picture.data) < 150_000
    assert picture.width <= 900
    assert "row 1, column 3" in picture.alt
    assert picture.alt.startswith("Animation of the first 2 rows. It ends with: " + kind.title())


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_small_and_always_the_same(kind):
    picture = figures.layer(kind)
    assert picture == figures.layer(kind)
    assert len(picture.data) < 60_000
    assert picture.width <= 900


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: figures.layer("dense"), "kind is 'dense'.*standard, depthwise, pointwise"),
        (lambda: figures.layer("standard", (8, 0)), r"position is \(8, 0\).*8×8"),
        (lambda: figures.layer("pointwise", (0, -1)), r"position is \(0, -1\)"),
        (lambda: figures.layer("standard", channels=7), "channels is 7.*at most 6"),
        (lambda: figures.layer("standard", filters=0), "filters is 0.*at least 1"),
        (lambda: figures.layer("depthwise", padding=-1), "padding is -1.*at least 0"),
        (lambda: figures.layer("depthwise", size=21), "size with padding is 25.*24"),
        (lambda: figures.layer("standard", size=3, padding=0), "5"),
        (lambda: figures.layer_animation("pointwise", size=9), "9 columns.*at most 8"),
    ],
)
def test_bad_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()
