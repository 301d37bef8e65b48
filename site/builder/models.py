"""The networks that the pages run, as .tflite files, and what comes out of them.

``models/index.json`` says which there are, and holds the first numbers of each one's output for an
input that is drawn from a seed, so that a page can check its runtime before it shows a time.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn

from builder import photograph_models, recorded_bars
from builder.model_files import SEED, TYPES, answer, counted, image, listed, numbers, saved
from dwsep_helpers.hardware.repeating import PERIOD, repeating
from dwsep_helpers.hardware.tflite import Interpreter, to_tflite
from dwsep_helpers.hardware.timing import limited
from dwsep_helpers.mobilenet import MobileNetV1

SIZES: Final = ((0.25, 96), (0.25, 128), (0.5, 160), (1.0, 224))
DEFAULT: Final = (0.5, 160)
KINDS: Final = {"dense": False, "separable": True}
CHANNELS, SIDE = 256, 28  # of the single layers' maps
TOLERANCE: Final = 1e-4  # of float32's numbers, relative to the largest


def build(target: Path, reduced: bool = False) -> None:
    """Write all models, and the index of them, to the folder ``models`` of a site.

    Parameters
    ----------
    target : Path
        The site's folder.
    reduced : bool
        Leave out the networks that take longest to make.
    """
    folder = target / "models"
    shutil.rmtree(folder, ignore_errors=True)  # nothing of an older build stays
    folder.mkdir(parents=True)
    with limited(1):  # sums of several threads differ in their last bits
        index = {
            "version": 1,
            "weights_repeat": PERIOD,
            "numbers": {"generator": "mulberry32", "first": listed(numbers(1, 4))},
            "tolerance": TOLERANCE,
            "default": [_name(*DEFAULT)],
            "networks": _networks(folder, [DEFAULT] if reduced else SIZES),
            "layers": _layers(folder),
            "photo": photograph_models.written(folder),
        }
    (folder / "index.json").write_text(json.dumps(index, indent=1), encoding="utf-8")
    bars = recorded_bars.bars(SIZES, _name)
    (folder / "recorded.json").write_text(json.dumps(bars, indent=1), encoding="utf-8")


def _name(width: float, resolution: int) -> str:
    return f"mnv1_{width}_{resolution}"


def _networks(folder: Path, sizes: Any) -> list[dict]:
    found = []
    for width, resolution in sizes:
        name = _name(width, resolution)
        for kind, separable in KINDS.items():
            network = MobileNetV1(width_multiplier=width, separable=separable).eval()
            about = {"name": name, "width": width, "resolution": resolution, "kind": kind}
            for entry, y in _types(folder, about, network, image(SEED, 3, resolution, resolution)):
                found.append({**entry, "class": int(y.argmax())})
    return found


def _layers(folder: Path) -> list[dict]:
    found = []
    x = image(SEED, CHANNELS, SIDE, SIDE)
    for kind, (kernel_size, groups) in {
        "standard": (3, 1),
        "depthwise": (3, CHANNELS),
        "pointwise": (1, 1),
    }.items():
        padding = kernel_size // 2
        conv = nn.Conv2d(CHANNELS, CHANNELS, kernel_size, padding=padding, groups=groups)
        layer = nn.Sequential(conv, nn.ReLU6()).eval()
        about = {"name": f"layer_{CHANNELS}_{SIDE}", "kind": kind, "channels": CHANNELS}
        for entry, _ in _types(folder, {**about, "resolution": SIDE}, layer, x):
            found.append(entry)
    return found


def _types(folder: Path, about: dict, network: nn.Module, x: Tensor) -> Any:
    """Yield what the index says of a network in float32 and in eight bits, and its output."""
    counts = counted(network, x)
    ready = repeating(network)
    others = [image(SEED + n, *x.shape[1:]) for n in (1, 2)]
    for short, dtype in TYPES.items():
        content = to_tflite(ready, torch.cat([x, *others]), dtype, float_edges=True)
        path = folder / f"{about['name']}_{about['kind']}_{short}.tflite.gz"
        with torch.inference_mode():
            y = ready(x) if dtype == "float32" else Interpreter(content)(x)
        shapes = {name: [1, *v.shape[2:], v.shape[1]] for name, v in (("input", x), ("output", y))}
        entry = {**about, "type": short, **saved(path, content), **counts, **shapes, "seed": SEED}
        yield {**entry, **answer(y)}, y
