"""Real exports, run for real: ExecuTorch with XNNPACK, LiteRT, and the NPU's compiler."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from dwsep_helpers.cost import profile
from dwsep_helpers.hardware import export, mobile_runtimes, npu, tflite
from dwsep_helpers.mobilenet import SMALL_IMAGES, MobileNetV1, training

IMAGES = training.split(1400, seed=0)


def trained(separable):
    torch.manual_seed(0)
    network = MobileNetV1(10, in_channels=1, separable=separable, layers=SMALL_IMAGES)
    training.fit(network, IMAGES[0], IMAGES[1], steps=80)
    return network


@pytest.fixture(scope="module")
def network():
    return trained(separable=True)


@pytest.fixture(scope="module")
def new():
    return torch.from_numpy(IMAGES[2][:60])


@pytest.fixture(scope="module")
def calibration():
    return torch.from_numpy(IMAGES[0][:50])


@pytest.fixture(scope="module")
def program(network, new):
    return export.export(network, new[:1])


@pytest.fixture(scope="module")
def quantized(network, calibration):
    return export.quantized(network, calibration)


@pytest.fixture(scope="module")
def eight_bits(quantized, new):
    return export.export(quantized, new[:1])


def scores(run, images):
    with torch.inference_mode():
        return torch.cat([run(image) for image in images.split(1)])


def test_outputs_are_those_of_eager(network, program, new):
    np.testing.assert_allclose(scores(program, new), scores(network, new), atol=1e-4, rtol=1e-4)


def test_exporting_leaves_the_network_as_it_was(network, program):
    assert any(isinstance(part, torch.nn.BatchNorm2d) for part in network.modules())


def test_eight_bits_are_those_of_the_quantized_network(network, quantized, eight_bits, new):
    ours, theirs = scores(eight_bits, new), scores(quantized, new)
    step = (theirs.max() - theirs.min()) / 255
    off = (ours - theirs).abs() / step
    assert off.max() < 3.5  # a tie rounded the other way in one layer travels through the next
    assert off.mean() < 0.5
    assert (ours.argmax(1) == scores(network, new).argmax(1)).float().mean() > 0.9


def test_a_file_is_what_a_phone_would_load(program, eight_bits, network, tmp_path, new):
    path = tmp_path / "network.pte"
    program.save(path)
    assert path.stat().st_size == program.size
    again = export.Program(path.read_bytes())
    assert torch.equal(again(new[:1]), program(new[:1]))
    weights = 4 * sum(p.numel() for p in network.parameters())
    assert weights < program.size < 1.6 * weights
    assert eight_bits.size < 0.6 * program.size


def test_operators_come_from_the_runtimes_own_profiler(program, eight_bits, new, network):
    kinds = [row.kind for row in profile(network, (1, 1, 8, 8)).rows]
    layers = ("standard", "depthwise", "pointwise", "linear")
    for each in (program, eight_bits):
        found = each.operators(new[:1], calls=40)
        assert [o.kind for o in found if o.kind != "other"] == [k for k in kinds if k in layers]
        assert all(0 <= o.seconds < 1 for o in found)
    with pytest.raises(ValueError, match="calls must be at least 1, got 0"):
        program.operators(new[:1], calls=0)


def test_a_dense_network_has_no_depthwise_operators(new):
    names = [o.kind for o in export.export(trained(False), new[:1]).operators(new[:1], calls=3)]
    assert names.count("standard") == 5
    assert "depthwise" not in names


@pytest.mark.parametrize("separable", [True, False])
def test_tflite_gives_what_eager_gives(separable, network, calibration, new):
    each = network if separable else trained(False)
    run = tflite.Interpreter(tflite.to_tflite(each, calibration))
    ours, right = scores(run, new), scores(each, new)
    assert (ours - right).abs().max() < 0.1 * (right.max() - right.min())
    assert (ours.argmax(1) == right.argmax(1)).float().mean() > 0.95


def test_tflite_has_torchs_padding_at_a_stride():
    torch.manual_seed(3)
    network = MobileNetV1(4, 0.25, layers=SMALL_IMAGES, in_channels=2).eval()
    x = torch.rand(6, 2, 13, 13)  # odd, then even: "same" pads the two otherwise
    run = tflite.Interpreter(tflite.to_tflite(network, x))
    right = scores(network, x)
    np.testing.assert_allclose(scores(run, x), right, atol=0.03 * float(right.max() - right.min()))


@pytest.fixture(scope="module")
def file(network, calibration):
    return tflite.to_tflite(network, calibration)


@pytest.mark.parametrize("accelerator", ["ethos-u55-128", "ethos-u65-512"])
def test_vela_reckons_with_every_layer(file, network, accelerator):
    found = npu.estimate(file, accelerator)
    layers = ("standard", "depthwise", "pointwise", "linear")
    rows = [row for row in profile(network, (1, 1, 8, 8)).rows if row.kind in layers]
    counted = {layer.name: (layer.kind, layer.macs) for layer in found.layers}
    assert {row.name: (row.kind, row.macs) for row in rows}.items() <= counted.items()
    assert sum(layer.cycles for layer in found.layers) == found.cycles
    assert found.seconds == found.cycles / found.clock
    assert 0 < found.utilization < 0.2
    assert 0 < found.sram < 20_000
    assert 17_000 < found.weights < 30_000


def test_a_network_is_estimated_the_same_twice(file):
    assert npu.estimate(file) == npu.estimate(file)


def test_an_npu_that_has_its_weights_in_sram_waits_less(file):
    flash, sram = npu.estimate(file), npu.estimate(file, memory_mode=npu.SRAM_ONLY)
    assert (sram.macs, sram.clock) == (flash.macs, flash.clock)
    assert sram.cycles < flash.cycles
    assert sram.weights == pytest.approx(flash.weights, rel=0.05)


def test_vela_says_why_it_could_not():
    with pytest.raises(RuntimeError, match="Vela can't compile"):
        npu.estimate(b"no network")
    with pytest.raises(ValueError, match=r"ethos-u99.*ethos-u55-128"):
        npu.estimate(b"", "ethos-u99")


def test_nothing_to_calibrate_with_is_said(network):
    for convert in (export.quantized, tflite.to_tflite):
        with pytest.raises(ValueError, match="calibration is empty"):
            convert(network, torch.zeros(0, 1, 8, 8))


def test_without_the_runtimes_it_says_how_to_add_them(network, calibration, file, monkeypatch):
    monkeypatch.setattr(mobile_runtimes, "find_spec", lambda _name: None)
    for call in (
        lambda: export.export(network, calibration[:1]),
        lambda: tflite.to_tflite(network, calibration),
        lambda: npu.estimate(file),
    ):
        with pytest.raises(ModuleNotFoundError, match=r"pip install .executorch"):
            call()


def test_nothing_is_written_to_a_learners_screen(tmp_path):
    """A fresh process: the libraries announce themselves when they are first imported."""
    script = tmp_path / "script.py"
    script.write_text(
        "import torch\n"
        "from dwsep_helpers.hardware import export\n"
        "x = torch.zeros(1, 2, 4, 4)\n"
        "program = export.export(torch.nn.Conv2d(2, 2, 1), x)\n"
        "program.operators(x, calls=2)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout == done.stderr == ""


@pytest.mark.parametrize(
    ("ends", "kinds"),
    [
        ([], []),
        ([nn.Flatten(), nn.Linear(144, 3), nn.ReLU(), nn.Linear(3, 2)], ["linear", "linear"]),
    ],
)
def test_a_pointwise_layer_is_no_linear_one_where_it_comes_last(ends, kinds, new):
    network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 1), *ends)
    found = export.export(network, new[:1]).operators(new[:1], calls=1)
    assert [o.kind for o in found if o.kind != "other"] == ["standard", "pointwise", *kinds]
