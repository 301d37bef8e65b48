"""Whole networks on the NumPy kernels, against torch's eager pass: batch norms folded in both."""

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from dwsep_helpers import kernels, measurements
from dwsep_helpers.kernels.shapes import Padding
from dwsep_helpers.mobilenet import InvertedResidual, MobileNetV1, fold
from dwsep_helpers.mobilenet.blocks import SamePadding
from dwsep_helpers.mobilenet.inverted import EFFICIENTNET_LITE0, MobileNetV2

# At most so many times torch's time, by the processor's instructions. With AVX-512 torch's
# depthwise layers gain; NumPy's einsum, which ours are made of, has no code for it.
BARS = {"AVX-512": 1.5, "": 1.25}
NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "MobileNetV1": MobileNetV1,
    "EfficientNet-Lite0": lambda: MobileNetV2(design=EFFICIENTNET_LITE0),
}


def run(module: nn.Module, x: np.ndarray, padding: Padding | None = None) -> np.ndarray:
    """Do in NumPy what a folded network, or a part of it, does to x (1, C, H, W).

    ``padding``, where it is given, takes the place of the layer's own.
    """
    match module:
        case nn.Conv2d():
            weight, bias = _numbers(module)
            stride, groups = module.stride, module.groups
            padding = module.padding if padding is None else padding
            return kernels.conv2d(x, weight, bias, stride=stride, padding=padding, groups=groups)
        case nn.ReLU6():
            return np.clip(x, 0, 6, out=x)
        case nn.AdaptiveAvgPool2d():
            return x.mean(axis=(2, 3))
        case nn.Linear():
            weight, bias = _numbers(module)
            return x @ weight.T + bias
        case InvertedResidual():
            y = _in_turn(module.stages, x)
            return x + y if module.adds_input else y
        case nn.Identity():
            return x
    return _in_turn(module, x)


def _in_turn(module: nn.Module, x: np.ndarray) -> np.ndarray:
    padding: Padding | None = None
    for child in module.children():
        if isinstance(child, SamePadding):  # the layer after it reads its zeros: no padded copy
            sizes = child.kernel_size, child.stride
            padding = [kernels.same_padding(n, *sizes) for n in x.shape[2:]]
        else:
            x, padding = run(child, x, padding), None
    return x


def _numbers(layer: nn.Module) -> list[np.ndarray]:
    return [layer.get_parameter(name).detach().numpy() for name in ("weight", "bias")]


def main(rounds: int) -> None:
    """Print one row for each network: milliseconds of the best of so many calls in turn."""
    torch.set_num_threads(1)
    has = measurements.instructions()
    bar = next(bar for name, bar in BARS.items() if name in has)
    print(f"\nWhole networks, best of {rounds}, ms ({has}; NumPy at most {bar} times torch)")
    x = np.random.default_rng(0).normal(size=(1, 3, 224, 224)).astype(np.float32)
    for name, make in NETWORKS.items():
        network = fold(make().eval())
        contenders = {
            "NumPy": lambda network=network: run(network, x.copy()),
            "torch": lambda network=network: network(torch.from_numpy(x)),
        }
        times: dict[str, list[float]] = {each: [] for each in contenders}
        with torch.inference_mode():
            ours, theirs = (np.asarray(call()) for call in contenders.values())
            np.testing.assert_allclose(ours, theirs, atol=1e-4)
            for _ in range(rounds):
                for each, call in contenders.items():
                    started = time.perf_counter()
                    call()
                    times[each].append(time.perf_counter() - started)
        best = {each: 1e3 * min(found) for each, found in times.items()}
        ratio = best["NumPy"] / best["torch"]
        met = "met" if ratio <= bar else "MISSED"
        print(
            f"{name:20}"
            + "".join(f"{k} {v:6.1f}  " for k, v in best.items())
            + f"{ratio:.2f} {met}"
        )
