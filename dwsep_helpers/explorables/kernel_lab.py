"""A kernel to change by hand, over a photograph, and what it makes of it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers import data
from dwsep_helpers.explorables.explorable import Explorable
from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_array
from dwsep_helpers.figures.grids import number_text, sum_written
from dwsep_helpers.figures.panels import Grid, Panel, by, lay
from dwsep_helpers.figures.picture import Picture, picture
from dwsep_helpers.figures.tones import Tone, tone_of
from dwsep_helpers.kernels.planes import correlate2d

SIZE = (144, 216)  # of the course's photograph, which is shown at twice that
LONGEST = 256  # pixels along an axis: more can't be told apart, and each is part of the output
LIMIT = 100.0  # of a kernel's numbers, either way
START = "sharpen"
SHADES = 65  # of the colours with a sign, as in the stills
PHOTO = 3.24  # inches along the longer side of a photograph on paper
FEW = 21, 15  # of the photograph and the output in the still, for a small file

PRESETS: Final[dict[str, np.ndarray]] = {
    "identity": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "box blur": np.full((3, 3), 1 / 9),
    "Gaussian blur": np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "Sobel x": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "Sobel y": np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "Laplacian": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    "emboss": np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
}


class KernelLab(Explorable):
    """A photograph, nine numbers, and what comes out; see `kernel_lab`."""

    def __init__(self, photo: np.ndarray, kernel: np.ndarray, presets: dict[str, np.ndarray]):
        self._kernel = kernel
        options = {
            "photo": base64.b64encode(photo.tobytes()).decode("ascii"),
            "height": photo.shape[0],
            "width": photo.shape[1],
            "kernel": kernel.tolist(),
            "presets": {name: preset.tolist() for name, preset in presets.items()},
            "limit": LIMIT,
            "colours": _colours(),
        }
        super().__init__("kernel_lab", options, _still(photo, kernel), self._received_kernel)

    @property
    def kernel(self) -> np.ndarray:
        """The nine numbers as they are in the browser now, float64 (3, 3); not flipped."""
        return self._kernel.copy()

    def _received_kernel(self, said: Any) -> None:
        """Take what the figure says: ``{"kernel": [[…], […], […]]}``."""
        self._kernel = _as_kernel("kernel", said.get("kernel") if isinstance(said, dict) else None)


def kernel_lab(
    photo: ArrayLike | None = None,
    kernel: ArrayLike | str | None = None,
    *,
    presets: Mapping[str, ArrayLike] | None = None,
) -> KernelLab:
    """Show a photograph, nine numbers to drag or type, and what the kernel makes of it.

    Greys are whole numbers from 0 (black) to 255 (white). The kernel moves by one pixel, and only
    to where all of it fits, as in `dwsep_helpers.kernels.correlate2d`: of H×W pixels it makes
    (H - 2)×(W - 2) values. In the browser the photograph can be swapped for a file or the
    camera's picture; neither leaves it.

    Parameters
    ----------
    photo : array_like, shape (H, W) or (3, H, W), optional
        Grey, or red, green and blue, from 0 to 1; 3 to 256 pixels along each axis. Left out, the
        course's photograph.
    kernel : array_like, shape (3, 3), or str, optional
        The numbers to begin with, from -100 to 100, or a preset's name. Left out, ``"sharpen"``.
    presets : mapping of str to array_like, shape (3, 3), optional
        More kernels to choose from, by name, beside `PRESETS`.

    Returns
    -------
    KernelLab
        The last line of a cell shows it. Its ``kernel`` is an array (3, 3), float64, of the
        numbers in the browser now, before any flip; of those it began with where no person
        watches.

    Raises
    ------
    ValueError
        For shapes, sizes or numbers other than these, and for a preset that isn't there.

    Examples
    --------
    >>> lab = kernel_lab(kernel="Sobel x")
    >>> lab.kernel
    array([[-1.,  0.,  1.],
           [-2.,  0.,  2.],
           [-1.,  0.,  1.]])
    """
    named = {**PRESETS, **(presets or {})}
    choices = {name: _as_kernel(f"presets[{name!r}]", one) for name, one in named.items()}
    start = START if kernel is None else kernel
    if isinstance(start, str):
        if start not in choices:
            raise ValueError(f"kernel is {start!r}, and the presets are {', '.join(choices)}")
        return KernelLab(_as_photo(photo), choices[start], choices)
    return KernelLab(_as_photo(photo), _as_kernel("kernel", start), choices)


def _as_photo(photo: ArrayLike | None) -> np.ndarray:
    """Return a photograph's greys, (H, W), uint8."""
    image = as_array(data.photograph(size=SIZE) if photo is None else photo, "photo")
    if image.ndim == 3 and len(image) == 3:
        image = data.to_grey(image)
    if image.ndim != 2:
        raise ValueError(f"photo has shape {image.shape}, and (H, W) or (3, H, W) is shown")
    if not 3 <= min(image.shape) <= max(image.shape) <= LONGEST:
        raise ValueError(
            f"photo has {by(image.shape)} pixels, and 3 to {LONGEST} along each axis are shown"
        )
    low, high = image.min(), image.max()
    if not (low >= 0 and high <= 1 + 1e-6):
        raise ValueError(f"photo has values from {low:g} to {high:g}, and 0 to 1 are shown")
    return np.rint(255 * image.astype(float)).astype(np.uint8)


