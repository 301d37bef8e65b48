"""A network in torch, read as the steps that a .tflite file can hold."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import torch
from torch import Tensor, nn
from torch.fx import Node, Tracer
from torch.nn import functional as F  # noqa: N812

from dwsep_helpers.hardware.libraries import explained
from dwsep_helpers.hardware.tflite_scales import Bounds
from dwsep_helpers.mobilenet.blocks import SamePadding


class Add(nn.Module):
    """The sum of two maps of one shape."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Return x + y."""
        return x + y


@dataclass(frozen=True)
class Step:
    """A layer, what it reads, and the activation that the file does with it.

    Attributes
    ----------
    name : str
        As in the network.
    layer : Module
    reads : tuple of int
        Numbers of earlier steps; number 0 is the image.
    activation : Module, optional
    """

    name: str
    layer: nn.Module
    reads: tuple[int, ...] = ()
    activation: nn.Module | None = None

    def __call__(self, *inputs: Tensor) -> Tensor:
        """Return the output for what the step reads."""
        y = self.layer(*inputs)
        return y if self.activation is None else self.activation(y)


@dataclass(frozen=True)
class Graph:
    """A network as steps, in an order in which they can run.

    Attributes
    ----------
    steps : list of Step
        The first one is the image, which nothing computes.
    names : dict of str to int
        The step whose output a part of the network gives. A layer whose activation is done with
        it has none: there its activation's name stands.
    output : int
        The step that gives the network's output.
    """

    steps: list[Step]
    names: dict[str, int]
    output: int

    def named(self, outputs: Iterable[str]) -> list[int]:
        """Return the steps that give what is named, or the network's output if nothing is.

        Raises
        ------
        ValueError
            If a name is no part's, or that of a layer whose activation is done with it.
        """
        found = []
        for name in outputs:
            if name not in self.names:
                near = ", ".join(get_close_matches(name, self.names, cutoff=0))
                raise ValueError(
                    f"outputs has {name!r}, which gives nothing that the file keeps; {near} and "
                    "others do"
                )
            found.append(self.names[name])
        return found or [self.output]

    def needed(self, outputs: Iterable[int]) -> set[int]:
        """Return the steps without which some others can't be computed, and those."""
        found, left = set(), list(outputs)
        while left:
            number = left.pop()
            found.add(number)
            left += self.steps[number].reads
        return found

    def run(self, image: Tensor) -> list[Tensor]:
        """Return the output of each step for one image.

        Raises
        ------
        ValueError
            If a step can't take what it reads, or gives numbers that aren't finite.
        """
        values = [image]
        for step in self.steps[1:]:
            inputs = [values[number] for number in step.reads]
            if wrong := _cannot_take(step.layer, *inputs):
                raise ValueError(f"{step.name} of network {wrong}")
            with explained(f"{step.name} of network can't run on {tuple(inputs[0].shape)}"):
                y = step(*inputs)
            low, high = _ends(y)
            if not math.isfinite(high - low):
                raise ValueError(f"{step.name} of network gives {low} … {high}")
            values.append(y)
        return values


def graph(network: nn.Module) -> Graph:
    """Read a network in eval mode, its batch norms folded, as a graph of layers.

    Raises
    ------
    ValueError
        If it has a part that the file can't hold; the message names it.
    """
    with explained("network can't be read as a graph of layers"):
        nodes = list(_Tracer().trace(network).nodes)
    steps = [Step("image", nn.Identity())]
    names: dict[str, int] = {}
    numbers: dict[Node, int] = {}  # the step whose output a node stands for
    passed: set[Node] = set()  # nodes that hand on what they read
    called: set[str] = set()
    for node in nodes:
        if node.op == "placeholder":
            if numbers:
                raise ValueError(f"network takes {node.name} as well; it should take one image")
            numbers[node] = 0
            continue
        if node.op == "output":
            break
        name = str(node.target) if node.op == "call_module" else node.name
        name = node.name if name in called else name  # a layer that stands in several places
        called.add(name)
        part = _part(network, node)
        if wrong := "is no layer that the file can hold" if part is None else _wrong(part):
            raise ValueError(f"{name} of network {wrong}")
        reads = tuple(numbers[before] for before in node.args if isinstance(before, Node))
        if isinstance(part, (nn.Identity, nn.Dropout)):
            passed.add(node)
            numbers[node] = reads[0]
        elif isinstance(part, (nn.ReLU, nn.ReLU6)):
            before = steps[reads[0]]
            if before.activation or not isinstance(before.layer, _ACTIVE):
                raise ValueError(f"{name} of network follows no layer that has weights, and no sum")
            if not _alone(node, passed):
                raise ValueError(
                    f"{name} of network follows {before.name}, whose output is also read without it"
                )
            steps[reads[0]] = replace(before, activation=part)
            names = {other: number for other, number in names.items() if number != reads[0]}
            numbers[node] = reads[0]
        else:
            numbers[node] = len(steps)
            steps.append(Step(name, part, reads))
        names[name] = numbers[node]
    (result,) = nodes[-1].args
    if not isinstance(result, Node):
        raise ValueError(f"network returns a {type(result).__name__}; it should be one tensor")
    if not numbers[result]:
        raise ValueError("network has no layer to write")
    return Graph(steps, names, numbers[result])


