"""Right solutions of unit 08 in many styles: each of them has to pass."""

import fractions
import math

import numpy as np
import torch

from dwsep_helpers import mine

# It is said once that these are the course's, and these tests run them often.
mine._TOLD.update(f"{kind}{end}" for kind in ("conv2d", "depthwise_conv2d")
                  for end in ("", "_vectorized"))  # fmt: skip
mine._TOLD.add("pointwise_conv2d")


def styles(*functions):
    return {f.__name__: f for f in functions}


# Exercise 8.1, same_padding.


def by_the_last_position(input_size, kernel_size, stride=1):
    positions = -(-input_size // stride)
    total = max((positions - 1) * stride + kernel_size - input_size, 0)
    return total // 2, total - total // 2


def by_remainder(input_size, kernel_size, stride=1):
    """TensorFlow's own way."""
    left = input_size % stride
    total = max(kernel_size - (stride if left == 0 else left), 0)
    return [total // 2, (total + 1) // 2]


def by_ceiling(input_size, kernel_size, stride=1):
    total = (math.ceil(input_size / stride) - 1) * stride + kernel_size - input_size
    total = total if total > 0 else 0
    before, odd = divmod(total, 2)
    return before, before + odd


def by_counting_up(input_size, kernel_size, stride=1):
    zeros = 0
    while (input_size + zeros - kernel_size) // stride + 1 < -(-input_size // stride):
        zeros += 1
    return zeros // 2, zeros - zeros // 2


def by_walking(input_size, kernel_size, stride=1):
    last = range(0, input_size, stride)[-1]
    beyond = max(last + kernel_size - input_size, 0)
    return (beyond // 2, -(-beyond // 2))


def padding_in_an_array(input_size, kernel_size, stride=1):
    return np.array(by_remainder(input_size, kernel_size, stride))


def padding_in_numpy_integers(input_size, kernel_size, stride=1):
    before, after = by_remainder(input_size, kernel_size, stride)
    return np.int64(before), np.uint8(after)


def one_side_after_the_other(input_size, kernel_size, stride=1):
    before = after = 0
    last = (input_size - 1) // stride * stride + kernel_size
    for number in range(max(last - input_size, 0)):
        if number % 2:
            before += 1
        else:
            after += 1
    return before, after


def padding_in_a_tensor(input_size, kernel_size, stride=1):
    return torch.tensor(by_ceiling(input_size, kernel_size, stride))


SAME_PADDING = styles(
    padding_in_numpy_integers,
    by_the_last_position,
    by_remainder,
    by_ceiling,
    by_counting_up,
    by_walking,
    padding_in_an_array,
    one_side_after_the_other,
    padding_in_a_tensor,
)

# Exercise 8.2, bottleneck.


def relu6(y):
    return np.minimum(np.maximum(y, 0), 6)


def padded(y, weight, stride):
    zeros = [by_walking(y.shape[axis], weight.shape[axis], stride) for axis in (2, 3)]
    return np.pad(y, [(0, 0), (0, 0), *zeros])


def by_einsum(x, weight, bias):
    return np.einsum("nchw,oc->nohw", x, weight[:, :, 0, 0]) + bias[:, None, None]


def by_windows(y, weight, bias, stride):
    windows = np.lib.stride_tricks.sliding_window_view(y, weight.shape[2:], (2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwij,cij->nchw", windows, weight[:, 0]) + bias[:, None, None]


def in_numpy(x, expand, depthwise, project, stride=1):
    y = x
    if expand is not None:
        y = relu6(by_einsum(y, *expand))
    y = relu6(by_windows(padded(y, depthwise[0], stride), *depthwise, stride))
    y = by_einsum(y, *project)
    if stride == 1 and x.shape[1] == y.shape[1]:
        y = y + x
    return y


def of_mine(x, expand, depthwise, project, stride=1):
    y = x if expand is None else relu6(mine.pointwise_conv2d(x, *expand))
    y = padded(y, depthwise[0], stride)
    y = relu6(mine.depthwise_conv2d_vectorized(y, *depthwise, stride=stride))
    y = mine.pointwise_conv2d(y, *project)
    return x + y if stride == 1 and x.shape == y.shape else y


def of_layers_with_loops(x, expand, depthwise, project, stride=1):
    y = x if expand is None else np.clip(mine.conv2d(x, *expand), 0, 6)
    y = np.clip(mine.depthwise_conv2d(padded(y, depthwise[0], stride), *depthwise, stride), 0, 6)
    y = mine.conv2d_vectorized(y, project[0], project[1])
    if stride != 1:
        return y
    return y + x if y.shape == x.shape else y


def by_loops(x, expand, depthwise, project, stride=1):
    """One value after the other."""

    def mixed(y, weight, bias, top):
        n, _, h, w = y.shape
        out = np.zeros((n, len(weight), h, w))
        for i, o, r, c in np.ndindex(*out.shape):
            value = float(bias[o] + (weight[o, :, 0, 0] * y[i, :, r, c]).sum())
            out[i, o, r, c] = value if top is None else min(max(value, 0.0), top)
        return out

    y = x if expand is None else mixed(x, *expand, 6.0)
    weight, bias = depthwise
    y = padded(y, weight, stride)
    k_h, k_w = weight.shape[2:]
    h, w = (y.shape[2] - k_h) // stride + 1, (y.shape[3] - k_w) // stride + 1
    z = np.zeros((*y.shape[:2], h, w))
    for i, c, r, s in np.ndindex(*z.shape):
        top, left = r * stride, s * stride
        window = y[i, c, top : top + k_h, left : left + k_w]
        z[i, c, r, s] = min(max((window * weight[c, 0]).sum() + bias[c], 0), 6)
    out = mixed(z, *project, None)
    return out + x if stride == 1 and out.shape == x.shape else out


def in_float32(x, expand, depthwise, project, stride=1):
    def single(pair):
        return None if pair is None else tuple(a.astype(np.float32) for a in pair)

    layers = single(expand), single(depthwise), single(project)
    return in_numpy(x.astype(np.float32), *layers, stride)


def through_torch(x, expand, depthwise, project, stride=1):
    """With torch's tensors, and no convolution of torch's."""
    y = torch.tensor(in_numpy(x, expand, depthwise, project, stride))
    return y.clone()


def zeros_of_a_larger_map(x, expand, depthwise, project, stride=1):
    y = x if expand is None else relu6(by_einsum(x, *expand))
    weight, bias = depthwise
    rows, columns = (by_ceiling(y.shape[a], weight.shape[a], stride) for a in (2, 3))
    n, c, h, w = y.shape
    larger = np.zeros((n, c, h + sum(rows), w + sum(columns)), y.dtype)
    larger[:, :, rows[0] : rows[0] + h, columns[0] : columns[0] + w] = y
    y = by_einsum(relu6(by_windows(larger, weight, bias, stride)), *project)
    return y + (x if stride == 1 and x.shape == y.shape else 0)


BOTTLENECK = styles(
    in_numpy,
    of_mine,
    of_layers_with_loops,
    by_loops,
    in_float32,
    through_torch,
    zeros_of_a_larger_map,
)
BOTTLENECK["by keyword"] = lambda x, expand, depthwise, project, stride=1: in_numpy(
    stride=stride, project=project, depthwise=depthwise, expand=expand, x=x
)

# Exercise 8.3, fold_norm.


def by_scale(weight, gamma, beta, mean, variance, eps):
    scale = gamma / np.sqrt(variance + eps)
    return weight * scale[:, None, None, None], beta - mean * scale


def filter_by_filter(weight, gamma, beta, mean, variance, eps):
    folded, bias = weight.astype(float), np.zeros(len(weight))
    for o in range(len(weight)):
        scale = gamma[o] / math.sqrt(variance[o] + eps)
        folded[o] *= scale
        bias[o] = beta[o] - scale * mean[o]
    return folded, bias


def by_einsum_of_scales(weight, gamma, beta, mean, variance, eps):
    scale = gamma * (variance + eps) ** -0.5
    return np.einsum("oikl,o->oikl", weight, scale), beta - scale * mean


def as_a_list(weight, gamma, beta, mean, variance, eps):
    return [*by_scale(weight, gamma, beta, mean, variance, eps)]


def by_reshaping(weight, gamma, beta, mean, variance, eps):
    scale = gamma / (variance + eps) ** 0.5
    flat = weight.reshape(len(weight), -1) * scale.reshape(-1, 1)
    return flat.reshape(weight.shape), -mean * scale + beta


def by_axes_turned(weight, gamma, beta, mean, variance, eps):
    scale = gamma / np.sqrt(eps + variance)
    return (weight.T * scale).T, beta - mean * scale


def folded_in_torch(weight, gamma, beta, mean, variance, eps):
    arrays = map(torch.tensor, (weight, gamma, beta, mean, variance))
    weight, gamma, beta, mean, variance = arrays
    scale = gamma / torch.sqrt(variance + eps)
    return weight * scale.reshape(-1, 1, 1, 1), beta - mean * scale


def by_what_it_does_to_zero(weight, gamma, beta, mean, variance, eps):
    def norm(y):
        return gamma * (y - mean) / np.sqrt(variance + eps) + beta

    bias = norm(np.zeros(len(weight)))
    scale = norm(np.ones(len(weight))) - bias
    return weight * np.expand_dims(scale, (1, 2, 3)), bias


FOLD_NORM = styles(
    by_scale,
    filter_by_filter,
    by_einsum_of_scales,
    as_a_list,
    by_reshaping,
    by_axes_turned,
    folded_in_torch,
    by_what_it_does_to_zero,
)

# Exercise 8.4, mobilenet_v2.


def by_table(x, layers, blocks):
    weight, bias = layers["stem"]
    x = relu6(mine.conv2d_vectorized(padded(x, weight, 2), weight, bias, stride=2))
    for number, (*_, stride, expansion) in enumerate(blocks):
        expand = layers[f"blocks.{number}.expand"] if expansion > 1 else None
        both = layers[f"blocks.{number}.depthwise"], layers[f"blocks.{number}.project"]
        x = in_numpy(x, expand, *both, stride)
    x = relu6(by_einsum(x, *layers["head"])).mean((2, 3))
    return x @ layers["classifier"][0].T + layers["classifier"][1]


def stem_of(x, layers, conv):
    weight, bias = layers["stem"]
    return np.clip(conv(padded(x, weight, 2), weight, bias, 2), 0, 6)


def blocks_of(x, layers, blocks, block=of_mine):
    for i, row in enumerate(blocks):
        x = block(x, *(layers.get(f"blocks.{i}.{n}") for n in ("expand", "depthwise", "project")),
                  row[3])  # fmt: skip
    return x


def with_loops_of_mine(x, layers, blocks):
    x = blocks_of(stem_of(x, layers, mine.conv2d), layers, blocks)
    x = np.clip(mine.pointwise_conv2d(x, *layers["head"]), 0, 6)
    n, c, h, w = x.shape
    weight, bias = layers["classifier"]
    return np.einsum("nc,oc->no", x.reshape(n, c, h * w).sum(-1) / (h * w), weight) + bias


def image_by_image(x, layers, blocks):
    return np.concatenate([by_table(image[None], layers, blocks) for image in x])


def classifier_as_a_pointwise_layer(x, layers, blocks):
    x = blocks_of(stem_of(x, layers, mine.conv2d_vectorized), layers, blocks, in_numpy)
    x = relu6(by_einsum(x, *layers["head"])).mean(axis=(2, 3), keepdims=True)
    weight, bias = layers["classifier"]
    return by_einsum(x, weight[:, :, None, None], bias)[:, :, 0, 0]


def by_names_sorted(x, layers, blocks):
    x = stem_of(x, layers, mine.conv2d_vectorized)
    for number, (*_, stride, _) in enumerate(blocks):
        own = {k.rpartition(".")[2]: v for k, v in layers.items() if f"blocks.{number}." in k}
        x = in_numpy(x, own.pop("expand", None), **own, stride=stride)
    x = relu6(by_einsum(x, *layers["head"])).mean((-1, -2))
    return np.dot(x, layers["classifier"][0].transpose()) + layers["classifier"][1]


def scores_in_float32(x, layers, blocks):
    single = {n: tuple(a.astype(np.float32) for a in pair) for n, pair in layers.items()}
    return by_table(x.astype(np.float32), single, blocks)


def scores_as_lists(x, layers, blocks):
    return by_table(x, layers, blocks).tolist()


def scores_in_a_tensor(x, layers, blocks):
    features = blocks_of(stem_of(x, layers, mine.conv2d_vectorized), layers, blocks)
    maps = torch.tensor(relu6(by_einsum(features, *layers["head"])))
    weight, bias = map(torch.tensor, layers["classifier"])
    return maps.mean((2, 3)) @ weight.T + bias


MOBILENET_V2 = styles(
    by_table,
    with_loops_of_mine,
    image_by_image,
    classifier_as_a_pointwise_layer,
    by_names_sorted,
    scores_in_float32,
    scores_as_lists,
    scores_in_a_tensor,
)

# Exercise 8.5, top_classes.


def by_argsort(scores, k=5):
    powers = np.exp(scores - scores.max())
    probabilities = powers / powers.sum()
    return [(int(c), float(probabilities[c])) for c in np.argsort(-scores)[:k]]


def by_sorting_pairs(scores, k=5):
    largest = max(scores)
    powers = [math.exp(score - largest) for score in scores]
    pairs = sorted(((p / sum(powers), c) for c, p in enumerate(powers)), reverse=True)
    return [(c, p) for p, c in pairs[:k]]


def backwards(scores, k=5):
    powers = np.exp(scores - np.max(scores))
    order = np.argsort(scores)[::-1][:k]
    return list(zip(order, (powers / np.sum(powers))[order], strict=True))


def by_logsumexp(scores, k=5):
    whole = np.logaddexp.reduce(scores.astype(float))
    best = np.argsort(scores)[: -k - 1 : -1]
    return [(c, np.exp(scores[c] - whole)) for c in best]


def by_zip(scores, k=5):
    p = np.exp(scores - scores.max())
    p /= p.sum()
    best = np.flip(np.argsort(p))[:k]
    return tuple(zip(best, p[best], strict=True))


def with_torch(scores, k=5):
    p, c = torch.tensor(scores).softmax(0).topk(min(k, len(scores)))
    return [[int(one), float(probability)] for one, probability in zip(c, p, strict=True)]


def one_by_one(scores, k=5):
    powers, found = np.exp(scores - scores.max()), []
    total, left = powers.sum(), scores.astype(float)
    for _ in range(min(k, len(scores))):
        best = int(left.argmax())
        found.append((best, powers[best] / total))
        left[best] = -np.inf
    return found


def by_differences(scores, k=5):
    """Softmax without a maximum: one over the sum of what e does to differences."""
    with np.errstate(over="ignore"):
        p = [1 / np.exp(scores.astype(float) - s).sum() for s in scores.astype(float)]
    return sorted(enumerate(p), key=lambda pair: -pair[1])[:k]


TOP_CLASSES = styles(
    by_argsort,
    by_sorting_pairs,
    backwards,
    by_logsumexp,
    by_zip,
    with_torch,
    one_by_one,
    by_differences,
)

RIGHT = {
    "same_padding": SAME_PADDING,
    "bottleneck": BOTTLENECK,
    "fold_norm": FOLD_NORM,
    "mobilenet_v2": MOBILENET_V2,
    "top_classes": TOP_CLASSES,
}


def by_fractions(scores, k=5):
    """Exact numbers, where any real number will do."""
    return [(c, fractions.Fraction(p)) for c, p in by_argsort(scores, k)]


TOP_CLASSES |= styles(by_fractions)
