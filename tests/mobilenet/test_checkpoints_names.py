"""Layers find their places by name and shape, in any order of the file; or nothing changes."""

import copy
import re

import pytest
import torch
from safetensors.torch import save_file
from test_checkpoints import different, timm_style
from torch import nn

from dwsep_helpers.mobilenet import (
    SMALL_IMAGES,
    InvertedResidual,
    MobileNetV1,
    load_checkpoint,
    mobilenet,
)
from dwsep_helpers.mobilenet.weights.names import parts


def network(seed=0):
    return different(MobileNetV1(10, in_channels=1, layers=SMALL_IMAGES), seed)


def renamed(state, *rules):
    """Return tensors by other names, each by the first rule that fits all of it."""
    found = {}
    for name, value in state.items():
        layer, _, parameter = name.rpartition(".")
        for ours, theirs in rules:
            place = re.fullmatch(ours, layer)
            if place:
                layer = theirs(place) if callable(theirs) else place.expand(theirs)
                break
        found[f"{layer}.{parameter}"] = value
    return found


def block(text):
    """Return a rule's right side in which {n} is the block's number, {n1} one more."""
    return lambda place: text.format(n=int(place[1]), n1=int(place[1]) + 1, nn=2 * int(place[1]))


def rules(stem, stem_norm, depthwise, depthwise_norm, pointwise, pointwise_norm, classifier):
    return [
        (r"stem\.conv", stem),
        (r"stem\.norm", stem_norm),
        (r"blocks\.(\d+)\.depthwise", block(depthwise)),
        (r"blocks\.(\d+)\.depthwise_norm", block(depthwise_norm)),
        (r"blocks\.(\d+)\.pointwise", block(pointwise)),
        (r"blocks\.(\d+)\.pointwise_norm", block(pointwise_norm)),
        (r"classifier", classifier),
    ]


SCHEMES = {
    "torchvision": rules(
        *("features.0.0", "features.0.1", "features.{n1}.0.0", "features.{n1}.0.1"),
        *("features.{n1}.1.0", "features.{n1}.1.1", "classifier.1"),
    ),
    "of many repositories": rules(
        *("model.0.0", "model.0.1", "model.{n1}.0", "model.{n1}.1", "model.{n1}.3"),
        *("model.{n1}.4", "fc"),
    ),
    "of pytorch-cifar": rules(
        *("conv1", "bn1", "layers.{n}.conv1", "layers.{n}.bn1", "layers.{n}.conv2"),
        *("layers.{n}.bn2", "linear"),
    ),
    "Keras": rules(
        *("conv1", "conv1_bn", "conv_dw_{n1}", "conv_dw_{n1}_bn", "conv_pw_{n1}"),
        *("conv_pw_{n1}_bn", "conv_preds"),
    ),
    "transformers": [
        (r"stem\.conv", "mobilenet_v1.conv_stem.convolution"),
        (r"stem\.norm", "mobilenet_v1.conv_stem.normalization"),
        (r"blocks\.(\d+)\.depthwise", block("mobilenet_v1.layer.{nn}.convolution")),
        (r"blocks\.(\d+)\.depthwise_norm", block("mobilenet_v1.layer.{nn}.normalization")),
        (
            r"blocks\.(\d+)\.pointwise",
            lambda place: f"mobilenet_v1.layer.{2 * int(place[1]) + 1}.convolution",
        ),
        (
            r"blocks\.(\d+)\.pointwise_norm",
            lambda place: f"mobilenet_v1.layer.{2 * int(place[1]) + 1}.normalization",
        ),
    ],
}


