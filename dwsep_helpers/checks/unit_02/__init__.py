"""The exercises of unit 02: depthwise convolution."""

from dwsep_helpers.checks.unit_02.depthwise_conv2d import depthwise_conv2d
from dwsep_helpers.checks.unit_02.depthwise_conv2d_macs import depthwise_conv2d_macs
from dwsep_helpers.checks.unit_02.depthwise_conv2d_vectorized import depthwise_conv2d_vectorized
from dwsep_helpers.checks.unit_02.depthwise_to_dense import depthwise_to_dense
from dwsep_helpers.checks.unit_02.filter_each_channel import filter_each_channel
from dwsep_helpers.checks.unit_02.grouped_conv2d import grouped_conv2d

EXERCISES = (
    filter_each_channel,
    depthwise_conv2d,
    depthwise_conv2d_vectorized,
    depthwise_to_dense,
    depthwise_conv2d_macs,
    grouped_conv2d,
)
