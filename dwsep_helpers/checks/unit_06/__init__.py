"""The exercises of unit 06: what holds a layer back, eight-bit numbers, and a design."""

from dwsep_helpers.checks.unit_06.amdahl import amdahl
from dwsep_helpers.checks.unit_06.attainable import attainable
from dwsep_helpers.checks.unit_06.best_design import best_design
from dwsep_helpers.checks.unit_06.bytes_moved import bytes_moved
from dwsep_helpers.checks.unit_06.intensity import intensity
from dwsep_helpers.checks.unit_06.quantize import quantize
from dwsep_helpers.checks.unit_06.scale_and_zero_point import scale_and_zero_point
from dwsep_helpers.checks.unit_06.symmetric_scale import symmetric_scale

EXERCISES = (
    bytes_moved,
    intensity,
    attainable,
    scale_and_zero_point,
    quantize,
    symmetric_scale,
    amdahl,
    best_design,
)
