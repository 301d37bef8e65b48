"""Compare torch modules by what they compute, with the same weights in both.

A learner's module may be built in any way and its layers called anything. Its layers are told
apart by the order in which they run; each gets weights that depend on its place alone, and the
module's outputs are then an array like any other answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from dwsep_helpers.checks.compare import WrongTypeError, described
from dwsep_helpers.checks.copies import copied_module
from dwsep_helpers.checks.guard import unwatched
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
        made = _with_weights(_module(answer), self.x)
        module = copied_module(made, double=True).eval()
        if self.same_weights:
            for place, layer in enumerate(_in_order(module, self.x)):
                fill(layer, np.random.default_rng((place, self.seed)))
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
        from torch.jit import ScriptModule
        from torch.nn.modules.batchnorm import _NormBase

        norms = (_NormBase, nn.GroupNorm, nn.LayerNorm)
        parts = [*nn.Module.modules(_module(answer))]
        if any(isinstance(part, ScriptModule) for part in parts):
            raise WrongTypeError(Phrase("a network of torch.jit; layers of torch.nn are asked for"))
        left = sum(isinstance(part, norms) for part in parts)
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
    from dwsep_helpers.cost import profile

    module = copied_module(_with_weights(_module(answer), x), double=True).eval()
    for place, layer in enumerate(_in_order(module, x)):
        fill(layer, np.random.default_rng(place))
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
    import torch

    rng = np.random.default_rng(seed)
    channels = norm.num_features
    signs = np.array((-1, 1, 1))[rng.integers(3, size=channels)]
    with torch.no_grad():
        for name, values in (
            ("weight", signs * rng.uniform(0.5, 3, channels)),
            ("bias", rng.normal(0, 1.5, channels)),
            ("running_mean", rng.normal(0, 1.5, channels)),
            ("running_var", small * rng.uniform(1, 10, channels)),
        ):
            getattr(norm, name).copy_(torch.from_numpy(values))
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
    from torch.nn.parameter import is_lazy

    if any(map(is_lazy, (*module.parameters(), *module.buffers()))):
        with torch.no_grad():
            module.eval()(torch.from_numpy(np.asarray(x, dtype=np.float32)))
    return module


def _in_order(module: nn.Module, x: np.ndarray) -> list[nn.Module]:
    """Return the layers with weights in the order in which they run first."""
    from torch import nn

    ran: dict[nn.Module, None] = {}
    kinds = (nn.Conv2d, nn.BatchNorm2d, nn.Linear)
    layers = (layer for layer in module.modules() if isinstance(layer, kinds))
    hooks = [layer.register_forward_hook(partial(_note, ran)) for layer in layers]
    try:
        _outputs(module, _tensor(x))
    finally:
        for hook in hooks:
            hook.remove()
    return list(ran)


@unwatched  # torch calls it while the learner's module runs
def _note(ran: dict[nn.Module, None], layer: nn.Module, *_: Any) -> None:
    ran.setdefault(layer)


def fill(layer: Any, rng: np.random.Generator) -> None:
    """Draw the numbers in a layer of a network."""
    import torch
    from torch import nn

    if isinstance(layer, nn.BatchNorm2d):
        if layer.affine and layer.track_running_stats:
            random_norm(layer, int(rng.integers(2**31)))
        return
    with torch.no_grad():
        fan_in = layer.weight[0].numel()
        weight = rng.normal(0, fan_in**-0.5, tuple(layer.weight.shape))
        layer.weight.copy_(torch.from_numpy(weight))
        if layer.bias is not None:
            layer.bias.copy_(torch.from_numpy(rng.normal(0, 1, len(layer.bias))))


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
