"""What computes only when a check looks at it is watched as well, and what doesn't is right."""

import array
import copy
import functools
from decimal import Decimal
from fractions import Fraction
from numbers import Rational

import numpy as np
import pytest
import torch
from torch import nn

from dwsep_helpers import checks, kernels, mobilenet
from dwsep_helpers.checks.calling import Learner
from dwsep_helpers.checks.engine import judge
from dwsep_helpers.checks.remote import Remote, respond

CONV2D, SIZE = kernels.conv2d, kernels.conv_output_size


def outcomes(exercise, function):
    """Judge a function here and in another process, plainly and strictly."""
    learners = Learner(function), Remote(lambda request: respond(request, function))
    return {
        str(judge(exercise, learner, strict=strict).outcome)
        for learner in learners
        for strict in (False, True)
    }


def late(base, kind, **methods):
    """Return a function whose answers are of a class that calls ``base`` when it is looked at."""

    def answer(*arguments, **options):
        def compute(self, *_, **__):
            return base(*arguments, **options)

        own = {name: how(compute) for name, how in methods.items()}
        made = type("Late", (kind,), own)
        return torch.zeros(1).as_subclass(made) if kind is torch.Tensor else made()

    return answer


def same(compute):
    return compute


def item(compute):
    return lambda self, n: compute(self)[n]


def listed(compute):
    return lambda self: iter(compute(self))


def one(compute):
    return lambda self: 1


LATE = {
    "an array": late(CONV2D, object, __array__=same),
    "an interface": late(
        CONV2D,
        object,
        __array_interface__=lambda compute: property(
            lambda self: compute(self).__array_interface__
        ),
    ),
    "a sequence": late(CONV2D, object, __len__=one, __getitem__=item),
    "a list": late(CONV2D, list, __iter__=listed, __len__=one, __getitem__=item),
    "a tensor": late(
        lambda *given, **options: torch.from_numpy(CONV2D(*given, **options)),
        torch.Tensor,
        detach=same,
    ),
}
LATE_NUMBERS = {
    "an int": late(SIZE, int, __int__=same, __index__=same),
    "a ratio": late(
        SIZE,
        Rational.register(type("Ratio", (), {"denominator": 1})),
        numerator=property,
    ),
    "a partial": lambda *given: type(
        "Late", (int,), {"__int__": functools.partial(SIZE, *given)}
    )(),
}


@pytest.mark.parametrize("what", LATE)
@pytest.mark.parametrize("inside", [False, True])
def test_an_array_that_is_computed_when_it_is_looked_at_is_no_answer(what, inside):
    function = LATE[what]
    if inside:
        function = lambda *given, **options: [LATE[what](*given, **options)]  # noqa: E731
    assert "passed" not in outcomes(checks.conv2d, function)


@pytest.mark.parametrize("as_lists", [False, True])
@pytest.mark.parametrize("kind", [float, Fraction, Decimal])
def test_an_array_of_numbers_that_compute_when_they_are_looked_at_is_no_answer(kind, as_lists):
    late = type("Late", (kind,), {"__float__": lambda self: self.computed()})

    def answer(*given, **options):
        found = np.empty(by_windows(*given, **options).shape, dtype=object)
        for place in np.ndindex(*found.shape):
            found[place] = late(0)
            found[place].computed = functools.partial(
                lambda at: CONV2D(*given, **options)[at].item(), place
            )
        return found.tolist() if as_lists else found

    assert "passed" not in outcomes(checks.conv2d, answer)


@pytest.mark.parametrize("how", [np.ndarray.tolist, np.asarray])
@pytest.mark.parametrize("kind", [float, Fraction, Decimal, np.float64])
def test_right_arrays_may_hold_numbers_of_any_kind(kind, how):
    def answer(*given, **options):
        y = np.asarray(by_windows(*given, **options), dtype=float)
        found = np.empty(y.shape, dtype=object)
        found.ravel()[:] = [kind(number) for number in y.ravel().tolist()]
        return how(found)

    assert outcomes(checks.conv2d, answer) == {"passed"}


@pytest.mark.parametrize("what", LATE_NUMBERS)
def test_a_number_that_is_computed_when_it_is_looked_at_is_no_answer(what):
    assert "passed" not in outcomes(checks.conv_output_size, LATE_NUMBERS[what])


@pytest.mark.parametrize("name", ["depthwise_int8", "pointwise_int8"])
def test_a_view_finds_no_function_of_the_course_in_an_answer(name):
    def function(*given, **options):
        compute = functools.partial(getattr(kernels, name), *given, **options)
        return type("Late", (), {"dtype": "int8", "__array__": compute})()

    assert outcomes(getattr(checks, name), function) == {"used a forbidden shortcut"}


