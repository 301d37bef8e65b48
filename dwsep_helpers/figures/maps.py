"""Photographs, and the maps that kernels make of them.

A map is drawn in one of two tones. A kernel whose numbers add up to a clear positive sum makes a
picture of a picture: grey, from 0 (black) to what the kernel makes of a white area (white). Any
other kernel answers to differences, and its map has a sign: dark blue is negative, grey is zero
and yellow is positive, in a colour map (cividis) that is read alike with any colour vision, and
in print, because it also goes from dark to light.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.grids import draw_grid, number_text
from dwsep_helpers.figures.picture import Picture, new_canvas, not_yet, picture, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL = 1.8  # inches across a photograph
GAP = 0.3
MARGIN = 0.15
CELL = 0.32  # inches across a number
FEW_SHADES = 25  # where eight panels share a picture
SHADES = 65  # of a tone: steps too small to see, few for a small file, odd for one at zero
PHOTO_COLOURS = 80  # so that two tones and the letters fit into 256
CHANNEL_NAMES = ("red", "green", "blue")
BAR = 0.09  # inches down a scale

Corner = tuple[float, float]


def kernel_gallery(
    correlate: Callable[[np.ndarray, np.ndarray], ArrayLike],
    photo: ArrayLike,
    kernels: Mapping[str, ArrayLike],
    *,
    exercise: str = "1.2",
) -> Picture:
    """Draw what a function makes of a photograph with one kernel after another.

    Parameters
    ----------
    correlate : callable
        ``correlate(image, kernel)`` returns a map; the learner's `correlate2d`.
    photo : array_like, shape (H, W)
        Grey, from 0 to 1.
    kernels : mapping of str to array_like, shape (K_h, K_w)
        By name.
    exercise : str
        What to write first if ``correlate`` isn't written yet.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If the function returns something that is no map.

    Examples
    --------
    >>> kernel_gallery(lambda image, kernel: image * kernel[0, 0], np.eye(4), {"half": [[0.5]]}).alt
    'A photograph of 4×4 pixels, and what 1 kernel makes of it. half: values from 0 to 0.5.'
    """
    photo = np.asarray(photo, float)
    planes = {name: np.asarray(kernel) for name, kernel in kernels.items()}
    maps = {}
    for name, kernel in planes.items():
        made = _attempt(correlate, photo, kernel)
        if made is None:
            return not_yet(exercise)
        maps[name] = _as_map(made, 2, "correlate")
    makes = "1 kernel makes" if len(maps) == 1 else f"{len(maps)} kernels make"
    alt = f"A photograph of {_by(photo.shape)} pixels, and what {makes} of it. {_ranges(maps)}"
    with style():
        return picture(_draw_gallery(photo, planes, maps), alt)


def correlation_vs_convolution(
    correlate: Callable[[np.ndarray, np.ndarray], ArrayLike],
    convolve: Callable[[np.ndarray, np.ndarray], ArrayLike],
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    exercise: str = "1.3",
) -> Picture:
    """Draw in numbers what cross-correlation and convolution make of the same image.

    Parameters
    ----------
    correlate, convolve : callable
        Each takes the image and the kernel and returns a map; the learner's.
    image : array_like, shape (H, W)
        Small. Best an impulse, zeros around a single 1: it brings the kernel itself out.
    kernel : array_like, shape (K_h, K_w)
    exercise : str
        What to write first if one of the functions isn't written yet.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If a function returns something that is no map.
    """
    image, kernel = np.asarray(image), np.asarray(kernel)
    made = {}
    for name, function in (("cross-correlation", correlate), ("convolution", convolve)):
        values = _attempt(function, image, kernel)
        if values is None:
            return not_yet(exercise)
        made[name] = _as_map(values, 2, getattr(function, "__name__", name))
    rows = " ".join(
        f"{name}: {_in_rows(values)}{_seen(values, kernel)}." for name, values in made.items()
    )
    alt = f"Image: {_in_rows(image)}. Kernel: {_in_rows(kernel)}. {rows}"
    with style():
        return picture(_draw_two_results(image, kernel, made), alt)


def channels_summed(
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    correlate_channels: Callable[[np.ndarray, np.ndarray], ArrayLike] | None = None,
    exercise: str = "1.4",
) -> Picture:
    """Draw how one filter's slices each meet a channel of a photograph, and the sum of the maps.

    Parameters
    ----------
    image : array_like, shape (3, H, W)
        Red, green and blue, from 0 to 1.
    kernel : array_like, shape (3, K_h, K_w)
    correlate_channels : callable, optional
        ``correlate_channels(image, kernel)`` sums over the channels and returns one map; the
        learner's. It is also called with one channel and its slice, three times. Left out, the
        library's.
    exercise : str
        What to write first if it isn't written yet.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If the image or the kernel has not three channels, or the function returns no map.
    """
    image, kernel = np.asarray(image), np.asarray(kernel)
    for name, array in (("image", image), ("kernel", kernel)):
        if array.ndim != 3 or len(array) != 3:
            raise ValueError(f"{name} has shape {array.shape}, and three channels are drawn")
    function = correlate_channels or _correlate_channels
    parts = [slice(None), slice(0, 1), slice(1, 2), slice(2, 3)]
    maps = []
    for part in parts:
        made = _attempt(function, image[part], kernel[part])
        if made is None:
            return not_yet(exercise)
        maps.append(_as_map(made, 2, "correlate_channels"))
    total, *alone = maps
    named = dict(zip((*CHANNEL_NAMES, "sum"), (*alone, total), strict=True))
    alt = (
        f"The red, green and blue channel of a photograph, {_by(image.shape[1:])} pixels, the "
        f"kernel's slice for each, the map each makes alone, and their sum. {_ranges(named)}"
    )
    with style():
        return picture(_draw_channels(image, kernel, alone, total), alt)


def filter_bank(
    conv2d: Callable[[np.ndarray, np.ndarray], ArrayLike],
    photo: ArrayLike,
    weight: ArrayLike,
    names: Sequence[str],
    *,
    exercise: str = "1.5",
) -> Picture:
    """Draw the map that each filter of a layer makes of a photograph.

    Parameters
    ----------
    conv2d : callable
        ``conv2d(x, weight)`` with x (1, 3, H, W) returns (1, C_out, H_out, W_out); the learner's.
    photo : array_like, shape (3, H, W)
        Red, green and blue, from 0 to 1.
    weight : array_like, shape (C_out, 3, K_h, K_w)
    names : sequence of str
        One for each filter.
    exercise : str
        What to write first if ``conv2d`` isn't written yet.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are not as many names as filters, or the function returns no such maps.
    """
    photo, weight = np.asarray(photo), np.asarray(weight)
    if len(names) != len(weight):
        raise ValueError(f"names has {len(names)}, and weight has C_out={len(weight)} (axis 0)")
    made = _attempt(conv2d, photo[None], weight)
    if made is None:
        return not_yet(exercise)
    y = _as_map(made, 4, "conv2d")
    if y.shape[:2] != (1, len(weight)):
        raise ValueError(
            f"conv2d returned shape {y.shape}, and N=1, C_out={len(weight)} maps are drawn"
        )
    makes = "1 filter makes" if len(weight) == 1 else f"{len(weight)} filters make"
    alt = (
        f"A colour photograph of {_by(photo.shape[1:])} pixels, and the map that {makes} of it"
        f"{'' if len(weight) == 1 else ', one each'}. "
        + _ranges(dict(zip(names, y[0], strict=True)))
    )
    with style():
        return picture(_draw_bank(photo, weight, names, y[0]), alt)


def _draw_gallery(photo: np.ndarray, kernels: dict, maps: dict) -> Figure:
    """Draw the photograph and, for each kernel, a column: name, numbers, map."""
    down = PANEL * photo.shape[0] / photo.shape[1]
    top = 0.45 + max(_kernel_height(kernel) for kernel in kernels.values()) + 0.15
    width = 2 * MARGIN + (len(maps) + 1) * PANEL + len(maps) * GAP
    figure, axes = new_canvas(width, top + down + 0.5)
    scale = PANEL / photo.shape[1]
    _draw_image(axes, photo, (MARGIN, top), scale, _Tone("gray", 0, 1))
    _write(axes, MARGIN + PANEL / 2, top - 0.1, f"photograph, {_by(photo.shape)}")
    for number, (name, made) in enumerate(maps.items(), start=1):
        kernel = kernels[name]
        left = MARGIN + number * (PANEL + GAP)
        _write(axes, left + PANEL / 2, 0.3, name, fontsize=11, weight="bold")
        _draw_kernel(axes, kernel, left + PANEL / 2, top - 0.15, upwards=True)
        tone = _tone(made, kernel)
        _draw_image(axes, made, (left, top), scale, tone)
        _draw_scale(axes, tone, (left, top + down + 0.08))
    return figure


def _draw_two_results(image: np.ndarray, kernel: np.ndarray, made: dict) -> Figure:
    """Draw the image, the kernel and the two results, the kernel's first number framed."""
    from matplotlib.patches import Rectangle

    grids = [("image", image, palette.INPUT), ("kernel", kernel, palette.KERNEL)]
    grids += [(name, values, palette.OUTPUT) for name, values in made.items()]
    gap, cell, top = 0.7, 0.42, 0.45
    across = [max(cell * values.shape[1], 1.2) for _, values, _ in grids]
    down = max(values.shape[0] for _, values, _ in grids) * cell
    width = 2 * MARGIN + sum(across) + gap * (len(grids) - 1)
    figure, axes = new_canvas(width, top + down + 0.35)
    left = MARGIN
    for (name, values, shade), space in zip(grids, across, strict=True):
        middle, height = left + space / 2, values.shape[0] * cell
        corner = (middle - values.shape[1] * cell / 2, top + (down - height) / 2)
        _write(axes, middle, corner[1] - 0.08, name, weight="bold")
        draw_grid(axes, values, corner, shade, cell=cell, fontsize=11)
        if name in made:
            words = _seen(values, kernel).strip(", ")
            axes.text(middle, corner[1] + height + 0.08, words, ha="center", va="top", fontsize=9)
        for row, column in _first_tap(values, kernel) if values is not image else ():
            place = (corner[0] + column * cell, corner[1] + row * cell)
            axes.add_patch(Rectangle(place, cell, cell, fill=False, ec=shade.line, lw=2.5))
        left += space + gap
    return figure


