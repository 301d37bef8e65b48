"""Exercise 7.5: a depthwise layer in integers alone."""

from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import SIZE, Rng
from dwsep_helpers.checks.recipes import integers


def _without_stride(*layer: Any) -> np.ndarray:
    *others, _, padding = layer
    return integers.depthwise(*others, padding=padding)  # type: ignore[misc]


def _without_padding(*layer: Any) -> np.ndarray:
    return integers.depthwise(*layer[:-1])


# fmt: off
MISTAKES = bank(integers.depthwise, [
    ("padded-with-zeros", {"pad_with": lambda zero_point: 0},
     "You pad with the integer 0; the padding should hold the input's zero point, which means 0."),
    ("padded-with-the-lowest", {"pad_with": lambda zero_point: -128},
     "You pad with −128; the padding should hold the input's zero point, which means 0."),
    *integers.LAYERS,
    ("stride-forgotten",
     _without_stride,
     "You move the kernel by one pixel, whatever the stride; it should move by the stride."),
    ("padding-forgotten",
     _without_padding,
     "You leave the padding out; it should surround the map before the kernel moves."),
])
# fmt: on


def _layer(
    rng: Rng,
    says: str,
    x: tuple[int, ...],
    kernel: tuple[int, int],
    zero_points: tuple[int, int],
    stride: int = 1,
    padding: int = 0,
    show: bool = False,
    halves: bool = False,
) -> Case:
    """Return a layer of x (C, H, W), one image; stride 1 and padding 0 are left to the defaults."""
    arrays = integers.numbers(rng, (1, *x), (x[0], 1, *kernel), halves)
    options = {"stride": stride, "padding": padding} if (stride, padding) != (1, 0) else {}
    return Case(says, (*arrays, *zero_points), options, show=show, view=integers.eight_bits)


depthwise_int8 = Check(
    number="7.5",
    name="depthwise_int8",
    points=2,
    reference=kernels.depthwise_int8,
    cases=listed(
        ("two channels of one pixel", (2, 1, 1), (1, 1), (3, -5), {"show": True}),
        ("zero points of 0", (2, 3, 4), (2, 2), (0, 0)),
        ("no padding", (3, 6, 7), (3, 3), (-9, 4)),
        ("halves, up and away from zero", (4, 6, 7), (3, 3), (2, 1), {"halves": True}),
        ("a padding of 1", (3, 5, 4), (3, 3), (-100, -128), 1, 1),
        ("a stride of 2", (4, 8, 7), (3, 3), (60, -20), 2, 1),
        ("a large zero point", (2, 6, 5), (3, 2), (127, 11), 1, 2),
        ("5×5", (3, 9, 8), (5, 5), (-128, -128), 2, 2),
        of=_layer,
    ),
    strict=listed(
        ("one channel", (1, 4, 5), (3, 3), (7, -3), 1, 1),
        ("no padding", (4, 6, 5), (2, 3), (31, 90)),
        ("halves, up and away from zero", (3, 7, 8), (3, 2), (-3, -2), {"halves": True}),
        ("a padding of 2", (3, 7, 6), (5, 5), (-77, -128), 1, 2),
        ("a stride of 3", (5, 9, 8), (3, 3), (101, 15), 3, 1),
        ("a large zero point", (3, 6, 6), (3, 3), (-128, -60), 2, 1),
        of=_layer,
    ),
    mistakes=MISTAKES,
    axes=("N", "C", "H", "W"),
    allows=(SIZE,),
)
