"""Make the recorded measurements again.

``python -m dwsep_helpers.hardware.record`` writes all tables that the course ships, or those
that are named; about half an hour on one core, and nothing else should run meanwhile. A table
is replaced once it is complete.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from dwsep_helpers import measurements
from dwsep_helpers.cost import profile
from dwsep_helpers.hardware import eager, gpu, layouts, npu, photographed, roofline
from dwsep_helpers.hardware.eager import settled
from dwsep_helpers.hardware.timing import limited, measure
from dwsep_helpers.mobilenet import overfitting, training
from dwsep_helpers.mobilenet.networks import count_parameters
from dwsep_helpers.papers import TOP_1, TOP_1_INT8
from dwsep_helpers.progress import progress

FOLDER: Final = Path(__file__).with_name("recorded")
SIZES: Final = ((0.25, 96), (0.5, 160), (1.0, 224))
MEMORIES: Final = {"flash": "", "SRAM": npu.SRAM_ONLY}  # where weights lie, and Vela's mode
NETWORKS: Final = {"separable": True, "dense": False}
LIBRARIES: Final = ("numpy", "torch", "executorch", "ethos-u-vela")

Rows = Iterator[dict]


def ceilings(rounds: int = 30) -> Rows:
    """Yield this machine's bandwidths by size of array, and its best kernels' rates."""
    for size, rate in roofline.measure_bandwidth(rounds=rounds).items():
        yield {"kind": "bandwidth", "name": "copy", "bytes": size, "giga_per_second": rate / 1e9}
    for name, rate in roofline.measure_peak(rounds)[0].items():
        yield {"kind": "peak", "name": name, "bytes": None, "giga_per_second": rate / 1e9}


def layers(width: float = 1.0, resolution: int = 224, rounds: int = 40) -> Rows:
    """Yield each layer's time in eager PyTorch and, in XNNPACK, in float32 and int8.

    XNNPACK does norms and activations within the convolutions: there they have no time.
    """
    from dwsep_helpers.hardware import export

    for name, separable in NETWORKS.items():
        network, x = settled(separable, width, resolution)
        times = eager.layer_times(network, x, rounds)
        layered = {"standard", "depthwise", "pointwise", "linear"}
        columns = []
        for exported in (network, export.quantized(network, x)):
            found = export.export(exported, x).operators(x, 2 * rounds)
            columns.append(iter([o.seconds for o in found if o.kind in layered]))
        for layer in times:
            mobile = [1e3 * next(c) if layer.kind in layered else None for c in columns]
            yield {
                "network": name,
                "layer": layer.name,
                "kind": layer.kind,
                "macs": layer.cost.macs,
                "elements": layer.cost.elements,
                "eager_ms": 1e3 * layer.seconds,
                "xnnpack_float32_ms": mobile[0],
                "xnnpack_int8_ms": mobile[1],
            }


def runtimes(sizes: Iterable[tuple[float, int]] = SIZES, rounds: int = 60) -> Rows:
    """Yield whole networks' times and files: eager PyTorch and ExecuTorch, float32 and int8."""
    from dwsep_helpers.hardware import export

    for width, resolution in sizes:
        about, contenders = {}, {}
        for name, separable in NETWORKS.items():
            network, x = settled(separable, width, resolution)
            wide = x.contiguous(memory_format=torch.channels_last)
            to: dict[str, Any] = {"memory_format": torch.channels_last}  # hints leave it out
            last = settled(separable, width, resolution)[0].to(**to)
            float32 = export.export(network, x)
            int8 = export.export(export.quantized(network, x), x)
            common = {"network": name, "width": width, "resolution": resolution}
            macs = profile(network, tuple(x.shape)).total.macs
            counts = {"macs": macs, "params": count_parameters(network)}
            for runtime, dtype, run, size in (
                ("eager", "float32", partial(network, x), None),
                ("eager, channels last", "float32", partial(last, wide), None),
                ("ExecuTorch", "float32", partial(float32, x), float32.size),
                ("ExecuTorch", "int8", partial(int8, x), int8.size),
            ):
                key = f"{name} {runtime} {dtype}"
                about[key] = {**common, "runtime": runtime, "dtype": dtype, **counts}
                about[key]["file_bytes"] = size
                contenders[key] = run
        with torch.inference_mode():
            timings = measure(contenders, rounds, warm_up=3)
        for row in timings.rows:
            names = "best", "lower_quartile", "median", "upper_quartile"
            times = {f"{name}_ms": 1e3 * getattr(row, name) for name in names}
            yield {**about[row.name], **times, "calls": row.calls}


