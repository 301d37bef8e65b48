"""Read tensors by name from a file, or say what the file is instead."""

from __future__ import annotations

import argparse
import pathlib
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

# What others wrap a state dict in. Where a file has several, the first of these is read; where it
# has none, the one dict of nothing but tensors.
_WRAPPERS = """state_dict model_state_dict model net network weights params module teacher student
    state_dict_ema model_ema params_ema ema_state_dict ema"""
WRAPPERS = tuple(_WRAPPERS.split())

# What files begin with that people take for checkpoints.
_BEGINNINGS = (
    (rb"version https://git-lfs", "is a Git LFS pointer, not the file itself: run git lfs pull"),
    (rb"\s*(<!doctype|<html|<head|<\?xml)", "is a web page: the download gave no file"),
    (rb"\x89HDF", "is an HDF5 file, as Keras writes, and not torch's"),
    (rb"\x93NUMPY", "is a NumPy array without names"),
    (rb"GGUF", "is a GGUF file"),
    (rb"....TFL3", "is a TFLite model"),
    (rb"\x08[\x01-\x0c]\x12.{0,40}(pytorch|tf2onnx|onnx)", "is an ONNX model"),
    (rb"\x1f\x8b|BZh|\xfd7zXZ|7z\xbc\xaf|Rar!|\x28\xb5\x2f\xfd", "is compressed: unpack it"),
    (rb"\s*[\[{]", "is a text (JSON), such as the list of a checkpoint's parts"),
)
# Some file of each kind of zip archive, from the most telling on.
_ARCHIVES = (
    (r"constants\.pkl$", "is a TorchScript program: save its state_dict() instead"),
    (r"archive_format$|serialized_exported_program", "is a program that torch.export saved"),
    (r"\.weights\.h5$", "is a Keras model, and not torch's"),
    (r"\.npy$", "is an archive of NumPy arrays, and not torch's"),
    (r"$", "is a zip archive without a checkpoint of torch's"),
)
# What training scripts keep beside the weights: numbers of NumPy's, and their own arguments.
_multiarray = getattr(np, "_core", None) or np.core
_CAN_ALLOW = torch.__version__ >= "2.6"  # before, by their own names only
_HARMLESS: list[Any] = [
    *(np.ndarray, np.dtype, argparse.Namespace, pathlib.PosixPath, pathlib.WindowsPath),
    *{type(np.dtype(code)) for code in np.typecodes["All"] if code not in "OV"},
    *(
        (getattr(_multiarray.multiarray, name), f"numpy.{core}.multiarray.{name}")
        for core in ("core", "_core")
        for name in ("scalar", "_reconstruct")
    ),
]
_MOST_OF_HEADER = 100_000_000  # bytes; as the safetensors library has it


