"""Checks that teach: is my answer right, and if not, why.

Each check has the name of the exercise's function and takes the learner's function::

    checks.conv2d(conv2d)

It prints what passed, or raises :class:`CheckFailed` with one message. `exercise` says what an
exercise is made of, `engine` how it is checked, `mistakes` which wrong ways are known by name.
"""

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

__all__ = [
    "CheckFailed",
    "conv2d",
    "conv2d_macs",
    "conv2d_vectorized",
    "conv_output_size",
    "convolve2d",
    "correlate2d",
    "correlate_channels",
    "count_multiplications",
    "counted",
    "multiply_accumulate",
]
