"""The ratio drawn: contours of the learner's own function."""

from fractions import Fraction

import numpy as np
import pytest
from layout import faults, texts

from dwsep_helpers import figures
from dwsep_helpers.cost import reduction_ratio
from dwsep_helpers.figures import ratios
from dwsep_helpers.figures.picture import not_yet, style


def drawn(function):
    """Return the figure of a function's ratios."""
    times = np.array([[float(1 / function(n, k)) for n in ratios.FILTERS] for k in ratios.KERNELS])
    with style():
        marks = {s: (n, k, float(1 / function(n, k))) for s, (n, k) in ratios.MARKS.items()}
        return ratios._draw(times, marks)


def test_what_is_drawn_is_said():
    assert figures.reduction_contours(reduction_ratio).alt == (
        "How many times fewer MACs a depthwise separable layer makes than a standard one, for 1 "
        "to 1024 filters and kernels of 1×1 to 11×11. Marked: the article's layer (256 filters, "
        "5×5), 22.8 times fewer; MobileNet's layers (1024 filters, 3×3), 8.9 times fewer; 64 "
        "filters, 3×3, 7.9 times fewer. The most drawn: 108.2 times. More MACs for every 1×1 "
        "kernel and with a single filter."
    )


def test_contours_lie_where_the_ratio_says():
    lines = drawn(reduction_ratio).axes[0].collections
    paths = [path for line in lines for path in line.get_paths() if len(path.vertices) > 20]
    for path in paths[1:]:  # the first is what is shaded
        x, k = path.vertices[::5].T
        times = 1 / (2.0**-x + 1 / k**2)
        assert np.ptp(np.log2(times)) < 0.25, "one level along a line"


def test_only_whole_numbers_are_asked_for():
    asked = []

    def noted(out_channels, kernel_size):
        asked.append((out_channels, kernel_size))
        return Fraction(1, out_channels) + Fraction(1, kernel_size**2)

    figures.reduction_contours(noted)
    assert {type(number) for pair in asked for number in pair} == {int}


def test_another_function_gives_another_picture():
    upside_down = figures.reduction_contours(lambda n, k: 1 / reduction_ratio(n, k))
    right = figures.reduction_contours(reduction_ratio)
    assert right.data != upside_down.data
    assert right.alt != upside_down.alt


@pytest.mark.parametrize(
    "function",
    [reduction_ratio, lambda n, k: 1 / reduction_ratio(n, k), lambda n, k: 0.5],
)
def test_nothing_is_cut_off_or_lies_over_anything(function):
    figure = drawn(function)
    assert faults(figure) == []
    assert any(text.startswith("the article's layer: ") for text in texts(figure))


def test_a_layer_close_to_a_line_says_how_many_times_it_is():
    assert {"the article's layer: 22.8×", "7.9×"} <= set(texts(drawn(reduction_ratio)))


def test_not_written_yet():
    def open_stub(out_channels, kernel_size):
        raise NotImplementedError

    assert figures.reduction_contours(open_stub) == not_yet("4.3")
    assert figures.reduction_contours(lambda n, k: None) == not_yet("4.3")


@pytest.mark.parametrize("answer", [0, -0.5, float("inf"), float("nan"), "1/3"])
def test_what_cannot_be_drawn_is_refused(answer):
    with pytest.raises(ValueError, match=r"reduction_ratio\(1, 1\) is "):
        figures.reduction_contours(lambda n, k: answer)


def test_a_marked_layer_that_makes_more_is_said_to():
    drawn = figures.reduction_contours(lambda n, k: 1 / n + 1 / k**2, marks={"one": (1, 3)})
    assert "Marked: one (1 filter, 3×3), 1.1 times as many." in drawn.alt
