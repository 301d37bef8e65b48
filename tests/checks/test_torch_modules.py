"""Modules are seen in eval mode, in training, and after it; what they write into is no case's."""

import numpy as np
import pytest
import torch
from torch import nn

from dwsep_helpers.checks.torch_modules import (
    GradientAtInput,
    Outputs,
    OutputsAfterTraining,
    OutputsAgain,
    OutputsInTraining,
    Parameters,
)

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
