"""Beyond its output, a kernel allocates at most one padded copy of its input and 16 MB."""

import pytest

from tests.kernels import memory

CASES = memory.cases()


@pytest.mark.parametrize("case", CASES)
def test_peak(case):
    measured = memory.measure(case, *CASES[case])
    assert measured.beyond_output <= measured.bar
