"""Channel shuffle: the step that lets the groups of a grouped layer meet."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.kernels.arguments import as_input
from dwsep_helpers.kernels.shapes import integer


def channel_shuffle(x: ArrayLike, groups: int) -> np.ndarray:
    """Sort the channels by their place in their group, as ``torch.nn.ChannelShuffle`` does.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
        Batch of feature maps, of a dtype that `conv2d` takes.
    groups : int
        How many groups of neighbours the channels come in. It divides C.

    Returns
    -------
    ndarray, shape (N, C, H, W)
        A new array: the first channel of each group, then the second of each, and so on.

    Raises
    ------
    TypeError
        For a dtype that `conv2d` refuses, or groups that are no integer.
    ValueError
        If groups doesn't divide C, or is less than 1.

    Notes
    -----
    X. Zhang et al., "ShuffleNet", https://arxiv.org/abs/1707.01083, section 3.1.

    Examples
    --------
    >>> channel_shuffle(np.arange(6).reshape(1, 6, 1, 1), 2).ravel()
    array([0, 3, 1, 4, 2, 5])
    """
    x = as_input(x)
    groups = integer("groups", groups, at_least=1)
    if x.shape[1] % groups:
        raise ValueError(f"x has C={x.shape[1]} (axis 1), which groups={groups} does not divide")
    table = x.reshape(len(x), groups, x.shape[1] // groups, *x.shape[2:])
    return table.swapaxes(1, 2).reshape(x.shape).copy()
