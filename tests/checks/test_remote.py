"""A check gives the same verdict where the function lives in another process.

That each right and each wrong answer gets the same: test_checks_right.py, test_checks_wrong.py.
"""

import json
import pickle
from decimal import Decimal
from fractions import Fraction
from functools import cache, partial

import numpy as np
import pytest
import torch
from answers import RIGHT
from both_ways import ALL

from dwsep_helpers import checks
from dwsep_helpers.checks import EXERCISES
from dwsep_helpers.checks.calling import Learner
from dwsep_helpers.checks.compare import WrongTypeError, same, to_array
from dwsep_helpers.checks.engine import examined, judge
from dwsep_helpers.checks.messages import message
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.plain import Unreadable, from_plain, to_plain
from dwsep_helpers.checks.remote import Remote, reply, respond

NAMES = [exercise.name for exercise in EXERCISES]


class Known(Learner):
    """A function of this package's, which may run like a learner's own."""

    def meet(self, cases, allows=()):
        return super().meet(cases, (*allows, *ALL))


def remote(function, kind=Learner):
    return Remote(lambda request: reply(request, kind(function)))


@pytest.mark.parametrize("number", [Fraction, Decimal])
def test_mistakes_are_named_whatever_kind_their_numbers_are(number):
    for mistake in checks.amdahl.mistakes:

        def amdahl(shares, speedups, function=mistake.function):
            answer = function(shares, speedups)
            return number(answer) if isinstance(answer, float) else answer

        for learner in (Known(amdahl), remote(amdahl, Known)):
            assert judge(checks.amdahl, learner).mistake == mistake.name


@pytest.mark.parametrize("name", NAMES)
def test_right_answers_pass_whatever_is_drawn(name):
    exercise = getattr(checks, name)
    for style, function in RIGHT[name].items():
        verdict = judge(exercise, Learner(function), strict=True, seed=1)
        assert verdict.outcome is Outcome.PASSED, (style, message(exercise, verdict))


@pytest.mark.parametrize("name", NAMES)
def test_no_two_draws_are_alike(name):
    """A table of right answers, however complete, would not pass."""
    seen = []
    for seed in (1, 2):
        cases = getattr(checks, name).tries(strict=True, seed=seed)
        seen.append({pickle.dumps((c.arguments, dict(c.options), c.view)) for c in cases})
    assert len(seen[0] - seen[1]) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_mistakes_of_the_bank_fail_whatever_is_drawn(name):
    exercise = getattr(checks, name)
    cases = exercise.tries(strict=True, seed=1)
    for mistake in exercise.mistakes:
        about, calls = Known(mistake.function).meet(cases, exercise.allows)
        assert any(examined(exercise, about, call) for call in calls), mistake.name


@pytest.mark.parametrize(
    "thing",
    [None, 3, int, "conv2d", checks.conv2d, lambda: None, lambda *, x: x, len, np.add],
    ids=lambda value: type(value).__name__,
)
def test_things_that_are_no_answer(thing):
    here, there = judge(checks.conv2d, Learner(thing)), judge(checks.conv2d, remote(thing))
    assert there == here


