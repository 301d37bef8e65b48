"""Exercise 5.10, a stretch: MobileNetV2's block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.demands import NoMoreMacs
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.from_mobilenet import FromMobilenet
from dwsep_helpers.checks.inputs import Rng, whole
from dwsep_helpers.checks.recipes.blocks import (
    BIAS_KEPT,
    DROPOUT_INSIDE,
    OF_NORMS,
    RELU_FOR_RELU6,
    dropout_at_end,
    frozen,
    inverted,
    separable,
)
from dwsep_helpers.checks.torch_modules import (
    MAPS,
    TORCH_LAYERS,
    GradientAtInput,
    OutputsAfterTraining,
    OutputsAgain,
    OutputsInTraining,
    Parameters,
)
from dwsep_helpers.checks.unit_05.separable_block import built, images

if TYPE_CHECKING:
    from torch import Tensor


def _expanded(in_channels: int, out_channels: int, stride: int, expansion: int) -> Any:
    block = inverted(in_channels, out_channels, stride, expansion)
    if expansion == 1:
        block.stages = separable(in_channels, in_channels)[3:] + block.stages
    return block


def _active_at_the_end(*arguments: int) -> Any:
    block = inverted(*arguments)
    block.stages.append(block.stages[-3])  # the ReLU6 before the last convolution
    return block


def _add_after_stride(x: Tensor, y: Tensor, stride: int) -> Tensor:
    return y + x[:, :, ::stride, ::stride] if stride > 1 and x.shape[1] == y.shape[1] else y


def _add_where_shapes_agree(x: Tensor, y: Tensor, stride: int) -> Tensor:
    return x + y if stride > 1 and x.shape == y.shape else y


def _add_where_channels_agree(x: Tensor, y: Tensor, stride: int) -> Tensor:
    return x + y if stride > 1 and x.shape[1] == y.shape[1] else y  # raises if sizes don't


def _add_into_the_input(x: Tensor, y: Tensor, stride: int) -> Tensor:
    return x.copy_(y) if stride == 1 and x.shape[1] == y.shape[1] else y


def _add_without_gradient(x: Tensor, y: Tensor, stride: int) -> Tensor:
    return y - x + x.detach() if stride == 1 and x.shape[1] == y.shape[1] else y


def _add_to_some_channels(x: Tensor, y: Tensor, stride: int) -> Tensor:
    if stride == 1 and x.shape[1] != y.shape[1]:
        shared = min(x.shape[1], y.shape[1])
        y = y.clone()
        y[:, :shared] += x[:, :shared]
    return y


# fmt: off
MISTAKES = bank(inverted, [
    ("input-not-added", {"adds_input": False},
     "You return what the stages make; where the shapes agree, the input should be added to it.",
     1),
    ("relu-at-the-end", _active_at_the_end,
     "You put an activation behind the last stage, which cuts off all that is negative there; V2's "
     "bottleneck should be linear.", 1),
    ("relu-after-adding", {"finish": lambda x, y, s: y.clamp(0, 6)},
     "You put an activation behind the addition, as ResNets do; in V2 the addition should come "
     "last."),
    ("never-expanded", lambda m, n, s, t: inverted(m, n, s, 1),
     "You leave the first stage out, so the middle is as narrow as its ends; it should be wider.",
     1),
    ("expanded-by-one", _expanded,
     "You build the first stage for an expansion of 1, too; there it should be left out."),
    ("groups-forgotten", {"depthwise": {"groups": 1}},
     "You let the middle convolution mix all channels; each channel should be filtered by itself."),
    ("relu-after-expanding-forgotten", {"without": "expand_relu"},
     "You put no activation behind the first stage; all stages but the last should have one."),
    ("relu-after-filtering-forgotten", {"without": "depthwise_relu"},
     "You put no activation behind the depthwise stage; all stages but the last should have one."),
    RELU_FOR_RELU6,
    ("norm-at-end-forgotten", {"without": "project_norm"},
     "You put no batch norm behind the last stage; every convolution should have one."),
    ("norm-between-forgotten", {"without": "depthwise_norm"},
     "You put no batch norm behind the depthwise stage; every convolution should have one."),
    ("stride-forgotten", {"depthwise": {"stride": 1}},
     "You leave the stride out of all stages; the filters should move by it."),
    BIAS_KEPT,
    *OF_NORMS,
    DROPOUT_INSIDE,
    dropout_at_end("project_norm"),
    frozen(inverted),
    ("added-after-stride", {"finish": _add_after_stride},
     "You add the input after a stride, too, thinned out to fit; there nothing should be added."),
    ("added-where-shapes-agree", {"finish": _add_where_shapes_agree},
     "You ask the shapes alone, and maps of one pixel keep theirs after a stride; the input should "
     "be added only where the stride is 1."),
    ("added-where-channels-agree", {"finish": _add_where_channels_agree},
     "You ask the channels alone; the input should be added only where the stride is 1, too."),
    ("added-into-the-input", {"finish": _add_into_the_input},
     "You write the sum into the input, as += does; the input should stay as it was, for whoever "
     "called the block and for the gradient."),
    ("added-without-gradient", {"finish": _add_without_gradient},
     "You detach the input before you add it; the gradient should go back through the addition, "
     "which is what the shortcut is for."),
    ("added-to-some-channels", {"finish": _add_to_some_channels},
     "You add the input to some of the channels where their numbers differ; there nothing should "
     "be added."),
])
# fmt: on


def _drawn(rng: Rng) -> list[Case]:
    m, n, t = whole(rng, 3, 9), whole(rng, 10, 20), whole(rng, 2, 7)
    alike = built(rng, "drawn channels, as many out as in", images(rng), (m, m), expansion=t)
    size, stride = images(rng), whole(rng, 1, 3)
    return [alike, built(rng, "drawn channels", size, (n, m), stride=stride, expansion=t)]


inverted_residual = Check(
    number="5.10",
    name="inverted_residual",
    points=2,
    optional=True,
    reference=FromMobilenet("InvertedResidual"),
    cases=listed(
        ("as many channels out as in", (2, 8, 8), (3, 3)),
        ("other channels out", (2, 7, 6), (4, 6)),
        ("a stride, maps of one pixel", (3, 1, 1), (4, 4), {"stride": 2}),
        ("a stride", (2, 9, 8), (3, 5), {"stride": 2}),
        ("a stride, as many out as in", (1, 8, 9), (4, 4), {"stride": 2}),
        ("expansion 1", (2, 7, 7), (6, 6), {"expansion": 1}),
        ("another expansion", (1, 6, 8), (5, 5), {"expansion": 2}),
        ("the same image twice", (2, 7, 6), (4, 4), {"view": OutputsAgain}),
        ("in training mode", (3, 6, 6), (4, 4), {"view": OutputsInTraining}),
        ("after a step of training", (2, 7, 6), (4, 4), {"view": OutputsAfterTraining}),
        ("the gradient at the input", (2, 6, 5), (4, 4), {"view": GradientAtInput}),
        ("how many numbers it learns", (1, 6, 6), (3, 3), {"view": Parameters}),
        ("how many, for expansion 1", (1, 6, 6), (4, 6), {"expansion": 1, "view": Parameters}),
        of=built,
    ),
    strict=listed(
        ("other channels", (2, 7, 9), (4, 4), {"expansion": 3}),
        ("another stride, maps of one pixel", (2, 1, 1), (6, 6), {"stride": 3}),
        ("another stride", (1, 11, 8), (5, 5), {"stride": 3, "expansion": 2}),
        ("a layer of MobileNetV2", (1, 8, 8), (24, 32), {"stride": 2}),
        ("no expansion", (2, 6, 6), (5, 3), {"expansion": 1}),
        ("no stride, other channels", (1, 6, 7), (3, 8)),
        ("the same image twice", (1, 5, 9), (5, 5), {"expansion": 2, "view": OutputsAgain}),
        ("in training mode", (2, 8, 5), (6, 6), {"expansion": 3, "view": OutputsInTraining}),
        ("after a step of training", (3, 6, 5), (3, 3), {"view": OutputsAfterTraining}),
        ("the gradient at the input", (1, 7, 6), (5, 5), {"view": GradientAtInput}),
        ("how many numbers it learns", (1, 6, 6), (4, 7), {"view": Parameters}),
        ("how many, for expansion 1", (1, 6, 6), (5, 5), {"expansion": 1, "view": Parameters}),
        _drawn,
        of=built,
    ),
    mistakes=MISTAKES,
    axes=MAPS,
    allows=TORCH_LAYERS,
    demand=NoMoreMacs(Case("a stride", (4, 8, 2)), (1, 4, 12, 12)),
)
