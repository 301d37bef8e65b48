"""What the browser's tests share: a page on a notebook."""

from contextlib import contextmanager

import lab
import pytest


@pytest.fixture
def browser_page(tmp_path):
    """Return a context that opens a folder's notebook in JupyterLab, in a browser."""
    playwright = pytest.importorskip("playwright.sync_api")
    browser_path = lab.find_browser()
    if browser_path is None:
        pytest.skip(f"no browser: none of {', '.join(lab.BROWSERS)} is on PATH")

    @contextmanager
    def opened(folder, path):
        with lab.jupyterlab(folder, tmp_path) as address, playwright.sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1250, "height": 3000})
            page.goto(address.format(path))
            yield page
            browser.close()

    return opened
