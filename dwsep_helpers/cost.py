"""What a layer costs: multiply-accumulates, parameters and the elements it touches.

Conventions, stated once. One MAC is one multiplication and the addition that takes its
product in; FLOPs are twice the MACs. Additions of a bias are not counted, and products
with padding zeros are: the hardware makes them too.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from dwsep_helpers.kernels import conv_output_size


@dataclass(frozen=True)
class Cost:
    """The cost of one layer, or of several added up; exact integers.

    Attributes
    ----------
    macs : int
        Multiply-accumulates.
    params : int
        Learned numbers: weights and biases.
    input_elements, weight_elements, output_elements : int
        How many numbers are read as input, read as weights (bias included) and written.

    Examples
    --------
    >>> conv2d_cost(3, 256, 5, (12, 12)).macs
    1228800
    """

    macs: int = 0
    params: int = 0
    input_elements: int = 0
    weight_elements: int = 0
    output_elements: int = 0

    @property
    def flops(self) -> int:
        """Floating-point operations: a multiplication and an addition for each MAC."""
        return 2 * self.macs

    def __add__(self, other: Cost) -> Cost:
        if not isinstance(other, Cost):
            return NotImplemented
        return Cost(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def conv2d_cost(
    in_channels: int,
    out_channels: int,
    kernel_size: int | tuple[int, int],
    input_size: tuple[int, int],
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    bias: bool = False,
    batch: int = 1,
) -> Cost:
    r"""Cost of a standard 2D convolution.

    Each of the ``batch * out_channels * H_out * W_out`` output values takes
    ``in_channels * K_h * K_w`` MACs: with the article's letters, :math:`N D_p^2 D_k^2 M`.

    Parameters
    ----------
    in_channels, out_channels : int
        :math:`C_{in}` (the article's :math:`M`) and :math:`C_{out}` (its :math:`N`).
    kernel_size : int or pair of int
        :math:`K_h, K_w`.
    input_size : pair of int
        :math:`H, W` of the input, before padding.
    stride, padding, dilation : int or pair of int
        As for :func:`dwsep_helpers.kernels.conv2d`.
    bias : bool
        Whether the layer has a bias: it adds parameters and no MACs.
    batch : int
        Number of images.

    Returns
    -------
    Cost

    Raises
    ------
    ValueError
        If a count is not positive, or the kernel does not fit.

    References
    ----------
    A. G. Howard et al., "MobileNets", arXiv:1704.04861, eq. (2).

    Examples
    --------
    >>> layer = conv2d_cost(3, 256, 5, (8, 8), padding=2)
    >>> layer.macs, layer.params, layer.output_elements
    (1228800, 19200, 16384)
    """
    return _grouped_cost(
        in_channels,
        out_channels,
        1,
        kernel_size,
        input_size,
        stride,
        padding,
        dilation,
        bias,
        batch,
    )


def depthwise_cost(
    in_channels: int,
    kernel_size: int | tuple[int, int],
    input_size: tuple[int, int],
    *,
    depth_multiplier: int = 1,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    bias: bool = False,
    batch: int = 1,
) -> Cost:
    r"""Cost of a depthwise convolution.

    Each output value reads one channel and takes ``K_h * K_w`` MACs: with the article's letters
    and a depth multiplier of 1, :math:`M D_k^2 D_p^2`.

    Parameters
    ----------
    in_channels : int
        :math:`C_{in}` (the article's :math:`M`).
    kernel_size, input_size, stride, padding, dilation, bias, batch
        As for :func:`conv2d_cost`.
    depth_multiplier : int
        Kernels, and so output channels, for each input channel.

    Returns
    -------
    Cost

    Raises
    ------
    ValueError
        If a count is not positive, or the kernel does not fit.

    References
    ----------
    A. G. Howard et al., "MobileNets", arXiv:1704.04861, eq. (4).

    Examples
    --------
    >>> depthwise_cost(3, 5, (8, 8), padding=2).macs
    4800
    """
    if depth_multiplier < 1:
        raise ValueError(f"depth_multiplier must be at least 1, got {depth_multiplier}")
    filters = in_channels * depth_multiplier
    return _grouped_cost(
        in_channels,
        filters,
        in_channels,
        kernel_size,
        input_size,
        stride,
        padding,
        dilation,
        bias,
        batch,
    )


def pointwise_cost(
    in_channels: int,
    out_channels: int,
    input_size: tuple[int, int],
    *,
    bias: bool = False,
    batch: int = 1,
) -> Cost:
    r"""Cost of a pointwise convolution: 1×1 kernels, stride 1, no padding.

    Each output value takes ``in_channels`` MACs: with the article's letters,
    :math:`M N D_p^2`.

    Parameters
    ----------
    in_channels, out_channels, input_size, bias, batch
        As for :func:`conv2d_cost`.

    Returns
    -------
    Cost

    Raises
    ------
    ValueError
        If a count is not positive.

    Examples
    --------
    >>> pointwise_cost(3, 256, (8, 8)).macs
    49152
    """
    return conv2d_cost(in_channels, out_channels, 1, input_size, bias=bias, batch=batch)


def separable_cost(
    in_channels: int,
    out_channels: int,
    kernel_size: int | tuple[int, int],
    input_size: tuple[int, int],
    *,
    depth_multiplier: int = 1,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    bias: bool = False,
    batch: int = 1,
) -> Cost:
    r"""Cost of a depthwise separable convolution: depthwise, then pointwise.

    With the article's letters, :math:`M D_k^2 D_p^2 + M N D_p^2` MACs. What the depthwise
    stage writes, the pointwise stage reads: it counts as output of the one and input of the
    other.

    Parameters
    ----------
    in_channels, out_channels, kernel_size, input_size, stride, padding, dilation, batch
        As for :func:`conv2d_cost`; stride, padding and dilation are the depthwise stage's.
    depth_multiplier : int
        As for :func:`depthwise_cost`.
    bias : bool
        Whether both stages have one.

    Returns
    -------
    Cost

    Raises
    ------
    ValueError
        If a count is not positive, or the kernel does not fit.

    References
    ----------
    A. G. Howard et al., "MobileNets", arXiv:1704.04861, eq. (5).

    Examples
    --------
    >>> separable_cost(3, 256, 5, (8, 8), padding=2).macs
    53952
    """
    middle = in_channels * depth_multiplier
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    filtering = depthwise_cost(
        in_channels,
        kernel_size,
        input_size,
        depth_multiplier=depth_multiplier,
        bias=bias,
        batch=batch,
        **options,
    )
    size = _output_size(kernel_size, input_size, **options)
    return filtering + pointwise_cost(middle, out_channels, size, bias=bias, batch=batch)


def _grouped_cost(
    in_channels: int,
    out_channels: int,
    groups: int,
    kernel_size: int | tuple[int, int],
    input_size: tuple[int, int],
    stride: int | tuple[int, int],
    padding: int | tuple[int, int],
    dilation: int | tuple[int, int],
    bias: bool,
    batch: int,
) -> Cost:
    """Cost of a convolution in which each filter reads one group of channels."""
    for name, count in [("in_channels", in_channels), ("out_channels", out_channels)]:
        if count < 1:
            raise ValueError(f"{name} must be at least 1, got {count}")
    if batch < 0:
        raise ValueError(f"batch must be at least 0, got {batch}")
    k_h, k_w = _pair(kernel_size)
    height, width = _output_size(kernel_size, input_size, stride, padding, dilation)
    weights = out_channels * (in_channels // groups) * k_h * k_w
    params = weights + (out_channels if bias else 0)
    return Cost(
        macs=batch * height * width * weights,
        params=params,
        input_elements=batch * in_channels * input_size[0] * input_size[1],
        weight_elements=params,
        output_elements=batch * out_channels * height * width,
    )


def _output_size(
    kernel_size: int | tuple[int, int],
    input_size: tuple[int, int],
    stride: int | tuple[int, int],
    padding: int | tuple[int, int],
    dilation: int | tuple[int, int],
) -> tuple[int, int]:
    axes = zip(input_size, *map(_pair, (kernel_size, stride, padding, dilation)), strict=True)
    height, width = (conv_output_size(*axis) for axis in axes)
    return height, width


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)
