"""The course in one picture: a standard and a depthwise separable convolution, and their costs."""

from dataclasses import dataclass
from typing import Any

from dwsep_helpers.cost import conv2d_cost, depthwise_cost, pointwise_cost
from dwsep_helpers.figures import palette
from dwsep_helpers.figures.blocks import Block, draw_heading, write_beside
from dwsep_helpers.figures.charts import text_width
from dwsep_helpers.figures.picture import Picture, draw_box, draw_sign, new_canvas, picture
from dwsep_helpers.figures.types import Axes, Figure
from dwsep_helpers.kernels.shapes import integer

# The worked example of the course.
CHANNELS, FILTERS, SIZE, KERNEL, PADDING = 3, 256, 8, 5, 2

WIDTH = 9  # inches, as all that follows
CELL = 0.1
THICK = 0.1
APART = 0.13
X_INPUT, X_KERNELS, X_MAPS, X_POINTS, X_OUTPUT = 0.3, 2.0, 3.55, 5.15, 7.05


@dataclass(frozen=True)
class Counts:
    """The MACs that the picture shows."""

    standard: int
    depthwise: int
    pointwise: int

    @property
    def separable(self) -> int:
        """The MACs of both stages."""
        return self.depthwise + self.pointwise

    @property
    def times(self) -> str:
        """How many times fewer these are than the standard convolution's, or as many."""
        most, least = sorted((self.standard, self.separable), reverse=True)
        return f"{most / least:.1f}" if least else "∞"

    @property
    def compared(self) -> str:
        """What that number is of."""
        return "fewer" if self.standard >= self.separable else "as many"


def course_picture(
    standard: int | None = None, depthwise: int | None = None, pointwise: int | None = None
) -> Picture:
    """Draw what a standard and a depthwise separable convolution do to 8×8×3 numbers, and cost.

    Parameters
    ----------
    standard, depthwise, pointwise : int, optional
        MACs to show, such as a learner's code was seen to make; those that are left out are
        reckoned by :mod:`dwsep_helpers.cost`.

    Raises
    ------
    TypeError
        If a number of MACs is no integer.
    ValueError
        If it is negative, or the standard convolution's is 0.

    Examples
    --------
    >>> course_picture(pointwise=50_000).alt[-47:]
    '50,000 MACs; together 54,800, 22.4 times fewer.'
    """
    given = {"standard": standard, "depthwise": depthwise, "pointwise": pointwise}
    counts = Counts(
        *(
            ours if n is None else integer(name, n, at_least=int(name == "standard"))
            for (name, n), ours in zip(given.items(), costs(), strict=True)
        )
    )
    alt = (
        f"Two ways from an input of {SIZE}×{SIZE} with {CHANNELS} channels to an output of "
        f"{SIZE}×{SIZE} with {FILTERS}. Standard convolution: {FILTERS} filters of "
        f"{KERNEL}×{KERNEL}×{CHANNELS}, {counts.standard:,} multiply-accumulates (MACs). Depthwise "
        f"separable convolution: {CHANNELS} kernels of {KERNEL}×{KERNEL}, one for each channel, "
        f"{counts.depthwise:,} MACs, then {FILTERS} filters of 1×1×{CHANNELS}, "
        f"{counts.pointwise:,} MACs; together {counts.separable:,}, {counts.times} times "
        f"{counts.compared}."
    )
    return picture(alt, _draw, counts)


def costs() -> tuple[int, int, int]:
    """Return the MACs of the standard, the depthwise and the pointwise convolution."""
    size = (SIZE, SIZE)
    standard = conv2d_cost(CHANNELS, FILTERS, KERNEL, size, padding=PADDING).macs
    depthwise = depthwise_cost(CHANNELS, KERNEL, size, padding=PADDING).macs
    pointwise = pointwise_cost(CHANNELS, FILTERS, size).macs
    return standard, depthwise, pointwise


