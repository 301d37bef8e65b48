"""The site, built once for all tests, and a server that answers on this machine alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from builder import book, lite, models, node, pages, serving

from tests.explorables import pages as browser_pages


@pytest.fixture(scope="session")
def site(once) -> Path:
    """The site: the book but for its PDF, the notebooks in the browser, the two pages."""
    try:
        node.node()
    except node.Missing as missing:
        pytest.skip(str(missing))
    node.packages()  # where Node is, what can't be installed is a failure

    def build(folder: Path) -> None:
        for part in (book, lite, models, pages):
            part.build(folder / "site", reduced=True)

    return once("site", build) / "site"


@pytest.fixture(scope="module")
def chromium():
    with browser_pages.chromium() as started:
        yield started


@pytest.fixture(scope="module")
def address(site) -> Iterator[str]:
    """Where the site is served from: below a path, as a project's pages are."""
    with serving.served(site.parent) as address:
        yield f"{address}site/"
