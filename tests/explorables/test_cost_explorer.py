"""The cost explorer's numbers are those of `cost` and of the roofline; its roofs can be pulled."""

import numpy as np
import pytest

from dwsep_helpers.cost import (
    Cost,
    conv2d_cost,
    depthwise_cost,
    layer_costs,
    mobilenet_macs,
    pointwise_cost,
    reduction_ratio,
    separable_cost,
)
from dwsep_helpers.cost.value import short
from dwsep_helpers.explorables import costs, explorable
from dwsep_helpers.hardware import Machine, findings
from dwsep_helpers.papers import MOBILENET_V1
from tests.explorables import pages
from tests.figures.layout import faults, figure_of

BOX = Machine("a box", 48e9, {"cache": 80e9, "DRAM": 6e9})
KINDS = ["standard", "depthwise", "pointwise", "separable"]

# Sets knobs and reads the table.
READ = """([settings, keys]) => {
    const root = document.querySelector('.dwsep-explorable').shadowRoot;
    return settings.map((values) => {
        keys.forEach((key, k) => {
            const input = root.querySelector(`input[name="${key}"]`);
            input.value = values[k];
            input.dispatchEvent(new Event('input', { bubbles: true }));
        });
        return {
            rows: [...root.querySelectorAll('tbody tr')].map((row) =>
                [...row.querySelectorAll('td')].map((cell) => cell.textContent)),
            knobs: keys.map((key) =>
                root.querySelector(`input[name="${key}"]`).getAttribute('aria-valuetext')),
            ratio: root.querySelector('.ratio').textContent,
            network: [...root.querySelectorAll('p')].at(-1).textContent,
        };
    });
}"""


def as_dict(cost):
    return {"macs": cost.macs, "params": cost.params, "elements": cost.elements}


