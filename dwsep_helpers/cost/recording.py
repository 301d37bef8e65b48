"""Write down each operation that a module runs, through torch's dispatcher."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from math import prod
from typing import TYPE_CHECKING, Any

from dwsep_helpers.cost.operations import NOTHING, kind_and_macs, plain_name
from dwsep_helpers.cost.tables import Row
from dwsep_helpers.cost.weights import Weights, is_plain

if TYPE_CHECKING:
    import torch

# They read some rows of a table, those that they are asked for.
_BAGS = ("_embedding_bag", "_embedding_bag_forward_only")
_LOOKUPS = ("embedding", *_BAGS, "index", "index_select", "gather", "_unsafe_index")
# From one way of storing numbers to another, and looks at what is stored.
_CONVERTS = re.compile(r"_?(to_|_?nested_(tensor|view|get)|values|indices|coalesce|detach|alias)")


class _Record:
    """What was found so far, and which modules run in each thread."""

    def __init__(self, module: torch.nn.Module, writes: Callable[[torch.Tensor], None]):
        self.names = {part: name or type(module).__name__ for name, part in module.named_modules()}
        self.root = type(module).__name__
        self.writes = writes
        self.weights = Weights(module)
        self.rows: list[Row] = []
        self.done = False
        self._running = threading.local()

    @property
    def running(self) -> list[str]:
        """Names of the modules that run in this thread, the innermost last."""
        if not hasattr(self._running, "names"):
            self._running.names = [self.root]
        return self._running.names

    def __deepcopy__(self, _memo: Any) -> _Record:
        return self  # a module that is copied while it runs has its hooks copied

    def begin(self) -> None:
        """Write down what runs in this thread from here on."""
        self._running.recorder = _recorder_class()(self)
        self._running.recorder.__enter__()

    def end(self, *_error: Any) -> None:
        self._running.recorder.__exit__(None, None, None)
        del self._running.recorder

    def enter(self, part: torch.nn.Module, _inputs: Any) -> None:
        if not hasattr(self._running, "recorder"):  # a thread that ran before the profile
            self.begin()
            self._running.guest = len(self.running)
        self.running.append(self.names.get(part, self.running[-1]))

    def leave(self, _part: torch.nn.Module, _inputs: Any, _outputs: Any) -> None:
        self.running.pop()
        if getattr(self._running, "guest", None) == len(self.running):
            self.end()
            del self._running.guest

    def add(self, operation: Any, arguments: tuple[Any, ...], out: Any) -> None:
        """Write down an operation that has run."""
        row = _row(self.running[-1], operation, arguments, out, self.weights)
        if row:
            self.rows.append(row)


@contextmanager
def recording(
    module: torch.nn.Module, writes: Callable[[torch.Tensor], None]
) -> Iterator[list[Row]]:
    """Collect a row for each operation that runs inside, in threads that begin there too.

    Parameters
    ----------
    writes : callable
        Is called with each tensor that is about to be written to.
    """
    record = _Record(module, writes)
    with ExitStack() as stack:
        for part in record.names:
            if not _is_inside_a_program(part):
                stack.callback(part.register_forward_pre_hook(record.enter).remove)
                stack.callback(part.register_forward_hook(record.leave, always_call=True).remove)
        stack.enter_context(_in_new_threads(record.begin))
        stack.callback(setattr, record, "done", True)
        record.begin()
        stack.push(record.end)
        yield record.rows


def _is_inside_a_program(part: torch.nn.Module) -> bool:
    """Whether a module is scripted: torch calls its parts without Python, and without hooks."""
    import torch

    return isinstance(part, torch.jit.ScriptModule)


@contextmanager
def _in_new_threads(begin: Callable[[], Any]) -> Iterator[None]:
    """Call a function first of all in each thread that begins."""
    before = threading.getprofile()

    def first(frame: Any, event: Any, argument: Any) -> None:
        sys.setprofile(before)
        begin()
        if before is not None:
            before(frame, event, argument)

    threading.setprofile(first)
    try:
        yield
    finally:
        threading.setprofile(before)


@cache
def _recorder_class() -> type:
    from torch._ops import HigherOrderOperator
    from torch.utils._python_dispatch import TorchDispatchMode

    class Recorder(TorchDispatchMode):
        supports_higher_order_operators = True

        def __init__(self, record: _Record):
            super().__init__()
            self.record = record

        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # True would import torch._dynamo at the first operation: 2 s

        @classmethod
        def ignore_compile_internals(cls) -> bool:
            return True  # torch.cond compiles itself; what it then runs is recorded

        def __torch_dispatch__(
            self, operation: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            kwargs = kwargs or {}
            if self.record.done:  # in a thread that lives on
                return operation(*args, **kwargs)
            if isinstance(operation, HigherOrderOperator):
                return self.higher_order(operation, args, kwargs)
            given = (*args, *kwargs.values())
            if all(map(is_plain, tensors(given))) and _may_decompose(operation):
                with self:  # inference mode hands over whole functions, such as conv2d
                    out = operation.decompose(*args, **kwargs)
                if out is not NotImplemented:
                    return out
            for tensor in _written(operation, args, kwargs):
                self.record.writes(tensor)
            out = operation(*args, **kwargs)
            self.record.add(operation, given, out)
            return out

        def higher_order(self, operation: Any, args: Any, kwargs: Any) -> Any:
            if operation.name() == "cond":
                condition, then, otherwise, operands = args
                with self:
                    return (then if condition else otherwise)(*operands)
            out = operation(*args, **kwargs)
            self.record.add(operation, (*args, *kwargs.values()), out)
            return out

    return Recorder


@cache
def _may_decompose(operation: Any) -> bool:
    import torch

    key = torch._C.DispatchKey.CompositeImplicitAutograd  # which prim.device has nothing of
    return operation.namespace != "prim" and operation.has_kernel_for_dispatch_key(key)


@cache
def _writing(operation: Any) -> tuple[tuple[int, str], ...]:
    """Return the place and the name of each argument that an operation writes to."""
    return tuple(
        (place, argument.name)
        for place, argument in enumerate(operation._schema.arguments)
        if argument.alias_info is not None and argument.alias_info.is_write
    )


def _written(operation: Any, args: Any, kwargs: Any) -> Iterator[torch.Tensor]:
    for place, name in _writing(operation):
        value = args[place] if place < len(args) else kwargs.get(name)
        yield from (tensor for tensor in tensors((value,)) if is_plain(tensor))


def _row(
    module: str, overload: Any, arguments: tuple[Any, ...], out: Any, weights: Weights
) -> Row | None:
    """Describe one operation; None for one that only looks at numbers another way."""
    packet = getattr(overload, "overloadpacket", None)
    operation = packet.__name__ if packet else overload.name()
    given, outputs = list(tensors(arguments)), list(tensors((out,)))
    if not all(map(is_plain, (*given, *outputs))):
        return _unknown(module, operation, given, outputs, weights)
    if not given or not outputs or (packet and _is_view(overload)):
        return None
    output = tuple(outputs[0].shape)
    kind, macs = kind_and_macs(operation, arguments, output)
    if all(x in weights for x in given):  # computed from weights alone, or one converted
        for x in outputs:
            weights.add(x)
    if kind == NOTHING:
        return None
    taken, read = _weights_and_inputs(operation, given, weights)
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
        weight_elements=_weights_read(operation, taken, read, outputs[0]),
        output_elements=prod(output),
    )


def _unknown(
    module: str, operation: str, given: list[Any], outputs: list[Any], weights: Weights
) -> Row:
    """Describe an operation on tensors that don't store what their shape says."""
    odd = next(x for x in (*given, *outputs) if not is_plain(x))
    word = "nested" if odd.is_nested else str(odd.layout).removeprefix("torch.").strip("_")
    if word == "strided":
        word = type(odd).__name__
    taken = [x for x in given if x in weights]
    if taken and len(taken) == len(given):
        for x in outputs:
            weights.add(x)
    plain = [x for x in taken if is_plain(x)]
    return Row(
        name=module,
        operation=f"{plain_name(operation)} of {word} tensors",
        kind="copy" if _CONVERTS.match(operation) else "other",
        input_shape=(),
        weight_shape=tuple(plain[0].shape) if plain else (),
        output_shape=(),
        macs=0,
        params=sum(weights.take(x) for x in plain),
        input_elements=0,
        weight_elements=sum(map(_stored, plain)),
        output_elements=0,
    )


