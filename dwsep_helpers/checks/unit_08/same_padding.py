"""Exercise 8.1: the padding that TensorFlow calls "SAME"."""

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import by_hand, viewed, whole_numbers
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, whole


def _split(total: int) -> tuple[int, int]:
    return total // 2, total - total // 2


def _total(positions: int, size: int, kernel: int, stride: int) -> int:
    return max((positions - 1) * stride + kernel - size, 0)


# What goes wrong, of the input's size, the kernel's and the stride, and the right answer.
# fmt: off
MISTAKES = bank(kernels.same_padding, [
    ("same-on-both-sides", lambda n, k, s, before, after: (after, after),
     "You put as many zeros before as after; of an odd number, the one left over should go after "
     "the last element."),
    ("zero-left-over-dropped", lambda n, k, s, before, after: (before, before),
     "You round down on both sides; of an odd number of zeros, the one left over should go after "
     "the last element."),
    ("half-the-kernel", lambda n, k, s, *_: (k // 2, k // 2),
     "You pad by half the kernel on each side, whatever the stride; the zeros should be those "
     "that the last position needs.", 1),
    ("stride-forgotten", lambda n, k, s, *_: _split(k - 1),
     "You pad as for stride 1; with a longer step, the last position should need fewer zeros.", 1),
    ("odd-zero-first", lambda n, k, s, before, after: (after, before),
     "You put the zero that is left over before the first element; it should go after the last."),
    ("all-after", lambda n, k, s, before, after: (0, before + after),
     "You put all zeros after the last element; they should be shared out."),
    ("all-before", lambda n, k, s, before, after: (before + after, 0),
     "You put all zeros before the first element; they should be shared out."),
    ("all-on-each-side", lambda n, k, s, before, after: (before + after, before + after),
     "You put all zeros on each side; they should be shared out."),
    ("below-zero",
     lambda n, k, s, *_: _split((-(-n // s) - 1) * s + k - n),
     "You return less than no zeros where the last position ends inside the input; there should "
     "be none.", 3),
    ("rounded-down", lambda n, k, s, *_: _split(_total(max(n // s, 1), n, k, s)),
     "You round the number of positions down; where the stride doesn't divide the size, it "
     "should be rounded up.", 3),
    ("one-position-more", lambda n, k, s, *_: _split(_total(-(-n // s) + 1, n, k, s)),
     "You let the last position begin one step too far; the first begins at 0, so n positions "
     "should take n − 1 steps.", 3),
    ("total-alone", lambda n, k, s, before, after: before + after,
     "You return how many zeros there are; it should be how many before and how many after."),
], read=lambda n, k, s: (n, k, s, *kernels.same_padding(n, k, s)))
# fmt: on


def _drawn(rng: Rng) -> list[Case]:
    kernel, stride = 2 * whole(rng, 1, 3) + 1, whole(rng, 2, 3)
    size = stride * whole(rng, 20, 90)
    return [
        Case("drawn, the stride divides the size", (size, kernel, stride)),
        Case("drawn, it doesn't", (size + 1, kernel, stride)),
        Case("drawn, stride 1", (size, kernel, 1)),
    ]


same_padding = Check(
    number="8.1",
    name="same_padding",
    points=3,
    reference=kernels.same_padding,
    cases=viewed(
        whole_numbers,
        by_hand(6, 3, 2),
        ("stride 1", (6, 3, 1)),
        ("the stride left out", (9, 5)),
        ("the network's first layer", (224, 3, 2)),
        ("a kernel of 5", (56, 5, 2)),
        ("an odd size", (7, 3, 2)),
        ("a kernel of 5 on an odd size", (7, 5, 2)),
        ("a stride of 3", (10, 4, 3)),
        ("a kernel of even size", (5, 2, 1)),
        ("a stride above the kernel", (8, 1, 2)),
        ("a stride above the kernel, a size that it doesn't divide", (10, 2, 4)),
        ("one element", (1, 3, 2)),
    ),
    strict=viewed(
        whole_numbers,
        ("a kernel of 7", (112, 7, 2)),
        ("an odd size", (15, 5, 2)),
        ("stride 1", (14, 5, 1)),
        ("a stride above the kernel", (9, 1, 3)),
        ("a stride above the kernel, a size that it doesn't divide", (17, 3, 5)),
        ("a kernel of even size", (12, 4, 2)),
        ("one element", (1, 5, 2)),
        _drawn,
    ),
    mistakes=MISTAKES,
    axes=("before, after",),
)
