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
        As in the network's ``named_modules``.
    kind : str
        As in :func:`dwsep_helpers.cost.profile`: ``"depthwise"``, ``"norm"`` and so on. Of a
        layer with several operations, that of the one with the most MACs.
    cost : Cost
        Of all its operations together.
    seconds : float
        The layer's fastest call.
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
        In order of execution: the modules that have no children.

    Raises
    ------
    ValueError
        If there is nothing to run.

    Examples
    --------
    >>> times = layer_times(nn.Sequential(nn.Conv2d(2, 2, 3, groups=2), nn.ReLU()),
    ...                     torch.zeros(1, 2, 8, 8), rounds=2)
    >>> [(t.name, t.kind) for t in times]
    [('0', 'depthwise'), ('1', 'activation')]
    """
    if rounds < 1:
        raise ValueError(f"rounds must be at least 1, got {rounds}")
    rows: dict[str, list[Row]] = {}
    for row in profile(network, inputs=x).rows:
        rows.setdefault(row.name, []).append(row)
    seconds: dict[str, list[float]] = {}
    with limited(1), torch.inference_mode():
        for _ in range(3):
            network(x)
        with _clocks(network, seconds):
            for _ in progress(range(2 if quick() else rounds), what="measuring"):
                network(x)
    return [
        LayerTime(
            name,
            max(rows[name], key=lambda row: row.macs).kind,
            sum((row.cost for row in rows[name]), Cost()),
            float(np.min(calls)),
        )
        for name, calls in seconds.items()
        if name in rows
    ]


@contextlib.contextmanager
def _clocks(network: nn.Module, seconds: dict[str, list[float]]) -> Iterator[None]:
    begun: dict[nn.Module, float] = {}
    names = {part: name for name, part in network.named_modules() if not any(part.children())}

    def start(part: nn.Module, _inputs: object) -> None:
        _wait()
        begun[part] = time.perf_counter()

    def stop(part: nn.Module, _inputs: object, _output: object) -> None:
        _wait()
        seconds.setdefault(names[part], []).append(time.perf_counter() - begun[part])

    with contextlib.ExitStack() as hooks:
        for part in names:
            hooks.enter_context(part.register_forward_pre_hook(start))
            hooks.enter_context(part.register_forward_hook(stop))
        yield


def _wait() -> None:
    """Let a GPU finish what it was given: it works on while Python goes ahead."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
