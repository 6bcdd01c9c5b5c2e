"""A request under ``/km/`` leaves its language behind; the test after it begins without."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def no_language_is_left():
    yield
    translation.deactivate()
