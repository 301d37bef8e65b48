"""The course's reference operators, in vectorized NumPy.

Shapes, layouts and meaning are those of ``torch.nn.functional.conv2d``, so that the weights of a
torch module drop in. Each operator has a module of its own; `shapes` has the one formula of the
output size, `arguments` what is accepted and why not, `windows` how a map is read in pieces.
"""

from dwsep_helpers.kernels.dense import conv2d
from dwsep_helpers.kernels.depthwise import depthwise_conv2d
from dwsep_helpers.kernels.pointwise import pointwise_conv2d
from dwsep_helpers.kernels.separable import depthwise_separable_conv2d
from dwsep_helpers.kernels.shapes import conv_output_size

__all__ = [
    "conv2d",
    "conv_output_size",
    "depthwise_conv2d",
    "depthwise_separable_conv2d",
    "pointwise_conv2d",
]
