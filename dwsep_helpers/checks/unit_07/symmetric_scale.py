"""Exercise 7.3: eight-bit integers for weights."""

from typing import Any

import numpy as np

from dwsep_helpers import hardware
from dwsep_helpers.checks.cases import by_hand, listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.compare import to_array
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng

_right = hardware.symmetric_scale


def _read(weight: np.ndarray, per_channel: bool) -> tuple[np.ndarray, bool, dict[str, Any]]:
    axes = tuple(range(1, weight.ndim)) if per_channel else None
    return weight, per_channel, {"axis": axes, "keepdims": per_channel}


# What goes wrong, of weights, whether channel by channel, and what is reduced.
# fmt: off
MISTAKES = bank(_right, [
    ("magnitude-forgotten", lambda w, c, over: w.max(**over) / 127,
     "You take the largest number; a negative one should win if its magnitude is larger.", 1),
    ("largest-number-of-all", lambda w, c, over: w.max() / 127,
     "You take the largest number of all; it should be the largest magnitude, and channel by "
     "channel one for each.", 1),
    ("smallest-for-largest", lambda w, c, over: np.abs(w.min(**over)) / 127,
     "You take the lowest number's magnitude; a positive one should win if it is larger.", 1),
    ("whole-range", lambda w, c, over: (w.max(**over) - w.min(**over)) / 255,
     "You divide the whole range by 255, as with a zero point; the largest magnitude should "
     "decide.", 1),
    ("divided-by-128", lambda w, c, over: _right(w, c) * 127 / 128,
     "You divide by 128; the integers should reach from −127 to 127."),
    ("divided-by-255", lambda w, c, over: _right(w, c) * 127 / 255,
     "You divide the magnitude by 255; on its side there should be 127 integers."),
    ("not-divided", lambda w, c, over: _right(w, c) * 127,
     "You return the largest magnitude; the scale should be its 127th part.", 1),
    ("upside-down", lambda w, c, over: 1 / _right(w, c),
     "You return how many steps there are in 1; the scale should be how large a step is.", 1),
    ("mean-magnitude", lambda w, c, over: np.abs(w).mean(**over) / 127,
     "You take the mean magnitude; it should be the largest, so that every weight fits."),
    ("three-deviations", lambda w, c, over: 3 * w.std(**over) / 127,
     "You take three standard deviations; it should be the largest magnitude."),
    ("always-per-tensor", lambda w, c, over: _right(w),
     "You return one scale for all, whatever is asked for; channel by channel, each output channel "
     "should have its own."),
    ("always-per-channel", lambda w, c, over: _right(w, True),
     "You give each channel its own scale without being asked to; all weights should share one."),
    ("one-for-all-in-the-shape-of-many", lambda w, c, over: np.full_like(_right(w, c), _right(w)),
     "You return one scale in the shape of many; each output channel should have its own."),
    ("per-input-channel",
     lambda w, c, over: _right(w.swapaxes(0, 1), c).swapaxes(0, 1) if c else _right(w),
     "You give each input channel its own scale; each output channel should have one."),
    ("shape-of-scales", lambda w, c, over: _right(w, c).ravel() if c else _right(w),
     "You return the right scales in one row; they should be shaped (C_out, 1, 1, 1), to divide "
     "the weights.", 3),
    ("per-kernel",
     lambda w, c, over: _right(w) if not c else abs(w).max((*range(2, w.ndim),), keepdims=c) / 127,
     "You give each kernel its own scale, each pair of channels; one scale should serve a whole "
     "output channel."),
    ("channels-reversed", lambda w, c, over: _right(w, c)[::-1] if c else _right(w),
     "You return the scales in the opposite order; the first should be that of channel 0.", 3),
], read=_read)
# fmt: on


def _one(answer: Any) -> np.ndarray:
    """Return an answer as an array; one scale for all weights may have any number of axes."""
    array = to_array(answer)
    return array.reshape(()) if array.size == 1 else array


def _drawn(
    rng: Rng,
    says: str,
    *shape: int,
    per_channel: bool = True,
    spread: float = 3,
    gaps: bool = False,
) -> Case:
    """Return weights whose channels differ in size by up to the spread."""
    sizes = spread ** -rng.random((shape[0], *[1] * (len(shape) - 1)))
    weight = np.round(rng.normal(size=shape) * sizes, 4)
    view = None if per_channel else _one
    return Case(says, (weight,), {"per_channel": per_channel}, gaps=gaps, view=view)


_HAND = np.array([[[[1.27, -0.5]]], [[[0.1, -2.54]]]])

symmetric_scale = Check(
    number="7.3",
    name="symmetric_scale",
    points=1,
    reference=hardware.symmetric_scale,
    cases=listed(
        Case("a hand example", (_HAND,), show=True, view=_one),
        by_hand(_HAND, says="a hand example, channel by channel", per_channel=True),
        ("a standard layer", 5, 3, 3, 2, {"per_channel": False}),
        ("a standard layer, channel by channel", 5, 3, 3, 2),
        ("a depthwise layer", 6, 1, 3, 3, {"per_channel": False, "spread": 20}),
        ("a depthwise layer, channel by channel", 6, 1, 3, 3, {"spread": 20}),
        ("as many in as out, channel by channel", 4, 4, 1, 1, {"gaps": True}),
        of=_drawn,
    ),
    strict=listed(
        ("a standard layer", 4, 3, 3, 3, {"per_channel": False}),
        ("a depthwise layer, channel by channel", 9, 1, 3, 3, {"spread": 40}),
        ("a pointwise layer, channel by channel", 3, 7, 1, 1),
        ("kernels of one column, channel by channel", 4, 2, 5, 1),
        of=_drawn,
    ),
    mistakes=MISTAKES,
    axes=("C_out", "1", "1", "1"),
)
