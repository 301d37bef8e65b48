"""Red, green and blue: what the learner's function made of them is what is shown."""

import numpy as np
import pytest
from layout import figure_of, images, texts

from dwsep_helpers import data, figures
from dwsep_helpers.figures import colours
from dwsep_helpers.figures.expected import KERNELS
from dwsep_helpers.figures.grids import number_text
from dwsep_helpers.figures.picture import not_yet
from dwsep_helpers.kernels import filter_each_channel, mix_channels, pointwise_conv2d

PHOTO = data.photograph(size=(40, 60))
OWN = np.stack(list(KERNELS.values()))
SWAP, BRIGHT = np.eye(3)[::-1], 1.5 * np.eye(3)

# Each figure with a learner's function, by the exercise in which it is written.
DRAWN = {
    "2.1": lambda function, **options: figures.channels_filtered(function, PHOTO, OWN, **options),
    "3.1": lambda function, **options: figures.channels_mixed(
        function, PHOTO, data.LUMA, **options
    ),
    "3.2": lambda function, **options: figures.colour_matrix(
        function, PHOTO, {"swap": SWAP, "bright": BRIGHT}, **options
    ),
}
RIGHT = {"2.1": filter_each_channel, "3.1": mix_channels, "3.2": pointwise_conv2d}
WRONG = {
    "2.1": lambda image, kernels: filter_each_channel(image, kernels[[0, 0, 0]]),
    "3.1": lambda image, weights: mix_channels(image, weights[::-1]),
    "3.2": lambda x, weight: pointwise_conv2d(x, weight / 2),
}
EXERCISES = pytest.mark.parametrize("exercise", DRAWN)


def unwritten(*_):
    raise NotImplementedError


def crashing(*_):
    raise IndexError("index 7 is out of bounds")


@EXERCISES
@pytest.mark.parametrize("function", [unwritten, lambda *_: None], ids=["raises", "None"])
def test_what_is_not_written_yet_is_asked_for(exercise, function):
    assert DRAWN[exercise](function) == not_yet(exercise)
    assert DRAWN[exercise](function, exercise="7.1") == not_yet("7.1")


@EXERCISES
def test_no_other_error_is_hidden(exercise):
    with pytest.raises(IndexError, match="index 7"):
        DRAWN[exercise](crashing)


@EXERCISES
@pytest.mark.parametrize("made", [3.5, np.ones(5), np.ones((2, 5, 5)), np.ones((1, 2, 5, 5))])
def test_what_is_no_such_map_is_named_with_its_shape(exercise, made):
    with pytest.raises(ValueError, match=r"returned shape \(.*drawn"):
        DRAWN[exercise](lambda *_: made)


@EXERCISES
def test_a_picture_is_small_narrow_and_the_same_each_time(exercise):
    picture = DRAWN[exercise](RIGHT[exercise])
    assert picture.data.startswith(b"\x89PNG")
    assert len(picture.data) < 100_000
    assert 300 < picture.width <= 900
    assert picture == DRAWN[exercise](RIGHT[exercise])
    assert not set("[]\n") & set(picture.alt), "it fits a markdown image"


@EXERCISES
def test_a_wrong_function_gives_another_picture(exercise):
    right, wrong = DRAWN[exercise](RIGHT[exercise]), DRAWN[exercise](WRONG[exercise])
    assert right.data != wrong.data
    assert right.alt != wrong.alt


@EXERCISES
@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_numbers_that_are_not_finite_can_be_drawn(exercise, odd):
    def spoilt(*arrays):
        made = np.array(RIGHT[exercise](*arrays))
        made[..., 3, 4] = odd
        return made

    assert DRAWN[exercise](spoilt).alt != DRAWN[exercise](RIGHT[exercise]).alt


def test_channels_their_kernels_and_their_maps_are_shown():
    maps = filter_each_channel(PHOTO, OWN)
    figure = figure_of(figures.channels_filtered, filter_each_channel, PHOTO, OWN, list(KERNELS))
    _colours, *shown = images(figure)
    sheets = maps[::-1, ::2, ::2]
    for image, expected in zip(shown, [*PHOTO, *sheets, *maps], strict=True):
        np.testing.assert_array_equal(image, expected)
    written = texts(figure)
    assert {"image[0], red", "image[2], blue", "∗ kernels[1]", "= maps[2]", *KERNELS} <= set(
        written
    )
    assert {"image, 3×40×60", "maps, 3×38×58", "split", "stack"} <= set(written)
    for kernel in OWN:
        cells = [number_text(number) for number in kernel.flat]
        assert any(written[at : at + 9] == cells for at in range(len(written)))


