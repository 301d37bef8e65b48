"""What all tests share."""

from pathlib import Path

import hypothesis
import pytest

# The same examples on every run and machine: a failure is then the change's, not the day's.
# To look further: make test PYTEST_ARGS="--hypothesis-profile=explore".
hypothesis.settings.register_profile("course", deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("course")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return Path(__file__).resolve().parent.parent
