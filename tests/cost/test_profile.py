"""A profile holds what ran, as it ran, and leaves the network as it was."""

import copy

import networks
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from dwsep_helpers import cost
from dwsep_helpers.cost import profile


class Odd(nn.Module):
    """Shared, functional, computed and unused parts."""

    def __init__(self):
        super().__init__()
        self.twice = nn.Conv2d(4, 4, 3, padding=1)
        self.normed = nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 6, 1, bias=False))
        self.head = nn.Parameter(torch.ones(5, 6))
        self.scale = nn.Parameter(torch.ones(4, 1, 1))
        self.unused = nn.Linear(2, 2)

    def forward(self, x):
        x = self.twice(functional.relu(self.twice(x))) * self.scale
        x = functional.conv2d(x, torch.ones(4, 1, 7, 7), padding=3, groups=4)
        x = self.normed(x).mean((2, 3))
        return functional.linear(x, self.head)


def rows_of(module, *arguments, **options):
    return [row for row in profile(module, *arguments, **options).rows if row.macs]


def test_mobilenet_costs_what_the_paper_counts():
    network = profile(networks.mobilenet())
    assert network.total.macs == 568_740_352
    assert network.total.params == 4_231_976
    assert network.unused_params == 0
    kinds = network.by_kind
    assert {kind: kinds[kind].macs for kind in kinds if kinds[kind].macs} == {
        "standard": 10_838_016,
        "depthwise": 17_385_984,
        "pointwise": 539_492_352,
        "linear": 1_024_000,
    }
    assert network.by_kind["norm"].params == 2 * 10_944


def test_its_dense_twin_costs_what_the_paper_counts():
    assert profile(networks.mobilenet(separable=False)).total.macs == 4_867_293_184


def test_rows_come_in_the_order_of_execution_with_what_they_read_and_write():
    first, norm, activation, filtering = profile(networks.mobilenet()).rows[:4]
    kinds = [row.kind for row in (first, norm, activation, filtering)]
    assert kinds == ["standard", "norm", "activation", "depthwise"]
    assert (first.name, norm.name, activation.name) == ("0.0", "0.1", "0.2")
    assert first.input_shape == (1, 3, 224, 224)
    assert first.weight_shape == (32, 3, 3, 3)
    assert first.output_shape == norm.input_shape == filtering.output_shape == (1, 32, 112, 112)
    assert first.cost == cost.conv2d_cost(3, 32, 3, (224, 224), stride=2, padding=1)
    assert filtering.cost == cost.depthwise_cost(32, 3, (112, 112), padding=1)


@given(
    channels=st.integers(1, 3),
    filters=st.integers(1, 3),
    groups=st.integers(1, 3),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    bias=st.booleans(),
    batch=st.integers(1, 2),
)
@settings(deadline=None)  # torch's first call takes its time
def test_a_convolution_costs_what_the_formula_says(
    channels, filters, groups, kernel, stride, padding, bias, batch
):
    options = {"stride": stride, "padding": padding, "groups": groups, "bias": bias}
    layer = nn.Conv2d(channels * groups, filters * groups, kernel, **options)
    total = profile(layer, (batch, channels * groups, 7, 6)).total
    sizes = (channels * groups, filters * groups, kernel, (7, 6))
    assert total == cost.conv2d_cost(*sizes, batch=batch, **options)


@pytest.mark.parametrize(
    ("layer", "kind"),
    [
        (nn.Conv2d(6, 4, 3), "standard"),
        (nn.Conv2d(6, 6, 7, groups=6), "depthwise"),
        (nn.Conv2d(6, 12, 3, groups=6), "depthwise"),
        (nn.Conv2d(6, 6, 1, groups=6), "depthwise"),
        (nn.Conv2d(6, 4, 3, groups=2), "grouped"),
        (nn.Conv2d(6, 4, 1, stride=2), "pointwise"),
        (nn.Conv2d(6, 4, (1, 3)), "standard"),
        (nn.ConvTranspose2d(6, 4, 3), "transposed"),
    ],
)
def test_kinds_of_convolution(layer, kind):
    (row,) = profile(layer, (1, 6, 9, 9)).rows
    assert row.kind == kind


def test_one_and_three_dimensions():
    assert profile(nn.Conv1d(4, 8, 3, groups=2), (2, 4, 20)).total.macs == 2 * 8 * 18 * 2 * 3
    volume = nn.Conv3d(2, 3, (1, 2, 3), stride=(1, 2, 1), padding=(0, 1, 1))
    assert profile(volume, (1, 2, 4, 6, 5)).total.macs == 3 * 4 * 4 * 5 * 2 * 6