def loads_in_any_order(tmp_path, source, target, state):
    """Load a state from torch's file, from safetensors, whose keys are sorted, and backwards."""
    torch.save(state, tmp_path / "a.pth")
    torch.save(dict(reversed(state.items())), tmp_path / "b.pth")
    save_file(state, tmp_path / "c.safetensors")
    for file in ("a.pth", "b.pth", "c.safetensors"):
        different(target, 99)
        found = load_checkpoint(target, tmp_path / file)
        assert (found.left, found.unused) == ({}, {})
        for name, value in source.state_dict().items():
            assert torch.equal(target.state_dict()[name], value), (file, name)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_schemes_in_any_order(tmp_path, scheme):
    source = network(1)
    state = renamed(source.state_dict(), *SCHEMES[scheme])
    assert not set(state) & set(source.state_dict()) - {"classifier.weight", "classifier.bias"}
    loads_in_any_order(tmp_path, source, network(), state)


@pytest.mark.parametrize(
    "prefix",
    [
        *("module.", "model.", "net.", "backbone.", "ema.", "x.body.0."),
        "_orig_mod.module.",  # huggingface/pytorch-image-models#2003
        "model.model.backbone.",  # huggingface/pytorch-image-models#1349
        "model.diffusion_model.",  # 67372a/LoRA_Easy_Training_Scripts#93
    ],
)
def test_prefixes_here_and_there(tmp_path, prefix):
    source = network(2)
    state = {prefix + name: value for name, value in source.state_dict().items()}
    loads_in_any_order(tmp_path, source, network(), state)
    inside = network()
    wrapped = nn.Module()
    wrapped.module = inside
    torch.save(source.state_dict(), tmp_path / "plain.pth")
    assert not load_checkpoint(wrapped, tmp_path / "plain.pth").left
    assert torch.equal(inside.stem.conv.weight, source.stem.conv.weight)


def test_prefix_of_all_but_the_classifier_and_a_counter(tmp_path):
    source = network(3)
    state = {"n_averaged": torch.tensor(7)}
    for name, value in source.state_dict().items():
        state[name.replace("classifier", "fc") if "class" in name else f"backbone.{name}"] = value
    torch.save({"model_ema": state}, tmp_path / "ema.pth")
    target = network()
    assert not load_checkpoint(target, tmp_path / "ema.pth").left
    assert torch.equal(target.classifier.weight, source.classifier.weight)


def test_timms_names_sorted_and_its_full_table(tmp_path):
    source = different(MobileNetV1(width_multiplier=0.25), 4)
    target = MobileNetV1(width_multiplier=0.25)
    loads_in_any_order(tmp_path, source, target, timm_style(source.state_dict()))


def test_eleven_equal_blocks_go_by_their_numbers(tmp_path):
    layers = [("standard", 1, 4), *11 * [("separable", 4, 4)], ("linear", 4, 2)]
    source, target = (different(mobilenet(layers), seed) for seed in (5, 6))
    for scheme in SCHEMES:
        state = renamed(source.state_dict(), *SCHEMES[scheme])
        loads_in_any_order(tmp_path, source, target, state)


@pytest.mark.parametrize("style", ["keras", "tensorflow"])
def test_keras_names_and_layout(tmp_path, style):
    source = network(7)
    table = SCHEMES["Keras"]
    if style == "tensorflow":
        table = rules(
            *("MobilenetV1/Conv2d_0", "MobilenetV1/Conv2d_0/BatchNorm"),
            *("MobilenetV1/Conv2d_{n1}_depthwise", "MobilenetV1/Conv2d_{n1}_depthwise/BatchNorm"),
            *("MobilenetV1/Conv2d_{n1}_pointwise", "MobilenetV1/Conv2d_{n1}_pointwise/BatchNorm"),
            "MobilenetV1/Logits/Conv2d_1c_1x1",
        )
    state = {}
    for name, value in renamed(source.state_dict(), *table).items():
        layer, _, parameter = name.rpartition(".")
        if parameter == "num_batches_tracked":
            continue
        if value.ndim == 2:
            value = value[:, :, None, None]  # Keras's classifier is a convolution
        depthwise = "dw" in layer or "depthwise" in layer
        words = {
            "weight": "weights" if style == "tensorflow" else "kernel",
            "bias": "biases" if style == "tensorflow" else "bias",
        }
        if value.ndim == 4:
            value = value.permute(2, 3, 0, 1) if depthwise else value.permute(2, 3, 1, 0)
            new = ("depthwise_" if depthwise else "") + words["weight"]
        elif "running_mean" in name or "running_var" in name or "_bn" in name or "Norm" in name:
            new = {
                "weight": "gamma",
                "bias": "beta",
                "running_mean": "moving_mean",
                "running_var": "moving_variance",
            }[parameter]
        else:
            new = words[parameter]
        state[f"{layer}/{new}:0"] = value.contiguous()
    target = network()
    torch.save(state, tmp_path / "keras.pth")
    found = load_checkpoint(target, tmp_path / "keras.pth")
    assert (found.left, found.unused) == ({}, {})
    for name, value in source.state_dict().items():
        if "num_batches" not in name:
            assert torch.equal(target.state_dict()[name], value), name


