"""Nothing that can be imported from the package is an answer."""

from collections import Counter

import pytest
from imported import all_ways, first_finding, things_for

from dwsep_helpers import checks
from dwsep_helpers.checks.calling import Learner
from dwsep_helpers.checks.engine import judge
from dwsep_helpers.checks.outcomes import Outcome


@pytest.mark.parametrize("exercise", checks.EXERCISES, ids=lambda exercise: exercise.name)
def test_no_callable_of_the_package_earns_a_point(exercise, record_property):
    cases, found, passed = exercise.tries(strict=False), Counter(), []
    bank = {id(mistake.function) for mistake in exercise.mistakes}
    for module, text, thing in things_for(exercise):
        for way, answer in all_ways(exercise, module, text, thing):
            if way == "alias" and id(thing) in bank:
                continue  # the bank's own functions are judged as they are: each is wrong
            finding = first_finding(exercise, cases, answer)
            found[str(finding and finding[0])] += 1
            if finding is None and judge(exercise, Learner(answer)).outcome is Outcome.PASSED:
                passed.append((way, text))
    assert passed == []
    assert found[Outcome.SHORTCUT] > 200
    record_property("pairs tried", found.total())
    print(f"{exercise.number} {exercise.name}: {found.total():,} pairs, {dict(found)}")
