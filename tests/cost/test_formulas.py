"""Single numbers: those of the article and of MobileNet, and searches that need no formula."""

from fractions import Fraction
from itertools import count

import numpy as np
import pytest

from dwsep_helpers import cost
from dwsep_helpers.papers import MOBILENET_V1, Layers


def test_the_article_s_layer_counted_by_sizes_in_and_out():
    count, sizes = cost.grouped_macs, (5, 8)
    assert count(3, 256, *sizes, padding=2) == cost.conv2d_macs(256, 3, 5, 8) == 1_228_800
    depthwise = count(3, 3, *sizes, padding=2, groups=3)
    assert depthwise == cost.depthwise_conv2d_macs(3, 5, 8) == 4_800
    assert count(3, 256, 1, 8) == 49_152
    assert cost.separable_macs(3, 256, *sizes, padding=2) == 4_800 + 49_152 == 53_952
    assert cost.separable_params(3, 256, 5) == 3 * 25 + 3 * 256


def test_pairs_batches_and_multipliers_are_factors():
    assert cost.conv2d_macs(7, 3, (2, 5), (11, 4), batch=3) == 3 * 7 * 3 * 2 * 5 * 11 * 4
    options = {"depth_multiplier": 5, "batch": 3}
    assert cost.depthwise_conv2d_macs(3, (2, 5), (11, 4), **options) == 3 * 5 * 3 * 2 * 5 * 11 * 4
    assert cost.grouped_macs(11, 6, 4, 17, stride=3, padding=2) == 6 * 11 * 16 * 6**2
    sizes = {"kernel_size": (4, 3), "input_size": (17, 11), "stride": 3, "padding": 2}
    assert cost.grouped_macs(12, 20, **sizes, groups=4) == 20 * 3 * (4 * 3) * (6 * 5)
    in_out = (12 * 20 * 30 + 12 * 12 * 30, 12 * 20 * 17 * 11 + 20 * 12 * 30)
    assert cost.separable_macs(12, 20, **sizes) == in_out[0]
    assert cost.separable_macs(12, 20, **sizes, pointwise_first=True) == in_out[1]
    assert cost.separable_params(7, 11, 4, bias=True) == 7 * 16 + 7 * 11 + 7 + 11


@pytest.mark.parametrize(("kernel", "times"), [(2, 2), (3, 8), (5, 14), (5, 20), (4, 1)])
def test_filters_needed_is_the_first_number_that_is_enough(kernel, times):
    first = next(n for n in count(1) if cost.reduction_ratio(n, kernel) <= Fraction(1, times))
    assert cost.filters_needed(kernel, times) == first


def test_no_filters_are_enough_for_as_many_times_as_a_kernel_has_cells():
    assert cost.filters_needed(3, 9) == cost.filters_needed(2, 5) == cost.filters_needed(1, 1) == 0


@pytest.mark.parametrize(
    ("filters", "kernel"), [(4, 2), (256, 5), (20, (2, 5)), (6, (3, 1)), (64, 1), (1, 3)]
)
def test_one_term_more_than_break_even_is_no_gain(filters, kernel):
    terms = cost.break_even_terms(filters, kernel)
    ratio = cost.reduction_ratio(filters, kernel)
    assert terms * ratio < 1 <= (terms + 1) * ratio


def test_networks_add_up_to_their_layers():
    table = Layers("small", [("standard", 3, 8, 2), ("separable", 8, 24), ("linear", 24, 10)])
    layers = cost.grouped_macs(3, 8, 3, 21, 2, 1) + cost.separable_macs(8, 24, 3, 11, padding=1)
    assert cost.mobilenet_macs(table, resolution=21) == layers + 240
    assert cost.mobilenet_macs(table, 0.5, 21) == cost.mobilenet_macs(table.thinner(0.5), 1, 21)
    weights = 9 * 3 * 8 + cost.separable_params(8, 24, 3) + 240
    assert cost.mobilenet_params(table, False, 0) == weights
    assert cost.mobilenet_params(table) == weights + 10 + 2 * (8 + 8 + 24)


def test_a_linear_layer_before_another_is_not_lost():
    table = Layers("two linear", [("standard", 3, 8), ("linear", 8, 20), ("linear", 20, 10)])
    costs = cost.layer_costs(table, 4)
    assert [(name, parts["linear"].macs) for name, parts in costs.items() if "linear" in parts] == [
        ("block 1", 160),
        ("classifier", 200),
    ]
    assert cost.mobilenet_macs(table, resolution=4) == 16 * 9 * 24 + 160 + 200


def test_a_width_of_numpys_few_bits():
    assert cost.mobilenet_macs(MOBILENET_V1, np.int8(1)) == cost.mobilenet_macs(MOBILENET_V1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cost.conv2d_macs(0, 3, 5, 8), "n_filters must be at least 1, got 0"),
        (lambda: cost.conv2d_macs(2, 0, 5, 8), "channels must be at least 1, got 0"),
        (lambda: cost.conv2d_macs(2, 3, 5, (8, 0)), "output_size along W must be at least 1"),
        (lambda: cost.depthwise_conv2d_macs(2, (0, 1), 8), "kernel_size along H must be at least"),
        (lambda: cost.grouped_macs(6, 4, 3, 8, groups=3), "out_channels=4 is not a multiple"),
        (lambda: cost.grouped_macs(1, 1, 5, 3), "kernel_size=5 .* input_size=3"),
        (lambda: cost.separable_macs(3, 4, 1, (2, 0)), "input_size along W must be at least"),
        (lambda: cost.filters_needed(3, 0), "times must be at least 1, got 0"),
        (lambda: cost.break_even_terms(0, 3), "filters must be at least 1, got 0"),
        (lambda: cost.mobilenet_macs(MOBILENET_V1, 0.01), "out_channels must be at least 1, got 0"),
        (lambda: cost.mobilenet_params(MOBILENET_V1, True, -1), "per_channel must be at least 0"),
    ],
)
def test_what_makes_no_layer_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_counts_are_whole_numbers():
    with pytest.raises(TypeError, match=r"times must be an integer, got 2\.5"):
        cost.filters_needed(3, 2.5)
