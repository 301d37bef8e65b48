"""What comes out where a prediction asks for a number, computed by the library's right answers."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from dwsep_helpers import cost, kernels


def _one_value_by_hand() -> Any:
    from dwsep_helpers.figures.expected import HAND_IMAGE, HAND_KERNEL

    return kernels.correlate2d(HAND_IMAGE, HAND_KERNEL)[1, 1]


def _products_of_one_value() -> Any:
    return kernels.conv2d(np.ones((1, 3, 5, 5)), np.ones((1, 3, 3, 3)))[0, 0, 0, 0]


def _channel_of_output_4() -> Any:
    numbered = np.arange(3.0).reshape(1, 3, 1, 1)
    return kernels.depthwise_conv2d(numbered, np.ones((6, 1, 1, 1)))[0, 4, 0, 0]


def _rank_across_filters() -> Any:
    rng = np.random.default_rng(36)
    depthwise, pointwise = rng.normal(size=(3, 1, 5, 5)), rng.normal(size=(256, 3, 1, 1))
    dense = kernels.equivalent_dense_kernel(depthwise, pointwise)
    return np.linalg.matrix_rank(dense[:, 0].reshape(256, 25))


def _numbers_of_a_block() -> int:
    from dwsep_helpers import mobilenet

    return mobilenet.count_parameters(mobilenet.DepthwiseSeparableConv2d(32, 64))


# By the question's id.
TRUTHS: Final[dict[str, Callable[[], Any]]] = {
    "0.1": lambda: 2 * cost.conv2d_macs(1, 1, 3, 1),
    "1.1": _one_value_by_hand,
    "1.4": _products_of_one_value,
    "1.5": lambda: kernels.conv_output_size(32, 5, stride=2),
    "2.4": _channel_of_output_4,
    "2.7": lambda: cost.depthwise_conv2d_macs(4, 3, 6),
    "3.2": lambda: cost.conv2d_macs(32, 16, 1, 1),
    "3.6": _rank_across_filters,
    "3.7": lambda: cost.break_even_terms(256, 5),
    "4.2": lambda: cost.filters_needed(3, 8),
    "5.1": _numbers_of_a_block,
}
