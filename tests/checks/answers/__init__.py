"""Right and wrong answers to the exercises, as learners write them, apart from the banks."""

from answers import unit_01, unit_02, unit_03, unit_04, unit_05

# For each exercise: its right answers by style; its wrong ones, as rows of the function, the
# outcome, and the mistake's name or None.
RIGHT = unit_01.RIGHT | unit_02.RIGHT | unit_03.RIGHT | unit_04.RIGHT | unit_05.RIGHT
WRONG = unit_01.WRONG | unit_02.WRONG | unit_03.WRONG | unit_04.WRONG | unit_05.WRONG
