"""Exercise 0.1: one multiply-accumulate."""

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.compare import to_array
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, whole

# fmt: off
MISTAKES = bank(kernels.multiply_accumulate, [
    ("sum-of-all", lambda total, a, b: total + a + b,
     "You add all three numbers; a and b should be multiplied first.", 1),
    ("total-forgotten", lambda total, a, b: a * b,
     "You return the product alone; the running sum should be in it.", 1),
    ("total-unchanged", lambda total, a, b: total,
     "You return the running sum as it was; the product should be added to it.", 3),
    ("product-subtracted", lambda total, a, b: total - a * b,
     "You subtract the product; it should be added.", 3),
    ("sum-times-b", lambda total, a, b: (total + a) * b,
     "You add before you multiply; the product should come first.", 3),
    ("product-of-all", lambda total, a, b: total * a * b,
     "You multiply all three numbers; the product of a and b should be added.", 1),
    ("cut-to-a-whole-number", lambda total, a, b: int(total + a * b),
     "You cut the sum to a whole number; a fraction in it should stay."),
    ("rounded-to-a-whole-number", lambda total, a, b: round(total + a * b),
     "You round the sum to a whole number; a fraction in it should stay."),
    ("rounded-to-two-digits", lambda total, a, b: round(total + a * b, 2),
     "You round the sum to two digits; it should keep all digits after the decimal point."),
])
# fmt: on


def _case(rng: Rng, *numbers: float) -> Case:
    # Seen as an array: a sum may be an int or a float, and 16 and 16.0 are the same one.
    return Case("a running sum and a product", numbers, view=to_array)


multiply_accumulate = Check(
    number="0.1",
    name="multiply_accumulate",
    reference=kernels.multiply_accumulate,
    cases=listed(
        (10, 2, 3),
        (0, 7, 5),
        (4, -1, 6),
        (-9, 3, 0),
        (1, 1, 1),
        (1, 0.25, 3),
        (1, 0.25, 0.25),
        of=_case,
    ),
    strict=listed(
        (3, 8, -2),
        (100, 12, 11),
        (-5, 0, 4),
        (2.5, -3, 0.25),
        (2.5, 0.125, 0.25),
        lambda rng: _case(rng, whole(rng, 2, 99), whole(rng, 2, 99), whole(rng, 2, 99)),
        of=_case,
    ),
    mistakes=MISTAKES,
)
