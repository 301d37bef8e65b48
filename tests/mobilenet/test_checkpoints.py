"""Other people's weights, from files of their layout."""

import pytest
import torch
from torch import nn

from dwsep_helpers.checks.torch_modules import random_norm
from dwsep_helpers.mobilenet import SMALL_IMAGES, MobileNetV1, load_checkpoint
from dwsep_helpers.papers import MOBILENET_V1
from tests.torchvision_models import models


def timm_style(state):
    """Rename a MobileNetV1's tensors as timm calls them."""
    stage, place = 0, 0
    names = {"stem.conv": "conv_stem", "stem.norm": "bn1", "classifier": "classifier"}
    for number, layer in enumerate(MOBILENET_V1[1:-1]):
        if layer.stride == 2:
            stage, place = stage + 1, 0
        inside = {
            "depthwise": "conv_dw",
            "depthwise_norm": "bn1",
            "pointwise": "conv_pw",
            "pointwise_norm": "bn2",
        }
        for ours, theirs in inside.items():
            names[f"blocks.{number}.{ours}"] = f"blocks.{stage}.{place}.{theirs}"
        place += 1
    return {
        f"{names[layer]}.{parameter}": value
        for layer, _, parameter, value in ((*n.rpartition("."), v) for n, v in state.items())
    }


def torchvision_style(layers):
    """Build a network from torchvision's own blocks, which names its parts as they all are."""
    block = models().mobilenetv2.Conv2dNormActivation
    first, *blocks, last = layers
    how = {"activation_layer": nn.ReLU6}
    features = [block(first.in_channels, first.out_channels, 3, first.stride, **how)]
    for layer in blocks:
        m, n = layer.in_channels, layer.out_channels
        filtering = block(m, m, 3, layer.stride, groups=m, **how)
        features += [nn.Sequential(filtering, block(m, n, 1, **how))]
    network = nn.Module()
    network.features = nn.Sequential(*features)
    network.classifier = nn.Sequential(nn.Dropout(), nn.Linear(last.in_channels, last.out_channels))
    for number, norm in enumerate(m for m in network.modules() if isinstance(m, nn.BatchNorm2d)):
        random_norm(norm, number)
    return network.eval()


def different(network, seed=1):
    torch.manual_seed(seed)
    with torch.no_grad():
        for value in network.state_dict().values():
            if value.is_floating_point():
                value.copy_(torch.rand_like(value) + 0.1)
    return network.eval()


@pytest.fixture
def small():
    return different(MobileNetV1(10, in_channels=1, layers=SMALL_IMAGES))


def test_names_of_timm(tmp_path):
    source = different(MobileNetV1(width_multiplier=0.25), seed=2)
    torch.save(timm_style(source.state_dict()), tmp_path / "timm.pth")
    target = MobileNetV1(width_multiplier=0.25).eval()
    found = load_checkpoint(target, tmp_path / "timm.pth")
    assert found.loaded["blocks.12.pointwise"] == "blocks.4.1.conv_pw"
    assert (len(found.loaded), found.left) == (55, {})
    for name, value in source.state_dict().items():
        assert torch.equal(target.state_dict()[name], value), name


def test_names_of_torchvision_and_the_same_outputs(tmp_path, small):
    theirs = torchvision_style(SMALL_IMAGES)
    torch.save({"model": theirs.state_dict(), "epoch": 3}, tmp_path / "vision.pth")
    found = load_checkpoint(small, tmp_path / "vision.pth")
    assert found.loaded["blocks.0.depthwise"] == "features.1.0.0"
    assert str(found) == "19 layers loaded, 0 left as they were"
    x = torch.rand(3, 1, 8, 8)
    with torch.no_grad():
        maps = theirs.features(x).mean((2, 3))
        torch.testing.assert_close(small(x), theirs.classifier(maps))


def test_another_number_of_classes_leaves_the_classifier(tmp_path, small):
    source = different(MobileNetV1(7, in_channels=1, layers=SMALL_IMAGES), seed=3)
    torch.save(source.state_dict(), tmp_path / "seven.pth")
    classifier = small.classifier.weight.clone()
    with pytest.raises(ValueError, match=r"18 layers are certain.*strict=False(.|\n)*\(7, 128\)"):
        load_checkpoint(small, tmp_path / "seven.pth")
    assert not torch.equal(small.stem.conv.weight, source.stem.conv.weight)
    found = load_checkpoint(small, tmp_path / "seven.pth", strict=False)
    assert found.left == {"classifier": "classifier has weight (7, 128), and ours is (10, 128)"}
    assert torch.equal(small.classifier.weight, classifier)
    assert torch.equal(small.stem.conv.weight, source.stem.conv.weight)
    assert "classifier has weight (7, 128)" in str(found)


def test_prefix_of_parallel_training_and_lost_counters(tmp_path, small):
    source = different(MobileNetV1(10, in_channels=1, layers=SMALL_IMAGES), seed=4)
    state = {
        f"module.{name}": value
        for name, value in source.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    torch.save({"state_dict": state}, tmp_path / "parallel.pth")
    assert not load_checkpoint(small, tmp_path / "parallel.pth").left
    assert torch.equal(small.blocks[3].pointwise.weight, source.blocks[3].pointwise.weight)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"weight": torch.zeros(2)}, r"no layer of .* fits(.|\n)*of the file, : weight \(2,\)"),
        ([1, 2], "holds list, and a state dict is asked for"),
        ({"epoch": 3}, "'epoch' is int, not a tensor"),
        (
            {f"{n}.weight": torch.zeros(1) for n in range(19)},
            r"no layer of .*fits(.|\n)*stem.conv: weight .*, which none of the file's has",
        ),
    ],
)
def test_what_is_no_checkpoint_changes_nothing(tmp_path, small, content, says):
    torch.save(content, tmp_path / "other.pth")
    before = {name: value.clone() for name, value in small.state_dict().items()}
    with pytest.raises(ValueError, match=says):
        load_checkpoint(small, tmp_path / "other.pth")
    assert all(torch.equal(small.state_dict()[name], before[name]) for name in before)


def test_missing_file(tmp_path, small):
    with pytest.raises(FileNotFoundError):
        load_checkpoint(small, tmp_path / "none.pth")
