"""Exercise 4.2: the MACs of a depthwise layer."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from dwsep_helpers import cost
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng
from dwsep_helpers.checks.recipes.layer_costs import wrong_positions
from dwsep_helpers.checks.unit_01.conv2d_macs import macs
from dwsep_helpers.checks.unit_04.standard_macs import as_in_1_6, known_from_1_6, standard_macs
from dwsep_helpers.kernels import conv_output_size as side

# What goes wrong, of filters, the channels of each (one), kernel, output and batch.
# fmt: off
MISTAKES = (
    *bank(cost.depthwise_macs, [
        ("standard-layer", lambda f, c, k, o, b: macs(f, f, k, o, b),
         "You count a standard layer, whose filters read all channels; each output value should "
         "read one.", 1),
        ("channels-forgotten", lambda f, c, k, o, b: macs(1, c, k, o, b),
         "You count one channel; each of them should count, since each makes a map of its own.", 1),
        *known_from_1_6("kernel-forgotten kernel-not-squared bias-counted additions-counted"),
    ], read=lambda m, k, d, s, p: as_in_1_6(m, 1, k, side(d, k, s, p))),
    *wrong_positions(cost.depthwise_macs),
)
# fmt: on


def _one_width(cases: Callable[[Rng], Sequence[Case]]) -> Callable[[Rng], list[Case]]:
    """Return what gives those cases with as many channels out as in."""
    return lambda rng: [
        replace(case, arguments=(case.arguments[0], *case.arguments[2:])) for case in cases(rng)
    ]


depthwise_macs = replace(
    standard_macs,
    number="4.2",
    name="depthwise_macs",
    reference=cost.depthwise_macs,
    cases=_one_width(standard_macs.cases),
    strict=_one_width(standard_macs.strict),
    mistakes=MISTAKES,
)
