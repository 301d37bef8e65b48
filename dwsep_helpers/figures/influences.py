"""Which outputs of a layer move when part of its input does: an experiment, drawn."""

from collections.abc import Callable, Mapping
from textwrap import wrap

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.attempts import as_map, attempt, once_written
from dwsep_helpers.figures.charts import text_width
from dwsep_helpers.figures.picture import Picture, new_canvas, picture
from dwsep_helpers.figures.tones import show
from dwsep_helpers.figures.types import Axes, Figure

MOST = {"layers": 4, "channels": 6, "cells along an axis": 12}
SEEDS = 3  # of disturbances: one alone could miss, where a kernel happens to cancel it
TOLERANCE = 1e-6  # of the largest output: rounding moves nothing

PLANE = 1.0  # inches across the largest map
PITCH = 1.25  # inches from a map to the next
NAMES = 1.75  # inches for words on the left
MARGIN = 0.15
HEADS = 0.7  # inches over and under the maps of a layer


@once_written
def influence(
    layers: Mapping[str, Callable[[np.ndarray], ArrayLike]],
    x: ArrayLike,
    channel: int = 0,
    pixel: tuple[int, int] | None = None,
    *,
    exercise: str,
) -> Picture:
    """Disturb one channel of an input, or one pixel of it, and draw which outputs move.

    Parameters
    ----------
    layers : mapping of str to callable
        By name, one to four. Each takes x (1, C_in, H, W) alone and returns
        y (1, C_out, H_out, W_out); the learner's.
    x : array_like, shape (1, C_in, H, W)
        The input before it is disturbed. At most 6 channels of 12×12.
    channel : int
        Which channel is disturbed.
    pixel : pair of int, optional
        Row and column of the one value that is disturbed; left out, the whole channel is.
    exercise : str, to write first if a layer isn't written yet

    Raises
    ------
    ValueError
        If the input, its channel or its pixel can't be disturbed, or a layer returns something
        that is no such output.

    Examples
    --------
    >>> swap = {"swap": lambda x: x[:, ::-1]}
    >>> influence(swap, np.zeros((1, 2, 3, 3)), pixel=(0, 2), exercise="2.1").alt[47:]
    'swap moves y[0, 1]: row 0, column 2, 1 of 9; not y[0, 0].'
    """
    _within(len(layers), "layers")
    x = np.array(x, float)
    here = _disturbed(x, channel, pixel)
    moved = {}
    for name, layer in layers.items():
        before = _as_output(attempt(layer, x.copy()), name)
        moved[name] = np.zeros(before.shape[1:], bool)
        for seed in range(SEEDS):
            after = _as_output(np.asarray(layer(_disturb(x, here, seed))), name)
            if after.shape != before.shape:
                raise ValueError(
                    f"{name} returned shape {before.shape} and then {after.shape} for one shape"
                )
            moved[name] |= _differs(before, after)[0]
    where = f" at row {pixel[0]}, column {pixel[1]}" if pixel is not None else " everywhere"
    findings = " ".join(f"{name} moves {_listed(maps)}." for name, maps in moved.items())
    alt = f"Input x[0, {channel}] is disturbed{where}. {findings}"
    return picture(alt, _draw, here[0], moved)


def _within(count: int, what: str) -> None:
    """Refuse more than a picture has room for, and nothing at all."""
    if not 1 <= count <= MOST[what]:
        raise ValueError(f"there are {count} {what}, and 1 to {MOST[what]} are drawn")


def _fits(maps: np.ndarray) -> None:
    _within(maps.shape[1], "channels")
    for size in maps.shape[2:]:
        _within(size, "cells along an axis")


def _disturbed(x: np.ndarray, channel: int, pixel: tuple[int, int] | None) -> np.ndarray:
    if x.ndim != 4 or len(x) != 1:
        raise ValueError(f"x has shape {x.shape}, and one input (1, C_in, H, W) is disturbed")
    _fits(x)
    if not 0 <= channel < x.shape[1]:
        raise ValueError(f"channel is {channel}, and x has C_in={x.shape[1]} (axis 1)")
    here = np.zeros(x.shape, bool)
    if pixel is None:
        here[0, channel] = True
        return here
    if not all(0 <= place < size for place, size in zip(pixel, x.shape[2:], strict=True)):
        raise ValueError(f"pixel is {tuple(pixel)}, and x has H, W = {x.shape[2:]} (axes 2, 3)")
    here[0, channel, *pixel] = True
    return here


def _disturb(x: np.ndarray, here: np.ndarray, seed: int) -> np.ndarray:
    """Return x with other numbers where it is disturbed, well away from those before."""
    random = np.random.default_rng(seed)
    shifts = random.uniform(1, 2, x.shape) * random.choice([-1, 1], x.shape)
    shifts *= max(1.0, np.abs(x[np.isfinite(x)]).max(initial=0))
    return np.where(here, x + shifts, x)


def _as_output(made: np.ndarray, name: str) -> np.ndarray:
    y = as_map(made, 4, name)
    if len(y) != 1:
        raise ValueError(f"{name} returned shape {y.shape}, and x has N=1 (axis 0)")
    _fits(y)
    return y


