"""The exercises of unit 07: eight-bit numbers, and a design."""

from dwsep_helpers.checks.unit_07.amdahl import amdahl
from dwsep_helpers.checks.unit_07.best_design import best_design
from dwsep_helpers.checks.unit_07.quantize import quantize
from dwsep_helpers.checks.unit_07.scale_and_zero_point import scale_and_zero_point
from dwsep_helpers.checks.unit_07.symmetric_scale import symmetric_scale

EXERCISES = (
    scale_and_zero_point,
    quantize,
    symmetric_scale,
    amdahl,
    best_design,
)
