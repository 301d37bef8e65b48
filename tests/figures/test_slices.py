"""Slices of a dense kernel: which are multiples of a pattern is found out, not assumed."""

import numpy as np
import pytest
from layout import faults, figure_of, images, texts

from dwsep_helpers import figures
from dwsep_helpers.figures import slices
from dwsep_helpers.figures.grids import number_text
from dwsep_helpers.figures.picture import not_yet, style

PATTERNS = np.array([[[[1, 2, 3], [4, 5, 6]]], [[[-1, 0, 1], [-2, 0, 2]]]])
WEIGHTS = np.array([[2, -1], [0, 0.5], [1, 3]]).reshape(3, 2, 1, 1)


def whole(figure):
    """Whether nothing is cut off or over anything else."""
    with style():
        return faults(figure) == []


def product(depthwise_weight, pointwise_weight):
    return pointwise_weight * depthwise_weight[:, 0]


def one_wrong(depthwise_weight, pointwise_weight):
    dense = product(depthwise_weight, pointwise_weight).copy()
    dense[2, 1] = dense[2, 1, ::-1]
    return dense


def test_multiples_are_said():
    assert figures.rank_one_slices(product, PATTERNS, WEIGHTS).alt == (
        "A dense kernel of 3×2×2×3 numbers in slices: 6 of 6 are a multiple of their input "
        "channel's depthwise pattern. dense[0]: 2 × the first, −1 × the second. "
        "dense[1]: 0 × the first, 0.5 × the second. dense[2]: 1 × the first, 3 × the second."
    )


def test_a_slice_that_is_none_is_said_and_drawn_so():
    right = figures.rank_one_slices(product, PATTERNS, WEIGHTS)
    wrong = figures.rank_one_slices(one_wrong, PATTERNS, WEIGHTS)
    assert "5 of 6 are a multiple" in wrong.alt
    assert wrong.alt.endswith("dense[2]: 1 × the first, no multiple of the second.")
    assert right.data != wrong.data
    assert right == figures.rank_one_slices(product, PATTERNS, WEIGHTS)


def test_multiples_are_found_to_rounding():
    rng = np.random.default_rng(0)
    patterns, weights = rng.normal(size=(4, 1, 5, 5)), rng.normal(size=(6, 4, 1, 1))
    found = slices.multiples(product(patterns, weights).astype(np.float32), patterns)
    np.testing.assert_allclose(found, weights[:, :, 0, 0], atol=1e-5)
    assert np.isnan(slices.multiples(rng.normal(size=(6, 4, 5, 5)), patterns)).all()


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_numbers_that_are_not_finite_spoil_their_own_slice_only(odd):
    dense = product(PATTERNS, WEIGHTS).copy()
    dense[0, 0, 1, 1] = odd
    picture = figures.rank_one_slices(lambda *_: dense, PATTERNS, WEIGHTS)
    assert "5 of 6 are a multiple" in picture.alt


def test_patterns_and_slices_are_shown_row_by_row():
    dense = one_wrong(PATTERNS, WEIGHTS)
    figure = figure_of(figures.rank_one_slices, one_wrong, PATTERNS, WEIGHTS)
    assert whole(figure)
    expected = [*PATTERNS[:, 0], *dense.reshape(-1, *dense.shape[2:])]
    for image, plane in zip(images(figure), expected, strict=True):
        np.testing.assert_array_equal(image, plane)
    written = texts(figure)
    assert {"pattern", "dense[2]", "depthwise_weight[1]", "pattern × −1"} <= set(written)
    assert written.count("no multiple") == 1


def test_numbers_are_written_where_they_can_be_read_and_shades_mean_the_same_everywhere():
    weights = WEIGHTS * 10
    dense = product(PATTERNS[..., :2], weights)
    figure = figure_of(figures.rank_one_slices, product, PATTERNS[..., :2], weights)
    assert whole(figure)
    written = texts(figure)
    for number in (*PATTERNS[..., :2].flat, *dense.flat):
        assert number_text(number) in written
    shown = {image.get_clim() for axes in figure.axes for image in axes.images}
    assert shown == {(-100, 100)}, "one scale for all"
    large = np.full((1, 1, 5, 5), -12.75)
    small = figure_of(figures.rank_one_slices, product, large, np.ones((1, 1, 1, 1)))
    assert texts(small).count(number_text(-12.75)) == 1, "beside the scale"


@pytest.mark.parametrize(("filters", "channels", "size"), [(1, 1, (1, 1)), (6, 6, (5, 5))])
def test_words_are_whole_and_apart(filters, channels, size):
    patterns = np.full((channels, 1, *size), 0.125)
    weights = np.full((filters, channels, 1, 1), -102)
    assert whole(figure_of(figures.rank_one_slices, product, patterns, weights))


def unwritten(*_):
    raise NotImplementedError


@pytest.mark.parametrize("function", [unwritten, lambda *_: None], ids=["raises", "None"])
def test_what_is_not_written_yet_is_asked_for(function):
    assert figures.rank_one_slices(function, PATTERNS, WEIGHTS) == not_yet("3.4")


@pytest.mark.parametrize(
    ("function", "patterns", "weights", "named"),
    [
        (product, PATTERNS[:, 0], WEIGHTS, r"depthwise_weight has shape \(2, 2, 3\)"),
        (product, PATTERNS, WEIGHTS[..., 0], r"pointwise_weight has shape \(3, 2, 1\)"),
        (product, PATTERNS, WEIGHTS[:, :1], r"C=1 \(axis 1\), and .* C=2 \(axis 0\)"),
        (product, PATTERNS, np.ones((7, 2, 1, 1)), "7 filters and 2 channels, at most 6"),
        (product, 0 * PATTERNS, WEIGHTS, "pattern of zeros"),
        (lambda d, p: product(d, p)[:2], PATTERNS, WEIGHTS, r"returned shape \(2, 2, 2, 3\)"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(function, patterns, weights, named):
    with pytest.raises(ValueError, match=named):
        figures.rank_one_slices(function, patterns, weights)