def int8(seeds: Iterable[int] = range(5), steps: int = training.STEPS) -> Rows:
    """Yield the digits' accuracy in float32 and in int8, with one scale or one per channel."""
    from dwsep_helpers.hardware import export

    contenders = {c.name: c for c in overfitting.contenders() if c.name in NETWORKS}
    for seed in seeds:
        x, y, test_x, test_y = training.split(1400, seed)
        images = torch.from_numpy(test_x).split(1)
        calibration = torch.from_numpy(x[:100])
        for name, contender in contenders.items():
            torch.manual_seed(seed)
            network = contender.build()
            with limited(1):
                training.fit(network, x, y, steps=steps, seed=seed)
            for precision, ready in (
                ("float32", network),
                ("int8 per channel", export.quantized(network, calibration)),
                ("int8 per tensor", export.quantized(network, calibration, per_channel=False)),
            ):
                program = export.export(ready, images[0])
                guesses = [program(image).argmax().item() for image in images]
                yield {
                    "network": name,
                    "seed": seed,
                    "precision": precision,
                    "test_accuracy": float(np.mean(np.array(guesses) == test_y)),
                    "file_bytes": program.size,
                }


def npu_networks(
    sizes: Iterable[tuple[float, int]] = SIZES, systems: Iterable[npu.System] = npu.SYSTEMS
) -> Rows:
    """Yield whole networks on Arm's Ethos-U55 and U65, as their compiler estimates them."""
    for about, file in _files(sizes):
        for system in systems:
            for accelerator in npu.ACCELERATORS:
                if not accelerator.startswith(f"ethos-{system.family}-"):
                    continue
                estimate = npu.estimate(file, accelerator, system.mode, system.name)
                yield {
                    **about,
                    "accelerator": accelerator,
                    "mega_hertz": estimate.clock / 1e6,
                    "weights_in": system.weights_in,
                    "giga_bytes_per_second": system.bandwidth / 1e9,
                    "ridge": system.ridge(accelerator),
                    "macs": estimate.macs,
                    "cycles": estimate.cycles,
                    "ms": 1e3 * estimate.seconds,
                    "sram_bytes": estimate.sram,
                    "weight_bytes": estimate.weights,
                    "utilization": estimate.utilization,
                }


def npu_layers(width: float = 0.25, resolution: int = 96) -> Rows:
    """Yield the layers of a small network on one NPU, its weights in flash and in SRAM."""
    for about, file in _files([(width, resolution)]):
        for where, mode in MEMORIES.items():
            estimate = npu.estimate(file, "ethos-u55-128", mode)
            for layer in estimate.layers:
                yield {
                    "network": about["network"],
                    "weights_in": where,
                    "accelerator": estimate.accelerator,
                    "layer": layer.name,
                    "kind": layer.kind,
                    "macs": layer.macs,
                    "cycles": layer.cycles,
                    "compute_cycles": layer.compute_cycles,
                    "utilization": layer.utilization,
                }


def designs(keys: Iterable[tuple[float, int]] = tuple(TOP_1), rounds: int = 30) -> Rows:
    """Yield the sixteen MobileNets that were released: what each costs, and how good it is."""
    from dwsep_helpers.hardware import export, tflite

    for width, resolution in keys:
        network, x = settled(True, width, resolution)
        program, file = export.export(network, x), tflite.to_tflite(network, x)
        estimate = npu.estimate(file)
        with torch.inference_mode():
            timings = measure({"": partial(program, x)}, rounds, warm_up=3)
        yield {
            "width": width,
            "resolution": resolution,
            "top_1": TOP_1[width, resolution],
            "int8_top_1": TOP_1_INT8[width, resolution],
            "macs": profile(network, tuple(x.shape)).total.macs,
            "params": count_parameters(network),
            "int8_file_bytes": len(file),
            "cpu_ms": 1e3 * timings.best(""),
            "npu_ms": 1e3 * estimate.seconds,
            "npu_sram_bytes": estimate.sram,
        }


