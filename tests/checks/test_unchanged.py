"""Functions that change what they are given, in every exercise whose arguments can be changed."""

import copy

import nbformat
import numpy as np
import pytest
import torch
from answers import RIGHT

from dwsep_helpers import checks, course
from dwsep_helpers.checks.calling import Learner
from dwsep_helpers.checks.engine import judge
from dwsep_helpers.checks.messages import message, said
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.unchanged import differs, kind_of
from dwsep_helpers.checks.verdicts import ChangedInput


def add_one(array):
    array += 1


def in_place(value):
    """Return the ways to change a value for whoever has it, by what learners write."""
    if isinstance(value, np.ndarray):
        return {"+= 1": add_one}
    if isinstance(value, torch.nn.Module):
        return {"weights": _drop_weights}
    if isinstance(value, list):
        return {"clear": list.clear, "reverse": list.reverse, "append": lambda v: v.append(v[0])}
    if isinstance(value, dict):
        return {"clear": dict.clear, "update": lambda v: v.update(dict.fromkeys(v, -1))}
    return {}


def _drop_weights(module):
    with torch.no_grad():
        next(module.parameters()).zero_()


def _changeable():
    for exercise in checks.EXERCISES:
        values = {}
        for case in exercise.tries(strict=False):
            values |= {
                name: value
                for name, value in exercise.named_arguments(case).items()
                if in_place(value)
            }
        for name, value in values.items():
            for way in in_place(value):
                yield pytest.param(exercise, name, way, id=f"{exercise.name}-{name}-{way}")


def changing(exercise, name, way):
    """Return a right answer that changes one of its arguments in one way, and then returns."""
    right = next(iter(RIGHT[exercise.name].values()))
    names = [*exercise.signature.parameters]

    def function(*arguments, **options):
        answer = copy.deepcopy(right(*arguments, **options))
        value = {**dict(zip(names, arguments, strict=False)), **options}.get(name)
        if change := in_place(value).get(way):
            change(value)
        return answer

    return function


@pytest.mark.parametrize(("exercise", "name", "way"), [*_changeable()])
def test_an_argument_that_is_changed_is_noticed(exercise, name, way):
    verdict = judge(exercise, Learner(changing(exercise, name, way)))
    assert verdict.outcome is Outcome.CHANGED_INPUT
    told = message(exercise, verdict)
    assert f"Afterwards `{name}` was changed. Whoever calls your function still needs it" in told
    array = isinstance(value_of(exercise, name), np.ndarray)
    assert f"work on a copy, `{f'{name}.copy()' if array else f'copy.deepcopy({name})'}`." in told


def value_of(exercise, name):
    """Return an argument of that name, as one of the calls has it."""
    return next(
        named[name]
        for case in exercise.tries(strict=False)
        if in_place((named := exercise.named_arguments(case)).get(name))
    )


def test_several_changed_arguments_are_named_with_the_copies_that_help():
    found = ChangedInput(("x", "batch", "layer"), ("array", "tensor", "other"))
    assert said(found, checks.conv2d) == [
        "Afterwards `x`, `batch` and `layer` were changed. Whoever calls your function still needs "
        "them as before: work on copies, `x.copy()`, `batch.clone()` and `copy.deepcopy(layer)`."
    ]
    assert [*map(kind_of, VALUES[:4])] == ["array", "tensor", "other", "other"]


@pytest.mark.parametrize("unit", course.UNITS, ids=lambda unit: unit.name)
def test_each_unit_says_that_arguments_stay_as_they_are(root, unit):
    cells = {cell.id: cell for cell in nbformat.read(root / "solutions" / unit.path, 4).cells}
    if unit.points:
        assert "Leave arguments as they are: the checks look." in cells["title"].source
    else:
        assert (
            "Leave what your function is given as it is: the check looks." in cells["rules"].source
        )


LAYER = torch.nn.Sequential(torch.nn.Conv2d(2, 2, 1), torch.nn.BatchNorm2d(2))
VALUES = [
    np.arange(6.0).reshape(2, 3),
    torch.arange(4, dtype=torch.int32),
    LAYER,
    [{"width": 1, "sizes": [1, 2]}, {"width": 0.5, "sizes": [3]}],
    {"macs": 3, "arrays": (np.ones(2), [np.zeros(1)])},
    (3, 0.5, "text", None, True),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_copy_does_not_differ(value):
    assert not differs(value, copy.deepcopy(value))
    assert all(differs(value, other) for other in VALUES if other is not value)


def _exchange(layer):
    layer[1] = torch.nn.Identity()


def _other_eps(layer):
    layer[1].eps = 0


def _other_mean(layer):
    layer[1].running_mean += 1


@pytest.mark.parametrize(
    ("value", "change"),
    [
        (np.arange(4), lambda a: a.resize(2, 2)),
        ([1, 2], lambda v: v.__setitem__(0, 1.0)),
        ([[1], [2]], lambda v: v[1].append(3)),
        ({"a": [1]}, lambda v: v["a"].clear()),
        ({"a": 1}, lambda v: v.setdefault("b", 2)),
        (torch.ones(2), lambda v: v.zero_()),
        (LAYER, _exchange),
        (LAYER, _other_eps),
        (LAYER, _other_mean),
        (LAYER, torch.nn.Module.eval),
    ],
)
def test_what_is_changed_inside_differs(value, change):
    now = copy.deepcopy(value)
    change(now)
    assert differs(now, value)
