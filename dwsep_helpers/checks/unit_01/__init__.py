"""The exercises of unit 01: 2D convolution."""

from dwsep_helpers.checks.unit_01.conv2d import conv2d
from dwsep_helpers.checks.unit_01.conv2d_macs import conv2d_macs
from dwsep_helpers.checks.unit_01.conv2d_vectorized import conv2d_vectorized
from dwsep_helpers.checks.unit_01.conv_output_size import conv_output_size
from dwsep_helpers.checks.unit_01.convolve2d import convolve2d
from dwsep_helpers.checks.unit_01.correlate2d import correlate2d
from dwsep_helpers.checks.unit_01.correlate_channels import correlate_channels

EXERCISES = (
    correlate2d,
    convolve2d,
    correlate_channels,
    conv_output_size,
    conv2d,
    conv2d_macs,
    conv2d_vectorized,
)
