"""Profile a network of torch's: run it once and write down what it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from math import prod
from typing import TYPE_CHECKING, Any

from dwsep_helpers.cost.operations import NOTHING, kind_and_macs, plain_name
from dwsep_helpers.cost.tables import Profile, Row

if TYPE_CHECKING:
    import torch


def profile(
    module: torch.nn.Module, input_size: Sequence[int] = (1, 3, 224, 224), *, inputs: Any = None
) -> Profile:
    """Profile a network: what each operation costs, in the order in which they run.

    It runs once, on zeros, in evaluation mode and without gradients. Afterwards the module is as
    it was: its modes, its buffers, its hooks, and the random numbers to come.

    Functional calls count as modules do, a module that runs twice has two rows, and its parameters
    count in the first. MACs are counted as ``dwsep_helpers.cost`` says: no bias, no discount for
    padding zeros, and none for norms and activations, which have rows of their own. Grouped by
    how they connect channels, convolutions of one, two and three dimensions are alike; transposed
    ones are a kind of their own, and multiply each *input* by all its taps. Attention counts its
    two matrix products, masked or not. What may multiply and isn't known is of kind ``"other"``,
    and the profile says so.

    Parameters
    ----------
    module : torch.nn.Module
        Any, on any device.
    input_size : sequence of int
        Shape of its one input: :math:`(N, C_{in}, H, W)` for images.
    inputs : torch.Tensor, or tuple of what the module takes, optional
        In place of zeros of ``input_size``: token numbers, several inputs, other types.

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
    for name, parameter in module.named_parameters():
        if isinstance(parameter, torch.nn.parameter.UninitializedParameter):
            raise ValueError(f"{name} of module has no shape yet: run the module once first")
    if inputs is None:
        inputs, given = _zeros(module, input_size), f"zeros of shape {tuple(input_size)}"
    else:
        given = "the given inputs"
    if not isinstance(inputs, tuple):
        inputs = (inputs,)
    title = type(module).__name__ + "".join(
        f", input {'×'.join(map(str, x.shape))}" for x in inputs if isinstance(x, torch.Tensor)
    )
    with _left_alone(module), _recording(module) as rows:
        try:
            module(*inputs)
        except Exception as error:
            error.add_note(f"profile() gave {type(module).__name__} {given}.")
            raise
    owned = {id(p): p.numel() for p in module.parameters()}
    return Profile(title, rows, sum(owned.values()) - sum(row.params for row in rows))


def _zeros(module: torch.nn.Module, input_size: Sequence[int]) -> torch.Tensor:
    """Return an input of the module's type and on its device."""
    import torch

    sizes = list(input_size) if isinstance(input_size, Sequence) else []
    if not sizes or not all(isinstance(n, int) and not isinstance(n, bool) for n in sizes):
        raise TypeError(f"input_size is {input_size!r}, and a sequence of int is asked for")
    if min(sizes) < 1:
        raise ValueError(f"input_size is {tuple(sizes)}, and each size is at least 1")
    parameters = (p for p in module.parameters() if p.is_floating_point())
    like = next(parameters, torch.empty(0))
    return torch.zeros(sizes, dtype=like.dtype, device=like.device)


@contextmanager
def _left_alone(module: torch.nn.Module) -> Iterator[None]:
    """Put a module in evaluation mode, and everything back as it was at the end."""
    import torch

    # Fused layers hide their products, and torch takes them where it can.
    attention = torch.backends.mha
    recurrent: Any = torch.backends.mkldnn  # types don't know that its flags can be set
    fused = attention.get_fastpath_enabled(), recurrent.enabled
    before = [(part, part.training, dict(part._buffers)) for part in module.modules()]
    numbers = [(b, b.clone()) for b in module.buffers() if not b.is_meta]
    with ExitStack() as stack:
        stack.callback(attention.set_fastpath_enabled, fused[0])
        stack.callback(setattr, recurrent, "enabled", fused[1])
        stack.enter_context(torch.no_grad())
        stack.enter_context(torch.random.fork_rng(devices=[]))
        attention.set_fastpath_enabled(False)
        recurrent.enabled = False
        try:
            for part, _, _ in before:
                part.training = False
            yield
        finally:
            for part, training, buffers in before:
                part.training = training
                part._buffers.update(buffers)
            for buffer, kept in numbers:
                if not torch.equal(buffer, kept):
                    buffer.copy_(kept)


