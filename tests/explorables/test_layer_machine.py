"""The layer machine: what it shows is what the library computes, by mouse, finger and keys."""

import re

import numpy as np
import pytest

from dwsep_helpers import cost, explorables, kernels, mine
from dwsep_helpers.explorables import explorable, machine_counts
from dwsep_helpers.explorables.layer_machine import KINDS, LEVELS, LISTS, SHORT
from tests.explorables import pages

# Turn the knobs of the first figure, go to a place on a map, and read what it says.
SHOWN = """(settings) => {
    const root = document.querySelector('.dwsep-explorable').shadowRoot;
    const one = (selector) => root.querySelector(selector);
    const lists = {lists};
    const turn = (input, value) => {
        input.value = value;
        input.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const place = () => one('[aria-live]').textContent.match(/row (\\d+), column (\\d+)/).slice(1);
    const press = (key, times) => {
        for (let i = 0; i < times; i++)
            one('svg').dispatchEvent(new KeyboardEvent('keydown', { key }));
    };
    return settings.map(({ kind, row, column, map, ...knobs }) => {
        const radio = one(`input[value=${kind}]`);
        radio.checked = true;
        radio.dispatchEvent(new Event('input', { bubbles: true }));
        for (const [name, value] of Object.entries(knobs))
            turn(one(`input[name=${name}]`), lists[name].indexOf(value));
        const missing = one('[role=status]').textContent;
        if (missing) return { missing };
        turn(one('input[name=map]'), map);
        const [i, j] = place();
        press(row > i ? 'ArrowDown' : 'ArrowUp', Math.abs(row - i));
        press(column > j ? 'ArrowRight' : 'ArrowLeft', Math.abs(column - j));
        const strong = [...root.querySelectorAll('dd strong')].map(e => e.textContent);
        return { said: one('[aria-live]').textContent, count: one('.count').textContent, strong,
                 sum: one('.numbers + p').textContent };
    });
}""".replace("{lists}", str({name: list(values) for name, values in LISTS.items()}))


def number(text):
    """Read a number as the figure writes it."""
    return int(text.replace("−", "-").replace(",", ""))


def computed(kind, knobs):
    """Return the output and the cost of a layer whose knobs are the script's."""
    long = {name: knobs[short] for name, short in SHORT.items()}
    stride, padding = long.pop("stride"), long.pop("padding")
    numbers = explorables.layer_numbers(kind, **long)
    geometry = {} if kind == "pointwise" else {"stride": stride, "padding": padding}
    layer = {
        "standard": kernels.conv2d,
        "depthwise": kernels.depthwise_conv2d,
        "pointwise": kernels.pointwise_conv2d,
        "separable": kernels.depthwise_separable_conv2d,
    }[kind]
    c_in, c_out, k, size = (long[n] for n in ("in_channels", "out_channels", "kernel_size", "size"))
    m = {"depth_multiplier": long["multiplier"]}
    costs = {
        "standard": lambda: cost.conv2d_cost(c_in, c_out, k, size, **geometry),
        "depthwise": lambda: cost.depthwise_cost(c_in, k, size, **m, **geometry),
        "pointwise": lambda: cost.pointwise_cost(c_in, c_out, size),
        "separable": lambda: cost.separable_cost(c_in, c_out, k, size, **m, **geometry),
    }
    return layer(**numbers, **geometry)[0], costs[kind]()


PLACE = ("map", "row", "column")


def drawn_settings(count):
    """Return random settings, and what should be shown for each; None where nothing fits."""
    rng = np.random.default_rng(20)
    most = {"C_in": 9, "C_out": 33}
    settings, right = [], []
    for turn in range(count):
        kind = KINDS[turn % 4]
        knobs = {
            name: int(rng.choice([value for value in values if value < most.get(name, 99)]))
            for name, values in LISTS.items()
        }
        try:
            output, layer_cost = computed(kind, knobs)
        except ValueError:
            settings.append({"kind": kind, **knobs, "map": 0, "row": 0, "column": 0})
            right.append(None)
            continue
        place = [int(rng.integers(side)) for side in output.shape]
        settings.append({"kind": kind, **knobs, **dict(zip(PLACE, place, strict=True))})
        right.append((output[tuple(place)], output.shape, layer_cost))
    return settings, right


