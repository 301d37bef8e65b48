"""What the papers print: their tables as they stand, misprints and all.

Numbers are kept as text, with the digits that were printed: how close a recomputed number has to
come depends on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Final, NamedTuple

FEW = 4  # layers that are shown one by one


class Layer(NamedTuple):
    """A line of MobileNet's table.

    Attributes
    ----------
    kind : str
        ``"standard"`` or ``"separable"`` (3×3, padding 1), or ``"linear"``.
    in_channels, out_channels : int
        At width multiplier 1.
    stride : int
        Of the standard convolution, or of the depthwise stage.
    """

    kind: str
    in_channels: int
    out_channels: int
    stride: int = 1


class Layers(tuple[Layer, ...]):
    """The layers of a network, under a name.

    Parameters
    ----------
    name : str
        How it prints.
    layers : iterable of Layer

    Examples
    --------
    >>> MOBILENET_V1
    <the 15 layers of MobileNetV1>
    >>> Layers("a small network", MOBILENET_V1[:2])
    Layers('a small network', [('standard', 3, 32, 2), ('separable', 32, 64, 1)])
    """

    name: str

    def __new__(cls, name: str, layers: Iterable[Layer | tuple]) -> Layers:  # noqa: D102
        made = super().__new__(cls, (Layer(*layer) for layer in layers))
        made.name = name
        return made

    def __getnewargs__(self) -> tuple[str, tuple[Layer, ...]]:
        """Tell copy and pickle what to make it of."""
        return self.name, tuple(self)

    def __repr__(self) -> str:
        if len(self) > FEW:
            return f"<the {len(self)} layers of {self.name}>"
        return f"Layers({self.name!r}, {[tuple(layer) for layer in self]})"

    def thinner(self, width_multiplier: float) -> Layers:
        """Return the layers with α times the channels, rounded down.

        The channels of the image, into the first layer, and the classes, out of the last, stay.

        Examples
        --------
        >>> MOBILENET_V1.thinner(0.5)[1]
        Layer(kind='separable', in_channels=16, out_channels=32, stride=1)
        """
        last, layers = len(self) - 1, []
        for number, (kind, c_in, c_out, stride) in enumerate(self):
            c_in = int(c_in * (width_multiplier if number else 1))
            c_out = int(c_out * (width_multiplier if number < last else 1))
            layers.append(Layer(kind, c_in, c_out, stride))
        return Layers(f"{self.name} at {width_multiplier} times the width", layers)

    def dense(self) -> Layers:
        """Return the layers with a standard convolution in the place of each separable one."""
        return Layers(
            f"{self.name}'s dense twin",
            (layer._replace(kind=layer.kind.replace("separable", "standard")) for layer in self),
        )


MOBILENET_V1: Final = Layers(
    "MobileNetV1",
    [
        ("standard", 3, 32, 2),
        ("separable", 32, 64),
        ("separable", 64, 128, 2),
        ("separable", 128, 128),
        ("separable", 128, 256, 2),
        ("separable", 256, 256),
        ("separable", 256, 512, 2),
        *5 * [("separable", 512, 512)],
        ("separable", 512, 1024, 2),
        ("separable", 1024, 1024),
        ("linear", 1024, 1000),
    ],
)
"""A. G. Howard et al., "MobileNets", arXiv:1704.04861, Table 1, for images of 3×224×224.

In the last separable layer the paper prints stride 2, and 7×7 maps before and after it; its
authors' code has stride 1.
"""

MOBILENET_V1_AS_PRINTED: Final = Layers(
    "MobileNetV1 as printed",
    (*MOBILENET_V1[:-2], MOBILENET_V1[-2]._replace(stride=2), MOBILENET_V1[-1]),
)
"""The same table with the last separable layer's stride as the paper prints it."""

# fmt: off
TABLE_2: Final = {
    "pointwise": ("94.86", "74.59"), "depthwise": ("3.06", "1.06"),
    "standard": ("1.19", "0.02"), "linear": ("0.18", "24.33"),
}
"""MobileNets, Table 2: per cent of the MACs and of the parameters, by kind of layer."""

TABLE_3: Final = {
    "standard": ("462", "2.36"), "separable": ("52.3", "0.27"),
    "α = 0.75": ("29.6", "0.15"), "ρ = 0.714": ("15.1", "0.15"),
}
"""MobileNets, Table 3: million MACs and parameters of one layer, each line on top of the last."""

TABLE_4: Final = {"standard": ("4866", "29.3"), "separable": ("569", "4.2")}
"""MobileNets, Table 4: million MACs and parameters of MobileNet and of its dense twin."""

TABLE_6: Final = {
    1.0: ("569", "4.2"), 0.75: ("325", "2.6"), 0.5: ("149", "1.3"), 0.25: ("41", "0.5"),
}
"""MobileNets, Table 6: million MACs and parameters, by width multiplier."""

TABLE_7: Final = {
    224: ("569", "4.2"), 192: ("418", "4.2"), 160: ("290", "4.2"), 128: ("186", "4.2"),
}
"""MobileNets, Table 7: million MACs and parameters, by resolution."""