@contextmanager
def _recording(module: torch.nn.Module) -> Iterator[list[Row]]:
    """Collect a row for each operation that runs inside."""
    from torch.utils._python_dispatch import TorchDispatchMode

    names = {part: name or type(module).__name__ for name, part in module.named_modules()}
    running: list[str] = [type(module).__name__]
    weights = _Weights(module)
    rows: list[Row] = []

    class Recorder(TorchDispatchMode):
        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # True would import torch._dynamo at the first operation: 2 s

        def __torch_dispatch__(
            self, operation: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            kwargs = kwargs or {}
            with self:  # inference mode hands over whole functions, such as conv2d
                out = operation.decompose(*args, **kwargs)
            if out is NotImplemented:
                out = operation(*args, **kwargs)
                row = _row(running[-1], operation, (*args, *kwargs.values()), out, weights)
                rows.extend([row] if row else [])
            return out

    def enter(part: torch.nn.Module, _inputs: Any) -> None:
        running.append(names[part])

    def leave(_part: torch.nn.Module, _inputs: Any, _outputs: Any) -> None:
        running.pop()

    with ExitStack() as stack:
        for part in names:
            stack.callback(part.register_forward_pre_hook(enter).remove)
            stack.callback(part.register_forward_hook(leave, always_call=True).remove)
        with Recorder():
            yield rows


class _Weights:
    """A module's parameters and buffers, found again behind transposes and slices of them."""

    def __init__(self, module: torch.nn.Module):
        self._left = {_memory(p): 0 for p in module.parameters()}
        for parameter in {id(p): p for p in module.parameters()}.values():
            self._left[_memory(parameter)] += parameter.numel()
        self._buffers = {_memory(b) for b in module.buffers()}

    def __contains__(self, tensor: torch.Tensor) -> bool:
        return _memory(tensor) in self._left or _memory(tensor) in self._buffers

    def take(self, tensor: torch.Tensor) -> int:
        """Return how many parameters a tensor uses that nothing has used before."""
        memory = _memory(tensor)
        new = min(self._left.get(memory, 0), tensor.numel())
        if new:
            self._left[memory] -= new
        return new


def _memory(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage()._cdata


def _row(
    module: str, overload: Any, arguments: tuple[Any, ...], out: Any, weights: _Weights
) -> Row | None:
    """Describe one operation; None for one that only looks at numbers another way."""
    operation = overload.overloadpacket.__name__
    tensors = list(_tensors(arguments))
    outputs = list(_tensors((out,)))
    if not tensors or not outputs or _is_view(overload):
        return None
    output = tuple(outputs[0].shape)
    kind, macs = kind_and_macs(operation, arguments, output)
    if kind == NOTHING:
        return None
    taken, read = _weights_and_inputs(operation, tensors, weights)
    if kind == "matmul" and taken:
        kind = "linear"
    return Row(
        name=module,
        operation=plain_name(operation),
        kind=kind,
        input_shape=tuple(read[0].shape) if read else (),
        weight_shape=tuple(max(taken, key=lambda x: x.ndim).shape) if taken else (),
        output_shape=output,
        macs=macs,
        params=sum(weights.take(x) for x in taken),
        input_elements=sum(map(_stored, read)),
        weight_elements=sum(map(_stored, taken)),
        output_elements=prod(output),
    )


def _weights_and_inputs(
    operation: str, tensors: list[torch.Tensor], weights: _Weights
) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    # A convolution's weight may be computed: from a norm and a direction, for one.
    by_place = tensors[1:] if operation == "convolution" else []
    taken = [x for x in tensors if x in weights or any(x is weight for weight in by_place)]
    return taken, [x for x in tensors if not any(x is weight for weight in taken)]


def _stored(tensor: torch.Tensor) -> int:
    """Count a tensor's numbers, those that it only repeats once."""
    return min(tensor.numel(), tensor.untyped_storage().nbytes() // tensor.element_size())


def _is_view(overload: Any) -> bool:
    """Whether an operation returns its input's memory, unwritten."""
    alias = overload._schema.returns[0].alias_info if overload._schema.returns else None
    return alias is not None and not alias.is_write


def _tensors(values: Any) -> Iterator[torch.Tensor]:
    """Go through the tensors among arguments, lists of them too."""
    import torch

    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _tensors(value)
