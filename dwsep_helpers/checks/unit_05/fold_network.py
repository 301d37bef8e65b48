"""Exercise 5.4: all batch norms of a network folded."""

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng
from dwsep_helpers.checks.recipes import folding
from dwsep_helpers.checks.torch_modules import (
    MAPS,
    TORCH_LAYERS,
    OutputsWithoutNorms,
    OutputsWithoutNormsInTraining,
)
from dwsep_helpers.checks.unit_05.fold_batch_norm import conv, norm

Layers = list[Any]


def _fold(
    network: Any,
    *,
    before: Callable[[Layers], Layers] = list,
    after: Callable[[Layers], Layers] = list,
) -> Any:
    """Fold a flat sequence whose layers are changed before, after, or both."""
    from torch import nn

    return nn.Sequential(*after(list(folding.fold(nn.Sequential(*before(list(network)))))))


def _is(name: str, layer: Any) -> bool:
    return type(layer).__name__ == name


_is_norm, _is_relu, _is_conv = (partial(_is, name) for name in ("BatchNorm2d", "ReLU6", "Conv2d"))


def _with_norms(keep: Callable[[int], bool]) -> Callable[[Layers], Layers]:
    """Drop norms by their number."""

    def change(layers: Layers) -> Layers:
        number = itertools.count()
        return [layer for layer in layers if not _is_norm(layer) or keep(next(number))]

    return change


def _one_norm_for_all(layers: Layers) -> Layers:
    """Put the last norm that fits in the place of each."""
    last = {layer.num_features: layer for layer in layers if _is_norm(layer)}
    return [last[layer.num_features] if _is_norm(layer) else layer for layer in layers]


def _activations_last(layers: Layers) -> Layers:
    return [*itertools.filterfalse(_is_relu, layers), *[*filter(_is_relu, layers)][:1]]


def _active_behind_each(layers: Layers) -> Layers:
    from torch import nn

    return [part for layer in filter(_is_conv, layers) for part in (layer, nn.ReLU6())]


def _plain_relu(layers: Layers) -> Layers:
    from torch import nn

    return [nn.ReLU() if _is_relu(layer) else layer for layer in layers]


def _with_other_numbers(change: folding.Change, layers: Layers) -> Layers:
    changed = list(layers)
    for place in np.flatnonzero([*map(_is_norm, layers)]):
        before, behind = layers[place - 1 : place + 1]
        changed[place - 1 : place + 1] = folding.changed(before, behind, change)
    return changed


# fmt: off
_OF_5_3 = (
    "eps-forgotten", "gamma-forgotten", "beta-forgotten", "mean-forgotten", "old-bias-dropped",
    "weight-not-scaled",
)
MISTAKES = bank(_fold, [
    ("norms-dropped", {"before": _with_norms(lambda number: False)},
     "You drop the norms and leave the convolutions as they were; each norm should be folded into "
     "its convolution.", 1),
    ("only-the-first-folded", {"before": _with_norms(lambda number: number == 0)},
     "You fold the first norm and drop the others without a trace; each should be folded."),
    ("the-first-not-folded", {"before": _with_norms(lambda number: number > 0)},
     "You fold all norms but the first, which is dropped without a trace; each should be folded."),
    ("only-convolutions-kept", {"after": lambda layers: [*filter(_is_conv, layers)]},
     "You drop the activations with the norms; they should stay where they were."),
    ("one-norm-for-all", {"before": _one_norm_for_all},
     "You fold one norm into all convolutions; each should get its own, right behind it."),
    ("activations-last", {"after": _activations_last},
     "You put the activation behind all the convolutions; activations should stay where they "
     "were."),
    ("activation-behind-each", {"after": _active_behind_each},
     "You put an activation behind each layer; there should be none where the network had none."),
    ("relu-for-relu6", {"after": _plain_relu},
     "You put ReLU where the network has ReLU6; its activations should stay as they are."),
    *(
        (name, {"before": partial(_with_other_numbers, steps["change"])},
         "You fold all norms, with a formula that is not the norm's; it should be one that "
         "exercise 5.3 accepts.", 3)
        for name, steps, *_ in folding.WRONG_FORMULAS
        if name in _OF_5_3
    ),
])
# fmt: on


def _network(
    rng: Rng,
    says: str,
    widths: tuple[int, ...],
    *,
    bias: bool = False,
    linear_end: bool = False,
    bare: int | None = None,
    activation: str = "ReLU6",
    view: type[OutputsWithoutNorms] = OutputsWithoutNorms,
) -> Case:
    """Return a flat sequence of convolutions, norms and activations, perhaps none at the end.

    The convolution of the number ``bare`` has no norm.
    """
    from torch import nn

    layers: Layers = []
    for number, (m, n) in enumerate(itertools.pairwise(widths)):
        groups = m if m == n else 1
        layers += [conv(rng, m, n, 3, padding=1, groups=groups, bias=bias)]
        # Scales of about 1, or rounding would grow from stage to stage; an ε that tells.
        layers += [norm(rng, n, small=0.5, eps=1e-3)] if number != bare else []
        layers += [getattr(nn, activation)()]
    trains = view is OutputsWithoutNormsInTraining
    network = nn.Sequential(*layers[:-1] if linear_end else layers).train(trains)
    return Case(says, (network,), view=view.drawn(rng, 2, widths[0], 7, 6, scale=2))


fold_network = Check(
    number="5.4",
    name="fold_network",
    points=2,
    reference=folding.fold,
    cases=listed(
        ("a depthwise stage, then a standard one", (3, 3, 5)),
        ("as many channels everywhere, biases", (4, 4, 4, 4), {"bias": True}),
        ("no activation at the end", (2, 4, 4), {"bias": True, "linear_end": True}),
        ("a convolution without a norm", (3, 5, 5, 4), {"bias": True, "bare": 1}),
        ("another activation", (3, 4, 4), {"activation": "SiLU", "linear_end": True}),
        ("in training mode", (2, 4, 4), {"view": OutputsWithoutNormsInTraining}),
        of=_network,
    ),
    strict=listed(
        ("three stages", (2, 6, 6, 3), {"bias": True, "linear_end": True}),
        ("four stages", (1, 4, 4, 8, 8)),
        ("no norm at the end", (2, 5, 5, 3), {"bias": True, "bare": 2, "linear_end": True}),
        ("another activation", (2, 6, 6), {"activation": "LeakyReLU", "linear_end": True}),
        ("one more activation", (3, 5, 5), {"activation": "SiLU", "linear_end": True}),
        ("in training mode", (3, 3, 6), {"view": OutputsWithoutNormsInTraining}),
        of=_network,
    ),
    mistakes=MISTAKES,
    axes=MAPS,
    allows=TORCH_LAYERS,
)
