"""Run a module and leave it as it was: numbers, modes, attributes, random numbers to come."""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from dwsep_helpers.cost.weights import memory

if TYPE_CHECKING:
    import torch


@contextmanager
def kept(module: torch.nn.Module) -> Iterator[Callable[[torch.Tensor], None]]:
    """Put a module in evaluation mode, and everything back as it was at the end.

    Parameters and buffers get back their numbers, shapes and memory, modules their attributes,
    new ones go; random numbers of torch, NumPy and Python continue as if nothing had run. What
    is compiled runs as it was written, since torch would give up on its compiled form else.

    Parameters are many, and few modules write to them: what is yielded is to be called with each
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
        stack.callback(_restore_attributes, _attributes(module))
        numbers = _numbers(module)
        by_memory: dict[int, list[Any]] = defaultdict(list)
        for parameter in module.parameters():
            by_memory[memory(parameter)].append(parameter)
        written: dict[int, tuple[Any, Any]] = {}

        def writes(tensor: torch.Tensor) -> None:
            for parameter in by_memory.get(memory(tensor), ()):
                if not parameter.is_meta:
                    written.setdefault(id(parameter), (parameter, parameter.detach().clone()))

        try:
            for part in module.modules():
                if hasattr(part, "training"):  # a frozen program has no modes
                    part.training = False
            yield writes
        finally:
            for tensor, alias, copy in numbers:
                _restore(tensor, alias, copy)
            for parameter, copy in written.values():
                parameter.detach().copy_(copy)


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


def _attributes(module: torch.nn.Module) -> list[tuple[Any, bool | None, dict, list]]:
    """Return each part, its mode and its attributes, and what stands in those that hold several."""
    import torch

    found: list[tuple[Any, bool | None, dict, list]] = []
    for part in module.modules():
        mode = getattr(part, "training", None)
        if isinstance(part, torch.jit.ScriptModule):
            found.append((part, mode, {}, []))
            continue
        several = [
            (value, value.copy())
            for value in vars(part).values()
            if isinstance(value, (dict, list, set))
        ]
        found.append((part, mode, dict(vars(part)), several))
    return found


def _restore_attributes(parts: list[tuple[Any, bool | None, dict, list]]) -> None:
    for part, mode, attributes, several in parts:
        if attributes:
            vars(part).clear()
            vars(part).update(attributes)
        elif mode is not None:
            part.training = mode
        for value, before in several:
            if isinstance(value, list):
                value[:] = before
            else:
                value.clear()
                value.update(before)


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