def test_a_transposed_convolution_multiplies_each_input_by_all_taps():
    layer = nn.ConvTranspose2d(4, 6, 3, stride=2, groups=2, bias=False)
    (row,) = profile(layer, (1, 4, 5, 5)).rows
    assert row.macs == 4 * 5 * 5 * 3 * 9
    assert row.output_shape == (1, 6, 11, 11)


def test_shared_functional_computed_and_unused_parts():
    network = Odd()
    found = profile(network, (2, 4, 6, 6))
    first, second, filtering, normed, head = (row for row in found.rows if row.macs)
    assert (first.name, second.name, filtering.name) == ("twice", "twice", "Odd")
    assert first.macs == second.macs == 2 * 36 * 4 * 4 * 9
    assert (first.params, second.params) == (4 * 4 * 9 + 4, 0), "parameters count once"
    assert first.weight_elements == second.weight_elements, "and are read each time"
    assert (filtering.kind, filtering.params, filtering.weight_elements) == ("depthwise", 0, 196)
    assert (normed.kind, normed.macs) == ("pointwise", 2 * 36 * 6 * 4)
    assert (head.kind, head.macs, head.params) == ("linear", 2 * 6 * 5, 30)
    assert found.unused_params == 6
    assert found.total.params + 6 == sum(p.numel() for p in network.parameters())
    assert "Parameters that no operation used: 6." in str(found)


@pytest.mark.parametrize("need_weights", [True, False])
def test_attention(need_weights):
    tokens, width, heads = 5, 16, 4

    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.MultiheadAttention(width, heads, batch_first=True)

        def forward(self, x):
            return self.inner(x, x, x, need_weights=need_weights)[0]

    found = profile(Attention(), (2, tokens, width))
    kinds = found.by_kind
    assert kinds["linear"].macs == 2 * tokens * width * (3 * width + width)
    products = 2 * tokens * tokens * width  # queries with keys; as many, weights with values
    both = sum(kinds[kind].macs for kind in ("matmul", "attention") if kind in kinds)
    assert both == 2 * products
    assert found.total.macs == kinds["linear"].macs + both
    assert torch.backends.mha.get_fastpath_enabled()


def test_an_encoder_layer_by_hand():
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    tokens = 5
    projections = tokens * 16 * 4 * 16
    feed_forward = 2 * tokens * 16 * 32
    assert profile(layer, (1, tokens, 16)).total.macs == (
        projections + 2 * tokens * tokens * 16 + feed_forward
    )


def test_einsum_and_matmul_of_activations():
    class Products(nn.Module):
        def forward(self, x):  # (N, 3, 4)
            pairs = torch.einsum("nik,njk->nij", x, x)
            return pairs @ x

    found = profile(Products(), (2, 3, 4))
    assert [row.macs for row in found.rows if row.macs] == [2 * 3 * 3 * 4, 2 * 3 * 3 * 4]
    assert {row.kind for row in found.rows if row.macs} == {"matmul"}


@pytest.mark.parametrize(("recurrent", "gates"), [(nn.LSTM, 4), (nn.GRU, 3)])
def test_recurrent_layers_are_taken_apart(recurrent, gates):
    steps, batch, width, hidden = 5, 2, 8, 16
    found = profile(recurrent(width, hidden), (steps, batch, width))
    assert found.total.macs == steps * batch * gates * hidden * (width + hidden)
    assert found.total.params == gates * hidden * (width + hidden + 2)
    assert not found.not_counted


def test_inference_mode_inside():
    class Inside(nn.Conv2d):
        @torch.inference_mode()
        def forward(self, x):
            return super().forward(x)

    layer = Inside(3, 4, 3)
    (row,) = rows_of(layer, (1, 3, 8, 8))
    assert (row.kind, row.macs, row.params) == ("standard", 36 * 4 * 27, 112)


def test_tied_weights_count_once():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(10, 4)
            self.out = nn.Linear(4, 10, bias=False)
            self.out.weight = self.embedding.weight

        def forward(self, tokens):
            return self.out(self.embedding(tokens))

    embedding, out = profile(Tied(), inputs=torch.zeros(1, 7, dtype=torch.long)).rows
    assert (embedding.kind, embedding.macs, embedding.params) == ("embedding", 0, 40)
    assert (out.kind, out.macs, out.params) == ("linear", 7 * 4 * 10, 0)


