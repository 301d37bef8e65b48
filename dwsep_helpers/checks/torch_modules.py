"""Compare torch modules by what they compute, with the same weights in both.

A learner's module may be built in any way and its layers called anything. Its layers are told
apart by the order in which they run, whether they are layers of torch's or parameters that go to
its functions; each gets weights that depend on its place alone, and the module's outputs are then
an array like any other answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np

from dwsep_helpers.checks.compare import WrongTypeError, described
from dwsep_helpers.checks.copies import copied_module, in_eval, numbers_of, parts_of
from dwsep_helpers.checks.guard import calls_ours, unwatched
from dwsep_helpers.checks.inputs import whole
from dwsep_helpers.translation import Phrase, phrase_n

if TYPE_CHECKING:
    from torch import Tensor, nn

# What is built with torch is built with these; its ready-made folding, for one, is not allowed.
TORCH_LAYERS = (
    "torch.*Conv2d",
    "torch.*conv2d",
    "torch.*convolution",
    "torch.*convolution_backward",
)
MAPS = ("N", "C_out", "H_out", "W_out")
# The numbers of a layer by their names: a norm has all four, any other the first two.
Layer = dict[str, "Tensor | None"]
Seen = TypeVar("Seen")
_OF_LAYERS, _OF_NORMS = ("weight", "bias"), ("weight", "bias", "running_mean", "running_var")
_PRODUCT = ("input", "other")
# What torch says where numbers of two types meet.
_OF_TYPES = re.compile("type|float|double", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Outputs:
    """A view of a module: what it gives for x in eval mode and float64."""

    x: np.ndarray
    same_weights: bool = True  # give layers weights by their place; False keeps their own
    seed: int = 0  # drawn for the weights

    @classmethod
    def drawn(cls, rng: np.random.Generator, *shape: int, scale: float = 1) -> Self:
        """Return a view with numbers that are drawn, of x and for the weights."""
        return cls(scale * rng.normal(size=shape), seed=whole(rng, 1, 2**31))

    def __call__(self, answer: Any) -> np.ndarray:
        """Return the outputs."""
        import torch

        with torch.inference_mode(False), torch.enable_grad():  # some cell may have set either
            return _in_double(self._of, _with_weights(_module(answer), self.x))

    def _of(self, module: nn.Module) -> np.ndarray:
        if self.same_weights:
            _fill_by_place(module, self.x, self.seed)
        return self.seen(module)

    def seen(self, module: nn.Module) -> np.ndarray:
        """Return what is compared of a module in eval mode that has its weights."""
        return _outputs(module, _tensor(self.x))


class OutputsAgain(Outputs):
    """A view of a module that gets the same tensor twice: its outputs the second time."""

    def seen(self, module: nn.Module) -> np.ndarray:
        """Return the outputs, which differ where the module writes into its input."""
        x = _tensor(self.x)
        _outputs(module, x)
        return _outputs(module, x)


class OutputsInTraining(Outputs):
    """A view of a module in training mode: norms use the batch, and dropout drops everything."""

    def seen(self, module: nn.Module) -> np.ndarray:
        """Return the outputs."""
        import torch

        _settle(module)
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            torch.default_generator.manual_seed(0)  # manual_seed asks for each accelerator
            return _run(module.train(), _tensor(self.x)).numpy()


class OutputsAfterTraining(Outputs):
    """A view of a module in eval mode, after a step of training: what the step left behind.

    That is the norms' running statistics, and weights that went down the gradient of some loss.
    """

    def seen(self, module: nn.Module) -> np.ndarray:
        """Return the outputs."""
        import torch

        _settle(module)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(0)  # manual_seed asks for each accelerator
            y = _run(module.train(), _tensor(self.x))
            if y.requires_grad:
                towards = np.random.default_rng(self.seed).normal(size=tuple(y.shape))
                (y * torch.from_numpy(towards)).mean().backward()
        with torch.no_grad():
            for weight in module.parameters():
                if weight.grad is not None:
                    weight.sub_(weight.grad)
        return _outputs(module.eval(), _tensor(self.x))


class GradientAtInput(Outputs):
    """A view of a module in eval mode: the gradient of some loss that reaches its input."""

    def seen(self, module: nn.Module) -> np.ndarray:
        """Return the gradient, 0 where none comes through."""
        import torch

        x = _tensor(self.x).requires_grad_()
        y = _run(module, x.clone())  # a copy: some modules write into their input
        if y.requires_grad:
            towards = np.random.default_rng(self.seed).normal(size=tuple(y.shape))
            (y * torch.from_numpy(towards)).sum().backward()
        return np.zeros_like(self.x) if x.grad is None else x.grad.numpy()


class Parameters(Outputs):
    """A view of a module: how many numbers it holds to be learned, also where none runs."""

    def __call__(self, answer: Any) -> int:  # type: ignore[override]
        """Return their number."""
        module = _with_weights(_module(answer), self.x)
        return sum(weight.numel() for weight in module.parameters())


@dataclass(frozen=True, eq=False)
class OutputsWithoutNorms(Outputs):
    """A view of a folded network: its outputs, if no norm is left in it.

    In a network that was traced or scripted, norms are no modules any more.
    """

    same_weights: bool = False

    def __call__(self, answer: Any) -> np.ndarray:
        """Return the outputs."""
        from torch import nn
        from torch.nn.modules.batchnorm import _NormBase

        norms = (_NormBase, nn.GroupNorm, nn.LayerNorm)
        left = sum(isinstance(part, norms) for part in _parts(_module(answer)))
        if left:
            why = phrase_n(
                "a network in which {n} norm is left", "a network in which {n} norms are left", left
            )
            raise WrongTypeError(why)
        return super().__call__(answer)


class OutputsWithoutNormsInTraining(OutputsWithoutNorms, OutputsInTraining):
    """A view of a folded network in training mode, where it does as in eval mode."""


@dataclass(frozen=True, eq=False)
class OutputsOfConvolution(Outputs):
    """A view of one convolution: its outputs, if it is an ``nn.Conv2d`` and no more."""

    same_weights: bool = False

    def __call__(self, answer: Any) -> np.ndarray:
        """Return the outputs."""
        from torch import nn

        if not isinstance(_module(answer), nn.Conv2d):
            what = described(answer)
            raise WrongTypeError(Phrase("{what}; one nn.Conv2d is asked for", what=what))
        return super().__call__(answer)


def macs_and_outputs(answer: Any, x: np.ndarray) -> tuple[list[int], np.ndarray]:
    """Return the MACs of a module's layers, of those that make any, and what it gives meanwhile.

    Layers are in order of execution, and have weights by their place.
    """
    return _in_double(partial(_macs_and_outputs, x), _with_weights(_module(answer), x))


def _macs_and_outputs(x: np.ndarray, module: nn.Module) -> tuple[list[int], np.ndarray]:
    from dwsep_helpers.cost import profile

    _fill_by_place(module, x)
    given: list[Any] = []
    hook = module.register_forward_hook(partial(_keep_outputs, given))
    try:
        profiled = profile(module, inputs=_tensor(x))
    finally:
        hook.remove()
    return [row.macs for row in profiled.rows if row.macs], given[-1]


@unwatched  # torch calls it while the learner's module runs
def _keep_outputs(given: list[Any], module: nn.Module, inputs: Any, outputs: Tensor) -> None:
    given.append(outputs.numpy().copy())


def random_norm(norm: nn.BatchNorm2d, seed: int, *, small: float = 0.2) -> nn.BatchNorm2d:
    """Give a batch norm numbers as training leaves them, none of them 0 or 1; in eval mode.

    Parameters
    ----------
    norm : BatchNorm2d
    seed : int
    small : float
        The least variance: near ``norm.eps``, it shows whether ε was forgotten.
    """
    layer = {name: getattr(norm, name) for name in _OF_NORMS}
    _fill_norm(layer, np.random.default_rng(seed), small)
    return norm.eval()


def _module(answer: Any) -> nn.Module:
    from torch import nn

    if isinstance(answer, type):
        called = Phrase("the class {name}; call it to build a module", name=answer.__name__)
        raise WrongTypeError(called)
    if not isinstance(answer, nn.Module):
        raise WrongTypeError(Phrase("{what}; an nn.Module is asked for", what=described(answer)))
    return answer


def _with_weights(module: nn.Module, x: np.ndarray) -> nn.Module:
    """Let lazy layers, which make their weights when they first run, make them."""
    import torch
    from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

    lazy = UninitializedParameter, UninitializedBuffer
    kinds = {type(one) for part in parts_of(module) for one in numbers_of(part)}
    if any(issubclass(kind, lazy) for kind in kinds):
        with torch.no_grad():
            module.eval()(torch.from_numpy(np.asarray(x, dtype=np.float32)))
    return module


@calls_ours
def _in_double(look: Callable[[nn.Module], Seen], made: nn.Module) -> Seen:
    """Look at a copy of a module, in eval mode and float64.

    It may make tensors of float32 on its way. If that keeps it from running, what makes them makes
    float64 as well. And a function within it may know one of its layers from where it was written:
    that layer is in no copy, so at last the module itself is looked at.
    """
    import torch

    def copy() -> nn.Module:
        return in_eval(copied_module(made, double=True))

    try:
        return look(copy())
    except WrongTypeError:
        raise
    except Exception as error:
        if not _is_of_types(error):
            raise
        _refuse_unseen_layers(made)
        before = torch.get_default_dtype()
        torch.set_default_dtype(torch.float64)
        try:
            with suppress(Exception), _mode(_doubling)():
                return look(copy())
            return _look_at_itself(look, made)
        except Exception:
            raise error from None
        finally:
            torch.set_default_dtype(before)


@calls_ours
def _look_at_itself(look: Callable[[nn.Module], Seen], module: nn.Module) -> Seen:
    """Look at a module of float32, and at no copy, in eval mode and float64; leave it as it was."""
    modes = {part: part.training for part in _parts(module)}
    numbers = {name: one.clone() for name, one in module.state_dict().items()}
    try:
        return look(module.double().eval())
    finally:
        module.float().load_state_dict(numbers)
        for part, mode in modes.items():
            part.training = mode


def _refuse_unseen_layers(module: nn.Module) -> None:
    """Refuse a module with layers that torch doesn't find in it, to convert or to train them."""
    from torch.nn import Module

    found = set(_parts(module))
    for part in found:
        for kept in vars(part).values():
            layers = kept.values() if isinstance(kept, dict) else kept
            if isinstance(kept, list | tuple | dict) and any(
                isinstance(layer, Module) and layer not in found and [*layer.parameters()]
                for layer in layers
            ):
                why = Phrase(
                    "a module that keeps layers in a {kind}, where torch doesn't find them; "
                    "{better} is asked for",
                    kind=type(kept).__name__,
                    better="nn.ModuleDict" if isinstance(kept, dict) else "nn.ModuleList",
                )
                raise WrongTypeError(why)


