"""Exercise 8.4: the whole network, from its table."""

from collections.abc import Callable

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, numbers
from dwsep_helpers.checks.recipes import inverted
from dwsep_helpers.checks.recipes.inverted import (
    LAYERS,
    Pads,
    Zeros,
    as_it_is,
    by_half,
    each_axis,
    padded,
    relu,
    relu6,
    six_at_most,
)

Array = np.ndarray
Blocks = list[tuple[int, int, int, int, int]]


def _network(
    x: Array,
    layers: dict[str, tuple[Array, Array]],
    blocks: Blocks,
    *,
    stem_stride: int = 2,
    pads: Pads = kernels.same_padding,
    zeros: Zeros = each_axis,
    stem: Callable[[Array], Array] = relu6,
    steps: Callable[[int, int], int] = lambda number, stride: stride,
    widens: Callable[[int, int], bool] = lambda number, expansion: expansion != 1,
    head: Callable[[Array], Array] = relu6,
    pool: Callable[[Array], Array] = lambda y: y.mean((2, 3)),
    early: Callable[[Array], Array] = as_it_is,
    finish: Callable[[Array], Array] = as_it_is,
    without_bias: str = "",
) -> Array:
    """Run the network, save for the steps that are replaced."""
    if without_bias:
        weight, bias = layers[without_bias]
        layers = {**layers, without_bias: (weight, 0 * bias)}
    weight, bias = layers["stem"]
    x = padded(x, weight, stem_stride, pads, zeros)
    x = stem(kernels.conv2d(x, weight, bias, stride=stem_stride))
    for number, (*_, stride, expansion) in enumerate(blocks):
        name = f"blocks.{number}"
        expand = layers[f"{name}.expand"] if widens(number, expansion) else None
        both = layers[f"{name}.depthwise"], layers[f"{name}.project"]
        x = inverted.bottleneck(x, expand, *both, steps(number, stride))
    x = pool(head(kernels.pointwise_conv2d(early(x), *layers["head"])))
    weight, bias = layers["classifier"]
    return finish(x @ weight.T + bias)


