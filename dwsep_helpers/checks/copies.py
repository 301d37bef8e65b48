"""Copy values deeply, torch modules too, in a fraction of the time that :mod:`copy` takes."""

from __future__ import annotations

import copy
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

_PLAIN = frozenset({bool, int, float, str, type(None)})
_EMPTY = frozenset({dict, OrderedDict, set})
_WAYS = frozenset({"__deepcopy__", "__getnewargs__", "__getnewargs_ex__"})


def copied(value: Any) -> Any:
    """Return a deep copy, as :func:`copy.deepcopy` makes one."""
    if type(value) in _PLAIN:
        return value
    return copied_module(value) if hasattr(value, "modules") else copy.deepcopy(value)


def copied_module(module: nn.Module, *, double: bool = False) -> nn.Module:
    """Return a deep copy of a torch module.

    Most of what modules hold is plain, empty, a module or a tensor. All this is copied here, in
    loops: inside a watch, a call of a function takes many times what it takes elsewhere. What is
    left goes to :mod:`copy`.

    Parameters
    ----------
    module : Module
        Of any class. A class that has a way of its own to be copied is copied in that way.
    double : bool
        Whether the copy's parameters and buffers are in float64, where they are fractional.
    """
    from torch import Tensor, float64
    from torch.nn import Parameter

    memo: dict[int, Any] = {}
    made: list[tuple[Any, dict[str, Any]]] = []
    part: Any
    tensor: Any
    for part in module.modules():
        for tensor in (*part._parameters.values(), *part._buffers.values()):
            kind = type(tensor)
            if kind is Parameter or (kind is Tensor and not (tensor.requires_grad or vars(tensor))):
                numbers = tensor.detach()
                cast = double and numbers.is_floating_point() and numbers.dtype is not float64
                numbers = numbers.double() if cast else numbers.clone()
                if kind is Parameter:
                    numbers = Parameter(numbers, tensor.requires_grad)
                memo[id(tensor)] = numbers
        of: Any = type(part)
        state = part.__getstate__() if _is_usual(of) else None
        if type(state) is dict and _WAYS.isdisjoint(state):
            memo[id(part)] = new = of.__new__(of)
            made.append((new, state))
    for new, state in made:  # which is kept, so that no other object takes its place in memory
        copies = {**state}
        for name, value in state.items():
            kind = type(value)
            if kind in _PLAIN or (kind is tuple and _PLAIN.issuperset(map(type, value))):
                continue
            if id(value) in memo:
                copies[name] = memo[id(value)]
            elif kind in _EMPTY and not value:
                copies[name] = memo[id(value)] = kind()
            elif kind is dict:  # of parameters, of buffers, of modules
                copies[name] = memo[id(value)] = held = {}
                for key, one in value.items():
                    known = id(one) in memo and type(key) is str
                    key = key if known else copy.deepcopy(key, memo)
                    held[key] = memo[id(one)] if known else copy.deepcopy(one, memo)
            else:
                copies[name] = copy.deepcopy(value, memo)
        new.__setstate__(copies)
    return copy.deepcopy(module, memo)


@lru_cache(maxsize=1024)
def _is_usual(kind: type) -> bool:
    """Whether a class has no way of its own to be copied."""
    return (
        kind.__reduce_ex__ is object.__reduce_ex__
        and kind.__reduce__ is object.__reduce__
        and not any(hasattr(kind, way) for way in _WAYS)
    )