def fold_when_cast(network):
    made = nn.Module()
    made.double = functools.partial(mobilenet.fold, copy.deepcopy(network).double())
    return made


def fold_in_eval(network):
    made = nn.Module()
    made.double = lambda: made
    made.eval = functools.partial(mobilenet.fold, copy.deepcopy(network).double())
    return made


def fold_when_copied(network):
    held, source, made = copy.deepcopy(network), copy.deepcopy(network), nn.Module()
    source.__deepcopy__ = made.__deepcopy__ = lambda memo: held
    made.__getstate__ = functools.partial(mobilenet.fold, source)
    return made


def fold_by_tracing(network):
    x = torch.zeros(1, network[0].in_channels, 7, 6)
    return torch.jit.trace(copy.deepcopy(network).eval(), x)


def fold_by_freezing(network):
    scripted = torch.jit.script(copy.deepcopy(network).double().eval())
    return nn.Sequential(torch.jit.freeze(scripted))


@pytest.mark.parametrize(
    "function",
    [fold_when_cast, fold_in_eval, fold_when_copied, fold_by_tracing, fold_by_freezing],
)
def test_what_folds_when_it_is_looked_at_is_no_answer(function):
    assert "passed" not in outcomes(checks.fold_network, function)


def test_a_convolution_that_is_made_when_it_is_looked_at_is_no_answer():
    def function(conv, norm):
        parts = (copy.deepcopy(part).double() for part in (conv, norm))
        made = copy.deepcopy(conv)
        made.double = functools.partial(mobilenet.fold_batch_norm, *parts)
        return made

    assert outcomes(checks.fold_batch_norm, function) == {"used a forbidden shortcut"}


# What is right counts whatever its class, where that computes nothing of the course's.


def by_windows(x, weight, bias=None, stride=1, padding=0):
    (s_h, s_w), (p_h, p_w) = (n if isinstance(n, tuple) else (n, n) for n in (stride, padding))
    x = np.pad(x, [(0, 0), (0, 0), (p_h, p_h), (p_w, p_w)])
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], (2, 3))
    y = np.einsum("nchwij,ocij->nohw", windows[:, :, ::s_h, ::s_w], weight)
    return y if bias is None else y + bias[:, None, None]


class Rows(list):
    """A list by another name."""


class Held:
    """Is given its array before anybody looks."""

    def __init__(self, y):
        self.y = y

    def __array__(self, dtype=None, copy=None):
        return self.y


class Own(torch.Tensor):
    """A tensor by another name."""


RIGHT = {
    "an array": np.asarray,
    "an array of another class": lambda y: y.view(
        np.matrix if y.ndim == 2 else type("A", (np.ndarray,), {})
    ),
    "lists": np.ndarray.tolist,
    "a list of another class": lambda y: Rows(y),
    "a tuple of arrays": tuple,
    "what has an array": Held,
    "a tensor": torch.from_numpy,
    "a tensor that learns": lambda y: torch.from_numpy(y).requires_grad_(),
    "a parameter": lambda y: nn.Parameter(torch.from_numpy(y)),
    "a tensor of another class": lambda y: torch.from_numpy(y).as_subclass(Own),
}


@pytest.mark.parametrize("how", RIGHT)
def test_right_arrays_are_right_whatever_their_class(how):
    def function(*given, **options):
        return RIGHT[how](np.ascontiguousarray(by_windows(*given, **options), dtype=float))

    assert outcomes(checks.conv2d, function) == {"passed"}


class Whole(int):
    """A whole number by another name."""


@pytest.mark.parametrize(
    "how", [int, Whole, np.int64, np.uint8, Fraction, lambda n: np.array(n), lambda n: True * n]
)
def test_right_numbers_are_right_whatever_their_class(how):
    def function(size, kernel_size, stride=1, padding=0, dilation=1):
        return how((size + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1)

    found = outcomes(checks.conv_output_size, function)
    assert found == {"passed"} or (how is Fraction and "wrong type" in found)


def test_what_is_no_number_is_told_by_its_own_name():
    for answer, told in ((array.array("d", [1.0]), "array"), ({1: 2}, "dict"), (nn.ReLU(), "ReLU")):
        verdict = judge(checks.conv_output_size, Learner(lambda *_, it=answer, **__: it))
        assert str(verdict.outcome) in ("wrong type", "wrong shape")
        assert told in str(verdict.difference) or told == "array"
