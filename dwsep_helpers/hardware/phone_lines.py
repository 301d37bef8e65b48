"""What a line says about a phone, read with care.

Where the line comes from is the learner's affair: the course's page ``phone.html`` times both
networks and writes it as JSON, others type it. Nothing in it is trusted: each field is checked,
ratios are reckoned anew, and nothing of it is run.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from dwsep_helpers.cost import layer_costs
from dwsep_helpers.papers import MOBILENET_V1

LONGEST: Final = 4000
"""Characters of the longest line that is read."""

_NETWORK = re.compile(r"mnv1_(\d(?:\.\d{1,2})?)_(\d{2,3})")
_DTYPES = {"f32": "float32", "float32": "float32", "i8": "int8", "int8": "int8"}
_TYPED = "name, width multiplier, resolution, float32 or int8, dense ms, separable ms"
_FIELDS = ("name", "width", "resolution", "dtype", "dense_ms", "separable_ms")
_APART = re.compile(r"[;\t；，、،؛]")  # what may stand between fields instead of commas
_POINT = str.maketrans(",٫", "..")
_KINDS = ("dense", "separable")
_LAYERS = ("standard", "pointwise", "depthwise")


class Heat(NamedTuple):
    """Medians at the beginning and at the end of a longer measurement, in ms."""

    first: float
    last: float


class Native(NamedTuple):
    """What a tool without a browser took for the two networks, in ms, in how many threads."""

    tool: str
    dense_ms: float
    separable_ms: float
    threads: int = 1

    @property
    def label(self) -> str:
        """How it was measured, in words."""
        return "without a browser" + (f", {self.threads} threads" if self.threads > 1 else "")

    @property
    def times_faster(self) -> float:
        """How many times longer the dense twin takes."""
        return self.dense_ms / self.separable_ms


@dataclass(frozen=True)
class Phone:
    """What a phone took for MobileNet and for its dense twin.

    Attributes
    ----------
    name : str
        What the line calls the phone; said by the phone's browser or by its owner.
    width : float
        Width multiplier.
    resolution : int
    dtype : str
        ``"float32"`` or ``"int8"``.
    dense_ms, separable_ms : float
        Milliseconds for an image, the best call.
    how : str
        Engine, build and browser, as the line says them.
    year : int, optional
        When the phone came out.
    layers : dict of str to float
        Milliseconds of single layers, of 256 channels at 28×28, by kind; where they were timed.
    heat : dict of str to Heat
        Of both networks, where they ran for a minute.
    native : Native, optional
        Times taken without a browser.
    """

    name: str
    width: float
    resolution: int
    dtype: str
    dense_ms: float
    separable_ms: float
    how: str = ""
    year: int | None = None
    layers: dict[str, float] = field(default_factory=dict)
    heat: dict[str, Heat] = field(default_factory=dict)
    native: Native | None = None

    @property
    def times_faster(self) -> float:
        """How many times longer the dense twin takes."""
        return self.dense_ms / self.separable_ms

    @property
    def label(self) -> str:
        """The name, and that it was the graphics processor, where it was."""
        return f"{self.name}, by WebGPU" if "WebGPU" in self.how.split(", ") else self.name

    @property
    def size(self) -> str:
        """Which networks ran, in words."""
        return f"α = {self.width:g}, {self.resolution}×{self.resolution}, {self.dtype}"

    @property
    def macs(self) -> int:
        """Of MobileNet at this size."""
        return self._macs(dense=False)

    @property
    def times_fewer_macs(self) -> float:
        """How many times more MACs the dense twin makes."""
        return self._macs(dense=True) / self.macs

    def _macs(self, dense: bool) -> int:
        layers = MOBILENET_V1.thinner(self.width)
        costs = layer_costs(layers.dense() if dense else layers, self.resolution)
        return sum(part.macs for parts in costs.values() for part in parts.values())

    def __str__(self) -> str:
        return (
            f"{self.label}, {self.size}: "
            f"dense {self.dense_ms:.3g} ms, separable {self.separable_ms:.3g} ms"
        )


def row(line: str) -> Phone:
    """Read the line of one phone.

    Parameters
    ----------
    line : str
        Pasted: a JSON object with ``device``, ``network`` (such as ``"mnv1_0.5_160"``), ``type``
        (``"f32"`` or ``"i8"``), ``dense`` and ``separable``, each with its ``best`` in
        milliseconds; ``right`` false or ``hidden`` true says that the measurement is of no use.
        It may have ``engine``, ``build`` and ``browser``, ``year``, ``layers``, ``minute`` and
        ``native``, as the page ``phone.html`` writes them.
        Typed: the phone's name, width multiplier, resolution, ``float32`` or ``int8``, and the two
        times, with commas between them; or with semicolons, and then numbers may have decimal
        commas.

    Raises
    ------
    TypeError
        If the line is no text.
    ValueError
        If a field is missing or can't be right; the message names it.

    Examples
    --------
    >>> mine = row("my phone, 0.5, 160, float32, 21, 6")
    >>> mine.times_faster
    3.5
    >>> print(mine)
    my phone, α = 0.5, 160×160, float32: dense 21 ms, separable 6 ms
    """
    if not isinstance(line, str):
        raise TypeError(f"line is of type {type(line).__name__}; it should be text")
    line = line.removeprefix("\ufeff").strip()
    if len(line) > LONGEST:
        raise ValueError(f"line has {len(line):,} characters, and {LONGEST:,} are read at most")
    if not line:
        raise ValueError(f"line is empty; paste one, or type {_TYPED}")
    return _pasted(line) if line.startswith("{") else _typed(line)


def _pasted(line: str) -> Phone:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("line is cut or changed: it is no JSON that can be read") from None
    network = _NETWORK.fullmatch(str(_field(fields, "network")))
    if not network:
        raise ValueError(
            f"network is {_quoted(fields['network'])}; it should be one such as 'mnv1_0.5_160'"
        )
    if fields.get("right", True) is not True:
        raise ValueError("right is not true: the network's numbers were wrong on this phone")
    if fields.get("hidden", False) is not False:
        raise ValueError("hidden is not false: the page was in the background; measure again")
    dense, separable = (_best(fields, name) for name in _KINDS)
    width, resolution = _about(*network.groups())
    how = [_name(fields[key]) for key in ("engine", "build", "browser") if fields.get(key)]
    layers = [kind for kind in _LAYERS if _has(fields, "layers", kind)]
    heat = [kind for kind in _KINDS if _has(fields, "minute", kind)]
    return Phone(
        _name(_field(fields, "device")),
        width,
        resolution,
        _dtype(_field(fields, "type")),
        dense,
        separable,
        how=", ".join(how),
        year=_year(fields.get("year")),
        layers={kind: _best(fields["layers"], kind) for kind in layers},
        heat={kind: _heat(fields["minute"], kind) for kind in heat},
        native=_native(fields.get("native")),
    )


def _best(fields: Mapping[str, Any], name: str) -> float:
    part = _field(fields, name)
    if not isinstance(part, Mapping):
        raise ValueError(f"{name} is {_quoted(part)}; it should hold the field best")
    return _milliseconds(f"best of {name}", part.get("best"))


def _has(fields: Mapping[str, Any], part: str, name: str) -> bool:
    """Whether an optional part has a field; what is there is checked by who reads it."""
    inner = fields.get(part)
    if inner is not None and not isinstance(inner, Mapping):
        raise ValueError(f"{part} is {_quoted(inner)}; it should hold fields")
    return inner is not None and name in inner


def _heat(fields: Mapping[str, Any], name: str) -> Heat:
    part = fields[name]
    if not isinstance(part, Mapping):
        raise ValueError(f"{name} of minute is {_quoted(part)}; it should hold first and last")
    return Heat(*(_milliseconds(f"{at} of {name}", part.get(at)) for at in Heat._fields))


def _native(fields: Any) -> Native | None:
    if fields is None:
        return None
    if not isinstance(fields, Mapping):
        raise ValueError(f"native is {_quoted(fields)}; it should hold tool, dense and separable")
    dense, separable = (_milliseconds(f"{name} of native", fields.get(name)) for name in _KINDS)
    threads = _number("threads of native", fields.get("threads", 1))
    if not (threads.is_integer() and 1 <= threads <= 1024):
        raise ValueError(
            f"threads of native is {threads:g}; it should be a whole number from 1 to 1,024"
        )
    return Native(_name(fields.get("tool", "")), dense, separable, int(threads))


def _year(value: Any) -> int | None:
    if value is None:
        return None
    year = _number("year", value)
    if not (year.is_integer() and 1990 <= year <= 2100):
        raise ValueError(f"year is {year:g}; it should be a whole number such as 2023")
    return int(year)


def _typed(line: str) -> Phone:
    fields = [field.strip() for field in re.split(_APART if _APART.search(line) else ",", line)]
    if len(fields) != len(_FIELDS):
        raise ValueError(
            f"line has {len(fields)} fields, and {len(_FIELDS)} are wanted: {_TYPED}; where "
            "numbers have decimal commas, semicolons go between fields"
        )
    name, *others = fields
    if not any("." in other for other in others):
        others = [other.translate(_POINT) for other in others]
    return of_fields(dict(zip(_FIELDS, [name, *others], strict=True)))


def of_fields(fields: Mapping[str, Any]) -> Phone:
    """Return the phone of a typed line's fields, by :class:`Phone`'s names.

    Raises
    ------
    ValueError
        If a field can't be right; the message names it.
    """
    return Phone(
        _name(fields["name"]),
        *_about(fields["width"], fields["resolution"]),
        _dtype(fields["dtype"]),
        _milliseconds("dense", fields["dense_ms"]),
        _milliseconds("separable", fields["separable_ms"]),
        how=str(fields.get("how") or ""),
        year=_year(fields.get("year")),
    )


def _field(fields: Mapping[str, Any], name: str) -> Any:
    if name not in fields:
        raise ValueError(f"{name} is missing from the line")
    return fields[name]


def _name(value: Any) -> str:
    """Return a name that can be printed: no markup, no control characters, not long."""
    words = " ".join(re.sub(r"[^\w .+()/-]", " ", str(value)).split())
    return words[:40].strip() or "a phone"


def _about(width: str, resolution: str) -> tuple[float, int]:
    alpha = _number("width multiplier", width)
    if not 0.1 <= alpha <= 2:
        raise ValueError(f"width multiplier is {alpha:g}; it should lie between 0.1 and 2")
    size = _number("resolution", resolution)
    if not (size.is_integer() and 32 <= size <= 512):
        raise ValueError(f"resolution is {size:g}; it should be a whole number from 32 to 512")
    return alpha, int(size)


def _dtype(value: Any) -> str:
    if not isinstance(value, str) or value not in _DTYPES:
        raise ValueError(f"type is {_quoted(value)}; it should be float32 or int8")
    return _DTYPES[value]


def _milliseconds(name: str, value: Any) -> float:
    found = _number(name, value)
    if not 0.001 <= found <= 60_000:
        raise ValueError(f"{name} is {found:g} ms; it should lie between 0.001 and 60,000")
    return found


def _number(name: str, value: Any) -> float:
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise TypeError
        if "_" in str(value):  # Python's 1_000; others may mean 1.000
            raise ValueError
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} is {_quoted(value)}; it should be a number") from None
    if not math.isfinite(found):
        raise ValueError(f"{name} is {found}; it should be a finite number")
    return found


def _quoted(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}…"
