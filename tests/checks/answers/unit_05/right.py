"""Right solutions of unit 05 in many styles: each of them has to pass."""

import copy
import math
from collections import Counter, OrderedDict
from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch
from scipy import stats
from sklearn import metrics
from torch import nn
from torch.nn import functional

from dwsep_helpers import mobilenet as helpers


def styles(*functions):
    return {f.__name__: f for f in functions}


# Exercise 5.1, separable_block.


def block_sequential(in_channels, out_channels, stride=1):
    return nn.Sequential(
        nn.Conv2d(
            in_channels, in_channels, 3, stride=stride, padding=1, groups=in_channels, bias=False
        ),
        nn.BatchNorm2d(in_channels),
        nn.ReLU6(),
        nn.Conv2d(in_channels, out_channels, 1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU6(),
    )


class Block(nn.Module):
    """The later stage is made first, and activations are functions."""

    def __init__(self, m, n, stride):
        super().__init__()
        self.norm_2 = nn.BatchNorm2d(n)
        self.pointwise = nn.Conv2d(m, n, kernel_size=(1, 1), bias=False)
        self.norm_1 = nn.BatchNorm2d(m)
        self.depthwise = nn.Conv2d(m, m, (3, 3), (stride, stride), (1, 1), groups=m, bias=False)

    def forward(self, x):
        x = functional.relu6(self.norm_1(self.depthwise(x)))
        return functional.relu6(self.norm_2(self.pointwise(x)))


def block_module(in_channels, out_channels, stride=1):
    return Block(in_channels, out_channels, stride)


def block_ordered(in_channels, out_channels, stride=1):
    return nn.Sequential(OrderedDict(block_sequential(in_channels, out_channels, stride)._modules))


def block_nested(in_channels, out_channels, stride=1):
    def stage(conv):
        return nn.Sequential(conv, nn.BatchNorm2d(conv.out_channels), nn.ReLU6(inplace=True))

    m = in_channels
    return nn.Sequential(
        stage(nn.Conv2d(m, m, 3, stride, 1, groups=m, bias=False)),
        stage(nn.Conv2d(m, out_channels, 1, bias=False)),
    )


def block_by_appending(in_channels, out_channels, stride=1):
    block = nn.Sequential()
    for n, kernel, step, groups in ((in_channels, 3, stride, in_channels), (out_channels, 1, 1, 1)):
        conv = nn.Conv2d(in_channels, n, kernel, step, kernel // 2, groups=groups, bias=False)
        block.extend([conv, nn.BatchNorm2d(n), nn.Hardtanh(0, 6)])
    return block


def block_zero_padded(in_channels, out_channels, stride=1):
    m, n = in_channels, out_channels
    return nn.Sequential(
        nn.ZeroPad2d(1),
        nn.Conv2d(m, m, 3, stride, groups=m, bias=False),
        nn.BatchNorm2d(m, eps=1e-5),
        nn.ReLU6(),
        nn.Conv2d(m, n, 1, 1, 0, bias=False),
        nn.BatchNorm2d(n, momentum=0.01),
        nn.ReLU6(),
    )


class Clamped(nn.Module):
    def __init__(self, conv):
        super().__init__()
        self.conv, self.norm = conv, nn.BatchNorm2d(conv.out_channels)

    def forward(self, x):
        return self.norm(self.conv(x)).clamp(min=0, max=6)


def block_clamped(in_channels, out_channels, stride=1):
    depthwise = nn.Conv2d(in_channels, in_channels, 3, stride, 1, 1, groups=in_channels, bias=False)
    return nn.Sequential(
        Clamped(depthwise), Clamped(nn.Conv2d(in_channels, out_channels, 1, bias=False))
    )


def block_lazy(in_channels, out_channels, stride=1):
    return nn.Sequential(
        nn.LazyConv2d(in_channels, 3, stride, padding=1, groups=in_channels, bias=False),
        nn.LazyBatchNorm2d(),
        nn.ReLU6(),
        nn.LazyConv2d(out_channels, 1, bias=False),
        nn.LazyBatchNorm2d(),
        nn.ReLU6(),
    )


def block_of_double_precision(in_channels, out_channels, stride=1):
    return block_sequential(in_channels, out_channels, stride).double().train()


class BareBlock(nn.Module):
    """Holds filters, and no convolutions."""

    def __init__(self, m, n, stride):
        super().__init__()
        self.filters = nn.Parameter(torch.empty(m, 1, 3, 3))
        self.mixing = nn.Parameter(torch.empty(n, m, 1, 1))
        nn.init.kaiming_uniform_(self.filters)
        nn.init.kaiming_uniform_(self.mixing)
        self.norm_1, self.norm_2, self.stride = nn.BatchNorm2d(m), nn.BatchNorm2d(n), stride

    def forward(self, x):
        x = functional.conv2d(x, self.filters, stride=self.stride, padding=1, groups=x.shape[1])
        x = functional.relu6(self.norm_1(x))
        return functional.relu6(self.norm_2(functional.conv2d(x, self.mixing)))


def block_of_bare_parameters(in_channels, out_channels, stride=1):
    return BareBlock(in_channels, out_channels, stride)


class Norm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gamma, self.beta = (nn.Parameter(v * torch.ones(channels)) for v in (1, 0))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, x):
        statistics = self.mean, self.variance
        return functional.batch_norm(x, *statistics, self.gamma, self.beta, self.training)


def block_of_own_norms(in_channels, out_channels, stride=1):
    depthwise, _, relu_1, pointwise, _, relu_2 = block_sequential(in_channels, out_channels, stride)
    norms = Norm(in_channels), Norm(out_channels)
    return nn.Sequential(depthwise, norms[0], relu_1, pointwise, norms[1], relu_2)


class ByFunctions(Block):
    """Hands the weights of its layers to functions; the layers are never called."""

    def forward(self, x):
        x = functional.conv2d(
            x, self.depthwise.weight, None, self.depthwise.stride, 1, 1, len(x[0])
        )
        x = functional.relu6(self.norm_1(x.to(self.pointwise.weight.dtype)))
        x = torch.einsum("nchw,oc->nohw", x, self.pointwise.weight[:, :, 0, 0])
        return functional.relu6(self.norm_2(x))


def block_by_functions(in_channels, out_channels, stride=1):
    return ByFunctions(in_channels, out_channels, stride)


class Framed(nn.Module):
    """Puts images into zeros, which are of float32."""

    def forward(self, x):
        n, c, h, w = x.shape
        framed = torch.zeros(n, c, h + 2, w + 2)
        framed[:, :, 1:-1, 1:-1] = x
        return framed


def block_framed(in_channels, out_channels, stride=1):
    return nn.Sequential(Framed(), *block_zero_padded(in_channels, out_channels, stride)[1:])


class Single(nn.Sequential):
    def forward(self, x):
        return super().forward(x.float()).to(torch.float32)


def block_of_single_precision(in_channels, out_channels, stride=1):
    return Single(*block_sequential(in_channels, out_channels, stride))


def block_of_layers_from_outside(in_channels, out_channels, stride=1):
    """Call layers by their name outside of the class: ``self.`` was forgotten."""
    stages = block_sequential(in_channels, out_channels, stride)

    class Outside(nn.Module):
        def __init__(self):
            super().__init__()
            self.stages = stages

        def forward(self, x):
            return stages(x)

    return Outside()


class WithALambda(Block):
    """Keeps a function that knows the module it is part of."""

    def __init__(self, m, n, stride):
        super().__init__(m, n, stride)
        self.filtered = lambda x: functional.relu6(self.norm_1(self.depthwise(x)))

    def forward(self, x):
        return functional.relu6(self.norm_2(self.pointwise(self.filtered(x))))


def block_with_a_lambda(in_channels, out_channels, stride=1):
    return WithALambda(in_channels, out_channels, stride)


class OneByOne(nn.Module):
    """A convolution for each channel, or for each filter, one after the other."""

    def __init__(self, convolutions, each):
        super().__init__()
        self.convolutions, self.each = nn.ModuleList(convolutions), each

    def forward(self, x):
        inputs = x.split(1, 1) if self.each else [x] * len(self.convolutions)
        return torch.cat(
            [conv(one) for conv, one in zip(self.convolutions, inputs, strict=True)], 1
        )


def block_of_a_convolution_for_each_channel(in_channels, out_channels, stride=1):
    block = block_sequential(in_channels, out_channels, stride)
    layers = (nn.Conv2d(1, 1, 3, stride, 1, bias=False) for _ in range(in_channels))
    block[0] = OneByOne(layers, each=True)
    return block


def block_of_a_convolution_for_each_filter(in_channels, out_channels, stride=1):
    block = block_sequential(in_channels, out_channels, stride)
    layers = (nn.Conv2d(in_channels, 1, 1, bias=False) for _ in range(out_channels))
    block[3] = OneByOne(layers, each=False)
    return block


SEPARABLE_BLOCK = styles(
    block_of_a_convolution_for_each_channel,
    block_of_a_convolution_for_each_filter,
    block_of_layers_from_outside,
    block_with_a_lambda,
    block_of_bare_parameters,
    block_of_own_norms,
    block_by_functions,
    block_framed,
    block_of_single_precision,
    block_sequential,
    block_module,
    block_ordered,
    block_nested,
    block_by_appending,
    block_zero_padded,
    block_clamped,
    block_lazy,
    block_of_double_precision,
)


# Exercise 5.2, mobilenet.


def stem(m, n, stride):
    return nn.Sequential(nn.Conv2d(m, n, 3, stride, 1, bias=False), nn.BatchNorm2d(n), nn.ReLU6())


def network_by_appending(layers, width_multiplier=1):
    parts = []
    for number, (kind, m, n, stride) in enumerate(layers):
        if number > 0:
            m = int(width_multiplier * m)
        if number < len(layers) - 1:
            n = int(width_multiplier * n)
        if kind == "standard":
            parts.append(helpers.ConvNormReLU6(m, n, stride))
        elif kind == "separable":
            parts.append(block_sequential(m, n, stride))
        else:
            parts += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(m, n)]
    return nn.Sequential(*parts)


