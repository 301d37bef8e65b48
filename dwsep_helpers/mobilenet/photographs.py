"""Photographs that installed packages carry, and squares cut out of them at random.

Nothing is downloaded, and no code of those packages runs: their files are found and read.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from dwsep_helpers.mobilenet.pretrained import prepare

if TYPE_CHECKING:
    from PIL.Image import Image

_FILES: Final = {
    "china": ("sklearn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
    "grace_hopper": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
    "astronaut": ("skimage", "data/astronaut.png"),
    "chelsea": ("skimage", "data/chelsea.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "motorcycle": ("skimage", "data/motorcycle_left.png"),
    "rocket": ("skimage", "data/rocket.jpg"),
}
"""Package and file of each. The packages tell who took it and under which licence; three come with
what the course needs, five with scikit-image."""

_CALLED: Final = {
    "sklearn": "scikit-learn",
    "matplotlib": "matplotlib",
    "skimage": "scikit-image",
}

NAMES: Final = tuple(_FILES)
SMALLEST: Final = 0.45  # side of a square, of the photograph's shorter side


def photographs(*names: str) -> dict[str, Image]:
    """Return photographs by name, in RGB.

    Parameters
    ----------
    *names : str
        Of :data:`NAMES`; all whose package is installed, if none is named.

    Raises
    ------
    ValueError
        If there is none of a name.
    ModuleNotFoundError
        If a package that carries one that is named isn't installed.

    Examples
    --------
    >>> photographs("china", "grace_hopper")["china"].size
    (640, 427)
    """
    from PIL import Image

    if unknown := [name for name in names if name not in _FILES]:
        raise ValueError(f"name is {unknown[0]!r}, and the photographs are {', '.join(NAMES)}")
    found = {}
    for name in names or NAMES:
        package, file = _FILES[name]
        spec = find_spec(package)
        if spec is not None and spec.submodule_search_locations:
            path = Path(spec.submodule_search_locations[0], file)
            found[name] = Image.open(path).convert("RGB")
        elif names:
            raise ModuleNotFoundError(f"{name} is in {_CALLED[package]}, which isn't installed")
    return found


def squares(images: dict[str, Image], each: int, seed: int = 0) -> np.ndarray:
    """Cut squares out of photographs at random, as the pretrained network takes images.

    Parameters
    ----------
    images : dict of str to PIL image
    each : int
        Squares of each photograph.
    seed : int

    Returns
    -------
    ndarray, shape (photographs · each, 3, 224, 224), float32

    Raises
    ------
    ValueError
        If there is no photograph, or no square is asked for.

    Examples
    --------
    >>> squares(photographs("flower"), each=2).shape
    (2, 3, 224, 224)
    """
    if not images or each < 1:
        raise ValueError(f"images has {len(images)} and each is {each}; both should be 1 or more")
    rng = np.random.default_rng(seed)
    found = []
    for image in images.values():
        for _ in range(each):
            side = int(min(image.size) * rng.uniform(SMALLEST, 1))
            left, top = (int(rng.integers(0, size - side + 1)) for size in image.size)
            found.append(prepare(image.crop((left, top, left + side, top + side))))
    return np.concatenate(found)