TABLES: Final[dict[str, tuple[Callable[[], Rows], str]]] = {
    "ceilings": (
        ceilings,
        "best of 30 calls, one thread; bandwidth counts bytes read and written; rates in 10⁹ "
        "bytes or MACs per second",
    ),
    "layers": (
        layers,
        "MobileNetV1 and its dense twin, α = 1, 3×224×224, one thread, batch 1, while the whole "
        "network runs; eager: best of 40; XNNPACK: the runtime's own profiler, mean over the "
        "quicker half of 80 calls",
    ),
    "runtimes": (
        runtimes,
        "one thread, batch 1, 60 rounds in which all contenders of a size take turns after 3 "
        "warm-up calls; int8 weights have a scale per channel",
    ),
    "designs": (
        designs,
        "CPU: this machine's, ExecuTorch with XNNPACK, float32, one thread, best of 30; NPU: "
        "Vela's estimate for an Ethos-U55 with 128 MACs at 500 MHz, weights in flash at 0.5 GB/s; "
        "top-1, float32 and int8: printed for the checkpoints released on "
        "github.com/tensorflow/models; file: int8, our weights",
    ),
    "int8": (
        int8,
        "unit 05's two networks and recipe, 1,400 training digits, 397 test digits, calibrated "
        "with 100 training digits; accuracy is the exported program's",
    ),
    "npu": (
        npu_networks,
        "Vela's estimate; nothing was executed; activations in SRAM, 8 bytes a cycle for a U55, 16 "
        "for a U65; ridge: MACs per byte of the weights' memory; two classes, as in MLPerf Tiny's "
        "visual wake words",
    ),
    "npu_layers": (
        npu_layers,
        "Vela's estimate; nothing was executed; Ethos-U55 at 500 MHz, activations in SRAM at 4 "
        "GB/s, weights in flash at 0.5 GB/s or in SRAM, too; α = 0.25, 3×96×96, two classes",
    ),
    "layouts": (
        partial(layouts.depthwise_times, layouts.depthwise_shapes(), 200),
        "MobileNetV1's depthwise layers, α = 1, 3×224×224, each alone, float32, one thread; eager: "
        "best of 200 calls in turn; copies and kernel: oneDNN's own log, best of 200; XNNPACK: the "
        "runtime's own profiler, mean over the quicker half of 200 calls, the best of five times",
    ),
    **photographed.TABLES,
    "gpu": (gpu.layers, gpu.PROTOCOL),
}
"""What there is to record: how, and the protocol."""


def record(name: str, folder: Path = FOLDER) -> Path:
    """Measure one of :data:`TABLES`, write it and return the file's path.

    Raises
    ------
    ValueError
        If there is no such table.
    """
    if name not in TABLES:
        raise ValueError(f"no table is called {name!r}; there are {', '.join(TABLES)}")
    rows, protocol = TABLES[name]
    command = f"python -m dwsep_helpers.hardware.record {name}"
    libraries = ("torch",) if name == "gpu" else LIBRARIES + photographed.LIBRARIES.get(name, ())
    made = measurements.provenance(command, protocol, libraries)
    if name == "gpu":
        made["processor"] = gpu.name()
    path = folder / f"{name}.csv"
    measurements.write(path, list(rows()), made)
    return path


def main(arguments: list[str] | None = None) -> None:
    """Record what was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m dwsep_helpers.hardware.record", description=__doc__.splitlines()[0]
    )
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=", ".join(TABLES))
    parser.add_argument("--output", type=Path, default=FOLDER, help="another folder")
    options = parser.parse_args(arguments)
    unknown = set(options.tables) - set(TABLES)
    if unknown:
        parser.error(f"no such table: {', '.join(sorted(unknown))}; there are {', '.join(TABLES)}")
    lacking = photographed.lacking() | (set() if torch.cuda.is_available() else {"gpu"})
    wanted = options.tables or [name for name in TABLES if name not in lacking]
    options.output.mkdir(parents=True, exist_ok=True)
    for name in progress(wanted, what="recording"):
        print(record(name, options.output).name, flush=True)


def _files(sizes: Iterable[tuple[float, int]]) -> Iterator[tuple[dict, bytes]]:
    """Yield eight-bit networks of two classes: the first columns of a row, and the file."""
    from dwsep_helpers.hardware import tflite

    for (width, resolution), (name, separable) in itertools.product(sizes, NETWORKS.items()):
        file = tflite.to_tflite(*settled(separable, width, resolution, classes=2))
        yield {"network": name, "width": width, "resolution": resolution}, file


if __name__ == "__main__":
    main()
