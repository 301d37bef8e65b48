"""What a figure can't draw is refused in words that name the argument."""

import re

import numpy as np
import pytest
import torch

from dwsep_helpers import figures, hardware, kernels
from dwsep_helpers.figures.arrays import as_array, as_floats

RAGGED = [[1], [1, 2]]
TEXT = [["a"]]
LEARNED = torch.ones(3, 3, requires_grad=True)
GREY, PHOTO = np.ones((4, 4)), np.ones((3, 4, 4))
NUMBERS = np.ones((2, 2))
DEPTHWISE, POINTWISE = np.ones((2, 1, 3, 3)), np.ones((3, 2, 1, 1))
MAPS, TWO = np.ones((2, 4, 4)), np.ones((2, 1, 2, 2))
EVERY, CORRELATE = kernels.filter_each_channel, kernels.correlate2d


def _same(x):
    return x


# What a figure takes, by the argument's name: given something else for it.
TAKES = {
    "expected": lambda bad: figures.compare(bad, NUMBERS),
    "got": lambda bad: figures.compare(NUMBERS, bad),
    "image": lambda bad: figures.sliding_window(bad, NUMBERS),
    "kernel": lambda bad: figures.correlation_vs_convolution(CORRELATE, CORRELATE, GREY, bad),
    "photo": lambda bad: figures.kernel_gallery(CORRELATE, bad, {"one": NUMBERS}),
    "kernels['one']": lambda bad: figures.kernel_gallery(CORRELATE, GREY, {"one": bad}),
    "kernels": lambda bad: figures.channels_filtered(EVERY, PHOTO, bad),
    "weights": lambda bad: figures.channels_mixed(kernels.mix_channels, PHOTO, bad),
    "weight": lambda bad: figures.filter_bank(kernels.conv2d, PHOTO, bad, ["a", "b"]),
    "matrices['one']": lambda bad: figures.colour_matrix(
        kernels.pointwise_conv2d, PHOTO, {"one": bad}
    ),
    "depthwise_weight": lambda bad: figures.rank_one_slices(
        kernels.equivalent_dense_kernel, bad, POINTWISE
    ),
    "pointwise_weight": lambda bad: figures.rank_one_slices(
        kernels.equivalent_dense_kernel, DEPTHWISE, bad
    ),
    "a kernel": lambda bad: figures.approximation(
        {"a kernel": bad}, kernels.separable_approximation
    ),
    "a layer": lambda bad: figures.levels_used({"a layer": bad}),
    "some kernels": lambda bad: figures.trained_kernels({"some kernels": bad}),
    "before": lambda bad: figures.maps_filtered(bad, TWO, MAPS),
    "after": lambda bad: figures.maps_filtered(MAPS, TWO, bad),
    "images": lambda bad: figures.classified(bad, [1]),
    "matrix": lambda bad: figures.confusion(bad),
    "values": lambda bad: figures.losses(bad),
    "x": lambda bad: figures.influence({"same": _same}, bad, exercise="2.1"),
    "layers['depthwise']": lambda bad: figures.roofline(
        hardware.Machine("a box", 1e9, {"DRAM": 1e9}), {"depthwise": bad}
    ),
}


@pytest.mark.parametrize("name", TAKES)
@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (RAGGED, "can't be read as an array"),
        (LEARNED, "can't be read as an array"),
        (TEXT, "holds <U1, and real numbers are drawn"),
        (np.ones((2, 2), complex), "holds complex128, and real numbers are drawn"),
    ],
    ids=["ragged", "a tensor that learns", "text", "complex"],
)
def test_no_array_of_numbers_is_named(name, bad, words):
    with pytest.raises(ValueError, match="^" + re.escape(f"{name} {words}")):
        TAKES[name](bad)


def test_what_a_learners_function_returns_is_named():
    def returns_a_tensor(image, kernel):
        return LEARNED

    with pytest.raises(ValueError, match="what returns_a_tensor returned can't be read"):
        figures.kernel_gallery(returns_a_tensor, GREY, {"one": NUMBERS})


def test_all_kinds_of_real_numbers_are_read():
    for given in ([[1, 2]], ((True, False),), np.float32([[1.5]]), torch.ones(1, 2)):
        np.testing.assert_array_equal(as_array(given, "it"), np.asarray(given))
    whole = np.array([[3]], object)
    assert as_array(whole, "it").dtype == float
    own = np.ones((1, 1))
    as_floats(own, "it")[:] = 0
    assert own == 1


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: figures.bars({"a": "x"}, ""), r"values\['a'\] is 'x', and a number"),
        (lambda: figures.dots({"a": None}, ""), r"values\['a'\] is None, and a number"),
        (lambda: figures.bars({"a": 10**400}, ""), r"values\['a'\] is 1000.*, and a number"),
        (lambda: figures.parts({"t": {"a": -1, "b": 2}}), r"measures\['t'\]\['a'\] is -1"),
        (lambda: figures.parts({"t": {"a": np.nan}}), r"measures\['t'\]\['a'\] is nan"),
        (lambda: figures.confusion([[1.5]]), r"matrix has \[\[1.5\]\], and counts are whole"),
        (lambda: figures.confusion([[np.nan]]), r"matrix has \[\[nan\]\]"),
        (
            lambda: figures.classified(np.ones((1, 1, 0, 0)), [1]),
            r"images has shape \(1, 1, 0",
        ),
        (lambda: figures.kernel_gallery(CORRELATE, PHOTO, {"a": GREY}), r"photo has shape \(3, 4"),
        (lambda: figures.kernel_gallery(CORRELATE, GREY, {}), "kernels 0: .* one at least"),
        (lambda: figures.trained_kernels({}), "weights is empty"),
        (lambda: figures.trained_kernels({"a": np.ones((0, 1, 3, 3))}), r"a has shape \(0, 1"),
        (lambda: figures.maps_filtered(GREY, TWO, MAPS), r"before has shape \(4, 4\), and 3 axes"),
        (lambda: figures.levels_used({"a": 3}), r"a has shape \(\), and a channel"),
        (
            lambda: figures.approximation(np.full((2, 1, 2, 2), np.nan), _same),
            "kernel has NaN or infinite numbers",
        ),
        (lambda: figures.sliding_window(GREY, NUMBERS, position=(0,)), r"position is \(0,\), and"),
        (lambda: figures.sliding_window(GREY, NUMBERS, position=0), "position is 0, and"),
        (lambda: figures.ridge_sweep({"a": ([], [])}), r"networks\['a'\] takes no time"),
        (lambda: figures.course_picture(standard=0), "standard must be at least 1, got 0"),
    ],
)
def test_what_cannot_be_drawn_is_named(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()
