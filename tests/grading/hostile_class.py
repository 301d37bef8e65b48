"""What tests of hostile and damaged submissions share."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from test_example_class import WORTH

from demo import hostile
from demo.hostile import NAMES, UNIT

NUMBERS = dict(zip(NAMES, WORTH[UNIT], strict=True))


def earned(learner: str) -> dict[str, float]:
    """Return the points that one of the hostile or damaged submissions deserves."""
    right = [NUMBERS[name] for name in hostile.CLASS[learner].right]
    return dict.fromkeys(WORTH[UNIT], 0) | {number: WORTH[UNIT][number] for number in right}


def grade_with(learners: Iterable[str], course: Path) -> str:
    """Have these hand in, grade who isn't graded yet, and return what was said."""
    for learner in learners:
        hostile.hand_in(course, learner)
    done = run_dwsep("autograde", UNIT, "--directory", str(course), timeout=900)
    assert done.returncode == 0, done.stdout
    return done.stdout


def run_dwsep(*arguments: str, **how) -> subprocess.CompletedProcess:
    """Run ``dwsep``, whatever its exit status."""
    return subprocess.run(
        [sys.executable, "-m", "dwsep_helpers.grading.cli", *arguments],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        **how,
    )
