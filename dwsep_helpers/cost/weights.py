"""A module's parameters and buffers, found again behind views, slices and conversions of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

Region = tuple[int, tuple[tuple[int, int], ...]]  # where it begins; sizes and steps of its axes


class Weights:
    """What of a network's numbers has been used, and what is computed from them alone."""

    def __init__(self, module: torch.nn.Module):
        self._left: dict[int, int] = defaultdict(int)
        self._packed: set[int] = set()
        self._all = {memory(part) for buffer in module.buffers() for part in _parts(buffer)}
        for parameter in {id(p): p for p in module.parameters()}.values():
            places = [memory(part) for part in _parts(parameter)]
            self._left[places[0]] += parameter.numel()
            self._all.update(places)
            if not is_plain(parameter):
                self._packed.add(places[0])
        self._used: dict[int, set[Region]] = defaultdict(set)
        self._computed: list[torch.Tensor] = []  # held, so that their memory isn't given away

    def __contains__(self, tensor: torch.Tensor) -> bool:
        return memory(tensor) in self._all

    def add(self, computed: torch.Tensor) -> None:
        """Count what was computed from weights alone among them, without parameters of its own."""
        if memory(computed) not in self._all:
            self._computed.append(computed)
            self._all.add(memory(computed))

    def take(self, tensor: torch.Tensor) -> int:
        """Return how many parameters a tensor uses that nothing has used before."""
        place = memory(tensor)
        if not self._left.get(place):
            return 0
        if place in self._packed:
            return self._left.pop(place)
        used, region = self._used[place], _region(tensor)
        new = 0 if region in used else tensor.numel()
        if new and len(region[1]) == 1 and region[1][0][1] == 1:
            new -= _overlap(region, used)
        used.add(region)
        new = min(self._left[place], new)
        self._left[place] -= new
        return new


def _parts(tensor: Any) -> Iterator[Any]:
    """Go through the tensors that a class of one's own keeps its numbers in, the largest first."""
    names = tensor.__tensor_flatten__()[0] if hasattr(tensor, "__tensor_flatten__") else []
    if not names:
        yield tensor
    for part in sorted((getattr(tensor, n) for n in names), key=lambda x: x.numel(), reverse=True):
        yield from _parts(part)


def memory(tensor: torch.Tensor) -> int:
    """Return what two views of the same numbers have in common."""
    try:
        return tensor.untyped_storage()._cdata
    except (NotImplementedError, RuntimeError):  # sparse and others, which have none
        return -id(tensor)


def is_plain(tensor: Any) -> bool:
    """Whether a tensor's numbers lie in memory as its shape says: not sparse, nested, wrapped."""
    import torch

    usual = type(tensor).__torch_dispatch__ is torch._C._disabled_torch_dispatch_impl
    if not usual and not hasattr(tensor, "fake_mode"):
        return False
    return tensor.layout is torch.strided and not tensor.is_nested


def _region(tensor: torch.Tensor) -> Region:
    """Return which numbers of its memory a tensor has, in whatever order."""
    axes: list[tuple[int, int]] = []
    for step, size in sorted(zip(tensor.stride(), tensor.shape, strict=True), reverse=True):
        if size == 1 or step == 0:
            continue
        if axes and axes[-1][1] == step * size:
            axes[-1] = (axes[-1][0] * size, step)
        else:
            axes.append((size, step))
    return int(tensor.storage_offset()), tuple(axes)


def _overlap(region: Region, others: set[Region]) -> int:
    """Count the numbers of a region without gaps that others without gaps have too."""
    start, stop = region[0], region[0] + region[1][0][0]
    seen = 0
    for first, axes in sorted(others):
        if len(axes) == 1 and axes[0][1] == 1:
            last = min(stop, first + axes[0][0])
            seen += max(0, last - max(start, first))
            start = max(start, last)
    return seen
