"""How well sums of separable layers can stand in for a dense one, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.cost import conv2d_cost, separable_cost
from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_floats
from dwsep_helpers.figures.attempts import attempt, once_written
from dwsep_helpers.figures.charts import furnish, text_width
from dwsep_helpers.figures.panels import by
from dwsep_helpers.figures.picture import Picture, new_figure, picture
from dwsep_helpers.figures.types import Axes, Figure

WIDTH, HEIGHT = 7.4, 4.0  # inches
FRAME = (0.115, 0.14, 0.86, 0.7)  # of the axes, as parts of the figure: left, bottom, size
LOOKS = (("o", "●", "-"), ("s", "■", "--"), ("^", "▲", "-."), ("D", "◆", ":"))
APART = 0.085  # of the largest error: two labels closer than this would touch


@once_written
def approximation(
    weight: ArrayLike | Mapping[str, ArrayLike],
    approximate: Callable[[np.ndarray, int], ArrayLike],
    *,
    exercise: str = "3.5",
) -> Picture:
    """Draw the error of a dense kernel's best sums of separable layers against their cost.

    The error is the Frobenius norm of what is missing, as a part of the kernel's own; the
    cost is the multiply-accumulates (MACs) as a part of the dense layer's.

    Parameters
    ----------
    weight : array_like, shape (N, C, K_h, K_w), or mapping of str to such
        One dense kernel, or one to four of the same shape, by name.
    approximate : callable
        ``approximate(weight, terms)`` returns a dense kernel of the same shape that is a sum of
        that many separable layers; the learner's `separable_approximation`.
    exercise : str, to write first if it isn't written yet

    Raises
    ------
    ValueError
        If a kernel has not four axes, or is zero or not finite, kernels differ in shape, or the
        function returns another shape, or no finite numbers.

    Examples
    --------
    >>> nothing = lambda weight, terms: weight * (terms > 1)
    >>> approximation(np.ones((2, 1, 2, 2)), nothing).alt[-44:]
    'kernel: error 100 % with 1 term, 0 % with 2.'
    """
    weights = _named(weight)
    shape = next(iter(weights.values())).shape
    terms = range(1, min(shape[0], shape[2] * shape[3]) + 1)  # with the last, any comes back
    errors: dict[str, list[float]] = {}
    for name, dense in weights.items():
        errors[name] = []
        for count in terms:
            made = attempt(approximate, dense.copy(), count)
            if made.shape != shape:
                raise ValueError(
                    f"separable_approximation returned shape {made.shape} with terms={count}, "
                    f"and weight has {shape}"
                )
            if not np.isfinite(made).all():
                raise ValueError(
                    f"separable_approximation returned NaN or infinite numbers with terms={count}"
                )
            errors[name].append(float(np.linalg.norm(made - dense) / np.linalg.norm(dense)))
    costs = [count * cost_of_one(shape) for count in terms]
    return picture(_alt(errors, costs, shape), _draw, errors, costs)


def cost_of_one(shape: tuple[int, int, int, int]) -> float:
    """Return the MACs of one separable layer as a part of those of the dense layer (N, C, K, K)."""
    filters, channels, *size = shape
    one = separable_cost(channels, filters, tuple(size), tuple(size)).macs
    return one / conv2d_cost(channels, filters, tuple(size), tuple(size)).macs


def _named(weight: ArrayLike | Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
    """Return the kernels by name, and refuse what can't be approximated."""
    given = weight if isinstance(weight, Mapping) else {"kernel": weight}
    weights = {name: as_floats(dense, name) for name, dense in given.items()}
    if not 1 <= len(weights) <= len(LOOKS):
        raise ValueError(f"weight has {len(weights)} kernels, and 1 to {len(LOOKS)} are drawn")
    shapes = {dense.shape for dense in weights.values()}
    if len(shapes) > 1:
        raise ValueError(f"weight has kernels of shapes {sorted(shapes)}, and one is compared")
    for name, dense in weights.items():
        if dense.ndim != 4 or 0 in dense.shape:
            raise ValueError(f"{name} has shape {dense.shape}, and (N, C, K_h, K_w) is drawn")
        if not np.isfinite(dense).all():
            raise ValueError(f"{name} has NaN or infinite numbers, which nothing approximates")
        if not dense.any():
            raise ValueError(f"{name} is zero, and the error is a part of it")
    return weights


def _cheaper(costs: list[float]) -> int:
    """Return the largest number of terms that costs less than the dense layer; 0 if none does."""
    return sum(cost < 1 - 1e-9 for cost in costs)


