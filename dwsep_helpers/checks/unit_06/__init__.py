"""The exercises of unit 06: what holds a layer back."""

from dwsep_helpers.checks.unit_06.attainable import attainable
from dwsep_helpers.checks.unit_06.bytes_moved import bytes_moved
from dwsep_helpers.checks.unit_06.intensity import intensity

EXERCISES = (
    bytes_moved,
    intensity,
    attainable,
)
