"""The player's numbers are the library's, and all that does something answers to everyone."""

import re

import numpy as np
import pytest

from dwsep_helpers.explorables import arithmetic, explorable
from dwsep_helpers.kernels import conv2d, conv_output_size
from tests.explorables import pages

IMAGE = np.random.default_rng(1).integers(-9, 10, (5, 6))
KERNEL = np.random.default_rng(2).integers(-9, 10, (2, 3))

# Sets knobs, goes to the end, and reads what is drawn.
READ = """([settings, keys]) => {
    const root = document.querySelector('.dwsep-explorable').shadowRoot;
    const slide = (name, value) => {
        const input = root.querySelector(`input[name="${name}"]`);
        input.value = value;
        input.dispatchEvent(new Event('input', { bubbles: true }));
    };
    return settings.map((values) => {
        keys.forEach((key, k) => slide(key, values[k]));
        const last = root.querySelector('input[name=way]').max;
        slide('way', last);
        const part = (name) => [...root.querySelectorAll(`[data-part=${name}] text:not(.index)`)]
            .map((text) => text.textContent.replace('−', '-'));
        return {
            input: part('input'), kernel: part('kernel'), output: part('output'), last,
            terms: [...root.querySelectorAll('.term')].map((term) => term.lastChild.textContent.replace('−', '-')),
            hatched: root.querySelectorAll('.hatch rect').length,
            said: root.querySelector('p').textContent,
            formula: root.querySelector('details .aside').textContent,
        };
    });
}"""  # noqa: E501


def repeated(plane, rows, columns):
    return np.pad(plane, ((0, 8), (0, 8)), mode="wrap")[:rows, :columns]


def never_read(size, taps, stride, padding, dilation):
    """Return which of an axis's padded cells are read, by trying."""
    read = np.zeros(size + 2 * padding, bool)
    for output in range(conv_output_size(size, taps, stride, padding, dilation)):
        read[stride * output + dilation * np.arange(taps)] = True
    return read


def test_what_is_drawn_is_what_the_library_computes(browser):
    page = pages.shown(browser, arithmetic(IMAGE, KERNEL))
    rng = np.random.default_rng(0)
    keys = ["size0", "size1", "taps0", "taps1", "stride", "padding", "dilation"]
    settings = rng.integers([1, 1, 1, 1, 1, 0, 1], [9, 9, 5, 5, 5, 3, 4], (40, 7))
    found = page.evaluate(READ, [settings.tolist(), keys])
    refused = 0
    for (h, w, k_h, k_w, stride, padding, dilation), shown in zip(settings, found, strict=True):
        x, kernel = repeated(IMAGE, h, w), repeated(KERNEL, k_h, k_w)
        geometry = {"stride": stride, "padding": padding, "dilation": dilation}
        assert shown["input"] == [str(n) for n in np.pad(x, padding).flat]
        assert shown["kernel"] == [str(n) for n in kernel.flat]
        try:
            y = conv2d(x[None, None], kernel[None, None], **geometry)[0, 0]
        except ValueError:
            refused += 1
            assert "it fits nowhere" in shown["said"]
            assert shown["output"] == [""]
            continue
        assert shown["output"] == [str(n) for n in y.flat]
        last = np.multiply(y.shape, stride) - stride
        window = np.pad(x, padding)[
            last[0] : last[0] + dilation * k_h : dilation,
            last[1] : last[1] + dilation * k_w : dilation,
        ][:k_h, :k_w]
        assert shown["terms"] == [str(n) for n in np.cumsum(window * kernel)]
        sizes = re.findall(r"\+ 1 = (\d+)", shown["formula"])
        assert len(set(map(int, sizes)) ^ set(y.shape)) == 0
        axes = zip((h, w), (k_h, k_w), strict=True)
        read = [never_read(*axis, stride, padding, dilation) for axis in axes]
        assert shown["hatched"] == (~np.logical_and.outer(*read)).sum()
        assert ("never read" in shown["said"]) == (not (read[0].all() and read[1].all()))
    assert 3 < refused < 30
    assert page.errors == page.requests == []


def test_pure_functions_agree_with_the_library(browser):
    page = pages.shown(browser)
    rng = np.random.default_rng(3)
    sizes = rng.integers([1, 1, 1, 0, 1], [300, 12, 6, 8, 6], (300, 5)).tolist()
    found = pages.computed(page, "arithmetic", "argument.map((one) => outputSize(...one))", sizes)
    for given, size in zip(sizes, found, strict=True):
        try:
            assert conv_output_size(*given) == size
        except ValueError:
            assert size == 0


