"""After a profile a network is as it was, also when it raised an error half-way."""

import random
from collections import deque

import numpy as np
import pytest
import torch
from torch import nn

from dwsep_helpers.cost import profile


class Busy(nn.Module):
    """Changes all it can while it runs."""

    def __init__(self, *, fails):
        super().__init__()
        self.fails = fails
        self.conv = nn.Conv2d(4, 6, 3)
        self.register_buffer("seen", torch.zeros(1))
        self.register_buffer("mean", torch.zeros(3))
        self.seen_at = []
        self.cache = {"a": 1}

    def forward(self, x):
        self.seen.resize_(5).fill_(1)
        self.mean += 1
        self.register_buffer("new", torch.ones(2))
        self.count = 3
        self.seen_at.append(x)
        self.cache["b"] = x
        with torch.no_grad():
            self.conv.weight.mul_(2)
            self.conv.bias.data = torch.ones(6)
        torch.rand(1), np.random.rand(), random.random()
        self.conv.train()
        self.conv.register_forward_hook(lambda *_: None)
        y = self.conv(x)
        if self.fails:
            raise KeyError("half-way")
        return y


@pytest.mark.parametrize("fails", [False, True])
def test_all_it_changed_is_as_before(fails):
    network = Busy(fails=fails)
    bias, weight = network.conv.bias.data_ptr(), network.conv.weight.detach().clone()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    attributes = set(vars(network))
    torch.manual_seed(1), np.random.seed(1), random.seed(1)
    drawn = torch.rand(1), np.random.rand(), random.random()
    torch.manual_seed(1), np.random.seed(1), random.seed(1)
    if fails:
        with pytest.raises(KeyError) as raised:
            profile(network, (1, 4, 8, 8))
        assert raised.value.__notes__ == ["profile() gave Busy zeros of shape (1, 4, 8, 8)."]
    else:
        assert profile(network, (1, 4, 8, 8)).total.macs == 36 * 6 * 36
    assert (torch.rand(1), np.random.rand(), random.random()) == drawn
    after = network.state_dict()
    assert list(after) == list(before)
    assert all(torch.equal(after[name], before[name]) for name in before)
    assert set(vars(network)) == attributes
    assert (network.seen_at, network.cache) == ([], {"a": 1})
    assert network.conv.bias.data_ptr() == bias
    assert torch.equal(network.conv.weight, weight)
    assert network.conv.training
    assert not network.conv._forward_hooks


class Cache:
    """What a network may keep its state in."""

    def __init__(self):
        self.keys, self.steps, self.sums = [], 0, torch.zeros(2)

    def take(self, x):
        self.keys.append(x)
        self.steps += 1
        self.sums += 1


class Adapts(nn.Module):
    """Keeps a state in all but buffers, and trains while it runs."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 3)
        self.frozen = nn.Linear(4, 3)
        self.optimizer = torch.optim.Adam(self.linear.parameters())
        self.seen = torch.zeros(3)
        self.shrunk = torch.ones(3)
        self.recent = deque([1, 2], maxlen=2)
        self.cache = {"a": [torch.zeros(1)], "b": Cache()}

    def forward(self, x):
        with torch.enable_grad():
            (self.linear(x) + 1).square().sum().backward()
        self.optimizer.step()
        self.frozen.requires_grad_(False)
        self.seen.add_(1)
        self.shrunk.resize_(1)
        self.recent.append(3)
        self.cache["a"][0] += 1
        self.cache["a"].append(x)
        self.cache["b"].take(x)
        return self.frozen(x.zero_())


def test_what_attributes_hold_is_as_before():
    network = Adapts()
    weight = network.linear.weight.detach().clone()
    x = torch.ones(2, 4)
    profile(network, inputs=x)
    assert torch.equal(network.linear.weight, weight)
    assert network.linear.weight.grad is None
    assert network.frozen.weight.requires_grad
    assert len(network.optimizer.state) == 0
    assert network.seen.tolist() == [0, 0, 0]
    assert network.shrunk.tolist() == [1, 1, 1]
    assert network.recent == deque([1, 2])
    assert network.cache["a"] == [torch.zeros(1)]
    cache = network.cache["b"]
    assert (cache.keys, cache.steps, cache.sums.tolist()) == ([], 0, [0, 0])
    assert x.sum() == 8


def test_a_gradient_is_as_before():
    network = Adapts()
    network.linear(torch.ones(1, 4)).sum().backward()
    gradient = network.linear.weight.grad
    profile(network, (2, 4))
    assert network.linear.weight.grad is gradient
    assert torch.equal(gradient, torch.ones(3, 4))


@pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:Please use quant_min:UserWarning")
def test_quantization_aware_networks():
    import torch.ao.quantization as quantization

    network = nn.Sequential(nn.Conv2d(4, 6, 3), nn.ReLU()).train()
    network.qconfig = quantization.get_default_qat_qconfig("x86")
    network = quantization.prepare_qat(network)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    found = profile(network, (1, 4, 8, 8))
    assert (found.total.macs, found.not_counted) == (36 * 6 * 36, {})
    after = network.state_dict()
    for name, value in before.items():
        assert after[name].shape == value.shape, name
        assert torch.equal(after[name], value), name


def test_what_is_compiled_stays_compiled():
    calls = []

    def backend(graph, _inputs):
        def run(*inputs):
            calls.append(1)
            return graph.forward(*inputs)

        return run

    x = torch.zeros(1, 4, 8, 8)
    for runs_before in (0, 1):
        calls.clear()
        network = torch.compile(nn.Sequential(nn.Conv2d(4, 6, 3), nn.ReLU()), backend=backend)
        for _ in range(runs_before):
            network(x)
        assert profile(network, (1, 4, 8, 8)).total.macs == 36 * 6 * 36
        assert len(calls) == runs_before, "the profile ran it as it was written"
        network(x)
        assert len(calls) == runs_before + 1
        torch._dynamo.reset()


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_modes_beside_scripted_parts():
    network = nn.Sequential(torch.jit.script(nn.Conv2d(4, 4, 1)), nn.Dropout(), nn.BatchNorm2d(4))
    network[2].eval()
    profile(network, (1, 4, 8, 8))
    assert [part.training for part in network] == [True, True, False]


def test_a_part_of_several_parents_after_an_error():
    relu = nn.ReLU()
    network = nn.Sequential(nn.Conv2d(3, 4, 3), relu, nn.Sequential(relu, nn.Linear(9, 9)), relu)
    keys = list(network.state_dict())
    with pytest.raises(RuntimeError):
        profile(network, (1, 3, 8, 8))
    assert list(network.state_dict()) == keys
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in network.modules())
    network[:2](torch.zeros(1, 3, 8, 8))
