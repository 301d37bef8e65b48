"""Wrong counts of whole networks, layer by layer, and of their parameters."""

from __future__ import annotations

from collections.abc import Callable

from dwsep_helpers.checks.exercise import Mistake
from dwsep_helpers.checks.mistakes.layer_costs import depthwise, positions, separable, standard
from dwsep_helpers.papers import Layers

Formula = Callable[..., float]


def _params(name: str, says: str, formula: Formula, hint: int = 2) -> Mistake:
    """Take a formula of (M, N, D_k, bias)."""

    def function(in_channels, out_channels, kernel_size, bias=False):
        return formula(in_channels, out_channels, kernel_size, bias)

    return Mistake(name, says, function, hint)


SEPARABLE_PARAMS = (
    _params(
        "bias-of-the-depthwise-stage-forgotten",
        "The depthwise stage has biases too, one for each channel that it makes.",
        lambda m, n, k, b: k * k * m + m * n + n * b,
    ),
    _params(
        "bias-of-the-pointwise-stage-forgotten",
        "The pointwise stage has biases too, one for each channel that it makes.",
        lambda m, n, k, b: k * k * m + m * n + m * b,
    ),
    _params(
        "one-bias-for-each-stage",
        "A stage has a bias for each of its output channels, not one for all.",
        lambda m, n, k, b: k * k * m + m * n + 2 * b,
    ),
    _params(
        "one-bias",
        "There is a bias for each output channel of each stage.",
        lambda m, n, k, b: k * k * m + m * n + b,
    ),
    _params(
        "bias-forgotten",
        "With or without biases, the number is the same.",
        lambda m, n, k, b: k * k * m + m * n,
    ),
    _params(
        "bias-always",
        "Without biases, they are counted all the same.",
        lambda m, n, k, b: k * k * m + m * n + m + n,
    ),
    _params(
        "bias-of-the-input-twice",
        "Biases belong to output channels: of the pointwise stage there are N.",
        lambda m, n, k, b: k * k * m + m * n + 2 * m * b,
    ),
    _params(
        "bias-of-the-output-twice",
        "Biases belong to output channels: of the depthwise stage there are M.",
        lambda m, n, k, b: k * k * m + m * n + 2 * n * b,
    ),
    _params(
        "standard-layer",
        "That is a standard layer: each filter with a kernel for every channel.",
        lambda m, n, k, b: k * k * m * n + n * b,
        1,
    ),
    _params(
        "channels-and-filters-swapped",
        "The depthwise stage is taken to have N kernels; it has one for each of the M channels "
        "that come in.",
        lambda m, n, k, b: k * k * n + m * n + (m + n) * b,
        1,
    ),
    _params(
        "one-kernel-for-all",
        "The depthwise stage is given one kernel for all channels; each has its own.",
        lambda m, n, k, b: k * k + m * n + (m + n) * b,
        1,
    ),
    _params(
        "kernel-not-squared",
        "One side of the kernel is missing: it has rows and columns.",
        lambda m, n, k, b: k * m + m * n + (m + n) * b,
        1,
    ),
    _params(
        "pointwise-stage-forgotten",
        "That is the depthwise stage alone; the other one has weights as well.",
        lambda m, n, k, b: k * k * m + m * b,
        1,
    ),
    _params(
        "depthwise-stage-forgotten",
        "That is the pointwise stage alone; the other one has weights as well.",
        lambda m, n, k, b: m * n + n * b,
        1,
    ),
    _params(
        "channels-and-filters-added",
        "Channels in and out are added; the pointwise stage has a weight for each pair of them.",
        lambda m, n, k, b: k * k * m + m + n + (m + n) * b,
        1,
    ),
    _params(
        "float-result",
        "The number is right and its type is float; parameters are counted by an int.",
        lambda m, n, k, b: float(k * k * m + m * n + (m + n) * b),
        3,
    ),
)


K = 3  # all kernels of MobileNet but the 1×1 ones


