"""The kernel lab: what it shows is what the library computes, and it is changed in every way."""

import json
import math
import re
import sys

import numpy as np
import pytest

from dwsep_helpers.explorables import explorable, kernel_lab
from dwsep_helpers.figures.tones import Tone, tone_of
from dwsep_helpers.kernels.planes import convolve2d, correlate2d
from tests.explorables import pages

MODULE = sys.modules["dwsep_helpers.explorables.kernel_lab"]
RNG = np.random.default_rng(20)
# What a figure shows after nine numbers were put in: the output's pixels, and of some pixels the
# products and the sum.
SHOWN = """([number, kernel, flip, way, places]) => {
    const root = document.querySelectorAll('.dwsep-explorable')[number].shadowRoot;
    const all = (selector) => [...root.querySelectorAll(selector)];
    all('.kernel input').forEach((input, n) => {
        input.value = kernel[n];
        input.dispatchEvent(new Event('input'));
    });
    all(`input[value=${flip}], input[value=${way}]`).forEach((radio) => radio.click());
    const [frame] = all('.frame').slice(1), canvas = frame.querySelector('canvas');
    const { width, height } = canvas, box = frame.getBoundingClientRect();
    const text = (element) => element.textContent.replaceAll('−', '-').replaceAll(',', '');
    return {
        pixels: [...canvas.getContext('2d').getImageData(0, 0, width, height).data],
        read: places.map(([row, column]) => {
            frame.dispatchEvent(new PointerEvent('pointermove', {
                clientX: box.left + (column + 1.5) / width * box.width,
                clientY: box.top + (row + 1.5) / height * box.height,
            }));
            return [...all('.products .cell'), ...all('.total')].map((cell) => +text(cell));
        }),
        ends: all('.ends span').map((end) => end.textContent),
    };
}"""
KERNEL = """() => [...document.querySelector('.dwsep-explorable').shadowRoot
    .querySelectorAll('.kernel input')].map((input) => input.value)"""


@pytest.fixture(scope="module")
def lab():
    return kernel_lab(kernel="identity")


def photo_of(height, width):
    return RNG.integers(0, 256, (height, width)) / 255


def expected_shades(values, kernel, way):
    """Return a map's colours, (H, W, 3), by the rule of the stills."""
    tone = tone_of(values, 255 * kernel if way == "fit" else np.zeros(1))
    if way == "clip":
        tone = Tone("gray", 0, 255)
    if tone.colours == "gray":
        shade = np.floor((values - tone.low) / (tone.high - tone.low) * 256).clip(0, 255)
        return np.repeat(shade[..., None], 3, axis=-1), tone
    from matplotlib import colormaps

    place = np.floor((values - tone.low) / (tone.high - tone.low) * tone.shades)
    colours = colormaps["cividis"].resampled(tone.shades)
    return colours(place.clip(0, tone.shades - 1).astype(int), bytes=True)[..., :3], tone


