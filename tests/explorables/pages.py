"""A plain page with explorables on it, in a real browser that reaches nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from dwsep_helpers.explorables import explorable
from tests.browser import lab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ADDRESS = "http://localhost/"  # browsers count it as secure: cameras may be asked for
LAPTOP, PHONE = (1280, 800), (390, 844)
DARK = "<style>body { background: #111111; color: #eeeeee }</style>"
# Scripting of one step and, from its event, until the next frame is drawn, in milliseconds.
STEPS = """async ([selector, presses]) => {
    const inside = (root) => [...root.querySelectorAll('*')].map(e => e.shadowRoot).filter(e => e);
    const deep = (root) => root.querySelector(selector) ?? inside(root).map(deep).find(e => e);
    const element = deep(document), took = [];
    element.focus();
    for (const key of presses) {
        await new Promise(requestAnimationFrame);
        const began = performance.now();
        element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }));
        const scripted = performance.now() - began;
        await new Promise(done => requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = done;
            channel.port2.postMessage(0);
        }));
        took.push([scripted, performance.now() - began]);
    }
    return took;
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser; without one on this machine the test is skipped."""
    playwright = pytest.importorskip("playwright.sync_api")
    executable = lab.find_browser()
    if executable is None:
        pytest.skip(f"no browser: none of {', '.join(lab.BROWSERS)} is on PATH")
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=["--no-sandbox", *camera])
        yield browser
        browser.close()


def shown(browser: Browser, *parts: Any, size: tuple[int, int] = LAPTOP, **context: Any) -> Page:
    """Open a page that holds explorables or HTML, one below the other.

    Parameters
    ----------
    browser : Browser
    *parts : Explorable or str
    size : tuple of int
        The window's, in CSS pixels.
    **context
        Further arguments of the browser's context, such as ``color_scheme`` or ``has_touch``.

    Returns
    -------
    Page
        With lists of what went wrong, `page.errors`, and of requests, `page.requests`.
    """
    html = "".join(part if isinstance(part, str) else part._repr_html_() for part in parts)
    document = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Course</title>'
        '<meta name="viewport" content="width=device-width"></head>'
        f"<body><main><h1>Course</h1>{html}</main></body></html>"
    )
    page: Any = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, permissions=["camera"], **context
    ).new_page()
    page.errors, page.requests = [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda said: said.type == "error" and page.errors.append(said.text))

    def answer(route: Any) -> None:
        if route.request.url == ADDRESS:
            route.fulfill(body=document, content_type="text/html")
        else:
            page.requests.append(route.request.url)
            route.abort()

    page.route("**/*", answer)
    page.goto(ADDRESS)
    return page


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong with a page."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]


def overflows(page: Page) -> bool:
    """Whether a page has to be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def steps(page: Page, selector: str, presses: list[str]) -> list[list[float]]:
    """Press keys; return for each how long its script ran and until it was drawn, in ms."""
    return page.evaluate(STEPS, [selector, presses])


def computed(page: Page, module: str, expression: str, argument: Any = None) -> Any:
    """Return what an expression of a module's functions and of `argument` gives."""
    source = f"{explorable.script(module)}\nexport const result = (argument) => {expression};"
    run = """async ([source, argument]) => {
        const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
        return (await import(address)).result(argument);
    }"""
    return page.evaluate(run, [source, argument])
