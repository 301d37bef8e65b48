"""Exercise 6.4: the least time of a whole network."""

from collections.abc import Iterable

from dwsep_helpers import hardware
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng

Layers = list[tuple[int, dict[str, int]]]
Bandwidths = dict[str, float]
_right = hardware.least_time


def _computing(layers: Layers, peak: float) -> list[float]:
    return [macs / peak for macs, _ in layers]


def _moving(layers: Layers, bandwidths: Bandwidths) -> list[list[float]]:
    """Return each layer's times, one for each memory."""
    return [[size / bandwidths[name] for name, size in moved.items()] for _, moved in layers]


def _slower(computing: Iterable[float], moving: Iterable[float]) -> float:
    return sum(map(max, computing, moving))


def _sums(layers: Layers, bandwidths: Bandwidths) -> list[float]:
    """Return each memory's time for all layers."""
    return [
        sum(moved.get(name, 0) for _, moved in layers) / rate for name, rate in bandwidths.items()
    ]


# What goes wrong, of layers, peak and bandwidths.
# fmt: off
MISTAKES = bank(_right, [
    ("sums-compared", lambda n, p, b: max(sum(_computing(n, p)), *_sums(n, b)),
     "You add up first and compare the sums; each layer should wait for its own slowest part.", 1),
    ("computing-alone", lambda n, p, b: sum(_computing(n, p)),
     "You count the time of computing alone; where moving takes longer, that should count.", 1),
    ("moving-alone", lambda n, p, b: sum(map(max, _moving(n, b))),
     "You count the time of moving alone; where computing takes longer, that should count.", 1),
    ("computing-and-moving-added",
     lambda n, p, b: _slower(_computing(n, p), map(max, _moving(n, b)))
     + sum(map(min, _computing(n, p), map(max, _moving(n, b)))),
     "You let moving wait for computing; within a layer the two should overlap."),
    ("all-added", lambda n, p, b: sum(_computing(n, p)) + sum(map(sum, _moving(n, b))),
     "You add up all times of a layer; computing and every memory should overlap."),
    ("memories-added", lambda n, p, b: _slower(_computing(n, p), map(sum, _moving(n, b))),
     "You let one memory wait for another; they should work at the same time."),
    ("memories-pooled",
     lambda n, p, b: _slower(_computing(n, p),
                             (sum(moved.values()) / sum(b.values()) for _, moved in n)),
     "You pool the memories' bytes and bandwidths; each memory should move its own bytes."),
    ("quickest-memory", lambda n, p, b: _slower(_computing(n, p), map(min, _moving(n, b))),
     "You take a layer's quickest memory; the slowest should decide."),
    ("first-memory-alone",
     lambda n, p, b: _slower(_computing(n, p), (times[0] for times in _moving(n, b))),
     "You count a layer's first memory alone; all its memories should count."),
    ("last-memory-alone",
     lambda n, p, b: _slower(_computing(n, p), (times[-1] for times in _moving(n, b))),
     "You count a layer's last memory alone; all its memories should count."),
    ("slowest-memory-for-all-bytes",
     lambda n, p, b: _slower(
         _computing(n, p), (sum(moved.values()) / min(b.values()) for _, moved in n)),
     "You move all bytes through the slowest memory; each should move through its own."),
    ("shortest-of-all", lambda n, p, b: sum(map(min, _computing(n, p), map(min, _moving(n, b)))),
     "You take the shortest time of each layer; it should be the longest."),
    ("slowest-layer",
     lambda n, p, b: max(map(max, _computing(n, p), map(max, _moving(n, b)))),
     "You return the slowest layer's time; those of all layers should be added up.", 1),
    ("mean-layer", lambda n, p, b: _right(n, p, b) / len(n),
     "You return the mean time of a layer; the layers' times should be added up.", 1),
    ("first-layer-alone", lambda n, p, b: _right(n[:1], p, b),
     "You return after the first layer; the times of all layers should be added up.", 3),
    ("last-layer-alone", lambda n, p, b: _right(n[-1:], p, b),
     "You return the last layer's time; those of all layers should be added up.", 3),
    ("last-layer-lost", lambda n, p, b: _right(n[:-1], p, b),
     "You leave out the last layer; its time should count, too.", 3),
    ("first-layer-lost", lambda n, p, b: _right(n[1:], p, b),
     "You leave out the first layer; its time should count, too.", 3),
    ("rate-for-time", lambda n, p, b: sum(macs for macs, _ in n) / _right(n, p, b),
     "You return MACs per second; it should be the seconds.", 1),
    ("runs-per-second", lambda n, p, b: 1 / _right(n, p, b),
     "You return how many images there are in a second; it should be the seconds of one.", 1),
    ("flops-for-macs", lambda n, p, b: _right(n, p / 2, b),
     "You count a MAC as two operations; it should count as one.", 1),
    ("bits-for-bytes", lambda n, p, b: _right(n, p, {name: rate / 8 for name, rate in b.items()}),
     "You move bits; the numbers given are bytes already, and should be used as they are."),
    ("in-milliseconds", lambda n, p, b: 1e3 * _right(n, p, b),
     "You return milliseconds; it should be seconds.", 3),
])
# fmt: on

