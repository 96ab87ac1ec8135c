"""Each test counts its own requests."""

import pytest


@pytest.fixture(autouse=True)
def counters_of_its_own(settings, tmp_path):
    """The counters of requests lie in the store's folder, which the tests of a process share."""
    settings.HOME = tmp_path
