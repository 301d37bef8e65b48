"""One number each: MACs and parameters of a layer, and where its costs cross another's.

All follow from :mod:`dwsep_helpers.cost.layers`. Equations and sections are those of A. G. Howard
et al., "MobileNets", arXiv:1704.04861.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from dwsep_helpers.cost.layers import (
    IntOrPair,
    conv2d_cost,
    depthwise_cost,
    pointwise_cost,
    reduction_ratio,
    separable_cost,
)
from dwsep_helpers.kernels.shapes import flag, integer, pair


def conv2d_macs(
    n_filters: int, channels: int, kernel_size: IntOrPair, output_size: IntOrPair, batch: int = 1
) -> int:
    r"""Count the MACs of a standard convolution from what comes out of it.

    .. math:: N \, C_{out} H_{out} W_{out} \cdot C_{in} K_h K_w

    Parameters
    ----------
    n_filters, channels : int
        :math:`C_{out}` and :math:`C_{in}`.
    kernel_size, output_size : int or pair of int
        :math:`K_h, K_w` and :math:`H_{out}, W_{out}`.
    batch : int
        Number of images, :math:`N`.

    Raises
    ------
    TypeError
        If an argument is not an integer.
    ValueError
        If one is not positive; ``batch`` may be 0.

    Examples
    --------
    >>> conv2d_macs(256, 3, 5, 8)
    1228800
    """
    filters = integer("n_filters", n_filters, at_least=1)
    channels = integer("channels", channels, at_least=1)
    size = _seen(output_size, kernel_size)
    return conv2d_cost(channels, filters, kernel_size, size, batch=batch).macs


def depthwise_conv2d_macs(
    channels: int,
    kernel_size: IntOrPair,
    output_size: IntOrPair,
    depth_multiplier: int = 1,
    batch: int = 1,
) -> int:
    r"""Count the MACs of a depthwise convolution from what comes out of it.

    .. math:: N \, m \, C_{in} H_{out} W_{out} \cdot K_h K_w

    Each channel has ``depth_multiplier`` kernels, :math:`m`; all else is as for
    :func:`conv2d_macs`, errors too.

    Examples
    --------
    >>> depthwise_conv2d_macs(3, 5, 8)
    4800
    """
    channels = integer("channels", channels, at_least=1)
    size = _seen(output_size, kernel_size)
    return depthwise_cost(
        channels, kernel_size, size, depth_multiplier=depth_multiplier, batch=batch
    ).macs


def grouped_macs(
    in_channels: int,
    out_channels: int,
    kernel_size: IntOrPair,
    input_size: IntOrPair,
    stride: int = 1,
    padding: int = 0,
    groups: int = 1,
) -> int:
    r"""Count the MACs of a convolution in groups; one group is a standard layer: equation 2.

    .. math:: C_{out} H_{out} W_{out} \cdot \frac{C_{in}}{\text{groups}} K_h K_w

    As many groups as channels in and out are a depthwise layer, equation 4; a kernel of 1×1 is a
    pointwise one.

    Parameters
    ----------
    in_channels, out_channels, groups : int
        The groups divide both numbers of channels.
    kernel_size, input_size : int or pair of int
        Rows and columns.
    stride, padding : int
        As for :func:`dwsep_helpers.kernels.conv_output_size`, on both axes.

    Raises
    ------
    TypeError, ValueError
        As for :func:`dwsep_helpers.cost.conv2d_cost`.

    Examples
    --------
    >>> grouped_macs(3, 256, (5, 5), (8, 8), padding=2)
    1228800
    >>> grouped_macs(3, 3, (5, 5), (8, 8), padding=2, groups=3)
    4800
    """
    sizes = in_channels, out_channels, kernel_size, input_size
    return conv2d_cost(*sizes, stride=stride, padding=padding, groups=groups).macs


def separable_macs(
    in_channels: int,
    out_channels: int,
    kernel_size: IntOrPair,
    input_size: IntOrPair,
    stride: int = 1,
    padding: int = 0,
    pointwise_first: bool = False,
) -> int:
    """Count the MACs of a depthwise separable convolution, in either order: equation 5.

    Stride and padding are the depthwise stage's; all else is as for :func:`grouped_macs`,
    errors too.

    Parameters
    ----------
    pointwise_first : bool
        Whether channels are combined first, at each pixel of the input, and each of the
        ``out_channels`` maps is filtered after that.

    Examples
    --------
    >>> separable_macs(3, 256, (5, 5), (8, 8), padding=2)
    53952
    >>> separable_macs(3, 256, (5, 5), (8, 8), padding=2, pointwise_first=True)
    458752
    """
    geometry: dict[str, Any] = {"stride": stride, "padding": padding}
    if not flag("pointwise_first", pointwise_first):
        return separable_cost(in_channels, out_channels, kernel_size, input_size, **geometry).macs
    combining = pointwise_cost(in_channels, out_channels, input_size)
    return (combining + depthwise_cost(out_channels, kernel_size, input_size, **geometry)).macs


def separable_params(
    in_channels: int, out_channels: int, kernel_size: int, bias: bool = False
) -> int:
    """Count the learned numbers of a depthwise separable convolution.

    With ``bias``, both stages have one; all else is as for :func:`grouped_macs`, errors too.

    Examples
    --------
    >>> separable_params(3, 256, 5), separable_params(3, 256, 5, bias=True)
    (843, 1102)
    """
    # They don't depend on the image: any that the kernel fits on will do.
    return separable_cost(in_channels, out_channels, kernel_size, kernel_size, bias=bias).params


def filters_needed(kernel_size: int, times: int) -> int:
    r"""Count the filters from which on a separable layer is that many times cheaper.

    From the reduction in section 3.1: the least :math:`C_{out}` with
    :math:`1/C_{out} + 1/K^2 \le 1/\text{times}`.

    Parameters
    ----------
    kernel_size : int
        Rows, and columns: :math:`K`.
    times : int
        How many times fewer MACs than the standard layer's.

    Returns
    -------
    int
        0 where no number is enough: from :math:`K^2` times on.

    Raises
    ------
    TypeError
        If an argument is not an integer.
    ValueError
        If one is not positive.

    Examples
    --------
    >>> filters_needed(3, 8), filters_needed(3, 9)
    (72, 0)
    """
    cells = integer("kernel_size", kernel_size, at_least=1) ** 2
    times = integer("times", times, at_least=1)
    return math.ceil(1 / (Fraction(1, times) - Fraction(1, cells))) if times < cells else 0


def break_even_terms(filters: int, kernel_size: IntOrPair) -> int:
    r"""Count the separable layers that together cost less than one standard layer.

    From the reduction in section 3.1: the largest :math:`T` with
    :math:`T \, (1/C_{out} + 1/(K_h K_w)) < 1`, and 0 where a single one costs as much, or more.

    ``filters`` is :math:`C_{out}`, ``kernel_size`` an int or a pair, :math:`K_h, K_w`; errors
    are as for :func:`filters_needed`.

    Examples
    --------
    >>> break_even_terms(256, 5), break_even_terms(4, 2), break_even_terms(64, 1)
    (22, 1, 0)
    """
    filters = integer("filters", filters, at_least=1)
    return math.ceil(1 / reduction_ratio(filters, kernel_size)) - 1


def _seen(output_size: IntOrPair, kernel_size: IntOrPair) -> tuple[int, int]:
    """Return the size of the padded input from which a layer of stride 1 makes such an output."""
    height, width = pair("output_size", output_size, at_least=1)
    k_h, k_w = pair("kernel_size", kernel_size, at_least=1)
    return height + k_h - 1, width + k_w - 1
