"""Two results side by side, and the flip."""

from io import BytesIO

import numpy as np
import pytest
from layout import faults, figure_of, texts
from PIL import Image

from dwsep_helpers import figures
from dwsep_helpers.figures import differences, palette
from dwsep_helpers.figures.grids import number_text

EXPECTED = np.array([[4, -1, 6], [2, 0, 5]])


def changed(*places, by=2.0):
    """Return the expected numbers with some of them off."""
    got = EXPECTED.astype(float)
    for place in places:
        got[place] += by
    return got


def drawn(expected, got):
    """Return the figure of a comparison."""
    return figure_of(figures.compare, expected, got)


def frames(figure):
    """Return the centres of what is marked, the boldest first."""
    (axes,) = figure.axes
    marked = [
        (patch.get_linewidth(), *patch.get_center())
        for patch in axes.patches
        if patch.get_edgecolor()[:3]
        == tuple(int(palette.EMPHASIS[i : i + 2], 16) / 255 for i in (1, 3, 5))
    ]
    return sorted(marked, key=lambda mark: -mark[0])


def test_all_three_planes_are_written():
    written = texts(drawn(EXPECTED, changed((1, 2))))
    planes = "expected 4 −1 6 2 0 5 yours 4 −1 6 2 0 7 difference 0 0 0 0 0 2"
    assert written[:-1] == planes.split()


def test_the_first_wrong_value_is_framed_where_it_stands():
    figure = drawn(EXPECTED, changed((0, 2), (1, 0)))
    (axes,) = figure.axes
    at = {text.get_text(): text.get_position() for text in axes.texts}
    bold, thin = (frames(figure)[:2], frames(figure)[2:])
    assert len(bold) == len(thin) == 2, "in yours and in the difference"
    np.testing.assert_allclose(bold[0][1:], at["8"])  # 6 + 2: row 0, column 2
    assert all(line[0] < bold[0][0] for line in thin)


def test_equal_results_have_no_mark():
    assert frames(drawn(EXPECTED, EXPECTED)) == []
    assert figures.compare(EXPECTED, EXPECTED).alt == "All 6 values agree."


def test_rounding_is_no_difference():
    exact = np.linspace(1, 1000, 9).reshape(3, 3)
    assert "agree" in figures.compare(exact, exact.astype(np.float32)).alt
    assert "1 of 9 values differs" in figures.compare(exact, exact + np.eye(9)[4].reshape(3, 3)).alt


@pytest.mark.parametrize(
    ("got", "says"),
    [
        (changed((1, 2)), "1 of 6 values differs, at row 1, column 2: expected 5, yours 7."),
        (changed((0, 1), (1, 0)), "2 of 6 values differ, first at row 0, column 1: expected −1"),
        (EXPECTED.T, "Other shapes: expected (2, 3), yours (3, 2)."),
        (changed((1, 1), by=np.nan), "row 1, column 1: expected 0, yours nan."),
        (changed((0, 0), by=np.inf), "row 0, column 0: expected 4, yours inf."),
    ],
    ids=["one", "two", "shape", "nan", "inf"],
)
def test_the_verdict_is_the_alternative_text(got, says):
    assert says in figures.compare(EXPECTED, got).alt


def test_nan_is_written_and_not_left_empty():
    written = texts(drawn(EXPECTED, changed((1, 1), by=np.nan)))
    assert written.count("nan") == 2


def test_large_results_are_images_on_one_scale():
    plane = np.random.default_rng(0).random((40, 60))
    other = plane.copy()
    other[10, 20] += 9
    (axes,) = drawn(plane, other).axes
    images = axes.images[::2]  # under each is its scale
    shown = [np.asarray(image.get_array()) for image in images]
    np.testing.assert_array_equal(shown, [plane, other, other - plane])
    scales = [image.get_clim() for image in images]
    assert scales[0] == scales[1] == (plane.min(), plane.max())
    assert scales[2] == (-9, 9), "zero is in the middle"


@pytest.mark.parametrize("shape", [(40, 60), (3, 40), (50, 9)])
def test_a_difference_that_is_rounding_has_a_scale(shape):
    plane = np.random.default_rng(0).normal(size=shape)
    figure = drawn(plane, plane + 1.5e-7 * np.sign(plane))
    low, high = number_text(plane.min()), number_text(plane.max())
    assert texts(figure)[1:3] == [low, high]
    assert texts(figure)[-4:-1] == ["−1.5e−07", "1.5e−07", "0"]
    assert faults(figure) == []


def test_a_plane_of_one_value_has_no_scale():
    plane = np.ones((10, 10))
    written = texts(drawn(plane, plane))
    assert written == [*differences.TITLES, "−1", "1", "0", "All 100 values agree."]


def test_titles_can_be_chosen():
    picture = figures.compare([[1]], [[2]], ("torch", "NumPy", "gap"))
    assert picture.alt == "1 of 1 values differs, at row 0, column 0: torch 1, NumPy 2."


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: figures.compare(EXPECTED, None), "got is None"),
        (lambda: figures.compare(EXPECTED, 3), r"got has shape \(\)"),
        (lambda: figures.compare(np.ones((1, 2, 2)), EXPECTED), r"expected has shape \(1, 2, 2\)"),
        (lambda: figures.compare(EXPECTED, [["a"]]), "got holds <U1, and real numbers are drawn"),
        (lambda: figures.compare(EXPECTED, EXPECTED, ("a", "b")), "titles has 2"),
        (lambda: figures.kernel_flipped([1, 2]), r"kernel has shape \(2,\)"),
        (lambda: figures.kernel_flipped(np.ones((9, 2))), r"\(9, 2\).*8×8"),
    ],
)
def test_bad_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()


def test_a_flip_shows_both_steps_and_follows_the_first_number():
    kernel = np.arange(1, 7).reshape(2, 3)
    figure = figure_of(figures.kernel_flipped, kernel)
    numbers = [text for text in texts(figure) if text.isdigit()]
    assert "".join(numbers) == "123456" + "456123" + "654321"
    (axes,) = figure.axes
    ones = [text.get_position() for text in axes.texts if text.get_text() == "1"]
    np.testing.assert_allclose([mark[1:] for mark in frames(figure)], ones)


def test_a_flip_says_what_it_shows():
    assert figures.kernel_flipped([[1, 2], [0, -1]]).alt == (
        "A kernel: 1 2 / 0 −1. Top and bottom swapped: 0 −1 / 1 2; "
        "then left and right as well: −1 0 / 2 1."
    )


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.kernel_flipped(np.arange(9).reshape(3, 3)),
        lambda: figures.compare(EXPECTED, changed((0, 0))),
        lambda: figures.compare(np.eye(64), np.eye(64) * 2),
    ],
    ids=["flip", "numbers", "images"],
)
def test_a_picture_is_small_and_always_the_same(draw):
    picture = draw()
    assert picture.data == draw().data
    assert len(picture.data) < 60_000
    assert picture.width <= 900
    with Image.open(BytesIO(picture.data)) as image:
        assert image.width == 2 * picture.width


@pytest.mark.parametrize(
    ("expected", "got", "words"),
    [
        (1234, 1235, "expected 1,234, yours 1,235."),
        (1.2341, 1.2342, "expected 1.2341, yours 1.2342."),
        (-0.5, -0.50001, "expected −0.5, yours −0.50001."),
    ],
)
def test_close_values_are_told_apart(expected, got, words):
    assert figures.compare([[expected, 0]], [[got, 0]]).alt.endswith(words)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_images_without_a_finite_number_are_drawn(value):
    plane = np.full((9, 9), value)
    assert figures.compare(plane, plane).alt == "All 81 values agree."
