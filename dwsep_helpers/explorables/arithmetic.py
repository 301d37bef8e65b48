"""Convolution arithmetic: a kernel on its way over an image, to play, to step and to scrub."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.explorables.explorable import Explorable
from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_array
from dwsep_helpers.figures.grids import draw_grid, draw_padded, number_text
from dwsep_helpers.figures.picture import Picture, draw_box, draw_sign, new_figure, picture
from dwsep_helpers.figures.types import Figure
from dwsep_helpers.kernels import conv2d
from dwsep_helpers.kernels.shapes import integer

IMAGE = ((1, 2, 0, 1), (0, 1, 3, 1), (2, 0, 1, 2), (1, 1, 0, 0))
KERNEL = ((1, 2), (0, -1))
MOST = {"image": 8, "kernel": 4}  # rows, and columns
LARGEST = 9  # of the numbers
MOST_PADDING, MOST_STEP = 2, 4
KNOBS = ("size", "kernel_size", "stride", "padding", "dilation")
CELL, GAP = 0.4, 1.6  # inches, and cells


def arithmetic(
    image: ArrayLike = IMAGE,
    kernel: ArrayLike = KERNEL,
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    formula: bool = True,
    knobs: Sequence[str] = KNOBS,
) -> Explorable:
    """Play a convolution of one channel: which numbers meet, and how large the output is.

    Knobs change the sizes, stride, padding and dilation; an input or kernel that is made larger
    repeats its numbers.

    Parameters
    ----------
    image : array_like of int, shape (H, W)
        At most 8×8 numbers from -9 to 9.
    kernel : array_like of int, shape (K_h, K_w)
        At most 4×4 of them. It isn't flipped.
    stride, padding, dilation : int
        Where the knobs start: at most 4, 2 and 4.
    formula : bool
        Whether the formula of the output's size is open from the beginning, or folded away.
    knobs : sequence of str
        Which knobs are drawn; what has none stays as it starts. Left out, all.

    Raises
    ------
    TypeError
        If a setting is no integer.
    ValueError
        If an array is no small plane of small whole numbers, a setting is out of its range, the
        kernel doesn't fit, or there is no such knob.

    Examples
    --------
    >>> arithmetic(stride=3, padding=1)
    [Figure: A 2×2 kernel on an image of 4×4 numbers, stride 3, padding 1, dilation 1: an output \
of 2×2 numbers, −1 −1; 3 5. Never read of the padded input: 2 rows and 2 columns.]
    """
    planes = {name: _plane(name, given) for name, given in (("image", image), ("kernel", kernel))}
    start = {"stride": stride, "padding": padding, "dilation": dilation}
    ends = {"stride": (1, MOST_STEP), "padding": (0, MOST_PADDING), "dilation": (1, MOST_STEP)}
    for name, (least, most) in ends.items():
        start[name] = integer(name, start[name], at_least=least)
        if start[name] > most:
            raise ValueError(f"{name} is {start[name]}, and the knob goes from {least} to {most}")
    x, weight = planes["image"], planes["kernel"]
    for taps, size, lines in zip(weight.shape, x.shape, ("rows", "columns"), strict=True):
        reach, room = start["dilation"] * (taps - 1) + 1, size + 2 * start["padding"]
        if reach > room:
            raise ValueError(
                f"kernel has {taps} {lines} and covers {reach} with dilation {start['dilation']}, "
                f"but image has {size}, {room} with padding {start['padding']}"
            )
    y = conv2d(x[None, None], weight[None, None], **start)[0, 0]
    options: dict[str, Any] = {name: plane.tolist() for name, plane in planes.items()}
    options["start"] = {**start, "size": list(x.shape), "taps": list(weight.shape)}
    options["formula"] = bool(formula)
    names = [knobs] if isinstance(knobs, str) else list(knobs)
    if unknown := [name for name in names if name not in KNOBS]:
        raise ValueError(f"knobs has {unknown}, and there are {', '.join(KNOBS)}")
    options["knobs"] = [name for name in KNOBS if name in names]
    return Explorable("arithmetic", options, _still(x, weight, y, start))


def _plane(name: str, given: ArrayLike) -> np.ndarray:
    plane, most = as_array(given, name), MOST[name]
    if plane.ndim != 2 or not 0 < min(plane.shape) <= max(plane.shape) <= most:
        raise ValueError(f"{name} has shape {plane.shape}, and at most {most}×{most} can be read")
    if not np.all(plane == np.round(plane)) or np.abs(plane).max() > LARGEST:
        raise ValueError(
            f"{name} has numbers from {plane.min()} to {plane.max()}, and whole ones from "
            f"-{LARGEST} to {LARGEST} are drawn"
        )
    return plane.astype(np.int64)


def _still(x: np.ndarray, weight: np.ndarray, y: np.ndarray, start: dict[str, int]) -> Picture:
    settings = ", ".join(f"{name} {value}" for name, value in start.items())
    (h, w), (k_h, k_w), (h_out, w_out) = x.shape, weight.shape, y.shape
    numbers = "; ".join(" ".join(number_text(number) for number in row) for row in y)
    unread = [
        _never_read(size, taps, outputs, start)
        for size, taps, outputs in zip(x.shape, weight.shape, y.shape, strict=True)
    ]
    words = [
        f"{len(found)} {axis}{'s' * (len(found) > 1)}"
        for found, axis in zip(unread, ("row", "column"), strict=True)
        if found
    ]
    rest = f" Never read of the padded input: {' and '.join(words)}." if words else ""
    alt = (
        f"A {k_h}×{k_w} kernel on an image of {h}×{w} numbers, {settings}: an output of "
        f"{h_out}×{w_out} numbers, {numbers}.{rest}"
    )
    return picture(alt, _draw, x, weight, y, start, unread)


def _draw(
    x: np.ndarray,
    weight: np.ndarray,
    y: np.ndarray,
    start: dict[str, int],
    unread: list[list[int]],
) -> Figure:
    """Draw the padded input with its first window, the kernel, the whole output."""
    stride, padding, dilation = start["stride"], start["padding"], start["dilation"]
    padded = tuple(size + 2 * padding for size in x.shape)
    across = [padded[1], max(weight.shape[1], 2), max(y.shape[1], 2)]
    height = max(padded[0], weight.shape[0], y.shape[0])
    width = max(sum(across) + 2 * GAP, 12)
    figure = new_figure((width + 1) * CELL, (height + 3.4) * CELL)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-0.5, width + 0.5), ylim=(height + 1.9, -1.5))
    axes.axis("off")
    second = across[0] + GAP
    third = second + across[1] + GAP
    draw_padded(axes, x, padding, (0, 0), "input", CELL)
    draw_grid(axes, weight, (second, 0), palette.KERNEL, "kernel", inches=CELL)
    draw_grid(axes, y, (third, 0), palette.OUTPUT, "output", inches=CELL)
    draw_sign(axes, second - GAP / 2, 0.5, "∗")
    draw_sign(axes, third - GAP / 2, 0.5, "=")
    for i, j in np.ndindex(padded):
        if i in unread[0] or j in unread[1]:
            hatch: dict[str, Any] = {"fill": False, "hatch": "///", "lw": 0, "alpha": 0.5}
            draw_box(axes, (j, i), 1, 1, **hatch)
    for i, j in np.ndindex(weight.shape):
        look: dict[str, Any] = {"fill": False, "edgecolor": palette.KERNEL.line, "lw": 2.5}
        draw_box(axes, (dilation * j, dilation * i), 1, 1, zorder=4, **look)
    settings = f"stride {stride}, padding {padding}, dilation {dilation}"
    axes.text(0, height + 0.9, settings, va="center", fontsize=11)
    return figure


def _never_read(size: int, taps: int, outputs: int, start: dict[str, int]) -> list[int]:
    """Return the indices of a padded axis that no window reads."""
    reached = {
        start["stride"] * output + start["dilation"] * tap
        for output in range(outputs)
        for tap in range(taps)
    }
    return [index for index in range(size + 2 * start["padding"]) if index not in reached]
