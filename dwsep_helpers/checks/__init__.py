"""Checks that teach: is my answer right, and if not, why.

Each check has the name of the exercise's function and takes the learner's function::

    checks.conv2d(conv2d)

It prints what passed, or raises :class:`CheckFailed` with one message. Each exercise is a module
in its unit's folder. `exercise` says what one is made of, `engine` how it is judged, `messages`
how a verdict is worded.
"""

from dwsep_helpers import notebook
from dwsep_helpers.checks import (
    earlier,
    unit_00,
    unit_01,
    unit_02,
    unit_03,
    unit_04,
    unit_05,
    unit_06,
    unit_07,
    unit_08,
)
from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.checks.multiplications import count_multiplications, counted
from dwsep_helpers.checks.verdicts import CheckFailed

# Of all graded units, in order.
EXERCISES = (
    *unit_01.EXERCISES,
    *unit_02.EXERCISES,
    *unit_03.EXERCISES,
    *unit_04.EXERCISES,
    *unit_05.EXERCISES,
    *unit_06.EXERCISES,
    *unit_07.EXERCISES,
    *unit_08.EXERCISES,
)


def of_unit(number: str) -> list[Exercise]:
    """Return a unit's exercises, in order, by its two digits: those of unit 00 too."""
    known = (*unit_00.EXERCISES, *EXERCISES)
    return [one for one in known if one.number.partition(".")[0].zfill(2) == number]


# Each check under its exercise's name: checks.conv2d is that of exercise 1.5.
globals().update({exercise.name: exercise for exercise in (*unit_00.EXERCISES, *EXERCISES)})

__all__ = ["EXERCISES", "CheckFailed", "count_multiplications", "counted"]
__all__ += [exercise.name for exercise in (*unit_00.EXERCISES, *EXERCISES)]

# A check looks at the earlier functions that a function calls.
earlier.known[:] = EXERCISES
# A check cell that runs first, in a new kernel, says what to run before it.
notebook.listen({exercise.name: exercise.number for exercise in (*unit_00.EXERCISES, *EXERCISES)})
