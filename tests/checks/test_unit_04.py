"""What unit 04's references say agrees with the costs, and answers may be fractions and truths."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dwsep_helpers import checks, hardware, papers
from dwsep_helpers.checks import messages
from dwsep_helpers.checks.compare import WrongTypeError, compare, same
from dwsep_helpers.cost import (
    conv2d_cost,
    depthwise_cost,
    pointwise_cost,
    reduction_ratio,
    separable_cost,
    separable_macs,
)
from dwsep_helpers.predictions import QUESTIONS


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
    assert checks.filters_needed.reference(3, 8) == QUESTIONS["4.2"].truth() == 72
    assert not QUESTIONS["4.2"].agree(64, 72), "MobileNet's first block has 64, and misses"
    assert QUESTIONS["4.2"].agree(70, 72)
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

    def test_same_takes_nan_for_nan_at_its_place(self):
        nan = float("nan")
        assert same(nan, np.float64(nan))
        assert same([1, nan, 2], np.array([1, nan, 2]))
        for other in (0, [nan, 1, 2], [1, 0, 2], [1, nan, 3], [1, nan]):
            assert not same([1, nan, 2], other)
        assert compare([1, nan, 2], np.array([1, nan, 2])) is not None  # no right answer has one


def test_a_message_shows_fractions_whole():
    with pytest.raises(checks.CheckFailed) as caught:
        checks.reduction_ratio(lambda out_channels, kernel_size: Fraction(1, kernel_size**2))
    assert "    expected 1/2\n    got      1/4" in caught.value.message


def test_a_tensor_that_is_true_is_told_what_is_asked_for():
    with pytest.raises(checks.CheckFailed) as caught:
        checks.agrees(lambda printed, exact: torch.tensor(True))
    assert "`agrees` returned a Tensor; True or False is asked for." in caught.value.message


def test_floats_miss_every_neighbour_that_is_drawn():
    for seed in range(20):
        *cases, _, _, _ = checks.agrees.tries(strict=True, seed=seed)
        drawn = [case.arguments for case in cases if "exactly one apart" in case.says]
        assert len(drawn) == 4
        for printed, exact in drawn:
            digits = len(printed.partition(".")[2])
            assert not papers.agrees(printed, exact)
            assert abs(float(printed) * 10**digits - exact * 10**digits) < 1
            assert abs(int(printed.replace(".", "")) - exact * 10**digits) < 1


def test_a_formula_of_the_helpers_does_not_solve_the_exercise():
    def separable_params(in_channels, out_channels, kernel_size, bias=False):
        return separable_cost(in_channels, out_channels, kernel_size, 9, bias=bias).params

    with pytest.raises(checks.CheckFailed) as caught:
        checks.separable_params(separable_params)
    assert caught.value.outcome == "used a forbidden shortcut"
    assert "`dwsep_helpers.cost.separable_cost`" in caught.value.message


def test_a_stage_that_a_mistake_leaves_out_is_the_one_it_names():
    """1/C_out is what the depthwise stage costs, 1/K² what the pointwise stage costs."""
    m, n, k, size = 7, 12, 3, 10
    standard = conv2d_cost(m, n, k, size).macs
    alone = {
        "depthwise": Fraction(depthwise_cost(m, k, size).macs, standard),
        "pointwise": Fraction(pointwise_cost(m, n, size - k + 1).macs, standard),
    }
    for name, stage in {"filters-forgotten": "pointwise", "kernel-forgotten": "depthwise"}.items():
        mistake = checks.reduction_ratio.mistake(name)
        assert mistake.function(n, k) == alone[stage]
        assert f"the {stage} stage's part alone" in mistake.says
    free = checks.filters_needed.mistake("combining-for-free")
    assert Fraction(1, free.function(k, 5)) == Fraction(1, 5), "1/C_out alone is 1/times"
    assert "the depthwise stage alone" in free.says


def test_a_small_network_that_failed_can_be_tried_again():
    layers = {"Layers": papers.Layers}
    for seed in range(20):
        small = checks.mobilenet_macs.tries(strict=False, seed=seed)[1]
        shown = messages.arguments(checks.mobilenet_macs, small)
        text = shown.removeprefix("layers=").partition(", width_multiplier")[0]
        assert eval(text, layers) == small.arguments[0]


class TestWhatTheUnitSays:
    """Sentences of the notebook that no cell computes."""

    def test_who_saves_less_than_half(self):
        small = {
            (n, k)
            for n in range(1, 200)
            for k in range(1, 40)
            if reduction_ratio(n, k) > Fraction(1, 2)
        }
        assert {(n, k) for n, k in small if n > 2 and k > 1} == {(3, 2)}
        assert all((n, k) in small for n in (1, 2) for k in range(1, 40))
        assert all((n, 1) in small for n in range(1, 200))

    def test_the_paper_s_8_to_9_times_hold_but_for_the_first_block(self):
        blocks = [layer for layer in papers.MOBILENET_V1 if layer.kind == "separable"]
        times = [float(1 / reduction_ratio(block.out_channels, 3)) for block in blocks]
        assert len(times) == 13
        assert round(times[0], 1) == 7.9
        assert all(8 < fewer < 9 for fewer in times[1:])

    def test_the_order_of_stages(self):
        sizes = 3, 256, (5, 5), (8, 8), 1, 2
        last, first = (separable_macs(*sizes, pointwise_first=first) for first in (False, True))
        assert last == 3 * 64 * (25 + 256)
        assert round(first / last, 1) == 8.5
        equal = 7, 7, (3, 3), (9, 6), 1, 1
        assert separable_macs(*equal) == separable_macs(*equal, pointwise_first=True)

    def test_macs_for_each_number_that_a_depthwise_stage_reads(self):
        for stride, macs in {1: 9, 2: 2.25}.items():
            stage = depthwise_cost(5, 3, 14, stride=stride, padding=1)
            assert stage.macs == macs * stage.input_elements

    def test_unit_06_counts_norms_and_activations_as_moving_numbers(self):
        layers = hardware.recorded("layers").where(network="separable")
        moved = sum(row["elements"] for row in layers)
        depthwise = sum(row["elements"] for row in layers if row["kind"] == "depthwise")
        assert round(100 * depthwise / moved, 1) == 14.5
