"""Run the experiment, or go on with it: about an hour on two cores."""

import argparse
import os
from pathlib import Path

from dwsep_helpers.mobilenet.overfitting.comparisons import tuned, tuning
from dwsep_helpers.mobilenet.overfitting.runs import RECORDED, go_on, read


def main(arguments: list[str] | None = None) -> None:
    """Run what a table lacks of the experiment, and write each result as it comes."""
    parser = argparse.ArgumentParser(
        prog="python -m dwsep_helpers.mobilenet.overfitting", description=main.__doc__
    )
    parser.add_argument("--output", type=Path, default=RECORDED, help="the table to go on with")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    options = parser.parse_args(arguments)
    before = len(read(options.output)) if options.output.exists() else 0
    runs = go_on(tuning(), options.output, options.jobs)
    runs = go_on(tuned(runs), options.output, options.jobs)
    print(f"{len(runs) - before} runs, and {before} were there before: {options.output}")


if __name__ == "__main__":
    main()
