"""What the pages' models have in common: inputs of a seed, packed files, what comes out."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from dwsep_helpers.cost import profile
from dwsep_helpers.mobilenet import count_parameters

TYPES: Final = {"f32": "float32", "i8": "int8"}
SEED: Final = 22
SHOWN: Final = 8  # of an output's numbers


def numbers(seed: int, count: int) -> np.ndarray:
    """Return so many float32 numbers from -1 to 1, the same as the pages' script makes.

    Tommy Ettinger's generator mulberry32, of whose 32 bits the upper 24 are used: a float32 holds
    them exactly.

    Examples
    --------
    >>> numbers(1, 3)
    array([ 0.25414777, -0.99452865,  0.05489397], dtype=float32)
    """
    state = np.uint32(seed) + np.arange(1, count + 1, dtype=np.uint32) * np.uint32(0x6D2B79F5)
    mixed = (state ^ state >> np.uint32(15)) * (state | np.uint32(1))
    mixed = mixed + (mixed ^ mixed >> np.uint32(7)) * (mixed | np.uint32(61)) ^ mixed
    upper = (mixed ^ mixed >> np.uint32(14)) >> np.uint32(8)
    return (upper / 2**23 - 1).astype(np.float32)


def image(seed: int, *shape: int) -> Tensor:
    """Return an image (1, C, H, W) of a seed's numbers, which are drawn channels last."""
    channels, rows, columns = shape
    drawn = numbers(seed, rows * columns * channels).reshape(1, rows, columns, channels)
    return torch.from_numpy(drawn).permute(0, 3, 1, 2).contiguous()


def listed(values: np.ndarray | Tensor) -> list[float]:
    """Return float32 numbers with as many digits as tell them apart."""
    return [float(str(value)) for value in np.asarray(values, np.float32)]


def flat(values: Tensor) -> Tensor:
    """Return an output's numbers in the order of the file's memory: channels last."""
    return values.movedim(1, -1).flatten()


def saved(path: Path, content: bytes) -> dict[str, Any]:
    """Write a file, packed, and return what the index says of it."""
    packed = gzip.compress(content, 9, mtime=0)
    path.write_bytes(packed)
    return {"file": path.name, "bytes": len(packed), "unpacked": len(content)}


def answer(values: Tensor) -> dict[str, Any]:
    """Return what the index says of an output."""
    found = flat(values)
    return {"expected": listed(found[:SHOWN]), "largest": listed(found.abs().max()[None])[0]}


def counted(network: nn.Module, x: Tensor) -> dict[str, int]:
    """Return a network's MACs for an input, and its parameters."""
    macs = profile(network, tuple(x.shape)).total.macs
    return {"macs": macs, "params": count_parameters(network)}
