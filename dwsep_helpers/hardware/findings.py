"""What the recorded tables say, in the few numbers that units 06 and 07 show.

Shares, ratios and rates are taken from the tables of :mod:`dwsep_helpers.hardware.record` each
time, so that a new recording changes what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from dwsep_helpers.cost import layer_costs
from dwsep_helpers.hardware import Machine, least_time, phone_lines, recorded
from dwsep_helpers.hardware import phones as taken
from dwsep_helpers.papers import LATENCIES, MOBILENET_V1, Layers

KINDS = ("standard", "depthwise", "pointwise")
SHARES = {"MACs": "macs", "numbers moved": "elements", "eager, recorded": "eager_ms"}
PLOTTED = ("XNNPACK, pointwise",)  # a kernel of which the figure has layers
LAYOUT_PARTS = {
    "eager_nchw": "eager, NCHW",
    "nchw_copies": "NCHW: copies",
    "nchw_kernel": "NCHW: computing",
    "eager_nhwc": "eager, NHWC",
    "nhwc_copies": "NHWC: copies",
    "nhwc_kernel": "NHWC: computing",
    "xnnpack": "XNNPACK, NHWC",
}
Work = list[tuple[int, dict[str, int]]]
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


def where(name: str) -> str:
    """Return on which processor a table was recorded, in words that fit a title.

    Examples
    --------
    >>> where("layers").endswith("; a server, no phone")
    True
    """
    made = recorded(name).provenance
    widest = made["instructions"].split(", ")[-1]
    others = "and your phone" if name == "runtimes" and taken.own() else "no phone"
    return f"{made['processor']}, {widest}; a server, {others}"


def shares() -> dict[str, dict[str, float]]:
    """Return MobileNet's MACs, numbers moved and recorded time, by kind of layer."""
    rows = recorded("layers").where(network="separable")
    return {
        name: by_kind((row["kind"], row[column]) for row in rows) for name, column in SHARES.items()
    }


def roofline() -> tuple[Machine, dict[str, list[tuple[float, float]]]]:
    """Return the recorded machine, and MobileNet's layers in ExecuTorch as points.

    The machine's peak isn't published. The roof is the highest rate of a kernel that is no point
    in the figure: of a matrix product, or of a standard convolution; so points may lie above it.
    The bandwidths are the best copies of arrays that the caches hold, and of arrays that they
    don't.

    Returns
    -------
    machine : Machine
    points : dict of str to list of (float, float)
        By kind: MACs per byte in float32, and MACs per second.
    """
    points: dict[str, list[tuple[float, float]]] = {}
    for layer in recorded("layers").where(network="separable"):
        if layer["xnnpack_float32_ms"]:
            rate = 1e3 * layer["macs"] / layer["xnnpack_float32_ms"]
            at = layer["macs"] / (4 * layer["elements"])
            points.setdefault(layer["kind"], []).append((at, rate))
    ceilings = recorded("ceilings")
    copies = {r["bytes"]: 1e9 * r["giga_per_second"] for r in ceilings.where(kind="bandwidth")}
    kernels = [
        1e9 * row["giga_per_second"]
        for row in ceilings.where(kind="peak")
        if row["name"] not in PLOTTED
    ]
    bandwidths = {
        "cache": max(rate for size, rate in copies.items() if size <= CACHED),
        "DRAM": max(rate for size, rate in copies.items() if size >= UNCACHED),
    }
    return Machine("the recorded machine", max(kernels), bandwidths, ceilings.source), points


def times_faster() -> dict[str, float]:
    """Return how many times fewer MACs MobileNet makes than its twin, and less time it takes.

    Recorded, and on one's own phone, if :func:`dwsep_helpers.hardware.phone` has taken it.
    """
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
    if own := taken.own():
        found[f"{own.size}, fewer MACs"] = own.times_fewer_macs
        found[f"{own.size}, {own.label}"] = own.times_faster
    return found


def work(layers: Layers, resolution: int, itemsize: int, weights_in: str = "memory") -> Work:
    """Return each layer's MACs, and its bytes by memory, as :func:`least_time` takes them.

    Parameters
    ----------
    layers : Layers
        A network's table.
    itemsize : int
        Bytes of a number.
    weights_in : str
        The memory with the weights; maps lie in ``"memory"``.

    Examples
    --------
    >>> work(MOBILENET_V1, 224, 1, "flash")[1]
    (3612672, {'memory': 802816, 'flash': 288})
    """
    found: Work = []
    for parts in layer_costs(layers, resolution).values():
        for part in parts.values():
            moved = {"memory": itemsize * (part.input_elements + part.output_elements)}
            weights = itemsize * part.weight_elements
            moved[weights_in] = moved.get(weights_in, 0) + weights
            found.append((part.macs, moved))
    return found


