"""The layer machine on paper: a row of blocks, with sizes and costs under them."""

from __future__ import annotations

from typing import Any

from dwsep_helpers.cost import conv2d_cost, depthwise_cost, pointwise_cost, separable_cost
from dwsep_helpers.figures import palette
from dwsep_helpers.figures.blocks import Block, draw_heading
from dwsep_helpers.figures.picture import Picture, draw_sign, new_canvas, picture
from dwsep_helpers.figures.types import Axes, Figure
from dwsep_helpers.kernels import conv_output_size

MEANS = {
    "standard": "every filter reads all channels",
    "depthwise": "each channel by itself, with a kernel of its own",
    "pointwise": "all channels of one pixel, none of its neighbours",
    "separable": "each channel by itself, then 1×1 filters mix them",
}
WIDTH = 9.0  # inches, as all that follows
TOP = 0.75
CELL, LARGEST, DEEPEST = 0.1, 1.4, 0.9  # of a cell, a plane, a stack
APART, LEAST = 0.12, 0.06  # between sheets; from a sheet to the next that can be told apart
WIDEST = 0.9  # between columns
MOST_FILTERS = 3  # side by side


def still(
    kind: str,
    in_channels: int,
    out_channels: int,
    size: int,
    kernel_size: int,
    stride: int,
    padding: int,
    multiplier: int,
) -> Picture:
    """Draw a layer of `layer_machine` as it stands; the arguments are that one's."""
    layer = _Layer(kind, in_channels, out_channels, size, kernel_size, stride, padding, multiplier)
    return picture(layer.alt, _draw, layer)


class _Layer:
    """What there is to say about a layer: stages, each with its kernels, maps and MACs."""

    def __init__(self, kind: str, c_in: int, c_out: int, size: int, k: int, s: int, p: int, m: int):
        self.kind, self.c_in, self.size = kind, c_in, size
        self.padding = 0 if kind == "pointwise" else p
        out = size if kind == "pointwise" else conv_output_size(size, k, s, p)
        standard = (c_out, k, c_in, c_out, conv2d_cost(c_in, c_out, k, size, stride=s, padding=p))
        by_channel = depthwise_cost(c_in, k, size, depth_multiplier=m, stride=s, padding=p)
        depthwise = (c_in * m, k, 1, c_in * m, by_channel)
        deep = c_in * m if kind == "separable" else c_in
        pointwise = (c_out, 1, deep, c_out, pointwise_cost(deep, c_out, out))
        self.stages = {
            "standard": [standard], "depthwise": [depthwise], "pointwise": [pointwise],
            "separable": [depthwise, pointwise],
        }[kind]  # fmt: skip
        self.out, self.deep = out, deep
        self.macs = sum(stage[-1].macs for stage in self.stages)
        self.fewer = ""
        if kind == "separable":
            whole = separable_cost(c_in, c_out, k, size, depth_multiplier=m, stride=s, padding=p)
            assert whole.macs == self.macs  # two ways to the same count
            times = standard[-1].macs / self.macs
            said = f"{times:.1f} times fewer" if times >= 1 else f"{1 / times:.1f} times as many"
            if said.startswith("1.0 "):
                said = f"{'about ' * (times != 1)}as many as a standard layer"
            self.fewer = f"{self.macs:,} MACs, {said}"

    @property
    def alt(self) -> str:
        """Say what the picture shows."""
        costs = ", and ".join(
            f"{self.name(stage)[0]} of {self.name(stage)[1]}, {_macs(stage[-1].macs)}"
            for stage in self.stages
        )
        padding = f", padding {self.padding}" if self.padding else ""
        together = f" Together {self.fewer}." if self.fewer else ""
        maps = self.stages[-1][3]
        return (
            f"{_title(self.kind)}: {MEANS[self.kind]}. Input "
            f"{self.size}×{self.size}×{self.c_in}{padding}, output {self.out}×{self.out}×{maps}. "
            f"{costs[0].upper()}{costs[1:]}.{together}"
        )

    def name(self, stage: tuple) -> tuple[str, str]:
        """Return how many kernels or filters a stage has, and their shape."""
        count, taps, deep = stage[:3]
        apart = self.kind in ("depthwise", "separable") and stage is self.stages[0]
        noun = ("kernel" if apart else "filter") + ("s" if count > 1 else "")
        return f"{count:,} {noun}", f"{taps}×{taps}" + ("" if apart else f"×{deep}")


