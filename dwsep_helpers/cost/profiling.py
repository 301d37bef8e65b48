"""Profile a network of torch's: run it once and write down what it does."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from dwsep_helpers.cost.keeping import kept
from dwsep_helpers.cost.recording import recording, tensors
from dwsep_helpers.cost.tables import Profile
from dwsep_helpers.cost.weights import is_plain
from dwsep_helpers.kernels.shapes import integers

if TYPE_CHECKING:
    import torch


def profile(
    module: torch.nn.Module, input_size: Sequence[int] = (1, 3, 224, 224), *, inputs: Any = None
) -> Profile:
    """Profile a network: what each operation costs, in the order in which they run.

    It runs once, on zeros, in evaluation mode and without gradients. Afterwards the module is as
    it was: its numbers, its modes, its attributes and what they hold, its hooks, what was compiled
    of it, and the random numbers to come; also if it raised an error on the way.

    Functional calls count as modules do, a module that runs twice has two rows, and its parameters
    count in the first. MACs are counted as ``dwsep_helpers.cost`` says: no bias, no discount for
    padding zeros, and none for norms and activations, which have rows of their own. Grouped by
    how they connect channels, convolutions of one, two and three dimensions are alike; transposed
    ones are a kind of their own, and multiply each *input* by all its taps. Attention counts its
    two matrix products, masked or not. What may multiply and isn't known is of kind ``"other"``,
    and the profile says so; so are operations on tensors that don't store all their numbers
    (sparse, nested and packed ones). Scripted parts are counted by the module that calls them,
    work in threads too, and of two branches the one that was taken. Other counters differ: see
    ``dwsep_helpers.cost``.

    Parameters
    ----------
    module : torch.nn.Module
        Any, on any device.
    input_size : sequence of int
        Shape of its one input: :math:`(N, C_{in}, H, W)` for images.
    inputs : torch.Tensor, or tuple or dict of what the module takes, optional
        In place of zeros of ``input_size``: token numbers, several inputs, other types. A dict
        means keywords if its keys are names of the module's parameters, and else one input. A
        named tuple is one, too: a ``PackedSequence``, for one.

    Raises
    ------
    TypeError
        If ``module`` is no module, or ``input_size`` no sequence of integers.
    ValueError
        If a size is below 1, or the module has parameters without a shape yet (lazy ones).
    Exception
        Whatever the module raises, with a note on what it was given.

    Examples
    --------
    >>> import torch
    >>> layer = torch.nn.Conv2d(3, 256, 5, padding=2, bias=False)
    >>> print(profile(layer, (1, 3, 8, 8)).total)
    1.23 M MACs · 19.2 k parameters · moves 35.8 k elements: 192 in, 19.2 k weights, 16.4 k out
    """
    try:
        import torch
    except ModuleNotFoundError as missing:
        missing.add_note("profile() runs networks of torch's: pip install torch")
        raise

    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"module is a {type(module).__name__}, and a torch.nn.Module is profiled")
    for name, numbers in (*module.named_parameters(), *module.named_buffers()):
        if torch.nn.parameter.is_lazy(numbers):
            raise ValueError(f"{name} of module has no shape yet: run the module once first")
    if inputs is None:
        inputs = _zeros(module, input_size)
        given = f"zeros of shape {tuple(inputs.shape)}"
    else:
        given = "the given inputs"
    arguments, keywords = _arguments(module, inputs)
    title = type(module).__name__ + "".join(
        f", input {'×'.join(map(str, x.shape))}"
        for x in tensors((arguments, keywords))
        if is_plain(x)
    )
    with kept(module, (arguments, keywords)) as writes, recording(module, writes) as rows:
        try:
            module(*arguments, **keywords)
        except Exception as error:
            error.add_note(f"profile() gave {type(module).__name__} {given}.")
            raise
    owned = {id(p): p.numel() for p in module.parameters()}
    return Profile(title, rows, sum(owned.values()) - sum(row.params for row in rows))


def _zeros(module: torch.nn.Module, input_size: Sequence[int]) -> torch.Tensor:
    """Return an input of the module's type and on its device."""
    import torch

    if isinstance(input_size, torch.Tensor):
        raise TypeError("input_size is a tensor, and sizes are asked for: tensors go to inputs")
    sizes = integers("input_size", input_size, at_least=1)
    parameters = (p for p in module.parameters() if p.is_floating_point())
    like = next(parameters, torch.empty(0))
    with getattr(like, "fake_mode", None) or nullcontext():
        return torch.zeros(sizes, dtype=like.dtype, device=like.device)


def _arguments(module: torch.nn.Module, inputs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return what to call a module with: a dict whose keys its forward knows means keywords."""
    if isinstance(inputs, tuple) and not hasattr(inputs, "_fields"):
        return inputs, {}
    if isinstance(inputs, Mapping) and inputs and all(isinstance(name, str) for name in inputs):
        try:
            inspect.signature(module.forward).bind(**inputs)
        except (TypeError, ValueError):
            return (inputs,), {}
        return (), dict(inputs)
    return (inputs,), {}
