"""Exercise 6.3: the roofline."""

from dwsep_helpers import hardware
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, whole

_right = hardware.attainable

# What goes wrong, of intensity, peak and bandwidth.
# fmt: off
MISTAKES = bank(_right, [
    ("peak-alone", lambda i, p, b: p,
     "You return the peak, whatever has to be moved; memory should be a limit, too.", 1),
    ("slope-alone", lambda i, p, b: i * b,
     "You return what memory allows; the peak should be a limit, too.", 1),
    ("bandwidth-alone", lambda i, p, b: b,
     "You return the bandwidth, in bytes; the intensity should say how many MACs come of each.", 1),
    ("larger-of-the-two", lambda i, p, b: max(p, i * b),
     "You take the higher of the two limits; it should be the lower one."),
    ("sum-of-the-two", lambda i, p, b: p + i * b,
     "You add the two limits; each of them should hold by itself."),
    ("times-add-up", lambda i, p, b: 1 / (1 / p + 1 / (i * b)),
     "You let moving wait for computing; in a roofline the two should overlap."),
    ("bandwidth-for-slope", lambda i, p, b: min(p, b),
     "You compare peak and bandwidth, MACs with bytes; the intensity should join them."),
    ("divided-by-bandwidth", lambda i, p, b: min(p, i / b),
     "You divide the intensity by the bandwidth; the two should be multiplied."),
    ("divided-by-intensity", lambda i, p, b: min(p, b / i),
     "You divide the bandwidth by the intensity; more work for each byte should raise the rate."),
    ("intensity-scales-the-peak", lambda i, p, b: min(p * i, b),
     "You multiply the peak by the intensity; the bandwidth should be multiplied by it."),
    ("flops-for-macs", lambda i, p, b: 2 * _right(i, p, b),
     "You count a MAC as two operations; it should count as one.", 1),
    ("as-a-share-of-the-peak", lambda i, p, b: _right(i, p, b) / p,
     "You return a share of the peak; it should be the rate itself.", 1),
    ("time-for-rate", lambda i, p, b: 1 / _right(i, p, b),
     "You return the time for one MAC; it should be how many there are in a second.", 1),
    ("ridge", lambda i, p, b: p / b,
     "You return the ridge, the intensity at which the limits meet; it should be a rate.", 1),
    ("peak-from-the-left", lambda i, p, b: p if i * b >= p else b,
     "You stay at the bandwidth left of the ridge; there the rate should rise with the intensity."),
])
# fmt: on


def _drawn(rng: Rng, side: str, nearest: float, farthest: float) -> Case:
    peak, bandwidth = 1e9 * whole(rng, 2, 900), 1e8 * whole(rng, 3, 900)
    intensity = float(rng.uniform(nearest, farthest)) * peak / bandwidth
    return Case(f"drawn, {side} of the ridge", (intensity, peak, bandwidth))


def _both(rng: Rng) -> list[Case]:
    return [_drawn(rng, "left", 0.1, 0.9), _drawn(rng, "right", 1.1, 9.0)]


attainable = Check(
    number="6.3",
    name="attainable",
    points=1,
    reference=hardware.attainable,
    cases=listed(
        ("a hand example under the slope", (2.0, 100.0, 10.0)),
        ("a hand example under the flat roof", (20.0, 100.0, 10.0)),
        ("a depthwise layer on a small computer", (1.1, 24e9, 5.56e9)),
        ("a pointwise layer on a small computer", (27.75, 24e9, 5.56e9)),
        ("exactly at the ridge", (8.0, 4e9, 0.5e9)),
        ("less than one MAC for each byte", (0.25, 3e9, 7e9)),
        ("more bandwidth than peak", (0.9, 2e9, 9e9)),
        ("a rate between whole numbers", (0.25, 9.0, 11.0)),
        ("a peak between whole numbers", (4.0, 2.5, 3.0)),
    ),
    strict=listed(
        ("left of the ridge", (3.1, 51e9, 12.5e9)),
        ("right of the ridge", (44.0, 51e9, 12.5e9)),
        ("far left", (0.02, 8e12, 1.2e12)),
        ("just right of the ridge", (5.0, 10e9, 2.1e9)),
        ("a rate between whole numbers", (0.3, 7.5, 9.0)),
        ("a peak between whole numbers", (2.0, 1.75, 6.0)),
        *2 * [_both],
    ),
    mistakes=MISTAKES,
)