def test_what_it_shows_is_what_the_library_computes(browser):
    photos = [photo_of(*size) for size in ((3, 3), (5, 9), (41, 17), (30, 40))]
    page = pages.shown(browser, *(kernel_lab(photo) for photo in photos))
    for turn in range(36):
        number = turn % len(photos)
        greys = np.rint(255 * photos[number])
        kernel = RNG.integers(-9, 10, (3, 3)) / (1, 8, 10)[turn % 3]
        if turn % 6 == 5:
            kernel = np.abs(kernel)
        flip, way = RNG.choice(["as", "flip"]), RNG.choice(["fit", "sign", "clip"])
        values = (convolve2d if flip == "flip" else correlate2d)(greys, kernel)
        rows, columns = values.shape
        places = {(0, 0), (rows - 1, columns - 1), (0, columns - 1), (rows // 2, columns // 2)}
        places = [list(map(int, place)) for place in sorted(places)]
        said = page.evaluate(SHOWN, [number, kernel.ravel().tolist(), flip, way, places])

        laid = kernel[::-1, ::-1] if flip == "flip" else kernel
        for (row, column), shown in zip(places, said["read"], strict=True):
            products = greys[row : row + 3, column : column + 3] * laid
            np.testing.assert_allclose(shown[:9], products.ravel(), atol=0.00501)
            assert shown[9] == pytest.approx(values[row, column], abs=5.1e-5)

        pixels = np.reshape(said["pixels"], (rows + 2, columns + 2, 4))
        drawn = np.pad(np.full(values.shape, 255), 1)
        np.testing.assert_array_equal(pixels[..., 3], drawn)
        shades, tone = expected_shades(values, kernel, way)
        far = np.abs(pixels[1:-1, 1:-1, :3] - shades).max(axis=-1)
        # A value on the border of two shades may have either.
        assert np.count_nonzero(far) <= 0.01 * far.size + 1
        assert far.max() <= 12
        high = float(re.sub("[^0-9.]", "", said["ends"][2]))
        assert high == pytest.approx(tone.high, rel=1e-3, abs=0.006)
    assert page.errors == page.requests == []


def test_nine_numbers_by_mouse_keys_and_typing(browser, lab):
    page = pages.shown(browser, lab)
    page.evaluate("addEventListener('dwsep', (event) => { globalThis.said = event.detail; })")
    cell = page.get_by_role("spinbutton", name="Kernel row 1, column 2")
    total = page.locator(".total")
    before = total.text_content()

    box = cell.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y - 20)  # both ways add
    assert cell.input_value() == "1"
    page.mouse.move(x - 10, y + 10)
    page.mouse.up()
    assert cell.input_value() == "−0.5"
    assert total.text_content() != before
    assert page.evaluate("globalThis.said.kernel[1]") == [0, 1, -0.5]

    cell.click()  # what was there is selected
    page.keyboard.type("-1/9")
    assert cell.get_attribute("aria-invalid") == "false"
    page.keyboard.press("Enter")
    assert cell.input_value() == "−1/9"
    assert page.evaluate("globalThis.said.kernel[1][2]") == pytest.approx(-1 / 9)
    page.keyboard.press("ArrowUp")
    assert cell.input_value() == "0"
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("PageDown")
    assert cell.input_value() == "0.1"
    page.keyboard.press("Tab")
    assert page.evaluate("globalThis.said.kernel[1][2]") == 0.1

    cell.click()
    for nonsense in ("two", "1000", "1/0", ""):
        cell.fill(nonsense)
        assert cell.get_attribute("aria-invalid") == "true"
        assert "0.1 stays" in page.locator(".trouble").last.text_content()
    page.keyboard.press("Tab")
    assert cell.input_value() == "0.1"
    assert page.locator(".trouble").last.text_content() == ""
    assert page.errors == []


def test_what_is_rounded_does_not_claim_to_be_equal(browser):
    page = pages.shown(browser, kernel_lab(np.ones((5, 5)), kernel="identity"))
    cell, said = page.get_by_role("spinbutton").first, page.locator(".said")
    for typed, shown in (("12,345", "255·12.3 ≈ 3,147.975"), ("12.3", "255·12.3 = 3,136.5")):
        cell.click()
        cell.fill(typed)
        page.keyboard.press("Enter")
        page.locator(".products .cell").first.hover()
        assert shown in said.text_content()
    assert "255·12.3 + " in kernel_lab(np.ones((5, 5)), np.full((3, 3), 12.345))._repr_html_()
    assert kernel_lab(np.ones((5, 5)), np.full((3, 3), 12.345)).still.alt.endswith(" ≈ 28,332.")
    assert kernel_lab(np.ones((5, 5)), np.full((3, 3), 12)).still.alt.endswith(" = 27,540.")


def test_small_numbers_are_neither_zero_nor_cut(browser):
    small = np.array([[1e-5, 0, -2e-5]] * 3)
    page = pages.shown(browser, kernel_lab(np.linspace(0, 1, 12).reshape(3, 4), small))
    assert page.evaluate(KERNEL) == ["1e−5", "0", "−2e−5"] * 3
    assert "sum −0.00003: flat areas × −0.00003" in page.locator(".part").first.inner_text()
    assert page.locator(".ends span").first.text_content() == "−0.0063, blue"
    learned = pages.shown(browser, kernel_lab(photo_of(8, 8), np.full((3, 3), -0.0522)))
    for one in (page, learned):
        assert one.locator(".kernel input").evaluate_all(
            "all => all.every((one) => one.scrollWidth <= one.clientWidth)"
        )
    cell = page.get_by_role("spinbutton").first
    cell.click()
    cell.fill("2.5e−4")
    assert cell.get_attribute("aria-invalid") == "false"
    page.keyboard.press("Enter")
    assert cell.input_value() == "2.5e−4"


def test_presets_and_the_flip(browser, lab):
    page = pages.shown(browser, lab)
    page.evaluate("addEventListener('dwsep', (event) => { globalThis.said = event.detail; })")
    assert page.get_by_role("button", pressed=True).all_text_contents() == [
        "Photograph",
        "identity",
    ]
    page.get_by_role("button", name="Sobel x").press("Enter")
    numbers = ["−1", "0", "1", "−2", "0", "2", "−1", "0", "1"]
    assert page.evaluate(KERNEL) == numbers
    assert page.evaluate("globalThis.said") == {"kernel": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]}
    factors = page.locator(".window small")
    assert factors.all_text_contents() == [f"× {number}" for number in numbers]
    straight = page.locator(".total").text_content()
    page.get_by_label("flipped: convolution").check()
    assert page.evaluate(KERNEL) == numbers
    assert factors.all_text_contents() == [f"× {number}" for number in numbers[::-1]]
    assert page.locator(".total").text_content() in (f"−{straight}", straight[1:])
    for name, kernel in MODULE.PRESETS.items():
        page.get_by_role("button", name=name).click()
        said = page.evaluate("globalThis.said.kernel")
        np.testing.assert_array_equal(said, kernel)


