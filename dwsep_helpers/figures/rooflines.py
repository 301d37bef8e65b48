"""Rooflines: what a machine allows, and where layers lie under it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_array
from dwsep_helpers.figures.charts import furnish
from dwsep_helpers.figures.picture import Picture, new_figure, picture
from dwsep_helpers.figures.types import Figure
from dwsep_helpers.hardware import Machine, attainable
from dwsep_helpers.kernels.shapes import mapping

WIDTH, HEIGHT = 7.6, 4.2
LOOKS = {
    "standard": ("s", palette.NEUTRAL.line),
    "depthwise": ("o", palette.KERNEL.line),
    "pointwise": ("^", palette.INPUT.line),
    "linear": ("D", palette.OUTPUT.line),
}
DASHES = ("-", "--", ":", "-.")

Roof = Callable[[float, float, float], float]
Points = Sequence[tuple[float, float]]  # intensity in MACs per byte, rate in MACs per second


def roofline(
    machine: Machine, layers: Mapping[str, Points], title: str = "", roof: Roof = attainable
) -> Picture:
    """Draw a machine's roofs, and layers by their intensity and how fast they ran.

    Parameters
    ----------
    machine : Machine
        With a peak, and a bandwidth at least.
    layers : mapping of str to sequence of (float, float)
        By kind ("standard", "depthwise", "pointwise", "linear"): MACs per byte, and MACs per
        second.
    title : str, written above
    roof : callable
        What is attainable, of intensity, peak and bandwidth: the lines that are drawn.

    Raises
    ------
    TypeError
        If ``layers`` is no mapping.
    ValueError
        If the machine has no peak or no bandwidth, a kind isn't known, or a number isn't
        positive.

    Examples
    --------
    >>> box = Machine("a box", peak=24e9, bandwidths={"DRAM": 5.56e9})
    >>> roofline(box, {"depthwise": [(1.1, 5e9)]}).alt
    'Roofline of a box: at most 24 GMAC/s; DRAM 5.56 GB/s. depthwise: 1.1 MAC/byte, 5 GMAC/s.'
    """
    mapping("layers", layers)
    if math.isinf(machine.peak) or not machine.bandwidths:
        raise ValueError(f"machine {machine.name!r} has no peak or no bandwidth: no roof to draw")
    for kind, points in layers.items():
        if kind not in LOOKS:
            raise ValueError(f"layers has kind {kind!r}, and known are {', '.join(LOOKS)}")
        given = as_array(points, f"layers[{kind!r}]")
        if given.ndim != 2 or given.shape[1] != 2 or not (given.size and np.all(given > 0)):
            raise ValueError(f"layers[{kind!r}] has {points}: pairs of positive numbers are drawn")
    return picture(_alt(machine, layers, title), _draw, machine, layers, title, roof)


def _alt(machine: Machine, layers: Mapping[str, Points], title: str) -> str:
    roofs = [f"at most {machine.peak / 1e9:.3g} GMAC/s"]
    roofs += [f"{name} {rate / 1e9:.3g} GB/s" for name, rate in machine.bandwidths.items()]
    said = []
    for kind, points in layers.items():
        intensities, rates = np.transpose(points)
        said.append(f"{kind}: {_range(intensities)} MAC/byte, {_range(rates / 1e9)} GMAC/s.")
    head = f"{title}. " if title else ""
    return f"{head}Roofline of {machine.name}: {'; '.join(roofs)}. {' '.join(said)}".strip()


def _range(values: np.ndarray) -> str:
    low, high = f"{values.min():.3g}", f"{values.max():.3g}"
    return low if low == high else f"{low} to {high}"


def _draw(machine: Machine, layers: Mapping[str, Points], title: str, roof: Roof) -> Figure:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    figure = new_figure(WIDTH, HEIGHT)
    axes = figure.add_axes((0.1, 0.14, 0.6, 0.74 if title else 0.82))
    points = [point for of_kind in layers.values() for point in of_kind]
    ridges = [machine.ridge(memory) for memory in machine.bandwidths]
    across = [x for x, _ in points] + ridges
    x = np.geomspace(min(across) / 2, max(across) * 2.5, 200)
    for (name, rate), dash in zip(machine.bandwidths.items(), DASHES, strict=False):
        highest = [roof(at, machine.peak, rate) / 1e9 for at in x.tolist()]
        label = f"{name}, {rate / 1e9:.3g} GB/s"
        axes.plot(x, highest, dash, color=palette.NEUTRAL.line, lw=1.4, label=label)
    for kind, of_kind in layers.items():
        intensities, rates = np.transpose(of_kind)
        marker, colour = LOOKS[kind]
        drawn = (intensities, rates / 1e9, marker)
        axes.plot(*drawn, color=colour, ms=6, mec=palette.PAPER, mew=0.6, label=kind)
    low = min([y for _, y in points] + [machine.peak, min(machine.bandwidths.values()) * x[0]])
    axes.set(xscale="log", yscale="log", xlim=(x[0], x[-1]))
    highest_point = max([machine.peak, *(y for _, y in points)])
    axes.set_ylim(low / 1e9 / 1.4, highest_point / 1e9 * 1.8)
    axes.plot([], [], lw=0, label=f"peak {machine.peak / 1e9:.3g} GMAC/s")
    plain = FuncFormatter(lambda value, _: f"{value:g}")
    for axis in (axes.xaxis, axes.yaxis):
        low, high = axis.get_view_interval()
        steps = (1, 3) if high < 1e5 * low else (1,)  # apart even where there are many
        axis.set_major_locator(LogLocator(subs=steps, numticks=8 if steps == (1,) else 20))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(plain)
    axes.set(xlabel="arithmetic intensity, MACs per byte", ylabel="GMAC/s")
    furnish(axes, title, "both", 0.71)
    return figure