_RESOLUTIONS = 224, 192, 160, 128
_RELEASED = (
    # α, million parameters; by resolution: million MACs, per cent right in float32, in int8
    (1.0, "4.24", ("569", "418", "291", "186"),
     (70.9, 70.0, 68.0, 65.2), (69.7, 69.0, 67.3, 64.0)),
    (0.75, "2.59", ("317", "233", "162", "104"),
     (68.4, 67.2, 65.3, 62.1), (67.9, 66.2, 63.9, 59.8)),
    (0.5, "1.34", ("150", "110", "77", "49"),
     (63.3, 61.7, 59.1, 56.3), (62.2, 60.4, 57.7, 54.9)),
    (0.25, "0.47", ("41", "34", "21", "14"),
     (49.8, 47.7, 45.5, 41.5), (48.2, 45.8, 43.5, 39.9)),
)
# fmt: on

CHECKPOINTS: Final = {
    (width, resolution): (macs, params)
    for width, params, counts, *_ in _RELEASED
    for resolution, macs in zip(_RESOLUTIONS, counts, strict=True)
}
"""Million MACs and parameters of the released checkpoints, by width multiplier and resolution.

From github.com/tensorflow/models, research/slim/nets/mobilenet_v1.md.
"""

TOP_1: Final = {
    (width, resolution): percent
    for width, *_, percents, _ in _RELEASED
    for resolution, percent in zip(_RESOLUTIONS, percents, strict=True)
}
"""Per cent of ImageNet's images that the released float32 checkpoints classify correctly."""

TOP_1_INT8: Final = {
    (width, resolution): percent
    for width, *_, percents in _RELEASED
    for resolution, percent in zip(_RESOLUTIONS, percents, strict=True)
}
"""The same of those that were trained for eight-bit integers, the page's rows ``…_quant``."""


class Latency(NamedTuple):
    """A published time for one image.

    Attributes
    ----------
    year : int
        When it was published.
    million_macs : float
        As the network's paper counts them.
    runs_on : str
        Which part of the phone, and what software.
    precision : str
        Of the numbers that are multiplied; empty where the source doesn't say.
    statistic : str
        What the time is of many calls; empty where the source doesn't say.
    """

    network: str
    year: int
    million_macs: float
    phone: str
    runs_on: str
    precision: str
    milliseconds: float
    statistic: str
    source: str

    @property
    def giga_macs_per_second(self) -> float:
        """How fast that is."""
        return self.million_macs / self.milliseconds

    @property
    def label(self) -> str:
        """The row in words, but for its source."""
        how = self.precision or "precision not said"
        return f"{self.network}, {self.phone}, {self.runs_on}, {how}: {self.milliseconds:g} ms"


_XNNPACK = "1 thread, XNNPACK", "float32"
_V2_PAPER = "1 large core, TF Lite", ""
_V3_PAPER = "1 large core, TF Lite", "float32"
_README = "mean", "github.com/google/XNNPACK, README.md, 27 March 2020"
_V2, _V3 = ("", "arXiv:1801.04381, Table 4"), ("", "arXiv:1905.02244, Table 3")
_V4 = "mean", "arXiv:2404.10518, ImageNet results and Appendix B"

LATENCIES: Final = (
    Latency("V1", 2020, 569, "Pixel", *_XNNPACK, 82, *_README),
    Latency("V2", 2020, 300, "Pixel", *_XNNPACK, 49, *_README),
    Latency("V3 Large", 2020, 219, "Pixel", *_XNNPACK, 39, *_README),
    Latency("V3 Small", 2020, 56, "Pixel", *_XNNPACK, 12, *_README),
    Latency("V1", 2018, 569, "Pixel", *_V2_PAPER, 113, *_V2),
    Latency("V2", 2018, 300, "Pixel", *_V2_PAPER, 75, *_V2),
    Latency("V2", 2019, 300, "Pixel", *_V3_PAPER, 64, *_V3),
    Latency("V4 Conv-S", 2024, 200, "Pixel 6", "CPU, XNNPACK", "int8", 2.4, *_V4),
    Latency("V4 Conv-S", 2024, 200, "Pixel 7", "GPU", "float16", 8.4, *_V4),
    Latency("V4 Conv-S", 2024, 200, "Pixel 8", "EdgeTPU", "int8", 0.7, *_V4),
)
"""Published latencies of MobileNets, batch 1, 224×224.

XNNPACK's come from Google Benchmark, whose time is the mean over a loop's calls. The papers of V2
and V3 don't say what theirs are of several calls, and that of V2 doesn't say the precision. V4's
table prints 0.2 G MACs, one digit: its rates may be off by a quarter.
"""


def agrees(printed: str, exact: float | Fraction) -> bool:
    """Tell whether a printed number is off by less than one in its last digit.

    Papers round, cut off and round up; all three agree.

    Parameters
    ----------
    printed : str
        Digits, with a point or without.
    exact : float, int or Fraction
        A float stands for the digits that Python prints: 4.3 is 43/10, not the nearest binary
        number, which is a little less.

    Raises
    ------
    TypeError
        If ``printed`` is no text: a number doesn't know how many digits were printed.
    ValueError
        If it is no number in digits.

    Examples
    --------
    >>> agrees("569", 568.740352), agrees("34", 30.212608)
    (True, False)
    >>> agrees("4.2", 4.3), abs(4.2 - 4.3) < 0.1  # floats round; digits don't
    (False, True)
    """
    if not isinstance(printed, str):
        raise TypeError(f"printed must be text, as in '0.50', got {printed!r}")
    digits = re.fullmatch(r"-?\d+(?:\.(\d+))?", printed)
    if not digits:
        raise ValueError(f"printed must be a number in digits, as in '0.50', got {printed!r}")
    return abs(Fraction(printed) - Fraction(str(exact))) < Fraction(1, 10 ** len(digits[1] or ""))
