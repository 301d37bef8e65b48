"""Exercise 4.2: the MACs of a separable layer, in either order."""

from collections.abc import Callable
from dataclasses import replace
from math import prod

from dwsep_helpers import cost
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Pair, Rng, whole
from dwsep_helpers.checks.recipes.layer_costs import positions, wrong_positions
from dwsep_helpers.checks.unit_04.grouped_macs import grouped_macs
from dwsep_helpers.kernels import conv_output_size as side


def _counted(
    along: Callable[..., int], m: int, n: int, k: Pair, d: Pair, s: int, p: int, first: bool
) -> int:
    """Count what two stages cost if ``along`` counts the positions of a kernel along an axis."""
    out = prod(positions(k, d, s, p, along))
    return m * n * prod(d) + n * prod(k) * out if first else m * (prod(k) + n) * out


def _read(m: int, n: int, k: Pair, d: Pair, s: int, p: int, first: bool) -> tuple:
    """Return both channels, taps, positions out and in, order, and the right answer."""
    out, pixels = prod(positions(k, d, s, p)), prod(d)
    return m, n, prod(k), out, pixels, first, _counted(side, m, n, k, d, s, p, first)


def _stages(
    depthwise: str = "sp", pointwise: str = "", *, order: bool | None = None, apart: bool = False
) -> Callable[..., int]:
    """Return what counts two stages that are given a stride (s) and a padding (p), or neither.

    Parameters
    ----------
    depthwise, pointwise : str
        What each stage is given: of ``"sp"`` the letters that apply.
    order : bool, optional
        Which order is counted so, of ``pointwise_first``; the other is counted rightly.
    apart : bool
        Whether both stages work on the layer's input.
    """

    def counted(m: int, n: int, k: Pair, d: Pair, s: int, p: int, first: bool) -> int:
        if order not in (None, first):
            return _counted(side, m, n, k, d, s, p, first)
        stages = [(k, depthwise), ((1, 1), pointwise)]
        size, at = d, {}
        for kernel, given in stages[::-1] if first else stages:
            made = positions(kernel, size, s if "s" in given else 1, p if "p" in given else 0)
            at[given, kernel] = prod(made)
            size = d if apart else made
        filtering, combining = (at[given, kernel] for kernel, given in stages)
        return (n if first else m) * prod(k) * filtering + m * n * combining

    return counted


# fmt: off
# The pointwise stage is given settings that are the depthwise stage's: which ones, and where.
_GIVEN = (
    ("stride", "s", "the stride"),
    ("padding", "p", "the padding"),
    ("stride-and-padding", "sp", "stride and padding"),
)
_WHERE: tuple[tuple[str, dict[str, bool], str], ...] = (
    ("both-stages", {}, "both stages"),
    ("a-last-pointwise-stage", {"order": False}, "a pointwise stage that comes last, too"),
    ("a-first-pointwise-stage", {"order": True}, "a pointwise stage that comes first, too"),
    ("both-stages-on-the-input", {"apart": True}, "both stages, and both the layer's input"),
    ("a-last-pointwise-stage-on-the-input", {"order": False, "apart": True},
     "a pointwise stage that comes last, and the layer's input"),
    ("a-first-pointwise-stage-alone", {"order": True, "apart": True},
     "a pointwise stage that comes first, too, which should work at each pixel"),
)
_SETTINGS_OF_BOTH = [
    (f"{name}-in-{where}", _stages("sp", given, **how),
     f"You give {what} to {words}; the depthwise stage alone should have {them}.")
    for where, how, words in _WHERE
    for name, given, what in _GIVEN
    for them in ("it" if len(given) == 1 else "them",)
]