def _is_of_types(error: Exception) -> bool:
    return _OF_TYPES.search(str(error)) is not None


def _parts(module: nn.Module) -> list[nn.Module]:
    """Return the modules in a module, itself too; refuse those of which nothing is seen."""
    from torch.jit import ScriptModule

    parts = parts_of(module)
    if any(issubclass(kind, ScriptModule) for kind in {type(part) for part in parts}):
        raise WrongTypeError(Phrase("a network of torch.jit; layers of torch.nn are asked for"))
    return parts


def _in_order(module: nn.Module, x: np.ndarray) -> list[Layer]:
    """Return the layers with weights in the order in which they run first."""
    uses = _Uses(_parts(module))
    mode = _mode(_noting)()
    mode.uses = uses
    with mode:
        _outputs(module, _tensor(x))
    return uses.in_order()


class _Uses:
    """Which numbers of a module the functions of torch were given, in order.

    That also finds the layers of modules that hold bare parameters, or that hand a layer's weight
    to a function. A parameter that goes to none of the functions that are known is told by its
    axes: the weight of a layer, or the bias of the one before.
    """

    def __init__(self, parts: list[nn.Module]):
        from torch import Tensor, nn

        self.tensor, self.takes = Tensor, _takes()
        self.kinds: dict[type, str] = {}  # of what functions are given
        self.layers: dict[int, Layer] = {}  # by the id of any of their numbers
        self.bare: set[int] = set()  # parameters that are in no layer of torch's
        self.own: set[int] = set()  # those, and buffers
        self.seen: list[tuple[bool, Any]] = []  # layers for sure, and numbers that were used
        for part in parts:
            if isinstance(part, nn.BatchNorm2d):
                self._add({name: getattr(part, name) for name in _OF_NORMS})
            elif isinstance(part, nn.Conv2d | nn.Linear):
                self._add({name: getattr(part, name) for name in _OF_LAYERS})
        lists = nn.ParameterList | nn.ParameterDict
        for part in parts:
            if isinstance(part, lists) or not type(part).__module__.startswith("torch.nn.modules."):
                self.bare |= {*map(id, part._parameters.values())} - self.layers.keys() - {id(None)}
                self.own |= {*self.bare, *map(id, part._buffers.values())}

    def _add(self, layer: Layer) -> Layer:
        self.layers |= {id(_whole(one)): layer for one in layer.values() if one is not None}
        return layer

    def note(
        self, function: Any, given: tuple[Any, ...], options: dict[str, Any], made: Any
    ) -> None:
        """See a function of torch, what it was given, and what it made.

        To ask for a dtype, or to make a view of a layer's numbers, uses none of them.

        It is called so often inside of a watch, which sees each call, that it makes few.
        """
        layers, bare, kinds = self.layers, self.bare, self.kinds
        if isinstance(made, self.tensor):
            whole = made if made._base is None else made._base
            if id(whole) in layers or id(whole) in bare:
                return
        elif not isinstance(made, (tuple, list)):
            return
        if names := self.takes.get(function):
            self._note_layer(names, given, options)
        values = [*given, *options.values()]
        for one in values:
            kind = type(one)
            if kind not in kinds:
                is_list = issubclass(kind, (list, tuple))
                kinds[kind] = "list" if is_list else "tensor" * issubclass(kind, self.tensor)
            if kinds[kind] == "list":
                values += one
            elif kinds[kind] == "tensor":
                whole = one if one._base is None else one._base
                if id(whole) in layers or id(whole) in bare:
                    self.seen += ((False, whole),)

    def _note_layer(
        self, names: tuple[str, ...], given: tuple[Any, ...], options: dict[str, Any]
    ) -> None:
        """See a function that computes a layer, by the names of its arguments."""
        if names == _PRODUCT:
            second: Any = given[1] if len(given) > 1 else None
            if id(_whole(second)) in self.bare and second.ndim == 2:
                self.seen.append((True, self._add({"weight": second.T, "bias": None})))
            return
        arguments = {**dict(zip(names, given, strict=False)), **options}
        takes = _OF_NORMS if "running_mean" in names else _OF_LAYERS
        layer: Layer = {name: arguments.get(name) for name in takes}
        numbers = [id(_whole(one)) for one in layer.values() if one is not None]
        known = [self.layers[one] for one in numbers if one in self.layers]
        if known or self.own.issuperset(numbers):
            self.seen.append((True, known[0] if known else self._add(layer)))

    def in_order(self) -> list[Layer]:
        """Return the layers in the order of their first use.

        Raises
        ------
        WrongTypeError
            If the module used parameters of which nobody knows what they are.
        """
        sure = {id(layer) for is_sure, layer in self.seen if is_sure}
        found: dict[int, Layer] = {}
        last: Layer = {}
        unknown = False
        for is_sure, one in self.seen:
            layer = one if is_sure else self.layers.get(id(one))
            if layer is None and one.ndim > 1:
                layer = self._add({"weight": one, "bias": None})
            if layer is None and _lacks_bias(last, one):
                last["bias"] = one
                self.layers[id(one)] = layer = last
            if layer is None:
                unknown = True
            elif is_sure or id(layer) not in sure:
                last = found.setdefault(id(layer), layer)
        if unknown:
            why = Phrase(
                "a module with parameters that the check can't set: it gives weights of its own to "
                "convolutions, batch norms and linear layers"
            )
            raise WrongTypeError(why)
        return [*found.values()]