def by_kind(m, n, k, size):
    padded = {"padding": k // 2}
    return [
        conv2d_cost(m, n, k, size, **padded),
        depthwise_cost(m, k, size, **padded),
        pointwise_cost(m, n, size),
        separable_cost(m, n, k, size, **padded),
    ]


def seconds(cost, itemsize):
    return cost.macs / BOX.attainable(cost.intensity(itemsize))


def duration(value):
    scales = {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}
    unit = next((name for name, scale in scales.items() if value >= 0.9995 * scale), "ns")
    return value / scales[unit], unit


def test_formulas_agree_with_the_library(browser):
    page = pages.shown(browser)
    rng = np.random.default_rng(0)
    settings = rng.integers([1, 1, 0, 1], [1025, 1025, 6, 113], (60, 4))
    settings[:, 2] = 2 * settings[:, 2] + 1
    of = "argument.map((one) => waysOf(...one))"
    for given, found in zip(
        settings.tolist(), pages.computed(page, "costs", of, settings.tolist()), strict=True
    ):
        library = [as_dict(cost) for cost in by_kind(*given)]
        assert [found[kind] for kind in KINDS] == library
        _, n, k, _ = given
        assert library[3]["macs"] / library[0]["macs"] == pytest.approx(reduction_ratio(n, k))


@pytest.mark.parametrize("dense", [False, True])
def test_networks_agree_with_the_library(browser, dense):
    page = pages.shown(browser)
    layers = [list(layer) for layer in MOBILENET_V1]
    sizes = [[alpha, side] for alpha in (0.25, 0.5, 0.75, 1) for side in (128, 160, 192, 224)]
    expression = f"argument[1].map(([a, r]) => stagesOf(argument[0], a, r, {str(dense).lower()}))"
    found = pages.computed(page, "costs", expression, [layers, sizes])
    for (alpha, side), stages in zip(sizes, found, strict=True):
        network = MOBILENET_V1.thinner(alpha)
        network = network.dense() if dense else network
        library = [
            (name, kind, as_dict(cost))
            for name, kinds in layer_costs(network, side).items()
            for kind, cost in kinds.items()
        ]
        assert [(one["name"], one["kind"], one["cost"]) for one in stages] == library


def test_the_roofline_agrees_with_the_library(browser):
    page = pages.shown(browser)
    rng = np.random.default_rng(1)
    given = []
    for _ in range(60):
        macs, elements = (int(10**power) for power in rng.uniform(3, 9, 2))
        peak, bandwidth = (10 ** rng.uniform(9, 12) for _ in range(2))
        given.append([{"macs": macs, "elements": elements}, [peak, bandwidth], 4])
    of = "argument.map(([c, [peak, bandwidth], b]) => predicted(c, { peak, bandwidth }, b))"
    for (counts, (peak, bandwidth), itemsize), found in zip(
        given, pages.computed(page, "costs", of, given), strict=True
    ):
        machine = Machine("any", peak, {"memory": bandwidth})
        cost = Cost(counts["macs"], input_elements=counts["elements"])
        intensity = cost.intensity(itemsize)
        assert found["intensity"] == pytest.approx(intensity)
        assert found["rate"] == pytest.approx(machine.attainable(intensity))
        assert found["seconds"] == pytest.approx(cost.macs / machine.attainable(intensity))
        assert found["bound"] == ("memory" if intensity < machine.ridge() else "computing")


def test_counts_are_written_as_the_course_writes_them(browser):
    page = pages.shown(browser)
    numbers = [0, 1, 843, 999, 1000, 53_952, 99_949, 99_951, 999_499, 999_999, 568_740_352, 10**12]
    assert pages.computed(page, "costs", "argument.map(short)", numbers) == [
        short(number) for number in numbers
    ]


def test_what_is_shown_is_what_the_library_computes(browser):
    page = pages.shown(browser, costs(machines=[BOX]))
    rng = np.random.default_rng(2)
    keys = ["m", "n", "k", "size", "alpha", "side"]
    settings = rng.integers(0, [20, 20, 6, 112, 4, 4], (25, 6)).tolist()
    for shown in page.evaluate(READ, [settings, keys]):
        m, n, k, size = (int(text.replace(",", "")) for text in shown["knobs"][:4])
        alpha = float(shown["knobs"][4])
        side = {"0.571": 128, "0.714": 160, "0.857": 192, "1": 224}[shown["knobs"][5]]
        n, m = max(1, int(alpha * n)), m if m == 3 else max(1, int(alpha * m))
        size = max(1, (2 * size * side + 224) // 448)
        library = by_kind(m, n, k, size)
        for column, cost in enumerate(library):
            macs, params, moved, intensity, took, limit = (row[column] for row in shown["rows"])
            assert macs == (f"{cost.macs:,}" if cost.macs < 1e10 else short(cost.macs))
            assert params == f"{cost.params:,}"
            space = "" if cost.bytes(4) >= 1000 else " "
            assert moved == f"{short(cost.bytes(4))}{space}B"
            assert float(intensity.replace(",", "")) == pytest.approx(cost.intensity(4), rel=6e-3)
            stages = [cost] if column < 3 else library[1:3]
            predicted, unit = duration(sum(seconds(stage, 4) for stage in stages))
            number, shown_unit = took.split()
            assert shown_unit == unit
            assert float(number.replace(",", "")) == pytest.approx(predicted, rel=6e-3)
            bounds = {"memory" if s.intensity(4) < BOX.ridge() else "computing" for s in stages}
            assert limit == (bounds.pop() if len(bounds) == 1 else "both")
        assert f"1/{n:,} + 1/{k * k}" in shown["ratio"]
        total = mobilenet_macs(MOBILENET_V1, alpha, side)
        assert f"{side}×{side}: {total:,} MACs" in shown["network"]
    assert page.errors == page.requests == []


def test_the_roof_is_pulled_by_mouse_and_keys(browser):
    page = pages.shown(browser, costs(machines=[BOX]))
    peak, slope = (page.locator(f"[data-roof={name}]") for name in ("peak", "bandwidth"))
    assert peak.get_attribute("aria-valuetext") == "48.0 GMAC/s"
    assert slope.get_attribute("aria-valuetext") == "6.00 GB/s"
    peak.scroll_into_view_if_needed()
    box = peak.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0], middle[1] + 60, steps=4)
    page.mouse.up()
    lower = float(peak.get_attribute("aria-valuenow"))
    assert lower < 10e9
    assert page.get_by_label("Processor").input_value() == "own"
    page.mouse.move(middle[0], middle[1] - 100)  # no button held: it stays
    assert float(peak.get_attribute("aria-valuenow")) == lower
    slope.focus()
    page.keyboard.press("End")
    assert slope.get_attribute("aria-valuetext") == "1.00 TB/s"
    page.keyboard.press("ArrowDown")
    assert float(slope.get_attribute("aria-valuenow")) < 1e12
    page.get_by_label("Processor").select_option("a box, cache")
    assert slope.get_attribute("aria-valuetext") == "80.0 GB/s"
    page.locator("[data-part=layers]").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    assert page.locator(".said").inner_text().startswith("Block 1, depthwise: 3,612,672 MACs")
    page.get_by_label("int8, 1 byte").check()
    assert page.locator("tbody tr").nth(2).locator("td").first.inner_text() == "35.8 kB"
    assert page.errors == []


