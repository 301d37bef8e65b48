"""Tensors as blocks: stacks of maps and of filters, seen from the front and a little from above.

Rows go down, columns go right, channels go back. The planes of one picture are drawn to one
scale, but never too small to see; the channels of a deep stack are squeezed.
"""

from dataclasses import dataclass
from typing import Any

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.picture import Picture, new_canvas, picture
from dwsep_helpers.figures.types import Axes, Figure, Text

AXES = {
    "x": ("N", "C_{in}", "H", "W"),
    "weight": ("C_{out}", "C_{in}", "K_h", "K_w"),
    "y": ("N", "C_{out}", "H_{out}", "W_{out}"),
}
SHADES = {"x": palette.INPUT, "weight": palette.KERNEL, "y": palette.OUTPUT}
NOUNS = {"x": "image", "weight": "filter", "y": "output"}  # what axis 0 counts

SLANT = (0.8, -0.6)  # which way back is, on paper
WIDEST, TALLEST = 9, 2.5  # inches of all, and of a plane
DEEPEST = 0.45  # inches of a squeezed stack
THINNEST = 0.025  # inches of a channel that still gets lines of its own
MOST_BLOCKS = 4  # side by side; of more, two are drawn
MOST_LINES = 16  # cells along an axis: more lines would be a grey area


@dataclass(frozen=True)
class Block:
    """A stack of maps."""

    channels: int
    height: int
    width: int
    shade: palette.Shade
    cell: float  # inches for one row or column
    thickness: float  # inches back for one channel; those of a deep stack melt into one box
    gap: float = 0.0  # inches back between channels

    @property
    def across(self) -> float:
        """Inches of the front."""
        return self.width * self.cell

    @property
    def down(self) -> float:
        """Inches of the front."""
        return self.height * self.cell

    @property
    def depth(self) -> float:
        """Inches back."""
        return self.channels * self.thickness + (self.channels - 1) * self.gap

    @property
    def size(self) -> tuple[float, float]:
        """Inches across and down on paper."""
        return self.across + self.depth * SLANT[0], self.down - self.depth * SLANT[1]

    def draw(self, axes: Axes, left: float, bottom: float) -> None:
        """Draw it with the front's lower left corner there, the farthest channel first."""
        if self.thickness < THINNEST:
            self._draw_slab(axes, left, bottom, self.depth)
            return
        for channel in reversed(range(self.channels)):
            back = channel * (self.thickness + self.gap)
            self._draw_slab(axes, left + back * SLANT[0], bottom + back * SLANT[1], self.thickness)

    def _draw_slab(self, axes: Axes, left: float, bottom: float, depth: float) -> None:
        """Draw a box: top, side, and the front with its cells."""
        from matplotlib.collections import LineCollection
        from matplotlib.patches import Polygon

        right, top = left + self.across, bottom - self.down
        dx, dy = (depth * part for part in SLANT)
        front = [(left, top), (right, top), (right, bottom), (left, bottom)]
        back = [(x + dx, y + dy) for x, y in front]
        faces = {
            _mixed(self.shade, 0.15): [front[0], back[0], back[1], front[1]],
            _mixed(self.shade, 0.4): [front[1], back[1], back[2], front[2]],
            self.shade.fill: front,
        }
        for colour, corners in faces.items():
            face = Polygon(corners, fc=colour, ec=self.shade.line, lw=0.6, joinstyle="round")
            axes.add_patch(face)
        if max(self.height, self.width) <= MOST_LINES:
            rows = [top + row * self.cell for row in range(1, self.height)]
            columns = [left + column * self.cell for column in range(1, self.width)]
            lines = [[(left, y), (right, y)] for y in rows]
            lines += [[(x, top), (x, bottom)] for x in columns]
            drawn = LineCollection(lines, colors=self.shade.line, linewidths=0.4, zorder=1)
            axes.add_collection(drawn, autolim=False)


