"""What a disturbance moves: found by running the learner's layers, and drawn as found."""

import numpy as np
import pytest
from layout import figure_of, images, texts

from dwsep_helpers import figures
from dwsep_helpers.figures.picture import not_yet
from dwsep_helpers.kernels import (
    conv2d,
    depthwise_conv2d,
    depthwise_separable_conv2d,
    pointwise_conv2d,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(1, 3, 5, 7))
OWN, ALL = RNG.normal(size=(3, 1, 3, 3)), RNG.normal(size=(4, 3, 3, 3))
MIXING = RNG.normal(size=(4, 3, 1, 1))
LAYERS = {
    "depthwise": lambda x: depthwise_conv2d(x, OWN, padding=1),
    "standard": lambda x: conv2d(x, ALL, padding=1),
    "pointwise": lambda x: pointwise_conv2d(x, MIXING),
    "separable": lambda x: depthwise_separable_conv2d(x, OWN, MIXING, padding=1),
}


def alt(layers=LAYERS, x=X, **options):
    """Return what is said of a disturbance."""
    return figures.influence(layers, x, exercise="9.9", **options).alt


def drawn(**options):
    """Return the figure of a disturbance."""
    return figure_of(alt, **options)


def test_one_channel_reaches_one_output_of_a_depthwise_layer_and_all_of_a_standard_one():
    assert alt({name: LAYERS[name] for name in ("depthwise", "standard")}, channel=1) == (
        "Input x[0, 1] is disturbed everywhere. "
        "depthwise moves y[0, 1]: 35 of 35; not y[0, 0], y[0, 2]. "
        "standard moves y[0, 0], y[0, 1], y[0, 2], y[0, 3]: 35 of 35 each."
    )


def test_one_pixel_reaches_its_place_its_neighbours_or_both():
    said = alt(pixel=(2, 4))
    area, outputs = "rows 1 to 3, columns 3 to 5, 9 of 35", "y[0, 0], y[0, 1], y[0, 2], y[0, 3]"
    assert "x[0, 0] is disturbed at row 2, column 4." in said
    assert f"depthwise moves y[0, 0]: {area}; not y[0, 1], y[0, 2]." in said
    assert f"pointwise moves {outputs}: row 2, column 4, 1 of 35 each." in said
    assert f"separable moves {outputs}: {area} each." in said


def test_the_edge_of_the_input_is_respected():
    assert "depthwise moves y[0, 2]: rows 0 to 1, columns 5 to 6, 4 of 35;" in alt(
        channel=2, pixel=(0, 6)
    )


def test_a_layer_that_ignores_its_input_moves_nothing():
    assert alt({"constant": lambda x: 0 * x}).endswith("constant moves nothing.")


def test_cells_and_counts_are_drawn_for_input_and_outputs():
    figure = drawn(pixel=(2, 4))
    maps = images(figure)
    assert len(maps) == 3 + 3 + 4 + 4 + 4
    place, area = np.zeros((5, 7), bool), np.zeros((5, 7), bool)
    place[2, 4], area[1:4, 3:6] = True, True
    expected = [place, 0 * place, 0 * place, area, 0 * area, 0 * area]
    for found, marked in zip(maps, expected + [area] * 4 + [place] * 4 + [area] * 4, strict=True):
        np.testing.assert_array_equal(found, marked)
    written = texts(figure)
    assert written.count("9 of 35 moved") == 9
    assert written.count("1 of 35 moved") == 4
    assert written.count("none moved") == 2
    assert {"input", *LAYERS, "1 of 3 outputs moved", "4 of 4 outputs moved"} <= set(written)


def test_one_output_channel_is_counted_by_its_pixels_alone():
    written = texts(drawn(layers={"one": lambda x: x[:, :1]}, pixel=(2, 4)))
    assert "1 of 35 moved" in written
    assert not [words for words in written if "outputs moved" in words]


def test_what_moved_is_marked_with_dots_not_only_with_colour():
    figure = drawn(pixel=(2, 4))
    dots = [len(dotted.get_offsets()) for dotted in figure.axes[0].collections]
    assert dots == [1, 0, 0, 9, 0, 0, *[9] * 4, *[1] * 4, *[9] * 4]


def test_a_wrong_layer_gives_another_picture():
    shared = {**LAYERS, "depthwise": lambda x: depthwise_conv2d(x[:, [0, 0, 0]], OWN, padding=1)}
    right = figures.influence(LAYERS, X, exercise="9.9")
    wrong = figures.influence(shared, X, exercise="9.9")
    assert right.data != wrong.data
    assert "depthwise moves y[0, 0], y[0, 1], y[0, 2]" in wrong.alt
    assert right == figures.influence(LAYERS, X, exercise="9.9")


@pytest.mark.parametrize("scale", [1e-3, 1, 1e6])
def test_rounding_moves_nothing_and_a_disturbance_does(scale):
    def rounded(x):
        return x.astype(np.float32) * (1 + RNG.uniform(-1, 1, x.shape) * 1e-7)

    said = alt({"rounded": rounded}, scale * X, channel=1)
    assert said.endswith("rounded moves y[0, 1]: 35 of 35; not y[0, 0], y[0, 2].")


def test_the_input_is_left_as_it_is():
    x = X.copy()
    alt({"greedy": lambda x: np.multiply(x, 2, out=x)}, x)
    np.testing.assert_array_equal(x, X)


def test_whole_numbers_will_do():
    assert "copy moves y[0, 0]: 9 of 9." in alt(
        {"copy": lambda x: x}, np.eye(3, dtype=int)[None, None]
    )


def unwritten(_):
    raise NotImplementedError


@pytest.mark.parametrize("function", [unwritten, lambda _: None], ids=["raises", "None"])
def test_what_is_not_written_yet_is_asked_for(function):
    picture = figures.influence({**LAYERS, "depthwise": function}, X, exercise="2.2")
    assert picture == not_yet("2.2")


def test_no_other_error_is_hidden():
    with pytest.raises(IndexError, match="out of bounds"):
        alt({"crashing": lambda x: x[:, 7]})


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"x": X[0]}, r"x has shape \(3, 5, 7\), and one input \(1, C_in, H, W\)"),
        ({"x": np.ones((2, 3, 5, 5))}, r"x has shape \(2, 3, 5, 5\)"),
        ({"x": np.ones((1, 7, 5, 5))}, "7 channels, and 1 to 6"),
        ({"x": np.ones((1, 1, 5, 13))}, "13 cells along an axis, and 1 to 12"),
        ({"channel": 3}, r"channel is 3, and x has C_in=3 \(axis 1\)"),
        ({"channel": -1}, "channel is -1"),
        ({"pixel": (5, 0)}, r"pixel is \(5, 0\), and x has H, W = \(5, 7\) \(axes 2, 3\)"),
        ({"layers": {}}, "0 layers, and 1 to 4"),
        ({"layers": dict.fromkeys("abcde", np.copy)}, "5 layers, and 1 to 4"),
        ({"layers": {"flat": lambda x: x[0]}}, r"flat returned shape \(3, 5, 7\)"),
        ({"layers": {"two": lambda x: np.repeat(x, 2, 0)}}, r"two returned shape \(2, .* N=1"),
        ({"layers": {"deep": lambda x: np.repeat(x, 3, 1)}}, "9 channels, and 1 to 6"),
        ({"layers": {"fickle": lambda x: x[:, :, : 2 + (x == X).all()]}}, "fickle .* and then"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(options, named):
    with pytest.raises(ValueError, match=named):
        alt(**options)
