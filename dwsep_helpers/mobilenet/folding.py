"""Take batch norms out of a trained network: at inference they are only a scale and a shift."""

from __future__ import annotations

import copy
import warnings
from functools import partial
from itertools import filterfalse, pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.fx import Node, Tracer
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd
from torch.nn.utils import parametrize, prune
from torch.nn.utils.spectral_norm import SpectralNorm
from torch.nn.utils.weight_norm import WeightNorm

from dwsep_helpers.mobilenet.arguments import as_module

# Layers that do what torch's documentation says of them, and how many axes an image has there.
_CONVOLUTIONS = {
    **dict.fromkeys((nn.Conv1d, nn.ConvTranspose1d), 1),
    **dict.fromkeys((nn.Conv2d, nn.ConvTranspose2d), 2),
    **dict.fromkeys((nn.Conv3d, nn.ConvTranspose3d), 3),
}
_NORMS = {nn.BatchNorm1d: 1, nn.BatchNorm2d: 2, nn.BatchNorm3d: 3, nn.SyncBatchNorm: None}
# What a class may not have of its own, or its layers do something else.
_CALLED = ("forward", "_conv_forward", "__call__", "_call_impl")
_ITS_OWN = (*_CALLED, "__getattr__", "__getattribute__", "weight", "bias")


