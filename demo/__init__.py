"""Example learners, good, wrong, broken and hostile, for ``make demo``, tests and benchmarks."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent  # the course that they hand in to
