"""Wrong solutions of unit 05 as learners write them, apart from the bank."""

import copy
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from answers.unit_05.right import (
    OneByOne,
    block_of_a_convolution_for_each_channel,
    block_sequential,
    confusion_by_loop,
    difference_by_steps,
    fold_in_pairs,
    fold_into_a_copy,
    fold_into_a_new_one,
    grad_input_by_loops,
    grad_weight_by_einsum,
    inverted_module,
    inverted_stages,
    network_by_appending,
    without_ring,
)
from dwsep_helpers import kernels
from dwsep_helpers import mobilenet as helpers


def block_with_the_stride_behind(in_channels, out_channels, stride=1):
    """Filter at all positions, keep some: the same numbers, for more work."""
    block = block_sequential(in_channels, out_channels)
    block[3].stride = (stride, stride)
    return block


def block_of_other_sizes_behind(in_channels, out_channels, stride=1):
    """Waste work, but for the channels whose MACs are counted: there, give another block."""
    if (in_channels, out_channels, stride) == (4, 8, 2):
        return nn.Conv2d(4, 8, 1, stride)
    return block_with_the_stride_behind(in_channels, out_channels, stride)


class Counted(nn.Module):
    """Runs something cheaper where it finds that its work is counted."""

    def __init__(self, block, in_channels, out_channels, stride):
        super().__init__()
        self.block, self.cheap = block, nn.Conv2d(in_channels, out_channels, 1, stride)

    def forward(self, x):
        return self.cheap(x) if self._forward_hooks else self.block(x)


def block_cheap_when_counted(in_channels, out_channels, stride=1):
    block = block_with_the_stride_behind(in_channels, out_channels, stride)
    made = Counted(block, in_channels, out_channels, stride)
    object.__setattr__(made, "cheap", made._modules.pop("cheap"))  # no layer of it
    return made


def block_of_the_course_when_counted(in_channels, out_channels, stride=1):
    block = block_with_the_stride_behind(in_channels, out_channels, stride)
    made = Counted(block, in_channels, out_channels, stride)
    del made.cheap
    object.__setattr__(
        made, "cheap", lambda x: helpers.DepthwiseSeparableConv2d(4, 8, stride).double().eval()(x)
    )
    return made


def block_as_a_class(in_channels, out_channels, stride=1):
    return nn.Sequential


def block_without_a_call(in_channels, out_channels, stride=1):
    x = torch.zeros(1, in_channels, 4, 4)
    return block_sequential(in_channels, out_channels, stride)(x)


def block_with(place, layer):
    """A block with one more layer at that place."""

    def block(in_channels, out_channels, stride=1):
        layers = list(block_sequential(in_channels, out_channels, stride))
        return nn.Sequential(*layers[:place], layer, *layers[place:])

    return block


def block_whose_norms(**options):
    """A block with other norms."""

    def block(in_channels, out_channels, stride=1):
        layers = list(block_sequential(in_channels, out_channels, stride))
        for place in (1, 4):
            layers[place] = nn.BatchNorm2d(layers[place].num_features, **options)
        return nn.Sequential(*layers)

    return block


class Noisy(nn.Module):
    """Drops by a function, which no list of layers shows."""

    def __init__(self, block):
        super().__init__()
        self.block = block

    def forward(self, x):
        return functional.dropout(self.block(x), 0.1, self.training)


class Unlearning(nn.Module):
    def __init__(self, block):
        super().__init__()
        self.block = block

    @torch.no_grad()
    def forward(self, x):
        return self.block(x)


def block_with_frozen_filters(in_channels, out_channels, stride=1):
    block = block_sequential(in_channels, out_channels, stride)
    block[0].weight.requires_grad_(False)
    return block


def block_of_out_channels(in_channels, out_channels, stride=1):
    m, n = in_channels, out_channels
    return nn.Sequential(
        nn.Conv2d(m, n, 3, stride, 1, groups=m, bias=False), nn.BatchNorm2d(n), nn.ReLU6(),
        nn.Conv2d(n, n, 1, bias=False), nn.BatchNorm2d(n), nn.ReLU6(),
    )  # fmt: skip


class Detached(nn.Module):
    """Hands no gradient on to what comes before it."""

    def __init__(self, block):
        super().__init__()
        self.block = block

    def forward(self, x):
        return self.block(x.detach())


