"""A browser for a file's tests, and none of one test's pages for the next."""

import pytest

from tests.explorables import pages


@pytest.fixture(scope="module")
def chromium():
    with pages.chromium() as started:
        yield started


@pytest.fixture
def browser(chromium):
    """Close what a test has opened: figures would go on to play in sight of nobody."""
    yield chromium
    for context in chromium.contexts:
        context.close()
