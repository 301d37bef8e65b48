"""The course's reference operators, in vectorized NumPy.

Shapes, layouts and meaning are those of ``torch.nn.functional.conv2d``, so that the weights of a
torch module drop in. Each operator has a module of its own; `planes` has the steps that lead
to them, on one image, `shapes` the formulas of sizes, `layouts` where numbers lie in memory,
`arguments` what is accepted and why not, `windows` how a map is read in pieces.
"""

from dwsep_helpers.kernels.backward import depthwise_grad_input, depthwise_grad_weight
from dwsep_helpers.kernels.dense import conv2d
from dwsep_helpers.kernels.depthwise import depthwise_conv2d, depthwise_to_dense
from dwsep_helpers.kernels.integers import (
    depthwise_int8,
    fixed_point,
    pointwise_int8,
    requantize,
)
from dwsep_helpers.kernels.inverted import bottleneck, fold_norm, mobilenet_v2
from dwsep_helpers.kernels.layouts import element_offset, loop_order
from dwsep_helpers.kernels.planes import (
    convolve2d,
    correlate2d,
    correlate_channels,
    filter_each_channel,
    mix_channels,
    multiply_accumulate,
)
from dwsep_helpers.kernels.pointwise import pointwise_conv2d
from dwsep_helpers.kernels.separable import (
    depthwise_separable_conv2d,
    equivalent_dense_kernel,
    separable_approximation,
)
from dwsep_helpers.kernels.shapes import conv_output_size, receptive_field, same_padding
from dwsep_helpers.kernels.shuffle import channel_shuffle
from dwsep_helpers.kernels.verdicts import top_classes

__all__ = [
    "bottleneck",
    "channel_shuffle",
    "conv2d",
    "conv_output_size",
    "convolve2d",
    "correlate2d",
    "correlate_channels",
    "depthwise_conv2d",
    "depthwise_grad_input",
    "depthwise_grad_weight",
    "depthwise_int8",
    "depthwise_separable_conv2d",
    "depthwise_to_dense",
    "element_offset",
    "equivalent_dense_kernel",
    "filter_each_channel",
    "fixed_point",
    "fold_norm",
    "loop_order",
    "mix_channels",
    "mobilenet_v2",
    "multiply_accumulate",
    "pointwise_conv2d",
    "pointwise_int8",
    "receptive_field",
    "requantize",
    "same_padding",
    "separable_approximation",
    "top_classes",
]
