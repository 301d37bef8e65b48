"""Exercise 1.6: the MACs of a layer."""

from dwsep_helpers import cost
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Pair, Rng, pair, whole


def macs(f: int, c: int, k: Pair, o: Pair, n: int) -> int:
    """Return the MACs of filters, channels, kernel, output and batch."""
    return n * f * c * k[0] * k[1] * o[0] * o[1]


# What goes wrong where a kernel, (K_h, K_w), meets an output, (H_out, W_out).
# fmt: off
OF_SIZES = (
    ("flops-for-macs", lambda f, c, k, o, n: 2 * macs(f, c, k, o, n),
     "You count twice as many, which are FLOPs; a multiplication and its addition should count "
     "as one MAC.", 1),
    ("additions-counted", lambda f, c, k, o, n: n * f * o[0] * o[1] * (c * k[0] * k[1] - 1),
     "You count the additions between products, one fewer for each output value; the products "
     "should count.", 1),
    ("bias-counted", lambda f, c, k, o, n: n * f * o[0] * o[1] * (c * k[0] * k[1] + 1),
     "You count the bias, one more for each output value; products alone should count.", 1),
    ("batch-forgotten", lambda f, c, k, o, n: macs(f, c, k, o, 1),
     "You count one image; every image of the batch should count."),
    ("kernel-forgotten", lambda f, c, k, o, n: macs(f, c, (1, 1), o, n),
     "You count one tap of the kernel; each output value should meet all of them.", 1),
    ("kernel-not-squared", lambda f, c, k, o, n: macs(f, c, (k[0], 1), o, n),
     "You leave out one side of the kernel; both rows and columns should count.", 1),
    ("kernel-height-for-width", lambda f, c, k, o, n: macs(f, c, (k[0], k[0]), o, n),
     "You take the kernel as square; a pair should give rows and columns.", 1),
    ("kernel-sides-added", lambda f, c, k, o, n: macs(f, c, (k[0] + k[1], 1), o, n),
     "You add the kernel's sides; a rectangle of taps should hold their product.", 1),
    ("output-forgotten", lambda f, c, k, o, n: macs(f, c, k, (1, 1), n),
     "You count the weights; each of them should count again at every output position."),
    ("output-not-squared", lambda f, c, k, o, n: macs(f, c, k, (o[0], 1), n),
     "You leave out one side of the output; both rows and columns should count."),
    ("output-height-for-width", lambda f, c, k, o, n: macs(f, c, k, (o[0], o[0]), n),
     "You take the output as square; a pair should give rows and columns."),
    ("neither-squared", lambda f, c, k, o, n: macs(f, c, (k[0], 1), (o[0], 1), n),
     "You count one side of the kernel and one of the output; rows and columns of both should "
     "count.", 1),
    ("input-size-for-output",
     lambda f, c, k, o, n: macs(f, c, k, (o[0] + k[0] - 1, o[1] + k[1] - 1), n),
     "You count positions on the input, which is larger; only output positions should count."),
    ("kernel-shrinks-the-output",
     lambda f, c, k, o, n: macs(f, c, k, (o[0] - k[0] + 1, o[1] - k[1] + 1), n),
     "You take the kernel off the size once more; output_size should be used as it is."),
)
MISTAKES = bank(cost.conv2d_macs, [
    *OF_SIZES[:4],
    ("filters-forgotten", lambda f, c, k, o, n: macs(1, c, k, o, n),
     "You count one filter; every filter should count, since each makes a map of its own."),
    ("channels-forgotten", lambda f, c, k, o, n: macs(f, 1, k, o, n),
     "You count one channel; a filter should have a slice for every channel.", 1),
    *OF_SIZES[4:],
    ("filters-and-channels-added", lambda f, c, k, o, n: (f + c) * macs(1, 1, k, o, n),
     "You add filters and channels; every filter should meet every channel."),
], read=lambda f, c, k, o, n: (f, c, pair(k), pair(o), n))
# fmt: on


def _drawn(rng: Rng) -> Case:
    filters, channels = whole(rng, 2, 40), whole(rng, 2, 40)
    kernel, output = (whole(rng, 1, 7), whole(rng, 1, 7)), (whole(rng, 2, 30), whole(rng, 2, 30))
    return Case("drawn numbers", (filters, channels, kernel, output), {"batch": whole(rng, 2, 9)})


conv2d_macs = Check(
    number="1.6",
    name="conv2d_macs",
    points=2,
    reference=cost.conv2d_macs,
    cases=listed(
        ("a hand example", (2, 1, 2, 3)),
        ("several channels", (2, 3, 2, 5)),
        ("a batch", (2, 3, 2, 5), {"batch": 7}),
        ("pairs", (7, 3, (2, 5), (11, 4)), {"batch": 3}),
        ("the article's layer", (256, 3, 5, 8)),
        ("a 1×1 kernel", (5, 4, 1, (6, 3))),
    ),
    strict=listed(
        ("all numbers different", (5, 11, (3, 2), (13, 7)), {"batch": 4}),
        ("a pair and an int", (3, 7, (5, 2), 6), {"batch": 2}),
        ("an int and a pair", (4, 9, 3, (10, 7))),
        ("a layer of MobileNet", (1024, 512, 3, 7)),  # not too much for loops that count
        *3 * [_drawn],
    ),
    mistakes=MISTAKES,
)