def network_first_and_last(layers, width_multiplier=1):
    first, *blocks, last = layers

    def wide(channels):
        return math.floor(width_multiplier * channels)

    return nn.Sequential(
        stem(first[1], wide(first[2]), first[3]),
        *(block_module(wide(m), wide(n), stride) for _, m, n, stride in blocks),
        nn.AdaptiveAvgPool2d((1, 1)),
        nn.Flatten(1),
        nn.Linear(wide(last[1]), last[2]),
    )


class Network(nn.Module):
    def __init__(self, layers, alpha):
        super().__init__()
        channels = layers[0][1]
        self.stages = nn.ModuleList()
        for kind, _, n, stride in layers[:-1]:
            make = stem if kind == "standard" else block_nested
            self.stages.append(make(channels, int(alpha * n), stride))
            channels = int(alpha * n)
        self.classify = nn.Linear(channels, layers[-1][2])

    def forward(self, x):
        for stage in self.stages:
            x = stage(x)
        return self.classify(x.mean((2, 3)))


def network_module(layers, width_multiplier=1):
    return Network(layers, width_multiplier)


def network_by_match(layers, width_multiplier=1):
    def part(number):
        kind, m, n, stride = layers[number]
        m = m if number == 0 else int(m * width_multiplier)
        n = n if number == len(layers) - 1 else int(n * width_multiplier)
        match kind:
            case "standard":
                return stem(m, n, stride)
            case "separable":
                return block_by_appending(m, n, stride)
            case "linear":
                return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(m, n))

    return nn.Sequential(*map(part, range(len(layers))))


