"""Classes of matplotlib and Pillow, for annotations: both load with the first picture, not here."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text
    from PIL.Image import Image
else:
    Axes = Figure = Image = Text = Any

__all__ = ["Axes", "Figure", "Image", "Text"]