def ranges(read: Graph, images: Tensor) -> list[Bounds]:
    """Return the bounds of each step's outputs, those of the images first."""
    bounds = [(0.0, 0.0)] * len(read.steps)
    with torch.inference_mode():
        for image in images.split(1):
            for number, y in enumerate(read.run(image)):
                low, high = _ends(y)
                bounds[number] = min(low, bounds[number][0]), max(high, bounds[number][1])
    return bounds


def check(read: Graph, network: nn.Module, image: Tensor) -> None:
    """Compare a network's answer with that of the steps that were read from it.

    Raises
    ------
    ValueError
        If they differ, as where a layer writes over what others read.
    """
    with torch.inference_mode():
        ours = read.run(image)[read.output]
        with explained(f"network can't run on {tuple(image.shape)}"):
            right = network(image.clone())
    close = 1e-4 * right.abs().max().item()
    if ours.shape != right.shape or not torch.allclose(ours, right, rtol=0, atol=close):
        raise ValueError("network gives something else than its layers by themselves do")


_LAYERS = nn.Conv2d, nn.Linear
_ACTIVE = *_LAYERS, Add
_OTHERS = nn.ReLU, nn.ReLU6, nn.AdaptiveAvgPool2d, nn.Flatten, nn.Identity, nn.Dropout, SamePadding
_KNOWN = *_ACTIVE, *_OTHERS
_RECTIFIERS: dict[Any, type[nn.Module]] = {
    F.relu6: nn.ReLU6,
    **dict.fromkeys((F.relu, torch.relu, torch.relu_, "relu", "relu_"), nn.ReLU),
}
_ADDS = operator.add, operator.iadd, torch.add, "add", "add_"


class _Tracer(Tracer):
    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, SamePadding) or super().is_leaf_module(m, module_qualified_name)


def _part(network: nn.Module, node: Node) -> Any:
    """Return the layer that a node of a graph stands for, or None."""
    if node.op == "call_module":
        return network.get_submodule(str(node.target))
    args: Any = node.args
    keywords: Any = node.kwargs
    if node.target is F.adaptive_avg_pool2d:
        return nn.AdaptiveAvgPool2d(*args[1:], **keywords)
    if node.target in _RECTIFIERS and len(args) == 1 and keywords.keys() <= {"inplace"}:
        return _RECTIFIERS[node.target]()
    if keywords:
        return None
    if node.target in (torch.flatten, "flatten") and args[1:] == (1,):
        return nn.Flatten()
    both = len(args) == 2 and all(isinstance(x, Node) for x in args)
    return Add() if both and node.target in _ADDS else None


def _alone(node: Node, passed: set[Node]) -> bool:
    """Return whether nothing but an activation reads the layer that it follows."""
    (before,) = node.all_input_nodes
    while len(before.users) == 1 and before in passed:
        (before,) = before.all_input_nodes
    return len(before.users) == 1


def _wrong(part: nn.Module) -> str:
    """Return what a part has or is that the file can't say, or nothing."""
    said = ""
    if type(part) not in _KNOWN:
        said = f"is a {type(part).__name__}"
    elif part._forward_hooks or part._forward_pre_hooks:
        said = "has hooks"
    elif not all(values.isfinite().all() for values in part.parameters()):
        said = "has weights that aren't finite"
    elif isinstance(part, nn.Conv2d):
        said = _wrong_convolution(part)
    elif isinstance(part, nn.AdaptiveAvgPool2d) and part.output_size not in (1, (1, 1)):
        said = f"averages to {part.output_size}"
    elif isinstance(part, nn.Flatten) and (part.start_dim, part.end_dim) != (1, -1):
        said = "flattens other axes than C, H and W"
    return said and f"{said}, which isn't written to the file"


def _wrong_convolution(layer: nn.Conv2d) -> str:
    if layer.dilation != (1, 1):
        return f"has dilation {layer.dilation}"
    if layer.groups not in (1, layer.in_channels):
        return f"has {layer.groups} groups for {layer.in_channels} channels"
    if layer.padding_mode != "zeros":
        return f"pads with {layer.padding_mode}"
    if layer.padding == "same" and not all(size % 2 for size in layer.kernel_size):
        return "pads the same for an even kernel"
    return ""


def _cannot_take(layer: nn.Module, x: Tensor, *others: Tensor) -> str:
    """Return why a layer can't take what it reads, or nothing."""
    shapes = [tuple(tensor.shape) for tensor in (x, *others)]
    if isinstance(layer, Add):
        return "" if shapes[0] == shapes[1] else f"adds {shapes[0]} and {shapes[1]}"
    if isinstance(layer, nn.Flatten) and x.ndim == 4 and (pixels := x[0, 0].numel()) > 1:
        return f"flattens {pixels} pixels"
    flat = x.ndim == 2
    return f"can't take {shapes[0]}" if flat != isinstance(layer, nn.Linear) else ""


def _ends(values: Tensor) -> Bounds:
    low, high = values.aminmax()
    return low.item(), high.item()
