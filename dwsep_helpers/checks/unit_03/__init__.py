"""The exercises of unit 03: pointwise and depthwise separable convolution."""

from dwsep_helpers.checks.unit_03.break_even_terms import break_even_terms
from dwsep_helpers.checks.unit_03.channel_shuffle import channel_shuffle
from dwsep_helpers.checks.unit_03.depthwise_separable_conv2d import depthwise_separable_conv2d
from dwsep_helpers.checks.unit_03.equivalent_dense_kernel import equivalent_dense_kernel
from dwsep_helpers.checks.unit_03.mix_channels import mix_channels
from dwsep_helpers.checks.unit_03.pointwise_conv2d import pointwise_conv2d
from dwsep_helpers.checks.unit_03.separable_approximation import separable_approximation

EXERCISES = (
    mix_channels,
    pointwise_conv2d,
    depthwise_separable_conv2d,
    equivalent_dense_kernel,
    separable_approximation,
    break_even_terms,
    channel_shuffle,
)