def test_it_shows_what_the_library_computes(browser):
    page = pages.shown(browser, explorables.layer_machine(level="value"), reduced_motion="reduce")
    settings, right = drawn_settings(60)
    shown = page.evaluate(SHOWN, settings)
    fitted = 0
    for setting, expected, found in zip(settings, right, shown, strict=True):
        if expected is None:
            assert "doesn't fit" in found["missing"], setting
            continue
        value, (maps, rows, columns), layer_cost = expected
        where = f"Map {setting['map']}, row {setting['row']}, column {setting['column']} is "
        assert found["said"].startswith(where), (setting, found)
        said = re.match(r"[−\d]+", found["said"][len(where) :]).group()
        assert number(said) == value, setting
        assert re.search(rf"(= |^){said}( is the output value)?\.", found["sum"]), (setting, found)
        assert number(found["count"].removesuffix(" MACs")) == layer_cost.macs, setting
        of_macs, of_parameters, output = (text.split(" ")[-1] for text in found["strong"])
        assert number(of_macs) == layer_cost.macs
        assert number(of_parameters) == layer_cost.params
        assert output == f"{rows}×{columns}×{maps}"
        fitted += 1
    assert fitted >= 40
    assert page.errors == []
    assert page.requests == []


def live(page):
    """Return the figure's own part of a page."""
    return page.locator(".dwsep-explorable .live")


def test_the_worked_example_falls_from_one_count_to_the_other(browser):
    page = pages.shown(browser, explorables.layer_machine())
    figure = live(page)
    assert "1,228,800 MACs" in figure.inner_text()
    figure.get_by_label("separable").check()
    page.wait_for_function(
        "document.querySelector('.dwsep-explorable').shadowRoot.querySelector('.count')"
        ".textContent === '53,952 MACs'"
    )
    assert "22.8 times fewer than a standard layer's 1,228,800" in figure.inner_text()
    assert page.errors == []


def test_a_layer_is_compared_with_a_standard_one_that_makes_as_many_maps(browser):
    page = pages.shown(
        browser,
        explorables.layer_machine("depthwise"),
        explorables.layer_machine("depthwise", in_channels=2, multiplier=2, padding=0),
        explorables.layer_machine("depthwise", in_channels=1),
        explorables.layer_machine("separable", in_channels=1, out_channels=1),
        explorables.layer_machine("separable", kernel_size=5, in_channels=24, out_channels=1),
        explorables.layer_machine("standard"),
    )
    of_standard = [
        cost.conv2d_cost(c_in, c_out, 5, 8, padding=padding).macs
        for c_in, c_out, padding in [(3, 3, 2), (2, 4, 0), (1, 1, 2), (1, 1, 2), (24, 1, 2)]
    ]
    assert of_standard[0] == 14_400
    assert page.locator(".compared").all_text_contents() == [
        "3 times fewer than a standard layer's 14,400 for 3 maps",
        f"2 times fewer than a standard layer's {of_standard[1]:,} for 4 maps",
        f"as many as a standard layer's {of_standard[2]:,} for 1 map",
        f"about as many as a standard layer's {of_standard[3]:,}",
        f"about as many as a standard layer's {of_standard[4]:,}",
        "",
    ]


def test_down_to_a_product_and_back_by_keys(browser):
    page = pages.shown(browser, explorables.layer_machine("standard", position=(0, 0)))
    figure = live(page)
    scene, said = figure.locator("svg"), figure.locator(".said")
    numbers = explorables.layer_numbers("standard")
    y = kernels.conv2d(**numbers, padding=2)[0]
    scene.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "PageDown"):
        page.keyboard.press(key)
    where = f"Map 1, row 1, column 2 is {y[1, 1, 2]}. It takes 5·5·3"
    assert said.inner_text().startswith(where.replace("-", "−"))
    assert "75 products through all channels, 15 with a padding zero" in said.inner_text()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    figure.get_by_role("group", name="Products").focus()
    for _ in range(37):
        page.keyboard.press("ArrowRight")
    x, weight = numbers["x"][0], numbers["weight"][1]
    padded = np.pad(x, ((0, 0), (2, 2), (2, 2)))[:, 1:6, 2:7]
    products = (padded * weight).ravel()
    text = figure.locator(".product").inner_text().replace("−", "-")
    assert f"= {products[37]}\n" in text
    assert "x[1, 1, 2] times weight[1, 1, 2, 2]" in text
    assert text.rstrip().endswith(f"= {products[:38].sum()}")
    assert "product 38 of 75" in figure.inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert not figure.locator(".numbers").is_visible()
    assert scene.evaluate("e => e.getRootNode().activeElement === e")
    assert page.errors == []


