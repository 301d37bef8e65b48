"""Exercise 4.2: the MACs of a depthwise layer."""

from __future__ import annotations

from collections.abc import Sequence

from dwsep_helpers import cost
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import SIZE
from dwsep_helpers.checks.recipes.layer_costs import wrong_positions
from dwsep_helpers.checks.unit_01.conv2d_macs import macs
from dwsep_helpers.checks.unit_04.standard_macs import as_in_1_6, cases, known_from_1_6, strict
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


def _one_width(rows: Sequence[Case]) -> list[Case]:
    """Return cases with as many channels out as in."""
    return [
        Case(case.says, (case.arguments[0], *case.arguments[2:]), case.options) for case in rows
    ]


depthwise_macs = Check(
    number="4.2",
    name="depthwise_macs",
    reference=cost.depthwise_macs,
    cases=lambda rng: _one_width(cases(rng)),
    strict=lambda rng: _one_width(strict(rng)),
    mistakes=MISTAKES,
    allows=(SIZE,),
)
