"""How many kernel positions fit along one axis."""

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.picture import Picture, draw_box, new_figure, picture
from dwsep_helpers.figures.types import Figure
from dwsep_helpers.kernels import conv_output_size

CELLS = 60  # more would be too small to see
CELL = 0.42  # inches, at the most
WIDTH = 8.0  # inches


def output_size(
    input_size: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> Picture:
    """Draw every position of a kernel along one axis of its input.

    Parameters
    ----------
    input_size, kernel_size, stride, padding, dilation : int
        As for `dwsep_helpers.kernels.conv_output_size`.

    Raises
    ------
    ValueError
        If the kernel does not fit, or the padded input is too long to draw.

    Examples
    --------
    >>> output_size(7, 3, stride=2).alt[:29]
    '7 cells; a kernel of 3 taps, '
    """
    outputs = conv_output_size(input_size, kernel_size, stride, padding, dilation)
    cells = input_size + 2 * padding
    if cells > CELLS:
        raise ValueError(f"input_size with padding is {cells}, and at most {CELLS} can be drawn")
    sizes = (input_size, kernel_size, stride, padding, dilation, outputs)
    return picture(_alt(*sizes), _draw, *sizes)


def _draw(
    input_size: int, kernel_size: int, stride: int, padding: int, dilation: int, outputs: int
) -> Figure:
    cells = input_size + 2 * padding
    span = dilation * (kernel_size - 1) + 1
    used = (outputs - 1) * stride + span
    cell = min(CELL, WIDTH / (cells + 7))
    row = 0.62  # of a cell, for one position
    rows = 1.5 + outputs * row + 0.8
    figure = new_figure((cells + 7) * cell, rows * cell + 0.3)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-3.2, cells + 3.8), ylim=(rows, -0.9))
    axes.axis("off")
    size = min(10.0, 28 * cell)  # of numbers in cells
    label = max(8.5, size)

    for place in range(cells):
        padded = not padding <= place < padding + input_size
        shade = palette.NEUTRAL if padded else palette.INPUT
        look = {"fc": palette.PAPER, "ls": "--", "zorder": 1} if padded else {"fc": shade.fill}
        hatch = "" if padded or place < used else "///"
        draw_box(axes, (place, 0), 1, 1, ec=shade.line, hatch=hatch, **{"zorder": 2, **look})
        text = "pad" if padded else str(place - padding)
        fontsize = 0.75 * size if padded else size
        axes.text(place + 0.5, 0.5, text, ha="center", va="center", fontsize=fontsize, zorder=3)
    axes.text(-0.3, 0.5, "input", ha="right", va="center", fontsize=label)
    for position in range(outputs):
        y, start = 1.5 + position * row, position * stride
        middle = y + row / 2
        axes.plot([start + 0.5, start + span - 0.5], [middle] * 2, color=palette.KERNEL.line, lw=1)
        for tap in range(kernel_size):
            corner, shade = (start + tap * dilation + 0.08, y + 0.06), palette.KERNEL
            draw_box(axes, corner, 0.84, row - 0.12, fc=shade.fill, ec=shade.line, zorder=2)
        axes.text(-0.3, middle, f"y[{position}]", ha="right", va="center", fontsize=label - 1)
    left = cells - used
    if left:
        word = "cell" if left == 1 else "cells"
        axes.text(cells + 0.25, 0.5, f"{left} {word}\nnever read", va="center", fontsize=label - 1)
    word = "output" if outputs == 1 else "outputs"
    axes.text(cells / 2, rows - 0.3, f"{outputs} {word}", ha="center", va="center", fontsize=label)
    return figure


def _alt(
    input_size: int, kernel_size: int, stride: int, padding: int, dilation: int, outputs: int
) -> str:
    with_padding = f", padded by {padding} on each side" if padding else ""
    spread = f", dilation {dilation}" if dilation > 1 else ""
    starts = [position * stride - padding for position in range(outputs)]
    listed = ", ".join(map(str, starts[:4])) + (" and so on" if outputs > 4 else "")
    taps = "tap" if kernel_size == 1 else "taps"
    left = input_size + 2 * padding - ((outputs - 1) * stride + dilation * (kernel_size - 1) + 1)
    rest = f" {left} at the end never read." if left else ""
    return (
        f"{input_size} cells{with_padding}; a kernel of {kernel_size} {taps}, stride {stride}"
        f"{spread}, fits at {outputs} positions: starts {listed}.{rest}"
    )