def macs_of(layers: Layers, resolution: int, *, halved: bool = False) -> int:
    """Return a network's MACs for a square image; sides may be halved in place of convolved."""
    macs, d = 0, resolution
    for kind, m, n, s in layers:
        if kind == "linear":
            macs += m * n
            continue
        after = d // s if halved else positions(d, K, s, 1)
        macs += (standard if kind == "standard" else separable)(m, n, K, after)
        d = after
    return macs


def _network(
    name: str, says: str, formula: Callable[[Layers, float, int], float], hint: int = 2
) -> Mistake:
    """Take a formula of (layers, α, resolution)."""

    def function(layers, width_multiplier=1, resolution=224):
        return formula(layers, width_multiplier, resolution)

    return Mistake(name, says, function, hint)


def _widened(layers: Layers, alpha: float, *, image: bool, classes: bool) -> Layers:
    """Take α for the image's channels too, or for the classes."""
    last = len(layers) - 1
    thin = layers.thinner(alpha)
    return Layers(
        layers.name,
        (
            layer._replace(
                in_channels=int(alpha * layers[0].in_channels)
                if image and number == 0
                else layer.in_channels,
                out_channels=int(alpha * layers[-1].out_channels)
                if classes and number == last
                else layer.out_channels,
            )
            for number, layer in enumerate(thin)
        ),
    )


def _in_one_stage(layers: Layers, resolution: int, *, filtering: bool) -> int:
    """Leave out the depthwise stages, or the pointwise ones."""
    macs, d = 0, resolution
    for kind, m, n, s in layers:
        if kind == "linear":
            macs += m * n
            continue
        d = positions(d, K, s, 1)
        if kind == "standard":
            macs += standard(m, n, K, d)
        else:
            macs += depthwise(m, K, d) if filtering else standard(m, n, 1, d)
    return macs


def _on_inputs(layers: Layers, resolution: int) -> int:
    """Count positions on what goes in."""
    macs, d = 0, resolution
    for kind, m, n, s in layers:
        if kind == "linear":
            macs += m * n
            continue
        macs += (standard if kind == "standard" else separable)(m, n, K, d)
        d = positions(d, K, s, 1)
    return macs


def _kinds(layers: Layers, *kinds: str) -> Layers:
    return Layers(layers.name, (layer for layer in layers if layer.kind in kinds))


def _unstrided(layers: Layers) -> Layers:
    return Layers(layers.name, (layer._replace(stride=1) for layer in layers))


def _only_outputs_thinner(layers: Layers, alpha: float) -> Layers:
    thin = layers.thinner(alpha)
    return Layers(
        layers.name,
        (
            layer._replace(in_channels=full.in_channels)
            for layer, full in zip(thin, layers, strict=True)
        ),
    )


def _linear_not_thinner(layers: Layers, alpha: float) -> Layers:
    thin = layers.thinner(alpha)
    kept = [
        full if full.kind == "linear" else layer for layer, full in zip(thin, layers, strict=True)
    ]
    return Layers(layers.name, kept)


def _linear_on_the_map(layers: Layers, resolution: int) -> int:
    d = resolution
    for layer in layers:
        d = d if layer.kind == "linear" else positions(d, K, layer.stride, 1)
    extra = sum(
        layer.in_channels * layer.out_channels for layer in layers if layer.kind == "linear"
    )
    return macs_of(layers, resolution) + (d * d - 1) * extra


