"""The practice exercise of unit 00."""

from dwsep_helpers.checks.unit_00.multiply_accumulate import multiply_accumulate

EXERCISES = (multiply_accumulate,)