def _first_tap(values: np.ndarray, kernel: np.ndarray) -> list[tuple[int, int]]:
    """Return where the kernel's first number is, if it can be told from all others."""
    places = [tuple(place) for place in np.argwhere(values == kernel[0, 0])]
    alone = np.count_nonzero(kernel == kernel[0, 0]) == 1 == len(places)
    return places if alone else []


def _seen(values: np.ndarray, kernel: np.ndarray) -> str:
    """Say how a result and the kernel are alike."""
    if np.array_equal(values, kernel):
        return ", the kernel as it is"
    if np.array_equal(values, kernel[::-1, ::-1]):
        return ", the kernel turned by 180°"
    return ""


def _in_rows(values: np.ndarray) -> str:
    return " / ".join(" ".join(map(number_text, row)) for row in values)


def _draw_channels(
    image: np.ndarray, kernel: np.ndarray, alone: list[np.ndarray], total: np.ndarray
) -> Figure:
    """Draw a row for each channel, and the photograph and the sum beside them."""
    scale = PANEL / image.shape[2]
    down = scale * image.shape[1]
    beside = max(PANEL / 2, _kernel_width(kernel[0]))
    lefts = np.cumsum([MARGIN, PANEL / 2 + GAP, PANEL + GAP, beside + GAP, PANEL + 0.4])
    pitch = max(down, _kernel_height(kernel[0])) + 0.4
    tops = 0.4 + pitch * np.arange(3)
    figure, axes = new_canvas(lefts[-1] + PANEL + MARGIN, tops[-1] + down + 0.15)
    tone = replace(_shared_tone([*alone, total], kernel), shades=FEW_SHADES)
    grey = _Tone("gray", 0, 1, FEW_SHADES)

    middle = tops[1] + down / 2
    _draw_photo(axes, image, (lefts[0], middle - down / 4), scale / 2)
    _write(axes, lefts[0] + PANEL / 4, middle - down / 4 - 0.08, "image")
    for number, (name, shade) in enumerate(zip(CHANNEL_NAMES, palette.CHANNELS, strict=True)):
        top = tops[number]
        _draw_image(axes, image[number], (lefts[1], top), scale, grey, shade.line)
        _write(axes, lefts[1] + PANEL / 2, top - 0.08, f"image[{number}], {name}")
        edge = top + (down - _kernel_height(kernel[number])) / 2
        _draw_kernel(axes, kernel[number], lefts[2] + beside / 2, edge)
        _write(axes, lefts[2] + beside / 2, min(top, edge) - 0.08, f"kernel[{number}]")
        _draw_image(axes, alone[number], (lefts[3], top), scale, tone)
        _sign(axes, lefts[2] - GAP / 2, top + down / 2, "∗")
        _sign(axes, lefts[3] - GAP / 2, top + down / 2, "=")
        if number:
            _sign(axes, lefts[3] + PANEL / 2, top - (pitch - down) / 2, "+")
    _sign(axes, lefts[4] - 0.2, middle, "=")
    _draw_image(axes, total, (lefts[4], tops[1]), scale, tone)
    _write(axes, lefts[4] + PANEL / 2, tops[1] - 0.08, "the sum", weight="bold")
    _draw_scale(axes, tone, (lefts[4], tops[1] + down + 0.1))
    return figure


