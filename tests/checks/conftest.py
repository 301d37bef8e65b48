"""What tests of the checks share."""

import pytest

from dwsep_helpers.checks import tries


@pytest.fixture(autouse=True)
def no_tries_before():
    """Let each test begin a session of its own."""
    tries.forget()
