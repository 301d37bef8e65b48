"""The site, built once for all tests, and a server that answers on this machine alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from builder import book, node, serving


@pytest.fixture(scope="session")
def site(once) -> Path:
    """The book, all of it but the PDF."""
    try:
        node.packages()
    except node.Missing as missing:
        pytest.skip(str(missing))
    return once("site", lambda folder: book.build(folder / "site", reduced=True)) / "site"


@pytest.fixture(scope="module")
def address(site) -> Iterator[str]:
    """Where the site is served from: below a path, as a project's pages are."""
    with serving.served(site.parent) as address:
        yield f"{address}site/"
