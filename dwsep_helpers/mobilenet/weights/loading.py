"""Find out which layer of a file belongs to which of a network, and copy its numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from dwsep_helpers.mobilenet.arguments import as_module
from dwsep_helpers.mobilenet.weights.files import read
from dwsep_helpers.mobilenet.weights.layers import Layer, filled, layers, misfit
from dwsep_helpers.mobilenet.weights.names import parts, plain, same_numbers

_LINES = 5  # of each kind that an error lists


@dataclass(frozen=True)
class Loaded:
    """What a checkpoint gave to a network.

    Attributes
    ----------
    loaded : dict of str to str
        From the network's layers to the checkpoint's, by name.
    left : dict of str to str
        Layers that keep what they had, and why.
    unused : dict of str to str
        What the checkpoint has beside, and what fits it.
    """

    loaded: dict[str, str]
    left: dict[str, str]
    unused: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = [f"{len(self.loaded)} layers loaded, {len(self.left)} left as they were"]
        lines += [f"    {name}: {why}" for name, why in self.left.items()]
        lines += [f"    of the file, {name}: {why}" for name, why in self.unused.items()]
        return "\n".join(lines)


def load_checkpoint(module: nn.Module, path: str | Path, *, strict: bool = True) -> Loaded:
    """Load a checkpoint's weights into a network, each layer where it belongs.

    Layers are matched by name: equal ones, also behind prefixes such as ``module.`` or
    ``backbone.``; else by the part that they play in a MobileNet, as this course, timm,
    torchvision, transformers and Keras name it. What names don't tell is matched by shapes that
    only one layer has on either side. The order in the file means nothing.

    Parameters
    ----------
    module : Module
        It is changed in place, or where anything is wrong, not at all.
    path : str or Path
        Written by ``torch.save`` or safetensors: a state dict, or one wrapped in a dict, as
        training scripts do. Only tensors are read from it, no code. Keras's own names (``kernel``,
        ``gamma``, …) mean Keras's layout, height and width first.
    strict : bool
        Whether all layers have to be matched, the network's and the file's; if not, those that
        are certain are loaded.

    Returns
    -------
    Loaded
        What was loaded from where, what was left, and why.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModuleNotFoundError
        If the file is of safetensors, and that package isn't installed.
    ValueError
        If the file holds no state dict: the message says what it is. If ``strict`` and some layer
        isn't matched, or if none is: the message lists what fits where. If the network has
        parameters without numbers: lazy ones, or on the meta device.
    """
    state = _state(as_module("module", module, nn.Module))
    tensors, other_networks = read(path)
    ours, theirs = layers(state), layers(tensors)
    tied = _tied(state, ours)
    pairs, left = _matched(ours, theirs)
    for name, twin in tied:  # safetensors keeps one of two names for the same numbers
        if name not in pairs and twin in pairs:
            left.pop(name, None)
            pairs[name] = pairs[twin]
    unused = {
        name: _places(theirs[name], ours, theirs, forwards=False)
        for name in theirs
        if name not in pairs.values() and not _is_count(theirs[name])
    }
    result = Loaded({name: pairs[name] for name in ours if name in pairs}, left, unused)
    if not result.loaded or (strict and (left or unused)):
        raise ValueError(_refusal(path, result, strict))
    values = dict(_values(state, ours, theirs, result.loaded, path))
    with torch.no_grad():
        for name, value in values.items():
            state[name].copy_(value)  # a state dict shares the module's memory
    result.unused.update(
        {name: "weights of another network, which weren't read" for name in other_networks}
    )
    return result


def _state(module: nn.Module) -> dict[str, Tensor]:
    """Return a network's tensors, which have numbers."""
    state = {n: v for n, v in module.state_dict().items() if isinstance(v, Tensor)}
    for name, value in state.items():
        if nn.parameter.is_lazy(value):
            raise ValueError(f"{name} of the network has no shape yet: run the network once first")
        if value.is_meta:
            raise ValueError(
                f"{name} of the network is on the meta device, which keeps no numbers: "
                'give it memory by to_empty(device="cpu")'
            )
    return state


def _tied(state: Mapping[str, Tensor], ours: Mapping[str, Layer]) -> list[tuple[str, str]]:
    """Return pairs of layers whose tensors are all another's too, each way."""
    memory = defaultdict(list)
    for name, layer in ours.items():
        places = sorted((p, state[key].data_ptr()) for p, key in layer.keys.items())
        memory[tuple(places)].append(name)
    return [(a, b) for same in memory.values() for a in same for b in same if a != b]


