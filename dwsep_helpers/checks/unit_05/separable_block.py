"""Exercise 5.1: MobileNetV1's block."""

from typing import Any

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
    separable,
)
from dwsep_helpers.checks.torch_modules import (
    MAPS,
    TORCH_LAYERS,
    GradientAtInput,
    Outputs,
    OutputsAfterTraining,
    OutputsInTraining,
    Parameters,
)


def _pointwise_first(in_channels: int, out_channels: int, stride: int) -> Any:
    first, then = separable(in_channels, out_channels), separable(out_channels, 1, stride)
    return first[3:] + then[:3]


def _widened_by_the_filters(in_channels: int, out_channels: int, stride: int) -> Any:
    """Filter to as many channels as come out: so many filters for each channel that comes in."""
    from torch import nn

    depthwise = nn.Conv2d(
        in_channels, out_channels, 3, stride, padding=1, groups=in_channels, bias=False
    )
    return nn.Sequential(depthwise, *separable(out_channels, out_channels)[1:])


# fmt: off
MISTAKES = bank(separable, [
    ("groups-forgotten", {"depthwise": {"groups": 1}},
     "You let the first convolution mix all channels; each channel should be filtered by itself."),
    ("pointwise-first", _pointwise_first,
     "You combine the channels before you filter them; the depthwise stage should come first.", 1),
    ("widened-by-the-filters", _widened_by_the_filters,
     "You let the depthwise stage make the new channels; it should keep their number, and the "
     "pointwise stage should change it.", 1),
    ("stride-in-both", lambda m, n, s: separable(m, n, s, pointwise={"stride": s}),
     "You give both stages the stride, so the image shrinks twice; it should shrink once."),
    ("stride-forgotten", {"depthwise": {"stride": 1}},
     "You leave the stride out of both stages; the filters should move by it."),
    ("padding-forgotten", {"depthwise": {"padding": 0}},
     "You leave the padding out, so each edge loses a pixel; without a stride the image should "
     "keep its size."),
    ("padding-too-wide", {"depthwise": {"padding": 2}},
     "You pad by 2, which is for 5×5 kernels; without a stride the image should keep its size."),
    RELU_FOR_RELU6,
    ("relu-between-forgotten", {"without": "depthwise_relu"},
     "You put no activation between the stages, as Xception does; MobileNet should have one "
     "there."),
    ("relu-at-end-forgotten", {"without": "pointwise_relu"},
     "You put no activation at the end, as MobileNetV2 does; V1's block should have one there."),
    ("activations-forgotten", {"without": "*_relu"},
     "You leave both activations out; each stage should end with one."),
    ("norm-between-forgotten", {"without": "depthwise_norm"},
     "You put no batch norm behind the depthwise stage; both convolutions should have one."),
    ("norm-at-end-forgotten", {"without": "pointwise_norm"},
     "You put no batch norm behind the pointwise stage; both convolutions should have one."),
    ("norms-forgotten", {"without": "*_norm"},
     "You leave both batch norms out; each convolution should have one behind it."),
    ("norm-after-relu", {"order": (0, 2, 1, 3, 5, 4)},
     "You put the activations before the batch norms; each norm should come right behind its "
     "convolution."),
    ("norm-after-relu-between", {"order": (0, 2, 1, 3, 4, 5)},
     "You put the first activation before its batch norm; the norm should come right behind the "
     "convolution."),
    ("norm-after-relu-at-end", {"order": (0, 1, 2, 3, 5, 4)},
     "You put the last activation before its batch norm; the norm should come right behind the "
     "convolution."),
    BIAS_KEPT,
    *OF_NORMS,
    DROPOUT_INSIDE,
    dropout_at_end("pointwise_relu"),
    frozen(separable),
    ("pointwise-padded", {"pointwise": {"padding": 1}},
     "You pad in front of the pointwise stage, so a frame of zeros grows around the maps; a 1×1 "
     "kernel should have no padding."),
    ("pointwise-not-1x1", {"pointwise": {"kernel_size": 3, "padding": 1}},
     "You give the second convolution a 3×3 kernel, so it filters again; it should see one pixel "
     "at a time."),
    ("kernel-5x5", {"depthwise": {"kernel_size": 5, "padding": 2}},
     "You give the filters 5×5 taps; they should have 3×3."),
])
# fmt: on


def built(
    rng: Rng,
    says: str,
    size: tuple[int, int, int],
    channels: tuple[int, int],
    view: type[Outputs] = Outputs,
    **options: int,
) -> Case:
    """Return a case that builds a block, and sees what it makes of images (N, H, W)."""
    n, h, w = size
    return Case(says, channels, options, view=view.drawn(rng, n, channels[0], h, w))


def images(rng: Rng) -> tuple[int, int, int]:
    """Return (N, H, W) that are drawn."""
    return whole(rng, 1, 3), whole(rng, 6, 12), whole(rng, 6, 12)


def _drawn(rng: Rng, stride: int) -> Case:
    channels = whole(rng, 2, 30), whole(rng, 2, 30)
    return built(rng, "drawn channels", images(rng), channels, stride=stride)


separable_block = Check(
    number="5.1",
    name="separable_block",
    points=3,
    reference=FromMobilenet("DepthwiseSeparableConv2d"),
    cases=listed(
        ("3 channels in, 6 out", (2, 8, 8), (3, 6)),
        ("a stride", (2, 9, 12), (4, 5), {"stride": 2}),
        ("as many channels out as in", (1, 7, 7), (6, 6)),
        ("one channel in", (2, 6, 6), (1, 3)),
        ("fewer channels out than in", (1, 6, 5), (8, 2), {"stride": 2}),
        ("in training mode", (3, 6, 6), (3, 6), {"view": OutputsInTraining}),
        ("after a step of training", (2, 7, 6), (3, 6), {"view": OutputsAfterTraining}),
        ("the gradient at the input", (2, 6, 7), (3, 6), {"view": GradientAtInput}),
        ("how many numbers it learns", (1, 6, 6), (2, 3), {"view": Parameters}),
        of=built,
    ),
    strict=listed(
        ("other channels", (3, 9, 8), (7, 14)),
        ("fewer channels out than in", (2, 7, 8), (7, 4)),
        ("as many channels out as in", (2, 5, 6), (5, 5)),
        ("another stride", (1, 11, 14), (5, 10), {"stride": 3}),
        ("a layer of MobileNet", (1, 12, 12), (32, 64), {"stride": 2}),
        ("in training mode", (2, 9, 7), (6, 12), {"view": OutputsInTraining}),
        ("after a step of training", (3, 8, 5), (4, 8), {"view": OutputsAfterTraining}),
        ("the gradient at the input", (1, 5, 8), (5, 4), {"view": GradientAtInput}),
        ("how many numbers it learns", (1, 6, 6), (5, 8), {"view": Parameters}),
        lambda rng: [_drawn(rng, stride) for stride in (1, 2, whole(rng, 2, 5))],
        of=built,
    ),
    mistakes=MISTAKES,
    axes=MAPS,
    allows=TORCH_LAYERS,
    demand=NoMoreMacs(Case("a stride", (4, 8, 2)), (1, 4, 12, 12)),
)
