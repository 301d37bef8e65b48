"""What a network would cost on an Arm Ethos-U NPU, as its compiler estimates it.

Vela compiles an eight-bit .tflite file into commands for the NPU and reckons with each of them:
cycles of the multipliers, and cycles of every memory they wait for. Nothing is executed, and the
estimate moves with Vela's version. Needs the extra ``mobile``.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from dwsep_helpers import hardware

_U55 = "Ethos_U55_High_End_Embedded", "Shared_Sram"
_U65 = "Ethos_U65_Client_Server", "Dedicated_Sram_384KB"
ACCELERATORS: Final = {
    **{f"ethos-u55-{macs}": _U55 for macs in (32, 64, 128, 256)},
    **{f"ethos-u65-{macs}": _U65 for macs in (256, 512)},
    "ethos-u85-256": ("Ethos_U85_SYS_DRAM_Mid", "Dedicated_Sram_384KB"),
}
"""Accelerators, each with the system and the memory mode that Vela assumes if nobody says.

The number at the end is how many eight-bit MACs a cycle can do. An Ethos-U55 has a clock of 500 MHz
here, and reads weights from flash at 0.5 GB/s; an Ethos-U65 has one of 1 GHz, and reads them from
DRAM at 12 GB/s: whoever compares the two compares memories as well. :data:`SYSTEMS` has more.
"""

SRAM_ONLY: Final = "Sram_Only"
"""The memory mode in which weights, too, lie in the memory on the chip: 4 GB/s for a U55."""


class System(NamedTuple):
    """An NPU's clock and memories, as Vela's file ``Arm/vela.ini`` has them.

    Attributes
    ----------
    family : str
        ``"u55"`` or ``"u65"``.
    name, mode : str
        Vela's, of the system and of the memory mode. Activations lie in SRAM in each.
    clock : float
        Cycles per second.
    sram : float
        Bytes per second of the memory on the chip: 8 in a cycle for a U55, 16 for a U65.
    weights_in : str
        ``"flash"``, ``"DRAM"`` or ``"SRAM"``.
    bandwidth : float
        Bytes per second of the memory with the weights.
    """

    family: str
    name: str
    mode: str
    clock: float
    sram: float
    weights_in: str
    bandwidth: float

    def ridge(self, accelerator: str) -> float:
        """Return MACs per byte of the weights' memory at which an accelerator stops waiting."""
        return macs_per_cycle(accelerator) * self.clock / self.bandwidth


SYSTEMS: Final = tuple(
    System(*row)
    for row in (
        ("u55", "Ethos_U55_High_End_Embedded", SRAM_ONLY, 500e6, 4e9, "SRAM", 4e9),
        ("u55", "Ethos_U55_High_End_Embedded", "Shared_Sram", 500e6, 4e9, "flash", 0.5e9),
        ("u55", "Ethos_U55_Deep_Embedded", "Shared_Sram", 200e6, 1.6e9, "flash", 0.1e9),
        ("u65", "Ethos_U65_Client_Server", SRAM_ONLY, 1e9, 16e9, "SRAM", 16e9),
        ("u65", "Ethos_U65_Client_Server", "Shared_Sram", 1e9, 16e9, "DRAM", 12e9),
        ("u65", "Ethos_U65_High_End", "Shared_Sram", 1e9, 16e9, "DRAM", 3.75e9),
        ("u65", "Ethos_U65_Embedded", "Shared_Sram", 500e6, 8e9, "flash", 0.5e9),
    )
)
"""Systems to compare: both families, with weights in SRAM, in DRAM and in flash."""


@dataclass(frozen=True)
class LayerEstimate:
    """One layer on the NPU.

    Attributes
    ----------
    name : str
        As in the file.
    kind : str
        ``"standard"``, ``"depthwise"``, ``"pointwise"``, ``"linear"`` or ``"other"``.
    cycles : int
        Of the slowest of computing and moving.
    compute_cycles : int
        Of the multipliers alone.
    utilization : float
        MACs done over MACs that the array could have done in these cycles, 0 to 1.
    """

    name: str
    kind: str
    cycles: int
    compute_cycles: int
    macs: int
    utilization: float


