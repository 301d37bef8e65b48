"""Quantities beside each other: counts, times, ratios."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_number
from dwsep_helpers.figures.picture import Picture, draw_box, new_canvas, new_figure, picture
from dwsep_helpers.figures.types import Axes, Figure
from dwsep_helpers.kernels.shapes import mapping

LONGEST = 4.0  # inches of the longest bar
THICK, PITCH = 0.24, 0.4
MARGIN = 0.15
MOST_POWERS = 6  # of ten, written above dots


def bars(values: Mapping[str, float], unit: str, title: str = "") -> Picture:
    """Draw quantities as bars from zero, to one scale, with their numbers written.

    Parameters
    ----------
    values : mapping of str to number
        By name, in the order in which they are drawn. Not negative.
    unit : str
        Of all of them, such as ``"MACs"`` or ``"ms"``.
    title : str, written above

    Raises
    ------
    TypeError
        If ``values`` is no mapping.
    ValueError
        If there are none, or one is negative, infinite or NaN.

    Examples
    --------
    >>> bars({"dense": 1_228_800, "separable": 53_952}, "MACs").alt
    'Bars. dense: 1,228,800 MACs; separable: 53,952 MACs.'
    """
    mapping("values", values)
    if not values:
        raise ValueError("values is empty, and one bar at least is drawn")
    for name, value in values.items():
        if not 0 <= as_number(value, f"values[{name!r}]") < np.inf:
            raise ValueError(f"values[{name!r}] is {value}, and bars start from zero")
    numbers = {name: f"{_quantity(value)} {unit}".strip() for name, value in values.items()}
    listed = "; ".join(f"{name}: {number}" for name, number in numbers.items())
    alt = f"{title or 'Bars'}. {listed}."
    return picture(alt, _draw_bars, values, numbers, title)


def dots(values: Mapping[str, float], unit: str, title: str = "") -> Picture:
    """Draw quantities that lie far apart: as dots on a logarithmic scale, numbers written.

    Parameters
    ----------
    values : mapping of str to number
        By name, in the order in which they are drawn. Positive.
    unit : str
        Of all of them, such as ``"GMAC/s"``.
    title : str, written above

    Raises
    ------
    TypeError
        If ``values`` is no mapping.
    ValueError
        If there are none, or one is not positive, infinite or NaN.

    Examples
    --------
    >>> dots({"then": 4, "now": 286}, "GMAC/s").alt
    'Dots, on a logarithmic scale. then: 4 GMAC/s; now: 286 GMAC/s.'
    """
    mapping("values", values)
    if not values:
        raise ValueError("values is empty, and one dot at least is drawn")
    for name, value in values.items():
        if not 0 < as_number(value, f"values[{name!r}]") < np.inf:
            raise ValueError(f"values[{name!r}] is {value}, which a logarithmic scale doesn't have")
    numbers = {name: f"{_quantity(value)} {unit}".strip() for name, value in values.items()}
    listed = "; ".join(f"{name}: {number}" for name, number in numbers.items())
    alt = f"{title or 'Dots'}, on a logarithmic scale. {listed}."
    return picture(alt, _draw_dots, {name: float(values[name]) for name in values}, numbers, title)


def _draw_dots(values: Mapping[str, float], numbers: dict[str, str], title: str) -> Figure:
    ends = np.log10([*values.values()])
    low, high = np.floor(ends.min()), max(np.ceil(ends.max()), np.floor(ends.min()) + 1)
    start = MARGIN + text_width(values) + 0.2
    top = 0.75 if title else 0.4
    bottom = top + PITCH * len(values)
    right = start + LONGEST + 0.1 + text_width(numbers.values()) + MARGIN
    title_width = 1.02 * text_width([title], fontsize=11, weight="bold")
    figure, axes = new_canvas(max(right, MARGIN + title_width + MARGIN), bottom + 0.15)
    axes.text(MARGIN, 0.34, title, va="bottom", fontsize=11, weight="bold")
    for power in range(int(low), int(high) + 1, 1 + int(high - low) // MOST_POWERS):
        x = start + LONGEST * (power - low) / (high - low)
        axes.plot([x, x], [top, bottom], color="#c8c8c8", lw=0.8)
        axes.text(x, top - 0.06, f"{10**power:,g}", ha="center", va="bottom", fontsize=9)
    for row, (name, value) in enumerate(values.items()):
        x, y = start + LONGEST * (np.log10(value) - low) / (high - low), top + (row + 0.5) * PITCH
        axes.plot([start, x], [y, y], color="#c8c8c8", lw=0.8, ls=":")
        axes.text(start - 0.2, y, name, ha="right", va="center", fontsize=10)
        axes.plot([x], [y], "o", color=palette.EMPHASIS, ms=8)
        axes.text(x + 0.12, y, numbers[name], va="center", fontsize=10)
    return figure


def _quantity(value: float) -> str:
    """Write whole numbers whole, with their thousands apart; others with three digits."""
    if float(value).is_integer() or value >= 999.5:
        return f"{value:,.0f}"
    return f"{value:.3g}".replace("-", "−")


def _draw_bars(values: Mapping[str, float], numbers: dict[str, str], title: str) -> Figure:
    start = MARGIN + text_width(values) + 0.12
    top = 0.5 if title else 0.15
    right = start + LONGEST + 0.1 + text_width(numbers.values()) + MARGIN
    title_width = 1.02 * text_width(
        [title], fontsize=11, weight="bold"
    )  # twice as many dots: wider
    width = max(right, MARGIN + title_width + MARGIN)
    figure, axes = new_canvas(width, top + PITCH * len(values) + 0.1)
    axes.text(MARGIN, 0.34, title, va="bottom", fontsize=11, weight="bold")
    most = max(values.values()) or 1
    for row, (name, value) in enumerate(values.items()):
        y = top + (row + 0.5) * PITCH
        across = LONGEST * value / most
        axes.text(start - 0.12, y, name, ha="right", va="center", fontsize=10)
        draw_box(axes, (start, y - THICK / 2), across, THICK, fc=palette.EMPHASIS, lw=0)
        axes.text(start + across + 0.1, y, numbers[name], va="center", fontsize=10)
    axes.plot([start] * 2, [top, top + PITCH * len(values)], color=palette.NEUTRAL.line, lw=0.8)
    return figure


def furnish(
    axes: Axes, title: str = "", grid: Literal["y", "both"] = "y", legend: float | None = None
) -> None:
    """Draw lines behind what is drawn, no frame on two sides, a title above, a legend beside."""
    axes.grid(axis=grid, color="#e4e4e4", lw=0.8)
    axes.set_axisbelow(True)
    axes.spines[["right", "top"]].set_visible(False)
    figure = axes.figure
    if legend is not None:
        place: dict[str, Any] = {"loc": "center left", "bbox_to_anchor": (legend, 0.5)}
        figure.legend(*axes.get_legend_handles_labels(), frameon=False, **place)
    if title:
        figure.text(0.02, 0.97, title, va="top", fontsize=11, weight="bold")


def text_width(words: Iterable[str], **how: Any) -> float:
    """Return the inches that the longest of some words takes."""
    figure = new_figure(1, 1)
    drawn = [figure.text(0, 0, word, **{"fontsize": 10, **how}) for word in words]
    return max((text.get_window_extent().width for text in drawn), default=0.0) / figure.dpi
