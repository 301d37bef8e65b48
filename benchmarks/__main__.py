"""Run with ``make bench`` or ``python -m benchmarks [kernels|grading]``.

The kernels take about a minute, on one thread; grading takes an hour, most of it nbgrader's.
"""

import argparse
import os

# Thread pools read these when their library is first imported, so they come before NumPy.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

from benchmarks import grading, profiles, report  # noqa: E402

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("kernels", "grading"), help="both if not said")
    parser.add_argument("--rounds", type=int, default=30, help="timed runs of each kernel")
    options, rest = parser.parse_known_args()
    if options.what != "grading":
        report.main(options.rounds)
        profiles.main(options.rounds)
    if options.what != "kernels":
        grading.main(rest)
