"""A network as the maps that run through it: one block of maps after each of its operations.

A block's front grows with the logarithm of its rows and columns, its depth with that of its
channels, so that 3×224×224 and 1024×7×7 find room on one sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log2

from dwsep_helpers.cost import Profile
from dwsep_helpers.cost.tables import Row
from dwsep_helpers.cost.value import short
from dwsep_helpers.figures import palette
from dwsep_helpers.figures.blocks import Block
from dwsep_helpers.figures.charts import text_width
from dwsep_helpers.figures.panels import by
from dwsep_helpers.figures.picture import Picture, new_canvas, picture
from dwsep_helpers.figures.types import Axes, Figure

# What makes new maps, and the rest, which is said with what made them.
SHADES = {
    "standard": palette.NEUTRAL,
    "depthwise": palette.KERNEL,
    "pointwise": palette.INPUT,
    "pooling": palette.OUTPUT,
    "linear": palette.OUTPUT,
}
WORDS = {"batch_norm": "BN", "hardtanh": "ReLU6", "add": "input added", "add_": "input added"}

MOST_WORDS = 4  # steps with words beside each other; of more, letters have to do
NAMES, LETTERS = {"pooling": "average"}, {"pooling": "a"}  # of others, theirs and its first
MARGIN, GAP = 0.2, 0.13  # inches, as all that follows
SIDE, DEPTH = 0.055, 0.026  # for each doubling
BELOW = "Below a block, where they change: channels, and rows×columns."
LARGER = 1.6  # times as large, where there is room for words
WIDEST = 7.6
LINE = 0.19


@dataclass
class Step:
    """An operation that makes new maps, and those behind it that only change their numbers."""

    kind: str
    shape: tuple[int, ...]  # (C, H, W) of what comes out
    words: list[str] = field(default_factory=list)
    macs: int = 0
    params: int = 0


def network(profile: Profile, title: str = "") -> Picture:
    """Draw the maps in front of and behind each of a network's layers, in the order of running.

    Of up to four layers each has its words: kernel, norm, activation, parameters and MACs. More
    have letters, and what comes out is written where it isn't as large as what went in.

    Parameters
    ----------
    profile : Profile
        Of a network of convolutions, as :func:`dwsep_helpers.cost.profile` returns it.
    title : str, written above

    Raises
    ------
    ValueError
        If it has no layer that makes maps of maps.

    Examples
    --------
    >>> import torch
    >>> from dwsep_helpers.cost import profile
    >>> block = torch.nn.Sequential(torch.nn.Conv2d(2, 2, 3, groups=2), torch.nn.ReLU6())
    >>> network(profile(block, (1, 2, 8, 8))).alt
    '2×8×8; depthwise 3×3, ReLU6: 2×6×6.'
    """
    steps = _steps(profile.rows)
    if not steps:
        raise ValueError("profile has no convolution, and a network of them is drawn")
    first = _maps(profile.rows[0].input_shape)
    few = len(steps) <= MOST_WORDS
    made = (", ".join(step.words if few else step.words[:1]) for step in steps)
    said = (f"{words}: {by(step.shape)}" for words, step in zip(made, steps, strict=True))
    alt = f"{title + '. ' * bool(title)}{by(first)}; {'; '.join(said)}."
    return picture(alt, _draw_words if few else _draw_letters, first, steps, title)


def _steps(rows: Sequence[Row]) -> list[Step]:
    steps: list[Step] = []
    for row in rows:
        if row.kind in SHADES:
            kernel = row.weight_shape[2:]
            name = NAMES.get(row.kind, row.kind)
            name = f"{name} {by(kernel)}" if kernel and set(kernel) != {1} else name
            steps.append(Step(row.kind, _maps(row.output_shape), [name]))
        elif steps:
            steps[-1].words.append(WORDS.get(row.operation, row.operation.replace("_", " ")))
        if steps:
            steps[-1].macs += row.macs
            steps[-1].params += row.params
    return steps


def _maps(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return (C, H, W) of (N, C, H, W), and of (N, C) as well."""
    return (*shape[1:], 1, 1)[:3]


