"""Run a module and leave it as it was: numbers, modes, attributes, random numbers to come."""

from __future__ import annotations

import random
import sys
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from dwsep_helpers.cost.weights import memory

if TYPE_CHECKING:
    import torch


@contextmanager
def kept(module: torch.nn.Module, inputs: Any) -> Iterator[Callable[[torch.Tensor], None]]:
    """Put a module in evaluation mode, and everything back as it was at the end.

    Parameters and buffers get back their numbers, shapes, memory and gradients, modules their
    attributes and what these hold: tensors, lists, objects. New ones go; inputs get back their
    numbers; random numbers of torch, NumPy and Python continue as if nothing had run. What
    is compiled runs as it was written, since torch would give up on its compiled form else.

    Tensors are many, and few modules write to them: what is yielded is to be called with each
    tensor before it is written to.
    """
    import torch

    with ExitStack() as stack:
        stack.enter_context(torch.no_grad())
        stack.enter_context(torch.random.fork_rng(devices=_gpus(module)))
        stack.callback(random.setstate, random.getstate())
        stack.callback(np.random.set_state, np.random.get_state())
        if "torch._dynamo" in sys.modules and hasattr(torch.compiler, "set_stance"):
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        _take_apart(module, stack)
        reached = list(_reached([module, inputs]))
        stack.callback(_restore_contents, _contents(reached))
        numbers = _numbers(module)
        by_memory: dict[int, list[Any]] = defaultdict(list)
        buffers = {id(buffer) for buffer in module.buffers()}
        for tensor in reached:
            if isinstance(tensor, torch.Tensor) and id(tensor) not in buffers:
                by_memory[memory(tensor)].append(tensor)
        written: dict[int, tuple[Any, Any, Any]] = {}

        def writes(tensor: torch.Tensor) -> None:
            for ours in by_memory.get(memory(tensor), ()):
                if not (ours.is_meta or _is_fake(ours) or id(ours) in written):
                    written[id(ours)] = ours, ours.detach(), ours.detach().clone()

        try:
            for part in module.modules():
                if hasattr(part, "training"):  # a frozen program has no modes
                    part.training = False
            yield writes
        finally:
            for tensor, alias, copy in (*numbers, *written.values()):
                _restore(tensor, alias, copy)


def _gpus(module: torch.nn.Module) -> list[int]:
    found = {x.device.index for x in (*module.parameters(), *module.buffers()) if x.is_cuda}
    return sorted(index for index in found if index is not None)


def _take_apart(module: torch.nn.Module, stack: ExitStack) -> None:
    """Make fused layers show their products; torch takes them where it can."""
    import torch

    attention = torch.backends.mha
    stack.callback(attention.set_fastpath_enabled, attention.get_fastpath_enabled())
    attention.set_fastpath_enabled(False)
    kinds = {getattr(part, "original_name", type(part).__name__) for part in module.modules()}
    if any(isinstance(part, torch.nn.RNNBase) for part in module.modules()) or "LSTM" in kinds:
        # Convolutions run several times slower without it, so only where it has to be.
        recurrent: Any = torch.backends.mkldnn  # types don't know that its flags can be set
        stack.callback(setattr, recurrent, "enabled", recurrent.enabled)
        recurrent.enabled = False


def _reached(values: list[Any]) -> Iterator[Any]:
    """Go through what values hold, and what that holds, each once, in attributes too."""
    import torch

    seen: set[int] = set()
    left = list(values)
    while left:
        value = left.pop()
        if isinstance(value, (int, float, str, bytes)) or id(value) in seen:
            continue
        seen.add(id(value))
        yield value
        if isinstance(value, torch.Tensor):
            if value.is_leaf and not torch.nn.parameter.is_lazy(value) and value.grad is not None:
                left.append(value.grad)
        elif isinstance(value, dict):
            left += value.values()
        elif isinstance(value, (list, tuple, set, deque)):
            left += value
        elif _has_attributes(value):
            left.append(vars(value))


def _has_attributes(value: Any) -> bool:
    """Whether a value is a module or an object of one's own: not Python's, nor torch's."""
    import torch

    if isinstance(value, torch.jit.ScriptModule) or not hasattr(value, "__dict__"):
        return False
    if isinstance(value, (torch.nn.Module, torch.optim.Optimizer, SimpleNamespace)):
        return True
    package = type(value).__module__.partition(".")[0]
    return package != "torch" and package not in sys.stdlib_module_names


def _contents(reached: list[Any]) -> list[tuple[Any, Any]]:
    """Return what can change without being written to as a tensor, and what it is now."""
    import torch

    found: list[tuple[Any, Any]] = []
    for value in reached:
        if isinstance(value, (dict, list, set, deque)):
            found.append((value, dict(value) if isinstance(value, dict) else list(value)))
        elif isinstance(value, torch.jit.ScriptModule):
            found.append((value, getattr(value, "training", None)))
        elif isinstance(value, torch.nn.Parameter) and not torch.nn.parameter.is_lazy(value):
            found.append((value, (value.requires_grad, value.grad)))
    return found


def _restore_contents(contents: list[tuple[Any, Any]]) -> None:
    for value, before in contents:
        if isinstance(value, (dict, list, set, deque)):
            if not _same_things(value, before):
                value.clear()
                (value.extend if isinstance(value, (list, deque)) else value.update)(before)
        elif isinstance(before, tuple):
            requires_grad, value.grad = before
            if value.requires_grad != requires_grad:
                value.requires_grad_(requires_grad)
        elif before is not None:
            value.training = before


def _same_things(value: Any, before: Any) -> bool:
    if isinstance(before, dict):
        return _same_things([*value, *value.values()], [*before, *before.values()])
    return len(value) == len(before) and all(a is b for a, b in zip(value, before, strict=True))


def _numbers(module: torch.nn.Module) -> list[tuple[Any, Any, Any]]:
    """Return each parameter and buffer, what it is, and for buffers the numbers."""
    found: list[tuple[Any, Any, Any]] = [(p, p.detach(), None) for p in module.parameters()]
    for buffer in module.buffers():
        readable = not buffer.is_meta and not _is_fake(buffer)
        found.append((buffer, buffer.detach(), buffer.detach().clone() if readable else None))
    return found


def _restore(tensor: Any, alias: Any, copy: Any) -> None:
    if copy is not None and tensor.shape == copy.shape and tensor.dtype == copy.dtype:
        if not _same(tensor, copy):
            tensor.detach().copy_(copy)
        return
    if copy is not None:
        tensor.data = copy
    elif memory(tensor) != memory(alias) or tensor.shape != alias.shape:
        tensor.data = alias


def _same(tensor: Any, copy: Any) -> bool:
    import torch

    try:
        return torch.equal(tensor, copy)
    except (RuntimeError, NotImplementedError):  # layouts that can't be compared
        return False


def _is_fake(tensor: Any) -> bool:
    return hasattr(tensor, "fake_mode")
