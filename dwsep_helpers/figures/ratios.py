"""How many times cheaper a separable layer is, over all sizes."""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from numbers import Real

import numpy as np

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.picture import Picture, new_figure, not_yet, picture
from dwsep_helpers.figures.types import Figure

WIDTH, HEIGHT = 7.4, 4.4  # inches
FILTERS = sorted({round(2 ** (exponent / 4)) for exponent in range(41)})  # 1 to 1024
KERNELS = range(1, 12)
TIMES = (2, 4, 8, 16, 32, 64)
MARKS = {"the article's layer": (256, 5), "MobileNet's layers": (1024, 3), "": (64, 3)}


def reduction_contours(
    reduction_ratio: Callable[[int, int], float | Fraction],
    *,
    marks: Mapping[str, tuple[int, int]] = MARKS,
    exercise: str = "4.5",
) -> Picture:
    """Draw how many times fewer MACs a separable layer makes, by filters and kernel size.

    Parameters
    ----------
    reduction_ratio : callable
        ``reduction_ratio(out_channels, kernel_size)``, the separable layer's MACs as a part of
        the standard one's; the learner's.
    marks : mapping of str to pair of int
        Layers to mark: name, and filters with kernel size. An empty name marks without words.
    exercise : str
        What to write first if it isn't written yet.

    Returns
    -------
    Picture
        Contour lines of 2, 4, 8, … times fewer; hatched where the separable layer is dearer.

    Raises
    ------
    ValueError
        If the function returns no positive number.

    Examples
    --------
    >>> picture = reduction_contours(lambda n, k: 1 / n + 1 / k**2)
    >>> picture.alt.split(". ")[1]
    "the article's layer (256 filters, 5×5): 22.8 times fewer"
    """
    of_layer = {}
    for n, k in [*((n, k) for k in KERNELS for n in FILTERS), *marks.values()]:
        ratio = _ratio_of(reduction_ratio, n, k)
        if ratio is None:
            return not_yet(exercise)
        of_layer[n, k] = 1 / ratio
    times = np.array([[of_layer[n, k] for n in FILTERS] for k in KERNELS])
    return picture(_alt(times, marks, of_layer), _draw, times, marks)


def _ratio_of(function: Callable[[int, int], object], n: int, k: int) -> float | None:
    """Return what a learner's function says; None if it isn't written yet."""
    try:
        ratio = function(n, k)
    except NotImplementedError:
        return None
    if ratio is None:
        return None
    number = float(ratio) if isinstance(ratio, Real | np.number) else math.nan
    if not 0 < number < math.inf:
        raise ValueError(f"reduction_ratio({n}, {k}) is {ratio!r}, and a positive number is drawn")
    return number


def _alt(
    times: np.ndarray,
    marks: Mapping[str, tuple[int, int]],
    marked: Mapping[tuple[int, int], float],
) -> str:
    said = [
        f"{name + ' ' if name else ''}({n} filters, {k}×{k}): {marked[n, k]:.1f} times fewer"
        for name, (n, k) in marks.items()
    ]
    dearer = int((times < 1).sum())
    where = []
    if dearer and (times[0] < 1).all():
        where.append("for every 1×1 kernel")
    if dearer and (times[:, 0] < 1).all():
        where.append("with a single filter")
    place = " and ".join(where) or (f"in {dearer} of the cases drawn" if dearer else "nowhere")
    return (
        "How many times fewer MACs a depthwise separable layer makes than a standard one, for 1 "
        f"to {FILTERS[-1]} filters and kernels of 1×1 to {KERNELS[-1]}×{KERNELS[-1]}. "
        f"{'. '.join(said)}. The most drawn: {times.max():.1f} times. Dearer {place}."
    )


def _draw(times: np.ndarray, marks: Mapping[str, tuple[int, int]]) -> Figure:
    from matplotlib.patheffects import withStroke

    figure = new_figure(WIDTH, HEIGHT)
    axes = figure.add_axes((0.085, 0.125, 0.89, 0.79))
    x = np.log2(FILTERS)
    halo = [withStroke(linewidth=3, foreground=palette.PAPER)]
    if times.min() < 1:
        shaded = axes.contourf(
            x, KERNELS, times, levels=[0, 1], colors=[palette.NEUTRAL.fill], hatches=["//"]
        )
        shaded.set_edgecolor("#b5b5b5")
        shaded.set_linewidth(0)
        axes.contour(x, KERNELS, times, levels=[1], colors=[palette.INK], linestyles="--")
        axes.annotate(
            "dearer",
            (0.2, 1.7),
            xytext=(0.13, 4.3),
            path_effects=halo,
            arrowprops={"arrowstyle": "->", "shrinkA": 1, "shrinkB": 0},
        )
    levels = [level for level in TIMES if times.min() < level < times.max()]
    if levels:
        lines = axes.contour(
            x,
            KERNELS,
            times,
            levels=levels,
            colors=[palette.EMPHASIS if level == 2 else palette.INPUT.line for level in levels],
            linewidths=[2.2 if level == 2 else 1.2 for level in levels],
        )
        for text in axes.clabel(lines, fmt=lambda level: f"{level:g}×", fontsize=10):
            text.set(color=palette.INK, path_effects=halo)
    for name, (n, k) in marks.items():
        axes.plot(np.log2(n), k, "o", color=palette.KERNEL.line, mec=palette.INK, ms=7, zorder=4)
        axes.annotate(
            name,
            (np.log2(n), k),
            xytext=(-8, 5),
            textcoords="offset points",
            ha="right",
            path_effects=halo,
            zorder=5,
        )
    axes.set(
        xlim=(0, x[-1] + 0.25),
        ylim=(KERNELS[0], KERNELS[-1]),
        xlabel="filters N",
        ylabel="kernel size $D_k$",
        title="How many times fewer MACs",
    )
    axes.set_xticks(range(0, 11), [f"{2**exponent:,}" for exponent in range(0, 11)])
    axes.set_yticks([1, 3, 5, 7, 9, 11])
    axes.spines[["top", "right"]].set_visible(False)
    return figure