MOBILENET_MACS = (
    _network(
        "classifier-forgotten",
        "The fully connected layer at the end costs as well.",
        lambda layers, a, r: macs_of(_kinds(layers.thinner(a), "standard", "separable"), r),
        1,
    ),
    _network(
        "separable-layers-as-standard",
        "Separable layers are counted as standard ones.",
        lambda layers, a, r: macs_of(layers.thinner(a).dense(), r),
        1,
    ),
    _network(
        "depthwise-stages-forgotten",
        "Of separable layers the depthwise stage is missing.",
        lambda layers, a, r: _in_one_stage(layers.thinner(a), r, filtering=False),
        1,
    ),
    _network(
        "pointwise-stages-forgotten",
        "Of separable layers the pointwise stage is missing.",
        lambda layers, a, r: _in_one_stage(layers.thinner(a), r, filtering=True),
        1,
    ),
    _network(
        "strides-forgotten",
        "All maps are taken to be as large as the image; strides make them smaller.",
        lambda layers, a, r: macs_of(_unstrided(layers.thinner(a)), r),
    ),
    _network(
        "input-size-for-output",
        "Positions are counted on each layer's input; the map that it makes may be smaller.",
        lambda layers, a, r: _on_inputs(layers.thinner(a), r),
    ),
    _network(
        "halved-without-padding",
        "Sides are halved and rounded down; a 3×3 kernel with padding 1 fits once more where the "
        "side is odd.",
        lambda layers, a, r: macs_of(layers.thinner(a), r, halved=True),
        3,
    ),
    _network(
        "width-forgotten",
        "The width multiplier makes no difference.",
        lambda layers, a, r: macs_of(layers, r),
    ),
    _network(
        "resolution-forgotten",
        "The resolution makes no difference.",
        lambda layers, a, r: macs_of(layers.thinner(a), 224),
    ),
    _network(
        "width-squared",
        "The whole network is multiplied by the square of the width multiplier; depthwise "
        "stages have one kernel for each channel, so they shrink by less.",
        lambda layers, a, r: int(a * a * macs_of(layers, r)),
    ),
    _network(
        "width-once",
        "The whole network is multiplied by the width multiplier; most layers have fewer "
        "channels on both sides.",
        lambda layers, a, r: int(a * macs_of(layers, r)),
    ),
    _network(
        "image-made-thinner",
        "The image loses channels too; it has as many as it has.",
        lambda layers, a, r: macs_of(_widened(layers, a, image=True, classes=False), r),
        3,
    ),
    _network(
        "classes-made-fewer",
        "There are fewer classes too; their number is the task's, not the network's.",
        lambda layers, a, r: macs_of(_widened(layers, a, image=False, classes=True), r),
        3,
    ),
    _network(
        "image-and-classes-made-thinner",
        "Image and classes shrink too; both belong to the task, not to the network.",
        lambda layers, a, r: macs_of(_widened(layers, a, image=True, classes=True), r),
        3,
    ),
    _network(
        "only-outputs-made-thinner",
        "A layer's outputs become fewer and the next one's inputs don't.",
        lambda layers, a, r: macs_of(_only_outputs_thinner(layers, a), r),
        3,
    ),
    _network(
        "classifier-not-made-thinner",
        "The classifier still reads as many features as at full width.",
        lambda layers, a, r: macs_of(_linear_not_thinner(layers, a), r),
        3,
    ),
    _network(
        "classifier-at-each-pixel",
        "The classifier is counted at each pixel; what it reads is one average for each map.",
        lambda layers, a, r: _linear_on_the_map(layers.thinner(a), r),
    ),
    _network(
        "flops-for-macs",
        "That is twice as many: FLOPs.",
        lambda layers, a, r: 2 * macs_of(layers.thinner(a), r),
        1,
    ),
    _network(
        "float-result",
        "The number is right and its type is float: channels come in whole numbers.",
        lambda layers, a, r: float(macs_of(layers.thinner(a), r)),
        3,
    ),
)


def _norms(layers: Layers) -> list[int]:
    """Return how many channels each batch norm has."""
    channels = []
    for kind, m, n, _ in layers:
        channels += {"standard": [n], "separable": [m, n], "linear": []}[kind]
    return channels


def _weights(layers: Layers, k: int = K) -> int:
    return sum(
        {"standard": k * k * m * n, "separable": k * k * m + m * n, "linear": m * n}[kind]
        for kind, m, n, _ in layers
    )


def _biases(layers: Layers) -> int:
    return sum(layer.out_channels for layer in layers if layer.kind == "linear")


def params_of(layers: Layers, classifier_bias: bool, per_channel: int) -> int:
    """Return a network's parameters."""
    return _weights(layers) + classifier_bias * _biases(layers) + per_channel * sum(_norms(layers))


def _counted(
    name: str, says: str, formula: Callable[[Layers, bool, int], float], hint: int = 2
) -> Mistake:
    """Take a formula of (layers, classifier_bias, per_channel)."""

    def function(layers, classifier_bias=True, per_channel=2):
        return formula(layers, classifier_bias, per_channel)

    return Mistake(name, says, function, hint)


