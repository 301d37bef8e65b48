"""How much processor time `profile` takes, by that of the forward pass that it watches."""

import time

import torch

from dwsep_helpers.cost import profile
from dwsep_helpers.mobilenet.inverted import MobileNetV2

MOST = 3  # forward passes


def measure(rounds: int) -> tuple[float, float]:
    """Return the least processor seconds of a forward pass and of a profile, in turns."""
    network, x = MobileNetV2().eval(), torch.zeros(1, 3, 224, 224)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds + 1):
        start = time.process_time()
        with torch.no_grad():
            network(x)
        between = time.process_time()
        profile(network)
        times[0].append(between - start)
        times[1].append(time.process_time() - between)
    return min(times[0][1:]), min(times[1][1:])


def main(rounds: int) -> None:
    """Print one row."""
    torch.set_num_threads(1)
    forward, profiled = measure(rounds)
    print(
        f"\nprofile of MobileNetV2: {1e3 * profiled:.0f} ms, {profiled / forward:.1f} times a "
        f"forward pass of {1e3 * forward:.0f} ms of the processor; at most {MOST} are wanted"
    )
