"""How a check can end."""

from enum import StrEnum


class Outcome(StrEnum):
    """How a check ended."""

    NOT_ATTEMPTED = "not attempted"
    CRASHED = "crashed"
    WRONG_TYPE = "wrong type"
    WRONG_SHAPE = "wrong shape"
    WRONG_VALUES = "wrong values"
    CHANGED_INPUT = "changed its input"
    REMEMBERS = "depends on earlier calls"
    SHORTCUT = "used a forbidden shortcut"
    ELSEWHERE = "used a function of another notebook"
    NOT_VECTORIZED = "not vectorized"
    WASTEFUL = "wasteful"
    PASSED = "passed"
