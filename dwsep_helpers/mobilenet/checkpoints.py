"""Read other people's weights from a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

# What others wrap a state dict in, and what training on several devices puts before names.
_WRAPPERS = ("state_dict", "model_state_dict", "model", "state_dict_ema")
_PREFIX = "module."
# Counts batches while training and fits nothing outside of it; old files don't have it.
_COUNTER = "num_batches_tracked"


@dataclass(frozen=True)
class Loaded:
    """What a checkpoint gave to a network.

    Attributes
    ----------
    loaded : dict of str to str
        From the network's layers to the checkpoint's, by name.
    left : dict of str to str
        Layers that keep what they had, and why.
    """

    loaded: dict[str, str]
    left: dict[str, str]

    def __str__(self) -> str:
        lines = [f"{len(self.loaded)} layers loaded, {len(self.left)} left as they were"]
        return "\n".join([*lines, *(f"    {name}: {why}" for name, why in self.left.items())])


def load_checkpoint(module: nn.Module, path: str | Path) -> Loaded:
    """Load a checkpoint's weights into a network, where the shapes fit.

    Names need not agree: timm calls a block's first layer ``blocks.0.0.conv_dw``, torchvision
    ``features.1.0.0``, and this course ``blocks.0.depthwise``. Layers are matched by name if
    all names agree, and else by their order, which is that of the definition in all three.

    Parameters
    ----------
    module : Module
        It is changed in place.
    path : str or Path
        Written by ``torch.save``: a state dict, or one wrapped in a dict, as training scripts
        do. Only tensors are read from it, no code.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it holds no state dict, if the two have another number of layers, or if no layer
        fits. The network is then as it was.
    """
    theirs = _layers(_state_dict(torch.load(path, map_location="cpu", weights_only=True), path))
    ours = _layers(module.state_dict())
    names = dict(zip(ours, theirs, strict=False))
    if set(ours) == set(theirs):
        names = {name: name for name in ours}
    elif len(ours) != len(theirs):
        raise ValueError(
            f"{path} has {len(theirs)} layers with weights, and the network has {len(ours)}"
        )
    loaded, left = {}, {}
    for name, their_name in names.items():
        misfit = _misfit(ours[name], theirs[their_name])
        if misfit:
            left[name] = f"{their_name} has {misfit}"
        else:
            loaded[name] = their_name
    if not loaded:
        first = next(iter(left))
        raise ValueError(f"no layer of {path} fits; the first is {first}: {left[first]}")
    with torch.no_grad():
        for name, their_name in loaded.items():
            for parameter, value in ours[name].items():
                if parameter in theirs[their_name]:  # state_dict shares the module's memory
                    value.copy_(theirs[their_name][parameter])
    return Loaded(loaded, left)


def _state_dict(content: Any, path: str | Path) -> Mapping[str, Tensor]:
    for wrapper in _WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(wrapper), Mapping):
            content = content[wrapper]
            break
    if not isinstance(content, Mapping) or not content:
        raise ValueError(f"{path} holds {type(content).__name__}, and a state dict is asked for")
    for name, value in content.items():
        if not isinstance(value, Tensor):
            raise ValueError(
                f"{path} holds no state dict: its {name!r} is {type(value).__name__}, not a tensor"
            )
    return content


def _layers(state: Mapping[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """Group tensors by layer: ``stem.conv.weight`` belongs to ``stem.conv``."""
    layers: dict[str, dict[str, Tensor]] = {}
    for name, value in state.items():
        layer, _, parameter = name.removeprefix(_PREFIX).rpartition(".")
        layers.setdefault(layer, {})[parameter] = value
    return layers


def _misfit(ours: Mapping[str, Tensor], theirs: Mapping[str, Tensor]) -> str | None:
    """Say what keeps a layer from taking another's tensors."""
    for parameter in dict.fromkeys([*ours, *theirs]):
        if parameter == _COUNTER:
            continue
        if parameter not in theirs:
            return f"no {parameter}"
        if parameter not in ours:
            return f"a {parameter}, and ours has none"
        here, there = tuple(ours[parameter].shape), tuple(theirs[parameter].shape)
        if here != there:
            return f"{parameter} {there}, and ours is {here}"
    return None
