"""What a network costs: multiply-accumulates, parameters, and the elements it moves.

Conventions, for formulas and profiles alike:

- One MAC is one multiplication and the addition that takes its product in; FLOPs are twice the
  MACs.
- Additions of a bias are no MACs. A bias counts as parameters and as weights read.
- Products with padding zeros count like all others: no discount.
- MACs are those of convolutions, linear layers and matrix products. Normalization, activation,
  pooling and elementwise operations have rows of their own in a profile, with no MACs: at
  inference a batch norm is folded into the convolution before it, and the others multiply
  nothing by a weight.
- Elements moved are counted as if each were moved once between an operation and memory: its
  inputs and weights read, its outputs written. What one operation writes and the next reads
  counts for both.

Who counts otherwise, as ``tests/cost`` holds it against them:

====================================  ==================================  ========================
what                                  here                                elsewhere
====================================  ==================================  ========================
one multiplication and addition       one MAC                             torch: two FLOPs
bias of a linear layer                nothing                             torchinfo: one each
batch norm                            nothing, a row of kind "norm"       fvcore: two an element;
                                                                          torchinfo: its parameters
layer norm                            nothing, a row of kind "norm"       fvcore: five an element
global average pooling                nothing, a row of kind "pooling"    fvcore: one an element
linear layer on (N, H, W, C)          one product for each position       torchinfo: for one alone
attention                             two products, masked or not         torch and fvcore: none of
                                                                          a fused one
transposed convolution                all taps of each input              torch, fvcore: the same;
                                                                          torchinfo: of each output
functional call, matrix product       as a module does                    torchinfo: nothing
recurrent layer                       its products, step by step          torch: none of an LSTM;
                                                                          fvcore: none;
                                                                          torchinfo: biases too
embedding                             nothing; reads the rows asked for   torchinfo: its table
scripted part                         as if written in eager Python       torchinfo: nothing
work in threads                       as if written without               torch: nothing
compiled network                      as it was written
``torch.cond``                        the branch that was taken           torch: the same
sparse, nested, packed tensors        named, and not counted              torch: nothing
====================================  ==================================  ========================

From sizes alone: :func:`conv2d_cost`, :func:`depthwise_cost`, :func:`pointwise_cost`,
:func:`separable_cost`, :func:`linear_cost`, :func:`reduction_ratio`, and :func:`layer_costs` of a
whole network; `formulas` has single numbers of them, such as :func:`separable_macs`. Of a
``torch.nn.Module`` as it runs: :func:`profile`.
"""

from dwsep_helpers.cost.formulas import (
    break_even_terms,
    conv2d_macs,
    depthwise_conv2d_macs,
    filters_needed,
    grouped_macs,
    separable_macs,
    separable_params,
)
from dwsep_helpers.cost.layers import (
    conv2d_cost,
    depthwise_cost,
    linear_cost,
    pointwise_cost,
    reduction_ratio,
    separable_cost,
)
from dwsep_helpers.cost.networks import layer_costs, mobilenet_macs, mobilenet_params
from dwsep_helpers.cost.profiling import profile
from dwsep_helpers.cost.tables import Profile, Row
from dwsep_helpers.cost.value import Cost

__all__ = [
    "Cost",
    "Profile",
    "Row",
    "break_even_terms",
    "conv2d_cost",
    "conv2d_macs",
    "depthwise_conv2d_macs",
    "depthwise_cost",
    "filters_needed",
    "grouped_macs",
    "layer_costs",
    "linear_cost",
    "mobilenet_macs",
    "mobilenet_params",
    "pointwise_cost",
    "profile",
    "reduction_ratio",
    "separable_cost",
    "separable_macs",
    "separable_params",
]