@pytest.mark.parametrize(
    ("layer", "order"),  # of the axes of torch's weight, in Keras's
    [
        (nn.Conv1d(3, 3, 3), (2, 1, 0)),
        (nn.Conv1d(3, 5, 2), (2, 1, 0)),
        (nn.Conv3d(3, 3, 3), (2, 3, 4, 1, 0)),
        (nn.ConvTranspose2d(3, 3, 3), (2, 3, 1, 0)),
        (nn.Conv1d(4, 4, 4, groups=4), (2, 0, 1)),
    ],
)
def test_keras_layout_of_any_number_of_axes(tmp_path, layer, order):
    source = nn.Sequential(layer)
    word = "depthwise_kernel" if order[1] == 0 else "kernel"
    kernel = source[0].weight.detach().permute(order).contiguous()
    torch.save({f"0/{word}:0": kernel, "0/bias:0": source[0].bias.detach()}, tmp_path / "k.pth")
    target = copy.deepcopy(source)
    nn.init.zeros_(target[0].weight)
    load_checkpoint(target, tmp_path / "k.pth")
    assert torch.equal(target[0].weight, source[0].weight)


# What three of the course's MobileNetV2 blocks are called elsewhere; the first is without expand.
INVERTED = {
    "torchvision": """
        features.1.conv.0.0 features.1.conv.0.1 features.1.conv.1 features.1.conv.2
        features.2.conv.0.0 features.2.conv.0.1 features.2.conv.1.0 features.2.conv.1.1
        features.2.conv.2 features.2.conv.3
        features.3.conv.0.0 features.3.conv.0.1 features.3.conv.1.0 features.3.conv.1.1
        features.3.conv.2 features.3.conv.3""",
    "timm": """
        blocks.0.0.conv_dw blocks.0.0.bn1 blocks.0.0.conv_pw blocks.0.0.bn2
        blocks.1.0.conv_pw blocks.1.0.bn1 blocks.1.0.conv_dw blocks.1.0.bn2
        blocks.1.0.conv_pwl blocks.1.0.bn3
        blocks.1.1.conv_pw blocks.1.1.bn1 blocks.1.1.conv_dw blocks.1.1.bn2
        blocks.1.1.conv_pwl blocks.1.1.bn3""",
    "Keras": """
        expanded_conv_depthwise expanded_conv_depthwise_BN
        expanded_conv_project expanded_conv_project_BN
        block_1_expand block_1_expand_BN block_1_depthwise block_1_depthwise_BN
        block_1_project block_1_project_BN
        block_2_expand block_2_expand_BN block_2_depthwise block_2_depthwise_BN
        block_2_project block_2_project_BN""",
}


@pytest.mark.parametrize("scheme", INVERTED)
def test_inverted_residuals(tmp_path, scheme):
    def blocks(seed):
        found = nn.Module()
        found.blocks = nn.Sequential(*(InvertedResidual(4, 4, expansion=n) for n in (1, 6, 6)))
        return different(found, seed)

    source = blocks(8)
    ours = dict.fromkeys(name.rpartition(".")[0] for name in source.state_dict())
    table = [
        (re.escape(one), other) for one, other in zip(ours, INVERTED[scheme].split(), strict=True)
    ]
    loads_in_any_order(tmp_path, source, blocks(9), renamed(source.state_dict(), *table))


