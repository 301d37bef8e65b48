"""Exercise 4.4: the MACs of a separable layer."""

from dataclasses import replace

from dwsep_helpers import cost
from dwsep_helpers.checks.exercise import bank
from dwsep_helpers.checks.recipes.layer_costs import wrong_positions
from dwsep_helpers.checks.unit_04.standard_macs import standard_macs
from dwsep_helpers.kernels import conv_output_size as side

# fmt: off
MISTAKES = (
    # Of M, N, D_k and D_p.
    *bank(cost.separable_macs, [
        ("pointwise-stage-forgotten", lambda m, n, k, d: m * k**2 * d**2,
         "You count the depthwise stage alone; combining channels should count as well.", 1),
        ("depthwise-stage-forgotten", lambda m, n, k, d: m * n * d**2,
         "You count the pointwise stage alone; filtering should count as well.", 1),
        ("stages-multiplied", lambda m, n, k, d: m * k**2 * d**2 * m * n * d**2,
         "You multiply the costs of the stages; one comes after the other, so they should add up.",
         1),
        ("standard-layer", lambda m, n, k, d: n * d**2 * k**2 * m,
         "You count a standard layer, a kernel for every channel of every filter; filtering and "
         "combining should be stages of their own.", 1),
        ("channels-and-filters-swapped", lambda m, n, k, d: (n * k**2 + m * n) * d**2,
         "You let the depthwise stage filter N channels; it should work on the M that come in."),
        ("kernel-in-both-stages", lambda m, n, k, d: (m + m * n) * k**2 * d**2,
         "You give the large kernel to the pointwise stage as well; its own should be 1×1."),
        ("as-many-out-as-in", lambda m, n, k, d: (m * k**2 + m * m) * d**2,
         "You let the pointwise stage make as many channels as it reads; it should make N."),
        ("kernel-not-squared", lambda m, n, k, d: (m * k + m * n) * d**2,
         "You leave out one side of the kernel; both rows and columns should count."),
        ("bias-counted", lambda m, n, k, d: (m * k**2 + m * n + m + n) * d**2,
         "You count the biases, one more for each output value of a stage; products alone should "
         "count.", 1),
        ("channel-forgotten-in-filtering", lambda m, n, k, d: (k**2 + m * n) * d**2,
         "You count the depthwise stage for one channel; it should filter all of them."),
    ], read=lambda m, n, k, d, s, p: (m, n, k, side(d, k, s, p))),
    *wrong_positions(cost.separable_macs),
    # Of M, N, D_k, D_f, stride and padding, with a D_p of its own for each stage.
    *bank(cost.separable_macs, [
        ("stride-in-the-pointwise-stage",
         lambda m, n, k, d, s, p: m * k**2 * side(d, k, 1, p)**2 + m * n * side(d, k, s, p)**2,
         "You let the depthwise stage work at all positions and the pointwise stage at every "
         "S-th; it is the first that should stride."),
        ("stride-in-both-stages",
         lambda m, n, k, d, s, p: (m * k**2 * side(d, k, s, p)**2
                                   + m * n * side(side(d, k, s, p), 1, s)**2),
         "You let both stages stride; the depthwise stage alone should."),
        ("pointwise-on-the-input",
         lambda m, n, k, d, s, p: m * k**2 * side(d, k, s, p)**2 + m * n * d**2,
         "You let the pointwise stage work on the layer's input; it should read what filtering "
         "has made."),
        ("padding-in-both-stages",
         lambda m, n, k, d, s, p: (m * k**2 * side(d, k, s, p)**2
                                   + m * n * (side(d, k, s, p) + 2 * p)**2),
         "You let both stages pad; the depthwise stage alone should."),
    ]),
)
# fmt: on

separable_macs = replace(
    standard_macs,
    number="4.4",
    name="separable_macs",
    reference=cost.separable_macs,
    mistakes=MISTAKES,
)
