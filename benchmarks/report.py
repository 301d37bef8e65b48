"""Measure everything and print it as tables."""

import platform
import time

import numpy as np
import scipy
import torch

from benchmarks import memory, speed

# What each family is held to: at most this many times torch's time, and at least this many times
# faster than the best peer.
TORCH_BARS = {"dense 3x3": 2.0, "depthwise 3x3": 6.0, "pointwise 1x1": 1.05}
PEER_BARS = {"depthwise 3x3": 3.0}


def main(rounds: int) -> None:
    """Print the tables of speed and memory."""
    torch.set_num_threads(1)
    started = time.perf_counter()
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, "
        f"torch {torch.__version__}; {platform.machine()}, one thread, float32, batch 1, "
        f"median of {rounds} interleaved runs"
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
    print(f"\n{family + ', ms':34}" + "".join(f"{name:>9}" for name in names), end="")
    print("   ours/torch   best peer/ours" if timings[0].peer_ratio else "   ours/torch")
    for timing in timings:
        times = "".join(f"{timing.seconds[name] * 1e3:9.2f}" for name in names)
        peer = f"{timing.peer_ratio:17.2f}" if timing.peer_ratio else ""
        print(f"{timing.layer!s:34}{times}{timing.torch_ratio:13.2f}{peer}")


def summarise(family: str, timings: list[speed.Timing]) -> str:
    """Compare a family's geometric means with its bars."""
    mean = speed.geometric_mean((t.torch_ratio, t.layer.count) for t in timings)
    text = f"{family:34}ours/torch {mean:5.2f}"
    if family in TORCH_BARS:
        text += f" (bar: at most {TORCH_BARS[family]:.2f}, {_verdict(mean <= TORCH_BARS[family])})"
    if family in PEER_BARS:
        mean = speed.geometric_mean((t.peer_ratio, t.layer.count) for t in timings)
        text += f"   best peer/ours {mean:5.2f}"
        text += f" (bar: at least {PEER_BARS[family]:.2f}, {_verdict(mean >= PEER_BARS[family])})"
    return text


def print_memory() -> None:
    """Print the peak of each call beyond its output."""
    print(f"\n{'Memory, MB':40}{'input':>9}{'output':>9}{'beyond output':>16}{'bar':>9}")
    for name, (shape, call) in memory.cases().items():
        row = memory.measure(name, shape, call)
        numbers = (row.padded_input, row.output, row.beyond_output, row.bar)
        columns = "".join(
            f"{number / 1e6:{width}.1f}"
            for number, width in zip(numbers, (9, 9, 16, 9), strict=True)
        )
        print(f"{name:40}{columns}  {_verdict(row.beyond_output <= row.bar)}")


def _verdict(met: bool) -> str:
    return "met" if met else "MISSED"