def _whole(value: Any) -> Any:
    """Return what a tensor is a view of, and anything else as it is."""
    base = getattr(value, "_base", None)
    return value if base is None else base


def _lacks_bias(layer: Layer, one: Tensor) -> bool:
    """Whether the numbers may be the bias of a layer that has none."""
    if "running_mean" in layer or not layer or layer["bias"] is not None:
        return False
    weight = layer["weight"]
    return weight is not None and one.ndim == 1 and len(one) == len(weight)


@cache  # torch is loaded when it is first used
def _takes() -> dict[Any, tuple[str, ...]]:
    """Return the functions of torch that say what their arguments are, with their names."""
    import torch
    from torch import Tensor
    from torch.nn import functional

    layer = ("input", *_OF_LAYERS)
    return {
        torch.conv2d: layer,
        functional.linear: layer,
        functional.batch_norm: ("input", "running_mean", "running_var", "weight", "bias"),
        torch.batch_norm: ("input", *_OF_NORMS),
        torch.matmul: _PRODUCT,
        torch.mm: _PRODUCT,
        Tensor.matmul: _PRODUCT,
        Tensor.mm: _PRODUCT,
        Tensor.__matmul__: _PRODUCT,
    }


@cache  # torch is loaded when it is first used
def _mode(see: Callable[..., Any]) -> Any:
    """Return torch's way to have its functions seen: a class, whose objects ``see`` is given."""
    from torch.overrides import TorchFunctionMode

    return type("Mode", (TorchFunctionMode,), {"__torch_function__": see})


