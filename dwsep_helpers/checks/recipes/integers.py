"""Layers in eight-bit integers, in steps: what can go wrong on the way there and back."""

from collections.abc import Callable
from typing import Any

import numpy as np

from dwsep_helpers.checks.compare import WrongTypeError, described
from dwsep_helpers.checks.exercise import Row
from dwsep_helpers.checks.inputs import Rng
from dwsep_helpers.kernels import depthwise_conv2d, pointwise_conv2d
from dwsep_helpers.translation import Phrase

Array = np.ndarray


def eight_bits(answer: Any) -> Array:
    """Return an answer's values as real numbers; they have to be stored in eight bits."""
    held = str(getattr(answer, "dtype", "")).removeprefix("torch.")
    if held != "int8":
        what = Phrase("numbers of dtype {dtype}", dtype=held) if held else described(answer)
        why = Phrase("{what}; an array of int8 is asked for: .astype(np.int8)", what=what)
        raise WrongTypeError(why)
    return np.asarray(answer).astype(float)


def wrapped(numbers: Array, bits: int = 8) -> Array:
    """Return whole numbers as so many bits hold them: beyond these they wrap round."""
    return np.asarray(numbers).astype(np.int64).astype(f"int{bits}").astype(np.int64)


def _product(sums: Array, multiplier: Array) -> Array:
    return np.asarray(sums).astype(np.int64) * np.asarray(multiplier).astype(np.int64)


def _upper_half(product: Array) -> Array:
    return (product + 2**30) >> 31


def _shifted(high: Array, shift: Array) -> Array:
    half = (1 << np.asarray(shift, np.int64)) >> 1
    return np.sign(high) * ((np.abs(high) + half) >> shift)


def _clipped(steps: Array, zero_point: int) -> Array:
    return np.clip(steps + zero_point, -128, 127).astype(np.int8)


def requantized(
    accumulator: Array,
    multiplier: Array,
    shift: Array,
    zero_point: int = 0,
    *,
    product: Callable[[Array, Array], Array] = _product,
    high: Callable[[Array], Array] = _upper_half,
    low: Callable[[Array, Array], Array] = _shifted,
    at_once: Callable[[Array, Array], Array] | None = None,
    finish: Callable[[Array, int], Array] = _clipped,
) -> Array:
    """Bring sums back to eight bits rightly, save for the steps that are replaced."""
    multiplied = product(np.asarray(accumulator), multiplier)
    shift = np.asarray(shift, np.int64)
    steps = at_once(multiplied, shift) if at_once else low(high(multiplied), shift)
    return finish(steps, zero_point)


def _rounded_away(product: Array) -> Array:
    return np.sign(product) * ((np.abs(product) + 2**30) >> 31)


# fmt: off
WAYS_BACK: tuple[Row, ...] = (
    ("cut-off", {"at_once": lambda p, s: p >> (31 + s)},
     "You shift to the right and round down; each of the two steps should round to the nearest."),
    ("one-rounding", {"at_once": lambda p, s: (p + (1 << (30 + s))) >> (31 + s)},
     "You round once, after both shifts; the upper half should be rounded before the second "
     "shift."),
    ("in-floating-point", {"at_once": lambda p, s: np.rint(p / 2.0**31 / 2.0**s).astype(int)},
     "You multiply by a fraction and round once; there should be two roundings, in integers."),
    ("second-halves-up", {"low": lambda h, s: (h + ((1 << s) >> 1)) >> s},
     "You round halves up when you shift; −2.5 should become −3, away from zero.", 3),
    ("second-halves-to-even", {"low": lambda h, s: np.rint(h / 2.0**s).astype(int)},
     "You round halves to the even number when you shift; they should go away from zero.", 3),
    ("second-cut-off", {"low": lambda h, s: np.trunc(h / 2.0**s).astype(int)},
     "You cut off what the shift leaves, toward zero; it should be the nearest integer.", 3),
    ("zero-point-of-the-output-forgotten", {"finish": lambda y, z: _clipped(y, 0)},
     "You leave the output's zero point out; it should be added before you clip.", 1),
    ("not-clipped", {"finish": lambda y, z: wrapped(y + z).astype(np.int8)},
     "You let numbers wrap round that need more than eight bits; they should be clipped.", 3),
    ("shift-forgotten", {"low": lambda h, s: h},
     "You leave the shift out; what is left of the product should be shifted by it.", 1),
    ("clipped-at-zero", {"finish": lambda y, z: _clipped(y, z).clip(0)},
     "You clip at 0, and nothing negative is left; the lowest integer should be −128.", 3),
)

