"""Networks whose weights repeat: which numbers, and how small their files get."""

import gzip

import numpy as np
import pytest
import torch
from torch import nn

from dwsep_helpers.hardware.repeating import PERIOD, repeating
from dwsep_helpers.hardware.tflite import Interpreter, to_tflite
from dwsep_helpers.mobilenet import MobileNetV1


@pytest.fixture(scope="module", params=[True, False], ids=["separable", "dense"])
def network(request):
    torch.manual_seed(0)
    return MobileNetV1(width_multiplier=0.25, separable=request.param).eval()


@pytest.fixture(scope="module")
def images():
    return torch.rand(2, 3, 96, 96, generator=torch.Generator().manual_seed(1))


def test_each_layer_has_the_numbers_in_turn_and_biases_of_its_own(network):
    layers = [m for m in repeating(network).modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    numbers = np.random.default_rng(0).standard_normal(PERIOD)
    for layer in layers:
        weight = layer.weight.detach().numpy()
        scale = (2 / weight[0].size) ** 0.5
        right = scale * np.resize(numbers, weight.size)
        np.testing.assert_allclose(weight.ravel(), right, rtol=1e-6)
        assert len(set(layer.bias.tolist())) == len(layer.bias)


def test_the_network_is_left_as_it_was_and_the_copy_depends_on_the_seed_alone(network):
    before = {name: value.clone() for name, value in network.state_dict().items()}
    one, same, other = (repeating(network, seed=seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not any(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(("dtype", "at_most"), [("float32", 0.07), ("int8", 0.08)])
def test_files_are_packed_to_little_and_give_what_eager_gives(network, images, dtype, at_most):
    plain, ready = network, repeating(network)
    content = to_tflite(ready, images, dtype)
    assert len(gzip.compress(content)) < at_most * len(content)
    assert len(gzip.compress(to_tflite(plain, images, dtype))) > 0.4 * len(content)
    with torch.inference_mode():
        right = ready(images[:1])
    close = 1e-5 if dtype == "float32" else 0.05
    reach = float(right.max() - right.min())
    np.testing.assert_allclose(Interpreter(content)(images[:1]), right, atol=close * reach)
    assert reach > 1  # neither silent nor without an end
    assert reach < 100


@pytest.mark.parametrize("period", [0, -3])
def test_a_period_has_a_number_at_least(period):
    with pytest.raises(ValueError, match=f"period is {period}; it should be at least 1"):
        repeating(nn.Sequential(nn.Conv2d(1, 1, 1)), period=period)
