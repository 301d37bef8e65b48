"""Compare torch modules by what they compute, with the same weights in both.

A learner's module may be built in any way and its layers called anything. Its layers are told
apart by the order in which they run; each gets weights that depend on its place alone, and the
module's outputs are then an array like any other answer.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from dwsep_helpers.checks.compare import WrongTypeError, described
from dwsep_helpers.checks.guard import unwatched
from dwsep_helpers.checks.inputs import whole

if TYPE_CHECKING:
    from torch import nn

# What is built with torch is built with these; its ready-made folding, for one, is not allowed.
TORCH_LAYERS = ("torch.*Conv2d", "torch.*conv2d", "torch.*convolution")
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
        module = copy.deepcopy(_with_weights(_module(answer), self.x)).double().eval()
        if self.same_weights:
            for place, layer in enumerate(_in_order(module, self.x)):
                fill(layer, np.random.default_rng((place, self.seed)))
        return _run(module, self.x)


@dataclass(frozen=True, eq=False)
class OutputsWithoutNorms(Outputs):
    """A view of a folded network: its outputs, if no batch norm is left in it."""

    same_weights: bool = False

    def __call__(self, answer: Any) -> np.ndarray:
        """Return the outputs."""
        from torch import nn

        left = sum(isinstance(part, nn.BatchNorm2d) for part in _module(answer).modules())
        if left:
            raise WrongTypeError(f"a network in which {left} of the batch norms are left")
        return super().__call__(answer)


@dataclass(frozen=True, eq=False)
class OutputsOfConvolution(Outputs):
    """A view of one convolution: its outputs, if it is an ``nn.Conv2d`` and no more."""

    same_weights: bool = False

    def __call__(self, answer: Any) -> np.ndarray:
        """Return the outputs."""
        from torch import nn

        if not isinstance(_module(answer), nn.Conv2d):
            raise WrongTypeError(f"{described(answer)}; one nn.Conv2d is asked for")
        return super().__call__(answer)


def macs(module: Any, input_size: tuple[int, ...]) -> list[int]:
    """Return the MACs of a module's layers in order of execution, of those that make any."""
    from dwsep_helpers.cost import profile

    profiled = profile(_with_weights(_module(module), np.zeros(input_size)), input_size)
    return [row.macs for row in profiled.rows if row.macs]


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
    with torch.no_grad():
        for name, values in (
            ("weight", rng.choice((-1, 1, 1), channels) * rng.uniform(0.5, 3, channels)),
            ("bias", rng.normal(0, 1.5, channels)),
            ("running_mean", rng.normal(0, 1.5, channels)),
            ("running_var", small * rng.uniform(1, 10, channels)),
        ):
            getattr(norm, name).copy_(torch.from_numpy(values))
    return norm.eval()


def _module(answer: Any) -> nn.Module:
    from torch import nn

    if isinstance(answer, type):
        raise WrongTypeError(f"the class {answer.__name__}; call it to build a module")
    if not isinstance(answer, nn.Module):
        raise WrongTypeError(f"{described(answer)}; an nn.Module is asked for")
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

    @unwatched  # torch calls it while the learner's module runs
    def note(layer: nn.Module, *_: Any) -> None:
        ran.setdefault(layer)

    layers = (layer for layer in module.modules() if isinstance(layer, kinds))
    hooks = [layer.register_forward_hook(note) for layer in layers]
    try:
        _run(module, x)
    finally:
        for hook in hooks:
            hook.remove()
    return list(ran)


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


def _run(module: nn.Module, x: np.ndarray) -> np.ndarray:
    import torch

    with torch.no_grad():
        y = module(torch.from_numpy(np.asarray(x, dtype=np.float64)))
    if not isinstance(y, torch.Tensor):
        raise WrongTypeError(f"a module that returns {described(y)}; a tensor is asked for")
    return y.numpy()
