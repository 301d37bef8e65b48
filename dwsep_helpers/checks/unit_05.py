"""The exercises of unit 05: MobileNet built, folded and judged.

torch loads when a check is called, not before: the units before this one do without.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from dwsep_helpers.checks import modules
from dwsep_helpers.checks.exercise import Case, Exercise
from dwsep_helpers.checks.inputs import seeded, shifted
from dwsep_helpers.checks.mistakes.blocks import (
    INVERTED_RESIDUAL,
    SEPARABLE_BLOCK,
    build_block,
    build_inverted,
)
from dwsep_helpers.checks.mistakes.folding import (
    FOLD_BATCH_NORM,
    FOLD_NETWORK,
    fold_each,
    fold_rightly,
)
from dwsep_helpers.checks.mistakes.judging import (
    CONFUSION_MATRIX,
    GAP_INTERVAL,
    counts,
)
from dwsep_helpers.checks.mistakes.judging import (
    gap_interval as right_interval,
)
from dwsep_helpers.checks.mistakes.stacks import MOBILENET, build_network
from dwsep_helpers.papers import MOBILENET_V1

# torch's own layers are what these exercises build with; its ready-made folding is not.
_TORCH_LAYERS = ("Conv2d", "conv2d", "convolution")
_MAPS = ("N", "C_out", "H_out", "W_out")


def _image(*shape: int, seed: int = 5) -> np.ndarray:
    return seeded(seed).normal(size=shape)


# 5.1 and the stretch exercise: blocks.


def _separable_block(in_channels, out_channels, stride=1):
    return build_block(in_channels, out_channels, stride)


def _inverted_residual(in_channels, out_channels, stride=1, expansion=6):
    return build_inverted(in_channels, out_channels, stride, expansion)


def _with_same_weights(says: str, x: np.ndarray, *arguments: int, **options: int) -> Case:
    return Case(says, arguments, options, view=modules.Outputs(x))


def _block_cases(strict: bool) -> Sequence[Case]:
    if strict:
        return [
            _with_same_weights("other channels", _image(3, 7, 9, 8), 7, 4),
            _with_same_weights("another stride", _image(1, 5, 11, 14), 5, 10, stride=3),
            _with_same_weights("a layer of MobileNet", _image(1, 32, 12, 12), 32, 64, stride=2),
        ]
    return [
        _with_same_weights("3 channels in, 6 out", _image(2, 3, 8, 8), 3, 6),
        _with_same_weights("a stride", _image(2, 4, 9, 12), 4, 5, stride=2),
        _with_same_weights("as many channels out as in", _image(1, 6, 7, 7), 6, 6),
        _with_same_weights("one channel in", _image(2, 1, 6, 6), 1, 3),
        _with_same_weights("fewer channels out than in", _image(1, 8, 6, 5), 8, 2, stride=2),
    ]


def _inverted_cases(strict: bool) -> Sequence[Case]:
    if strict:
        return [
            _with_same_weights("other channels", _image(2, 4, 7, 9), 4, 4, expansion=3),
            _with_same_weights("another stride", _image(1, 5, 11, 8), 5, 5, stride=3, expansion=2),
            _with_same_weights("a layer of MobileNetV2", _image(1, 24, 8, 8), 24, 32, stride=2),
            _with_same_weights("no expansion", _image(2, 5, 6, 6), 5, 3, expansion=1),
            _with_same_weights("no stride, other channels", _image(1, 3, 6, 7), 3, 8),
        ]
    return [
        _with_same_weights("as many channels out as in", _image(2, 3, 8, 8), 3, 3),
        _with_same_weights("other channels out", _image(2, 4, 7, 6), 4, 6),
        _with_same_weights("a stride", _image(2, 3, 9, 8), 3, 5, stride=2),
        _with_same_weights("a stride, as many out as in", _image(1, 4, 8, 9), 4, 4, stride=2),
        _with_same_weights("expansion 1", _image(2, 6, 7, 7), 6, 6, expansion=1),
        _with_same_weights("another expansion", _image(1, 5, 6, 8), 5, 5, expansion=2),
    ]


separable_block = Exercise(
    number="5.1",
    name="separable_block",
    reference=_separable_block,
    cases=_block_cases,
    mistakes=SEPARABLE_BLOCK,
    axes=_MAPS,
    allows=_TORCH_LAYERS,
    cost=modules.NoMoreMacs(Case("a stride", (4, 8, 2)), (1, 4, 12, 12)),
)

inverted_residual = Exercise(
    number="5.8",
    name="inverted_residual",
    reference=_inverted_residual,
    cases=_inverted_cases,
    mistakes=INVERTED_RESIDUAL,
    axes=_MAPS,
    allows=_TORCH_LAYERS,
    cost=modules.NoMoreMacs(Case("a stride", (4, 8, 2)), (1, 4, 12, 12)),
)


# 5.2: a network from its table.


def _mobilenet(layers, width_multiplier=1):
    return build_network(layers, width_multiplier)


_SHORT = (("standard", 3, 8, 2), ("separable", 8, 10, 1), ("linear", 10, 4, 1))
_TALL = (
    ("standard", 3, 12, 1),
    ("separable", 12, 18, 2),
    ("separable", 18, 18, 1),
    ("separable", 18, 18, 1),
    ("separable", 18, 22, 2),
    ("linear", 22, 5, 1),
)
_GREY = (
    ("standard", 1, 10, 2),
    ("separable", 10, 14, 1),
    ("separable", 14, 14, 1),
    ("separable", 14, 14, 1),
    ("separable", 14, 30, 2),
    ("linear", 30, 7, 1),
)


def _network_cases(strict: bool) -> Sequence[Case]:
    if strict:
        rows = [
            ("other layers", _GREY, {}, _image(2, 1, 20, 17)),
            ("three quarters of the width", _GREY, {"width_multiplier": 0.75}, _image(2, 1, 18, 9)),
            (
                "MobileNet, a quarter of the width",
                tuple(MOBILENET_V1),
                {"width_multiplier": 0.25},
                _image(1, 3, 64, 64),
            ),
        ]
    else:
        rows = [
            ("three layers", _SHORT, {}, _image(2, 3, 12, 12)),
            ("six layers, some alike", _TALL, {}, _image(2, 3, 16, 13)),
            ("half the width", _TALL, {"width_multiplier": 0.5}, _image(2, 3, 12, 14)),
            (
                "a width that is no whole number",
                _TALL,
                {"width_multiplier": 0.3},
                _image(1, 3, 15, 15),
            ),
            ("another size of image", _SHORT, {}, _image(1, 3, 21, 30)),
        ]
    return [
        Case(says, (layers,), options, view=modules.Outputs(x)) for says, layers, options, x in rows
    ]


mobilenet = Exercise(
    number="5.2",
    name="mobilenet",
    reference=_mobilenet,
    cases=_network_cases,
    mistakes=MOBILENET,
    axes=("N", "classes"),
    allows=(*_TORCH_LAYERS, "ConvNormReLU6"),
)


# 5.3 and 5.4: batch norms, folded.


def _fold_batch_norm(conv, norm):
    return fold_rightly(conv, norm)


def _fold_network(network):
    return fold_each(network, lambda number, conv, norm: fold_rightly(conv, norm))


def _conv(seed: int, *arguments: int, **options: Any) -> Any:
    """Return a convolution with weights that are the same every time."""
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(shifted(seed))
        return nn.Conv2d(*arguments, **options)


def _norm(seed: int, channels: int, **options: float) -> Any:
    from torch import nn

    small = options.pop("small", 0.2)
    return modules.random_norm(nn.BatchNorm2d(channels, **options), shifted(seed), small=small)


def _pair_cases(strict: bool) -> Sequence[Case]:
    rows: list[tuple[str, tuple, dict, dict]]
    if strict:
        rows = [
            ("other channels", (5, 7, 3), {"padding": 1, "bias": False}, {}),
            ("a bias", (2, 4, 3), {"stride": 3, "padding": 2, "dilation": 2}, {}),
            ("small variances", (4, 4, 3), {"padding": 1}, {"small": 2e-5}),
            ("a depthwise convolution", (6, 12, 3), {"groups": 6, "stride": 2, "bias": False}, {}),
        ]
    else:
        rows = [
            ("no bias", (3, 4, 3), {"bias": False}, {}),
            ("a bias", (3, 5, 3), {}, {}),
            ("stride and padding", (2, 4, 3), {"stride": 2, "padding": 1}, {}),
            ("as many channels out as in", (4, 4, 1), {}, {}),
            ("a depthwise convolution", (5, 5, 3), {"padding": 1, "groups": 5, "bias": False}, {}),
            ("dilation", (2, 3, 3), {"padding": 2, "dilation": 2, "bias": False}, {}),
            ("variances near ε", (3, 3, 3), {"bias": False}, {"small": 1e-3, "eps": 1e-3}),
        ]
    cases = []
    for number, (says, arguments, options, norm) in enumerate(rows):
        x = _image(2, arguments[0], 9, 8)
        pair = _conv(number, *arguments, **options), _norm(number, arguments[1], **norm)
        cases.append(Case(says, pair, view=modules.OutputsOfConvolution(x)))
    return cases


def _flat(*layers: Any) -> Any:
    from torch import nn

    return nn.Sequential(*layers).eval()


def _network_to_fold(seed: int, widths: Sequence[int], *, bias: bool, linear_end: bool) -> Any:
    """Return a flat sequence of convolutions, norms and activations."""
    from torch import nn

    layers: list[Any] = []
    for number, (m, n) in enumerate(itertools.pairwise(widths)):
        groups = m if m == n else 1
        place = 10 * seed + number
        layers += [_conv(place, m, n, 3, padding=1, groups=groups, bias=bias)]
        layers += [_norm(place, n, small=0.02), nn.ReLU6()]
    return _flat(*layers[:-1] if linear_end else layers)


def _fold_cases(strict: bool) -> Sequence[Case]:
    rows: list[tuple[str, Sequence[int], bool, bool]]
    if strict:
        rows = [
            ("three stages", (2, 6, 6, 3), True, True),
            ("four stages", (1, 4, 4, 8, 8), False, False),
        ]
    else:
        rows = [
            ("a depthwise stage, then a standard one", (3, 3, 5), False, False),
            ("as many channels everywhere, biases", (4, 4, 4, 4), True, False),
            ("no activation at the end", (2, 4, 4), True, True),
        ]
    cases = []
    for number, (says, widths, bias, linear_end) in enumerate(rows, start=1 + 10 * strict):
        network = _network_to_fold(number, widths, bias=bias, linear_end=linear_end)
        x = 2 * _image(2, widths[0], 7, 6)
        cases.append(Case(says, (network,), view=modules.OutputsWithoutNorms(x)))
    return cases


fold_batch_norm = Exercise(
    number="5.3",
    name="fold_batch_norm",
    reference=_fold_batch_norm,
    cases=_pair_cases,
    mistakes=FOLD_BATCH_NORM,
    axes=_MAPS,
    allows=_TORCH_LAYERS,
)

fold_network = Exercise(
    number="5.4",
    name="fold_network",
    reference=_fold_network,
    cases=_fold_cases,
    mistakes=FOLD_NETWORK,
    axes=_MAPS,
    allows=_TORCH_LAYERS,
)


# 5.5 and 5.6: what came out of training.


def _confusion_matrix(labels, predictions, classes=10):
    return counts(labels, predictions, classes)


def _confusion_cases(strict: bool) -> Sequence[Case]:
    def case(says: str, seed: int, count: int, classes: int, right: float, **how: Any) -> Case:
        rng = seeded(seed)
        labels = rng.integers(classes - how.pop("unseen", 0), size=count)
        guesses = rng.integers(classes - how.pop("unguessed", 0), size=count)
        predictions = np.where(rng.random(count) < right, labels, guesses)
        options = {} if classes == 10 else {"classes": classes}
        return Case(says, (labels, predictions), options)

    hand = Case(
        "a hand example",
        (np.array([0, 1, 1, 2, 2]), np.array([0, 1, 2, 1, 1])),
        {"classes": 3},
        show=True,
    )
    if strict:
        return [
            case("ten classes, few right", 3, 200, 10, 0.2),
            case("twelve classes", 4, 300, 12, 0.5),
            case("a class that never comes up", 5, 80, 6, 0.7, unseen=2, unguessed=2),
        ]
    return [
        hand,
        case("ten classes", 1, 150, 10, 0.7),
        case("as many classes as come up, and one more", 2, 60, 5, 0.5, unseen=1, unguessed=1),
        case("more than ten classes", 6, 200, 13, 0.4),
        Case("no mistake", (np.arange(10), np.arange(10))),
    ]


def _gap_interval(train_accuracy, test_accuracy, t):
    return right_interval(train_accuracy, test_accuracy, t)


def _gap_cases(strict: bool) -> Sequence[Case]:
    def case(says: str, seed: int, runs: int, t: float, spread: float = 0.02) -> Case:
        rng = seeded(seed)
        train = np.round(1 - spread * rng.random(runs), 4)
        test = np.round(0.9 - 3 * spread * rng.random(runs), 4)
        return Case(says, (train, test, t))

    if strict:
        return [
            case("ten runs", 11, 10, 2.262),
            case("seven runs", 12, 7, 2.447, spread=0.1),
            case("two runs", 13, 2, 12.706),
        ]
    hand = (np.array([1.0, 1.0, 1.0]), np.array([0.7, 0.8, 0.9]), 4.303)
    return [
        Case("a hand example", hand, show=True),
        case("five runs", 1, 5, 2.776),
        case("ten runs", 2, 10, 2.262, spread=0.05),
        Case(
            "a training set that does worse",
            (np.array([0.8, 0.9, 0.75, 0.6]), np.array([0.85, 0.95, 0.7, 0.9]), 3.182),
        ),
    ]


confusion_matrix = Exercise(
    number="5.5",
    name="confusion_matrix",
    reference=_confusion_matrix,
    cases=_confusion_cases,
    mistakes=CONFUSION_MATRIX,
    axes=("digit", "taken for"),
)

gap_interval = Exercise(
    number="5.6",
    name="gap_interval",
    reference=_gap_interval,
    cases=_gap_cases,
    mistakes=GAP_INTERVAL,
    axes=("mean, low, high",),
)

EXERCISES = (
    separable_block,
    mobilenet,
    fold_batch_norm,
    fold_network,
    confusion_matrix,
    gap_interval,
    inverted_residual,
)
