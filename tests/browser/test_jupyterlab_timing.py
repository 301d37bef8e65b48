"""A browser opens JupyterLab on the units that time layers and networks.

All tests share one JupyterLab and one browser.
"""

import filled_units
import lab
import pytest

from dwsep_helpers.predictions import READ_ALONG


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    """The learner's units with their answers filled in."""
    made = tmp_path_factory.mktemp("lab") / "course"
    filled_units.fill_in(root, made)
    return made


@pytest.fixture(scope="module")
def opened(folder):
    """What opens a notebook in a JupyterLab that all tests share."""
    with lab.pages_on(folder, folder.parent, **{READ_ALONG: "1"}) as opened:
        yield opened


@pytest.mark.parametrize("unit", filled_units.TIMING, ids=lambda unit: unit.name)
def test_timing_unit_runs_and_shows_its_figures(unit, folder, opened, root):
    filled_units.runs_and_shows_its_figures(unit, folder, opened, root)
