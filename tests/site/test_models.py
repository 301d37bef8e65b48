"""The models of the pages: they load, give what the index says, and are made the same twice."""

import gzip
import json

import numpy as np
import pytest
import torch
from builder import model_files, models
from PIL import Image

from dwsep_helpers.hardware import recorded
from dwsep_helpers.hardware.tflite import Interpreter
from dwsep_helpers.mobilenet import pretrained
from dwsep_helpers.mobilenet.photographs import photographs

LARGEST_DEFAULT = 1_000_000  # bytes: with the engine's, a page loads less than 6 MB


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("site")
    models.build(target, reduced=True)
    return target / "models"


@pytest.fixture(scope="module")
def index(folder):
    return json.loads((folder / "index.json").read_text())


def entries(index):
    return [*index["networks"], *index["layers"], index["photo"]["f32"], index["photo"]["i8"]]


def run(folder, entry):
    return Interpreter(gzip.decompress((folder / entry["file"]).read_bytes()))


def first(y, entry):
    """Return how far an output is from the index's, relative to its largest number."""
    found = model_files.flat(y)[: len(entry["expected"])]
    return float((found - torch.tensor(entry["expected"])).abs().max() / entry["largest"])


def drawn(entry):
    _, rows, columns, channels = entry["input"]
    return model_files.image(entry["seed"], channels, rows, columns)


def test_numbers_are_mulberry32s():
    def step_by_step(seed, count):
        for _ in range(count):
            seed = (seed + 0x6D2B79F5) % 2**32
            t = (seed ^ seed >> 15) * (seed | 1) % 2**32
            t = ((t + (t ^ t >> 7) * (t | 61)) % 2**32) ^ t
            yield ((t ^ t >> 14) >> 8) / 2**23 - 1

    for seed in (0, 1, 22, 2**32 - 1):
        assert model_files.numbers(seed, 1000).tolist() == [*step_by_step(seed, 1000)]
    spread = model_files.numbers(22, 100_000)
    assert -1 <= spread.min() < -0.999
    assert 0.999 < spread.max() < 1
    assert abs(spread.mean()) < 0.01


def test_every_file_is_in_the_index_with_its_size(folder, index):
    listed = [*entries(index), index["photo"]["taps"]]
    for entry in listed:
        packed = (folder / entry["file"]).read_bytes()
        assert len(packed) == entry["bytes"]
        assert len(gzip.decompress(packed)) == entry["unpacked"]
    pictures = [entry["file"] for entry in index["photo"]["photographs"]]
    others = {"index.json", "recorded.json", index["photo"]["categories"], *pictures}
    assert {path.name for path in folder.iterdir()} == {e["file"] for e in listed} | others
    assert {(e["kind"], e["type"]) for e in index["networks"]} == {
        (kind, dtype) for kind in ("dense", "separable") for dtype in ("f32", "i8")
    }
    assert {e["name"] for e in index["networks"]} >= set(index["default"])


def test_what_a_page_loads_by_default_is_small(index):
    chosen = [e for e in index["networks"] if e["name"] in index["default"]]
    assert len(chosen) == 4
    assert sum(e["bytes"] for e in (*chosen, *index["layers"])) < LARGEST_DEFAULT
    assert index["photo"]["i8"]["bytes"] < 4_500_000


def test_files_give_what_the_index_says(folder, index):
    for entry in entries(index):
        y = run(folder, entry)(drawn(entry))
        off = first(y, entry)
        # Eight bits are the interpreter's own, to the bit; float32's expectation is torch's.
        assert off <= (index["tolerance"] / 10 if "f32" in entry["file"] else 0), entry["file"]
        assert y.numel() == np.prod(entry["output"])
        assert y.numel() > 1000 or int(y.argmax()) == entry["class"]
        assert entry["largest"] == pytest.approx(float(y.abs().max()), rel=1e-4)


def test_outputs_tell_right_from_wrong(folder, index):
    """Numbers that an engine gets wrong have to show: scores are spread, and eight bits near."""
    for f32, i8 in zip(index["networks"][::2], index["networks"][1::2], strict=True):
        assert (f32["type"], i8["type"]) == ("f32", "i8")
        assert len(set(f32["expected"])) == len(f32["expected"])
        assert np.std(f32["expected"]) > 0.1 * f32["largest"]
        np.testing.assert_allclose(i8["expected"], f32["expected"], atol=0.02 * f32["largest"])


