"""A picture with its alternative text, and the paper that it is drawn on."""

import base64
import html
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from dwsep_helpers import notebook
from dwsep_helpers.figures import palette
from dwsep_helpers.figures.types import Axes, Figure, Image
from dwsep_helpers.translation import say

DOTS_PER_INCH = 100
_crisp = ContextVar("crisp", default=2)  # pixels drawn for each pixel shown

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same picture everywhere
    "font.size": 10,
    "axes.titlesize": 11,
    "text.color": palette.INK,
    "axes.labelcolor": palette.INK,
    "axes.edgecolor": palette.NEUTRAL.line,
    "figure.facecolor": palette.PAPER,
    "savefig.facecolor": palette.PAPER,
    "mathtext.fontset": "dejavusans",
}


@dataclass(frozen=True, repr=False)
class Picture:
    """An image for a notebook."""

    data: bytes  # a PNG
    alt: str  # what a person who can't see it should know
    width: int  # in CSS pixels; the file has twice as many, to be crisp

    def save(self, path: str | Path) -> None:
        """Write the image to a file."""
        Path(path).write_bytes(self.data)

    def __repr__(self) -> str:
        return f"[Picture: {self.alt}]"

    def _repr_html_(self) -> str:
        # HTML rather than a bare image: only an <img> carries alternative text.
        source = f"data:image/png;base64,{base64.b64encode(self.data).decode('ascii')}"
        return (
            f'<img src="{source}" alt="{html.escape(self.alt)}" width="{self.width}" '
            'style="max-width: 100%; height: auto; background: white">'
        )


@contextmanager
def at_its_size() -> Iterator[None]:
    """Draw one pixel for each CSS pixel inside a block, for where no width can be given.

    A picture that was made smaller has other colours than one that is drawn small: too many for
    256, and those of a photograph are the first to go.
    """
    token = _crisp.set(1)
    try:
        yield
    finally:
        _crisp.reset(token)


@contextmanager
def style() -> Iterator[None]:
    """Apply the course's style inside a block, and leave the learner's settings alone."""
    import matplotlib

    with matplotlib.rc_context(STYLE):
        yield


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of that many inches, outside pyplot: nothing draws it twice."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DOTS_PER_INCH)
    FigureCanvasAgg(figure)
    return figure


def new_canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure and axes that fill it: one unit is one inch, and y points down."""
    figure = new_figure(width, height)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0), autoscale_on=False)
    axes.axis("off")
    return figure, axes


def draw_sign(axes: Axes, x: float, y: float, sign: str, fontsize: float = 15) -> None:
    """Draw the sign of an operation."""
    axes.text(x, y, sign, ha="center", va="center", fontsize=fontsize)


def draw_box(
    axes: Axes, corner: tuple[float, float], across: float, down: float, **look: Any
) -> None:
    """Draw a rectangle from one corner, which is the upper left one where y points down."""
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle(corner, across, down, **look))


def picture(alt: str, draw: Callable[..., Figure], *what: Any) -> Picture:
    """Render what a function draws in the course's style, the same bytes each time."""
    data = BytesIO()
    with style():
        figure = draw(*what)
        dots = _crisp.get() * DOTS_PER_INCH
        figure.savefig(data, format="png", dpi=dots, pil_kwargs={"compress_level": 1})
    return Picture(_smaller(data.getvalue()), alt, round(figure.get_figwidth() * DOTS_PER_INCH))


def _smaller(png: bytes) -> bytes:
    """Return a PNG of 256 colours: a third of the size, and no difference to the eye."""
    from PIL import Image

    indices, colours = _indexed(np.asarray(Image.open(BytesIO(png)).convert("RGB")), 256)
    small = BytesIO()
    _paletted(indices, colours).save(small, format="PNG", optimize=True)
    return small.getvalue()


def _indexed(pixels: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return so many colours of pixels (..., 3), and which of them is nearest to each.

    The commonest colours stay exactly as they are, so that roles and scales keep theirs; what is
    left, mostly the edges of letters, becomes the nearest of them. (Pillow's own choice of
    colours averages: a scale of 65 shades came out in steps, and paper grey.)
    """
    red, green, blue = np.moveaxis(pixels.astype(np.int32), -1, 0)
    packed = red << 16 | green << 8 | blue
    found, counts = np.unique(packed, return_counts=True)
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    kept = np.argsort(-counts, kind="stable")[:count]
    nearest = np.empty(1 << 24, np.uint8)  # by colour
    nearest[found] = [np.argmin(((colours[kept] - colour) ** 2).sum(axis=1)) for colour in colours]
    return nearest[packed], colours[kept].astype(np.uint8)


def _paletted(indices: np.ndarray, colours: np.ndarray) -> Image:
    from PIL import Image

    image = Image.fromarray(indices)
    image.putpalette(colours.tobytes())
    return image


def not_yet(exercises: str) -> Picture:
    """Return one calm line for functions that aren't written yet."""
    missing = notebook.to_write(exercises)
    words = say("Nothing to draw yet: write {exercises} first.", exercises=missing)
    return picture(words, _draw_line, words)


def _draw_line(words: str) -> Figure:
    figure = new_figure(6, 0.6)
    figure.text(0.02, 0.5, words, va="center", color=palette.NEUTRAL.line)
    return figure
