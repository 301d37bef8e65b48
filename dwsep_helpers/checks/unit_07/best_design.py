"""Exercise 7.10: the most accurate design within a budget."""

import math
from collections.abc import Callable
from typing import Any

from dwsep_helpers import hardware
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng

Designs = list[dict[str, Any]]
Budget = dict[str, float]
_right = hardware.best_design


def _most(
    designs: Designs, budget: Budget, key: Callable[[int, dict[str, Any]], float]
) -> tuple[float, int]:
    """Return the design within the budget for which the key, not its accuracy, is highest."""
    return _right([{**row, "top_1": key(n, row)} for n, row in enumerate(designs)], budget)


# What goes wrong, of designs and budget.
# fmt: off
MISTAKES = bank(_right, [
    ("budget-ignored", lambda d, b: _right(d, {}),
     "You choose the most accurate of all here; it should keep every limit of the budget.", 1),
    ("macs-alone", lambda d, b: _right(d, {name: b[name] for name in b if name == "macs"}),
     "You heed no limit here but on MACs; every limit should be kept, whatever it is on.", 1),
    ("first-that-fits", lambda d, b: _most(d, b, lambda n, row: -n),
     "You choose the first that fits; a later one should win if it is more accurate."),
    ("last-that-fits", lambda d, b: _most(d, b, lambda n, row: n),
     "You choose the last that fits; an earlier one should win if it is more accurate."),
    ("least-accurate", lambda d, b: _most(d, b, lambda n, row: -row["top_1"]),
     "You choose the least accurate of those that fit; it should be the most accurate."),
    ("cheapest-in-macs", lambda d, b: _most(d, b, lambda n, row: -row["macs"]),
     "You choose the one with the fewest MACs; within the budget accuracy alone should count.", 1),
    ("widest", lambda d, b: _most(d, b, lambda n, row: row["width"]),
     "You choose the widest that fits; it should be the most accurate."),
    ("highest-resolution", lambda d, b: _most(d, b, lambda n, row: row["resolution"]),
     "You choose the highest resolution that fits; it should be the most accurate design."),
    ("most-macs-that-fit", lambda d, b: _most(d, b, lambda n, row: row["macs"]),
     "You spend the most MACs that fit; accuracy should decide.", 1),
    ("limits-not-reached",
     lambda d, b: _right(d, {name: math.nextafter(most, 0) for name, most in b.items()}),
     "You leave out a design that just reaches a limit; it should fit, for at most means ≤.", 3),
    ("one-limit-is-enough",
     lambda d, b: _right([r for r in d if any(r[n] <= b[n] for n in b)] or d, {}),
     "You keep one of the limits; all of them should be kept."),
    ("other-side-of-the-limits",
     lambda d, b: _right([r for r in d if all(r[n] >= b[n] for n in b)] or d, {}),
     "You choose a design above the limits; it should lie below them."),
    ("first-limit-alone", lambda d, b: _right(d, dict([*b.items()][:1])),
     "You keep the first limit and break another; all of them should be kept."),
    ("last-limit-alone", lambda d, b: _right(d, dict([*b.items()][-1:])),
     "You keep the last limit and break another; all of them should be kept."),
    ("order-swapped", lambda d, b: _right(d, b)[::-1],
     "You swap the two; the width should come first.", 3),
    ("accuracy-for-design",
     lambda d, b: _right([{**row, "width": row["top_1"]} for row in d], b)[:1],
     "You return the accuracy; it should be the design, by width and resolution.", 3),
])
# fmt: on

