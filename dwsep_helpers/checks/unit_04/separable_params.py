"""Exercise 4.5: the parameters of a separable layer."""

from dwsep_helpers import cost
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, whole

# What goes wrong, of C_in, C_out, K, bias (0 or 1) and the number of weights.
# fmt: off
MISTAKES = bank(cost.separable_params, [
    ("bias-of-the-depthwise-stage-forgotten", lambda m, n, k, b, w: w + n * b,
     "You leave out the depthwise stage's biases; each channel that it makes should have one."),
    ("bias-of-the-pointwise-stage-forgotten", lambda m, n, k, b, w: w + m * b,
     "You leave out the pointwise stage's biases; each channel that it makes should have one."),
    ("one-bias-for-each-stage", lambda m, n, k, b, w: w + 2 * b,
     "You count one bias for each stage; each of its output channels should have one."),
    ("one-bias", lambda m, n, k, b, w: w + b,
     "You count a single bias; each output channel of each stage should have one."),
    ("bias-forgotten", lambda m, n, k, b, w: w,
     "You never count biases; they should count where the layer has them."),
    ("bias-always", lambda m, n, k, b, w: w + m + n,
     "You count biases in any case; they should count only where the layer has them."),
    ("bias-of-the-input-twice", lambda m, n, k, b, w: w + 2 * m * b,
     "You count C_in biases for each stage; the pointwise stage should have C_out, one for each "
     "channel that it makes."),
    ("bias-of-the-output-twice", lambda m, n, k, b, w: w + 2 * n * b,
     "You count C_out biases for each stage; the depthwise stage should have C_in, one for each "
     "channel that it makes."),
    ("standard-layer", lambda m, n, k, b, w: k * k * m * n + n * b,
     "You count a standard layer, a kernel for every channel of every filter; filtering and "
     "combining should have weights of their own.", 1),
    ("channels-and-filters-swapped", lambda m, n, k, b, w: w + k * k * (n - m) + (m + n) * b,
     "You give the depthwise stage C_out kernels; each of the C_in that come in should have "
     "one.", 1),
    ("one-kernel-for-all", lambda m, n, k, b, w: w - k * k * (m - 1) + (m + n) * b,
     "You give the depthwise stage one kernel for all channels; each should have its own.", 1),
    ("kernel-not-squared", lambda m, n, k, b, w: k * m + m * n + (m + n) * b,
     "You leave out one side of the kernel; both rows and columns should count.", 1),
    ("pointwise-stage-forgotten", lambda m, n, k, b, w: k * k * m + m * b,
     "You count the depthwise stage alone; the pointwise stage's weights should count as well.", 1),
    ("depthwise-stage-forgotten", lambda m, n, k, b, w: m * n + n * b,
     "You count the pointwise stage alone; the depthwise stage's weights should count as well.", 1),
    ("channels-and-filters-added", lambda m, n, k, b, w: k * k * m + (m + n) * (1 + b),
     "You add channels in and out; the pointwise stage should have a weight for each pair of "
     "them.", 1),
    ("float-result", lambda m, n, k, b, w: float(w + (m + n) * b),
     "You return the right number as a float; a count should be an int.", 3),
], read=lambda m, n, k, b: (m, n, k, b, cost.separable_params(m, n, k)))
# fmt: on


def _drawn(rng: Rng, **bias: bool) -> Case:
    return Case("drawn numbers", (whole(rng, 2, 200), whole(rng, 2, 200), whole(rng, 2, 7)), bias)


separable_params = Check(
    number="4.5",
    name="separable_params",
    points=2,
    reference=cost.separable_params,
    cases=listed(
        ("a hand example", (2, 3, 2)),
        ("a hand example with biases", (2, 3, 2), {"bias": True}),
        ("the article's layer", (3, 256, 5)),
        ("the article's layer with biases", (3, 256, 5), {"bias": True}),
        ("all numbers different", (7, 11, 4), {"bias": True}),
        ("more in than out", (13, 6, 3), {"bias": True}),
        ("one channel", (1, 5, 3), {"bias": True}),
    ),
    strict=listed(
        ("a layer of MobileNet", (512, 1024, 3)),
        ("all numbers different, with biases", (17, 5, 7), {"bias": True}),
        ("a 1×1 kernel, with biases", (4, 9, 1), {"bias": True}),
        lambda rng: [_drawn(rng, bias=True), _drawn(rng)],
    ),
    mistakes=MISTAKES,
)