def test_counts_are_the_papers(index):
    counts = {(e["name"], e["kind"]): (e["macs"], e["params"]) for e in index["networks"]}
    row = recorded("runtimes").one(
        network="separable", width=0.5, resolution=160, runtime="eager", dtype="float32"
    )
    assert counts["mnv1_0.5_160", "separable"] == (row["macs"], row["params"])
    assert index["photo"]["f32"]["macs"] == 385_187_552


def test_maps_that_are_shown_are_the_networks(folder, index):
    taps = index["photo"]["taps"]
    network = pretrained.efficientnet_lite0()
    x = torch.from_numpy(pretrained.prepare(photographs("china")["china"]))
    with torch.inference_mode():
        stem = network.stem(x)
        block = network.blocks[0].stages
        right = stem, block[:3](stem), block(stem)
    for ours, theirs, about in zip(
        run(folder, taps).outputs(x), right, taps["outputs"], strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-5 * float(theirs.abs().max()))
        assert [1, *ours.shape[2:], ours.shape[1]] == about["shape"]
    for y, about in zip(run(folder, taps).outputs(drawn(taps)), taps["outputs"], strict=True):
        assert first(y, about) < 1e-5


def test_photographs_are_as_python_prepares_them(folder, index):
    names = pretrained.categories()
    assert tuple(json.loads((folder / "categories.json").read_text())) == names
    classes = {"china": "palace", "flower": "daisy", "grace_hopper": "academic gown"}
    runs = {dtype: run(folder, index["photo"][dtype]) for dtype in ("f32", "i8")}
    for entry in index["photo"]["photographs"]:
        pixels = np.asarray(Image.open(folder / entry["file"]), np.float32)
        prepare = index["photo"]["prepare"]
        x = ((pixels - prepare["mean"]) / prepare["std"]).transpose(2, 0, 1)[None]
        np.testing.assert_array_equal(
            x, pretrained.prepare(photographs(entry["name"])[entry["name"]])
        )
        for dtype, network in runs.items():
            y, about = network(torch.from_numpy(x)), entry[dtype]
            assert first(y, about) <= (1e-5 if dtype == "f32" else 0)
            assert about["top"][0][0] == about["class"] == int(y.argmax())
        assert names[entry["f32"]["class"]] == classes[entry["name"]]
        assert entry["alt"]
        assert "CC BY" in entry["credit"] or "public domain" in entry["credit"]


def test_eight_bits_keep_the_photographs_classes(index):
    found = index["photo"]["photographs"]
    assert [p["i8"]["class"] for p in found] == [p["f32"]["class"] for p in found]


def test_recorded_bars_are_the_tables(folder):
    found = json.loads((folder / "recorded.json").read_text())
    assert found["macs"]["mnv1_1.0_224"] == 8.558
    assert {bar["kind"] for bar in found["bars"]} == {"processor", "npu"}
    for bar in found["bars"]:
        assert bar["times"] == pytest.approx(bar["dense_ms"] / bar["separable_ms"], abs=1e-3)
        assert bar["source"]
        assert bar["type"] == "i8" or bar["kind"] == "processor"
    keys = [(bar["network"], bar["type"], bar["says"]) for bar in found["bars"]]
    assert len(set(keys)) == len(keys)
    row = {"network": "dense", "width": 0.5, "resolution": 160, "runtime": "ExecuTorch"}
    ms = recorded("runtimes").one(**row, dtype="int8")["best_ms"]
    assert ms in [bar["dense_ms"] for bar in found["bars"] if bar["network"] == "mnv1_0.5_160"]


def test_a_second_build_gives_the_same_bytes(folder, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "of_an_older_build.tflite.gz").write_bytes(b"")
    models.build(tmp_path, reduced=True)
    assert len([*(tmp_path / "models").iterdir()]) == len([*folder.iterdir()])
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "models" / path.name).read_bytes(), path.name


def test_biases_of_eight_bits_have_room_in_32(folder, index):
    """Nearly dead channels have tiny weights beside a bias that isn't."""
    from ai_edge_litert import schema_py_generated as schema

    packed = (folder / index["photo"]["i8"]["file"]).read_bytes()
    model = schema.ModelT.InitFromPackedBuf(gzip.decompress(packed), 0)
    biases = {
        tensor.name.decode(): np.abs(model.buffers[tensor.buffer].data.view(np.int32).astype(int))
        for tensor in model.subgraphs[0].tensors
        if tensor.type == schema.TensorType.INT32 and tensor.name.endswith(b"bias")
    }
    assert len(biases) == 50
    assert max(values.max() for values in biases.values()) <= 2**30
    assert sum(values.max() == 2**30 for values in biases.values()) > 20  # layers: widened to fit