def _mixed(shade: palette.Shade, part: float) -> str:
    """Return a colour that far from the fill to the line."""
    ends = [[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in shade]
    return "#" + "".join(f"{round(a + part * (b - a)):02x}" for a, b in zip(*ends, strict=True))


def draw_heading(
    axes: Axes, place: tuple[float, float], title: str, words: str, va: str = "bottom"
) -> None:
    """Write a title, and what it means beside it."""
    head = axes.text(*place, title, va=va, fontsize=13, weight="bold")
    colour = palette.NEUTRAL.line
    write_beside(axes, head, words, (1, 0), 8, va="bottom", color=colour, fontsize=10.5)


def write_beside(
    axes: Axes, text: Text, words: str, place: tuple[float, float], points: float, **look: Any
) -> None:
    """Write words that many points to the right of a place in the box of other words."""
    away = (points, 0)
    axes.annotate(words, place, away, xycoords=text, textcoords="offset points", **look)


def shapes(**tensors: tuple[int, int, int, int]) -> Picture:
    """Draw tensors as blocks, with the name and size of every axis.

    Parameters
    ----------
    **tensors : tuple of four int
        The shapes of ``x`` (N, C_in, H, W), ``weight`` (C_out, C_in, K_h, K_w) and ``y``
        (N, C_out, H_out, W_out), or of some of them, in the order in which to draw them.

    Raises
    ------
    ValueError
        If a name is none of these, or a shape has not four sizes above 0.

    Examples
    --------
    >>> shapes(x=(1, 3, 8, 8)).alt
    'Tensors as blocks. x: N = 1, C_in = 3, H = 8, W = 8.'
    """
    if not tensors:
        raise ValueError(f"tensors is empty, and some of {', '.join(AXES)} are drawn")
    for name, shape in tensors.items():
        if name not in AXES:
            raise ValueError(f"{name!r} is no tensor of a layer: {', '.join(AXES)}")
        if len(shape) != 4 or min(shape) < 1:
            raise ValueError(f"{name} has shape {shape}, and four sizes above 0 are drawn")
    sizes = [
        f"{name}: " + ", ".join(f"{axis} = {size}" for axis, size in _axes(name, shape))
        for name, shape in tensors.items()
    ]
    alt = f"Tensors as blocks. {'. '.join(sizes)}.".replace("{", "").replace("}", "")
    return picture(alt, _draw_shapes, tensors)


def _axes(name: str, shape: tuple[int, ...]) -> list[tuple[str, int]]:
    return list(zip(AXES[name], shape, strict=True))


def _draw_shapes(tensors: dict[str, tuple[int, int, int, int]]) -> Figure:
    before, after, between, step = 0.62, 0.58, 0.1, 0.12  # inches
    shown = {name: shape[0] if shape[0] <= MOST_BLOCKS else 2 for name, shape in tensors.items()}
    more = {name: 0.3 * (shape[0] > shown[name]) for name, shape in tensors.items()}
    around = len(tensors) * (before + after + between) + sum(more.values())
    blocks = _to_scale(tensors, shown, around + step * sum(shown.values()))
    pitches = {name: block.size[0] + step for name, block in blocks.items()}
    spans = {name: shown[name] * pitches[name] - step for name in tensors}
    down = max(block.size[1] for block in blocks.values())
    bottom = 0.65 + down
    total = sum(spans.values()) + sum(more.values()) + len(tensors) * (before + after)
    figure, axes = new_canvas(total + between * (len(tensors) - 1), bottom + 0.85)

    left = before
    for number, (name, shape) in enumerate(tensors.items()):
        block, span = blocks[name], spans[name] + more[name]
        (first, count), *names = _axes(name, shape)
        title = f"{name}  {tuple(shape)}"
        axes.text(left + span / 2, 0.3, title, ha="center", fontsize=11, weight="bold")
        for place in range(shown[name]):
            block.draw(axes, left + place * pitches[name], bottom)
        if more[name]:
            axes.text(left + span, bottom - 0.6 * block.size[1], "…", ha="right", fontsize=14)
        _label_edges(axes, block, names, left, left + (shown[name] - 1) * pitches[name], bottom)
        axes.plot([left, left + span], [bottom + 0.42] * 2, color=block.shade.line, lw=1.2)
        words = f"${first} = {count}$ {NOUNS[name]}{'s' if count > 1 else ''}"
        axes.text(left + span / 2, bottom + 0.5, words, ha="center", va="top", fontsize=10)
        if number and tuple(tensors) == tuple(AXES):
            sign = {"weight": "∗", "y": "="}[name]
            where = left - before - between
            axes.text(where, bottom - down / 2, sign, ha="center", va="center", fontsize=16)
        left += span + after + before + between
    return figure


def _to_scale(
    tensors: dict[str, tuple[int, int, int, int]], shown: dict[str, int], around: float
) -> dict[str, Block]:
    """Return a block of each, as large as fits into WIDEST with so many inches around them."""
    deep = {name: min(0.1, DEEPEST / shape[1]) for name, shape in tensors.items()}
    backs = sum(shown[name] * SLANT[0] * shape[1] * deep[name] for name, shape in tensors.items())
    columns = sum(shown[name] * shape[3] for name, shape in tensors.items())
    rows = max(shape[2] for shape in tensors.values())
    cell = min(0.17, (WIDEST - around - backs) / columns, TALLEST / rows)
    return {
        name: Block(*shape[1:], SHADES[name], max(cell, 0.25 / max(shape[2:])), deep[name])
        for name, shape in tensors.items()
    }


def _label_edges(
    axes: Axes, block: Block, names: list, first: float, last: float, bottom: float
) -> None:
    """Write rows on the left and columns under the first block, channels beside the last."""
    channels, rows, columns = (f"${axis} = {size}$" for axis, size in names)
    axes.text(first - 0.06, bottom - block.down / 2, rows, ha="right", va="center", fontsize=9)
    axes.text(first + block.across / 2, bottom + 0.06, columns, ha="center", va="top", fontsize=9)
    x = last + block.across + block.depth * SLANT[0] / 2 + 0.06
    y = bottom + block.depth * SLANT[1] / 2 + 0.04
    axes.text(x, y, channels, ha="left", va="top", fontsize=9)
