"""Parts that pictures of photographs and maps are put together from: kernels, signs, words."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.grids import draw_grid, number_text
from dwsep_helpers.figures.types import Axes

PANEL = 1.8  # inches across a photograph
GAP = 0.3
MARGIN = 0.15
CELL = 0.32  # inches across a number
CHANNEL_NAMES = ("red", "green", "blue")


def kernel_height(kernel: np.ndarray) -> float:
    """Return the inches that a kernel takes downwards."""
    return kernel.shape[0] * _cell(kernel)


def kernel_width(kernel: np.ndarray) -> float:
    """Return the inches that a kernel takes across."""
    return kernel.shape[1] * _cell(kernel)


def _cell(kernel: np.ndarray) -> float:
    return min(CELL, PANEL / max(kernel.shape))


def draw_kernel(
    axes: Axes, kernel: np.ndarray, middle: float, edge: float, *, upwards: bool = False
) -> None:
    """Draw a kernel's numbers, centred, from a top edge down or a bottom edge up."""
    cell = _cell(kernel)
    longest = max(len(number_text(number)) for number in kernel.flat)
    corner = (middle - kernel.shape[1] * cell / 2, edge - upwards * kernel.shape[0] * cell)
    fontsize = min(9, 72 * 0.92 * cell / (0.64 * longest))
    draw_grid(axes, kernel, corner, palette.KERNEL, cell=cell, fontsize=fontsize)


def write_above(
    axes: Axes, x: float, y: float, words: str, fontsize: float = 10, **how: Any
) -> None:
    """Write words, centred above a line."""
    axes.text(x, y, words, ha="center", va="bottom", fontsize=fontsize, **how)


def draw_arrow(axes: Axes, start: float, end: float, y: float, words: str, **look: float) -> None:
    """Draw an arrow from one panel to the next, with words over it."""
    arrow = {"arrowstyle": "-|>", "color": palette.NEUTRAL.line, "lw": 1.2, **look}
    axes.annotate("", (end, y), (start, y), arrowprops=arrow)
    write_above(axes, (start + end) / 2, y - 0.08, words, fontsize=9.5)


def three_channels(values: ArrayLike, name: str, axes: int = 3) -> np.ndarray:
    """Refuse what has not three channels."""
    array = np.asarray(values)
    if array.ndim != axes or len(array) != 3 or 0 in array.shape:
        raise ValueError(f"{name} has shape {array.shape}, and three channels are drawn (axis 0)")
    return array


def ranges(maps: Mapping[str, np.ndarray]) -> str:
    """Say in words what range each map has."""
    return " ".join(
        f"{name}: values from {number_text(values.min())} to {number_text(values.max())}."
        for name, values in maps.items()
    )


def by(shape: Sequence[int]) -> str:
    """Write a shape as people say it: 3×120×180."""
    return "×".join(map(str, shape))