def _differs(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    finite = np.abs(before[np.isfinite(before)])
    slack = TOLERANCE * max(1.0, finite.max(initial=0))
    return ~np.isclose(after, before, rtol=0, atol=slack, equal_nan=True)


def _listed(maps: np.ndarray) -> str:
    """Say which outputs moved, how many of their values and, if not all, where."""
    alike: dict[str, list[int]] = {}
    for number, moved in enumerate(maps):
        words = f"{_place(moved)}{moved.sum()} of {moved.size}" if moved.any() else ""
        alike.setdefault(words, []).append(number)
    still = alike.pop("", [])
    if not alike:
        return "nothing"
    said = [
        f"{_outputs(numbers)}: {words}{' each' if len(numbers) > 1 else ''}"
        for words, numbers in alike.items()
    ]
    return "; ".join(said) + (f"; not {_outputs(still)}" if still else "")


def _outputs(numbers: list[int]) -> str:
    return ", ".join(f"y[0, {number}]" for number in numbers)


def _place(moved: np.ndarray) -> str:
    """Say in which rows and columns the moved values lie; nothing where all of them moved."""
    if moved.all():
        return ""
    words = ""
    for name, axis in (("row", 1), ("column", 0)):
        places = np.flatnonzero(moved.any(axis=axis))
        first, last = places[0], places[-1]
        words += f"{name} {first}, " if first == last else f"{name}s {first} to {last}, "
    return words


def _draw(here: np.ndarray, moved: Mapping[str, np.ndarray]) -> Figure:
    """Draw the input, and under it a row of outputs for each layer."""
    everything = [here, *moved.values()]
    columns = max(map(len, everything))
    cell = PLANE / max(max(maps.shape[1:]) for maps in everything)
    strips = [max(cell * maps.shape[1], 0.5) + HEADS for maps in everything]
    figure, axes = new_canvas(2 * MARGIN + NAMES + columns * PITCH, sum(strips) + 0.1)
    _draw_row(axes, 0.4, "input", "dots: what is disturbed", here, "x", cell, palette.INPUT)
    edge = 0.0
    for strip, (name, maps) in zip(strips, moved.items(), strict=False):
        edge += strip
        ends = (MARGIN, figure.get_figwidth() - MARGIN)
        axes.plot(ends, [edge + 0.03] * 2, color=palette.NEUTRAL.line, lw=0.5)
        outputs = sum(bool(plane.any()) for plane in maps)
        words = f"{outputs} of {len(maps)} outputs moved"
        _draw_row(axes, edge + 0.4, name, words, maps, "y", cell, palette.OUTPUT)
    return figure


def _draw_row(
    axes: Axes,
    top: float,
    name: str,
    words: str,
    maps: np.ndarray,
    array: str,
    cell: float,
    shade: palette.Shade,
) -> None:
    """Draw a name, what it shows in words, and the maps, each with its count."""
    down, across = (size * cell for size in maps.shape[1:])
    lines = "\n".join(wrap(name, 17))
    axes.text(MARGIN, top, lines, va="top", fontsize=11, weight="bold")
    lines_down = 0.22 * (1 + lines.count("\n"))
    axes.text(MARGIN, top + lines_down + 0.05, "\n".join(wrap(words, 24)), va="top", fontsize=9.5)
    for number, plane in enumerate(maps):
        middle = MARGIN + NAMES + (number + 0.5) * PITCH
        axes.text(middle, top - 0.07, f"{array}[0, {number}]", ha="center", va="bottom")
        _draw_cells(axes, plane, (middle - across / 2, top), cell, shade)
        count = f"{plane.sum()} of {plane.size}" if plane.any() else "none"
        count += " moved" if array == "y" else " disturbed" if plane.any() else ""
        if array == "x" and not plane.any():
            count = "as before"
        fontsize = min(9.0, 10 * (PITCH - 0.08) / text_width([count]))
        axes.text(middle, top + down + 0.06, count, ha="center", va="top", fontsize=fontsize)


def _draw_cells(
    axes: Axes, marked: np.ndarray, corner: tuple[float, float], cell: float, shade: palette.Shade
) -> None:
    """Draw cells, those that are marked dark and with a dot."""
    from matplotlib.colors import ListedColormap

    left, top = corner
    down, across = (size * cell for size in marked.shape)
    colours = ListedColormap([shade.fill, shade.line])
    show(axes, marked, corner, cell, cmap=colours, vmin=0, vmax=1)
    for edge in range(marked.shape[0] + 1):
        y = top + edge * cell
        axes.plot([left, left + across], [y, y], color=shade.line, lw=0.6)
    for edge in range(marked.shape[1] + 1):
        x = left + edge * cell
        axes.plot([x, x], [top, top + down], color=shade.line, lw=0.6)
    rows, columns = np.nonzero(marked)
    size = min(72 * cell * 0.3, 6) ** 2
    places = (left + (columns + 0.5) * cell, top + (rows + 0.5) * cell)
    axes.scatter(*places, s=size, color=palette.PAPER, lw=0, zorder=3)