def test_products_play_by_themselves_until_the_last(browser):
    figure_of = explorables.layer_machine(
        "depthwise", size=2, kernel_size=2, padding=0, position=(0, 0), level="product"
    )
    page = pages.shown(browser, figure_of, reduced_motion="reduce")
    figure, play = live(page), live(page).locator(".play")
    for presses in (["play"], ["play", "pause", "play"]):  # from the last once more from the first
        for label in presses:
            assert play.inner_text() == label
            play.click()
        figure.get_by_text("product 4 of 4").wait_for()
        assert play.inner_text() == "play"
    figure.get_by_role("button", name="previous").click()
    play.click()
    page.keyboard.press("Escape")
    assert play.text_content() == "play"
    assert page.errors == []


CUT = """() => [...document.querySelectorAll('.dwsep-explorable')].map((host) => {
    const live = host.shadowRoot.querySelector('.live'), edges = live.getBoundingClientRect();
    const shown = (selector) => [...live.querySelectorAll(selector)]
        .filter((one) => one.getClientRects().length && one.textContent);
    const boxes = shown('.grid span, svg text, .item > span, dd, label, p, button')
        .map((one) => [one.textContent, one.getBoundingClientRect()]);
    return { height: edges.height, least: Math.min(...shown('.grid span')
            .map((one) => one.getBoundingClientRect().width)),
        cut: boxes.filter(([, { left, right }]) => left < edges.left || right > edges.right)
            .map(([words]) => words) };
})"""


