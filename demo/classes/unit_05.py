"""The example class of unit 05."""

from demo.examples import Example, but, duplicate, everything, nothing, only

_STANDARD = """\
def separable_block(in_channels, out_channels, stride=1):
    return nn.Sequential(
        nn.Conv2d(in_channels, in_channels, 3, stride, padding=1, bias=False),
        nn.BatchNorm2d(in_channels),
        nn.ReLU6(),
        nn.Conv2d(in_channels, out_channels, 1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU6(),
    )
"""

_WITHOUT_EPS = """\
def fold_batch_norm(conv, norm):
    import copy
    folded = copy.deepcopy(conv)
    scale = norm.weight / torch.sqrt(norm.running_var)
    bias = 0 if conv.bias is None else conv.bias
    folded.weight = nn.Parameter(conv.weight * scale[:, None, None, None])
    folded.bias = nn.Parameter((bias - norm.running_mean) * scale + norm.bias)
    return folded
"""

_TRANSPOSED = """\
def confusion_matrix(labels, predictions, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    for label, prediction in zip(labels, predictions):
        matrix[prediction, label] += 1
    return matrix
"""

_FLIPPED = """\
def depthwise_grad_input(input_size, weight, grad_y, stride=1, padding=0):
    turned = weight[..., ::-1, ::-1]
    (n, c, h_out, w_out), (height, width) = grad_y.shape, input_size
    grad = np.zeros((n, c, height + 2 * padding, width + 2 * padding))
    for u, v in np.ndindex(*turned.shape[2:]):
        rows = slice(u, u + stride * (h_out - 1) + 1, stride)
        columns = slice(v, v + stride * (w_out - 1) + 1, stride)
        grad[:, :, rows, columns] += turned[:, :, u, v, None] * grad_y
    return grad[:, :, padding:padding + height, padding:padding + width]
"""

_HELPERS_BLOCK = """\
def inverted_residual(in_channels, out_channels, stride=1, expansion=6):
    return helpers.InvertedResidual(in_channels, out_channels, stride, expansion)
"""

_REPLACES_NOTHING = """\
def fold_network(network):
    layers = []
    for layer in network:
        layers[-1] = layer
    return nn.Sequential(*layers)
"""

_ENDS_PYTHON = """\
def paired_interval(first, second, t):
    import os
    os._exit(1)
"""

LEARNERS = (
    Example("perfect", everything),
    Example("partly-right", only("separable_block", "fold_batch_norm", "answer_5_9")),
    Example("untouched", nothing),
    Example("groups-forgotten", but(separable_block=_STANDARD)),
    Example("eps-forgotten", but(fold_batch_norm=_WITHOUT_EPS)),
    Example(
        "transposed",
        but(
            confusion_matrix=_TRANSPOSED,
            inverted_residual=_HELPERS_BLOCK,
            depthwise_grad_input=_FLIPPED,
        ),
    ),
    Example("crashes", but(fold_network=_REPLACES_NOTHING, paired_interval=_ENDS_PYTHON)),
    Example("cell-duplicated", everything, edit=duplicate("test_mobilenet")),
)