def _weights_and_inputs(
    operation: str, given: list[torch.Tensor], weights: Weights
) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    # A convolution's weight may be computed from inputs: by another network, for one.
    by_place = given[1:] if operation.strip("_") == "convolution" else []
    taken = [x for x in given if x in weights or any(x is weight for weight in by_place)]
    return taken, [x for x in given if not any(x is weight for weight in taken)]


def _weights_read(
    operation: str, taken: list[torch.Tensor], read: list[torch.Tensor], output: torch.Tensor
) -> int:
    """Count the weights that are read: of a table, the rows that are asked for."""
    if operation not in _LOOKUPS:
        return sum(map(_stored, taken))
    asked = output.numel()
    if operation in _BAGS and taken and read:
        asked = read[0].numel() * taken[0].shape[-1]
    return sum(min(_stored(x), asked) for x in taken)


def _stored(tensor: torch.Tensor) -> int:
    """Count a tensor's numbers, those that it only repeats once."""
    return min(tensor.numel(), tensor.untyped_storage().nbytes() // tensor.element_size())


@cache
def _is_view(overload: Any) -> bool:
    """Whether an operation returns its input's memory, unwritten."""
    alias = overload._schema.returns[0].alias_info if overload._schema.returns else None
    return alias is not None and not alias.is_write


def tensors(values: Any) -> Iterator[torch.Tensor]:
    """Go through the tensors among values, those in lists and dicts too."""
    import torch

    for value in values.values() if isinstance(values, Mapping) else values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (list, tuple, Mapping)):
            yield from tensors(value)