def _as_kernel(name: str, numbers: ArrayLike | None) -> np.ndarray:
    """Return nine numbers as float64 (3, 3)."""
    try:
        array = np.asarray(numbers)
    except ValueError:
        raise ValueError(f"{name} is no grid of numbers, and shape (3, 3) is shown") from None
    if array.shape != (3, 3) or array.dtype.kind not in "iuf":
        raise ValueError(f"{name} has shape {array.shape}, and numbers (3, 3) are shown")
    if not np.all(np.abs(array) <= LIMIT):  # neither is NaN
        raise ValueError(f"{name} is {array.tolist()}, and numbers to ±{LIMIT:g} are shown")
    return array.astype(float)


def _colours() -> str:
    """Return the shades from negative over zero to positive, six hexadecimal digits each."""
    from matplotlib import colormaps

    shades = colormaps["cividis"].resampled(SHADES)(np.arange(SHADES), bytes=True)
    return bytes(shades[:, :3].tobytes()).hex()


def _still(photo: np.ndarray, kernel: np.ndarray) -> Picture:
    """Draw the photograph, the kernel, what it makes, and one value's nine products."""
    values = correlate2d(photo.astype(float), kernel)
    row, column = (size // 2 for size in values.shape)
    window = photo[row : row + 3, column : column + 3]
    sentence = sum_written(window.flat, kernel.flat, values[row, column])
    numbers = "; ".join(", ".join(map(number_text, line)) for line in kernel)
    alt = (
        f"A photograph of {by(photo.shape)} pixels in greys from 0 to 255, the kernel {numbers}, "
        f"and the {by(values.shape)} values it makes, from {number_text(values.min())} to "
        f"{number_text(values.max())}. Output row {row}, column {column}: {sentence}."
    )
    cell = PHOTO / max(photo.shape)
    tone = replace(tone_of(values, 255 * kernel), shades=FEW[1])  # white is 255
    seen = Panel(photo, Tone("gray", 0, 255, FEW[0]), cell, name=f"photograph, {by(photo.shape)}")
    made = Panel(values, tone, cell, name=f"output, {by(values.shape)}", scale=True)
    row_of_panels = Grid([[seen, "∗", Panel(kernel, palette.KERNEL, name="kernel"), "=", made]])
    words = Panel(below=f"output row {row}, column {column}: {sentence}")
    return picture(alt, lay, [[row_of_panels], [words]])
