"""What networks cost: layer by layer, and which kinds of layer take which part."""

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dwsep_helpers.cost.value import Cost, short
from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_number
from dwsep_helpers.figures.charts import MARGIN, text_width
from dwsep_helpers.figures.picture import Picture, draw_box, new_canvas, picture
from dwsep_helpers.figures.types import Axes, Figure
from dwsep_helpers.kernels.shapes import mapping

Kinds = Mapping[str, float]
Costs = Mapping[str, Mapping[str, Cost]]  # by layer and kind
QUANTITIES = {"MACs": "macs", "parameters": "params", "elements moved": "elements"}


class Look(NamedTuple):
    """How bars of a kind of layer are filled."""

    fill: str
    line: str
    hatch: str


# Hatches tell kinds apart where colours don't.
LOOKS = {
    "standard": Look("#dcdcdc", palette.NEUTRAL.line, ""),
    "depthwise": Look(palette.KERNEL.line, palette.KERNEL.line, ""),
    "pointwise": Look(palette.INPUT.fill, palette.INPUT.line, "////"),
    "linear": Look(palette.OUTPUT.fill, palette.OUTPUT.line, "...."),
}
OTHER = Look(palette.PAPER, palette.NEUTRAL.line, "xx")

LONGEST = 4.6  # inches of the longest bar
BAR_HEIGHT = 0.16  # inches, as all that follows
BAR_GAP, LAYER_GAP = 0.02, 0.1  # between the bars of a layer, and between layers
SHARES_HEIGHT, SHARES_PITCH = 0.42, 0.62  # of a bar that is divided into shares, and to the next
SHARES_WIDTH = 2.9  # of such a bar: 100 %


def cost_by_layer(networks: Mapping[str, Costs], title: str = "") -> Picture:
    """Draw the MACs of each layer of one or two networks, stacked by kind.

    All bars are to one scale, and layers of the same MACs that follow each other share one.
    With two networks, each layer says how many times fewer MACs the second one makes.

    Parameters
    ----------
    networks : mapping of str to mapping of str to mapping of str to Cost
        By the network's name, the layer's, and the kind: as `dwsep_helpers.cost.layer_costs`
        gives them. Two networks have the same layers.
    title : str, written above

    Raises
    ------
    TypeError
        If ``networks`` is no mapping.
    ValueError
        If there is not one network or two, they have other layers, or one makes no MACs.

    Examples
    --------
    >>> layers = {"block": {"depthwise": Cost(4_800), "pointwise": Cost(49_152)}}
    >>> cost_by_layer({"separable": layers}).alt
    'MACs by layer. separable: 54.0 k MACs, depthwise 8.90 %, pointwise 91.10 %; most in block.'
    """
    mapping("networks", networks)
    if not 1 <= len(networks) <= 2:
        raise ValueError(f"networks has {len(networks)} of them, and one or two are drawn")
    names = [list(layers) for layers in networks.values()]
    if not names[0] or names[0] != names[-1]:
        raise ValueError(f"networks have the layers {names[0]} and {names[-1]}")
    macs = {name: _quantity(layers, "macs") for name, layers in networks.items()}
    said = []
    for name, layers in macs.items():
        kinds = _summed(layers)
        if not sum(kinds.values()):
            raise ValueError(f"networks[{name!r}] has MACs that add up to 0, and 0 has no parts")
        totals = {layer: sum(parts.values()) for layer, parts in layers.items()}
        said.append(
            f"{name}: {short(sum(kinds.values()))} MACs, {_parts_said(kinds)}; "
            f"most in {_listed(totals)}"
        )
    alt = f"{title or 'MACs by layer'}. {'. '.join(said)}."
    return picture(alt, _draw_layers, macs, title)


def shares(layers: Costs, title: str = "") -> Picture:
    """Draw which part of MACs, parameters and elements moved each kind of layer takes.

    Parameters
    ----------
    layers : mapping of str to mapping of str to Cost
        By the layer's name and the kind: as `dwsep_helpers.cost.layer_costs` gives them.
    title : str, written above

    Raises
    ------
    TypeError
        If ``layers`` is no mapping.
    ValueError
        If a quantity adds up to nothing.

    Examples
    --------
    >>> layers = {"block": {"depthwise": Cost(1, 1, 3), "pointwise": Cost(3, 1, 1)}}
    >>> shares(layers).alt.split(". ")[1].split(";")[0]
    'MACs: depthwise 25.00 %, pointwise 75.00 %'
    """
    mapping("layers", layers)
    measures = {name: _summed(_quantity(layers, of)) for name, of in QUANTITIES.items()}
    for name, kinds in measures.items():
        if not sum(kinds.values()):
            raise ValueError(f"layers has {name} that add up to 0, and 0 has no parts")
    return parts(measures, title)


