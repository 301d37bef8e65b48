"""Small planes of numbers, and which of them meet in a depthwise and in a pointwise layer."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.grids import draw_grid, draw_padded, number_text, sum_written
from dwsep_helpers.figures.picture import draw_box, draw_sign, new_figure
from dwsep_helpers.figures.types import Axes, Figure
from dwsep_helpers.kernels import depthwise_conv2d

WIDEST, CELL = 8.9, 0.36  # inches of all, and of a cell where there is room
NARROWEST = 0.27  # inches of a cell that a number can be read in
SMALL = 9.5  # points

_grid = partial(draw_grid, fontsize=SMALL)


def depthwise_outputs(
    image: np.ndarray, kernels: np.ndarray, stride: int, padding: int
) -> np.ndarray:
    """Return the maps (C·m, H_out, W_out) of an image (C, H, W) and kernels (C·m, K_h, K_w)."""
    return depthwise_conv2d(image[None], kernels[:, None], stride=stride, padding=padding)[0]


def window(
    image: np.ndarray, size: tuple[int, ...], stride: int, padding: int, place: tuple[int, int]
) -> np.ndarray:
    """Return what kernels read at a place, of every channel: (C, K_h, K_w)."""
    padded = np.pad(image, ((0, 0), (padding, padding), (padding, padding)))
    top, left = (stride * at for at in place)
    return padded[:, top : top + size[0], left : left + size[1]]


def draw_depthwise(
    image: np.ndarray, kernels: np.ndarray, stride: int, padding: int, place: tuple[int, int]
) -> Figure:
    """Draw each channel with its window, its kernels, and their maps; and the sums."""
    multiplier = len(kernels) // len(image)
    outputs = depthwise_outputs(image, kernels, stride, padding)
    size, out = kernels.shape[1:], outputs.shape[1:]
    rows, columns = (n + 2 * padding for n in image.shape[1:])
    width = columns + multiplier * (size[1] + out[1] + 3.2)
    tall = max(rows, out[0], size[0])
    pitch = tall + 1.5 + 0.75 * multiplier
    figure, axes = _canvas(width, len(image) * pitch - 0.6)
    read = window(image, size, stride, padding, place)
    for channel, plane in enumerate(image):
        top = channel * pitch
        draw_padded(axes, plane, padding, (0, top), f"channel {channel}", SMALL)
        _frame(axes, (stride * place[1], top + stride * place[0]), size, palette.KERNEL)
        left = columns
        for number in range(channel * multiplier, (channel + 1) * multiplier):
            if number == channel * multiplier:  # "output ∗ kernel" would be wrong
                draw_sign(axes, left + 0.8, top + size[0] / 2, "∗", 14)
            title = f"k = {number % multiplier}" if multiplier > 1 else f"kernel {number}"
            _grid(axes, kernels[number], (left + 1.6, top), palette.KERNEL, title)
            left += 1.6 + size[1]
            draw_sign(axes, left + 0.8, top + size[0] / 2, "=", 14)
            title = f"output {number}"
            _grid(axes, outputs[number], (left + 1.6, top), palette.OUTPUT, title)
            _frame(axes, (left + 1.6 + place[1], top + place[0]), (1, 1), palette.OUTPUT)
            left += 1.6 + out[1]
            terms = sum_written(read[channel].flat, kernels[number].flat)
            value = number_text(outputs[number][place])
            words = f"output {number}:  {terms} = {value}"
            y = top + tall + 0.5 + 0.75 * (number % multiplier)
            axes.text(0, y, words, va="center", fontsize=SMALL)
    return figure


def draw_depthwise_strip(
    image: np.ndarray,
    kernels: np.ndarray,
    stride: int,
    padding: int,
    places: Sequence[tuple[int, int]],
) -> Figure:
    """Draw each channel's kernel, and beside it the channel with its window at some places."""
    outputs = depthwise_outputs(image, kernels, stride, padding)
    size = kernels.shape[1:]
    rows, columns = (n + 2 * padding for n in image.shape[1:])
    panel = columns + 3.4
    pitch = max(rows, size[0]) + 1.3
    figure, axes = _canvas(size[1] + 1.6 + panel * len(places) - 0.8, len(image) * pitch - 1.0)
    for channel, plane in enumerate(image):
        top = channel * pitch
        title = "kernel" if len(image) == 1 else f"kernel {channel}"
        _grid(axes, kernels[channel], (0, top), palette.KERNEL, title)
        for number, place in enumerate(places):
            left = size[1] + 1.4 + number * panel
            title = f"row {place[0]}, column {place[1]}"
            draw_padded(axes, plane, padding, (left, top), title, SMALL)
            corner = (left + stride * place[1], top + stride * place[0])
            _frame(axes, corner, size, palette.KERNEL)
            y = top + rows / 2
            draw_sign(axes, left + columns + 0.5, y, "=", 14)
            value = outputs[channel][place].reshape(1, 1)
            _grid(axes, value, (left + columns + 1, y - 0.5), palette.OUTPUT)
    return figure


