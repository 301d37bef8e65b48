"""What unit 03's references say agrees with the kernels and with the costs."""

import numpy as np
import pytest
from answers.unit_02.right import all_loops as depthwise_by_loops
from answers.unit_03 import right, wrong
from hypothesis import given
from hypothesis import strategies as st

from dwsep_helpers import checks, conv2d, depthwise_separable_conv2d, kernels
from dwsep_helpers.checks.calling import Learner
from dwsep_helpers.cost import conv2d_cost, depthwise_cost, pointwise_cost, separable_cost

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


def failure_of(check, function):
    with pytest.raises(checks.CheckFailed) as caught:
        check(function)
    return caught.value


def test_a_stride_after_combining_is_said_to_be_late():
    """The answers are right; four in five of the sums are thrown away."""
    message = failure_of(checks.depthwise_separable_conv2d, wrong.stride_last).message
    assert "right values, with more work than it takes" in message
    assert "4,992 products with the pointwise weights" in message
    assert "896 for as many outputs without a stride" in message
    assert "it should skip them in the depthwise stage" in message


def test_what_cannot_be_counted_is_not_blamed():
    case = checks.depthwise_separable_conv2d.demand.strided
    separable = right.DEPTHWISE_SEPARABLE_CONV2D
    assert Learner(separable["separable_of_the_helper"]).products(case, 2) == 896
    assert Learner(separable["separable_by_torch"]).products(case, 2) == 0


def test_a_pointwise_loop_hears_of_no_kernel_offsets():
    message = failure_of(checks.pointwise_conv2d, right.pointwise_over_pixels).message
    assert "in one operation." in message.replace("\n", " ")
    assert "offsets" not in message
    message = failure_of(checks.depthwise_conv2d_vectorized, depthwise_by_loops).message
    assert "a loop over the few kernel offsets is fine" in message.replace("\n", " ")


@pytest.mark.parametrize("filters", [3, 8, 20])
@pytest.mark.parametrize("stride", [1, 2])
def test_the_order_of_the_stages_matters_as_unit_03_says(filters, stride):
    channels, size, how = 8, (14, 14), {"stride": stride, "padding": 1}
    filter_first = separable_cost(channels, filters, 3, size, **how).macs
    mixing = pointwise_cost(channels, filters, size)
    combine_first = (mixing + depthwise_cost(filters, 3, size, **how)).macs
    if filters > channels or stride > 1:
        assert filter_first < combine_first
    elif filters == channels:
        assert filter_first == combine_first
    else:
        assert filter_first > combine_first


def test_unit_03_says_what_a_dense_kernel_costs(root):
    """Whoever builds it and slides it reads that number under their own count."""
    x, d, p = np.ones((1, 3, 8, 8)), np.ones((3, 1, 5, 5)), np.ones((256, 3, 1, 1))
    counted = checks.count_multiplications(right.separable_as_dense, x, d, p, padding=2)
    text = (root / "solutions/03_pointwise/03_pointwise.ipynb").read_text("utf-8")
    says = f"{counted:,}, more than the standard layer, if it builds a dense kernel and slides that"
    assert says in text


@pytest.mark.parametrize("exercise", ["pointwise_conv2d", "depthwise_separable_conv2d"])
def test_the_fast_kernels_are_no_answer(exercise):
    with pytest.raises(checks.CheckFailed, match=f"dwsep_helpers.{exercise}"):
        getattr(checks, exercise)(getattr(kernels, exercise))
