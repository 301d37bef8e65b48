"""The profile against other people's counters, on other people's networks.

Where they differ from it, they do so for a reason, and by exactly that much.
"""

from functools import cache

import networks
import pytest
import test_profile_kinds as kinds
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812
from torch.utils.flop_counter import FlopCounterMode

from dwsep_helpers.cost import profile

NETWORKS = {
    "MobileNetV1": networks.mobilenet,
    "its dense twin": lambda: networks.mobilenet(separable=False),
    **{
        name: lambda name=name: networks.from_torchvision(name)
        for name in (
            "mobilenet_v2",
            "mobilenet_v3_small",
            "shufflenet_v2_x1_0",  # grouped, split and shuffled
            "regnet_y_400mf",  # grouped, with squeeze and excitation
            "squeezenet1_0",
            "resnet18",
            "convnext_tiny",  # depthwise 7×7, linear layers on four axes
            "swin_t",  # attention in windows, by matrix products
        )
    },
}
WITH_ATTENTION = "vit_b_16"


@cache
def network(name):
    return NETWORKS[name]() if name in NETWORKS else networks.from_torchvision(name)


@cache
def profiled(name):
    return profile(network(name))


def torchs_count(module, x=None):
    """Return torch's FLOPs."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(torch.zeros(1, 3, 224, 224) if x is None else x)
    return counter.get_total_flops()


@pytest.mark.parametrize("name", NETWORKS)
def test_torchs_flops_are_twice_the_macs(name):
    assert torchs_count(network(name)) == 2 * profiled(name).total.macs


@pytest.mark.parametrize("name", [*NETWORKS, WITH_ATTENTION])
def test_all_parameters_are_found(name):
    total = sum(p.numel() for p in network(name).parameters())
    assert profiled(name).total.params == total
    assert profiled(name).unused_params == 0
    assert profiled(name).not_counted == {}


def test_parameters_of_an_unused_branch_are_said():
    googlenet = networks.from_torchvision("googlenet", init_weights=False)
    found = profile(googlenet)
    assert found.total.macs == 1_498_376_192
    assert (found.total.params, found.unused_params) == (6_624_904, 6_379_984)


def test_torch_does_not_see_into_fused_attention():
    found = profiled(WITH_ATTENTION)
    # In evaluation mode a whole attention layer is one operation, which its counter doesn't know.
    layers = sum(row.macs for row in found.rows if row.name.endswith("self_attention"))
    assert torchs_count(network(WITH_ATTENTION)) == 2 * (found.total.macs - layers)
    assert layers == 6_292_703_232
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        without = torchs_count(network(WITH_ATTENTION))
    finally:
        torch.backends.mha.set_fastpath_enabled(True)
    # What is left then is the one kernel for both products, as it is on the processor.
    products = found.by_kind["attention"].macs
    assert without == 2 * (found.total.macs - products)
    assert products == 715_327_488


def test_torch_agrees_on_odd_layers():
    for layer, size in (
        (nn.Conv1d(4, 8, 3, groups=2), (2, 4, 20)),
        (nn.Conv3d(2, 3, 2, stride=2), (1, 2, 4, 6, 5)),
        (nn.ConvTranspose2d(4, 6, 3, stride=2, groups=2), (1, 4, 5, 5)),
        (nn.ConvTranspose1d(4, 6, 4, dilation=2, output_padding=1, stride=3), (2, 4, 7)),
        (nn.Conv2d(8, 8, 7, groups=8, padding=3), (1, 8, 9, 9)),
    ):
        macs = profile(layer, size).total.macs
        assert torchs_count(layer, torch.zeros(size)) == 2 * macs


@pytest.mark.parametrize("name", [*NETWORKS, WITH_ATTENTION])
@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_fvcore_counts_norms_and_pooling_and_no_fused_attention(name):
    from fvcore.nn import FlopCountAnalysis

    counts = FlopCountAnalysis(network(name), torch.zeros(1, 3, 224, 224))
    counts = counts.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    by_operator = dict(counts.by_operator())
    kinds = profiled(name).by_kind
    unseen = kinds["attention"].macs if "attention" in kinds else 0
    products = [by_operator.get(known, 0) for known in ("conv", "linear", "matmul", "bmm")]
    assert sum(products) == profiled(name).total.macs - unseen

    norms = [row for row in profiled(name).rows if row.kind == "norm"]
    twice = 2 * sum(row.output_elements for row in norms if "batch" in row.operation)
    assert by_operator.get("batch_norm", 0) == twice
    layers = sum(row.output_elements for row in norms if "layer" in row.operation)
    assert by_operator.get("layer_norm", 0) == 5 * layers
    extra = sum(by_operator.get(known, 0) for known in ("batch_norm", "layer_norm"))
    pooled = by_operator.get("adaptive_avg_pool2d", 0)
    assert counts.total() == sum(products) + extra + pooled


def test_fvcore_on_mobilenet_is_off_by_this_much():
    norms = [row for row in profiled("MobileNetV1").rows if row.kind == "norm"]
    (pooling,) = (row for row in profiled("MobileNetV1").rows if row.kind == "pooling")
    more = 2 * sum(row.output_elements for row in norms) + pooling.input_elements
    assert 568_740_352 + more == 578_875_904


def torchinfos_count(module, x=None):
    from torchinfo import summary

    x = torch.zeros(1, 3, 224, 224) if x is None else x
    return summary(module, input_data=x, verbose=0).total_mult_adds


def fvcores_count(module, x):
    from fvcore.nn import FlopCountAnalysis

    found = FlopCountAnalysis(module, x).unsupported_ops_warnings(False)
    return found.uncalled_modules_warnings(False).total()


@pytest.mark.parametrize(
    "name", ["MobileNetV1", "its dense twin", "mobilenet_v2", "shufflenet_v2_x1_0", "resnet18"]
)
def test_torchinfo_adds_biases_and_the_numbers_of_norms(name):
    rows = profiled(name).rows
    biases = sum(row.output_elements for row in rows if row.kind == "linear")
    norms = profiled(name).by_kind["norm"].params
    assert torchinfos_count(network(name)) == profiled(name).total.macs + biases + norms


def test_torchinfo_on_mobilenet_is_off_by_this_much():
    assert torchinfos_count(network("MobileNetV1")) - 568_740_352 == 1_000 + 21_888


def test_torchinfo_takes_a_linear_layer_on_four_axes_for_one_position():
    found = profiled("convnext_tiny")
    assert found.total.macs == 4_455_531_264
    assert torchinfos_count(network("convnext_tiny")) == 322_371_592


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_the_other_rows_of_the_table():
    """The table is that of ``dwsep_helpers.cost``."""
    x, macs, steps = torch.zeros(kinds.SIZE), kinds.MACS, torch.zeros(5, 2, 4)

    transposed = nn.ConvTranspose2d(4, 6, 3, stride=2)
    assert profile(transposed, kinds.SIZE).total.macs == 8 * 8 * 4 * 6 * 9
    assert fvcores_count(transposed, x) == 8 * 8 * 4 * 6 * 9
    assert torchinfos_count(transposed, x) == 17 * 17 * 6 * (4 * 9 + 1)

    functional = kinds.Calls(lambda s, x: F.conv2d(x, s.conv.weight), conv=kinds.conv())
    assert profile(functional, kinds.SIZE).total.macs == macs
    assert torchinfos_count(functional, x) == 0

    lstm, products = nn.LSTM(4, 6), 5 * 2 * 4 * 6 * (4 + 6)
    assert profile(lstm, inputs=steps).total.macs == products
    assert torchs_count(lstm, steps) == fvcores_count(lstm, steps) == 0
    assert torchinfos_count(lstm, steps) == products + 5 * 2 * 4 * 6 * 2

    words, table = torch.tensor([[3, 1, 4]]), nn.Embedding(1000, 8)
    assert profile(table, inputs=words).total.macs == 0
    assert torchinfos_count(table, words) == 8000

    assert torchinfos_count(torch.jit.script(kinds.conv()), x) == 0
    assert torchs_count(kinds.Calls(kinds.in_a_thread, conv=kinds.conv()), x) == 0
    for kind in ("cond", "sparse"):
        make, size, *_ = {**kinds.COUNTED, **kinds.NAMED}[kind]
        module, x = make(), torch.zeros(size)
        assert torchs_count(module, x) == 2 * profile(module, size).total.macs
