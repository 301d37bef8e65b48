"""What unit 04's references say agrees with the costs, and answers may be fractions and truths."""

from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dwsep_helpers import checks
from dwsep_helpers.checks.compare import WrongTypeError, compare, same
from dwsep_helpers.cost import reduction_ratio, separable_cost


@given(st.integers(1, 8), st.integers(1, 60))
def test_the_filters_needed_are_the_first_that_are_enough(kernel_size, times):
    needed = checks.filters_needed.reference(kernel_size, times)
    bound = Fraction(1, times)
    if needed == 0:
        assert reduction_ratio(10**9, kernel_size) > bound
        return
    assert reduction_ratio(needed, kernel_size) <= bound
    assert needed == 1 or reduction_ratio(needed - 1, kernel_size) > bound


def test_eight_times_takes_72_filters():
    assert checks.filters_needed.reference(3, 8) == 72
    assert checks.filters_needed.reference(3, 9) == 0


def test_the_layers_parameters_with_and_without_bias():
    params = checks.separable_params.reference
    assert params(3, 256, 5) == 843
    assert params(3, 256, 5, bias=True) == 1_102
    assert round((19_200 + 256) / params(3, 256, 5, bias=True), 2) == 17.66


class TestAnswers:
    third = Fraction(1, 3)

    def test_fractions_are_compared_exactly(self):
        assert compare(Fraction(2, 6), self.third) is None
        assert compare(Fraction(1 / 3), self.third).got == Fraction(1 / 3)
        assert compare(2, Fraction(2)) is None

    @pytest.mark.parametrize("answer", [1 / 3, "1/3", (1, 3), None, True, torch.tensor(1)])
    def test_nothing_else_is_a_fraction(self, answer):
        with pytest.raises(WrongTypeError):
            compare(answer, self.third)

    @pytest.mark.parametrize("answer", [True, torch.ones(1).numpy()[0] > 0])
    def test_truths(self, answer):
        assert compare(answer, True) is None
        assert compare(answer, False) is not None

    @pytest.mark.parametrize("answer", [1, 0.0, "True", None, [True]])
    def test_what_only_counts_as_true_is_no_truth(self, answer):
        with pytest.raises(WrongTypeError):
            compare(answer, True)

    def test_same_tells_kinds_apart(self):
        assert same(Fraction(2), 2)
        assert same(True, True)
        assert not same(True, 1)
        assert not same(2.0, 2)
        assert not same(1 / 3, self.third)


def test_a_message_shows_fractions_whole():
    with pytest.raises(checks.CheckFailed) as caught:
        checks.reduction_ratio(lambda out_channels, kernel_size: Fraction(1, kernel_size**2))
    assert "    expected 1/2\n    got      1/4" in caught.value.message


def test_a_formula_of_the_helpers_does_not_solve_the_exercise():
    def separable_params(in_channels, out_channels, kernel_size, bias=False):
        return separable_cost(in_channels, out_channels, kernel_size, 9, bias=bias).params

    with pytest.raises(checks.CheckFailed) as caught:
        checks.separable_params(separable_params)
    assert caught.value.outcome == "used a forbidden shortcut"
    assert "`dwsep_helpers.cost.separable_cost`" in caught.value.message
