"""The exercises of unit 08: a trained network, on the learner's own layers."""

from dwsep_helpers.checks.unit_08.bottleneck import bottleneck
from dwsep_helpers.checks.unit_08.fold_norm import fold_norm
from dwsep_helpers.checks.unit_08.mobilenet_v2 import mobilenet_v2
from dwsep_helpers.checks.unit_08.same_padding import same_padding
from dwsep_helpers.checks.unit_08.top_classes import top_classes

EXERCISES = (same_padding, bottleneck, fold_norm, mobilenet_v2, top_classes)
