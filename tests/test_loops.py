"""The loops agree with the kernels, and multiply as often as the definition says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dwsep_helpers import kernels, loops
from dwsep_helpers.checks import count_multiplications
from dwsep_helpers.cost import depthwise_cost

small = st.integers(1, 3)
pairs = st.tuples(small, small)


@given(small, small, small, pairs, pairs, st.tuples(st.integers(0, 2), st.integers(0, 2)))
def test_same_numbers_and_the_formulas_count(batch, channels, multiplier, kernel, stride, padding):
    rng = np.random.default_rng(0)
    size = (kernel[0] + 2, kernel[1] + 1)
    x = rng.normal(size=(batch, channels, *size))
    weight = rng.normal(size=(channels * multiplier, 1, *kernel))
    options = {"stride": stride, "padding": padding}
    y = loops.depthwise_conv2d(x, weight, **options)
    np.testing.assert_allclose(y, kernels.depthwise_conv2d(x, weight, **options), atol=1e-12)
    counted = count_multiplications(loops.depthwise_conv2d, x, weight, **options)
    cost = depthwise_cost(
        channels, kernel, size, depth_multiplier=multiplier, batch=batch, **options
    )
    assert counted == cost.macs


@pytest.mark.parametrize(("kernels_given", "channels"), [(4, 3), (2, 3)])
def test_kernels_that_do_not_go_round_are_refused(kernels_given, channels):
    with pytest.raises(ValueError, match=f"{kernels_given} kernels.*C_in={channels}"):
        loops.depthwise_conv2d(np.ones((1, channels, 4, 4)), np.ones((kernels_given, 1, 2, 2)))


def test_kernel_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="5"):
        loops.depthwise_conv2d(np.ones((1, 1, 4, 4)), np.ones((1, 1, 5, 5)))
