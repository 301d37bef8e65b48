"""Real pictures that ship inside scikit-learn, in this course's layout."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

CREDITS: Final = {
    "china": "china.jpg by danielbuechele, CC BY 2.0, from scikit-learn's sample images",
    "flower": "flower.jpg by vultilion, CC BY 2.0, from scikit-learn's sample images",
}

# Luma of ITU-R Recommendation BT.601: how bright red, green and blue look.
LUMA: Final = (0.299, 0.587, 0.114)


def photograph(name: str = "china", size: tuple[int, int] | None = None) -> np.ndarray:
    """Return a photograph, channels first; both are under CC BY 2.0, see `CREDITS`.

    Parameters
    ----------
    name : str
        ``"china"`` (a palace roof) or ``"flower"`` (a dahlia).
    size : pair of int, optional
        Height and width in pixels, scaled and, if the proportions differ, cropped about the
        centre. Left out, the original 427×640.

    Returns
    -------
    ndarray, shape (3, H, W), float32
        Red, green and blue, from 0 to 1.

    Raises
    ------
    ValueError
        If there is no such photograph, or the size is no smaller picture of it.

    Examples
    --------
    >>> photograph("flower", size=(60, 80)).shape
    (3, 60, 80)
    """
    if name not in CREDITS:
        raise ValueError(f"name is {name!r}, and the photographs are {', '.join(CREDITS)}")
    from PIL import Image

    with Image.open(_shipped("images", f"{name}.jpg")) as image:
        pixels = np.asarray(image)
    if size is not None:
        pixels = _fit(pixels, size)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1), dtype=np.float32) / 255


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return handwritten digits, channels first.

    Returns
    -------
    images : ndarray, shape (1797, 1, 8, 8), float32
        Grey, from 0 (paper) to 1 (ink).
    labels : ndarray, shape (1797,), int64
        Which digit each is, 0 to 9.

    Notes
    -----
    E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
    Repository, 1998, doi:10.24432/C50P49: its test part, which scikit-learn ships. 32×32
    scans, counted in blocks of 4×4.

    Examples
    --------
    >>> images, labels = digits()
    >>> images.shape, labels[:10].tolist()
    ((1797, 1, 8, 8), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """
    rows = np.loadtxt(_shipped("data", "digits.csv.gz"), delimiter=",", dtype=np.float32)
    return rows[:, :-1].reshape(-1, 1, 8, 8) / 16, rows[:, -1].astype(np.int64)


def to_grey(image: np.ndarray) -> np.ndarray:
    """Return how bright an RGB image (3, H, W) looks, (H, W), as floats.

    That is 0.299 R + 0.587 G + 0.114 B, the luma of ITU-R BT.601.

    Raises
    ------
    ValueError
        If axis 0 does not have three channels.

    Examples
    --------
    >>> round(float(to_grey(np.ones((3, 1, 1)))[0, 0]), 6)
    1.0
    """
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[0] != 3:
        raise ValueError(f"image has shape {image.shape}, and (3, H, W) is asked for")
    dtype = image.dtype if image.dtype.kind == "f" else float  # as an integer, each weight is 0
    return np.tensordot(np.asarray(LUMA, dtype), image, axes=1)


def _shipped(folder: str, name: str) -> Path:
    """Return a file of scikit-learn's, which isn't imported: that would take a second."""
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("these pictures ship inside scikit-learn: pip install it")
    return Path(spec.origin).parent / "datasets" / folder / name


def _fit(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Scale and crop to a height and width."""
    from PIL import Image, ImageOps

    height, width = size
    if not (0 < height <= pixels.shape[0] and 0 < width <= pixels.shape[1]):
        raise ValueError(
            f"size is {height}×{width}, and the photograph has {pixels.shape[0]}×{pixels.shape[1]}"
        )
    scaled = ImageOps.fit(Image.fromarray(pixels), (width, height), Image.Resampling.BOX)
    return np.asarray(scaled)
