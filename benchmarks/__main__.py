"""Run with ``make bench`` or ``python -m benchmarks``: about a minute, one thread."""

import argparse
import os

# Thread pools read these when their library is first imported, so they come before NumPy.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

from benchmarks.report import main  # noqa: E402

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="timed runs of each contender")
    main(parser.parse_args().rounds)
