"""Wrong solutions of unit 05 as learners write them, apart from the bank."""

import copy

import numpy as np
import torch
from torch import nn

from answers.unit_05.right import (
    block_sequential,
    confusion_by_loop,
    difference_by_steps,
    fold_in_pairs,
    fold_into_a_copy,
    inverted_module,
    network_by_appending,
)
from dwsep_helpers import mobilenet as helpers


def block_with_the_stride_behind(in_channels, out_channels, stride=1):
    """Filter at all positions, keep some: the same numbers, for more work."""
    block = block_sequential(in_channels, out_channels)
    block[3].stride = (stride, stride)
    return block


def block_as_a_class(in_channels, out_channels, stride=1):
    return nn.Sequential


def block_without_a_call(in_channels, out_channels, stride=1):
    x = torch.zeros(1, in_channels, 4, 4)
    return block_sequential(in_channels, out_channels, stride)(x)


SEPARABLE_BLOCK = [
    (lambda m, n, stride=1: helpers.DepthwiseSeparableConv2d(m, n, stride),
     "used a forbidden shortcut", None),
    (block_with_the_stride_behind, "wasteful", None),
    (block_as_a_class, "wrong type", None),
    (block_without_a_call, "wrong type", None),
    (lambda m, n, stride=1: list(block_sequential(m, n, stride)), "wrong type", None),
    (lambda m, n, stride=1: None, "not attempted", None),
    (lambda m, n: block_sequential(m, n), "crashed", None),
    (lambda m, n, stride=1: block_sequential(n, m, stride), "crashed", None),
    (lambda m, n, stride=1: block_sequential(m, n, stride)[:3], "wrong shape", None),
    (lambda m, n, stride=1: nn.Sequential(nn.Conv2d(m, n, 3, stride, 1, bias=False),
                                          nn.BatchNorm2d(n), nn.ReLU6()), "wrong values", None),
]  # fmt: skip


def network_of_the_helper(layers, width_multiplier=1):
    return helpers.MobileNetV1(layers[-1][2], width_multiplier, layers=layers)


def network_that_ends_early(layers, width_multiplier=1):
    return network_by_appending(layers, width_multiplier)[:-1]


def network_that_thins_the_image(layers, width_multiplier=1):
    thin = [(kind, int(m * width_multiplier), int(n * width_multiplier), stride)
            for kind, m, n, stride in layers]  # fmt: skip
    return network_by_appending(thin)


MOBILENET = [
    (network_of_the_helper, "used a forbidden shortcut", None),
    (network_that_ends_early, "wrong shape", None),
    (network_that_thins_the_image, "crashed", None),
    (lambda layers, width_multiplier=1: [block_sequential(3, 4)], "wrong type", None),
    (lambda layers: network_by_appending(layers), "crashed", None),
    (lambda layers, width_multiplier=1: nn.Sequential(), "wrong shape", None),
]  # fmt: skip


def fold_in_place(conv, norm):
    folded = fold_into_a_copy(conv, norm)
    conv.weight, conv.bias = folded.weight, folded.bias
    return conv


def fold_as_a_chain(conv, norm):
    return nn.Sequential(conv, norm)


FOLD_BATCH_NORM = [
    (fold_in_place, "changed its input", None),
    (fold_as_a_chain, "wrong type", None),
    (lambda conv, norm: helpers.fold_batch_norm(conv, norm), "used a forbidden shortcut", None),
    (lambda conv, norm: torch.nn.utils.fusion.fuse_conv_bn_eval(
        copy.deepcopy(conv).eval(), copy.deepcopy(norm).eval()),
     "used a forbidden shortcut", None),
    (lambda conv, norm: (conv.weight, conv.bias), "wrong type", None),
    (lambda conv, norm: fold_into_a_copy(norm, conv), "crashed", None),
    (lambda conv, norm: fold_into_a_copy(conv, norm).weight, "wrong type", None),
]  # fmt: skip


def fold_the_first_alone(network):
    return nn.Sequential(fold_into_a_copy(network[0], network[1]), *network[2:])


def fold_all_in_place(network):
    for n in range(len(network) - 1):
        if isinstance(network[n + 1], nn.BatchNorm2d):
            network[n] = fold_into_a_copy(network[n], network[n + 1])
            network[n + 1] = nn.Identity()
    return network


FOLD_NETWORK = [
    (fold_the_first_alone, "wrong type", None),
    (fold_all_in_place, "changed its input", None),
    (lambda network: network, "wrong type", None),
    (lambda network: list(fold_in_pairs(network)), "wrong type", None),
    (lambda network: helpers.fold(network), "used a forbidden shortcut", None),
    (lambda network: fold_in_pairs(network)[:-1], "wrong values", None),
]  # fmt: skip

CONFUSION_MATRIX = [
    (lambda labels, predictions, classes=10: float(np.mean(labels == predictions)),
     "wrong shape", None),
    (lambda labels, predictions, classes=10: confusion_by_loop(labels, predictions, 10),
     "wrong shape", "always-ten"),
    (lambda labels, predictions, classes=10: np.bincount(labels * classes + predictions),
     "wrong shape", None),
    (lambda labels, predictions, classes=10:
     {(0, 0): int((labels == predictions).sum())}, "wrong type", None),
    (lambda labels, predictions, classes=10:
     confusion_by_loop(np.roll(labels, 1), predictions, classes), "wrong values", None),
]  # fmt: skip

PAIRED_INTERVAL = [
    (lambda one, two, t: float(np.mean(one - two)), "wrong shape", None),
    (lambda one, two, t: difference_by_steps(one, two, t)[1:], "wrong shape", None),
    (lambda one, two, t: np.abs(difference_by_steps(one, two, t)), "wrong values", None),
    (lambda one, two, t: np.round(difference_by_steps(one, two, t), 2), "wrong values", None),
    (lambda one, two, t: np.maximum(difference_by_steps(one, two, t), 0), "wrong values", None),
    (lambda one, two: difference_by_steps(one, two, 2), "crashed", None),
]  # fmt: skip


def inverted_with_the_stride_behind(in_channels, out_channels, stride=1, expansion=6):
    block = inverted_module(in_channels, out_channels, stride, expansion)
    block.body[-5].stride, block.body[-2].stride = (1, 1), (stride, stride)
    return block


INVERTED_RESIDUAL = [
    (lambda m, n, stride=1, expansion=6: helpers.InvertedResidual(m, n, stride, expansion),
     "used a forbidden shortcut", None),
    (inverted_with_the_stride_behind, "wasteful", None),
    (lambda m, n, stride=1, expansion=6: block_sequential(m, n, stride), "wrong values", None),
    (lambda m, n, stride=1, expansion=6: inverted_module(m, n, stride, 6), "wrong values", None),
    (lambda m, n, stride=1, expansion=6: inverted_module(m, n, stride, expansion).body,
     "wrong values", "input-not-added"),
]  # fmt: skip

WRONG = {
    "separable_block": SEPARABLE_BLOCK,
    "mobilenet": MOBILENET,
    "fold_batch_norm": FOLD_BATCH_NORM,
    "fold_network": FOLD_NETWORK,
    "confusion_matrix": CONFUSION_MATRIX,
    "paired_interval": PAIRED_INTERVAL,
    "inverted_residual": INVERTED_RESIDUAL,
}
