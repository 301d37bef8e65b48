"""Dense and separable layers on a GPU, in float32 and float16, channels first and last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import torch
from torch import nn

from dwsep_helpers.cost import profile
from dwsep_helpers.hardware.timing import measure

LAYERS: Final = ((56, 128), (28, 256), (14, 512), (7, 1024))
"""Rows and channels of four of MobileNetV1's layers."""

PROTOCOL: Final = (
    "the stages of four of MobileNetV1's layers, C channels to C, 3×3, batch 32, each timed from "
    "an idle device until it is done; best of 100 rounds in which all contenders of a size take "
    "turns; TF32 off"
)


def name() -> str:
    """Return the GPU's name, or ``"none"``."""
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "none"


def layers(
    device: str = "cuda",
    sizes: Iterable[tuple[int, int]] = LAYERS,
    batch: int = 32,
    rounds: int = 100,
    dtypes: Iterable[torch.dtype] = (torch.float32, torch.float16),
) -> Iterator[dict]:
    """Yield the times of a dense, a depthwise and a pointwise layer of each size.

    Parameters
    ----------
    device : str
        ``"cuda"``, or ``"cpu"`` to see that it works.
    sizes : iterable of (int, int)
        Rows and channels.

    Raises
    ------
    RuntimeError
        If a GPU is asked for and there is none.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise RuntimeError("there is no GPU that torch can use here")
    for rows, channels in sizes:
        contenders, about = {}, {}
        for dtype in dtypes:
            for layout in (torch.contiguous_format, torch.channels_last):
                to: dict[str, Any] = {"device": device, "dtype": dtype, "memory_format": layout}
                x = torch.randn(batch, channels, rows, rows).to(**to)
                for kind, layer in _stages(channels).items():
                    key = f"{kind} {dtype} {layout}"
                    cost = profile(layer, (batch, channels, rows, rows)).total
                    about[key] = {
                        "rows": rows,
                        "channels": channels,
                        "kind": kind,
                        "dtype": str(dtype).removeprefix("torch."),
                        "layout": "NHWC" if layout is torch.channels_last else "NCHW",
                        "macs": cost.macs,
                        "elements": cost.elements,
                    }
                    contenders[key] = _call(layer.to(**to), x)
        with torch.inference_mode(), torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
            timings = measure(contenders, rounds, warm_up=5)
        for key, row in about.items():
            yield {**row, "ms": 1e3 * timings.best(key)}


def _stages(channels: int) -> dict[str, nn.Module]:
    return {
        "standard": nn.Conv2d(channels, channels, 3, padding=1, bias=False),
        "depthwise": nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False),
        "pointwise": nn.Conv2d(channels, channels, 1, bias=False),
    }


def _call(layer: nn.Module, x: torch.Tensor) -> Callable[[], None]:
    def run() -> None:
        layer(x)
        if x.is_cuda:
            torch.cuda.synchronize()

    return run
