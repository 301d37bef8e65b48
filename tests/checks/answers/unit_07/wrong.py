"""Wrong solutions of unit 07 as learners write them, apart from the bank."""

import numpy as np

from answers.unit_07.right import (
    amdahl_by_numpy,
    design_by_max,
    quantize_by_rint,
    range_by_min_and_max,
    scale_by_axes,
)
from dwsep_helpers import hardware
from dwsep_helpers.hardware import limits

RANGE = [
    (lambda low, high: (high - low) / 255, "wrong shape", None),
    (lambda low, high: (range_by_min_and_max(low, high)[0], -128), "wrong values", None),
    (lambda low, high: (range_by_min_and_max(low, high)[0] * 2, range_by_min_and_max(low, high)[1]),
     "wrong values", None),
    (lambda low, high: (0, range_by_min_and_max(low, high)[1]), "wrong values", None),
    (lambda low, high: (1.002 * range_by_min_and_max(low, high)[0],
                        range_by_min_and_max(low, high)[1]), "wrong values", None),
    (lambda low, high: (range_by_min_and_max(low, high)[0] + 1e-6,
                        range_by_min_and_max(low, high)[1]), "wrong values", None),
    (lambda low, high: (round(range_by_min_and_max(low, high)[0], 4),
                        range_by_min_and_max(low, high)[1]), "wrong values", "scale-rounded"),
    (hardware.scale_and_zero_point, "used a forbidden shortcut", None),
    (lambda low, high: {"scale": 1, "zero_point": 0}, "wrong type", None),
    (lambda low, high: ((high - low) / 256, round(-128 - low * 256 / (high - low))),
     "wrong values", "256-steps"),
]  # fmt: skip

QUANTIZE = [
    (lambda x, scale, zero_point=0: np.rint(x / scale) + zero_point, "wrong type", None),
    (lambda x, scale, zero_point=0:
     (quantize_by_rint(x, scale, zero_point).astype(int) + 128).astype(np.uint8), "wrong type",
     None),
    (lambda x, scale, zero_point=0: np.int8(0) * quantize_by_rint(x, scale), "wrong values", None),
    (lambda x, scale, zero_point=0: quantize_by_rint(x, scale, zero_point).ravel()[:2],
     "wrong shape", None),
    (hardware.quantize, "used a forbidden shortcut", None),
    (lambda x, scale: quantize_by_rint(x, scale), "crashed", None),
    (lambda x, scale, zero_point=0:
     np.clip((x / scale + zero_point).astype(int), -128, 127).astype(np.int8), "wrong values",
     "cut-off"),
]  # fmt: skip


def scale_by_max(weight, per_channel=False):
    """Take the largest number for the largest magnitude."""
    if per_channel:
        return weight.max(axis=(1, 2, 3), keepdims=True) / 127
    return weight.max() / 127


SCALE = [
    (lambda weight, per_channel=False: np.abs(weight).sum() / 127, "wrong values", None),
    (lambda weight, per_channel=False: np.median(np.abs(weight)) / 127, "wrong values", None),
    (lambda weight, per_channel=False: np.abs(weight) / 127, "wrong shape", None),
    (hardware.symmetric_scale, "used a forbidden shortcut", None),
    (lambda weight, per_channel=False: (scale_by_axes(weight, per_channel), 0), "wrong shape",
     None),
    (scale_by_max, "wrong values", "magnitude-forgotten"),
    (lambda weight, per_channel=False:
     weight.max(axis=(1, 2, 3) if per_channel else None, keepdims=True) / 127, "wrong values",
     "magnitude-forgotten"),
    (lambda weight, per_channel=False: scale_by_axes(weight, per_channel).ravel(), "wrong shape",
     "shape-of-scales"),
    (lambda weight: scale_by_axes(weight), "crashed", None),
]  # fmt: skip

AMDAHL = [
    (lambda shares, speedups: sum(shares), "wrong values", None),
    (lambda shares, speedups: amdahl_by_numpy(speedups, shares), "wrong values", None),
    (lambda shares, speedups: sum(f / s for s, f in zip(shares, speedups, strict=True)),
     "wrong values", None),
    (lambda shares, speedups: 1 / (shares / speedups), "wrong shape", None),
    (limits.amdahl, "used a forbidden shortcut", None),
    (lambda shares, speedups: shares / speedups, "wrong shape", None),
]  # fmt: skip


def design_by_sorting_in_place(designs, budget):
    """Leave the list of designs in another order."""
    designs.sort(key=lambda row: row["top_1"])
    return design_by_max(designs, budget)


def design_by_using_up(designs, budget):
    """Leave the budget empty."""
    for name in list(budget):
        most = budget.pop(name)
        designs = [row for row in designs if row[name] <= most]
    return design_by_max(designs, {})


def design_by_marking(designs, budget):
    """Leave a mark in each design."""
    for row in designs:
        row["fits"] = all(row[name] <= most for name, most in budget.items())
    return design_by_max([row for row in designs if row["fits"]], {})


def design_by_known_costs(*known):
    """Keep the limits on some costs, and overlook any other."""

    def design(designs, budget):
        return design_by_max(designs, {name: budget[name] for name in known if name in budget})

    return design


_KNOWN = ("macs", "params", "npu_ms", "npu_sram_bytes")
DESIGN = [
    (design_by_known_costs(*_KNOWN), "wrong values", None),
    (design_by_known_costs(*_KNOWN, "int8_file_bytes", "cpu_ms"), "wrong values", None),
    (design_by_sorting_in_place, "changed its input", None),
    (design_by_using_up, "changed its input", None),
    (design_by_marking, "changed its input", None),
    (lambda designs, budget: max(row["top_1"] for row in designs), "wrong shape", None),
    (lambda designs, budget: (0.5, 160), "wrong values", None),
    (lambda designs, budget: design_by_max(designs[1:], budget), "wrong values", None),
    (lambda designs, budget: design_by_max(designs[:-1], {"macs": budget["macs"]}), "crashed",
     None),
    (limits.best_design, "used a forbidden shortcut", None),
    (lambda designs, budget: max(designs, key=lambda row: row["top_1"]), "wrong type", None),
]  # fmt: skip

WRONG = {
    "scale_and_zero_point": RANGE,
    "quantize": QUANTIZE,
    "symmetric_scale": SCALE,
    "amdahl": AMDAHL,
    "best_design": DESIGN,
}
