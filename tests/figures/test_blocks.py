"""Blocks: every axis is named with its size, and every cost is counted."""

import re
import subprocess
import sys

import pytest
from layout import texts
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from dwsep_helpers import figures
from dwsep_helpers.cost import conv2d_cost
from dwsep_helpers.figures import blocks, course, palette
from dwsep_helpers.figures.picture import new_canvas

LAYER = {"x": (1, 3, 8, 8), "weight": (4, 3, 5, 5), "y": (1, 4, 4, 4)}


def fronts(figure):
    """Return (rows, columns) of every plane whose cells are drawn."""
    found = []
    for axes in figure.axes:
        for lines in axes.collections:
            assert isinstance(lines, LineCollection)
            flat = [path.vertices[0][1] == path.vertices[1][1] for path in lines.get_paths()]
            found.append((flat.count(True) + 1, flat.count(False) + 1))
    return found


def test_every_axis_is_named_with_its_size():
    written = texts(blocks._draw_shapes(LAYER))
    assert {"x  (1, 3, 8, 8)", "weight  (4, 3, 5, 5)", "y  (1, 4, 4, 4)"} <= set(written)
    edges = [text for text in written if re.fullmatch(r"\$.*\$", text)]
    x = ["$C_{in} = 3$", "$H = 8$", "$W = 8$"]
    weight = ["$C_{in} = 3$", "$K_h = 5$", "$K_w = 5$"]
    y = ["$C_{out} = 4$", "$H_{out} = 4$", "$W_{out} = 4$"]
    assert sorted(edges) == sorted(x + weight + y)
    assert {"$N = 1$ image", "$C_{out} = 4$ filters", "$N = 1$ output"} <= set(written)


def test_every_plane_is_drawn_with_its_cells():
    planes = fronts(blocks._draw_shapes({"x": (2, 3, 4, 6), "weight": (4, 3, 2, 5)}))
    assert planes == [(4, 6)] * 2 * 3 + [(2, 5)] * 4 * 3


def test_more_than_fits_is_left_out_in_the_open():
    figure = blocks._draw_shapes({"weight": (64, 3, 3, 3)})
    assert fronts(figure) == [(3, 3)] * 2 * 3
    assert "…" in texts(figure)
    assert "$C_{out} = 64$ filters" in texts(figure)
    assert "…" not in texts(blocks._draw_shapes({"weight": (4, 3, 3, 3)}))


def test_a_layer_reads_as_an_equation_and_a_part_of_it_does_not():
    assert {"∗", "="} <= set(texts(blocks._draw_shapes(LAYER)))
    assert not {"∗", "="} & set(texts(blocks._draw_shapes({"x": LAYER["x"], "y": LAYER["y"]})))


def test_shapes_are_described():
    assert figures.shapes(**LAYER).alt == (
        "Tensors as blocks. x: N = 1, C_in = 3, H = 8, W = 8. "
        "weight: C_out = 4, C_in = 3, K_h = 5, K_w = 5. "
        "y: N = 1, C_out = 4, H_out = 4, W_out = 4."
    )


@pytest.mark.parametrize(
    ("tensors", "named"),
    [
        ({}, "tensors is empty"),
        ({"z": (1, 1, 1, 1)}, "'z' is no tensor"),
        ({"x": (3, 8, 8)}, r"x has shape \(3, 8, 8\)"),
        ({"y": (1, 0, 8, 8)}, r"y has shape \(1, 0, 8, 8\)"),
    ],
)
def test_bad_shapes_are_named(tensors, named):
    with pytest.raises(ValueError, match=named):
        figures.shapes(**tensors)


