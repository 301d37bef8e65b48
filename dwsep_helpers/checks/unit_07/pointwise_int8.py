"""Exercise 7.6: a pointwise layer in integers alone."""

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng
from dwsep_helpers.checks.recipes import integers

# fmt: off
MISTAKES = bank(integers.pointwise, [
    *integers.LAYERS,
    ("weight-transposed",
     lambda x, w, *others: integers.pointwise(x, w.swapaxes(0, 1), *others)
     if w.shape[0] == w.shape[1] else integers.pointwise(x, w, *others),
     "You let axis 1 of the weight make the outputs; axis 0 should."),
])
# fmt: on


def _layer(
    rng: Rng,
    says: str,
    x: tuple[int, int, int, int],
    c_out: int,
    zero_points: tuple[int, int],
    show: bool = False,
    halves: bool = False,
) -> Case:
    arrays = integers.numbers(rng, x, (c_out, x[1], 1, 1), halves)
    return Case(says, (*arrays, *zero_points), show=show, view=integers.eight_bits)


pointwise_int8 = Check(
    number="7.6",
    name="pointwise_int8",
    points=2,
    reference=kernels.pointwise_int8,
    cases=listed(
        ("one pixel", (1, 2, 1, 1), 2, (3, -5), {"show": True}),
        ("zero points of 0", (1, 3, 2, 4), 5, (0, 0)),
        ("halves, up and away from zero", (1, 8, 6, 5), 4, (2, 1), {"halves": True}),
        ("more channels than before", (2, 4, 3, 5), 7, (-128, -30)),
        ("as many channels out as in", (1, 6, 4, 3), 6, (-60, -128)),
        ("one channel, one filter", (1, 1, 3, 2), 1, (10, 7)),
        ("a large zero point", (1, 9, 5, 4), 3, (127, 20)),
        of=_layer,
    ),
    strict=listed(
        ("one channel", (1, 1, 3, 4), 2, (31, 9)),
        ("as many channels out as in", (2, 5, 3, 4), 5, (90, -128)),
        ("halves, up and away from zero", (1, 6, 5, 7), 6, (-3, -2), {"halves": True}),
        ("fewer channels than before", (1, 12, 5, 2), 4, (-101, 77)),
        ("many channels", (1, 24, 3, 6), 8, (-128, -90)),
        of=_layer,
    ),
    mistakes=MISTAKES,
    axes=("N", "C", "H", "W"),
)