def _draw_bank(
    photo: np.ndarray, weight: np.ndarray, names: Sequence[str], maps: np.ndarray
) -> Figure:
    """Draw the photograph and the maps, three to a row."""
    scale = PANEL / photo.shape[2]
    down = scale * photo.shape[1]
    columns = min(len(maps), 3)
    rows = -(-len(maps) // columns)
    pitch = down + 1.0
    width = 2 * MARGIN + (columns + 1) * PANEL + columns * GAP
    top = 0.55
    figure, axes = new_canvas(width, top + (rows - 1) * pitch + down + 0.5)
    _draw_photo(axes, photo, (MARGIN, top), scale)
    _write(axes, MARGIN + PANEL / 2, top - 0.28, "photograph", fontsize=11, weight="bold")
    _write(axes, MARGIN + PANEL / 2, top - 0.07, "x[0]")
    for number, (name, made) in enumerate(zip(names, maps, strict=True)):
        row, column = divmod(number, columns)
        left, edge = MARGIN + (column + 1) * (PANEL + GAP), top + row * pitch
        tone = _tone(made, weight[number])
        _write(axes, left + PANEL / 2, edge - 0.28, name, fontsize=11, weight="bold")
        _write(axes, left + PANEL / 2, edge - 0.07, f"y[0, {number}]")
        _draw_image(axes, made, (left, edge), scale, tone)
        _draw_scale(axes, tone, (left, edge + down + 0.08))
    return figure


@dataclass(frozen=True)
class _Tone:
    """How values become shades."""

    colours: str  # of matplotlib's maps
    low: float
    high: float
    shades: int = SHADES
    cut: bool = False  # whether values lie outside

    @property
    def signed(self) -> bool:
        return self.low < 0

    def shown(self) -> dict[str, Any]:
        """Return the arguments for matplotlib."""
        from matplotlib import colormaps

        colours = colormaps[self.colours].resampled(self.shades)
        return {"cmap": colours, "vmin": self.low, "vmax": self.high}

    def labels(self) -> dict[float, str]:
        """Return what is written at which part of the scale."""
        low, high = number_text(self.low), number_text(self.high)
        ends = {0: f"≤ {low}", 1: f"≥ {high}"} if self.cut else {0: low, 1: high}
        return {**ends, 0.5: "0"} if self.signed else ends


def _keeps_brightness(kernel: np.ndarray) -> bool:
    """Whether a kernel makes a picture of a picture, rather than differences."""
    return bool(np.sum(kernel) > 0.05 * np.sum(np.abs(kernel)))


def _shared_tone(maps: Sequence[np.ndarray], kernel: np.ndarray) -> _Tone:
    """Choose one tone for the maps of all slices of a kernel, and their sum."""
    slices = [plane for plane in kernel if plane.any()]
    values = np.concatenate([values.ravel() for values in maps])
    return _tone(values, kernel if all(map(_keeps_brightness, slices)) else np.zeros(1))


def _tone(values: np.ndarray, kernel: np.ndarray) -> _Tone:
    """Choose the tone for what a kernel made."""
    white = float(np.sum(kernel))  # what it makes of an area of ones
    if _keeps_brightness(kernel):
        slack = 1e-6 * white
        cut = bool(np.any((values < -slack) | (values > white + slack)))
        return _Tone("gray", 0, white, cut=cut)
    sizes = np.abs(values[np.isfinite(values)])
    if not sizes.any():
        return _Tone("cividis", -1, 1)
    # A few values are far larger than all others; scaled to them, the rest would be one grey.
    high = float(f"{np.quantile(sizes, 0.99) or sizes.max():.2g}")
    return _Tone("cividis", -high, high, cut=bool(sizes.max() > high))


def _draw_image(
    axes: Axes,
    values: np.ndarray,
    corner: Corner,
    scale: float,
    tone: _Tone | None = None,
    frame: str | None = None,
) -> None:
    """Draw a map, or an image (H, W, 3) of colours; ``scale`` is inches for a pixel."""
    from matplotlib.patches import Rectangle

    left, top = corner
    down, across = (scale * size for size in values.shape[:2])
    tones = {} if tone is None else tone.shown()
    extent = (left, left + across, top + down, top)
    axes.imshow(values, extent=extent, aspect="auto", interpolation="nearest", **tones)
    if frame is not None:
        axes.add_patch(Rectangle(corner, across, down, fill=False, ec=frame, lw=2.5))


def _draw_photo(axes: Axes, photo: np.ndarray, corner: Corner, scale: float) -> None:
    """Draw a photograph (3, H, W) in as many colours as a small file has room for."""
    from PIL import Image

    pixels = (255 * np.moveaxis(photo, 0, -1).clip(0, 1)).round().astype(np.uint8)
    few = Image.fromarray(pixels).quantize(PHOTO_COLOURS, dither=Image.Dither.FLOYDSTEINBERG)
    _draw_image(axes, np.asarray(few.convert("RGB")), corner, scale)


def _draw_scale(axes: Axes, tone: _Tone, corner: Corner, across: float = PANEL) -> None:
    """Draw which shade is which value."""
    from matplotlib.patches import Rectangle

    left, top = corner
    shades = np.linspace(tone.low, tone.high, tone.shades)[None]
    extent = (left, left + across, top + BAR, top)
    axes.imshow(shades, extent=extent, aspect="auto", **tone.shown())
    frame = Rectangle((left, top), across, BAR, fill=False, ec=palette.NEUTRAL.line, lw=0.6)
    axes.add_patch(frame)
    for part, words in tone.labels().items():
        side = {0: "left", 0.5: "center", 1: "right"}[part]
        axes.text(left + part * across, top + BAR + 0.05, words, ha=side, va="top", fontsize=9)


def _kernel_height(kernel: np.ndarray) -> float:
    return kernel.shape[0] * _kernel_cell(kernel)


def _kernel_width(kernel: np.ndarray) -> float:
    return kernel.shape[1] * _kernel_cell(kernel)


def _kernel_cell(kernel: np.ndarray) -> float:
    return min(CELL, PANEL / max(kernel.shape))


def _draw_kernel(
    axes: Axes, kernel: np.ndarray, middle: float, edge: float, *, upwards: bool = False
) -> None:
    """Draw a kernel's numbers, centred, from a top edge down or a bottom edge up."""
    cell = _kernel_cell(kernel)
    longest = max(len(number_text(number)) for number in kernel.flat)
    corner = (middle - kernel.shape[1] * cell / 2, edge - upwards * kernel.shape[0] * cell)
    fontsize = min(9, 72 * 0.92 * cell / (0.64 * longest))
    draw_grid(axes, kernel, corner, palette.KERNEL, cell=cell, fontsize=fontsize)


def _sign(axes: Axes, x: float, y: float, sign: str) -> None:
    axes.text(x, y, sign, ha="center", va="center", fontsize=15)


def _write(axes: Axes, x: float, y: float, words: str, fontsize: float = 10, **how: Any) -> None:
    """Write words, centred above a line."""
    axes.text(x, y, words, ha="center", va="bottom", fontsize=fontsize, **how)


def _correlate_channels(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    from dwsep_helpers.kernels import conv2d

    return conv2d(image[None], kernel[None])[0, 0]


def _attempt(function: Callable[..., Any], *arguments: np.ndarray) -> np.ndarray | None:
    """Call a learner's function; None if it isn't written yet. No other error is hidden."""
    try:
        made = function(*arguments)
    except NotImplementedError:
        return None
    return None if made is None else np.asarray(made)


def _as_map(made: np.ndarray, axes: int, name: str) -> np.ndarray:
    """Refuse what can't be drawn, in words that help to find out why."""
    if made.ndim != axes or 0 in made.shape:
        layout = {2: "a map (H_out, W_out)", 4: "a batch of maps (N, C_out, H_out, W_out)"}[axes]
        raise ValueError(f"{name} returned shape {made.shape}, and {layout} is drawn")
    return made.astype(float)


def _ranges(maps: Mapping[str, np.ndarray]) -> str:
    """Say in words what range each map has."""
    return " ".join(
        f"{name}: values from {number_text(values.min())} to {number_text(values.max())}."
        for name, values in maps.items()
    )


def _by(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape))
