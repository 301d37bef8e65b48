"""What eight bits do to the network that recognizes photographs, and what unit 07 says of it."""

from functools import partial

import nbformat
import numpy as np
import pytest
import torch

from dwsep_helpers import hardware
from dwsep_helpers.hardware import memory, photographed, plans, rounded
from dwsep_helpers.kernels import depthwise_conv2d
from dwsep_helpers.mobilenet import fold, photographs, pretrained
from dwsep_helpers.predictions import QUESTIONS

THREE = photographs.NAMES[:3]
needs_weights = pytest.mark.skipif(
    not pretrained.is_installed(), reason="without EfficientNet-Lite0's weights"
)


@pytest.fixture(scope="module")
def network():
    return fold(pretrained.efficientnet_lite0())


@pytest.fixture(scope="module")
def images():
    return photographs.squares(photographs.photographs(*THREE), each=2)


@pytest.fixture(scope="module")
def unit(root):
    notebook = nbformat.read(root / "solutions/07_eight_bits/07_eight_bits.ipynb", 4)
    return {cell.id: " ".join(cell.source.split()) for cell in notebook.cells}


@pytest.fixture(scope="module")
def kept():
    rows = hardware.recorded("crops").rows
    return {(row["weights"], row["activations"]): row for row in rows}


# The tools.


@needs_weights
def test_weights_alone_are_changed_and_only_those_named(network, images):
    same = rounded.with_weights(network, lambda weight: weight)
    np.testing.assert_array_equal(rounded.scores(same, images), rounded.scores(network, images))
    name = "blocks.0.stages.depthwise"
    changed = rounded.with_weights(network, rounded.in_eight_bits, [name])
    before, after = (one.state_dict() for one in (network, changed))
    differ = {key for key in before if not torch.equal(before[key], after[key])}
    assert differ == {f"{name}.weight"}
    weight = network.get_submodule(name).weight.detach().numpy()
    np.testing.assert_allclose(
        after[f"{name}.weight"], rounded.in_eight_bits(weight), rtol=1e-6, atol=1e-9
    )


@needs_weights
def test_kinds_of_layers(network):
    kinds = [*rounded.layers(network).values()]
    assert len(kinds) == 50
    counts = {kind: kinds.count(kind) for kind in ("standard", "depthwise", "pointwise", "linear")}
    assert counts == {"standard": 1, "depthwise": 16, "pointwise": 32, "linear": 1}


@needs_weights
def test_an_equalized_network_computes_the_same(network, images):
    even = rounded.equalized(network, hardware.equalize)
    right = rounded.scores(network, images)
    off = np.abs(rounded.scores(even, images) - right).max()
    assert off < 1e-4 * np.abs(right).max()
    first = even.blocks[0].stages
    before, behind = first.depthwise.weight, first.project.weight
    reach = before.abs().amax((1, 2, 3)), behind.abs().amax((0, 2, 3))
    used = (reach[0] > 0) & (reach[1] > 0)
    torch.testing.assert_close(reach[0][used], reach[1][used])


def test_each_channel_has_its_ceiling():
    x = torch.tensor([-1.0, 0.5, 9.0]).expand(1, 2, 1, 3)
    found = rounded.Ceiling(torch.tensor([2.0, 6.0]))(x)
    assert found.tolist() == [[[[0, 0.5, 2]], [[0, 0.5, 6]]]]


@needs_weights
def test_activations_are_rounded_to_few_values(network, images):
    changed = rounded.with_activations(network, torch.from_numpy(images[:2]))
    seen = []
    relu = changed.blocks[3].stages.depthwise_relu
    relu.register_forward_hook(lambda part, xs, y: seen.append(y.unique().numel()))
    off = rounded.scores(changed, images) - rounded.scores(network, images)
    assert max(seen) <= 256
    assert 0 < np.abs(off).max() < 5


