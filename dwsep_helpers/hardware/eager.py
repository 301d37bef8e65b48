"""Networks to time in eager PyTorch, and where their time goes, layer by layer."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from dwsep_helpers.cost import Cost, Row, profile
from dwsep_helpers.hardware.timing import limited, quick
from dwsep_helpers.kernels.shapes import integer
from dwsep_helpers.mobilenet import MobileNetV1
from dwsep_helpers.progress import progress


def settled(
    separable: bool, width: float, resolution: int, classes: int = 1000
) -> tuple[MobileNetV1, torch.Tensor]:
    """Return a network with norms that have seen images, and an image.

    Its weights are random: how long a kernel takes doesn't depend on them, as long as the
    activations stay of a normal size. ``width`` is the width multiplier.
    """
    torch.manual_seed(0)
    network = MobileNetV1(classes, width_multiplier=width, separable=separable)
    with torch.no_grad(), limited(1):
        for _ in progress(range(5), what="showing images"):
            network(torch.rand(4, 3, resolution, resolution))
    return network.eval(), torch.rand(1, 3, resolution, resolution)


def twins() -> tuple[MobileNetV1, MobileNetV1, torch.Tensor]:
    """Return MobileNet, its dense twin and an image; small ones while a notebook is graded."""
    size = (0.25, 96) if quick() else (1.0, 224)
    separable, image = settled(True, *size)
    return separable, settled(False, *size)[0], image


def standard_layer(channels: int, size: int) -> Callable[[], torch.Tensor]:
    """Return a call of a 3×3 layer with as many channels after as before, channels last.

    Parameters
    ----------
    size : int
        Rows, and columns, of the image.

    Examples
    --------
    >>> standard_layer(4, 6)().shape
    torch.Size([1, 4, 6, 6])
    """
    last = torch.channels_last
    x = torch.randn(1, channels, size, size).to(memory_format=last)
    conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
    conv.weight.data = conv.weight.data.contiguous(memory_format=last)
    return lambda: conv(x)


@dataclass(frozen=True)
class LayerTime:
    """One layer's share of a network's time.

    Attributes
    ----------
    name : str
        As in the network's ``named_modules``; of the network itself, its class's name.
    kind : str
        As in :func:`dwsep_helpers.cost.profile`: ``"depthwise"``, ``"norm"`` and so on. Of a
        layer with several operations, that of the one with the most MACs.
    cost : Cost
        Of all its operations together, without those of modules inside it.
    seconds : float
        The layer's fastest call, without the time of modules inside it.
    """

    name: str
    kind: str
    cost: Cost
    seconds: float


def layer_times(network: nn.Module, x: torch.Tensor, rounds: int = 20) -> list[LayerTime]:
    """Time each layer of a network while the whole network runs, on one thread.

    A layer that is timed alone, over and over, finds its weights in the cache; here it finds
    what the layer before has left.

    Parameters
    ----------
    network : Module
        In eval mode, on the device of ``x``.
    x : Tensor
        An input.
    rounds : int
        Runs of the whole network, after three that don't count; two while a notebook is graded.

    Returns
    -------
    list of LayerTime
        In the order in which they end: the modules that have no children, and those that multiply
        by themselves, such as attention.

    Raises
    ------
    ValueError
        If there is nothing to run, or a module that multiplies can't be timed by itself, as where
        the network is compiled.

    Examples
    --------
    >>> times = layer_times(nn.Sequential(nn.Conv2d(2, 2, 3, groups=2), nn.ReLU()),
    ...                     torch.zeros(1, 2, 8, 8), rounds=2)
    >>> [(t.name, t.kind) for t in times]
    [('0', 'depthwise'), ('1', 'activation')]
    """
    rounds = integer("rounds", rounds, at_least=1)
    rows: dict[str, list[Row]] = {}
    for row in profile(network, inputs=x).rows:
        rows.setdefault(row.name, []).append(row)
    multiply = {name for name, found in rows.items() if any(row.macs for row in found)}
    seconds: dict[str, list[float]] = {}
    with limited(1), torch.inference_mode():
        for _ in range(3):
            network(x)
        with _clocks(network, seconds):
            for _ in progress(range(2 if quick() else rounds), what="measuring"):
                network(x)
    for name in multiply - seconds.keys():
        raise ValueError(
            f"{name} of network multiplies, and can't be timed by itself: what is compiled or "
            "scripted runs as a whole"
        )
    parents = {
        name or type(network).__name__
        for name, part in network.named_modules()
        if any(part.children())
    }
    return [
        LayerTime(
            name,
            max(rows[name], key=lambda row: row.macs).kind,
            sum((row.cost for row in rows[name]), Cost()),
            float(np.min(calls)),
        )
        for name, calls in seconds.items()
        if name in multiply or (name in rows and name not in parents)
    ]


@contextlib.contextmanager
def _clocks(network: nn.Module, seconds: dict[str, list[float]]) -> Iterator[None]:
    inside = [0.0]  # seconds of the modules that have ended, in each that runs; outermost first
    begun: list[float] = []
    names = {
        part: name or type(network).__name__
        for name, part in network.named_modules()
        if not isinstance(part, torch.jit.ScriptModule)  # they take no hooks
    }

    def start(_part: nn.Module, _inputs: object) -> None:
        _wait()
        inside.append(0.0)
        begun.append(time.perf_counter())

    def stop(part: nn.Module, _inputs: object, _output: object) -> None:
        _wait()
        whole = time.perf_counter() - begun.pop()
        seconds.setdefault(names[part], []).append(whole - inside.pop())
        inside[-1] += whole

    with contextlib.ExitStack() as hooks:
        for part in names:
            hooks.enter_context(part.register_forward_pre_hook(start))
            hooks.enter_context(part.register_forward_hook(stop))
        yield


def _wait() -> None:
    """Let a GPU finish what it was given: it works on while Python goes ahead."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