MISTAKES = (
    *bank(cost.separable_macs, [
        ("pointwise-stage-forgotten",
         lambda m, n, taps, out, pixels, first, right: (n if first else m) * taps * out,
         "You count the depthwise stage alone; combining channels should count as well.", 1),
        ("depthwise-stage-forgotten",
         lambda m, n, taps, out, pixels, first, right: m * n * (pixels if first else out),
         "You count the pointwise stage alone; filtering should count as well.", 1),
        ("stages-multiplied",
         lambda m, n, taps, out, pixels, first, right: (
             (n if first else m) * taps * out * m * n * (pixels if first else out)),
         "You multiply the costs of the stages; one comes after the other, so they should add up.",
         1),
        ("standard-layer", lambda m, n, taps, out, pixels, first, right: n * out * taps * m,
         "You count a standard layer, a kernel for every channel of every filter; filtering and "
         "combining should be stages of their own.", 1),
        ("order-ignored", lambda m, n, taps, out, pixels, first, right: m * (taps + n) * out,
         "You count depthwise, then pointwise in either case; the other order should count other "
         "positions and channels.", 1),
        ("orders-swapped",
         lambda m, n, taps, out, pixels, first, right: (
             m * (taps + n) * out if first else m * n * pixels + n * taps * out),
         "You count the pointwise stage first where it comes last, and last where it comes first; "
         "it should be the other way round.", 1),
        ("output-positions-in-both-orders",
         lambda m, n, taps, out, pixels, first, right: (m * n + (n if first else m) * taps) * out,
         "You count a pointwise stage that comes first at the output positions; it should work at "
         "each pixel of the input."),
        ("channels-in-filtered-in-both-orders",
         lambda m, n, taps, out, pixels, first, right: (
             m * n * (pixels if first else out) + m * taps * out),
         "You let a depthwise stage that comes last filter C_in channels; it should filter the "
         "C_out that combining made."),
        ("channels-out-filtered-in-both-orders",
         lambda m, n, taps, out, pixels, first, right: (
             m * n * (pixels if first else out) + n * taps * out),
         "You let a depthwise stage that comes first filter C_out channels; it should work on the "
         "C_in that come in."),
        ("pointwise-on-the-input",
         lambda m, n, taps, out, pixels, first, right: (
             m * n * pixels + (n if first else m) * taps * out),
         "You let a pointwise stage that comes last work on the layer's input; it should read what "
         "filtering has made."),
        ("kernel-in-both-stages",
         lambda m, n, taps, out, pixels, first, right: (
             right + m * n * (taps - 1) * (pixels if first else out)),
         "You give the large kernel to the pointwise stage as well; its own should be 1×1."),
        ("as-many-out-as-in",
         lambda m, n, taps, out, pixels, first, right: (
             m * m * (pixels if first else out) + m * taps * out),
         "You let the pointwise stage make as many channels as it reads; it should make C_out."),
        ("bias-counted",
         lambda m, n, taps, out, pixels, first, right: (
             right + (n * (pixels + out) if first else (m + n) * out)),
         "You count the biases, one more for each output value of a stage; products alone should "
         "count.", 1),
        ("channel-forgotten-in-filtering",
         lambda m, n, taps, out, pixels, first, right: (
             right - ((n if first else m) - 1) * taps * out),
         "You count the depthwise stage for one channel; it should filter all of them."),
        ("flops-for-macs", lambda m, n, taps, out, pixels, first, right: 2 * right,
         "You count twice as many, which are FLOPs; a multiplication and its addition should count "
         "as one MAC.", 1),
        ("parameters-for-macs",
         lambda m, n, taps, out, pixels, first, right: (n if first else m) * taps + m * n,
         "You count the weights; each of them should count again at every position of its stage.",
         1),
        ("float-result", lambda m, n, taps, out, pixels, first, right: float(right),
         "You return the right number as a float; a count should be an int.", 3),
        ("pointwise-on-the-input-and-order-ignored",
         lambda m, n, taps, out, pixels, first, right: m * taps * out + m * n * pixels,
         "You let the pointwise stage work on the layer's input in either order; what comes second "
         "should read what the first has made."),
        ("channels-swapped",
         lambda m, n, taps, out, pixels, first, right: (
             m * n * (pixels if first else out) + (m if first else n) * taps * out),
         "You take C_in for C_out and C_out for C_in; C_in should come in, and C_out go out."),
        ("groups-forgotten",
         lambda m, n, taps, out, pixels, first, right: (
             right + (n * (n - 1) if first else m * (m - 1)) * taps * out),
         "You let each filter of the depthwise stage read all channels; it should read one.", 3),
    ], read=_read),
    *wrong_positions(cost.separable_macs, _counted),
    # Of the exercise's own arguments.
    *bank(cost.separable_macs, [
        ("kernel-not-squared",
         lambda m, n, k, d, s, p, first: (
             _counted(side, m, n, k, d, s, p, first)
             - (n if first else m) * (k[1] - 1) * k[0] * prod(positions(k, d, s, p))),
         "You leave out one side of the kernel; both rows and columns should count."),
        ("stride-in-the-last-stage", _stages("p", "s", order=False),
         "You let the depthwise stage work at all positions and the pointwise stage at every "
         "S-th; it is the first that should stride."),
        ("stride-in-the-first-stage", _stages("p", "s", order=True),
         "You let a pointwise stage that comes first stride, and the depthwise stage not; it is "
         "the depthwise stage that should."),
        ("stride-and-padding-in-the-first-stage", _stages("", "sp", order=True),
         "You give stride and padding to a pointwise stage that comes first; they should be the "
         "depthwise stage's."),
        ("stride-and-padding-forgotten", _stages("", ""),
         "You leave stride and padding out; the depthwise stage should be given both."),
        *_SETTINGS_OF_BOTH,
    ]),
)
# fmt: on


