"""The course's function in place of a learner's: given for one call, and nothing to earn with."""

import numpy as np
import pytest

from dwsep_helpers import checks, kernels
from dwsep_helpers.checks import guard
from dwsep_helpers.checks.calling import Learner
from dwsep_helpers.checks.engine import judge
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.put_in import gives_same, put_in
from dwsep_helpers.checks.remote import Remote, respond

FLIPPED = "def correlate2d(image, kernel):\n    return np.zeros((1, 1))\n"
CHANNELS = """
def correlate_channels(image, kernel):
    return sum(correlate2d(channel, plane) for channel, plane in zip(image, kernel))
"""


def made(*sources):
    """Return the names that cells of a notebook bind."""
    known = {"np": np}
    for source in sources:
        exec(source, known)
    return known


def judged(known, name, given=("correlate2d",), function=None):
    """Judge a function with the course's for some; return the verdict and those called."""
    learner = Remote(
        lambda request: respond(request, known[function or name]), {one: one for one in given}
    )
    return judge(getattr(checks, name), learner).outcome, learner.called


def test_a_right_function_passes_in_spite_of_an_earlier_mistake():
    known = made(FLIPPED, CHANNELS)
    assert judged(known, "correlate_channels", given=())[0] == Outcome.WRONG_SHAPE
    mine = known["correlate2d"]
    assert judged(known, "correlate_channels") == (Outcome.PASSED, {"correlate2d"})
    assert known["correlate2d"] is mine


def test_one_that_was_never_written_is_put_in_and_gone_again():
    known = made(CHANNELS)
    assert judged(known, "correlate_channels")[0] == Outcome.PASSED
    assert "correlate2d" not in known


def test_a_wrong_function_stays_wrong():
    known = made(FLIPPED, CHANNELS.replace("sum(", "np.max(list(").replace("kernel))", "kernel)))"))
    assert judged(known, "correlate_channels")[0] != Outcome.PASSED


def test_what_does_not_call_it_is_told_apart():
    known = made(FLIPPED, "def conv_output_size(n, k, stride=1, padding=0):\n"
                 "    return (n + 2 * padding - k) // stride + 1")  # fmt: skip
    assert judged(known, "conv_output_size", function="conv_output_size")[1] == set()


# Kept for later, called by another exercise, or handed something that calls back: all are refused.
KEPT = FLIPPED + CHANNELS.replace("):\n", "):\n    kept.append(correlate2d)\n", 1)


def test_what_was_kept_is_no_answer_to_another_exercise():
    known = made("kept = []", KEPT, "def convolve2d(image, kernel):\n"
                 "    return kept[0](image, kernel[::-1, ::-1])")  # fmt: skip
    assert judged(known, "correlate_channels")[0] == Outcome.PASSED
    assert judged(known, "convolve2d", given=())[0] == Outcome.SHORTCUT
    assert judged(known, "convolve2d", given=("conv_output_size",))[0] == Outcome.SHORTCUT


def test_what_a_welcome_function_calls_back_is_seen(monkeypatch):
    def patched(*arguments, **options):
        return kernels.convolve2d(np.ones((3, 3)), np.ones((2, 2)))

    image, weight = np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2))
    monkeypatch.setattr(np, "result_type", patched)  # which the package's own code calls
    welcome = ["dwsep_helpers.conv2d", "dwsep_helpers.kernels.conv2d"]
    with guard.watch(only=welcome) as shortcuts, pytest.raises(guard.Refused):
        kernels.conv2d(image, weight)
    assert shortcuts == ["dwsep_helpers.kernels.convolve2d"]


def test_the_course_itself_has_to_be_asked():
    known = made(FLIPPED, "def convolve2d(image, kernel):\n"
                 "    with put_in(convolve2d, {'correlate2d': checks.correlate2d}):\n"
                 "        return correlate2d(image, kernel[::-1, ::-1])")  # fmt: skip
    known |= {"put_in": put_in, "checks": checks}
    assert judge(checks.convolve2d, Learner(known["convolve2d"])).outcome == Outcome.SHORTCUT


# Each exercise with those before it in its unit.
PAIRS = [
    pytest.param(earlier, exercise, id=f"{earlier.name}-{exercise.name}")
    for place, exercise in enumerate(checks.EXERCISES)
    for earlier in checks.EXERCISES[:place]
    if earlier.number.split(".")[0] == exercise.number.split(".")[0]
]
TWINS = {("conv2d", "conv2d_vectorized"), ("depthwise_conv2d", "depthwise_conv2d_vectorized")}


@pytest.mark.parametrize(("earlier", "exercise"), PAIRS)
def test_to_hand_on_what_came_in_earns_nothing(earlier, exercise):
    assert gives_same(earlier, exercise) == ((earlier.name, exercise.name) in TWINS)
    if gives_same(earlier, exercise):
        return
    for given in ("*a, **k", f"*a[:{len(earlier.signature.parameters)}]", "*a[::-1]"):
        known = made(f"def {exercise.name}(*a, **k):\n    return {earlier.name}({given})")
        outcome, _ = judged(known, exercise.name, given=(earlier.name,))
        assert outcome != Outcome.PASSED
