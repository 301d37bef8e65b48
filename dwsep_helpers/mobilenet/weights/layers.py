"""Layers as groups of tensors; whether one's tensors fill another's, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from torch import Tensor

# Counts batches while training and fits nothing outside of it; old files don't have it.
COUNTER = "num_batches_tracked"
# From Keras's and TensorFlow's names to torch's. Kernels lie there with height and width first.
_KERNELS = ("kernel", "depthwise_kernel", "weights", "depthwise_weights", "embeddings")
_TORCHS = {
    **dict.fromkeys(_KERNELS, "weight"),
    "biases": "bias",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


@dataclass(frozen=True)
class Layer:
    """A layer's tensors, by torch's names of them.

    Attributes
    ----------
    values : dict of str to Tensor
    keys : dict of str to str
        What each is called in the whole state dict.
    """

    values: dict[str, Tensor]
    keys: dict[str, str]

    def shapes(self) -> str:
        """Say what the layer has, such as ``weight (8, 3)``."""
        told = {name: value for name, value in self.values.items() if name != COUNTER}
        return " and ".join(f"{name} {tuple(value.shape)}" for name, value in told.items())


def layers(state: Mapping[str, Tensor]) -> dict[str, Layer]:
    """Group tensors by layer: ``stem.conv.weight`` belongs to ``stem.conv``.

    Examples
    --------
    >>> import torch
    >>> layers({"conv1/kernel:0": torch.zeros(3, 3, 1, 8)})["conv1"].keys
    {'weight': 'conv1/kernel:0'}
    """
    found: dict[str, Layer] = {}
    for key, value in state.items():
        layer, _, parameter = key.removesuffix(":0").replace("/", ".").rpartition(".")
        within = found.setdefault(layer, Layer({}, {}))
        name = _TORCHS.get(parameter, parameter)
        if name in within.values:  # a layer with both a kernel and a weight, say
            name = parameter
        within.values[name] = value
        within.keys[name] = key
    return found


def misfit(ours: Layer, theirs: Layer) -> str | None:
    """Say what keeps a layer from taking another's tensors."""
    for name in dict.fromkeys([*ours.values, *theirs.values]):
        if name == COUNTER:
            continue
        if name not in theirs.values:
            return f"no {name}"
        if name not in ours.values:
            return f"a {name}, and ours has none"
        here, there = ours.values[name], theirs.values[name]
        if here.is_floating_point() != there.is_floating_point() or there.is_complex():
            return f"{name} of {there.dtype}, and ours is of {here.dtype}"
        if there.is_quantized:
            return f"{name} of {there.dtype}, which is quantized"
        if _reshaped(name, theirs, tuple(here.shape)) is None:
            return f"{name} {tuple(there.shape)}, and ours is {tuple(here.shape)}"
    return None


def filled(ours: Layer, theirs: Layer) -> dict[str, Tensor]:
    """Return one layer's tensors in another's shapes; the two fit."""
    found = {}
    for name, here in ours.values.items():
        value = _reshaped(name, theirs, tuple(here.shape)) if name in theirs.values else None
        if value is not None:
            found[name] = value
    return found


def _reshaped(name: str, theirs: Layer, shape: tuple[int, ...]) -> Tensor | None:
    """Return a tensor in the shape that is asked for, if it is the same numbers in torch's order.

    A linear layer is a 1×1 convolution.
    """
    value = theirs.values[name]
    value = value if value.layout is not None and not value.is_sparse else value.to_dense()
    parameter = theirs.keys[name].removesuffix(":0").replace("/", ".").rpartition(".")[2]
    for form in _forms(parameter, value):
        if tuple(form.shape) == shape:
            return form
        if name == "weight" and (*form.shape, 1, 1) == shape:
            return form[:, :, None, None]
        if name == "weight" and tuple(form.shape) == (*shape, 1, 1) and len(shape) == 2:
            return form[:, :, 0, 0]
    return None


def _forms(parameter: str, value: Tensor) -> Iterator[Tensor]:
    """Go through what a tensor may be in torch's layout."""
    if parameter not in _KERNELS or parameter == "embeddings" or value.ndim < 2:
        yield value
    else:  # (K_h, K_w, C_in, C_out), of as many axes as there are; depthwise (K_h, K_w, C, m)
        sizes = range(value.ndim - 2)
        if not parameter.startswith("depthwise"):
            yield value.permute(-1, -2, *sizes)
        if sizes:
            yield value.permute(-2, -1, *sizes).reshape(-1, 1, *value.shape[:-2])
