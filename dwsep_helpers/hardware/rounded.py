"""Eight bits tried on a network in torch: its numbers are rounded, what computes stays.

That shows what rounding does to a network's answers, without the integers' speed. Each function
takes a network whose batch norms are folded, and returns a copy.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import torch
from torch import nn

from dwsep_helpers.hardware.quantization import (
    dequantize,
    quantize,
    scale_and_zero_point,
    symmetric_scale,
)

Change = Callable[[np.ndarray], np.ndarray]
Equalize = Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]]


def in_eight_bits(weight: np.ndarray, per_channel: bool = False) -> np.ndarray:
    """Return weights as they are after eight bits, with one scale or one per output channel.

    Examples
    --------
    >>> in_eight_bits(np.array([[1.27, 0.004], [0.0254, 0.02]])).round(4).tolist()
    [[1.27, 0.0], [0.03, 0.02]]
    """
    scale = symmetric_scale(weight, per_channel)
    return dequantize(quantize(weight, scale), scale)


def layers(network: nn.Module) -> dict[str, str]:
    """Return the kind of each layer that has weights, by its name in the network."""
    return {
        name: _kind(layer)
        for name, layer in network.named_modules()
        if isinstance(layer, (nn.Conv2d, nn.Linear))
    }


def with_weights(
    network: nn.Module, change: Change, only: Collection[str] | None = None
) -> nn.Module:
    """Return a copy of a network with other weights.

    Parameters
    ----------
    network : Module
    change : callable
        Takes a layer's weights as an array, (C_out, C_in/groups, K_h, K_w), a linear layer's
        as (C_out, C_in, 1, 1); returns others of that shape.
    only : collection of str, optional
        Names of the layers whose weights change; all, if it is left out.
    """
    changed = copy.deepcopy(network)
    with torch.no_grad():
        for name in layers(network):
            if only is None or name in only:
                weight: Any = changed.get_submodule(name).weight
                four_axes = weight.numpy().reshape(*weight.shape, *(4 - weight.ndim) * [1])
                others = np.array(change(four_axes), np.float32).reshape(weight.shape)
                weight.copy_(torch.from_numpy(others))
    return changed


def with_activations(network: nn.Module, images: torch.Tensor) -> nn.Module:
    """Return a copy that rounds the image and each layer's output to eight bits.

    Parameters
    ----------
    network : Module
        A network of inverted residuals, such as EfficientNet-Lite0.
    images : Tensor, shape (N, 3, H, W)
        From which the ranges are read, each from the least to the largest value that is seen.
    """
    changed = copy.deepcopy(network)
    outputs = [
        part
        for name, part in changed.named_modules()
        if isinstance(part, (nn.ReLU6, Ceiling, nn.AdaptiveAvgPool2d))
        or name.endswith("project_norm")
        or getattr(part, "adds_input", False)
    ]
    ranges = {part: [0.0, 0.0] for part in [changed, *outputs]}

    def see(part: nn.Module, x: torch.Tensor) -> None:
        low, high = ranges[part]
        ranges[part] = [min(low, x.min().item()), max(high, x.max().item())]

    seeing = [changed.register_forward_pre_hook(lambda part, xs: see(part, xs[0]))]
    seeing += [part.register_forward_hook(lambda part, xs, y: see(part, y)) for part in outputs]
    with torch.inference_mode():
        for one in images.split(8):
            changed(one)
    for hook in seeing:
        hook.remove()

    def rounded(part: nn.Module, x: torch.Tensor) -> torch.Tensor:
        scale, zero_point = scale_and_zero_point(*ranges[part])
        return torch.fake_quantize_per_tensor_affine(x, scale, zero_point, -128, 127)

    changed.register_forward_pre_hook(lambda part, xs: (rounded(part, xs[0]),))
    for part in outputs:
        part.register_forward_hook(lambda part, xs, y: rounded(part, y))
    return changed


class Ceiling(nn.Module):
    """A ReLU that cuts each channel at a height of its own."""

    def __init__(self, ceiling: torch.Tensor):
        super().__init__()
        self.ceiling: torch.Tensor
        self.register_buffer("ceiling", ceiling.reshape(1, -1, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return x (N, C, H, W), from 0 to the channel's ceiling."""
        return torch.minimum(x.relu(), self.ceiling)


def equalized(network: nn.Module, equalize: Equalize) -> nn.Module:
    """Return a copy that computes the same, with depthwise and pointwise weights evened out.

    Parameters
    ----------
    network : Module
        A network of inverted residuals, such as EfficientNet-Lite0.
    equalize : callable
        Such as :func:`~dwsep_helpers.hardware.equalize`.

    Notes
    -----
    Where a channel is divided by s between the two layers, ReLU6 has to cut it at 6 / s. Phones'
    kernels cut all channels at one height: there it is an operator more.
    """
    changed: Any = copy.deepcopy(network)
    with torch.no_grad():
        for block in changed.blocks:
            depthwise, project = block.stages.depthwise, block.stages.project
            old = [depthwise.weight, depthwise.bias, project.weight]
            new = [
                torch.from_numpy(np.array(v, np.float32))
                for v in equalize(*(v.numpy().copy() for v in old))
            ]
            before, after = (w.abs().amax((1, 2, 3)) for w in (old[0], new[0]))
            divided = torch.where(after > 0, before / after, 1)
            block.stages.depthwise_relu = Ceiling(6 / divided)
            for values, others in zip(old, new, strict=True):
                values.copy_(others)
    return changed


def classes(network: nn.Module, images: np.ndarray) -> np.ndarray:
    """Return the class that scores highest, (N,), for images (N, 3, H, W)."""
    return scores(network, images).argmax(axis=1)


def scores(network: nn.Module, images: np.ndarray) -> np.ndarray:
    """Return all classes' scores, (N, classes), for images (N, 3, H, W)."""
    with torch.inference_mode():
        parts = [network(x) for x in torch.from_numpy(images).split(8)]
    return torch.cat(parts).numpy()


def _kind(layer: nn.Conv2d | nn.Linear) -> str:
    if isinstance(layer, nn.Linear):
        return "linear"
    if layer.groups > 1:
        return "depthwise"
    return "pointwise" if layer.kernel_size == (1, 1) else "standard"
