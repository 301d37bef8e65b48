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
    "standard": "{square}·{channels} {products} through all channels{padded}",
    "depthwise": "{square} {products} of channel {channel} alone{padded}",
    "pointwise": "1·1·{channels} {products}, a pencil through all channels",
    "separable": "{square}·{channels} {products}, channel by channel{padded}; then {channels} "
    "more, a pencil through their sums",
    "once": ". The first stage is done once for all {C_out} maps",
    "press": " Press an output cell for its numbers.",
    "choose": ". Choose a number, or press Enter, for a single product.",
    "product": {
        "standard": "{from} times weight[{map}, {channel}, {a}, {b}]. Running sum: {sum}",
        "depthwise": "{from} times weight[{map}, 0, {a}, {b}]. Running sum: {sum}",
        "pointwise": "{from} times weight[{map}, {channel}, 0, 0]. Running sum: {sum}",
        "separable": "{from} times depthwise_weight[{at}, 0, {a}, {b}]. Running sum of this "
        "channel: {sum}",
        "second": "map {at} of the first stage times pointwise_weight[{map}, {at}, 0, 0]. Running "
        "sum across channels: {sum}",
    },
    "unasked": "Your functions weren't asked about this",
    "unknown": "No function of yours counts {kind} layers",
    "instead": "{why}: what shows is the library's count.",
}


def _labelled(name: str, label: str) -> str:
    return f'class="{name}" role="group" aria-label="{label}"'


_BUTTON = '<button type="button"'
_ITEM = (  # eight times, as brackets say: numbers of the input, their weights, the sum
    '<div class="item"><b></b><div class="grid x"></div>'
    '<div class="pair">·<div class="grid w"></div></div><span></span></div>'
)
# What the script fills: in a narrow figure it puts the knobs below the picture.
MARKUP = f"""<div class="knobs head"><span class="quiet meaning"></span></div>
<div class="shelf"></div><svg class="scene" tabindex="0" role="application"
aria-label="Output: arrow keys choose a value, Page Up and Down its map, Enter shows its numbers">
</svg>
<div class="knobs costs"><div {_labelled("knobs path", "Level of detail")}>
{_BUTTON}>layer</button>{_BUTTON}>› output value</button>{_BUTTON}></button></div>
<div class="share"><div class="count"><span class="big"></span><small> MACs</small></div>
<div><i class="bar"></i><p class="quiet compared"></p></div></div></div>
<p class="missing" role="status"></p><p class="yours"></p><p class="said" aria-live="polite"></p>
<div class="detail"><div tabindex="0"
{_labelled("numbers", "Products; left and right arrow keys go through them")}>[{_ITEM}]</div>
<p class="sum"></p><div class="knobs product">{_BUTTON} class="previous">◀ previous</button>
{_BUTTON} class="play">play</button>{_BUTTON} class="next">next ▶</button>
<strong class="equation"></strong><span class="around"></span></div></div>
<details class="folded"><summary>Formulas</summary><dl>{
    "".join(
        f"<dt>{name}</dt><dd><span></span> <strong></strong></dd>"
        for name in ("MACs", "parameters", "output")
    )
}</dl></details>""".replace("\n", " ")
