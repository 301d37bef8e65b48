"""What the layer machine says: the script puts numbers in for names in braces."""

from __future__ import annotations

NAMES = {
    "C_in": "C_in", "C_out": "C_out", "H": "H", "K": "K", "S": "stride", "P": "padding",
    "m": "multiplier",
}  # fmt: skip
_SIDE = "⌊(H + 2·padding − K)/stride⌋ + 1"
FORMULAS = {  # of MACs, parameters, and the output's rows and columns
    "standard": ("K·K·C_in·C_out·H_out·W_out", "K·K·C_in·C_out", _SIDE),
    "depthwise": ("K·K·C_in·m·H_out·W_out", "K·K·C_in·m", _SIDE),
    "pointwise": ("C_in·C_out·H_out·W_out", "C_in·C_out", "H"),
    "separable": (
        "K·K·C_in·m·H_out·W_out + C_in·m·C_out·H_out·W_out",
        "K·K·C_in·m + C_in·m·C_out",
        _SIDE,
    ),
}
WORDS = {
    "missing": "A {K}×{K} kernel doesn't fit on {H}×{H} numbers{padded}: there is no output, and "
    "nothing to count.",
    "padded": ", with padding {padded}×{padded}",
    "said": "Map {map}, row {row}, column {column} is {value}. It takes {reads}.",
    "zeros": ", {zeros} with a padding zero",
    "standard": "{square}·{channels} {products} through all channels{padded}",
    "depthwise": "{square} {products} of channel {channel} alone{padded}",
    "pointwise": "1·1·{channels} {products}, a pencil through all channels",
    "separable": "{square}·{channels} {products}, channel by channel{padded}; then {channels} "
    "more, a pencil through their sums",
    "once": ". The first stage is done once for all {C_out} maps",
    "press": " Press an output cell for its numbers.",
    "choose": ". Choose a number, or press Enter, for a single product.",
    "product": "{from} times {weight}. Running sum{of}: {sum}",
    "from": "x[{channel}, {i}, {j}]",
    "sums": "map {at} of the first stage",
    "pointwise_weight": "pointwise_weight[{map}, {at}, 0, 0]",
    "weight": "{stage}weight[{first}, {second}, {a}, {b}]",
    "unasked": "Your functions weren't asked about this",
    "unknown": "No function of yours counts {kind} layers",
    "instead": "{why}: what shows is the library's count.",
    "counted": "Counted by your functions: {sum}.",
    "right": " The library counts {right}.",
}


def _labelled(name: str, label: str) -> str:
    return f'class="{name}" role="group" aria-label="{label}"'


_BUTTON = '<button type="button"'
_ITEM = (  # of the numbers: those of the input, their weights, the sum
    '<div class="item"><b></b><div class="grid x"></div>'
    '<div class="pair">·<div class="grid w"></div></div><span></span></div>'
)
# What the script fills: in a narrow figure it puts the knobs below the picture.
MARKUP = f"""<div class="knobs head"></div><div class="shelf"></div>
<svg tabindex="0" role="application" aria-label="Output: arrow keys choose a value,
Page Up and Down its map, Enter shows its numbers"></svg>
<div class="knobs costs"><div {_labelled("knobs path", "Level of detail")}>
{3 * f"{_BUTTON}></button>"}</div>
<div class="share"><div class="count"><span></span><small> MACs</small></div>
<div><i></i><p class="quiet compared"></p></div></div></div>
<p class="missing" role="status"></p><p class="yours"></p><p class="said" aria-live="polite"></p>
<div class="detail"><div tabindex="0"
{_labelled("numbers", "Products; left and right arrow keys go through them")}>{8 * _ITEM}</div>
<p class="sum"></p><div class="knobs product">{_BUTTON} class="previous">◀ previous</button>
{_BUTTON} class="play">play</button>{_BUTTON} class="next">next ▶</button>
<strong></strong><span></span></div></div>
<details><summary>Formulas</summary><dl>{
    "".join(
        f"<dt>{name}</dt><dd><span></span> <strong></strong></dd>"
        for name in ("MACs", "parameters", "output")
    )
}</dl></details>""".replace("\n", " ")