def _drawn(rng: Rng) -> list[Case]:
    kernel = whole(rng, 1, 4), whole(rng, 5, 7)
    image = kernel[0] + whole(rng, 10, 60), kernel[1] + whole(rng, 0, 9)
    sizes = whole(rng, 2, 200), whole(rng, 2, 200), kernel, image
    options = {"stride": whole(rng, 1, 4), "padding": whole(rng, 0, 3)}
    return [
        Case("drawn numbers", sizes, {**options, "pointwise_first": first})
        for first in (False, True)
    ]


separable_macs = replace(
    grouped_macs,
    number="4.2",
    name="separable_macs",
    points=3,
    reference=cost.separable_macs,
    cases=listed(
        ("a hand example", (2, 3, (2, 2), (3, 3))),
        ("the other order", (2, 3, (2, 2), (3, 3)), {"pointwise_first": True}),
        ("a rectangle", (3, 5, (3, 2), (9, 6))),
        ("a stride and padding", (5, 7, (3, 3), (9, 6)), {"stride": 2, "padding": 1}),
        ("the other order, with a stride and padding", (5, 7, (3, 3), (9, 6)),
         {"stride": 2, "padding": 1, "pointwise_first": True}),
        ("a stride that does not divide", (7, 2, (3, 3), (12, 9)), {"stride": 4, "padding": 1}),
        ("the other order, with a stride that does not divide", (3, 5, (4, 3), (13, 10)),
         {"stride": 3, "padding": 2, "pointwise_first": True}),
        ("more in than out, pointwise first", (11, 4, (3, 1), (8, 7)), {"pointwise_first": True}),
        ("a 1×1 kernel", (4, 9, (1, 1), (6, 3))),
        ("all sizes different", (11, 6, (4, 3), (17, 10)), {"stride": 3, "padding": 2}),
        ("the article's layer", (3, 256, (5, 5), (8, 8)), {"padding": 2}),
    ),
    strict=listed(
        ("all sizes different", (13, 6, (5, 2), (23, 14)), {"stride": 4, "padding": 3}),
        ("all sizes different, pointwise first", (13, 6, (5, 2), (23, 14)),
         {"stride": 4, "padding": 3, "pointwise_first": True}),
        ("a stride larger than the kernel", (4, 11, (2, 3), (15, 19)),
         {"stride": 6, "padding": 1}),
        ("a layer of MobileNet", (128, 256, (3, 3), (56, 56)), {"stride": 2, "padding": 1}),
        ("the same, pointwise first", (128, 256, (3, 3), (56, 56)),
         {"stride": 2, "padding": 1, "pointwise_first": True}),
        *3 * [_drawn],
    ),
    mistakes=MISTAKES,
)  # fmt: skip
