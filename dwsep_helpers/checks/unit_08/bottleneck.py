"""Exercise 8.2: the inverted residual, of the learner's own layers."""

from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import by_hand, listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, numbers
from dwsep_helpers.checks.recipes import inverted
from dwsep_helpers.checks.recipes.inverted import (
    LAYERS,
    added,
    as_it_is,
    by_half,
    relu,
    relu6,
    six_at_most,
)

# fmt: off
MISTAKES = bank(inverted.bottleneck, [
    ("activation-after-project", {"narrowed": relu6},
     "You put an activation after the last layer; it should have none, or the narrow map loses "
     "what it has just been told to keep."),
    ("activation-after-adding", {"add": lambda x, y, s: relu6(added(x, y, s))},
     "You put an activation after the sum; nothing should follow it.", 2),
    ("no-activation-after-expand", {"widened": as_it_is},
     "You leave out the activation after the layer that widens; there should be one.", 2),
    ("no-activation-after-depthwise", {"filtered": as_it_is},
     "You leave out the activation after the depthwise layer; there should be one.", 2),
    ("no-activation", {"widened": as_it_is, "filtered": as_it_is},
     "You leave out both activations; one should follow each layer but the last.", 2),
    ("relu-for-relu6", {"widened": relu, "filtered": relu},
     "You let everything above 6 pass; the activations should end at 6.", 3),
    ("cut-off-at-6-alone", {"widened": six_at_most, "filtered": six_at_most},
     "You cut off what is above 6 and keep what is below 0; both should go.", 3),
    ("padded-by-half-the-kernel", {"pads": by_half},
     "You pad by half the kernel on each side; where the stride is above 1, it should be as "
     "exercise 8.1 says.", 2),
    ("padded-by-one", {"pads": lambda n, k, s: (1, 1)},
     "You pad by 1 whatever the kernel; it should be as exercise 8.1 says.", 2),
    ("padding-before-and-after-swapped",
     {"pads": lambda n, k, s: kernels.same_padding(n, k, s)[::-1]},
     "You swap the zeros before and after; the one left over should go after.", 2),
    ("padding-of-rows-for-both", {"zeros": lambda rows, columns: (rows, rows)},
     "You pad the columns as the rows need it; each axis should have its own zeros.", 2),
    ("padding-of-columns-for-both", {"zeros": lambda rows, columns: (columns, columns)},
     "You pad the rows as the columns need it; each axis should have its own zeros.", 2),
    ("padding-of-rows-and-columns-swapped", {"zeros": lambda rows, columns: (columns, rows)},
     "You swap the padding of rows and columns; each axis should have its own zeros.", 2),
    ("padding-forgotten", {"pads": lambda n, k, s: (0, 0)},
     "You pad nothing, so the map shrinks by its border; it should be as exercise 8.1 says.", 2),
    ("input-not-added", {"add": lambda x, y, s: y},
     "You leave the input out; it should be added where the stride is 1 and the channels agree.",
     1),
    ("added-despite-a-stride", {"add": lambda x, y, s: added(x, y, 1)},
     "You add the input wherever the shapes agree; with a stride above 1 it never should be.", 3),
    ("input-subtracted", {"add": lambda x, y, s: 2 * y - added(x, y, s)},
     "You subtract the input; it should be added.", 1),
    ("stride-forgotten", {"steps": lambda s: 1},
     "You leave the stride out; the depthwise layer should step by it.", 1),
    ("bias-of-expand-forgotten", {"without_bias": "expand"},
     "You leave out the bias of the layer that widens; it should be added before the "
     "activation.", 2),
    ("bias-of-depthwise-forgotten", {"without_bias": "depthwise"},
     "You leave out the bias of the depthwise layer; it should be added before the activation.",
     2),
    ("bias-of-project-forgotten", {"without_bias": "project"},
     "You leave out the bias of the last layer; it should be added.", 2),
])
# fmt: on

_ONE = np.ones((1, 1, 1, 1))
_NOTHING = np.zeros(1)
_HAND = by_hand(
    np.array([[[[1.0, 2.0, 3.0]]]]),
    (2 * _ONE, _NOTHING),  # 2, 4, 6
    (np.array([[[[1.0, 1.0, 1.0]]]]), _NOTHING),  # 6, 12, 10, so 6, 6, 6
    (0.5 * _ONE, _NOTHING),  # 3, 3, 3
    1,
)


def _block(
    rng: Rng,
    says: str,
    x: tuple[int, int, int, int],
    wide: int,
    out: int,
    kernel: tuple[int, int],
    stride: int = 1,
    **how: Any,
) -> Case:
    """Return a case of x (N, C_in, H, W); ``wide`` is 0 where nothing is widened."""
    layers = inverted.block(rng, (x[1], wide, out), kernel, widens=wide > 0)
    return Case(says, (numbers(rng, x), *layers, stride), **how)


bottleneck = Check(
    number="8.2",
    name="bottleneck",
    points=6,
    reference=kernels.bottleneck,
    cases=listed(
        _HAND,
        ("as many channels out as in", (2, 3, 5, 6), 12, 3, (3, 3)),
        ("other channels out", (1, 2, 6, 5), 8, 4, (3, 3)),
        ("stride 2, an even size", (2, 2, 6, 8), 12, 3, (3, 3), 2),
        ("stride 2, an odd size", (1, 3, 7, 5), 9, 3, (3, 3), 2),
        ("a kernel of 5, stride 2", (1, 2, 8, 10), 10, 2, (5, 5), 2),
        ("a kernel of 5", (1, 4, 7, 6), 8, 4, (5, 5)),
        ("a kernel of 5, stride 3", (1, 2, 9, 10), 6, 2, (5, 5), 3),
        ("a kernel of 3×5", (1, 2, 6, 7), 6, 3, (3, 5)),
        ("a map of one pixel, stride 2", (3, 4, 1, 1), 8, 4, (3, 3), 2),
        ("nothing to widen", (2, 6, 6, 5), 0, 6, (3, 3)),
        ("nothing to widen, other channels out", (1, 8, 6, 6), 0, 5, (3, 3), 2),
        ("an input with gaps in memory", (1, 3, 6, 5), 9, 3, (3, 3), 1, {"gaps": True}),
        of=_block,
    ),
    strict=listed(
        ("as many channels out as in", (1, 4, 8, 7), 16, 4, (3, 3)),
        ("other channels out", (2, 3, 5, 5), 9, 5, (5, 5)),
        ("stride 2, an even size", (1, 3, 10, 6), 9, 4, (3, 3), 2),
        ("a kernel of 5, stride 2", (2, 2, 8, 6), 12, 3, (5, 5), 2),
        ("a kernel of 5×3", (2, 2, 7, 6), 8, 3, (5, 3)),
        ("a stride of 3", (1, 2, 9, 11), 8, 2, (5, 5), 3),
        ("a map of one pixel, stride 2", (2, 3, 1, 1), 9, 3, (3, 3), 2),
        ("nothing to widen", (1, 5, 7, 8), 0, 5, (5, 5)),
        ("nothing to widen, stride 2", (2, 6, 4, 6), 0, 6, (3, 3), 2),
        of=_block,
    ),
    mistakes=MISTAKES,
    axes=("N", "C_out", "H_out", "W_out"),
    allows=LAYERS,
)
