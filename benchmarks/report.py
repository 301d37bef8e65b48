"""Measure everything and print it as tables."""

import platform
import time

import numpy as np
import scipy
import torch

from benchmarks import speed
from tests.kernels import memory

# What is compared in each family, and the bar that the geometric mean is held to.
RATIOS: dict[str, dict[str, tuple[str, float] | None]] = {
    "dense 3x3": {"ours_to_torch": ("at most", 2.0)},
    "depthwise 3x3": {
        "ours_to_torch": ("at most", 6.0),
        "usual_to_ours": ("at least", 3.0),
        "batched_to_ours": None,
    },
    "pointwise 1x1": {"ours_to_torch": ("at most", 1.05)},
    "depthwise separable": {"ours_to_torch": None},
}


def main(rounds: int) -> None:
    """Print the tables of speed and memory."""
    torch.set_num_threads(1)
    started = time.perf_counter()
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, "
        f"torch {torch.__version__}; {platform.machine()}, one thread, float32, batch 1, "
        f"best of {rounds} interleaved runs"
    )
    summary = []
    with torch.inference_mode():
        for family, (contenders, layers) in speed.FAMILIES.items():
            timings = [speed.time_layer(each, contenders(each), rounds) for each in layers]
            print_timings(family, timings)
            summary.append(summarise(family, timings))
    print("\nGeometric means over the network's layers")
    print("\n".join(summary))
    print_memory()
    print(f"\n{time.perf_counter() - started:.0f} s in all")


def print_timings(family: str, timings: list[speed.Timing]) -> None:
    """Print one row for each layer: milliseconds, then ratios."""
    names = list(timings[0].seconds)
    ratios = list(RATIOS[family])
    heads = [f"{name:>9}" for name in names] + [f"{ratio:>17}" for ratio in ratios]
    print(f"\n{family + ', ms':32}" + "".join(heads))
    for timing in timings:
        cells = [f"{timing.seconds[name] * 1e3:9.2f}" for name in names]
        cells += [f"{getattr(timing, ratio):17.2f}" for ratio in ratios]
        print(f"{timing.layer!s:32}" + "".join(cells))


def summarise(family: str, timings: list[speed.Timing]) -> str:
    """Hold a family's geometric means against its bars."""
    lines = []
    for ratio, bar in RATIOS[family].items():
        mean = speed.geometric_mean(timings, ratio)
        line = f"{family:22}{ratio:17}{mean:6.2f}"
        if bar:
            side, limit = bar
            met = mean <= limit if side == "at most" else mean >= limit
            line += f"   bar: {side} {limit:.2f}, {_verdict(met)}"
        lines.append(line)
    return "\n".join(lines)


def print_memory() -> None:
    """Print the peak of each call beyond its output."""
    print(f"\n{'Memory, MB':40}{'input':>9}{'output':>9}{'beyond output':>16}{'bar':>9}")
    for name, (image, call) in memory.cases().items():
        row = memory.measure(name, image, call)
        numbers = (row.padded_input, row.output, row.beyond_output, row.bar)
        columns = "".join(
            f"{number / 1e6:{width}.1f}"
            for number, width in zip(numbers, (9, 9, 16, 9), strict=True)
        )
        print(f"{name:40}{columns}  {_verdict(row.beyond_output <= row.bar)}")


def _verdict(met: bool) -> str:
    return "met" if met else "MISSED"