def test_the_first_map_lies_in_front():
    maps = filter_each_channel(PHOTO, OWN)
    (axes,) = figure_of(figures.channels_filtered, filter_each_channel, PHOTO, OWN).axes
    sheets = {
        number: image
        for image in axes.images
        for number in range(3)
        if np.array_equal(image.get_array(), maps[number, ::2, ::2])
    }
    assert list(sheets) == [2, 1, 0], "each is drawn over the one behind it"
    assert len({image.get_zorder() for image in sheets.values()}) == 1
    lefts = [image.get_extent()[0] for image in sheets.values()]
    assert lefts == sorted(lefts, reverse=True)


def test_names_are_a_kernels_in_words_too():
    named = figures.channels_filtered(filter_each_channel, PHOTO, OWN, list(KERNELS))
    blurred = filter_each_channel(PHOTO, OWN)[0]
    low, high = number_text(blurred.min()), number_text(blurred.max())
    assert f"red by blur: values from {low} to {high}. green by sharpen:" in named.alt
    assert "38×58, are stacked, not summed" in named.alt
    nameless = figures.channels_filtered(filter_each_channel, PHOTO, OWN)
    assert "red by kernel 0: values" in nameless.alt


def test_channels_weights_and_their_sum_are_shown():
    mixed = mix_channels(PHOTO, np.array([1, 0, -1]))
    figure = figure_of(figures.channels_mixed, mix_channels, PHOTO, np.array([1, 0, -1]))
    _colours, *shown = images(figure)
    for image, expected in zip(shown, [*PHOTO, mixed], strict=True):
        np.testing.assert_array_equal(image, expected)
    written = texts(figure)
    assert [written.count(sign) for sign in ("×", "+", "=")] == [3, 2, 1]
    assert [text for text in written if text in ("1", "0", "−1")][:3] == ["1", "0", "−1"]
    assert {"image[1], green", "weights[2]", "the sum"} <= set(written)


def test_a_mix_is_said_as_a_sum():
    said = figures.channels_mixed(mix_channels, np.ones((3, 4, 4)), [1, 0.5, -1]).alt
    assert said.endswith("1 red + 0.5 green + −1 blue: values from 0.5 to 0.5.")


def test_matrices_and_what_they_make_are_shown():
    given = {"swap": SWAP, "same": np.eye(3)}
    figure = figure_of(figures.colour_matrix, pointwise_conv2d, PHOTO, given)
    original, swapped, same = images(figure)
    np.testing.assert_array_equal(same, original)
    for image, photo in ((original, PHOTO), (swapped, PHOTO[::-1])):
        assert np.abs(np.moveaxis(image, -1, 0) / 255 - photo).mean() < 0.02, "few colours, alike"
    written = texts(figure)
    assert {"swap", "same", "photograph", "nothing clipped"} <= set(written)
    for matrix in given.values():
        cells = [number_text(number) for number in matrix.flat]
        assert any(written[at : at + 9] == cells for at in range(len(written)))


def test_what_a_screen_cannot_show_is_admitted():
    picture = figures.colour_matrix(pointwise_conv2d, PHOTO, {"bright": BRIGHT, "swap": SWAP})
    share = 100 * np.mean(PHOTO > 2 / 3)
    means = ", ".join(number_text(round(1.5 * plane.mean(), 2)) for plane in PHOTO)
    bright = f"bright: mean red, green, blue {means}; {share:.0f} % of values clipped to 0…1."
    assert bright in picture.alt
    assert picture.alt.endswith("nothing clipped.")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.array([0, 1, 0.5]), "nothing clipped"),
        (np.array([-0.1, 1.1, 0, 1]), "50 % of values clipped to 0…1"),
        (np.r_[np.zeros(500), -1], "less than 1 % of values clipped to 0…1"),
        (np.array([1 + 1e-8, -1e-8]), "nothing clipped"),
    ],
)
def test_clipping_is_counted(values, words):
    assert colours._cut(values) == words


@pytest.mark.parametrize(
    ("draw", "named"),
    [
        (lambda: figures.channels_filtered(None, PHOTO[:2], OWN), "image has shape .*axis 0"),
        (lambda: figures.channels_filtered(None, PHOTO, OWN[:2]), "kernels has shape"),
        (lambda: figures.channels_filtered(None, PHOTO, OWN, "ab"), "names has 2, and three"),
        (lambda: figures.channels_mixed(None, PHOTO[0], [1, 0, 0]), "image has shape"),
        (lambda: figures.channels_mixed(None, PHOTO, [1, 0]), r"weights has shape \(2,\)"),
        (lambda: figures.colour_matrix(None, PHOTO[:1], {"a": SWAP}), "image has shape"),
        (lambda: figures.colour_matrix(None, PHOTO, {"a": SWAP[0]}), r"matrices\['a'\] .*\(3,\)"),
        (lambda: figures.colour_matrix(None, PHOTO, {}), "matrices has 0, and 1 to 4"),
        (lambda: figures.colour_matrix(None, PHOTO, dict.fromkeys("abcde", SWAP)), "has 5, and"),
    ],
)
def test_bad_arguments_are_named(draw, named):
    with pytest.raises(ValueError, match=named):
        draw()
