"""The course's figures: each draws the very numbers it is given, and carries alternative text.

Every function returns a :class:`~dwsep_helpers.figures.picture.Picture`, which shows itself as
the last line of a cell. matplotlib loads with the first one that is drawn.
"""

# "as" says that a name is for others to use.
from dwsep_helpers.figures.approximations import approximation as approximation
from dwsep_helpers.figures.blocks import shapes as shapes
from dwsep_helpers.figures.charts import bars as bars
from dwsep_helpers.figures.charts import dots as dots
from dwsep_helpers.figures.class_phones import devices as devices
from dwsep_helpers.figures.classifications import classified as classified
from dwsep_helpers.figures.classifications import confusion as confusion
from dwsep_helpers.figures.codes import qr_code as qr_code
from dwsep_helpers.figures.colours import channels_filtered as channels_filtered
from dwsep_helpers.figures.colours import channels_mixed as channels_mixed
from dwsep_helpers.figures.colours import colour_matrix as colour_matrix
from dwsep_helpers.figures.costs import cost_by_layer as cost_by_layer
from dwsep_helpers.figures.costs import parts as parts
from dwsep_helpers.figures.costs import shares as shares
from dwsep_helpers.figures.course import course_picture as course_picture
from dwsep_helpers.figures.differences import compare as compare
from dwsep_helpers.figures.eight_bits import kept_by_layer as kept_by_layer
from dwsep_helpers.figures.eight_bits import memory_by_step as memory_by_step
from dwsep_helpers.figures.experiments import paired_differences as paired_differences
from dwsep_helpers.figures.experiments import paired_runs as paired_runs
from dwsep_helpers.figures.flips import correlation_vs_convolution as correlation_vs_convolution
from dwsep_helpers.figures.flips import kernel_flipped as kernel_flipped
from dwsep_helpers.figures.grids import sliding_window as sliding_window
from dwsep_helpers.figures.influences import influence as influence
from dwsep_helpers.figures.levels import levels_used as levels_used
from dwsep_helpers.figures.maps import channels_summed as channels_summed
from dwsep_helpers.figures.maps import filter_bank as filter_bank
from dwsep_helpers.figures.maps import kernel_gallery as kernel_gallery
from dwsep_helpers.figures.networks import network as network
from dwsep_helpers.figures.picture import Picture as Picture
from dwsep_helpers.figures.printed import printed_numbers as printed_numbers
from dwsep_helpers.figures.ratios import reduction_contours as reduction_contours
from dwsep_helpers.figures.recognitions import keepsake as keepsake
from dwsep_helpers.figures.recognitions import maps_filtered as maps_filtered
from dwsep_helpers.figures.recognitions import trained_kernels as trained_kernels
from dwsep_helpers.figures.recognitions import verdict as verdict
from dwsep_helpers.figures.ridges import npu_systems as npu_systems
from dwsep_helpers.figures.ridges import ridge_sweep as ridge_sweep
from dwsep_helpers.figures.rooflines import roofline as roofline
from dwsep_helpers.figures.slices import rank_one_slices as rank_one_slices
from dwsep_helpers.figures.trainings import losses as losses