def test_down_to_one_product_and_back(browser, lab):
    page = pages.shown(browser, lab)
    picture, products = (
        page.get_by_role("application", name=name) for name in ("Photograph", "Nine products")
    )
    said, chosen = page.locator(".said"), page.locator(".chosen")
    box = picture.bounding_box()
    page.mouse.move(box["x"] + 1, box["y"] + 1)
    assert said.text_content().startswith("Output row 0, column 0: the nine products add up to")
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] - 1)
    assert "Output row 141, column 213" in said.text_content()
    page.mouse.down()  # holds it
    page.mouse.up()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    assert "Output row 141, column 213" in said.text_content()

    picture.press("ArrowUp")
    picture.press("Shift+ArrowLeft")
    assert "Output row 140, column 203" in said.text_content()
    picture.press("Enter")
    products.press("ArrowDown")
    products.press("ArrowRight")
    assert re.fullmatch(
        r"Kernel row 1, column 1 meets grey (\d+): \1·1 = \1, one of nine products.",
        said.text_content(),
    )
    assert chosen.count() == 3  # in the kernel, on the picture, among the products
    page.wait_for_function("""() => document.querySelector('.dwsep-explorable').shadowRoot
        .querySelector('[aria-live]').textContent.startsWith('Kernel row 1, column 1')""")
    products.press("Escape")
    assert chosen.count() == 0
    assert "Output row 140" in said.text_content()
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.ariaLabel").startswith(
        "Photograph"
    )


def test_fingers_do_it_too(browser, lab):
    page = pages.shown(browser, lab, size=pages.PHONE, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="Sobel y").tap()
    assert page.evaluate(KERNEL)[0] == "−1"
    page.get_by_role("application", name="Output").tap(position={"x": 1, "y": 1})
    assert "Output row 0, column 0" in page.locator(".said").text_content()
    page.locator(".products .cell").nth(1).tap()
    assert "Kernel row 0, column 1 meets" in page.locator(".said").text_content()
    page.locator(".products .cell").nth(1).tap()
    assert "add up to" in page.locator(".said").text_content()

    cell = page.get_by_role("spinbutton").nth(4)
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    x, y = box["x"] + 20, box["y"] + 20
    finger = page.context.new_cdp_session(page)

    def swipe(*way):
        for across, down in way:
            points = [{"x": x + across, "y": y + down}]
            kind = "touchMove" if across or down else "touchStart"
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    swipe((0, 0), (10, 0), (25, 0), (40, 0))
    assert cell.input_value() == "1"
    before = page.evaluate("scrollY")
    swipe((0, 0), (2, 20), (4, 60), (5, 120))  # down scrolls the page, from here too
    page.wait_for_function("before => scrollY < before - 50", arg=before)
    assert cell.input_value() == "1"
    assert page.errors == []


