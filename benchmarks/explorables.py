"""How fast the figures in the browser answer, in a real Chromium, as one table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dwsep_helpers import explorables
from dwsep_helpers.explorables import explorable
from tests.explorables import pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

STEPS = 200
DRAGGED = 60  # positions
# A figure comes into a page as JupyterLab puts it there; how long until it is drawn, in ms.
COMES = """async (html) => {
    await new Promise(requestAnimationFrame);
    const began = performance.now();
    document.querySelector('main').append(document.createRange().createContextualFragment(html));
    while (!document.querySelector('[data-alive]'))
        await new Promise(done => setTimeout(done));
    await new Promise(done => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(0);
    }));
    return performance.now() - began;
}"""
# What a figure says at each frame of the next seconds.
WATCH = """() => {
    const live = document.querySelector('[data-alive]').shadowRoot.querySelector('.live');
    globalThis.seen = new Set();
    const look = () => { globalThis.seen.add(live.textContent); requestAnimationFrame(look); };
    look();
}"""
CAMERA = """() => {
    globalThis.frames = [];
    const ask = HTMLVideoElement.prototype.requestVideoFrameCallback;
    HTMLVideoElement.prototype.requestVideoFrameCallback = function (work) {
        return ask.call(this, (...what) => {
            const began = performance.now();
            work(...what);
            globalThis.frames.push(performance.now() - began);
        });
    };
}"""


class Figure(NamedTuple):
    """What is measured of a figure."""

    make: Callable[[], Any]
    stepped: str  # a selector of what keys move
    keys: tuple[str, ...]  # pressed in turn
    dragged: str  # a selector of what a mouse is moved across
    held: bool = False  # with its button down
    pixels: float = 4  # from one position to the next


LARGE = np.ones((8, 8), int)
FIGURES = {
    "arithmetic: a value": Figure(
        partial(explorables.arithmetic, LARGE, padding=2),
        "[data-part=output]",
        ("ArrowRight", "ArrowDown"),
        "input[name=way]",
        held=True,
        pixels=2,
    ),
    "arithmetic: a product": Figure(
        partial(explorables.arithmetic, LARGE, padding=2),
        "[data-part=kernel]",
        ("ArrowRight", "ArrowDown", "Home"),
        "input[name=way]",
        held=True,
        pixels=2,
    ),
    "costs: a roof": Figure(
        explorables.costs,
        "[data-roof=peak]",
        ("ArrowUp", "ArrowDown"),
        "input[name=size]",
        held=True,
        pixels=1.8,
    ),
    "layer machine: a value": Figure(
        partial(explorables.layer_machine, size=16),
        "svg",
        ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"),
        "input[name=map]",
        held=True,
        pixels=1.2,
    ),
    "kernel lab: a pixel": Figure(
        explorables.kernel_lab, ".frame", ("ArrowRight", "ArrowDown"), ".frame"
    ),
    "kernel lab: a number": Figure(
        explorables.kernel_lab, ".kernel input", ("ArrowUp", "ArrowDown"), ".kernel input", True
    ),
}


def main() -> None:
    """Print the table."""
    heads = "step ms p50|p95|drawn ms p95|first drawing ms|of 60 dragged|bytes of script"
    print(f"{'':24}" + "".join(f"{head:>18}" for head in heads.split("|")))
    with pages.chromium() as browser:
        for name, figure in FIGURES.items():
            print(f"{name:24}" + "".join(f"{cell:18.1f}" for cell in measure(browser, figure)))
        frames = camera(browser)
        print(
            f"\nkernel lab, {len(frames)} frames of a camera: script ms p50 "
            f"{np.median(frames):.1f}, p95 {np.quantile(frames, 0.95):.1f}"
        )


def measure(browser: Browser, figure: Figure) -> list[float]:
    """Return a row of the table."""
    shown = figure.make()
    first = [pages.shown(browser).evaluate(COMES, shown._repr_html_()) for _ in range(5)]
    page = pages.shown(browser, shown)
    pages.steps(page, figure.stepped, 20 * list(figure.keys))  # warm
    presses = [figure.keys[turn % len(figure.keys)] for turn in range(STEPS)]
    scripted, drawn = np.transpose(pages.steps(page, figure.stepped, presses))
    return [
        float(np.median(scripted)),
        float(np.quantile(scripted, 0.95)),
        float(np.quantile(drawn, 0.95)),
        float(np.median(first)),
        drag(page, figure),
        len(explorable.script(shown.module).encode()),
    ]


def drag(page: Page, figure: Figure) -> int:
    """Move a mouse across; return how many positions were seen."""
    page.reload()
    box = page.locator(figure.dragged).first.bounding_box()
    assert box is not None
    x, y = box["x"] + 4, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    if figure.held:
        page.mouse.down()
    page.evaluate(WATCH)
    for position in range(1, DRAGGED + 1):
        page.mouse.move(x + figure.pixels * position, y)
        page.wait_for_timeout(12)
    return min(DRAGGED, page.evaluate("globalThis.seen.size") - 1)  # the first is where it began


def camera(browser: Browser) -> list[float]:
    """Return how long the script of each of a camera's frames ran, in milliseconds."""
    page = pages.shown(browser, explorables.kernel_lab())
    page.evaluate(CAMERA)
    page.get_by_role("button", name="Start the webcam").click()
    page.wait_for_function("globalThis.frames.length > 120")
    return page.evaluate("globalThis.frames")[20:]
