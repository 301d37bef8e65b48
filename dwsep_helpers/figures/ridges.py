"""What becomes of a speed-up as peak and bandwidth grow apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.charts import furnish
from dwsep_helpers.figures.picture import Picture, new_figure, picture
from dwsep_helpers.figures.types import Figure
from dwsep_helpers.hardware import least_time
from dwsep_helpers.kernels.shapes import mapping

WIDTH = 7.6
FARTHEST = 500  # MACs per byte
DASHES = ("-", "--", ":")
LOOKS = {
    "SRAM": ("s", palette.OUTPUT.line),
    "DRAM": ("^", palette.KERNEL.line),
    "flash": ("o", palette.INPUT.line),
}
SAID = (0, 1, 10, 100, 500)  # ridges that the alternative text names

Work = Sequence[tuple[float, Mapping[str, float]]]
Takes = Callable[[Work, float, Mapping[str, float]], float]
Line = tuple[list[float], list[float]]


def ridge_sweep(
    networks: Mapping[str, tuple[Work, Work]], title: str = "", takes: Takes = least_time
) -> Picture:
    """Draw how many times less time a network needs at least than another, ridge by ridge.

    Parameters
    ----------
    networks : mapping of str to pair of layers
        By the line's name: the slower and the faster network, each a list of MACs and bytes by
        memory, as for :func:`dwsep_helpers.hardware.least_time`. All memories get one bandwidth.
    title : str, written above
    takes : callable
        The least time, of layers, peak and bandwidths.

    Raises
    ------
    TypeError
        If ``networks`` is no mapping.
    ValueError
        If there is no pair of networks, or there are too many to be told apart.

    Examples
    --------
    >>> dense, separable = [(90, {"DRAM": 30})], [(10, {"DRAM": 20})]
    >>> ridge_sweep({"int8": (dense, separable)}).alt[-67:]
    'int8: 9 at 0, 4.5 at 1, 1.5 at 10, 1.5 at 100, 1.5 at 500 MAC/byte.'
    """
    mapping("networks", networks)
    if not 1 <= len(networks) <= len(DASHES):
        raise ValueError(f"networks has {len(networks)} pairs, and 1 to {len(DASHES)} are drawn")
    ridges = sorted({*SAID, *np.linspace(0, FARTHEST, 101).tolist(), *range(1, 30)})
    lines: dict[str, Line] = {}
    for name, pair in networks.items():
        ratios = []
        for ridge in ridges:
            bandwidth = 1e9 / (ridge or 1e-9)  # not infinite, which no fraction can be
            slow, fast = (
                takes(work, 1e9, dict.fromkeys({m for _, moved in work for m in moved}, bandwidth))
                for work in pair
            )
            if not fast:
                raise ValueError(f"networks[{name!r}] takes no time, and nothing is as fast")
            ratios.append(slow / fast)
        lines[name] = ridges, ratios
    said = "; ".join(
        f"{name}: "
        + ", ".join(f"{ratios[at.index(ridge)]:.3g} at {ridge}" for ridge in SAID)
        + " MAC/byte"
        for name, (at, ratios) in lines.items()
    )
    return picture(f"{title or 'Times faster'}, by ridge. {said}.", _draw_sweep, lines, title)


def npu_systems(systems: Sequence[Mapping[str, Any]], title: str = "") -> Picture:
    """Draw a separable network's advantage on NPUs by their ridge, and how far bounds are off.

    Parameters
    ----------
    systems : sequence of mappings
        From :func:`dwsep_helpers.hardware.findings.npu_systems`: ``"weights_in"``, ``"ridge"``,
        milliseconds of ``"dense"`` and ``"separable"``, and of their bounds.
    title : str, written above

    Raises
    ------
    ValueError
        If there are none, or weights lie in a memory that isn't known.
    """
    if not systems:
        raise ValueError("systems is empty, and one at least is drawn")
    for system in systems:
        if system["weights_in"] not in LOOKS:
            known = ", ".join(LOOKS)
            raise ValueError(f"weights lie in {system['weights_in']!r}, and known are {known}")
    said = "; ".join(
        f"{s['weights_in']}, ridge {s['ridge']:.3g}: {s['dense'] / s['separable']:.1f} times"
        for s in sorted(systems, key=lambda s: s["ridge"])
    )
    off = ", ".join(
        f"{name} {min(over):.1f} to {max(over):.1f}" for name, over in _over(systems).items()
    )
    alt = f"{title or 'Systems by ridge'}. {said}. Estimate over bound: {off} times."
    return picture(alt, _draw_systems, systems, title)


def _over(systems: Sequence[Mapping[str, Any]]) -> dict[str, list[float]]:
    return {
        name: [s[name] / s[f"{name}_bound"] for s in systems] for name in ("dense", "separable")
    }


def _draw_sweep(lines: Mapping[str, Line], title: str) -> Figure:
    figure = new_figure(WIDTH, 3.4)
    axes = figure.add_axes((0.1, 0.16, 0.72, 0.7 if title else 0.8))
    for (name, (ridges, ratios)), dash in zip(lines.items(), DASHES, strict=False):
        axes.plot(ridges, ratios, dash, color=palette.EMPHASIS, lw=1.8, label=name)
    axes.set(xlim=(0, FARTHEST), ylim=(0, None))
    axes.set(xlabel="ridge: peak / bandwidth, MACs per byte", ylabel="times faster at best")
    furnish(axes, title, "both", 0.84)
    return figure


def _draw_systems(systems: Sequence[Mapping[str, Any]], title: str) -> Figure:
    figure = new_figure(WIDTH, 3.6)
    left, right = (figure.add_axes((x, 0.16, 0.36, 0.66)) for x in (0.08, 0.54))
    for memory, (marker, colour) in LOOKS.items():
        at = [
            (s["ridge"], s["dense"] / s["separable"]) for s in systems if s["weights_in"] == memory
        ]
        if at:
            left.plot(*np.transpose(at), marker, color=colour, ms=6, label=f"weights in {memory}")
    ridges = [s["ridge"] for s in systems]
    for (name, over), marker in zip(_over(systems).items(), "Dv", strict=True):
        colour = palette.NEUTRAL.line if name == "dense" else palette.EMPHASIS
        right.plot(ridges, over, marker, color=colour, ms=5, label=name)
    left.set_title("dense / separable, Vela's time", fontsize=9)
    right.set_title("Vela's time / your bound", fontsize=9)
    for axes in (left, right):
        axes.set(xscale="log", ylim=(0, None), xlabel="ridge of the weights' memory, MAC/byte")
        axes.set_xticks([4, 16, 64, 256], ["4", "16", "64", "256"])
        axes.minorticks_off()
        furnish(axes, grid="both")
        axes.legend(frameon=False, fontsize=8, loc="best")
    figure.text(0.02, 0.97, title, va="top", fontsize=11, weight="bold")
    return figure
