"""The example class of unit 08."""

from demo.examples import Example, but, duplicate, everything, nothing, only

_BOTH_SIDES = """\
def same_padding(input_size, kernel_size, stride=1):
    return kernel_size // 2, kernel_size // 2
"""

_ACTIVATION_AT_THE_END = """\
def bottleneck(x, expand, depthwise, project, stride=1):
    y = x if expand is None else np.clip(pointwise_conv2d(x, *expand), 0, 6)
    weight, bias = depthwise
    rows, columns = (same_padding(y.shape[axis], weight.shape[axis], stride) for axis in (2, 3))
    y = np.pad(y, [(0, 0), (0, 0), rows, columns])
    y = np.clip(depthwise_conv2d(y, weight, bias, stride=stride), 0, 6)
    y = np.clip(pointwise_conv2d(y, *project), 0, 6)
    return x + y if stride == 1 and x.shape == y.shape else y
"""

_EPS_OF_TORCH = """\
def fold_norm(weight, gamma, beta, mean, variance, eps):
    scale = gamma / np.sqrt(variance + 1e-5)
    return weight * scale[:, None, None, None], beta - mean * scale
"""

_WITHOUT_SOFTMAX = """\
def top_classes(scores, k=5):
    return [(int(c), float(scores[c])) for c in np.argsort(-scores)[:k]]
"""

_HELPERS_NETWORK = """\
def mobilenet_v2(x, layers, blocks):
    from dwsep_helpers import kernels
    return kernels.mobilenet_v2(x, layers, blocks)
"""

_DIVIDES_BY_NOTHING = """\
def fold_norm(weight, gamma, beta, mean, variance, eps):
    return weight / 0, 1 // 0
"""

_ENDS_PYTHON = """\
def top_classes(scores, k=5):
    import os
    os._exit(1)
"""

LEARNERS = (
    Example("perfect", everything),
    Example("partly-right", only("same_padding", "fold_norm")),
    Example("untouched", nothing),
    Example("padded-on-both-sides", but(same_padding=_BOTH_SIDES)),
    Example("activation-after-project", but(bottleneck=_ACTIVATION_AT_THE_END)),
    Example("eps-of-torch", but(fold_norm=_EPS_OF_TORCH, top_classes=_WITHOUT_SOFTMAX)),
    Example("courses-own", but(mobilenet_v2=_HELPERS_NETWORK)),
    Example("crashes", but(fold_norm=_DIVIDES_BY_NOTHING, top_classes=_ENDS_PYTHON)),
    Example("cell-duplicated", everything, edit=duplicate("test_fold_norm")),
)