def _percent(part: float) -> str:
    percent = 100 * part
    return f"{percent:.0f} %" if percent >= 1 or percent < 0.005 else f"{percent:.1g} %"


def _alt(errors: Mapping[str, list[float]], costs: list[float], shape: tuple[int, ...]) -> str:
    last = _cheaper(costs)
    limit = f"T = {last} is the last that costs less" if last else "none costs less"
    marks = sorted({1, last or 1, len(costs)})
    said = []
    for name, line in errors.items():
        parts = [f"{_percent(line[count - 1])} with {count}" for count in marks]
        parts[0] += " term"
        said.append(f"{name}: error {', '.join(parts)}.")
    return (
        f"A dense kernel of {by(shape)} numbers, approximated by sums of T separable layers. One "
        f"costs {_percent(costs[0])} of the dense layer's MACs; {limit}. {' '.join(said)}"
    )


def _draw(errors: Mapping[str, list[float]], costs: list[float]) -> Figure:
    """Draw a line for each kernel, and where its sum costs as much as the dense layer."""
    figure = new_figure(WIDTH, HEIGHT)
    axes = figure.add_axes(FRAME)
    labels = [f"{sign} {name}" for name, (_, sign, _) in zip(errors, LOOKS, strict=False)]
    most = max(1.0, *(max(line) for line in errors.values()))
    right = max(costs[-1], 1.0) + costs[0] / 2
    part = (text_width(labels) + 0.3) / (FRAME[2] * WIDTH)  # of the axis, for labels
    first = min(costs[0], 1.0)
    left = (first - part * right) / (1 - part)
    axes.set(xlim=(left, right), ylim=(-0.04 * most, 1.04 * most))
    _draw_axes(axes, costs, right)

    axes.axvspan(1, right, fc=palette.NEUTRAL.fill, ec="#d4d4d4", hatch="//", lw=0)
    axes.axvline(1, color=palette.NEUTRAL.line, lw=1.5)
    last = _cheaper(costs)
    gap = 0.01 * (right - left)
    words = f"break-even: T = {last} is\nthe last that costs less" if last else "none costs less"
    x, side = (1 - gap, "right") if last else (1 + gap, "left")
    box = {"fc": "none" if last else palette.PAPER, "lw": 0, "pad": 2}
    across = axes.get_xaxis_transform()
    axes.text(x, 0.97, words, transform=across, ha=side, va="top", bbox=box)

    shades = (palette.INPUT.line, palette.EMPHASIS, palette.OUTPUT.line, palette.KERNEL.line)
    heights = _apart([line[0] for line in errors.values()], APART * most, most)
    start = first - 0.15 / (FRAME[2] * WIDTH) * (right - left)
    drawn = zip(errors.values(), labels, LOOKS, shades, heights, strict=False)
    for line, label, (marker, _, dash), colour, height in drawn:
        axes.plot(costs, line, dash, marker=marker, color=colour, zorder=3)
        axes.text(start, height, label, ha="right", va="center")
    return figure


def _draw_axes(axes: Axes, costs: list[float], right: float) -> None:
    """Write terms below, costs above, errors on the left."""
    from matplotlib.ticker import PercentFormatter

    every = -(-len(costs) // 16)
    shown = range(1, len(costs) + 1, every)
    axes.set_xticks([costs[count - 1] for count in shown], [str(count) for count in shown])
    axes.set(
        xlabel="T, how many separable layers are summed", ylabel="error, part of the kernel's norm"
    )
    percents = PercentFormatter(1, decimals=0, symbol=" %")
    axes.yaxis.set_major_formatter(percents)
    above = axes.secondary_xaxis("top")
    low, high = axes.get_xlim()
    step = 0.25 * max(1, round((high - low) / 3))  # of which a dozen have room
    above.set_xticks(np.arange(step, right, step))
    above.xaxis.set_major_formatter(percents)
    above.set_xlabel("cost, part of the dense layer's MACs")
    furnish(axes)


def _apart(heights: list[float], least: float, most: float) -> list[float]:
    """Move heights until none is closer to the next than ``least``, and none above ``most``."""
    moved = list(heights)
    order = list(np.argsort(heights, kind="stable"))
    for lower, upper in pairwise(order):
        moved[upper] = max(moved[upper], moved[lower] + least)
    moved[order[-1]] = min(moved[order[-1]], most)
    for upper, lower in pairwise(reversed(order)):
        moved[lower] = min(moved[lower], moved[upper] - least)
    return moved
