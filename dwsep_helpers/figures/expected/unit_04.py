"""Unit 04's expected pictures."""

from collections.abc import Callable
from typing import Final

from dwsep_helpers.cost import reduction_ratio
from dwsep_helpers.figures.picture import Picture
from dwsep_helpers.figures.ratios import reduction_contours

PICTURES: Final[dict[str, Callable[[], Picture]]] = {
    "reduction_contours": lambda: reduction_contours(reduction_ratio),
}
