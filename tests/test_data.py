"""Photographs."""

import numpy as np
import pytest

from dwsep_helpers import data


@pytest.mark.parametrize("name", data.CREDITS)
def test_a_photograph_is_channels_first_from_0_to_1(name):
    image = data.photograph(name)
    assert image.shape == (3, 427, 640)
    assert image.dtype == np.float32
    assert 0 <= image.min() < 0.1
    assert 0.9 < image.max() <= 1
    assert image.flags.c_contiguous
    image[:] = 0  # the learner's own copy


def test_channels_are_red_green_and_blue():
    red, green, blue = data.photograph("china")[:, :50].mean((1, 2))
    assert blue > green > red, "the sky over the palace is blue"


def test_a_smaller_photograph_is_the_same_picture():
    whole, small = data.photograph(), data.photograph(size=(120, 180))
    assert small.shape == (3, 120, 180)
    np.testing.assert_allclose(whole.mean((1, 2)), small.mean((1, 2)), atol=0.02)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: data.photograph("tree"), "'tree'.*china, flower"),
        (lambda: data.photograph(size=(500, 10)), "500×10.*427×640"),
        (lambda: data.photograph(size=(0, 10)), "0×10"),
        (lambda: data.to_grey(np.ones((2, 3, 4))), r"\(2, 3, 4\)"),
    ],
)
def test_bad_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()


def test_grey_weighs_what_eyes_weigh():
    pure = np.eye(3, dtype=np.float32).reshape(3, 3, 1)
    grey = data.to_grey(pure)
    assert grey.dtype == np.float32
    np.testing.assert_allclose(grey[:, 0], data.LUMA)
    assert sum(data.LUMA) == pytest.approx(1)
