"""What the recorded tables say, in the few numbers that units 06 and 07 show.

Shares, ratios and rates are taken from the tables of :mod:`dwsep_helpers.hardware.record` each
time, so that a new recording changes what is shown.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dwsep_helpers.hardware import Machine, recorded

KINDS = ("standard", "depthwise", "pointwise")
SHARES = {"MACs": "macs", "numbers moved": "elements", "eager, recorded": "eager_ms"}
CACHED, UNCACHED = 2**22, 2**26  # bytes of an array: the caches hold it; they don't


def by_kind(numbers: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return the sums of layers' numbers by kind; all that is no convolution is "other".

    Parameters
    ----------
    numbers : iterable of (str, number)
        A layer's kind, and what is added up.

    Examples
    --------
    >>> by_kind([("depthwise", 1), ("norm", 2), ("depthwise", 3), ("linear", 4)])
    {'depthwise': 4, 'other': 6}
    """
    sums: dict[str, float] = {}
    for kind, number in numbers:
        kind = kind if kind in KINDS else "other"
        sums[kind] = sums.get(kind, 0) + number
    return sums


def shares() -> dict[str, dict[str, float]]:
    """Return MobileNet's MACs, numbers moved and recorded time, by kind of layer."""
    rows = recorded("layers").where(network="separable")
    return {
        name: by_kind((row["kind"], row[column]) for row in rows) for name, column in SHARES.items()
    }


def roofline() -> tuple[Machine, dict[str, list[tuple[float, float]]]]:
    """Return the recorded machine, and MobileNet's layers in ExecuTorch as points.

    The machine's peak isn't published: it is the highest rate that anything on it reached. Its
    bandwidths are the best copies of arrays that its caches hold, and of arrays that they don't.

    Returns
    -------
    machine : Machine
    points : dict of str to list of (float, float)
        By kind: MACs per byte in float32, and MACs per second.
    """
    points: dict[str, list[tuple[float, float]]] = {}
    for row in recorded("layers").where(network="separable"):
        if row["xnnpack_float32_ms"]:
            rate = 1e3 * row["macs"] / row["xnnpack_float32_ms"]
            points.setdefault(row["kind"], []).append((row["macs"] / (4 * row["elements"]), rate))
    ceilings = recorded("ceilings")
    copies = {r["bytes"]: 1e9 * r["giga_per_second"] for r in ceilings.where(kind="bandwidth")}
    kernels = [1e9 * row["giga_per_second"] for row in ceilings.where(kind="peak")]
    bandwidths = {
        "cache": max(rate for size, rate in copies.items() if size <= CACHED),
        "DRAM": max(rate for size, rate in copies.items() if size >= UNCACHED),
    }
    peak = max([*kernels, *(rate for of_kind in points.values() for _, rate in of_kind)])
    return Machine("the recorded machine", peak, bandwidths, ceilings.source), points


def times_faster() -> dict[str, float]:
    """Return how many times fewer MACs MobileNet makes than its twin, and less time it takes."""
    found = {}
    for row in recorded("runtimes").where(network="separable", dtype="float32"):
        if row["runtime"] == "eager, channels last":
            continue
        keys = ("width", "resolution", "runtime", "dtype")
        same = {key: row[key] for key in keys}
        dense = recorded("runtimes").one(network="dense", **same)
        size = f"α = {row['width']:g}, {row['resolution']}×{row['resolution']}"
        found[f"{size}, fewer MACs"] = dense["macs"] / row["macs"]
        found[f"{size}, {row['runtime']}"] = dense["best_ms"] / row["best_ms"]
    return found


def npu_times_faster(resolution: int = 96) -> dict[str, float]:
    """Return how many times faster the separable network is on an Ethos-U55, as estimated."""
    table, found = recorded("npu"), {}
    for where in ("flash", "SRAM"):
        for row in table.where(network="separable", resolution=resolution, weights_in=where):
            dense = table.one(
                network="dense",
                resolution=resolution,
                weights_in=where,
                accelerator=row["accelerator"],
            )
            macs = row["accelerator"].rpartition("-")[2]
            found[f"weights in {where}, {macs} MACs a cycle"] = dense["ms"] / row["ms"]
    return found


def int8_times_faster() -> dict[str, float]:
    """Return how many times faster MobileNet is in int8 than in float32, in ExecuTorch."""
    layers = recorded("layers").where(network="separable")
    whole = recorded("runtimes").where(
        network="separable", width=1, resolution=224, runtime="ExecuTorch"
    )
    ours = {(row["dtype"], "all"): row["best_ms"] for row in whole}
    for dtype in ("float32", "int8"):
        column = f"xnnpack_{dtype}_ms"
        timed = [(row["kind"], row[column]) for row in layers if row[column]]
        ours |= {(dtype, kind): ms for kind, ms in by_kind(timed).items()}
    found = {}
    for name, ms in (("recorded machine", ours), ("newer processor", newer_ms())):
        for kind in ("depthwise", "pointwise", "all"):
            label = f"{name}, {'whole network' if kind == 'all' else kind}"
            found[label] = ms["float32", kind] / ms["int8", kind]
    return found


def int8_parts() -> tuple[np.ndarray, np.ndarray, float]:
    """Return, for the newer processor, what Amdahl's law is tried on.

    Returns
    -------
    shares, speedups : ndarray
        Of depthwise layers, pointwise layers and the rest.
    whole : float
        How many times faster the whole network became.
    """
    ms = newer_ms()
    parts = ("depthwise", "pointwise")
    times = {
        dtype: [
            *(ms[dtype, part] for part in parts),
            ms[dtype, "all"] - sum(ms[dtype, part] for part in parts),
        ]
        for dtype in ("float32", "int8")
    }
    before, after = (np.array(times[dtype]) for dtype in ("float32", "int8"))
    return before / before.sum(), before / after, before.sum() / after.sum()


def newer_ms() -> dict[tuple[str, str], float]:
    """Return MobileNet's milliseconds on the newer processor, by dtype and kind of layer."""
    rows = recorded("newer_processor").where(network="separable", runtime="ExecuTorch")
    return {(row["dtype"], row["layers"]): row["ms"] for row in rows}


KEPT = {
    "per tensor": "a scale per layer",
    "per channel": "a scale per channel",
    "equalized, per tensor": "equalized, a scale per layer",
    "equalized, per channel": "equalized, a scale per channel",
    "ReLU for ReLU6": "float32, without ReLU6's ceiling",
}


def classes_kept(*weights: str, activations: str = "float32") -> dict[str, int]:
    """Return how many of 200 squares keep their class, named by what was rounded how.

    Parameters
    ----------
    *weights : str
        As in the column of that name in ``hardware.recorded("crops")``; all of :data:`KEPT`, if
        none is named.
    activations : str
        ``"float32"`` or ``"int8"``.

    Examples
    --------
    >>> classes_kept("per tensor")
    {'a scale per layer, 6 of 8 photographs': 133}
    """
    found = {}
    for name in weights or KEPT:
        row = recorded("crops").one(weights=name, activations=activations)
        photographs = f"{row['photographs_kept']} of {row['photographs']} photographs"
        found[f"{KEPT[name]}, {photographs}"] = row["squares_kept"]
    return found
