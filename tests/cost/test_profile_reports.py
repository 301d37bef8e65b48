"""What other counters of networks were reported to get wrong, tried here."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from dwsep_helpers.cost import profile
from tests.cost.calls import Calls


def attention(heads):
    part = nn.MultiheadAttention(32, heads)
    return Calls(lambda s, x: s.part(x, x, x)[0], part=part)


def frozen_encoder():
    layer = nn.TransformerEncoderLayer(32, 4, 16, batch_first=True)
    return nn.TransformerEncoder(layer, 1).requires_grad_(False)


def shared_activation():
    relu = nn.ReLU()
    return nn.Sequential(*(nn.Sequential(nn.Linear(4, 4), relu) for _ in range(6)))


class ReZero(nn.Sequential):
    """A sequence that has a parameter of its own."""

    def __init__(self, *blocks):
        super().__init__(*blocks)
        self.weights = nn.Parameter(torch.zeros(len(blocks)))

    def forward(self, x):
        for weight, block in zip(self.weights, self, strict=True):
            x = x + weight * block(x)
        return x


def siamese():
    features = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), nn.ReLU())
    return Calls(lambda s, x, y: (s.features(x), s.features(y)), features=features)


PRODUCTS = 4 * 9 * 32 * 32 + 2 * 9 * 9 * 32  # of nine words: four layers, and two products
# Who was wrong, the layer, its inputs' shapes, MACs and parameters.
REPORTS = {
    "sovrasov/flops-counter.pytorch#65": (lambda: attention(4), [(9, 1, 32)], PRODUCTS, 4224),
    "facebookresearch/fvcore#153": (lambda: attention(8), [(9, 1, 32)], PRODUCTS, 4224),
    "sovrasov/flops-counter.pytorch#101": (
        frozen_encoder,
        [(1, 9, 32)],
        PRODUCTS + 2 * 9 * 32 * 16,
        4224 + 2 * 32 * 16 + 16 + 32 + 4 * 32,
    ),
    "TylerYep/torchinfo#327": (shared_activation, [(1, 4)], 96, 120),
    "TylerYep/torchinfo#137": (lambda: ReZero(nn.Linear(2, 2), nn.Linear(2, 2)), [(1, 2)], 8, 14),
    "sksq96/pytorch-summary#201": (
        siamese,
        [(1, 1, 16, 16), (1, 1, 28, 28)],
        9 * (16 * 16 + 28 * 28),
        10,
    ),
    "facebookresearch/fvcore#78": (
        lambda: nn.ConvTranspose2d(32, 1, 3, bias=False),
        [(1, 32, 1, 1)],
        32 * 3 * 3,
        288,
    ),
    "deepspeedai/DeepSpeed#8323": (
        lambda: nn.ConvTranspose2d(4, 4, 3, 2, 1, 1, groups=4, bias=False),
        [(2, 4, 8, 8)],
        4608,
        36,
    ),
    "deepspeedai/DeepSpeed#8323, groups": (
        lambda: nn.ConvTranspose2d(6, 6, 2, 2, groups=3, bias=False),
        [(2, 6, 8, 8)],
        6144,
        48,
    ),
    "pytorch/pytorch#134804": (
        lambda: Calls(lambda _, q: F.scaled_dot_product_attention(q, q, q)),
        [(2, 5, 9, 4)],
        2 * 2 * 5 * 9 * 9 * 4,
        0,
    ),
}


@pytest.mark.parametrize("report", REPORTS)
def test_macs_and_parameters(report):
    make, shapes, macs, params = REPORTS[report]
    found = profile(make(), inputs=tuple(map(torch.zeros, shapes)))
    assert (found.total.macs, found.total.params, found.unused_params) == (macs, params, 0)


def test_a_parameter_that_is_returned_as_it_is_is_said_to_be_unused():
    """TylerYep/torchinfo#54."""
    module = Calls(lambda s, _: s.layer, layer=nn.Parameter(torch.zeros(16, 64)))
    found = profile(module, (1,))
    assert (found.total.params, found.unused_params) == (0, 1024)
    assert "Parameters that no operation used: 1,024." in str(found)