def test_a_stack_recedes_and_a_deep_one_is_one_box():
    thin = blocks.Block(3, 2, 4, palette.INPUT, cell=0.5, thickness=0.1, gap=0.2)
    assert (thin.across, thin.down, thin.depth) == pytest.approx((2, 1, 0.7))
    assert thin.size == pytest.approx((2 + 0.8 * 0.7, 1 + 0.6 * 0.7))
    deep = blocks.Block(256, 2, 4, palette.INPUT, cell=0.5, thickness=0.001)
    faces = []
    for block in (thin, deep):
        _, axes = new_canvas(4, 4)
        block.draw(axes, 1, 3)
        faces.append(len(axes.patches))
        corners = [corner for face in axes.patches for corner in face.get_xy()]
        assert max(x for x, _ in corners) == pytest.approx(1 + block.size[0])
        assert min(y for _, y in corners) == pytest.approx(3 - block.size[1])
    assert faces == [3 * 3, 3]


def test_the_courses_costs_are_counted():
    standard, depthwise, pointwise = course.costs()
    assert standard == conv2d_cost(3, 256, 5, (8, 8), padding=2).macs == 1_228_800
    assert depthwise == 8 * 8 * 5 * 5 * 3 == 4_800
    assert pointwise == conv2d_cost(3, 256, 1, (8, 8)).macs == 49_152


@pytest.mark.parametrize("words", ["1,228,800 MACs", "4,800 MACs", "49,152 MACs", "22.8× fewer"])
def test_the_course_picture_shows_the_costs(words):
    assert words in texts(course._draw(course.Counts(*course.costs())))


def test_the_course_picture_adds_up_and_names_the_shapes():
    written = texts(course._draw(course.Counts(*course.costs())))
    assert "4,800 + 49,152 = 53,952 MACs:" in written
    assert [written.count(shape) for shape in ("8×8×3", "8×8×256")] == [3, 2]
    assert {"256 filters, 5×5×3", "3 kernels, 5×5", "256 filters, 1×1×3"} <= set(written)


def test_the_course_picture_shows_the_counts_it_is_given():
    """Unit 03 hands in what the learner's own code multiplied."""
    written = texts(course._draw(course.Counts(1_000_000, 4_000, 46_000)))
    assert {"4,000 + 46,000 = 50,000 MACs:", "1,000,000 MACs", "20.0× fewer"} <= set(written)
    given = figures.course_picture(standard=1_000_000, depthwise=4_000, pointwise=46_000)
    assert given != figures.course_picture()
    assert "46,000 MACs; together 50,000, 20.0 times fewer" in given.alt
    assert figures.course_picture(*course.costs()) == figures.course_picture()


def test_the_bars_are_as_long_as_the_costs():
    bars = [
        patch
        for axes in course._draw(course.Counts(*course.costs())).axes
        for patch in axes.patches
        if isinstance(patch, Rectangle) and to_hex(patch.get_facecolor()) == palette.EMPHASIS
    ]
    longer, shorter = (bar.get_width() for bar in bars)
    assert longer / shorter == pytest.approx(1_228_800 / 53_952)


def test_the_course_picture_is_described_with_its_numbers():
    alt = figures.course_picture().alt
    for number in ("1,228,800", "4,800", "49,152", "53,952", "22.8 times fewer", "256 filters"):
        assert number in alt
    assert not set("[]\n") & set(alt)


@pytest.mark.parametrize("draw", [figures.course_picture, lambda: figures.shapes(**LAYER)])
def test_a_picture_is_small_narrow_and_the_same_each_time(draw):
    picture = draw()
    assert picture == draw()
    assert len(picture.data) < 100_000
    assert picture.width <= 900


def test_drawing_leaves_pyplot_alone():
    program = (
        "import sys\n"
        "from dwsep_helpers import figures\n"
        "assert 'matplotlib' not in sys.modules, 'figures load lazily'\n"
        "figures.course_picture()\n"
        "figures.shapes(x=(1, 3, 8, 8))\n"
        "figures.kernel_gallery(lambda image, kernel: image, [[0.0, 1.0]], {'one': [[1]]})\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


def test_the_course_picture_says_it_where_more_is_counted():
    drawn = figures.course_picture(100, 150, 50)
    assert drawn.alt.endswith("together 200, 2.0 times as many.")
    none = figures.course_picture(depthwise=0, pointwise=0)
    assert none.alt.endswith("together 0, ∞ times fewer.")