def _macs(count: int) -> str:
    return f"{count:,} MAC{'s' * (count > 1)}"


def _title(kind: str) -> str:
    name = "depthwise separable" if kind == "separable" else kind
    return f"{name.capitalize()} convolution"


def _draw(layer: _Layer) -> Figure:
    largest = max(layer.size, layer.out, *(stage[1] for stage in layer.stages))
    cell = min(CELL, LARGEST / largest)
    apart = layer.kind in ("depthwise", "separable")

    def block(channels: int, side: int, shade: palette.Shade, apart: bool) -> Block:
        pitch = min(cell + APART if apart else cell, DEEPEST / channels)
        gap = 0.55 * pitch if apart and pitch > LEAST else 0.0
        return Block(channels, side, side, shade, cell, pitch - gap, gap)

    shape = f"{layer.size}×{layer.size}×{layer.c_in}"
    padding = f", padding {layer.padding}" if layer.padding else ""
    first = [block(layer.c_in, layer.size, palette.INPUT, apart)]
    row: list[tuple[str, list[Block], list[str]]] = [("", first, ["input", shape + padding])]
    for stage in layer.stages:
        count, taps, deep, maps, cost = stage
        by_channel = apart and stage is layer.stages[0]
        kernel = block(count if by_channel else deep, taps, palette.KERNEL, by_channel)
        kernels = [kernel] * (1 if by_channel else min(count, MOST_FILTERS))
        row.append(("∗", kernels, [*layer.name(stage), _macs(cost.macs)]))
        output = block(maps, layer.out, palette.OUTPUT, by_channel)
        last = stage is layer.stages[-1]
        words = ["output" if last else "one map each", f"{layer.out}×{layer.out}×{maps}"]
        row.append(("→", [output], words))

    tall = max(part.size[1] for _, blocks, _ in row for part in blocks)
    figure, axes = new_canvas(WIDTH, TOP + tall + (1.15 if layer.fewer else 0.85))
    draw_heading(axes, (0.3, 0.4), _title(layer.kind), MEANS[layer.kind], va="baseline")
    wide = [_across(blocks) for _, blocks, _ in row]
    room = min(WIDEST, (WIDTH - 0.6 - sum(wide)) / (len(row) - 1))
    left = (WIDTH - sum(wide) - room * (len(row) - 1)) / 2
    for (sign, blocks, words), across in zip(row, wide, strict=True):
        if sign:
            draw_sign(axes, left - room / 2, TOP + tall / 2, sign, 16)
        _draw_column(axes, blocks, left, TOP + tall / 2, tall, words)
        left += across + room
    if layer.fewer:
        look: dict[str, Any] = {
            "fontsize": 11,
            "color": palette.EMPHASIS,
            "weight": "bold",
            "ha": "right",
        }
        axes.text(WIDTH - 0.3, TOP + tall + 1.0, layer.fewer, **look)
    return figure


def _across(blocks: list[Block]) -> float:
    """Inches of blocks side by side, and no less than their words."""
    more = 0.25 * (len(blocks) == MOST_FILTERS)  # for dots
    return max(1.05, len(blocks) * (blocks[0].size[0] + 0.08) - 0.08 + more)


def _draw_column(
    axes: Axes, blocks: list[Block], left: float, middle: float, tall: float, words: list[str]
) -> None:
    across = _across(blocks)
    pitch = blocks[0].size[0] + 0.08
    start = left + (across - (len(blocks) * pitch - 0.08)) / 2 - 0.12 * (len(blocks) > 1)
    for number, part in enumerate(blocks):
        part.draw(axes, start + number * pitch, middle + part.size[1] / 2)
    if len(blocks) == MOST_FILTERS and not words[0].startswith(f"{MOST_FILTERS} "):
        axes.text(start + len(blocks) * pitch, middle, "…", va="center", fontsize=15)
    for number, line in enumerate(words):
        colour = palette.EMPHASIS if line.endswith(("MAC", "MACs")) else palette.INK
        place = (left + across / 2, middle + tall / 2 + 0.24 + 0.2 * number)
        axes.text(*place, line, ha="center", va="baseline", fontsize=10.5, color=colour)