def _zero_point_within(sums: Array, multiplier: Array, shift: Array, zero_point: int) -> Array:
    return requantized(sums, multiplier, shift, high=lambda p: _upper_half(p) + zero_point)


ONLY_BACK: tuple[Row, ...] = (
    ("product-in-32-bits", {"product": lambda a, m: wrapped(_product(a, m), 32)},
     "You multiply in 32 bits, and the product wraps round; it should have 64.", 1),
    ("first-not-rounded", {"high": lambda p: p >> 31},
     "You cut the lower 31 bits off; the upper half should be rounded to the nearest."),
    ("first-halves-away", {"high": _rounded_away},
     "You round the upper half's halves away from zero; there they should go up."),
    ("first-cut-toward-zero", {"high": lambda p: np.sign(p) * (np.abs(p) >> 31)},
     "You cut the lower 31 bits off toward zero; the upper half should be rounded to the nearest."),
    ("first-halves-to-even", {"high": lambda p: np.rint(p / 2.0**31).astype(int)},
     "You round the upper half's halves to the even number; there they should go up."),
    ("both-halves-to-even",
     {"high": lambda p: np.rint(p / 2.0**31).astype(int),
      "low": lambda h, s: np.rint(h / 2.0**s).astype(int)},
     "You round halves to the even number in both steps; they should go up in the first, away from "
     "zero in the second."),
    ("second-not-rounded", {"low": lambda h, s: h >> s},
     "You shift and round down; after the shift it should be the nearest integer."),
    ("second-halves-toward-zero",
     {"low": lambda h, s: np.sign(h) * ((np.abs(h) + (1 << s >> 1) - (s > 0)) >> s)},
     "You round halves toward zero when you shift; they should go away from it.", 3),
    ("multiplier-forgotten", {"product": lambda a, m: a.astype(np.int64) << 31},
     "You leave the multiplier out; the sums should be multiplied by it first.", 1),
    ("shifted-to-the-left", {"low": lambda h, s: h << s},
     "You shift to the left, which multiplies; the shift should divide by a power of two."),
    ("thirty-bits", {"high": lambda p: (p + 2**29) >> 30},
     "You drop 30 bits of the product; there should be 31, for the multiplier is over 2³¹."),
    ("thirty-two-bits", {"high": lambda p: (p + 2**31) >> 32},
     "You drop 32 bits of the product; there should be 31, for the multiplier is over 2³¹."),
    ("zero-point-before-the-shift", _zero_point_within,
     "You add the zero point before you shift, which divides it, too; it should be added after."),
    ("zero-point-subtracted", {"finish": lambda y, z: _clipped(y, -z)},
     "You subtract the zero point; in the output it should be added."),
    ("clipped-before-the-zero-point",
     {"finish": lambda y, z: wrapped(np.clip(y, -128, 127) + z).astype(np.int8)},
     "You clip before you add the zero point, and sums may wrap round; clipping should come "
     "last.", 3),
    ("clipped-at-127-both-ways", {"finish": lambda y, z: _clipped(y, z).clip(-127)},
     "You clip at −127; the lowest integer should be −128.", 3),
    ("relu", {"finish": lambda y, z: np.maximum(_clipped(y, z), z)},
     "You cut off what lies below the zero point, as a ReLU does; here it should stay.", 3),
    ("nudge-by-sign", {"high": lambda p: (p + np.where(p >= 0, 2**30, 1 - 2**30)) >> 31},
     "You add half with the sign of the product, then shift, which rounds down; 2³⁰ should be "
     "added whatever the sign."),
    ("one-rounding-away",
     {"at_once": lambda p, s: np.sign(p) * ((np.abs(p) + (1 << (30 + s))) >> (31 + s))},
     "You round once, after both shifts; the upper half should be rounded before the second "
     "shift."),
    ("unsigned", {"finish": lambda y, z: wrapped(np.clip(y + z, 0, 255)).astype(np.int8)},
     "You clip to 0 … 255, as for integers without a sign; these should have one.", 3),
)
# fmt: on


