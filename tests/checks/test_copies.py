"""Modules are copied as ``copy.deepcopy`` copies them, whatever they are made of."""

import copy

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from dwsep_helpers.checks.copies import copied, copied_module
from dwsep_helpers.mobilenet import mobilenet

X = torch.linspace(-1, 1, 2 * 3 * 6 * 6).reshape(2, 3, 6, 6)
WAYS = [copied, copied_module, lambda module: copied_module(module, double=True)]


def network():
    torch.manual_seed(0)
    return mobilenet(
        [("standard", 3, 4, 2), ("separable", 4, 6, 1), ("separable", 6, 6, 1), ("linear", 6, 5, 1)]
    )


class Tied(nn.Module):
    """Has a layer in two places, a weight in two layers, and a list of layers beside them."""

    def __init__(self):
        super().__init__()
        self.first = self.again = nn.Conv2d(3, 3, 1)
        self.other = nn.Conv2d(3, 3, 1, bias=False)
        self.other.weight = self.first.weight
        self.layers = [self.first, self.other]
        self.me = {"self": self}
        self.shared = self.alike = []

    def forward(self, x):
        for layer in (*self.layers, self.again):
            x = layer(x)
        return x


class CopiesItself(nn.Conv2d):
    """Is copied in a way of its own."""

    def __deepcopy__(self, memo):
        return type(self)(3, 7, 1)


class Reduced(nn.Conv2d):
    """Is pickled, and so copied, in a way of its own."""

    def __reduce__(self):
        return type(self), (3, 7, 1)


class WithoutAll(nn.Conv2d):
    """Keeps something to itself."""

    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.cache = {"seen": 1}

    def __getstate__(self):
        return {**super().__getstate__(), "cache": {}}


class WithTensors(nn.Module):
    """Holds tensors of all kinds, and a function."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3, 1, 1), requires_grad=False)
        self.register_buffer("count", torch.tensor(3))
        self.register_buffer("learned", torch.full((1,), 2.0, requires_grad=True))
        self.register_buffer("hidden", torch.ones(1), persistent=False)
        self.register_buffer("none", None)
        self.few = torch.ones(1, dtype=torch.float16)
        self.double_it = lambda x: 2 * x

    def forward(self, x):
        return self.double_it(x * self.weight * self.learned * self.count + self.hidden)


class ReadsItsLayer(nn.Module):
    """Looks at a layer of its own while it is copied."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 5, 1)

    def __setstate__(self, state):
        super().__setstate__(state)
        self.seen = self.conv.weight.shape[0]

    def forward(self, x):
        return self.conv(x)


class Stage:
    """Is rebuilt from layers that are there already."""

    def __init__(self, layers):
        self.layers, self.channels = layers, layers[0].out_channels

    def __reduce__(self):
        return Stage, (self.layers,)


class WithStage(nn.Module):
    """Holds something that is rebuilt from its layers."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(3, 5, 1))
        self.stages = [Stage(self.layers)]

    def forward(self, x):
        return self.stages[0].layers(x)


class Listed(nn.Module, list):
    """Is a list, too."""

    __hash__ = nn.Module.__hash__

    def __init__(self):
        super().__init__()
        self.append("held")

    def forward(self, x):
        return len(self) * x


def hooked():
    layer = nn.Conv2d(3, 3, 1)
    layer.register_forward_hook(lambda layer, given, y: 3 * y)
    return layer


MODULES = {
    "a network": network,
    "tied": Tied,
    "with a hook": hooked,
    "reparametrized": lambda: weight_norm(nn.Conv2d(3, 3, 1)),
    "in groups": lambda: nn.ModuleDict({"a": nn.ModuleList([nn.Conv2d(3, 3, 1)]), "b": nn.ReLU()}),
    "of all kinds of tensors": WithTensors,
    "that reads its layer": ReadsItsLayer,
    "with what is rebuilt": WithStage,
    "that is a list": Listed,
    "that keeps something to itself": lambda: WithoutAll(3, 3, 1),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("make", MODULES.values(), ids=MODULES)
def test_a_copy_holds_and_does_the_same_and_shares_no_number(make, way):
    module = make().eval()
    expected, found = copy.deepcopy(module), way(module)
    assert type(found) is type(module)
    assert str(found) == str(module)
    assert list(vars(found)) == list(vars(expected))
    tensors = [*module.parameters(), *module.buffers()]
    copies = [*found.parameters(), *found.buffers()]
    for name, one in expected.state_dict().items():
        torch.testing.assert_close(found.state_dict()[name], one, check_dtype=False)
    for one, other in zip(tensors, copies, strict=True):
        assert one is not other
        assert one.data_ptr() != other.data_ptr()
        assert one.requires_grad == other.requires_grad
        assert isinstance(other, nn.Parameter) == isinstance(one, nn.Parameter)
    if type(module) is not nn.ModuleDict:
        y = found.double()(X.double())
        torch.testing.assert_close(y, expected.double()(X.double()), rtol=0, atol=0)


def test_in_float64_are_the_fractional_numbers_alone():
    module = nn.BatchNorm2d(3).half()
    found = copied_module(module, double=True).state_dict()
    assert found.pop("num_batches_tracked").dtype == torch.int64
    assert {value.dtype for value in found.values()} == {torch.float64}
    assert {value.dtype for value in copied(module).parameters()} == {torch.float16}


def test_what_was_one_is_one_in_the_copy():
    found = copied(Tied())
    assert found.first is found.again is found.layers[0]
    assert found.first.weight is found.other.weight
    assert found.layers[1] is found.other
    assert found.me["self"] is found
    assert found.shared is found.alike


@pytest.mark.parametrize("kind", [CopiesItself, Reduced])
@pytest.mark.parametrize("inside", [False, True])
def test_a_class_may_have_a_way_of_its_own(kind, inside):
    module = nn.Sequential(kind(3, 3, 1)) if inside else kind(3, 3, 1)
    found = copied(module)
    assert (found[0] if inside else found).weight.shape == (7, 3, 1, 1)


def test_what_a_module_keeps_to_itself_is_not_copied():
    module = WithoutAll(3, 3, 1)
    assert copied(module).cache == {}
    assert module.cache == {"seen": 1}


def test_a_module_that_has_made_no_weights_yet_makes_its_own():
    lazy = nn.LazyConv2d(4, 1)
    found = copied(lazy)
    assert found(X).shape == (2, 4, 6, 6)
    assert lazy.has_uninitialized_params()
