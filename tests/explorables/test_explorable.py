"""How a figure gets into an output, and what it says out of it."""

import json
import re
from pathlib import Path

import pytest

from dwsep_helpers import explorables
from dwsep_helpers.explorables import channel, explorable
from dwsep_helpers.figures.picture import Picture
from tests.explorables import pages

MODULE = """import { stage, tell, make } from "./common.mjs";
export function mount(host, options) {
  const live = stage(host, "A figure");
  const click = () => tell(host, options.channel, options.value);
  live.append(make("button", { click }, "Say it"));
}
"""
SOLUTIONS = Path(__file__).parents[2] / "solutions"
STILL = Picture(b"\x89PNG", 'A "still" & more', 20)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The package's folder of modules, with one more."""
    common = explorable.resources.files("dwsep_helpers.explorables").joinpath("common.mjs")
    (tmp_path / "common.mjs").write_text(common.read_text("utf-8"), "utf-8")
    (tmp_path / "small.mjs").write_text(MODULE, "utf-8")
    monkeypatch.setattr(explorable.resources, "files", lambda package: tmp_path)
    explorable.script.cache_clear()
    yield lambda value, received=None: explorable.Explorable(
        "small", {"value": value}, STILL, received
    )
    explorable.script.cache_clear()


@pytest.mark.parametrize("path", sorted(SOLUTIONS.glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_recorded_figures_have_todays_scripts(path):
    """The book takes them from there."""
    folder = explorable.resources.files("dwsep_helpers.explorables")
    names = [Path(file.name).stem for file in folder.iterdir() if file.name.endswith(".mjs")]
    todays = [explorable.script(name) for name in names if name != explorable.SHARED]
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            html = "".join(output.get("data", {}).get("text/html", ""))
            alive = '<script type="module">' in html
            assert not alive or any(script in html for script in todays), cell["id"]


def test_options_cannot_end_the_script(small, browser):
    value = '</script><script>document.title = "mine"</script><!--'
    page = pages.shown(browser, small(value))
    page.evaluate("addEventListener('dwsep', (event) => { globalThis.said = event.detail; })")
    page.get_by_role("button").click()
    assert page.evaluate("globalThis.said") == value
    assert page.title() == "Course"
    assert page.errors == []


def test_the_same_figure_twice_is_two_figures(small, browser):
    page = pages.shown(browser, small(1), small(1), small(2))
    assert page.get_by_role("button").count() == 3


def test_the_still_shows_on_paper_and_without_scripts(small, browser):
    page = pages.shown(browser, small(1))
    image = page.locator("img")
    assert not image.is_visible()
    page.emulate_media(media="print")
    assert image.is_visible()
    assert not page.get_by_role("button").is_visible()

    page = pages.shown(browser, small(1), java_script_enabled=False)
    assert page.locator("img").get_attribute("alt") == STILL.alt
    assert page.locator("img").is_visible()


def test_a_dark_page_makes_it_dark(small, browser):
    paper = "getComputedStyle({}.shadowRoot.querySelector('.live')).backgroundColor"
    paper = paper.format("document.querySelector('.dwsep-explorable')")
    light, dark = (
        pages.shown(browser, style, small(1)).evaluate(paper) for style in ("", pages.DARK)
    )
    assert light == "rgb(255, 255, 255)"
    assert max(map(int, re.findall(r"\d+", dark))) < 64


@pytest.mark.parametrize("figure", ["layer_machine", "arithmetic", "costs"])
def test_is_drawn_before_the_first_frame(browser, figure):
    unseen = "<script>ResizeObserver = class { observe() {} }</script>"
    page = pages.shown(browser, unseen, getattr(explorables, figure)())
    assert page.locator("svg text:not(:empty)").count()
    assert page.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_can_be_read(browser, scheme):
    figures = explorables.layer_machine(), explorables.arithmetic(), explorables.costs()
    page = pages.shown(browser, *figures, forced_colors="active", color_scheme=scheme)
    paper, *inks = page.evaluate(
        """() => {
            const canvas = document.createElement('div');
            canvas.style.color = 'Canvas';
            document.body.append(canvas);
            return [getComputedStyle(canvas).color, ...[...document.querySelectorAll(
                '.dwsep-explorable')].map((host) => getComputedStyle(
                host.shadowRoot.querySelector('svg text:not(:empty)')).fill)];
        }"""
    )
    light, dark = "rgb(255, 255, 255)", "rgb(0, 0, 0)"
    assert [paper, *inks] == ([light] + [dark] * 3 if scheme == "light" else [dark] + [light] * 3)
    assert page.locator(".live.dark").count() == (0 if scheme == "light" else 3)
    fills = page.locator(".bar span").evaluate_all(
        "all => new Set(all.map((one) => getComputedStyle(one).backgroundColor)).size"
    )
    assert fills == 3, "bars tell kinds apart"


def test_scripts_have_no_comments_of_their_own():
    for name in ("arithmetic", "costs", "kernel_lab", "layer_machine", "question"):
        script = explorable.script(name)
        assert re.search(r"^ *(//|/\*)", script, re.MULTILINE) is None
        assert "export " not in script


def test_keys_stay_inside_but_those_that_save_or_run_cells(small, browser):
    page = pages.shown(browser, small(1))
    page.evaluate(
        "addEventListener('keydown', (event) => { event.preventDefault(); globalThis.heard.push("
        "event.key, event.target.hasAttribute('data-lm-suppress-shortcuts')); })"
    )
    page.get_by_role("button").focus()

    def heard(pressed):
        page.evaluate("globalThis.heard = []")
        page.keyboard.press(pressed)
        return page.evaluate("globalThis.heard")

    commands = "Control", "Meta"
    edit = [f"{command}+{key}" for command in commands for key in "azxcvf"]
    for pressed in ("d", "Shift+S", "Enter", "Control+Shift+Z", *edit):
        assert heard(pressed) == [], pressed
    for key in ("s", "Enter"):
        assert [heard(f"{command}+{key}") for command in commands] == [[key, False]] * 2
    assert heard("Shift+Enter") == ["Enter", False]


def test_what_a_page_says_is_taken_or_let_go():
    taken = []

    def received(value):
        if value == "no":
            raise ValueError(value)
        taken.append(value)

    listening = channel.Channel(received)
    deep = "[" * 50_000
    for said in ("", "{", json.dumps("no"), deep, json.dumps("x" * channel.LONGEST), "[1, 2]"):
        listening.receive(said)
    assert taken == [[1, 2]]


def test_options_are_json(small):
    with pytest.raises(ValueError, match="JSON"):
        small(float("nan"))
    with pytest.raises(ValueError, match="options of small can't be written as JSON"):
        small({1, 2})


def test_the_same_cell_gives_the_same_output(small):
    assert small(1)._repr_html_() == small(1)._repr_html_()
    assert repr(small(1)) == f"[Figure: {STILL.alt}]"


@pytest.mark.parametrize("width", [254, 390, 640, 790, 900, 1600])
def test_knobs_stand_in_full_rows_and_nothing_reaches_beyond_the_page(browser, width):
    figures = explorables.layer_machine(), explorables.costs()
    page = pages.shown(browser, *figures, size=(width, 800))
    rows = page.locator("[data-alive]").evaluate_all(
        """hosts => hosts.map(host => {
            const tops = [...host.shadowRoot.querySelectorAll('input[type=range]')]
                .filter(knob => knob.offsetParent).map(knob => knob.getBoundingClientRect().top);
            return tops.map(top => tops.filter(other => Math.abs(other - top) < 4).length);
        })"""
    )
    assert [len(set(beside)) for beside in rows] == [1, 1], rows
    assert not pages.overflows(page)
    assert page.errors == []
