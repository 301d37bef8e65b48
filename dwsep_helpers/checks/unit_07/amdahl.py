"""Exercise 7.9: how many times faster the whole gets."""

import numpy as np

from dwsep_helpers import hardware
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng

_right = hardware.amdahl


def _part_alone(share: float, speedup: float) -> float:
    return _right([share, 1 - share], [speedup, 1])


# What goes wrong, of shares and speed-ups.
# fmt: off
MISTAKES = bank(_right, [
    ("mean-of-speedups", lambda s, f: (s * f).sum(),
     "You average the speed-ups, weighted by time; times should be added up, not speed-ups.", 1),
    ("time-left", lambda s, f: 1 / _right(s, f),
     "You return the part of the time that is left; it should be how many times faster the whole "
     "gets.", 1),
    ("time-saved", lambda s, f: 1 - 1 / _right(s, f),
     "You return the part of the time that is saved; it should be how many times faster the whole "
     "gets.", 1),
    ("plain-mean", lambda s, f: f.mean(),
     "You average the speed-ups; the parts' shares of the time should matter.", 1),
    ("largest-speedup", lambda s, f: f.max(),
     "You return the best part's speed-up; the other parts should matter, too.", 1),
    ("smallest-speedup", lambda s, f: f.min(),
     "You return the slowest part's speed-up; the other parts should matter, too.", 1),
    ("product-of-speedups", lambda s, f: f.prod(),
     "You multiply the speed-ups, as if each held for the whole; each should hold for its part.",
     1),
    ("geometric-mean", lambda s, f: np.exp((s * np.log(f)).sum()),
     "You take a geometric mean; times should be added up."),
    ("plain-harmonic-mean", lambda s, f: len(f) / (1 / f).sum(),
     "You count all parts alike; each should count by its share of the time."),
    ("largest-part-alone", lambda s, f: _part_alone(s.max(), f[s.argmax()]),
     "You let the largest part alone get faster; each part should get its own speed-up."),
    ("first-part-alone", lambda s, f: _part_alone(s[0], f[0]),
     "You let the first part alone get faster; each part should get its own speed-up."),
    ("last-part-lost", lambda s, f: 1 / (s / f)[:-1].sum(),
     "You leave the last part out; its time should count, too.", 3),
    ("divided-the-wrong-way", lambda s, f: _right(s, 1 / f),
     "You multiply a part's time by its speed-up; a part that gets faster should take less time."),
    ("slower-parts-ignored", lambda s, f: _right(s, np.maximum(f, 1)),
     "You count a part that gets slower as unchanged; it should take more time."),
    ("in-per-cent", lambda s, f: 100 * _right(s, f),
     "You return per cent; it should be how many times faster.", 3),
    ("faster-by", lambda s, f: _right(s, f) - 1,
     "You return what is gained, one too few; it should be how many times faster.", 3),
])
# fmt: on


def _given(rng: Rng, says: str, shares: list[float], speedups: list[float]) -> Case:
    return Case(says, (np.array(shares), np.array(speedups)))


def _drawn(rng: Rng, says: str, parts: int) -> Case:
    return Case(says, (rng.dirichlet(np.ones(parts)), rng.uniform(0.5, 9, parts)))


amdahl = Check(
    number="7.9",
    name="amdahl",
    points=1,
    reference=hardware.amdahl,
    cases=listed(
        ("a hand example", [0.75, 0.25], [3.0, 1.0]),
        ("nothing gets faster", [0.2, 0.8], [1.0, 1.0]),
        ("all get faster alike", [0.5, 0.3, 0.2], [4.0, 4.0, 4.0]),
        ("a large part gets a little faster", [0.9, 0.1], [1.5, 20.0]),
        ("a part gets slower", [0.6, 0.15, 0.25], [2.0, 0.5, 1.0]),
        lambda rng: _drawn(rng, "five parts", 5),
        of=_given,
    ),
    strict=listed(
        ("pointwise, depthwise and the rest", [0.81, 0.094, 0.096], [3.4, 1.0, 2.0]),
        ("a small part gets very fast", [0.04, 0.96], [1000.0, 1.0]),
        ("a part gets slower", [0.3, 0.7], [0.25, 7.0]),
        lambda rng: [_drawn(rng, "drawn parts", parts) for parts in (2, 4, 6)],
        of=_given,
    ),
    mistakes=MISTAKES,
)
