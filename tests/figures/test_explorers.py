"""Explorers: sliders that never leave the output, and numbers that are computed."""

import re

import numpy as np
import pytest
from layout import faults
from nbclient import NotebookClient
from nbformat import v4

from dwsep_helpers import figures
from dwsep_helpers.figures import cost_explorer, meeting, sliders
from dwsep_helpers.figures.picture import style
from dwsep_helpers.kernels import depthwise_conv2d, pointwise_conv2d

RNG = np.random.default_rng(2)
IMAGE = RNG.integers(0, 10, (3, 5, 6))
KERNELS = RNG.integers(-3, 4, (6, 3, 2))
WEIGHT = RNG.integers(-3, 4, (4, 3))
PLACES = [(0, 0), (2, 3)]

FIGURES = {
    "depthwise": lambda: meeting.draw_depthwise(IMAGE, KERNELS, 1, 1, (2, 3)),
    "depthwise, one": lambda: meeting.draw_depthwise(IMAGE[:1], KERNELS[:1], 1, 0, (0, 0)),
    "depthwise, one number": lambda: meeting.draw_depthwise(
        np.ones((1, 1, 1)), np.ones((1, 1, 1)), 1, 0, (0, 0)
    ),
    "cost": lambda: cost_explorer._draw([dict(cost_explorer.MOST)]),
    "cost, strip": lambda: cost_explorer._draw([*cost_explorer.OTHERS] * 2),
    "depthwise, strip": lambda: meeting.draw_depthwise_strip(IMAGE, KERNELS[:3], 1, 0, PLACES),
    "pointwise": lambda: meeting.draw_pointwise(IMAGE, WEIGHT, (4, 5), 3),
    "pointwise, one": lambda: meeting.draw_pointwise(IMAGE[:1], WEIGHT[:1, :1], (0, 0), 0),
    "pointwise, wide": lambda: meeting.draw_pointwise(
        np.ones((4, 6, 6)), -np.ones((6, 4)), (5, 5), 5
    ),
    "pointwise, strip": lambda: meeting.draw_pointwise_strip(IMAGE, WEIGHT, [(0, 0, 0), (3, 4, 5)]),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=list(FIGURES))
def test_words_are_whole_apart_and_readable(draw):
    with style():
        figure = draw()
        assert faults(figure) == []
        assert figure.get_figwidth() <= 9
        assert min(text.get_fontsize() for axes in figure.axes for text in axes.texts) >= 9


def values(alt):
    """Return the values that sums of products are said to have, once each is seen to be right."""
    found = []
    for left, right in re.findall(r": ([^:;]+?) = (−?\d+)(?=[.;])", alt):
        python = left.replace("·", "*").replace("−", "-")
        assert eval(python) == int(right.replace("−", "-"))
        found.append(int(right.replace("−", "-")))
    return found


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 1)])
def test_depthwise_shows_the_layers_own_numbers(stride, padding):
    explorer = figures.explore_depthwise(IMAGE, KERNELS)
    move(explorer, stride=stride, padding=padding)
    made = depthwise_conv2d(IMAGE[None], KERNELS[:, None], stride=stride, padding=padding)[0]
    last = made.shape[1] - 1, made.shape[2] - 1
    move(explorer, row=last[0], column=last[1])
    assert values(explorer.shown.value) == list(made[:, last[0], last[1]])


def test_a_smaller_multiplier_keeps_each_channels_first_kernel():
    explorer = figures.explore_depthwise(IMAGE, KERNELS)
    move(explorer, multiplier=1)
    made = depthwise_conv2d(IMAGE[None], KERNELS[::2, None])[0]
    assert values(explorer.shown.value) == list(made[:, 0, 0])


def test_pointwise_shows_the_layers_own_numbers():
    explorer = figures.explore_pointwise(IMAGE, WEIGHT)
    made = pointwise_conv2d(IMAGE[None], WEIGHT[:, :, None, None])[0]
    for output, row, column in [(0, 0, 0), (3, 4, 5), (1, 2, 0)]:
        move(explorer, output=output, row=row, column=column)
        assert values(explorer.shown.value) == [made[output, row, column]]
    assert values(explorer.strip.alt) == [made[0, 0, 0], made[0, 0, 1], made[3, 4, 5]]


def test_the_slider_moves_the_window():
    explorer = figures.explore_sliding_window(IMAGE[0], KERNELS[0])
    assert explorer.sliders["position"].max == 14
    move(explorer, position=7)
    picture = figures.sliding_window(IMAGE[0], KERNELS[0], position=(1, 2))
    assert explorer.shown.value == picture._repr_html_()


def move(explorer, **to):
    """Set sliders."""
    for name, value in to.items():
        explorer.sliders[name].value = value
        assert explorer.sliders[name].value == value


def test_no_combination_leaves_the_output():
    explorer = figures.explore_depthwise(IMAGE[:1], KERNELS[:1], padding=1)
    move(explorer, row=4, column=6, stride=3)
    assert (explorer.values["row"], explorer.values["column"]) == (1, 2)
    move(explorer, padding=0, stride=1)
    for name, least, most in [("row", 0, 2), ("column", 0, 4), ("padding", 0, 1)]:
        assert (explorer.sliders[name].min, explorer.sliders[name].max) == (least, most)
    move(explorer, stride=3, row=0)
    assert explorer.sliders["row"].disabled, "one place is left"


