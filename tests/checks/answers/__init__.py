"""Right and wrong answers to the exercises, as learners write them, apart from the banks."""

from answers import (
    another_way,
    unit_01,
    unit_02,
    unit_03,
    unit_04,
    unit_05,
    unit_06,
    unit_07,
    unit_08,
)

# Each exercise's "another way", as a learner is shown it, is one of its styles.
# For each exercise: its right answers by style; its wrong ones, as rows of the function, the
# outcome, and the mistake's name or None.
_UNITS = (unit_01, unit_02, unit_03, unit_04, unit_05, unit_06, unit_07, unit_08)
RIGHT = {
    name: {**styles, "another_way": another_way.FUNCTIONS[name]}
    for unit in _UNITS
    for name, styles in unit.RIGHT.items()
}
WRONG = {name: rows for unit in _UNITS for name, rows in unit.WRONG.items()}