@pytest.mark.parametrize("width", [254, 390])
def test_narrow_figures_cut_nothing_and_begin_with_the_picture(width, browser):
    figures = [
        explorables.layer_machine(kind, level="value", kernel_size=k, padding=k // 2)
        for kind, k in [("standard", 5), ("separable", 7), ("pointwise", 1)]
    ]
    page = pages.shown(browser, "<style>body { margin: 0 }</style>", *figures, size=(width, 844))
    for figure in page.locator("details").all():
        assert not figure.locator("dl").is_visible()
        figure.evaluate("e => { e.open = true; }")
    for found in page.evaluate(CUT):
        assert found["least"] >= 22
        assert found["cut"] == []
    scene, shelf = (live(page).first.locator(name).bounding_box() for name in ("svg", ".shelf"))
    assert scene["y"] + scene["height"] < shelf["y"]
    lines = page.evaluate(
        "[...document.querySelectorAll('.dwsep-explorable')].flatMap((host) =>"
        " [...host.shadowRoot.querySelectorAll('sub')].map((e) => e.getClientRects().length))"
    )
    assert set(lines) == {1}  # no name is broken
    assert not pages.overflows(page)


def test_numbers_are_in_view_on_a_laptop(browser):
    levels = [(kind, level) for kind in ("standard", "separable") for level in LEVELS]
    page = pages.shown(
        browser,
        *(explorables.layer_machine(kind, level=level) for kind, level in levels),
        reduced_motion="reduce",
    )
    assert max(found["height"] for found in page.evaluate(CUT)) <= 660
    figure = live(page).first
    tops = set()
    for kind in KINDS:  # the picture keeps its place
        figure.get_by_label(kind).check()
        box = figure.locator("svg").bounding_box()
        tops.add((box["y"], figure.locator(".path").bounding_box()["y"]))
        if kind == "pointwise":
            facts = figure.locator("dl").inner_text().replace("\u200b", "")
            assert "H = 8 → 8×8×256" in facts
            assert "= 8 = 8" not in facts
    assert len(tops) == 1
    box = figure.locator("svg").bounding_box()
    page.mouse.click(box["x"] + 3, box["y"] + 3)
    assert figure.locator("svg").evaluate("e => getComputedStyle(e).outlineStyle") == "none"


def test_up_to_four_filters_are_all_drawn_and_channels_have_tints(browser):
    place = {"map": 0, "row": 0, "column": 0}
    layer = {"kind": "standard", "C_in": 2, "H": 4, "K": 2, "S": 1, "P": 0, "m": 2}
    layers = [{**layer, "C_out": count} for count in (3, 4, 5)] + [{**layer, "kind": "depthwise"}]
    page = pages.shown(browser, explorables.layer_machine())
    *dots, texts = pages.computed(
        page,
        "layer_machine",
        "argument[0].map((set) => arranged(set, argument[1], 876).texts.map((one) => one.words))",
        [layers, place],
    )
    assert ["…" in words for words in dots] == [False, False, True]
    assert [words for words in texts if words.isdigit()] == ["0", "1", "0", "1", "2", "3"]
    cells = pages.computed(
        page, "layer_machine", "arranged(argument[0], argument[1], 876).blocks.input.cell",
        [{**layer, "C_out": 2}, place],
    )  # fmt: skip
    assert cells > 25


@pytest.mark.parametrize("touch", [False, True])
def test_mouse_and_finger(touch, browser):
    how = {"has_touch": True, "is_mobile": True} if touch else {}
    page = pages.shown(browser, explorables.layer_machine("depthwise"), size=pages.PHONE, **how)
    figure = live(page)
    front = figure.locator(".output .front").last.bounding_box()
    x, y = front["x"] + 0.6 * front["width"], front["y"] + 0.9 * front["height"]
    press = page.touchscreen.tap if touch else page.mouse.click
    press(x, y)
    assert figure.locator(".said").inner_text().startswith("Map 0, row 7, column 4 is")
    (figure.locator(".grid.x > :visible").nth(7)).dispatch_event("click")
    assert "product 8 of 25" in figure.inner_text()
    button = figure.get_by_role("button", name="next")
    button.tap() if touch else button.click()
    assert "product 9 of 25" in figure.inner_text()
    for name in ("C_in", "H", "K", "S", "P", "m", "map"):
        knob = figure.locator(f"input[name={name}]")
        before, box = knob.input_value(), knob.bounding_box()
        least = knob.get_attribute("max") == before
        at = {"x": 3 if least else box["width"] - 3, "y": box["height"] / 2}
        knob.tap(position=at) if touch else knob.click(position=at)
        assert knob.input_value() != before, name
    assert not pages.overflows(page)
    assert page.errors == []


@pytest.mark.parametrize(("size", "theme"), [(pages.PHONE, ""), ((1600, 900), pages.DARK)])
def test_any_width_and_theme(size, theme, browser):
    figures = [explorables.layer_machine(kind, level="product") for kind in KINDS[::3]]
    page = pages.shown(browser, theme, *figures, size=size)
    assert not pages.overflows(page)
    assert pages.violations(page) == []
    assert page.errors == []


def test_the_page_hears_of_the_knobs(browser):
    page = pages.shown(browser, explorables.layer_machine())
    page.evaluate("addEventListener('dwsep', (event) => { globalThis.said = event.detail; })")
    live(page).get_by_label("depthwise").check()
    assert page.evaluate("globalThis.said") == {
        "kind": "depthwise", "C_in": 3, "C_out": 256, "H": 8, "K": 5, "S": 1, "P": 2, "m": 1,
        "map": 0, "row": 2, "column": 3,
    }  # fmt: skip


def forgets_channels(n_filters, channels, kernel_size, output_size, batch=1):
    k, out = kernel_size, output_size
    return n_filters * k[0] * k[1] * out[0] * out[1]


COUNTS = {
    "standard": cost.conv2d_macs,
    "depthwise": cost.depthwise_conv2d_macs,
    "pointwise": cost.conv2d_macs,
}


def test_the_learners_functions_count(browser):
    wrong = {**COUNTS, "standard": forgets_channels}
    page = pages.shown(
        browser,
        explorables.layer_machine("separable", counts=COUNTS),
        explorables.layer_machine("standard", counts=wrong),
        explorables.layer_machine("separable", counts={"standard": cost.conv2d_macs}),
        reduced_motion="reduce",
    )
    words = page.locator(".yours")
    assert words.all_inner_texts() == [
        "Counted by your functions: 4,800 + 49,152 = 53,952.",
        "Counted by your functions: 409,600. The library counts 1,228,800.",
        "No function of yours counts depthwise layers: what shows is the library's count.",
    ]
    assert page.locator(".count").nth(1).inner_text() == "409,600 MACs"
    # One channel: nothing to forget.
    page.locator("input[name=C_in]").nth(1).fill("0")
    assert words.nth(1).inner_text() == "Counted by your functions: 409,600."
    assert page.errors == []


LAYER = {"C_in": 3, "C_out": 256, "H": 8, "K": 5, "S": 1, "P": 2, "m": 1}


def test_functions_that_count_right_take_no_room():
    given = {**COUNTS, "depthwise": lambda channels, kernel_size, output_size, depth_multiplier: (
        channels * kernel_size**2 * output_size**2 * depth_multiplier
    )}  # fmt: skip
    for kind, told in machine_counts.tables(given, LAYER)["counts"].items():
        assert set(told) == {"axes"}, kind


def test_what_a_function_is_not_told_it_is_not_asked():
    told = machine_counts.tables({"separable": cost.separable_macs}, LAYER)["counts"]["separable"]
    assert told["axes"][-2] == ("m", [1, 2])
    values = np.array(told["values"]).reshape([len(choices) for _, choices in told["axes"]])
    assert set(values[..., 1, :].ravel()) == {None}
    assert set(values[..., 0, :].ravel()) <= {None, 0}  # where no kernel fits, or as the library


def test_functions_of_squares_print_and_take_anything(capsys):
    def of_numbers(n_filters, channels, kernel_size, output_size):
        print("counting")
        return float(n_filters * channels * (kernel_size * output_size) ** 2)

    def of_anything(**sizes):
        return sizes["out_channels"] * sizes["channels"] * np.int64(sizes["output_size"][0]) ** 2

    given = {"standard": of_numbers, "pointwise": of_anything}
    for told in machine_counts.tables(given, LAYER)["counts"].values():
        assert set(told) == {"axes"}
    assert capsys.readouterr().out == ""


def _not_yet():
    raise NotImplementedError


def test_the_courses_functions_are_not_called_the_learners(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where no function is kept
    assert (
        '"counts":{}'
        in explorables.layer_machine(counts={"standard": mine.conv2d_macs})._repr_html_()
    )


def test_the_largest_tables_are_small():
    given = dict.fromkeys(KINDS, lambda out_channels, in_channels: 123_456_789)
    assert len(explorables.layer_machine(counts=given)._repr_html_()) < 150_000


def test_slow_functions_are_not_waited_for(monkeypatch):
    monkeypatch.setattr(machine_counts, "SECONDS", 0.0)
    told = machine_counts.tables({"standard": cost.conv2d_macs}, LAYER)["counts"]["standard"]
    assert set(told["values"]) == {None}


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda n_filters: 1 / 0, r"raises ZeroDivisionError \(division by zero\) at C_in = 1"),
        (lambda n_filters: _not_yet(), "isn't written yet"),
        (lambda n_filters: float("nan"), "gives nan, which is no count"),
        (lambda n_filters: -1, "gives −1, which is no count"),
        (lambda n_filters: 0.5, "gives 0.5, which is no count"),
        (lambda n_filters: 0, "gives 0, which is no count"),
        (lambda n_filters: None, "gives None, which is no count"),
        (lambda n_filters: True, "gives True, which is no count"),
        (lambda n_filters: 10**30, "too large to show"),
        (lambda surprise: 1, "argument 'surprise' that isn't known"),
    ],
)
def test_a_function_that_does_not_count_is_named(function, words):
    (told,) = machine_counts.tables({"standard": function}, LAYER)["counts"].values()
    assert re.match(f"Your standard function .*{words}", told["error"])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"kind": "dense"}, "kind is 'dense', and must be one of standard, depthwise"),
        ({"level": "top"}, "level is 'top'"),
        ({"in_channels": 0}, "in_channels must be at least 1, got 0"),
        ({"out_channels": 4096}, "out_channels is 4096, and at most 1024"),
        ({"size": 3, "padding": 0}, "kernel_size is 5, and size is 3, 3 with padding 0"),
        ({"position": (8, 0)}, r"position is \(8, 0\).*8×8"),
        ({"position": (1,)}, "a row and a column"),
        ({"position": 3}, "position is 3, and must be a row and a column"),
        ({"kind": "depthwise", "output_map": 3}, "output_map is 3.*3 maps"),
        ({"counts": {"dense": int}}, "counts has 'dense'"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments, error):
    with pytest.raises(ValueError, match=error):
        explorables.layer_machine(**arguments)