def _draw(counts: Counts) -> Figure:
    """Draw both ways, and bars as long as their costs."""
    figure, axes = new_canvas(WIDTH, 5.5)
    image = Block(CHANNELS, SIZE, SIZE, palette.INPUT, CELL, THICK)
    output = Block(FILTERS, SIZE, SIZE, palette.OUTPUT, CELL, 1.05 / FILTERS)
    square, taps = f"{SIZE}×{SIZE}", f"{KERNEL}×{KERNEL}"

    bottom = 1.75
    draw_heading(axes, (X_INPUT, 0.28), "Standard convolution", "every filter reads all channels")
    _draw_row(axes, [image], X_INPUT, bottom, f"input\n{square}×{CHANNELS}")
    filters = [Block(CHANNELS, KERNEL, KERNEL, palette.KERNEL, CELL, THICK)] * 5
    words = f"{FILTERS} filters, {taps}×{CHANNELS}"
    _draw_row(axes, filters, X_KERNELS, bottom, words, counts.standard, more=True)
    _draw_row(axes, [output], X_OUTPUT, bottom, f"output\n{square}×{FILTERS}")
    middle = bottom - SIZE * CELL / 2
    for x, sign in {X_KERNELS: "∗", X_OUTPUT: "→"}.items():
        draw_sign(axes, x - 0.2, middle, sign, 16)

    bottom = 4.15
    words = "each channel by itself, then 1×1 filters mix the channels"
    draw_heading(axes, (X_INPUT, 2.6), "Depthwise separable convolution", words)
    image = Block(CHANNELS, SIZE, SIZE, palette.INPUT, CELL, THICK, APART)
    _draw_row(axes, [image], X_INPUT, bottom, f"input\n{square}×{CHANNELS}")
    kernels = Block(CHANNELS, KERNEL, KERNEL, palette.KERNEL, CELL, THICK, APART)
    _draw_row(axes, [kernels], X_KERNELS, bottom, f"{CHANNELS} kernels, {taps}", counts.depthwise)
    maps = Block(CHANNELS, SIZE, SIZE, palette.OUTPUT, CELL, THICK, APART)
    _draw_row(axes, [maps], X_MAPS, bottom, f"one map each\n{square}×{CHANNELS}")
    points = [Block(CHANNELS, 1, 1, palette.KERNEL, CELL, THICK)] * 3
    words = f"{FILTERS} filters, 1×1×{CHANNELS}"
    _draw_row(axes, points, X_POINTS, bottom, words, counts.pointwise, more=True)
    _draw_row(axes, [output], X_OUTPUT, bottom, f"output\n{square}×{FILTERS}")
    middle = bottom - SIZE * CELL / 2
    for x, sign in {X_KERNELS: "∗", X_MAPS: "→", X_POINTS: "∗", X_OUTPUT: "→"}.items():
        draw_sign(axes, x - 0.2, middle, sign, 16)

    for x, words in ((X_KERNELS, "1. depthwise"), (X_POINTS, "2. pointwise")):
        axes.text(x, 3.05, words, va="bottom", fontsize=10.5, weight="bold")

    _draw_bars(axes, 4.98, counts)
    return figure


def _draw_row(
    axes: Axes,
    blocks: list[Block],
    left: float,
    bottom: float,
    words: str,
    macs: int | None = None,
    *,
    more: bool = False,
) -> None:
    """Draw blocks side by side, with words and a cost under them."""
    step = 0.08
    pitch = blocks[0].size[0] + step
    middle = bottom - SIZE * CELL / 2  # small blocks hang halfway up the large ones
    low = middle + blocks[0].down / 2
    for number, block in enumerate(blocks):
        block.draw(axes, left + number * pitch, low)
    right = left + len(blocks) * pitch - step
    if more:
        axes.text(right + 0.06, middle, "…", va="center", fontsize=15)
        right += 0.3
    lines = [(line, palette.INK) for line in words.split("\n")]
    if macs is not None:
        lines.append((f"{macs:,} MACs", palette.EMPHASIS))
    for number, (line, colour) in enumerate(lines):
        place = ((left + right) / 2, bottom + 0.22 + 0.2 * number)
        axes.text(*place, line, ha="center", va="baseline", fontsize=10.5, color=colour)


def _draw_bars(axes: Axes, top: float, counts: Counts) -> None:
    both = f"{counts.depthwise:,} + {counts.pointwise:,} = {counts.separable:,} MACs:"
    bars = {
        "standard": (counts.standard, f"{counts.standard:,} MACs"),
        "depthwise separable": (counts.separable, both),
    }
    compared = f"{counts.times}× {counts.compared}"
    room = {name: text_width([words], fontsize=10.5) for name, (_, words) in bars.items()}
    room["depthwise separable"] += 0.1 + text_width([compared], fontsize=12, weight="bold")
    start, longest, thick = 1.95, 5.25, 0.18
    free = {name: min(longest, WIDTH - 0.2 - start - inches) for name, inches in room.items()}
    scale = min(free[name] / macs for name, (macs, _) in bars.items() if macs)
    for number, (name, (macs, words)) in enumerate(bars.items()):
        y = top + number * 0.32
        across = scale * macs
        axes.text(start - 0.1, y, name, ha="right", va="center", fontsize=10.5)
        draw_box(axes, (start, y - thick / 2), across, thick, color=palette.EMPHASIS, lw=0)
        said = axes.text(start + across + 0.1, y, words, va="center", fontsize=10.5)
    look: dict[str, Any] = {"weight": "bold", "fontsize": 12, "color": palette.EMPHASIS}
    write_beside(axes, said, compared, (1, 0.5), 5, va="center", **look)
