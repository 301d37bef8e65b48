"""What unit 03's references say agrees with the kernels and with the costs."""

import numpy as np
import pytest
from answers.unit_03 import right
from hypothesis import given
from hypothesis import strategies as st

from dwsep_helpers import checks, conv2d, depthwise_separable_conv2d, kernels
from dwsep_helpers.cost import conv2d_cost, pointwise_cost, separable_cost

small = st.integers(1, 4)


@given(small, small, small, small)
def test_the_dense_kernel_equals_the_layer(channels, filters, k_h, k_w):
    rng = np.random.default_rng(3)
    d = rng.normal(size=(channels, 1, k_h, k_w))
    p = rng.normal(size=(filters, channels, 1, 1))
    x = rng.normal(size=(2, channels, k_h + 2, k_w + 1))
    dense = checks.equivalent_dense_kernel.reference(d, p)
    np.testing.assert_allclose(conv2d(x, dense), depthwise_separable_conv2d(x, d, p), atol=1e-12)
    for c in range(channels):
        assert np.linalg.matrix_rank(dense[:, c].reshape(filters, -1)) <= 1


@given(st.integers(1, 40), st.integers(1, 5), st.integers(1, 5))
def test_break_even_is_where_the_costs_cross(filters, k_h, k_w):
    sizes = (7, filters, (k_h, k_w), (9, 8))
    dense, one = conv2d_cost(*sizes).macs, separable_cost(*sizes).macs
    terms = checks.break_even_terms.reference(filters, (k_h, k_w))
    assert terms * one < dense <= (terms + 1) * one


@given(small, small, small, small)
def test_a_sum_of_all_terms_is_exact_and_fewer_are_closest(channels, filters, k, terms):
    rng = np.random.default_rng(35)
    weight = rng.normal(size=(filters, channels, k, k))
    approximate = checks.separable_approximation.reference
    np.testing.assert_allclose(approximate(weight, min(filters, k * k)), weight, atol=1e-12)
    closest = np.linalg.norm(weight - approximate(weight, terms))
    for _ in range(5):  # no sum of other separable layers comes closer
        d, p = (
            rng.normal(size=(terms, channels, 1, k, k)),
            rng.normal(size=(terms, filters, channels)),
        )
        other = sum(p[t, :, :, None, None] * d[t, :, 0] for t in range(terms))
        assert closest <= np.linalg.norm(weight - other) + 1e-12


@pytest.mark.parametrize("style", ["separable_of_the_unit", "separable_in_one_einsum"])
def test_counted_multiplications(style):
    x, d, p = np.ones((2, 3, 6, 7)), np.ones((6, 1, 3, 2)), np.ones((4, 6, 1, 1))
    function = right.DEPTHWISE_SEPARABLE_CONV2D[style]
    counted = checks.count_multiplications(function, x, d, p, stride=(2, 1))
    cost = separable_cost(3, 4, (3, 2), (6, 7), stride=(2, 1), depth_multiplier=2, batch=2)
    if style == "separable_in_one_einsum":  # which filters anew for each of the 4 outputs
        assert counted > cost.macs
    else:
        assert counted == cost.macs
    pointwise = checks.count_multiplications(right.pointwise_by_product, x, np.ones((4, 3, 1, 1)))
    assert pointwise == pointwise_cost(3, 4, (6, 7), batch=2).macs


@pytest.mark.parametrize("exercise", ["pointwise_conv2d", "depthwise_separable_conv2d"])
def test_the_fast_kernels_are_no_answer(exercise):
    with pytest.raises(checks.CheckFailed, match=f"dwsep_helpers.{exercise}"):
        getattr(checks, exercise)(getattr(kernels, exercise))