@pytest.mark.parametrize(
    "answer",
    [
        None,
        True,
        np.True_,
        7,
        2**80,
        np.int32(-3),
        0.1,
        float("nan"),
        float("-inf"),
        np.float32(0.1),
        Fraction(-7, 3),
        Decimal("0.375"),
        Decimal("-Infinity"),
        Decimal("NaN"),
        [Fraction(1, 3), Decimal("0.1"), 2, np.float32(0.5)],
        np.array([[1, np.int8(2)]], dtype=object),
        np.arange(6.0).reshape(2, 3)[:, ::2],
        np.zeros((0, 3), np.int8),
        np.array(4),
        np.arange(4, dtype=">i2"),
        [[1, 2], [3, 4.5]],
        (np.ones(2), [3, 4]),
        range(3),
        memoryview(b"ab"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_arrives_is_what_was_sent(answer):
    there = from_plain(json.loads(json.dumps(to_plain(answer))))
    if answer is None or isinstance(answer, bool | int | float | Fraction | Decimal | np.generic):
        assert type(there) is type(answer)
        assert there == answer or answer != answer
    else:
        mine, theirs = to_array(answer), to_array(there)
        assert mine.dtype == theirs.dtype
        assert np.array_equal(mine, theirs)


def test_tensors_arrive_as_arrays():
    for dtype in (torch.float32, torch.bfloat16, torch.int64):
        tensor = torch.arange(6).reshape(2, 3).to(dtype).requires_grad_(dtype.is_floating_point)
        assert same(from_plain(to_plain(tensor)), tensor)


class Fake:
    shape = (2, 2)

    def __eq__(self, other):
        return True

    def __array__(self, dtype=None, copy=None):
        return np.zeros((2, 2))

    def __reduce__(self):
        return print, ("unpickled",)


class Impostor:
    def __init__(self, *_):
        pass

    def __call__(self):
        return 1


class Liar(np.ndarray):
    def __array_ufunc__(self, *args, **how):
        return True

    def __eq__(self, other):
        return np.ones(self.shape, bool)


def test_objects_become_numbers_or_nothing(capsys):
    assert np.array_equal(from_plain(to_plain(Fake())), np.zeros((2, 2)))
    assert type(from_plain(to_plain(np.ones(3).view(Liar)))) is np.ndarray
    for thing in (Impostor(), "text", b"bytes", {1: 2}, object(), np.array([print]), 1j, Fake):
        there = from_plain(to_plain(thing))
        assert type(there).__name__ == type(thing).__name__
        with pytest.raises(WrongTypeError):
            to_array(there)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "sent",
    [
        "text",
        3,
        [],
        {},
        {"int": "1", "float": "0x1p0"},
        {"pickle": "gASVAAA="},
        {"int": "1e9"},
        {"float": "one"},
        {"fraction": ["1", "0"]},
        {"fraction": ["12"]},
        {"decimal": "0x1p+999999999"},
        {"decimal": 1},
        {"array": ["|O", [1], "AAAAAAAAAAA="]},
        {"array": ["<f8", [2], "AAAAAAAAAAA="]},
        {"array": ["<f8", [-1], "AAAAAAAAAAA="]},
        {"array": ["<f8", [True], "AAAAAAAAAAA="]},
        {"array": ["<f8", [1], "not base64!"]},
        {"array": {}},
        {"scalar": ["<f8", [1]]},
    ],
    ids=str,
)
def test_what_is_no_answer_is_not_read(sent):
    with pytest.raises(Unreadable):
        from_plain(sent)


@pytest.mark.parametrize("name", ["conv_output_size", "reduction_ratio", "intensity", "equalize"])
@pytest.mark.parametrize(
    "answer",
    [
        10**5_000,
        Fraction(10**5_000, 3),
        Fraction(1, 10**5_000),
        [10**5_000],
        [Fraction(10**5_000, 3)] * 3,
        Decimal("1e999999999"),
        Decimal("-1e-999999999"),
        Decimal("1." + "3" * 100_000),
        Decimal("sNaN"),
        np.array([Decimal("sNaN"), Decimal("1e999999999"), 1], dtype=object),
    ],
    ids=lambda answer: (
        f"{type(answer).__name__} {str(answer)[:9] if type(answer) is Decimal else ''}"
    ),
)
def test_numbers_of_any_size_are_wrong_and_no_more(name, answer):
    exercise = getattr(checks, name)
    for learner in (Learner(lambda *_, **__: answer), remote(lambda *_, **__: answer)):
        verdict = judge(exercise, learner)
        assert verdict.outcome in (Outcome.WRONG_TYPE, Outcome.WRONG_SHAPE, Outcome.WRONG_VALUES)
        assert len(message(exercise, verdict)) < 2_000


def test_deep_lists_are_not_followed():
    deep = []
    for _ in range(10_000):
        deep = [deep]
    assert len(json.dumps(to_plain(deep))) < 1_000
    sent = {"list": []}
    for _ in range(50):
        sent = {"list": [sent]}
    with pytest.raises(Unreadable):
        from_plain(sent)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "null",
        "{}",
        "[]",
        "[1, 2, 3]",
        "[" * 100_000,
        '{"about": 1, "calls": []}',
        '{"about": {"signature": null, "thing": 1, "more": 2}, "calls": []}',
        '{"about": {"signature": ["(x)", [["x y", 1, false]]], "thing": "f"}, "calls": []}',
        '{"about": {"signature": null, "thing": "a function"}, "calls": 3}',
        '{"about": {"signature": null, "thing": "a function"}, "calls": []}',
    ],
    ids=lambda reply: reply[:50],
)
def test_replies_that_make_no_sense(reply):
    with pytest.raises(Unreadable):
        judge(checks.conv2d, Remote(lambda request: reply))


