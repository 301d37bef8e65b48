"""Exercise 2.5: the MACs of a depthwise layer."""

from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, pair, whole
from dwsep_helpers.checks.unit_01.conv2d_macs import OF_SIZES
from dwsep_helpers.cost import depthwise_conv2d_macs as macs

# What goes wrong, of channels, kernel and output size, depth multiplier and batch.
# fmt: off
MISTAKES = (
    *bank(macs, [
        ("standard-layer", lambda c, k, o, m, n: macs(c * c, k, o, m, n),
         "You count a standard layer, whose output values read all channels; here each should "
         "read one.", 1),
        ("channels-forgotten", lambda c, k, o, m, n: macs(1, k, o, m, n),
         "You count one channel; every channel should count, since each makes maps of its own."),
        ("multiplier-forgotten", lambda c, k, o, m, n: macs(c, k, o, 1, n),
         "You leave the depth multiplier out; each channel should have that many kernels."),
        ("multiplier-squared", lambda c, k, o, m, n: macs(c, k, o, m * m, n),
         "You count the depth multiplier twice; it should count once, for the maps of each "
         "channel."),
        ("channels-and-multiplier-added", lambda c, k, o, m, n: macs(c + m, k, o, 1, n),
         "You add channels and depth multiplier; each channel should have that many kernels."),
    ]),
    # A depthwise layer has C_in * m filters, each of which sees one channel.
    *bank(macs, OF_SIZES, read=lambda c, k, o, m, n: (c * m, 1, pair(k), pair(o), n)),
)
# fmt: on


def _drawn(rng: Rng) -> Case:
    kernel, output = (whole(rng, 1, 7), whole(rng, 1, 7)), (whole(rng, 2, 30), whole(rng, 2, 30))
    more = {"depth_multiplier": whole(rng, 2, 6), "batch": whole(rng, 2, 9)}
    return Case("drawn numbers", (whole(rng, 2, 40), kernel, output), more)


depthwise_conv2d_macs = Check(
    number="2.5",
    name="depthwise_conv2d_macs",
    points=2,
    reference=macs,
    cases=listed(
        ("a hand example", (2, 2, 3)),
        ("a second kernel for each channel", (2, 2, 3), {"depth_multiplier": 2}),
        ("several channels", (3, 2, 5)),
        ("a batch", (3, 2, 5), {"batch": 7}),
        ("pairs", (3, (2, 5), (11, 4)), {"depth_multiplier": 5, "batch": 3}),
        ("the layer of the course's picture", (3, 5, 8)),
        ("a 1×1 kernel", (4, 1, (6, 3))),
    ),
    strict=listed(
        ("all numbers different", (11, (3, 2), (13, 7)), {"depth_multiplier": 5, "batch": 4}),
        ("a pair and an int", (7, (5, 2), 6), {"batch": 2, "depth_multiplier": 3}),
        ("an int and a pair", (9, 3, (10, 7))),
        ("a layer of MobileNet", (512, 3, 14), {"batch": 32}),
        *3 * [_drawn],
    ),
    mistakes=MISTAKES,
)
