import contextlib
import io

import pytest
from right_answers import LOOPS, RIGHT

from dwsep_helpers import checks

ANSWERS = [(name, style) for name, styles in RIGHT.items() for style in styles]


def outputs_of(check, function, **how):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        result = check(function, **how)
    return result, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(("name", "style"), ANSWERS)
def test_right_answer_passes(name, style, strict):
    result, out, err = outputs_of(getattr(checks, name), RIGHT[name][style], strict=strict)
    assert result is None
    assert f", {name}: passed" in out
    assert err == ""


def test_enough_styles():
    assert all(len(styles) >= 8 for styles in RIGHT.values())
    assert len(RIGHT["conv2d"]) >= 12


@pytest.mark.parametrize("style", LOOPS)
def test_right_loops_are_not_vectorized(style):
    with pytest.raises(checks.CheckFailed) as caught:
        checks.conv2d_vectorized(LOOPS[style])
    assert caught.value.outcome == "not vectorized"
    assert caught.value.mistake is None
    assert "lines of Python ran" in caught.value.message