def _block(shape: tuple[int, ...], kind: str, scale: float = 1) -> Block:
    side, depth = SIDE * (1 + log2(max(shape[1:]))), DEPTH * (1 + log2(shape[0]))
    return Block(1, 1, 1, SHADES.get(kind, palette.INPUT), scale * side, scale * depth)


def _draw_words(first: tuple[int, ...], steps: Sequence[Step], title: str) -> Figure:
    blocks = [_block(first, "", LARGER), *(_block(s.shape, s.kind, LARGER) for s in steps)]
    sizes = [by(shape) for shape in (first, *(step.shape for step in steps))]
    words = [
        [*step.words, f"{step.params:,} parameters", f"{short(step.macs)} MACs"] for step in steps
    ]
    columns = [
        max(block.size[0], text_width([size])) for block, size in zip(blocks, sizes, strict=True)
    ]
    arrows = [text_width(lines, fontsize=9) + 2 * GAP for lines in words]
    deepest = max(block.size[1] for block in blocks)
    above = LINE * max(map(len, words)) + 0.1
    middle = (0.45 if title else 0.15) + max(deepest / 2, above)
    height = middle + deepest / 2 + 0.4
    figure, axes = new_canvas(2 * MARGIN + sum(columns) + sum(arrows), height)
    axes.text(MARGIN, 0.3, title, va="bottom", fontsize=11, weight="bold")
    left = MARGIN
    for number, (block, size, column) in enumerate(zip(blocks, sizes, columns, strict=True)):
        across, down = block.size
        block.draw(axes, left + (column - across) / 2, middle + down / 2)
        axes.text(left + column / 2, height - 0.2, size, ha="center", va="center")
        left += column
        if number < len(words):
            _draw_arrow(axes, (left, middle), arrows[number], words[number])
            left += arrows[number]
    return figure


def _draw_arrow(axes: Axes, start: tuple[float, float], length: float, lines: list[str]) -> None:
    """Draw an arrow with lines of words above."""
    x, y = start
    look = {"arrowstyle": "-|>", "color": palette.INK, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (x + length - 0.05, y), (x + 0.05, y), arrowprops=look)
    for number, line in enumerate(reversed(lines)):
        weight = "bold" if number == len(lines) - 1 else "normal"
        where = (x + length / 2, y - 0.1 - LINE * number)
        axes.text(*where, line, ha="center", va="bottom", fontsize=9, weight=weight)


def _draw_letters(first: tuple[int, ...], steps: Sequence[Step], title: str) -> Figure:
    chain = [("", first), *((step.kind, step.shape) for step in steps)]
    drawn = [(LETTERS.get(kind, kind[:1]), shape, _block(shape, kind)) for kind, shape in chain]
    pitches = [max(block.size[0] + GAP, 0.3) for *_, block in drawn]
    rows: list[list[int]] = [[]]
    for number, pitch in enumerate(pitches):
        if sum(pitches[n] for n in rows[-1]) + pitch > WIDEST - 2 * MARGIN:
            rows.append([])
        rows[-1].append(number)
    deepest = max(block.size[1] for *_, block in drawn)
    down = deepest + 0.78
    top = 0.95 if title else 0.65
    figure, axes = new_canvas(WIDEST, top + down * len(rows))
    axes.text(MARGIN, 0.32, title, va="bottom", fontsize=11, weight="bold")
    kinds = dict.fromkeys(step.kind for step in steps)
    legend = " · ".join(f"{LETTERS.get(kind, kind[0])}  {NAMES.get(kind, kind)}" for kind in kinds)
    axes.text(MARGIN, top - 0.1, f"{legend}\n{BELOW}", va="bottom", fontsize=9.5)
    before = None
    for row, numbers in enumerate(rows):
        left, bottom = MARGIN, top + down * row + 0.25 + deepest
        for number in numbers:
            letter, shape, block = drawn[number]
            block.draw(axes, left, bottom)
            axes.text(left + block.size[0] / 2, bottom - block.size[1] - 0.05, letter,
                      ha="center", va="bottom", fontsize=9)  # fmt: skip
            if shape != before:
                label = f"{shape[0]}\n{by(shape[1:])}"
                axes.text(left + block.across / 2, bottom + 0.06, label,
                          ha="center", va="top", fontsize=7, linespacing=1.1)  # fmt: skip
            before = shape
            left += pitches[number]
    return figure
