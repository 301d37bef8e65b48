"""The exercises of unit 04: costs, derived and held against the papers."""

from dwsep_helpers.checks.unit_04.agrees import agrees
from dwsep_helpers.checks.unit_04.filters_needed import filters_needed
from dwsep_helpers.checks.unit_04.grouped_macs import grouped_macs
from dwsep_helpers.checks.unit_04.mobilenet_macs import mobilenet_macs
from dwsep_helpers.checks.unit_04.mobilenet_params import mobilenet_params
from dwsep_helpers.checks.unit_04.reduction_ratio import reduction_ratio
from dwsep_helpers.checks.unit_04.separable_macs import separable_macs
from dwsep_helpers.checks.unit_04.separable_params import separable_params

EXERCISES = (
    grouped_macs,
    separable_macs,
    reduction_ratio,
    filters_needed,
    separable_params,
    mobilenet_macs,
    agrees,
    mobilenet_params,
)
