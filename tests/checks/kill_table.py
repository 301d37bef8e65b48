"""Print which wrong answers the checks reject: python tests/checks/kill_table.py."""

from collections.abc import Iterator

import numpy as np
from answers import RIGHT, WRONG

from dwsep_helpers import checks
from dwsep_helpers.checks.calling import Learner
from dwsep_helpers.checks.compare import compare
from dwsep_helpers.checks.diagnose import attempt
from dwsep_helpers.checks.engine import judge
from dwsep_helpers.checks.exercise import Case, Exercise, Mistake
from dwsep_helpers.checks.outcomes import Outcome

# What a quick test tends to look like; measured to show why the checks don't.
WEAK = (
    Case(
        "weak: 5×5, a kernel of ones", (np.arange(25.0).reshape(1, 1, 5, 5), np.ones((1, 1, 3, 3)))
    ),
    Case(
        "weak: all square, no options", tuple(np.random.default_rng(0).normal(size=(2, 2, 3, 3, 3)))
    ),
)


def kills(case: Case, exercise: Exercise, mistake: Mistake) -> bool:
    """Whether a case by itself tells a mistake from the right answer."""
    answer, raised = attempt(mistake.function, case)
    try:
        return bool(raised) or compare(answer, case.answer(exercise.reference)) is not None
    except TypeError:
        return True


def table(header: list[str], rows: Iterator[list[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def by_exercise(*exercises: Exercise) -> Iterator[list[object]]:
    for exercise in exercises:
        row: list[object] = [f"{exercise.number} `{exercise.name}`", len(exercise.mistakes)]
        for strict in (False, True):
            verdicts = [
                judge(exercise, Learner(m.function), strict=strict) for m in exercise.mistakes
            ]
            row.append(sum(v.outcome is not Outcome.PASSED for v in verdicts))
            row.append(
                sum(v.mistake == m.name for v, m in zip(verdicts, exercise.mistakes, strict=True))
            )
        wrong = [judge(exercise, Learner(function)) for function, *_ in WRONG[exercise.name]]
        right = [judge(exercise, Learner(function)) for function in RIGHT[exercise.name].values()]
        row.append(f"{sum(v.outcome is not Outcome.PASSED for v in wrong)} of {len(wrong)}")
        row.append(f"{sum(v.outcome is Outcome.PASSED for v in right)} of {len(right)}")
        yield row


def by_case(exercise: Exercise) -> Iterator[list[object]]:
    for case in [*exercise.tries(strict=False)[:-3], *(WEAK if exercise is checks.conv2d else ())]:
        alone = sum(kills(case, exercise, mistake) for mistake in exercise.mistakes)
        yield [case.says, alone, len(exercise.mistakes) - alone]


def by_mistake(exercise: Exercise) -> Iterator[list[object]]:
    cases = exercise.tries(strict=False)[:-3]
    for mistake in exercise.mistakes:
        killers = [case.says for case in cases if kills(case, exercise, mistake)]
        yield [f"`{mistake.name}`", f"{len(killers)} of {len(cases)}", killers[0]]


def render() -> str:
    """Return the kill table as Markdown."""
    parts = [
        "### Wrong and right answers, by exercise",
        table(
            ["exercise", "bank", "rejected", "named", "rejected, strict", "named, strict",
             "other wrong ones rejected", "right ones passed"],
            by_exercise(*checks.EXERCISES),
        ),
    ]  # fmt: skip
    for exercise in checks.EXERCISES:
        if exercise.name.endswith("_vectorized"):  # the bank and the cases of the one before
            continue
        parts += [
            f"### `{exercise.name}`: what one case would kill alone",
            table(["case", "kills", "lets pass"], by_case(exercise)),
        ]
    for exercise in (checks.conv2d, checks.depthwise_conv2d):
        parts += [
            f"### `{exercise.name}`: where each mistake is found",
            table(["mistake", "killed by", "first by"], by_mistake(exercise)),
        ]
    return "\n\n".join(parts)


if __name__ == "__main__":
    print(render())
