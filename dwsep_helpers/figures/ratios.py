"""How many times cheaper a separable layer is, over all sizes."""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from numbers import Real
from typing import Any

import numpy as np

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.attempts import call, once_written
from dwsep_helpers.figures.picture import Picture, new_figure, picture
from dwsep_helpers.figures.types import Figure
from dwsep_helpers.kernels.shapes import mapping

WIDTH, HEIGHT = 7.4, 4.4  # inches
FILTERS = sorted({round(2 ** (exponent / 4)) for exponent in range(41)})  # 1 to 1024
KERNELS = range(1, 12)
TIMES = (2, 4, 8, 16, 32, 64)
MARKS = {"the article's layer": (256, 5), "MobileNet's layers": (1024, 3), "": (64, 3)}


@once_written
def reduction_contours(
    reduction_ratio: Callable[[int, int], float | Fraction],
    *,
    marks: Mapping[str, tuple[int, int]] = MARKS,
    exercise: str = "4.3",
) -> Picture:
    """Draw how many times fewer MACs a separable layer makes, by filters and kernel size.

    Contour lines of 2, 4, 8, … times fewer; hatched where it makes more.

    Parameters
    ----------
    reduction_ratio : callable
        ``reduction_ratio(out_channels, kernel_size)``, the separable layer's MACs as a part of
        the standard one's; the learner's.
    marks : mapping of str to pair of int
        Layers to mark: name, and filters with kernel size. How many times it is stands behind it.
    exercise : str, to write first if it isn't written yet

    Raises
    ------
    TypeError
        If ``marks`` is no mapping.
    ValueError
        If the function returns no positive number.

    Examples
    --------
    >>> picture = reduction_contours(lambda n, k: 1 / n + 1 / k**2)
    >>> picture.alt.split(". ")[1].split("; ")[0]
    "Marked: the article's layer (256 filters, 5×5), 22.8 times fewer"
    """
    mapping("marks", marks)
    sizes = [*((n, k) for k in KERNELS for n in FILTERS), *marks.values()]
    of_layer = {(n, k): 1 / _ratio_of(reduction_ratio, n, k) for n, k in sizes}
    times = np.array([[of_layer[n, k] for n in FILTERS] for k in KERNELS])
    found = {name: (n, k, of_layer[n, k]) for name, (n, k) in marks.items()}
    return picture(_alt(times, marks, of_layer), _draw, times, found)


def _ratio_of(function: Callable[[int, int], object], n: int, k: int) -> float:
    """Return what a learner's function says, if it is a positive number."""
    ratio = call(function, n, k)
    number = float(ratio) if isinstance(ratio, Real | np.number) else math.nan
    if not 0 < number < math.inf:
        raise ValueError(f"reduction_ratio({n}, {k}) is {ratio!r}, and a positive number is drawn")
    return number


def _compared(times: float) -> str:
    return f"{times:.1f} times fewer" if times >= 1 else f"{1 / times:.1f} times as many"


def _alt(
    times: np.ndarray,
    marks: Mapping[str, tuple[int, int]],
    marked: Mapping[tuple[int, int], float],
) -> str:
    said = [
        f"{name + ' (' if name else ''}{n} filter{'s' * (n > 1)}, {k}×{k}{')' if name else ''}, "
        f"{_compared(marked[n, k])}"
        for name, (n, k) in marks.items()
    ]
    costlier = int((times < 1).sum())
    where = []
    if costlier and (times[0] < 1).all():
        where.append("for every 1×1 kernel")
    if costlier and (times[:, 0] < 1).all():
        where.append("with a single filter")
    place = " and ".join(where) or (f"in {costlier} of the cases drawn" if costlier else "nowhere")
    return (
        "How many times fewer MACs a depthwise separable layer makes than a standard one, for 1 "
        f"to {FILTERS[-1]} filters and kernels of 1×1 to {KERNELS[-1]}×{KERNELS[-1]}. "
        f"Marked: {'; '.join(said)}. The most drawn: {times.max():.1f} times. More MACs {place}."
    )


def _draw(times: np.ndarray, marks: Mapping[str, tuple[int, int, float]]) -> Figure:
    from matplotlib.patheffects import withStroke

    figure = new_figure(WIDTH, HEIGHT)
    axes = figure.add_axes((0.085, 0.125, 0.89, 0.79))
    x = np.log2(FILTERS)
    halo = [withStroke(linewidth=3, foreground=palette.PAPER)]
    if times.min() < 1:
        hatched: dict[str, Any] = {"colors": [palette.NEUTRAL.fill], "hatches": ["//"]}
        shaded = axes.contourf(x, KERNELS, times, levels=[0, 1], **hatched)
        shaded.set_edgecolor("#b5b5b5")
        shaded.set_linewidth(0)
        axes.contour(x, KERNELS, times, levels=[1], colors=[palette.INK], linestyles="--")
        arrow = {"arrowstyle": "->", "shrinkA": 1, "shrinkB": 0}
        axes.annotate("more", (0.2, 1.7), (0.13, 4.3), path_effects=halo, arrowprops=arrow)
    levels = [level for level in TIMES if times.min() < level < times.max()]
    if levels:
        colours = [palette.EMPHASIS if level == 2 else palette.INPUT.line for level in levels]
        widths = [2.2 if level == 2 else 1.2 for level in levels]
        lines = axes.contour(x, KERNELS, times, levels, colors=colours, linewidths=widths)
        for text in axes.clabel(lines, fmt=lambda level: f"{level:g}×", fontsize=10):
            text.set(color=palette.INK, path_effects=halo)
    for name, (n, k, fewer) in marks.items():
        says = f"{name}{': ' * bool(name)}{fewer:.1f}×"
        axes.plot(np.log2(n), k, "o", color=palette.KERNEL.line, mec=palette.INK, ms=7, zorder=4)
        look: dict[str, Any] = {"ha": "right", "path_effects": halo, "zorder": 5}
        axes.annotate(says, (np.log2(n), k), (-8, 5), textcoords="offset points", **look)
    axes.set(xlim=(0, x[-1] + 0.25), ylim=(KERNELS[0], KERNELS[-1]))
    axes.set(xlabel="filters $C_{out}$", ylabel="kernel size $K$")
    axes.set_title("How many times fewer MACs (thick line: half)")
    axes.set_xticks(range(0, 11), [f"{2**exponent:,}" for exponent in range(0, 11)])
    axes.set_yticks([1, 3, 5, 7, 9, 11])
    axes.spines[["top", "right"]].set_visible(False)
    return figure
