"""How large the output is, and which input element meets which kernel element."""

import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

IntOrPair = int | Sequence[int]
Padding = IntOrPair | Sequence[IntOrPair] | str
ALONG = " along H", " along W"
LONGEST = 2**31 - 1  # elements along an axis


def conv_output_size(
    input_size: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    r"""Count the positions that a kernel takes along one axis.

    .. math:: \left\lfloor \frac{H + 2P - D (K - 1) - 1}{S} \right\rfloor + 1

    Parameters
    ----------
    input_size, kernel_size : int
        Elements along the axis, :math:`H` or :math:`W`, and :math:`K`; at least 1.
    stride : int
        Step between two neighbouring positions of the kernel, :math:`S`; at least 1.
    padding : int
        Zeros added at *each* end of the axis, :math:`P`; at least 0.
    dilation : int
        Step between two neighbouring elements of the kernel, :math:`D`; at least 1.

    Returns
    -------
    int
        Size of the output along the axis.

    Raises
    ------
    TypeError
        If an argument is not an integer.
    ValueError
        If an argument is below its least value, or the kernel is larger than the padded input.

    Examples
    --------
    >>> conv_output_size(224, 3, stride=2, padding=1)
    112
    >>> conv_output_size(7, 3, dilation=3)
    1
    """
    input_size = integer("input_size", input_size, at_least=1)
    kernel_size = integer("kernel_size", kernel_size, at_least=1)
    stride = integer("stride", stride, at_least=1)
    padding = integer("padding", padding, at_least=0)
    dilation = integer("dilation", dilation, at_least=1)
    padded = input_size + 2 * padding
    reach = dilation * (kernel_size - 1) + 1  # from the kernel's first element to its last
    if reach > padded:
        raise ValueError(
            f"kernel_size={kernel_size} with dilation={dilation} covers {reach} elements, but "
            f"input_size={input_size} with padding={padding} has {padded}"
        )
    return (padded - reach) // stride + 1


def same_padding(input_size: int, kernel_size: int, stride: int = 1) -> tuple[int, int]:
    r"""Count the zeros that make an output of :math:`\lceil H / S \rceil`, along one axis.

    That is what TensorFlow calls "SAME". An odd number of zeros can't be split evenly: the one
    left over goes after the last element.

    Parameters
    ----------
    input_size, kernel_size : int
        Elements along the axis, :math:`H` or :math:`W`, and :math:`K`; at least 1.
    stride : int
        Step between two neighbouring positions of the kernel, :math:`S`; at least 1.

    Returns
    -------
    tuple of int
        Zeros before the first element, and after the last.

    Raises
    ------
    TypeError
        If an argument is not an integer.
    ValueError
        If an argument is below its least value.

    Notes
    -----
    The last position begins at :math:`(\lceil H / S \rceil - 1) S` and reaches :math:`K` elements;
    what goes beyond the input is padding, and there is none where nothing does. See "Notes on
    padding" in the documentation of ``tf.nn``.

    Examples
    --------
    >>> same_padding(224, 3, stride=2)
    (0, 1)
    >>> same_padding(224, 3)
    (1, 1)
    """
    input_size = integer("input_size", input_size, at_least=1)
    kernel_size = integer("kernel_size", kernel_size, at_least=1)
    stride = integer("stride", stride, at_least=1)
    positions = -(-input_size // stride)
    total = max((positions - 1) * stride + kernel_size - input_size, 0)
    return total // 2, total - total // 2


def receptive_field(
    kernels: Sequence[int], strides: Sequence[int], dilations: Sequence[int]
) -> int:
    r"""Count the input elements from the first to the last that one output of a stack can see.

    Along one axis; those that dilations and strides skip count, too.

    .. math:: 1 + \sum_i D_i (K_i - 1) \prod_{j<i} S_j

    A padded border counts like the image. This is how far a stack can see, not how much each
    element matters to it.

    Parameters
    ----------
    kernels, strides, dilations : sequence of int
        One for each layer, the first layer's first; at least 1.

    Raises
    ------
    TypeError
        If a number is not an integer.
    ValueError
        If a number is below 1, or there are not as many of each.

    Notes
    -----
    A. Araujo, W. Norris, J. Sim, "Computing Receptive Fields of Convolutional Neural Networks",
    Distill (2019).

    Examples
    --------
    >>> receptive_field([3, 3], [1, 1], [1, 1]), receptive_field([3, 3], [2, 1], [1, 1])
    (5, 7)
    """
    kernels = integers("kernels", kernels, at_least=1)
    strides = integers("strides", strides, at_least=1)
    dilations = integers("dilations", dilations, at_least=1)
    sees, step = 1, 1  # step: input elements between two neighbours of the layer's input
    if not len(kernels) == len(strides) == len(dilations):
        counts = f"{len(kernels)} kernels, {len(strides)} strides and {len(dilations)} dilations"
        raise ValueError(f"there are {counts}; each layer has one of each")
    for kernel, stride, dilation in zip(kernels, strides, dilations, strict=True):
        sees += dilation * (kernel - 1) * step
        step *= stride
    return sees


@dataclass(frozen=True)
class Axis:
    """One spatial axis of a convolution: the kernel's and the output's sizes and steps.

    Output position ``o`` and kernel element ``k`` meet at the input's index
    ``stride * o + dilation * k - pad_before``; an index outside the input means a padded zero.
    """

    kernel_size: int
    stride: int
    dilation: int
    pad_before: int
    output_size: int

    def start(self, position: int, element: int = 0) -> int:
        """Input index where output ``position`` meets kernel ``element``."""
        return self.stride * position + self.dilation * element - self.pad_before

    def reach(self, positions: int) -> int:
        """Input indices from the first to the last that ``positions`` in a row look at."""
        return self.stride * (positions - 1) + self.dilation * (self.kernel_size - 1) + 1


def spatial_axes(
    input_sizes: Sequence[int],
    kernel_sizes: Sequence[int],
    stride: IntOrPair,
    padding: Padding,
    dilation: IntOrPair,
    *,
    weight_name: str = "weight",
) -> tuple[Axis, Axis]:
    """Check the geometry of a convolution and describe its vertical and horizontal axis."""
    strides = pair("stride", stride, at_least=1)
    dilations = pair("dilation", dilation, at_least=1)
    pads = _pads(padding, kernel_sizes, strides, dilations)
    axes = []
    for index, (letter, length) in enumerate((("H", "rows"), ("W", "columns"))):
        input_size, kernel_size, pad = input_sizes[index], kernel_sizes[index], pads[index]
        step, gap = strides[index], dilations[index]
        padded = input_size + sum(pad)
        reach = gap * (kernel_size - 1) + 1
        if reach > padded:
            raise ValueError(
                f"{weight_name} has K_{letter.lower()}={kernel_size} (axis {index + 2}) and covers "
                f"{reach} {length} with dilation {gap}, but x has {letter}={input_size} "
                f"(axis {index + 2}), {padded} {length} with its padding {pad}"
            )
        output_size = conv_output_size(padded, kernel_size, step, dilation=gap)
        axes.append(Axis(kernel_size, step, gap, pad[0], output_size))
    return axes[0], axes[1]


def _pads(
    padding: Padding,
    kernel_sizes: Sequence[int],
    strides: tuple[int, int],
    dilations: tuple[int, int],
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Zeros (before, after) along H and along W."""
    if not isinstance(padding, str):
        vertical, horizontal = (
            pair(name, ends, at_least=0, places=(", before the map,", ", after the map,"))
            for name, ends in _parts("padding", padding, ALONG)
        )
        return vertical, horizontal
    if padding == "valid":
        return (0, 0), (0, 0)
    if padding != "same":
        raise ValueError(
            'padding must be an int, a pair (P_h, P_w), a pair of pairs, "same" or "valid", '
            f"got {padding!r}"
        )
    for letter, stride in zip("HW", strides, strict=True):
        if stride != 1:
            raise ValueError(f'padding="same" needs stride=1, got stride={stride} along {letter}')
    # An odd total cannot be split evenly: like torch, the extra zero goes after.
    totals = [d * (k - 1) for d, k in zip(dilations, kernel_sizes, strict=True)]
    vertical, horizontal = ((total // 2, total - total // 2) for total in totals)
    return vertical, horizontal


def pair(
    name: str, value: IntOrPair, *, at_least: int, places: tuple[str, str] = ALONG
) -> tuple[int, int]:
    """Read an int, or a pair, one for each of two places, as a pair of ints."""
    first, second = (
        integer(part, one, at_least=at_least, at_most=LONGEST)
        for part, one in _parts(name, value, places)
    )
    return first, second


def _parts(name: str, value: Any, places: tuple[str, str]) -> list[tuple[str, Any]]:
    """Name what a setting says of each of two places; a lone value is said of both."""
    if not isinstance(value, (tuple, list)) and not (isinstance(value, np.ndarray) and value.ndim):
        return [(name, value)] * 2
    if len(value) != 2:
        raise ValueError(f"{name} must be an int or a pair of ints, got {len(value)} of them")
    return [(name + place, one) for place, one in zip(places, value, strict=True)]


def integer(name: str, value: Any, *, at_least: int, at_most: float = math.inf) -> int:
    """Read an integer of any integer type; True and 2.0 are none."""
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {value!r}") from None
    if number < at_least:
        raise ValueError(f"{name} must be at least {at_least}, got {number}")
    if number > at_most:
        raise ValueError(f"{name} must be at most {at_most}, got {number}")
    return number


def integers(name: str, values: Iterable[Any], *, at_least: int) -> list[int]:
    """Read a sequence of integers."""
    each = enumerate(sequence(name, values))
    return [integer(f"{name}[{place}]", one, at_least=at_least) for place, one in each]


def sequence(name: str, values: Iterable[Any]) -> list[Any]:
    """Read a sequence; a text is none, nor is a mapping, whose keys would pass for its values."""
    if isinstance(values, (str, bytes, Mapping, set)):
        raise TypeError(f"{name} must be a sequence, got {values!r}")
    try:
        return [*values]
    except TypeError:
        raise TypeError(f"{name} must be a sequence, got {values!r}") from None


def mapping(name: str, value: Any) -> Mapping:
    """Read a mapping."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a mapping, got {value!r}")
    return value


def flag(name: str, value: Any) -> bool:
    """Read True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return bool(value)
