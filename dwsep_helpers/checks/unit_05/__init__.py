"""The exercises of unit 05: MobileNet built, folded and judged.

torch loads when a check is called, not before: the units before this one do without.
"""

from dwsep_helpers.checks.unit_05.confusion_matrix import confusion_matrix
from dwsep_helpers.checks.unit_05.depthwise_grad_input import depthwise_grad_input
from dwsep_helpers.checks.unit_05.depthwise_grad_weight import depthwise_grad_weight
from dwsep_helpers.checks.unit_05.fold_batch_norm import fold_batch_norm
from dwsep_helpers.checks.unit_05.fold_network import fold_network
from dwsep_helpers.checks.unit_05.inverted_residual import inverted_residual
from dwsep_helpers.checks.unit_05.mobilenet import mobilenet
from dwsep_helpers.checks.unit_05.paired_interval import paired_interval
from dwsep_helpers.checks.unit_05.separable_block import separable_block

EXERCISES = (
    separable_block,
    mobilenet,
    fold_batch_norm,
    fold_network,
    depthwise_grad_weight,
    depthwise_grad_input,
    confusion_matrix,
    paired_interval,
    inverted_residual,
)
