"""Functions whose answers depend on earlier calls, whatever they keep and wherever."""

import copy

import numpy as np
import pytest
from answers import RIGHT
from answers.unit_01.right import einsum_over_windows

from dwsep_helpers import checks
from dwsep_helpers.checks import EXERCISES
from dwsep_helpers.checks.calling import Learner
from dwsep_helpers.checks.engine import judge
from dwsep_helpers.checks.exercise import _is_filled, flat
from dwsep_helpers.checks.messages import message
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.remote import Remote, respond


def right(x, weight, bias=None, stride=1, padding=0):
    return np.asarray(einsum_over_windows(x, weight, bias, stride, padding))


def memoised_by_shape():
    known = {}

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        key = (x.shape, weight.shape, x.dtype, weight.dtype, bias is None, stride, padding)
        if key not in known:
            known[key] = right(x, weight, bias, stride, padding)
        return known[key]

    return conv2d


def memoised_by_id():
    known = {}

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        key = (id(x), id(weight))
        if key not in known:  # the arrays are kept, or their ids would be given to others
            known[key] = x, weight, right(x, weight, bias, stride, padding)
        return known[key][-1]

    return conv2d


def state_that_grows():
    calls = []

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        calls.append(x.shape)
        return right(x, weight, bias, stride, padding) + len(calls) // 10

    return conv2d


def mutable_default():
    def conv2d(x, weight, bias=None, stride=1, padding=0, *, sums=np.zeros(1)):  # noqa: B008
        y = right(x, weight, bias, stride, padding) + sums[0]
        sums += 1
        return y

    return conv2d


def random_result():
    rng = np.random.default_rng(0)

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        return right(x, weight, bias, stride, padding) + rng.random()

    return conv2d


def one_buffer():
    buffers = {}

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        y = right(x, weight, bias, stride, padding)
        buffer = buffers.setdefault((y.shape, y.dtype), np.empty_like(y))
        buffer[...] = y
        return buffer

    return conv2d


def fails_the_second_time():
    seen = set()

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        if x.tobytes() in seen:
            raise RuntimeError("once is enough")
        seen.add(x.tobytes())
        return right(x, weight, bias, stride, padding)

    return conv2d


FORGETFUL = {
    "memoised by shape": (memoised_by_shape, "the answer is the earlier one"),
    "memoised by id": (memoised_by_id, "the answer is the earlier one"),
    "state that grows": (state_that_grows, "Called twice with the same input"),
    "a mutable default": (mutable_default, "Called twice with the same input"),
    "a random result": (random_result, "Called twice with the same input"),
    "one buffer for all": (one_buffer, "wrote into the array that the call before had returned"),
    "raises the second time": (fails_the_second_time, "once an error, RuntimeError: once is"),
}


@pytest.mark.parametrize("where", ["here", "in another process"])
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("kind", FORGETFUL)
def test_an_answer_that_depends_on_earlier_calls_fails(kind, strict, where):
    make, says = FORGETFUL[kind]
    function = make()
    here = where == "here"
    learner = Learner(function) if here else Remote(lambda request: respond(request, function))
    verdict = judge(checks.conv2d, learner, strict=strict)
    assert verdict.outcome is Outcome.REMEMBERS
    said = message(checks.conv2d, verdict)
    assert "conv2d: the answer depends on earlier calls." in said
    assert says in said
    assert "Tried " in said


def whole_answers_kept():
    known = {}

    def conv2d(x, weight, bias=None, stride=1, padding=0):
        arrays = (None if a is None else (a.tobytes(), a.shape, a.dtype) for a in (x, weight, bias))
        key = *arrays, stride, padding
        if key not in known:
            known[key] = right(x, weight, bias, stride, padding)
        return known[key]

    return conv2d


def test_a_memory_that_changes_no_answer_passes():
    checks.conv2d(whole_answers_kept())
    checks.conv2d(whole_answers_kept(), strict=True)


def test_a_result_that_is_a_view_of_its_input_passes():
    kept = []

    def depthwise_to_dense(weight, channels):
        if channels != 1:
            return next(iter(RIGHT["depthwise_to_dense"].values()))(weight, channels)
        kept.append(weight[...])
        return kept[-1]

    checks.depthwise_to_dense(depthwise_to_dense)
    checks.depthwise_to_dense(depthwise_to_dense, strict=True)
    assert kept


def test_what_is_wrong_every_time_is_not_called_a_memory():
    for wrong in (
        lambda x, weight, bias=None, stride=1, padding=0: 0,
        lambda x, weight, bias=None, stride=1, padding=0: (row for row in x),
        lambda x, weight, bias=None, stride=1, padding=0: right(x, weight, bias, stride) * np.nan,
        lambda x, weight, bias=None, stride=1, padding=0: object(),
    ):
        verdict = judge(checks.conv2d, Learner(wrong))
        assert verdict.outcome not in (Outcome.REMEMBERS, Outcome.PASSED)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_every_exercise_meets_other_numbers_of_the_same_form_and_one_input_twice(exercise, strict):
    cases = exercise.tries(strict=strict)
    assert cases[-1] is cases[0]
    assert cases[-3] in cases[:-3]
    pairs = [
        (one, other)
        for number, one in enumerate(cases)
        for other in cases[:number]
        if one.form() == other.form() and not np.array_equal(*map(_numbers, (one, other)))
    ]
    assert pairs


def _numbers(case):
    return np.array(str([flat(value) for value in (*case.arguments, *case.options.values())]))


HOLDING_NUMBERS = [
    exercise
    for exercise in EXERCISES
    if not exercise.name.startswith(("separable_block", "inverted_residual"))  # made of settings
    and any(map(_is_filled, exercise.tries(strict=False)[-1].arguments))
]


def form_of(value):
    """Return what a careless cache would tell arguments apart by."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype
    if isinstance(value, dict):
        return {n: form_of(v) if isinstance(v, tuple) else type(v) for n, v in value.items()}
    if isinstance(value, tuple) and any(isinstance(one, np.ndarray) for one in value):
        return tuple(map(form_of, value))
    if isinstance(value, list | tuple) and len(value) > 2:
        return type(value), len(value)
    return repr(value)  # a torch module's says how it is made


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("exercise", HOLDING_NUMBERS, ids=lambda exercise: exercise.name)
def test_a_right_answer_kept_by_the_form_of_its_arguments_fails(exercise, strict):
    function = next(iter(RIGHT[exercise.name].values()))
    known = {}

    def remembering(*arguments, **options):
        key = repr([*map(form_of, arguments), *options, *map(form_of, options.values())])
        if key not in known:
            known[key] = function(*arguments, **options)
        return copy.deepcopy(known[key])

    verdict = judge(exercise, Learner(remembering), strict=strict)
    assert verdict.outcome in (Outcome.REMEMBERS, Outcome.WRONG_VALUES, Outcome.WRONG_SHAPE)
