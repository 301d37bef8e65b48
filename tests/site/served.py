"""The two pages that run networks, as a server without special headers hands them out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES = {"phone": (390, 844), "laptop": (1280, 800)}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder; yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def opened(browser: Browser, address: str, size: str = "laptop", **context: Any) -> Page:
    """Open a page of the site.

    Returns
    -------
    Page
        With lists of what went wrong, `page.errors`, and of addresses asked for, `page.requests`.
    """
    width, height = SIZES[size]
    context.setdefault("permissions", ["clipboard-read", "clipboard-write"])
    page: Any = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce", **context
    ).new_page()
    page.errors, page.requests = [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda said: said.type == "error" and page.errors.append(said.text))
    page.on("request", lambda request: page.requests.append(request.url))
    page.goto(address)
    return page
