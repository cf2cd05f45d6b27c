"""The HR office of a test: a fresh episode each time."""

import pytest
from hr_office import Office


@pytest.fixture
def office() -> Office:
    return Office()