def read(path: str | Path) -> tuple[dict[str, Tensor], list[str]]:
    """Read tensors by name, and without running code from the file.

    Parameters
    ----------
    path : str or Path
        A file that ``torch.save`` or safetensors wrote: a state dict, or one in a dict.

    Returns
    -------
    tensors : dict of str to Tensor
        On the CPU.
    others : list of str
        Names of further state dicts that the file has and that weren't read.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModuleNotFoundError
        If it is a safetensors file, and that package isn't installed.
    ValueError
        If it holds no state dict; the message says what it is.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"{path} is a folder, and one file is asked for")
    with path.open("rb") as file:
        start = file.read(512)
    header = int.from_bytes(start[:8], "little")
    if start[8:9] == b"{" and 0 < header <= _MOST_OF_HEADER:
        return _safetensors(path), []
    if not start:
        raise ValueError(f"{path} is empty")
    for beginning, what in _BEGINNINGS:
        if re.match(beginning, start, re.IGNORECASE | re.DOTALL):
            raise ValueError(f"{path} {what}")
    if start.startswith(b"PK"):
        _check_archive(path)
    elif not start.startswith((b"\x80", b"ustar")) and start[257:262] != b"ustar":
        raise ValueError(f"{path} is no checkpoint: it begins with {start[:8]!r}")
    return _state_dict(_pickled(path), path)


def _safetensors(path: Path) -> dict[str, Tensor]:
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ModuleNotFoundError as missing:
        missing.add_note(f"{path} is a safetensors file: pip install safetensors")
        raise
    try:
        return load_file(path)
    except SafetensorError as error:
        raise ValueError(
            f"{path} is a safetensors file that is cut off or damaged: {error}"
        ) from error


def _check_archive(path: Path) -> None:
    """Refuse a zip archive that is damaged, or that torch.save didn't write."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            damaged = archive.testzip()
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, zlib.error) as error:
        raise ValueError(f"{path} is cut off or damaged: {error}") from None
    if damaged:
        raise ValueError(f"{path} is damaged, in its part {damaged}")
    scripted = any(re.search(r"(^|/)constants\.pkl$", name) for name in names)
    if any(re.search(r"(^|/)data\.pkl$", name) for name in names) and not scripted:
        return
    for member, what in _ARCHIVES:
        if any(re.search(member, name) for name in names):
            raise ValueError(f"{path} {what}")
    raise ValueError(f"{path} is an empty zip archive")


def _pickled(path: Path) -> Any:
    """Read what torch.save wrote; torch's own texts would say how to run code from it."""
    try:
        with (
            path.open("rb") as file,  # by path, torch goes by its name
            warnings.catch_warnings(),
            torch.serialization.safe_globals(_HARMLESS) if _CAN_ALLOW else nullcontext(),
        ):
            warnings.simplefilter("ignore")  # about old kinds of tensors
            return torch.load(file, map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except Exception as error:
        found = re.search(r"(?:GLOBAL|class|function) ['\"]?([\w.]+)", str(error))
        if found:
            raise ValueError(
                f"{path} holds more than tensors: an object of {found[1]}. A whole pickled "
                "network would have to run code: save its state_dict() instead"
            ) from None
        raise ValueError(f"{path} is cut off or damaged, or no checkpoint of torch's") from None


def _state_dict(content: Any, path: Path) -> tuple[dict[str, Tensor], list[str]]:
    others: list[str] = []
    opened: set[int] = set()
    while isinstance(content, Mapping):
        inner = [name for name in WRAPPERS if isinstance(content.get(name), Mapping)]
        inner = inner or _only_one_of_tensors(content)
        if not inner or id(content) in opened:  # a dict may hold itself
            break
        opened.add(id(content))
        others += inner[1:]
        content = content[inner[0]]
    if not isinstance(content, Mapping) or not content:
        kind = "an empty dict" if isinstance(content, Mapping) else type(content).__name__
        raise ValueError(f"{path} holds {kind}, and a state dict is asked for")
    return dict(_tensors(content, path)), others


def _only_one_of_tensors(content: Mapping) -> list[Any]:
    """Return the name of what holds tensors and nothing else, if it is one, whatever its name."""
    found = [
        name
        for name, value in content.items()
        if isinstance(value, Mapping) and value and all(map(_is_tensor, value.values()))
    ]
    return found if len(found) == 1 and not any(map(_is_tensor, content.values())) else []


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Tensor)


def _tensors(content: Mapping, path: Path) -> Iterator[tuple[str, Tensor]]:
    for name, value in content.items():
        if str(name).endswith("_extra_state"):  # whatever a module keeps beside its tensors
            continue
        if not isinstance(name, str):
            raise ValueError(f"{path} holds no state dict: its {name!r} is a key that isn't text")
        if not isinstance(value, Tensor):
            raise ValueError(
                f"{path} holds no state dict: its {name!r} is {type(value).__name__}, not a tensor"
            )
        if value.is_meta:
            raise ValueError(f"{path} has no numbers of {name}: it was on the meta device")
        yield name, value
