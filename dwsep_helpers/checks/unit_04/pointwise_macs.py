"""Exercise 4.3: the MACs of a pointwise layer."""

from dwsep_helpers import cost
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, whole
from dwsep_helpers.checks.unit_01.conv2d_macs import macs
from dwsep_helpers.checks.unit_04.standard_macs import as_in_1_6, known_from_1_6

# What goes wrong, of filters, channels, kernel, map and batch.
# fmt: off
MISTAKES = bank(cost.pointwise_macs, [
    *known_from_1_6("flops-for-macs"),
    ("parameters-for-macs", lambda f, c, k, o, b: macs(f, c, k, (1, 1), b),
     "You count the weights; each of them should count again at every pixel.", 1),
    ("output-not-squared", lambda f, c, k, o, b: macs(f, c, k, (o[0], 1), b),
     "You leave out one side of the map; both rows and columns should count.", 1),
    ("size-doubled", lambda f, c, k, o, b: macs(f, c, k, (2, o[0]), b),
     "You add the sides of the map; a square of pixels should hold their product.", 1),
    ("channels-forgotten", lambda f, c, k, o, b: macs(f, 1, k, o, b),
     "You count one product for each output value; each should weigh all channels.", 1),
    ("filters-forgotten", lambda f, c, k, o, b: macs(1, c, k, o, b),
     "You count one output channel; all of them should count.", 1),
    ("channels-and-filters-added", lambda f, c, k, o, b: macs(f + c, 1, k, o, b),
     "You add channels in and out; every output should weigh every input.", 1),
    ("as-many-out-as-in", lambda f, c, k, o, b: macs(c, c, k, o, b),
     "You take as many channels out as in; the two numbers should both count.", 1),
    ("as-many-in-as-out", lambda f, c, k, o, b: macs(f, f, k, o, b),
     "You take as many channels in as out; the two numbers should both count.", 1),
    *known_from_1_6("bias-counted additions-counted"),
    ("kernel-of-three", lambda f, c, k, o, b: macs(f, c, (3, 3), o, b),
     "You count a 3×3 kernel; this one should have a single tap in each channel.", 1),
    ("float-result", lambda f, c, k, o, b: float(macs(f, c, k, o, b)),
     "You return the right number as a float; a count should be an int.", 3),
], read=lambda m, n, d: as_in_1_6(n, m, 1, d))
# fmt: on


def _drawn(rng: Rng) -> Case:
    return Case("drawn numbers", (whole(rng, 2, 200), whole(rng, 2, 200), whole(rng, 2, 60)))


pointwise_macs = Check(
    number="4.3",
    name="pointwise_macs",
    reference=cost.pointwise_macs,
    cases=listed(
        ("a hand example", (2, 3, 4)),
        ("the article's layer", (3, 256, 8)),
        ("all numbers different", (7, 11, 5)),
        ("one pixel", (6, 9, 1)),
        ("one output", (8, 1, 3)),
        ("one channel", (1, 4, 6)),
    ),
    strict=listed(
        ("a layer of MobileNet", (512, 1024, 7)),
        ("all numbers different", (13, 4, 9)),
        ("as many out as in", (10, 10, 6)),
        *3 * [_drawn],
    ),
    mistakes=MISTAKES,
)
