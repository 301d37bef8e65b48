"""How the values of a map become shades of an image.

A map is drawn in one of two tones. A kernel whose numbers add up to a clear positive sum makes a
picture of a picture: grey, from 0 (black) to what the kernel makes of a white area (white). Any
other kernel answers to differences, and its map has a sign: dark blue is negative, grey is zero
and yellow is positive, in a colour map (cividis) that is read alike with any colour vision, and
in print, because it also goes from dark to light.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.grids import number_text
from dwsep_helpers.figures.picture import draw_box
from dwsep_helpers.figures.types import Axes

SHADES = 65  # of a tone: steps too small to see, few for a small file, odd for one at zero
PHOTO_COLOURS = 80  # so that two tones and the letters fit into 256
BAR = 0.09  # inches down a scale
SLACK = 1e-6  # of white: what rounding may add

Corner = tuple[float, float]


@dataclass(frozen=True)
class Tone:
    """How values become shades."""

    colours: str  # one of matplotlib's colour maps
    low: float  # the values at its ends
    high: float
    shades: int = SHADES  # how many are told apart
    cut: bool = False  # whether values lie outside, and are drawn as the nearest end

    def shown(self) -> dict[str, Any]:
        """Return the arguments for matplotlib."""
        from matplotlib import colormaps

        colours = colormaps[self.colours].resampled(self.shades)
        return {"cmap": colours, "vmin": self.low, "vmax": self.high}

    def labels(self) -> dict[float, str]:
        """Return what is written at which part of the scale."""
        low, high = number_text(self.low), number_text(self.high)
        ends = {0.0: f"≤ {low}", 1.0: f"≥ {high}"} if self.cut else {0.0: low, 1.0: high}
        return {**ends, 0.5: "0"} if self.low == -self.high else ends


def _keeps_brightness(kernel: np.ndarray) -> bool:
    """Whether a kernel makes a picture of a picture, rather than differences."""
    return bool(np.sum(kernel) > 0.05 * np.sum(np.abs(kernel)))


def shared_tone(maps: Sequence[np.ndarray], kernel: np.ndarray) -> Tone:
    """Choose one tone for the maps of all slices of a kernel, and their sum."""
    slices = [plane for plane in kernel if plane.any()]
    values = np.concatenate([values.ravel() for values in maps])
    return tone_of(values, kernel if all(map(_keeps_brightness, slices)) else np.zeros(1))


def tone_of(values: np.ndarray, kernel: np.ndarray) -> Tone:
    """Choose the tone for what a kernel made."""
    white = float(np.sum(kernel))  # what it makes of an area of ones
    if _keeps_brightness(kernel):
        cut = bool(np.any((values < -SLACK * white) | (values > (1 + SLACK) * white)))
        return Tone("gray", 0, white, cut=cut)
    sizes = np.abs(values[np.isfinite(values)])
    if not sizes.any():
        return Tone("cividis", -1, 1)
    # A few values are far larger than all others; scaled to them, the rest would be one grey.
    high = float(f"{np.quantile(sizes, 0.99) or sizes.max():.2g}")
    return Tone("cividis", -high, high, cut=bool(sizes.max() > high))


def signed_tone(values: np.ndarray) -> Tone:
    """Return the tone in which all values have their shade, and zero is in the middle."""
    most = np.abs(values[np.isfinite(values)]).max(initial=0) or 1.0
    return Tone("cividis", -most, most)


def draw_image(
    axes: Axes, values: np.ndarray, corner: Corner, scale: float, frame: str | None, **look: Any
) -> None:
    """Draw an array as an image, every value a square of ``scale`` inches, in a frame."""
    left, top = corner
    down, across = (scale * size for size in values.shape[:2])
    extent = (left, left + across, top + down, top)
    axes.imshow(values, extent=extent, aspect="auto", interpolation="nearest", **look)
    line = {"ec": frame or palette.NEUTRAL.line, "lw": 2.5 if frame else 0.6}
    draw_box(axes, corner, across, down, fill=False, zorder=0, **line)


def few_colours(photos: Sequence[np.ndarray], colours: int = PHOTO_COLOURS) -> list[np.ndarray]:
    """Return photographs (3, H, W) as images (H, W, 3) of few colours, for a small file."""
    from PIL import Image

    pixels = np.concatenate([np.moveaxis(photo, 0, -1).clip(0, 1) for photo in photos])
    image = Image.fromarray((255 * np.nan_to_num(pixels)).round().astype(np.uint8))
    few = np.asarray(image.quantize(colours).convert("RGB"))
    return np.split(few, len(photos))


def draw_scale(axes: Axes, tone: Tone, corner: Corner, across: float) -> None:
    """Draw which shade is which value."""
    left, top = corner
    shades = np.linspace(tone.low, tone.high, tone.shades)[None]
    extent = (left, left + across, top + BAR, top)
    axes.imshow(shades, extent=extent, aspect="auto", **tone.shown())
    draw_box(axes, corner, across, BAR, fill=False, ec=palette.NEUTRAL.line, lw=0.6)
    for part, words in tone.labels().items():
        side = {0: "left", 0.5: "center", 1: "right"}[part]
        axes.text(left + part * across, top + BAR + 0.05, words, ha=side, va="top", fontsize=9)
