"""What a layer costs, standard and separable: sliders over its sizes."""

from dwsep_helpers.cost import conv2d_cost, depthwise_cost, pointwise_cost
from dwsep_helpers.figures import palette
from dwsep_helpers.figures.charts import MARGIN
from dwsep_helpers.figures.costs import draw_bar, draw_legend
from dwsep_helpers.figures.picture import Picture, new_canvas, picture
from dwsep_helpers.figures.sliders import Ends, Explorer, Values
from dwsep_helpers.figures.types import Axes, Figure

MOST = {"K": 11, "C_in": 512, "C_out": 1024, "H_out": 112}
# Beside the learner's layer: one of MobileNet's, and one for which separating doesn't pay.
OTHERS = (
    {"K": 3, "C_in": 512, "C_out": 512, "H_out": 14},
    {"K": 3, "C_in": 64, "C_out": 1, "H_out": 14},
)
WIDTH, PANEL, LEGEND = 6.6, 1.62, 0.45  # inches
THICK = 0.24


def explore_cost(
    kernel_size: int = 5, in_channels: int = 3, out_channels: int = 256, output_size: int = 8
) -> Explorer:
    """Show a layer's MACs, standard and separable, with sliders for the four sizes.

    Where no kernel is running, a strip of three layers shows.

    Parameters
    ----------
    kernel_size, in_channels, out_channels, output_size : int
        Where the sliders start: :math:`K, C_{in}, C_{out}, H_{out}` of
        square kernels and maps.

    Raises
    ------
    ValueError
        If a size is below 1, or above the slider's end.

    Examples
    --------
    >>> explore_cost().values
    {'K': 5, 'C_in': 3, 'C_out': 256, 'H_out': 8}
    """
    given = (kernel_size, in_channels, out_channels, output_size)
    start = dict(zip(MOST, given, strict=True))
    names = ("kernel_size", "in_channels", "out_channels", "output_size")
    for name, size, most in zip(names, given, MOST.values(), strict=True):
        if not 1 <= size <= most:
            raise ValueError(f"{name} is {size}, and the slider goes from 1 to {most}")

    def ends(_values: Values) -> Ends:
        return {name: (1, most) for name, most in MOST.items()}

    return Explorer(start, ends, lambda values: _picture([values]), _picture([start, *OTHERS]))


def _macs(values: Values) -> tuple[int, int, int]:
    """Return the MACs of a standard layer, and of the two stages of a separable one."""
    k, m, n, size = values.values()
    larger = size + k - 1  # what a kernel without padding makes H_out of
    return (
        conv2d_cost(m, n, k, larger).macs,
        depthwise_cost(m, k, larger).macs,
        pointwise_cost(m, n, size).macs,
    )


def _said(values: Values) -> tuple[str, str, str]:
    """Say which layer it is, how the two compare, and the separable sum."""
    standard, filtering, combining = _macs(values)
    separable = filtering + combining
    layer = (
        f"{values['K']}×{values['K']} kernels, {values['C_in']} channels in, "
        f"{values['C_out']} out, maps of {values['H_out']}×{values['H_out']}"
    )
    if separable > standard:
        compared = f"{separable / standard:.2f} times as many"
    else:
        compared = f"{standard / separable:.1f} times fewer"
    return layer, compared, f"{filtering:,} + {combining:,} = {separable:,}"


def _picture(layers: list[Values]) -> Picture:
    said = []
    for values in layers:
        layer, compared, separable = _said(values)
        said.append(
            f"{layer}: standard {_macs(values)[0]:,} MACs, separable {separable}, {compared}."
        )
    return picture(" ".join(said), _draw, layers)


def _draw(layers: list[Values]) -> Figure:
    figure, axes = new_canvas(WIDTH, PANEL * len(layers) + LEGEND)
    draw_legend(axes, ["standard", "depthwise", "pointwise"], MARGIN, 0.12)
    for number, values in enumerate(layers):
        _draw_layer(axes, values, LEGEND + number * PANEL)
    return figure


def _draw_layer(axes: Axes, values: Values, top: float) -> None:
    """Draw one layer: two bars, each under its numbers."""
    standard, filtering, combining = _macs(values)
    layer, compared, separable = _said(values)
    scale = (WIDTH - 2 * MARGIN) / max(standard, filtering + combining)
    axes.text(MARGIN, top + 0.2, layer, va="bottom", fontsize=10, weight="bold")
    bars = {
        f"standard: {standard:,} MACs": {"standard": standard},
        f"separable: {separable} MACs, {compared}": {
            "depthwise": filtering,
            "pointwise": combining,
        },
    }
    for number, (words, kinds) in enumerate(bars.items()):
        edge = top + 0.27 + 0.6 * number
        axes.text(MARGIN, edge + 0.22, words, va="bottom", fontsize=10, color=palette.INK)
        draw_bar(axes, kinds, (MARGIN, edge + 0.26), scale, THICK)
