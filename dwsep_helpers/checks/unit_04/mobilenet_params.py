"""Exercise 4.8: the parameters of a network."""

from typing import Any

from dwsep_helpers import cost
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, whole
from dwsep_helpers.checks.unit_04.mobilenet_macs import HAND, LAYERS, network
from dwsep_helpers.papers import MOBILENET_V1, Layers

_count = cost.mobilenet_params


def _of(layers: Layers, *kinds: str) -> Layers:
    return Layers(layers.name, (layer for layer in layers if layer.kind in kinds))


def _made(layers: Layers, kind: str) -> int:
    """Return how many channels the layers of a kind make."""
    return sum(layer.out_channels for layer in _of(layers, kind))


def _filtered(layers: Layers) -> int:
    """Return how many channels the depthwise stages make."""
    return sum(layer.in_channels for layer in _of(layers, "separable"))


def _kernels(layers: Layers) -> int:
    """Return how many 3×3 kernels there are."""
    standard = sum(layer.in_channels * layer.out_channels for layer in _of(layers, "standard"))
    return standard + _filtered(layers)


def _norms(layers: Layers) -> int:
    return len(_of(layers, "standard")) + 2 * len(_of(layers, "separable"))


def _read(net: Layers, bias: bool, per_channel: int) -> tuple[Any, ...]:
    return net, bias, per_channel, _count(net, bias, per_channel)


# What goes wrong, of the layers, the classifier's bias, numbers per channel, and the right answer.
# fmt: off
MISTAKES = bank(cost.mobilenet_params, [
    ("norms-of-depthwise-stages-forgotten", lambda net, b, p, right: right - p * _filtered(net),
     "You leave out the norms after the depthwise stages; a separable layer should have one "
     "after each stage."),
    ("norms-of-pointwise-stages-forgotten",
     lambda net, b, p, right: right - p * _made(net, "separable"),
     "You leave out the norms after the pointwise stages; a separable layer should have one "
     "after each stage."),
    ("norm-of-the-first-layer-forgotten",
     lambda net, b, p, right: right - p * _made(net, "standard"),
     "You leave out the norm after a standard convolution; every convolution should have one."),
    ("norm-of-the-classifier", lambda net, b, p, right: right + p * _made(net, "linear"),
     "You give the classifier a batch norm; convolutions alone should have one."),
    ("norms-forgotten", lambda net, b, p, right: _count(net, b, 0),
     "You leave out the batch norms; one should follow every convolution.", 1),
    ("two-for-each-channel-always", lambda net, b, p, right: _count(net, b, 2),
     "You count two numbers for each channel of a norm in any case; there should be as many as "
     "asked for."),
    ("norms-of-layers", lambda net, b, p, right: _count(net, b, 0) + p * _norms(net),
     "You count each batch norm's numbers once; they should count for each channel."),
    ("bias-always", lambda net, b, p, right: _count(net, True, p),
     "You count the classifier's bias in any case; it should count only if wanted."),
    ("bias-forgotten", lambda net, b, p, right: _count(net, False, p),
     "You never count the classifier's bias; it should count if wanted."),
    ("bias-of-one", lambda net, b, p, right: _count(net, False, p) + b,
     "You count the classifier's bias as one number; each class should have one."),
    ("biases-of-convolutions", lambda net, b, p, right: _count(net, b, p + 1),
     "You give convolutions biases; the norm behind each should do that work."),
    ("classifier-forgotten",
     lambda net, b, p, right: _count(_of(net, "standard", "separable"), b, p),
     "You leave out the fully connected layer at the end; its weights should count as well.", 1),
    ("first-layer-forgotten",
     lambda net, b, p, right: _count(_of(net, "separable", "linear"), b, p),
     "You leave out the standard convolution; its weights and its norm should count as well.", 1),
    ("separable-layers-as-standard", lambda net, b, p, right: _count(net.dense(), b, p),
     "You count separable layers as standard ones; each should be a depthwise and a pointwise "
     "stage.", 1),
    ("depthwise-stages-forgotten", lambda net, b, p, right: right - 9 * _filtered(net),
     "You leave out the depthwise stages' weights; both stages should count.", 1),
    ("kernel-not-squared", lambda net, b, p, right: right - 6 * _kernels(net),
     "You leave out one side of the kernels; both rows and columns should count.", 1),
    ("float-result", lambda net, b, p, right: float(right),
     "You return the right number as a float; a count should be an int.", 3),
], read=_read)
# fmt: on


def _cases(rng: Rng) -> list[Case]:
    small, weights = network(rng), {"classifier_bias": False, "per_channel": 0}
    mobilenet = (MOBILENET_V1,)
    return [
        Case("weights alone", (HAND,), weights),
        Case("the weights of four layers", (small,), weights),
        Case("and the classifier's bias", (small,), {"per_channel": 0}),
        Case("and the norms", (small,)),
        Case("MobileNet's norms with four numbers for each channel", mobilenet, {"per_channel": 4}),
        Case("MobileNet without the bias", mobilenet, {"classifier_bias": False}),
    ]


def _strict(rng: Rng) -> list[Case]:
    def drawn(bias: bool) -> Case:
        thin, per_channel = other.thinner(whole(rng, 1, 8) / 2), whole(rng, 1, 9)
        options = {"per_channel": per_channel, "classifier_bias": bias}
        return Case("a drawn width", (thin,), options)

    other = network(rng, strict=True)
    return [
        Case("other layers", (other,), {"per_channel": 3}),
        Case("other layers without the bias", (other,), {"classifier_bias": False}),
        Case("half the width", (MOBILENET_V1.thinner(0.5),), {"per_channel": 1}),
        drawn(True),
        drawn(False),
    ]


mobilenet_params = Check(
    number="4.8",
    name="mobilenet_params",
    points=2,
    reference=cost.mobilenet_params,
    cases=_cases,
    strict=_strict,
    mistakes=MISTAKES,
    allows=(LAYERS,),
)
