"""A depthwise convolution by plain loops: slow, short, and countable.

:mod:`dwsep_helpers.kernels` is fast, and works on NumPy's own numbers alone. This one multiplies
exactly as often as the definition says, on any numbers, so
:func:`dwsep_helpers.checks.count_multiplications` can watch it at work.
"""

from __future__ import annotations

import numpy as np

from dwsep_helpers.kernels.shapes import IntOrPair, conv_output_size, pair


def depthwise_conv2d(
    x: np.ndarray, weight: np.ndarray, *, stride: IntOrPair = 1, padding: IntOrPair = 0
) -> np.ndarray:
    """Filter each channel with its own kernels, one output position after the other.

    Parameters
    ----------
    x : ndarray, shape (N, C_in, H, W)
        Of any numbers that add and multiply.
    weight : ndarray, shape (C_in * m, 1, K_h, K_w)
        Kernel k of channel c, of m for each, is at c * m + k.
    stride, padding : int or pair of int
        As for :func:`dwsep_helpers.kernels.depthwise_conv2d`.

    Returns
    -------
    ndarray, shape (N, C_in * m, H_out, W_out)

    Raises
    ------
    ValueError
        If the kernels aren't as many for each channel, or don't fit in the padded input.

    Examples
    --------
    >>> depthwise_conv2d(np.array([[[[1, 2, 3]]]]), np.array([[[[1, 10]]], [[[0, 1]]]]))
    array([[[[21, 32]],
    <BLANKLINE>
            [[ 2,  3]]]])
    """
    multiplier, rest = divmod(len(weight), x.shape[1])
    if rest or not multiplier:
        raise ValueError(
            f"weight has {len(weight)} kernels (axis 0), no multiple of x's C_in={x.shape[1]} "
            "(axis 1)"
        )
    s_h, s_w = pair("stride", stride, at_least=1)
    p_h, p_w = pair("padding", padding, at_least=0)
    k_h, k_w = weight.shape[2:]
    h_out = conv_output_size(x.shape[2], k_h, s_h, p_h)
    w_out = conv_output_size(x.shape[3], k_w, s_w, p_w)
    x = np.pad(x, ((0, 0), (0, 0), (p_h, p_h), (p_w, p_w)))
    x = np.repeat(x, multiplier, axis=1)
    y = np.zeros((len(x), len(weight), h_out, w_out), dtype=np.result_type(x, weight))
    for n, o, i, j in np.ndindex(y.shape):
        top, left = i * s_h, j * s_w
        y[n, o, i, j] = np.sum(x[n, o, top : top + k_h, left : left + k_w] * weight[o, 0])
    return y