def draw_pointwise(
    image: np.ndarray, weight: np.ndarray, place: tuple[int, int], output: int
) -> Figure:
    """Draw the pencil through all channels, the weights it meets, the map; and the sum."""
    outputs = np.tensordot(weight, image, 1)
    (channels, rows, columns), filters = image.shape, len(weight)
    pencil = image[(slice(None), *place)]
    planes = channels * (columns + 1) - 1
    width = max(planes, channels + 1 + columns + 6.5)
    second = rows + 1.7
    tall = second + max(filters, channels, rows)
    figure, axes = _canvas(width, tall + 0.4)
    for channel, plane in enumerate(image):
        left = channel * (columns + 1)
        _grid(axes, plane, (left, 0), palette.INPUT, f"channel {channel}")
        _frame(axes, (left + place[1], place[0]), (1, 1), palette.KERNEL)
    _grid(axes, weight, (0, second), palette.KERNEL, "weight")
    _frame(axes, (0, second + output), (1, channels), palette.KERNEL)
    left = channels + 1.8
    draw_sign(axes, left - 0.9, second + 0.5, "·", 14)
    _grid(axes, pencil[:, None], (left, second), palette.INPUT, "pencil")
    _frame(axes, (left, second), (channels, 1), palette.KERNEL)
    left += 2.8
    draw_sign(axes, left - 0.9, second + 0.5, "=", 14)
    title = f"output {output}"
    _grid(axes, outputs[output], (left, second), palette.OUTPUT, title)
    _frame(axes, (left + place[1], second + place[0]), (1, 1), palette.OUTPUT)
    terms = sum_written(weight[output], pencil)
    words = f"{title}:  {terms} = {number_text(outputs[(output, *place)])}"
    axes.text(0, tall + 0.5, words, va="center", fontsize=SMALL)
    return figure


def draw_pointwise_strip(
    image: np.ndarray, weight: np.ndarray, places: Sequence[tuple[int, int, int]]
) -> Figure:
    """Draw all channels with one pixel framed, and what a row of weights makes of it."""
    channels, rows, columns = image.shape
    pitch = rows + 1.3
    figure, axes = _canvas(channels * (columns + 1) + channels + 4.2, len(places) * pitch - 1.0)
    for number, (output, row, column) in enumerate(places):
        top = number * pitch
        for channel, plane in enumerate(image):
            left = channel * (columns + 1)
            _grid(axes, plane, (left, top), palette.INPUT, f"channel {channel}")
            _frame(axes, (left + column, top + row), (1, 1), palette.KERNEL)
        left, middle = channels * (columns + 1) + 0.9, top + rows / 2 - 0.5
        draw_sign(axes, left - 0.9, middle + 0.5, "·", 14)
        title = f"weight[{output}]"
        _grid(axes, weight[[output]], (left, middle), palette.KERNEL, title)
        left += channels + 1.4
        draw_sign(axes, left - 0.7, middle + 0.5, "=", 14)
        value = weight[[output]] @ image[:, row, column][:, None]
        title = f"output {output}"
        _grid(axes, value, (left, middle), palette.OUTPUT, title)
    return figure


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return axes in cells, with room about them, and their figure, no wider than WIDEST."""
    width, height = max(width, 16) + 1.2, height + 1.8
    cell = min(CELL, WIDEST / width)
    figure = new_figure(width * cell, height * cell)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-0.6, width - 0.6), ylim=(height - 1.2, -1.2))
    axes.axis("off")
    return figure, axes


def _frame(
    axes: Axes, corner: tuple[float, float], size: tuple[int, ...], shade: palette.Shade
) -> None:
    draw_box(axes, corner, size[1], size[0], fill=False, ec=shade.line, lw=2.6, zorder=4)
