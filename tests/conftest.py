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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Keep a file's tests on one worker, and in the slowest file those of one unit.

    Each unit's class is graded once, so two workers can share them. (xdist's own groups don't
    work with pytest 9.2: tests of one group go anywhere.)
    """
    from xdist.scheduler import LoadFileScheduling

    class ByFileAndClass(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return nodeid.rpartition("[")[2] if file.endswith("test_example_class.py") else file

    return ByFileAndClass(config, log)