def _after_depthwise(layers: Layers) -> int:
    return sum(layer.in_channels for layer in layers if layer.kind == "separable")


MOBILENET_PARAMS = (
    _counted(
        "norms-of-depthwise-stages-forgotten",
        "A separable layer has two batch norms, one after each stage; those after the depthwise "
        "stages are missing.",
        lambda layers, b, p: params_of(layers, b, p) - p * _after_depthwise(layers),
    ),
    _counted(
        "norms-of-pointwise-stages-forgotten",
        "A separable layer has two batch norms, one after each stage; those after the pointwise "
        "stages are missing.",
        lambda layers, b, p: (
            params_of(layers, b, p)
            - p * sum(layer.out_channels for layer in _kinds(layers, "separable"))
        ),
    ),
    _counted(
        "norm-of-the-first-layer-forgotten",
        "The standard convolution is followed by a batch norm too.",
        lambda layers, b, p: (
            params_of(layers, b, p)
            - p * sum(layer.out_channels for layer in _kinds(layers, "standard"))
        ),
    ),
    _counted(
        "norm-of-the-classifier",
        "The classifier is given a batch norm; it is followed by none.",
        lambda layers, b, p: params_of(layers, b, p) + p * _biases(layers),
    ),
    _counted(
        "norms-forgotten",
        "The batch norms are missing.",
        lambda layers, b, p: params_of(layers, b, 0),
        1,
    ),
    _counted(
        "two-for-each-channel-always",
        "There are two numbers for each channel of a norm, whatever per_channel says.",
        lambda layers, b, p: params_of(layers, b, 2),
    ),
    _counted(
        "norms-of-layers",
        "A batch norm is given its numbers once; it has them for each channel.",
        lambda layers, b, p: params_of(layers, b, 0) + p * len(_norms(layers)),
    ),
    _counted(
        "bias-always",
        "The classifier has a bias, whatever is said.",
        lambda layers, b, p: params_of(layers, True, p),
    ),
    _counted(
        "bias-forgotten",
        "The classifier's bias makes no difference.",
        lambda layers, b, p: params_of(layers, False, p),
    ),
    _counted(
        "bias-of-one",
        "The classifier's bias is one number; it has one for each class.",
        lambda layers, b, p: params_of(layers, False, p) + b,
    ),
    _counted(
        "biases-of-convolutions",
        "Convolutions are given biases; the norm behind them does that work.",
        lambda layers, b, p: params_of(layers, b, p) + sum(_norms(layers)),
    ),
    _counted(
        "classifier-forgotten",
        "The fully connected layer at the end has weights as well.",
        lambda layers, b, p: params_of(_kinds(layers, "standard", "separable"), b, p),
        1,
    ),
    _counted(
        "first-layer-forgotten",
        "The standard convolution has weights as well, and a norm.",
        lambda layers, b, p: params_of(_kinds(layers, "linear", "separable"), b, p),
        1,
    ),
    _counted(
        "separable-layers-as-standard",
        "Separable layers are counted as standard ones.",
        lambda layers, b, p: params_of(layers.dense(), b, p),
        1,
    ),
    _counted(
        "depthwise-stages-forgotten",
        "The depthwise stages' weights are missing.",
        lambda layers, b, p: (
            params_of(layers, b, p)
            - K * K * sum(layer.in_channels for layer in _kinds(layers, "separable"))
        ),
        1,
    ),
    _counted(
        "kernel-not-squared",
        "One side of the kernels is missing: they have rows and columns.",
        lambda layers, b, p: (
            params_of(layers, b, p)
            - (K - 1)
            * K
            * sum(
                layer.in_channels * (layer.out_channels if layer.kind == "standard" else 1)
                for layer in _kinds(layers, "standard", "separable")
            )
        ),
        1,
    ),
    _counted(
        "float-result",
        "The number is right and its type is float; parameters are counted by an int.",
        lambda layers, b, p: float(params_of(layers, b, p)),
        3,
    ),
)
