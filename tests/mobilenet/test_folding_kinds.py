"""Layers of every kind fold into equal ones, or are named as those that don't."""

import copy
import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm

from dwsep_helpers.checks.torch_modules import random_norm
from dwsep_helpers.mobilenet import fold, fold_batch_norm


def norm(channels, axes=2):
    return random_norm(getattr(nn, f"BatchNorm{axes}d")(channels), 3)


def pruned(conv):
    prune.l1_unstructured(conv, "weight", 0.5)
    prune.random_unstructured(conv, "weight", 0.3)
    prune.random_unstructured(conv, "bias", 0.3)
    with torch.no_grad():
        conv.weight_orig.mul_(3)  # as training does: the mask is applied at the next call
    return conv


class Renamed(nn.Conv2d):
    """Nothing but another name."""


class Standardized(nn.Conv2d):
    def forward(self, x):
        return self._conv_forward(x, self.weight - self.weight.mean((1, 2, 3), True), self.bias)


class Scaled(nn.Conv2d):
    def _conv_forward(self, x, weight, bias):
        return super()._conv_forward(x, 2 * weight, bias)


class Activated(nn.BatchNorm2d):
    def forward(self, x):
        return super().forward(x).relu()


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


class AlwaysTraining(nn.BatchNorm2d):
    def train(self, _mode=True):
        return super().train(True)


def hooked(layer, register="register_forward_hook"):
    getattr(layer, register)(lambda *_: None)
    return layer


def own_instance(conv):
    conv.forward = lambda x: 2 * nn.Conv2d.forward(conv, x)
    return conv


X = torch.randn(2, 4, 9, 8, generator=torch.Generator().manual_seed(0))
EQUAL = {
    "pruned, not called since": lambda: [pruned(nn.Conv2d(4, 6, 3)), norm(6)],
    "pruned structured": lambda: [
        prune.ln_structured(nn.Conv2d(4, 6, 3), "weight", 0.5, 2, 0),
        norm(6),
    ],
    "weight norm": lambda: [parametrizations.weight_norm(nn.Conv2d(4, 6, 3)), norm(6)],
    "weight norm, old": lambda: [weight_norm(nn.Conv2d(4, 6, 3)), norm(6)],
    "spectral norm": lambda: [parametrizations.spectral_norm(nn.Conv2d(4, 6, 3)), norm(6)],
    "spectral norm, old": lambda: [spectral_norm(nn.Conv2d(4, 6, 3)), norm(6)],
    "orthogonal": lambda: [parametrizations.orthogonal(nn.Conv2d(4, 6, 3)), norm(6)],
    "transposed": lambda: [nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, groups=2), norm(6)],
    "padding circular": lambda: [nn.Conv2d(4, 6, 3, padding=1, padding_mode="circular"), norm(6)],
    "renamed": lambda: [Renamed(4, 6, 3), norm(6)],
    "synchronized": lambda: [nn.Conv2d(4, 6, 3), random_norm(nn.SyncBatchNorm(6), 1)],
    "one conv, two norms": lambda: (
        lambda conv: [conv, norm(4), nn.ReLU(), conv, random_norm(nn.BatchNorm2d(4), 9), conv]
    )(nn.Conv2d(4, 4, 3)),
    "two convs, one norm": lambda: (
        lambda shared: [nn.Conv2d(4, 4, 1), shared, nn.Conv2d(4, 4, 3), shared]
    )(norm(4)),
    "one block twice": lambda: 2 * [nn.Sequential(nn.Conv2d(4, 4, 3), norm(4))],
    "other norms": lambda: [nn.Conv2d(4, 6, 3), nn.GroupNorm(2, 6), nn.InstanceNorm2d(6)],
    "pruned norm": lambda: [
        nn.Conv2d(4, 6, 3),
        prune.random_unstructured(norm(6), "weight", 0.5),
    ],
}


@pytest.mark.filterwarnings("ignore:.*torch.nn.utils.weight_norm:FutureWarning")
@pytest.mark.filterwarnings("ignore:.*torch.nn.utils.spectral_norm:FutureWarning")
@pytest.mark.parametrize("kind", EQUAL)
def test_equal_outputs(kind):
    torch.manual_seed(1)
    network = nn.Sequential(*EQUAL[kind]())
    network(X)  # with gradients: weights that a hook computed then keep their history
    network.eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with torch.no_grad():
        expected = network(X)
    folded = fold(network)
    with torch.no_grad():
        torch.testing.assert_close(folded(X), expected, atol=1e-4, rtol=1e-4)
        assert torch.equal(network(X), expected)
    assert not any(isinstance(part, nn.BatchNorm2d) for part in folded.modules())
    convolutions = [part for part in folded.modules() if hasattr(part, "kernel_size")]
    assert all(type(part).__module__ == "torch.nn.modules.conv" for part in convolutions)
    after = network.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    convolutions[0](X).sum().backward()  # it can be trained on, as a leaf of its own


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_axes_and_groups(axes, transposed):
    torch.manual_seed(0)
    kind = getattr(nn, f"Conv{'Transpose' if transposed else ''}{axes}d")
    conv, x = kind(4, 6, 3, stride=2, groups=2), torch.randn(2, 4, *(7, 6, 5)[:axes])
    after = norm(6, axes)
    with torch.no_grad():
        torch.testing.assert_close(
            fold_batch_norm(conv, after)(x), after(conv(x)), atol=1e-5, rtol=1e-5
        )


