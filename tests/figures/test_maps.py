"""Photographs and maps: what the learner's function made is what is shown."""

import numpy as np
import pytest
from layout import figure_of, images, texts

from dwsep_helpers import conv2d, data, figures
from dwsep_helpers.figures import flips
from dwsep_helpers.figures.expected import KERNELS
from dwsep_helpers.figures.grids import number_text
from dwsep_helpers.figures.picture import not_yet
from dwsep_helpers.figures.tones import SHADES, Tone, tone_of
from dwsep_helpers.kernels import convolve2d, correlate2d

PHOTO = data.photograph(size=(40, 60))
GREY = data.to_grey(PHOTO)
SOBEL = KERNELS["Sobel, left to right"]
EDGES = SOBEL * np.array([1, 0, -1]).reshape(3, 1, 1)
LAYER = np.stack([np.stack([kernel] * 3) / 3 for kernel in KERNELS.values()])
IMPULSE = np.pad([[1]], 2)
ONE_TO_NINE = np.arange(1, 10).reshape(3, 3)


def correlate_channels(image, kernel):
    return conv2d(image[None], kernel[None])[0, 0]


# Each figure with a learner's function, by the exercise in which it is written.
DRAWN = {
    "1.1": lambda function: figures.kernel_gallery(function, GREY, KERNELS),
    "1.2": lambda function: figures.correlation_vs_convolution(
        correlate2d, function, IMPULSE, ONE_TO_NINE
    ),
    "1.3": lambda function: figures.channels_summed(PHOTO, EDGES, correlate_channels=function),
    "1.5": lambda function: figures.filter_bank(function, PHOTO, LAYER, list(KERNELS)),
}
RIGHT = {"1.1": correlate2d, "1.2": convolve2d, "1.3": correlate_channels, "1.5": conv2d}
EXERCISES = pytest.mark.parametrize("exercise", DRAWN)


def unwritten(*_):
    raise NotImplementedError


def crashing(*_):
    raise IndexError("index 7 is out of bounds")


@EXERCISES
@pytest.mark.parametrize("function", [unwritten, lambda *_: None], ids=["raises", "None"])
def test_what_is_not_written_yet_is_asked_for(exercise, function):
    picture = DRAWN[exercise](function)
    assert picture.alt == f"Nothing to draw yet: write exercise {exercise} first."
    assert picture == not_yet(exercise)


def test_the_first_of_two_functions_may_be_the_one_missing():
    picture = figures.correlation_vs_convolution(unwritten, convolve2d, IMPULSE, ONE_TO_NINE)
    assert picture == not_yet("1.2")


@EXERCISES
def test_the_exercise_to_write_is_the_callers_choice(exercise):
    calls = {
        "1.1": lambda: figures.kernel_gallery(unwritten, GREY, KERNELS, exercise="7.1"),
        "1.2": lambda: figures.correlation_vs_convolution(
            unwritten, unwritten, IMPULSE, ONE_TO_NINE, exercise="7.1"
        ),
        "1.3": lambda: figures.channels_summed(
            PHOTO, EDGES, correlate_channels=unwritten, exercise="7.1"
        ),
        "1.5": lambda: figures.filter_bank(unwritten, PHOTO, LAYER, "abc", exercise="7.1"),
    }
    assert calls[exercise]() == not_yet("7.1")


@EXERCISES
def test_no_other_error_is_hidden(exercise):
    with pytest.raises(IndexError, match="index 7"):
        DRAWN[exercise](crashing)


@EXERCISES
@pytest.mark.parametrize("made", [3.5, np.ones(5), np.ones((2, 2, 2)), np.ones((0, 4))])
def test_what_is_no_map_is_named_with_its_shape(exercise, made):
    with pytest.raises(ValueError, match=r"returned shape \(.*drawn"):
        DRAWN[exercise](lambda *_: made)


@EXERCISES
def test_a_picture_is_small_narrow_and_the_same_each_time(exercise):
    picture = DRAWN[exercise](RIGHT[exercise])
    assert picture.data.startswith(b"\x89PNG")
    assert len(picture.data) < 100_000
    assert 300 < picture.width <= 900
    assert picture == DRAWN[exercise](RIGHT[exercise])


@EXERCISES
def test_the_words_instead_of_a_picture_fit_a_markdown_image(exercise):
    assert not set("[]\n") & set(DRAWN[exercise](RIGHT[exercise]).alt)


def test_a_gallery_shows_the_photograph_the_kernels_and_their_maps():
    made = {name: correlate2d(GREY, kernel) for name, kernel in KERNELS.items()}
    figure = figure_of(figures.kernel_gallery, correlate2d, GREY, KERNELS)
    shown = images(figure)
    for image, expected in zip(shown, [GREY, *made.values()], strict=True):
        np.testing.assert_array_equal(image, expected)
    written = texts(figure)
    assert [name for name in written if name in KERNELS] == list(KERNELS)
    for kernel in KERNELS.values():
        cells = [number_text(number) for number in kernel.flat]
        assert any(written[at : at + 9] == cells for at in range(len(written)))


def test_a_gallery_is_described_by_kernel_and_range():
    alt = figures.kernel_gallery(correlate2d, GREY, {"edges": SOBEL}).alt
    made = correlate2d(GREY, SOBEL)
    low, high = number_text(made.min()), number_text(made.max())
    assert alt == (
        "A photograph of 40×60 pixels, and what 1 kernel makes of it. "
        f"edges: values from {low} to {high}."
    )


