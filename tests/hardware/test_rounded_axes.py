"""Whoever rounds weights is given four axes, a linear layer's too."""

import numpy as np
import pytest
from torch import nn

from dwsep_helpers.hardware import rounded

NETWORK = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(5, 2))


@pytest.mark.parametrize(
    "scale",
    [
        lambda w: np.abs(w).max(axis=(1, 2, 3), keepdims=True) / 127,
        lambda w: np.abs(w.reshape(len(w), -1)).max(axis=1).reshape(-1, 1, 1, 1) / 127,
    ],
)
def test_a_scale_of_four_axes_rounds_every_layer(scale):
    changed = rounded.with_weights(NETWORK, lambda w: np.rint(w / scale(w)) * scale(w))
    for before, after in zip(NETWORK.parameters(), changed.parameters(), strict=True):
        assert before.shape == after.shape
        assert abs(before - after).max() <= abs(before).max() / 127
    assert not np.array_equal(NETWORK[2].weight.detach(), changed[2].weight.detach())
