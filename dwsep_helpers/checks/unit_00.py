"""The practice exercise of unit 00."""

from __future__ import annotations

from dwsep_helpers.checks.exercise import Case, Exercise, Mistake


def _multiply_accumulate(total, a, b):
    return total + a * b


def _cases(strict: bool) -> list[Case]:
    rows = [(10, 2, 3), (0, 7, 5), (4, -1, 6), (-9, 3, 0), (1, 1, 1)]
    if strict:
        rows = [(3, 8, -2), (100, 12, 11), (-5, 0, 4)]
    return [Case("a running sum and a product", row) for row in rows]


multiply_accumulate = Exercise(
    number="0.1",
    name="multiply_accumulate",
    reference=_multiply_accumulate,
    cases=_cases,
    mistakes=(
        Mistake(
            "sum-of-all",
            "It adds all three numbers; a and b are to be multiplied first.",
            lambda total, a, b: total + a + b,
            hint=1,
        ),
        Mistake(
            "total-forgotten",
            "It returns the product alone; the running sum has to be in it.",
            lambda total, a, b: a * b,
            hint=1,
        ),
        Mistake(
            "sum-times-b",
            "It adds before it multiplies: brackets, or Python's order of operations, decide.",
            lambda total, a, b: (total + a) * b,
            hint=3,
        ),
        Mistake(
            "product-of-all",
            "It multiplies all three numbers; the product of a and b is to be added.",
            lambda total, a, b: total * a * b,
            hint=1,
        ),
    ),
)
EXERCISES = (multiply_accumulate,)
