"""The exercises of unit 06: what holds a layer back."""

from dwsep_helpers.checks.unit_06.attainable import attainable
from dwsep_helpers.checks.unit_06.bytes_moved import bytes_moved
from dwsep_helpers.checks.unit_06.element_offset import element_offset
from dwsep_helpers.checks.unit_06.intensity import intensity
from dwsep_helpers.checks.unit_06.least_time import least_time
from dwsep_helpers.checks.unit_06.loop_order import loop_order
from dwsep_helpers.checks.unit_06.receptive_field import receptive_field

EXERCISES = (
    bytes_moved,
    intensity,
    attainable,
    least_time,
    receptive_field,
    element_offset,
    loop_order,
)
