"""How much processor time `profile` takes, by that of the forward pass that it watches."""

import time

import torch
from torch import nn

from dwsep_helpers.cost import profile
from dwsep_helpers.mobilenet import ConvNormReLU6, InvertedResidual

# Table 2 of M. Sandler et al., arXiv:1801.04381: expansion, channels, blocks, stride of the first.
TABLE_2 = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
]
MOST = 3  # forward passes


def mobilenet_v2() -> nn.Module:
    """Return MobileNetV2 for 1,000 classes, with random weights."""
    blocks, channels = [], 32
    for expansion, out_channels, repeats, stride in TABLE_2:
        for step in [stride] + (repeats - 1) * [1]:
            blocks.append(InvertedResidual(channels, out_channels, step, expansion))
            channels = out_channels
    head = (nn.Conv2d(320, 1280, 1, bias=False), nn.BatchNorm2d(1280), nn.ReLU6())
    end = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 1000))
    return nn.Sequential(ConvNormReLU6(3, 32, 2), *blocks, *head, *end).eval()


def measure(rounds: int) -> tuple[float, float]:
    """Return the least processor seconds of a forward pass and of a profile, in turns."""
    network, x = mobilenet_v2(), torch.zeros(1, 3, 224, 224)
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