def test_own_file_and_camera(browser, lab, tmp_path):
    from PIL import Image

    colours = RNG.integers(0, 256, (12, 20, 3), dtype=np.uint8)
    Image.fromarray(colours).save(tmp_path / "mine.png")
    (tmp_path / "none.png").write_text("no picture")
    page = pages.shown(browser, lab)
    caption, trouble = page.locator("figcaption").first, page.locator(".trouble").first
    page.locator("input[type=file]").set_input_files(tmp_path / "mine.png")
    page.get_by_text("your picture, 12×20").wait_for()
    picture = page.get_by_role("application", name="Photograph")
    picture.hover(position={"x": 1, "y": 1})
    greys = np.rint(colours[:3, :3] @ [0.299, 0.587, 0.114]).ravel()
    shown = page.locator(".products .cell").all_text_contents()
    assert [float(text) for text in shown] == [0, 0, 0, 0, greys[4], 0, 0, 0, 0]

    page.locator("input[type=file]").set_input_files(tmp_path / "none.png")
    page.get_by_text("“none.png” can't be read as a picture").wait_for()
    assert "12×20" in caption.text_content()

    page.get_by_role("button", name="Start the webcam").click()
    page.get_by_text("webcam, mirrored, 162×216").wait_for()
    page.get_by_role("button", name="Stop the webcam").click()
    page.get_by_role("button", name="Start the webcam").wait_for()
    assert trouble.text_content() == ""
    page.evaluate("""() => { navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException('', 'NotAllowedError'); }; }""")
    page.get_by_role("button", name="Start the webcam").click()
    page.get_by_text("The camera was refused").wait_for()
    page.get_by_role("button", name="Photograph").click()
    assert "photograph, 144×216" in caption.text_content()
    assert trouble.text_content() == ""
    assert page.errors == page.requests == []


@pytest.mark.parametrize(
    "ends",
    [
        """Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
        document.dispatchEvent(new Event('visibilitychange'));""",
        "tracks[0].dispatchEvent(new Event('ended'));",  # unplugged, or no longer allowed
    ],
)
def test_a_webcam_is_on_only_while_its_picture_can_be_seen(browser, lab, ends):
    page = pages.shown(browser, lab)
    page.evaluate("""() => {
        const devices = navigator.mediaDevices, ask = devices.getUserMedia.bind(devices);
        devices.getUserMedia = async (how) => {
            const stream = await ask(how);
            globalThis.tracks = stream.getTracks();
            return stream;
        };
    }""")
    page.get_by_role("button", name="Start the webcam").click()
    page.get_by_text("webcam, mirrored, 162×216").wait_for()
    page.evaluate(f"() => {{ {ends} }}")
    page.get_by_text("The webcam was stopped.").wait_for()
    assert page.get_by_role("button", name="Start the webcam").is_visible()
    assert page.evaluate("tracks.every((track) => track.readyState === 'ended')")
    assert page.errors == []


def test_no_page_is_scrolled_sideways(browser, lab):
    page = pages.shown(browser, lab)
    page.get_by_role("button", name="Sobel x").click()
    for width in (254, 390, 640, 760, 810, 850, 900, 1280, 1600):
        page.set_viewport_size({"width": width + 16, "height": 900})
        assert not pages.overflows(page), width
        heights = page.locator(".title").evaluate_all("all => all.map(one => one.offsetHeight)")
        assert len(heights) == 4
        assert max(heights) < 30, width  # no words are broken, nor numbers
        assert page.locator(".products .cell, .total").evaluate_all(
            "all => all.every(one => one.scrollWidth <= one.offsetWidth && one.scrollHeight < 60)"
        ), width


