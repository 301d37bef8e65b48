"""Every figure of the course: nothing cut off, nothing over anything else."""

import numpy as np
import pytest
from layout import faults, figure_of

from dwsep_helpers import data, figures, kernels
from dwsep_helpers.figures import approximations, blocks, course, grids
from dwsep_helpers.figures.expected import KERNELS
from dwsep_helpers.figures.picture import new_canvas, new_figure, style
from dwsep_helpers.hardware import Machine
from dwsep_helpers.kernels import correlate2d

GREY = data.to_grey(data.photograph(size=(40, 60)))
PHOTO = data.photograph(size=(40, 60))
IMAGE = np.array([[1, 2, 0, 1], [0, 1, 3, 1], [2, 0, 1, 2], [1, 1, 0, 0]])
LONG = np.array([[-0.123, 10.25, 3.5], [1e-3, -271, 0], [1, 2, 3]])


def gallery(given):
    """Draw a gallery."""
    return figure_of(figures.kernel_gallery, correlate2d, GREY, given)


def channels(kernel):
    """Draw summed channels."""
    return figure_of(figures.channels_summed, PHOTO, kernel)


def bank(names):
    """Draw a bank of filters."""
    weight = np.stack([np.stack([kernel] * 3) for kernel in KERNELS.values()])
    weight = np.resize(weight, (len(names), 3, 3, 3))
    return figure_of(figures.filter_bank, kernels.conv2d, PHOTO, weight, names)


def comparison(expected, got):
    """Draw a comparison."""
    return figure_of(figures.compare, expected, got)


def two_results(image, kernel):
    """Draw cross-correlation and convolution."""
    both = correlate2d, kernels.convolve2d
    return figure_of(figures.correlation_vs_convolution, *both, image, kernel)


def flip(kernel):
    """Draw a kernel's flip."""
    return figure_of(figures.kernel_flipped, kernel)


def filtered(own, names=None):
    """Draw channels that are filtered each with its own kernel."""
    return figure_of(figures.channels_filtered, kernels.filter_each_channel, PHOTO, own, names)


def mixed(*weights):
    """Draw channels that are mixed."""
    return figure_of(figures.channels_mixed, kernels.mix_channels, PHOTO, weights)


def matrix(*names):
    """Draw a photograph through colour matrices."""
    given = {name: np.array([[0.25, -1, 0.125]] * 3) for name in names}
    return figure_of(figures.colour_matrix, kernels.pointwise_conv2d, PHOTO, given)


def moved(columns, size, *names):
    """Draw what a disturbance moves: all."""
    layers = dict.fromkeys(names, lambda x: np.repeat(x[:, :1], columns, 1))
    return figure_of(figures.influence, layers, np.ones((1, columns, *size)), exercise="2.1")


def lines(costs, *starts):
    """Draw errors that fall from some starts."""
    errors = {
        f"a kernel, number {number}": list(np.linspace(start, 0, len(costs)))
        for number, start in enumerate(starts)
    }
    return approximations._draw(errors, costs)


