"""Which outputs of a layer move when part of its input does: an experiment, drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import wrap

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_floats
from dwsep_helpers.figures.attempts import as_map, attempt, once_written
from dwsep_helpers.figures.panels import CLOSE, Panel, Part, lay
from dwsep_helpers.figures.picture import Picture, picture
from dwsep_helpers.kernels.shapes import mapping

MOST = {"layers": 4, "channels": 6, "cells along an axis": 12}
SEEDS = 3  # of disturbances: one alone could miss, where a kernel happens to cancel it
TOLERANCE = 1e-6  # of the largest output: rounding moves nothing

PLANE = 1.0  # inches across the largest map


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
    TypeError
        If ``layers`` is no mapping.
    ValueError
        If the input, its channel or its pixel can't be disturbed, or a layer returns something
        that is no such output.

    Examples
    --------
    >>> swap = {"swap": lambda x: x[:, ::-1]}
    >>> influence(swap, np.zeros((1, 2, 3, 3)), pixel=(0, 2), exercise="2.1").alt[47:]
    'swap moves y[0, 1]: row 0, column 2, 1 of 9; not y[0, 0].'
    """
    mapping("layers", layers)
    _within(len(layers), "layers")
    x = as_floats(x, "x")
    here = _disturbed(x, channel, pixel)
    moved = {}
    for name, layer in layers.items():
        before = _as_output(attempt(layer, x.copy()), name)
        moved[name] = np.zeros(before.shape[1:], bool)
        for seed in range(SEEDS):
            after = _as_output(attempt(layer, _disturb(x, here, seed)), name)
            if after.shape != before.shape:
                raise ValueError(
                    f"{name} returned shape {before.shape} and then {after.shape} for one shape"
                )
            moved[name] |= _differs(before, after)[0]
    where = f" at row {pixel[0]}, column {pixel[1]}" if pixel is not None else " everywhere"
    findings = " ".join(f"{name} moves {_listed(maps)}." for name, maps in moved.items())
    alt = f"Input x[0, {channel}] is disturbed{where}. {findings}"
    cell = PLANE / max(max(maps.shape[1:]) for maps in (here[0], *moved.values()))
    rows: list[list[Part]] = [[Panel(title="input", below="dots: what is disturbed")]]
    for number, plane in enumerate(here[0]):
        words = f"{_counted(plane)} disturbed" if plane.any() else "as before"
        x_ = Panel(plane, palette.INPUT, cell, name=f"x[0, {number}]", below=words)
        rows[0].append(x_)
    for name, maps in moved.items():
        channels = sum(bool(plane.any()) for plane in maps)
        some = f"{channels} of {len(maps)} outputs moved" if len(maps) > 1 else ""
        rows += [[], [Panel(title="\n".join(wrap(name, 17)), below=some)]]
        for number, plane in enumerate(maps):
            words = f"{_counted(plane)} moved"
            y = Panel(plane, palette.OUTPUT, cell, name=f"y[0, {number}]", below=words)
            rows[-1].append(y)
    return picture(alt, lay, rows, CLOSE)


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


def _counted(plane: np.ndarray) -> str:
    return f"{plane.sum()} of {plane.size}" if plane.any() else "none"
