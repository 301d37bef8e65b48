"""Layers after timm's and transformers' networks, written here anew, with random weights."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812
from torch.utils.flop_counter import FlopCounterMode

from dwsep_helpers.cost import profile

TOKENS, WIDTH, HEADS = 5, 8, 2
WORDS = torch.tensor([[3, 1, 4, 1, 5]])


class BlurPool(nn.Module):
    """Of timm's resnetblur: a fixed binomial filter for each channel, at stride 2."""

    def __init__(self, channels):
        super().__init__()
        self.channels = channels
        line = torch.tensor([0.25, 0.5, 0.25])
        self.register_buffer("filter", line[:, None] * line)

    def forward(self, x):
        weight = self.filter.expand(self.channels, 1, 3, 3)
        return F.conv2d(F.pad(x, 4 * [1], "reflect"), weight, stride=2, groups=self.channels)


class StandardizedConv(nn.Conv2d):
    """Of timm's BiT and NFNet: weights are standardized by a batch norm of their own."""

    def forward(self, x):
        flat = self.weight.reshape(1, self.out_channels, -1)
        weight = F.batch_norm(flat, None, None, training=True, momentum=0.0)
        return F.conv2d(x, weight.reshape_as(self.weight), self.bias)


class Experts(nn.Module):
    """Of timm's CondConv: each image has a kernel, mixed of several, in one grouped convolution."""

    def __init__(self):
        super().__init__()
        self.routing = nn.Linear(4, 3)
        self.weight = nn.Parameter(torch.randn(3, 6 * 4 * 9))

    def forward(self, x):
        n, c, h, w = x.shape
        kernels = torch.sigmoid(self.routing(x.mean((2, 3)))) @ self.weight
        y = F.conv2d(x.reshape(1, n * c, h, w), kernels.reshape(n * 6, 4, 3, 3), groups=n)
        return y.reshape(n, 6, h - 2, w - 2)


class Excited(nn.Module):
    """Of timm's EfficientNet: a depthwise layer whose channels are weighted by two 1×1 layers."""

    def __init__(self):
        super().__init__()
        self.depthwise = nn.Conv2d(4, 4, 3, groups=4, bias=False)
        self.reduce, self.expand = nn.Conv2d(4, 2, 1), nn.Conv2d(2, 4, 1)

    def forward(self, x):
        y = F.silu(self.depthwise(x))
        return y * self.expand(F.silu(self.reduce(y.mean((2, 3), keepdim=True)))).sigmoid()


class Transposed(nn.Module):
    """A linear layer of GPT-2's in transformers, ``Conv1D``: its weight is (in, out)."""

    def __init__(self, to):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(WIDTH, to)), nn.Parameter(torch.ones(to))

    def forward(self, x):
        flat = torch.addmm(self.bias, x.reshape(-1, WIDTH), self.weight)
        return flat.reshape(*x.shape[:-1], -1)


class Tied(nn.Module):
    """GPT-2's ends: the words' table is the last layer's weight too."""

    def __init__(self, attention="sdpa"):
        super().__init__()
        self.words, self.places = nn.Embedding(20, WIDTH), nn.Embedding(9, WIDTH)
        self.norm, self.qkv, self.out = (
            nn.LayerNorm(WIDTH),
            Transposed(3 * WIDTH),
            Transposed(WIDTH),
        )
        self.head = nn.Linear(WIDTH, 20, bias=False)
        self.head.weight = self.words.weight
        self.attend = attention

    def forward(self, input_ids, attention_mask=None):
        x = self.words(input_ids) + self.places(torch.arange(input_ids.shape[1]))
        q, k, v = (
            part.unflatten(-1, (HEADS, -1)).transpose(1, 2)
            for part in self.qkv(self.norm(x)).chunk(3, -1)
        )
        mask = torch.ones(q.shape[-2], q.shape[-2]).tril().bool()
        if attention_mask is not None:
            mask = mask & attention_mask[:, None, None].bool()
        if self.attend == "sdpa":
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        elif self.attend == "einsum":
            scores = torch.einsum("bhqd,bhkd->bhqk", q, k).masked_fill(~mask, -1e9).softmax(-1)
            y = torch.einsum("bhqk,bhkd->bhqd", scores, v)
        else:
            y = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(~mask, -1e9).softmax(-1) @ v
        return {"logits": self.head(x + self.out(y.transpose(1, 2).flatten(2)))}


