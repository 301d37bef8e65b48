"""One number each: MACs and parameters of a layer, and where its costs cross another's.

All follow from :mod:`dwsep_helpers.cost.layers`. Equations, sections and the article's letters are
those of A. G. Howard et al., "MobileNets", arXiv:1704.04861.
"""

from __future__ import annotations

import math
from fractions import Fraction

from dwsep_helpers.cost.layers import (
    IntOrPair,
    conv2d_cost,
    depthwise_cost,
    pointwise_cost,
    reduction_ratio,
    separable_cost,
)
from dwsep_helpers.kernels.shapes import integer, pair


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


def standard_macs(
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    input_size: int,
    stride: int = 1,
    padding: int = 0,
) -> int:
    """Count the MACs of a standard convolution of a square image: equation 2.

    Parameters
    ----------
    in_channels, out_channels : int
        The article's M and N.
    kernel_size, input_size : int
        Rows, and columns.
    stride, padding : int
        As for :func:`dwsep_helpers.kernels.conv_output_size`.

    Raises
    ------
    TypeError, ValueError
        As for :func:`dwsep_helpers.cost.conv2d_cost`.

    Examples
    --------
    >>> standard_macs(3, 256, 5, 8, padding=2)
    1228800
    """
    sizes = in_channels, out_channels, kernel_size, input_size
    return conv2d_cost(*sizes, stride=stride, padding=padding).macs


def depthwise_macs(
    channels: int, kernel_size: int, input_size: int, stride: int = 1, padding: int = 0
) -> int:
    """Count the MACs of a depthwise convolution of a square image: equation 4.

    ``channels`` is the article's M, and each has one kernel; all else is as for
    :func:`standard_macs`, errors too.

    Examples
    --------
    >>> depthwise_macs(3, 5, 8, padding=2)
    4800
    """
    channels = integer("channels", channels, at_least=1)
    return depthwise_cost(channels, kernel_size, input_size, stride=stride, padding=padding).macs


def pointwise_macs(in_channels: int, out_channels: int, size: int) -> int:
    """Count the MACs of a pointwise convolution of a square image, ``size`` rows and columns.

    Channels and errors are as for :func:`standard_macs`.

    Examples
    --------
    >>> pointwise_macs(3, 256, 8)
    49152
    """
    return pointwise_cost(in_channels, out_channels, integer("size", size, at_least=1)).macs


def separable_macs(
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    input_size: int,
    stride: int = 1,
    padding: int = 0,
) -> int:
    """Count the MACs of a depthwise separable convolution of a square image: equation 5.

    Stride and padding are the depthwise stage's; all else is as for :func:`standard_macs`,
    errors too.

    Examples
    --------
    >>> separable_macs(3, 256, 5, 8, padding=2)
    53952
    """
    sizes = in_channels, out_channels, kernel_size, input_size
    return separable_cost(*sizes, stride=stride, padding=padding).macs


def separable_params(
    in_channels: int, out_channels: int, kernel_size: int, bias: bool = False
) -> int:
    """Count the learned numbers of a depthwise separable convolution.

    With ``bias``, both stages have one; all else is as for :func:`standard_macs`, errors too.

    Examples
    --------
    >>> separable_params(3, 256, 5), separable_params(3, 256, 5, bias=True)
    (843, 1102)
    """
    # They don't depend on the image: any that the kernel fits on will do.
    return separable_cost(in_channels, out_channels, kernel_size, kernel_size, bias=bias).params


def filters_needed(kernel_size: int, times: int) -> int:
    r"""Count the filters from which on a separable layer is that many times cheaper.

    From the reduction in section 3.1: the least :math:`N` with
    :math:`1/N + 1/D_k^2 \le 1/\text{times}`.

    Parameters
    ----------
    kernel_size : int
        The article's :math:`D_k`.
    times : int
        How many times fewer MACs than the standard layer's.

    Returns
    -------
    int
        0 where no number is enough: from :math:`D_k^2` times on.

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
    :math:`T \, (1/N + 1/(K_h K_w)) < 1`, and 0 where a single one costs as much, or more.

    ``filters`` is :math:`N`, ``kernel_size`` an int or a pair, :math:`K_h, K_w`; errors are as for
    :func:`filters_needed`.

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
