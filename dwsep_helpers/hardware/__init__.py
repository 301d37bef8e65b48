"""How fast a network runs and why: timing, ceilings, mobile runtimes, eight-bit numbers.

Timing, rooflines, quantisation, the recorded measurements and a phone's line
(:mod:`~dwsep_helpers.hardware.phones`) need NumPy alone. What exports and runs networks is imported
by name: :mod:`dwsep_helpers.hardware.export` (ExecuTorch),
:mod:`~dwsep_helpers.hardware.tflite` (LiteRT) and :mod:`~dwsep_helpers.hardware.npu` (Vela) need
the extra ``mobile``, :mod:`~dwsep_helpers.hardware.eager` needs torch.
"""

from __future__ import annotations

from pathlib import Path

from dwsep_helpers import measurements
from dwsep_helpers.hardware.equalization import equalize
from dwsep_helpers.hardware.limits import (
    amdahl,
    attainable,
    best_design,
    bytes_moved,
    intensity,
    least_time,
)
from dwsep_helpers.hardware.memory import peak_memory
from dwsep_helpers.hardware.mobile_runtimes import MOBILE, has_mobile, how_to_add_mobile
from dwsep_helpers.hardware.phones import phone
from dwsep_helpers.hardware.quantization import (
    dequantize,
    quantize,
    scale_and_zero_point,
    symmetric_scale,
)
from dwsep_helpers.hardware.roofline import DEVICES, Machine, measure_bandwidth, measure_peak
from dwsep_helpers.hardware.timing import Timing, Timings, limited, measure, quick
from dwsep_helpers.measurements import processor

__all__ = [
    "DEVICES",
    "MOBILE",
    "Machine",
    "Timing",
    "Timings",
    "amdahl",
    "attainable",
    "best_design",
    "bytes_moved",
    "dequantize",
    "equalize",
    "has_mobile",
    "how_to_add_mobile",
    "intensity",
    "least_time",
    "limited",
    "measure",
    "measure_bandwidth",
    "measure_peak",
    "peak_memory",
    "phone",
    "processor",
    "quantize",
    "quick",
    "recorded",
    "scale_and_zero_point",
    "symmetric_scale",
]


def recorded(name: str) -> measurements.Table:
    """Return measurements that the course ships.

    Parameters
    ----------
    name : str
        ``"ceilings"``, ``"crops"``, ``"designs"``, ``"int8"``, ``"int8_layers"``, ``"layers"``,
        ``"layouts"``, ``"npu"``, ``"npu_layers"``, ``"rounding"`` or ``"runtimes"``;
        :mod:`dwsep_helpers.hardware.record` tells what is in each and makes them again.
        ``"newer_processor"`` has a few figures of another machine, to compare with.

    Raises
    ------
    ValueError
        If there are no measurements of that name.

    Examples
    --------
    >>> recorded("runtimes").one(network="separable", width=1.0, resolution=224,
    ...                          runtime="eager", dtype="float32")["macs"]
    568740352
    """
    folder = Path(__file__).with_name("recorded")
    path = folder / f"{name}.csv"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.csv")))
        raise ValueError(f"no measurements are called {name!r}; there are {known}")
    return measurements.read(path)
