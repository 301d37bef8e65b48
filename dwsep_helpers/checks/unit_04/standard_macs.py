"""Exercise 4.1: the MACs of a standard layer."""

from dwsep_helpers import cost
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, Row, bank
from dwsep_helpers.checks.inputs import SIZE, Pair, Rng, pair, whole
from dwsep_helpers.checks.recipes.layer_costs import wrong_positions
from dwsep_helpers.checks.unit_01.conv2d_macs import OF_SIZES, macs
from dwsep_helpers.kernels import conv_output_size as side


def as_in_1_6(filters: int, channels: int, d_k: int, d_p: int) -> tuple[int, int, Pair, Pair, int]:
    """Return what a mistake of exercise 1.6 is given: filters, channels, kernel, output, batch."""
    return filters, channels, pair(d_k), pair(d_p), 1


def known_from_1_6(names: str) -> list[Row]:
    """Return that exercise's rows of these names."""
    rows = {row[0]: row for row in OF_SIZES}
    return [rows[name] for name in names.split()]


# What goes wrong, of filters, channels, kernel, output and batch.
# fmt: off
MISTAKES = (
    *bank(cost.standard_macs, [
        *known_from_1_6("bias-counted additions-counted"),
        ("channels-forgotten", lambda f, c, k, o, b: macs(f, 1, k, o, b),
         "You count one channel; a filter should have a slice for every channel.", 1),
        ("filters-forgotten", lambda f, c, k, o, b: macs(1, c, k, o, b),
         "You count a single filter; all N of them should count, each as much as that one."),
        *known_from_1_6("kernel-not-squared kernel-sides-added"),
        ("channels-and-filters-added", lambda f, c, k, o, b: macs(f + c, 1, k, o, b),
         "You add channels and filters; every filter should meet every channel."),
    ], read=lambda m, n, k, d, s, p: as_in_1_6(n, m, k, side(d, k, s, p))),
    *wrong_positions(cost.standard_macs),
)
# fmt: on


def _drawn(rng: Rng) -> Case:
    d_k = whole(rng, 2, 7)
    sizes = whole(rng, 2, 200), whole(rng, 2, 200), d_k, d_k + whole(rng, 0, 60)
    return Case("drawn numbers", sizes, {"stride": whole(rng, 1, 4), "padding": whole(rng, 0, 3)})


standard_macs = Check(
    number="4.1",
    name="standard_macs",
    reference=cost.standard_macs,
    cases=listed(
        ("a hand example", (2, 3, 2, 3)),
        ("a stride", (3, 5, 3, 9), {"stride": 2}),
        ("padding", (5, 7, 3, 6), {"padding": 1}),
        ("a stride that does not divide", (7, 2, 3, 12), {"stride": 4, "padding": 1}),
        ("all sizes different", (11, 6, 4, 17), {"stride": 3, "padding": 2}),
        ("a 1×1 kernel", (4, 9, 1, 6)),
        ("a kernel as large as the image", (2, 3, 5, 5)),
        ("the article's layer", (3, 256, 5, 8), {"padding": 2}),
    ),
    strict=listed(
        ("all sizes different", (13, 6, 5, 23), {"stride": 4, "padding": 3}),
        ("a stride larger than the kernel", (4, 11, 2, 15), {"stride": 6, "padding": 1}),
        ("a layer of MobileNet", (128, 256, 3, 56), {"stride": 2, "padding": 1}),
        ("much padding", (7, 7, 3, 4), {"stride": 2, "padding": 4}),
        *3 * [_drawn],
    ),
    mistakes=MISTAKES,
    allows=(SIZE,),
)
