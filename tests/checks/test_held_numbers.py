"""Numbers that a function holds on its way, wherever it holds them."""

import sys

import numpy as np
import pytest
import torch

from dwsep_helpers.checks.held_numbers import held_numbers
from dwsep_helpers.checks.tracing import NotTracedError

X = np.random.default_rng(17).normal(size=(3, 4))


def halves():
    """Half of what each function below computes: three times X."""
    return 1.5 * X


def in_a_variable(x):
    y = 3 * x
    return y[:1].copy()


def in_an_array_that_is_viewed(x):
    return (3 * x)[::2, 1:]


def in_tensors(x):
    y = torch.from_numpy(x) * 3
    return y[:1].numpy().copy()


def in_a_tensor_that_is_viewed(x):
    return (torch.from_numpy(x.astype(np.float32)) * 3)[:1]


def in_lists(x):
    y = [[3 * value for value in row] for row in x.tolist()]
    return y[0]


def in_scalars(x):
    for value in x.flat:
        last = 3 * value
    return last


def in_a_generator(x):
    return list(3 * value for value in x.flat)[-1]


def returned_by_a_library(x):
    return np.tensordot(x, np.array(3.0), axes=0)[0].copy()


def in_an_array_of_arrays(x):
    y = [3 * row for row in x], None
    return y[0][0]


HOLDING = [
    *(in_a_variable, in_an_array_that_is_viewed, in_tensors, in_a_tensor_that_is_viewed),
    *(in_lists, in_scalars, in_a_generator, returned_by_a_library, in_an_array_of_arrays),
]


@pytest.mark.parametrize("function", HOLDING)
def test_numbers_are_found_wherever_they_are_held(function):
    assert held_numbers(halves(), function, X) == X.size


def test_numbers_that_are_not_computed_are_not_found():
    def some(x):
        """Hold other numbers, and whatever memory that is not written to holds."""
        before = np.empty((50, *x.shape))
        y = 3 * x[1:]
        z = 2 * x, x.tolist(), "text", {"x": x}, np.arange(9), np.array([None]), len
        return y, z, before

    assert held_numbers(halves(), some, X) == X.size - X.shape[1]


def test_odd_values_are_passed_over():
    class Odd(np.ndarray):
        def __getattribute__(self, name):
            raise RuntimeError(name)

    class Liar:
        @property
        def __class__(self):
            raise RuntimeError

    def odd(x):
        nested = []
        nested.append(nested)
        values = Odd((2,)), Liar(), nested, torch.zeros(2).to_sparse(), torch.empty(0)
        return len(values), np.full(3, np.nan), 3 * x

    assert held_numbers(halves(), odd, X) == X.size


def test_who_turns_it_off_is_an_error():
    def evades(x):
        sys.settrace(None)
        return 3 * x

    with pytest.raises(NotTracedError):
        held_numbers(halves(), evades, X)
