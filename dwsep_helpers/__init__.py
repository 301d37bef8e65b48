"""Depthwise separable convolution, from 2D convolution to MobileNet: the course's helpers.

Importing the package needs NumPy alone and takes a fraction of a second; what needs
matplotlib, ipywidgets or torch loads where it is used (``from dwsep_helpers import figures``).
"""

from importlib import import_module
from typing import Any

from dwsep_helpers.kernels import (
    conv2d,
    conv_output_size,
    depthwise_conv2d,
    depthwise_separable_conv2d,
    pointwise_conv2d,
)

__version__ = "0.1.0"

__all__ = [
    "__version__",
    "conv2d",
    "conv_output_size",
    "depthwise_conv2d",
    "depthwise_separable_conv2d",
    "look",
    "pointwise_conv2d",
    "predict",
    "recap",
    "reveal",
    "self_test",
    "setup",
]

# What a notebook uses first, and where it lives: loaded when it is asked for.
_LAZY = {
    "look": "dwsep_helpers.session",
    "predict": "dwsep_helpers.predictions",
    "recap": "dwsep_helpers.cards",
    "reveal": "dwsep_helpers.predictions",
    "self_test": "dwsep_helpers.session",
    "setup": "dwsep_helpers.session",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
