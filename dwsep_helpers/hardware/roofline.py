"""The roofline: how fast a machine can go, given how much work there is for each byte.

S. Williams, A. Waterman, D. Patterson, "Roofline: an insightful visual performance model",
Communications of the ACM 52 (2009). Rates are in MACs per second and intensities in MACs per byte.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from dwsep_helpers.hardware.limits import attainable
from dwsep_helpers.hardware.mobile_runtimes import has_mobile
from dwsep_helpers.hardware.timing import Timings, measure

ARRAYS: Final = tuple(2**n for n in range(15, 29))
"""Bytes of the arrays that :func:`measure_bandwidth` copies: 32 KiB to 256 MiB.

Below that, calling NumPy takes longer than the copy, so the first-level cache isn't seen.
"""

Kernel = tuple[Callable[[], object], int]  # what to call, and its MACs


@dataclass(frozen=True)
class Machine:
    """A processor's ceilings.

    Attributes
    ----------
    peak : float
        MACs per second at most; infinite where it isn't known.
    bandwidths : mapping of str to float
        Bytes per second at most, by where the data lie, the fastest first. Empty where none
        is known.
    source : str
        Who says so.

    Examples
    --------
    >>> pi = DEVICES["Raspberry Pi 4"]
    >>> round(pi.ridge(), 1), round(pi.attainable(1.0) / 1e9, 2), round(pi.attainable(9.0) / 1e9)
    (4.3, 5.56, 24)
    """

    name: str
    peak: float = math.inf
    bandwidths: Mapping[str, float] = field(default_factory=dict)
    source: str = ""

    def attainable(self, intensity: float, memory: str | None = None) -> float:
        """Return the MACs per second that no code can exceed.

        Parameters
        ----------
        intensity : float
            MACs per byte.
        memory : str, optional
            Where the data lie; left out, the slowest memory there is.

        Raises
        ------
        ValueError
            If the intensity isn't positive, or there is no such memory.
        """
        return attainable(intensity, self.peak, self._bandwidth(memory))

    def ridge(self, memory: str | None = None) -> float:
        """Return the intensity from which on the peak is the limit, in MACs per byte."""
        return self.peak / self._bandwidth(memory)

    def _bandwidth(self, memory: str | None) -> float:
        if memory is None:
            return min(self.bandwidths.values(), default=math.inf)
        if memory not in self.bandwidths:
            known = ", ".join(self.bandwidths) or "none"
            raise ValueError(f"memory is {memory!r}, and {self.name} has {known}")
        return self.bandwidths[memory]


DEVICES: Final = {
    machine.name: machine
    for machine in (
        Machine(
            "Raspberry Pi 4",
            peak=4 * 1.5e9 * 4,  # four cores at 1.5 GHz, 8 FLOP = 4 MAC in a cycle
            bandwidths={"DRAM": 5.56e9},
            source=(
                "STREAM: sci-pi.org.uk/bench/stream.html; peak: the Cortex-A57's 8 float32 "
                "operations per cycle and core (en.wikichip.org), taken for the A72"
            ),
        ),
        Machine(
            "TI AM64x, LPDDR4",
            bandwidths={"DRAM": 2.2e9},
            source="copy, Texas Instruments SPRACV1B; its peak isn't published there",
        ),
        Machine(
            "Arm Ethos-U65, 512 MACs",
            peak=512 * 1.0e9,
            source="512 int8 MACs per cycle at 1 GHz: eenewseurope.com; bandwidth is the board's",
        ),
    )
}
"""Published ceilings, by the device's name. Float32, but for the NPU's int8."""


def measure_bandwidth(arrays: Sequence[int] = ARRAYS, rounds: int = 15) -> dict[int, float]:
    """Measure how fast one core copies arrays of these sizes.

    Parameters
    ----------
    arrays : sequence of int
        Bytes of the array that is read; the one that is written has as many.

    Returns
    -------
    dict of int to float
        By size, bytes per second, read and written, at the best.

    Raises
    ------
    ValueError
        If a size is below 8 bytes.

    Examples
    --------
    >>> found = measure_bandwidth([2**16], rounds=3)
    >>> found[2**16] > 1e8
    True
    """
    if min(arrays) < 8:
        raise ValueError(f"arrays has one of {min(arrays)} bytes, and one number takes 8")
    found = {}
    for size in arrays:
        source, target = _apart(size // 8)
        repeats = max(1, 2**22 // size)  # a call shall take long enough for the clock
        copies = partial(_copy, source, target, repeats)
        seconds = measure({"copy": copies}, rounds).best("copy")
        found[size] = 2 * source.nbytes * repeats / seconds
    return found


def cache_sizes(folder: Path = Path("/sys/devices/system/cpu/cpu0/cache")) -> dict[str, int]:
    """Return the bytes of this processor's caches for data, by level, as Linux says.

    Returns
    -------
    dict of str to int
        Such as ``{"L1": 32768, "L2": 1048576}``, the smallest first; empty where Linux doesn't
        say. A virtual machine may say what its core shares with others.

    Examples
    --------
    >>> all(size > 0 for size in cache_sizes().values())
    True
    """
    found = {}
    for index in sorted(folder.glob("index*")):
        try:
            kind, level, size = (
                (index / name).read_text("ascii").strip() for name in ("type", "level", "size")
            )
            if kind != "Instruction":
                found[f"L{level}"] = int(size.removesuffix("K")) * 1024
        except (OSError, ValueError):
            continue
    return found


def level(size: int, caches: Mapping[str, int]) -> str:
    """Return the first cache that holds so many bytes, or ``"DRAM"``; nothing if none is known.

    Examples
    --------
    >>> level(40_000, {"L1": 32_768, "L2": 1_048_576}), level(2**26, {"L1": 32_768}), level(9, {})
    ('L2', 'DRAM', '')
    """
    return next((name for name, most in caches.items() if size <= most), "DRAM" if caches else "")


def measure_peak(rounds: int = 15) -> tuple[dict[str, float], Timings]:
    """Measure the rate of the best kernels at hand, one thread, float32.

    A library's matrix product alone misleads: some choose slower code on processors of another
    maker. So the peak is the largest rate over several kernels, and each of them is shown.

    Returns
    -------
    rates : dict of str to float
        MACs per second by kernel: NumPy's product, torch's convolution and product where torch
        is installed, XNNPACK's pointwise where ExecuTorch is.
    timings : Timings
    """
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=(512, 512)).astype(np.float32) for _ in range(2))
    kernels: dict[str, Kernel] = {"NumPy, matrix product": (lambda: a @ b, 512**3)}
    kernels |= {**_torch_kernels(), **_mobile_kernels()}
    timings = measure({name: call for name, (call, _) in kernels.items()}, rounds, warm_up=3)
    return {name: macs / timings.best(name) for name, (_, macs) in kernels.items()}, timings


def _copy(source: np.ndarray, target: np.ndarray, times: int) -> None:
    for _ in range(times):
        np.copyto(target, source)


def _apart(length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two arrays of numbers that lie half a page apart within their pages.

    A processor compares addresses by their last twelve bits first and takes a load for one of
    the store before it if they agree: with both arrays at the start of a page, a copy of 256 KiB
    ran at 4 GB/s, and at 53 GB/s half a page apart.
    """
    page, size = 4096, 8 * length
    memory = np.zeros(2 * size + 3 * page, dtype=np.uint8)
    start = -memory.ctypes.data % page
    second = start + size + -size % page + page // 2
    source, target = (memory[at : at + size].view(np.float64) for at in (start, second))
    source[:] = 1.0
    return source, target


def _torch_kernels() -> dict[str, Kernel]:
    try:
        import torch
    except ModuleNotFoundError:
        return {}
    c, d = torch.randn(512, 512), torch.randn(512, 512)
    x, weight = torch.randn(1, 128, 28, 28), torch.randn(128, 128, 3, 3)

    def convolve() -> object:
        with torch.inference_mode():
            return torch.nn.functional.conv2d(x, weight, padding=1)

    return {
        "PyTorch, matrix product": (lambda: c @ d, 512**3),
        "PyTorch, 3×3 convolution": (convolve, 9 * 128 * 128 * 28 * 28),
    }


def _mobile_kernels() -> dict[str, Kernel]:
    if "torch" not in sys.modules or not has_mobile():
        return {}
    import torch

    from dwsep_helpers.hardware import export

    x = torch.randn(1, 512, 14, 14)
    program = export.export(torch.nn.Conv2d(512, 512, 1), x)
    return {"XNNPACK, pointwise": (lambda: program(x), 512 * 512 * 14 * 14)}
