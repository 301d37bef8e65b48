"""Arguments that are one number or a pair of them."""

import re

from dwsep_helpers.checks.calling import Raised
from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.checks.verdicts import Verdict
from dwsep_helpers.translation import say_n
from dwsep_helpers.wrapping import listed

# What Python says to a pair, and to one number in its place.
_PAIR_REFUSED = r"^(TypeError|ValueError): .*(tuple|sequence|slice indices must be integers)"
_NUMBER_REFUSED = r"^TypeError: .*('int' object is not (iterable|subscriptable)|non-iterable int)"


def of_pairs(exercise: Exercise, verdict: Verdict) -> list[str]:
    """Say which arguments are a pair here and a number elsewhere, or the other way round."""
    error = verdict.difference.text if isinstance(verdict.difference, Raised) else ""
    of_pair, of_number = (re.search(words, error) for words in (_PAIR_REFUSED, _NUMBER_REFUSED))
    if verdict.case is None or not (of_pair or of_number):
        return []
    here = exercise.named_arguments(verdict.case)
    cases = [exercise.named_arguments(case) for case in exercise.tries(strict=False)]
    mixed = [n for n in here if {type(case[n]) for case in cases} == {int, tuple}]
    names = [n for n in mixed if isinstance(here[n], tuple) == bool(of_pair)]
    if not names:
        return []
    which, n = listed([f"`{name}`" for name in names]), len(names)
    if of_pair:
        said = say_n(
            "Here {names} is a pair, rows and columns; it may be either.",
            "Here {names} are each a pair, rows and columns; it may be either.",
            n,
            names=which,
        )
    else:
        said = say_n(
            "Here {names} is one number; it may be either.",
            "Here {names} are each one number; it may be either.",
            n,
            names=which,
        )
    return [said]