def test_squares_are_the_same_each_time_and_differ_by_seed():
    flower = photographs.photographs("flower")
    first, again, other = (photographs.squares(flower, 1, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.shape == (1, 3, 224, 224)


def test_what_no_square_can_be_cut_from_is_named():
    with pytest.raises(ValueError, match="name is 'cat', and the photographs are china, flower"):
        photographs.photographs("china", "cat")
    for images, each in (({}, 2), (photographs.photographs("flower"), 0)):
        with pytest.raises(ValueError, match=f"images has {len(images)} and each is {each}; both"):
            photographs.squares(images, each)


def test_a_photograph_of_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(photographs, "find_spec", lambda name: None)
    assert photographs.photographs() == {}
    with pytest.raises(ModuleNotFoundError, match="coffee is in scikit-image"):
        photographs.photographs("coffee")


@needs_weights
@pytest.mark.parametrize("table", ["crops", "int8_layers"])
def test_a_reduced_recording_has_the_columns_that_ship(table, monkeypatch):
    few = [*rounded.layers(fold(pretrained.efficientnet_lite0())).items()][:2]
    if table == "int8_layers":
        monkeypatch.setattr(rounded, "layers", lambda network: dict(few))
    else:
        ways = photographed._ways
        monkeypatch.setattr(photographed, "_ways", lambda *given: ways(*given)[1:3])
    found = list(getattr(photographed, table)(THREE[:1], each=1))
    shipped = hardware.recorded(table).rows
    assert len(found) == 2
    assert {tuple(row) for row in found} == {tuple(shipped[0])}


@needs_weights
def test_it_is_said_how_many_squares_keep_their_class(network):
    assert photographed.kept(network, network, each=1) == (
        "here: 3 of 3 squares of three of the 8 photographs, china, flower, grace_hopper, keep "
        "their class"
    )


# What was recorded, in words.


def said(question):
    return " ".join(QUESTIONS[question].why.split())


def test_one_scale_for_a_layer_loses_what_a_scale_per_channel_keeps(kept, unit):
    assert all((row["photographs"], row["squares"]) == (8, 200) for row in kept.values())
    tensor, channel = (kept[f"per {each}", "float32"] for each in ("tensor", "channel"))
    assert (tensor["photographs_kept"], channel["photographs_kept"]) == (6, 8)
    assert f"{tensor['squares_kept']} of 200, and 6 of the 8 photographs" in said("7.1")
    assert 120 < tensor["squares_kept"] < 140  # the answer: about two thirds
    counts = {kind: kept[f"per tensor, {kind} alone", "float32"]["squares_kept"]
              for kind in ("depthwise", "pointwise")}  # fmt: skip
    assert (
        f"depthwise layers together keep {counts['depthwise']} of 200, all pointwise ones "
        f"{counts['pointwise']}. A scale for each channel keeps {channel['squares_kept']}"
    ) in unit["broken_said"]


def test_one_layer_breaks(unit):
    rows = hardware.recorded("int8_layers").rows
    assert len(rows) == 50
    cost = {row["layer"]: row["squares"] - row["squares_kept"] for row in rows}
    assert [name for name, lost in cost.items() if lost > 20] == ["blocks.0.depthwise"]
    alone = f"the first depthwise layer alone costs {cost['blocks.0.depthwise']} of the 200"
    assert alone in said("7.2")
    second = max(lost for name, lost in cost.items() if name != "blocks.0.depthwise")
    assert cost["stem"] == second
    assert round(4 * cost["blocks.0.depthwise"] / 200) == 1
    assert "One layer of 50 can cost a quarter of the classes" in unit["recap_text"]
    assert f"the stem (the very first layer) among them, cost {second} each" in said("7.2")
    median = {row["layer"]: row["median_level"] for row in rows}
    assert median["blocks.0.depthwise"] == 12.5
    assert (
        f"half reach no further than {median['stem']:.0f}, and it costs {second}"
        in (unit["broken_said"])
    )


def test_what_equalizing_keeps(kept, unit):
    def squares(weights, activations="float32"):
        return kept[weights, activations]["squares_kept"]

    assert squares("equalized") == 200
    assert (
        f"keeps {squares('equalized, per tensor')} of 200 in place of {squares('per tensor')}. A "
        f"scale per channel keeps {squares('per channel')}, and equalizing on top of it gains "
        f"nothing ({squares('equalized, per channel')}). With activations in int8 as well, a "
        f"scale per channel keeps {squares('per channel', 'int8')}."
    ) in unit["remains"]
    assert f"{squares('ReLU for ReLU6')} squares keep their class" in unit["remains"]


def test_how_often_runtimes_differ(unit):
    rows = hardware.recorded("rounding").where(kernels="XNNPACK")
    assert {row["most"] for row in rows} == {1}
    assert {row["layers"] for row in rows} == {1000}
    shares = {row["kind"]: round(1e4 * row["apart"] / row["numbers"]) for row in rows}
    assert (
        f"{shares['depthwise']} numbers of 10,000 in depthwise layers and {shares['pointwise']} in "
        "pointwise ones come out otherwise, each by one"
    ) in unit["runtime_said"]
    versions = hardware.recorded("rounding").provenance["versions"]
    assert "ai-edge-litert 2.3" in versions
    assert "LiteRT 2.3" in unit["runtime_said"]


def test_memory_is_what_the_unit_says(unit):
    v1, v2 = (hardware.peak_memory(*plan) for plan in (plans.mobilenet_v1(), plans.mobilenet_v2()))
    assert f"{v2:,} bytes. V1's peak, {v1:,}" in unit["memory_said"]
    assert f"{v2:,} bytes, and {v1:,} for V1" in said("7.3")
    vela = hardware.recorded("designs").one(width=1, resolution=224)["npu_sram_bytes"]
    assert round((vela - v1) / 1e3) == 4
    assert "but for 4 kB" in unit["memory_said"]
    assert hardware.peak_memory(*plans.in_place(plans.mobilenet_v2())) == v2
    plan, growth = plans.by_patches(4)
    patches = f"{hardware.peak_memory(*plan):,} bytes, and {growth:.2f} times the MACs"
    assert patches in unit["memory_said"]
    sizes, steps = plans.mobilenet_v2()
    at = int(np.argmax(memory.needed(sizes, steps)))
    assert steps[at][0] == "2 depthwise"
    assert sizes["2 expand"] == 96 * 112 * 112


def test_numbers_by_hand_are_right(unit):
    x = np.array([[[[10, 20]]]]) - 10
    assert depthwise_conv2d(x, np.array([[[[1, 2]]]])).item() + 6 == 26
    assert "0·1 + 10·2 + 6 = 26" in unit["exercise_7_5"]
    chain = [("wide", ["x"]), ("y", ["wide"])]
    sizes = {"x": 10, "wide": 60, "y": 10, "sum": 10}
    peak = partial(hardware.peak_memory, sizes)
    assert (peak(chain), peak([*chain, ("sum", ["x", "y"])])) == (70, 80)
    assert "needs 70" in unit["exercise_7_8"]
    assert "x has to stay: 80" in unit["exercise_7_8"]
