"""Wrong solutions of unit 04 as learners write them, apart from the bank."""

import itertools
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch

from answers.unit_04.right import (
    agrees_by_fractions,
    decimals,
    grouped_by_formula,
    needed_by_ceiling,
    network_macs,
    network_params,
    params_by_stages,
    ratio_by_terms,
    separable_by_cases,
    side,
)
from dwsep_helpers import cost


def grouped_at_stride_one_divided(m, n, k, d, stride=1, padding=0, groups=1):
    """Divide the positions at stride 1 by the square of the stride."""
    return grouped_by_formula(m, n, k, d, 1, padding, groups) // stride**2


def grouped_of_the_helper(m, n, k, d, stride=1, padding=0, groups=1):
    return cost.conv2d_cost(m, n, k, d, stride=stride, padding=padding, groups=groups).macs


def grouped_with_sizes_swapped_in_the_call(m, n, k, d, stride=1, padding=0, groups=1):
    return grouped_by_formula(m, n, d, k, stride, padding, groups)


def grouped_as_in_1_6(m, n, k, d, stride=1, padding=0, groups=1):
    """Hand the image's size to the function that wants the output's."""
    return n * m // groups * k[0] * k[1] * d[0] * d[1]


def grouped_or_depthwise(m, n, k, d, stride=1, padding=0, groups=1):
    return grouped_by_formula(m, m if groups == m else n, k, d, stride, padding, groups)


GROUPED = [
    (grouped_or_depthwise, "wrong values", "depthwise-without-its-multiplier"),
    (grouped_at_stride_one_divided, "wrong values", None),
    (grouped_of_the_helper, "used a forbidden shortcut", None),
    (grouped_with_sizes_swapped_in_the_call, "wrong values", None),
    (grouped_as_in_1_6, "wrong values", "input-size-for-output"),
    (lambda m, n, k, d, stride=1, padding=0, groups=1:
     grouped_by_formula(m, n, k, d, stride, padding), "wrong values", "groups-forgotten"),
    (lambda m, n, k, d, stride=1, padding=0, groups=1:
     grouped_by_formula(m, n, k, d, stride, padding) // groups**2, "wrong values",
     "one-group-alone"),
    (lambda m, n, k, d, stride=1, padding=0, groups=1: None, "not attempted", None),
    (lambda m, n, k, d: grouped_by_formula(m, n, k, d), "crashed", None),
    (lambda m, n, k, d, stride=1, padding=0, groups=1:
     np.array([grouped_by_formula(m, n, k, d, stride, padding, groups)]), "wrong type", None),
]  # fmt: skip


def separable_of_equal_sizes(m, n, k, d, stride=1, padding=0, pointwise_first=False):
    """Follow the paper, which derives it for maps as large as the image."""
    pixels, taps = d[0] * d[1], k[0] * k[1]
    return (m * n + (n if pointwise_first else m) * taps) * pixels


def separable_by_stages(in_one_order, in_the_other):
    """Count what two stages cost; each way gives the positions of filtering and combining."""

    def separable_macs(m, n, k, d, stride=1, padding=0, pointwise_first=False):
        def at(size, kernel, stride=1, padding=0):
            return [side(a, b, stride, padding) for a, b in zip(size, kernel, strict=True)]

        count = in_the_other if pointwise_first else in_one_order
        filtering, combining = count(d, k, stride, padding, at)
        filtered = n if pointwise_first else m
        return filtered * math.prod(k) * math.prod(filtering) + m * n * math.prod(combining)

    return separable_macs


def depthwise_first(d, k, stride, padding, at):
    return at(d, k, stride, padding), at(d, k, stride, padding)


def pointwise_on_the_input(d, k, stride, padding, at):
    return at(d, k, stride, padding), d


def pointwise_strides(d, k, stride, padding, at):
    return at(d, k, stride, padding), at(d, (1, 1), stride)


SEPARABLE = [
    (separable_by_stages(pointwise_on_the_input, pointwise_on_the_input), "wrong values",
     "pointwise-on-the-input"),
    (separable_by_stages(depthwise_first, pointwise_strides), "wrong values",
     "stride-in-a-first-pointwise-stage-alone"),
    (separable_of_equal_sizes, "wrong values", "input-size-for-output"),
    (lambda m, n, k, d, stride=1, padding=0, pointwise_first=False:
     separable_by_cases(m, n, k, d, stride, padding), "wrong values", "order-ignored"),
    (lambda m, n, k, d, stride=1, padding=0, pointwise_first=False:
     separable_by_cases(m, n, k, d, stride, padding, not pointwise_first), "wrong values",
     "orders-swapped"),
    (lambda m, n, k, d, stride=1, padding=0, pointwise_first=False:
     separable_by_cases(n, m, k, d, stride, padding, pointwise_first), "wrong values",
     "channels-swapped"),
    (lambda m, n, k, d, stride=1, padding=0, pointwise_first=False:
     cost.separable_cost(m, n, k, d, stride=stride, padding=padding).macs,
     "used a forbidden shortcut", None),
    (lambda m, n, k, d, stride=1, padding=0, pointwise_first=False:
     (m * k[0] * k[1], m * n), "wrong type", None),
]  # fmt: skip