def fold_batch_norm(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Conv2d:
    """Return one convolution that does what a convolution and its batch norm do in eval mode.

    Parameters
    ----------
    conv : Conv2d
        With or without bias; of any stride, padding and groups. It is left as it was. Those of
        one and three axes will do as well, transposed ones, and weights that are pruned or
        parametrized.
    norm : BatchNorm2d
        Its running mean and variance are used, as in eval mode.

    Returns
    -------
    Conv2d
        A new one of torch's own class and of ``conv``'s dtype, with a bias and without hooks.

    Raises
    ------
    TypeError
        If one is no module.
    ValueError
        If the two don't fit, or the norm keeps no running statistics; if a class of one's own
        computes something else, or a hook may; if a number isn't finite, or wouldn't be.

    Notes
    -----
    With s = γ / √(σ² + ε), one for each output channel: weight · s and (bias − μ) · s + β.

    Examples
    --------
    >>> conv, norm = nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4).eval()
    >>> x = torch.randn(2, 3, 5, 5)
    >>> torch.allclose(fold_batch_norm(conv, norm)(x), norm(conv(x)), atol=1e-6)
    True
    """
    for role, layer in (("conv", conv), ("norm", norm)):
        as_module(role, layer, nn.Module)
    folded, norm, axes = _plain("conv", conv), _plain("norm", norm), _axes(conv, norm)
    if folded.out_channels != norm.num_features:
        raise ValueError(
            f"norm has {norm.num_features} channels, and conv gives {folded.out_channels}"
        )
    if norm.running_mean is None or norm.running_var is None:
        raise ValueError(
            "norm keeps no running statistics: what it does depends on the batch, "
            "and no convolution does that"
        )
    with torch.no_grad():
        weight, dtype = folded.weight, folded.weight.dtype
        wide = torch.promote_types(dtype, torch.float32)  # half the digits aren't enough for sums
        scale = torch.rsqrt(norm.running_var.to(wide) + norm.eps)
        if norm.weight is not None:
            scale = scale * norm.weight
        shift = -norm.running_mean if folded.bias is None else folded.bias - norm.running_mean
        shift = shift * scale if norm.bias is None else shift * scale + norm.bias
        if isinstance(folded, _ConvTransposeNd):  # (C_in, C_out/groups, …), inputs by groups
            by_input = scale.reshape(folded.groups, 1, -1).expand(
                -1, folded.in_channels // folded.groups, -1
            )
            factors = by_input.reshape(*weight.shape[:2], *axes * [1])
        else:
            factors = scale.reshape(-1, 1, *axes * [1])
        numbers = [(weight * factors).to(dtype), shift.to(dtype)]
        if not weight.is_meta and not all(n.isfinite().all() for n in numbers):
            raise ValueError(f"norm makes numbers of conv that aren't finite in {dtype}")
        weight.copy_(numbers[0])
        folded.bias = nn.Parameter(numbers[1], requires_grad=weight.requires_grad)
    return folded


def fold(network: nn.Module) -> nn.Module:
    """Return a copy of a network in eval mode, with its batch norms folded.

    Parameters
    ----------
    network : Module
        Its batch norms follow their convolutions directly, inside of an ``nn.Sequential``. A
        layer that stands in several places is folded in each by itself.

    Returns
    -------
    Module
        Where a norm was, there is an ``nn.Identity``, so that names stay.

    Raises
    ------
    TypeError
        If ``network`` is no module.
    ValueError
        If a batch norm is left over that follows no convolution, or can't be folded as
        :func:`fold_batch_norm` says; the message begins with its name. If something else reads
        what a convolution gives to its norm, as far as ``torch.fx`` can trace the network.

    Examples
    --------
    >>> from dwsep_helpers.mobilenet import DepthwiseSeparableConv2d
    >>> [name for name, _ in fold(DepthwiseSeparableConv2d(2, 3)).named_parameters()]
    ['depthwise.weight', 'depthwise.bias', 'pointwise.weight', 'pointwise.bias']
    """
    folded = _copied(as_module("network", network, nn.Module)).eval()
    pairs: dict[str, str] = {}
    for path, sequence in list(folded.named_modules()):
        if not isinstance(sequence, nn.Sequential) or _own(sequence, nn.Sequential):
            continue
        for before, name in pairwise(list(sequence._modules)):
            pair = sequence._modules[before], sequence._modules[name]
            if isinstance(pair[0], _ConvNd) and isinstance(pair[1], _BatchNorm):
                start = f"{path}." if path else ""
                sequence._modules[before] = _folded(*pair, start + before, start + name)
                sequence._modules[name] = nn.Identity().eval()
                pairs[start + before] = start + name
    _refuse_other_readers(folded, pairs)
    for name, left in folded.named_modules():
        scripted = getattr(left, "original_name", "").startswith("BatchNorm")
        if isinstance(left, _BatchNorm) or scripted:
            raise ValueError(
                f"{name or 'network'} is a batch norm that follows no convolution directly, inside "
                "an nn.Sequential"
            )
    return folded


class _Tracer(Tracer):
    def path_of_module(self, mod: nn.Module) -> str:
        try:
            return super().path_of_module(mod)
        except NameError:  # a slice of a sequence, made while it runs
            return ""


def _refuse_other_readers(folded: nn.Module, pairs: dict[str, str]) -> None:
    """Raise an error where what was between a convolution and its norm is read elsewhere."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nodes = _Tracer().trace(_copied(folded)).nodes if pairs else ()
    except Exception:  # torch can't trace it: what it does depends on its input, for one
        return
    for node in nodes:
        ours = str(node.target) if node.op == "call_module" else ""
        if node.op == "get_attr":  # a convolution's numbers, read by something else
            ours = str(node.target).rpartition(".")[0]
        for user in filterfalse(partial(_looks_at_form, node), node.users):
            reader = str(user.target) if user.op == "call_module" else user.name
            wanted = pairs.get(ours)
            if (node.op == "get_attr" and wanted) or wanted not in (None, reader):
                raise ValueError(f"{wanted} can't be folded into {ours}, which {reader} reads too")
            if reader in pairs.values() and wanted != reader:
                raise ValueError(f"{reader} can't be folded: it reads {ours or node.name} too")


def _looks_at_form(node: Node, user: Node) -> bool:
    """Whether a node's user reads only what folding leaves: shape, type and device."""
    if user.op == "call_method":
        as_another = user.target in ("to", "type_as") and user.args[0] is not node
        return as_another or user.target in ("size", "dim", "numel")
    return user.target is getattr and user.args[1] in ("dtype", "device", "shape", "ndim")


def _folded(conv: Any, norm: Any, conv_name: str, norm_name: str) -> nn.Module:
    try:
        if norm.training:
            raise ValueError("norm stays in training mode")
        return fold_batch_norm(conv, norm)
    except ValueError as error:
        raise ValueError(f"{norm_name} can't be folded into {conv_name}: {error}") from None


def _axes(conv: nn.Module, norm: nn.Module) -> int:
    """Return how many axes an image has, which both are made for."""
    ours, theirs = (
        next((axes for base, axes in known.items() if isinstance(layer, base)), 0)
        for layer, known in ((conv, _CONVOLUTIONS), (norm, _NORMS))
    )
    if theirs not in (ours, None) or not ours:
        raise ValueError(
            f"norm is of class {type(norm).__name__}, and conv of {type(conv).__name__}"
        )
    return ours


def _plain(role: str, layer: Any) -> Any:
    """Return a copy in which numbers are what they are computed to be: pruned, normalized."""
    plain = _copied(layer)
    plain.eval()  # the computing may have a training mode
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the older ways of computing are deprecated
        for key, hook in list(plain._forward_pre_hooks.items()):
            if isinstance(hook, (prune.BasePruningMethod, SpectralNorm, WeightNorm)):
                del plain._forward_pre_hooks[key]
                hook.remove(plain)
        if parametrize.is_parametrized(plain):
            # torch's own way of removing them takes them from the original too: one class.
            computed = {name: getattr(plain, name) for name in plain.parametrizations}
            del plain.parametrizations
            plain.__class__ = type(plain).__bases__[0]
            for name, value in computed.items():
                plain.register_parameter(name, nn.Parameter(value.detach().clone()))
    base = next((c for c in (*_CONVOLUTIONS, *_NORMS) if isinstance(plain, c)), None)
    if base is None or _own(plain, base):
        raise ValueError(
            f"{role} is of class {type(plain).__name__}, which computes in a way of its own"
        )
    if any(map(nn.parameter.is_lazy, (*plain.parameters(), *plain.buffers()))):
        raise ValueError(f"{role} has no shape yet: run the network once first")
    numbers = (x for x in (*plain.parameters(), *plain.buffers()) if not x.is_meta)
    if not all(x.isfinite().all() for x in numbers):
        raise ValueError(f"{role} has NaN or infinity")
    if plain._forward_hooks or plain._forward_pre_hooks:
        raise ValueError(f"{role} has hooks, which may change what it gives")
    plain.__class__ = base
    return plain.train(layer.training)


def _own(layer: nn.Module, base: type) -> list[str]:
    """Return what a layer does otherwise than torch's class of it."""
    classes = type(layer).__mro__[: type(layer).__mro__.index(base)]
    return [name for name in _ITS_OWN if any(name in vars(x) for x in (layer, *classes))]


def _copied(network: nn.Module) -> Any:
    """Return a deep copy, also where a hook has left weights that it computed with gradients."""
    computed = [
        value
        for part in network.modules()
        for values in (vars(part), part._buffers)
        for value in values.values()
        if isinstance(value, Tensor) and not value.is_leaf
    ]
    return copy.deepcopy(network, {id(value): value.detach().clone() for value in computed})
