"""What a network says of a photograph, and the filters that it has learned to say it with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_array, as_floats
from dwsep_helpers.figures.charts import text_width
from dwsep_helpers.figures.panels import Grid, Panel, lay
from dwsep_helpers.figures.picture import Picture, draw_box, new_canvas, picture
from dwsep_helpers.figures.tones import Tone, draw_image, few_colours, signed_tone, tone_of
from dwsep_helpers.figures.types import Axes, Figure
from dwsep_helpers.kernels.shapes import mapping

Classes = Sequence[tuple[str, float]]

ACROSS = 3.6  # inches of a photograph
ROW, THICK = 0.27, 0.2  # inches down a bar's row, and of the bar
PIXELS, COLOURS = 360, 150  # of a photograph
PAPER = 0.8  # of what lies under the bars is paper
KERNEL = 0.36  # inches across a kernel
KERNELS_ACROSS = 12
LINE = 0.24  # inches down a line of the card


def verdict(image: ArrayLike, classes: Classes, title: str = "") -> Picture:
    """Draw a photograph, and over it how probable a network holds some classes.

    Parameters
    ----------
    image : array_like, shape (H, W, 3)
        A picture's bytes, or a picture of PIL's.
    classes : sequence of (str, float)
        Names and probabilities, in the order in which they are drawn.
    title : str, written above

    Raises
    ------
    ValueError
        If the image has another shape, there are no classes, or one's probability isn't between
        0 and 1.

    Examples
    --------
    >>> verdict(np.zeros((4, 4, 3), np.uint8), [("daisy", 0.75), ("bee", 0.25)]).alt
    'A photograph of 4×4 pixels. The network says: daisy 75 %, bee 25 %.'
    """
    pixels = _pixels(image)
    said = _said(classes)
    alt = f"{title + '. ' if title else ''}A photograph of {pixels.shape[0]}×{pixels.shape[1]} "
    return picture(f"{alt}pixels. The network says: {said}.", _draw_verdict, pixels, classes, title)


def trained_kernels(weights: Mapping[str, ArrayLike], most: int = 36) -> Picture:
    """Draw depthwise kernels of some layers, each to a scale of its own.

    Blue is negative, grey zero, yellow positive.

    Parameters
    ----------
    weights : mapping of str to array_like, shape (C, 1, K_h, K_w)
        By the layer's name.
    most : int
        How many of each are drawn, the first ones.

    Raises
    ------
    TypeError
        If ``weights`` is no mapping.
    ValueError
        If there is no layer, or a weight has another shape.
    """
    mapping("weights", weights)
    if not weights:
        raise ValueError("weights is empty, and one layer at least is drawn")
    rows: list[list[Grid | str | Panel]] = []
    said = []
    for name, weight in weights.items():
        kernels = as_floats(weight, name)
        if kernels.ndim != 4 or kernels.shape[1] != 1 or 0 in kernels.shape:
            raise ValueError(f"{name} has shape {kernels.shape}, and (C, 1, K_h, K_w) is drawn")
        shown = kernels[:most, 0]
        size = "×".join(map(str, shown.shape[1:]))
        said.append(f"{name}: {len(shown)} of {len(kernels)} kernels of {size}")
        drawn = [Panel(k, signed_tone(k), KERNEL / k.shape[1]) for k in shown]
        grid = [drawn[n : n + KERNELS_ACROSS] for n in range(0, len(drawn), KERNELS_ACROSS)]
        rows += [[name], [Grid(grid, 0.06, 0.06)]]
    return picture(f"Trained depthwise kernels. {'; '.join(said)}.", lay, rows)


def maps_filtered(before: ArrayLike, kernels: ArrayLike, after: ArrayLike) -> Picture:
    """Draw maps, the kernel that filters each, and what it makes of it.

    Parameters
    ----------
    before : array_like, shape (C, H, W)
    kernels : array_like, shape (C, 1, K_h, K_w)
    after : array_like, shape (C, H_out, W_out)

    Raises
    ------
    ValueError
        If the numbers of channels or of axes differ.
    """
    maps, weights, made = map(as_floats, (before, kernels, after), ("before", "kernels", "after"))
    for name, given, axes in (("before", maps, 3), ("kernels", weights, 4), ("after", made, 3)):
        if given.ndim != axes or 0 in given.shape:
            raise ValueError(f"{name} has shape {given.shape}, and {axes} axes are drawn")
    if not len(maps) == len(weights) == len(made):
        raise ValueError(
            f"before has {len(maps)} channels, kernels {len(weights)}, and after {len(made)}"
        )
    side = 1.15
    rows = [
        [Panel(m, _tone(m), side / m.shape[1]) for m in maps],
        [Panel(k, signed_tone(k), 0.5 / k.shape[1]) for k in weights[:, 0]],
        [Panel(m, tone_of(m, np.zeros(1)), side / m.shape[1]) for m in made],
    ]
    alt = (
        f"{len(maps)} map{'s' * (len(maps) > 1)} of {maps.shape[1]}×{maps.shape[2]}; below each "
        f"its depthwise kernel, and the map of {made.shape[1]}×{made.shape[2]} that it makes."
    )
    names = ("map", "kernel", "filtered")
    return picture(
        alt, lay, [[name, *row] for name, row in zip(names, rows, strict=True)], 0.12, 0.1
    )


def _tone(values: np.ndarray) -> Tone:
    """Return grey from 0 for maps behind an activation, and signs for others."""
    return signed_tone(values) if values.min() < 0 else Tone("gray", 0, values.max() or 1)


def keepsake(image: ArrayLike, classes: Classes, lines: Mapping[str, str], title: str) -> Picture:
    """Draw a card to keep: a photograph, what a network says of it, and numbers.

    Parameters
    ----------
    image, classes
        As for :func:`verdict`.
    lines : mapping of str to str
        What is written beside it: a number, and what it is of.
    title : str, written above

    Raises
    ------
    ValueError
        As for :func:`verdict`.
    """
    pixels = _pixels(image)
    written = "; ".join(f"{of}: {number}" for number, of in lines.items())
    alt = f"{title}. The network says: {_said(classes)}.{f' {written}.' if written else ''}"
    return picture(alt, _draw_card, pixels, classes, lines, title)


def _pixels(image: ArrayLike) -> np.ndarray:
    pixels = as_array(image, "image")
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
        raise ValueError(
            f"image is of shape {pixels.shape} and {pixels.dtype}, and (H, W, 3) of uint8 is drawn"
        )
    return pixels


def _shrunk(pixels: np.ndarray) -> np.ndarray:
    """Return a picture of no more pixels than are shown of it."""
    from PIL import Image

    picture = Image.fromarray(pixels)
    picture.thumbnail((PIXELS, PIXELS), Image.Resampling.LANCZOS)
    return np.asarray(picture)


def _said(classes: Classes) -> str:
    if not classes:
        raise ValueError("classes is empty, and one at least is drawn")
    for name, probability in classes:
        if not 0 <= probability <= 1:
            raise ValueError(f"the probability of {name} is {probability}, not from 0 to 1")
    return ", ".join(f"{name} {_percent(p)}" for name, p in classes)


def _percent(probability: float) -> str:
    return f"{100 * probability:.0f} %" if probability >= 0.01 else "< 1 %"


def _draw_verdict(pixels: np.ndarray, classes: Classes, title: str) -> Figure:
    top = 0.36 if title else 0.0
    down = ACROSS * pixels.shape[0] / pixels.shape[1]
    width = max(ACROSS, text_width([title], fontsize=11, weight="bold") + 0.1)
    figure, axes = new_canvas(round(width, 2), round(top + down, 2))
    axes.text(0.05, 0.24, title, fontsize=11, weight="bold")
    _draw_photograph(axes, pixels, classes, (0, top))
    return figure


def _draw_photograph(
    axes: Axes, pixels: np.ndarray, classes: Classes, corner: tuple[float, float]
) -> None:
    """Draw a photograph, paler at its foot, and bars there."""
    left, top = corner
    pixels = _shrunk(pixels)
    scale = ACROSS / pixels.shape[1]
    foot = min(ROW * len(classes) + 0.08, scale * pixels.shape[0])
    pale = pixels.astype(float) / 255
    first = pixels.shape[0] - round(foot / scale)
    pale[first:] = PAPER + (1 - PAPER) * pale[first:]
    draw_image(axes, few_colours([pale.transpose(2, 0, 1)], COLOURS)[0], corner, scale, None)
    start = 0.1 + max(text_width(name for name, _ in classes), 1.0)
    start = min(start, 0.62 * ACROSS)
    longest = ACROSS - start - 0.1 - text_width(["100 %"]) - 0.1
    most = max(p for _, p in classes) or 1
    for number, (name, probability) in enumerate(classes):
        y = top + pixels.shape[0] * scale - foot + 0.04 + (number + 0.5) * ROW
        x = left + start
        axes.text(x, y, name, ha="right", va="center", fontsize=_fitting(name, start - 0.05))
        across = longest * probability / most
        draw_box(axes, (x + 0.08, y - THICK / 2), across, THICK, fc=palette.EMPHASIS, lw=0)
        axes.text(x + 0.16 + across, y, _percent(probability), va="center", fontsize=10)


def _fitting(words: str, inches: float) -> float:
    """Return the size, of at most 10 points, in which words fit into some inches."""
    return min(10.0, 10 * inches / text_width([words]))


def _draw_card(
    pixels: np.ndarray, classes: Classes, lines: Mapping[str, str], title: str
) -> Figure:
    margin, top, beside = 0.2, 0.62, 0.3
    down = ACROSS * pixels.shape[0] / pixels.shape[1]
    numbers = text_width(lines, fontsize=13, weight="bold")
    across = max(numbers, text_width(lines.values()))
    left = margin + ACROSS + beside
    width = max(left + across, margin + text_width([title], fontsize=14, weight="bold")) + margin
    height = top + max(down, 2 * LINE * len(lines)) + margin
    figure, axes = new_canvas(round(width, 2), round(height, 2))
    look = {"fill": False, "ec": palette.EMPHASIS, "lw": 2}
    draw_box(axes, (0.05, 0.05), round(width, 2) - 0.1, round(height, 2) - 0.1, **look)
    axes.text(margin, 0.42, title, fontsize=14, weight="bold")
    _draw_photograph(axes, pixels, classes, (margin, top))
    for number, (said, of) in enumerate(lines.items()):
        y = top + 2 * LINE * number
        axes.text(left, y + 0.02, said, va="top", fontsize=13, weight="bold")
        axes.text(left, y + LINE + 0.02, of, va="top", fontsize=10)
    return figure