def _softmax(y: Array) -> Array:
    powers = np.exp(y - y.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


# fmt: off
MISTAKES = bank(_network, [
    ("stem-without-stride", {"stem_stride": 1},
     "You let the first layer step by 1; it should step by 2.", 1),
    ("stem-padded-by-half", {"pads": by_half},
     "You put the odd zero before the image, or one on each side; it should go after, as in "
     "exercise 8.1.", 2),
    ("stem-rows-for-columns", {"zeros": lambda rows, columns: (rows, rows)},
     "You pad the image's columns as its rows need it; each axis should have its own zeros.", 2),
    ("stem-columns-for-rows", {"zeros": lambda rows, columns: (columns, columns)},
     "You pad the image's rows as its columns need it; each axis should have its own zeros.", 2),
    ("stem-rows-and-columns-swapped", {"zeros": lambda rows, columns: (columns, rows)},
     "You swap the padding of the image's rows and columns; each axis should have its own "
     "zeros.", 2),
    ("stem-not-padded", {"pads": lambda n, k, s: (0, 0)},
     "You don't pad the image; it should be as exercise 8.1 says.", 2),
    ("stem-without-activation", {"stem": as_it_is},
     "You leave out the activation after the first layer; there should be one.", 2),
    ("head-without-activation", {"head": as_it_is},
     "You leave out the activation after the head; there should be one.", 2),
    ("no-activation", {"stem": as_it_is, "head": as_it_is},
     "You leave out both activations; one should follow the first layer, one the head.", 2),
    ("relu-for-relu6", {"stem": relu, "head": relu},
     "You let everything above 6 pass; the activations should end at 6.", 3),
    ("relu-for-relu6-after-the-stem", {"stem": relu},
     "You let everything above 6 pass after the first layer; its activation should end at 6.", 3),
    ("relu-for-relu6-after-the-head", {"head": relu},
     "You let everything above 6 pass after the head; its activation should end at 6.", 3),
    ("cut-off-at-6-alone", {"stem": six_at_most, "head": six_at_most},
     "You cut off what is above 6 and keep what is below 0; both should go.", 3),
    ("pooled-before-the-head", {"early": lambda y: y.mean((2, 3), keepdims=True)},
     "You average the map before the head; it should be averaged after the head's activation.", 1),
    ("maximum-for-mean", {"pool": lambda y: y.max((2, 3))},
     "You take each map's maximum; it should be its mean.", 2),
    ("sum-for-mean", {"pool": lambda y: y.sum((2, 3))},
     "You add up each map; it should be its mean.", 2),
    ("one-pixel-for-mean", {"pool": lambda y: y[:, :, 0, 0]},
     "You take each map's first pixel; it should be its mean.", 2),
    ("strides-forgotten", {"steps": lambda number, stride: 1},
     "You run all blocks with stride 1; each should have the table's.", 2),
    ("stride-of-the-first-block-forgotten",
     {"steps": lambda number, stride: stride if number else 1},
     "You run the first block with stride 1 whatever the table says; it should have the table's "
     "stride.", 2),
    ("first-block-never-widens",
     {"widens": lambda number, expansion: number > 0 and expansion != 1},
     "You never widen in the first block; it should widen, too, where the table's expansion isn't "
     "1.", 2),
    ("bias-of-classifier-forgotten", {"without_bias": "classifier"},
     "You leave out the classifier's bias; it should be added.", 3),
    ("bias-of-head-forgotten", {"without_bias": "head"},
     "You leave out the head's bias; it should be added before the activation.", 3),
    ("bias-of-stem-forgotten", {"without_bias": "stem"},
     "You leave out the first layer's bias; it should be added before the activation.", 3),
    ("activation-after-classifier", {"finish": relu6},
     "You put an activation after the classifier; scores should be as they come.", 3),
    ("probabilities-for-scores", {"finish": _softmax},
     "You turn the scores into probabilities; here they should stay scores.", 3),
    ("best-class-alone", {"finish": lambda y: y.argmax(axis=1)},
     "You return the best class; it should be the scores of all.", 3),
    ("first-image-alone", {"finish": lambda y: y[0]},
     "You return the first image's scores; there should be a row for each image.", 3),
])
# fmt: on


def _drawn(
    rng: Rng, says: str, x: tuple[int, int, int], kernel: int, blocks: Blocks, classes: int
) -> Case:
    """Return a case of x (N, H, W) of 3 channels; the stem's kernel; the table of blocks."""
    layers = {"stem": inverted.layer(rng, (blocks[0][0], 3, kernel, kernel))}
    for number, (into, out, size, _, expansion) in enumerate(blocks):
        channels, widens = (into, into * expansion, out), expansion != 1
        drawn = inverted.block(rng, channels, (size, size), widens)
        named = zip(("expand", "depthwise", "project"), drawn, strict=True)
        layers |= {f"blocks.{number}.{name}": one for name, one in named if one}
    out = blocks[-1][1]
    layers["head"] = inverted.layer(rng, (out + 3, out, 1, 1))
    weight, bias = inverted.layer(rng, (classes, out + 3, 1, 1))
    layers["classifier"] = weight[:, :, 0, 0], bias
    return Case(says, (numbers(rng, (x[0], 3, *x[1:])), layers, blocks))


# in_channels, out_channels, kernel_size, stride, expansion
_ONE = [(4, 4, 3, 1, 1)]
_TWO = [(3, 4, 3, 1, 1), (4, 5, 3, 2, 3)]
_THREE = [(4, 3, 3, 1, 1), (3, 5, 5, 2, 2), (5, 5, 3, 1, 2)]
_FIRST_WIDENS = [(3, 4, 3, 2, 2), (4, 5, 3, 2, 1)]

mobilenet_v2 = Check(
    number="8.4",
    name="mobilenet_v2",
    points=5,
    reference=kernels.mobilenet_v2,
    cases=listed(
        ("one block", (1, 8, 8), 3, _ONE, 4),
        ("two blocks", (2, 8, 10), 3, _TWO, 3),
        ("three blocks, one with a kernel of 5", (2, 12, 16), 3, _THREE, 6),
        ("an image of odd size", (1, 13, 9), 3, _TWO, 5),
        ("an even height and an odd width", (1, 6, 9), 3, _ONE, 4),
        ("a first kernel of 5", (1, 8, 12), 5, _ONE, 5),
        ("a first block that widens, a second that doesn't", (2, 12, 14), 3, _FIRST_WIDENS, 4),
        of=_drawn,
    ),
    strict=listed(
        ("two blocks", (2, 10, 12), 3, [(5, 4, 5, 2, 1), (4, 4, 3, 1, 2)], 4),
        ("three blocks, one with a kernel of 5", (3, 16, 12), 3, _THREE, 5),
        ("a first kernel of 5", (1, 12, 8), 5, _TWO, 7),
        ("an image of odd size", (2, 9, 15), 3, _ONE, 3),
        ("an odd height and an even width", (1, 7, 10), 3, _TWO, 4),
        ("a first block that widens", (1, 14, 12), 3, [(4, 4, 3, 1, 3), (4, 3, 5, 2, 1)], 6),
        ("steps in the first two blocks", (2, 16, 14), 3, _FIRST_WIDENS, 3),
        of=_drawn,
    ),
    mistakes=MISTAKES,
    axes=("N", "classes"),
    allows=LAYERS,
)
