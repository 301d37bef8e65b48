"""How the kernels of three layers slide: through all channels, on one sheet each, as a pencil.

Channels are sheets, seen from the front; of a stack, the sheets further back lie up and to the
right, and one sees through them. What an output value reads is framed, on every sheet.
"""

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.blocks import Block, draw_heading
from dwsep_helpers.figures.layer_sizes import MEANS, Layer
from dwsep_helpers.figures.picture import Picture, animation, draw_sign, new_canvas, picture, style
from dwsep_helpers.figures.sheets import Sheets
from dwsep_helpers.figures.types import Axes, Figure

WIDTH = 7.2  # inches, as all that follows
WIDEST_CELL, WIDEST_SHEET = 0.22, {"standard": 1.5, "depthwise": 1.2, "pointwise": 1.0}
BACK, FARTHEST = (0.34, -0.24), 2  # from a sheet of a stack to the next; so often at most
BETWEEN = 0.12  # sheets of their own
DEEPEST = 0.6  # of the output's stack
TOP = 0.68  # where drawing starts
INPUT_AT, KERNEL_AT, OUTPUT_AT = 1.75, 3.85, 5.8  # middles
SIGNS = {2.95: "∗", 4.72: "→"}
SMALL = 10.5  # points


def layer(
    kind: str,
    position: tuple[int, int] = (2, 3),
    *,
    channels: int = 3,
    filters: int = 256,
    size: int = 8,
    kernel_size: int = 5,
    padding: int = 2,
) -> Picture:
    """Draw which numbers one output value of a layer reads, and what it and all of them cost.

    The sizes are the worked example's, if no others are given: 8×8×3 numbers and 5×5 kernels.
    The counts are those of :mod:`dwsep_helpers.cost`.

    Parameters
    ----------
    kind : {"standard", "depthwise", "pointwise"}
    position : pair of int
        Row and column of the output value.
    channels : int
        Of the input, at most 6.
    filters : int
        And so maps of the output; a depthwise layer has one for each channel instead.
    size : int
        Rows, and columns, of the input.
    kernel_size, padding : int
        Along both axes; a pointwise layer has kernels of 1×1 and no padding instead.

    Raises
    ------
    ValueError
        If there is no such kind of layer or no such position, a size is out of range, or the
        kernel does not fit.

    Examples
    --------
    >>> layer("depthwise").alt[-68:]
    'reads 5×5 = 25 numbers: 25 MACs. The layer: 8×8×3 × 25 = 4,800 MACs.'
    """
    shown = Layer(kind, channels, filters, size, kernel_size, padding)
    shown.check(position)
    return picture(shown.alt(position), _draw, shown, position)


def layer_animation(
    kind: str,
    *,
    channels: int = 3,
    filters: int = 4,
    size: int = 4,
    kernel_size: int = 3,
    padding: int = 1,
    seconds: float = 0.8,
) -> Picture:
    """Animate `layer` over the first two rows of a small case, ``seconds`` for each position.

    It is a GIF that loops.

    Parameters
    ----------
    kind, channels, filters, size, kernel_size, padding
        As for `layer`; an output map may have 8 columns.
    seconds : float, how long a position shows
    """
    shown = Layer(kind, channels, filters, size, kernel_size, padding)
    if shown.out_size > 8:
        raise ValueError(
            f"size is {size}, so an output map has {shown.out_size} columns, "
            "and at most 8 are animated"
        )
    rows = min(2, shown.out_size)
    positions = [(row, column) for row in range(rows) for column in range(shown.out_size)]
    with style():
        frames = [_draw(shown, position, so_far=True) for position in positions]
        alt = f"Animation of the first {rows} rows. It ends with: {shown.alt(positions[-1])}"
        return animation(frames, alt, seconds)