def _matched(
    ours: Mapping[str, Layer], theirs: Mapping[str, Layer]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return pairs of layers that belong together, and why others have none."""
    pairs: dict[str, str] = {}
    left: dict[str, str] = {}
    for name, their_name in _by_name(ours, theirs):
        if name in pairs or name in left or their_name in pairs.values():
            continue
        wrong = misfit(ours[name], theirs[their_name])
        if wrong:
            left[name] = f"{their_name} has {wrong}"
        else:
            pairs[name] = their_name
    spoken_for = {why.partition(" has ")[0] for why in left.values()} | set(pairs.values())
    for name, layer in ours.items():
        if name in pairs or name in left:
            continue
        fitting = [other for other in theirs if not misfit(layer, theirs[other])]
        if len(fitting) == 1 and fitting[0] not in spoken_for:
            rivals = [n for n in ours if not misfit(ours[n], theirs[fitting[0]])]
            if rivals == [name]:
                pairs[name] = fitting[0]
                continue
        left[name] = _places(layer, ours, theirs, forwards=True)
    return pairs, left


def _by_name(ours: Mapping[str, Layer], theirs: Mapping[str, Layer]) -> Iterator[tuple[str, str]]:
    """Go through pairs of layers whose names mean the same, the surest first."""
    if set(ours) <= set(theirs):
        yield from ((name, name) for name in ours)
        return
    if "" not in ours:
        first = next(iter(ours))
        starts = {n.removesuffix(first) for n in theirs if n.endswith(f".{first}")}
        whole = [start for start in starts if all(start + name in theirs for name in ours)]
        if len(whole) == 1:
            yield from ((name, whole[0] + name) for name in ours)
            return
    ours_plain, theirs_plain = plain(ours), plain(theirs)
    for name, certain in same_numbers(ours_plain, theirs_plain).items():
        if certain:
            yield ours_plain[name], theirs_plain[name]
    ours_parts, theirs_parts = parts(ours), parts(theirs)
    ours_blocks, theirs_blocks = (
        {part[:3] for part in known if part[0] == "block"} for known in (ours_parts, theirs_parts)
    )
    for part in ours_parts.keys() & theirs_parts.keys():
        if part[0] != "block" or ours_blocks == theirs_blocks:
            yield ours_parts[part], theirs_parts[part]


def _is_count(layer: Layer) -> bool:
    """Whether a layer is a counter of training's, such as how many networks were averaged."""
    return all(value.ndim == 0 and not value.is_floating_point() for value in layer.values.values())


def _places(
    layer: Layer, ours: Mapping[str, Layer], theirs: Mapping[str, Layer], *, forwards: bool
) -> str:
    """Say what a layer fits: one of ours the file's, one of the file's ours."""
    if forwards:
        fitting = [name for name, other in theirs.items() if not misfit(layer, other)]
    else:
        fitting = [name for name, other in ours.items() if not misfit(other, layer)]
    where = "the file's" if forwards else "the network's"
    if not fitting:
        return f"{layer.shapes()}, which none of {where} has"
    listed = ", ".join(fitting[:4]) + (f" and {len(fitting) - 4} more" if fitting[4:] else "")
    return f"{layer.shapes()}, which fits {where} {listed}"


def _refusal(path: str | Path, result: Loaded, strict: bool) -> str:
    if not result.loaded:
        head = f"no layer of {path} fits for certain; the network is as it was"
    else:
        head = (
            f"{path}: {len(result.loaded)} layers are certain, {len(result.left)} of the network "
            f"and {len(result.unused)} of the file have no place; the network is as it was"
        )
        if strict:
            head += ", and load_checkpoint with strict=False loads what is certain"
    lists = (
        [f"{name}: {why}" for name, why in result.left.items()],
        [f"of the file, {name}: {why}" for name, why in result.unused.items()],
        [f"{name}: certain, from {their_name}" for name, their_name in result.loaded.items()],
    )
    lines = [line for listed in lists for line in listed[:_LINES]]
    more = sum(map(len, lists)) - len(lines)
    return "\n    ".join([head, *lines, *([f"and {more} more"] if more else [])])


def _values(
    state: Mapping[str, Tensor],
    ours: Mapping[str, Layer],
    theirs: Mapping[str, Layer],
    loaded: Mapping[str, str],
    path: str | Path,
) -> Iterator[tuple[str, Tensor]]:
    """Go through the network's tensors and what each is to hold, all checked before one is set."""
    written: dict[int, tuple[str, Tensor]] = {}
    for name, their_name in loaded.items():
        for parameter, value in filled(ours[name], theirs[their_name]).items():
            key = ours[name].keys[parameter]
            target = state[key]
            converted = value.to(target.dtype)
            if (_finite(converted) != _finite(value)).any():
                raise ValueError(
                    f"{their_name} of {path} has numbers that {target.dtype} of {key} can't hold; "
                    "the network is as it was"
                )
            before = written.setdefault(target.data_ptr(), (key, converted))
            same = before[0] == key or target.numel() == 0 or torch.equal(before[1], converted)
            if before[1].shape == converted.shape and not same:
                raise ValueError(
                    f"{key} and {before[0]} are the same numbers in the network, and others in "
                    f"{path}; the network is as it was"
                )
            yield key, converted


def _finite(tensor: Tensor) -> Tensor:
    """Say of each number whether it is finite; torch can't for floats of one byte."""
    return (tensor.float() if tensor.itemsize == 1 else tensor).isfinite()