FAST = Machine("a box", 1e12, {"DRAM": 1e9})
IMPULSE = np.pad([[1]], 2)
FIGURES = {
    "window": lambda: grids._Slide(IMAGE, IMAGE[:2, :2], 1, 0).draw((2, 2)),
    "window, padded": lambda: grids._Slide(IMAGE, np.ones((3, 3)), 2, 1).draw((1, 1)),
    "window, negative": lambda: grids._Slide(-IMAGE, -IMAGE[:3, :3], 1, 0).draw((1, 1)),
    "window, one cell": lambda: grids._Slide([[1]], [[2]], 1, 0).draw((0, 0)),
    "window, large": lambda: grids._Slide(np.eye(8), np.ones((5, 5)), 1, 2).draw((7, 7)),
    "gallery": lambda: gallery(KERNELS),
    "gallery, one": lambda: gallery({"mine": LONG}),
    "gallery, sizes": lambda: gallery({"one": [[1]], "seven": np.ones((7, 7)) / 49}),
    "channels": lambda: channels(np.stack([LONG] * 3)),
    "channels, wide": lambda: channels(np.ones((3, 1, 7))),
    "bank": lambda: bank(list(KERNELS)),
    "bank, rows": lambda: bank([f"filter {i}" for i in range(7)]),
    "two results": lambda: two_results(IMPULSE, np.arange(1, 10).reshape(3, 3)),
    "two results, even": lambda: two_results(np.pad([[1]], 1), np.array([[1, 2], [3, 4]])),
    "window, long": lambda: grids._Slide(1e5 * IMAGE, LONG[:1, :2], 1, 0).draw((1, 0)),
    "comparison, long": lambda: comparison(1e5 * np.eye(8), -1e5 * np.eye(8)),
    "dots, far": lambda: figure_of(figures.dots, {"least": 1e-12, "most": 1e12}, "s"),
    "roofline, far": lambda: figure_of(figures.roofline, FAST, {"depthwise": [(1e-3, 1e4)]}),
    "errors, far": lambda: figure_of(
        figures.approximation, np.ones((2, 1, 1, 1)), kernels.separable_approximation
    ),
    "comparison": lambda: comparison(LONG, LONG * 2),
    "comparison, shapes": lambda: comparison([[1]], np.eye(8)),
    "comparison, images": lambda: comparison(np.eye(30), 2 * np.eye(30)),
    "flip": lambda: flip(LONG),
    "flip, one": lambda: flip(np.ones((1, 1))),
    "shapes": lambda: blocks._draw_shapes(
        {"x": (1, 3, 8, 8), "weight": (4, 3, 5, 5), "y": (1, 4, 4, 4)}
    ),
    "shapes, deep": lambda: blocks._draw_shapes(
        {"x": (2, 32, 14, 14), "weight": (64, 32, 3, 3), "y": (2, 64, 12, 12)}
    ),
    "shapes, small": lambda: blocks._draw_shapes({"x": (1, 1, 1, 1)}),
    "course": lambda: course._draw(course.Counts(*course.costs())),
    "course, more": lambda: course._draw(course.Counts(1_228_800, 480_000, 4_915_200)),
    "course, as many": lambda: course._draw(course.Counts(100, 50, 50)),
    "filtered": lambda: filtered(np.stack([LONG] * 3), ["blur", "Sobel, horizontal", "c"]),
    "filtered, nameless": lambda: filtered(np.ones((3, 1, 5))),
    "mixed": lambda: mixed(0.299, 0.587, 0.114),
    "mixed, signed": lambda: mixed(1, -12.75, 0),
    "matrix": lambda: matrix("identity"),
    "matrix, four": lambda: matrix("red and blue swapped", "b", "a name that is long", "d"),
    "influence": lambda: moved(3, (6, 6), "depthwise", "standard"),
    "influence, one": lambda: moved(1, (1, 1), "one"),
    "influence, flat": lambda: moved(2, (1, 12), "depthwise separable, with stride"),
    "influence, largest": lambda: moved(6, (12, 12), *(f"layer number {i}" for i in range(4))),
    "errors": lambda: lines([0.25 * count for count in range(1, 6)], 0.9, 0.5),
    "errors, alike": lambda: lines(list(np.arange(1, 26) / 18), 0.95, 0.95, 0.94, 0.93),
    "errors, low": lambda: lines([0.1, 0.2], 0, 0, 0, 0),
    "errors, large": lambda: lines([0.3, 0.6, 0.9, 1.2], 12.5),
    "errors, dear": lambda: lines([1.5], 0, 0),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=list(FIGURES))
def test_words_are_whole_and_apart(draw):
    with style():
        assert faults(draw()) == []


def test_faults_would_be_found():
    figure, axes = new_canvas(2, 1)
    axes.text(0.5, 0.5, "here")
    axes.text(0.6, 0.5, "there")
    axes.text(1.8, 0.9, "outside")
    assert faults(figure) == ["'outside' is cut off", "'here' lies over 'there'"]


def test_faults_about_axes_would_be_found():
    figure = new_figure(2, 1)
    axes = figure.add_axes((0.3, 0.4, 0.6, 0.5))
    axes.set(xticks=[0.1, 0.15, 7], xlim=(0, 1), yticks=[], xlabel="a name that is far too long")
    assert faults(figure) == [
        "'a name that is far too long' is cut off",
        "'0.10' lies over '0.15'",
    ]
