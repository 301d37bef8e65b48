"""Networks as maps: what is written is what the profile counted, in the order of running."""

import pytest
from layout import faults, texts
from torch import nn

from dwsep_helpers import figures, papers
from dwsep_helpers.cost import profile
from dwsep_helpers.figures import networks
from dwsep_helpers.mobilenet import (
    SMALL_IMAGES,
    DepthwiseSeparableConv2d,
    InvertedResidual,
    MobileNetV1,
    mobilenet,
)


def drawn(module, size, title=""):
    rows = profile(module, size).rows
    steps = networks._steps(rows)
    first = networks._maps(rows[0].input_shape)
    few = len(steps) <= networks.MOST_WORDS
    draw = networks._draw_words if few else networks._draw_letters
    return draw(first, steps, title)


def test_a_block_is_written_with_what_it_costs():
    figure = drawn(DepthwiseSeparableConv2d(32, 64, 2), (1, 32, 112, 112), "A block")
    assert faults(figure) == []
    written = texts(figure)
    for words in ("32×112×112", "32×56×56", "64×56×56", "depthwise 3×3", "BN", "ReLU6",
                  "352 parameters", "2,176 parameters", "903 k MACs", "6.42 M MACs"):  # fmt: skip
        assert words in written


@pytest.mark.parametrize("relu6", [nn.ReLU6(), nn.ReLU6(inplace=True), nn.Hardtanh(0, 6)])
def test_relu6_goes_by_its_name(relu6):
    block = nn.Sequential(nn.Conv2d(2, 2, 3, groups=2), relu6)
    assert figures.network(profile(block, (1, 2, 8, 8))).alt == (
        "2×8×8; depthwise 3×3, ReLU6: 2×6×6."
    )


def test_an_added_input_is_said():
    shown = figures.network(profile(InvertedResidual(24, 24), (1, 24, 56, 56)), "Inverted")
    assert shown.alt.startswith("Inverted. 24×56×56; pointwise, BN, ReLU6: 144×56×56;")
    assert shown.alt.endswith("pointwise, BN, input added: 24×56×56.")
    assert shown.width <= 800


@pytest.mark.parametrize(
    ("module", "size"),
    [
        (MobileNetV1().to("meta"), (1, 3, 224, 224)),
        (mobilenet(papers.MOBILENET_V1, 0.25).to("meta"), (1, 3, 128, 160)),
        (MobileNetV1(10, in_channels=1, layers=SMALL_IMAGES), (1, 1, 8, 8)),
    ],
)
def test_a_network_fits_on_a_sheet(module, size):
    figure = drawn(module, size, "All of it")
    assert faults(figure) == []
    assert figure.get_figwidth() <= 8
    letters = [words for words in texts(figure) if len(words) == 1]
    assert any(words.endswith(networks.BELOW) for words in texts(figure)), "what the numbers are"
    kinds = [row.kind for row in profile(module, size).rows if row.kind in networks.SHADES]
    assert letters == [networks.LETTERS.get(kind, kind[0]) for kind in kinds]


def test_no_network_of_maps_is_refused():
    with pytest.raises(ValueError, match="profile has no convolution"):
        figures.network(profile(nn.ReLU(), (1, 2, 3, 3)))
