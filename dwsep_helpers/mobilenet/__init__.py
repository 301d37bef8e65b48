"""MobileNet in PyTorch, from the paper's table: blocks, networks, checkpoints, folding, training.

`blocks` has the layers, `networks` stacks them, `weights` reads other people's checkpoints,
`folding` takes the batch norms out, `training` is the recipe that unit 05 and its experiment
(`overfitting`) share. With units 06 to 08 it is the part of the course that needs torch.
"""

from dwsep_helpers.mobilenet.blocks import ConvNormReLU6, DepthwiseSeparableConv2d, InvertedResidual
from dwsep_helpers.mobilenet.folding import fold, fold_batch_norm
from dwsep_helpers.mobilenet.networks import (
    SMALL_IMAGES,
    MobileNetV1,
    count_parameters,
    flat,
    mobilenet,
)
from dwsep_helpers.mobilenet.training import confusion_matrix
from dwsep_helpers.mobilenet.weights import load_checkpoint

__all__ = [
    "SMALL_IMAGES",
    "ConvNormReLU6",
    "DepthwiseSeparableConv2d",
    "InvertedResidual",
    "MobileNetV1",
    "confusion_matrix",
    "count_parameters",
    "flat",
    "fold",
    "fold_batch_norm",
    "load_checkpoint",
    "mobilenet",
]
