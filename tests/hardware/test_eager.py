"""Layers timed while their network runs."""

import time

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from dwsep_helpers.hardware import eager, gpu
from dwsep_helpers.mobilenet import SMALL_IMAGES, MobileNetV1


def test_each_layer_is_timed_in_order_with_its_cost():
    network = MobileNetV1(10, in_channels=1, layers=SMALL_IMAGES).eval()
    x = torch.zeros(1, 1, 8, 8)
    times = eager.layer_times(network, x, rounds=2)
    leaves = [name for name, part in network.named_modules() if not any(part.children())]
    assert [time.name for time in times] == leaves
    assert sum(time.cost.macs for time in times) == 199_680
    assert all(time.seconds > 0 for time in times)
    assert {"standard", "depthwise", "pointwise", "linear", "norm"} <= {t.kind for t in times}
    assert not any(part._forward_hooks for part in network.modules()), "the clocks are gone"


def test_clocks_are_gone_after_an_error():
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 1, 3))
    with pytest.raises(RuntimeError):
        eager.layer_times(network, torch.zeros(1, 2, 8, 8), rounds=1)
    assert not any(part._forward_hooks for part in network.modules())
    with pytest.raises(ValueError, match="rounds must be at least 1, got 0"):
        eager.layer_times(network, torch.zeros(1, 1, 8, 8), rounds=0)


def test_what_a_gpu_would_record_is_recorded_on_a_cpu():
    rows = list(gpu.layers("cpu", sizes=[(4, 8)], batch=2, rounds=1, dtypes=[torch.float32]))
    assert [(r["kind"], r["layout"]) for r in rows] == [
        (kind, layout)
        for layout in ("NCHW", "NHWC")
        for kind in ("standard", "depthwise", "pointwise")
    ]
    assert [r["macs"] for r in rows[:3]] == [2 * 16 * n for n in (9 * 64, 9 * 8, 64)]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_a_gpu_it_says_so():
    with pytest.raises(RuntimeError, match="no GPU"):
        next(gpu.layers())


def test_a_layer_of_several_operations_and_one_of_tokens():
    (gru,) = eager.layer_times(
        torch.nn.Sequential(torch.nn.GRU(1, 1)), torch.zeros(1, 1, 1), rounds=1
    )
    assert (gru.kind, gru.cost.macs) == ("linear", 6)
    network = torch.nn.Sequential(torch.nn.Embedding(5, 3), torch.nn.Linear(3, 2))
    times = eager.layer_times(network, torch.zeros(2, 1, dtype=torch.long), rounds=1)
    assert [(t.kind, t.cost.macs) for t in times] == [("embedding", 0), ("linear", 12)]


class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Conv2d(2, 2, 3)
        self.weight = nn.Parameter(torch.ones(2, 2, 1, 1))

    def forward(self, x):
        return F.conv2d(self.inner(x), self.weight)


MAPS = (1, 2, 8, 8)
MULTIPLIES = {  # a network, its input's size, and the layers that multiply, with their MACs
    "one layer": (lambda: nn.Conv2d(2, 2, 3), MAPS, {"Conv2d": 1296}),
    "attention": (
        lambda: nn.TransformerEncoderLayer(4, 2, 8),
        (3, 1, 4),
        {"self_attn": 264, "linear1": 96, "linear2": 96},
    ),
    "computed weights": (
        lambda: nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Conv2d(2, 2, 3))),
        MAPS,
        {"0": 1296},
    ),
    "a function": (Functional, MAPS, {"inner": 1296, "Functional": 144}),
    "a scripted part": (
        lambda: nn.Sequential(torch.jit.script(nn.Conv2d(2, 2, 3))),
        MAPS,
        {"Sequential": 1296},
    ),
}


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.parametrize("kind", MULTIPLIES)
def test_all_that_multiplies_is_timed(kind):
    make, size, macs = MULTIPLIES[kind]
    times = eager.layer_times(make().eval(), torch.zeros(size), rounds=1)
    assert {t.name: t.cost.macs for t in times if t.cost.macs} == macs
    assert all(t.seconds > 0 for t in times)


def test_what_is_inside_is_timed_once():
    class Slow(nn.Linear):
        def forward(self, x):
            time.sleep(0.05)
            return super().forward(x)

    class Around(Slow):
        def __init__(self):
            super().__init__(4, 4)
            self.inner = Slow(4, 4)

        def forward(self, x):
            return super().forward(self.inner(x))

    inner, around = eager.layer_times(Around().eval(), torch.zeros(1, 4), rounds=1)
    assert (inner.name, around.name) == ("inner", "Around")
    assert 0.05 <= around.seconds < 0.095


def test_what_runs_as_a_whole_is_said():
    network = torch.compile(nn.Sequential(nn.Conv2d(2, 2, 3), nn.ReLU()).eval(), backend="eager")
    with pytest.raises(ValueError, match="0 of network multiplies, and can't be timed by itself"):
        eager.layer_times(network, torch.zeros(MAPS), rounds=1)
    torch._dynamo.reset()
