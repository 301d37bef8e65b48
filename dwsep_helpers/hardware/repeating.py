"""Networks for timing alone, whose weights repeat, so that their files get small when packed."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from dwsep_helpers.hardware.inputs import folded

PERIOD = 2048


def repeating(network: nn.Module, period: int = PERIOD, seed: int = 0) -> nn.Module:
    """Return a copy of a network whose layers' weights repeat a few random numbers.

    How long a kernel takes doesn't depend on what the numbers are, as long as they are of a
    normal size; how far a file of them can be packed does.

    Parameters
    ----------
    network : Module
        It is taken as in eval mode, and its batch norms are folded.
    period : int
        How many numbers there are. Each layer has them one after the other, over and over, times
        √(2 / products in a sum), which keeps activations of a size (K. He et al.,
        arXiv:1502.01852).
    seed : int
        Of the numbers, and of the biases, which don't repeat.

    Raises
    ------
    ValueError
        If the period is below 1, or as for :func:`~dwsep_helpers.mobilenet.fold`.

    Examples
    --------
    >>> layer = repeating(nn.Sequential(nn.Conv2d(2, 3, 1)), period=2)[0]
    >>> bool((layer.weight == layer.weight[0]).all()), len(set(layer.bias.tolist()))
    (True, 3)
    """
    if period < 1:
        raise ValueError(f"period is {period}; it should be at least 1")
    rng = np.random.default_rng(seed)
    numbers = rng.standard_normal(period)
    changed = folded(network)
    with torch.no_grad():
        for layer in changed.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                size = (2 / layer.weight[0].numel()) ** 0.5
                tiled = np.resize(size * numbers, tuple(layer.weight.shape))
                layer.weight.copy_(torch.from_numpy(tiled))
                if layer.bias is not None:
                    layer.bias.copy_(torch.from_numpy(rng.normal(0, 0.5, len(layer.bias))))
    return changed