def network_with_names(layers, width_multiplier=1):
    parts = list(network_first_and_last(layers, width_multiplier))
    return nn.Sequential(OrderedDict((f"part_{n}", part) for n, part in enumerate(parts)))


def network_by_pixel_convolution(layers, width_multiplier=1):
    """Classify by a 1×1 convolution, which is a linear layer on one pixel."""
    *body, pool, _, linear = network_by_appending(layers, width_multiplier)
    classify = nn.Conv2d(linear.in_features, linear.out_features, 1)
    return nn.Sequential(*body, pool, classify, nn.Flatten())


class Mean(nn.Module):
    def forward(self, x):
        return torch.einsum("nchw->nc", x) / (x.shape[2] * x.shape[3])


def network_by_einsum(layers, width_multiplier=1):
    *body, _, _, linear = network_by_appending(layers, width_multiplier)
    return nn.Sequential(*body, Mean(), linear)


def network_nested(layers, width_multiplier=1):
    *body, pool, flatten, linear = network_by_appending(layers, width_multiplier)
    return nn.Sequential(nn.Sequential(*body), nn.Sequential(pool, flatten), linear)


class ByLinear(nn.Module):
    """Holds a linear layer, and calls the function."""

    def __init__(self, body, linear):
        super().__init__()
        self.body, self.linear = body, linear

    def forward(self, x):
        x = self.body(x).mean((2, 3))
        return functional.linear(x, self.linear.weight, self.linear.bias)


def network_by_a_linear_function(layers, width_multiplier=1):
    *body, _, _, linear = network_by_appending(layers, width_multiplier)
    return ByLinear(nn.Sequential(*body), linear)


class ByProduct(nn.Module):
    def __init__(self, body, m, n, turned):
        super().__init__()
        self.body, self.turned = body, turned
        self.weight = nn.Parameter(torch.randn(m, n) if turned else torch.randn(n, m))
        self.bias = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        weight = self.weight if self.turned else self.weight.T
        return self.body(x).mean((2, 3)) @ weight + self.bias


def network_by_a_product(layers, width_multiplier=1):
    *body, _, _, linear = network_by_appending(layers, width_multiplier)
    return ByProduct(nn.Sequential(*body), linear.in_features, linear.out_features, False)


def network_by_a_product_that_is_turned(layers, width_multiplier=1):
    *body, _, _, linear = network_by_appending(layers, width_multiplier)
    return ByProduct(nn.Sequential(*body), linear.in_features, linear.out_features, True)


class WeightedMean(nn.Module):
    """Averages by weights, which are of float32."""

    def forward(self, x):
        h, w = x.shape[2:]
        return torch.einsum("nchw,hw->nc", x, torch.full((h, w), 1 / (h * w)))


def network_by_a_weighted_mean(layers, width_multiplier=1):
    *body, _, _, linear = network_by_appending(layers, width_multiplier)
    return nn.Sequential(*body, WeightedMean(), linear)


def network_of_single_precision(layers, width_multiplier=1):
    return Single(*network_by_appending(layers, width_multiplier))


MOBILENET = styles(
    network_by_a_linear_function,
    network_by_a_product,
    network_by_a_product_that_is_turned,
    network_by_a_weighted_mean,
    network_of_single_precision,
    network_by_appending,
    network_first_and_last,
    network_module,
    network_by_match,
    network_with_names,
    network_by_pixel_convolution,
    network_by_einsum,
    network_nested,
)


# Exercise 5.3, fold_batch_norm.


def fold_into_a_copy(conv, norm):
    folded = copy.deepcopy(conv)
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    bias = conv.bias if conv.bias is not None else torch.zeros_like(norm.running_mean)
    folded.weight = nn.Parameter(conv.weight * scale[:, None, None, None])
    folded.bias = nn.Parameter((bias - norm.running_mean) * scale + norm.bias)
    return folded


def fold_into_a_new_one(conv, norm):
    folded = nn.Conv2d(
        conv.in_channels,
        conv.out_channels,
        conv.kernel_size,
        conv.stride,
        conv.padding,
        conv.dilation,
        conv.groups,
        bias=True,
        padding_mode=conv.padding_mode,
    )
    with torch.no_grad():
        scale = norm.weight * (norm.running_var + norm.eps) ** -0.5
        folded.weight.copy_(conv.weight * scale.view(-1, 1, 1, 1))
        bias = 0 if conv.bias is None else conv.bias
        folded.bias.copy_((bias - norm.running_mean) * scale + norm.bias)
    return folded


