"""Wrong solutions of unit 08 as learners write them, apart from the bank."""

import numpy as np
import torch

from answers.unit_08.right import (
    blocks_of,
    by_argsort,
    by_einsum,
    by_scale,
    by_table,
    by_the_last_position,
    in_numpy,
    of_mine,
    padded,
    relu6,
    stem_of,
)
from dwsep_helpers import depthwise_conv2d, kernels, mine


def padding_in_halves(input_size, kernel_size, stride=1):
    total = max((-(-input_size // stride) - 1) * stride + kernel_size - input_size, 0)
    return total / 2, total / 2


def padding_as_floats(input_size, kernel_size, stride=1):
    """Return numbers that `np.pad` refuses."""
    before, after = padding_in_halves(input_size, kernel_size, stride)
    return np.floor(before), np.ceil(after)


SAME_PADDING = [
    (padding_in_halves, "wrong type", None),
    (padding_as_floats, "wrong type", None),
    (lambda n, k, stride=1: (by_the_last_position(n, k, stride)[0],
                             float(by_the_last_position(n, k, stride)[1])), "wrong type", None),
    (
        lambda n, k, stride=1: 2 * by_the_last_position(n, k, stride)[:1],
        "wrong values",
        "zero-left-over-dropped",
    ),
    (lambda n, k, stride=1: (k // 2, k // 2), "wrong values", "half-the-kernel"),
    (lambda n, k, stride=1: ((k - 1) // 2, k // 2), "wrong values", "stride-forgotten"),
    (lambda n, k, stride=1: by_the_last_position(n, k, stride)[::-1], "wrong values",
     "odd-zero-first"),
    (lambda n, k, stride=1: sum(by_the_last_position(n, k, stride)), "wrong shape",
     "total-alone"),
    (lambda n, k, stride=1: [], "wrong shape", None),
    (kernels.same_padding, "used a forbidden shortcut", None),
]  # fmt: skip


def added_whenever_the_stride_is_1(x, expand, depthwise, project, stride=1):
    """Add maps of other channels."""
    y = in_numpy(x, expand, depthwise, project, stride)
    return y if stride != 1 or x.shape == y.shape else x + y


def always_widening(x, expand, depthwise, project, stride=1):
    weight, bias = expand
    return in_numpy(x, (weight, bias), depthwise, project, stride)


def wide_map_added(x, expand, depthwise, project, stride=1):
    y = x if expand is None else relu6(by_einsum(x, *expand))
    z = in_numpy(y, None, depthwise, project, stride)
    return z


def activated_at_the_end(x, expand, depthwise, project, stride=1):
    return relu6(in_numpy(x, expand, depthwise, project, stride))


def by_the_courses_layers(x, expand, depthwise, project, stride=1):
    y = x if expand is None else relu6(by_einsum(x, *expand))
    y = relu6(depthwise_conv2d(padded(y, depthwise[0], stride), *depthwise, stride=stride))
    y = by_einsum(y, *project)
    return x + y if stride == 1 and x.shape == y.shape else y


def by_torch(x, expand, depthwise, project, stride=1):
    y = x if expand is None else relu6(by_einsum(x, *expand))
    weight, bias = map(torch.tensor, depthwise)
    y = torch.tensor(padded(y, depthwise[0], stride))
    y = torch.nn.functional.conv2d(y, weight, bias, stride, groups=len(weight)).numpy()
    y = by_einsum(relu6(y), *project)
    return x + y if stride == 1 and x.shape == y.shape else y


def clipping_its_input(x, expand, depthwise, project, stride=1):
    y = of_mine(x, expand, depthwise, project, stride)
    np.clip(x, 0, 6, out=x)
    return y


def padded_by(axes):
    """Return a block that pads rows and columns by the zeros of these two axes."""

    def block(x, expand, depthwise, project, stride=1):
        y = x if expand is None else relu6(by_einsum(x, *expand))
        weight, bias = depthwise
        zeros = [by_the_last_position(y.shape[a], weight.shape[a], stride) for a in axes]
        y = np.pad(y, [(0, 0), (0, 0), *zeros])
        y = relu6(mine.depthwise_conv2d_vectorized(y, weight, bias, stride=stride))
        y = by_einsum(y, *project)
        return x + y if stride == 1 and x.shape == y.shape else y

    return block


BOTTLENECK = [
    (padded_by((2, 2)), "wrong shape", "padding-of-rows-for-both"),
    (padded_by((3, 3)), "wrong shape", "padding-of-columns-for-both"),
    (padded_by((3, 2)), "wrong shape", "padding-of-rows-and-columns-swapped"),
    (added_whenever_the_stride_is_1, "crashed", None),
    (always_widening, "crashed", None),
    (activated_at_the_end, "wrong values", "activation-after-adding"),
    (by_the_courses_layers, "used a forbidden shortcut", None),
    (by_torch, "used a forbidden shortcut", None),
    (clipping_its_input, "changed its input", None),
]


def folding_in_place(weight, gamma, beta, mean, variance, eps):
    scale = gamma / np.sqrt(variance + eps)
    weight *= scale[:, None, None, None]
    return weight, beta - mean * scale


def scaled_along_the_width(weight, gamma, beta, mean, variance, eps):
    scale = gamma / np.sqrt(variance + eps)
    return weight * scale, beta - mean * scale


FOLD_NORM = [
    (folding_in_place, "changed its input", None),
    (scaled_along_the_width, "wrong shape", "scaled-along-the-columns"),
    (lambda *a: by_scale(*a)[0], "wrong type", None),
    (lambda *a: (*by_scale(*a), a[-1]), "wrong type", None),
    (lambda *a: by_scale(*a[:-1], 1e-5), "wrong values", "eps-of-torch"),
    (lambda w, *a: (by_scale(w, *a)[0].reshape(len(w), -1), by_scale(w, *a)[1]), "wrong type",
     None),
]  # fmt: skip


def without_softmax_and_with(x, layers, blocks):
    scores = by_table(x, layers, blocks)
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


def always_expanding(x, layers, blocks):
    for number in range(len(blocks)):
        layers[f"blocks.{number}.expand"]
    return by_table(x, layers, blocks)


def never_expanding_first(block):
    """Return a network whose first block doesn't widen, as in MobileNetV2's own table."""

    def network(x, layers, blocks):
        x = stem_of(x, layers, mine.conv2d_vectorized)
        for number, (*_, stride, _) in enumerate(blocks):
            expand = layers.get(f"blocks.{number}.expand") if number else None
            both = layers[f"blocks.{number}.depthwise"], layers[f"blocks.{number}.project"]
            x = block(x, expand, *both, stride)
        x = relu6(by_einsum(x, *layers["head"])).mean((2, 3))
        return x @ layers["classifier"][0].T + layers["classifier"][1]

    return network


def first_block_with_stride_1(x, layers, blocks):
    first, *others = blocks
    return by_table(x, layers, [(*first[:3], 1, first[4]), *others])


def expanding_all_but_the_first(x, layers, blocks):
    for number in range(1, len(blocks)):
        layers[f"blocks.{number}.expand"]
    return by_table(x, layers, blocks)


def blocks_with_stride_of_the_kernel(x, layers, blocks):
    """Take the table's third column for its fourth."""
    return by_table(x, layers, [(*row[:3], row[2], row[4]) for row in blocks])


def head_after_the_mean(x, layers, blocks):
    x = blocks_of(stem_of(x, layers, mine.conv2d_vectorized), layers, blocks)
    x = relu6(by_einsum(x.mean((2, 3), keepdims=True), *layers["head"]))[:, :, 0, 0]
    return x @ layers["classifier"][0].T + layers["classifier"][1]


def activated_by(stem, head):
    """Return a network with these activations after its first layer and its last map."""

    def network(x, layers, blocks):
        weight, bias = layers["stem"]
        x = stem(mine.conv2d_vectorized(padded(x, weight, 2), weight, bias, 2))
        x = head(by_einsum(blocks_of(x, layers, blocks), *layers["head"])).mean((2, 3))
        return x @ layers["classifier"][0].T + layers["classifier"][1]

    return network


def relu(y):
    return np.maximum(y, 0)


MOBILENET_V2 = [
    (activated_by(relu, relu), "wrong values", "relu-for-relu6"),
    (activated_by(relu, relu6), "wrong values", "relu-for-relu6-after-the-stem"),
    (activated_by(relu6, relu), "wrong values", "relu-for-relu6-after-the-head"),
    (activated_by(np.array, np.array), "wrong values", "no-activation"),
    (without_softmax_and_with, "wrong values", "probabilities-for-scores"),
    (always_expanding, "crashed", None),
    (never_expanding_first(of_mine), "wrong values", "first-block-never-widens"),
    (never_expanding_first(in_numpy), "crashed", None),
    (expanding_all_but_the_first, "crashed", None),
    (first_block_with_stride_1, "wrong values", "stride-of-the-first-block-forgotten"),
    (blocks_with_stride_of_the_kernel, "wrong values", None),
    (head_after_the_mean, "wrong values", "pooled-before-the-head"),
    (kernels.mobilenet_v2, "used a forbidden shortcut", None),
]


def overflowing(scores, k=5):
    powers = np.exp(scores)
    p = powers / powers.sum()
    return [(c, p[c]) for c in np.argsort(-scores)[:k]]


def overflowing_then_turned_round(scores, k=5):
    p = np.exp(scores) / np.exp(scores).sum()
    return [(int(c), float(p[c])) for c in np.argsort(p)[::-1][:k]]


def overflowing_then_sorted(scores, k=5):
    p = np.exp(scores) / np.sum(np.exp(scores))
    return sorted(enumerate(p), key=lambda pair: pair[1], reverse=True)[:k]


def sorting_in_place(scores, k=5):
    found = by_argsort(scores, k)
    scores.sort()
    return found


def in_columns(scores, k=5):
    """Put both in an array, which makes floats of the classes: no list of names takes them."""
    classes, probabilities = zip(*by_argsort(scores, k), strict=True)
    return np.column_stack((classes, probabilities))


def found_by_value(scores, k=5):
    p = np.exp(scores - scores.max()).astype(float)
    p /= p.sum()
    return [([*p].index(one), one) for one in sorted(p, reverse=True)[:k]]


def keyed_by_probability(scores, k=5):
    p = np.exp(scores - scores.max())
    classes = dict(zip(p / p.sum(), range(len(p)), strict=True))
    return [(classes[one], one) for one in sorted(classes, reverse=True)[:k]]


TOP_CLASSES = [
    (found_by_value, "wrong values", "found-by-value"),
    (keyed_by_probability, "wrong values", None),
    (in_columns, "wrong type", None),
    (
        lambda scores, k=5: [*enumerate(p for _, p in by_argsort(scores, k))],
        "wrong values",
        "places-for-classes",
    ),
    (lambda scores, k=5: [(float(c), p) for c, p in by_argsort(scores, k)], "wrong type", None),
    (lambda scores, k=5: torch.tensor(by_argsort(scores, k)), "wrong type", None),
    (overflowing, "wrong values", "exponentials-overflow"),
    (overflowing_then_turned_round, "wrong values", "exponentials-overflow-then-turned-round"),
    (overflowing_then_sorted, "wrong values", "exponentials-overflow-then-sorted"),
    (sorting_in_place, "changed its input", None),
    (
        lambda scores, k=5: [(c, np.log(p)) for c, p in by_argsort(scores, k)],
        "wrong values",
        "logarithms-of-probabilities",
    ),
    (
        lambda scores, k=5: [(c, scores[c]) for c, _ in by_argsort(scores, k)],
        "wrong values",
        "scores-for-probabilities",
    ),
    (lambda scores, k=5: by_argsort(scores, 5), "wrong shape", None),
    (lambda scores, k=5: dict(by_argsort(scores, k)), "wrong type", None),
    (lambda scores, k=5: by_argsort(scores, k)[::-1], "wrong values", "best-last"),
]

WRONG = {
    "same_padding": SAME_PADDING,
    "bottleneck": BOTTLENECK,
    "fold_norm": FOLD_NORM,
    "mobilenet_v2": MOBILENET_V2,
    "top_classes": TOP_CLASSES,
}
