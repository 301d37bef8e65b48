"""Wrong solutions of unit 04 as learners write them, apart from the bank."""

from fractions import Fraction

import numpy as np

from answers.unit_04.right import (
    agrees_within_a_unit,
    depthwise_by_formula,
    needed_by_ceiling,
    network_macs,
    network_params,
    params_by_stages,
    pointwise_by_formula,
    ratio_by_terms,
    separable_by_stages,
    side,
    standard_by_formula,
)
from dwsep_helpers import cost


def standard_at_stride_one_divided(m, n, k, d_f, stride=1, padding=0):
    """Divide the positions at stride 1 by the square of the stride."""
    return standard_by_formula(m, n, k, d_f, 1, padding) // stride**2


def standard_of_the_helper(m, n, k, d_f, stride=1, padding=0):
    return cost.conv2d_cost(m, n, k, d_f, stride=stride, padding=padding).macs


def standard_with_channels_swapped_in_the_call(m, n, k, d_f, stride=1, padding=0):
    return standard_by_formula(m, n, d_f, k, stride, padding)


STANDARD = [
    (standard_at_stride_one_divided, "wrong values", None),
    (standard_of_the_helper, "used a forbidden shortcut", None),
    (standard_with_channels_swapped_in_the_call, "wrong values", None),
    (lambda m, n, k, d_f, stride=1, padding=0: n * d_f**2 * k**2 * m, "wrong values",
     "input-size-for-output"),
    (lambda m, n, k, d_f, stride=1, padding=0: None, "not attempted", None),
    (lambda m, n, k, d_f: n * (d_f - k + 1) ** 2 * k**2 * m, "crashed", None),
    (lambda m, n, k, d_f, stride=1, padding=0:
     np.array([standard_by_formula(m, n, k, d_f, stride, padding)]), "wrong type", None),
]  # fmt: skip

DEPTHWISE = [
    (lambda m, k, d_f, stride=1, padding=0:
     cost.depthwise_cost(m, k, d_f, stride=stride, padding=padding).macs,
     "used a forbidden shortcut", None),
    (lambda m, k, d_f, stride=1, padding=0: m * k**2 * d_f**2, "wrong values",
     "input-size-for-output"),
    (lambda m, k, d_f, stride=1, padding=0: standard_by_formula(m, m, k, d_f, stride, padding),
     "wrong values", "standard-layer"),
    (lambda m, k, d_f, stride=1, padding=0: m * 9 * side(d_f, k, stride, padding) ** 2,
     "wrong values", None),
    (lambda m, k, d_f, stride=1, padding=0:
     2 * depthwise_by_formula(m, k, d_f, stride, padding), "wrong values", "flops-for-macs"),
]  # fmt: skip

POINTWISE = [
    (lambda m, n, size: cost.pointwise_cost(m, n, size).macs, "used a forbidden shortcut", None),
    (lambda m, n, size: m * n, "wrong values", "parameters-for-macs"),
    (lambda m, n, size: m * n * size * 2, "wrong values", "size-doubled"),
    (lambda m, n, size: m**size * n, "wrong values", None),
    (lambda m, n, size: np.float64(pointwise_by_formula(m, n, size)), "wrong type",
     "float-result"),
]  # fmt: skip


def separable_of_the_letters_given(m, n, k, d_f, stride=1, padding=0):
    """Follow the article, whose D_p is the input's size in its example."""
    return m * d_f**2 * (k**2 + n)


SEPARABLE = [
    (separable_of_the_letters_given, "wrong values", "input-size-for-output"),
    (lambda m, n, k, d_f, stride=1, padding=0: separable_by_stages(n, m, k, d_f, stride, padding),
     "wrong values", "channels-and-filters-swapped"),
    (lambda m, n, k, d_f, stride=1, padding=0:
     depthwise_by_formula(m, k, d_f, stride, padding) + m * n, "wrong values", None),
    (lambda m, n, k, d_f, stride=1, padding=0:
     cost.separable_cost(m, n, k, d_f, stride=stride, padding=padding).macs,
     "used a forbidden shortcut", None),
    (lambda m, n, k, d_f, stride=1, padding=0: (
        depthwise_by_formula(m, k, d_f, stride, padding),
        pointwise_by_formula(m, n, side(d_f, k, stride, padding))), "wrong type", None),
]  # fmt: skip

RATIO = [
    (lambda n, k: 1 / n + 1 / k**2, "wrong type", "float-result"),
    (lambda n, k: Fraction(1 / n) + Fraction(1 / k**2), "wrong values", None),
    (lambda n, k: ratio_by_terms(n, k).limit_denominator(1000), "wrong values", None),
    (lambda n, k: str(ratio_by_terms(n, k)), "wrong type", None),
    (lambda n, k: ratio_by_terms(n, k).as_integer_ratio(), "wrong type", None),
    (lambda n, k: cost.reduction_ratio(n, k), "used a forbidden shortcut", None),
    (lambda n, k: 1 / ratio_by_terms(n, k), "wrong values", "upside-down"),
    (lambda n, k: 1 // n + 1 // k**2, "wrong values", None),
]  # fmt: skip

NEEDED = [
    (lambda k, t: 72, "wrong values", None),
    (lambda k, t: needed_by_ceiling(k, t) or None, "wrong type", None),
    (lambda k, t: t * k**2 // (k**2 - t) if k**2 > t else 0, "wrong values", "rounded-down"),
    (lambda k, t: -(-t * k**2 // (k**2 - t)), "crashed", None),
    (lambda k, t: max(0, needed_by_ceiling(k, t) - 1), "wrong values", None),
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


def network_of_even_sides(layers, width_multiplier=1, resolution=224):
    """Divide sides by the stride, and get fractions of a pixel where it does not go."""
    macs, size = 0, resolution
    for kind, m, n, stride in layers.thinner(width_multiplier):
        size /= stride
        macs += (
            m * n if kind == "linear" else size**2 * m * (9 * n if kind == "standard" else 9 + n)
        )
    return int(macs)


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


NETWORK_MACS = [
    (network_of_even_sides, "wrong values", None),
    (network_at_full_width_in_the_pointwise_stage, "wrong values", "width-once"),
    (lambda layers, width_multiplier=1, resolution=224: network_macs(layers), "wrong values", None),
    (lambda layers, width_multiplier=1, resolution=224: 568_740_352, "wrong values", None),
    (lambda layers, width_multiplier=1, resolution=224:
     network_macs(layers, width_multiplier, resolution) / 1e6, "wrong type", None),
]  # fmt: skip

AGREES = [
    (lambda printed, exact: printed == exact, "wrong values", "never"),
    (lambda printed, exact: printed == str(round(exact)), "wrong values", None),
    (lambda printed, exact: printed in str(exact), "wrong values", "written-alike"),
    (lambda printed, exact: int(agrees_within_a_unit(printed, exact)), "wrong type", None),
    (lambda printed, exact: "yes" if agrees_within_a_unit(printed, exact) else "", "wrong type",
     None),
    (lambda printed, exact: abs(printed - exact) < 1, "crashed", None),
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
    "standard_macs": STANDARD,
    "depthwise_macs": DEPTHWISE,
    "pointwise_macs": POINTWISE,
    "separable_macs": SEPARABLE,
    "reduction_ratio": RATIO,
    "filters_needed": NEEDED,
    "separable_params": PARAMS,
    "mobilenet_macs": NETWORK_MACS,
    "agrees": AGREES,
    "mobilenet_params": NETWORK_PARAMS,
}
