"""Files that are no checkpoint: the message says what they are, and nothing changes."""

import argparse
import pickle
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from dwsep_helpers.mobilenet import load_checkpoint


def written(tmp_path, content):
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    return path


def saved(tmp_path, content, **options):
    path = tmp_path / "weights.pth"
    torch.save(content, path, **options)
    return path


def whole(tmp_path):
    return saved(tmp_path, nn.Linear(2, 2))


def archive(*names):
    def made(tmp_path):
        with zipfile.ZipFile(tmp_path / "weights.pth", "w") as file:
            for name in names:
                file.writestr(name, "{}")
        return tmp_path / "weights.pth"

    return made


def safetensors(cut, more=b""):
    def made(tmp_path):
        save_file({"weight": torch.ones(9, 9)}, tmp_path / "w.safetensors")
        content = (tmp_path / "w.safetensors").read_bytes()
        (tmp_path / "w.safetensors").write_bytes(content[:cut] + more)
        return tmp_path / "w.safetensors"

    return made


def torchscript(tmp_path):
    with pytest.warns(DeprecationWarning, match="torch.jit"):
        torch.jit.script(nn.Linear(2, 2)).save(tmp_path / "weights.pth")
    return tmp_path / "weights.pth"


def flipped(tmp_path):
    content = bytearray(saved(tmp_path, {"weight": torch.ones(100, 100)}).read_bytes())
    content[len(content) // 2] ^= 255
    return written(tmp_path, content)


def cut(tmp_path, **options):
    content = saved(tmp_path, {"weight": torch.ones(100, 100)}, **options).read_bytes()
    return written(tmp_path, content[: len(content) // 2])


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:657ae2\nsize 102979767\n"
FILES = {
    "whole network": (whole, "holds more than tensors: an object of torch.nn.*Linear"),
    "whole network in a dict": (
        lambda path: saved(path, {"model": nn.Linear(2, 2)}),
        "holds more than tensors",
    ),
    "whole network, old": (
        lambda path: saved(path, nn.Linear(2, 2), _use_new_zipfile_serialization=False),
        "holds more than tensors",
    ),
    "web page": (lambda path: written(path, b"<!DOCTYPE html><html>"), "is a web page"),
    "web page, old": (lambda path: written(path, b"\n<html><body>404"), "is a web page"),
    "empty": (lambda path: written(path, b""), "is empty"),
    "lfs": (lambda path: written(path, LFS), "is a Git LFS pointer.*git lfs pull"),
    "folder": (lambda path: path, "is a folder"),
    "cut": (cut, "is cut off or damaged"),
    "cut, old": (
        lambda path: cut(path, _use_new_zipfile_serialization=False),
        "is cut off or damaged",
    ),
    "damaged": (flipped, r"is damaged, in its part .*data/0"),
    "text": (lambda path: written(path, b"hello world, weights"), "begins with b'hello wo'"),
    "json": (lambda path: written(path, b'{"weight_map": {}}'), "is a text .JSON."),
    "hdf5": (lambda path: written(path, b"\x89HDF\r\n\x1a\n" + bytes(99)), "is an HDF5 file"),
    "tflite": (lambda path: written(path, b"\x1c\0\0\0TFL3" + bytes(99)), "is a TFLite model"),
    "gzip": (lambda path: written(path, b"\x1f\x8b\x08" + bytes(99)), "is compressed"),
    "numpy": (lambda path: written(path, b"\x93NUMPY\x01" + bytes(99)), "is a NumPy array"),
    "npz": (archive("weight.npy"), "is an archive of NumPy arrays"),
    "keras": (archive("config.json", "model.weights.h5"), "is a Keras model"),
    "zip": (archive("readme.txt"), "is a zip archive without a checkpoint"),
    "empty zip": (archive(), "is an empty zip archive"),
    "torchscript": (torchscript, "is a TorchScript program"),
    "plain pickle": (
        lambda path: written(path, pickle.dumps({"weight": np.ones(2)})),
        "cut off or damaged, or no checkpoint|holds more than tensors",
    ),
    "safetensors, numbers cut": (safetensors(-10), "is a safetensors file that is cut off"),
    "safetensors, header cut": (safetensors(20), "is a safetensors file that is cut off"),
    "safetensors, more than it says": (  # Comfy-Org/ComfyUI#15602
        safetensors(None, b"more"),
        "is a safetensors file that is cut off or damaged",
    ),
    "one tensor": (lambda path: saved(path, torch.ones(2)), "holds Tensor"),
    "empty dict": (lambda path: saved(path, {}), "holds an empty dict"),
    "optimizer": (
        lambda path: saved(path, torch.optim.SGD(nn.Linear(2, 2).parameters(), 0.1).state_dict()),
        "holds no state dict: its .* not a tensor|an empty dict",
    ),
    "by number": (lambda path: saved(path, {0: torch.ones(2)}), "holds no state dict: its 0"),
}


@pytest.mark.parametrize("kind", FILES)
def test_it_says_what_the_file_is(tmp_path, kind):
    make, says = FILES[kind]
    path = make(tmp_path)
    network = nn.Linear(2, 2)
    before = network.weight.clone()
    with pytest.raises(ValueError, match=says) as refused:
        load_checkpoint(network, path)
    assert torch.equal(network.weight, before)
    assert str(path) in str(refused.value)
    assert "weights_only" not in str(refused.value)


def test_an_old_file_of_torch_loads(tmp_path):
    source, target = nn.Linear(2, 2), nn.Linear(2, 2)
    load_checkpoint(
        target, saved(tmp_path, source.state_dict(), _use_new_zipfile_serialization=False)
    )
    assert torch.equal(target.weight, source.weight)


def test_a_file_is_what_it_holds_whatever_it_is_called(tmp_path):
    """safetensors/safetensors#414: a file of torch's, taken for the other kind."""
    source = nn.Linear(2, 2)
    torch.save(source.state_dict(), tmp_path / "torch.safetensors")
    save_file(source.state_dict(), tmp_path / "safetensors.pth")
    for name in ("torch.safetensors", "safetensors.pth"):
        target = nn.Linear(2, 2)
        load_checkpoint(target, tmp_path / name)
        assert torch.equal(target.weight, source.weight)


@pytest.mark.parametrize("dtype", [torch.float8_e4m3fn, torch.float8_e5m2, torch.bfloat16])
def test_few_digits_become_the_networks(tmp_path, dtype):
    target = nn.Linear(2, 2, bias=False)
    save_file({"weight": torch.full((2, 2), 1.5).to(dtype)}, tmp_path / "w.safetensors")
    load_checkpoint(target, tmp_path / "w.safetensors")
    assert torch.equal(target.weight, torch.full((2, 2), 1.5))


def test_numbers_that_are_not_finite_are_as_in_the_file(tmp_path):
    layer = nn.Linear(2, 2)
    state = {name: torch.full_like(value, torch.nan) for name, value in layer.state_dict().items()}
    load_checkpoint(layer, saved(tmp_path, state))
    assert layer.weight.isnan().all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        # In the list at the end: the name, said to be UTF-8, and how the first member is packed.
        (lambda at: ((at + 8, 0), (at + 9, 8), (at + 46, 0xFF)), "utf-8"),
        (lambda at: ((at + 8, 1),), "encrypted"),
        (lambda at: ((at + 10, 99),), "compression"),
    ],
    ids=["name", "locked", "packed"],
)
def test_a_list_of_members_that_is_damaged_names_the_file(tmp_path, change, said):
    path = saved(tmp_path, nn.Linear(2, 2).state_dict())
    content = bytearray(path.read_bytes())
    for place, value in change(content.index(b"PK\1\2")):
        content[place] = value
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"weights\.pth is cut off or damaged: .*{said}"):
        load_checkpoint(nn.Linear(2, 2), path)