def twins_work() -> dict[str, tuple[Work, Work]]:
    """Return the work of the dense twin and of MobileNet, all of it through one memory."""
    return {
        dtype: (work(MOBILENET_V1.dense(), 224, itemsize), work(MOBILENET_V1, 224, itemsize))
        for dtype, itemsize in (("int8", 1), ("float32", 4))
    }


def phones(*lines: str) -> dict[str, float]:
    """Return how many times faster MobileNet is in ExecuTorch on the recorded core, and on phones.

    Parameters
    ----------
    *lines : str
        Of phones, as for :func:`dwsep_helpers.hardware.phone_lines.row`; empty ones are left out.
        The phone that :func:`dwsep_helpers.hardware.phone` has taken comes first.

    Raises
    ------
    ValueError
        If a line can't be right.
    """
    found = {}
    for dtype in ("float32", "int8"):
        for fast in recorded("runtimes").where(
            network="separable", runtime="ExecuTorch", dtype=dtype
        ):
            about = {key: fast[key] for key in ("width", "resolution", "runtime", "dtype")}
            slow = recorded("runtimes").one(network="dense", **about)
            size = f"α = {fast['width']:g}, {fast['resolution']}×{fast['resolution']}, {dtype}"
            found[f"a server's core, {size}"] = slow["best_ms"] / fast["best_ms"]
    mine = [own] if (own := taken.own()) else []
    for own in [*mine, *map(phone_lines.row, filter(str.strip, lines))]:
        found[f"{own.label}, {own.size}"] = own.times_faster
        if own.native:
            found[f"{own.name}, {own.size}, {own.native.label}"] = own.native.times_faster
    return found


def published() -> dict[str, float]:
    """Return GMAC/s of MobileNets on phones: as published, and on one's own, if it was taken."""
    found = {row.label: row.giga_macs_per_second for row in LATENCIES}
    if own := taken.own():
        where = ", in a browser" if own.how else ""
        found[f"V1, {own.size}, {own.label}{where}"] = own.macs / own.separable_ms / 1e6
        if own.native:
            rate = own.macs / own.native.separable_ms / 1e6
            found[f"V1, {own.size}, {own.name}, {own.native.label}"] = rate
    return found


def npu_systems(takes: Callable[..., float] = least_time, width: float = 0.25) -> list[dict]:
    """Return what Vela estimates for two networks on its systems, and the bounds beside it.

    Parameters
    ----------
    takes : callable
        The least time, of layers, peak and bandwidths.

    Returns
    -------
    list of dict
        Of each system: its accelerator, where weights lie and the ridge of that memory;
        milliseconds of ``"dense"`` and ``"separable"``, and their bounds.
    """
    table = recorded("npu")
    stem, *rest, last = MOBILENET_V1.thinner(width)
    two = Layers("two classes", [stem, *rest, last._replace(out_channels=2)])
    networks = {"dense": two.dense(), "separable": two}
    found = []
    for row in table.where(network="separable", width=width):
        keys = ("accelerator", "mega_hertz", "weights_in", "giga_bytes_per_second")
        same = {key: row[key] for key in (*keys, "resolution")}
        clock = 1e6 * row["mega_hertz"]
        macs = int(row["accelerator"].rpartition("-")[2])
        sram = clock * (8 if "u55" in row["accelerator"] else 16)
        place = "memory" if row["weights_in"] == "SRAM" else row["weights_in"]
        bandwidths = {"memory": sram, place: 1e9 * row["giga_bytes_per_second"]}
        system = {**same, "ridge": row["ridge"]}
        for name, layers in networks.items():
            system[name] = table.one(network=name, **same)["ms"]
            moved = work(layers, row["resolution"], 1, place)
            system[f"{name}_bound"] = 1e3 * takes(moved, macs * clock, bandwidths)
        found.append(system)
    return found


def layouts() -> dict[str, float]:
    """Return milliseconds of MobileNet's depthwise layers: in two layouts, and what of them."""
    rows = recorded("layouts").rows
    ms = {name: sum(row[f"{name}_ms"] for row in rows) for name in LAYOUT_PARTS}
    return {says: ms[name] for name, says in LAYOUT_PARTS.items()}


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