RATIO = [
    (lambda n, k: 1 / Decimal(n) + 1 / Decimal(k) ** 2, "wrong type", None),
    (lambda n, k: Fraction(n + k * k, n * k), "wrong values", "kernel-not-squared-below-the-line"),
    (lambda n, k: 1 / n + 1 / k, "wrong type", "kernel-not-squared-in-a-float"),
    (lambda n, k: 1 / n + 1 / k**2, "wrong type", "float-result"),
    (lambda n, k: Fraction(1 / n) + Fraction(1 / k**2), "wrong values",
     "fractions-of-floats"),
    (lambda n, k: ratio_by_terms(n, k).limit_denominator(1000), "wrong values", None),
    (lambda n, k: Fraction(1 / n + 1 / k**2).limit_denominator(10**8), "wrong values", None),
    (lambda n, k: Fraction(1 / n + 1 / k**2).limit_denominator(n * k**2), "wrong values", None),
    (lambda n, k: str(ratio_by_terms(n, k)), "wrong type", None),
    (lambda n, k: ratio_by_terms(n, k).as_integer_ratio(), "wrong type", None),
    (lambda n, k: cost.reduction_ratio(n, k), "used a forbidden shortcut", None),
    (lambda n, k: 1 / ratio_by_terms(n, k), "wrong values", "upside-down"),
    (lambda n, k: 1 // n + 1 // k**2, "wrong values", None),
]  # fmt: skip

NEEDED = [
    (lambda k, t: needed_by_ceiling(k, t) if t > 1 else 0, "wrong values", None),
    (lambda k, t: 0 if k * k <= t else round(1 / (1 / t - 1 / k**2)), "wrong values", "rounded"),
    (lambda k, t: 0 if k * k <= t else math.ceil(1 / (Fraction(1, t) - Fraction(1, k))), "crashed",
     "kernel-not-squared-behind-the-zero"),
    (lambda k, t: 72, "wrong values", None),
    (lambda k, t: 0 if k * k <= t else next(
        n for n in itertools.count(1) if 1 / (1 / n + 1 / k**2) >= t), "wrong values", None),
    (lambda k, t: needed_by_ceiling(k, t) or None, "wrong type", None),
    (lambda k, t: t * k**2 // (k**2 - t) if k**2 > t else 0, "wrong values", "rounded-down"),
    (lambda k, t: -(-t * k**2 // (k**2 - t)), "crashed", "divided-by-zero"),
    (lambda k, t: max(0, needed_by_ceiling(k, t) - 1), "wrong values", None),
    (lambda k, t: 0 if k * k <= t else math.ceil(1 / (1 / t - 1 / k**2)), "wrong values",
     "floats-for-fractions"),
    (lambda k, t: 0 if k * k <= t else math.ceil(1 / (1 / t - 1 / k**2) - 1e-9), "wrong values",
     "floats-with-a-margin"),
    (lambda k, t: 0 if k * k <= t else next(
        n for n in itertools.count(1) if 1 / n + 1 / k**2 <= 1 / t + 1e-9), "wrong values", None),
    (lambda k, t: 0 if k * k <= t else next(
        n for n in itertools.count(1) if ratio_by_terms(n, k) <= 1 / t), "wrong values",
     "fraction-held-against-a-float"),
]  # fmt: skip

PARAMS = [
    (lambda m, n, k, bias=False: params_by_stages(m, n, k), "wrong values", "bias-forgotten"),
    (lambda m, n, k, bias=False: params_by_stages(m, n, k) * (1 + bias), "wrong values", None),
    (lambda m, n, k, bias=True: params_by_stages(m, n, k, bias), "wrong values",
     "bias-always"),
    (lambda m, n, k, bias=False: params_by_stages(n, m, k, bias), "wrong values",
     "channels-and-filters-swapped"),
    (lambda m, n, k, bias=False: cost.separable_cost(m, n, k, 9, bias=bias).params,
     "used a forbidden shortcut", None),
]  # fmt: skip


def network_that_knows_an_image_by_its_channels(layers, width_multiplier=1, resolution=224):
    """Keep what looks like the channels of an image, wherever it stands."""
    ends = [
        (m if m <= 4 else int(width_multiplier * m), int(width_multiplier * n))
        for _, m, n, _ in layers
    ]
    ends[-1] = ends[-1][0], layers[-1].out_channels
    thin = [(x.kind, m, n, x.stride) for x, (m, n) in zip(layers, ends, strict=True)]
    return network_macs(thin, 1, resolution)


def network_of_even_sides(layers, width_multiplier=1, resolution=224):
    """Divide sides by the stride, and get fractions of a pixel where it does not go."""
    macs, size = 0, resolution
    for kind, m, n, stride in layers.thinner(width_multiplier):
        size /= stride
        macs += (
            m * n if kind == "linear" else size**2 * m * (9 * n if kind == "standard" else 9 + n)
        )
    return int(macs)


def network_that_rounds(whole):
    def network(layers, width_multiplier=1, resolution=224):
        widths = [layers[0].in_channels]
        widths += [whole(width_multiplier * layer.out_channels) for layer in layers[:-1]]
        widths += [layers[-1].out_channels]
        ends = zip(layers, widths, widths[1:], strict=False)
        return network_macs([(x.kind, m, n, x.stride) for x, m, n in ends], 1, resolution)

    return network


def network_with_sizes(after, *, early=False):
    """Give each layer a size that ``after(size, stride)`` hands on, after the layer or before."""

    def network(layers, width_multiplier=1, resolution=224):
        macs, size = 0, resolution
        for kind, m, n, stride in layers.thinner(width_multiplier):
            size = after(size, stride) if early else size
            layer = grouped_by_formula if kind == "standard" else separable_by_cases
            macs += m * n if kind == "linear" else layer(m, n, (3, 3), (size, size), stride, 1)
            size = size if early else after(size, stride)
        return macs

    return network


def network_at_full_width_in_the_pointwise_stage(layers, width_multiplier=1, resolution=224):
    macs, size = 0, resolution
    for (kind, m, n, stride), full in zip(layers.thinner(width_multiplier), layers, strict=True):
        if kind != "linear":
            size = side(size, 3, stride, 1)
        macs += {
            "linear": m * n,
            "standard": 9 * m * n * size**2,
            "separable": (9 * m + m * full.out_channels) * size**2,
        }[kind]
    return macs


def network_with_full_standard_layers(layers, width_multiplier=1, resolution=224):
    """Keep the channels that any standard layer reads, not the image's alone."""
    macs, size = 0, resolution
    for number, (kind, m, n, stride) in enumerate(layers):
        m = m if kind == "standard" else int(width_multiplier * m)
        n = n if number == len(layers) - 1 else int(width_multiplier * n)
        if kind == "linear":
            macs += m * n
            continue
        count = grouped_by_formula if kind == "standard" else separable_by_cases
        macs += count(m, n, (3, 3), (size, size), stride, 1)
        size = side(size, 3, stride, 1)
    return macs


NETWORK_MACS = [
    (network_with_full_standard_layers, "wrong values", "standard-layers-not-made-thinner"),
    (network_of_even_sides, "wrong values", None),
    (network_that_knows_an_image_by_its_channels, "wrong values", None),
    (network_at_full_width_in_the_pointwise_stage, "wrong values", None),
    (network_that_rounds(round), "wrong values", "channels-rounded"),
    (network_that_rounds(math.ceil), "wrong values", "channels-rounded-up"),
    (network_with_sizes(lambda size, stride: size), "wrong values", "size-not-updated"),
    (network_with_sizes(lambda size, stride: size // stride), "wrong values",
     "size-divided-by-the-stride"),
    (network_with_sizes(lambda size, stride: side(size, 3, stride, 1), early=True), "wrong values",
     "size-updated-too-early"),
    (network_with_sizes(lambda size, stride: max(1, size // 2)), "wrong values",
     "size-halved-at-each-layer"),
    (network_with_sizes(lambda size, stride: size // stride, early=True), "wrong values", None),
    (lambda layers, width_multiplier=1, resolution=224: network_macs(layers), "wrong values", None),
    (lambda layers, width_multiplier=1, resolution=224: 568_740_352, "wrong values", None),
    (lambda layers, width_multiplier=1, resolution=224:
     network_macs(layers, width_multiplier, resolution) / 1e6, "wrong type", None),
]  # fmt: skip


def agrees_by_three_roundings(printed, exact):
    """Round down, to the nearest and up, each by floats."""
    scale = 10 ** decimals(printed)
    candidates = {math.floor(exact * scale), round(exact * scale), math.ceil(exact * scale)}
    return round(float(printed) * scale) in candidates


def agrees_between_roundings(printed, exact):
    scale = 10 ** decimals(printed)
    return math.floor(exact * scale) <= int(printed.replace(".", "")) <= math.ceil(exact * scale)


def agrees_between_bounds_of_floats(printed, exact):
    unit = 10 ** -decimals(printed)
    return float(printed) - unit < exact < float(printed) + unit


def agrees_but_for_zeros(printed, exact):
    return agrees_by_fractions(printed.rstrip("0") if "." in printed else printed, exact)


def agrees_to_normalized_digits(printed, exact):
    short = Decimal(printed).normalize()
    return abs(short - Decimal(str(exact))) < Decimal(1).scaleb(short.as_tuple().exponent)


def agrees_to_the_digits_found(printed, exact):
    off = abs(Fraction(printed) - Fraction(str(exact)))
    return off < Fraction(1, 10 ** decimals(str(exact)))


AGREES = [
    (agrees_but_for_zeros, "wrong values", "zeros-at-the-end-dropped"),
    (agrees_to_normalized_digits, "wrong values", None),
    (agrees_to_the_digits_found, "wrong values", "digits-of-the-exact-number"),
    (agrees_by_three_roundings, "wrong values", "counted-in-floats"),
    (agrees_between_roundings, "wrong values", "counted-in-floats"),
    (agrees_between_bounds_of_floats, "wrong values", "counted-in-floats"),
    *[(lambda printed, exact, read=read: abs(
        read(printed) - exact * 10 ** decimals(printed)) < 1, "wrong values", "counted-in-floats")
      for read in (lambda text: float(text) * 10 ** decimals(text),
                   lambda text: round(float(text) * 10 ** decimals(text)),
                   lambda text: int(text.replace(".", "")))],
    (lambda printed, exact: abs(float(printed) - exact) * 10 ** decimals(printed) < 1,
     "wrong values", "floats-subtracted"),
    (lambda printed, exact: torch.tensor(agrees_by_fractions(printed, exact)), "wrong type", None),
    (lambda printed, exact: Fraction(printed) - Fraction(str(exact)) < Fraction(
        1, 10 ** decimals(printed)), "wrong values", "sign-forgotten-the-other-way-round"),
    (lambda printed, exact: exact - float(printed) < 10 ** -decimals(printed), "wrong values",
     "sign-forgotten-in-floats"),
    (lambda printed, exact: printed == exact, "wrong values", "never"),
    (lambda printed, exact: printed == str(round(exact)), "wrong values", None),
    (lambda printed, exact: printed in str(exact), "wrong values", "written-alike"),
    (lambda printed, exact: int(agrees_by_fractions(printed, exact)), "wrong type", None),
    (lambda printed, exact: "yes" if agrees_by_fractions(printed, exact) else "", "wrong type",
     None),
    (lambda printed, exact: abs(printed - exact) < 1, "crashed", None),
    (lambda printed, exact: abs(float(printed) - exact) < 10 ** -decimals(printed), "wrong values",
     "floats-subtracted"),
    (lambda printed, exact: abs(float(printed) - exact) <= 10 ** -decimals(printed), "wrong values",
     "floats-and-one-let-through"),
    (lambda printed, exact: abs(float(printed) - exact) < 10 ** -decimals(printed) - 1e-9,
     "wrong values", None),
    (lambda printed, exact: abs(Fraction(printed) - Fraction(exact))
     < Fraction(1, 10 ** decimals(printed)), "wrong values", "float-taken-for-its-digits"),
]  # fmt: skip

NETWORK_PARAMS = [
    (lambda layers, classifier_bias=True, per_channel=2: network_params(layers), "wrong values",
     None),
    (lambda layers, classifier_bias=True, per_channel=2:
     network_params(layers, classifier_bias) // 2 * per_channel, "wrong values", None),
    (lambda layers, classifier_bias=True, per_channel=2:
     network_params(layers, False, per_channel) + classifier_bias * 1000, "wrong values", None),
    (lambda layers, classifier_bias=True, per_channel=2:
     sum(layer.in_channels * layer.out_channels for layer in layers), "wrong values", None),
    (lambda layers, classifier_bias=True, per_channel=2:
     network_params(layers, False, per_channel), "wrong values", "bias-forgotten"),
]  # fmt: skip

WRONG = {
    "grouped_macs": GROUPED,
    "separable_macs": SEPARABLE,
    "reduction_ratio": RATIO,
    "filters_needed": NEEDED,
    "separable_params": PARAMS,
    "mobilenet_macs": NETWORK_MACS,
    "agrees": AGREES,
    "mobilenet_params": NETWORK_PARAMS,
}
