"""Folded networks compute the same, and have no batch norm left."""

import copy

import pytest
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from dwsep_helpers.checks.torch_modules import random_norm
from dwsep_helpers.cost import profile
from dwsep_helpers.mobilenet import (
    SMALL_IMAGES,
    DepthwiseSeparableConv2d,
    InvertedResidual,
    MobileNetV1,
    fold,
    fold_batch_norm,
)


def trained(module, seed=0):
    """Give all norms numbers as training leaves them."""
    for number, norm in enumerate(m for m in module.modules() if isinstance(m, nn.BatchNorm2d)):
        random_norm(norm, seed + number)
    return module.eval()


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    "options", [{}, {"stride": 2, "padding": 1}, {"groups": 2}, {"padding": 2, "dilation": 2}]
)
def test_one_convolution_does_it_as_torchs_own_fusion(options, bias):
    torch.manual_seed(0)
    conv, norm = nn.Conv2d(4, 6, 3, bias=bias, **options), random_norm(nn.BatchNorm2d(6), 1)
    x = torch.randn(2, 4, 9, 8)
    before = copy.deepcopy((conv.state_dict(), norm.state_dict()))
    folded = fold_batch_norm(conv, norm)
    with torch.no_grad():
        torch.testing.assert_close(folded(x), norm(conv(x)), atol=1e-5, rtol=1e-5)
    theirs = fuse_conv_bn_eval(conv.eval(), norm)
    torch.testing.assert_close(folded.weight, theirs.weight)
    torch.testing.assert_close(folded.bias, theirs.bias)
    for now, then in zip((conv.state_dict(), norm.state_dict()), before, strict=True):
        assert all(torch.equal(now[name], then[name]) for name in then)


def test_norm_without_scale_and_shift():
    conv = nn.Conv2d(2, 3, 1, bias=False)
    norm = nn.BatchNorm2d(3, affine=False).eval()
    norm.running_mean += torch.tensor([1.0, 2.0, 3.0])
    x = torch.randn(1, 2, 4, 4)
    torch.testing.assert_close(fold_batch_norm(conv, norm)(x), norm(conv(x)))


@pytest.mark.parametrize(
    ("network", "shape"),
    [
        (DepthwiseSeparableConv2d(3, 5, 2), (2, 3, 8, 8)),
        (InvertedResidual(4, 4), (2, 4, 6, 6)),
        (MobileNetV1(10, in_channels=1, layers=SMALL_IMAGES), (2, 1, 8, 8)),
        (MobileNetV1(10, 0.25, separable=False), (1, 3, 64, 64)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_network_without_norms_computes_the_same(network, shape):
    network = trained(network)
    folded = fold(network)
    assert not any(isinstance(m, nn.BatchNorm2d) for m in folded.modules())
    assert any(isinstance(m, nn.BatchNorm2d) for m in network.modules()), "the original is left"
    x = torch.randn(shape)
    with torch.no_grad():
        torch.testing.assert_close(folded(x), network(x), atol=1e-4, rtol=1e-4)


def test_folding_leaves_the_macs_and_takes_the_norms_away():
    network = trained(MobileNetV1(10, in_channels=1, layers=SMALL_IMAGES))
    before, after = (profile(n, (1, 1, 8, 8)) for n in (network, fold(network)))
    assert before.total.macs == after.total.macs
    assert sum(row.kind == "norm" for row in before.rows) == 9
    assert sum(row.kind == "norm" for row in after.rows) == 0


def test_what_cant_be_folded_is_named():
    with pytest.raises(ValueError, match="norm has 4 channels, and conv gives 3"):
        fold_batch_norm(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(4))
    with pytest.raises(ValueError, match="keeps no running statistics"):
        fold_batch_norm(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3, track_running_stats=False))
    with pytest.raises(ValueError, match=r"^0 is a batch norm that follows no .* directly"):
        fold(nn.Sequential(nn.BatchNorm2d(3), nn.Conv2d(3, 3, 1)))