def fold_by_einsum(conv, norm):
    folded = fold_into_a_copy(conv, norm)
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    folded.weight.data = torch.einsum("oihw,o->oihw", conv.weight.data, scale.data)
    return folded


def fold_in_double_precision(conv, norm):
    folded = copy.deepcopy(conv).double()
    gamma, beta, mean, var = (
        t.detach().double() for t in (norm.weight, norm.bias, norm.running_mean, norm.running_var)
    )
    deviation = torch.sqrt(var + norm.eps)
    bias = torch.zeros_like(mean) if conv.bias is None else conv.bias.detach().double()
    folded.weight.data = folded.weight.data * (gamma / deviation).reshape(-1, 1, 1, 1)
    folded.bias = nn.Parameter(beta + gamma * (bias - mean) / deviation)
    return folded


def fold_by_numpy(conv, norm):
    folded = copy.deepcopy(conv)
    state = {name: value.numpy() for name, value in norm.state_dict().items()}
    scale = state["weight"] / np.sqrt(state["running_var"] + norm.eps)
    bias = 0 if conv.bias is None else conv.bias.detach().numpy()
    weight = conv.weight.detach().numpy() * scale[:, np.newaxis, np.newaxis, np.newaxis]
    folded.weight = nn.Parameter(torch.tensor(weight))
    folded.bias = nn.Parameter(torch.tensor((bias - state["running_mean"]) * scale + state["bias"]))
    return folded


def fold_channel_by_channel(conv, norm):
    folded = copy.deepcopy(conv)
    shift = torch.zeros(conv.out_channels)
    with torch.no_grad():
        for c in range(conv.out_channels):
            scale = norm.weight[c] / (norm.running_var[c] + norm.eps).sqrt()
            folded.weight[c] *= scale
            bias = conv.bias[c] if conv.bias is not None else 0
            shift[c] = (bias - norm.running_mean[c]) * scale + norm.bias[c]
    folded.bias = nn.Parameter(shift)
    return folded


def fold_by_probing(conv, norm):
    """Ask the norm itself what it makes of 0 and of 1."""
    folded = copy.deepcopy(conv)
    norm = copy.deepcopy(norm).eval()
    with torch.no_grad():
        at_0, at_1 = (
            norm(torch.full((1, conv.out_channels, 1, 1), value)).flatten() for value in (0.0, 1.0)
        )
        scale = at_1 - at_0
        bias = 0 if conv.bias is None else conv.bias
        folded.weight *= scale.reshape(-1, 1, 1, 1)
        folded.bias = nn.Parameter(bias * scale + at_0)
    return folded


def fold_over_a_flat_weight(conv, norm):
    folded = copy.deepcopy(conv)
    with torch.no_grad():
        scale = norm.weight.div(norm.running_var.add(norm.eps).sqrt())
        flat = torch.diag(scale) @ conv.weight.flatten(1)
        folded.weight.copy_(flat.reshape(conv.weight.shape))
        shift = norm.bias.sub(norm.running_mean.mul(scale))
        if conv.bias is not None:
            shift = shift.add(conv.bias.mul(scale))
    folded.bias = nn.Parameter(shift, requires_grad=False)
    return folded


FOLD_BATCH_NORM = styles(
    fold_into_a_copy,
    fold_into_a_new_one,
    fold_by_einsum,
    fold_in_double_precision,
    fold_by_numpy,
    fold_channel_by_channel,
    fold_by_probing,
    fold_over_a_flat_weight,
)


# Exercise 5.4, fold_network.


def fold_in_pairs(network):
    layers = []
    for layer in network:
        if isinstance(layer, nn.BatchNorm2d):
            layers[-1] = fold_into_a_copy(layers[-1], layer)
        else:
            layers.append(layer)
    return nn.Sequential(*layers)


def fold_with_identities(network):
    folded = copy.deepcopy(network)
    for n in range(len(folded) - 1):
        if isinstance(folded[n], nn.Conv2d) and isinstance(folded[n + 1], nn.BatchNorm2d):
            folded[n] = fold_into_a_new_one(folded[n], folded[n + 1])
            folded[n + 1] = nn.Identity()
    return folded


def fold_looking_ahead(network):
    after = [*list(network)[1:], None]
    return nn.Sequential(
        *(
            fold_by_numpy(layer, behind) if isinstance(behind, nn.BatchNorm2d) else layer
            for layer, behind in zip(network, after, strict=True)
            if not isinstance(layer, nn.BatchNorm2d)
        )
    )


def fold_by_while(network):
    layers, made, n = list(network), nn.Sequential(), 0
    while n < len(layers):
        if n + 1 < len(layers) and isinstance(layers[n + 1], nn.BatchNorm2d):
            made.append(fold_over_a_flat_weight(layers[n], layers[n + 1]))
            n += 2
        else:
            made.append(layers[n])
            n += 1
    return made


def fold_recursively(network):
    def rest(layers):
        match layers:
            case [nn.Conv2d() as conv, nn.BatchNorm2d() as norm, *others]:
                return [fold_by_einsum(conv, norm), *rest(others)]
            case [layer, *others]:
                return [layer, *rest(others)]
        return []

    return nn.Sequential(*rest(list(network)))