_HAND = [(200, {"DRAM": 10}), (100, {"DRAM": 40})]
_MOBILE = [  # a depthwise and a pointwise layer of MobileNet, its last one and its classifier
    (903_168, {"DRAM": 821_248}),
    (51_380_224, {"DRAM": 1_851_392}),
    (51_380_224, {"DRAM": 4_595_712}),
    (1_024_000, {"DRAM": 4_104_096}),
]
_CHIP = [  # activations in SRAM, weights in flash
    (165_888, {"SRAM": 36_864, "flash": 144}),
    (294_912, {"SRAM": 55_296, "flash": 128}),
    (589_824, {"SRAM": 4_608, "flash": 65_536}),
]
_THREE = [
    (3000, {"cache": 1000, "SRAM": 900, "flash": 50}),
    (9000, {"cache": 2000, "SRAM": 100, "flash": 10}),
    (1000, {"cache": 100, "SRAM": 3000, "flash": 90}),
    (2000, {"cache": 7000, "SRAM": 200, "flash": 20}),
]


_PEAK = 48e9
_RATES = {"SRAM": 4e9, "DRAM": 12e9, "flash": 5e8}


def _drawn(rng: Rng, says: str, layers: int, *names: str) -> Case:
    bandwidths = {name: _RATES[name] for name in names}
    found = []
    for number in range(layers):
        # Each limit decides at times: all take about as long, in every layer another one longest.
        macs = round(_PEAK * rng.uniform(0.2, 1) * (3 if number % 3 == 0 else 1))
        moved = {
            name: round(rate * rng.uniform(0.2, 1) * (2 if (number + place) % 3 == 1 else 1))
            for place, (name, rate) in enumerate(bandwidths.items())
        }
        found.append((macs, moved))
    return Case(says, (found, _PEAK, bandwidths))


least_time = Check(
    number="6.4",
    name="least_time",
    points=3,
    reference=hardware.least_time,
    cases=listed(
        Case("a hand example", (_HAND, 100, {"DRAM": 10})),
        Case("one layer, limited by computing", (_HAND[:1], 10, {"DRAM": 10})),
        Case("one layer, limited by memory", (_HAND[1:], 100, {"DRAM": 4})),
        Case("four layers of MobileNet on a small computer", (_MOBILE, 24e9, {"DRAM": 5.56e9})),
        Case("a memory that nobody waits for", (_MOBILE, 24e9, {"DRAM": 1e15})),
        Case("activations in SRAM, weights in flash", (_CHIP, 64e9, {"SRAM": 4e9, "flash": 5e8})),
        Case("three memories", (_THREE, 1000, {"flash": 25.0, "cache": 900.0, "SRAM": 300.0})),
        lambda rng: _drawn(rng, "drawn layers", 6, "SRAM", "DRAM", "flash"),
    ),
    strict=listed(
        Case("four layers of MobileNet on another computer", (_MOBILE, 6e9, {"DRAM": 2.2e9})),
        Case("a wider NPU", (_CHIP, 512e9, {"SRAM": 16e9, "flash": 1.2e10})),
        Case(
            "memories given in another order",
            (_THREE, 2000, {"flash": 20, "SRAM": 400, "cache": 500}),
        ),
        Case(
            "a memory that nobody waits for beside a slow one",
            (_CHIP, 64e9, {"SRAM": 1e15, "flash": 1e8}),
        ),
        lambda rng: [
            _drawn(rng, "drawn layers", 5, "DRAM"),
            _drawn(rng, "drawn layers", 7, "SRAM", "flash"),
            _drawn(rng, "drawn layers", 8, "DRAM", "flash", "SRAM"),
        ],
    ),
    mistakes=MISTAKES,
)
