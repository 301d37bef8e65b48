"""What the course recorded of its networks' times, for a page to draw beside a phone's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from dwsep_helpers.hardware import recorded
from dwsep_helpers.hardware.findings import where

TYPES: Final = {"float32": "f32", "int8": "i8"}
NPUS: Final = (("ethos-u55-128", "SRAM"), ("ethos-u55-128", "flash"), ("ethos-u65-512", "DRAM"))
"""Of Vela's systems, each at its first clock: a microcontroller's with two memories, a larger."""


def bars(sizes: Iterable[tuple[float, int]], name: Callable[[float, int], str]) -> dict[str, Any]:
    """Return how many times fewer MACs and less time the separable networks take than the dense.

    Parameters
    ----------
    sizes : iterable of (float, int)
        Width multiplier and resolution.
    name : callable
        Of both, what the index calls a network.
    """
    macs, found = {}, []
    for width, resolution in sizes:
        size = {"width": width, "resolution": resolution}
        for bar in (*_processors(**size), *_newer_processor(**size), *_npus(**size)):
            found.append({"network": name(width, resolution), **bar})
        counts = {row["network"]: row["macs"] for row in recorded("runtimes").where(**size)}
        if counts:
            macs[name(width, resolution)] = round(counts["dense"] / counts["separable"], 3)
    return {"macs": macs, "bars": found}


def _processors(**size: float) -> Iterator[dict[str, Any]]:
    table = recorded("runtimes")
    says = f"{table.provenance['processor']}, one core"
    for row in table.where(network="separable", **size):
        if row["runtime"] != "eager, channels last":
            same = {key: row[key] for key in ("width", "resolution", "runtime", "dtype")}
            dense = table.one(network="dense", **same)
            runtime = row["runtime"].replace("eager", "eager PyTorch")
            source = f"recorded ({where('runtimes')}); best of {row['calls']} calls"
            times = dense["best_ms"], row["best_ms"]
            yield _bar("processor", f"{says}, {runtime}", row["dtype"], source, *times)


def _newer_processor(width: float, resolution: float) -> Iterator[dict[str, Any]]:
    table = recorded("newer_processor")
    made = table.provenance
    if (width, resolution) == (1.0, 224):  # the one size of that table
        for row in table.where(network="separable", layers="all"):
            same = {key: row[key] for key in ("runtime", "dtype", "layers")}
            dense = table.one(network="dense", **same)
            runtime = row["runtime"].replace("eager", "eager PyTorch")
            says = f"{made['processor'].removeprefix('an ')}, one thread, {runtime}"
            source = "recorded on a server, no phone; best of at least 40 calls"
            yield _bar("processor", says, row["dtype"], source, dense["ms"], row["ms"])


def _npus(**size: float) -> Iterator[dict[str, Any]]:
    table = recorded("npu")
    for accelerator, memory in NPUS:
        wanted = {"accelerator": accelerator, "weights_in": memory, **size}
        for row in table.where(network="separable", **wanted)[:1]:
            system = {key: row[key] for key in ("mega_hertz", "giga_bytes_per_second")}
            dense = table.one(network="dense", **wanted, **system)
            family, macs = accelerator.removeprefix("ethos-").upper().split("-")
            says = f"Ethos-{family}, {macs} MACs a cycle, weights in {memory}"
            source = "Vela's estimate, two classes; nothing was run"
            yield _bar("npu", says, "int8", source, dense["ms"], row["ms"])


def _bar(
    kind: str, says: str, dtype: str, source: str, dense: float, separable: float
) -> dict[str, Any]:
    times = {"dense_ms": dense, "separable_ms": separable, "times": round(dense / separable, 3)}
    return {"type": TYPES[dtype], "kind": kind, "says": says, **times, "source": source}