def parts(measures: Mapping[str, Kinds], title: str = "") -> Picture:
    """Draw which part of some quantities each kind of layer takes.

    Parameters
    ----------
    measures : mapping of str to mapping of str to number
        By the quantity's name and the kind, such as milliseconds of the depthwise layers. Kinds
        come in one order, whichever comes first: standard, depthwise, pointwise, linear, others.
    title : str, written above

    Raises
    ------
    TypeError
        If ``measures`` is no mapping.
    ValueError
        If there is no quantity, one adds up to nothing, or a part is negative, infinite or NaN.

    Examples
    --------
    >>> parts({"MACs": {"pointwise": 3, "depthwise": 1}}).alt
    'Shares by kind of layer. MACs: depthwise 25.00 %, pointwise 75.00 %.'
    """
    mapping("measures", measures)
    if not measures:
        raise ValueError("measures is empty, and one quantity at least is drawn")
    for name, kinds in measures.items():
        for kind, part in kinds.items():
            where = f"measures[{name!r}][{kind!r}]"
            if not 0 <= as_number(part, where) < math.inf:
                raise ValueError(f"{where} is {part}, and parts start from zero")
        if not sum(kinds.values()):
            raise ValueError(f"measures[{name!r}] adds up to 0, and 0 has no parts")
    measures = {
        name: {kind: kinds[kind] for kind in _in_order(kinds)} for name, kinds in measures.items()
    }
    said = "; ".join(f"{name}: {_parts_said(kinds)}" for name, kinds in measures.items())
    alt = f"{title or 'Shares by kind of layer'}. {said}."
    return picture(alt, _draw_shares, measures, title)


def _quantity(layers: Costs, quantity: str) -> dict[str, Kinds]:
    return {
        layer: {kind: getattr(cost, quantity) for kind, cost in kinds.items()}
        for layer, kinds in layers.items()
    }


def _summed(layers: Mapping[str, Kinds]) -> Kinds:
    """Return the sum over layers for each kind, in the order of first appearance."""
    kinds: dict[str, float] = {}
    for layer in layers.values():
        for kind, number in layer.items():
            kinds[kind] = kinds.get(kind, 0) + number
    return kinds


def _in_order(kinds: Iterable[str]) -> list[str]:
    """Return kinds in the order of a network's papers, whatever else there is behind them."""
    return sorted(kinds, key=lambda kind: [*LOOKS, kind].index(kind))


def _parts_said(kinds: Kinds) -> str:
    total = sum(kinds.values())
    return ", ".join(f"{kind} {_percent(n / total)}" for kind, n in kinds.items())


def _percent(part: float) -> str:
    return f"{100 * part:.2f} %"


def _listed(totals: Mapping[str, float]) -> str:
    """Name the largest: several, where they are as large."""
    *others, last = (layer for layer, total in totals.items() if total == max(totals.values()))
    return f"{', '.join(others)} and {last}" if others else last


def _merged(networks: Mapping[str, Mapping[str, Kinds]]) -> dict[str, dict[str, Kinds]]:
    """Draw layers of the same numbers once where they follow each other."""
    runs: list[list[str]] = []
    for layer in next(iter(networks.values())):
        same = runs and all(layers[layer] == layers[runs[-1][0]] for layers in networks.values())
        runs = [*runs[:-1], [*runs[-1], layer]] if same else [*runs, [layer]]
    names = [
        run[0] if len(run) == 1 else f"{run[0]} to {run[-1].split()[-1]}, each" for run in runs
    ]
    return {
        network: {name: layers[run[0]] for name, run in zip(names, runs, strict=True)}
        for network, layers in networks.items()
    }


