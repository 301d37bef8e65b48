"""A browser opens JupyterLab on each graded unit but those of test_jupyterlab_timing.py."""

import filled_units
import pytest


@pytest.mark.parametrize("unit", filled_units.OTHERS, ids=lambda unit: unit.name)
def test_unit_runs_and_shows_its_figures(unit, runs_and_shows_its_figures):
    runs_and_shows_its_figures(unit)
