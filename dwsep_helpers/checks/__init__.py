"""Checks that teach: is my answer right, and if not, why.

Each check has the name of the exercise's function and takes the learner's function::

    checks.conv2d(conv2d)

It prints what passed, or raises :class:`CheckFailed` with one message. `exercise` says what an
exercise is made of, `engine` how it is checked, `mistakes` which wrong ways are known by name.
"""

from dwsep_helpers.checks import unit_01, unit_02, unit_03, unit_04, unit_05, unit_06
from dwsep_helpers.checks.counted import count_multiplications, counted
from dwsep_helpers.checks.outcomes import CheckFailed
from dwsep_helpers.checks.unit_00 import multiply_accumulate
from dwsep_helpers.checks.unit_01 import (
    conv2d,
    conv2d_macs,
    conv2d_vectorized,
    conv_output_size,
    convolve2d,
    correlate2d,
    correlate_channels,
)
from dwsep_helpers.checks.unit_02 import (
    depthwise_conv2d,
    depthwise_conv2d_macs,
    depthwise_conv2d_vectorized,
    depthwise_to_dense,
    filter_each_channel,
)
from dwsep_helpers.checks.unit_03 import (
    break_even_terms,
    depthwise_separable_conv2d,
    equivalent_dense_kernel,
    mix_channels,
    pointwise_conv2d,
    separable_approximation,
)
from dwsep_helpers.checks.unit_04 import (
    agrees,
    depthwise_macs,
    filters_needed,
    mobilenet_macs,
    mobilenet_params,
    pointwise_macs,
    reduction_ratio,
    separable_macs,
    separable_params,
    standard_macs,
)
from dwsep_helpers.checks.unit_05 import (
    confusion_matrix,
    fold_batch_norm,
    fold_network,
    gap_interval,
    inverted_residual,
    mobilenet,
    separable_block,
)
from dwsep_helpers.checks.unit_06 import (
    amdahl,
    attainable,
    best_design,
    bytes_moved,
    intensity,
    quantize,
    scale_and_zero_point,
    symmetric_scale,
)

# Of all graded units, in order.
EXERCISES = (
    *unit_01.EXERCISES,
    *unit_02.EXERCISES,
    *unit_03.EXERCISES,
    *unit_04.EXERCISES,
    *unit_05.EXERCISES,
    *unit_06.EXERCISES,
)

__all__ = [
    "EXERCISES",
    "CheckFailed",
    "agrees",
    "amdahl",
    "attainable",
    "best_design",
    "break_even_terms",
    "bytes_moved",
    "confusion_matrix",
    "conv2d",
    "conv2d_macs",
    "conv2d_vectorized",
    "conv_output_size",
    "convolve2d",
    "correlate2d",
    "correlate_channels",
    "count_multiplications",
    "counted",
    "depthwise_conv2d",
    "depthwise_conv2d_macs",
    "depthwise_conv2d_vectorized",
    "depthwise_macs",
    "depthwise_separable_conv2d",
    "depthwise_to_dense",
    "equivalent_dense_kernel",
    "filter_each_channel",
    "filters_needed",
    "fold_batch_norm",
    "fold_network",
    "gap_interval",
    "intensity",
    "inverted_residual",
    "mix_channels",
    "mobilenet",
    "mobilenet_macs",
    "mobilenet_params",
    "multiply_accumulate",
    "pointwise_conv2d",
    "pointwise_macs",
    "quantize",
    "reduction_ratio",
    "scale_and_zero_point",
    "separable_approximation",
    "separable_block",
    "separable_macs",
    "separable_params",
    "standard_macs",
    "symmetric_scale",
]
