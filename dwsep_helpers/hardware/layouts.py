"""Where a depthwise layer's time goes: in copies to another layout, in its kernel, around it.

PyTorch hands depthwise layers to oneDNN on a processor of Intel or AMD. Its own log, which
``torch.backends.mkldnn.verbose`` switches on, has a line for each thing it does, with
milliseconds: a ``reorder`` copies to another layout, a ``convolution`` computes.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Final

import torch
from torch import nn

from dwsep_helpers.cost import layer_costs
from dwsep_helpers.hardware.timing import limited, measure
from dwsep_helpers.papers import MOBILENET_V1, Layers

PROFILES: Final = 5
LAST: Final[dict[str, Any]] = {"memory_format": torch.channels_last}


def depthwise_shapes(layers: Layers = MOBILENET_V1, resolution: int = 224) -> list[tuple]:
    """Return the sizes of a network's depthwise layers, in order.

    Returns
    -------
    list of (channels, rows before, stride)

    Examples
    --------
    >>> depthwise_shapes()[:2]
    [(32, 112, 1), (64, 112, 2)]
    """
    found, costs = [], layer_costs(layers, resolution)
    for layer, parts in zip(layers, costs.values(), strict=True):
        if "depthwise" in parts:
            rows = round((parts["depthwise"].input_elements / layer.in_channels) ** 0.5)
            found.append((layer.in_channels, rows, layer.stride))
    return found


def log_times(log: str) -> dict[str, float]:
    """Return the milliseconds that oneDNN's log gives, by what was done, weights left out.

    Parameters
    ----------
    log : str
        Lines such as ``onednn_verbose,v1,primitive,exec,cpu,reorder,…,1x32x112x112,0.054``.

    Examples
    --------
    >>> log_times("onednn_verbose,v1,primitive,exec,cpu,reorder,jit,,a,,,1x32x7x7,0.25")
    {'copies': 0.25, 'kernel': 0.0}
    """
    found = {"copies": 0.0, "kernel": 0.0}
    for line in log.splitlines():
        fields = line.split(",")
        if fields[2:4] != ["primitive", "exec"]:
            continue
        kind, sizes, time = fields[5], fields[-2], float(fields[-1])
        if kind == "convolution":
            found["kernel"] += time
        elif kind == "reorder" and sizes.count("x") == 3:  # a map's; a grouped weight has 5 axes
            found["copies"] += time
    return found


def depthwise_times(
    shapes: Iterable[tuple[int, int, int]], rounds: int
) -> Iterator[dict[str, float | int]]:
    """Yield the milliseconds of depthwise layers, each alone, in three ways.

    In eager PyTorch with maps in NCHW and in NHWC, with what oneDNN's log says of each; and in
    XNNPACK, which keeps maps in NHWC, as its profiler says of the layer itself.
    """
    from dwsep_helpers.hardware import export

    for channels, rows, stride in shapes:
        torch.manual_seed(0)
        x = torch.randn(1, channels, rows, rows)
        layer = nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False)
        program = export.export(layer, x)
        first: Callable[[], object] = partial(layer, x)
        turned = nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False)
        last: Callable[[], object] = partial(turned.to(**LAST), x.contiguous(**LAST))
        timings = measure({"nchw": first, "nhwc": last}, rounds, warm_up=3)
        row: dict[str, float | int] = {"channels": channels, "rows": rows, "stride": stride}
        for name, call in (("nchw", first), ("nhwc", last)):
            row[f"eager_{name}_ms"] = 1e3 * timings.best(name)
            logged = [log_times(_logged(call)) for _ in range(rounds)]
            for part in ("copies", "kernel"):
                row[f"{name}_{part}_ms"] = min(times[part] for times in logged)
        profiles = [program.operators(x, rounds) for _ in range(PROFILES)]
        row["xnnpack_ms"] = 1e3 * min(
            sum(o.seconds for o in operators if o.kind == "depthwise") for operators in profiles
        )
        yield row


def _logged(call: Callable[[], object]) -> str:
    """Return what oneDNN, which knows nothing of Python's print, writes meanwhile."""
    libc = ctypes.CDLL(None)
    sys.stdout.flush()
    libc.fflush(None)
    with tempfile.TemporaryFile() as file:
        before = os.dup(1)
        os.dup2(file.fileno(), 1)
        try:
            with (
                limited(1),
                torch.inference_mode(),
                torch.backends.mkldnn.verbose(torch.backends.mkldnn.VERBOSE_ON),
            ):
                call()
        finally:
            libc.fflush(None)
            os.dup2(before, 1)
            os.close(before)
        file.seek(0)
        return file.read().decode()
