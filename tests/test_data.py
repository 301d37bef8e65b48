"""Photographs and digits."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn import datasets

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


@pytest.mark.parametrize("name", data.CREDITS)
def test_a_photograph_is_scikit_learns(name):
    theirs = datasets.load_sample_image(f"{name}.jpg").transpose(2, 0, 1)
    np.testing.assert_array_equal(data.photograph(name), theirs.astype(np.float32) / 255)


def test_digits_are_scikit_learns():
    images, labels = data.digits()
    theirs = datasets.load_digits()
    np.testing.assert_array_equal(images, theirs.images[:, None].astype(np.float32) / 16)
    np.testing.assert_array_equal(labels, theirs.target)
    assert (images.dtype, labels.dtype) == (np.float32, np.int64)


def test_scikit_learn_is_not_imported_for_them():
    """That would take a second, in each notebook."""
    program = (
        "import sys; from dwsep_helpers import data; data.photograph(), data.digits(); "
        "assert 'sklearn' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


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


def test_grey_of_whole_numbers():
    white = np.full((3, 2, 2), 255, np.uint8)
    np.testing.assert_allclose(data.to_grey(white), 255)
