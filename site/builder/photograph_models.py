"""The network that recognizes photographs, as .tflite files, and photographs to try it on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from builder.model_files import SEED, TYPES, answer, counted, image, saved
from dwsep_helpers.hardware.tflite import Interpreter, to_tflite
from dwsep_helpers.mobilenet import pretrained
from dwsep_helpers.mobilenet.photographs import photographs, squares

NAME: Final = "efficientnet_lite0"
EACH: Final = 20  # squares of a photograph, from which ranges are read
BEST: Final = 5

TAPS: Final = {
    "stem": ("stem.relu", "after the first layer, a standard convolution"),
    "depthwise": ("blocks.0.stages.depthwise_relu", "after the first depthwise layer"),
    "pointwise": ("blocks.0.stages.project_norm", "after its pointwise layer"),
}
"""Maps to show: what the index calls them, the part of the network that gives them, and words."""

PHOTOGRAPHS: Final = {
    "china": (
        "A palace of several storeys with curved roofs, on a wooded slope",
        "danielbuechele (Flickr), CC BY 2.0, by way of scikit-learn; cut and scaled",
    ),
    "flower": (
        "A dahlia",
        "vultilion (Flickr), CC BY 2.0, by way of scikit-learn; cut and scaled",
    ),
    "grace_hopper": (
        "Grace Hopper in the uniform of the United States Navy",
        "United States Navy, public domain, by way of matplotlib; cut and scaled",
    ),
}
"""What each shows, and whose it is."""


def written(folder: Path) -> dict[str, Any]:
    """Write the files, and return what the index says of them."""
    network = pretrained.efficientnet_lite0()
    images = photographs(*PHOTOGRAPHS)
    x = image(SEED, 3, pretrained.SIZE, pretrained.SIZE)
    calibration = torch.from_numpy(squares(images, EACH))
    runs, found = {}, {}
    for short, dtype in TYPES.items():
        content = to_tflite(network, calibration, dtype, float_edges=True)
        run: Any = network if dtype == "float32" else Interpreter(content)
        file = saved(folder / f"{NAME}_{short}.tflite.gz", content)
        found[short] = {**file, **counted(network, x), **_about(run, x)}
        runs[short] = run
    (folder / "categories.json").write_text(json.dumps(pretrained.categories()), encoding="utf-8")
    return {
        **found,
        "taps": _taps(folder, network, x),
        "prepare": {"side": 7 / 8, "mean": 127, "std": 128, "size": pretrained.SIZE},
        "categories": "categories.json",
        "photographs": [_photograph(folder, name, images[name], runs) for name in PHOTOGRAPHS],
    }


def _about(run: Any, x: Tensor) -> dict[str, Any]:
    with torch.inference_mode():
        y = run(x)
    shapes = {"input": [1, *x.shape[2:], 3], "output": [*y.shape]}
    return {**shapes, "seed": SEED, **answer(y), "class": int(y.argmax())}


def _taps(folder: Path, network: torch.nn.Module, x: Tensor) -> dict[str, Any]:
    """Write the layers up to the maps that are shown, as a network of its own."""
    content = to_tflite(network, x, "float32", outputs=[part for part, _ in TAPS.values()])
    maps = Interpreter(content).outputs(x)
    outputs = [
        {"name": name, "says": says, "shape": [1, *y.shape[2:], y.shape[1]], **answer(y)}
        for (name, (_, says)), y in zip(TAPS.items(), maps, strict=True)
    ]
    file = saved(folder / f"{NAME}_taps_f32.tflite.gz", content)
    return {**file, "input": [1, *x.shape[2:], 3], "seed": SEED, "outputs": outputs}


def _photograph(folder: Path, name: str, photograph: Any, runs: dict[str, Any]) -> dict[str, Any]:
    """Save a photograph as the network takes it, and return what the index says of it."""
    size = pretrained.SIZE, pretrained.SIZE
    picture = pretrained.middle(photograph).resize(size, Image.Resampling.BICUBIC)
    path = folder / f"{name}.png"
    picture.save(path, optimize=True)
    alt, credit = PHOTOGRAPHS[name]
    about = {"name": name, "file": path.name, "bytes": path.stat().st_size}
    x = torch.from_numpy(pretrained.prepare(photograph))
    for short, run in runs.items():
        with torch.inference_mode():
            y = run(x)
        p = y[0].softmax(0).numpy()
        top = [[int(c), round(float(p[c]), 4)] for c in np.argsort(-p, kind="stable")[:BEST]]
        about[short] = {"class": int(y.argmax()), **answer(y), "top": top}
    return {**about, "alt": alt, "credit": credit}
