"""Exercise 4.1: the MACs of a layer in groups."""

from collections.abc import Callable

from dwsep_helpers import cost
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import SIZE, Pair, Rng, whole
from dwsep_helpers.checks.recipes.layer_costs import positions, wrong_positions
from dwsep_helpers.checks.unit_01.conv2d_macs import OF_SIZES, macs

# Mistakes of exercise 1.6 that need another layout of sizes, or none here.
ELSEWHERE = {"batch-forgotten", "input-size-for-output", "kernel-shrinks-the-output"}


def _counted(
    along: Callable[..., int], m: int, n: int, k: Pair, d: Pair, s: int, p: int, g: int
) -> int:
    return macs(n, m // g, k, positions(k, d, s, p, along), 1)


def _read(m: int, n: int, k: Pair, d: Pair, s: int, p: int, g: int) -> tuple:
    """Return filters, channels of each, kernel, output and batch, as in exercise 1.6."""
    return n, m // g, k, positions(k, d, s, p), 1


# fmt: off
MISTAKES = (
    # Of channels in and out, kernel, output and groups.
    *bank(cost.grouped_macs, [
        ("groups-forgotten", lambda m, n, k, o, g: macs(n, m, k, o, 1),
         "You let every filter read all channels; it should read those of its own group alone.", 1),
        ("one-group-alone", lambda m, n, k, o, g: macs(n // g, m // g, k, o, 1),
         "You count one group alone; all of them should count.", 1),
        ("multiplied-by-the-groups", lambda m, n, k, o, g: macs(n, m, k, o, g),
         "You multiply by the groups; each filter should read fewer channels, not more.", 1),
        ("channels-forgotten", lambda m, n, k, o, g: macs(n, 1, k, o, 1),
         "You let a filter read one channel; it should read all channels of its group.", 1),
        ("filters-forgotten", lambda m, n, k, o, g: macs(1, m // g, k, o, 1),
         "You count one filter; each of them should count, since each makes a map of its own.", 1),
        ("channels-and-filters-added", lambda m, n, k, o, g: macs(m // g + n, 1, k, o, 1),
         "You add channels and filters; every filter should meet each channel of its group."),
        ("as-many-filters-as-channels", lambda m, n, k, o, g: macs(m, m // g, k, o, 1),
         "You count as many filters as channels come in; there should be one for each channel "
         "that goes out."),
        ("depthwise-without-its-multiplier",
         lambda m, n, k, o, g: macs(m if g == m else n, m // g, k, o, 1),
         "You count one filter for each channel where there are as many groups; all that make "
         "a channel that goes out should count."),
        ("float-result", lambda m, n, k, o, g: float(macs(n, m // g, k, o, 1)),
         "You return the right number as a float; a count should be an int.", 3),
    ], read=lambda m, n, k, d, s, p, g: (m, n, k, positions(k, d, s, p), g)),
    # Of filters, channels, kernel, output and batch.
    *bank(cost.grouped_macs, [row for row in OF_SIZES if row[0] not in ELSEWHERE], read=_read),
    # Of the exercise's own arguments.
    *bank(cost.grouped_macs, [
        ("rows-along-columns",
         lambda m, n, k, d, s, p, g: macs(n, m // g, k, positions(k[::-1], d, s, p), 1),
         "You slide the kernel's rows along the image's columns; rows should go with rows."),
        ("square-image",
         lambda m, n, k, d, s, p, g: macs(n, m // g, k, positions(k, (d[0], d[0]), s, p), 1),
         "You take the image as square; a pair should give rows and columns."),
    ]),
    *wrong_positions(cost.grouped_macs, _counted),
)
# fmt: on


def _drawn(rng: Rng) -> Case:
    groups = whole(rng, 2, 9)
    kernel = whole(rng, 1, 4), whole(rng, 5, 7)
    image = kernel[0] + whole(rng, 10, 60), kernel[1] + whole(rng, 0, 9)
    sizes = groups * whole(rng, 2, 30), groups * whole(rng, 2, 30), kernel, image
    options = {"stride": whole(rng, 1, 4), "padding": whole(rng, 0, 3), "groups": groups}
    return Case("drawn numbers", sizes, options)


grouped_macs = Check(
    number="4.1",
    name="grouped_macs",
    points=3,
    reference=cost.grouped_macs,
    cases=listed(
        ("a hand example", (4, 6, (2, 3), (4, 5)), {"groups": 2}),
        ("one group", (2, 3, (2, 2), (3, 3))),
        ("a rectangle", (3, 5, (3, 2), (9, 6))),
        ("a stride", (3, 5, (3, 3), (9, 9)), {"stride": 2}),
        ("padding", (5, 7, (3, 1), (6, 8)), {"padding": 1}),
        ("a stride that does not divide", (7, 2, (3, 3), (12, 9)), {"stride": 4, "padding": 1}),
        ("as many groups as channels", (5, 5, (3, 3), (7, 7)), {"padding": 1, "groups": 5}),
        ("two kernels for each channel", (4, 8, (3, 3), (6, 9)), {"groups": 4}),
        ("a 1×1 kernel", (4, 9, (1, 1), (6, 3))),
        ("all sizes different", (12, 20, (4, 3), (17, 11)),
         {"stride": 3, "padding": 2, "groups": 4}),
        ("a kernel as large as the image", (2, 3, (5, 4), (5, 4))),
        ("the article's layer", (3, 256, (5, 5), (8, 8)), {"padding": 2}),
    ),
    strict=listed(
        ("all sizes different", (15, 6, (5, 2), (23, 14)),
         {"stride": 4, "padding": 3, "groups": 3}),
        ("a stride larger than the kernel", (4, 10, (2, 3), (15, 19)),
         {"stride": 6, "padding": 1, "groups": 2}),
        ("a layer of MobileNet", (128, 256, (3, 3), (56, 56)), {"stride": 2, "padding": 1}),
        ("one of its depthwise stages", (128, 128, (3, 3), (56, 56)),
         {"stride": 2, "padding": 1, "groups": 128}),
        ("two kernels for each channel", (6, 12, (3, 2), (8, 5)), {"groups": 6}),
        ("much padding", (7, 7, (3, 2), (4, 5)), {"stride": 2, "padding": 4}),
        *3 * [_drawn],
    ),
    mistakes=MISTAKES,
    allows=(SIZE,),
)  # fmt: skip
