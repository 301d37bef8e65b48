"""What a learner's functions count, for all the layers that the layer machine can be set to."""

from __future__ import annotations

import contextlib
import inspect
import io
import itertools
import math
import numbers
import time
from collections.abc import Callable, Mapping
from typing import Any

from dwsep_helpers.cost import conv2d_cost, depthwise_cost, pointwise_cost, separable_cost

# Where functions count, fewer values can be chosen: every combination is asked for beforehand.
LISTS = {
    "C_in": [1, 3, 16, 64], "C_out": [1, 16, 64, 256], "K": [1, 3, 5, 7], "S": [1, 2],
    "P": [0, 1, 2, 3], "m": [1, 2], "H": [8, 14],
}  # fmt: skip
SECONDS = 5.0  # for all functions together: they are the learner's
LONGEST = 60  # characters of an error's words

Layer = dict[str, int]


class _Wrong(Exception):
    """What a function did instead of counting."""


def tables(counts: Mapping[str, Callable[..., Any]], layer: Layer) -> dict[str, Any]:
    """Return the script's options: the values of the knobs, and what each function counts.

    Parameters
    ----------
    counts : mapping of str to callable
        By kind of layer.
    layer : dict of str to int
        The sizes that the figure starts with.
    """
    lists = {name: sorted({*values, layer[name]}) for name, values in LISTS.items()}
    until = time.monotonic() + SECONDS
    told = {kind: _table(kind, function, lists, until) for kind, function in counts.items()}
    return {"lists": lists, "counts": told}


def _table(
    kind: str, function: Callable[..., Any], lists: dict[str, list[int]], until: float
) -> dict[str, Any]:
    """Ask a function about every layer once.

    Where it counts as the library does, 0 is written down; where it can't be asked, None.
    """
    axes = _axes(kind, lists)
    names = [name for name, _ in axes]
    values: list[int | None] = []
    try:
        call = _Counter(function)
    except (TypeError, ValueError):
        return {"axes": axes, "error": f"Your {kind} function says no arguments"}
    for sizes in itertools.product(*(choices for _, choices in axes)):
        layer = dict(zip(names, sizes, strict=True))
        right = _library(kind, layer)
        if right is None or time.monotonic() > until or not call.knows(layer):
            values.append(None)
            continue
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # it would print for every layer
                count = call(_arguments(kind, layer))
        except NotImplementedError:
            return {"axes": axes, "error": f"Your {kind} function isn't written yet"}
        except _Wrong as wrong:
            what = ", ".join(f"{_SAID.get(name, name)} = {size}" for name, size in layer.items())
            return {"axes": axes, "error": f"Your {kind} function {wrong} at {what}"}
        values.append(0 if count == right else count)
    return {"axes": axes, **({"values": values} if any(v != 0 for v in values) else {})}


_SAID = {"out": "H_out", "S": "stride", "P": "padding", "m": "multiplier"}


def _axes(kind: str, lists: dict[str, list[int]]) -> list[tuple[str, list[int]]]:
    """Return what a function of this kind depends on, and the values of each."""
    out = {
        (height + 2 * padding - taps) // stride + 1
        for height, padding, taps, stride in itertools.product(
            lists["H"], lists["P"], lists["K"], lists["S"]
        )
        if taps <= height + 2 * padding
    }
    if kind == "separable":
        return [(name, lists[name]) for name in ("C_in", "C_out", "K", "S", "P", "m", "H")]
    if kind == "pointwise":
        deep = {c_in * times for c_in in lists["C_in"] for times in lists["m"]}
        sides = sorted(out | set(lists["H"]))
        return [
            ("C_in", sorted(deep | set(lists["C_in"]))),
            ("C_out", lists["C_out"]),
            ("H", sides),
        ]
    third = "C_out" if kind == "standard" else "m"
    return [("C_in", lists["C_in"]), (third, lists[third]), ("K", lists["K"]), ("out", sorted(out))]


