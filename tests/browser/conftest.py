"""What files of browser tests share: each has a JupyterLab and a browser for all its tests."""

from functools import partial

import filled_units
import lab
import pytest

from dwsep_helpers.predictions import READ_ALONG


@pytest.fixture(scope="module")
def runs_and_shows_its_figures(root, tmp_path_factory):
    """A check of a unit with its answers filled in, run in JupyterLab."""
    folder = tmp_path_factory.mktemp("lab") / "course"
    filled_units.fill_in(root, folder)
    with lab.pages_on(folder, folder.parent, **{READ_ALONG: "1"}) as opened:
        yield partial(filled_units.check, folder=folder, opened=opened, root=root)
