"""What unit 01 says of sizes and counts, held against its solutions and other right answers."""

import itertools
import tracemalloc

import nbformat
import numpy as np
import pytest
from answers.unit_01.right import seven_loops, windows_in_a_zero_buffer
from numpy.lib.stride_tricks import sliding_window_view

from demo.examples import right_answers
from dwsep_helpers import checks, conv_output_size, course


@pytest.fixture(scope="module")
def unit(root):
    return nbformat.read(root / "solutions" / course.unit("01_conv2d").path, as_version=4)


def text(unit, cell):
    return next(c.source for c in unit.cells if c.id == cell)


def outcome_of(function, *arguments):
    try:
        return function(*arguments)
    except ValueError:
        return "refused"


def test_the_solution_gives_sizes_as_the_library_does_and_refuses_what_it_refuses(unit):
    space = {}
    exec(right_answers(unit)["conv_output_size"], space)
    outcomes = set()
    for sizes in itertools.product(range(1, 6), range(1, 9), range(1, 4), range(3)):
        outcomes.add(outcome := outcome_of(space["conv_output_size"], *sizes))
        assert outcome == outcome_of(conv_output_size, *sizes)
    assert "refused" in outcomes


@pytest.mark.parametrize("strict", [False, True])
def test_every_kernel_that_the_check_tries_fits(strict):
    for seed in range(20):
        for case in checks.conv_output_size.tries(strict=strict, seed=seed):
            assert case.answer(conv_output_size) >= 1


@pytest.mark.parametrize(
    ("conv2d", "counted"), [(windows_in_a_zero_buffer, 9600), (seven_loops, 6936)]
)
def test_a_count_with_the_paddings_zeros_and_one_without(unit, conv2d, counted):
    x, weight = np.ones((1, 3, 8, 8)), np.ones((2, 3, 5, 5))
    assert checks.count_multiplications(conv2d, x, weight, padding=2) == counted
    assert f"{counted:,}" in text(unit, "cost_predict")


def test_what_the_two_layers_of_the_race_have_in_common(unit):
    windows = sliding_window_view(np.zeros((1, 3, 32, 32)), (3, 3), axis=(2, 3))
    rows, columns = windows.shape[2:4]
    said = text(unit, "torch_parity")
    assert f"{16 * windows.size:,} times" in said
    assert f"runs {16 * rows * columns:,} times" in said
    assert round(windows.size / (3 * 32 * 32)) == 8
    assert "about eight numbers for each one of the input" in said


def test_small_examples_with_all_numbers_shown_come_first():
    for strict in (False, True):
        cases = checks.conv2d.tries(strict=strict)
        assert [case.show for case in cases[:5]] == [True, True, True, True, False]
        assert cases[1].options["stride"] > 1
        assert cases[1].options["padding"] > 0


def test_the_largest_copy_is_made_by_the_matrix_product(unit):
    assert "copies the windows" in text(unit, "torch_parity")
    x, weight = np.zeros((1, 16, 64, 64)), np.zeros((4, 16, 3, 3))
    windows = sliding_window_view(x, (3, 3), axis=(2, 3))
    peaks = {}
    for optimize in (False, True):
        tracemalloc.start()
        np.einsum("ncijhw,fchw->nfij", windows, weight, optimize=optimize)
        peaks[optimize] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peaks[False] < x.nbytes < windows.size * 8 <= peaks[True]


@pytest.mark.parametrize(
    "name", ["conv2d_macs", "depthwise_conv2d_macs", "grouped_macs", "separable_macs"]
)
def test_who_counts_one_by_one_is_done_in_time(name):
    exercise = getattr(checks, name)
    for strict in (False, True):
        for case in exercise.tries(strict=strict):
            assert case.answer(exercise.reference) < 3e8, case.says  # 15 seconds of a loop
