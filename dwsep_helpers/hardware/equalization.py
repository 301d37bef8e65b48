"""Cross-layer equalization: channels of two layers evened out, the pair computes the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.kernels.arguments import real_numbers


def equalize(
    depthwise: ArrayLike, bias: ArrayLike, pointwise: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Even out a depthwise layer and the pointwise one behind it, with a ReLU between them.

    Channel c leaves the first layer divided by :math:`s_c` and is multiplied by it in the second.
    Where the largest magnitudes are :math:`r_c` in the channel's filter and :math:`r'_c` in the
    weights that read it, :math:`s_c = \sqrt{r_c / r'_c}` makes both :math:`\sqrt{r_c r'_c}`.

    Parameters
    ----------
    depthwise : array_like, shape (C, 1, K_h, K_w)
    bias : array_like, shape (C,)
        Of the depthwise layer.
    pointwise : array_like, shape (C_out, C, 1, 1)

    Returns
    -------
    depthwise, bias, pointwise : ndarray
        New ones, of those shapes. A channel of which one side is all zeros stays as it was.

    Raises
    ------
    ValueError
        If the layers don't have the same number of channels.

    Notes
    -----
    ReLU(x / s) = ReLU(x) / s for s > 0: the pair computes what it did. M. Nagel et al., "Data-Free
    Quantization through Weight Equalization and Bias Correction", arXiv:1906.04721, Section 4.1.

    Examples
    --------
    >>> depthwise = np.array([8.0, 0.5]).reshape(2, 1, 1, 1)
    >>> pointwise = np.array([[0.5, 2.0]]).reshape(1, 2, 1, 1)
    >>> [part.ravel().tolist() for part in equalize(depthwise, [4.0, 1.0], pointwise)]
    [[2.0, 1.0], [1.0, 2.0], [2.0, 1.0]]
    """
    first, bias = real_numbers("depthwise", depthwise), real_numbers("bias", bias)
    second = real_numbers("pointwise", pointwise)
    for name, array, axes in (("depthwise", first, 4), ("bias", bias, 1), ("pointwise", second, 4)):
        if array.ndim != axes or not array.size:
            raise ValueError(f"{name} has shape {array.shape}; it should have {axes} axes")
    if not len(first) == len(bias) == second.shape[1]:
        raise ValueError(
            f"depthwise has C={len(first)} (axis 0), bias {len(bias)} and pointwise "
            f"C_in={second.shape[1]} (axis 1); they should be one number"
        )
    before = np.abs(first).max(axis=(1, 2, 3))
    behind = np.abs(second).max(axis=(0, 2, 3))
    used = (before > 0) & (behind > 0)
    factors = np.sqrt(np.where(used, before, 1) / np.where(used, behind, 1))
    return (
        first / factors[:, None, None, None],
        bias / factors,
        second * factors[None, :, None, None],
    )