def unchanged(target, path, says, **options):
    """Expect a refusal that says something, and the network as it was."""
    before = {name: value.clone() for name, value in target.state_dict().items()}
    with pytest.raises(ValueError, match=says):
        load_checkpoint(target, path, **options)
    assert all(torch.equal(value, before[name]) for name, value in target.state_dict().items())


def test_unknown_names_of_equal_layers_are_refused(tmp_path):
    source = network(1).state_dict()
    layers = {
        name: f"part{number:02}"
        for number, name in enumerate(dict.fromkeys(name.rpartition(".")[0] for name in source))
    }
    state = {f"{layers[n.rpartition('.')[0]]}.{n.rpartition('.')[2]}": v for n, v in source.items()}
    torch.save(state, tmp_path / "odd.pth")
    target = network()
    unchanged(target, tmp_path / "odd.pth", "depthwise_norm: weight (.|\n)*fits the file's part")
    found = load_checkpoint(target, tmp_path / "odd.pth", strict=False)
    assert found.loaded["blocks.0.pointwise"] == layers["blocks.0.pointwise"]
    assert all(layers[ours] == theirs for ours, theirs in found.loaded.items())
    assert "blocks.1.depthwise_norm" in found.left
    assert "of the file, part" in str(found)


def test_numbers_that_mean_other_places_are_not_believed(tmp_path):
    def stack(*layers):
        return different(nn.Sequential(*layers))

    target = stack(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 3))
    torch.save(stack(*(nn.Linear(3, 3) for _ in range(3))).state_dict(), tmp_path / "dense.pth")
    unchanged(target, tmp_path / "dense.pth", "no layer of .* fits for certain")
    unchanged(target, tmp_path / "dense.pth", "no layer of .* fits for certain", strict=False)


def test_unique_shapes_tell(tmp_path):
    source, target = (
        different(nn.Sequential(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 5, 1), nn.Linear(5, 4)), seed)
        for seed in (1, 2)
    )
    names = dict(zip("012", ("z", "y.inner", "x"), strict=True))
    state = {names[n[0]] + n[1:]: v for n, v in source.state_dict().items()}
    loads_in_any_order(tmp_path, source, target, state)


def test_part_of_the_blocks_is_loaded_where_it_is_asked_for(tmp_path):
    source = network(1)
    short = {n: v for n, v in source.state_dict().items() if "blocks.3" not in n}
    torch.save(short, tmp_path / "short.pth")
    target = network()
    unchanged(target, tmp_path / "short.pth", "15 layers are certain, 4 of the network")
    found = load_checkpoint(target, tmp_path / "short.pth", strict=False)
    assert set(found.left) == {n for n in found.left if n.startswith("blocks.3.")}
    # In other words nothing says which of four blocks are there.
    torch.save(renamed(short, *SCHEMES["torchvision"]), tmp_path / "vision.pth")
    found = load_checkpoint(different(target, 3), tmp_path / "vision.pth", strict=False)
    assert {n: t for n, t in found.loaded.items() if "norm" in n} == {"stem.norm": "features.0.1"}


def test_another_part_in_the_file_is_reported(tmp_path):
    """torchgeo/torchgeo#4036 and facebookresearch/sam3#606: nothing was loaded, and nobody told."""
    source, wrapped = network(1), nn.Module()
    wrapped.model = network(2)
    state = {f"encoder.{name}": value for name, value in source.state_dict().items()}
    torch.save(state | {"decoder.weight": torch.zeros(3, 3)}, tmp_path / "both.pth")
    unchanged(wrapped, tmp_path / "both.pth", "of the file, decoder: weight .3, 3., which none of")
    found = load_checkpoint(wrapped, tmp_path / "both.pth", strict=False)
    assert (list(found.unused), found.left) == (["decoder"], {})
    assert torch.equal(wrapped.model.stem.conv.weight, source.stem.conv.weight)