def test_where_the_kernel_needs_padding_it_keeps_some():
    explorer = figures.explore_depthwise(np.ones((1, 1, 2)), np.ones((1, 3, 2)), padding=1)
    assert explorer.sliders["padding"].min == 1
    explorer.sliders["padding"].value = 0
    assert explorer.values["padding"] == 1


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: figures.explore_depthwise(IMAGE[0], KERNELS), r"image has shape \(5, 6\)"),
        (lambda: figures.explore_depthwise(np.ones((1, 7, 2)), KERNELS), r"\(1, 7, 2\).*6×6"),
        (lambda: figures.explore_depthwise(IMAGE, KERNELS[:4]), "4 kernels .axis 0.*3 channels"),
        (lambda: figures.explore_depthwise(IMAGE[:2], KERNELS), "6 kernels .axis 0.*2 channels"),
        (lambda: figures.explore_depthwise(IMAGE, np.ones((3, 5, 5))), r"\(3, 5, 5\).*3×3"),
        (lambda: figures.explore_depthwise(np.ones((1, 2, 2)), np.ones((1, 3, 3))), "3.*2|2.*3"),
        (lambda: figures.explore_pointwise(IMAGE, WEIGHT.T), "C_in=4 .axis 1.*3 channels"),
        (lambda: figures.explore_pointwise(IMAGE, WEIGHT[0]), r"weight has shape \(3,\)"),
    ],
)
def test_bad_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()


CODE = """from dwsep_helpers import figures
figures.{}"""
CALLS = {
    "sliding window": "explore_sliding_window([[1, 2, 3], [4, 5, 6]], [[1, 0]])",
    "depthwise": "explore_depthwise([[[1, 2, 3], [4, 5, 6]]], [[[1, 0]]])",
    "pointwise": "explore_pointwise([[[1, 2, 3], [4, 5, 6]]], [[2], [3]])",
    "cost": "explore_cost()",
}


def test_sliders_and_strip_are_two_outputs():
    cells = [v4.new_code_cell(CODE.format(call)) for call in CALLS.values()]
    notebook = v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    for cell in notebook.cells:
        live, strip = cell.outputs
        assert sliders.WIDGET in live.data
        assert live.data["text/html"] == "", "where there are no sliders, nothing stands for them"
        assert set(strip.data) == {"text/html", "text/plain"}
        assert '<img src="data:image/png;base64,' in strip.data["text/html"]
        assert re.search(r'alt="(A |5×5) ?[^"]{50,}"', strip.data["text/html"])


def test_sliders_stand_side_by_side():
    """One under the other, five of them push the figure off the screen."""
    explorer = figures.explore_depthwise([[[1, 2], [3, 4]]], [[[1, 0]], [[0, 1]]])
    row, shown, _ = explorer._widget.children
    assert row.layout.flex_flow == "row wrap"
    assert list(row.children) == list(explorer.sliders.values())
    assert shown is explorer.shown


def test_sliders_hide_their_own_strip():
    explorer = figures.explore_pointwise(IMAGE, WEIGHT)
    *_, style_sheet = explorer._widget.children
    name = re.search(r"\.(dwsep-strip-\w+) { display: none }", style_sheet.value)[1]
    assert name == explorer._name
    assert name != figures.explore_pointwise(IMAGE, -WEIGHT)._name


def test_strips_are_small_described_and_always_the_same():
    for make in (
        lambda: figures.explore_depthwise(IMAGE, KERNELS),
        lambda: figures.explore_pointwise(IMAGE, WEIGHT),
        lambda: figures.explore_sliding_window(IMAGE[0], KERNELS[0], 2, 1),
    ):
        strip = make().strip
        assert strip == make().strip
        assert strip.width <= 900
        assert len(strip.data) < 100_000


def test_costs_are_those_of_the_sizes_on_the_sliders():
    explorer = figures.explore_cost()
    assert explorer.strip.alt.startswith(
        "5×5 kernels, 3 channels in, 256 out, maps of 8×8: standard 1,228,800 MACs, separable "
        "4,800 + 49,152 = 53,952, 22.8 times fewer. 3×3 kernels, 512 channels in"
    )
    assert explorer.strip.alt.endswith("= 125,440, 1.11 times as many.")
    shown = {explorer.shown.value}
    for name, value in {"K": 3, "C_in": 512, "C_out": 512, "H_out": 14}.items():
        explorer.sliders[name].value = value
        assert explorer.shown.value not in shown
        shown.add(explorer.shown.value)
    assert "standard 462,422,016 MACs, separable 903,168 + 51,380,224 = 52,283,392" in (
        explorer.shown.value
    )
    for name, most in cost_explorer.MOST.items():
        assert (explorer.sliders[name].min, explorer.sliders[name].max) == (1, most)


@pytest.mark.parametrize(
    ("sizes", "named"), [((12,), "kernel_size is 12.*11"), ((3, 0), "in_channels is 0.*1")]
)
def test_sizes_off_the_sliders_are_refused(sizes, named):
    with pytest.raises(ValueError, match=named):
        figures.explore_cost(*sizes)
