"""A unit's page on a slow phone, where Lighthouse is installed; how fast it is, is no test's."""

import pytest
from builder import lighthouse

from tests.browser import lab


def test_a_units_page_is_sound_on_a_slow_phone(address):
    if not lighthouse.program().exists():
        pytest.skip("no Lighthouse: npm ci --prefix site installs it")
    if lab.find_browser() is None:
        pytest.skip("no browser")
    found = lighthouse.scores(f"{address}03_pointwise.html")
    sound = [found[name] for name in ("accessibility", "best-practices", "seo")]
    assert sound == [100, 100, 100], found
