"""Inverted residuals in NumPy, against torch's layers."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dwsep_helpers import kernels
from dwsep_helpers.mobilenet.inverted import MobileNetV2
from tests.mobilenet.test_pretrained import HOW, SMALL, different, folded, scores


@pytest.mark.parametrize("size", range(1, 13))
@pytest.mark.parametrize("kernel", range(1, 8))
@pytest.mark.parametrize("stride", range(1, 5))
def test_same_padding_gives_the_size_that_it_says(size, kernel, stride):
    before, after = kernels.same_padding(size, kernel, stride)
    assert 0 <= after - before <= 1
    if size + before + after >= kernel:
        padded = size + before + after
        assert kernels.conv_output_size(padded, kernel, stride) == -(-size // stride)
    assert before + after < kernel


@pytest.mark.parametrize("wrong", [(0, 3, 1), (4, 0, 1), (4, 3, 0)])
def test_same_padding_names_what_is_too_small(wrong):
    with pytest.raises(ValueError, match="must be at least 1, got 0"):
        kernels.same_padding(*wrong)


@pytest.mark.parametrize("size", [(30, 33), (7, 8), (1, 1)])
def test_a_network_agrees_with_torchs(size):
    network = different(MobileNetV2(7, design=replace(SMALL, **HOW)))
    x = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(0)).numpy()
    before = x.copy()
    ours = kernels.mobilenet_v2(x, folded(network), SMALL.blocks())
    np.testing.assert_allclose(ours, scores(network, x), rtol=1e-4, atol=1e-5)
    assert (x == before).all()
