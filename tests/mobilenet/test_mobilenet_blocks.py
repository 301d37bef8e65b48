"""The blocks, held against torchvision's and against the NumPy operators."""

import numpy as np
import pytest
import torch
from torch import nn

from dwsep_helpers import depthwise_separable_conv2d
from dwsep_helpers.mobilenet import ConvNormReLU6, DepthwiseSeparableConv2d, InvertedResidual
from tests.torchvision_models import models


@pytest.mark.parametrize(("m", "n", "stride"), [(3, 8, 1), (6, 6, 2), (5, 2, 2)])
def test_separable_block_is_the_numpy_operator_between_norms(m, n, stride):
    torch.manual_seed(0)
    block = DepthwiseSeparableConv2d(m, n, stride).double().eval()
    block.pointwise.weight.data *= 100  # so that both ends of ReLU6 are reached
    x = torch.randn(2, m, 9, 8, dtype=torch.float64)
    weights = [block.depthwise.weight, block.pointwise.weight]
    plain = nn.Sequential(block.depthwise, block.pointwise)
    expected = depthwise_separable_conv2d(
        x.numpy(), *(w.detach().numpy() for w in weights), stride=stride, padding=1
    )
    with torch.no_grad():
        np.testing.assert_allclose(plain(x), expected, rtol=1e-10)
        assert block(x).min() == 0
        assert block(x).max() == 6


def test_order_of_the_layers_is_figure_3s():
    kinds = [type(layer).__name__ for layer in DepthwiseSeparableConv2d(2, 3)]
    assert kinds == 2 * ["Conv2d", "BatchNorm2d", "ReLU6"]
    assert [type(layer).__name__ for layer in ConvNormReLU6(2, 3)] == kinds[:3]


@pytest.mark.parametrize(
    ("m", "n", "stride", "expansion"), [(4, 4, 1, 6), (4, 6, 1, 6), (4, 4, 2, 3), (6, 6, 1, 1)]
)
def test_inverted_residual_is_torchvisions(m, n, stride, expansion):
    torch.manual_seed(0)
    theirs = models().mobilenetv2.InvertedResidual(m, n, stride, expansion).eval()
    ours = InvertedResidual(m, n, stride, expansion).eval()
    pairs = zip(ours.state_dict().items(), theirs.state_dict().values(), strict=True)
    ours.load_state_dict({name: value for (name, _), value in pairs})
    x = torch.randn(2, m, 8, 7)
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x))


def test_names_can_be_read():
    assert [name for name, _ in InvertedResidual(2, 3).named_parameters()] == [
        "stages.expand.weight",
        "stages.expand_norm.weight",
        "stages.expand_norm.bias",
        "stages.depthwise.weight",
        "stages.depthwise_norm.weight",
        "stages.depthwise_norm.bias",
        "stages.project.weight",
        "stages.project_norm.weight",
        "stages.project_norm.bias",
    ]