def test_averaged_weights_of_several_devices(tmp_path):
    """sming256/OpenTAD#44."""
    source = network(1)
    state = {f"module.{name}": value for name, value in source.state_dict().items()}
    torch.save({"state_dict_ema": state, "epoch": 3}, tmp_path / "ema.pth")
    target = network(2)
    assert not load_checkpoint(target, tmp_path / "ema.pth").left
    assert torch.equal(target.stem.conv.weight, source.stem.conv.weight)


def test_two_networks_in_a_file_are_ambiguous(tmp_path):
    state = {
        prefix + name: value
        for seed, prefix in enumerate(("model.", "ema_model."))
        for name, value in network(seed).state_dict().items()
    }
    torch.save(state, tmp_path / "both.pth")
    unchanged(
        network(5),
        tmp_path / "both.pth",
        "fits the file's model.stem.conv, model.blocks.0.depthwise, ema_model.stem",
    )


def test_weights_of_two_kinds_are_said(tmp_path):
    first, second = network(1), network(2)
    torch.save(
        {"state_dict": first.state_dict(), "state_dict_ema": second.state_dict()},
        tmp_path / "two.pth",
    )
    target = network()
    found = load_checkpoint(target, tmp_path / "two.pth")
    assert torch.equal(target.stem.conv.weight, first.stem.conv.weight)
    assert list(found.unused) == ["state_dict_ema"]


class Tied(nn.Module):
    """A table that is read both ways, under two names."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(5, 3)
        self.head = nn.Linear(3, 5, bias=False)
        self.head.weight = self.embedding.weight


def test_shared_weights(tmp_path):
    source, target = different(Tied(), 1), different(Tied(), 2)
    save_file({"embedding.weight": source.head.weight.detach()}, tmp_path / "a.safetensors")
    assert load_checkpoint(target, tmp_path / "a.safetensors").left == {}
    assert torch.equal(target.head.weight, source.head.weight)
    torch.save(
        {"embedding.weight": torch.zeros(5, 3), "head.weight": torch.ones(5, 3)},
        tmp_path / "b.pth",
    )
    unchanged(target, tmp_path / "b.pth", "are the same numbers in the network, and others in")


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor")
def test_numbers_that_do_not_fit(tmp_path):
    layer = nn.Linear(2, 2, bias=False)
    for value, says in (
        (torch.ones(2, 2, dtype=torch.int8), "weight of torch.int8, and ours is of torch.float32"),
        (torch.ones(2, 2, dtype=torch.complex64), "weight of torch.complex64"),
        (torch.quantize_per_tensor(torch.ones(2, 2), 1, 0, torch.qint8), "torch.qint8"),
    ):
        torch.save({"weight": value}, tmp_path / "odd.pth")
        unchanged(layer, tmp_path / "odd.pth", says)
    torch.save({"weight": torch.full((2, 2), 1e6)}, tmp_path / "large.pth")
    unchanged(layer.half(), tmp_path / "large.pth", "numbers that torch.float16 of weight can't")
    torch.save({"weight": torch.eye(2).to_sparse()}, tmp_path / "sparse.pth")
    load_checkpoint(layer, tmp_path / "sparse.pth")
    assert torch.equal(layer.weight, torch.eye(2).half())


def test_networks_without_numbers(tmp_path):
    torch.save({"weight": torch.ones(2, 2)}, tmp_path / "a.pth")
    with pytest.raises(ValueError, match="weight of the network is on the meta device"):
        load_checkpoint(nn.Linear(2, 2, device="meta"), tmp_path / "a.pth")
    with pytest.raises(ValueError, match="weight of the network has no shape yet"):
        load_checkpoint(nn.LazyLinear(2), tmp_path / "a.pth")


def test_parts_are_none_where_a_block_is_of_no_scheme():
    names = [
        f"blocks.{n}.{part}" for n in range(2) for part in ("conv_dw", "bn1", "conv_pw", "bn2")
    ]
    assert len(parts(names)) == 8
    assert parts([*names, "blocks.1.se.conv_reduce"]) == {}