def test_mouse(browser):
    page = pages.shown(browser, arithmetic(stride=2, padding=1))
    said, sums = page.locator("p"), page.locator(".sum")

    def at(part, row, column, rows, columns):
        box = page.locator(f"[data-part={part}] .ring").last
        cell = float(box.get_attribute("width"))
        grid = page.locator(f"[data-part={part}] rect").first.bounding_box()
        return grid["x"] + (column + 0.5) * cell, grid["y"] + (row + 0.5) * cell

    page.mouse.move(*at("output", 1, 1, 3, 3))
    assert sums.inner_text() == "y[1, 1]\n6"
    page.mouse.move(*at("input", 1, 1, 6, 6))
    assert said.inner_text() == "x[0, 0] is read by 1 output of 9: y[0, 0]."
    page.mouse.move(*at("kernel", 0, 1, 2, 2))
    assert said.inner_text().startswith(
        "3 · 2 = 6: x[1, 2] meets kernel[0, 1], and the sum becomes"
    )
    page.mouse.down()
    page.mouse.up()
    page.mouse.move(1, 1)
    assert page.get_by_label("single product").is_checked()
    assert page.locator(".term.one").inner_text() == "3·2\n7"
    assert page.locator(".term.later").count() == 2
    page.get_by_role("button", name="Step", exact=True).click()
    assert page.locator(".term.one").inner_text() == "0·0\n7"
    page.get_by_role("button", name="Back").click()
    assert page.locator(".term.one").inner_text() == "3·2\n7"
    page.get_by_label("output value").check()
    assert sums.inner_text() == "y[1, 1]\n6"
    page.get_by_label("stride S").fill("3")
    assert (
        "Hatched cells are never read: 1 row and 1 column at the end, "
        "1 row and 1 column in between."
    ) in said.inner_text()
    page.get_by_label("dilation D").fill("3")
    page.get_by_label("kernel size K").fill("3")
    assert said.inner_text() == (
        "A kernel of 3 rows with dilation 3 covers 7, and the input has 6, padding included: "
        "it fits nowhere, so there is no output."
    )
    assert page.get_by_role("button", name="Play").is_disabled()
    assert page.errors == []


def test_keyboard(browser):
    page = pages.shown(browser, arithmetic())
    page.locator("[data-part=output]").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    assert page.locator(".sum").inner_text() == "y[2, 1]\n2"
    page.locator("[data-part=input]").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert page.locator("p").inner_text() == (
        "x[1, 1] is read by 4 outputs of 9: y[0, 0], y[0, 1], y[1, 0], y[1, 1]."
    )
    page.locator("[data-part=kernel]").focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert page.locator(".term.later").count() == 2
    page.get_by_label("progress").focus()
    page.keyboard.press("Home")
    assert page.get_by_label("progress").get_attribute("aria-valuetext") == "MAC 1 of 36"
    page.get_by_label("padding P").focus()
    page.keyboard.press("ArrowRight")
    assert "padded 6×6" in page.locator("svg").first.text_content()


def test_words_change_when_the_window_has_arrived(browser):
    page = pages.shown(browser, arithmetic())
    page.evaluate("""() => {
        const root = document.querySelector('.dwsep-explorable').shadowRoot, seen = [];
        const window = root.querySelector('.window'), sum = root.querySelector('.sum');
        const look = () => seen.push(
            [performance.now(), window.getAttribute('transform'), sum.textContent]);
        new MutationObserver(look).observe(root, {
            subtree: true, attributes: true, characterData: true, childList: true });
        globalThis.seen = seen;
    }""")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("globalThis.seen.at(-1)?.[2].startsWith('y[0, 1]')")
    page.get_by_role("button", name="Pause").click()
    seen = page.evaluate("globalThis.seen")
    first = seen[0][1]
    leaves = next(time for time, window, _ in seen if window != first)
    arrives = next(time for time, _, words in seen if words.startswith("y[0, 1]"))
    assert arrives - leaves > 200
    page.get_by_role("button", name="Play").click()
    page.locator("svg.playing").wait_for()
    page.get_by_label("kernel size K").fill("4")  # while it plays
    assert page.get_by_label("progress").get_attribute("aria-valuetext") == "value 1 of 1"
    assert page.errors == []


def test_long_numbers_stay_in_their_cells(browser):
    page = pages.shown(browser, arithmetic(np.full((8, 8), -9), np.full((4, 4), 9)))
    page.get_by_label("progress").fill("25")
    wide = page.evaluate(
        """() => [...document.querySelector('.dwsep-explorable').shadowRoot
            .querySelectorAll('[data-part=output] text:not(.index)')]
            .filter((text) => text.textContent).map((text) => text.getBBox().width)"""
    )
    cell = float(page.locator("[data-part=output] .ring").last.get_attribute("width"))
    assert page.locator(".sum").inner_text() == "y[4, 4]\n−1296"
    assert 30 < max(wide) < cell


