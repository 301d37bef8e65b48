"""Example learners, good, wrong, broken and hostile, for ``make demo``, tests and benchmarks."""