def _draw_layers(networks: Mapping[str, Mapping[str, Kinds]], title: str) -> Figure:
    networks = _merged(networks)
    names = list(next(iter(networks.values())))
    totals = {
        name: [sum(kinds.values()) for kinds in layers.values()]
        for name, layers in networks.items()
    }
    most = max(max(numbers) for numbers in totals.values()) or 1
    start = MARGIN + text_width(names) + 0.12
    ratios = _ratios(*totals.values()) if len(networks) == 2 else [""] * len(names)
    labels = [short(number) for numbers in totals.values() for number in numbers]
    beside = start + LONGEST + 0.1 + text_width(labels, fontsize=9) + 0.2
    width = beside + text_width([*ratios, "fewer"]) + MARGIN
    pitch = len(networks) * (BAR_HEIGHT + BAR_GAP) + LAYER_GAP
    top = (0.45 if title else 0.22) + 0.35 + 0.3
    figure, axes = new_canvas(width, top + pitch * len(names) + 0.05)
    axes.text(MARGIN, 0.32, title, va="bottom", fontsize=11, weight="bold")
    kinds = dict.fromkeys(kind for layers in networks.values() for kind in _summed(layers))
    draw_legend(axes, _in_order(kinds), MARGIN, top - 0.5)
    if len(networks) == 2:
        heading = " above, ".join(networks) + " below"
        axes.text(start, top - 0.1, heading, va="bottom", fontsize=9)
        axes.text(beside, top - 0.1, "fewer", va="bottom", fontsize=9)
    for row, layer in enumerate(names):
        edge = top + row * pitch
        middle = edge + (pitch - LAYER_GAP) / 2
        axes.text(start - 0.12, middle, layer, ha="right", va="center", fontsize=10)
        axes.text(beside, middle, ratios[row], va="center", fontsize=10, weight="bold")
        for number, (network, layers) in enumerate(networks.items()):
            y = edge + number * (BAR_HEIGHT + BAR_GAP)
            end = draw_bar(axes, layers[layer], (start, y), LONGEST / most, BAR_HEIGHT)
            total = short(totals[network][row])
            axes.text(end + 0.08, y + BAR_HEIGHT / 2, total, va="center", fontsize=9)
    down = [top - 0.04, top + pitch * len(names) - LAYER_GAP + 0.04]
    axes.plot([start] * 2, down, color=palette.NEUTRAL.line, lw=0.8)
    return figure


def _ratios(first: list[float], second: list[float]) -> list[str]:
    """Write how many times fewer the second numbers are, where they are others."""
    return ["" if a == b or not b else f"{a / b:.1f}×" for a, b in zip(first, second, strict=True)]


def draw_bar(
    axes: Axes, kinds: Kinds, corner: tuple[float, float], scale: float, thick: float
) -> float:
    """Draw a bar of parts, and return where it ends."""
    left, top = corner
    for kind, number in kinds.items():
        look = LOOKS.get(kind, OTHER)
        across = number * scale
        draw_box(
            axes, (left, top), across, thick, fc=look.fill, ec=look.line, hatch=look.hatch, lw=0.6
        )
        left += across
    return left


def draw_legend(axes: Axes, kinds: list[str], left: float, top: float) -> None:
    """Draw how each kind of layer looks, side by side."""
    for kind in kinds:
        draw_bar(axes, {kind: 1}, (left, top), 0.3, 0.16)
        axes.text(left + 0.38, top + 0.08, kind, va="center", fontsize=10)
        left += 0.38 + text_width([kind]) + 0.3


def _draw_shares(measures: Mapping[str, Kinds], title: str) -> Figure:
    kinds = _in_order(dict.fromkeys(kind for parts in measures.values() for kind in parts))
    start = MARGIN + text_width(measures) + 0.15
    top = (0.45 if title else 0.22) + 0.35
    column = max(text_width(kinds), text_width(["100.00 %"])) + 0.2
    right = start + SHARES_WIDTH + 0.25
    figure, axes = new_canvas(
        right + column * len(kinds) + MARGIN - 0.2, top + SHARES_PITCH * len(measures)
    )
    axes.text(MARGIN, 0.32, title, va="bottom", fontsize=11, weight="bold")
    for number, kind in enumerate(kinds):
        # A column of numbers for each kind, headed by how its parts look: none is too small.
        end = right + column * (number + 1) - 0.2
        draw_bar(axes, {kind: 1}, (end - 0.3, top - 0.5), 0.3, 0.16)
        axes.text(end, top - 0.12, kind, ha="right", va="bottom", fontsize=10)
        for row, parts in enumerate(measures.values()):
            y = top + row * SHARES_PITCH + SHARES_HEIGHT / 2
            share = _percent(parts.get(kind, 0) / sum(parts.values()))
            axes.text(end, y, share, ha="right", va="center", fontsize=10)
    for row, (name, parts) in enumerate(measures.items()):
        y = top + row * SHARES_PITCH
        axes.text(start - 0.15, y + SHARES_HEIGHT / 2, name, ha="right", va="center", fontsize=10)
        ordered = {kind: parts[kind] for kind in kinds if kind in parts}
        draw_bar(axes, ordered, (start, y), SHARES_WIDTH / sum(parts.values()), SHARES_HEIGHT)
    return figure
