"""MobileNetV1 and its relatives: parameters to the unit, shapes, names."""

import numpy as np
import pytest
import torch
from torch import nn

from dwsep_helpers.cost import profile
from dwsep_helpers.mobilenet import (
    SMALL_IMAGES,
    MobileNetV1,
    count_parameters,
    flat,
    load_checkpoint,
    mobilenet,
    pretrained,
    training,
)
from dwsep_helpers.papers import MOBILENET_V1


@pytest.mark.parametrize(
    ("alpha", "parameters"),
    [(1.0, 4_231_976), (0.75, 2_585_560), (0.5, 1_331_592), (0.25, 470_072)],
)
def test_parameters_to_the_unit(alpha, parameters):
    assert count_parameters(MobileNetV1(width_multiplier=alpha)) == parameters


@pytest.mark.parametrize(("separable", "macs"), [(True, 568_740_352), (False, 4_867_293_184)])
def test_macs_to_the_unit(separable, macs):
    assert profile(MobileNetV1(separable=separable)).total.macs == macs


def test_resolution_is_what_comes_in():
    assert profile(MobileNetV1(width_multiplier=0.5), (1, 3, 160, 160)).total.macs == 76_524_800


def test_twins_have_the_same_maps():
    sizes = []
    for separable in (True, False):
        network = MobileNetV1(10, 0.25, separable=separable).eval()
        maps = []
        for block in [network.stem, *network.blocks]:
            block.register_forward_hook(lambda *args, maps=maps: maps.append(tuple(args[2].shape)))
        with torch.no_grad():
            assert network(torch.zeros(2, 3, 224, 224)).shape == (2, 10)
        sizes.append(maps)
    assert sizes[0] == sizes[1]
    assert sizes[0][-2:] == [(2, 256, 7, 7)] * 2, "the last stride is 1, as in the authors' code"


def test_small_images_are_halved_twice():
    network = MobileNetV1(10, in_channels=1, layers=SMALL_IMAGES).eval()
    x = torch.zeros(2, 1, 8, 8)
    assert network.stem(x).shape == (2, 16, 8, 8)
    assert network.blocks(network.stem(x)).shape == (2, 128, 2, 2)
    assert network(x).shape == (2, 10)
    assert sum(layer.stride == 2 for layer in SMALL_IMAGES) == 2


def test_names_can_be_read():
    names = [name for name, _ in MobileNetV1(width_multiplier=0.25).named_parameters()]
    assert names[:3] == ["stem.conv.weight", "stem.norm.weight", "stem.norm.bias"]
    assert names[3] == "blocks.0.depthwise.weight"
    assert names[-2:] == ["classifier.weight", "classifier.bias"]
    assert len(names) == 3 + 13 * 6 + 2


def test_no_convolution_has_a_bias():
    convs = [m for m in MobileNetV1().modules() if isinstance(m, nn.Conv2d)]
    assert len(convs) == 27
    assert all(conv.bias is None for conv in convs)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"num_classes": 0}, "num_classes must be at least 1, got 0"),
        ({"in_channels": 0}, "in_channels must be at least 1, got 0"),
        ({"width_multiplier": 0.01}, r"multiplier 0.01 leaves no channel of 32: int\(.*\) is 0"),
        ({"width_multiplier": -1}, "width_multiplier is -1, and it should be positive"),
        ({"width_multiplier": float("nan")}, "width_multiplier is nan, and it should be positive"),
        ({"width_multiplier": None}, "width_multiplier must be one real number, got None"),
        ({"num_classes": None}, "num_classes must be an integer, got None"),
        ({"layers": [("linear", 3, 10)]}, "layers must be Layers of a network, got list"),
    ],
)
def test_bad_arguments_are_named(options, says):
    with pytest.raises((TypeError, ValueError), match=says):
        MobileNetV1(**options)


@pytest.mark.parametrize(
    ("layers", "says"),
    [
        (None, "layers must be a sequence, got None"),
        ([("standard", 3)], r"layers\[0\] is \('standard', 3\); it should be its kind"),
        ([("standard", 3, "8")], r"out_channels of layers\[0\] must be an integer, got '8'"),
    ],
)
def test_a_table_that_is_none_is_named(layers, says):
    with pytest.raises((TypeError, ValueError), match=says):
        mobilenet(layers)


@pytest.mark.parametrize("network", [None, "a", nn.Conv2d])
def test_what_is_no_network_is_named(network, tmp_path):
    images, labels = np.zeros((2, 1, 8, 8), np.float32), np.zeros(2, int)
    for given in (
        lambda: training.fit(network, images, labels),
        lambda: training.evaluate(network, images, labels),
        lambda: load_checkpoint(network, tmp_path / "weights.pt"),
        lambda: pretrained.arrays(network),
    ):
        with pytest.raises(TypeError, match=r"(network|module) must be an? .*, got "):
            given()


def test_width_multiplier_rounds_down():
    assert MOBILENET_V1.thinner(0.3)[0].out_channels == 9
    assert MobileNetV1(width_multiplier=0.3).stem.conv.out_channels == 9


def test_a_table_alone_says_images_and_classes():
    layers = [("standard", 2, 8, 2), ("separable", 8, 10, 1), ("linear", 10, 4, 1)]
    network = mobilenet(layers, 0.5).eval()
    with torch.no_grad():
        assert network(torch.zeros(3, 2, 9, 8)).shape == (3, 4)
    widths = [part.out_channels for part in network.modules() if isinstance(part, nn.Conv2d)]
    assert widths == [4, 4, 5]
    assert count_parameters(mobilenet(MOBILENET_V1)) == 4_231_976


@pytest.mark.parametrize(
    ("layers", "says"),
    [
        ([("standard", 3, 8), ("grouped", 8, 8), ("linear", 8, 2)], r"\[1\] is of kind 'grouped'"),
        ([("standard", 3, 8), ("separable", 8, 9)], "'separable', where linear goes"),
        (
            [("standard", 3, 8), ("linear", 9, 2)],
            r"layers\[1\] has in_channels=9 but layers\[0\] has out_channels=8",
        ),
        ([("linear", 3, 8)], "layers has 1, and a network needs at least 2"),
    ],
)
def test_a_table_that_makes_no_network_is_named(layers, says):
    with pytest.raises(ValueError, match=says):
        mobilenet(layers)


def test_a_flat_network_computes_the_same_with_the_same_layers():
    torch.manual_seed(0)
    nested = MobileNetV1(10, in_channels=1, layers=SMALL_IMAGES).eval()
    row = flat(nested)
    x = torch.randn(2, 1, 8, 8)
    torch.testing.assert_close(row(x), nested(x))
    assert {id(p) for p in row.parameters()} == {id(p) for p in nested.parameters()}
    assert not any(isinstance(layer, nn.Sequential) for layer in row)
