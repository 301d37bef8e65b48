"""Eight-bit .tflite files held against eager, against a simulation by hand, and public reports."""

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn

from dwsep_helpers.hardware import dequantize, quantize, scale_and_zero_point, symmetric_scale
from dwsep_helpers.hardware.inputs import folded
from dwsep_helpers.hardware.tflite import Interpreter, to_tflite
from dwsep_helpers.mobilenet import SMALL_IMAGES, MobileNetV1
from dwsep_helpers.mobilenet.networks import flat

GAMMAS = (0.0, 1e-38, 1e-20, 1e-12, 1e-6, 1e-3, 0.1, 1.0, 10.0)
BETAS = (-3.0, -0.1, 0.0, 1e-6, 0.5, 1.0, 4.0)


def small(**options):
    return MobileNetV1(4, 0.25, in_channels=2, layers=SMALL_IMAGES, **options).eval()


def images(seed=0, count=4, size=9):
    return torch.rand(count, 2, size, size, generator=torch.Generator().manual_seed(seed))


def answers(run, x):
    with torch.inference_mode():
        return torch.cat([run(one) for one in x.split(1)]).double()


def drawn(seed, gammas, **options):
    """Return a network whose channels' γ, β and statistics are drawn."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = small(**options)
    for norm in network.modules():
        if isinstance(norm, nn.BatchNorm2d):
            for held, choices in ((norm.weight, gammas), (norm.bias, BETAS)):
                held.data = torch.from_numpy(rng.choice(choices, held.shape)).float()
            norm.running_mean = torch.from_numpy(rng.normal(0, 0.3, len(norm.bias))).float()
            norm.running_var = torch.from_numpy(rng.uniform(1e-3, 2, len(norm.bias))).float()
    return network


def simulated(network, x):
    """Return what eight bits make of a network: real numbers, rounded after each layer."""

    def rounded(values, low, high):
        scale, zero_point = scale_and_zero_point(low, high)
        values = dequantize(quantize(values, scale, zero_point), scale, zero_point)
        return torch.from_numpy(values), scale

    here, (y, _) = x.double(), rounded(x, x.min(), x.max())
    layers = [part for part in flat(folded(network).double()) if not isinstance(part, nn.Identity)]
    with torch.inference_mode():
        for number, layer in enumerate(layers):
            here = layer(here)
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                scales = symmetric_scale(layer.weight, per_channel=isinstance(layer, nn.Conv2d))
                layer.weight.copy_(
                    torch.from_numpy(dequantize(quantize(layer.weight, scales), scales))
                )
            y = layer(y)
            if not isinstance(layers[min(number + 1, len(layers) - 1)], nn.ReLU6):
                if not isinstance(layer, (nn.AdaptiveAvgPool2d, nn.Flatten)):
                    low, high = here.min(), here.max()
                y, step = rounded(y, low, high)
    return y, step


@settings(max_examples=50)
@given(st.integers(0, 10**6), st.lists(st.sampled_from(GAMMAS), min_size=1), st.booleans())
@example(97, list(GAMMAS), True)  # a tie that one layer rounds otherwise, two steps later
@example(0, [0.0], True)
@example(1, [1e-38], False)
def test_random_networks_are_as_the_simulation_predicts(seed, gammas, separable):
    network, x = drawn(seed, gammas, separable=separable), images(seed)
    predicted, step = simulated(network, x)
    off = answers(Interpreter(to_tflite(network, x)), x) - predicted
    assert off.abs().max() <= 3.001 * step


def test_biases_of_a_classifier_whose_weights_are_tiny():
    network, x = small(), images()
    network.classifier.weight.data.fill_(1e-10)
    network.classifier.bias.data = torch.tensor([3.0, -3.0, 1.0, 0.0])
    ours = answers(Interpreter(to_tflite(network, x)), x)
    assert (ours - answers(network, x)).abs().max() <= 0.51 * 6 / 255


@pytest.mark.parametrize("gamma", [1e-12, 1e-38, 0.0, -1e-30])
@pytest.mark.parametrize("beta", [1.0, -2.0, 0.0, 1e6])
@pytest.mark.parametrize("where", ["stem.norm", "blocks.0.depthwise_norm"])
def test_channels_whose_weights_are_tiny_or_dead(gamma, beta, where):
    network, x = small(), images()
    norm = network.get_submodule(where)
    norm.weight.data[1:3], norm.bias.data[1:3] = gamma, beta
    predicted, step = simulated(network, x)
    ours = answers(Interpreter(to_tflite(network, x)), x)
    assert (ours - predicted).abs().max() <= 3.001 * step


@pytest.mark.parametrize("of_images", [1e-20, 1e-6, 1.0, 1e6, 1e20, 1e37])
@pytest.mark.parametrize("of_weights", [1e-15, 1.0])
def test_tiny_and_huge_ranges(of_images, of_weights):
    torch.manual_seed(0)
    layer, x = nn.Conv2d(2, 4, 3, padding=1, bias=False), images() * of_images
    layer.weight.data *= of_weights
    right = answers(layer, x)
    off = answers(Interpreter(to_tflite(nn.Sequential(layer), x)), x) - right
    assert off.abs().max() <= 0.01 * (right.max() - right.min()) + 2.0**-100  # the smallest scale


@pytest.mark.parametrize("large", [1e2, 1e3, 1e7])
def test_a_layer_that_a_relu_silences(large):
    """Its sums are 256 output steps and more apart, which XNNPACK refuses."""
    layer, x = nn.Conv2d(2, 4, 3), images()
    nn.init.constant_(layer.weight, -large)
    nn.init.constant_(layer.bias, 1e-3)
    x[0] = 0
    network = nn.Sequential(layer, nn.ReLU6())
    off = answers(Interpreter(to_tflite(network, x)), x) - answers(network, x)
    assert off.abs().max() <= 1.001e-3


def test_biases_beyond_float32s_scales_are_an_error():
    layer, x = nn.Conv2d(2, 4, 3), images() * 1e-35
    nn.init.constant_(layer.bias, 1e30)
    with pytest.raises(ValueError, match=r"0 has biases .* 1e\+30"):
        to_tflite(nn.Sequential(layer), x)


@pytest.mark.parametrize(
    "layers",
    [
        [nn.Conv2d(2, 4, (3, 5), (2, 1), (1, 0)), nn.ReLU(), nn.Conv2d(4, 8, 3, groups=4)],
        [nn.Conv2d(2, 4, 4, padding=2), nn.ReLU6(), nn.Conv2d(4, 3, 3, padding="same")],
        [nn.Conv2d(2, 4, 2, padding="valid"), nn.Dropout(), nn.Conv2d(4, 3, 1, padding=1)],
        [nn.AdaptiveAvgPool2d(1), nn.Conv2d(2, 3, 1), nn.ReLU(), nn.Flatten(), nn.Linear(3, 2)],
    ],
)
def test_chains_of_other_layers(layers):
    torch.manual_seed(1)
    for layer in layers:  # they were made, with other weights, when the tests were collected
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.reset_parameters()
    network, x = nn.Sequential(*layers).eval(), images()
    right = answers(network, x)
    ours = answers(Interpreter(to_tflite(network, x)), x)
    assert ours.shape == right.shape
    step = (max(right.max(), 0) - min(right.min(), 0)) / 255  # eight bits always have a 0
    assert (ours - right).abs().max() <= max(0.02 * (right.max() - right.min()), 1.001 * step)


class Means(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def hooked():
    layer = nn.Conv2d(2, 4, 3)
    layer.register_forward_hook(lambda _part, _inputs, y: 2 * y)
    return layer


@pytest.mark.parametrize(
    ("layers", "named"),
    [
        ([nn.Conv2d(2, 4, 3, dilation=2)], r"0 of network has dilation \(2, 2\)"),
        ([nn.Conv2d(2, 4, 3, padding=1, padding_mode="reflect")], "0 of network pads with reflect"),
        ([nn.Conv2d(4, 4, 3, groups=2)], "0 of network has 2 groups for 4 channels"),
        ([nn.Conv2d(2, 4, 4, padding="same")], "0 of network pads the same"),
        ([nn.Conv2d(2, 4, 3), nn.Hardswish()], "1 of network is a Hardswish"),
        ([nn.Conv2d(2, 4, 3), nn.ReLU(), nn.ReLU6()], "2 of network follows no layer"),
        ([nn.ReLU()], "0 of network follows no layer"),
        ([nn.AdaptiveAvgPool2d(2)], "0 of network averages to 2"),
        ([nn.Conv2d(2, 4, 3), nn.Flatten(), nn.Linear(196, 3)], "1 of network flattens 49 pixels"),
        ([nn.AdaptiveAvgPool2d(1), nn.Linear(1, 3)], r"1 of network can't take \(1, 2, 1, 1\)"),
        ([nn.Conv2d(3, 4, 3)], r"0 of network can't run on \(1, 2, 9, 9\)"),
        ([Means()], "mean of network is no layer"),
        ([hooked()], "0 of network has hooks"),
        ([nn.Conv2d(2, 4, 3, device="meta")], "0.weight of network can't be copied"),
    ],
)
def test_what_the_file_cannot_say_is_an_error_that_names_the_part(layers, named):
    with pytest.raises(ValueError, match=named):
        to_tflite(nn.Sequential(*layers), images())


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused_by_name(bad):
    x, network = images(), small()
    x[2, 1, 0, 0] = bad
    with pytest.raises(ValueError, match="calibration has NaN or infinity in image 2"):
        to_tflite(network, x)
    with pytest.raises(ValueError, match="image has NaN or infinity"):
        Interpreter(to_tflite(network, images()))(x[2:3])
    network.classifier.weight.data[0, 0] = bad
    with pytest.raises(ValueError, match="classifier of network has weights that aren't finite"):
        to_tflite(network, images())
    network.blocks[1].pointwise.weight.data[0, 0] = bad
    with pytest.raises(ValueError, match=r"into blocks\.1\.pointwise: conv has NaN or infinity"):
        to_tflite(network, images())


def test_any_strides_and_dtypes_of_images_are_the_same():
    network, x = small(), images()
    right = to_tflite(network, x)
    run = Interpreter(right)
    last = x.to(memory_format=torch.channels_last)
    assert to_tflite(network.to(memory_format=torch.channels_last), last) == right
    for same in (last[:1], x[:1].double(), x[:1].clone().requires_grad_()):
        assert torch.equal(run(same), run(x[:1]))
    rounded = x[:1].bfloat16()
    assert torch.equal(run(rounded), run(rounded.float()))
    with pytest.raises(ValueError, match=r"has shape \(1, 2, 9, 8\); it should have \(1, 2, 9, 9"):
        run(x[:1, :, :, :8])
    with pytest.raises(ValueError, match="image is a ndarray"):
        run(x[:1].numpy())


@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html>", bytes(2000)])
def test_a_content_that_is_no_file_is_said(content):
    with pytest.raises(ValueError, match=f"content, of {len(content)} bytes, is no .tflite file"):
        Interpreter(content)


def test_the_network_is_left_as_it_was():
    network = small().train()
    kept = {name: value.clone() for name, value in network.state_dict().items()}
    to_tflite(network, images())
    assert network.training
    assert all(torch.equal(value, kept[name]) for name, value in network.state_dict().items())
