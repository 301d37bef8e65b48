"""The course's figures: each draws the very numbers it is given, and carries alternative text.

Every function returns a :class:`~dwsep_helpers.figures.picture.Picture`, which shows itself as
the last line of a cell. matplotlib loads with the first one that is drawn.
"""

from dwsep_helpers.figures.approximations import approximation
from dwsep_helpers.figures.blocks import shapes
from dwsep_helpers.figures.charts import bars
from dwsep_helpers.figures.classifications import classified, confusion
from dwsep_helpers.figures.colours import channels_filtered, channels_mixed
from dwsep_helpers.figures.cost_explorer import explore_cost
from dwsep_helpers.figures.costs import cost_by_layer, parts, shares
from dwsep_helpers.figures.course import course_picture
from dwsep_helpers.figures.differences import compare
from dwsep_helpers.figures.experiments import generalization
from dwsep_helpers.figures.explorers import (
    explore_depthwise,
    explore_pointwise,
    explore_sliding_window,
)
from dwsep_helpers.figures.flips import correlation_vs_convolution, kernel_flipped
from dwsep_helpers.figures.grids import sliding_window, sliding_window_animation
from dwsep_helpers.figures.influences import influence
from dwsep_helpers.figures.layers import layer, layer_animation
from dwsep_helpers.figures.levels import levels_used
from dwsep_helpers.figures.maps import channels_summed, filter_bank, kernel_gallery
from dwsep_helpers.figures.matrices import colour_matrix
from dwsep_helpers.figures.picture import Picture
from dwsep_helpers.figures.ratios import reduction_contours
from dwsep_helpers.figures.rooflines import roofline
from dwsep_helpers.figures.ruler import output_size
from dwsep_helpers.figures.slices import rank_one_slices
from dwsep_helpers.figures.sliders import Explorer
from dwsep_helpers.figures.weights import learned

__all__ = [
    "Explorer",
    "Picture",
    "approximation",
    "bars",
    "channels_filtered",
    "channels_mixed",
    "channels_summed",
    "classified",
    "colour_matrix",
    "compare",
    "confusion",
    "correlation_vs_convolution",
    "cost_by_layer",
    "course_picture",
    "explore_cost",
    "explore_depthwise",
    "explore_pointwise",
    "explore_sliding_window",
    "filter_bank",
    "generalization",
    "influence",
    "kernel_flipped",
    "kernel_gallery",
    "layer",
    "layer_animation",
    "learned",
    "levels_used",
    "output_size",
    "parts",
    "rank_one_slices",
    "reduction_contours",
    "roofline",
    "shapes",
    "shares",
    "sliding_window",
    "sliding_window_animation",
]