def test_pictures_and_products_are_seen_together(browser, lab):
    page = pages.shown(browser, lab, size=(844, 800))
    top, bottom = (page.locator(part).bounding_box() for part in (".live", ".products"))
    assert bottom["y"] + bottom["height"] - top["y"] < 620
    assert page.locator(".frame").first.bounding_box()["width"] > 380


@pytest.mark.parametrize("theme", ["", pages.DARK])
def test_axe_finds_nothing(browser, lab, theme):
    page = pages.shown(browser, theme, lab)
    page.locator(".products .cell").first.hover()
    assert pages.violations(page) == []


def test_size_and_still(lab):
    assert len(explorable.script("kernel_lab")) <= 40_000
    assert len(kernel_lab()._repr_html_()) <= 150_000
    greys = np.frombuffer(MODULE._as_photo(None), np.uint8).reshape(MODULE.SIZE).astype(float)
    assert f"column 107: {greys[71, 107]:g}·0 + " in lab.still.alt
    assert lab.still.alt.endswith(f" = {greys[72, 108]:g}.")
    assert "the kernel 0, 0, 0; 0, 1, 0; 0, 0, 0" in lab.still.alt


def test_python_gets_the_kernel_and_nothing_else(lab):
    lab = kernel_lab(photo_of(5, 5), [[1, 2, 3]] * 3)
    assert (lab.kernel.dtype, lab.kernel.shape) == (np.float64, (3, 3))
    lab.kernel[:] = 0  # a copy
    np.testing.assert_array_equal(lab.kernel, [[1, 2, 3]] * 3)
    lab._received({"kernel": [[0, 1, 0], [2, -0.5, 2], [0, 1, 0]]})
    np.testing.assert_array_equal(lab.kernel, [[0, 1, 0], [2, -0.5, 2], [0, 1, 0]])
    bad = [None, [], {}, "kernel", {"kernel": 1}, {"kernel": [[1, 2], [3, 4]]}]
    bad += [{"kernel": [[1, 2, 3], [4, 5], [6]]}, {"kernel": [["1"] * 3] * 3}]
    bad += [
        {"kernel": [[one] * 3] * 3} for one in (math.nan, math.inf, 101, True, None, {}, 10**400)
    ]
    for said in bad:
        with pytest.raises(ValueError, match="kernel"):
            lab._received(json.loads(json.dumps(said)))
    np.testing.assert_array_equal(lab.kernel, [[0, 1, 0], [2, -0.5, 2], [0, 1, 0]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kernel": "blur"}, "kernel is 'blur', and the presets are identity, box blur"),
        ({"kernel": np.ones((2, 3))}, r"kernel has shape \(2, 3\)"),
        ({"kernel": np.full((3, 3), 101)}, "numbers to ±100"),
        ({"kernel": [[1], [2, 3]]}, "no grid"),
        ({"presets": {"odd": [1, 2]}}, r"presets\['odd'\] has shape \(2,\)"),
        ({"photo": np.ones((2, 9))}, "2×9 pixels, and 3 to 256"),
        ({"photo": np.ones((9, 257))}, "9×257 pixels, and 3 to 256"),
        ({"photo": np.full((9, 9), 128)}, "from 128 to 128, and 0 to 1"),
        ({"photo": np.full((9, 9), np.nan)}, "from nan to nan"),
        ({"photo": np.ones((4, 9, 9))}, r"shape \(4, 9, 9\)"),
        ({"photo": [[1], [1, 2]]}, "photo can't be read as an array"),
    ],
)
def test_arguments_are_checked(arguments, message):
    with pytest.raises(ValueError, match=message):
        kernel_lab(**arguments)


def test_more_presets_stand_beside_the_classics(browser):
    learned = {"filter 3": RNG.standard_normal((3, 3))}
    lab = kernel_lab(photo_of(8, 8), presets=learned)
    page = pages.shown(browser, lab)
    page.evaluate("addEventListener('dwsep', (event) => { globalThis.said = event.detail; })")
    page.get_by_role("button", name="filter 3").click()
    said = page.evaluate("globalThis.said.kernel")
    np.testing.assert_array_equal(said, learned["filter 3"])
    assert kernel_lab(photo_of(8, 8), "filter 3", presets=learned).kernel.shape == (3, 3)
