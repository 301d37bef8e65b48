"""Lifetimes and peaks, against a plan that is walked through step by step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dwsep_helpers.hardware.memory import lifetimes, needed, peak_memory


@st.composite
def plans(draw):
    steps, known = [], ["x"]
    for number in range(draw(st.integers(1, 8))):
        inputs = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
        steps.append((f"t{number}", inputs))
        known.append(f"t{number}")
    return {name: draw(st.integers(0, 99)) for name in known}, steps


def walked(sizes, steps):
    """Run a plan: make, then free what nobody needs any more."""
    made = {output for output, _ in steps}
    held = {name for _, inputs in steps for name in inputs} - made
    most = 0
    for number, (output, _) in enumerate(steps):
        held.add(output)
        most = max(most, sum(sizes[name] for name in held))
        later = {name for _, inputs in steps[number + 1 :] for name in inputs}
        read = {name for _, inputs in steps for name in inputs}
        held = {name for name in held if name in later or name not in read}
    return most


@given(plans())
def test_the_peak_is_that_of_a_plan_that_runs(plan):
    assert peak_memory(*plan) == walked(*plan) == max(needed(*plan))


def test_a_result_stays_and_an_input_goes():
    steps = [("a", ["x"]), ("b", ["a"]), ("c", ["b"])]
    assert lifetimes(steps) == {"x": (0, 0), "a": (0, 1), "b": (1, 2), "c": (2, 2)}
    assert lifetimes([("a", ["x"]), ("b", ["x"])])["a"] == (0, 1)


def test_what_is_no_plan_is_named():
    with pytest.raises(ValueError, match="steps is empty"):
        lifetimes([])
    with pytest.raises(ValueError, match="makes a tensor twice"):
        lifetimes([("a", ["x"]), ("a", ["x"])])
    with pytest.raises(ValueError, match="step 0 reads 'b', which step 1 makes"):
        lifetimes([("a", ["b"]), ("b", ["x"])])
