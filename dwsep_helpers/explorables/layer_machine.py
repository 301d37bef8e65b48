"""The layer machine: a layer as blocks in depth that come apart into sheets and pencils."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from dwsep_helpers.explorables import machine_counts, machine_still, machine_words
from dwsep_helpers.explorables.explorable import Explorable
from dwsep_helpers.kernels import conv_output_size
from dwsep_helpers.kernels.shapes import integer

KINDS = ("standard", "depthwise", "pointwise", "separable")
LEVELS = ("layer", "value", "product")
MOST = {  # what can be drawn, and reckoned in a frame
    "in_channels": 512, "out_channels": 1024, "size": 32, "kernel_size": 9, "stride": 8,
    "padding": 8, "multiplier": 8,
}  # fmt: skip
SHORT = {  # the script's names
    "in_channels": "C_in", "out_channels": "C_out", "size": "H", "kernel_size": "K",
    "stride": "S", "padding": "P", "multiplier": "m",
}  # fmt: skip


LISTS: dict[str, Sequence[int]] = {  # what the knobs can be set to
    "C_in": (1, 2, 3, 4, 6, 8, 16, 32, 64, 128, 256, 512),
    "C_out": (1, 2, 3, 4, 6, 8, 16, 32, 64, 128, 256, 512, 1024),
    "H": range(1, 17), "K": range(1, 8), "S": range(1, 5), "P": range(4), "m": range(1, 5),
}  # fmt: skip
UNUSED = {
    "standard": ["m"],
    "depthwise": ["C_out"],
    "pointwise": ["K", "S", "P", "m"],
    "separable": [],
}


def layer_machine(
    kind: str = "standard",
    *,
    in_channels: int = 3,
    out_channels: int = 256,
    size: int = 8,
    kernel_size: int = 5,
    stride: int = 1,
    padding: int = 2,
    multiplier: int = 1,
    position: tuple[int, int] | None = None,
    output_map: int = 0,
    level: str = "layer",
    counts: Mapping[str, Callable[..., Any]] | None = None,
) -> Explorable:
    """Show a layer as blocks that come apart, what an output value reads, and what all of it costs.

    The sizes are the worked example's, if no others are given. All of them can be changed in the
    figure; its numbers are those of `layer_numbers`.

    Parameters
    ----------
    kind : {"standard", "depthwise", "pointwise", "separable"}
        What shows first.
    in_channels, out_channels : int
        :math:`C_{in}` and :math:`C_{out}`; a depthwise layer has ``in_channels * multiplier`` maps.
    size : int
        Rows, and columns, of the input: :math:`H`.
    kernel_size, stride, padding : int
        Along both axes; a pointwise layer has a kernel of 1×1, stride 1 and no padding instead.
    multiplier : int
        Kernels for each channel of a depthwise stage.
    position : pair of int, optional
        Row and column of the output value whose numbers show first; (2, 3) where there is one.
    output_map : int
        The output map that it lies on.
    level : {"layer", "value", "product"}
        How far down the figure is opened.
    counts : mapping of str to callable, optional
        A learner's functions that count the MACs of kinds of layers, to show in place of the
        library's. Each is called with those of the arguments ``n_filters`` or ``out_channels``,
        ``channels`` or ``in_channels``, ``kernel_size``, ``input_size``, ``output_size``,
        ``stride``, ``padding``, ``groups`` and ``depth_multiplier`` that it has. Without one for
        ``"separable"``, both stages are added. A sentence says where a count isn't the library's,
        and where a function raises or gives no count. Where ``mine`` has no function of theirs,
        none counts, and that is said.

    Returns
    -------
    Explorable

    Raises
    ------
    TypeError
        If a size is no integer, or what should count can't be called.
    ValueError
        If there is no such kind, level, position or map, a size is out of range, or the kernel
        does not fit.

    Examples
    --------
    >>> layer_machine("separable").still.alt[-90:]
    '4,800 MACs, and 256 filters of 1×1×3, 49,152 MACs. Together 53,952 MACs, 22.8 times fewer.'
    """
    for name, said, known in (("kind", kind, KINDS), ("level", level, LEVELS)):
        if said not in known:
            raise ValueError(f"{name} is {said!r}, and must be one of {', '.join(known)}")
    given = {
        "in_channels": in_channels, "out_channels": out_channels, "size": size,
        "kernel_size": kernel_size, "stride": stride, "padding": padding, "multiplier": multiplier,
    }  # fmt: skip
    for name, value in given.items():
        given[name] = integer(name, value, at_least=int(name != "padding"))
        if given[name] > MOST[name]:
            raise ValueError(f"{name} is {value}, and at most {MOST[name]} is shown")
    room = given["size"] + 2 * given["padding"]
    if kind != "pointwise" and given["kernel_size"] > room:
        raise ValueError(
            f"kernel_size is {kernel_size}, and size is {size}, {room} with padding {padding}: "
            "the kernel doesn't fit"
        )
    place = _place(kind, given, position, output_map)
    layer = {short: given[name] for name, short in SHORT.items()}
    options: dict[str, Any] = {
        "set": {"kind": kind, **layer}, "place": place, "level": LEVELS.index(level),
        "means": machine_still.MEANS, "style": _style(), "unused": UNUSED,
        "names": machine_words.NAMES, "formulas": machine_words.FORMULAS,
        "words": machine_words.WORDS, "markup": machine_words.MARKUP,
        "lists": {name: sorted({*values, layer[name]}) for name, values in LISTS.items()},
    }  # fmt: skip
    if counts is not None:
        if not isinstance(counts, Mapping):
            raise TypeError(f"counts is {counts!r}, and functions by their kind are called")
        for name, function in counts.items():
            if name not in KINDS:
                raise ValueError(f"counts has {name!r}, and kinds are {', '.join(KINDS)}")
            if not callable(function):
                raise TypeError(f"counts[{name!r}] is {function!r}, which can't be called")
        own = {kind: one for kind, one in counts.items() if not hasattr(one, "of_the_course")}
        options |= machine_counts.tables(own, layer)
    return Explorable("layer_machine", options, machine_still.still(kind, **given))


@cache
def _style() -> str:
    return (
        resources.files("dwsep_helpers.explorables")
        .joinpath("layer_machine.css")
        .read_text("utf-8")
    )


def _place(
    kind: str, layer: dict[str, int], position: tuple[int, int] | None, output_map: int
) -> dict[str, int]:
    """Return the output value that is asked for, or refuse it."""
    pointwise, depthwise = kind == "pointwise", kind == "depthwise"
    taps, stride, padding = (
        (1, 1, 0) if pointwise else (layer["kernel_size"], layer["stride"], layer["padding"])
    )
    out = conv_output_size(layer["size"], taps, stride, padding)
    maps = layer["in_channels"] * layer["multiplier"] if depthwise else layer["out_channels"]
    if position is None:
        position = min(2, out - 1), min(3, out - 1)
    try:
        row, column = position
    except (TypeError, ValueError):
        raise ValueError(f"position is {position}, and must be a row and a column") from None
    row, column = (integer("position", one, at_least=0) for one in (row, column))
    if max(row, column) >= out:
        raise ValueError(f"position is {position}, and an output map has {out}×{out} values")
    output_map = integer("output_map", output_map, at_least=0)
    if output_map >= maps:
        raise ValueError(f"output_map is {output_map}, and the output has {maps} maps")
    return {"map": output_map, "row": row, "column": column}


def layer_numbers(
    kind: str,
    *,
    in_channels: int = 3,
    out_channels: int = 256,
    size: int = 8,
    kernel_size: int = 5,
    multiplier: int = 1,
) -> dict[str, np.ndarray]:
    """Return the numbers that `layer_machine` shows: small integers, the same each time.

    The input's are 0 to 3 and the weights' −2 to 2, scrambled from their indices by 32-bit
    multiplications: the figure in the browser does the same.

    Parameters
    ----------
    kind, in_channels, out_channels, size, kernel_size, multiplier
        As for `layer_machine`.

    Returns
    -------
    dict of str to ndarray
        ``x`` and ``weight``, or ``x``, ``depthwise_weight`` and ``pointwise_weight``: the
        arguments of `conv2d`, `depthwise_conv2d`, `pointwise_conv2d` or
        `depthwise_separable_conv2d`, with their shapes.

    Raises
    ------
    TypeError
        If a size is no integer.
    ValueError
        If there is no such kind, or a size is below 1.

    Examples
    --------
    >>> layer_numbers("pointwise", in_channels=2, out_channels=1, size=2)["x"].tolist()
    [[[[1, 1], [3, 2]], [[1, 0], [3, 0]]]]
    """
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}, and must be one of {', '.join(KINDS)}")
    in_channels = integer("in_channels", in_channels, at_least=1)
    out_channels = integer("out_channels", out_channels, at_least=1)
    size = integer("size", size, at_least=1)
    kernel_size = integer("kernel_size", kernel_size, at_least=1)
    multiplier = integer("multiplier", multiplier, at_least=1)
    x = (_scrambled(0, in_channels, size, size, 1) % 4)[None, ..., 0]
    square = kernel_size, kernel_size
    if kind == "standard":
        return {"x": x, "weight": _scrambled(1, out_channels, in_channels, *square) % 5 - 2}
    by_channel = _scrambled(2, in_channels, multiplier, *square) % 5 - 2
    by_channel = by_channel.reshape(-1, 1, *square)
    if kind == "depthwise":
        return {"x": x, "weight": by_channel}
    deep = in_channels if kind == "pointwise" else len(by_channel)
    mixing = _scrambled(3, out_channels, deep, 1, 1) % 5 - 2
    if kind == "pointwise":
        return {"x": x, "weight": mixing}
    return {"x": x, "depthwise_weight": by_channel, "pointwise_weight": mixing}


def _scrambled(role: int, *shape: int) -> np.ndarray:
    """Return an integer for each place of a shape of four, as `hash` in layer_machine.mjs does."""
    golden, last = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B)
    h = np.full(shape, role + 1, np.uint32) * golden
    factors = (golden, golden, golden, last)
    for index, factor in zip(np.indices(shape, np.uint32, sparse=True), factors, strict=True):
        h = (h ^ (h >> np.uint32(15)) ^ (index + np.uint32(1))) * factor
    return (h ^ (h >> np.uint32(13))).astype(np.int64)