@pytest.mark.parametrize("bias", [False, True])
def test_groups_of_a_transposed_layer_before_a_norm_without_factors(bias):
    """pytorch/pytorch#180995, pytorch/executorch#22517 and ultralytics/ultralytics#25364."""
    torch.manual_seed(0)
    conv = nn.ConvTranspose2d(4, 6, 3, stride=2, groups=2, bias=bias)
    after = nn.BatchNorm2d(6, affine=False).eval()
    after.running_mean.normal_()
    after.running_var.uniform_(0.5, 2)
    with torch.no_grad():
        torch.testing.assert_close(
            fold_batch_norm(conv, after)(X), after(conv(X)), atol=1e-5, rtol=1e-5
        )


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("mixed", [True, False])
def test_precisions(dtype, mixed):
    torch.manual_seed(0)
    conv, after = nn.Conv2d(4, 6, 3).to(dtype), norm(6).to(torch.float32 if mixed else dtype)
    folded = fold_batch_norm(conv, after)
    assert folded.weight.dtype is folded.bias.dtype is dtype
    with torch.no_grad():
        exact = norm(6).double()(copy.deepcopy(conv).double()(X.to(dtype).double()))
        off = (folded(X.to(dtype)).double() - exact).abs().max() / exact.abs().max()
    assert off < 4 * torch.finfo(torch.float32 if dtype is torch.float64 else dtype).eps


REFUSED = {
    "standardized": (
        lambda: [Standardized(4, 6, 3), norm(6)],
        "^1 can't be folded into 0: conv is of class Standardized, which computes",
    ),
    "scaled": (lambda: [Scaled(4, 6, 3), norm(6)], "conv is of class Scaled"),
    "forward of its own": (
        lambda: [own_instance(nn.Conv2d(4, 6, 3)), norm(6)],
        "conv is of class Conv2d, which computes in a way of its own",
    ),
    "norm with an activation": (
        lambda: [nn.Conv2d(4, 6, 3), Activated(6)],
        "norm is of class Activated, which computes",
    ),
    "norm that trains on": (
        lambda: [nn.Conv2d(4, 6, 3), AlwaysTraining(6)],
        "norm stays in training mode",
    ),
    "hook on conv": (lambda: [hooked(nn.Conv2d(4, 6, 3)), norm(6)], "conv has hooks"),
    "hook before norm": (
        lambda: [nn.Conv2d(4, 6, 3), hooked(norm(6), "register_forward_pre_hook")],
        "norm has hooks",
    ),
    "sequence with a sum": (
        lambda: [Residual(nn.Conv2d(4, 4, 1), norm(4))],
        r"^0\.1 is a batch norm that follows no convolution",
    ),
    "inside another": (
        lambda: [nn.Sequential(nn.Conv2d(4, 4, 1)), norm(4)],
        "^1 is a batch norm that follows no convolution",
    ),
    "of one axis": (
        lambda: [nn.Conv2d(4, 4, 1), norm(4, 1)],
        "norm is of class BatchNorm1d, and conv of Conv2d",
    ),
    "after a linear layer": (
        lambda: [nn.Flatten(), nn.Linear(288, 3), norm(3, 1)],
        "^2 is a batch norm that follows no convolution",
    ),
    "lazy": (lambda: [nn.LazyConv2d(6, 3), norm(6)], "conv has no shape yet"),
    "without statistics": (
        lambda: [nn.Sequential(nn.Conv2d(4, 6, 3), nn.BatchNorm2d(6, track_running_stats=False))],
        r"^0\.1 can't be folded into 0\.0: norm keeps no running statistics",
    ),
}


@pytest.mark.filterwarnings("ignore:Lazy modules")
@pytest.mark.parametrize("kind", REFUSED)
def test_refused_by_name(kind):
    make, says = REFUSED[kind]
    with pytest.raises(ValueError, match=says):
        fold(nn.Sequential(*make()))


