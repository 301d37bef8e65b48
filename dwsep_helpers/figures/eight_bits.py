"""What rounding does to a network, layer by layer, and how much memory its maps take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.charts import furnish
from dwsep_helpers.figures.picture import Picture, new_figure, picture
from dwsep_helpers.figures.types import Figure
from dwsep_helpers.kernels.shapes import mapping

WIDTH, HEIGHT = 7.6, 3.0
KINDS = {
    "depthwise": ("^", palette.INPUT.line),
    "pointwise": ("o", palette.KERNEL.line),
    "standard": ("s", palette.OUTPUT.line),
    "linear": ("D", palette.NEUTRAL.line),
}
LINES = (
    ("-", palette.INPUT.line),
    ("--", palette.EMPHASIS),
    ("-.", palette.OUTPUT.line),
    (":", palette.KERNEL.line),
)


def kept_by_layer(rows: Sequence[Mapping[str, Any]], title: str = "") -> Picture:
    """Draw how many images keep their class when one layer alone is rounded, for each layer.

    Parameters
    ----------
    rows : sequence of mappings
        As in ``hardware.recorded("int8_layers")``: ``"layer"``, ``"kind"``, ``"squares"`` and
        ``"squares_kept"``, in the order of the network.
    title : str, written above

    Raises
    ------
    ValueError
        If there are no rows.

    Examples
    --------
    >>> rows = [{"layer": "stem", "kind": "standard", "squares": 8, "squares_kept": 6},
    ...         {"layer": "head", "kind": "pointwise", "squares": 8, "squares_kept": 8}]
    >>> kept_by_layer(rows).alt
    'Images that keep their class, of 8, by the layer that is rounded. Fewest: stem 6; head 8.'
    """
    if not rows:
        raise ValueError("rows is empty, and one layer at least is drawn")
    fewest = sorted(rows, key=lambda row: row["squares_kept"])[:6]
    said = "; ".join(f"{row['layer']} {row['squares_kept']}" for row in fewest)
    what = f"Images that keep their class, of {rows[0]['squares']}, by the layer that is rounded"
    return picture(f"{title or what}. Fewest: {said}.", _draw_kept, rows, title)


def _draw_kept(rows: Sequence[Mapping[str, Any]], title: str) -> Figure:
    figure = new_figure(WIDTH, HEIGHT)
    axes = figure.add_axes((0.1, 0.17, 0.7, 0.69 if title else 0.78))
    for kind, (marker, colour) in KINDS.items():
        kept = {n: r["squares_kept"] for n, r in enumerate(rows, 1) if r["kind"] == kind}
        if kept:
            axes.plot([*kept], [*kept.values()], marker, color=colour, ms=6, ls="", label=kind)
    most = rows[0]["squares"]
    axes.axhline(most, color=palette.NEUTRAL.line, lw=1, ls="--")
    worst = min(range(len(rows)), key=lambda n: rows[n]["squares_kept"])
    if rows[worst]["squares_kept"] < most:
        at = worst + 1, rows[worst]["squares_kept"]
        name = f"{rows[worst]['layer']}: {at[1]}"
        axes.annotate(name, at, xytext=(8, -4), textcoords="offset points", fontsize=9.5)
    axes.set(xlim=(0, len(rows) + 1), ylim=(0, 1.08 * most))
    axes.set(xlabel="layer, from the image to the classes", ylabel=f"classes kept, of {most}")
    furnish(axes, title, legend=0.82)
    return figure


def memory_by_step(
    plans: Mapping[str, Sequence[int]], limit: tuple[str, int] | None = None, title: str = ""
) -> Picture:
    """Draw the bytes that plans need at each of their steps.

    Parameters
    ----------
    plans : mapping of str to sequence of int
        Up to four plans' bytes, step by step, by name.
    limit : (str, int), optional
        What a level is called, and its bytes.
    title : str, written above

    Raises
    ------
    TypeError
        If ``plans`` is no mapping.
    ValueError
        If there are no plans, or more than four, or one has no steps.

    Examples
    --------
    >>> memory_by_step({"V1": [551_936, 802_816]}, ("a watch", 524_288)).alt
    'Memory by step. V1: at most 803 kB, in step 2 of 2. a watch: 524 kB.'
    """
    mapping("plans", plans)
    if not 1 <= len(plans) <= len(LINES):
        raise ValueError(f"plans has {len(plans)} of them, and 1 to {len(LINES)} are drawn")
    said = []
    for name, needed in plans.items():
        if not len(needed):
            raise ValueError(f"plans[{name!r}] has no steps, and one at least is drawn")
        step = int(np.argmax(needed)) + 1
        said.append(f"{name}: at most {max(needed) / 1e3:.0f} kB, in step {step} of {len(needed)}.")
    if limit:
        said.append(f"{limit[0]}: {limit[1] / 1e3:.0f} kB.")
    alt = f"{title or 'Memory by step'}. {' '.join(said)}"
    return picture(alt, _draw_memory, plans, limit, title)


def _draw_memory(
    plans: Mapping[str, Sequence[int]], limit: tuple[str, int] | None, title: str
) -> Figure:
    figure = new_figure(WIDTH, HEIGHT)
    axes = figure.add_axes((0.1, 0.17, 0.55, 0.69 if title else 0.78))
    for (name, needed), (style, colour) in zip(plans.items(), LINES, strict=False):
        steps = np.arange(1, len(needed) + 2)
        kilobytes = np.append(needed, needed[-1]) / 1e3
        label = f"{name}, {max(needed) / 1e3:,.0f} kB"
        axes.plot(steps, kilobytes, style, color=colour, drawstyle="steps-post", label=label)
    if limit:
        name, size = limit
        label = f"{name}, {size / 1e3:,.0f} kB"
        axes.axhline(size / 1e3, color=palette.NEUTRAL.line, lw=1, label=label)
    axes.set_ylim(bottom=0)
    axes.set(xlim=(1, max(map(len, plans.values())) + 1))
    axes.set(xlabel="step", ylabel="kB alive")
    furnish(axes, title, legend=0.66)
    return figure