def test_calls_that_make_no_sense():
    function = next(iter(RIGHT["conv2d"].values()))

    def lies(change):
        def ask(request):
            said = json.loads(respond(request, function))
            return json.dumps({**said, "calls": change(said["calls"])})

        return Remote(ask)

    assert judge(checks.conv2d, lies(lambda calls: calls)).outcome is Outcome.PASSED
    for change in (
        lambda calls: calls[:-1],
        lambda calls: [],
        lambda calls: [None] * len(calls),
        lambda calls: [{**one, "error": {"text": 1, "code": 2}} for one in calls],
        lambda calls: [{**one, "answer": {"array": []}} for one in calls],
    ):
        with pytest.raises(Unreadable):
            judge(checks.conv2d, lies(change))


HUGE = {"int": "9" * 4_000}
HOSTILE = {
    "huge": HUGE,
    "huge and negative": {"int": "-" + HUGE["int"]},
    "huge fraction": {"fraction": [HUGE["int"], "7"]},
    "huge in a list": {"list": [HUGE]},
    "huge, two lists deep": {"list": [{"list": [HUGE]}] * 3},
    "nan": {"float": "nan"},
    "inf": {"float": "inf"},
    "decimal nan": {"decimal": "nan"},
    "decimal inf in a list": {"list": [{"decimal": "inf"}] * 3},
    "huge decimal": {"decimal": "0x1p+999999999"},
    "nothing in a list": {"list": [None] * 5},
    "ragged": {"list": [{"list": []}, {"int": "1"}, {"other": "x"}]},
    "long": {"list": [True] * 100_000},
    "array of nan": to_plain(np.full((2, 3), np.nan)),
    "array of inf": to_plain(np.full(3, np.inf)),
    "longdouble": to_plain(np.full(3, 2, np.longdouble)),
    "garbage": {"array": ["<f16", [1], "/" * 22 + "=="]},
    "empty": to_plain(np.zeros(0)),
    "empty and vast": {"array": ["<f8", [0, 10**30], ""]},
    "many axes": to_plain(np.zeros((1,) * 32)),
    "too many axes": {"array": ["<f8", [1] * 70, "AAAAAAAAAAA="]},
    "largest": to_plain(np.array([2**64 - 1], np.uint64)),
    "no name": {"other": "a b\0"},
}


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_breaks_a_check(name):
    exercise, function = getattr(checks, name), next(iter(RIGHT[name].values()))
    respond_once = cache(partial(respond, function=function))
    for what, answer in HOSTILE.items():

        def ask(request, answer=answer):
            said = json.loads(respond_once(request))
            if isinstance(said, dict):
                said["calls"] = [{**one, "answer": answer, "error": None} for one in said["calls"]]
            return json.dumps(said)

        try:
            verdict = judge(exercise, Remote(ask))
        except Unreadable:
            continue
        assert verdict.outcome is not Outcome.PASSED, what
        assert len(message(exercise, verdict)) < 20_000, what


def test_expected_values_are_not_sent():
    requests = []

    def ask(request):
        requests.append(request)
        return respond(request, function)

    function = next(iter(RIGHT["break_even_terms"].values()))
    judge(checks.break_even_terms, Remote(ask))
    assert not any("break_even_terms" in request for request in requests)
