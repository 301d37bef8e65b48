"""Modules are seen in eval mode, in training, and after it; what they write into is no case's."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from dwsep_helpers.checks.compare import WrongTypeError
from dwsep_helpers.checks.torch_modules import (
    GradientAtInput,
    Outputs,
    OutputsAfterTraining,
    OutputsAgain,
    OutputsInTraining,
    Parameters,
)
from dwsep_helpers.checks.unchanged import differs

VIEWS = (Outputs, OutputsAgain, OutputsInTraining, OutputsAfterTraining)
X = np.random.default_rng(0).normal(size=(3, 2, 4, 4))


class Doubling(nn.Module):
    """Doubles its input in place."""

    def forward(self, x):
        return x.mul_(2)


def stage(*more, **of_norm):
    torch.manual_seed(1)
    return nn.Sequential(nn.Conv2d(2, 3, 1, bias=False), nn.BatchNorm2d(3, **of_norm), *more)


def look(view, module, **how):
    return view(X, seed=5, **how)(module)


@pytest.mark.parametrize("view", VIEWS)
def test_a_module_that_writes_into_its_input_leaves_the_case_alone(view):
    before = X.copy()
    y = look(view, Doubling())
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(y, (4 if view is OutputsAgain else 2) * X)


@pytest.mark.parametrize("view", VIEWS)
def test_a_module_stays_as_it_was(view):
    module = stage(nn.Dropout(0.1)).train()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    look(view, module)
    assert module.training
    assert (module[1].momentum, module[2].p) == (0.1, 0.1)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


@pytest.mark.parametrize("momentum", [0.01, 0.9, None])
def test_any_momentum_is_right_but_none_at_all(momentum):
    for view in VIEWS:
        np.testing.assert_array_equal(look(view, stage(momentum=momentum)), look(view, stage()))
    after = look(OutputsAfterTraining, stage(momentum=0))
    assert not np.allclose(after, look(OutputsAfterTraining, stage()))


def test_a_step_of_training_moves_weights_and_statistics():
    after = look(OutputsAfterTraining, stage())
    assert not np.allclose(after, look(Outputs, stage()))
    assert not np.allclose(after, look(OutputsAfterTraining, stage().requires_grad_(False)))


@pytest.mark.parametrize("dropout", [nn.Dropout(0.1), nn.Dropout(0.9), nn.Dropout2d(0.5)])
def test_dropout_shows_in_training_alone_and_the_same_at_any_rate(dropout):
    np.testing.assert_array_equal(look(Outputs, stage(dropout)), look(Outputs, stage()))
    assert not look(OutputsInTraining, stage(dropout)).any()
    never = look(OutputsInTraining, stage(nn.Dropout(0)))
    np.testing.assert_array_equal(never, look(OutputsInTraining, stage()))


@pytest.mark.parametrize("off", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("view", [*VIEWS, GradientAtInput])
def test_it_is_the_same_where_a_cell_switched_gradients_off(view, off):
    right = look(view, stage())
    with off():
        np.testing.assert_array_equal(look(view, stage()), right)


def test_what_is_random_leaves_torch_as_it_was():
    module = stage(nn.Dropout(0.5))
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    look(OutputsInTraining, module)
    look(OutputsAfterTraining, module)
    assert torch.equal(torch.rand(2), expected)


class Detached(nn.Sequential):
    """Hands no gradient on to its input."""

    def forward(self, x):
        return super().forward(x.detach())


def test_the_gradient_shows_what_outputs_hide():
    np.testing.assert_array_equal(look(Outputs, Detached(stage())), look(Outputs, stage()))
    assert look(GradientAtInput, stage()).any()
    assert not look(GradientAtInput, Detached(stage())).any()


def test_all_numbers_to_be_learned_count_also_those_of_a_layer_that_never_runs():
    module = stage()
    assert look(Parameters, module) == 3 * 2 + 2 * 3
    module[0].register_module("spare", nn.Linear(4, 5))
    assert look(Parameters, module) == 3 * 2 + 2 * 3 + 25


class Scaled(nn.Module):
    """A norm written by hand: what its parameters do shows nowhere."""

    def __init__(self, channels):
        super().__init__()
        self.scale, self.shift = (nn.Parameter(torch.ones(channels)) for _ in range(2))

    def forward(self, x):
        return x * self.scale[:, None, None] + self.shift[:, None, None]


def test_parameters_that_nobody_knows_are_told():
    scaled = nn.Sequential(nn.Conv2d(2, 3, 1, bias=False), Scaled(3))
    for module in (scaled, nn.Sequential(nn.ReLU(), Scaled(2))):
        with pytest.raises(WrongTypeError, match="parameters that the check can't set"):
            look(Outputs, module)


@pytest.mark.filterwarnings("ignore:`torch.jit", "ignore:The .grad attribute")
def test_scripted_modules_are_told():
    with pytest.raises(WrongTypeError, match=r"torch\.jit"):
        look(Outputs, torch.jit.script(stage()))


def test_parameters_of_other_layers_stay_as_they_are():
    for layer in (nn.PReLU(3), nn.GroupNorm(1, 3)):
        assert look(Outputs, nn.Sequential(stage(), layer)).any()


class Asking(nn.Sequential):
    """Looks at the weights of a later layer before the first one runs."""

    def forward(self, x):
        return super().forward(x.to(self[1].weight.dtype).type_as(self[1].weight))


@pytest.mark.parametrize("view", VIEWS)
def test_layers_come_in_the_order_in_which_they_run(view):
    np.testing.assert_array_equal(look(view, Asking(*stage())), look(view, stage()))


class Single(nn.Sequential):
    """Computes in float32, whatever comes."""

    def forward(self, x):
        x = super().forward(x.float() + torch.zeros(1, dtype=torch.float32))
        return x.to(dtype=torch.float32) + torch.full(x.shape, 0.0)


@pytest.mark.parametrize("view", [*VIEWS, GradientAtInput])
def test_a_module_of_single_precision_is_seen_in_double(view):
    y = look(view, Single(*stage()))
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y, look(view, stage()))
    assert torch.get_default_dtype() == torch.float32


def test_the_first_error_is_told():
    class Wrong(nn.Sequential):
        def forward(self, x):
            return super().forward(x.float() @ torch.zeros(7, 7))

    with pytest.raises(RuntimeError, match=r"size|shape"):
        look(Outputs, Wrong(*stage()))
    assert torch.get_default_dtype() == torch.float32


@pytest.mark.parametrize("view", [*VIEWS, GradientAtInput])
def test_a_layer_that_a_function_knows_from_outside_is_seen(view):
    layers = stage()

    class Outside(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = layers

        def forward(self, x):
            return layers(x)

    module = Outside().train()
    before = copy.deepcopy(module)
    np.testing.assert_array_equal(look(view, module), look(view, stage()))
    assert not differs(module, before)


@pytest.mark.parametrize(
    ("kept", "better"),
    [
        (lambda layers: [*layers], "list.*ModuleList"),
        (lambda layers: (*layers,), "tuple.*ModuleList"),
        (lambda layers: dict(layers.named_children()), "dict.*ModuleDict"),
    ],
)
def test_layers_where_torch_finds_none_are_told(kept, better):
    class Hiding(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = kept(stage())

        def forward(self, x):
            for layer in self.layers.values() if isinstance(self.layers, dict) else self.layers:
                x = layer(x)
            return x

    with pytest.raises(WrongTypeError, match=better):
        look(Outputs, Hiding())