@unwatched  # torch calls it while the learner's module runs
def _noting(mode: Any, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
    """Note what computes a tensor."""
    made = function(*args, **(kwargs or {}))
    mode.uses.note(function, args, kwargs or {}, made)
    return made


@unwatched
def _doubling(mode: Any, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
    """Put float64 where float32 is asked for."""
    import torch

    if function is torch.Tensor.float:
        function = torch.Tensor.double
    args = [torch.float64 if one is torch.float32 else one for one in args]
    named = (kwargs or {}).items()
    return function(*args, **{k: torch.float64 if v is torch.float32 else v for k, v in named})


def _fill_by_place(module: nn.Module, x: np.ndarray, seed: int = 0) -> None:
    """Draw the numbers in the layers of a module, by their places in the order of execution.

    A layer may be written as a convolution for each of its filters, one after the other: they have
    one place, and get filter by filter what one layer gets.
    """
    for place, (_, layers) in enumerate(groupby(_in_order(module, x), _filter_of_its_own)):
        rng = np.random.default_rng((place, seed))
        for layer in layers:
            fill(layer, rng)


def _filter_of_its_own(layer: Layer) -> object:
    """Return the shape of a layer's only filter; of another layer what no other has."""
    weight = layer["weight"]
    if weight is None or weight.ndim != 4 or len(weight) > 1:
        return id(layer)
    return tuple(weight.shape)


def fill(layer: Mapping[str, Tensor | None], rng: np.random.Generator) -> None:
    """Draw the numbers in a layer of a network, given by their names."""
    import torch

    if "running_mean" in layer:
        if all(numbers is not None for numbers in layer.values()):
            _fill_norm(layer, np.random.default_rng(int(rng.integers(2**31))))
        return
    weight, bias = layer["weight"], layer["bias"]
    if weight is not None:
        fan_in = weight[0].numel()
        drawn = rng.normal(0, fan_in**-0.5, tuple(weight.shape))
        weight.detach().copy_(torch.from_numpy(drawn))
    if bias is not None:
        bias.detach().copy_(torch.from_numpy(rng.normal(0, 1, len(bias))))


def _fill_norm(layer: Mapping[str, Any], rng: np.random.Generator, small: float = 0.2) -> None:
    import torch

    channels = len(layer["weight"])
    signs = np.array((-1, 1, 1))[rng.integers(3, size=channels)]
    for name, values in (
        ("weight", signs * rng.uniform(0.5, 3, channels)),
        ("bias", rng.normal(0, 1.5, channels)),
        ("running_mean", rng.normal(0, 1.5, channels)),
        ("running_var", small * rng.uniform(1, 10, channels)),
    ):
        layer[name].detach().copy_(torch.from_numpy(values))


def _tensor(x: np.ndarray) -> Tensor:
    import torch

    return torch.tensor(x, dtype=torch.float64)  # a copy: some modules write into their input


def _run(module: nn.Module, x: Tensor) -> Tensor:
    import torch

    y = module(x)
    if not isinstance(y, torch.Tensor):
        what = described(y)
        why = Phrase("a module that returns {what}; a tensor is asked for", what=what)
        raise WrongTypeError(why)
    return y


def _outputs(module: nn.Module, x: Tensor) -> np.ndarray:
    import torch

    with torch.no_grad():
        return _run(module, x).numpy().copy()


def _settle(module: nn.Module) -> None:
    """Settle what right answers are free to choose, and what keeps a wrong one from being known.

    Norms take in as much whatever their momentum, but for 0, which learns nothing. Dropout of any
    kind and rate drops all that it gets.
    """
    from torch import nn
    from torch.nn.modules.dropout import _DropoutNd

    for layer in module.modules():
        if isinstance(layer, _DropoutNd):
            layer.p = float(layer.p > 0)
        elif isinstance(layer, nn.BatchNorm2d) and layer.momentum != 0:
            layer.momentum = 0.1