def _differences(x: Array, zero_point: int) -> Array:
    return x.astype(np.int64) - zero_point


def _added(sums: Array, bias: Array) -> Array:
    return sums + bias.reshape(-1, 1, 1)


def _way_back(sums: Array, bias: Array, back: tuple[Array, Array], zero_point: int) -> Array:
    multiplier, shift = (v.reshape(-1, 1, 1) for v in back)
    return requantized(sums, multiplier, shift, zero_point)


def depthwise(
    x: Array,
    weight: Array,
    bias: Array,
    multiplier: Array,
    shift: Array,
    x_zero_point: int,
    y_zero_point: int,
    stride: int = 1,
    padding: int = 0,
    *,
    pad_with: Callable[[int], int] = lambda zero_point: zero_point,
    **steps: Callable[..., Any],
) -> Array:
    """Compute a depthwise layer rightly, save for the steps that are replaced."""
    around = [(0, 0), (0, 0), (padding, padding), (padding, padding)]
    x = np.pad(x, around, constant_values=pad_with(x_zero_point))

    def correlate(x: Array, weight: Array) -> Array:
        return depthwise_conv2d(x, weight, stride=stride)

    back = multiplier, shift
    return _layer(x, weight, bias, back, x_zero_point, y_zero_point, correlate, **steps)


def pointwise(
    x: Array,
    weight: Array,
    bias: Array,
    multiplier: Array,
    shift: Array,
    x_zero_point: int,
    y_zero_point: int,
    **steps: Callable[..., Any],
) -> Array:
    """Compute a pointwise layer rightly, save for the steps that are replaced."""
    back = multiplier, shift
    return _layer(x, weight, bias, back, x_zero_point, y_zero_point, pointwise_conv2d, **steps)


def _layer(
    x: Array,
    weight: Array,
    bias: Array,
    back: tuple[Array, Array],
    x_zero_point: int,
    y_zero_point: int,
    correlate: Callable[[Array, Array], Array],
    *,
    subtract: Callable[[Array, int], Array] = _differences,
    hold: Callable[[Array], Array] = lambda sums: sums,
    add: Callable[[Array, Array], Array] = _added,
    choose: Callable[[tuple[Array, Array]], tuple[Array, Array]] = lambda back: back,
    points: Callable[[int, int], int] = lambda of_x, of_y: of_y,
    finish: Callable[[Array, Array, tuple[Array, Array], int], Array] = _way_back,
) -> Array:
    sums = hold(correlate(subtract(x, x_zero_point), weight.astype(np.int64)))
    return finish(add(sums, bias), bias, choose(back), points(x_zero_point, y_zero_point))


def _by(**steps: Any) -> Callable[..., Array]:
    """Return a way back with other steps."""

    def finish(sums: Array, bias: Array, back: tuple[Array, Array], zero_point: int) -> Array:
        multiplier, shift = (v.reshape(-1, 1, 1) for v in back)
        return requantized(sums, multiplier, shift, zero_point, **steps)

    return finish


def _bias_at_last(sums: Array, bias: Array, back: tuple[Array, Array], zero_point: int) -> Array:
    multiplier, shift = (v.reshape(-1, 1, 1) for v in back)
    steps = requantized(sums, multiplier, shift, finish=lambda steps, z: steps)
    return _clipped(steps + bias.reshape(-1, 1, 1), zero_point)


