"""How tests open the two pages that run networks, and what is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES = {"phone": (390, 844), "laptop": (1280, 800)}
# What the policy of a page forbids is told to the page: the test asks for it.
ASKS_OUTSIDE = """() => new Promise((told) => {
    document.addEventListener('securitypolicyviolation', (event) => told(event.violatedDirective));
    fetch('https://example.org/').catch(() => {});
})"""


def opened(
    browser: Browser, address: str, size: str = "laptop", script: str = "", **context: Any
) -> Page:
    """Open a page of the site.

    Parameters
    ----------
    browser : Browser
    address : str
    size : str
        Of :data:`SIZES`.
    script : str
        Runs before the page's own.
    **context
        Further arguments of the browser's context, such as ``color_scheme``.

    Returns
    -------
    Page
        With lists of what went wrong, `page.errors`, of addresses asked for, `page.requests`, and
        of bytes that came, `page.bytes`.
    """
    width, height = SIZES[size]
    context.setdefault("permissions", ["clipboard-read", "clipboard-write", "camera"])
    context.setdefault("service_workers", "block")  # they hide requests from routes
    page: Any = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce", **context
    ).new_page()
    page.errors, page.requests, page.bytes = [], [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda said: said.type == "error" and page.errors.append(said.text))
    page.on("request", lambda request: page.requests.append(request.url))
    page.on("response", lambda got: page.bytes.append(int(got.headers.get("content-length", 0))))
    if script:
        page.add_init_script(script)
    page.goto(address)
    return page


def is_sound(page: Page, address: str) -> None:
    """Nothing went wrong, no other host was asked, and nothing has to be scrolled sideways."""
    assert page.errors == []
    assert [url for url in page.requests if not url.startswith((address, "blob:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def is_accessible(page: Page) -> None:
    """Axe finds nothing, with all that is folded open, in light and dark, by system and switch."""
    from tests.explorables import pages

    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert pages.violations(page) == []
    page.emulate_media(color_scheme="light")
    for _ in range(2):  # from the system's to light, to dark
        page.click("#theme")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert pages.violations(page) == []
