"""The exercises of unit 07: eight-bit numbers and layers, memory, and a design."""

from dwsep_helpers.checks.unit_07.amdahl import amdahl
from dwsep_helpers.checks.unit_07.best_design import best_design
from dwsep_helpers.checks.unit_07.depthwise_int8 import depthwise_int8
from dwsep_helpers.checks.unit_07.equalize import equalize
from dwsep_helpers.checks.unit_07.peak_memory import peak_memory
from dwsep_helpers.checks.unit_07.pointwise_int8 import pointwise_int8
from dwsep_helpers.checks.unit_07.quantize import quantize
from dwsep_helpers.checks.unit_07.requantize import requantize
from dwsep_helpers.checks.unit_07.scale_and_zero_point import scale_and_zero_point
from dwsep_helpers.checks.unit_07.symmetric_scale import symmetric_scale

EXERCISES = (
    scale_and_zero_point,
    quantize,
    symmetric_scale,
    requantize,
    depthwise_int8,
    pointwise_int8,
    equalize,
    peak_memory,
    amdahl,
    best_design,
)