def _draw(layer: Layer, position: tuple[int, int], *, so_far: bool = False) -> Figure:
    """Draw the input with its window, the kernel, the output, and the costs.

    With ``so_far``, the output values before this one, in reading order, are filled too.
    """
    apart = layer.kind == "depthwise"
    tall = _extent(layer, layer.padded)[1]
    middle, words = TOP + tall / 2, TOP + tall + 0.28
    figure, axes = new_canvas(WIDTH, words + 1.05)
    title = f"{layer.kind.capitalize()} convolution"
    draw_heading(axes, (0.3, 0.38), title, MEANS[layer.kind], va="baseline")

    image = _sheets(layer, layer.padded, palette.INPUT, INPUT_AT, middle, layer.pad)
    image.draw(axes, (*position, layer.taps))
    kernel = _sheets(layer, layer.taps, palette.KERNEL, KERNEL_AT, middle)
    kernel.draw(axes)
    if apart:
        output = _sheets(layer, layer.out_size, palette.OUTPUT, OUTPUT_AT, middle)
        output.draw(axes)
    else:
        kernel.join(axes, (0, 0, layer.taps))
        output = _draw_maps(axes, layer, middle)
    for sheet in range(output.count):
        for before in range(so_far * (position[0] * layer.out_size + position[1])):
            output.fill(axes, sheet, *divmod(before, layer.out_size))
        output.mark(axes, sheet, *position)
        y = image.corner(sheet, layer.padded / 2)[1] if apart else middle
        for x, sign in SIGNS.items():
            draw_sign(axes, x, y, sign, 16)
        if apart:
            left, right = INPUT_AT - image.side / 2 - 0.1, OUTPUT_AT + output.side / 2 + 0.1
            axes.text(left, y, f"channel {sheet}", ha="right", va="center", fontsize=SMALL)
            axes.text(right, y, f"map {sheet}", ha="left", va="center", fontsize=SMALL)
    _write(axes, layer, position, words)
    return figure


def _cell(layer: Layer) -> float:
    """Return the inches of a row or column, the same in all of the figure."""
    return min(WIDEST_CELL, WIDEST_SHEET[layer.kind] / layer.padded)


def _extent(layer: Layer, cells: int) -> tuple[float, float]:
    """Return the inches across and down of all channels' sheets with so many cells a side."""
    side, steps = cells * _cell(layer), layer.channels - 1
    if layer.kind == "depthwise":
        return side, steps * _pitch(layer) + side
    right, down = _back(layer)
    return side + steps * right, side - steps * down


def _back(layer: Layer) -> tuple[float, float]:
    """Return the way from a sheet of a stack to the next, shorter where there are many."""
    part = min(1, FARTHEST / max(layer.channels - 1, 1))
    return BACK[0] * part, BACK[1] * part


def _pitch(layer: Layer) -> float:
    """Return the inches from a sheet to the one below."""
    return layer.padded * _cell(layer) + BETWEEN


def _sheets(
    layer: Layer, cells: int, shade: palette.Shade, x: float, y: float, padding: int = 0
) -> Sheets:
    """Return a sheet for each channel, about a middle."""
    across, down = _extent(layer, cells)
    top, back = y - down / 2, (0.0, _pitch(layer))
    if layer.kind != "depthwise":
        top, back = y + down / 2 - cells * _cell(layer), _back(layer)
    return Sheets(layer.channels, cells, shade, _cell(layer), back, x - across / 2, top, padding)


def _draw_maps(axes: Axes, layer: Layer, y: float) -> Sheets:
    """Draw the output as one block, and return its front."""
    size, thickness = layer.out_size, min(DEEPEST / layer.maps, 0.12)
    block = Block(layer.maps, size, size, palette.OUTPUT, _cell(layer), thickness)
    left, bottom = OUTPUT_AT - block.size[0] / 2, y + block.size[1] / 2
    block.draw(axes, left, bottom)
    return Sheets(1, size, palette.OUTPUT, _cell(layer), BACK, left, bottom - block.down)


def _write(axes: Axes, layer: Layer, position: tuple[int, int], y: float) -> None:
    """Write the sizes under what is drawn, and the costs under all."""
    padding = f", padding {layer.pad}" if layer.pad else ""
    kernels = f"{layer.channels} kernel{'s' if layer.channels > 1 else ''}"
    filters = f"1 of {layer.filters} filters" if layer.filters > 1 else "1 filter"
    captions = {
        INPUT_AT: ("input", f"{layer.size}×{layer.size}×{layer.channels}{padding}"),
        KERNEL_AT: (kernels if layer.kind == "depthwise" else filters, layer.filter_shape),
        OUTPUT_AT: ("output", f"{layer.out_size}×{layer.out_size}×{layer.maps}"),
    }
    for x, lines in captions.items():
        for number, line in enumerate(lines):
            axes.text(x, y + 0.2 * number, line, ha="center", va="baseline", fontsize=SMALL)
    costs = {"One output value": layer.one(position), "All of them": layer.all()}
    for number, (name, cost) in enumerate(costs.items()):
        below = y + 0.6 + 0.26 * number
        axes.text(0.3, below, name, va="baseline", fontsize=SMALL)
        axes.text(1.75, below, cost, fontsize=SMALL, color=palette.EMPHASIS, weight="bold")
