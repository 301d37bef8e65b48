"""What holds a network back: bytes to move, parts that don't get faster, budgets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dwsep_helpers.cost.layers import refuse_uneven
from dwsep_helpers.cost.value import Cost
from dwsep_helpers.kernels.arguments import real_number
from dwsep_helpers.kernels.shapes import integer, mapping, sequence


def amdahl(shares: Sequence[float], speedups: Sequence[float]) -> float:
    """Return how many times faster the whole gets when its parts do.

    Parameters
    ----------
    shares : sequence of float
        Of the time, before; they add up to 1.
    speedups : sequence of float
        How many times faster each part gets.

    Raises
    ------
    ValueError
        If there are not as many speed-ups as shares, a speed-up isn't positive, a share is
        negative, or the shares don't add up to 1.

    Notes
    -----
    G. M. Amdahl, "Validity of the single processor approach to achieving large scale computing
    capabilities", AFIPS Spring Joint Computer Conference (1967).

    Examples
    --------
    >>> round(amdahl([0.75, 0.25], [3, 1]), 2)
    2.0
    """
    shares, speedups = _real_sequence("shares", shares), _real_sequence("speedups", speedups)
    if len(shares) != len(speedups):
        raise ValueError(f"shares has {len(shares)} parts, and speedups has {len(speedups)}")
    for times in speedups:
        if not times > 0:  # nor NaN
            raise ValueError(f"speedups has {times}, and a speed-up is positive")
    for share in shares:
        if not share >= 0:
            raise ValueError(f"shares has {share}, and a share isn't negative")
    if abs(sum(shares) - 1) > 1e-6:
        raise ValueError(f"shares add up to {sum(shares)}, and the whole is 1")
    return 1 / sum(share / times for share, times in zip(shares, speedups, strict=True))


def bytes_moved(
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    input_size: int,
    output_size: int,
    groups: int = 1,
    itemsize: int = 4,
) -> int:
    """Return the bytes of a layer's input, weights and output, each moved once.

    Parameters
    ----------
    kernel_size, input_size, output_size : int
        Rows, and columns; 0 leaves the weights, the input or the output out.
    groups : int
        As many as channels for a depthwise layer.
    itemsize : int
        Bytes of one number.

    Raises
    ------
    TypeError, ValueError
        If one is not an integer, or too small, or ``groups`` does not divide the channels.

    Examples
    --------
    >>> bytes_moved(512, 512, 3, 14, 14, groups=512)
    821248
    """
    sizes = (in_channels, out_channels, kernel_size, input_size, output_size)
    return _cost(*sizes, groups).bytes(integer("itemsize", itemsize, at_least=1))


def intensity(
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    input_size: int,
    output_size: int,
    groups: int = 1,
    itemsize: int = 4,
) -> float:
    """Return a layer's arithmetic intensity in MACs per byte; sizes as for :func:`bytes_moved`.

    Examples
    --------
    >>> round(intensity(512, 512, 3, 14, 14, groups=512), 2)
    1.1
    """
    sizes = (in_channels, out_channels, kernel_size, input_size, output_size)
    return _cost(*sizes, groups).intensity(integer("itemsize", itemsize, at_least=1))


def _cost(
    c_in: int, c_out: int, kernel_size: int, size_in: int, size_out: int, groups: int
) -> Cost:
    counts = {"in_channels": c_in, "out_channels": c_out, "groups": groups}
    c_in, c_out, groups = (integer(name, one, at_least=1) for name, one in counts.items())
    sizes = {"kernel_size": kernel_size, "input_size": size_in, "output_size": size_out}
    kernel_size, size_in, size_out = (integer(name, one, at_least=0) for name, one in sizes.items())
    refuse_uneven(groups, in_channels=c_in, out_channels=c_out)
    weights = c_out * (c_in // groups) * kernel_size**2
    return Cost(
        macs=weights * size_out**2,
        params=weights,
        input_elements=c_in * size_in**2,
        weight_elements=weights,
        output_elements=c_out * size_out**2,
    )


def _real_sequence(name: str, values: Iterable[float]) -> list[float]:
    each = enumerate(sequence(name, values))
    return [real_number(f"{name}[{place}]", value) for place, value in each]


def attainable(intensity: float, peak: float, bandwidth: float) -> float:
    """Return the MACs per second that no code can exceed: the roofline.

    Its source is that of :mod:`dwsep_helpers.hardware.roofline`.

    Parameters
    ----------
    intensity, peak, bandwidth : float
        MACs per byte; MACs per second and bytes per second at most.

    Raises
    ------
    ValueError
        If one of them isn't positive.

    Examples
    --------
    >>> attainable(2.0, 100.0, 10.0), attainable(20.0, 100.0, 10.0)
    (20.0, 100.0)
    """
    intensity = real_number("intensity", intensity)
    if not intensity > 0:
        raise ValueError(f"intensity is {intensity}, and work per byte is positive")
    return min(_rate("peak", peak), intensity * _rate("bandwidth", bandwidth))


def _rate(name: str, rate: float) -> float:
    rate = real_number(name, rate)
    if not rate > 0:
        raise ValueError(f"{name} is {rate}, and a rate is positive")
    return rate


def least_time(
    layers: Iterable[tuple[float, Mapping[str, float]]],
    peak: float,
    bandwidths: Mapping[str, float],
) -> float:
    """Return the seconds that a network needs at least, layer after layer.

    Within a layer, computing and every memory work at the same time, so the slowest of them
    decides; between layers nothing overlaps.

    Parameters
    ----------
    layers : iterable of (number, mapping of str to number)
        Each layer's MACs, and its bytes by the memory that they come from or go to.
    peak : float
        MACs per second at most.
    bandwidths : mapping of str to float
        Bytes per second at most, by memory; infinite where nobody waits for it.

    Raises
    ------
    ValueError
        If the peak or a bandwidth isn't positive, a layer's MACs or bytes are negative, or its
        memory has no bandwidth.

    Notes
    -----
    With one memory: D. Qin et al., "MobileNetV4", arXiv:2404.10518, section 3, where
    ModelTime = Σ max(MACTime, MemTime), and networks are compared as peak / bandwidth, the ridge
    point, goes from 0 to 500 MACs per byte.

    Examples
    --------
    >>> least_time([(200, {"DRAM": 10}), (100, {"DRAM": 40})], 100, {"DRAM": 10})
    6.0
    """
    peak = _rate("peak", peak)
    bandwidths = {
        name: _rate(name, rate) for name, rate in mapping("bandwidths", bandwidths).items()
    }
    seconds = 0.0
    for number, layer in enumerate(sequence("layers", layers)):
        macs, moved = _work(number, layer)
        if unknown := set(moved) - set(bandwidths):
            raise ValueError(f"layers[{number}] moves bytes of {unknown}, and bandwidths has none")
        waits = [size / bandwidths[memory] for memory, size in moved.items()]
        seconds += max([macs / peak, *waits])
    return seconds


def _work(number: int, layer: Any) -> tuple[float, Mapping[str, float]]:
    parts = sequence(f"layers[{number}]", layer)
    if len(parts) != 2 or not isinstance(parts[1], Mapping):
        raise ValueError(f"layers[{number}] is {layer!r}; it should be MACs, and bytes by memory")
    macs = real_number(f"layers[{number}][0]", parts[0])
    moved = {name: real_number(f"layers[{number}][1]", size) for name, size in parts[1].items()}
    for work in (macs, *moved.values()):
        if not work >= 0:
            raise ValueError(f"layers[{number}] has {work}, and work isn't negative")
    return macs, moved


def best_design(designs: Sequence[Mapping], budget: Mapping[str, float]) -> tuple[float, int]:
    """Return width multiplier and resolution of the most accurate design within a budget.

    Parameters
    ----------
    designs : sequence of mappings
        Rows with ``"width"``, ``"resolution"``, ``"top_1"`` and what the budget names.
    budget : mapping of str to float
        The most that a design may have, by column; a design may reach it.

    Raises
    ------
    ValueError
        If no design is within the budget, or one lacks a column.

    Examples
    --------
    >>> rows = [{"width": 1.0, "resolution": 224, "top_1": 70.9, "macs": 569e6},
    ...         {"width": 0.5, "resolution": 224, "top_1": 63.3, "macs": 149e6}]
    >>> best_design(rows, {"macs": 200e6})
    (0.5, 224)
    """
    columns = {"width", "resolution", "top_1", *mapping("budget", budget)}
    for number, row in enumerate(sequence("designs", designs)):
        if missing := sorted(columns - mapping(f"designs[{number}]", row).keys()):
            raise ValueError(f"designs[{number}] has no {missing[0]!r}")
    fits = [row for row in designs if all(row[name] <= most for name, most in budget.items())]
    if not fits:
        raise ValueError(f"none of {len(designs)} designs is within the budget {dict(budget)}")
    best = max(fits, key=lambda row: row["top_1"])
    return best["width"], best["resolution"]