def test_each_knob_has_a_name_of_its_own_and_goes_where_it_may_start(browser):
    page = pages.shown(browser, arithmetic(IMAGE, KERNEL))
    names = "input rows H", "input columns W", "kernel rows", "kernel columns"
    for name in (*names, "stride S", "padding P", "dilation D"):
        assert page.get_by_role("slider", name=name, exact=True).count() == 1, name
    for name, most in (("stride", 4), ("padding", 2), ("dilation", 4)):
        assert page.locator(f"input[name={name}]").get_attribute("max") == str(most)
        with pytest.raises(ValueError, match=rf"{name} is 9, and the knob goes from \d to {most}"):
            arithmetic(**{name: 9})


def test_screen_readers_hear_what_changes(browser):
    page = pages.shown(browser, arithmetic())
    heard = page.locator("[aria-live]")
    page.wait_for_timeout(500)
    page.set_viewport_size({"width": 500, "height": 800})
    page.wait_for_timeout(500)
    assert heard.text_content() == ""
    page.get_by_role("button", name="Step").click()
    page.wait_for_function(
        "document.querySelector('.dwsep-explorable').shadowRoot"
        ".querySelector('[aria-live]').textContent === 'y[0, 1] is −1, value 2 of 9'"
    )


def test_what_is_not_taught_yet_has_no_knob(browser):
    figure = arithmetic(stride=2, knobs=("stride", "size"))
    page = pages.shown(browser, figure, arithmetic(knobs=()))
    names = page.locator(".knobs label").all_inner_texts()
    assert [name.split("\n")[0] for name in names] == ["input size H", "stride S"]
    assert page.locator(".knobs").count() == 1
    page.get_by_role("button", name="Step").first.click()
    assert page.locator(".sum").first.inner_text().startswith("y[0, 1]")
    assert page.errors == []


@pytest.mark.parametrize("knobs", ["groups", ["stride", "groups"]])
def test_a_knob_that_is_not_there_is_refused(knobs):
    with pytest.raises(
        ValueError, match=r"knobs has \['groups'\], and there are size, kernel_size"
    ):
        arithmetic(knobs=knobs)


def test_knobs_are_spread_evenly(browser):
    page = pages.shown(browser, arithmetic())
    for width, rows in ((1280, [5]), (806, [5]), (640, [3, 2]), (406, [2, 2, 1]), (270, [1] * 5)):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(100)
        tops = [label.bounding_box()["y"] for label in page.locator(".knobs label").all()]
        assert [tops.count(top) for top in sorted(set(tops))] == rows, width
        assert not pages.overflows(page), width


def test_touch_on_a_phone(browser):
    phone = {"has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}
    page = pages.shown(browser, arithmetic(), size=pages.PHONE, **phone)
    assert not pages.overflows(page)
    page.locator("[data-part=output] rect").nth(4).tap()
    assert page.locator(".sum").inner_text() == "y[1, 1]\n6"
    page.locator("[data-part=kernel] rect").first.tap()
    assert page.locator(".term.later").count() == 3
    page.get_by_label("input size H").fill("8")
    page.get_by_label("padding P").fill("2")
    assert not pages.overflows(page)
    page.get_by_role("button", name="Play").tap()
    assert page.get_by_role("button", name="Pause").is_visible()
    page.wait_for_function(
        "document.querySelector('.dwsep-explorable').shadowRoot"
        ".querySelector('.sum').textContent.startsWith('y[0, 1]')"
    )
    assert page.locator("svg.playing").count() == 0  # nothing glides
    page.get_by_role("button", name="Pause").tap()


@pytest.mark.parametrize("style", ["", pages.DARK])
def test_nothing_is_wrong_with_the_page(browser, style):
    figure = arithmetic(IMAGE, KERNEL, stride=3, padding=1)
    page = pages.shown(browser, style, figure, size=(1600, 1000))
    assert pages.violations(page) == []
    assert not pages.overflows(page)
    assert page.errors == page.requests == []


def test_sizes_and_words():
    figure = arithmetic(IMAGE, KERNEL, stride=4, padding=1)
    assert len(explorable.script("arithmetic").encode()) <= 40_000
    assert len(figure._repr_html_()) < 150_000
    assert figure.still.alt.endswith("Never read of the padded input: 3 rows and 2 columns.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1] * 9],), r"image has shape \(1, 9\), and at most 8×8"),
        (([1, 2],), r"image has shape \(2,\)"),
        (([[0.5]], [[1]]), "image has numbers from 0.5 to 0.5"),
        (([[1]], [[10]]), "kernel has numbers from 10 to 10"),
        (([[1], [2, 3]],), "image can't be read as an array"),
        (([["a"]],), "image holds <U1, and real numbers are drawn"),
        (([[1]], [[1, 2]]), "kernel has 2 columns and covers 2 with dilation 1, but image has 1"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        arithmetic(*arguments)


def test_settings_out_of_range_are_refused():
    with pytest.raises(ValueError, match="padding is 3, and the knob goes from 0 to 2"):
        arithmetic(padding=3)
    with pytest.raises(TypeError, match=r"stride must be an integer, got 1\.5"):
        arithmetic(stride=1.5)
