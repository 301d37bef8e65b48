"""What unit 02 says of other ways to its answers is what those ways cost."""

import numpy as np
import pytest
from answers.unit_02 import right

from dwsep_helpers import checks


def without_padding(x, weight, bias=None, stride=1, padding=0):
    """Skip the products with padding, at stride 1 with a multiplier of 1."""
    height, width = x.shape[2:]
    y = np.zeros(x.shape)
    for place in np.ndindex(y.shape):
        n, c, i, j = place
        for (u, v), tap in np.ndenumerate(weight[c, 0]):
            row, column = i + u - padding, j + v - padding
            if 0 <= row < height and 0 <= column < width:
                y[place] += x[n, c, row, column] * tap
    return y


@pytest.mark.parametrize(
    ("function", "least", "most"),
    [
        (right.all_loops, 1296, 1296),
        (without_padding, 1024, 1024),
        (right.as_a_diagonal_of_a_dense_layer, 5001, 5999),
    ],
)
def test_unit_02_says_what_each_way_costs(root, function, least, most):
    x, weight = np.ones((1, 4, 6, 6)), np.ones((4, 1, 3, 3))
    counted = checks.count_multiplications(function, x, weight, padding=1)
    assert least <= counted <= most
    text = (root / "solutions/02_depthwise/02_depthwise.ipynb").read_text("utf-8")
    said = (
        "Padding included, the layer makes 1,296 MACs",
        "1,024 where it skips the padding",
        "more than 5,000 where",
    )
    assert all(words in text for words in said)


def test_a_small_example_shows_its_numbers_before_drawn_ones_come():
    for exercise, small in ((checks.depthwise_conv2d, 3), (checks.depthwise_separable_conv2d, 2)):
        shown = [case.show for case in exercise.tries(strict=False)]
        assert shown[: small + 1] == [True] * small + [False]
        assert exercise.tries(strict=False)[1].options == {"stride": 2, "padding": 1}


def test_loops_that_remember_what_they_computed_are_not_vectorized():
    seen = {}

    def remembering(x, weight, bias=None, stride=1, padding=0):
        given = [None if a is None else np.asarray(a) for a in (x, weight, bias)]
        shapes = [a if a is None else (a.shape, a.dtype, a.tobytes()) for a in given]
        key = str(shapes), str(stride), str(padding)
        if key not in seen:
            seen[key] = right.all_loops(x, weight, bias, stride, padding)
        return seen[key].copy()

    checks.depthwise_conv2d(remembering)
    for _ in range(2):  # all that the first check asked is remembered in the second
        with pytest.raises(checks.CheckFailed, match="lines"):
            checks.depthwise_conv2d_vectorized(remembering)


def test_an_answer_that_raises_for_some_shapes_and_returns_none_for_others_gets_a_verdict():
    def forgets_to_return(image, kernels):
        if image.shape == (3, 2, 3):  # as the hand example's
            raise ValueError("no")

    with pytest.raises(checks.CheckFailed, match="your code raised an error"):
        checks.filter_each_channel(forgets_to_return)