def test_numbers_too_large_for_the_precision():
    after = nn.BatchNorm2d(6).eval()
    after.running_var.fill_(1e-12)
    after.eps = 0
    with pytest.raises(ValueError, match="norm makes numbers of conv that aren't finite"):
        fold_batch_norm(nn.Conv2d(4, 6, 3).half(), after)


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_numbers_that_are_not_finite_are_said_of_the_layer_that_has_them(bad):
    conv, after = nn.Conv2d(4, 6, 3), norm(6)
    conv.weight.data[2, 0, 0, 0] = bad
    with pytest.raises(ValueError, match=r"^conv has NaN or infinity"):
        fold_batch_norm(conv, after)
    after.running_mean[1] = bad
    with pytest.raises(ValueError, match=r"^1 can't be folded into 0: norm has NaN or infinity"):
        fold(nn.Sequential(nn.Conv2d(4, 6, 3), after))


# Parts of four channels in and out, of images of any size from 5×5 on.
PARTS = [
    lambda: [nn.Conv2d(4, 4, 3, padding=1, bias=False), norm(4)],
    lambda: [nn.Conv2d(4, 4, 3, padding=1, groups=4), norm(4), nn.ReLU6()],
    lambda: [pruned(nn.Conv2d(4, 4, 3, padding=1)), norm(4)],
    lambda: [parametrizations.weight_norm(nn.Conv2d(4, 4, 1)), norm(4)],
    lambda: [nn.ConvTranspose2d(4, 4, 3, padding=1, groups=2), norm(4), nn.ReLU()],
    lambda: [nn.Sequential(nn.Conv2d(4, 4, 1), norm(4))],
    lambda: [Residual(nn.Conv2d(4, 4, 1), nn.ReLU())],
    lambda: [Standardized(4, 4, 1), nn.GroupNorm(2, 4)],
    lambda: [nn.Conv2d(4, 4, 1), nn.Dropout(0.5)],
    # And parts that are refused.
    lambda: [Standardized(4, 4, 1), norm(4)],
    lambda: [nn.Conv2d(4, 4, 1), Activated(4)],
    lambda: [norm(4)],
    lambda: [Residual(nn.Conv2d(4, 4, 1), norm(4))],
]
GOOD = 9


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, len(PARTS) - 1), min_size=1, max_size=4), st.integers(0, 99))
def test_random_networks(numbers, seed):
    torch.manual_seed(seed)
    network = nn.Sequential(*(part for number in numbers for part in PARTS[number]())).eval()
    x = torch.randn(1, 4, 5, 6)
    with torch.no_grad():
        expected = network(x)
        if max(numbers) < GOOD:
            torch.testing.assert_close(fold(network)(x), expected, atol=1e-4, rtol=1e-4)
        else:
            with pytest.raises(ValueError, match=r"^\d"):  # a layer's name
                fold(network)
        assert torch.equal(network(x), expected)


class Tapped(nn.Module):
    """What stands before the norm is read by others, in one of several ways."""

    def __init__(self, way):
        super().__init__()
        self.way = way
        self.stages = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), norm(4), nn.ReLU())
        self.alias = self.stages[0]

    def forward(self, x):
        if self.way == "called":
            return self.stages(x) + self.stages[0](x)
        if self.way == "sliced":
            before = self.stages[:1](x)
            return self.stages[1:](before) + before
        if self.way == "weight":
            return F.conv2d(self.stages(x), self.stages[0].weight)
        if self.way == "norm":
            return self.stages(x) + self.stages[1](x)
        if self.way == "form":
            x = x.to(self.stages[0].weight.dtype).to(self.stages[0].weight)
            x = x.type_as(self.stages[0].weight)
            return self.stages(x)[:, : self.stages[0].weight.shape[0], : self.stages[0](x).size(2)]
        return self.stages(x) + self.alias(x)  # the layer itself, which stays as it was


@pytest.mark.parametrize("way", ["called", "sliced", "weight", "norm"])
def test_what_others_read_is_not_folded(way):
    with pytest.raises(ValueError, match=r"^stages\.1 can't be folded"):
        fold(Tapped(way))


@pytest.mark.parametrize("way", ["alias", "form"])
def test_a_layer_that_has_another_name_or_whose_form_is_read(way):
    network, x = Tapped(way).eval(), torch.randn(1, 4, 5, 6)
    torch.testing.assert_close(fold(network)(x), network(x), atol=1e-4, rtol=1e-4)


def test_norms_of_scripted_networks_are_left_over():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        network = torch.jit.script(nn.Sequential(nn.Conv2d(4, 4, 1), norm(4)))
    with pytest.raises(ValueError, match=r"^1 is a batch norm that follows no convolution"):
        fold(network)