def fold_keeping_names(network):
    made, last = OrderedDict(), None
    for name, layer in network.named_children():
        if isinstance(layer, nn.BatchNorm2d):
            made[last] = fold_channel_by_channel(made[last], layer)
        else:
            made[name], last = layer, name
    return nn.Sequential(made)


class Chain(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def fold_into_a_module(network):
    return Chain(fold_in_pairs(network))


def fold_by_deleting(network):
    folded = copy.deepcopy(network)
    for n in reversed(range(len(folded))):
        if isinstance(folded[n], nn.BatchNorm2d):
            folded[n - 1] = fold_by_probing(folded[n - 1], folded[n])
            del folded[n]
    return folded.eval()


FOLD_NETWORK = styles(
    fold_in_pairs,
    fold_with_identities,
    fold_looking_ahead,
    fold_by_while,
    fold_recursively,
    fold_keeping_names,
    fold_into_a_module,
    fold_by_deleting,
)


# Exercises 5.5 and 5.6, depthwise_grad_weight and depthwise_grad_input.


def ring(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def grad_weight_by_loops(x, kernel_size, grad_y, stride=1, padding=0):
    x = ring(x, padding)
    grad = np.zeros((x.shape[1], 1, *kernel_size))
    for n, c, h, w in np.ndindex(*grad_y.shape):
        for i, j in np.ndindex(*kernel_size):
            grad[c, 0, i, j] += x[n, c, h * stride + i, w * stride + j] * grad_y[n, c, h, w]
    return grad


def grad_weight_window_by_window(x, kernel_size, grad_y, stride=1, padding=0):
    x, (k_h, k_w) = ring(x, padding), kernel_size
    grad = np.zeros((x.shape[1], k_h, k_w))
    for h, w in np.ndindex(*grad_y.shape[2:]):
        window = x[:, :, h * stride : h * stride + k_h, w * stride : w * stride + k_w]
        grad += (window * grad_y[:, :, h, w, None, None]).sum(axis=0)
    return grad[:, None]


def grad_weight_by_einsum(x, kernel_size, grad_y, stride=1, padding=0):
    windows = np.lib.stride_tricks.sliding_window_view(ring(x, padding), kernel_size, axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwij,nchw->cij", windows, grad_y)[:, None]


def grad_weight_as_a_correlation(x, kernel_size, grad_y, stride=1, padding=0):
    """Correlate the input with the gradient, spread out by the stride."""
    x = ring(x, padding)
    height, width = (stride * (n - 1) + 1 for n in grad_y.shape[2:])
    spread = np.zeros((*grad_y.shape[:2], height, width))
    spread[:, :, ::stride, ::stride] = grad_y
    taps = [
        (x[:, :, i : i + height, j : j + width] * spread).sum(axis=(0, 2, 3))
        for i, j in np.ndindex(*kernel_size)
    ]
    return np.transpose(taps).reshape(-1, 1, *kernel_size)


def grad_weight_by_matrix_product(x, kernel_size, grad_y, stride=1, padding=0):
    windows = np.lib.stride_tricks.sliding_window_view(ring(x, padding), kernel_size, axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    channels, taps = x.shape[1], kernel_size[0] * kernel_size[1]
    seen = np.moveaxis(windows, 1, 0).reshape(channels, -1, taps)
    sent = np.moveaxis(grad_y, 1, 0).reshape(channels, 1, -1)
    return (sent @ seen).reshape(channels, 1, *kernel_size)


def grad_weight_by_tensordot(x, kernel_size, grad_y, stride=1, padding=0):
    x, (k_h, k_w) = ring(x, padding), kernel_size
    _, channels, height, width = grad_y.shape
    grad = np.empty((channels, 1, k_h, k_w))
    for c in range(channels):
        for i in range(k_h):
            for j in range(k_w):
                seen = x[:, c, i : i + stride * height : stride, j : j + stride * width : stride]
                grad[c, 0, i, j] = np.tensordot(seen[:, :height, :width], grad_y[:, c], 3)
    return grad


def forward_by_taps(x, weight, size, stride, padding):
    x = functional.pad(x, (padding,) * 4)
    (height, width), y = size, 0
    for i in range(weight.shape[2]):
        for j in range(weight.shape[3]):
            rows = slice(i, i + stride * (height - 1) + 1, stride)
            columns = slice(j, j + stride * (width - 1) + 1, stride)
            y = y + weight[:, :, i, j, None] * x[:, :, rows, columns]
    return y


def grad_weight_by_autograd(x, kernel_size, grad_y, stride=1, padding=0):
    x, grad_y = (torch.tensor(np.asarray(a), dtype=torch.float64) for a in (x, grad_y))
    weight = torch.zeros(x.shape[1], 1, *kernel_size, dtype=torch.float64, requires_grad=True)
    y = forward_by_taps(x, weight, grad_y.shape[2:], stride, padding)
    return torch.autograd.grad(y, weight, grad_y)[0]


def grad_weight_by_differences(x, kernel_size, grad_y, stride=1, padding=0):
    """The layer is linear: the gradient is what each tap alone makes of the input."""
    x, g = (torch.tensor(np.asarray(a), dtype=torch.float64) for a in (x, grad_y))
    grad = torch.zeros(x.shape[1], 1, *kernel_size, dtype=torch.float64)
    for i, j in np.ndindex(*kernel_size):
        tap = torch.zeros_like(grad)
        tap[:, :, i, j] = 1
        y = forward_by_taps(x, tap, g.shape[2:], stride, padding)
        grad[:, 0, i, j] = (y * g).sum((0, 2, 3))
    return grad.numpy()


GRAD_WEIGHT = styles(
    grad_weight_by_loops,
    grad_weight_window_by_window,
    grad_weight_by_einsum,
    grad_weight_as_a_correlation,
    grad_weight_by_matrix_product,
    grad_weight_by_tensordot,
    grad_weight_by_autograd,
    grad_weight_by_differences,
)


def without_ring(grad, size, padding):
    return grad[:, :, padding : padding + size[0], padding : padding + size[1]]


def grad_input_by_loops(input_size, weight, grad_y, stride=1, padding=0):
    grad = np.zeros((*grad_y.shape[:2], *(n + 2 * padding for n in input_size)))
    for n, c, h, w in np.ndindex(*grad_y.shape):
        for i, j in np.ndindex(*weight.shape[2:]):
            grad[n, c, h * stride + i, w * stride + j] += weight[c, 0, i, j] * grad_y[n, c, h, w]
    return without_ring(grad, input_size, padding)


def grad_input_where_it_lies_inside(input_size, weight, grad_y, stride=1, padding=0):
    height, width = input_size
    grad = np.zeros((*grad_y.shape[:2], height, width))
    for h, w in np.ndindex(*grad_y.shape[2:]):
        for i, j in np.ndindex(*weight.shape[2:]):
            row, column = h * stride + i - padding, w * stride + j - padding
            if 0 <= row < height and 0 <= column < width:
                grad[:, :, row, column] += weight[:, 0, i, j] * grad_y[:, :, h, w]
    return grad


def grad_input_window_by_window(input_size, weight, grad_y, stride=1, padding=0):
    k_h, k_w = weight.shape[2:]
    grad = np.zeros((*grad_y.shape[:2], *(n + 2 * padding for n in input_size)))
    for h, w in np.ndindex(*grad_y.shape[2:]):
        window = grad[:, :, h * stride : h * stride + k_h, w * stride : w * stride + k_w]
        window += grad_y[:, :, h, w, None, None] * weight[:, 0]
    return without_ring(grad, input_size, padding)


def grad_input_by_the_turned_kernel(input_size, weight, grad_y, stride=1, padding=0):
    """Spread the gradient out by the stride, and slide the turned kernel over it."""
    k_h, k_w = weight.shape[2:]
    height, width = (n + 2 * padding for n in input_size)
    spread = np.zeros((*grad_y.shape[:2], height + k_h - 1, width + k_w - 1))
    rows = slice(k_h - 1, k_h + stride * (grad_y.shape[2] - 1), stride)
    columns = slice(k_w - 1, k_w + stride * (grad_y.shape[3] - 1), stride)
    spread[:, :, rows, columns] = grad_y
    windows = np.lib.stride_tricks.sliding_window_view(spread, (k_h, k_w), axis=(2, 3))
    grad = np.einsum("nchwij,cij->nchw", windows, weight[:, 0, ::-1, ::-1])
    return without_ring(grad, input_size, padding)


def grad_input_by_add_at(input_size, weight, grad_y, stride=1, padding=0):
    grad = np.zeros((*grad_y.shape[:2], *(n + 2 * padding for n in input_size)))
    h, w, i, j = np.indices((*grad_y.shape[2:], *weight.shape[2:]))
    sent = np.einsum("nchw,cij->nchwij", grad_y, weight[:, 0])
    np.add.at(grad, (slice(None), slice(None), h * stride + i, w * stride + j), sent)
    return without_ring(grad, input_size, padding)


def grad_input_by_matrices(input_size, weight, grad_y, stride=1, padding=0):
    """Write each channel's layer as a matrix; its transpose goes back."""
    tall, wide = (n + 2 * padding for n in input_size)
    height, width = grad_y.shape[2:]
    channels = []
    for kernel, gradient in zip(weight[:, 0], np.moveaxis(grad_y, 1, 0), strict=True):
        matrix = np.zeros((height, width, tall, wide))
        for h, w in np.ndindex(height, width):
            top, left = h * stride, w * stride
            matrix[h, w, top : top + len(kernel), left : left + kernel.shape[1]] = kernel
        flat = gradient.reshape(len(gradient), -1) @ matrix.reshape(height * width, -1)
        channels.append(flat.reshape(-1, tall, wide))
    return without_ring(np.stack(channels, axis=1), input_size, padding)


def grad_input_by_autograd(input_size, weight, grad_y, stride=1, padding=0):
    weight, grad_y = (torch.tensor(np.asarray(a), dtype=torch.float64) for a in (weight, grad_y))
    x = torch.zeros(*grad_y.shape[:2], *input_size, dtype=torch.float64, requires_grad=True)
    y = forward_by_taps(x, weight, grad_y.shape[2:], stride, padding)
    y.backward(grad_y)
    return x.grad


def grad_input_axis_by_axis(input_size, weight, grad_y, stride=1, padding=0):
    grad = np.zeros((*grad_y.shape[:2], *(n + 2 * padding for n in input_size)))
    for i in range(weight.shape[2]):
        for j in range(weight.shape[3]):
            rows = stride * np.arange(grad_y.shape[2]) + i
            columns = stride * np.arange(grad_y.shape[3]) + j
            grad[:, :, rows[:, None], columns] += weight[:, :, i, j, None] * grad_y
    return without_ring(grad, input_size, padding)


GRAD_INPUT = styles(
    grad_input_by_loops,
    grad_input_where_it_lies_inside,
    grad_input_window_by_window,
    grad_input_by_the_turned_kernel,
    grad_input_by_add_at,
    grad_input_by_matrices,
    grad_input_by_autograd,
    grad_input_axis_by_axis,
)

# Exercise 5.7, confusion_matrix.


def confusion_by_loop(labels, predictions, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    for label, prediction in zip(labels, predictions, strict=True):
        matrix[label, prediction] += 1
    return matrix


def confusion_by_add_at(labels, predictions, classes=10):
    matrix = np.zeros((classes, classes))
    np.add.at(matrix, (labels, predictions), 1)
    return matrix


def confusion_by_bincount(labels, predictions, classes=10):
    cells = np.bincount(labels * classes + predictions, minlength=classes**2)
    return cells.reshape(classes, classes)


def confusion_by_one_hot(labels, predictions, classes=10):
    one_hot = np.eye(classes, dtype=np.float32)
    return one_hot[labels].T @ one_hot[predictions]


def confusion_by_comparing(labels, predictions, classes=10):
    each = np.arange(classes)
    is_label = labels == each[:, None]
    return (is_label[:, None] & (predictions == each[:, None])[None]).sum(axis=-1)


def confusion_by_histogram(labels, predictions, classes=10):
    edges = np.arange(classes + 1)
    return np.histogram2d(labels, predictions, bins=(edges, edges))[0].astype(int)


def confusion_by_counter(labels, predictions, classes=10):
    pairs = Counter(zip(labels.tolist(), predictions.tolist(), strict=True))
    return [[pairs[i, j] for j in range(classes)] for i in range(classes)]


def confusion_by_scikit_learn(labels, predictions, classes=10):
    return metrics.confusion_matrix(labels, predictions, labels=range(classes))


def confusion_by_torch(labels, predictions, classes=10):
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    index = torch.as_tensor(labels), torch.as_tensor(predictions)
    return matrix.index_put_(index, torch.tensor(1), accumulate=True)


def confusion_of_objects(labels, predictions, classes=10):
    matrix = np.zeros((classes, classes), dtype=object)
    for label, prediction in zip(labels, predictions, strict=True):
        matrix[label, prediction] += 1
    return matrix


CONFUSION_MATRIX = styles(
    confusion_of_objects,
    confusion_by_loop,
    confusion_by_add_at,
    confusion_by_bincount,
    confusion_by_one_hot,
    confusion_by_comparing,
    confusion_by_histogram,
    confusion_by_counter,
    confusion_by_scikit_learn,
    confusion_by_torch,
)


# Exercise 5.8, paired_interval.


def difference_by_steps(first, second, t):
    difference = first - second
    error = difference.std(ddof=1) / np.sqrt(len(difference))
    return np.array(
        [difference.mean(), difference.mean() - t * error, difference.mean() + t * error]
    )


def difference_as_a_tuple(first, second, t):
    difference = np.subtract(first, second)
    half = t * np.std(difference, ddof=1) * difference.size**-0.5
    return difference.mean(), difference.mean() - half, difference.mean() + half


def difference_as_a_list(first, second, t):
    differences = [a - b for a, b in zip(first, second, strict=True)]
    n = len(differences)
    mean = sum(differences) / n
    variance = sum((d - mean) ** 2 for d in differences) / (n - 1)
    half = t * math.sqrt(variance / n)
    return [mean, mean - half, mean + half]


def difference_by_scipy(first, second, t):
    difference = first - second
    error = stats.sem(difference)
    return difference.mean() + t * error * np.array([0, -1, 1])


def difference_by_variance(first, second, t):
    difference = first - second
    n = len(difference)
    half = t * (difference.var() / (n - 1)) ** 0.5
    return np.r_[difference.mean(), difference.mean() - half, difference.mean() + half]


def difference_by_torch(first, second, t):
    difference = torch.tensor(first) - torch.tensor(second)
    half = t * difference.std() / len(difference) ** 0.5
    return torch.stack([difference.mean(), difference.mean() - half, difference.mean() + half])


def difference_of_means(first, second, t):
    mean = np.mean(first) - np.mean(second)
    squares = (first - second - mean) ** 2
    n = len(squares)
    half = t * np.sqrt(squares.sum() / (n * (n - 1)))
    return np.array([mean, mean - half, mean + half])


def difference_by_covariance(first, second, t):
    covariance = np.cov(first, second)
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    mean = np.mean(first - second)
    half = t * np.sqrt(max(variance, 0) / len(first))
    return np.array([mean, mean - half, mean + half])


def difference_of_exact_numbers(number):
    def difference(first, second, t):
        pairs = zip(first, second, strict=True)
        apart = [number(float(one)) - number(float(other)) for one, other in pairs]
        mean = sum(apart) / len(apart)
        variance = sum((one - mean) ** 2 for one in apart) / (len(apart) - 1)
        half = number(t * math.sqrt(variance / len(apart)))
        return mean, mean - half, mean + half

    return difference


PAIRED_INTERVAL = {
    number.__name__: difference_of_exact_numbers(number) for number in (Fraction, Decimal)
} | styles(
    difference_by_steps,
    difference_as_a_tuple,
    difference_as_a_list,
    difference_by_scipy,
    difference_by_variance,
    difference_by_torch,
    difference_of_means,
    difference_by_covariance,
)


# Exercise 5.10, inverted_residual.


def inverted_stages(m, n, stride, expansion):
    wide = expansion * m
    expand = [nn.Conv2d(m, wide, 1, bias=False), nn.BatchNorm2d(wide), nn.ReLU6()]
    return [
        *(expand if expansion > 1 else []),
        nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False),
        nn.BatchNorm2d(wide),
        nn.ReLU6(),
        nn.Conv2d(wide, n, 1, bias=False),
        nn.BatchNorm2d(n),
    ]


class Inverted(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1, expansion=6):
        super().__init__()
        self.body = nn.Sequential(*inverted_stages(in_channels, out_channels, stride, expansion))
        self.add = stride == 1 and in_channels == out_channels

    def forward(self, x):
        return x + self.body(x) if self.add else self.body(x)


def inverted_module(in_channels, out_channels, stride=1, expansion=6):
    return Inverted(in_channels, out_channels, stride, expansion)


class Residual(nn.Sequential):
    def forward(self, x):
        return super().forward(x) + x


def inverted_sequential(in_channels, out_channels, stride=1, expansion=6):
    stages = inverted_stages(in_channels, out_channels, stride, expansion)
    return (Residual if (stride, in_channels) == (1, out_channels) else nn.Sequential)(*stages)


class AddedInPlace(Inverted):
    def forward(self, x):
        y = self.body(x)
        if self.add:
            y += x
        return y


def inverted_in_place(in_channels, out_channels, stride=1, expansion=6):
    return AddedInPlace(in_channels, out_channels, stride, expansion)


class ByStrideAndShape(Inverted):
    def __init__(self, in_channels, out_channels, stride=1, expansion=6):
        super().__init__(in_channels, out_channels, stride, expansion)
        self.stride = stride

    def forward(self, x):
        y = self.body(x)
        return torch.add(x, y) if self.stride == 1 and x.shape == y.shape else y


def inverted_by_stride_and_shape(in_channels, out_channels, stride=1, expansion=6):
    return ByStrideAndShape(in_channels, out_channels, stride, expansion)


class Averaging(Inverted):
    """Its norms remember the mean of all batches, in place of a moving one."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        for norm in self.body:
            if isinstance(norm, nn.BatchNorm2d):
                norm.momentum = None


def inverted_averaging(in_channels, out_channels, stride=1, expansion=6):
    return Averaging(in_channels, out_channels, stride, expansion)


class Named(nn.Module):
    def __init__(self, m, n, stride, t):
        super().__init__()
        self.t, self.stride = t, stride
        self.project, self.norm_3 = nn.Conv2d(t * m, n, 1, bias=False), nn.BatchNorm2d(n)
        self.filter = nn.Conv2d(t * m, t * m, 3, stride, 1, groups=t * m, bias=False)
        self.norm_2 = nn.BatchNorm2d(t * m)
        if t != 1:
            self.expand, self.norm_1 = nn.Conv2d(m, t * m, 1, bias=False), nn.BatchNorm2d(t * m)

    def forward(self, x):
        y = x
        if self.t != 1:
            y = functional.relu6(self.norm_1(self.expand(y)))
        y = functional.relu6(self.norm_2(self.filter(y)))
        y = self.norm_3(self.project(y))
        return y + x if self.stride == 1 and y.shape[1] == x.shape[1] else y


def inverted_named(in_channels, out_channels, stride=1, expansion=6):
    return Named(in_channels, out_channels, stride, expansion)


def inverted_with_a_block(in_channels, out_channels, stride=1, expansion=6):
    """Expand, then V1's block without its last activation."""
    wide = in_channels * expansion
    expand = [nn.Conv2d(in_channels, wide, 1, bias=False), nn.BatchNorm2d(wide), nn.ReLU6()]
    stages = [*(expand if expansion != 1 else []), *block_sequential(wide, out_channels, stride)]
    kind = Residual if stride == 1 and in_channels == out_channels else nn.Sequential
    return kind(*stages[:-1])


class Shortcut(Inverted):
    """Add the input, or nothing."""

    def forward(self, x):
        return self.body(x) + (x if self.add else 0)


def inverted_plus_nothing(in_channels, out_channels, stride=1, expansion=6):
    return Shortcut(in_channels, out_channels, stride, expansion)


class Scaled(Inverted):
    def forward(self, x):
        return torch.stack([self.body(x), x]).sum(0) if self.add else self.body(x)


def inverted_stacked(in_channels, out_channels, stride=1, expansion=6):
    return Scaled(in_channels, out_channels, stride, expansion)


def inverted_with_a_convolution_for_each_channel(in_channels, out_channels, stride=1, expansion=6):
    block = inverted_module(in_channels, out_channels, stride, expansion)
    for name, layer in [*block.named_modules()]:
        if isinstance(layer, nn.Conv2d) and layer.groups > 1:
            owner, _, place = name.rpartition(".")
            layers = (nn.Conv2d(1, 1, 3, stride, 1, bias=False) for _ in range(layer.groups))
            setattr(block.get_submodule(owner), place, OneByOne(layers, each=True))
    return block


INVERTED_RESIDUAL = styles(
    inverted_with_a_convolution_for_each_channel,
    inverted_module,
    inverted_sequential,
    inverted_in_place,
    inverted_by_stride_and_shape,
    inverted_averaging,
    inverted_named,
    inverted_with_a_block,
    inverted_plus_nothing,
    inverted_stacked,
)

RIGHT = {
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
