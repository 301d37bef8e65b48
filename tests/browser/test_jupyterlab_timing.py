"""A browser opens JupyterLab on the units that time layers and networks."""

import filled_units
import pytest


@pytest.mark.parametrize("unit", filled_units.TIMING, ids=lambda unit: unit.name)
def test_timing_unit_runs_and_shows_its_figures(unit, runs_and_shows_its_figures):
    runs_and_shows_its_figures(unit)
