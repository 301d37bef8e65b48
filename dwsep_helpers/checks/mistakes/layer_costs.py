"""Wrong costs of layers.

Sizes in lower case, as in the article: M channels in, N out, a D_k×D_k kernel, D_f×D_f in, with
stride s and padding p.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from dwsep_helpers.checks.exercise import Mistake
from dwsep_helpers.kernels import conv_output_size

Formula = Callable[..., float]


def positions(d_f: int, d_k: int, s: int, p: int) -> int:
    """Return D_p, the positions along one side."""
    return conv_output_size(d_f, d_k, s, p)


def standard(m: int, n: int, d_k: int, d_p: int) -> int:
    """Return a standard layer's MACs."""
    return n * d_p**2 * d_k**2 * m


def depthwise(m: int, d_k: int, d_p: int) -> int:
    """Return a depthwise layer's MACs."""
    return m * d_k**2 * d_p**2


def separable(m: int, n: int, d_k: int, d_p: int) -> int:
    """Return a separable layer's MACs."""
    return depthwise(m, d_k, d_p) + standard(m, n, 1, d_p)


# The output's side gone wrong: from (D_f, D_k, s, p).
_SIDES: tuple[tuple[str, str, Callable[[int, int, int, int], int], int], ...] = (
    (
        "input-size-for-output",
        "That counts a position for each input pixel; it is output values that cost.",
        lambda d_f, d_k, s, p: d_f,
        1,
    ),
    (
        "stride-forgotten",
        "The stride makes no difference; the kernel skips positions.",
        lambda d_f, d_k, s, p: positions(d_f, d_k, 1, p),
        2,
    ),
    (
        "padding-forgotten",
        "The padding makes no difference; it adds positions.",
        lambda d_f, d_k, s, p: max(d_f - d_k, 0) // s + 1,
        2,
    ),
    (
        "padding-counted-once",
        "The padding lengthens the input at one end; there are two.",
        lambda d_f, d_k, s, p: max(d_f + p - d_k, 0) // s + 1,
        2,
    ),
    (
        "plus-one-forgotten",
        "Along a side, that counts the steps between positions; the first position counts too.",
        lambda d_f, d_k, s, p: (d_f + 2 * p - d_k) // s,
        2,
    ),
    (
        "rounded-up",
        "Where the stride does not divide, a last position hangs over the edge; only whole ones "
        "count.",
        lambda d_f, d_k, s, p: -((d_k - d_f - 2 * p) // s) + 1,
        2,
    ),
    (
        "same-size-assumed",
        "That is the size if the padding is chosen to keep it; here the padding is given.",
        lambda d_f, d_k, s, p: math.ceil(d_f / s),
        2,
    ),
)

_FLOPS = ("flops-for-macs", "That is twice as many: FLOPs. A multiplication and its addition "
          "together are one MAC.", 1)  # fmt: skip
_PARAMETERS = ("parameters-for-macs", "That counts the weights; each of them is used again at "
               "every output position.", 1)  # fmt: skip


def _of_layer(
    right: Formula, wrong: tuple[tuple[str, str, Formula, int], ...]
) -> tuple[Mistake, ...]:
    """Return the mistakes of a layer with M channels in and N out.

    ``right(m, n, d_k, d_p)`` gives its MACs; a wrong formula takes the same.
    """

    def with_side(side: Callable[[int, int, int, int], int]) -> Callable[..., float]:
        def function(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
            d_p = side(input_size, kernel_size, stride, padding)
            return right(in_channels, out_channels, kernel_size, d_p)

        return function

    def with_formula(formula: Formula) -> Callable[..., float]:
        def function(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
            d_p = positions(input_size, kernel_size, stride, padding)
            return formula(in_channels, out_channels, kernel_size, d_p)

        return function

    common = (
        (*_FLOPS[:2], lambda m, n, k, d: 2 * right(m, n, k, d), _FLOPS[2]),
        (*_PARAMETERS[:2], lambda m, n, k, d: right(m, n, k, 1), _PARAMETERS[2]),
        (
            "output-not-squared",
            "One side of the output is missing: it has rows and columns.",
            lambda m, n, k, d: right(m, n, k, d) // d,
            1,
        ),
        (
            "float-result",
            "The number is right and its type is float; products are counted by an int.",
            lambda m, n, k, d: float(right(m, n, k, d)),
            3,
        ),
    )
    return tuple(
        Mistake(name, says, with_formula(formula), hint) for name, says, formula, hint in wrong
    ) + tuple(
        Mistake(name, says, make(how), hint)
        for make, rows in ((with_formula, common), (with_side, _SIDES))
        for name, says, how, hint in rows
    )


STANDARD_MACS = _of_layer(
    standard,
    (
        (
            "bias-counted",
            "Each output value has one more than its products: the bias, which is not counted.",
            lambda m, n, k, d: n * d**2 * (k**2 * m + 1),
            1,
        ),
        (
            "additions-counted",
            "That counts the additions between products, one fewer for each output value.",
            lambda m, n, k, d: n * d**2 * (k**2 * m - 1),
            1,
        ),
        (
            "channels-forgotten",
            "That is one channel; a filter has a slice for every channel.",
            lambda m, n, k, d: standard(1, n, k, d),
            1,
        ),
        (
            "filters-forgotten",
            "That is one filter, or all of a depthwise layer; here every filter costs as much.",
            lambda m, n, k, d: standard(m, 1, k, d),
            2,
        ),
        (
            "kernel-not-squared",
            "One side of the kernel is missing: it has rows and columns.",
            lambda m, n, k, d: n * d**2 * k * m,
            1,
        ),
        (
            "kernel-sides-added",
            "The kernel's sides are added; a square of taps holds their product.",
            lambda m, n, k, d: n * d**2 * 2 * k * m,
            1,
        ),
        (
            "channels-and-filters-added",
            "Channels and filters are added; every filter meets every channel.",
            lambda m, n, k, d: (n + m) * d**2 * k**2,
            2,
        ),
    ),
)


def _one_width(mistakes: tuple[Mistake, ...]) -> tuple[Mistake, ...]:
    """Return mistakes of a layer with as many channels out as in."""

    def narrowed(function: Callable[..., float]) -> Callable[..., float]:
        def of_sizes(channels, kernel_size, input_size, stride=1, padding=0):
            return function(channels, channels, kernel_size, input_size, stride, padding)

        return of_sizes

    return tuple(
        Mistake(each.name, each.says, narrowed(each.function), each.hint) for each in mistakes
    )


DEPTHWISE_MACS = _one_width(
    _of_layer(
        lambda m, n, k, d: depthwise(m, k, d),
        (
            (
                "standard-layer",
                "There every filter would read all channels. Here each output value reads one.",
                lambda m, n, k, d: standard(m, m, k, d),
                1,
            ),
            (
                "channels-forgotten",
                "That is one channel; each of them makes a map of its own.",
                lambda m, n, k, d: depthwise(1, k, d),
                1,
            ),
            (
                "kernel-forgotten",
                "That is one tap of the kernel; each output value meets all of them.",
                lambda m, n, k, d: depthwise(m, 1, d),
                1,
            ),
            (
                "kernel-not-squared",
                "One side of the kernel is missing: it has rows and columns.",
                lambda m, n, k, d: m * k * d**2,
                1,
            ),
            (
                "bias-counted",
                "Each output value has one more than its products: the bias, not counted.",
                lambda m, n, k, d: m * d**2 * (k**2 + 1),
                1,
            ),
            (
                "additions-counted",
                "That counts the additions between products, one fewer for each output value.",
                lambda m, n, k, d: m * d**2 * (k**2 - 1),
                1,
            ),
        ),
    )
)


def _pointwise(name: str, says: str, formula: Formula, hint: int = 1) -> Mistake:
    """Take a formula of (M, N, D_p)."""

    def function(in_channels, out_channels, size):
        return formula(in_channels, out_channels, size)

    return Mistake(name, says, function, hint)


POINTWISE_MACS = (
    _pointwise(*_FLOPS[:2], lambda m, n, d: 2 * m * n * d**2),
    _pointwise(*_PARAMETERS[:2], lambda m, n, d: m * n),
    _pointwise(
        "output-not-squared",
        "One side of the map is missing: it has rows and columns.",
        lambda m, n, d: m * n * d,
    ),
    _pointwise(
        "size-doubled",
        "The sides of the map are added; it holds their product of pixels.",
        lambda m, n, d: m * n * 2 * d,
    ),
    _pointwise(
        "channels-forgotten",
        "That is one product for each output value; each weighs all channels.",
        lambda m, n, d: n * d**2,
    ),
    _pointwise(
        "filters-forgotten",
        "That is one output channel; there are more.",
        lambda m, n, d: m * d**2,
    ),
    _pointwise(
        "channels-and-filters-added",
        "Channels in and out are added; every output weighs every input.",
        lambda m, n, d: (m + n) * d**2,
    ),
    _pointwise(
        "as-many-out-as-in",
        "That takes as many channels out as in.",
        lambda m, n, d: m * m * d**2,
    ),
    _pointwise(
        "as-many-in-as-out",
        "That takes as many channels in as out.",
        lambda m, n, d: n * n * d**2,
    ),
    _pointwise(
        "bias-counted",
        "Each output value has one more than its products: the bias, which is not counted.",
        lambda m, n, d: n * d**2 * (m + 1),
    ),
    _pointwise(
        "additions-counted",
        "That counts the additions between products, one fewer for each output value.",
        lambda m, n, d: n * d**2 * (m - 1),
    ),
    _pointwise(
        "kernel-of-three",
        "That is a 3×3 kernel; this one has a single tap in each channel.",
        lambda m, n, d: 9 * m * n * d**2,
    ),
    _pointwise(
        "float-result",
        "The number is right and its type is float; products are counted by an int.",
        lambda m, n, d: float(m * n * d**2),
        3,
    ),
)

_SEPARABLE = _of_layer(
    separable,
    (
        (
            "pointwise-stage-forgotten",
            "That is the depthwise stage alone; combining costs as well.",
            lambda m, n, k, d: depthwise(m, k, d),
            1,
        ),
        (
            "depthwise-stage-forgotten",
            "That is the pointwise stage alone; filtering costs as well.",
            lambda m, n, k, d: standard(m, n, 1, d),
            1,
        ),
        (
            "stages-multiplied",
            "The costs of the two stages are multiplied; one comes after the other, so they add "
            "up.",
            lambda m, n, k, d: depthwise(m, k, d) * standard(m, n, 1, d),
            1,
        ),
        (
            "standard-layer",
            "That is a standard layer: each filter with a kernel for every channel.",
            standard,
            1,
        ),
        (
            "channels-and-filters-swapped",
            "The depthwise stage is taken to filter N channels; it works on the M that come in.",
            lambda m, n, k, d: depthwise(n, k, d) + standard(m, n, 1, d),
            2,
        ),
        (
            "kernel-in-both-stages",
            "The pointwise stage is given the large kernel too; its own is 1×1.",
            lambda m, n, k, d: depthwise(m, k, d) + standard(m, n, k, d),
            2,
        ),
        (
            "as-many-out-as-in",
            "The pointwise stage is taken to make as many channels as it reads.",
            lambda m, n, k, d: depthwise(m, k, d) + standard(m, m, 1, d),
            2,
        ),
        (
            "kernel-not-squared",
            "One side of the kernel is missing: it has rows and columns.",
            lambda m, n, k, d: m * k * d**2 + standard(m, n, 1, d),
            2,
        ),
        (
            "bias-counted",
            "Biases are counted, one for each output value of each stage; they are not MACs.",
            lambda m, n, k, d: separable(m, n, k, d) + (m + n) * d**2,
            1,
        ),
        (
            "channel-forgotten-in-filtering",
            "The depthwise stage is counted for one channel; it filters all of them.",
            lambda m, n, k, d: depthwise(1, k, d) + standard(m, n, 1, d),
            2,
        ),
    ),
)


def _stages(name: str, says: str, formula: Formula, hint: int = 2) -> Mistake:
    """Take a formula of (M, N, D_k, D_f, s, p), for stages that differ in size."""

    def function(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
        return formula(in_channels, out_channels, kernel_size, input_size, stride, padding)

    return Mistake(name, says, function, hint)


SEPARABLE_MACS = (
    *_SEPARABLE,
    _stages(
        "stride-in-the-pointwise-stage",
        "The depthwise stage is counted at all positions and the pointwise stage at every S-th; "
        "it is the first that strides.",
        lambda m, n, k, d, s, p: (
            depthwise(m, k, positions(d, k, 1, p)) + standard(m, n, 1, positions(d, k, s, p))
        ),
    ),
    _stages(
        "stride-in-both-stages",
        "Both stages stride; only the depthwise stage does.",
        lambda m, n, k, d, s, p: (
            depthwise(m, k, positions(d, k, s, p))
            + standard(m, n, 1, positions(positions(d, k, s, p), 1, s, 0))
        ),
    ),
    _stages(
        "pointwise-on-the-input",
        "The pointwise stage is counted on the layer's input; it reads what filtering has made.",
        lambda m, n, k, d, s, p: depthwise(m, k, positions(d, k, s, p)) + standard(m, n, 1, d),
    ),
    _stages(
        "padding-in-both-stages",
        "Both stages pad; only the depthwise stage does.",
        lambda m, n, k, d, s, p: (
            depthwise(m, k, positions(d, k, s, p))
            + standard(m, n, 1, positions(d, k, s, p) + 2 * p)
        ),
    ),
)
