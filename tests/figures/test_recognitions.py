"""What a network says of a photograph: drawn as it was given, nothing cut off or covered."""

import numpy as np
import pytest
from layout import faults, figure_of, images, texts

from dwsep_helpers import figures

RNG = np.random.default_rng(0)
PHOTO = RNG.integers(0, 256, (90, 90, 3), dtype=np.uint8)
FIVE = [("palace", 0.28), ("bell cote", 0.18), ("monastery", 0.06), ("lakeside", 0.004), ("x", 0.0)]
LONG = [("a name of a class that is longer than its photograph is wide", 1.0), ("b", 0.0)]
TWO = np.ones((2, 3, 3))
LINES = {"385,187,552 MACs": "for an image", "18 of 24": "of my predictions were borne out"}


@pytest.mark.parametrize("classes", [FIVE, LONG, FIVE[:1]], ids=["five", "long", "one"])
@pytest.mark.parametrize("title", ["", "Seen by layers you wrote"])
def test_a_verdict(classes, title):
    figure = figure_of(figures.verdict, PHOTO, classes, title)
    assert faults(figure) == []
    assert set(texts(figure)) >= {name for name, _ in classes}
    shown = figures.verdict(PHOTO, classes, title)
    assert shown.alt.startswith(title)
    assert f"{classes[0][0]} {100 * classes[0][1]:.0f} %" in shown.alt


def test_small_probabilities_are_said_to_be_small():
    assert "monastery 6 %, lakeside < 1 %, x < 1 %" in figures.verdict(PHOTO, FIVE).alt


def test_the_photograph_stays_as_it_is_above_the_bars():
    plain = np.zeros((90, 90, 3), np.uint8)
    plain[:45] = 255
    (drawn,) = images(figure_of(figures.verdict, plain, FIVE[:1]))
    assert (drawn[:45] == 255).all()
    assert (drawn[46] == 0).all()
    assert (drawn[-1] > 190).all()
    assert plain[-1].max() == 0


def test_a_card():
    figure = figure_of(figures.keepsake, PHOTO, FIVE, LINES, "Seen by layers I wrote")
    assert faults(figure) == []
    assert set(texts(figure)) >= {*LINES, *LINES.values(), "Seen by layers I wrote"}
    card = figures.keepsake(PHOTO, FIVE, LINES, "Seen by layers I wrote")
    assert "for an image: 385,187,552 MACs" in card.alt


def test_trained_kernels_are_those_that_were_given():
    weights = {"Block 2": RNG.normal(size=(40, 1, 3, 3)), "Block 4": RNG.normal(size=(5, 1, 5, 5))}
    figure = figure_of(figures.trained_kernels, weights, 24)
    drawn = images(figure)
    assert len(drawn) == 24 + 5
    np.testing.assert_array_equal(drawn[0], weights["Block 2"][0, 0])
    np.testing.assert_array_equal(drawn[-1], weights["Block 4"][4, 0])
    assert faults(figure) == []
    said = figures.trained_kernels(weights, 24).alt
    assert "Block 2: 24 of 40 kernels of 3×3; Block 4: 5 of 5 kernels of 5×5" in said


def test_a_kernel_of_zeros_is_drawn():
    assert figures.trained_kernels({"dead": np.zeros((1, 1, 3, 3))}).data


def test_maps_and_their_kernels():
    before, kernels = RNG.random((6, 20, 20)), RNG.normal(size=(6, 1, 3, 3))
    figure = figure_of(figures.maps_filtered, before, kernels, before[:, ::2, ::2])
    assert faults(figure) == []
    assert len(images(figure)) == 18
    assert "6 maps of 20×20" in figures.maps_filtered(before, kernels, before).alt


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (lambda: figures.verdict(PHOTO[..., 0], FIVE), r"\(90, 90\).*\(H, W, 3\)"),
        (lambda: figures.verdict(PHOTO / 255, FIVE), "float64"),
        (lambda: figures.verdict(PHOTO, []), "classes is empty"),
        (lambda: figures.verdict(PHOTO, [("daisy", 1.2)]), r"daisy is 1\.2"),
        (lambda: figures.trained_kernels({"pw": np.ones((2, 3, 1, 1))}), r"pw.*\(2, 3, 1, 1\)"),
        (lambda: figures.maps_filtered(TWO, np.ones((1, 1, 3, 3)), TWO),
         "2 channels, kernels 1"),
    ],
)  # fmt: skip
def test_what_can_not_be_drawn_is_named(draw, says):
    with pytest.raises(ValueError, match=says):
        draw()


def test_negative_maps_have_shades_and_one_map_is_one():
    alt = figures.maps_filtered(-np.ones((1, 2, 2)), np.ones((1, 1, 1, 1)), np.ones((1, 2, 2))).alt
    assert alt.startswith("1 map of 2×2; below each its depthwise kernel")
    card = figures.keepsake(np.zeros((4, 4, 3), np.uint8), [("a", 0.5)], {}, "Mine")
    assert card.alt == "Mine. The network says: a 50 %."