@dataclass(frozen=True)
class Estimate:
    """A network on the NPU.

    Attributes
    ----------
    clock : float
        Cycles per second.
    cycles : int
        For one image.
    sram, weights : int
        Bytes of working memory, and of compressed weights and commands.
    layers : list of LayerEstimate
        In order of execution.
    """

    accelerator: str
    clock: float
    cycles: int
    macs: int
    sram: int
    weights: int
    layers: list[LayerEstimate] = field(repr=False)

    @property
    def seconds(self) -> float:
        """Time for one image."""
        return self.cycles / self.clock

    @property
    def utilization(self) -> float:
        """MACs done over MACs that the array could have done, 0 to 1."""
        return self.macs / (self.cycles * macs_per_cycle(self.accelerator))


def macs_per_cycle(accelerator: str) -> int:
    """Return how many eight-bit MACs an accelerator does in a cycle at most.

    Raises
    ------
    ValueError
        If there is no such accelerator.

    Examples
    --------
    >>> macs_per_cycle("ethos-u55-128")
    128
    """
    if accelerator not in ACCELERATORS:
        known = ", ".join(ACCELERATORS)
        raise ValueError(f"accelerator is {accelerator!r}, and known are {known}")
    return int(accelerator.rpartition("-")[2])


def estimate(
    tflite: bytes,
    accelerator: str = "ethos-u55-128",
    memory_mode: str = "",
    system_config: str = "",
) -> Estimate:
    """Compile a .tflite file for an NPU and return what the compiler reckons with.

    Parameters
    ----------
    tflite : bytes
        From :func:`dwsep_helpers.hardware.tflite.to_tflite`.
    accelerator : str
        A key of :data:`ACCELERATORS`.
    memory_mode, system_config : str
        Of Vela's, such as :data:`SRAM_ONLY`, in the place of those of :data:`ACCELERATORS`.

    Raises
    ------
    ModuleNotFoundError
        Without Vela; the message says how to add it.
    RuntimeError
        If Vela can't compile the file; the message is Vela's.
    ValueError
        If there is no such accelerator, or a part of the network would run on the CPU.
    """
    if not hardware.has_mobile():
        raise ModuleNotFoundError(hardware.how_to_add_mobile())
    whole = macs_per_cycle(accelerator)
    system, usual = ACCELERATORS[accelerator]
    system, memory = system_config or system, memory_mode or usual
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "network.tflite")
        file.write_bytes(tflite)
        command = [sys.executable, "-m", "ethosu.vela", str(file), "--output-dir", folder]
        command += ["--accelerator-config", accelerator, "--config", "Arm/vela.ini"]
        command += ["--system-config", system, "--memory-mode", memory, "--verbose-performance"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr or done.stdout)[-500:]
            raise RuntimeError(f"Vela can't compile the file: {said}")
        if "CPU operators = 0 " not in done.stdout:
            raise ValueError("tflite has operators that this NPU leaves to the CPU")
        (summary,) = _rows(Path(folder), "network_summary_*.csv")
        layers = _rows(Path(folder), "network_per-layer.csv")
    return Estimate(
        accelerator=accelerator,
        clock=float(summary["core_clock"]),
        cycles=int(summary["cycles_total"]),
        macs=int(summary["nn_macs"]),
        sram=_bytes(summary["sram_memory_used"]),
        weights=sum(_bytes(summary[f"{where}_memory_used"]) for where in _OUTSIDE),
        layers=_layers(layers, whole),
    )


# Where Vela books weights; with SRAM_ONLY it calls their place a flash on the chip.
_OUTSIDE = "off_chip_flash", "dram", "on_chip_flash"


def _layers(rows: list[dict[str, str]], whole: int) -> list[LayerEstimate]:
    found = []
    for row in rows:
        cycles = int(row["Op Cycles"])
        if not cycles:  # an activation, fused into the layer before it
            continue
        kind = _kind(row["Original Operator"], row["Name"])
        macs, computing = int(row["MAC Count"]), int(row["NPU"])
        used = macs / (cycles * whole)
        found.append(LayerEstimate(row["Name"], kind, cycles, computing, macs, used))
    return found


def _kind(operator: str, name: str) -> str:
    if operator == "Conv2D":
        return "pointwise" if name.endswith("pointwise") else "standard"
    return {"DepthwiseConv2D": "depthwise", "FullyConnected": "linear"}.get(operator, "other")


def _rows(folder: Path, pattern: str) -> list[dict[str, str]]:
    (path,) = folder.glob(pattern)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _bytes(kibibytes: str) -> int:
    return round(float(kibibytes) * 1024)
