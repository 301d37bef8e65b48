"""The course's story in numbers: what a camera app may take, what it takes, and what is left.

A camera app names what it sees at 30 frames a second. Its network is MobileNet's dense twin, the
same layers as standard convolutions; its times are those recorded on one processor, for unit 06.
No phone was measured. A line at the top of each unit says where that stands when the unit begins,
one in its recap what was made and what is still too much. :mod:`dwsep_helpers.authoring` writes
them into the notebooks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from dwsep_helpers import cost, figures, hardware, papers

FRAMES = 30  # in a second
FRAME_MS = 1000 / FRAMES
RUNTIME = {"width": 1, "resolution": 224, "runtime": "ExecuTorch", "dtype": "float32"}
PHONE = {"phone": "Pixel", "year": 2020}  # of the published times, those by one author


@dataclass(frozen=True)
class Numbers:
    """What the story counts and quotes.

    Attributes
    ----------
    layer, layer_left : int
        MACs of the course's layer: as a standard convolution, and separated.
    filtering : int
        MACs of its depthwise stage.
    network, network_left : int
        MACs of MobileNet's dense twin, and of MobileNet.
    ms, ms_left : float
        Milliseconds an image takes in each, as recorded.
    processor, how : str
        On which processor, in one thread; with what software, and which of how many calls.
    megabytes, megabytes_left : float
        Of MobileNet's file, in float32 and in int8.
    phone_ms, smallest_ms : float
        Published milliseconds of MobileNetV1 and of MobileNetV3-Small on a phone.
    """

    layer: int
    layer_left: int
    filtering: int
    network: int
    network_left: int
    ms: float
    ms_left: float
    processor: str
    how: str
    megabytes: float
    megabytes_left: float
    phone_ms: float
    smallest_ms: float

    @property
    def misses_by(self) -> float:
        """How many times longer the network of standard convolutions takes than a frame."""
        return self.ms / FRAME_MS


@cache
def numbers() -> Numbers:
    """Return the story's numbers: counted by the course, or recorded, or printed by others.

    Examples
    --------
    >>> found = numbers()
    >>> found.layer, found.layer_left, f"{found.misses_by:.1f}"
    (1228800, 53952, '8.4')
    """
    standard, depthwise, pointwise = figures.course.costs()
    table = hardware.recorded("runtimes")
    dense, separable = (table.one(network=n, **RUNTIME) for n in ("dense", "separable"))
    int8 = table.one(network="separable", **{**RUNTIME, "dtype": "int8"})
    phone = {
        row.network: row.milliseconds
        for row in papers.LATENCIES
        if (row.phone, row.year) == (PHONE["phone"], PHONE["year"])
    }
    return Numbers(
        layer=standard,
        layer_left=depthwise + pointwise,
        filtering=depthwise,
        network=cost.mobilenet_macs(papers.MOBILENET_V1.dense()),
        network_left=cost.mobilenet_macs(papers.MOBILENET_V1),
        ms=dense["best_ms"],
        ms_left=separable["best_ms"],
        processor=table.provenance["processor"],
        how=f"{dense['runtime']}, {dense['dtype']}, the best of {dense['calls']} calls",
        megabytes=separable["file_bytes"] / 1e6,
        megabytes_left=int8["file_bytes"] / 1e6,
        phone_ms=phone["V1"],
        smallest_ms=phone["V3 Small"],
    )


@dataclass(frozen=True)
class Budget:
    """What is left of a cost: a bar from nothing to what it first was, and words."""

    left: float
    most: float
    unit: str

    def __str__(self) -> str:
        left, most = (
            f"{n:,}" if isinstance(n, int) else f"{n:.3g}" for n in (self.left, self.most)
        )
        words = f"{left} {self.unit}" + (f", of {most} at first" if left != most else "")
        bar = f'<progress max="{self.most}" value="{self.left}" title="{words}"></progress>'
        return f"**Cost** {bar} {words}"


# What a unit's first cell and its recap say: what is left then, and a sentence or two.
Line = Callable[[Numbers], tuple[Budget, str]]


def _layer(n: Numbers, left: int) -> Budget:
    return Budget(left, n.layer, "MACs in one layer")


def _network(n: Numbers, left: int) -> Budget:
    return Budget(left, n.network, "MACs in the whole network")


def _time(n: Numbers, left: float) -> Budget:
    return Budget(left, n.ms, "ms for an image")


def _file(n: Numbers, left: float) -> Budget:
    return Budget(left, n.megabytes, "MB in the file")


LINES: dict[str, tuple[Line, Line]] = {
    "00": (
        lambda n: (
            _time(n, n.ms),
            f"A camera app should name what it sees {FRAMES} times a second, on a phone: that is "
            f"{FRAME_MS:.1f} ms for an image. Its network of standard convolutions took "
            f"{n.ms:.0f} ms, {n.misses_by:.1f} times as long, in one thread of a server's "
            f"processor ({n.processor}; {n.how}, recorded for unit 06; no phone was measured). "
            "In this course you work that factor off.",
        ),
        lambda n: (
            _layer(n, n.layer),
            f"You have made one MAC. The course's first layer takes {n.layer:,} of them, far more "
            "than it needs, as units 01 to 03 will show.",
        ),
    ),
    "01": (
        lambda n: (
            _layer(n, n.layer),
            "First you build what the camera app has: standard convolutions.",
        ),
        lambda n: (
            _layer(n, n.layer),
            "You have made the whole layer, and can count it. All of its MACs are still there: "
            "each filter reads all channels.",
        ),
    ),
    "02": (
        lambda n: (_layer(n, n.layer), "What if a filter reads one channel alone?"),
        lambda n: (
            _layer(n, n.layer),
            f"You have made the stage that filters, {n.filtering:,} MACs in this layer. It can't "
            "take the layer's place yet, since nothing combines its channels.",
        ),
    ),
    "03": (
        lambda n: (_layer(n, n.layer), f"Filtering takes {n.filtering:,}. Now combine."),
        lambda n: (
            _layer(n, n.layer_left),
            f"You have made the layer in two stages, with {n.layer / n.layer_left:.1f} times fewer "
            "MACs. It is one layer: the rest of the network still has all of its own.",
        ),
    ),
    "04": (
        lambda n: (_network(n, n.network), "The camera app's, before its layers are separated."),
        lambda n: (
            _network(n, n.network_left),
            f"You have counted it: {n.network / n.network_left:.1f} times fewer. That is on paper: "
            "nothing is built yet, and nothing has learned.",
        ),
    ),
    "05": (
        lambda n: (_network(n, n.network_left), "You have counted it. Now build it."),
        lambda n: (
            _network(n, n.network_left),
            "You have built the network and trained a small one. Whether it keeps up with a camera "
            "is still open: MACs are not time.",
        ),
    ),
    "06": (
        lambda n: (
            _time(n, n.ms),
            f"The dense network, in one thread of an {n.processor} ({n.how}). {FRAME_MS:.1f} ms "
            "are allowed.",
        ),
        lambda n: (
            _time(n, n.ms_left),
            f"On the recorded core MobileNet keeps up with a camera; {FRAME_MS:.1f} ms were "
            f"allowed. On section 10's Pixel it is still too slow: {n.phone_ms:g} ms, as "
            "published. "
            f"V3 Small took {n.smallest_ms:g}.",
        ),
    ),
    "07": (
        lambda n: (
            _file(n, n.megabytes),
            "MobileNet as an app would ship it: weights of four bytes each, and little else.",
        ),
        lambda n: (
            _file(n, n.megabytes_left),
            "You have written layers that compute with eight-bit weights. What the maps between "
            "them take comes on top.",
        ),
    ),
    "08": (
        lambda n: (
            _time(n, n.ms_left),
            "On unit 06's core the camera app is fast enough. What does it see? So far its numbers "
            "were random, or knew 8×8 digits.",
        ),
        lambda n: (
            _time(n, n.ms_left),
            "You have run a network like it on layers that you wrote, and it names what it sees. "
            "In a phone others' kernels do that; you know what they compute.",
        ),
    ),
}


def begins(unit: str) -> str:
    """Return the line at the top of a unit: what is left as it begins, and what it is about.

    Parameters
    ----------
    unit : str
        Its two digits.

    Examples
    --------
    >>> begins("01")[-74:]
    'one layer. First you build what the camera app has: standard convolutions.'
    """
    return _line(LINES[unit][0])


def ends(unit: str) -> str:
    """Return the line of a unit's recap: what is left, what was made, what is still too much."""
    return _line(LINES[unit][1])


def _line(line: Line) -> str:
    budget, sentence = line(numbers())
    return f"{budget}. {sentence}"
