"""Every figure of the course: nothing cut off, nothing over anything else."""

import numpy as np
import pytest
from layout import faults

from dwsep_helpers import data
from dwsep_helpers.figures import (
    approximations,
    blocks,
    colours,
    course,
    differences,
    flips,
    grids,
    influences,
    maps,
    matrices,
    ruler,
)
from dwsep_helpers.figures.expected import KERNELS
from dwsep_helpers.figures.picture import new_canvas, new_figure, style
from dwsep_helpers.kernels import correlate2d

GREY = data.to_grey(data.photograph(size=(40, 60)))
PHOTO = data.photograph(size=(40, 60))
IMAGE = np.array([[1, 2, 0, 1], [0, 1, 3, 1], [2, 0, 1, 2], [1, 1, 0, 0]])
LONG = np.array([[-0.123, 10.25, 3.5], [1e-3, -271, 0], [1, 2, 3]])


def gallery(kernels):
    """Draw a gallery."""
    kernels = {name: np.asarray(kernel) for name, kernel in kernels.items()}
    made = {name: correlate2d(GREY, kernel) for name, kernel in kernels.items()}
    return maps._draw_gallery(GREY, kernels, made)


def channels(kernel):
    """Draw summed channels."""
    alone = [correlate2d(plane, part) for plane, part in zip(PHOTO, kernel, strict=True)]
    return maps._draw_channels(PHOTO, kernel, alone, sum(alone))


def bank(names):
    """Draw a bank of filters."""
    weight = np.stack([np.stack([kernel] * 3) for kernel in KERNELS.values()])
    weight = np.resize(weight, (len(names), 3, 3, 3))
    made = np.stack([GREY[1:-1, 1:-1]] * len(names))
    return maps._draw_bank(PHOTO, weight, names, made)


def comparison(expected, got):
    """Draw a comparison."""
    planes = [np.asarray(expected, float), np.asarray(got, float)]
    wrong = differences._wrong(*planes)
    words = differences._verdict(*planes, wrong, differences.TITLES)
    return differences._draw_comparison(*planes, wrong, differences.TITLES, words)


def two_results(image, kernel):
    """Draw cross-correlation and convolution."""
    made = {
        "cross-correlation": correlate2d(image, kernel),
        "convolution": correlate2d(image, kernel[::-1, ::-1]),
    }
    return flips._draw_two_results(image, kernel, made)


def filtered(kernels, names=None):
    """Draw channels that are filtered each with its own kernel."""
    made = np.stack(
        [correlate2d(plane, kernel) for plane, kernel in zip(PHOTO, kernels, strict=True)]
    )
    return colours._draw_filtered(PHOTO, kernels, names, made)


def matrix(*names):
    """Draw a photograph through colour matrices."""
    given = {name: np.array([[0.25, -1, 0.125]] * 3) for name in names}
    cut = dict.fromkeys(names, "less than 1 % of values clipped to 0…1")
    return matrices._draw_matrices(PHOTO, given, dict.fromkeys(names, PHOTO), cut)


def moved(columns, size, *names):
    """Draw what a disturbance moves: all."""
    maps = np.ones((columns, *size), bool)
    return influences._draw(maps, dict.fromkeys(names, maps))


def lines(costs, *starts):
    """Draw errors that fall from some starts."""
    errors = {
        f"a kernel, number {number}": list(np.linspace(start, 0, len(costs)))
        for number, start in enumerate(starts)
    }
    return approximations._draw(errors, costs)


IMPULSE = np.pad([[1]], 2)
FIGURES = {
    "window": lambda: grids._Slide(IMAGE, IMAGE[:2, :2], 1, 0).draw((2, 2)),
    "window, padded": lambda: grids._Slide(IMAGE, np.ones((3, 3)), 2, 1).draw((1, 1)),
    "window, negative": lambda: grids._Slide(-IMAGE, -IMAGE[:3, :3], 1, 0).draw((1, 1)),
    "window, one cell": lambda: grids._Slide([[1]], [[2]], 1, 0).draw((0, 0)),
    "window, large": lambda: grids._Slide(np.eye(8), np.ones((5, 5)), 1, 2).draw((7, 7)),
    "ruler": lambda: ruler._draw(7, 3, 2, 0, 1, 3),
    "ruler, padded": lambda: ruler._draw(6, 3, 2, 1, 2, 2),
    "ruler, long": lambda: ruler._draw(32, 5, 2, 0, 1, 14),
    "gallery": lambda: gallery(KERNELS),
    "gallery, one": lambda: gallery({"mine": LONG}),
    "gallery, sizes": lambda: gallery({"one": [[1]], "seven": np.ones((7, 7)) / 49}),
    "channels": lambda: channels(np.stack([LONG] * 3)),
    "channels, wide": lambda: channels(np.ones((3, 1, 7))),
    "bank": lambda: bank(list(KERNELS)),
    "bank, rows": lambda: bank([f"filter {i}" for i in range(7)]),
    "two results": lambda: two_results(IMPULSE, np.arange(1, 10).reshape(3, 3)),
    "two results, even": lambda: two_results(np.pad([[1]], 1), np.array([[1, 2], [3, 4]])),
    "comparison": lambda: comparison(LONG, LONG * 2),
    "comparison, shapes": lambda: comparison([[1]], np.eye(8)),
    "comparison, images": lambda: comparison(np.eye(30), 2 * np.eye(30)),
    "flip": lambda: flips._draw_steps([LONG, LONG[::-1], LONG[::-1, ::-1]]),
    "flip, one": lambda: flips._draw_steps([np.ones((1, 1))] * 3),
    "shapes": lambda: blocks._draw_shapes(
        {"x": (1, 3, 8, 8), "weight": (4, 3, 5, 5), "y": (1, 4, 4, 4)}
    ),
    "shapes, deep": lambda: blocks._draw_shapes(
        {"x": (2, 32, 14, 14), "weight": (64, 32, 3, 3), "y": (2, 64, 12, 12)}
    ),
    "shapes, small": lambda: blocks._draw_shapes({"x": (1, 1, 1, 1)}),
    "course": lambda: course._draw(course.Counts(*course.costs())),
    "filtered": lambda: filtered(np.stack([LONG] * 3), ["blur", "Sobel, horizontal", "c"]),
    "filtered, nameless": lambda: filtered(np.ones((3, 1, 5))),
    "mixed": lambda: colours._draw_mixed(PHOTO, np.array([0.299, 0.587, 0.114]), GREY),
    "mixed, signed": lambda: colours._draw_mixed(PHOTO, np.array([1, -12.75, 0]), GREY - 0.5),
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
