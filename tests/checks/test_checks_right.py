import contextlib
import io

import numpy as np
import pytest
from answers import RIGHT, WRONG
from answers.unit_01 import right as unit_01
from answers.unit_02 import right as unit_02
from answers.unit_03 import right as unit_03
from both_ways import judged

from dwsep_helpers import checks
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.cost import depthwise_cost

ANSWERS = [(name, style) for name, styles in RIGHT.items() for style in styles]

LOOPS = {
    (name, style): function
    for name, loops in (
        ("conv2d_vectorized", unit_01.LOOPS),
        ("depthwise_conv2d_vectorized", unit_02.LOOPS),
        ("pointwise_conv2d", unit_03.POINTWISE_LOOPS),
    )
    for style, function in loops.items()
}


def outputs_of(check, function, **how):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        result = check(function, **how)
    return result, out.getvalue(), err.getvalue()


@pytest.mark.parametrize(("name", "style"), ANSWERS)
def test_right_answer_passes(name, style):
    assert judged(getattr(checks, name), RIGHT[name][style]).outcome is Outcome.PASSED


@pytest.mark.parametrize(("name", "style"), ANSWERS)
def test_right_answer_passes_the_strict_check(name, style):
    result, out, err = outputs_of(getattr(checks, name), RIGHT[name][style], strict=True)
    assert result is None
    assert f", {name}: passed" in out
    assert err == ""


@pytest.mark.parametrize("exercise", checks.EXERCISES, ids=lambda exercise: exercise.name)
def test_enough_styles(exercise):
    folder = f"tests/checks/answers/unit_0{exercise.number[0]}"
    right, wrong = (len(answers.get(exercise.name, ())) for answers in (RIGHT, WRONG))
    assert right >= (12 if exercise is checks.conv2d else 8), f"RIGHT of {folder} has {right}"
    assert wrong >= 3, f"WRONG of {folder} has {wrong}"


def test_all_answers_are_to_exercises():
    assert set(RIGHT) == set(WRONG) == {exercise.name for exercise in checks.EXERCISES}


@pytest.mark.parametrize(("name", "style"), LOOPS)
def test_right_loops_are_not_vectorized(name, style):
    with pytest.raises(checks.CheckFailed) as caught:
        getattr(checks, name)(LOOPS[name, style])
    assert caught.value.outcome == "not vectorized"
    assert caught.value.mistake is None
    assert "lines of Python ran" in caught.value.message


def test_message_says_what_the_lines_grow_with():
    grows = {}
    for style in ("loop_over_cells", "loop_over_channels"):
        with pytest.raises(checks.CheckFailed) as caught:
            checks.depthwise_conv2d_vectorized(unit_02.LOOPS[style])
        grows[style] = caught.value.message
    assert "a Python loop walks over the image" in grows["loop_over_cells"]
    assert "a Python loop walks over the channels" in grows["loop_over_channels"]


@pytest.mark.parametrize("style", ["all_loops", "repeat_channels", "broadcast_in_groups"])
def test_counted_multiplications_are_the_cost(style):
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(2, 3, 6, 7)), rng.normal(size=(6, 1, 3, 2))
    counted = checks.count_multiplications(
        unit_02.VECTORIZED.get(style) or unit_02.LOOPS[style], x, weight, stride=(2, 1)
    )
    cost = depthwise_cost(3, (3, 2), (6, 7), stride=(2, 1), depth_multiplier=2, batch=2)
    assert counted == cost.macs