def _library(kind: str, layer: Layer) -> int | None:
    """Return the library's count; none where the kernel doesn't fit."""
    c_in, c_out, taps = layer["C_in"], layer.get("C_out", 1), layer.get("K", 1)
    if kind == "pointwise":
        return pointwise_cost(c_in, c_out, layer["H"]).macs
    if kind == "separable":
        if taps > layer["H"] + 2 * layer["P"]:
            return None
        how: dict[str, Any] = {
            "stride": layer["S"],
            "padding": layer["P"],
            "depth_multiplier": layer["m"],
        }
        return separable_cost(c_in, c_out, taps, layer["H"], **how).macs
    seen = layer["out"] + taps - 1
    if kind == "standard":
        return conv2d_cost(c_in, c_out, taps, seen).macs
    return depthwise_cost(c_in, taps, seen, depth_multiplier=layer["m"]).macs


def _arguments(kind: str, layer: Layer) -> dict[str, Any]:
    """Return all that a function may want to be called with, by the names of the course."""
    c_in, taps = layer["C_in"], layer.get("K", 1)
    stride, padding = layer.get("S", 1), layer.get("P", 0)
    size = layer.get("H", layer.get("out", 1) + taps - 1)
    out = (size + 2 * padding - taps) // stride + 1
    multiplier = layer.get("m", 1)
    c_out = c_in * multiplier if kind == "depthwise" else layer["C_out"]
    return {
        "n_filters": c_out, "filters": c_out, "out_channels": c_out,
        "channels": c_in, "in_channels": c_in, "kernel_size": (taps, taps),
        "input_size": (size, size), "output_size": (out, out), "stride": stride,
        "padding": padding, "groups": c_in if kind == "depthwise" else 1,
        "depth_multiplier": multiplier, "multiplier": multiplier,
    }  # fmt: skip


class _Counter:
    """A function, called with those of the known arguments that it has."""

    def __init__(self, function: Callable[..., Any]):
        self._function = function
        parameters = inspect.signature(function).parameters.values()
        named = [one for one in parameters if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)]
        self._needed = {one.name for one in named if one.default is one.empty}
        self._all = any(one.kind is one.VAR_KEYWORD for one in parameters)
        self._names = {one.name for one in named}

    def knows(self, layer: Layer) -> bool:
        """Whether it is told all that sets this layer apart."""
        names = self._names
        if self._all or layer.get("m", 1) == 1 or names & {"depth_multiplier", "multiplier"}:
            by_input = "input_size" in names and not self._all
            strides = layer.get("S", 1) == 1 or "stride" in names
            return not by_input or (strides and (not layer.get("P") or "padding" in names))
        return False

    def __call__(self, arguments: dict[str, Any]) -> int:
        """Return its count, or raise what it did instead."""
        for name in sorted(self._needed - set(arguments)):
            raise _Wrong(f"has an argument {name!r} that isn't known here, and it isn't called")
        taken = {n: value for n, value in arguments.items() if self._all or n in self._names}
        try:
            return _count(self._function(**taken))
        except NotImplementedError:
            raise
        except Exception as first:
            # Sizes are pairs in the course; a function for squares may take numbers alone.
            plain = {n: v[0] if isinstance(v, tuple) else v for n, v in taken.items()}
            try:
                return _count(self._function(**plain))
            except Exception:
                raise _named(first) from None


def _named(error: Exception) -> _Wrong:
    if isinstance(error, _Wrong):
        return error
    words = " ".join(str(error).split())
    short = words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
    return _Wrong(f"raises {type(error).__name__}" + (f" ({short})" if short else ""))


def _count(value: Any) -> int:
    """Return a count as an int, whatever kind of number it is, or say why it is none."""
    if hasattr(value, "item") and getattr(value, "size", 2) == 1:
        value = value.item()
    counts = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not counts or not math.isfinite(value) or value <= 0 or value != int(value):
        raise _Wrong(f"gives {_short(value)}, which is no count,")
    if value > 2**53:
        raise _Wrong(f"gives {_short(value)}, which is too large to show,")
    return int(value)


def _short(value: Any) -> str:
    words = repr(value).replace("-", "−")
    return words if len(words) <= 40 else words[:39] + "…"