class Grouped(nn.Module):
    """Llama's layers: RMS norm, rotated queries of two heads, keys of one, a gated product."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(WIDTH))
        self.q, self.o = (nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(2))
        self.k, self.v = (nn.Linear(WIDTH, WIDTH // HEADS, bias=False) for _ in range(2))
        self.gate, self.up = (nn.Linear(WIDTH, 12, bias=False) for _ in range(2))
        self.down = nn.Linear(12, WIDTH, bias=False)

    def forward(self, x):
        y = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * self.scale
        q, k, v = (
            layer(y).unflatten(-1, (-1, WIDTH // HEADS)).transpose(1, 2)
            for layer in (self.q, self.k, self.v)
        )
        angles = torch.arange(x.shape[1])[:, None] / 10.0 ** torch.arange(WIDTH // HEADS)
        q, k = (
            a * angles.cos() + torch.cat(a.chunk(2, -1)[::-1], -1) * angles.sin() for a in (q, k)
        )
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        x = x + self.o(y.transpose(1, 2).flatten(2))
        return x + self.down(F.silu(self.gate(x)) * self.up(x))


class Relative(nn.Module):
    """Of T5: a table of distances adds to the scores, read by buckets."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(4, HEADS)

    def forward(self, x):
        q = x.unflatten(-1, (HEADS, -1)).transpose(1, 2)
        steps = torch.arange(x.shape[1])
        bias = self.table((steps[:, None] - steps).clamp(0, 3)).permute(2, 0, 1)
        return (q @ q.mT + bias).softmax(-1) @ q


class Scan(nn.Module):
    """Of Mamba: a causal depthwise layer along the words, then a state, step by step."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(WIDTH, WIDTH, 4, padding=3, groups=WIDTH)
        self.decay = nn.Parameter(torch.rand(WIDTH))

    def forward(self, x):
        y, state = self.conv(x.mT)[..., : x.shape[1]].mT, torch.zeros(WIDTH)
        return torch.stack([state := state * self.decay + step for step in y.unbind(1)], 1)


IMAGE, TEXT = (2, 4, 9, 9), (1, TOKENS, WIDTH)
PAIRS = 2 * TOKENS * TOKENS * WIDTH  # of queries and keys, for two products
ENDS = {"linear": TOKENS * WIDTH * (3 * WIDTH + WIDTH + 20)}  # qkv, out, head
# The layer, its input, its MACs by kind, its parameters.
FAMILIES = {
    "resnetblur": (lambda: BlurPool(4), IMAGE, {"depthwise": 2 * 25 * 4 * 9}),
    "BiT, NFNet": (
        lambda: StandardizedConv(4, 6, 3),
        IMAGE,
        {"standard": 2 * 49 * 6 * 4 * 9},
    ),
    "CondConv": (
        Experts,
        IMAGE,
        {"grouped": 2 * 49 * 6 * 4 * 9, "linear": 2 * 4 * 3 + 2 * 3 * 6 * 4 * 9},
    ),
    "EfficientNet": (Excited, IMAGE, {"depthwise": 2 * 49 * 4 * 9, "pointwise": 2 * 2 * 4 * 2}),
    "GPT-2, sdpa": (Tied, WORDS, ENDS | {"attention": PAIRS}),
    "GPT-2, eager": (lambda: Tied("eager"), WORDS, ENDS | {"matmul": PAIRS}),
    "GPT-2, einsum": (lambda: Tied("einsum"), WORDS, ENDS | {"matmul": PAIRS}),
    "GPT-2, keywords": (
        Tied,
        {"input_ids": WORDS, "attention_mask": torch.ones(1, TOKENS)},
        ENDS | {"attention": PAIRS},
    ),
    "Llama": (
        Grouped,
        TEXT,
        {"linear": TOKENS * WIDTH * (3 * WIDTH + 3 * 12), "attention": PAIRS},
    ),
    "T5": (Relative, TEXT, {"matmul": PAIRS}),
    "Mamba": (Scan, TEXT, {"depthwise": (TOKENS + 3) * WIDTH * 4}),
}


def profiled(name):
    make, given, _ = FAMILIES[name]
    torch.manual_seed(0)
    module = make().eval()
    options = {"input_size": given} if isinstance(given, tuple) else {"inputs": given}
    return module, profile(module, **options)


@pytest.mark.parametrize("name", FAMILIES)
def test_macs_by_kind_and_parameters(name):
    module, found = profiled(name)
    macs = {kind: total.macs for kind, total in found.by_kind.items() if total.macs}
    assert macs == FAMILIES[name][2]
    assert found.total.params == sum(p.numel() for p in module.parameters())
    assert (found.unused_params, found.not_counted) == (0, {})


@pytest.mark.parametrize("name", FAMILIES)
def test_torchs_counter_agrees_but_for_fused_attention(name):
    module, found = profiled(name)
    given = FAMILIES[name][1]
    given = torch.zeros(given) if isinstance(given, tuple) else given
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(**given) if isinstance(given, dict) else module(given)
    fused = found.by_kind["attention"].macs if "attention" in found.by_kind else 0
    assert counter.get_total_flops() == 2 * (found.total.macs - fused)


def test_a_table_that_is_tied_counts_once_and_is_read_twice():
    _, found = profiled("GPT-2, sdpa")
    table, head = (row for row in found.rows if row.weight_shape in ((20, WIDTH), (WIDTH, 20)))
    assert (table.params, head.params) == (20 * WIDTH, 0)
    assert (table.weight_elements, head.weight_elements) == (TOKENS * WIDTH, 20 * WIDTH)
