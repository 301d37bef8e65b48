"""What a layer costs, standard and separable, under a roofline whose roofs can be dragged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dwsep_helpers.cost import Cost, conv2d_cost, depthwise_cost, pointwise_cost
from dwsep_helpers.cost.value import short
from dwsep_helpers.explorables.explorable import Explorable
from dwsep_helpers.figures import palette
from dwsep_helpers.figures.charts import MARGIN
from dwsep_helpers.figures.costs import draw_bar, draw_legend
from dwsep_helpers.figures.grids import number_text
from dwsep_helpers.figures.picture import Picture, new_canvas, picture
from dwsep_helpers.figures.types import Axes, Figure
from dwsep_helpers.hardware.roofline import DEVICES, Machine
from dwsep_helpers.kernels.shapes import integer
from dwsep_helpers.papers import MOBILENET_V1, Layers

MOST = {"in_channels": 1024, "out_channels": 1024, "kernel_size": 11, "output_size": 112}
WIDTHS, RESOLUTIONS = (0.25, 0.5, 0.75, 1.0), (128, 160, 192, 224)
BYTES = {"float32": 4, "int8": 1}
PEAKS, BANDWIDTHS = (1e9, 2e12), (1e9, 1e12)  # what the plot shows
MARKS = {"standard": "s", "depthwise": "o", "pointwise": "^"}
COLOURS = {
    "standard": palette.NEUTRAL.line,
    "depthwise": palette.KERNEL.line,
    "pointwise": palette.INPUT.line,
}
WIDTH, HEIGHT = 7.6, 5.4  # inches


def costs(
    in_channels: int = 3,
    out_channels: int = 256,
    kernel_size: int = 5,
    output_size: int = 8,
    *,
    width_multiplier: float = 1.0,
    resolution: int = 224,
    dtype: str = "float32",
    machines: Machine | Sequence[Machine] = (DEVICES["Raspberry Pi 4"],),
    network: Layers | None = MOBILENET_V1,
) -> Explorable:
    """Compare a layer's standard and separable costs, and predict its time by a roofline.

    Stride 1, and padding that keeps the maps' size; every input, weight and output is moved
    once, and a separable layer's stages run one after the other.

    Parameters
    ----------
    in_channels, out_channels, kernel_size, output_size : int
        Where the knobs start: the article's :math:`M, N, D_k, D_p`. Kernels are odd.
    width_multiplier : float
        The paper's α: 0.25, 0.5, 0.75 or 1. It leaves an image's 3 channels.
    resolution : int
        128, 160, 192 or 224 pixels: the paper's ρ, times 224.
    dtype : str
        ``"float32"`` or ``"int8"``: how many bytes a number takes.
    machines : Machine, or sequence of them
        Processors to choose from, each with a peak and a bandwidth; the roof of the first shows.
    network : Layers or None
        Whose layers are dots too, and whose total is written below.

    Raises
    ------
    TypeError
        If a size is no integer, or a machine no Machine.
    ValueError
        If a size or setting is out of a knob's range, or a machine has no peak or no bandwidth
        in the plot.

    Examples
    --------
    >>> costs(512, 512, 3, 14, network=None)
    [Figure: 3×3 kernels, 512 channels in, 512 out, maps of 14×14. Standard: 462,422,016 MACs, \
19.3 ms at least, by the roofline of Raspberry Pi 4, DRAM. Depthwise: 903,168 MACs, 148 µs. \
Pointwise: 51,380,224 MACs, 2.14 ms. Separable: 8.84 times fewer MACs.]
    """
    given = dict(zip(MOST, (in_channels, out_channels, kernel_size, output_size), strict=True))
    for name, most in MOST.items():
        given[name] = integer(name, given[name], at_least=1)
        if given[name] > most:
            raise ValueError(f"{name} is {given[name]}, and the knob goes from 1 to {most}")
    if given["kernel_size"] % 2 == 0:
        raise ValueError(f"kernel_size is {given['kernel_size']}, and odd ones keep a map's size")
    known = {"width_multiplier": WIDTHS, "resolution": RESOLUTIONS, "dtype": tuple(BYTES)}
    settings = {"width_multiplier": width_multiplier, "resolution": resolution, "dtype": dtype}
    for name, values in known.items():
        if settings[name] not in values:
            listed = ", ".join(map(str, values))
            raise ValueError(f"{name} is {settings[name]!r}, and the knob has {listed}")
    machines = [machines] if isinstance(machines, Machine) else machines
    roofs = [roof for machine in machines for roof in _roofs(machine)]
    if not roofs:
        raise ValueError("machines is empty, and one processor at least is drawn")
    m, n, k, size = given.values()
    start: dict[str, Any] = {"m": m, "n": n, "k": k, "size": size}
    start |= {"alpha": width_multiplier, "side": resolution, "dtype": dtype}
    options: dict[str, Any] = {"start": start, "machines": roofs, "layers": None}
    if network is not None:
        options |= {"layers": [list(layer) for layer in network], "network": network.name}
    return Explorable("costs", options, _still(start, roofs[0]))


def _roofs(machine: Machine) -> list[dict[str, Any]]:
    """Return a roof for each memory of a machine."""
    if not isinstance(machine, Machine):
        raise TypeError(f"machines has {machine!r}, and each is a Machine")
    if not PEAKS[0] <= machine.peak <= PEAKS[1] or not machine.bandwidths:
        raise ValueError(
            f"machines has {machine.name!r} with a peak of {machine.peak:g} MAC/s and "
            f"{len(machine.bandwidths)} bandwidths; the plot takes peaks from {PEAKS[0]:g} to "
            f"{PEAKS[1]:g}, and one bandwidth at least"
        )
    for memory, rate in machine.bandwidths.items():
        if not BANDWIDTHS[0] <= rate <= BANDWIDTHS[1]:
            raise ValueError(
                f"machines has {machine.name!r} with {memory} at {rate:g} B/s, and the plot goes "
                f"from {BANDWIDTHS[0]:g} to {BANDWIDTHS[1]:g}"
            )
    slowest_first = sorted(machine.bandwidths.items(), key=lambda item: item[1])
    return [
        {"name": f"{machine.name}, {memory}", "peak": machine.peak, "bandwidth": rate}
        for memory, rate in slowest_first
    ]


def shrunk(start: dict[str, Any]) -> tuple[int, int, int, int]:
    """Return a layer's channels in and out, kernel and map after α and ρ."""
    m, n, k, size = (start[name] for name in ("m", "n", "k", "size"))
    m = m if m == 3 else max(1, int(start["alpha"] * m))
    return m, max(1, int(start["alpha"] * n)), k, max(1, (2 * size * start["side"] + 224) // 448)


def ways(m: int, n: int, k: int, size: int) -> dict[str, Cost]:
    """Return the costs of a layer by kind, on maps that keep their size."""
    return {
        "standard": conv2d_cost(m, n, k, size, padding=k // 2),
        "depthwise": depthwise_cost(m, k, size, padding=k // 2),
        "pointwise": pointwise_cost(m, n, size),
    }


def _still(start: dict[str, Any], roof: dict[str, Any]) -> Picture:
    m, n, k, size = shrunk(start)
    of = ways(m, n, k, size)
    machine = Machine(roof["name"], roof["peak"], {"memory": roof["bandwidth"]})
    points = {}
    for kind, cost in of.items():
        intensity = cost.intensity(start["dtype"])
        points[kind] = (intensity, machine.attainable(intensity))
    separable = of["depthwise"].macs + of["pointwise"].macs
    times = of["standard"].macs / separable
    compared = f"{times:.3g} times fewer" if times >= 1 else f"{1 / times:.3g} times as many"
    channels = f"{m:,} channel{'s' * (m > 1)} in, {n:,} out"
    layer = f"{k}×{k} kernels, {channels}, maps of {size}×{size}"
    said = [
        f"{kind.capitalize()}: {cost.macs:,} MACs, {duration(cost.macs / points[kind][1])}"
        for kind, cost in of.items()
    ]
    said[0] += f" at least, by the roofline of {roof['name']}"
    alt = f"{layer}. {'. '.join(said)}. Separable: {compared} MACs."
    return picture(alt, _draw, layer, of, points, roof, compared)


def duration(seconds: float) -> str:
    """Write a time with three digits and its unit, as the script does."""
    units = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}
    unit = next((unit for unit, one in units.items() if seconds >= 0.9995 * one), "ns")
    return f"{number_text(seconds / units[unit])} {unit}"


def _draw(
    layer: str,
    of: dict[str, Cost],
    points: dict[str, tuple[float, float]],
    roof: dict[str, Any],
    compared: str,
) -> Figure:
    """Draw two bars of MACs, and a roofline below them."""
    figure, axes = new_canvas(WIDTH, HEIGHT)
    filtering, combining = of["depthwise"].macs, of["pointwise"].macs
    standard, separable = of["standard"].macs, filtering + combining
    scale = (WIDTH - 2 * MARGIN) / max(standard, separable)
    axes.text(MARGIN, 0.3, layer, va="bottom", fontsize=11, weight="bold")
    draw_legend(axes, list(of), MARGIN, 0.4)
    written = f"{filtering:,} + {combining:,} = {separable:,}"
    bars = {
        f"standard: {standard:,} MACs": {"standard": standard},
        f"separable: {written} MACs, {compared}": {"depthwise": filtering, "pointwise": combining},
    }
    for number, (words, kinds) in enumerate(bars.items()):
        top = 0.72 + 0.55 * number
        axes.text(MARGIN, top + 0.18, words, va="bottom", fontsize=10)
        draw_bar(axes, kinds, (MARGIN, top + 0.22), scale, 0.22)
    _draw_roofline(figure.add_axes((0.1, 0.1, 0.87, 0.52)), points, roof)
    return figure


def _draw_roofline(
    axes: Axes, points: dict[str, tuple[float, float]], roof: dict[str, Any]
) -> None:
    peak, bandwidth = roof["peak"] / 1e9, roof["bandwidth"] / 1e9
    ridge = peak / bandwidth
    across = [ridge / 15, ridge * 15, *(x for x, _ in points.values())]
    low, high = min(across) / 2, max(across) * 2
    axes.loglog([low, ridge, high], [low * bandwidth, peak, peak], color=palette.INK, lw=2)
    axes.plot([ridge] * 2, [low * bandwidth, peak], ":", color=palette.NEUTRAL.line, lw=1)
    for kind, (intensity, rate) in points.items():
        look: dict[str, Any] = {"color": COLOURS[kind], "ms": 9, "lw": 0, "zorder": 3}
        axes.plot(intensity, rate / 1e9, MARKS[kind], label=kind, **look)
    axes.legend(loc="lower right", frameon=False)  # words at the points might lie over each other
    axes.set(xlim=(low, high), ylim=(low * bandwidth, peak * 3))
    axes.set(xlabel="MACs for each byte moved", ylabel="GMAC/s, at most")
    words = f"{roof['name']}: {short(roof['peak'])}MAC/s, {short(roof['bandwidth'])}B/s"
    axes.set_title(words, fontsize=10, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:g}")
