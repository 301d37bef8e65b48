"""Exercise 3.6: how many separable layers cost less than one standard layer."""

from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, pair, whole
from dwsep_helpers.cost import break_even_terms as right

# What goes wrong, of filters, rows and columns of the kernel.
# fmt: off
MISTAKES = bank(right, [
    ("less-or-equal", lambda n, h, w: n * h * w // (n + h * w),
     "You also count the layer that makes the costs equal; together, the layers should cost less."),
    ("fraction-left", lambda n, h, w: n * h * w / (n + h * w),
     "You return the break-even point itself; layers should come in whole numbers."),
    ("float-result", lambda n, h, w: float(right(n, (h, w))),
     "You return the right number as a float; layers should be counted by an int.", 3),
    ("one-taken-off-always", lambda n, h, w: max(n * h * w // (n + h * w) - 1, 0),
     "You take one off in any case; it should come off only where the division is even."),
    ("rounded", lambda n, h, w: round(n * h * w / (n + h * w)),
     "You round the break-even point; a layer above it costs more, so the number should lie "
     "below."),
    ("rounded-up", lambda n, h, w: -(-n * h * w // (n + h * w)),
     "You round the break-even point up; a layer above it costs more, so the number should lie "
     "below."),
    ("one-too-few", lambda n, h, w: right(n, (h, w)) - 1,
     "You stop one layer too early; one more should count, since it would still cost less."),
    ("at-least-one", lambda n, h, w: max(1, right(n, (h, w))),
     "You return 1 where not even one layer pays; it should be 0."),
    ("kernel-not-squared", lambda n, h, w: right(n, (h, 1)),
     "You leave out one side of the kernel; both rows and columns should count.", 1),
    ("kernel-height-for-width", lambda n, h, w: right(n, h),
     "You take the kernel as square; a pair should give rows and columns.", 1),
    ("kernel-sides-added", lambda n, h, w: right(n, (h + w, 1)),
     "You add the kernel's sides; a rectangle of cells should hold their product.", 1),
    ("depthwise-stage-forgotten", lambda n, h, w: (n * h * w - 1) // n,
     "You pay for the pointwise stages alone; the depthwise stage of each term should count.", 1),
    ("pointwise-stage-forgotten", lambda n, h, w: (n * h * w - 1) // (h * w),
     "You pay for the depthwise stages alone; the pointwise stage of each term should count.", 1),
    ("full-rank", lambda n, h, w: min(n, h * w),
     "You count the terms that give any kernel exactly; it should be how many are cheaper.", 1),
    ("stages-multiplied", lambda n, h, w: (n + h * w - 1) // (n * h * w),
     "You multiply the costs of the two stages; they should be added, as one comes after the "
     "other.", 1),
], read=lambda n, k: (n, *pair(k)))
# fmt: on


def _drawn(rng: Rng) -> Case:
    return Case("drawn numbers", (whole(rng, 2, 999), (whole(rng, 2, 9), whole(rng, 1, 9))))


break_even_terms = Check(
    number="3.6",
    name="break_even_terms",
    points=2,
    reference=right,
    cases=listed(
        ("a hand example, where the division is even", (4, 2)),
        ("the layer of the course's picture", (256, 5)),
        ("a layer of MobileNet", (512, 3)),
        ("a pair", (20, (2, 5))),
        ("few filters", (3, 3)),
        ("a 1×1 kernel", (64, 1)),
        ("one filter", (1, 3)),
        ("the division is even", (6, (3, 1))),
        ("the division is even, and many filters", (182, (2, 7))),  # floats miss it by one
    ),
    strict=listed(
        ("a large kernel", (96, 7)),
        ("the division is even", (36, (4, 3))),
        ("the division is even, and many filters", (364, (4, 7))),
        ("a pair", (31, (7, 2))),
        ("two filters", (2, (1, 2))),
        ("many filters", (1280, 3)),
        *4 * [_drawn],
    ),
    mistakes=MISTAKES,
)