def test_two_results_show_the_numbers_and_how_they_are_alike():
    functions = correlate2d, convolve2d
    draw = figures.correlation_vs_convolution
    written = texts(figure_of(draw, *functions, IMPULSE, ONE_TO_NINE))
    cells = [text for text in written if text.isdigit()]
    arrays = [IMPULSE, ONE_TO_NINE, ONE_TO_NINE[::-1, ::-1], ONE_TO_NINE]
    assert cells == [str(number) for array in arrays for number in array.flat]
    assert [text for text in written if text.startswith("the kernel")] == [
        "the kernel turned by 180°",
        "the kernel as it is",
    ]


def test_two_results_say_nothing_that_is_not_so():
    wrong = figures.correlation_vs_convolution(
        correlate2d, lambda image, kernel: correlate2d(image, kernel.T), IMPULSE, ONE_TO_NINE
    )
    assert wrong.alt.endswith("convolution: 9 6 3 / 8 5 2 / 7 4 1.")
    assert "cross-correlation: 9 8 7 / 6 5 4 / 3 2 1, the kernel turned by 180°." in wrong.alt


def test_the_first_tap_is_framed_where_it_is_unmistakable():
    assert flips._first_tap(ONE_TO_NINE[::-1, ::-1], ONE_TO_NINE) == [(2, 2)]
    assert flips._first_tap(np.ones((3, 3)), ONE_TO_NINE) == []
    assert flips._first_tap(ONE_TO_NINE, np.ones((3, 3))) == []


def test_channels_are_shown_alone_and_summed():
    alone = [correlate2d(plane, part) for plane, part in zip(PHOTO, EDGES, strict=True)]
    total = correlate_channels(PHOTO, EDGES)
    figure = figure_of(figures.channels_summed, PHOTO, EDGES)
    _colours, *shown = images(figure)
    pairs = [plane for pair in zip(PHOTO, alone, strict=True) for plane in pair]
    for image, expected in zip(shown, [*pairs, total], strict=True):
        np.testing.assert_array_equal(image, expected)
    written = texts(figure)
    assert [written.count(sign) for sign in "∗=+"] == [3, 4, 2]
    assert {"image[0], red", "kernel[1]", "image[2], blue", "the sum"} <= set(written)


def test_channels_alone_are_the_learners_too():
    called = []

    def noted(image, kernel):
        called.append((image.shape, kernel.shape))
        return correlate_channels(image, kernel)

    assert figures.channels_summed(PHOTO, EDGES, correlate_channels=noted) == (
        figures.channels_summed(PHOTO, EDGES)
    )
    one = ((1, 40, 60), (1, 3, 3))
    assert sorted(called) == [one, one, one, ((3, 40, 60), (3, 3, 3))]


@pytest.mark.parametrize(
    ("image", "kernel", "named"),
    [(PHOTO[:2], EDGES, "image"), (PHOTO, EDGES[:2], "kernel"), (PHOTO, SOBEL, "kernel")],
)
def test_three_channels_are_asked_for(image, kernel, named):
    with pytest.raises(ValueError, match=f"{named} has shape"):
        figures.channels_summed(image, kernel)


def test_a_bank_shows_a_map_for_each_filter():
    y = conv2d(PHOTO[None], LAYER)
    figure = figure_of(figures.filter_bank, conv2d, PHOTO, LAYER, list(KERNELS))
    _colours, *shown = images(figure)
    for image, expected in zip(shown, y[0], strict=True):
        np.testing.assert_array_equal(image, expected)
    assert {"x[0]", "y[0, 0]", "y[0, 2]", *KERNELS} <= set(texts(figure))


def test_a_bank_needs_a_name_and_a_map_for_each_filter():
    with pytest.raises(ValueError, match=r"names has 2, and weight has C_out=3 \(axis 0\)"):
        figures.filter_bank(conv2d, PHOTO, LAYER, ["a", "b"])
    with pytest.raises(ValueError, match=r"N=1, C_out=3 maps"):
        figures.filter_bank(lambda x, weight: conv2d(x, weight[:2]), PHOTO, LAYER, "abc")


def test_a_kernel_that_keeps_brightness_is_shown_as_a_photograph_is():
    blur = KERNELS["blur"]
    assert tone_of(correlate2d(GREY, blur), blur) == Tone("gray", 0, blur.sum())
    assert tone_of(correlate2d(GREY, 4 * blur), 4 * blur).high == pytest.approx(4)


def test_values_beyond_a_scale_are_admitted():
    sharpen = KERNELS["sharpen"]
    made = correlate2d(GREY, sharpen)
    assert made.min() < 0
    assert tone_of(made, sharpen).labels() == {0: "≤ 0", 1: "≥ 1"}
    tone = tone_of(correlate2d(GREY, SOBEL), SOBEL)
    assert tone.cut
    assert list(tone.labels().values())[-1] == "0"


@pytest.mark.parametrize("made", [np.zeros((3, 3)), np.full((3, 3), np.nan), -np.eye(3), np.eye(9)])
def test_zero_is_in_the_middle_of_a_signed_scale(made):
    tone = tone_of(made, SOBEL)
    assert tone.low == -tone.high < 0
    middle = tone.shown()["cmap"](SHADES // 2)
    assert max(middle[:3]) - min(middle[:3]) < 0.03, "zero is grey"


def test_shades_go_from_dark_to_light_without_colour_too():
    colours = Tone("cividis", -1, 1).shown()["cmap"](np.arange(SHADES))[:, :3]
    assert (np.diff(colours @ data.LUMA) > 0).all()


def test_maps_of_one_picture_share_a_scale():
    figure = figure_of(figures.channels_summed, PHOTO, EDGES)
    shown = [image for axes in figure.axes for image in axes.images]
    ends = [(image.norm.vmin, image.norm.vmax) for image in shown if image.norm.vmin < 0]
    assert len(ends) == 5, "three maps, their sum and the scale"
    assert len(set(ends)) == 1