def test_touch_on_a_phone(browser):
    phone = {"has_touch": True, "is_mobile": True}
    page = pages.shown(browser, costs(), size=pages.PHONE, **phone)
    assert not pages.overflows(page)
    page.get_by_text("int8, 1 byte").tap()
    assert page.get_by_label("int8, 1 byte").is_checked()
    dot = page.locator(".dot.standard").last
    dot.scroll_into_view_if_needed()
    box = page.locator(".plot > g .dot.standard").last.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert "at least, by the roofline" in page.locator(".said").inner_text()
    handle = page.locator("[data-roof=peak]")
    before = float(handle.get_attribute("aria-valuenow"))
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, down in (("touchStart", 0), ("touchMove", 20), ("touchMove", 40), ("touchEnd", None)):
        points = [] if down is None else [{"x": x, "y": y + down}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert float(handle.get_attribute("aria-valuenow")) < before / 2
    assert page.errors == []


@pytest.mark.parametrize("style", ["", pages.DARK])
def test_nothing_is_wrong_with_the_page(browser, style):
    page = pages.shown(browser, style, costs(512, 512, 3, 14), size=(1600, 1200))
    assert pages.violations(page) == []
    assert not pages.overflows(page)
    assert page.errors == page.requests == []


@pytest.mark.parametrize("layer", [(512, 512, 3, 14), (1, 1, 1, 1), (1024, 1024, 11, 112)], ids=str)
def test_words_in_the_still_lie_apart(layer):
    """Points may lie close together on the roof, and at its ends."""
    assert faults(figure_of(costs, *layer, machines=[findings.roofline()[0]])) == []


def test_sizes_and_words():
    figure = costs()
    assert len(explorable.script("costs").encode()) <= 40_000
    assert len(figure._repr_html_()) < 150_000
    assert "22.8 times fewer MACs" in figure.still.alt
    assert "1.04 times as many MACs" in costs(64, 1, 5, 8, network=None).still.alt
    costs(machines=[findings.roofline()[0]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"in_channels": 0}, "in_channels must be at least 1"),
        ({"out_channels": 1025}, "out_channels is 1025, and the knob goes from 1 to 1024"),
        ({"kernel_size": 4}, "kernel_size is 4, and odd ones"),
        ({"width_multiplier": 0.3}, r"width_multiplier is 0\.3, and the knob has 0\.25, 0\.5"),
        ({"dtype": "float64"}, "dtype is 'float64', and the knob has float32, int8"),
        ({"machines": []}, "machines is empty"),
        ({"machines": [Machine("none", 1e10)]}, "'none' with a peak of 1e.10 MAC/s and 0 band"),
        ({"machines": [Machine("slow", 1e10, {"disk": 1e6})]}, "'slow' with disk at 1e.06 B/s"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        costs(**arguments)


def test_a_phone_shows_all_columns(browser):
    page = pages.shown(browser, costs(1024, 1024, 11, 112), size=(360, 740))
    wide = page.get_by_role("region", name="Costs")
    assert wide.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator("td").evaluate_all(
        "all => all.every((one) => one.scrollWidth <= one.clientWidth)"
    )


def test_kinds_at_one_place_have_each_their_name(browser):
    page = pages.shown(browser, costs(1, 1, 1, 1, network=None))
    names = page.locator(".plot text[style]")
    assert sorted(names.all_text_contents()) == sorted(KINDS)
    boxes = [one.bounding_box() for one in names.all()]
    assert len({(box["x"], box["y"]) for box in boxes}) == 4


def test_the_still_says_it_as_the_figure_does(browser):
    figure = costs(1, 1024, 1, 1, network=None)
    page = pages.shown(browser, figure)
    layer = page.locator(".layer").text_content()
    assert layer == "1×1 kernels, 1 channel in, 1,024 out, maps of 1×1"
    assert figure.still.alt.startswith(f"{layer}. Standard: 1,024 MACs, ")
    least = page.locator("tbody tr").nth(4).locator("td").first.text_content()
    assert f"1,024 MACs, {least} at least" in figure.still.alt


def test_one_machine_is_taken_and_a_name_is_not():
    assert costs(machines=BOX).still.alt == costs(machines=[BOX]).still.alt
    with pytest.raises(TypeError, match="machines has 'a box', and each is a Machine"):
        costs(machines=["a box"])