def test_what_may_multiply_and_is_not_known_is_said():
    class Spectrum(nn.Module):
        def forward(self, x):
            return torch.fft.rfft2(x).abs()

    found = profile(Spectrum(), (1, 1, 4, 4))
    assert found.not_counted == {"fft_r2c": 1}
    assert "Not counted, though they may multiply: fft_r2c (1 time)." in str(found)
    assert "fft_r2c (1 time)" in found._repr_html_()


def test_the_network_is_left_as_it_was():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(), nn.Flatten())
    network[1].eval()
    network.add_module("counter", Counter())
    before = copy.deepcopy(network.state_dict())
    modes = [part.training for part in network.modules()]
    hooks = [(len(p._forward_hooks), len(p._forward_pre_hooks)) for p in network.modules()]
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    profile(network, (2, 3, 8, 8))
    assert torch.equal(torch.rand(2), expected), "random numbers to come"
    assert [part.training for part in network.modules()] == modes
    assert hooks == [(len(p._forward_hooks), len(p._forward_pre_hooks)) for p in network.modules()]
    assert all(p.grad is None for p in network.parameters())
    after = network.state_dict()
    assert all(torch.equal(after[name], before[name]) for name in before)
    assert torch.is_grad_enabled()
    assert torch.backends.mkldnn.enabled


class Counter(nn.Module):
    """Counts its calls in a buffer, and draws a random number, even in evaluation mode."""

    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros(1))
        self.register_buffer("last", torch.zeros(1))

    def forward(self, x):
        self.calls += 1
        self.last = torch.rand(1)
        return x


def test_it_is_left_as_it_was_by_an_error_too():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Linear(7, 2))
    with pytest.raises(RuntimeError) as raised:
        profile(network, (1, 3, 8, 8))
    assert raised.value.__notes__ == ["profile() gave Sequential zeros of shape (1, 3, 8, 8)."]
    assert all(part.training for part in network.modules())
    assert not any(part._forward_hooks for part in network.modules())


def test_half_precision_and_no_memory_at_all():
    assert profile(nn.Conv2d(3, 4, 3).half(), (1, 3, 8, 8)).total.macs == 36 * 4 * 27
    huge = nn.Sequential(nn.Linear(10**6, 10**6, device="meta"), nn.BatchNorm1d(1, device="meta"))
    assert profile(huge[0], (1, 10**6)).total.macs == 10**12
    profile(huge[1], (1, 1, 2))


@pytest.mark.parametrize(
    ("module", "size", "error", "named"),
    [
        (torch.relu, (1, 3, 8, 8), TypeError, "module is a builtin"),
        (nn.Conv2d(3, 4, 3), 224, TypeError, "input_size must be a sequence, got 224"),
        (nn.Conv2d(3, 4, 3), (1, 3, 8.0, 8), TypeError, r"input_size\[2\] must be an integer"),
        (nn.Conv2d(3, 4, 3), (1, 3, 0, 8), ValueError, r"input_size\[2\] must be at least 1"),
        (nn.Conv2d(3, 4, 3), torch.zeros(1, 3, 8, 8), TypeError, "input_size is a tensor"),
        (nn.LazyConv2d(4, 3), (1, 3, 8, 8), ValueError, "weight of module has no shape"),
        (nn.LazyBatchNorm2d(affine=False), (1, 3, 8, 8), ValueError, "running_mean of module has"),
    ],
)
def test_bad_arguments_are_named(module, size, error, named):
    with pytest.raises(error, match=named):
        profile(module, size)


def test_sizes_of_numpy():
    assert profile(nn.Conv2d(3, 4, 1), np.array([1, 3, 8, 8])).total.macs == 768


def test_shares_and_kinds_add_up():
    found = profile(networks.mobilenet())
    for quantity in ("macs", "params", "elements", "input_elements"):
        assert sum(found.shares(quantity).values()) == pytest.approx(1)
    assert sum(found.by_kind.values(), cost.Cost()) == found.total
    with pytest.raises(ValueError, match="quantity is 'time'"):
        found.shares("time")
    assert set(profile(nn.ReLU(), (1, 2)).shares().values()) == {0}


def test_text_and_html_show_each_row_and_the_total():
    found = profile(networks.mobilenet())
    text, page = str(found), found._repr_html_()
    assert text.startswith("Sequential, input 1×3×224×224\n")
    assert len(text.splitlines()) == 1 + 1 + 1 + len(found.rows) + 1 + 1 + 7 + 1 + 1 + 1
    for shown in ("568,740,352", "94.86 %", "51,380,224", "512×1×3×3", "standard"):
        assert shown in text
        assert shown in page
    assert page.count("<tr>") == len(found.rows) + 1 + 7 + 1 + 1
    assert found.rows[0].name in text
