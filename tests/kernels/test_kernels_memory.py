"""Beyond its output, a kernel allocates at most one padded copy of its input and 16 MB."""

import pytest

from benchmarks import memory


@pytest.mark.parametrize("case", memory.cases())
def test_peak(case):
    shape, call = memory.cases()[case]
    measured = memory.measure(case, shape, call)
    assert measured.beyond_output <= measured.bar