_COLUMNS = ("width", "resolution", "top_1", "macs", "params", "npu_ms", "npu_sram_bytes")
_DESIGNS = [
    dict(zip(_COLUMNS, row, strict=True))
    for row in (
        (1.0, 224, 70.0, 560, 4.2, 16.0, 1200),
        (0.75, 224, 68.0, 320, 2.6, 11.0, 900),
        (0.5, 224, 63.0, 150, 1.3, 6.0, 610),
        (1.0, 128, 65.0, 190, 4.2, 8.0, 390),
        (0.75, 128, 62.0, 110, 2.6, 5.0, 290),
        (0.25, 128, 41.0, 14, 0.5, 1.0, 100),
    )
]
# A budget may limit any cost that the designs have, also one by a name of its own.
_WITH_MORE_COSTS = [
    {**row, "int8_file_bytes": 1000 * row["params"], "days_to_train": days}
    for row, days in zip(_DESIGNS, (3.0, 2.5, 1.8, 1.5, 1.3, 0.9), strict=True)
]
_SHAPES = [(round(0.1 * width, 1), size) for size in (96, 128, 192) for width in range(1, 9)]
_WRONG = {mistake.name: mistake.function for mistake in MISTAKES}
_OF_LIMITS = ("first-limit-alone", "last-limit-alone", "one-limit-is-enough")
_OF_THE_SMALL = ("last-that-fits", "cheapest-in-macs")  # alike in the designs above


def _tells(designs: Designs, budget: Budget) -> bool:
    """Whether mistakes show here, and those that are easily confused differ."""
    try:
        right = _right(designs, budget)
        found = {name: wrong(designs, budget) for name, wrong in _WRONG.items()}
    except ValueError:  # no design is within the budget, or the only one just reaches it
        return False
    return (
        len({found[name] for name in _OF_LIMITS}) == len(budget)
        and len({found[name] for name in _OF_THE_SMALL}) == 2
        # No drawn number is a limit.
        and right not in [found[name] for name in found if name != "limits-not-reached"]
    )


def _drawn(rng: Rng, says: str, **budget: float) -> Case:
    designs: Designs = []
    while not _tells(designs, budget):
        costs = rng.uniform((10, 0.4, 1, 90), (600, 4.3, 17, 1300), (24, 4)).round(3).tolist()
        accuracies = (40 + rng.choice(3200, 24, replace=False) / 100).tolist()  # no two alike
        designs = [
            dict(zip(_COLUMNS, (*shape, top_1, *cost), strict=True))
            for shape, top_1, cost in zip(_SHAPES, accuracies, costs, strict=True)
        ]
    return Case(says, (designs, budget))


best_design = Check(
    number="7.10",
    name="best_design",
    points=1,
    reference=hardware.best_design,
    cases=listed(
        Case("a limit on MACs", (_DESIGNS, {"macs": 200})),
        Case("limits on parameters and time", (_DESIGNS, {"params": 3.0, "npu_ms": 10.0})),
        Case("a limit that is just reached", (_DESIGNS, {"npu_ms": 11.0})),
        Case("a limit on memory", (_DESIGNS, {"npu_sram_bytes": 400, "params": 9.0})),
        Case("no limits", (_DESIGNS, {})),
        Case("a limit on the file", (_WITH_MORE_COSTS, {"int8_file_bytes": 2700})),
        Case("a limit on training", (_WITH_MORE_COSTS, {"params": 3.0, "days_to_train": 2})),
        Case("one design alone fits", (_DESIGNS, {"macs": 20, "params": 1.0})),
        ("other designs, three limits", {"macs": 300, "params": 3.5, "npu_ms": 9}),
        of=_drawn,
    ),
    strict=listed(
        ("two limits", {"macs": 300, "npu_sram_bytes": 800}),
        ("three limits", {"npu_ms": 8, "macs": 500, "params": 2.6}),
        ("two other limits", {"macs": 400, "npu_ms": 13}),
        Case("a limit on the file", (_WITH_MORE_COSTS, {"int8_file_bytes": 1500, "npu_ms": 9.0})),
        Case("a limit on training", (_WITH_MORE_COSTS, {"days_to_train": 1.4})),
        Case("the best comes first", (_DESIGNS[2:], {"npu_ms": 7.0})),
        Case("the best comes last", (_DESIGNS[:4], {"npu_ms": 8.5})),
        Case("a limit that is just reached", (_DESIGNS, {"npu_ms": 8.0, "macs": 400})),
        of=_drawn,
    ),
    mistakes=MISTAKES,
    axes=("width, resolution",),
)