def test_a_small_output_shows_its_last_value():
    for size, position in ((1, (0, 0)), (3, (2, 2)), (9, (2, 3))):
        shown = explorables.layer_machine("pointwise", size=size)._repr_html_()
        assert f'"row":{position[0]},"column":{position[1]}' in shown


def test_what_cannot_count_is_refused():
    with pytest.raises(TypeError, match=r"counts.*'standard'.*can't be called"):
        explorables.layer_machine(counts={"standard": 3})
    with pytest.raises(TypeError, match=r"counts is <function .*, and functions by their kind"):
        explorables.layer_machine(counts=cost.conv2d_macs)


@pytest.mark.parametrize(
    "name", ["in_channels", "out_channels", "size", "kernel_size", "multiplier"]
)
def test_sizes_of_numbers_are_checked(name):
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
        explorables.layer_numbers("separable", **{name: 0})
    with pytest.raises(TypeError, match=f"{name} must be an integer, got 1.5"):
        explorables.layer_numbers("separable", **{name: 1.5})


# What of a layer's blocks reaches beyond the figure, or lies over a caption.
OVER = """argument.map(([set, width]) => {
    const { blocks, texts } = arranged(set, { map: 0, row: 0, column: 0 }, width);
    const words = texts.filter((text) => !["sign", "index"].includes(text.class));
    return Object.values(blocks).flatMap((block) => {
        const ring = block.pad * block.cell, left = block.left - ring;
        const right = left + breadth(block), bottom = block.top + block.size + ring;
        const top = block.top - ring - 0.6 * deep(block), middle = (left + right) / 2;
        const over = words.filter(({ x, y }) => y - 10 < bottom && y > top
            && Math.abs(x - middle) < (right - left) / 2).map((text) => text.words);
        return left < 0 || right > width + 0.5 || top < 0 ? [block.key, ...over] : over;
    });
})"""


