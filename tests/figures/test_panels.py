"""Rows of panels: everything has a place, and the middles are in line."""

import numpy as np
import pytest
from layout import faults, texts

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.panels import GAP, MARGIN, Grid, Panel, arrow, lay
from dwsep_helpers.figures.picture import style
from dwsep_helpers.figures.tones import Tone, signed_tone

NUMBERS = np.array([[1, -2.5, 3], [0, 12, -271]])
TONE = Tone("gray", 0, 1)


@pytest.fixture(autouse=True)
def styled():
    with style():
        yield


def places(figure):
    """Return where words are written."""
    (axes,) = figure.axes
    return {text.get_text(): text.get_position() for text in axes.texts}


def test_a_figure_is_its_rows():
    image = Panel(NUMBERS, palette.INPUT, title="an image of numbers", name="x", below="given")
    kernel = Panel(np.array([[7]]), palette.KERNEL, name="kernel", marked=[(0, 0)], heads="K")
    made = Panel(4 * NUMBERS, signed_tone(4 * NUMBERS), name="y", scale=True, numbers=True)
    figure = lay([[image, "∗", kernel, "=", made], ["words under\nthe image"], [], [arrow("next")]])
    assert faults(figure) == []
    where = places(figure)
    signs = ["∗", "7", "="]
    assert len({round(where[sign][1], 9) for sign in signs}) == 1, "the middles of a row"
    assert where["words under\nthe image"][0] == where["x"][0], "the middles of a column"
    assert [where[sign][0] for sign in signs] == sorted(where[sign][0] for sign in signs)
    assert texts(figure).count("K") == 2


def test_panels_keep_their_distance_however_wide_their_words_are():
    wide, narrow = Panel(NUMBERS, palette.INPUT, 0.3, name="a" * 40), Panel(NUMBERS, TONE, 0.3)
    figure = lay([[wide, narrow]])
    assert figure.get_figwidth() == pytest.approx(
        2 * MARGIN + wide.room[0] + GAP + 3 * 0.3, abs=0.01
    )
    assert wide.room[0] > 2


def test_a_grid_stands_on_the_middle_of_the_row_it_is_told():
    above, below = Panel(NUMBERS, TONE, 1), Panel(NUMBERS, TONE, 0.1)
    assert Grid([[above], [below]], down=0).room == pytest.approx((3, 1, 1.2))
    assert Grid([[above], [below]], down=0, middle=1).room == pytest.approx((3, 2.1, 0.1))


def test_a_number_that_is_none_is_written_and_words_alone_are_in_the_middle():
    spoilt = Panel(np.array([[np.nan, 1]]), palette.OUTPUT)
    figure = lay([[Panel(title="before"), spoilt]])
    assert {"nan", "1", "before"} <= set(texts(figure))
    figure.draw_without_rendering()
    boxes = {text.get_text(): text.get_window_extent() for text in figure.axes[0].texts}
    middles = [(boxes[words].y0 + boxes[words].y1) / 2 for words in ("before", "1")]
    assert abs(middles[0] - middles[1]) < 3


def test_a_map_of_one_value_has_no_scale():
    assert Panel(NUMBERS, Tone("gray", 1, 1), scale=True).bar == 0
    assert Panel(NUMBERS, TONE, scale=True).bar == pytest.approx(1.8)
