"""The exercises of unit 01: 2D convolution."""

from dwsep_helpers.checks.unit_01.formulas import conv2d_macs, conv_output_size
from dwsep_helpers.checks.unit_01.layers import conv2d, conv2d_vectorized
from dwsep_helpers.checks.unit_01.planes import convolve2d, correlate2d, correlate_channels

EXERCISES = (
    conv_output_size,
    correlate2d,
    convolve2d,
    correlate_channels,
    conv2d,
    conv2d_macs,
    conv2d_vectorized,
)

__all__ = [
    "EXERCISES",
    "conv2d",
    "conv2d_macs",
    "conv2d_vectorized",
    "conv_output_size",
    "convolve2d",
    "correlate2d",
    "correlate_channels",
]