def test_large_layers_have_room(browser):
    names = ("C_in", "C_out", "H", "K", "S", "P", "m")
    sizes = [(512, 1024, 32, 9, 1, 8, 8), (512, 1024, 16, 7, 1, 3, 4), (8, 6, 1, 9, 8, 8, 8)]
    layers = [{"kind": kind, **dict(zip(names, of, strict=True))} for kind in KINDS for of in sizes]
    cases = [[layer, width] for layer in layers for width in (230, 336, 550, 640, 876)]
    page = pages.shown(browser)
    for case, over in zip(cases, pages.computed(page, "layer_machine", OVER, cases), strict=True):
        assert over == [], case


def test_counts_are_written_as_elsewhere(browser):
    one = explorables.layer_machine(
        in_channels=1, out_channels=1, size=1, kernel_size=1, padding=0, position=(0, 0)
    )
    many = explorables.layer_machine("separable", in_channels=512, multiplier=4, level="value")
    page = pages.shown(browser, one, many)
    assert page.locator(".count").first.text_content() == "1 MAC"
    assert page.locator("svg .strong").first.text_content() == "1 MAC"
    assert one.still.alt.endswith("1 filter of 1×1×1, 1 MAC.")
    said = page.locator(".said").last.text_content()
    assert "5·5·2,048 = 51,200 products" in said
    assert "then 2,048 more" in said
    assert " from 2,0" in page.locator(".sum").last.text_content()


def test_numbers_and_weights_stand_in_squares_of_one_size(browser):
    figure = explorables.layer_machine(
        "depthwise", in_channels=2, kernel_size=2, multiplier=8, position=(0, 0), level="value"
    )
    page = pages.shown(browser, figure)
    sizes = {
        (box["width"], box["height"])
        for box in (page.locator(f".grid.{name}").first.bounding_box() for name in "xw")
    }
    assert len(sizes) == 1


def test_screen_readers_hear_the_count_and_the_product(browser):
    page = pages.shown(browser, explorables.layer_machine(level="product", position=(0, 0)))
    heard = page.locator(".aside[aria-live]")
    page.wait_for_timeout(600)
    assert heard.text_content() == "", "what shows first is read where it stands"
    page.get_by_role("group", name="Products").press("ArrowRight")
    page.wait_for_function(
        "document.querySelector('.dwsep-explorable').shadowRoot"
        ".querySelector('.aside').textContent.includes('times weight[0, 0, 0, 1]')"
    )
    page.get_by_role("group", name="Layer", exact=True).get_by_label("separable").check()
    page.wait_for_function(
        "document.querySelector('.dwsep-explorable').shadowRoot.querySelector('.aside')"
        '.textContent === "53,952 MACs, 22.8 times fewer than a standard layer\'s 1,228,800."'
    )
    assert page.get_by_role("slider", name="stride", exact=True).count() == 1


def test_script_and_still():
    assert len(explorable.script("layer_machine").encode()) <= 40_000
    figure = explorables.layer_machine("separable")
    assert len(figure._repr_html_()) < 150_000
    assert figure.still.alt == (
        "Depthwise separable convolution: each channel by itself, then 1×1 filters mix them. "
        "Input 8×8×3, padding 2, output 8×8×256. 3 kernels of 5×5, 4,800 MACs, and 256 filters of "
        "1×1×3, 49,152 MACs. Together 53,952 MACs, 22.8 times fewer."
    )
