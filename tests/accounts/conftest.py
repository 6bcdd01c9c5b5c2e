"""Each test begins with nothing counted and no code used up."""

import pytest
from django.core.cache import cache

from tests import second_factor


@pytest.fixture(autouse=True)
def nothing_counted():
    cache.clear()
    second_factor.forget()
    yield
    cache.clear()
    second_factor.forget()
