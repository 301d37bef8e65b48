"""Costs of layers, derived: from sizes alone, before any layer exists.

Equations and sections are those of A. G. Howard et al., "MobileNets", arXiv:1704.04861; the
article's letters, with D_p for the output, are those of unit 00.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from dwsep_helpers.cost.value import Cost
from dwsep_helpers.kernels.shapes import IntOrPair, conv_output_size, flag, integer, pair


def conv2d_cost(
    in_channels: int,
    out_channels: int,
    kernel_size: IntOrPair,
    input_size: IntOrPair,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
    bias: bool = False,
    batch: int = 1,
) -> Cost:
    r"""Cost of a 2D convolution: a standard one, unless there are groups.

    Each of the ``batch * out_channels * H_out * W_out`` output values takes
    ``in_channels / groups * K_h * K_w`` MACs: with the article's letters and one group,
    :math:`N D_p^2 D_k^2 M` (equation 2).

    Parameters
    ----------
    in_channels, out_channels : int
        :math:`C_{in}` (the article's :math:`M`) and :math:`C_{out}` (its :math:`N`).
    kernel_size : int or pair of int
        :math:`K_h, K_w`.
    input_size : int or pair of int
        :math:`H, W` of the input, before padding.
    stride, padding, dilation, groups : int or pair of int
        As for :func:`dwsep_helpers.kernels.conv2d`.
    bias : bool
        Whether the layer has a bias: it adds parameters and no MACs.
    batch : int
        Number of images.

    Raises
    ------
    TypeError
        If a size or a count is not an integer.
    ValueError
        If a count is not positive, ``groups`` does not divide the channels, or the kernel does
        not fit.

    Examples
    --------
    >>> layer = conv2d_cost(3, 256, 5, (8, 8), padding=2)
    >>> layer.macs, layer.params, layer.output_elements
    (1228800, 19200, 16384)
    """
    c_in = integer("in_channels", in_channels, at_least=1)
    c_out = integer("out_channels", out_channels, at_least=1)
    groups = integer("groups", groups, at_least=1)
    batch = integer("batch", batch, at_least=0)
    refuse_uneven(groups, in_channels=c_in, out_channels=c_out)
    k_h, k_w = pair("kernel_size", kernel_size, at_least=1)
    size = pair("input_size", input_size, at_least=1)
    height, width = _output_size(kernel_size, size, stride, padding, dilation)
    weights = c_out * (c_in // groups) * k_h * k_w
    params = weights + (c_out if flag("bias", bias) else 0)
    return Cost(
        macs=batch * height * width * weights,
        params=params,
        input_elements=batch * c_in * size[0] * size[1],
        weight_elements=params,
        output_elements=batch * c_out * height * width,
    )


def depthwise_cost(
    in_channels: int,
    kernel_size: IntOrPair,
    input_size: IntOrPair,
    *,
    depth_multiplier: int = 1,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    bias: bool = False,
    batch: int = 1,
) -> Cost:
    r"""Cost of a depthwise convolution.

    Each output value reads one channel and takes ``K_h * K_w`` MACs: with the article's letters
    and a depth multiplier of 1, :math:`M D_k^2 D_p^2` (equation 4). ``depth_multiplier`` is the
    number of kernels, and so of output channels, for each input channel; all else is as for
    :func:`conv2d_cost`, errors too.

    Examples
    --------
    >>> depthwise_cost(3, 5, (8, 8), padding=2).macs
    4800
    """
    c_in = integer("in_channels", in_channels, at_least=1)
    return conv2d_cost(
        c_in,
        c_in * integer("depth_multiplier", depth_multiplier, at_least=1),
        kernel_size,
        input_size,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=c_in,
        bias=bias,
        batch=batch,
    )


def pointwise_cost(
    in_channels: int,
    out_channels: int,
    input_size: IntOrPair,
    *,
    bias: bool = False,
    batch: int = 1,
) -> Cost:
    r"""Cost of a pointwise convolution: 1×1 kernels, stride 1, no padding.

    Each output value takes ``in_channels`` MACs: with the article's letters,
    :math:`M N D_p^2`. Parameters and errors are as for :func:`conv2d_cost`.

    Examples
    --------
    >>> pointwise_cost(3, 256, (8, 8)).macs
    49152
    """
    return conv2d_cost(in_channels, out_channels, 1, input_size, bias=bias, batch=batch)


def separable_cost(
    in_channels: int,
    out_channels: int,
    kernel_size: IntOrPair,
    input_size: IntOrPair,
    *,
    depth_multiplier: int = 1,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    bias: bool = False,
    batch: int = 1,
) -> Cost:
    r"""Cost of a depthwise separable convolution: depthwise, then pointwise.

    With the article's letters, :math:`M D_k^2 D_p^2 + M N D_p^2` MACs (equation 5). What the
    depthwise stage writes, the pointwise stage reads: it counts as output of the one and input of
    the other.

    Stride, padding and dilation are the depthwise stage's, and with ``bias`` both stages have one;
    all else is as for :func:`depthwise_cost`, errors too.

    Examples
    --------
    >>> separable_cost(3, 256, 5, (8, 8), padding=2).macs
    53952
    """
    middle = integer("in_channels", in_channels, at_least=1)
    middle *= integer("depth_multiplier", depth_multiplier, at_least=1)
    geometry: dict[str, Any] = {"stride": stride, "padding": padding, "dilation": dilation}
    stage: dict[str, Any] = {"bias": bias, "batch": batch}
    filtering = depthwise_cost(
        in_channels, kernel_size, input_size, depth_multiplier=depth_multiplier, **geometry, **stage
    )
    size = _output_size(kernel_size, input_size, **geometry)
    return filtering + pointwise_cost(middle, out_channels, size, **stage)


def linear_cost(in_features: int, out_features: int, *, bias: bool = False, batch: int = 1) -> Cost:
    """Cost of a fully connected layer: each output weighs every input.

    Parameters
    ----------
    in_features, out_features : int
        Numbers in and out, for each of the batch.
    bias : bool
        As for :func:`conv2d_cost`, and so are errors.
    batch : int
        Number of vectors: images, or images times tokens.

    Examples
    --------
    >>> linear_cost(1024, 1000, bias=True).params
    1025000
    """
    integer("in_features", in_features, at_least=1)
    integer("out_features", out_features, at_least=1)
    return pointwise_cost(in_features, out_features, 1, bias=bias, batch=batch)


def reduction_ratio(
    out_channels: int, kernel_size: IntOrPair, *, depth_multiplier: int = 1
) -> Fraction:
    r"""MACs of a depthwise separable convolution as a part of the standard one's, exactly.

    With the article's letters, :math:`m \left(1/N + 1/D_k^2\right)` (section 3.1): input channels,
    rows and columns, stride and padding are factors of both costs, and cancel. Parameters and
    errors are as for :func:`depthwise_cost`.

    Returns
    -------
    fractions.Fraction
        Below 1 where the separable layer is cheaper. Its inverse says how many times.

    Examples
    --------
    >>> reduction_ratio(256, 5)
    Fraction(281, 6400)
    >>> float(1 / reduction_ratio(72, 3))
    8.0
    """
    filters = integer("out_channels", out_channels, at_least=1)
    k_h, k_w = pair("kernel_size", kernel_size, at_least=1)
    multiplier = integer("depth_multiplier", depth_multiplier, at_least=1)
    return multiplier * (Fraction(1, filters) + Fraction(1, k_h * k_w))


def _output_size(
    kernel_size: IntOrPair,
    input_size: IntOrPair,
    stride: IntOrPair,
    padding: IntOrPair,
    dilation: IntOrPair,
) -> tuple[int, int]:
    pairs = (
        pair("input_size", input_size, at_least=1),
        pair("kernel_size", kernel_size, at_least=1),
        pair("stride", stride, at_least=1),
        pair("padding", padding, at_least=0),
        pair("dilation", dilation, at_least=1),
    )
    height, width = (conv_output_size(*axis) for axis in zip(*pairs, strict=True))
    return height, width


def refuse_uneven(groups: int, **counts: int) -> None:
    """Raise an error where channels, by the name of their argument, can't be split evenly."""
    for name, channels in counts.items():
        if channels % groups:
            raise ValueError(f"{name}={channels} is not a multiple of groups={groups}")