@pytest.mark.parametrize(
    "beside",
    [
        {"epoch": 3, "best": np.float64(0.7)},
        {"history": np.zeros(3), "when": np.datetime64("2026-01-01"), "few": np.float16(1)},
        {"args": argparse.Namespace(lr=0.1, data=Path("photos"))},
        {"optimizer": {"state": {0: {"step": torch.zeros(1)}}, "param_groups": []}},
    ],
    ids=["number", "arrays", "arguments", "optimizer"],
)
@pytest.mark.parametrize("wrapper", ["state_dict", "generator"])
def test_what_training_scripts_keep_beside_the_weights(tmp_path, wrapper, beside):
    source, target = nn.Linear(2, 2), nn.Linear(2, 2)
    load_checkpoint(target, saved(tmp_path, {**beside, wrapper: source.state_dict()}))
    assert torch.equal(source.weight, target.weight)


def _circle():
    state = {}
    state["state_dict"] = state
    return state


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_circle(), "its 'state_dict' is dict, not a tensor"),
        (nn.Linear(2, 2, device="meta").state_dict(), "has no numbers of weight"),
        ({1: torch.zeros(2)}, "its 1 is a key that"),
        ({"a": {"w": torch.ones(1)}, "b": {"w": torch.ones(1)}}, "its 'a' is dict, not a tensor"),
        ({"w": torch.ones(1), "b": {"w": torch.ones(1)}}, "its 'b' is dict, not a tensor"),
        ({"weight": np.ones((2, 2))}, "its 'weight' is ndarray, not a tensor"),
    ],
    ids=["circle", "meta", "number", "two", "beside", "arrays"],
)
def test_what_is_in_the_file_is_no_state_dict(tmp_path, content, said):
    with pytest.raises(ValueError, match=rf"weights\.pth .*{said}"):
        load_checkpoint(nn.Linear(2, 2), saved(tmp_path, content))


def test_no_code_runs(tmp_path):
    class Harm:
        def __reduce__(self):
            return print, ("harm",)

    for old in (True, False):
        path = saved(tmp_path, {"weight": Harm()}, _use_new_zipfile_serialization=not old)
        with pytest.raises(ValueError, match=r"holds more than tensors: an object of .*print"):
            load_checkpoint(nn.Linear(2, 2), path)


def test_without_the_package_it_says_what_to_install(tmp_path, monkeypatch):
    save_file({"weight": torch.ones(2, 2)}, tmp_path / "w.safetensors")
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(ModuleNotFoundError) as missing:
        load_checkpoint(nn.Linear(2, 2, bias=False), tmp_path / "w.safetensors")
    assert "pip install safetensors" in missing.value.__notes__[0]