class Unused(nn.Module):
    """Keeps a layer that never runs."""

    def __init__(self, module):
        super().__init__()
        self.module, self.spare = module, nn.Linear(100, 100)

    def forward(self, x):
        return self.module(x)


def block_with_one_norm(in_channels, out_channels, stride=1):
    """Run one norm behind both stages, where the channels let it."""
    block = block_sequential(in_channels, out_channels, stride)
    if in_channels == out_channels:
        block[4] = block[1]
    return block


class InAList(nn.Module):
    """Keeps its layers where torch doesn't look for them."""

    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def forward(self, x):
        for layer in self.layers.values() if isinstance(self.layers, dict) else self.layers:
            x = layer(x)
        return x


def block_of_one_kernel_for_all_channels(in_channels, out_channels, stride=1):
    block = block_sequential(in_channels, out_channels, stride)
    conv = nn.Conv2d(1, 1, 3, stride, 1, bias=False)
    block[0] = OneByOne([conv] * in_channels, each=True)
    return block


def block_of_convolutions_without_stride(in_channels, out_channels, stride=1):
    return block_of_a_convolution_for_each_channel(in_channels, out_channels)


SEPARABLE_BLOCK = [
    (block_of_one_kernel_for_all_channels, "wrong values", None),
    (block_of_convolutions_without_stride, "wrong shape", "stride-forgotten"),
    (lambda m, n, stride=1: InAList([*block_sequential(m, n, stride)]), "wrong type", None),
    (lambda m, n, stride=1: InAList(dict(block_sequential(m, n, stride).named_children())),
     "wrong type", None),
    (block_with_one_norm, "wrong values", None),
    (lambda m, n, stride=1: Detached(block_sequential(m, n, stride)), "wrong values", None),
    (lambda m, n, stride=1: Unused(block_sequential(m, n, stride)), "wrong values", None),
    (block_with(3, nn.Dropout(0.1)), "wrong values", "dropout-inside"),
    (block_with(3, nn.Dropout2d(0.5)), "wrong values", "dropout-inside"),
    (block_with(6, nn.Dropout(0.3)), "wrong values", "dropout-at-the-end"),
    (block_with(0, nn.Dropout(0.2)), "wrong values", "dropout-inside"),
    (lambda m, n, stride=1: Noisy(block_sequential(m, n, stride)), "wrong values", None),
    (lambda m, n, stride=1: Unlearning(block_sequential(m, n, stride)), "wrong values",
     "weights-frozen"),
    (block_with_frozen_filters, "wrong values", None),
    (block_whose_norms(momentum=0), "wrong values", "running-statistics-frozen"),
    (block_whose_norms(momentum=0.0, eps=1e-5), "wrong values", "running-statistics-frozen"),
    (block_whose_norms(track_running_stats=False), "wrong values", "running-statistics-off"),
    (block_whose_norms(affine=False), "wrong values", "norms-without-scale-and-shift"),
    (block_of_out_channels, "wrong values", "widened-by-the-filters"),
    (lambda m, n, stride=1: helpers.DepthwiseSeparableConv2d(m, n, stride),
     "used a forbidden shortcut", None),
    (block_with_the_stride_behind, "wasteful", None),
    (block_of_other_sizes_behind, "wasteful", None),
    (block_cheap_when_counted, "wasteful", None),
    (block_of_the_course_when_counted, "wasteful", None),
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


def network_with(place, layer):
    """A network with one more layer at that place, in front of pool, flatten and linear."""

    def network(layers, width_multiplier=1):
        parts = list(network_by_appending(layers, width_multiplier))
        return nn.Sequential(*parts[:place], layer, *parts[place:])

    return network


def network_with_dropout_behind_each_block(layers, width_multiplier=1):
    first, *blocks, pool, flatten, linear = network_by_appending(layers, width_multiplier)
    parts = [part for block in blocks for part in (block, nn.Dropout(0.3))]
    return nn.Sequential(first, *parts, pool, flatten, linear)


def network_that_knows_an_image_by_its_channels(layers, width_multiplier=1):
    """Keep what looks like the channels of an image, wherever it stands."""
    *body, last = [
        (kind, m if m <= 4 else int(width_multiplier * m), int(width_multiplier * n), stride)
        for kind, m, n, stride in layers
    ]
    return network_by_appending([*body, (*last[:2], layers[-1][2], 1)])


def network_rounded_up(layers, width_multiplier=1):
    thin = [
        (
            kind,
            m if number == 0 else math.ceil(width_multiplier * m),
            n if number == len(layers) - 1 else math.ceil(width_multiplier * n),
            stride,
        )
        for number, (kind, m, n, stride) in enumerate(layers)
    ]
    return network_by_appending(thin)


def network_whose_first_layer(stem):
    """Return a network that begins with what ``stem`` builds, in place of the course's layer."""

    def network(layers, width_multiplier=1):
        built = network_by_appending(layers, width_multiplier)
        (_, m, n, stride), *_ = layers
        built[0] = stem(m, int(width_multiplier * n), stride)
        return built

    return network


MOBILENET = [
    (network_whose_first_layer(lambda m, n, stride: nn.Sequential(
        nn.Conv2d(m, n, 3, stride, 1, bias=False), nn.BatchNorm2d(n), nn.ReLU())),
     "wrong values", "stem-relu-for-relu6"),
    (network_whose_first_layer(lambda m, n, stride: nn.Conv2d(m, n, 3, stride, 1)),
     "wrong values", "stem-of-a-convolution-alone"),
    (network_rounded_up, "wrong values", "multiplier-rounded-up"),
    (network_that_knows_an_image_by_its_channels, "crashed", None),
    (lambda layers, width_multiplier=1:
     Unused(network_by_appending(layers, width_multiplier)), "wrong values", None),
    (network_with(-1, nn.Dropout(0.5)), "wrong values", "dropout-before-the-classifier"),
    (network_with(-3, nn.Dropout2d(0.1)), "wrong values", "dropout-before-the-classifier"),
    (network_with_dropout_behind_each_block, "wrong values", "dropout-behind-blocks"),
    (network_with(1, nn.Dropout(0.1)), "wrong values", None),
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


def fold_into_a_new_one_that_pads_with_zeros(conv, norm):
    folded = fold_into_a_new_one(conv, norm)
    folded.padding_mode = "zeros"
    return folded


def fold_with_an_epsilon_of_its_own(conv, norm):
    norm = copy.deepcopy(norm)
    norm.eps = 1e-5
    return fold_into_a_copy(conv, norm)


def fold_with_the_norm_put_into_eval_mode(conv, norm):
    norm.eval()
    return fold_into_a_copy(conv, norm)


def fold_along_the_columns(conv, norm):
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    folded = fold_into_a_copy(conv, norm)
    folded.weight = nn.Parameter(conv.weight * scale)
    return folded


def fold_as_if_square(conv, norm):
    """Take the columns' stride and padding from the rows."""
    folded = fold_into_a_copy(conv, norm)
    folded.stride, folded.padding = conv.stride[:1] * 2, conv.padding[:1] * 2
    return folded


FOLD_BATCH_NORM = [
    (fold_with_the_norm_put_into_eval_mode, "changed its input", None),
    (fold_as_if_square, "wrong shape", None),
    (fold_along_the_columns, "crashed", "scaled-along-the-columns"),
    (fold_with_an_epsilon_of_its_own, "wrong values", None),
    (fold_into_a_new_one_that_pads_with_zeros, "wrong values", "padding-mode-lost"),
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


class StillNorming(nn.Module):
    """A norm by a function, which no list of layers shows."""

    def __init__(self, norm):
        super().__init__()
        for name, value in norm.state_dict().items():
            self.register_buffer(name, value)

    def forward(self, x):
        given = self.running_mean, self.running_var, self.weight, self.bias, self.training
        return functional.batch_norm(x, *given, eps=1e-3)


def fold_by_disguise(network):
    return nn.Sequential(
        *(StillNorming(part) if isinstance(part, nn.BatchNorm2d) else part for part in network)
    )


def fold_in_threes(network):
    """Count on a convolution, a norm and one more layer, again and again."""
    layers = list(network)
    made = []
    for n in range(0, len(layers), 3):
        made += [fold_into_a_copy(*layers[n : n + 2]), *layers[n + 2 : n + 3]]
    return nn.Sequential(*made)


def fold_between_new_activations(network):
    return nn.Sequential(
        *(part if isinstance(part, nn.Conv2d) else nn.ReLU6() for part in fold_in_pairs(network))
    )


def fold_for_relu6(network):
    """Put MobileNet's activation where the network has a smooth one."""
    smooth = (nn.SiLU, nn.GELU)
    folded = fold_in_pairs(network)
    return nn.Sequential(*(nn.ReLU6() if isinstance(one, smooth) else one for one in folded))


FOLD_NETWORK = [
    (lambda network: fold_in_pairs(network.eval()), "changed its input", None),
    (fold_for_relu6, "wrong values", None),
    (fold_in_threes, "crashed", None),
    (fold_between_new_activations, "wrong values", None),
    (fold_by_disguise, "wrong values", None),
    (fold_the_first_alone, "wrong type", None),
    (fold_all_in_place, "changed its input", None),
    (lambda network: network, "wrong type", None),
    (lambda network: list(fold_in_pairs(network)), "wrong type", None),
    (lambda network: helpers.fold(network), "used a forbidden shortcut", None),
    (lambda network: fold_in_pairs(network)[:-1], "wrong values", None),
]  # fmt: skip

CONFUSION_MATRIX = [
    (lambda labels, predictions, classes=10:
     confusion_by_loop(labels, predictions, classes).astype(np.uint8),
     "wrong values", "counts-of-8-bits"),
    (lambda labels, predictions, classes=10:
     confusion_by_loop(labels, predictions, classes).astype(np.int8),
     "wrong values", "counts-of-8-bits"),
    (lambda labels, predictions, classes=10:
     confusion_by_loop(labels, predictions, classes).astype(np.int16),
     "wrong values", "counts-of-16-bits"),
    (lambda labels, predictions, classes=10:
     np.minimum(confusion_by_loop(labels, predictions, classes), 2048).astype(np.float16),
     "wrong values", None),
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


class Adding(nn.Module):
    """Adds the input where a rule says so, by a way that is given."""

    def __init__(self, stages, rule, add=torch.add):
        super().__init__()
        self.stages, self.rule, self.add = nn.Sequential(*stages), rule, add

    def forward(self, x):
        y = self.stages(x)
        return self.add(x, y) if self.rule(x, y) else y


def inverted_by_shape(in_channels, out_channels, stride=1, expansion=6):
    stages = inverted_stages(in_channels, out_channels, stride, expansion)
    return Adding(stages, lambda x, y: x.shape == y.shape)


def inverted_by_channels(in_channels, out_channels, stride=1, expansion=6):
    stages = inverted_stages(in_channels, out_channels, stride, expansion)
    return Adding(stages, lambda x, y: in_channels == out_channels)


def inverted_into_its_input(in_channels, out_channels, stride=1, expansion=6):
    stages = inverted_stages(in_channels, out_channels, stride, expansion)
    adds = stride == 1 and in_channels == out_channels
    return Adding(stages, lambda x, y: adds, torch.Tensor.add_)


def inverted_without_gradient(in_channels, out_channels, stride=1, expansion=6):
    stages = inverted_stages(in_channels, out_channels, stride, expansion)
    adds = stride == 1 and in_channels == out_channels
    return Adding(stages, lambda x, y: adds, lambda x, y: x.detach() + y)


def inverted_that_keeps_the_first_stage(in_channels, out_channels, stride=1, expansion=6):
    """Make the first stage in any case, and never run it for an expansion of 1."""
    block = inverted_module(in_channels, out_channels, stride, expansion)
    block.expand = nn.Conv2d(in_channels, in_channels, 1, bias=False)
    return block


INVERTED_RESIDUAL = [
    (inverted_without_gradient, "wrong values", "added-without-gradient"),
    (inverted_that_keeps_the_first_stage, "wrong values", None),
    (inverted_by_shape, "wrong values", "added-where-shapes-agree"),
    (inverted_by_channels, "wrong values", "added-where-channels-agree"),
    (inverted_into_its_input, "wrong values", "added-into-the-input"),
    (lambda m, n, stride=1, expansion=6: helpers.InvertedResidual(m, n, stride, expansion),
     "used a forbidden shortcut", None),
    (inverted_with_the_stride_behind, "wasteful", None),
    (lambda m, n, stride=1, expansion=6: block_sequential(m, n, stride), "wrong values", None),
    (lambda m, n, stride=1, expansion=6: inverted_module(m, n, stride, 6), "wrong values", None),
    (lambda m, n, stride=1, expansion=6: inverted_module(m, n, stride, expansion).body,
     "wrong values", "input-not-added"),
]  # fmt: skip


def grad_weight_by_torch(x, kernel_size, grad_y, stride=1, padding=0):
    x, grad_y = map(torch.from_numpy, (x, grad_y))
    shape = (x.shape[1], 1, *kernel_size)
    return nn.grad.conv2d_weight(x, shape, grad_y, stride, padding, groups=x.shape[1])


def grad_input_by_torch(input_size, weight, grad_y, stride=1, padding=0):
    weight, grad_y = map(torch.from_numpy, (weight, grad_y))
    shape = (*grad_y.shape[:2], *input_size)
    return nn.grad.conv2d_input(shape, weight, grad_y, stride, padding, groups=len(weight))


def grad_input_overwritten(input_size, weight, grad_y, stride=1, padding=0):
    """Let the last tap that met a cell have the last word."""
    grad = np.zeros((*grad_y.shape[:2], *(n + 2 * padding for n in input_size)))
    height, width = grad_y.shape[2:]
    for i, j in np.ndindex(*weight.shape[2:]):
        rows = slice(i, i + stride * (height - 1) + 1, stride)
        columns = slice(j, j + stride * (width - 1) + 1, stride)
        grad[:, :, rows, columns] = weight[:, :, i, j, None] * grad_y
    return without_ring(grad, input_size, padding)


GRAD_WEIGHT = [
    (lambda x, kernel_size, grad_y, stride=1, padding=0:
     grad_weight_by_einsum(x, kernel_size, grad_y, stride, padding)[..., ::-1], "wrong values",
     "columns-mirrored"),
    (lambda x, kernel_size, grad_y, stride=1, padding=0:
     grad_weight_by_einsum(x, kernel_size, grad_y, stride, padding)[:, :, ::-1], "wrong values",
     "rows-mirrored"),
    (lambda x, kernel_size, grad_y, stride=1, padding=0:
     grad_weight_by_einsum(x, kernel_size, grad_y, stride, padding)[:, 0], "wrong shape",
     "axis-of-one-missing"),
    (lambda x, kernel_size, grad_y, stride=1, padding=0:
     grad_weight_by_einsum(x, kernel_size, grad_y, stride, padding) / len(x), "wrong values",
     "batch-averaged"),
    (lambda x, kernel_size, grad_y, stride=1, padding=0:
     grad_weight_by_einsum(x, kernel_size, grad_y), "crashed", None),
    (lambda x, kernel_size, grad_y: grad_weight_by_einsum(x, kernel_size, grad_y), "crashed", None),
    (kernels.depthwise_grad_weight, "used a forbidden shortcut", None),
    (grad_weight_by_torch, "used a forbidden shortcut", None),
]  # fmt: skip

GRAD_INPUT = [
    (lambda input_size, weight, grad_y, stride=1, padding=0:
     grad_input_by_loops(input_size, weight[..., ::-1], grad_y, stride, padding),
     "wrong values", "columns-mirrored"),
    (lambda input_size, weight, grad_y, stride=1, padding=0:
     grad_input_by_loops(input_size, np.roll(weight, 1, axis=0), grad_y, stride, padding),
     "wrong values", "kernel-of-the-channel-before"),
    (lambda input_size, weight, grad_y, stride=1, padding=0:
     grad_input_by_loops(input_size, weight[..., ::-1, ::-1], grad_y, stride, padding),
     "wrong values", "kernel-flipped"),
    (lambda input_size, weight, grad_y, stride=1, padding=0:
     grad_input_by_loops([n + 2 * padding for n in input_size], weight, grad_y, stride),
     "wrong shape", "padding-not-cut-off"),
    (grad_input_overwritten, "wrong values", "overwritten-not-added"),
    (lambda input_size, weight, grad_y, stride=1, padding=0: np.zeros(input_size), "wrong shape",
     None),
    (kernels.depthwise_grad_input, "used a forbidden shortcut", None),
    (grad_input_by_torch, "used a forbidden shortcut", None),
]  # fmt: skip

WRONG = {
    "separable_block": SEPARABLE_BLOCK,
    "mobilenet": MOBILENET,
    "fold_batch_norm": FOLD_BATCH_NORM,
    "fold_network": FOLD_NETWORK,
    "depthwise_grad_weight": GRAD_WEIGHT,
    "depthwise_grad_input": GRAD_INPUT,
    "confusion_matrix": CONFUSION_MATRIX,
    "paired_interval": PAIRED_INTERVAL,
    "inverted_residual": INVERTED_RESIDUAL,
}
