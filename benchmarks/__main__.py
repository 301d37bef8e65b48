"""Run with ``make bench`` or ``python -m benchmarks PART``, and one part of :data:`PARTS`.

The kernels take about a minute, on one thread, and so do the figures in a browser, networks and
profiles some seconds; grading takes an hour, most of it nbgrader's, and a thousand changed
notebooks half an hour; nonsense is handed in for ten minutes. Where it is asked for, a class of
3,000 is graded: ``python -m benchmarks cluster``.
"""

import argparse
import os

# Thread pools read these when their library is first imported, so they come before NumPy.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

from benchmarks import (  # noqa: E402
    cluster,
    explorables,
    fuzz,
    grading,
    mutations,
    networks,
    profiles,
    report,
)

PARTS = (
    "kernels",
    "networks",
    "profiles",
    "explorables",
    "grading",
    "mutations",
    "fuzz",
    "cluster",
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", choices=PARTS, help="all if not said")
    parser.add_argument("--rounds", type=int, default=30, help="timed runs of each kernel")
    options, rest = parser.parse_known_args()
    if options.what in (None, "kernels"):
        report.main(options.rounds)
    if options.what in (None, "networks"):
        networks.main(options.rounds)
    if options.what in (None, "profiles"):
        profiles.main(options.rounds)
    if options.what in (None, "explorables"):
        explorables.main()
    if options.what in (None, "grading"):
        grading.main(rest)
    if options.what in (None, "mutations"):
        mutations.main(rest if options.what else [])
    if options.what in (None, "fuzz"):
        fuzz.main(rest if options.what else [])
    if options.what == "cluster":
        cluster.main(rest)