# fmt: off
LAYERS: tuple[Row, ...] = (
    ("zero-point-of-the-input-forgotten", {"subtract": lambda x, z: x.astype(np.int64)},
     "You multiply the integers as they are; the input's zero point should be subtracted first."),
    ("zero-point-added", {"subtract": lambda x, z: x.astype(np.int64) + z},
     "You add the input's zero point; it should be subtracted."),
    ("differences-in-eight-bits", {"subtract": lambda x, z: wrapped(x.astype(np.int64) - z)},
     "You subtract the zero point in eight bits, and −128 − 127 wraps round; first, x should "
     "become int32.", 3),
    ("sums-in-eight-bits", {"hold": wrapped},
     "You add up in eight bits, which wrap round; products and sums should be int32."),
    ("sums-in-sixteen-bits", {"hold": lambda sums: wrapped(sums, 16)},
     "You add up in sixteen bits, and two products may wrap round; sums should be int32."),
    ("sums-clipped", {"hold": lambda sums: np.clip(sums, -128, 127)},
     "You clip the sums to eight bits before you scale them; clipping should come last."),
    ("bias-forgotten", {"add": lambda sums, bias: sums},
     "You leave the bias out; it should be added to the sums.", 1),
    ("bias-in-steps-of-the-output",
     {"add": lambda sums, bias: sums, "finish": _bias_at_last},
     "You add the bias after the way back, whose steps are larger; it should be added to the "
     "sums."),
    ("bias-in-eight-bits", {"add": lambda sums, bias: _added(sums, wrapped(bias))},
     "You cut the bias down to eight bits; it should keep its 32.", 3),
    ("one-scale-for-all", {"choose": lambda back: (back[0][:1], back[1][:1])},
     "You bring every channel back with channel 0's multiplier and shift; each should have its "
     "own."),
    ("one-shift-for-all", {"choose": lambda back: (back[0], back[1][:1])},
     "You shift every channel as channel 0; each should have a shift of its own."),
    ("zero-point-in-the-sums",
     {"finish": lambda sums, bias, back, z: _way_back(sums + z, bias, back, 0)},
     "You add the output's zero point to the sums, whose steps are smaller; it should be added "
     "after the way back."),
    ("zero-points-swapped", {"points": lambda of_x, of_y: of_x},
     "You add the input's zero point at the end; it should be the output's."),
    *((name, {"finish": _by(**steps)}, *says) for name, steps, *says in WAYS_BACK),
)
# fmt: on


def sums(rng: Rng, reach: int, *shape: int) -> Array:
    """Return drawn sums of 32 bits."""
    return rng.integers(-reach, reach + 1, shape).astype(np.int32)


def numbers(
    rng: Rng, x: tuple[int, ...], weight: tuple[int, ...], halves: bool = False
) -> tuple[Array, Array, Array, Array, Array]:
    """Return a layer's drawn input, weight, bias, multipliers and shifts.

    Parameters
    ----------
    rng : numpy.random.Generator
    x, weight : tuple of int
        Shapes.
    halves : bool
        Whether numbers are so small, and multipliers such, that half of the sums lie between two
        steps of the output. Elsewhere a sum fills eight bits and more, and two ways of rounding
        hardly differ.
    """
    c_out, taps = weight[0], int(np.prod(weight[1:]))
    if halves:
        return (
            rng.integers(-12, 13, x).astype(np.int8),
            rng.integers(-3, 4, weight).astype(np.int8),
            rng.integers(-9, 10, c_out).astype(np.int32),
            np.full(c_out, 2**30, np.int32),
            (np.arange(c_out) % 2 + 1).astype(np.int32),
        )
    reach = 2 * 74 * 74 * taps**0.5  # of half of the sums: 74 is the mean square's root of int8
    shift = int(np.ceil(np.log2(reach / 127))) - 1 + np.arange(c_out) % 2
    return (
        rng.integers(-128, 128, x).astype(np.int8),
        rng.integers(-127, 128, weight).astype(np.int8),
        (rng.choice([-1, 1], c_out) * rng.integers(300, 6000, c_out)).astype(np.int32),
        rng.integers(2**30, 2**31 - 1, c_out).astype(np.int32),
        shift.astype(np.int32),
    )
