"""Take batch norms out of a trained network: at inference they are only a scale and a shift."""

from __future__ import annotations

import copy
from itertools import pairwise

import torch
from torch import nn


def fold_batch_norm(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Conv2d:
    """Return one convolution that does what a convolution and its batch norm do in eval mode.

    Parameters
    ----------
    conv : Conv2d
        With or without bias; of any stride, padding and groups. It is left as it was.
    norm : BatchNorm2d
        Its running mean and variance are used, as in eval mode.

    Returns
    -------
    Conv2d
        A new one, with a bias.

    Raises
    ------
    ValueError
        If the two don't fit, or the norm keeps no running statistics.

    Notes
    -----
    With s = γ / √(σ² + ε), one for each output channel: weight · s and (bias − μ) · s + β.

    Examples
    --------
    >>> conv, norm = nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4).eval()
    >>> x = torch.randn(2, 3, 5, 5)
    >>> torch.allclose(fold_batch_norm(conv, norm)(x), norm(conv(x)), atol=1e-6)
    True
    """
    if conv.out_channels != norm.num_features:
        raise ValueError(
            f"norm has {norm.num_features} channels, and conv gives {conv.out_channels}"
        )
    if norm.running_mean is None or norm.running_var is None:
        raise ValueError(
            "norm keeps no running statistics: what it does depends on the batch, "
            "and no convolution does that"
        )
    with torch.no_grad():
        scale = torch.rsqrt(norm.running_var + norm.eps)
        if norm.weight is not None:
            scale = scale * norm.weight
        shift = -norm.running_mean if conv.bias is None else conv.bias - norm.running_mean
        shift = shift * scale if norm.bias is None else shift * scale + norm.bias
        folded = copy.deepcopy(conv)
        folded.weight.copy_(conv.weight * scale.reshape(-1, 1, 1, 1))
        folded.bias = nn.Parameter(shift)
    return folded


def fold(network: nn.Module) -> nn.Module:
    """Return a copy of a network in eval mode, with its batch norms folded.

    Parameters
    ----------
    network : Module
        Its batch norms follow their convolutions directly, inside of an ``nn.Sequential``.

    Returns
    -------
    Module
        Where a norm was, there is an ``nn.Identity``, so that names stay.

    Raises
    ------
    ValueError
        If a batch norm is left over that follows no convolution.

    Examples
    --------
    >>> from dwsep_helpers.mobilenet import DepthwiseSeparableConv2d
    >>> [name for name, _ in fold(DepthwiseSeparableConv2d(2, 3)).named_parameters()]
    ['depthwise.weight', 'depthwise.bias', 'pointwise.weight', 'pointwise.bias']
    """
    folded = copy.deepcopy(network).eval()
    for sequence in [m for m in folded.modules() if isinstance(m, nn.Sequential)]:
        names = list(sequence._modules)
        for before, name in pairwise(names):
            conv, norm = sequence._modules[before], sequence._modules[name]
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                sequence._modules[before] = fold_batch_norm(conv, norm)
                sequence._modules[name] = nn.Identity()
    for name, left in folded.named_modules():
        if isinstance(left, nn.BatchNorm2d):
            raise ValueError(f"{name or 'network'} is a batch norm that follows no convolution")
    return folded
