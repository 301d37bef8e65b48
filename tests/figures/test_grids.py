"""Sliding windows and rulers: the numbers in them are the numbers given."""

import re
import subprocess
import sys
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from dwsep_helpers import figures
from dwsep_helpers.figures.grids import _Slide, number_text
from dwsep_helpers.figures.picture import not_yet

IMAGE = np.array([[1, 2, 0, 1], [0, 1, 3, 1], [2, 0, 1, 2], [1, 1, 0, 0]])
KERNEL = np.array([[1, 2], [0, -1]])


def texts(figure):
    """Return what is written in a figure, cell by cell."""
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_a_window_shows_the_image_the_kernel_and_the_output_so_far():
    written = texts(_Slide(IMAGE, KERNEL, 1, 0).draw((0, 1)))
    cells = [text for text in written if re.fullmatch(r"−?\d+", text)]
    first_outputs = [4, -1]  # 2·1 + 0·2 + 1·0 + 3·(−1)
    expected = [*IMAGE.flat, *KERNEL.flat, *first_outputs]
    assert cells == [number_text(number) for number in expected]


def test_the_products_are_written_out_and_add_up():
    slide = _Slide(IMAGE, KERNEL, 1, 0)
    assert slide.products((0, 0)) == "1·1 + 2·2 + 0·0 + 1·(−1) = 4"
    for position in np.ndindex(slide.output.shape):
        left, right = slide.products(position).split(" = ")
        python = left.replace("·", "*").replace("−", "-")
        assert eval(python) == int(right.replace("−", "-")) == slide.output[position]
        assert slide.products(position) in texts(slide.draw(position))


def test_padding_and_stride_reach_the_padded_image():
    slide = _Slide(IMAGE, np.ones((3, 3)), 2, 1)
    np.testing.assert_array_equal(slide.window((1, 0)), [[0, 0, 1], [0, 2, 0], [0, 1, 1]])
    assert slide.output.shape == (2, 2)
    assert texts(slide.draw((1, 1))).count("0") == 20 + (IMAGE == 0).sum()


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: figures.sliding_window(IMAGE, [1, 2]), r"kernel has shape \(2,\)"),
        (
            lambda: figures.sliding_window(np.ones((1, 2, 2)), KERNEL),
            r"image has shape \(1, 2, 2\)",
        ),
        (lambda: figures.sliding_window(np.ones((2, 14)), KERNEL), r"14.*12 cells"),
        (lambda: figures.sliding_window(IMAGE, KERNEL, position=(3, 0)), r"\(3, 0\).*\(3, 3\)"),
        (lambda: figures.sliding_window(KERNEL, IMAGE), "4"),
    ],
)
def test_bad_arguments_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()


PICTURES = {
    "window": lambda: figures.sliding_window(IMAGE, KERNEL, padding=1),
    "not yet": lambda: not_yet("1.2"),
}


@pytest.mark.parametrize("draw", PICTURES.values(), ids=list(PICTURES))
def test_a_picture_is_small_described_and_always_the_same(draw):
    picture = draw()
    assert picture.data == draw().data
    assert len(picture.data) < 100_000
    assert len(picture.alt) > 20
    assert picture.width <= 900
    assert f'alt="{picture.alt[:10]}' in picture._repr_html_()
    assert picture.alt in repr(picture)
    with Image.open(BytesIO(picture.data)) as image:
        assert image.width >= 1.4 * picture.width


def test_a_picture_can_be_saved(tmp_path):
    picture = not_yet("1.2")
    picture.save(tmp_path / "it.png")
    assert (tmp_path / "it.png").read_bytes() == picture.data


def test_alternative_text_is_escaped():
    html = figures.Picture(b"", 'a < "b"', 10)._repr_html_()
    assert 'alt="a &lt; &quot;b&quot;"' in html


def test_drawing_leaves_pyplot_and_its_settings_alone():
    program = (
        "import sys, matplotlib\n"
        "matplotlib.rcParams['backend'] = 'agg'  # reading it unset would load pyplot\n"
        "before = dict(matplotlib.rcParams)\n"
        "from dwsep_helpers import figures\n"
        "figures.kernel_flipped([[1, 2], [0, -1]])\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert dict(matplotlib.rcParams) == before\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


def test_numbers_keep_their_whole_part():
    written = {
        0: "0", -0.5: "−0.5", 1 / 3: "0.333", 271: "271", 999.4: "999", 999.6: "1,000",
        1234: "1,234", -12345.678: "−12,346", 9_999_999: "9,999,999", 1e12: "1e+12", 1e-9: "1e−09",
    }  # fmt: skip
    assert {number: number_text(number) for number in written} == written
    assert number_text(np.int8(-128)) == "−128"
    assert number_text(np.int16(-32768)) == "−32,768"


def test_a_sum_of_rounded_numbers_does_not_claim_to_be_equal():
    assert figures.sliding_window([[1 / 3]], [[2]]).alt.endswith(": 0.333·2 ≈ 0.667.")
    assert figures.sliding_window([[1234.5]], [[2]]).alt.endswith(": 1,234·2 ≈ 2,469.")
    assert figures.sliding_window([[1234]], [[2]]).alt.endswith(": 1,234·2 = 2,468.")
