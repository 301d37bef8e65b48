"""Copy values deeply, torch modules too, in a fraction of the time that :mod:`copy` takes."""

from __future__ import annotations

import copy
import copyreg
from collections import OrderedDict
from functools import lru_cache
from types import BuiltinFunctionType, FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

_PLAIN = frozenset({bool, int, float, str, type(None), type, FunctionType, BuiltinFunctionType})
_EMPTY = frozenset({dict, OrderedDict, set, list})
_WAYS = (
    *("__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__"),
    *("__getnewargs__", "__getnewargs_ex__"),
)
_NOT_KEPT = "_compiled_call_impl"  # by torch, in a copy


def copied(value: Any) -> Any:
    """Return a deep copy, as :func:`copy.deepcopy` makes one."""
    if type(value) in _PLAIN:
        return value
    return copied_module(value) if hasattr(value, "modules") else copy.deepcopy(value)


def copied_module(module: nn.Module, *, double: bool = False) -> nn.Module:
    """Return a deep copy of a torch module.

    Most modules hold plain values, tensors, modules, and dicts of those. Such a module is copied
    here, in loops, and nothing of its own is called: inside a watch, a call of a function takes
    many times what it takes elsewhere. Any other is left to :mod:`copy`, whole.

    Parameters
    ----------
    module : Module
        Of any class.
    double : bool
        Whether the copy's parameters and buffers are in float64, where they are fractional.
    """
    from torch.nn import Module

    def left_to_copy() -> nn.Module:
        made = copy.deepcopy(module)
        return made.double() if double else made

    memo: dict[int, Any] = {id(None): None}
    parts = parts_of(module)
    kind: Any
    for part in parts:
        kind = type(part)
        if not _is_usual(kind) or not vars(part).keys().isdisjoint(_WAYS):
            return left_to_copy()
        memo[id(part)] = object.__new__(kind)
    _copy_tensors(parts, memo, double)
    of_any = vars(Module())
    for part in parts:
        new = vars(memo[id(part)])
        for name, value in vars(part).items():
            kind = type(value)
            if kind in _PLAIN or (kind is tuple and _PLAIN.issuperset(map(type, value))):
                new[name] = value
            elif kind in _EMPTY and not value and name in of_any:  # its own, such as hooks
                new[name] = kind()
            elif id(value) in memo:
                new[name] = memo[id(value)]
            elif kind in _EMPTY and not value:
                new[name] = memo[id(value)] = kind()
            elif kind is dict:  # of parameters, of buffers, of modules
                new[name] = memo[id(value)] = copies = {}
                for key, one in value.items():
                    if type(key) is not str or id(one) not in memo:
                        return left_to_copy()
                    copies[key] = memo[id(one)]
            else:
                return left_to_copy()
        new.pop(_NOT_KEPT, None)
    return memo[id(module)]


def parts_of(module: nn.Module) -> list[Any]:
    """Return a module and all in it, each once, as ``module.modules()`` does, but level by level.

    Nothing of its own is called.
    """
    seen, parts = {module: None}, [module]
    for part in parts:
        for child in part._modules.values():
            if child is not None and child not in seen:
                seen[child] = None
                parts += (child,)
    return parts


def numbers_of(part: nn.Module) -> list[Any]:
    """Return the parameters and buffers of a module's own, also those that are None."""
    return [*part._parameters.values(), *part._buffers.values()]


def in_eval(module: nn.Module) -> nn.Module:
    """Return a module that is in eval mode now, switched here if it has no way of its own."""
    parts = parts_of(module)
    kinds: set[Any] = {type(part) for part in parts}
    of_their_own = [part for part in parts if "train" in vars(part) or "eval" in vars(part)]
    if of_their_own or not all([_has_usual_modes(kind) for kind in kinds]):
        return module.eval()
    for part in parts:
        vars(part)["training"] = False
    return module


def _copy_tensors(parts: list[Any], memo: dict[int, Any], double: bool) -> None:
    """Copy the parameters and buffers of modules that are no more than their numbers."""
    from torch import Tensor, float64
    from torch.nn import Parameter

    for tensor in [one for part in parts for one in numbers_of(part)]:
        kind = type(tensor)
        if kind is Parameter or (kind is Tensor and not (tensor.requires_grad or vars(tensor))):
            numbers = tensor.detach()
            cast = double and numbers.is_floating_point() and numbers.dtype is not float64
            numbers = numbers.double() if cast else numbers.clone()
            if kind is Parameter:
                numbers = Parameter(numbers, tensor.requires_grad)
            memo[id(tensor)] = numbers


@lru_cache(maxsize=1024)
def _is_usual(kind: type) -> bool:
    """Whether a class of modules has no way of its own to be made and copied."""
    methods = ((getattr(kind, way, None), getattr(object, way, None)) for way in _WAYS)
    return (
        all(
            method is objects or getattr(method, "__module__", "").startswith("torch.nn.modules.")
            for method, objects in methods
        )
        and kind.__new__ is object.__new__
        and kind not in copyreg.dispatch_table
        and not issubclass(kind, (list, dict, set, tuple, str))
        and "__dict__" not in vars(kind)
    )


@lru_cache(maxsize=1024)
def _has_usual_modes(kind: type) -> bool:
    """Whether a class of modules is switched between training and eval as torch's layers are."""
    from torch.nn import Module

    names = ("train", "eval", "__setattr__")
    usual = all(getattr(kind, name) is getattr(Module, name) for name in names)
    return usual and not hasattr(kind, "training")
